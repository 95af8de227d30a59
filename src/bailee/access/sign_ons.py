"""Signing in at the identity provider, stepping up there, and linking oneself (A7; C2.5(2)(3)(6)).

Three steps, because the provider is asked between them and no transaction waits for it:

1. A flow is written and the browser sent away. Dies after it: nothing happened.
2. The browser comes back, and one transaction spends the flow, whoever shows it. Dies after it:
   nobody is signed in, and the person begins again.
3. The code is exchanged and the token read, outside; one transaction finds whose link it is and
   opens the session, or makes the link. A refusal, and a provider that is away, slow or lies, are
   recorded alone.

Nobody is found by anything but issuer and subject. Whoever links themselves has a session that
showed its second factor lately, and signs in at the provider anew while doing it.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace

import sqlalchemy as sa

from bailee.access import link_store, sign_in_store, sign_on_store, store
from bailee.access.assertion import issuer_id
from bailee.access.credential import Shown, objection
from bailee.access.desk import Done
from bailee.access.link import SUBJECT, Link
from bailee.access.principal import Caller, Proven
from bailee.access.session import demand_session, fresh, step_up
from bailee.access.sign_ins import SignIns
from bailee.access.sign_on import (
    FLOWS_OF_SOURCE,
    LINK,
    SIGN_IN,
    STEP_UP,
    Asked,
    Flow,
    Identity,
    Party,
    Returned,
    TurnedAway,
    Words,
    begin,
    busy,
    digest,
    one_factor,
    reopen,
    taken,
)
from bailee.access.sign_out import over_mark
from bailee.db import HOUSE, Database
from bailee.errors import Conflict, Failure, NotFound


@dataclass(frozen=True, slots=True)
class Away:
    """Where a browser is sent, and the secret that it keeps meanwhile: the only copy."""

    address: str
    browser: str


@dataclass(frozen=True, slots=True)
class Back:
    """What a flow came to: a session of a sign-in or a step-up, none of a link."""

    kind: str
    shown: Shown | None = None


class SignOns(SignIns):
    """Acts by which people come in at the identity provider."""

    @property
    def sign_on_name(self) -> str:
        """How the provider is called beside the password; '' where nobody signs in there."""
        party = self._given_means.party if self._given_means else None
        return party.name if party else ""

    def begin_sign_on(self, database: Database, source: str) -> Away:
        """Send somebody to the provider to sign in.

        Args:
            database: the data.
            source: where the call comes from.

        Raises:
            NotFound: ``sign_on.none``; Unavailable: ``oidc.*``, ``sign_in.busy``.
        """
        return self._sent(database, SIGN_IN, source)

    def begin_own_sign_on(self, database: Database, caller: Caller, kind: str, source: str) -> Away:
        """Send somebody who is signed in to the provider: to step up there, or to link themselves.

        Raises:
            NotFound: ``sign_on.none``; Refused: ``session.none``, ``session.for_people``,
            ``session.step_up``; Unavailable: ``oidc.*``, ``sign_in.busy``.
        """

        def may(conn: sa.Connection) -> None:
            now, linking = self._clock.now(), kind == LINK
            self._check_standing(conn, store.epoch(conn), caller, now, factors=linking)
            self._self(conn, caller)
            if not fresh(demand_session(caller.proven), now) and linking:
                raise step_up()

        database.read(HOUSE, may)
        return self._sent(database, kind, source, caller)

    def finish_sign_on(self, database: Database, returned: Returned, browser: str) -> Done[Back]:
        """Take up what a browser brought back.

        Args:
            database: the data.
            returned: the parameters of the provider's response.
            browser: the secret that this browser was given; '' when it shows none.

        Raises:
            Unauthenticated: ``sign_in.refused``, whatever was wrong with the response or person;
            Refused: ``access.mfa_required``, ``session.one_factor``;
            Conflict: ``link.taken``, ``link.exists``; NotFound: ``sign_on.none``;
            Unavailable: ``oidc.unavailable``, ``oidc.untrusted``.
        """
        party = self._demand_party()

        def spend(conn: sa.Connection) -> tuple[Flow, Words] | Failure:
            now = self._clock.now()
            flow = sign_on_store.take(conn, digest(returned.state))
            words = reopen(flow, returned, browser, now)
            if flow is None or isinstance(words, str):
                return self._note_away(conn, flow, TurnedAway(str(words)))
            if flow.issuer != issuer_id(party.issuer.name):
                return self._note_away(conn, flow, TurnedAway("issuer"))
            return flow, words

        spent = database.write(HOUSE, spend)
        if isinstance(spent, Failure):
            raise spent
        flow, words = spent
        asked = Asked(words, flow.created, anew=flow.kind != SIGN_IN)
        try:
            identity = party.identify(returned, asked, self._clock.now)
            done = database.write(HOUSE, lambda conn: self._taken_up(conn, flow, identity))
        except Failure as failure:
            self._note_alone(database, flow, failure)
            raise
        if done.result.kind == SIGN_IN and done.result.shown is not None:
            person = done.result.shown.principal_id
            database.write(HOUSE, lambda conn: self._make_room(conn, person))
        return done

    def own_link(self, conn: sa.Connection, caller: Caller) -> Link | None:
        """Return the caller's own link at the provider where people sign in."""
        self._check_standing(conn, store.epoch(conn), caller, self._clock.now())
        issuer = issuer_id(self._demand_party().issuer.name)
        return link_store.at(conn, caller.principal_id, issuer)

    def _sent(
        self, database: Database, kind: str, source: str, caller: Caller | None = None
    ) -> Away:
        party = self._demand_party()
        mark, now = self._means.mark(source), self._clock.now()
        flow, words, browser = begin(kind, issuer_id(party.issuer.name), mark, now)
        if caller is not None:
            flow = replace(flow, principal=caller.principal_id, key_id=caller.key_id)
        address = party.address(words, anew=kind != SIGN_IN)

        def write(conn: sa.Connection) -> None:
            sign_on_store.forget(conn, now)
            if sign_on_store.count(conn, mark) >= FLOWS_OF_SOURCE:
                raise busy()
            sign_on_store.add(conn, flow)

        database.write(HOUSE, write)
        return Away(address, browser)

    def _taken_up(self, conn: sa.Connection, flow: Flow, identity: Identity) -> Done[Back]:
        match flow.kind:
            case "sign-in":
                return self._signed_on(conn, identity)
            case "step-up":
                return self._stepped_up(conn, flow, identity)
            case _:
                return self._linked_own(conn, flow, identity)

    def _signed_on(self, conn: sa.Connection, identity: Identity) -> Done[Back]:
        """Open the session of whoever is linked."""
        link = link_store.hold(conn, identity.subject)
        if link is None or link.kind != SUBJECT:
            raise TurnedAway("not_linked")
        person = store.principal(conn, link.principal)
        if person is None or person.state != "active":
            raise TurnedAway("person")
        proven = Proven(identity.factors, identity.at if identity.strong else None)
        now, of = self._clock.now(), person.principal_id
        if not proven.second and not sign_in_store.enrolled(conn, of):
            self._check_two(conn, "", of, now)
        shown, caller = self._open_session(conn, of, proven, policy=self._means.policy(conn))
        self._place(conn, shown, identity.place)
        context = {"link_id": link.link_id}
        entry = self._note(conn, "access:session:opened", caller.actor(), context=context)
        return Done(Back(SIGN_IN, shown), entry)

    def _place(self, conn: sa.Connection, shown: Shown, place: str) -> None:
        """Note of which session there one here is, unless that is over already (``sign_outs``)."""
        if not place:
            return
        now = self._clock.now()
        if link_store.used_proof(conn, over_mark(place), now):
            raise TurnedAway("signed_out")
        sign_on_store.set_place(conn, shown, place, now)

    def _stepped_up(self, conn: sa.Connection, flow: Flow, identity: Identity) -> Done[Back]:
        """Put another session in place of the one in which it was begun."""
        caller = self._beginner(conn, flow)
        self._begin_waiting(conn, caller)
        link = link_store.hold(conn, identity.subject)
        if link is None or link.principal != caller.principal_id:
            raise TurnedAway("other_person")
        if not identity.strong:
            raise one_factor()
        before = demand_session(caller.proven).factors
        factors = tuple(dict.fromkeys((*before, *identity.factors)))
        shown, instead = self._swap_session(
            conn, caller, Proven(factors, identity.at), self._means.policy(conn)
        )
        self._place(conn, shown, identity.place)
        context = {"session_before": caller.key_id, "link_id": link.link_id}
        entry = self._note(
            conn,
            "access:session:stepped-up",
            instead.actor(),
            detail={"factor": identity.factors[-1]},
            context=context,
        )
        return Done(Back(STEP_UP, shown), entry)

    def _linked_own(self, conn: sa.Connection, flow: Flow, identity: Identity) -> Done[Back]:
        """Link whoever began to who they are at the provider; their other sessions end."""
        caller = self._beginner(conn, flow)
        now = self._begin_own(conn, caller)
        person = self._self(conn, caller).principal_id
        if link_store.by_digest(conn, identity.subject) is not None:
            raise taken()
        if link_store.at(conn, person, flow.issuer) is not None:
            raise Conflict(
                "link.exists",
                "You are linked already.",
                do="Let a colleague who holds 'people' end that link first.",
            )
        link = Link(
            link_id=secrets.token_hex(16),
            kind=SUBJECT,
            issuer=flow.issuer,
            digest=identity.subject,
            principal=person,
            linked_by=person,
            created=now,
        )
        link_store.add(conn, link)
        self._end_sessions(conn, person, but=caller.key_id)
        context = {"principal_id": person, "link_id": link.link_id}
        detail = {"kind": SUBJECT, "by": "self"}
        entry = self._note(conn, "access:link:made", caller.actor(), detail=detail, context=context)
        return Done(Back(LINK), entry)

    def _beginner(self, conn: sa.Connection, flow: Flow) -> Caller:
        """Return who began a flow, whose session is still theirs and in use.

        Raises:
            TurnedAway: ``session``.
        """
        now, found = self._clock.now(), self._credential(conn, flow.key_id)
        session = sign_in_store.session(conn, flow.key_id)
        if found is None or session is None or objection(*found, now) is not None:
            raise TurnedAway("session")
        if session.idle_at(session.seen, now):
            raise TurnedAway("session")
        return Caller(flow.principal, flow.key_id, "person", proven=session.proven)

    def _demand_party(self) -> Party:
        if self._means.party is None:
            raise NotFound("sign_on.none", "Nobody signs in at an identity provider here.")
        return self._means.party

    def _note_alone(self, database: Database, flow: Flow, failure: Failure) -> None:
        """Record what a flow failed by, in a transaction of its own."""
        database.write(HOUSE, lambda conn: self._note_away(conn, flow, failure))

    def _note_away(self, conn: sa.Connection, flow: Flow | None, failure: Failure) -> Failure:
        """Record a flow that came to nothing; who had begun it is committed to, not readable."""
        detail: dict[str, str | int] = {"code": failure.code, "by": "sso"}
        why = getattr(failure, "why", "")
        if why:
            detail["why"] = why
        context = {"principal_id": flow.principal} if flow and flow.principal else {}
        self._note(
            conn,
            "access:sign-in:refused",
            {"kind": "nobody"},
            decision="refused",
            detail=detail,
            context=context,
        )
        return failure
