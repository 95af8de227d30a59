"""A small deployment with everything real: home, controller, people, TLS door, a witness."""

from __future__ import annotations

import dataclasses
import tempfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Literal

from bailee.access import Caller, Person
from bailee.agreement import load_terms, model_text
from bailee.app import law_shapes, rights, shapes, store, training_shapes, transfer_shapes
from bailee.app.canary import CONTROLLER as RESERVED
from bailee.app.home import Founded, found, opened
from bailee.app.honey_shapes import NewHoney
from bailee.app.house import House
from bailee.app.looking import Looking
from bailee.app.root_shapes import ProviderUnwrap
from bailee.app.settings import Settings, read_settings
from bailee.clock import write_time
from bailee.db import HOUSE
from bailee.vault.shapes import Protect, ProtectRecord
from bailee.web.certificate import own_certificate
from bailee.web.knock import Knocker
from bailee.web.server import Listener, Tls
from tests.sabotage.staff import staff
from tests.simulators.hashing import hash_cheaply
from tests.simulators.witness import SimulatedWitness, forward
from tests.witness.post import Post

CONTROLLER = "larkspur"
TERMS = "model-addendum"
UNDERTAKEN = date(2026, 1, 5)
LAWS = ("gdpr", "pci-dss-4.0.1")
EMPLOYER = "Harborline Payments LLC"
Relation = Literal["employee", "controller-representative"]
CAST: tuple[tuple[str, Relation], ...] = (
    ("Bram Okafor", "employee"),
    ("Esra Demir", "employee"),
    ("Clara Whitfield", "controller-representative"),
)


@contextmanager
def broken(thing: Any, name: str, new: Any) -> Iterator[None]:
    """Replace an attribute of a running object, a class or a module; put it back afterwards."""
    own = vars(thing) if hasattr(thing, "__dict__") else {}
    had, before = name in own or not hasattr(thing, "__dict__"), getattr(thing, name)
    frozen = dataclasses.is_dataclass(thing) and not isinstance(thing, type)
    put = object.__setattr__ if frozen else setattr
    put(thing, name, new)
    try:
        yield
    finally:
        if had:
            put(thing, name, before)
        else:
            delattr(thing, name)


def administrator() -> Person:
    """Return the one who founds a house."""
    return Person("Ada Lindqvist", EMPLOYER, "ada@harborline.example", "NDA-1", UNDERTAKEN)


