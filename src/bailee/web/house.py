"""What this door asks of the house behind it: a typed surface, satisfied structurally.

Every method runs in a worker thread and may block. Each records what it did, or refused, before
it returns; failures are the house's own (``bailee.errors``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol, TypeAlias

from bailee.access import Mandate
from bailee.app import key_shapes, rights, root_shapes, shapes
from bailee.vault import shapes as vault
from bailee.web.accounting_surface import Accounting
from bailee.web.case_surface import Casework
from bailee.web.data_surface import Disclosures, Honey, Passwords
from bailee.web.demand_surface import Demands
from bailee.web.end_surface import Ends
from bailee.web.incident_surface import Incidents
from bailee.web.instruction_surface import Instructions
from bailee.web.kit_surface import Kits
from bailee.web.law_surface import LawRegister
from bailee.web.look_surface import Audits, Looks
from bailee.web.procedure_surface import Procedures
from bailee.web.provision_surface import Mappings, Scim
from bailee.web.request_surface import Requests
from bailee.web.subprocessor_surface import Subprocessors
from bailee.web.surfaces import Emergencies, Passkeys, Reviews, SignIns, SignOns, Training
from bailee.web.transfer_surface import Transfers
from bailee.web.trust_surface import Trust

Caller: TypeAlias = Any
"""Who was authenticated. The door hands it back unread: only the house knows what is in it."""


class Vault(Protocol):
    """Protected values."""

    def protect(
        self,
        caller: Caller,
        controller: str,
        body: vault.Protect,
        *,
        idempotency_key: str | None,
        context: Mapping[str, str],
    ) -> vault.Protected:
        """Store records."""

    def update(
        self,
        caller: Caller,
        controller: str,
        body: vault.Update,
        *,
        idempotency_key: str | None,
        context: Mapping[str, str],
    ) -> vault.Updated:
        """Change records."""

    def erase(
        self,
        caller: Caller,
        controller: str,
        body: vault.Erase,
        *,
        idempotency_key: str | None,
        context: Mapping[str, str],
    ) -> vault.Erased:
        """Destroy records or subjects."""

    def reveal(
        self, caller: Caller, controller: str, body: vault.Reveal, *, context: Mapping[str, str]
    ) -> vault.Revealed:
        """Read values."""

    def list_records(
        self, caller: Caller, controller: str, body: vault.List, *, context: Mapping[str, str]
    ) -> vault.Listed:
        """List records by id."""

    def search(
        self, caller: Caller, controller: str, body: vault.Search, *, context: Mapping[str, str]
    ) -> vault.Found:
        """Find records."""

    def encrypt(
        self, caller: Caller, controller: str, body: vault.Encrypt, *, context: Mapping[str, str]
    ) -> vault.Encrypted:
        """Encrypt values kept elsewhere."""

    def decrypt(
        self, caller: Caller, controller: str, body: vault.Decrypt, *, context: Mapping[str, str]
    ) -> vault.Decrypted:
        """Open values kept elsewhere."""

    def reencrypt(
        self, caller: Caller, controller: str, body: vault.Decrypt, *, context: Mapping[str, str]
    ) -> vault.Encrypted:
        """Encrypt anew values kept elsewhere."""

    def hold(
        self, caller: Caller, controller: str, body: vault.Subjects, *, context: Mapping[str, str]
    ) -> vault.Kept:
        """Keep subjects from erasure."""

    def release(
        self, caller: Caller, controller: str, body: vault.Subjects, *, context: Mapping[str, str]
    ) -> vault.Kept:
        """End a hold."""

    def restrict(
        self, caller: Caller, controller: str, body: vault.Restrict, *, context: Mapping[str, str]
    ) -> vault.Kept:
        """Restrict subjects."""

    def lift(
        self, caller: Caller, controller: str, body: vault.Subjects, *, context: Mapping[str, str]
    ) -> vault.Kept:
        """End a restriction."""

    @property
    def passwords(self) -> Passwords:
        """Customers' passwords, which are verified and never read."""


