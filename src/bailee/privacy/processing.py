"""The record of processing (GDPR Article 30(2)), which an authority gets on request (C7.3(6)(a)).

Four parts, as the Article has them: who; what is done for the controller; transfers, with the
country named and what they rest on; and measures, as they were last seen. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator

from bailee.clock import write_time
from bailee.privacy.annex import elements, nature, parties, people, purposes
from bailee.privacy.live import Live
from bailee.privacy.measure import measures
from bailee.privacy.paper import LIVE, Line, Paper, Section

RECORD = "processing-record"


def processing_record(live: Live) -> Paper:
    """Return the record of one controller."""
    return Paper(
        RECORD,
        f"Record of processing for {live.name}",
        "Kept by a processor under Article 30(2) of Regulation (EU) 2016/679.",
        (
            Section("(a) Who", parties(live).lines),
            Section(
                "(b) Categories of processing",
                (*people(live), *elements(live), *nature(live), *purposes(live)),
            ),
            Section("Recipients", tuple(recipients(live))),
            Section("(c) Transfers to other countries", tuple(transfers(live))),
            Section("(d) Measures", measures(live).lines),
        ),
    )


def recipients(live: Live) -> Iterator[Line]:
    """Yield to whom data went, each under the controller's consent."""
    for name, country, many in live.recipients:
        where = f"{name}, {country}" if country else name
        yield Line("Disclosed to", f"{where}: {many} records", LIVE, "the register of disclosures")
    if not live.recipients:
        yield Line("Disclosed to", "nobody", LIVE, "the register of disclosures")


def transfers(live: Live) -> Iterator[Line]:
    """Yield every flow that is confirmed, with its country, mechanism and how it stands."""
    for flow, verdict in live.flows:
        if flow.state_at(live.now) != "confirmed":
            continue
        until = f" until {write_time(verdict.until)[:10]}" if verdict.until else ""
        stands = f"stands{until}" if verdict.holds else f"DOES NOT STAND: {verdict.why}"
        what = f"{flow.regime}: {flow.sender} to {flow.receiver_kind}"
        says = f"{flow.receiver}, {flow.country}, by {flow.mechanism}: {stands}"
        yield Line(what, says, LIVE, "the register of flows")
    if not live.running():
        yield Line("Transfers", "none is recorded", LIVE, "the register of flows")
