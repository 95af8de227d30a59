"""One request of a page, as its function sees it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bailee.access import Caller
from bailee.app.overview_shapes import Me


@dataclass(frozen=True, slots=True)
class Visit:
    """Who comes, to which page, with what.

    Args:
        caller: who the session belongs to; None where nobody signed in.
        me: the same person, their controllers and rights; None where nobody signed in.
        token: the session's secret; it never reaches a page.
        params: path parameters, each of its fixed form.
        fields: what the form says; every name may stand several times.
        files: what was put into the form's fields for files, by field.
        remote: the other end's address, for the log of accesses.
        partial: script asks for a part of the page.
        browser: the secret that this browser was given when it was sent to the identity provider.
        opened: sessions that came about in this visit; see ``enter``.
    """

    caller: Caller | None
    me: Me | None
    token: str = field(repr=False)
    params: Mapping[str, str]
    fields: Mapping[str, Sequence[str]] = field(repr=False)
    remote: str
    request_id: str
    path: str
    partial: bool = False
    browser: str = field(default="", repr=False)
    files: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    opened: list[str] = field(default_factory=list, repr=False)

    def enter(self, token: str) -> None:
        """Let the browser have a session, with whatever answer this visit comes to.

        Called as soon as it is opened: the one before it may be over, and what still fails after
        that would otherwise leave a person signed out by something that worked.
        """
        self.opened.append(token)

    @property
    def secret(self) -> str:
        """The secret of the session that counts now, '' where nobody is signed in."""
        return self.opened[-1] if self.opened else self.token

    @property
    def context(self) -> dict[str, str]:
        """Return where the call came from, for the ledger's entry, which only commits to it."""
        return {"request_id": self.request_id, "remote": self.remote}

    @property
    def known(self) -> Caller:
        """The caller of a page that needs one."""
        if self.caller is None:
            raise RuntimeError("this page is open to strangers")
        return self.caller

    @property
    def person(self) -> Me:
        """The person of a page that needs one."""
        if self.me is None:
            raise RuntimeError("this page is open to strangers")
        return self.me

    @property
    def controller(self) -> str:
        """The controller named in the address."""
        return self.params["controller"]

    @property
    def item(self) -> str:
        """The id named in the address."""
        return self.params["id"]

    def text(self, name: str) -> str:
        """Return a field's only value, '' where the form does not have it."""
        return next(iter(self.fields.get(name, ())), "")
