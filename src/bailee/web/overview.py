"""Routes of what a person looks at first, and of reading a log as people do (MISSION A8, A9)."""

from __future__ import annotations

from bailee.app import overview_shapes as shapes
from bailee.app import rights, root_shapes
from bailee.web.call import Call, get, post
from bailee.web.house import House

C = "/v1/controllers/{controller}"


@get("/v1/me", shapes.Me)
def me(house: House, call: Call) -> shapes.Me:
    """Say who shows the credential, and what they may do."""
    return house.me(call.caller)


@get("/v1/today", shapes.Today)
def today(house: House, call: Call) -> shapes.Today:
    """Gather what is failing, overdue or due, and what waits, worst first."""
    return house.today(call.caller)


@get(f"{C}/approvals", shapes.Approvals)
def list_approvals(house: House, call: Call) -> shapes.Approvals:
    """List requests for a second person: all for whoever approves there, else one's own."""
    return house.approvals(call.caller, call.controller)


@post(f"{C}/access-requests", shapes.NewAccess, rights.Approval)
def request_access(house: House, call: Call, body: shapes.NewAccess) -> rights.Approval:
    """Ask a second person for a right; their yes makes it a grant."""
    return house.request_access(call.caller, call.controller, body)


@post(f"{C}/ledger/entries", shapes.Stretch, shapes.Entries)
def list_entries(house: House, call: Call, body: shapes.Stretch) -> shapes.Entries:
    """Show a stretch of the newest log, newest first."""
    return house.entries(call.caller, call.controller, body)


@get(f"{C}/ledger/entries/{{id}}", shapes.EntryView)
def show_entry(house: House, call: Call) -> shapes.EntryView:
    """Show one entry with its opening, what it commits to, and where it stands."""
    return house.entry_view(call.caller, call.controller, call.item)


@get(f"{C}/ledger/seals", shapes.Seals)
def list_seals(house: House, call: Call) -> shapes.Seals:
    """List the logs with their newest checkpoints and who saw these."""
    return house.seals(call.caller, call.controller)


@get(f"{C}/observations", shapes.Watched)
def list_observations(house: House, call: Call) -> shapes.Watched:
    """Show what every control tries, what it saw last, and its results by day."""
    return house.observations(call.caller, call.controller)


@get(f"{C}/keys", root_shapes.Custody)
def show_custody(house: House, call: Call) -> root_shapes.Custody:
    """Show who keeps the root, whether it answers, and which versions of keys live."""
    return house.custody(call.caller, call.controller)


@post(f"{C}/ledger/mine", shapes.LookBack, shapes.OwnEntries)
def list_own_entries(house: House, call: Call, body: shapes.LookBack) -> shapes.OwnEntries:
    """Show callers what some entries of the newest log say of themselves."""
    return house.own_entries(call.caller, call.controller, body)


@post(f"{C}/activity", shapes.LookBack, shapes.Activity)
def activity(house: House, call: Call, body: shapes.LookBack) -> shapes.Activity:
    """Count accesses by day, purpose and principal, from some entries of the newest log."""
    return house.activity(call.caller, call.controller, body)


ROUTES = (
    me,
    today,
    list_approvals,
    request_access,
    list_entries,
    show_entry,
    list_seals,
    list_observations,
    show_custody,
    list_own_entries,
    activity,
)

__all__ = ["ROUTES"]
