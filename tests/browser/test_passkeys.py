"""Passkeys in a real browser, held by the authenticator that Chromium has for tests (MISSION A7).

The same bytes come from the device that the other tests hold, so what it is like is compared here.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import msgspec
import pytest
from playwright.sync_api import CDPSession, Page

from bailee.client import Client
from bailee.client.passkey_answers import PasskeyOffer, PasskeyRequest
from tests.browser.desk import GOOD, Desk, axe
from tests.journeys.test_sign_in import with_key
from tests.journeys.world import code_of
from tests.simulators.authenticator import ATTESTED, PRESENT, VERIFIED, Authenticator

DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
TEXT = "(b) => btoa(String.fromCharCode(...new Uint8Array(b)))"
TEXT += ".replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')"
MAKE = (
    "async (o) => { const text = " + TEXT + ";"
    "const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(o);"
    "const r = (await navigator.credentials.create({publicKey})).response;"
    "return {client_data: text(r.clientDataJSON), attestation: text(r.attestationObject),"
    " transports: r.getTransports()}; }"
)
SHOW = (
    "async (o) => { const text = " + TEXT + ";"
    "const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(o);"
    "const c = await navigator.credentials.get({publicKey}); const r = c.response;"
    "return {credential: text(c.rawId), client_data: text(r.clientDataJSON),"
    " authenticator_data: text(r.authenticatorData), signature: text(r.signature),"
    " user_handle: text(r.userHandle)}; }"
)


@contextmanager
def holding(page: Page, **how: Any) -> Iterator[tuple[CDPSession, str]]:
    """Give a browser a device; yield a line to it and the device's id."""
    line = page.context.new_cdp_session(page)
    line.send("WebAuthn.enable")
    made = line.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE | how})
    yield line, made["authenticatorId"]


def reach(page: Page, name: str) -> None:
    """Go to what is called so, by the tabulator key alone."""
    focused = "() => { const e = document.activeElement; const of = e.labels && e.labels[0];"
    focused += " return e.getAttribute('aria-label') || (of || e).textContent.trim(); }"
    for _ in range(80):
        if page.evaluate(focused) == name:
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"no way by keyboard to {name!r}")


def raw(text: str) -> bytes:
    """Return the bytes of a text in base64url."""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def made(page: Page, asked: PasskeyOffer, *kinds: int) -> dict[str, Any]:
    """Let the browser make a passkey, of the kind it likes best or of some kinds alone."""
    options = msgspec.to_builtins(asked.public_key)
    if kinds:
        options["pubKeyCredParams"] = [{"type": "public-key", "alg": one} for one in kinds]
    found: dict[str, Any] = page.evaluate(MAKE, options)
    return found


def shown(page: Page, asked: PasskeyRequest) -> dict[str, str]:
    """Let the browser show a passkey."""
    found: dict[str, str] = page.evaluate(SHOW, msgspec.to_builtins(asked.public_key))
    return found


@pytest.fixture(autouse=True)
def named(desk: Desk) -> None:
    """Tell the house at which address it is served, as `bailee serve` does."""
    desk.world.house.served_at(desk.url)


def first(desk: Desk, who: str) -> Client:
    """Let somebody set a password; return their session."""
    nobody = with_key(desk.world, None)
    return with_key(desk.world, nobody.set_password(desk.invitation(who), GOOD).token)


def test_a_passkey_by_keyboard_alone(desk: Desk) -> None:
    """Enrolled, shown at the door and in a session, removed: no mouse, no inline script."""
    with desk.seat() as page, holding(page):
        page.goto("/console/welcome")
        for label, text in (
            ("Invitation", desk.invitation("esra")),
            ("Password", GOOD),
            ("The same again", GOOD),
        ):
            reach(page, label)
            page.keyboard.type(text)
        page.keyboard.press("Enter")
        page.wait_for_url("**/console/account")
        assert axe(page) == []
        reach(page, "Password once more")
        page.keyboard.type(GOOD)
        page.keyboard.press("Enter")
        page.get_by_label("Name of the device").wait_for()
        assert axe(page) == []
        page.keyboard.type("laptop")
        page.keyboard.press("Enter")
        page.get_by_role("cell", name="laptop", exact=True).wait_for()
        reach(page, "Sign out")
        page.keyboard.press("Enter")
        page.wait_for_url("**/console/sign-in")
        assert axe(page) == []
        reach(page, "Sign in with a passkey")
        page.keyboard.press("Enter")
        page.wait_for_url("**/console/today")
        page.goto("/console/account")
        assert page.get_by_role("cell", name="passkey", exact=True).is_visible()
        reach(page, "Show a passkey now")
        page.keyboard.press("Enter")
        page.get_by_role("button", name="Show a passkey now").wait_for()
        assert axe(page) == []
        reach(page, "Remove the passkey laptop")
        page.keyboard.press("Enter")
        page.get_by_role("cell", name="laptop", exact=True).wait_for(state="detached")


