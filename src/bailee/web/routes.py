"""The one table of routes. What is not in it is not served; what is in it is described.

The order is the order of matching: the rows that carry most calls come first.
"""

from __future__ import annotations

import functools

from bailee.app import shapes
from bailee.web import (
    accounting,
    agreements,
    audits,
    casework,
    customer_passwords,
    demands,
    disclosures,
    emergencies,
    honey,
    incidents,
    instructions,
    kits,
    laws,
    mappings,
    opendsr,
    overview,
    passkeys,
    people,
    procedures,
    requests,
    reviews,
    scim,
    sign_ins,
    sign_ons,
    sign_outs,
    subprocessors,
    terminations,
    training,
    transfers,
    trust,
    values,
)
from bailee.web.call import Call, Route, get, raw
from bailee.web.house import House
from bailee.web.limits import LIMITS, Limits
from bailee.web.openapi import document


@get("/v1/limits", Limits, auth=False)
def limits(_house: House, _call: Call) -> Limits:
    """Show what one call may hold at most."""
    return LIMITS


@get("/v1/health", shapes.Health, auth=False)
def health(house: House, _call: Call) -> shapes.Health:
    """Say whether calls can be served."""
    return house.health()


@raw("/openapi.json", "application/json", auth=False)
def openapi(_house: House, _call: Call) -> bytes:
    """Describe this API (OpenAPI 3.1)."""
    return _description()


@raw("/metrics", "text/plain; version=0.0.4; charset=utf-8")
def metrics(house: House, _call: Call) -> str:
    """Get counts for Prometheus; a credential is needed, no name of anybody is in them."""
    return house.metrics()


@functools.cache
def _description() -> bytes:
    return document(TABLE)


TABLE: tuple[Route, ...] = (
    *values.ROUTES,
    *customer_passwords.ROUTES,
    *agreements.ROUTES,
    *people.ROUTES,
    *sign_ins.ROUTES,
    *passkeys.ROUTES,
    *sign_ons.ROUTES,
    *training.ROUTES,
    *reviews.ROUTES,
    *emergencies.ROUTES,
    *honey.ROUTES,
    *incidents.ROUTES,
    *disclosures.ROUTES,
    *kits.ROUTES,
    *laws.ROUTES,
    *subprocessors.ROUTES,
    *overview.ROUTES,
    *mappings.ROUTES,
    *audits.ROUTES,
    *terminations.ROUTES,
    *procedures.ROUTES,
    *casework.ROUTES,
    *demands.ROUTES,
    *accounting.ROUTES,
    *requests.ROUTES,
    *instructions.ROUTES,
    *trust.ROUTES,
    *transfers.ROUTES,
    limits,
    health,
    openapi,
    metrics,
)

SERVED: tuple[Route, ...] = (*TABLE, *sign_outs.ROUTES, *scim.ROUTES, *opendsr.ROUTES)
"""All that is served: this API, and what other standards shape and describe."""

__all__ = ["SERVED", "TABLE"]
