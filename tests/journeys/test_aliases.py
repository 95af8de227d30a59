"""A customer whose systems have typed columns: formats chosen, aliases made, opened, ended."""

from __future__ import annotations

import csv
import json
import re
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from bailee.client import Client
from bailee.web.certificate import CERTIFICATE
from tests.journeys.serving import serving
from tests.journeys.world import ACME, GLOBEX, PAYMENT, SEED, World, code_of, value

MAPPING = """\
[file]
columns = ["id", "account", "card"]

[record]
ref = "id"
subject = "payee-{id}"
kind = { is = "person" }

[[field]]
element = "financial.bank_account"
column = "account"

[[field]]
element = "financial.card_number"
column = "card"
"""
TABLE = """\
id,account,card
1,00123456789,4111111111111111
2,12345,4111111111111111
3,DE89370400440532013000,378282246310005
"""
CHOSEN = {
    "person.ssn": "ssn",
    "financial.card_number": "card",
    "financial.bank_account": "account",
}


@dataclass(frozen=True)
class Served:
    """A deployment behind a real server, and callers of it."""

    world: World
    url: str
    stack: ExitStack

    @property
    def ca(self) -> str:
        """The server's own certificate."""
        return str(self.world.settings.home / "tls" / CERTIFICATE)

    def line(self, who: str) -> Client:
        """Return a client over the wire, closed at the end."""
        client = Client(self.url, self.world.keys[who], ca=self.ca, retries=0)
        return self.stack.enter_context(client)

    def cli(self, *args: str, who: str) -> subprocess.CompletedProcess[str]:
        """Run a command against the server."""
        return self.world.cli(*args, who=who, BAILEE_URL=self.url, BAILEE_CA=self.ca)