def test_what_the_person_does_not_show(desk: Desk) -> None:
    """A device that recognises nobody signs nobody in, and the page says what to do."""
    with desk.seat() as page, holding(page) as (line, device):
        client = first(desk, "clara")
        page.goto("/console/sign-in")
        client.enrol_passkey("laptop", **made(page, client.offer_passkey(GOOD)))
        line.send("WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": False})
        reach(page, "Sign in with a passkey")
        page.keyboard.press("Enter")
        page.get_by_text("Nothing was shown").wait_for()
        line.send("WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": True})
        reach(page, "Show the passkey")
        page.keyboard.press("Enter")
        page.wait_for_url("**/console/today")


def test_chromium_and_the_devices_of_other_tests(desk: Desk) -> None:
    """What Chromium makes and shows has the form of what the simulated device does, to the byte."""
    with desk.seat() as page, holding(page):
        client, nobody = first(desk, "bram"), with_key(desk.world, None)
        page.goto("/console/sign-in")
        real = made(page, client.offer_passkey(GOOD), -7, -257)
        client.enrol_passkey("laptop", **real)
        entered = shown(page, nobody.ask_passkey())
        assert nobody.sign_in_passkey(**entered).factors == ["passkey"]

        double = Authenticator(origin=desk.url)
        like = double.make(b"c" * 32, b"h" * 32)
        again = double.show(b"c" * 32)
        theirs, ours = (json.loads(one) for one in (raw(real["client_data"]), like.client_data))
        theirs["challenge"] = ours["challenge"]
        theirs = {name: theirs[name] for name in ours}  # Chromium adds one at times (5.8.1)
        assert theirs == ours
        attestation = raw(real["attestation"])
        start = attestation.index(b"hauthData") + len(b"hauthData") + 2
        assert attestation[:start] == like.attestation[:start]
        data, data_like = attestation[start:], like.attestation[start:]
        assert data[:33] == data_like[:33]
        assert data[32] == PRESENT | VERIFIED | ATTESTED
        assert data[53:55] == data_like[53:55]  # how long the credential's id is
        key, key_like = data[87:], data_like[87:]
        assert len(key) == len(key_like) == 77
        assert (key[:10], key[42:45]) == (key_like[:10], key_like[42:45])
        assert raw(entered["authenticator_data"])[:33] == again.authenticator_data[:33]
        assert len(raw(entered["authenticator_data"])) == len(again.authenticator_data) == 37
        assert len(raw(entered["user_handle"])) == 32


def test_a_copied_device(desk: Desk) -> None:
    """Level 3, 6.1.1: Chromium's own credential, copied to a second device, is found out."""
    with desk.seat() as page, holding(page) as (line, device):
        client, nobody = first(desk, "ada"), with_key(desk.world, None)
        page.goto("/console/sign-in")
        client.enrol_passkey("laptop", **made(page, client.offer_passkey(GOOD)))
        copy = line.send("WebAuthn.getCredentials", {"authenticatorId": device})["credentials"][0]
        sessions = [nobody.sign_in_passkey(**shown(page, nobody.ask_passkey())) for _ in range(3)]
        line.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": device})
        options = {"options": DEVICE}
        second = line.send("WebAuthn.addVirtualAuthenticator", options)["authenticatorId"]
        line.send("WebAuthn.addCredential", {"authenticatorId": second, "credential": copy})
        answer = shown(page, nobody.ask_passkey())
        assert code_of(lambda: nobody.sign_in_passkey(**answer)) == "sign_in.refused"
        of_ada = desk.world.line("noor").list_passkeys_of(desk.world.ids["ada"]).passkeys
        assert [one.status for one in of_ada] == ["suspended"]
        assert (
            code_of(with_key(desk.world, sessions[-1].token).list_passkeys) == "credential.revoked"
        )
