"""A form's way: done and on, or told on the page that it came from."""

from __future__ import annotations

from bailee.console.view import View, attempt, show
from bailee.errors import Conflict, Failure


def again(failed: Failure | None = None) -> View:
    """Show the page anew."""
    return show("page.html", failed=failed)


def test_what_is_done_goes_on() -> None:
    """To an address of ours, or to what is made of the outcome."""
    made = attempt(lambda: 7, again, lambda n: show("made.html", n=n))

    assert attempt(lambda: 7, again, "/console/today") == View(location="/console/today")
    assert (made.template, made.data) == ("made.html", {"n": 7})


def test_what_is_refused_is_told_where_it_was_asked() -> None:
    """The failure itself comes to the page, and nothing goes on."""
    failure = Conflict("audit.state", "It is over.")

    def act() -> object:
        raise failure

    seen = attempt(act, again, "/console/today")
    assert (seen.template, seen.data["failed"], seen.location) == ("page.html", failure, "")
