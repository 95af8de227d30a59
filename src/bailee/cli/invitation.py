"""What the demonstration says when its console stands open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping


def invitation(
    url: str, doors: Iterable[tuple[str, str, str]], keys: Mapping[str, str]
) -> Iterator[str]:
    """Yield the lines by which somebody finds their way in.

    Args:
        url: where it is served.
        doors: name, e-mail address and invitation of each person.
        keys: by name, for the command line.
    """
    port = url.rpartition(":")[2]
    yield from (
        "",
        f"Open https://localhost:{port}/console/welcome in a browser. The certificate is this",
        "machine's own, so the browser warns. There is no password yet: take up an invitation,",
        "choose one, and enrol an authenticator when a page asks for it.",
        "",
    )
    yield from (f"    {name:16} {email:34} {secret}" for name, email, secret in doors)
    yield from (
        "",
        "Dev lists records, reveals a name and is refused a phone number: he requests it.",
        "Esra, in another browser, approves. Bram looks at the agreement, Clara finds each act",
        "in the log.",
        "",
        "Stop with Ctrl-C. Keys for the command line (a person's ends with a password):",
    )
    yield from (f"    {who:14} {key}" for who, key in keys.items())


__all__ = ["invitation"]