class Controllers(Protocol):
    """Controllers and what was agreed with them."""

    def create_controller(
        self, caller: Caller, body: shapes.NewController
    ) -> shapes.AgreementInstalled:
        """Take on a controller with its agreement."""

    def controllers(self, caller: Caller) -> shapes.Controllers:
        """List the controllers that the caller may know."""

    def install_agreement(
        self, caller: Caller, controller: str, body: shapes.NewAgreement
    ) -> shapes.AgreementInstalled:
        """Install a new version."""

    def agreement(self, caller: Caller, controller: str) -> shapes.AgreementView:
        """Show the agreement in force."""

    def add_supplement(
        self, caller: Caller, controller: str, body: shapes.NewSupplement
    ) -> shapes.Supplement:
        """Sign, for our side, an extension of the annex."""

    def sign_supplement(self, caller: Caller, controller: str, item: str) -> shapes.Supplement:
        """Sign it for the controller."""

    def letter(self, caller: Caller, controller: str) -> shapes.Letter:
        """Write what is to be agreed."""

    def propose_interpretation(
        self, caller: Caller, controller: str, body: shapes.NewInterpretation
    ) -> shapes.Interpretation:
        """Sign our reading."""

    def agree_interpretation(
        self, caller: Caller, controller: str, item: str
    ) -> shapes.Interpretation:
        """Countersign a reading."""

    def choose_token_format(
        self, caller: Caller, controller: str, body: shapes.NewTokenFormat
    ) -> shapes.TokenFormatChosen:
        """Let tokens of an element be made in a format from now on."""

    def token_formats(self, caller: Caller, controller: str) -> shapes.TokenFormats:
        """Show the formats of tokens."""

    def clauses(self, caller: Caller, controller: str) -> shapes.Clauses:
        """Show the state of every clause."""

    def run_controls(
        self, caller: Caller, controller: str, body: shapes.Run
    ) -> shapes.Observations:
        """Look at the running system now."""

    def rotate_keys(self, caller: Caller, controller: str, body: shapes.Rotation) -> shapes.Rotated:
        """Give keys a new version."""

    def move_root(self, caller: Caller, body: root_shapes.RootMove) -> root_shapes.RootMoved:
        """Wrap some more keys by the root key that takes over."""

    def hold_root(
        self, caller: Caller, controller: str, body: root_shapes.HeldRoot
    ) -> root_shapes.RootHeld:
        """Put a controller's keys under a root that it holds, or back."""

    def reconcile(
        self, caller: Caller, body: root_shapes.ProviderRecord
    ) -> root_shapes.Reconciliation:
        """Compare a provider's record of unwraps with the log."""

    def horizon(self, caller: Caller, controller: str) -> key_shapes.Horizon:
        """Show how long what is erased can be recovered or guessed."""

    def certify_erasure(
        self, caller: Caller, controller: str, body: key_shapes.Erasure
    ) -> key_shapes.Certificate:
        """Say from when on what was destroyed is beyond recovery."""

    def end_agreement(self, caller: Caller, controller: str, body: shapes.Ending) -> shapes.Ended:
        """Write when the agreement ended."""


