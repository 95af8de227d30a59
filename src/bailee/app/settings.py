"""What an operator can set; read once, here.

Every setting is an environment variable; ``variables`` has their table.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from bailee.access import Cadence, Lasting
from bailee.app.variables import FOR_GOOD, NUMBERS
from bailee.errors import Invalid, NotFound
from bailee.keys import Horizon, RootPlace


@dataclass(frozen=True)
class Settings:
    """One deployment, as its operator wants it."""

    home: Path
    url: str
    key: str
    ca: str
    database_url: str
    sequencer_url: str
    migrator_url: str
    keys_url: str
    mirror: Path
    mirror_lent: str
    mirror_token_file: str
    mirror_ca_file: str
    root: str
    root_before: str
    root_token_file: str
    root_ca_file: str
    held_folder: Path
    held_hosts: frozenset[str]
    passphrase_file: str
    origin: str
    witnesses: str
    person_token: str
    oidc_issuer: str
    oidc_audience: str
    oidc_ca_file: str
    oidc_claim: str
    oidc_binding: str
    oidc_client_id: str
    oidc_client_secret_file: str
    oidc_redirect_url: str
    oidc_name: str
    oidc_mfa: str
    public_url: str
    passkey_domain: str
    passkey_origins: str
    mfa: str
    password_list: str
    trust_release: frozenset[str]
    key_backup_days: int
    data_backup_days: int
    rekey_days: int
    undertaking_days: int
    training_days: int
    training_grace_days: int
    dormant_days: int
    review_days: int
    review_decide_days: int
    review_ends: int
    law_days: int
    targets_file: str
    smtp: str
    smtp_password_file: str
    smtp_ca_file: str
    smtp_from: str
    hook_hosts: frozenset[str]
    hook_ca_file: str
    workers: int
    pool: int
    inbox_entries: int
    inbox_seconds: int

    @property
    def root_place(self) -> RootPlace:
        """Who keeps the root key, and what opening it takes; raises as ``passphrase``."""
        return self._place(self.root)

    @property
    def root_places(self) -> tuple[RootPlace, ...]:
        """The root key, and after it the one before while a move is under way."""
        before = (self._place(self.root_before),) if self.root_before else ()
        return (self.root_place, *before)

    def _place(self, address: str) -> RootPlace:
        place = RootPlace(address, self.home / "root.key")
        passphrase = self.passphrase() if place.local else ""
        return replace(
            place,
            passphrase=passphrase,
            token_file=self.root_token_file,
            ca_file=self.root_ca_file,
        )

    @property
    def root_file(self) -> Path:
        """Where the root key lies, if it is a file of ours; else a path where nothing is."""
        return RootPlace(self.root, self.home / "root.key").path

    @property
    def key_file(self) -> Path | None:
        """Where the key database lies, if it is a file."""
        scheme, _, path = self.keys_url.partition(":///")
        return Path(path) if scheme == "sqlite" else None

    def stands(self) -> bool:
        """Say whether a deployment was made here, even if its root key is not there now.

        The mirror is the one file of a deployment whose databases and root are all elsewhere.
        """
        files = (self.root_file, self.key_file, self.mirror)
        return any(path is not None and path.exists() for path in files)

    def mirror_file_holds(self) -> bool:
        """Say whether the mirror's file is there and has a line."""
        return self.mirror.is_file() and self.mirror.stat().st_size > 0

    @property
    def local(self) -> bool:
        """Whether the data stand in a file of the home."""
        return self.database_url.startswith("sqlite")

    @property
    def lasting(self) -> Lasting:
        """How long what people read and signed counts."""
        return Lasting(
            timedelta(days=self.undertaking_days),
            timedelta(days=self.training_days),
            timedelta(days=self.training_grace_days),
        )

    @property
    def dormant(self) -> timedelta:
        """After how long without use a person is suspended."""
        return timedelta(days=self.dormant_days)

    @property
    def cadence(self) -> Cadence:
        """When access reviews are due."""
        every, decide = timedelta(days=self.review_days), timedelta(days=self.review_decide_days)
        return Cadence(every, decide, ends=bool(self.review_ends))

    @property
    def horizon(self) -> Horizon:
        """How long what is erased can be recovered or guessed at most."""
        data = self.data_backup_days
        return Horizon(
            timedelta(days=self.key_backup_days),
            None if data == FOR_GOOD else timedelta(days=data),
            timedelta(days=self.rekey_days),
        )

    @property
    def horizon_days(self) -> int:
        """The same in whole days, as agreements are held against it (C6)."""
        longest = self.horizon.longest
        return FOR_GOOD if longest is None else longest.days

    @property
    def embedded(self) -> tuple[str, ...]:
        """Which of the two databases are files, which one process alone may serve."""
        urls = {"data": self.database_url, "keys": self.keys_url}
        return tuple(name for name, url in urls.items() if url.startswith("sqlite"))

    @property
    def lock_file(self) -> Path:
        """The file that one serving process holds."""
        return self.home / "serving.lock"

    def witness_policy(self) -> bytes | None:
        """Return the file of witnesses, None when no such file is named.

        Raises:
            NotFound: ``settings.witnesses``.
        """
        try:
            return Path(self.witnesses).read_bytes() if self.witnesses else None
        except OSError:
            raise NotFound(
                "settings.witnesses",
                "The file of witnesses cannot be read.",
                do="Correct BAILEE_WITNESSES.",
            ) from None

    def passphrase(self) -> str:
        """Return the root key's passphrase; empty when no file with one is named.

        Raises:
            NotFound: ``settings.passphrase``.
        """
        if not self.passphrase_file:
            return ""
        try:
            return Path(self.passphrase_file).read_text("utf-8").rstrip("\r\n")
        except OSError:
            raise NotFound(
                "settings.passphrase",
                "The file with the root key's passphrase cannot be read.",
                do="Correct BAILEE_PASSPHRASE_FILE.",
            ) from None


