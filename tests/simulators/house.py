"""A believable house in memory: it remembers who asked what, and can be told to fail.

It keeps values in plain dictionaries, so it proves nothing about keys or logs; it stands for the
house's surface (``bailee.web.house.House``), and the type checker holds it to it.
"""

# ruff: noqa: ARG002 - a simulator has the whole surface and needs not all of it

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from bailee.access import Mandate
from bailee.app import (
    disclosure_shapes,
    honey_shapes,
    key_shapes,
    overview_shapes,
    passkey_shapes,
    review_shapes,
    rights,
    root_shapes,
    shapes,
    sign_in_shapes,
    sign_on_shapes,
    training_shapes,
)
from bailee.errors import Conflict, NotFound, Unauthenticated
from bailee.vault import password_shapes
from bailee.vault import shapes as vault
from tests.simulators.accounting import SimulatedAccounting
from tests.simulators.audits import SimulatedAudits
from tests.simulators.casework import SimulatedCasework
from tests.simulators.demands import SimulatedDemands
from tests.simulators.ends import SimulatedEnds
from tests.simulators.incidents import SimulatedIncidents
from tests.simulators.instructions import SimulatedInstructions
from tests.simulators.kits import SimulatedKits
from tests.simulators.laws import SimulatedLaws
from tests.simulators.procedures import SimulatedProcedures
from tests.simulators.provisioning import SimulatedProvisioning
from tests.simulators.requests import SimulatedRequests
from tests.simulators.subprocessors import SimulatedSubprocessors
from tests.simulators.transfers import SimulatedTransfers
from tests.simulators.trust import SimulatedTrust

KEY = "key-of-a-person-0001"
"""The one credential this house knows."""
CONTROLLER = "acme"
ELEMENTS = frozenset({"person.name", "person.email", "person.ssn", "financial.card_number"})
TOKENISED = frozenset({"person.ssn", "financial.card_number"})
NOWHERE: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class Person:
    """Who called."""

    principal_id: str = "p1"


@dataclass(frozen=True)
class Seen:
    """One call as the house saw it."""

    what: str
    controller: str
    body: Any
    idempotency_key: str | None = None


@dataclass
class SimulatedPasswords:
    """Every password is right."""

    house: SimulatedHouse

    def keep(
        self,
        caller: Person,
        controller: str,
        body: password_shapes.SetPasswords,
        *,
        context: Mapping[str, str] = NOWHERE,
    ) -> password_shapes.PasswordsSet:
        """Keep none of them."""
        self.house.saw("keep", controller, body)
        results = [password_shapes.SetResult(one.ref, ok=True) for one in body.passwords]
        return password_shapes.PasswordsSet(results, self.house.entry())

    def verify(
        self,
        caller: Person,
        controller: str,
        body: password_shapes.VerifyPassword,
        *,
        context: Mapping[str, str] = NOWHERE,
    ) -> password_shapes.PasswordVerified:
        """Say yes."""
        self.house.saw("verify", controller, body)
        return password_shapes.PasswordVerified(right=True, entry=self.house.entry())

    def change(
        self,
        caller: Person,
        controller: str,
        body: password_shapes.ChangePassword,
        *,
        context: Mapping[str, str] = NOWHERE,
    ) -> password_shapes.PasswordChanged:
        """Say yes."""
        self.house.saw("change", controller, body)
        return password_shapes.PasswordChanged(changed=True, entry=self.house.entry())

    def remove(
        self,
        caller: Person,
        controller: str,
        body: vault.Subjects,
        *,
        context: Mapping[str, str] = NOWHERE,
    ) -> vault.Kept:
        """Count."""
        self.house.saw("remove", controller, body)
        return vault.Kept(changed=len(body.subjects), entry=self.house.entry())


