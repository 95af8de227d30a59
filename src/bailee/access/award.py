"""Which grants may be given at all, by whom and to whom (C2.5(1), C2.5(4), C2.5(6)).

The rule for givers, in full:

1. A giver is a person who holds ``grant`` at that controller, or at the house, which reaches every
   controller. ``grant`` at the house is the only right that reaches further than where it stands.
2. Nobody gives to themselves: not directly, and (once the house has a second person) not through
   an autonomous service whose living key they were shown.
3. A giver need not hold what they give: whoever runs the house need never see data. The
   exceptions are ``people`` and ``grant`` themselves: only a holder passes these on, and never
   for longer than they hold them.
4. ``approve``, ``keys`` and ``destroy``, and more subjects a day than ``BULK_DAILY``, wait until a
   second person of ours has accepted an invitation.
5. Services hold data verbs and ``audit``, and they alone ``set-password`` and
   ``verify-password``, or ``provision`` and nothing else; a controller's representative holds
   ``audit``, ``interpret`` and ``approve``, there alone; an auditor holds nothing: what they may
   read comes from their engagement and ends with it (C5.2).

Deliberately not prevented: two people who conspire. Both are named in the ledger.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Protocol

from bailee.access.grant import (
    ADMINISTRATION,
    DATA_VERBS,
    FOR_PEOPLE,
    FOR_PROVIDERS,
    FOR_REPRESENTATIVES,
    FOR_SERVICES,
    PASSED_ON,
    REVEALING,
    SHOWING,
    TWO_PERSON,
    VERBS,
    Grant,
    Rules,
)
from bailee.access.limit import BULK_DAILY
from bailee.access.principal import AUDITOR, AUTONOMOUS, REPRESENTATIVE, Principal
from bailee.access.view import Schema, known, rebuilt, split
from bailee.agreement import lasting
from bailee.db import HOUSE
from bailee.errors import Invalid, Refused

LONGEST = timedelta(days=366)
"""A right that nobody renews within a year was not needed (C2.5(6))."""
AT_HOUSE = frozenset({"people", "grant", "keys", "audit", "provision", "publish"})
AT_HOUSE_ALONE = frozenset({"people", "provision", "publish"})


class Bounded(Protocol):
    """What is measured by the agreement: a grant, or a consent."""

    @property
    def purposes(self) -> tuple[str, ...]:
        """Purposes that it names."""

    @property
    def elements(self) -> tuple[str, ...]:
        """Elements, families or views that it names."""


def check_shape(grant: Grant, schema: Schema, now: datetime) -> None:
    """Refuse a grant that says nothing, too much, or something unknown.

    Raises:
        Invalid: ``grant.verbs``, ``grant.place``, ``grant.elements``, ``grant.masks``,
            ``grant.purposes``, ``grant.until``, ``grant.daily``.
    """
    verbs = frozenset(grant.verbs)
    if not verbs or not verbs <= VERBS or (verbs & DATA_VERBS and verbs & ADMINISTRATION):
        raise Invalid(
            "grant.verbs",
            "A grant holds data verbs or administration verbs, one at least, never both.",
            do=f"Data: {', '.join(sorted(DATA_VERBS))}. "
            f"Administration: {', '.join(sorted(ADMINISTRATION))}.",
        )
    if (grant.controller == HOUSE and not verbs <= AT_HOUSE) or (
        grant.controller != HOUSE and verbs & AT_HOUSE_ALONE
    ):
        raise Invalid(
            "grant.place",
            "At the house: people, grant, keys, audit, provision, publish. 'people', 'provision'"
            " and 'publish' are held there alone.",
        )
    _check_elements(grant, verbs, schema)
    if bool(grant.purposes) != bool(verbs & DATA_VERBS):
        raise Invalid("grant.purposes", "Data verbs need a purpose; administration takes none.")
    if not now < grant.until <= now + LONGEST:
        raise Invalid("grant.until", f"A grant ends in the future, within {LONGEST.days} days.")
    if grant.daily < 0:
        raise Invalid("grant.daily", "A daily number of subjects is not negative.")


def _check_elements(grant: Grant, verbs: frozenset[str], schema: Schema) -> None:
    masked = [name for name in grant.elements if split(name)[1]]
    if bool(grant.elements) != bool(verbs & DATA_VERBS):
        raise Invalid("grant.elements", "Data verbs need elements; administration takes none.")
    if not all(known(name, schema) for name in grant.elements):
        raise Invalid(
            "grant.elements",
            "One of those elements, classes or masks is not in the catalogue.",
            do="Write person.ssn, person.*, class:sensitive or person.ssn:last4.",
        )
    if "*" in grant.elements and verbs != {"erase"}:
        raise Invalid("grant.elements", "'*' goes with erase alone; name elements or families.")
    if masked and not verbs <= REVEALING:
        raise Invalid("grant.masks", "A mask goes with reveal or reveal-masked, nothing else.")
    if verbs == {"reveal-masked"} and len(masked) < len(grant.elements):
        raise Invalid("grant.masks", "reveal-masked names a mask for each element.")


def check_agreement(grant: Bounded, rules: Rules, now: datetime) -> None:
    """Refuse what the agreement does not allow (C2.4, C2.10); families are cut at each ask.

    So is a purpose that the controller added by instruction: for which elements and verbs it
    counts, and when, is asked each time.

    Raises:
        Refused: ``purpose.not_in_agreement``, ``element.not_in_agreement``.
    """
    if not frozenset(grant.purposes) <= rules.purposes | lasting(rules.extensions, now):
        raise Refused(
            "purpose.not_in_agreement",
            "The agreement in force does not name that purpose.",
            do=f"It names: {', '.join(sorted(rules.purposes)) or 'none'}.",
        )
    names = [split(name)[0] for name in grant.elements]
    exact = {name for name in names if not name.endswith("*") and not name.startswith("class:")}
    if not exact <= rules.permitted:
        raise Refused(
            "element.not_in_agreement",
            "The agreement in force does not let us hold: "
            + ", ".join(sorted(exact - rules.permitted)),
            do="A supplement signed by both parties extends the list.",
        )


def check_recipient(grant: Grant, recipient: Principal) -> None:
    """Refuse verbs that are not for this kind of principal.

    Raises:
        Refused: ``grant.for_people``, ``grant.for_providers``, ``grant.for_representatives``,
            ``grant.for_auditors``, ``grant.for_services``.
    """
    verbs = frozenset(grant.verbs)
    if verbs & FOR_PROVIDERS and (recipient.mode != AUTONOMOUS or verbs != FOR_PROVIDERS):
        raise for_providers()
    if recipient.relation == AUDITOR:
        raise Refused(
            "grant.for_auditors",
            "An auditor holds no grant; an engagement lets them read.",
            do="Open an engagement: `bailee audit open`.",
        )
    if recipient.kind != "person" and verbs & FOR_PEOPLE:
        raise Refused("grant.for_people", "Only a person may hold these administration verbs.")
    if recipient.kind != "service" and verbs & FOR_SERVICES:
        raise Refused(
            "grant.for_services",
            "Only a service sets and verifies passwords of a controller's customers.",
        )
    if recipient.relation == REPRESENTATIVE and (
        not verbs <= FOR_REPRESENTATIVES or grant.controller != recipient.represents
    ):
        raise Refused(
            "grant.for_representatives",
            "A controller's representative holds audit, interpret and approve, there alone.",
        )


def check_apart(verbs: Iterable[str], held: Iterable[Grant], now: datetime) -> None:
    """Refuse to put ``provision`` and any other right into one hand.

    Args:
        verbs: of the new grant.
        held: all that its principal was ever given, anywhere.
        now: ended grants do not count.

    Raises:
        Refused: ``grant.for_providers``.
    """
    provides = "provision" in verbs
    living = [one for one in held if one.state == "living" and one.until > now]
    if any(("provision" in one.verbs) != provides for one in living):
        raise for_providers()


def for_providers() -> Refused:
    """Return the refusal of ``provision`` beside anything else, or to anybody else."""
    return Refused(
        "grant.for_providers",
        "'provision' is held by an autonomous service that holds nothing else.",
        do="Make a service for the identity provider alone.",
    )


def check_passed_on(grant: Grant, held: Iterable[Grant]) -> None:
    """Refuse to pass on ``people`` or ``grant`` beyond what the giver holds.

    Args:
        grant: the new one.
        held: the giver's living grants at the grant's controller, and at the house.

    Raises:
        Refused: ``grant.beyond_giver``.
    """
    own = list(held)
    for verb in PASSED_ON & frozenset(grant.verbs):
        if not any(verb in one.verbs and grant.until <= one.until for one in own):
            raise Refused(
                "grant.beyond_giver",
                f"'{verb}' is passed on only by a holder, and not for longer than they hold it.",
            )


def needs_second_person(grant: Grant) -> bool:
    """Tell whether a grant makes sense only in a house of two."""
    return bool(TWO_PERSON & frozenset(grant.verbs)) or grant.daily > BULK_DAILY


def shows(verbs: Collection[str], recipient: Principal) -> bool:
    """Tell whether whoever knows the recipient's key would see data by these verbs."""
    return recipient.mode == AUTONOMOUS and sees(verbs)


def sees(verbs: Collection[str]) -> bool:
    """Tell whether some of these verbs show data."""
    return not SHOWING.isdisjoint(verbs)


def check_views(grants: Iterable[Grant], schema: Schema, now: datetime) -> None:
    """Refuse a set of grants of one reader that rebuilds a value at any moment to come.

    Args:
        grants: all that the reader holds at one controller, the new one among them.
        schema: the catalogue's groups.
        now: ended grants do not count.

    Raises:
        Refused: ``view.rebuilds``.
    """
    living = [one for one in grants if one.state == "living" and one.until > now]
    group = rebuilt([(frozenset(one.verbs), one.elements) for one in living], schema)
    if group is not None:
        raise Refused(
            "view.rebuilds",
            f"One reader would hold views of {group.element} that rebuild it: "
            + ", ".join(sorted(group.views)),
            do="Give one of the views to somebody else, or the value itself if it is needed.",
        )
