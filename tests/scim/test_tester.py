"""What others wrote to try SCIM servers with finds nothing wrong with this one (RFC 7643, 7644)."""

from __future__ import annotations

import ssl

import httpx2
from scim2_client.engines.httpx2 import SyncSCIMClient
from scim2_tester import Status, check_server

from tests.journeys.serving import serving
from tests.scale.processes import certificate
from tests.scim.world import Provider, speak


def test_the_conformance_tester_finds_nothing(idp: Provider) -> None:
    """Every check of scim2-tester passes over TLS against a served house, and checks were made."""
    world = idp.world
    key = speak(world)
    world.close()
    with serving(world) as (_, url):
        context = ssl.create_default_context(cafile=certificate(world))
        with httpx2.Client(
            base_url=f"{url}/scim/v2",
            verify=context,
            headers={"authorization": f"Bearer {key}"},
            timeout=60.0,
        ) as http:
            results = check_server(SyncSCIMClient(http))
    world.open()

    assert [
        (one.title, one.resource_type, one.reason)
        for one in results
        if one.status not in {Status.SUCCESS, Status.COMPLIANT}
    ] == []
    assert {one.resource_type for one in results} >= {"User", "Group"}
    assert len(results) > 60