@dataclass
class SimulatedVault:
    """Values in a dictionary."""

    house: SimulatedHouse
    records: dict[str, dict[str, str]] = field(default_factory=dict)
    tokens: dict[str, tuple[str, str]] = field(default_factory=dict)
    remembered: dict[str, vault.Protected] = field(default_factory=dict)

    def protect(
        self,
        caller: Person,
        controller: str,
        body: vault.Protect,
        *,
        idempotency_key: str | None,
        context: Mapping[str, str] = NOWHERE,
    ) -> vault.Protected:
        """Store records; the same key brings the same answer."""
        self.house.saw("protect", controller, body, idempotency_key)
        if idempotency_key in self.remembered:
            return self.remembered[idempotency_key]
        results = [self._store(record) for record in body.records]
        answer = vault.Protected(results=results, entry=self.house.entry())
        if idempotency_key is not None:
            self.remembered[idempotency_key] = answer
        return answer

    def _store(self, record: vault.ProtectRecord) -> vault.ProtectResult:
        if not ELEMENTS.issuperset(record.fields):
            error = vault.ItemError(code="element.not_in_agreement")
            return vault.ProtectResult(ref=record.ref, ok=False, error=error)
        name = self.house.fresh("r")
        self.records[name] = dict(record.fields)
        tokens = {element: self.house.fresh("tok_") for element in TOKENISED & set(record.fields)}
        self.tokens |= {token: (name, element) for element, token in tokens.items()}
        return vault.ProtectResult(ref=record.ref, ok=True, record=name, tokens=tokens)

    def update(
        self,
        caller: Person,
        controller: str,
        body: vault.Update,
        *,
        idempotency_key: str | None,
        context: Mapping[str, str] = NOWHERE,
    ) -> vault.Updated:
        """Change records."""
        self.house.saw("update", controller, body, idempotency_key)
        for record in body.records:
            kept = {name: value for name, value in record.fields.items() if value is not None}
            self.records.setdefault(record.record, {}).update(kept)
        results = [
            vault.ProtectResult(ref=record.ref, ok=True, record=record.record)
            for record in body.records
        ]
        return vault.Updated(results=results, entry=self.house.entry())

    def erase(
        self,
        caller: Person,
        controller: str,
        body: vault.Erase,
        *,
        idempotency_key: str | None,
        context: Mapping[str, str] = NOWHERE,
    ) -> vault.Erased:
        """Forget records."""
        self.house.saw("erase", controller, body, idempotency_key)
        for name in body.records:
            self.records.pop(name, None)
        results = [vault.EraseResult(ok=True, record=name, records=1) for name in body.records]
        return vault.Erased(results=results, entry=self.house.entry())

    def reveal(
        self,
        caller: Person,
        controller: str,
        body: vault.Reveal,
        *,
        context: Mapping[str, str] = NOWHERE,
    ) -> vault.Revealed:
        """Return values."""
        self.house.saw("reveal", controller, body)
        names = list(body.records) or [self.tokens[token][0] for token in body.tokens]
        results = []
        for name in names:
            if name not in self.records:
                raise NotFound("record.unknown", "There is no such record.")
            fields: dict[str, str | vault.Masked] = {
                element: self.records[name][element] for element in body.elements
            }
            results.append(vault.RevealResult(ok=True, record=name, fields=fields))
        return vault.Revealed(results=results, entry=self.house.entry())

    def list_records(
        self,
        caller: Person,
        controller: str,
        body: vault.List,
        *,
        context: Mapping[str, str] = NOWHERE,
    ) -> vault.Listed:
        """List the ids in their order."""
        self.house.saw("list", controller, body)
        found = sorted(name for name in self.records if name > body.after)[: body.limit]
        after = found[-1] if len(found) == body.limit else ""
        return vault.Listed(found, self.house.entry(), after)

    def search(
        self,
        caller: Person,
        controller: str,
        body: vault.Search,
        *,
        context: Mapping[str, str] = NOWHERE,
    ) -> vault.Found:
        """Find records by an exact value."""
        self.house.saw("search", controller, body)
        found = sorted(
            name for name, held in self.records.items() if held.get(body.element) == body.equals
        )
        return vault.Found(records=found, entry=self.house.entry())

    def encrypt(
        self,
        caller: Person,
        controller: str,
        body: vault.Encrypt,
        *,
        context: Mapping[str, str] = NOWHERE,
    ) -> vault.Encrypted:
        """Turn values round, which is enough for a simulator."""
        self.house.saw("encrypt", controller, body)
        results = [
            vault.EncryptResult(ref=item.ref, ok=True, ciphertext=f"bv1.{item.value[::-1]}")
            for item in body.values
        ]
        return vault.Encrypted(results=results, entry=self.house.entry())

    def decrypt(
        self,
        caller: Person,
        controller: str,
        body: vault.Decrypt,
        *,
        context: Mapping[str, str] = NOWHERE,
    ) -> vault.Decrypted:
        """Turn values back."""
        self.house.saw("decrypt", controller, body)
        results = [
            vault.DecryptResult(ref=item.ref, ok=True, value=item.ciphertext[4:][::-1])
            for item in body.values
        ]
        return vault.Decrypted(results=results, entry=self.house.entry())

    def reencrypt(
        self,
        caller: Person,
        controller: str,
        body: vault.Decrypt,
        *,
        context: Mapping[str, str] = NOWHERE,
    ) -> vault.Encrypted:
        """Return ciphertexts as they are."""
        self.house.saw("reencrypt", controller, body)
        results = [
            vault.EncryptResult(ref=item.ref, ok=True, ciphertext=item.ciphertext)
            for item in body.values
        ]
        return vault.Encrypted(results=results, entry=self.house.entry())

    def hold(
        self,
        caller: Person,
        controller: str,
        body: vault.Subjects,
        *,
        context: Mapping[str, str] = NOWHERE,
    ) -> vault.Kept:
        """Count."""
        return self._kept("hold", controller, body)

    def release(
        self,
        caller: Person,
        controller: str,
        body: vault.Subjects,
        *,
        context: Mapping[str, str] = NOWHERE,
    ) -> vault.Kept:
        """Count."""
        return self._kept("release", controller, body)

    def restrict(
        self,
        caller: Person,
        controller: str,
        body: vault.Restrict,
        *,
        context: Mapping[str, str] = NOWHERE,
    ) -> vault.Kept:
        """Count."""
        return self._kept("restrict", controller, body)

    def lift(
        self,
        caller: Person,
        controller: str,
        body: vault.Subjects,
        *,
        context: Mapping[str, str] = NOWHERE,
    ) -> vault.Kept:
        """Count."""
        return self._kept("lift", controller, body)

    @property
    def passwords(self) -> SimulatedPasswords:
        """Customers' passwords."""
        return SimulatedPasswords(self.house)

    def _kept(self, what: str, controller: str, body: Any) -> vault.Kept:
        self.house.saw(what, controller, body)
        return vault.Kept(changed=len(body.subjects), entry=self.house.entry())


