"""Acts on disclosures: what leaves in files, counted and accounted for (C2.3, C7.2(3), C6).

1. Whoever may reveal opens one, for keys that a living consent covers (``open_disclosure``).
2. Each call that reveals for it is measured anew and counted, in its own transaction
   (``disclose``): a consent that was revoked stops the next call, a new one lets it go on.
3. Its opener ends it with the digest of the account (``end_disclosure``).

What is refused is refused here, whatever program asks. That the parts are encrypted to these keys,
and to no other, the server cannot see: the account says so, and the recipient can tell.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import replace

import sqlalchemy as sa

from bailee.access import disclosure_store, freeze_store, store
from bailee.access.consent import (
    Consent,
    Leaving,
    check_keys,
    check_undertaken,
    covering,
    kind_of,
)
from bailee.access.consents import CONTROL, Consents
from bailee.access.desk import Done
from bailee.access.disclosure import (
    DEIDENTIFIED,
    DISCLOSURE,
    Abroad,
    Account,
    Disclosure,
    Mechanism,
    check_account,
    check_use,
    grounded,
)
from bailee.access.freeze import check_frozen
from bailee.access.grant import Ask, Decision
from bailee.access.grants import Grants
from bailee.access.lifecycle import step
from bailee.access.principal import Caller
from bailee.access.view import PLAIN
from bailee.errors import Conflict, NotFound, Refused

REGISTER = "disclosure-register"


class Disclosures(Consents, Grants):
    """Acts on what leaves."""

    mechanism: Mechanism = staticmethod(grounded)
    """What a transfer to another country rests on (C7.3(3)); set at wiring."""

    def open_disclosure(
        self, conn: sa.Connection, caller: Caller, ask: Ask, keys: tuple[str, ...]
    ) -> Done[Disclosure]:
        """Open one, for what the caller may reveal and a consent covers for every key.

        Raises:
            what ``decide`` raises; Invalid: ``consent.keys``; Refused: ``consent.*``,
            ``disclosure.frozen``, ``subprocessor.*``, ``transfer.no_mechanism``.
        """
        decision = self.decide(conn, caller, ask)
        check_keys(keys)
        leaving = Leaving(tuple(sorted(set(keys))), ask.purpose, shown(decision))
        check_frozen(freeze_store.freezes(conn, ask.controller), leaving)
        used = self._covering(conn, ask, leaving, decision.epoch)
        flows = self._grounds(conn, ask.controller, used, leaving=leaving, opening=True)
        made = self._made(caller, ask, leaving, used)
        disclosure_store.add_disclosure(conn, made)
        return Done(made, self._note_disclosure(conn, caller, made, "opened", flows=flows))

    def open_deidentified(
        self, conn: sa.Connection, caller: Caller, ask: Ask, leaving: Leaving, *, records: int
    ) -> Done[Disclosure]:
        """Open one for rows that name nobody, and count them: no call reveals in it (C7.2(3)(iii)).

        ``ask`` takes the verb ``deidentify``; ``leaving`` names what is left of its elements. With
        ``records`` 0 nothing is opened: it is only asked whether something might leave.

        Raises:
            as ``open_disclosure``; Refused: ``consent.no_undertaking``.
        """
        decision = self.decide(conn, caller, ask)
        check_keys(leaving.keys)
        check_frozen(freeze_store.freezes(conn, ask.controller), leaving)
        used = self._covering(conn, ask, leaving, decision.epoch)
        check_undertaken(used)
        flows = self._grounds(conn, ask.controller, used, leaving=leaving, opening=True)
        made = replace(
            self._made(caller, ask, leaving, used), form=DEIDENTIFIED, calls=1, records=records
        )
        if not records:
            return Done(made, None)
        disclosure_store.add_disclosure(conn, made)
        return Done(made, self._note_disclosure(conn, caller, made, "opened", flows=flows))

    def _made(
        self, caller: Caller, ask: Ask, leaving: Leaving, used: tuple[Consent, ...]
    ) -> Disclosure:
        return Disclosure(
            disclosure_id=secrets.token_hex(16),
            controller=ask.controller,
            opener=caller.accountable,
            kind=kind_of(used),
            purpose=ask.purpose,
            elements=leaving.elements,
            keys=leaving.keys,
            consents=_ids(used),
            opened=self._clock.now(),
        )

    def disclose(
        self, conn: sa.Connection, caller: Caller, ask: Ask, decision: Decision, *, to: str,
        records: int,
    ) -> Mapping[str, str]:  # fmt: skip
        """Count records that a call reveals for a disclosure; return the entry's context.

        Before its commit nothing of the call leaves.

        Raises:
            NotFound: ``disclosure.unknown``; Conflict: ``disclosure.ended``;
            Refused: ``disclosure.binding``, ``disclosure.frozen``, ``consent.*``,
            ``subprocessor.*``, ``transfer.no_mechanism``.
        """
        found = disclosure_store.disclosure(conn, ask.controller, to)
        if found is None or found.opener != caller.accountable:
            raise _unknown()
        elements = shown(decision)
        check_use(found, ask.purpose, elements, self._schema)
        leaving = Leaving(found.keys, ask.purpose, elements)
        check_frozen(freeze_store.freezes(conn, ask.controller), leaving)
        covering_ones = self._covering(conn, ask, leaving, decision.epoch)
        flows = self._grounds(conn, ask.controller, covering_ones, leaving=leaving, opening=False)
        used = _ids(covering_ones)
        consents = tuple(dict.fromkeys((*found.consents, *used)))
        if not disclosure_store.count_call(conn, found, records, consents):
            raise Conflict("disclosure.ended", "That disclosure was ended just now.")
        return {"consents": " ".join(used)} | _flows(flows)

    def end_disclosure(
        self, conn: sa.Connection, caller: Caller, found: Disclosure, account: Account
    ) -> Done[Disclosure]:
        """End one's own disclosure with the account of its parts.

        Asked again with the same account, it answers the same: who died before the answer may ask.

        Raises:
            Invalid: ``disclosure.manifest``; Refused: ``disclosure.opener``,
            ``disclosure.recipients``, ``disclosure.count``; Conflict: ``disclosure.ended``.
        """
        if found.opener != caller.accountable:
            raise Refused("disclosure.opener", "Whoever opened a disclosure accounts for it.")
        check_account(found, account)
        if found.state != "open" and found.manifest_sha256 == account.manifest_sha256:
            return Done(found, None)
        if found.state != "open":
            raise Conflict(
                "disclosure.ended", "That disclosure was ended with another account of its parts."
            )
        after = replace(
            found,
            state=step(DISCLOSURE, found.state, "end"),
            ended=self._clock.now(),
            parts=account.parts,
            written=account.records,
            manifest_sha256=account.manifest_sha256,
        )
        if not disclosure_store.end_disclosure(conn, after):
            raise Conflict("disclosure.ended", "That disclosure was ended just now.")
        return Done(after, self._note_disclosure(conn, caller, after, "ended"))

    def disclosure(
        self, conn: sa.Connection, caller: Caller, controller: str, disclosure_id: str
    ) -> Disclosure:
        """Return one's own disclosure; any to whoever holds ``audit``.

        Raises:
            Refused: ``grant.missing``; NotFound: ``controller.unknown``, ``disclosure.unknown``.
        """
        epoch = store.epoch(conn)
        self._check_standing(conn, epoch, caller, self._clock.now())
        found = disclosure_store.disclosure(conn, controller, disclosure_id)
        if found is None or found.opener != caller.accountable:
            self._demand_at(epoch, conn, caller, Ask("audit", controller))
        if found is None:
            raise _unknown()
        return found

    def disclosures(self, conn: sa.Connection, caller: Caller, controller: str) -> list[Disclosure]:
        """Return a controller's disclosures: all for whoever holds ``audit``, else one's own.

        Raises:
            NotFound: ``controller.unknown``.
        """
        epoch = store.epoch(conn)
        self._check_standing(conn, epoch, caller, self._clock.now())
        for principal_id in caller.principals:
            self._check_visible(conn, epoch, principal_id, controller)
        found = disclosure_store.disclosures(conn, controller)
        if self._decision(conn, epoch, caller.principals, Ask("audit", controller)).allowed:
            return found
        return [one for one in found if one.opener == caller.accountable]

    def _covering(
        self, conn: sa.Connection, ask: Ask, leaving: Leaving, epoch: str
    ) -> tuple[Consent, ...]:
        known = disclosure_store.consents(conn, ask.controller)
        used = covering(known, leaving, self._schema, self._clock.now())
        picture = self._picture(conn, epoch, ask.controller)
        self._check_recipients(picture, leaving, used)
        return used

    def _grounds(
        self,
        conn: sa.Connection,
        controller: str,
        used: tuple[Consent, ...],
        *,
        leaving: Leaving,
        opening: bool,
    ) -> tuple[str, ...]:
        """Return what each transfer to another country rests on; most cross no border."""
        return tuple(
            flow
            for one in dict.fromkeys(used)
            if one.country
            for flow in self.mechanism(
                conn, Abroad(controller, one.recipient, one.country, leaving.elements, opening)
            )
        )

    def _note_disclosure(
        self,
        conn: sa.Connection,
        caller: Caller,
        one: Disclosure,
        became: str,
        *,
        flows: tuple[str, ...] = (),
    ) -> object:
        """Record it: counts and the account's digest in clear, recipients committed to."""
        counts: dict[str, str | int] = {"recipients": len(one.keys)}
        if became == "ended":
            counts |= {
                "calls": one.calls,
                "answered": one.records,
                "parts": one.parts,
                "records": one.written,
                "manifest_sha256": one.manifest_sha256,
            }
        return self._note(
            conn,
            f"access:disclosure:{became}",
            caller.actor(),
            controller=one.controller,
            control=REGISTER if became == "ended" else CONTROL,
            detail={
                "disclosure": one.disclosure_id,
                "kind": one.kind,
                **({"form": one.form} if one.form else {}),
                **counts,
            },
            context={"consents": " ".join(one.consents), "keys": " ".join(one.keys)}
            | _flows(flows),
            elements=one.elements,
            purpose=one.purpose,
        )


def shown(decision: Decision) -> tuple[str, ...]:
    """Return what a decision lets be seen: names, and views where a mask is all."""
    return tuple(
        name if view == PLAIN else f"{name}:{view}" for name, view in sorted(decision.views.items())
    )


def _flows(flows: tuple[str, ...]) -> dict[str, str]:
    return {"flows": " ".join(flows)} if flows else {}


def _ids(consents: tuple[Consent, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.consent_id for one in consents))


def _unknown() -> NotFound:
    return NotFound("disclosure.unknown", "There is no such disclosure for you.")
