"""Where a root may be whose address comes over the API (OWASP ASVS 5.0.0 1.3.6). Pure.

Somebody who holds ``keys`` at one controller names it, and this server then calls it, with a
credential. So nothing of the address is taken on trust: the scheme is one of two, the host and port
stand on the operator's list (``BAILEE_HELD_HOSTS``), the path is made of plain names, a credential
is a file's bare name in one folder that only the operator fills. What is stored is looked at again
each time it is opened: a row that somebody changed leads nowhere else, and a host that was taken
off the list is not called any more.

Deliberately not checked: to which machine a listed name leads. TLS answers for that.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from bailee.errors import Invalid, Refused
from bailee.keys.providers import RootPlace, read_transit_key

NOWHERE = Path("/nonexistent")
HTTPS_PORT = "443"
_ARN = re.compile(
    r"awskms:arn:(aws|aws-cn|aws-us-gov):kms:([a-z]{2}(?:-[a-z]+)+-[0-9]{1,2}):[0-9]{12}:"
    r"(?:key|alias)/[A-Za-z0-9/_-]{1,256}",
    re.ASCII,
)
_PLAIN = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}", re.ASCII)
_SUFFIX = {"aws-cn": "amazonaws.com.cn"}


@dataclass(frozen=True)
class Reach:
    """Which roots of controllers may be reached.

    Args:
        credentials: the one folder from which a credential for such a root is read.
        hosts: where they may be: ``host`` for port 443, ``host:port``.
    """

    credentials: Path = NOWHERE
    hosts: Collection[str] = frozenset()

    def place(self, address: str) -> RootPlace:
        """Return a controller's root with what opening it takes.

        It must not make the server send a file of its own to somebody else's machine, nor load a
        library: so of the providers only those that need neither.

        Raises:
            Invalid: ``root.address``. Refused: ``root.host``.
        """
        if found := _ARN.fullmatch(address):
            partition, region = found.groups()
            self._check(f"kms.{region}.{_SUFFIX.get(partition, 'amazonaws.com')}")
            return RootPlace(address, Path())
        scheme, _, rest = address.partition(":")
        if scheme == "openbao":
            key = read_transit_key(rest)
            names = (*key.mount.split("/"), key.name)
            token, ca = (self._file(name) for name in (key.token_file, key.ca_file))
            if token and bool(ca) == bool(key.ca_file) and all(map(_PLAIN.fullmatch, names)):
                self._check(key.address.partition("://")[2].removesuffix(f":{HTTPS_PORT}"))
                return RootPlace(address.partition("?")[0], Path(), "", token, ca)
        raise Invalid(
            "root.address",
            "A controller's own root is with a provider of the controller's.",
            do="It is openbao:https://…?token-file=NAME (and &ca-file=NAME), the files being in "
            "BAILEE_HELD_FOLDER, or awskms:ARN.",
        )

    def _check(self, host: str) -> None:
        if host not in {one.lower().removesuffix(f":{HTTPS_PORT}") for one in self.hosts}:
            raise Refused(
                "root.host",
                "The operator does not list that host for roots that controllers hold.",
                do="Let the operator add it to BAILEE_HELD_HOSTS, with its port.",
            )

    def _file(self, name: str) -> str:
        """Return the path of a file in the folder; '' for no name, and for one that leaves it."""
        plain = name == Path(name).name and name not in {"", ".", ".."}
        return str(self.credentials / name) if plain else ""