class SimulatedHouse(
    SimulatedProvisioning,
    SimulatedAudits,
    SimulatedCasework,
    SimulatedKits,
    SimulatedLaws,
    SimulatedDemands,
    SimulatedAccounting,
    SimulatedRequests,
    SimulatedInstructions,
    SimulatedIncidents,
    SimulatedProcedures,
    SimulatedSubprocessors,
    SimulatedTransfers,
    SimulatedTrust,
    SimulatedEnds,
):
    """A house with one controller, one credential and a vault."""

    def __init__(self) -> None:
        self.seen: list[Seen] = []
        self.credentials: list[tuple[str | None, str]] = []
        self.mandates: list[Mandate] = []
        self.attended = 0
        self.fails: list[Exception] = []
        """Raised by the next calls, first to last."""
        self.vault = SimulatedVault(self)
        self.gate = threading.Event()
        """Calls wait for it; open unless a test closes it."""
        self.gate.set()
        self._numbers = itertools.count(1)

    def saw(self, what: str, controller: str, body: Any, key: str | None = None) -> None:
        """Write a call down, then fail if told to."""
        self.gate.wait(10)
        self.seen.append(Seen(what, controller, body, key))
        if self.fails:
            raise self.fails.pop(0)
        if controller not in {"", CONTROLLER}:
            raise NotFound("controller.unknown", "There is no such controller.")

    def fresh(self, prefix: str) -> str:
        """Return an id that was not given before."""
        return f"{prefix}{next(self._numbers):031x}"

    def entry(self) -> vault.Entry:
        """Return where a ledger would hold the call."""
        return vault.Entry(log="example/log/2026", entry_id=self.fresh("e"), leaf="ab" * 32)

    def attend(self, call: Callable[[], Any], deliver: Callable[[Any, Any], Any]) -> bool:
        """Have no thread of its own."""
        self.attended += 1
        return False

    def authenticate(
        self, bearer: str | None, remote: str, mandate: Mandate | None = None
    ) -> Person:
        """Know one credential."""
        self.credentials.append((bearer, remote))
        if mandate is not None:
            self.mandates.append(mandate)
        if bearer is None:
            raise Unauthenticated("credential.missing", "No key was presented.", do="Send a key.")
        if bearer != KEY:
            raise Unauthenticated("credential.unknown", "Nobody has this key.")
        return Person()

    def checkpoint(self, caller: Person, controller: str) -> bytes:
        """Return a note."""
        self.saw("checkpoint", controller, None)
        return b"example/log/2026\n1\nqqo=\n\n"

    def tile(self, caller: Person, controller: str, path: str) -> bytes:
        """Return bytes that are not text."""
        self.saw("tile", controller, path)
        return bytes(range(32))

    def logs(self, caller: Person, controller: str) -> shapes.Logs:
        """List the one log."""
        self.saw("logs", controller, None)
        one = shapes.Log(log="example/log/2026", status="open", size=1, vkey="example+1+k")
        return shapes.Logs(logs=[one])

    def proof(self, caller: Person, controller: str, entry_id: str) -> shapes.Proof:
        """Prove."""
        self.saw("proof", controller, entry_id)
        return shapes.Proof("example/log/2026", 0, "c2sp.org/tlog-proof@v1\n", "example+1+k")

    def health(self) -> shapes.Health:
        """Be well."""
        return shapes.Health(status="ok", version="0.1.0")

    def metrics(self) -> str:
        """Count nothing."""
        return "# TYPE bailee_calls counter\nbailee_calls 0\n"

    # -- controllers

    def _installed(self, controller: str, effective: str) -> shapes.AgreementInstalled:
        return shapes.AgreementInstalled(
            controller=controller,
            version="v1",
            effective=effective,
            findings=[
                shapes.Finding(
                    rule="vague-time",
                    path="4.3",
                    line=80,
                    message="No time is named.",
                    severity="warning",
                )
            ],
            broken=[],
            entry=self.entry(),
        )

    def create_controller(
        self, caller: Person, body: shapes.NewController
    ) -> shapes.AgreementInstalled:
        """Take on a controller."""
        self.saw("create_controller", "", body)
        if body.controller == CONTROLLER:
            raise Conflict("controller.exists", "There is a controller of that name.")
        return self._installed(body.controller, body.effective)

    def controllers(self, caller: Person) -> shapes.Controllers:
        """List the one controller."""
        self.saw("controllers", "", None)
        one = shapes.Controller(
            controller=CONTROLLER, name="Acme Ltd", status="active", created="2026-11-20T00:00:00Z"
        )
        return shapes.Controllers(controllers=[one])

    def install_agreement(
        self, caller: Person, controller: str, body: shapes.NewAgreement
    ) -> shapes.AgreementInstalled:
        """Install a version."""
        self.saw("install_agreement", controller, body)
        return self._installed(controller, body.effective)

    def agreement(self, caller: Person, controller: str) -> shapes.AgreementView:
        """Show the agreement."""
        self.saw("agreement", controller, None)
        return shapes.AgreementView(
            controller=controller,
            version="v1",
            terms="bill-2022-10-11",
            title="Data protection addendum",
            text_sha256="cd" * 32,
            effective="2026-11-20",
            permitted=sorted(ELEMENTS),
            purposes=["payments"],
            findings=[],
            broken=[],
            obligations=[
                shapes.Obligation(
                    obligation="C2.5(5)", clause="2.5(5)", kind="control", summary="Keep a log."
                )
            ],
        )

    def token_formats(self, caller: Person, controller: str) -> shapes.TokenFormats:
        """Show one element."""
        self.saw("token_formats", controller, None)
        one = shapes.TokenFormat("person.ssn", "opaque", ["opaque", "ssn", "ssn-digits"])
        return shapes.TokenFormats([one])

    def choose_token_format(
        self, caller: Person, controller: str, body: shapes.NewTokenFormat
    ) -> shapes.TokenFormatChosen:
        """Choose a format."""
        self.saw("choose_token_format", controller, body)
        return shapes.TokenFormatChosen(body.element, body.format, "opaque", self.entry())

    def add_supplement(
        self, caller: Person, controller: str, body: shapes.NewSupplement
    ) -> shapes.Supplement:
        """Permit more, once the other side signs."""
        self.saw("add_supplement", controller, body)
        return shapes.Supplement(
            supplement="s1",
            status="proposed",
            elements=body.elements,
            permitted=sorted(ELEMENTS),
            entry=self.entry(),
        )

    def sign_supplement(self, caller: Person, controller: str, item: str) -> shapes.Supplement:
        """Permit more."""
        self.saw("sign_supplement", controller, item)
        return shapes.Supplement(
            supplement=item,
            status="signed",
            elements=["health.condition"],
            permitted=sorted({*ELEMENTS, "health.condition"}),
            entry=self.entry(),
        )

    def letter(self, caller: Person, controller: str) -> shapes.Letter:
        """Write a letter."""
        self.saw("letter", controller, None)
        return shapes.Letter(text="Dear Ada Example,\n")

    def _reading(self, status: str, subject: str, says: str) -> shapes.Interpretation:
        return shapes.Interpretation(
            interpretation="i1",
            subject=subject,
            status=status,
            says=says,
            reason="No time is named.",
            proposed_by="p1",
            proposed_at="2026-11-20T21:07:00.000Z",
            entry=self.entry(),
        )

    def propose_interpretation(
        self, caller: Person, controller: str, body: shapes.NewInterpretation
    ) -> shapes.Interpretation:
        """Sign a reading."""
        self.saw("propose_interpretation", controller, body)
        return self._reading("proposed", body.subject, body.says)

    def agree_interpretation(
        self, caller: Person, controller: str, item: str
    ) -> shapes.Interpretation:
        """Countersign it."""
        self.saw("agree_interpretation", controller, item)
        return self._reading("agreed", "4.3", "Within 30 days.")

    def clauses(self, caller: Person, controller: str) -> shapes.Clauses:
        """Show one clause."""
        self.saw("clauses", controller, None)
        clause = shapes.ClauseState(clause="2.5(5)", title="Access log", state="operating")
        return shapes.Clauses(controller=controller, agreement="v1", clauses=[clause])

    def run_controls(
        self, caller: Person, controller: str, body: shapes.Run
    ) -> shapes.Observations:
        """Look."""
        self.saw("run_controls", controller, body)
        seen = shapes.Observation(
            control="access-log",
            result="held",
            at="2026-11-20T21:07:00Z",
            findings=[],
            entry=self.fresh("e"),
        )
        return shapes.Observations(observations=[seen])

    def rotate_keys(self, caller: Person, controller: str, body: shapes.Rotation) -> shapes.Rotated:
        """Rotate."""
        self.saw("rotate_keys", controller, body)
        return shapes.Rotated(version=2, renewed=0, entry=self.entry())

    def horizon(self, caller: Person, controller: str) -> key_shapes.Horizon:
        """Show one key."""
        self.saw("horizon", controller, None)
        key = key_shapes.GuessableKey("index/1", "living", "2026-11-20T21:07:00Z")
        return key_shapes.Horizon(controller, 7, 99_999, 3, "2026-11-30T21:07:00Z", [key])

    def certify_erasure(
        self, caller: Person, controller: str, body: key_shapes.Erasure
    ) -> key_shapes.Certificate:
        """Certify."""
        self.saw("certify_erasure", controller, body)
        at = "2026-11-20T21:07:00Z"
        return key_shapes.Certificate(
            controller, body.entry, "00" * 32, 1, at, at, at, at, [], 7, 99_999, 3, self.entry()
        )

    def reconcile(
        self, caller: Person, body: root_shapes.ProviderRecord
    ) -> root_shapes.Reconciliation:
        """Explain everything."""
        self.saw("reconcile", "", body)
        return root_shapes.Reconciliation(body.until, len(body.seen), 0, 0, 0, 0, self.entry())

    def hold_root(
        self, caller: Person, controller: str, body: root_shapes.HeldRoot
    ) -> root_shapes.RootHeld:
        """Hand the root over."""
        self.saw("hold_root", controller, body)
        return root_shapes.RootHeld(root="cd" * 8, keys=4, entry=self.entry())

    def move_root(self, caller: Person, body: root_shapes.RootMove) -> root_shapes.RootMoved:
        """Move."""
        self.saw("move_root", "", body)
        return root_shapes.RootMoved(keys=16, root="ab" * 8, entry=self.entry())

    def end_agreement(self, caller: Person, controller: str, body: shapes.Ending) -> shapes.Ended:
        """Write the end down."""
        self.saw("end_agreement", controller, body)
        return shapes.Ended(controller=controller, status="ending", entry=self.entry())

    # -- people

    def invite(self, caller: Person, body: rights.NewInvitation) -> rights.Invitation:
        """Invite."""
        self.saw("invite", "", body)
        return rights.Invitation(
            invitation="i1",
            principal="p2",
            secret="s" * 32,
            until="2026-11-21T00:00:00Z",
            entry=self.entry(),
        )

    def accept(self, body: rights.Acceptance, remote: str) -> rights.Key:
        """Accept one secret."""
        self.saw("accept", "", body)
        if body.secret != "s" * 32:
            raise Unauthenticated("invitation.unknown", "There is no such invitation.")
        return rights.Key(principal="p2", key_id="k2", key=KEY, entry=self.entry())

    def _session(self) -> sign_in_shapes.Session:
        return sign_in_shapes.Session(
            principal="p2",
            session="s1",
            token="bs_" + "t" * 40,
            until="2026-11-21T09:07:00.000Z",
            factors=["password", "totp"],
            entry=self.entry(),
        )

    def sign_in(self, body: sign_in_shapes.SignIn, remote: str) -> sign_in_shapes.Session:
        """Sign anybody in."""
        self.saw("sign_in", "", body)
        return self._session()

    def set_password(self, body: sign_in_shapes.NewPassword, remote: str) -> sign_in_shapes.Session:
        """Take any password."""
        self.saw("set_password", "", body)
        return self._session()

    def change_password(self, body: sign_in_shapes.ChangedPassword, remote: str) -> rights.Changed:
        """Change it."""
        return self._changed("change_password", "", "password", "changed")

    def password_rules(self, caller: Person) -> sign_in_shapes.PasswordRules:
        """Show one rule with one source."""
        self.saw("password_rules", "", None)
        claim = sign_in_shapes.Claim(
            source="pci-dss-4.0.1",
            clause="8.3.6",
            says="Passwords are long.",
            state="unresolved: source",
            number=12,
            unit="characters",
        )
        rule = sign_in_shapes.Rule(
            name="password.min_length",
            enforced=15,
            unit="characters",
            source="bailee",
            conflict=False,
            claims=[claim],
        )
        return sign_in_shapes.PasswordRules(
            [rule], second_factor="all", keys_alone=True, lists=["a list"]
        )

    def renew(self, caller: Person, item: str) -> rights.Invitation:
        """Invite again."""
        self.saw("renew", "", item)
        return rights.Invitation(
            invitation="i2",
            principal=item,
            secret="s" * 32,
            until="2026-11-21T00:00:00Z",
            entry=self.entry(),
        )

    def step_up(self, caller: Person, body: sign_in_shapes.FactorCode) -> sign_in_shapes.Session:
        """Take any code."""
        self.saw("step_up", "", body)
        return self._session()

    def sessions(self, caller: Person, item: str = "") -> sign_in_shapes.Sessions:
        """List one session."""
        self.saw("sessions", "", item)
        one = sign_in_shapes.KnownSession(
            session="s1",
            begun="2026-11-20T21:07:00.000Z",
            seen="2026-11-20T21:08:00.000Z",
            factors=["password", "totp"],
            stepped="2026-11-20T21:07:00.000Z",
            present=True,
        )
        return sign_in_shapes.Sessions(sessions=[one])

    def end_session(self, caller: Person, item: str = "") -> rights.Changed:
        """End one."""
        return self._changed("end_session", "", item or "s1", "revoked")

    def enrol_totp(
        self, caller: Person, body: sign_in_shapes.OwnPassword, remote: str
    ) -> sign_in_shapes.Enrolment:
        """Enrol."""
        self.saw("enrol_totp", "", body)
        return sign_in_shapes.Enrolment(uri="otpauth://totp/x?secret=ABC", entry=self.entry())

    def confirm_totp(
        self, caller: Person, body: sign_in_shapes.FactorCode
    ) -> sign_in_shapes.RecoveryCodes:
        """Confirm."""
        self.saw("confirm_totp", "", body)
        return sign_in_shapes.RecoveryCodes(codes=["abcde-fghij"], entry=self.entry())

    def remove_totp(self, caller: Person, body: sign_in_shapes.FactorCode) -> rights.Changed:
        """Remove."""
        return self._changed("remove_totp", "", caller.principal_id, "removed")

    def remove_lost_totp(self, caller: Person, item: str) -> rights.Changed:
        """Remove somebody's."""
        return self._changed("remove_lost_totp", "", item, "removed")

    def ask_passkey(self, remote: str) -> passkey_shapes.PasskeyRequest:
        """Ask for any."""
        self.saw("ask_passkey", "", remote)
        return passkey_shapes.PasskeyRequest(
            public_key=passkey_shapes.RequestOptions(
                challenge="AAAA",
                rp_id="localhost",
                timeout=300_000,
                allow_credentials=[],
                user_verification="required",
            )
        )

    def sign_in_passkey(
        self, body: passkey_shapes.PasskeyAnswer, remote: str
    ) -> sign_in_shapes.Session:
        """Sign anybody in."""
        self.saw("sign_in_passkey", "", body)
        return self._session()

    def ask_step_up(self, caller: Person) -> passkey_shapes.PasskeyRequest:
        """Ask for one of the caller's."""
        return self.ask_passkey("")

    def step_up_passkey(
        self, caller: Person, body: passkey_shapes.PasskeyAnswer
    ) -> sign_in_shapes.Session:
        """Show one."""
        self.saw("step_up_passkey", "", body)
        return self._session()

    def offer_passkey(
        self, caller: Person, body: passkey_shapes.PasskeyProof, remote: str
    ) -> passkey_shapes.PasskeyOffer:
        """Ask for one to be made."""
        self.saw("offer_passkey", "", body)
        selection = passkey_shapes.PasskeySelection(
            "required", require_resident_key=True, user_verification="required"
        )
        return passkey_shapes.PasskeyOffer(
            public_key=passkey_shapes.CreationOptions(
                challenge="AAAA",
                rp=passkey_shapes.PasskeyParty("localhost", "bailee.local"),
                user=passkey_shapes.PasskeyPerson("AAAA", "ada@example.com", "Ada Example"),
                pub_key_cred_params=[passkey_shapes.PasskeyKind("public-key", -7)],
                timeout=300_000,
                exclude_credentials=[],
                authenticator_selection=selection,
                attestation="none",
            )
        )

    def enrol_passkey(
        self, caller: Person, body: passkey_shapes.NewPasskey
    ) -> passkey_shapes.Passkey:
        """Take one."""
        self.saw("enrol_passkey", "", body)
        return self._passkey()

    def passkeys(self, caller: Person, item: str = "") -> passkey_shapes.Passkeys:
        """List one."""
        self.saw("passkeys", "", item)
        return passkey_shapes.Passkeys([self._passkey()])

    def _passkey(self) -> passkey_shapes.Passkey:
        return passkey_shapes.Passkey(
            passkey="k1",
            name="laptop",
            created="2026-11-20T21:07:00.000Z",
            status="live",
            synced=True,
            transports=["internal"],
            used="2026-11-20T21:08:00.000Z",
            entry=self.entry(),
        )

    def remove_passkey(self, caller: Person, item: str) -> rights.Changed:
        """Remove one."""
        return self._changed("remove_passkey", "", item, "removed")

    def sign_on_offer(self) -> sign_on_shapes.Offer:
        """Offer one."""
        return sign_on_shapes.Offer(offered=True, name="Example sign-in")

    def begin_sign_on(self, remote: str) -> sign_on_shapes.Away:
        """Send anybody away."""
        self.saw("begin_sign_on", "", None)
        return self._away()

    def begin_sign_on_step_up(self, caller: Person, remote: str) -> sign_on_shapes.Away:
        """Send them away."""
        self.saw("begin_sign_on_step_up", "", None)
        return self._away()

    def begin_link(self, caller: Person, remote: str) -> sign_on_shapes.Away:
        """Send them away."""
        self.saw("begin_link", "", None)
        return self._away()

    def finish_sign_on(self, body: sign_on_shapes.Returned, remote: str) -> sign_on_shapes.Back:
        """Sign anybody in."""
        self.saw("finish_sign_on", "", body)
        return sign_on_shapes.Back(kind="sign-in", entry=self.entry(), session=self._session())

    def sign_out_elsewhere(self, token: str, remote: str) -> None:
        """Believe every token but one."""
        self.saw("sign_out_elsewhere", "", token)
        if token == "wrong":
            raise Unauthenticated("sign_out.form", "That is no sign-out.")

    def own_link(self, caller: Person) -> sign_on_shapes.OwnLink:
        """Say yes."""
        self.saw("own_link", "", None)
        return sign_on_shapes.OwnLink(linked=True, since="2026-11-20T21:07:00.000Z")

    def _away(self) -> sign_on_shapes.Away:
        return sign_on_shapes.Away(address="https://login.example/authorize?state=s", browser="b")

    def create_service(self, caller: Person, body: rights.NewProgram) -> rights.Principal:
        """Register a service."""
        self.saw("create_service", "", body)
        return rights.Principal(principal="s1", kind="service", name=body.name, status="active")

    def mint_key(self, caller: Person, body: rights.NewKey) -> rights.Key:
        """Make a key."""
        self.saw("mint_key", "", body)
        return rights.Key(principal=body.principal, key_id="k3", key="k" * 40, entry=self.entry())

    def token(self, caller: Person, item: str) -> rights.Token:
        """Issue a token."""
        self.saw("token", "", item)
        return rights.Token(
            service=item,
            person=caller.principal_id,
            token_id="t1",
            token="t" * 40,
            until="2026-11-20T21:07:00.000Z",
            entry=self.entry(),
        )

    def link_person(self, caller: Person, item: str, body: rights.Subject) -> rights.Changed:
        """Link a person."""
        return self._changed("link_person", "", item, "linked")

    def link_service(self, caller: Person, item: str, body: rights.OidcClient) -> rights.Changed:
        """Link a service."""
        return self._changed("link_service", "", item, "linked")

    def unlink(self, caller: Person, item: str) -> rights.Changed:
        """End a link."""
        return self._changed("unlink", "", item, "unlinked")

    def _changed(self, what: str, controller: str, item: str, status: str) -> rights.Changed:
        self.saw(what, controller, item)
        return rights.Changed(id=item, status=status, entry=self.entry())

    def revoke_key(self, caller: Person, item: str) -> rights.Changed:
        """End a key."""
        return self._changed("revoke_key", "", item, "revoked")

    def people(self, caller: Person) -> rights.People:
        """List one person."""
        self.saw("people", "", None)
        one = rights.Principal(principal="p1", kind="person", name="Ada Example", status="active")
        return rights.People(people=[one])

    def leave(self, caller: Person, item: str) -> rights.Changed:
        """Let somebody go."""
        return self._changed("leave", "", item, "left")

    def _granted(self, principal: str, verbs: list[str]) -> rights.Grant:
        return rights.Grant(
            grant="g1",
            principal=principal,
            verbs=verbs,
            elements=["person.*"],
            purposes=["payments"],
            status="active",
            until="2026-12-31T00:00:00Z",
        )

    def grant(self, caller: Person, controller: str, body: rights.NewGrant) -> rights.Grant:
        """Grant."""
        self.saw("grant", controller, body)
        return self._granted(body.principal, body.verbs)

    def revoke_grant(self, caller: Person, controller: str, item: str) -> rights.Changed:
        """End a grant."""
        return self._changed("revoke_grant", controller, item, "revoked")

    def grants(self, caller: Person, controller: str) -> rights.Grants:
        """List one grant."""
        self.saw("grants", controller, None)
        return rights.Grants(grants=[self._granted("p1", ["reveal"])])

    def explain(self, caller: Person, controller: str, body: rights.Question) -> rights.Explanation:
        """Say what is missing."""
        self.saw("explain", controller, body)
        return rights.Explanation(allowed=False, reasons=["No grant says so."])

    def _approval(self, status: str) -> rights.Approval:
        return rights.Approval(
            approval="a1",
            status=status,
            principal="p1",
            purpose="payments",
            elements=["person.name"],
            subjects=10,
            remaining=10,
            until="2026-11-21T00:00:00Z",
            entry=self.entry(),
        )

    def request_approval(
        self, caller: Person, controller: str, body: rights.NewApproval
    ) -> rights.Approval:
        """Open an approval."""
        self.saw("request_approval", controller, body)
        return self._approval("open")

    def approve(self, caller: Person, controller: str, item: str) -> rights.Approval:
        """Approve."""
        self.saw("approve", controller, item)
        return self._approval("approved")

    def refuse(self, caller: Person, controller: str, item: str) -> rights.Approval:
        """Refuse."""
        self.saw("refuse", controller, item)
        return self._approval("refused")

    # Emergencies

    def issue_code(self, caller: Person, controller: str, body: rights.NewCode) -> rights.Code:
        """Make a code."""
        self.saw("issue_code", controller, body)
        until = "2026-11-21T00:00:00Z"
        return rights.Code("c1", "bg_" + "1" * 50, body.principal, until, self.entry())

    def revoke_code(self, caller: Person, controller: str, item: str) -> rights.Changed:
        """End a code."""
        self.saw("revoke_code", controller, item)
        return rights.Changed(item, "revoked", self.entry())

    def _emergency(self, controller: str = "acme", **changed: Any) -> rights.Emergency:
        fields: dict[str, Any] = {
            "emergency": "bg-1", "controller": controller, "principal": "p1", "grant": "g1",
            "verbs": ["reveal"], "elements": ["person.name"], "purpose": "payments",
            "reason": "Year end.", "opened": "2026-11-20T21:07:00Z",
            "until": "2026-11-20T22:07:00Z", "open": True, "calls": 1, "subjects": 1,
            "alert": "due", "alert_due": "2026-11-20T21:22:00Z", "review": "due",
            "review_due": "2026-11-25T05:00:00Z", "entry": self.entry(),
        }  # fmt: skip
        return rights.Emergency(**(fields | changed))

    def break_glass(
        self, caller: Person, controller: str, body: rights.NewEmergency
    ) -> rights.Emergency:
        """Open an emergency."""
        self.saw("break_glass", controller, body)
        return self._emergency(controller)

    def emergencies(self, caller: Person, controller: str) -> rights.Emergencies:
        """List a controller's."""
        self.saw("emergencies", controller, None)
        return rights.Emergencies([self._emergency(overdue=["break_glass.unjustified"])])

    def all_emergencies(self, caller: Person) -> rights.Emergencies:
        """List every controller's."""
        self.saw("all_emergencies", "", None)
        return rights.Emergencies([self._emergency()])

    def acknowledge_emergency(self, caller: Person, controller: str, item: str) -> rights.Emergency:
        """Answer an alert."""
        self.saw("acknowledge_emergency", controller, item)
        return self._emergency(alert="acknowledged", acknowledged_by="p2")

    def review_emergency(
        self, caller: Person, controller: str, item: str, body: rights.Review
    ) -> rights.Emergency:
        """Review."""
        self.saw("review_emergency", controller, body)
        return self._emergency(
            review=body.verdict, reviewer="p2", verdict_reason=body.reason, open=False
        )

    def settle_emergency(
        self, caller: Person, controller: str, item: str, body: rights.Settlement
    ) -> rights.Emergency:
        """Settle."""
        self.saw("settle_emergency", controller, body)
        return self._emergency(review="settled", writing=body.writing)

    # -- training, dormant accounts, reviews

    def training(self, caller: Person, item: str = "") -> training_shapes.Training:
        """List."""
        self.saw("training", "", item)
        return training_shapes.Training(item or "p1", [self._duty()])

    def _duty(self, **changed: Any) -> training_shapes.Duty:
        fields: dict[str, Any] = {
            "kind": "procedure", "status": "due", "version": 2, "text_sha256": "0" * 64,
            "until": "2026-11-20T21:07:00Z", "controller": "acme",
        }  # fmt: skip
        return training_shapes.Duty(**(fields | changed))

    def text(self, caller: Person, controller: str = "house") -> training_shapes.Text:
        """Show."""
        self.saw("text", controller.replace("house", ""), None)
        return training_shapes.Text(
            kind="procedure", version=2, text_sha256="0" * 64, text="Keep quiet.",
            published="2026-11-20T21:07:00Z", due="2026-12-04T21:07:00Z", controller="acme",
            agreement="v1",
        )  # fmt: skip

    def acknowledge_text(
        self, caller: Person, body: training_shapes.Read, controller: str = "house"
    ) -> training_shapes.Duty:
        """Acknowledge."""
        self.saw("acknowledge_text", controller.replace("house", ""), body)
        return self._duty(status="in-force", entry=self.entry())

    def dormant(self, caller: Person) -> training_shapes.Dormant:
        """List."""
        self.saw("dormant", "", None)
        idle = training_shapes.Idle(
            "p2", "person", "Ida Example", "dormant", "suspended", "2026-08-01"
        )
        return training_shapes.Dormant(90, [idle])

    def reactivate(self, caller: Person, item: str) -> rights.Changed:
        """Let back in."""
        self.saw("reactivate", "", item)
        return rights.Changed(item, "active", self.entry())

    def _reviewed(self, **changed: Any) -> review_shapes.ReviewedGrant:
        fields: dict[str, Any] = {
            "grant": "g1", "principal": "p2", "granted_by": "p3", "verbs": ["reveal"],
            "elements": ["person.name"], "purposes": ["payments"],
            "created": "2026-08-20T21:07:00Z", "until": "2027-01-20T00:00:00Z",
            "used": [review_shapes.Use("reveal", 3, 7)], "status": "undecided",
            "decidable": True, "kind": "person", "name": "Ida Example",
        }  # fmt: skip
        return review_shapes.ReviewedGrant(**(fields | changed))

    def _review(self, controller: str, **changed: Any) -> review_shapes.AccessReview:
        fields: dict[str, Any] = {
            "review": "v1", "controller": controller, "status": "open",
            "opened": "2026-11-20T21:07:00Z", "opened_by": "p1", "due": "2026-12-20T21:07:00Z",
            "since": "2026-08-20T21:07:00Z", "counts": {"undecided": 1}, "entry": self.entry(),
            "grants": [self._reviewed()],
        }  # fmt: skip
        return review_shapes.AccessReview(**(fields | changed))

    def open_review(self, caller: Person, controller: str) -> review_shapes.AccessReview:
        """Open."""
        self.saw("open_review", controller, None)
        return self._review(controller)

    def reviews(self, caller: Person, controller: str) -> review_shapes.AccessReviews:
        """List."""
        self.saw("reviews", controller, None)
        return review_shapes.AccessReviews([self._review(controller, grants=[])])

    def review(self, caller: Person, controller: str, item: str) -> review_shapes.AccessReview:
        """Show."""
        self.saw("review", controller, item)
        return self._review(controller, review=item)

    def decide_review(
        self, caller: Person, controller: str, item: str, body: review_shapes.NewDecision
    ) -> review_shapes.ReviewedGrant:
        """Decide."""
        self.saw("decide_review", controller, body)
        return self._reviewed(
            status="kept", reviewer="p1", decided="2026-11-20T21:07:00Z", reason=body.reason,
            shortened=body.until or "", entry=self.entry(),
        )  # fmt: skip

    def close_review(
        self, caller: Person, controller: str, item: str
    ) -> review_shapes.AccessReview:
        """Close."""
        self.saw("close_review", controller, item)
        return self._review(
            controller, status="closed", closed="2026-11-20T21:07:00Z", closed_by="p1",
            counts={"kept": 1}, grants=[], summary="{}", summary_sha256="0" * 64,
        )  # fmt: skip

    # -- honey

    def _honey_consent(self, **changed: Any) -> honey_shapes.HoneyConsent:
        fields: dict[str, Any] = {
            "consent": "c1", "status": "given", "counts": True, "signed_by": "p2",
            "writing": "letter 3", "text_sha256": "ab" * 32, "since": "2026-11-20T00:00:00Z",
            "until": "2027-11-20T00:00:00Z", "entry": self.entry(),
        }  # fmt: skip
        return honey_shapes.HoneyConsent(**(fields | changed))

    def allow_honey(
        self, caller: Person, controller: str, body: honey_shapes.NewHoneyConsent
    ) -> honey_shapes.HoneyConsent:
        """Sign."""
        self.saw("allow_honey", controller, body)
        return self._honey_consent(writing=body.writing)

    def honey_consents(self, caller: Person, controller: str) -> honey_shapes.HoneyConsents:
        """List."""
        self.saw("honey_consents", controller, None)
        return honey_shapes.HoneyConsents([self._honey_consent()])

    def withdraw_honey(
        self, caller: Person, controller: str, item: str
    ) -> honey_shapes.HoneyConsent:
        """Take back."""
        self.saw("withdraw_honey", controller, item)
        return self._honey_consent(status="withdrawn", counts=False, withdrawn_by="p2", removed=2)

    def plant_honey(
        self,
        caller: Person,
        controller: str,
        body: honey_shapes.NewHoney,
        context: Mapping[str, str],
    ) -> honey_shapes.Honey:
        """Count."""
        self.saw("plant_honey", controller, body)
        return honey_shapes.Honey(controller, body.count, readable=True, alarms=0)

    def honey(self, caller: Person, controller: str) -> honey_shapes.Honey:
        """Count."""
        self.saw("honey", controller, None)
        return honey_shapes.Honey(controller, 2, readable=True, alarms=1)

    def remove_honey(self, caller: Person, controller: str) -> honey_shapes.Removed:
        """Count."""
        self.saw("remove_honey", controller, None)
        return honey_shapes.Removed(2, self.entry())

    def _alarm(self, **changed: Any) -> honey_shapes.Alarm:
        fields: dict[str, Any] = {
            "alarm": "a1", "controller": "acme", "principal": "p3", "verb": "reveal",
            "entry_id": "e1", "raised": "2026-11-20T21:07:00Z", "due": "2026-11-21T21:07:00Z",
            "state": "due", "records": 1,
        }  # fmt: skip
        return honey_shapes.Alarm(**(fields | changed))

    def alarms(self, caller: Person, controller: str) -> honey_shapes.Alarms:
        """List a controller's."""
        self.saw("alarms", controller, None)
        return honey_shapes.Alarms([self._alarm(overdue=True, through="s1")])

    def all_alarms(self, caller: Person) -> honey_shapes.Alarms:
        """List every controller's."""
        self.saw("all_alarms", "", None)
        return honey_shapes.Alarms([self._alarm()])

    def assess_alarm(
        self, caller: Person, controller: str, item: str, body: honey_shapes.Verdict
    ) -> honey_shapes.Alarm:
        """Decide."""
        self.saw("assess_alarm", controller, body)
        return self._alarm(
            state=body.verdict, assessed_by="p2", assessed="2026-11-20T22:07:00Z",
            reason=body.reason, entry=self.entry(),
        )  # fmt: skip

    # Consents and disclosures

    def _consent(self, status: str) -> disclosure_shapes.Consent:
        return disclosure_shapes.Consent(
            consent="c1", kind="third-party", status=status, given_by="p3", reference="letter 7",
            text_sha256="0" * 64, recipient="Larkspur Analytics", keys=["age1" + "q" * 58],
            purposes=["payments"], elements=["person.name"], since="2026-11-20T21:07:00Z",
            until="2026-12-31T00:00:00Z", recorded_by="p1", entry=self.entry(),
        )  # fmt: skip

    def add_consent(
        self, caller: Person, controller: str, body: disclosure_shapes.NewConsent
    ) -> disclosure_shapes.Consent:
        """Register a writing."""
        self.saw("add_consent", controller, body)
        return self._consent("recorded")

    def confirm_consent(
        self, caller: Person, controller: str, item: str
    ) -> disclosure_shapes.Consent:
        """Confirm."""
        self.saw("confirm_consent", controller, item)
        return self._consent("confirmed")

    def revoke_consent(
        self, caller: Person, controller: str, item: str
    ) -> disclosure_shapes.Consent:
        """Revoke."""
        self.saw("revoke_consent", controller, item)
        return self._consent("revoked")

    def consents(self, caller: Person, controller: str) -> disclosure_shapes.Consents:
        """List consents."""
        self.saw("consents", controller, None)
        return disclosure_shapes.Consents([self._consent("confirmed")])

    def _disclosure(self, status: str, **changed: Any) -> disclosure_shapes.Disclosure:
        fields: dict[str, Any] = {
            "disclosure": "d1", "kind": "third-party", "status": status, "principal": "p1",
            "purpose": "payments", "elements": ["person.name"], "keys": ["age1" + "q" * 58],
            "recipients": ["Larkspur Analytics"], "consents": ["c1"],
            "opened": "2026-11-20T21:07:00Z", "calls": 1, "answered": 10, "opened_entry": "e1",
        }  # fmt: skip
        return disclosure_shapes.Disclosure(**(fields | changed))

    def open_disclosure(
        self, caller: Person, controller: str, body: disclosure_shapes.NewDisclosure
    ) -> disclosure_shapes.Disclosure:
        """Open one."""
        self.saw("open_disclosure", controller, body)
        return self._disclosure("open", entry=self.entry())

    def end_disclosure(
        self, caller: Person, controller: str, item: str, body: disclosure_shapes.DisclosureEnd
    ) -> disclosure_shapes.Disclosure:
        """Account for it."""
        self.saw("end_disclosure", controller, body)
        return self._disclosure(
            "ended", ended="2026-11-20T21:08:00Z", parts=body.parts, records=body.records,
            manifest_sha256=body.manifest_sha256, ended_entry="e9", entry=self.entry(),
        )  # fmt: skip

    def disclosure(
        self, caller: Person, controller: str, item: str
    ) -> disclosure_shapes.Disclosure:
        """Show one."""
        self.saw("disclosure", controller, item)
        return self._disclosure("open")

    def disclosures(self, caller: Person, controller: str) -> disclosure_shapes.Disclosures:
        """Account for all."""
        self.saw("disclosures", controller, None)
        return disclosure_shapes.Disclosures([self._disclosure("ended")])

    # Looks

    def me(self, caller: Person) -> overview_shapes.Me:
        """Say who it is."""
        self.saw("me", "", None)
        held = overview_shapes.Holding(
            "g1", "acme", ["audit"], ["person.*"], ["payments"], "2026-12-31T00:00:00Z"
        )
        return overview_shapes.Me(
            "p1", "person", "Ada Example", controllers={"acme": "Acme Ltd"}, holdings=[held]
        )

    def today(self, caller: Person) -> overview_shapes.Today:
        """Say what waits."""
        self.saw("today", "", None)
        one = overview_shapes.Waiting("approval", "waiting", "A second person.", "acme", "a1")
        return overview_shapes.Today([one], {"acme": {"failing": 1, "enforced": 2}})

    def approvals(self, caller: Person, controller: str) -> overview_shapes.Approvals:
        """List one request."""
        self.saw("approvals", controller, None)
        return overview_shapes.Approvals([self._approval("requested")], {"p1": "Ada Example"})

    def request_access(
        self, caller: Person, controller: str, body: overview_shapes.NewAccess
    ) -> rights.Approval:
        """Open a request."""
        self.saw("request_access", controller, body)
        return self._approval("requested")

    def _recorded(self) -> overview_shapes.Recorded:
        return overview_shapes.Recorded(
            index=8,
            entry_id="1" * 32,
            time="2026-11-20T21:07:00.000Z",
            action="vault:value:revealed",
            decision="allowed",
            purpose="payments",
            elements=["person.name"],
            count=1,
            detail={"code": "ok"},
            principal="p1",
            context={"request_id": "q1"},
        )

    def entries(
        self, caller: Person, controller: str, body: overview_shapes.Stretch
    ) -> overview_shapes.Entries:
        """Show one entry."""
        self.saw("entries", controller, body)
        return overview_shapes.Entries("log", 9, [self._recorded()], {"p1": "Ada Example"})

    def entry_view(
        self, caller: Person, controller: str, entry_id: str
    ) -> overview_shapes.EntryView:
        """Show one entry."""
        self.saw("entry_view", controller, entry_id)
        return overview_shapes.EntryView(
            log="log",
            size=9,
            entry=self._recorded(),
            leaf="2" * 64,
            covered=9,
            path=["3" * 64],
            commitments={"actor": "4" * 64},
            fits=True,
            actor={"principal_id": "p1"},
            records=[overview_shapes.Holder("r1", "s1", ["person.name"])],
            touched=1,
            names={"p1": "Ada Example"},
        )

    def seals(self, caller: Person, controller: str) -> overview_shapes.Seals:
        """Show one log."""
        self.saw("seals", controller, None)
        line = overview_shapes.Cosigned("moor", "2026-11-20T21:07:00Z")
        at = "2026-11-20T21:06:59.000Z"
        one = overview_shapes.Sealed("log", "open", 9, "log+key", 9, at, [line], 8, at)
        return overview_shapes.Seals([one], ["moor"])

    def observations(self, caller: Person, controller: str) -> overview_shapes.Watched:
        """Show one control."""
        self.saw("observations", controller, None)
        look = overview_shapes.ControlLook(
            "access-log", "reads a planted value", "enforced", 25, "failed",
            "2026-11-20T21:07:00.000Z", ["log.behind"], "e1",
        )  # fmt: skip
        day = overview_shapes.ControlDay("access-log", "2026-11-20", 2, 1, 1)
        stood = overview_shapes.ClauseDay("C2.5(5)", "2026-11-20", "failing")
        return overview_shapes.Watched("2026-08-23", "2026-11-20", [look], [day], [stood])

    def custody(self, caller: Person, controller: str) -> root_shapes.Custody:
        """Show the root."""
        self.saw("custody", controller, None)
        key = root_shapes.KeyVersion("index", 3, "2026-11-20T21:07:00.000Z")
        return root_shapes.Custody(
            "file", "ab12", answers=True, held="awskms/1", keys=[key], overdue=["horizon.none"]
        )

    def own_entries(
        self, caller: Person, controller: str, body: overview_shapes.LookBack
    ) -> overview_shapes.OwnEntries:
        """Show one's own entry."""
        self.saw("own_entries", controller, body)
        return overview_shapes.OwnEntries("log", 0, 9, 9, [self._recorded()])

    def activity(
        self, caller: Person, controller: str, body: overview_shapes.LookBack
    ) -> overview_shapes.Activity:
        """Count one."""
        self.saw("activity", controller, body)
        one = overview_shapes.Tally("2026-11-20", "vault:value:revealed", "payments", "p1", 2, 3)
        return overview_shapes.Activity("log", 0, 9, 9, [one], {"p1": "Ada Example"})