class Access(Protocol):
    """People, services, keys, grants and approvals."""

    def invite(self, caller: Caller, body: rights.NewInvitation) -> rights.Invitation:
        """Invite a person."""

    def accept(self, body: rights.Acceptance, remote: str) -> rights.Key:
        """Take up an invitation; a wrong secret is recorded like a bad credential."""

    def create_service(self, caller: Caller, body: rights.NewProgram) -> rights.Principal:
        """Register a service."""

    def mint_key(self, caller: Caller, body: rights.NewKey) -> rights.Key:
        """Make a key for somebody else."""

    def token(self, caller: Caller, item: str) -> rights.Token:
        """Let an acting-for service act for the caller for a quarter of an hour."""

    def link_person(self, caller: Caller, item: str, body: rights.Subject) -> rights.Changed:
        """Say who a person is at the identity provider."""

    def link_service(self, caller: Caller, item: str, body: rights.OidcClient) -> rights.Changed:
        """Say which client of the identity provider a service is."""

    def unlink(self, caller: Caller, item: str) -> rights.Changed:
        """End what somebody is at the identity provider."""

    def revoke_key(self, caller: Caller, item: str) -> rights.Changed:
        """End a key at once."""

    def people(self, caller: Caller) -> rights.People:
        """List principals."""

    def leave(self, caller: Caller, item: str) -> rights.Changed:
        """Let a person go: every key and grant ends at once (C2.5(6))."""

    def grant(self, caller: Caller, controller: str, body: rights.NewGrant) -> rights.Grant:
        """Grant rights to somebody else."""

    def revoke_grant(self, caller: Caller, controller: str, item: str) -> rights.Changed:
        """End a grant at once."""

    def grants(self, caller: Caller, controller: str) -> rights.Grants:
        """List grants."""

    def explain(self, caller: Caller, controller: str, body: rights.Question) -> rights.Explanation:
        """Say why somebody may or may not."""

    def request_approval(
        self, caller: Caller, controller: str, body: rights.NewApproval
    ) -> rights.Approval:
        """Ask a second person."""

    def approve(self, caller: Caller, controller: str, item: str) -> rights.Approval:
        """Approve, as the second person."""

    def refuse(self, caller: Caller, controller: str, item: str) -> rights.Approval:
        """Refuse, as the second person."""


class House(
    Controllers,
    Access,
    Accounting,
    SignIns,
    Audits,
    Ends,
    Casework,
    Demands,
    Instructions,
    Disclosures,
    Emergencies,
    Honey,
    Kits,
    LawRegister,
    Incidents,
    Looks,
    Mappings,
    Passkeys,
    Procedures,
    Requests,
    Reviews,
    Scim,
    SignOns,
    Subprocessors,
    Training,
    Transfers,
    Trust,
    Protocol,
):
    """Everything behind the door."""

    @property
    def vault(self) -> Vault:
        """The vault."""

    def attend(
        self,
        call: Callable[[], Any],
        deliver: Callable[[Any, BaseException | None], Callable[[], None] | None],
    ) -> bool:
        """Do a call that is one transaction in a thread of its own choice, or answer False.

        ``deliver`` gets what it returned or raised once that is durable, ``Undone`` if it left
        nothing.
        """

    def authenticate(
        self, bearer: str | None, remote: str, mandate: Mandate | None = None
    ) -> Caller:
        """Return who calls, and by a mandate for whom.

        Raises:
            Unauthenticated: also recorded on the house log, with the source, never the credential.
        """

    def checkpoint(self, caller: Caller, controller: str) -> bytes:
        """Return the log's signed checkpoint (C2SP tlog-checkpoint)."""

    def tile(self, caller: Caller, controller: str, path: str) -> bytes:
        """Return one tile (C2SP tlog-tiles); ``path`` is what follows ``tile/``."""

    def proof(self, caller: Caller, controller: str, entry_id: str) -> shapes.Proof:
        """Return the proof that an entry is in the log."""

    def logs(self, caller: Caller, controller: str) -> shapes.Logs:
        """List the controller's logs."""

    def health(self) -> shapes.Health:
        """Say whether calls can be served."""

    def metrics(self) -> str:
        """Return counts in the text format of Prometheus; no name of anybody in them."""


__all__ = [
    "Access",
    "Caller",
    "Controllers",
    "Disclosures",
    "Emergencies",
    "Honey",
    "House",
    "Incidents",
    "Looks",
    "Mappings",
    "Passkeys",
    "Reviews",
    "Scim",
    "SignIns",
    "Subprocessors",
    "Training",
    "Transfers",
    "Trust",
    "Vault",
]
