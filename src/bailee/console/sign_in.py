"""Coming in, the first time and every time; and going out (MISSION A7).

A new session always gets a new cookie, whatever cookie the browser brought: nobody can be handed
a session to sign in to (OWASP ASVS 5.0 7.2.4).
"""

from __future__ import annotations

from bailee.app import sign_in_shapes as shapes
from bailee.app.house import House
from bailee.console.forms import Form
from bailee.console.procedures import PROCEDURES
from bailee.console.row import form, page
from bailee.console.view import View, go, show
from bailee.console.visit import Visit
from bailee.errors import Failure, Invalid, Refused, Unauthenticated

SIGN_IN = Form(shapes.SignIn)
NEW_PASSWORD = Form(shapes.NewPassword)
TODAY = "/console/today"


@page("/", open=True)
def front(_house: House, visit: Visit) -> View:
    """Send whoever comes to the front door where they belong."""
    return go(TODAY if visit.me else "/console/sign-in")


@page("/console", open=True)
def console(_house: House, visit: Visit) -> View:
    """Send whoever comes to the console where they belong."""
    return go(TODAY if visit.me else "/console/sign-in")


@page("/console/sign-in", open=True)
def sign_in_page(house: House, visit: Visit) -> View:
    """Ask for e-mail, password and code, or send to the identity provider."""
    if visit.me:
        return go(TODAY)
    return show("sign_in.html", failed=None, login="", offer=house.sign_on_offer())


@form("/console/sign-in", open=True)
def sign_in(house: House, visit: Visit) -> View:
    """Sign in; every refusal reads alike."""
    try:
        body = SIGN_IN.read(visit.fields)
        made = house.sign_in(body, visit.remote)
    except (Refused, Invalid) as failure:
        login, offer = visit.text("login"), house.sign_on_offer()
        status = 401 if isinstance(failure, Unauthenticated | Invalid) else 403
        return show("sign_in.html", status=status, failed=failure, login=login, offer=offer)
    visit.enter(made.token)
    return go(_first(house, made.token, visit))


def _first(house: House, token: str, visit: Visit) -> str:
    """Return where somebody begins: with what they have to read, while anything is due (C2.2)."""
    duties = house.training(house.authenticate(token, visit.remote)).duties
    return PROCEDURES if any(one.status == "due" for one in duties) else TODAY


@page("/console/welcome", open=True)
def welcome_page(_house: House, _visit: Visit) -> View:
    """Ask for an invitation and a password to come."""
    return show("welcome.html", failed=None, secret="")


@form("/console/welcome", open=True)
def welcome(house: House, visit: Visit) -> View:
    """Take up an invitation: the person chooses a password and is in."""
    try:
        if visit.text("password") != visit.text("again"):
            raise Invalid("password.repeat", "The two passwords are not the same.")
        body = NEW_PASSWORD.read(visit.fields)
        made = house.set_password(body, visit.remote)
    except Failure as failure:
        secret = "" if isinstance(failure, Unauthenticated) else visit.text("secret")
        return show("welcome.html", status=422, failed=failure, secret=secret)
    visit.enter(made.token)
    return go("/console/account")


@form("/console/sign-out", waits=True)
def sign_out(house: House, visit: Visit) -> View:
    """End the session; the browser drops what it stored."""
    house.end_session(visit.known)
    return go("/console/sign-in", forget=True)


ROWS = (front, console, sign_in_page, sign_in, welcome_page, welcome, sign_out)
