"""Which provider keeps the root: one address says it all. No I/O but the provider's own.

    (empty)                      the file ``root.key`` in the home
    file:/path/of/root.key       a file elsewhere
    pkcs11:token=…;object=…?module-path=…&pin-source=file:/…            (RFC 7512)
    openbao:https://host:8200/transit/NAME     ?token-file=… and &ca-file=… win over the settings
    awskms:ARN, id or alias

An address carries no secret (C3.2): PINs and tokens lie in files that it names.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import parse_qsl, unquote, unquote_to_bytes, urlsplit

from bailee.errors import Invalid
from bailee.keys.awskms import KmsRoot
from bailee.keys.guarded import PAUSE_SECONDS, Guarded
from bailee.keys.local import open_root
from bailee.keys.noted import NotedRoot, Notes, Numbering
from bailee.keys.openbao import TransitKey, TransitRoot
from bailee.keys.pkcs11 import TokenKey, TokenRoot
from bailee.keys.root import Root
from bailee.keys.tworoots import TwoRoots

SCHEMES = ("file", "pkcs11", "openbao", "awskms")
_PATH = {"token", "serial", "object", "id", "type"}
_QUERY = {"module-path", "pin-source"}


@dataclass(frozen=True)
class RootPlace:
    """Where a root is, and what opening it takes.

    Attributes:
        address: see the module; empty for ``file``.
        file: the root key's file, for a local root.
        passphrase: of that file.
        token_file: for OpenBao.
        ca_file: for OpenBao.
    """

    address: str
    file: Path
    passphrase: str = ""
    token_file: str = ""
    ca_file: str = ""

    @property
    def local(self) -> bool:
        """Say whether the root is a file of ours."""
        return self.address.partition(":")[0] in {"", "file"}

    @property
    def path(self) -> Path:
        """Return where a local root's file lies."""
        named = self.address.partition(":")[2]
        return Path(unquote(named)) if named else self.file


def open_place(
    place: RootPlace, *, notes: Notes | None = None, pause: float = PAUSE_SECONDS
) -> Root:
    """Open the root that an address names; asks nothing of a provider yet.

    Args:
        place: the address and what goes with it.
        notes: where every unwrap is written down that a provider keeps a record of.
        pause: between two tries of a provider that failed (``Guarded``).

    Raises:
        Invalid: ``root.address``. NotFound: ``root.extra_pkcs11``, ``root.extra_aws``.
        And for a file as ``open_root``.
    """
    scheme, _, rest = place.address.partition(":")
    match scheme:
        case "" | "file":
            return open_root(place.path, place.passphrase)
        case "pkcs11":
            return Guarded(TokenRoot(read_token_key(rest)), pause=pause)
        case "openbao":
            key = read_transit_key(rest, place.token_file, place.ca_file)
            return Guarded(_noted(TransitRoot(key), notes), pause=pause)
        case "awskms" if rest and rest.isprintable():
            return Guarded(_noted(KmsRoot(rest), notes), pause=pause)
    raise _unreadable("It begins with file:, pkcs11:, openbao: or awskms:.")


def _noted(root: Numbering, notes: Notes | None) -> Root:
    return root if notes is None else NotedRoot(root, notes)


def open_roots(places: Sequence[RootPlace], notes: Notes | None = None) -> Root:
    """Open the root, together with the one before it if there are two; raises as ``open_place``."""
    roots = [open_place(place, notes=notes) for place in places]
    return TwoRoots(*roots) if len(roots) == 2 else roots[0]


def read_token_key(rest: str) -> TokenKey:
    """Read a PKCS#11 URI without its scheme (RFC 7512 §2.3).

    Raises:
        Invalid: ``root.address`` also for what the standard would let us overlook: a misspelt
            attribute must not find another key; and for ``pin-value``, a secret in a setting.
    """
    path, _, query = rest.partition("?")
    found = _attributes(path, ";", _PATH)
    more = _attributes(query, "&", _QUERY)
    token, serial = found.get("token", b"").decode(), found.get("serial", b"").decode()
    label, key_id = found.get("object", b"").decode(), found.get("id", b"").hex()
    if found.get("type", b"secret-key") != b"secret-key":
        raise _unreadable("A root is an object of type=secret-key.")
    if not (token or serial) or not (label or key_id) or "module-path" not in more:
        raise _unreadable("It names token or serial, object or id, and ?module-path=.")
    pin = more.get("pin-source", b"").decode().removeprefix("file:")
    pin = "/" + pin.lstrip("/") if pin.startswith("//") else pin  # file:///path is file:/path
    return TokenKey(more["module-path"].decode(), token, serial, label, key_id, pin)


def read_transit_key(rest: str, token_file: str = "", ca_file: str = "") -> TransitKey:
    """Read the address of a key in a transit engine.

    Raises:
        Invalid: ``root.address``, also for clear HTTP that leaves the machine (C3.1).
    """
    try:
        parts = urlsplit(rest)
        port = parts.port
    except ValueError:
        raise _unreadable("It is openbao:https://HOST:PORT/MOUNT/NAME.") from None
    *mount, name = [part for part in parts.path.split("/") if part] or [""]
    if parts.scheme not in {"https", "http"} or not parts.hostname or not mount or not name:
        raise _unreadable("It is openbao:https://HOST:PORT/MOUNT/NAME.")
    if parts.username or parts.password or parts.fragment:
        raise _unreadable("It carries no credential.")
    if parts.scheme == "http" and not _loopback(parts.hostname):
        raise _unreadable("Beyond this machine it is https.")
    more = dict(parse_qsl(parts.query, strict_parsing=bool(parts.query)))
    if set(more) - {"token-file", "ca-file"}:
        raise _unreadable("After ? come token-file and ca-file.")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    address = f"{parts.scheme}://{host}" + (f":{port}" if port else "")
    return TransitKey(
        address,
        "/".join(mount),
        name,
        more.get("token-file", token_file),
        more.get("ca-file", ca_file),
    )


def _attributes(text: str, separator: str, known: set[str]) -> Mapping[str, bytes]:
    found: dict[str, bytes] = {}
    for one in filter(None, text.split(separator)):
        name, equals, value = one.partition("=")
        if not equals or name not in known or name in found:
            raise _unreadable("RFC 7512 says how a pkcs11: address is written.")
        found[name] = unquote_to_bytes(value)
    try:
        [value.decode() for name, value in found.items() if name != "id"]
    except UnicodeDecodeError:
        raise _unreadable("Its labels are UTF-8.") from None
    return found


def _loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _unreadable(why: str) -> Invalid:
    """Return the error of an address; it repeats nothing of it, for somebody may put a PIN in."""
    return Invalid("root.address", "The address of the root key cannot be read.", do=why)