@pytest.fixture(scope="module")
def chosen(house: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Return a deployment in which a person chose formats at acme; globex has none."""
    account = "financial.bank_account"
    made = house.line("bram").choose_token_format(ACME, account, CHOSEN[account])
    entry = house.last(tmp_path_factory.mktemp("auditor"))
    assert entry["id"] == made.entry.entry_id
    assert (entry["action"], entry["elements"]) == ("vault:format:chosen", [account])
    assert entry["detail"] == {"format": "account", "before": "opaque"}
    assert entry["opening"]["actor"]["principal_id"] == house.ids["bram"]
    house.give(ACME, "importer", ["protect"], account)
    house.close()
    with serving(house) as (_, url), ExitStack() as stack:
        served = Served(house, url, stack)
        for element in ("person.ssn", "financial.card_number"):
            done = served.cli(
                "controller", "token-format", element, CHOSEN[element], "-c", ACME, who="bram"
            )
            assert done.stdout == f"{element}: {CHOSEN[element]} (before: opaque)\n", done.stderr
        yield served
    house.open()


def test_the_formats_are_shown(chosen: Served) -> None:
    """Every element that has tokens, as a table or as JSON, to whoever has any right there."""
    told = chosen.cli("controller", "token-formats", "-c", ACME, "--json", who="payout")
    shown = {one["element"]: one for one in json.loads(told.stdout)["formats"]}

    assert {name: shown[name]["format"] for name in CHOSEN} == CHOSEN
    assert shown["person.ssn"]["allowed"] == ["opaque", "ssn", "ssn-digits"]
    assert shown["person.passport"] == {
        "element": "person.passport",
        "format": "opaque",
        "allowed": ["opaque"],
    }
    table = chosen.cli("controller", "token-formats", "-c", ACME, who="payout").stdout
    assert re.search(r"person\.ssn +ssn +opaque, ssn, ssn-digits", table)


def test_who_may_not_choose_does_not(chosen: Served) -> None:
    """It takes `interpret` at that controller; elsewhere nothing is there (C2.4, C2.5(4))."""
    importer, payout, bram = map(chosen.line, ("importer", "payout", "bram"))
    for code, attempt in {
        "grant.missing": lambda: importer.choose_token_format(ACME, "person.ssn", "opaque"),
        "controller.unknown": lambda: payout.choose_token_format(GLOBEX, "person.ssn", "ssn"),
        "token.format": lambda: bram.choose_token_format(ACME, "person.ssn", "card"),
    }.items():
        assert code_of(attempt) == code
    assert code_of(lambda: payout.list_token_formats(GLOBEX)) == "controller.unknown"
    wrong = chosen.cli("controller", "token-format", "person.ssn", "best", "-c", ACME, who="bram")
    assert wrong.returncode == 2
    assert "Choose one of: opaque, ssn, ssn-digits." in wrong.stderr
    assert "best" not in wrong.stderr


def test_aliases_are_made_and_opened_over_http(chosen: Served) -> None:
    """Card and number come as the columns want them; the command opens what the call gave."""
    record = {"ref": "1", "subject": "s-http", "fields": SEED}
    tokens = chosen.line("importer").protect(ACME, PAYMENT, [record]).results[0].tokens
    assert re.fullmatch(r"9[67]\d-\d\d-\d{4}", tokens["person.ssn"])
    assert re.fullmatch(r"99\d{14}", tokens["financial.card_number"])
    for element, alias in tokens.items():
        told = chosen.cli(
            "reveal", "--tokens", alias, "--element", element, "-c", ACME, "-p", PAYMENT, "--json",
            who="payout",
        )  # fmt: skip
        (one,) = json.loads(told.stdout)["results"]
        assert (one["token"], one["fields"]) == (alias, {element: SEED[element]})
    payout = chosen.line("payout")
    for sent in (tokens["person.ssn"], "961-11-0001", "4111111111111111"):
        foreign = code_of(lambda: payout.reveal(GLOBEX, PAYMENT, ["person.ssn"], tokens=[sent]))  # noqa: B023 - run at once
        assert foreign == "controller.unknown"
    unknown = code_of(lambda: payout.reveal(ACME, PAYMENT, ["person.ssn"], tokens=["536904399"]))
    assert unknown == "token.unknown"


def test_a_file_s_results_hold_aliases(chosen: Served, tmp_path: Path) -> None:
    """Each row's tokens stand in the output; a row whose account is too short names its column."""
    (tmp_path / "m.toml").write_text(MAPPING)
    (tmp_path / "rows.csv").write_text(TABLE)
    done = chosen.cli(
        "protect", str(tmp_path / "rows.csv"), "--mapping", str(tmp_path / "m.toml"), "-c", ACME,
        "-p", PAYMENT, who="importer",
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    with (tmp_path / "rows.csv.records.csv").open() as file:
        told = {row["row"]: row for row in csv.DictReader(file)}
    with (tmp_path / "rows.csv.rejects.csv").open() as file:
        (rejected,) = csv.DictReader(file)

    assert set(told) == {"1", "3"}
    assert re.fullmatch(r"[1-9]\d{10}", told["1"]["financial.bank_account"])
    assert re.fullmatch(r"[1-9]\d{21}", told["3"]["financial.bank_account"])
    assert re.fullmatch(r"99\d{14}", told["1"]["financial.card_number"])
    assert re.fullmatch(r"99\d{13}", told["3"]["financial.card_number"])
    assert list(rejected.values())[:3] == ["2", "token.length", "account"]


def test_an_alias_survives_a_restore_and_the_erased_does_not(own_house: World) -> None:
    """What the copy holds opens again; who was erased since is not opened by it (C4.1, C6)."""
    world = own_house
    world.line("bram").choose_token_format(ACME, "person.ssn", "ssn-digits")

    def alias(subject: str, ssn: str) -> str:
        record = {"ref": "1", "subject": subject, "fields": {"person.ssn": ssn}}
        return (
            world.line("importer").protect(ACME, PAYMENT, [record]).results[0].tokens["person.ssn"]
        )

    def shown(token: str) -> str:
        seen = world.line("payout").reveal(ACME, PAYMENT, ["person.ssn"], tokens=[token])
        return value("person.ssn", seen.results[0].fields)

    kept, erased = alias("s-kept", "512-44-9083"), alias("s-erased", "512-44-9084")
    copy = world.backup("before")
    world.line("bram").erase(ACME, PAYMENT, subjects=["s-erased"])
    world.close()
    world.restore(copy)
    world.open()

    assert shown(kept) == "512-44-9083"
    assert code_of(lambda: shown(erased)) == "token.unknown"
    assert re.fullmatch(r"9[67]\d{7}", alias("s-new", "512-44-9085"))
