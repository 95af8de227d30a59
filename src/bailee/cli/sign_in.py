"""Commands of signing in: passwords, second factors, sessions (MISSION A7).

Passwords, codes and secrets are asked for, or read from standard input, a line each; never
arguments: other users of a machine can read a command line. A session's token is used as
``BAILEE_KEY``.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from bailee.cli.show import Json, answer, as_json, lines, table

if TYPE_CHECKING:
    from bailee.client.sign_in_answers import Session

Login = Annotated[str, typer.Option(help="Work e-mail; asked for when left out.")]
OTHERS = "others"
Person = Annotated[str, typer.Option(help="Id of somebody else; takes 'people'.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("sign-in")(sign_in)
    app.command("sign-out")(sign_out)
    session = typer.Typer(help="Sessions of people who signed in.", no_args_is_help=True)
    session.command("list")(list_sessions)
    session.command("revoke")(revoke)
    session.command("step-up")(step_up)
    app.add_typer(session, name="session")
    password = typer.Typer(help="Passwords, and the rules for them.", no_args_is_help=True)
    password.command("set")(set_password)
    password.command("change")(change)
    password.command("reset")(reset)
    password.command("rules")(rules)
    app.add_typer(password, name="password")
    totp = typer.Typer(help="The second factor: an authenticator.", no_args_is_help=True)
    totp.command("enrol")(enrol)
    totp.command("confirm")(confirm)
    totp.command("remove")(remove)
    app.add_typer(totp, name="totp")


def sign_in(login: Login = "", json: Json = False) -> None:
    """Sign in with password and code; the token is shown once, and goes where a key goes."""
    from bailee.cli.session import connected

    who, password = login or _asked("E-mail", hidden=False), _asked("Password")
    code = _asked("Code (empty without a second factor)", hidden=False)
    with connected() as client:
        made = client.sign_in(who, password, code=code)
    _show(made, json)


def sign_out(json: Json = False) -> None:
    """End the session that BAILEE_KEY shows."""
    from bailee.cli.session import connected

    with connected() as client:
        done = client.sign_out()
    answer(done, json, f"{done.id}  {done.status}")


def list_sessions(person: Person = "", json: Json = False) -> None:
    """List one's own living sessions, or somebody else's."""
    from bailee.cli.session import connected

    with connected() as client:
        found = client.list_sessions_of(person) if person else client.list_sessions()
    if json:
        as_json(found)
    else:
        table(
            ("session", "begun", "last used", "factors", ""),
            [
                (one.session, one.begun, one.seen, "+".join(one.factors), "this" * one.present)
                for one in found.sessions
            ],
        )


def revoke(
    session: Annotated[str, typer.Argument(help="Its id; `others`: all of one's own but this.")],
    json: Json = False,
) -> None:
    """End a session at once: one's own, or with 'people' anybody's."""
    from bailee.cli.session import connected

    with connected() as client:
        if session != OTHERS:
            done = client.revoke_session(session)
            answer(done, json, f"{done.id}  {done.status}")
            return
        known = client.list_sessions().sessions
        ended = [client.revoke_session(one.session) for one in known if not one.present]
    if json:
        as_json(ended)
    else:
        lines(*(f"{one.id}  {one.status}" for one in ended))


def step_up(json: Json = False) -> None:
    """Show a code again; the session gets another token, and the one before is over."""
    from bailee.cli.session import connected

    code = _asked("Code", hidden=False)
    with connected() as client:
        made = client.step_up(code)
    _show(made, json)


def set_password(json: Json = False) -> None:
    """Accept an invitation by setting a password; signed in at once."""
    from bailee.cli.session import connected

    secret, password = _asked("Invitation"), _chosen()
    code = _asked("Code (empty without a second factor)", hidden=False)
    with connected() as client:
        made = client.set_password(secret, password, code=code)
    _show(made, json)


def change(login: Login = "", json: Json = False) -> None:
    """Change one's password, showing the present one; every session ends."""
    from bailee.cli.session import connected

    who, current = login or _asked("E-mail", hidden=False), _asked("Present password")
    password, code = _chosen(), _asked("Code (empty without a second factor)", hidden=False)
    with connected() as client:
        done = client.change_password(who, current, password, code=code)
    answer(done, json, f"{done.id}  {done.status}")


def reset(
    principal: Annotated[str, typer.Argument(help="Id of the person.")], json: Json = False
) -> None:
    """Invite a person again, who lost password or key; the secret is for them alone."""
    from bailee.cli.session import connected

    with connected() as client:
        made = client.renew_invitation(principal)
    answer(made, json, f"principal  {made.principal}", f"secret     {made.secret}")


def rules(json: Json = False) -> None:
    """Show the rules for passwords and sessions in force, and what every source says."""
    from bailee.cli.session import connected

    with connected() as client:
        found = client.password_rules()
    if json:
        as_json(found)
        return
    keys = "counts" if found.keys_alone else "does not count"
    lines(f"two factors: {found.second_factor}  a person's key by itself {keys}")
    lines(*(f"compared with {one}" for one in found.lists))
    for rule in found.rules:
        number = _number(rule.enforced, rule.unit) if rule.unit else ("no", "yes")[rule.enforced]
        clash = "  sources disagree" if rule.conflict else ""
        lines(f"{rule.name}: {number}  by {rule.source or 'nobody'}{clash}")
        for one in rule.claims:
            says = f"{one.number} {one.unit}: {one.says}" if one.number is not None else one.says
            lines(f"  {one.source} {one.clause} ({one.state})  {says}")


def enrol(json: Json = False) -> None:
    """Enrol an authenticator; its secret is shown once. Then confirm it with a first code."""
    from bailee.cli.session import connected

    password = _asked("Password")
    with connected() as client:
        made = client.enrol_totp(password)
    answer(made, json, made.uri)


def confirm(json: Json = False) -> None:
    """Confirm an authenticator by a first code; recovery codes are shown once."""
    from bailee.cli.session import connected

    code = _asked("Code", hidden=False)
    with connected() as client:
        made = client.confirm_totp(code)
    answer(made, json, *made.codes)


def remove(person: Person = "", json: Json = False) -> None:
    """Remove one's own second factor, showing a code; or somebody else's, who lost it."""
    from bailee.cli.session import connected

    code = "" if person else _asked("Code", hidden=False)
    with connected() as client:
        done = client.remove_lost_totp(person) if person else client.remove_totp(code)
    answer(done, json, f"{done.id}  {done.status}")


def _number(number: int, unit: str) -> str:
    """Return a number with its unit, times in the longest that fits."""
    for minutes, longer in ((1440, "days"), (60, "hours")):
        if unit == "minutes" and number % minutes == 0:
            return f"{number // minutes} {longer}"
    return f"{number} {unit}"


def _show(made: Session, json: bool) -> None:
    answer(
        made,
        json,
        f"token    {made.token}",
        f"session  {made.session}",
        f"to       {made.until}",
    )


def _chosen() -> str:
    password = _asked("New password")
    if sys.stdin.isatty() and _asked("The same again") != password:
        raise ValueError("the two are not the same")
    return password


def _asked(what: str, *, hidden: bool = True) -> str:
    """Ask a person, or take the next line of standard input."""
    if sys.stdin.isatty():
        return str(typer.prompt(what, default="", hide_input=hidden, show_default=False))
    return sys.stdin.readline().rstrip("\r\n")