def _names(env: Mapping[str, str], name: str) -> frozenset[str]:
    """Return names that stand with commas between."""
    return frozenset(filter(None, map(str.strip, env.get(name, "").split(","))))


def read_settings(
    environment: Mapping[str, str] | None = None, home: Path | None = None
) -> Settings:
    """Read the settings.

    Args:
        environment: defaults to the process's own.
        home: wins over ``BAILEE_HOME``.

    Raises:
        Invalid: ``settings.number``.
    """
    env = os.environ if environment is None else environment  # noqa: TID251 - this is the one place
    folder = (home or Path(env.get("BAILEE_HOME", "bailee-home"))).absolute()
    file, lent = _mirror(env.get("BAILEE_MIRROR", ""))
    database = env.get("BAILEE_DATABASE_URL", f"sqlite:///{folder}/data.db")
    special: dict[str, Any] = {
        "home": folder,
        "database_url": database,
        "sequencer_url": env.get("BAILEE_SEQUENCER_URL", database),
        "migrator_url": env.get("BAILEE_MIGRATOR_URL", database),
        "keys_url": env.get("BAILEE_KEYS_URL", f"sqlite:///{folder}/keys.db"),
        "mirror": Path(file) if file else folder / "mirror.jsonl",
        "mirror_lent": lent,
        "held_folder": Path(env.get("BAILEE_HELD_FOLDER", str(folder / "held"))),
        "held_hosts": _names(env, "BAILEE_HELD_HOSTS"),
        "mfa": env.get("BAILEE_MFA", "all"),
        "origin": env.get("BAILEE_ORIGIN", "bailee.local"),
        "oidc_claim": env.get("BAILEE_OIDC_CLAIM", "sub"),
        "oidc_binding": env.get("BAILEE_OIDC_BINDING", "dpop"),
        "trust_release": _names(env, "BAILEE_TRUST_RELEASE"),
        "hook_hosts": _names(env, "BAILEE_HOOK_HOSTS"),
    }
    # Every other field is a text or a whole number of the variable of its name.
    for one in fields(Settings):
        name = f"BAILEE_{one.name.upper()}"
        if one.name not in special:
            special[one.name] = _number(env, name) if name in NUMBERS else env.get(name, "")
    return Settings(**special)


def _mirror(text: str) -> tuple[str, str]:
    """Return file and address of the mirror; either may be empty."""
    if re.match("https?://", text):
        return "", text
    parts = re.fullmatch("(.+?),(https?://.+)", text)
    return (parts[1], parts[2]) if parts else (text, "")


def _number(env: Mapping[str, str], name: str) -> int:
    default, least, most = NUMBERS[name]
    text = env.get(name, str(default))
    sound = text.isascii() and text.isdecimal() and len(text) <= len(str(most))
    if not sound or not least <= int(text) <= most:
        raise Invalid("settings.number", f"{name} is a whole number from {least} to {most}.")
    return int(text)