class Stage:
    """One deployment.

    Args:
        folder: where its home is made.
    """

    def __init__(self, folder: Path) -> None:
        self._open = ExitStack()
        self.witness = Post(folder / "witness.db")
        self.line = SimulatedWitness(forward(self._open.enter_context(self.witness.served())))
        policy = folder / "witnesses"
        at = self._open.enter_context(self.line.served())
        policy.write_text(f"witness w {self.witness.verifier.vkey} {at}\nquorum w\n")
        more = {"BAILEE_WITNESSES": str(policy)}
        self.settings: Settings = read_settings(more, folder / "home")
        self.founded: Founded = found(self.settings, administrator())
        self.house: House = self._open.enter_context(opened(self.settings, holder="a test"))
        hash_cheaply(self.house)
        self.house._asked = Looking(600.0)  # a test waits for whatever a look takes
        self.ada = self.caller(self.founded.key)
        self.people: dict[str, Caller] = {}
        self.provided: list[ProviderUnwrap] = []
        """What the provider of the root key has in its own record."""
        self._take_on()
        self._call_witness()
        files = own_certificate(self.settings.home / "tls", self.house.parts.clock.now())
        self.tls = Tls(*files)
        self.url = self._open.enter_context(self._served())

    def close(self) -> None:
        """Stop serving, close the home."""
        self._open.close()

    def caller(self, key: str) -> Caller:
        """Return who shows a key."""
        return self.house.authenticate(key, "127.0.0.1")

    def look(self, *controls: str) -> dict[str, str]:
        """Run these controls, or every one; return state by obligation."""
        run = shapes.Run(list(controls))
        self.house.run_controls(self.people["Clara Whitfield"], CONTROLLER, run)
        return self.states()

    def granted_purpose(self) -> str:
        """Return the one purpose for which anything is granted."""
        return load_terms(TERMS).purposes[0].id

    def states(self) -> dict[str, str]:
        """Return the state of every obligation, without looking anew."""
        clauses = self.house.clauses(self.people["Clara Whitfield"], CONTROLLER).clauses
        return {duty.obligation: duty.state for one in clauses for duty in one.obligations}

    def served_by(self, *controls: str) -> frozenset[str]:
        """Return the obligations that these controls serve, as the shipped terms have it."""
        lines = load_terms(TERMS).obligations
        return frozenset(line.id for line in lines if line.control in controls)

    def findings(self) -> dict[str, tuple[str, ...]]:
        """Return what each control found when it last looked."""
        seen = self.house.parts.data.read(
            CONTROLLER, lambda conn: store.last_observations(conn, CONTROLLER)
        )
        return {name: one.findings for name, one in seen.items()}

    def _take_on(self) -> None:
        house = self.house
        house.create_controller(
            self.ada,
            shapes.NewController(
                controller=CONTROLLER, name="Larkspur Ltd", text=model_text(), terms=TERMS,
                effective="2026-01-01",
            ),
        )  # fmt: skip
        for name, relation in CAST:
            outside = relation == "controller-representative"
            invited = house.invite(
                self.ada,
                rights.NewInvitation(
                    name=name,
                    employer="Larkspur Ltd" if outside else EMPLOYER,
                    email=f"{name.lower().replace(' ', '.')}@harborline.example",
                    undertaking="NDA-2",
                    undertaken=UNDERTAKEN.isoformat(),
                    relation=relation,
                    represents=CONTROLLER if outside else "",
                ),
            )
            key = house.accept(rights.Acceptance(invited.secret), "127.0.0.1")
            self.people[name] = self.caller(key.key)
        purpose = self.granted_purpose()
        self._grant("Clara Whitfield", ["audit", "interpret"])
        self._register_laws()
        self._grant("Bram Okafor", ["protect", "reveal"], ("person.name",), (purpose,))
        self._grant("Bram Okafor", ["keys"], controller=HOUSE)
        house.publish_texts()
        self._read_up("Bram Okafor")
        record = ProtectRecord(ref="0", subject="payer-1", fields={"person.name": "Imre Vass"})
        house.vault.protect(self.people["Bram Okafor"], CONTROLLER, Protect(purpose, [record]))
        house.plant_honey(self.ada, RESERVED, NewHoney(2), {})
        staff(self)
        self._place()

    def _place(self) -> None:
        """Say where data and keys are, on what that rests, and whatever no machine sees."""
        house, bram, clara = self.house, self.people["Bram Okafor"], self.people["Clara Whitfield"]
        self._grant("Bram Okafor", ["interpret"])
        self._grant("Esra Demir", ["approve"])
        now = house.parts.clock.now()
        until = write_time(now + timedelta(days=300))
        for kind, receiver in (("ourselves", EMPLOYER), ("keys", "file")):
            flow = house.record_flow(
                bram, CONTROLLER,
                transfer_shapes.NewFlow(
                    receiver_kind=kind, receiver=receiver, country="US",  # type: ignore[arg-type]
                    mechanism="scc-2021-914", elements=["*"], since=write_time(now), until=until,
                    reference="addendum", text_sha256="0" * 64,
                ),
            )  # fmt: skip
            house.confirm_flow(self.people["Esra Demir"], CONTROLLER, flow.flow)
            self.state(bram, f"clause-14:{flow.flow}")
        self.state(bram, "importer.contact")  # so that nothing here hangs on the officers
        for paper in ("annexes", "uk-addendum", "processing-record"):
            for gap in house.paper(clara, CONTROLLER, paper).blanks:
                self.state(clara if gap.who == "controller" else bram, gap.subject)
        digest = house.paper(bram, CONTROLLER, "ccpa-certification").certifies
        self.state(bram, "ccpa-certification", digest)

    def state(self, who: Caller, subject: str, text_sha256: str = "") -> None:
        """Let somebody state what no machine sees."""
        until = write_time(self.house.parts.clock.now() + timedelta(days=300))
        said = transfer_shapes.NewAssertion(subject, "As it is.", until, "", text_sha256)
        self.house.sign_assertion(who, CONTROLLER, said)

    def _register_laws(self) -> None:
        """Let the controller register two laws and read them: then both are fresh."""
        clara, today = self.people["Clara Whitfield"], f"{self.house.parts.clock.now():%Y-%m-%d}"
        for law in LAWS:
            self.house.register_law(
                clara, CONTROLLER, law_shapes.NewLaw(law, "2026-01-01", "It applies.")
            )
            read = law_shapes.NewComparison(law, "the text of today", "folder 7", today)
            self.house.compare_law(clara, CONTROLLER, read)

    def _read_up(self, name: str) -> None:
        """Let somebody read and sign what is due before their first access."""
        caller, house = self.people[name], self.house
        for place in (HOUSE, CONTROLLER):
            text = house.text(caller, place)
            house.acknowledge_text(caller, training_shapes.Read(text.text_sha256), place)

    def _grant(
        self,
        name: str,
        verbs: list[str],
        elements: tuple[str, ...] = (),
        purposes: tuple[str, ...] = (),
        *,
        controller: str = CONTROLLER,
    ) -> None:
        until = write_time(self.house.parts.clock.now() + timedelta(days=90))
        self.house.grant(
            self.ada,
            controller,
            rights.NewGrant(
                principal=self.people[name].principal_id, verbs=verbs, elements=list(elements),
                purposes=list(purposes), until=until,
            ),
        )  # fmt: skip

    def _call_witness(self) -> None:
        """Let the witness know every log that there is, and show it what is signed."""
        self.house.settle()
        parts = self.house.parts
        self.witness.time = int(parts.clock.now().timestamp())
        known = parts.data.read(HOUSE, parts.agreements.controllers)
        for name in (HOUSE, *(row.controller for row in known)):
            for log in parts.data.read(name, partial(parts.ledger.logs, controller=name)):
                self.witness.trust(parts.ledger.vkey(log.log))
        self.house.call_witnesses()

    @contextmanager
    def _served(self) -> Iterator[str]:
        listener = Listener(self.house, "127.0.0.1", 0, tls=self.tls)
        ready = threading.Event()
        thread = threading.Thread(target=listener.run, args=(lambda _: ready.set(),), daemon=True)
        thread.start()
        ready.wait(10)
        self.house.serve_door(Knocker(listener.url).knocks())
        try:
            yield listener.url
        finally:
            self.house.serve_door(None)
            listener.stop()
            thread.join()


@contextmanager
def staged() -> Iterator[Stage]:
    """Make a deployment in a folder of its own and throw it away afterwards."""
    with tempfile.TemporaryDirectory(prefix="bailee-stage-") as folder:
        stage = Stage(Path(folder))
        try:
            yield stage
        finally:
            stage.close()
