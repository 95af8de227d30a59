"""What is set for the identity provider, and whether it can be signed in at; for its operator."""

from __future__ import annotations

from urllib.parse import urljoin

import msgspec

from bailee.access.jws import FlawError
from bailee.app.issuer import LOGOUT, read_client, read_issuer
from bailee.app.keyring import fetcher, load
from bailee.app.metadata import doubts, objections
from bailee.app.settings import Settings
from bailee.errors import Invalid
from bailee.gateways.errand import LostError

LOST = {
    "unreachable": "it cannot be reached (address, or the certificate that vouches for it)",
    "slow": "it does not answer in time",
    "answer": "it answers with another status than 200, or with too much",
}


class Examined(msgspec.Struct, frozen=True):
    """What keeps people from signing in, what could be safer, and how many keys are of use."""

    issuer: str
    wrong: list[str]
    doubtful: list[str]
    keys: int


def shown(settings: Settings) -> dict[str, str]:
    """Return the settings in words.

    Raises:
        Invalid, NotFound: ``settings.*``, as at start.
    """
    issuer, client = read_issuer(settings), read_client(settings)
    if issuer is None:
        raise _none()
    found = {"issuer": issuer.name, "claim": issuer.claim}
    found["acting-for"] = f"audience {issuer.audience}" if issuer.audience else "not taken"
    if client is None:
        return found | {"sign-in": "nobody signs in there (BAILEE_OIDC_CLIENT_ID)"}
    factors = ", ".join(sorted(client.strong)) or "nothing: a sign-in there is one factor"
    return found | {
        "client": client.client_id,
        "back to": client.redirect,
        "sign-outs": urljoin(settings.public_url or client.redirect, LOGOUT),
        "name": client.name,
        "factors": factors,
    }


def examine(settings: Settings) -> Examined:
    """Ask the provider, as the server does.

    Raises:
        Invalid, NotFound: ``settings.*``, as at start.
    """
    issuer, client = read_issuer(settings), read_client(settings)
    if issuer is None:
        raise _none()
    clear = not issuer.name.startswith("https://")
    try:
        keys, metadata = load(issuer.name, fetcher(settings.oidc_ca_file, clear=clear))
    except LostError as lost:
        return Examined(issuer.name, [LOST[lost.how]], [], 0)
    except FlawError:
        lie = "what it publishes cannot be read, names another issuer, or an unguarded address"
        return Examined(issuer.name, [lie], [], 0)
    wrong = objections(metadata) if client else []
    if not keys:
        wrong.append("it publishes no key that is taken here")
    return Examined(issuer.name, wrong, doubts(metadata) if client else [], len(keys))


def _none() -> Invalid:
    return Invalid(
        "settings.oidc_issuer", "No identity provider is set.", do="Set BAILEE_OIDC_ISSUER."
    )
