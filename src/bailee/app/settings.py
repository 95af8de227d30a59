"""What an operator can set; read once, here.

Every setting is an environment variable. Their table below is also the documentation
(``docs/reference.md`` is written from it and checked against it).
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from bailee.access import Cadence, Lasting
from bailee.errors import Invalid, NotFound
from bailee.keys import Horizon, RootPlace

SETTINGS: Mapping[str, str] = {
    "BAILEE_HOME": "folder of the deployment; default `./bailee-home`",
    "BAILEE_URL": "address of a running server; commands go there instead of opening the home",
    "BAILEE_KEY": "the key that a command presents",
    "BAILEE_CA": "certificate file that vouches for the server at BAILEE_URL",
    "BAILEE_DATABASE_URL": "data database; default a SQLite file in the home",
    "BAILEE_SEQUENCER_URL": "the same database in the sequencer's role; PostgreSQL only",
    "BAILEE_MIGRATOR_URL": "the same database as its owner; for `init`, `migrate`, `backup` and "
    "`restore` only",
    "BAILEE_KEYS_URL": "key database; default a SQLite file in the home, never the data database",
    "BAILEE_MIRROR": "second place of tombstones and signing guard: a file, default in the home; "
    "or `https://HOST:PORT/kept/NAME`, which a witness lends, beside that file; or "
    "`FILE,https:…`",
    "BAILEE_MIRROR_TOKEN_FILE": "file with the token for that place; read for every question",
    "BAILEE_MIRROR_CA_FILE": "certificates that vouch for its witness; default the system's",
    "BAILEE_ROOT": "who keeps the root key: `pkcs11:…` (RFC 7512), "
    "`openbao:https://HOST:8200/MOUNT/NAME`, `awskms:ARN`, `file:/PATH`; default a file at home",
    "BAILEE_ROOT_BEFORE": "the root key that is being left, during `bailee keys move-root`; "
    "written as BAILEE_ROOT, `file:` for the file at home",
    "BAILEE_ROOT_TOKEN_FILE": "file with the token for OpenBao; read for every request",
    "BAILEE_ROOT_CA_FILE": "certificates that vouch for OpenBao; default the system's",
    "BAILEE_HELD_FOLDER": "folder with the credentials for roots that controllers hold themselves; "
    "default `held` in the home",
    "BAILEE_PASSPHRASE_FILE": "file with the root key's passphrase, if it has one",
    "BAILEE_ORIGIN": "domain that names this deployment's logs; default `bailee.local`",
    "BAILEE_KEY_BACKUP_DAYS": "how long backups of the key database live; default 7",
    "BAILEE_DATA_BACKUP_DAYS": "how long backups of the data live; default 99999: for good",
    "BAILEE_REKEY_DAYS": "how long keys of blind indexes, fingerprints and references live before "
    "they are replaced and destroyed; default 3, 0 for never",
    "BAILEE_WITNESSES": "file of the witnesses that are shown every checkpoint (C2SP tlog-policy, "
    "with addresses); none by default",
    "BAILEE_PERSON_TOKEN": "the token of the person for whom a command acts, when BAILEE_KEY is an "
    "acting-for service's",
    "BAILEE_OIDC_ISSUER": "the company's identity provider, where people sign in and whose signed "
    "tokens say for whom an acting-for service acts (RFC 9068); none by default",
    "BAILEE_OIDC_AUDIENCE": "our own name at the identity provider; an acting-for token is for it "
    "alone, and none is taken without it",
    "BAILEE_OIDC_CA_FILE": "certificates that vouch for it; default the system's",
    "BAILEE_OIDC_CLAIM": "the claim that names the person; default `sub`, never an e-mail address",
    "BAILEE_OIDC_BINDING": "`dpop` (default): only tokens bound to a key that each call proves "
    "(RFC 9449); `client`: tokens of the service's own client are enough",
    "BAILEE_PUBLIC_URL": "the address that callers use, for which proofs of possession and "
    "passkeys are made",
    "BAILEE_PASSKEY_DOMAIN": "the name for which passkeys are made; default the name in "
    "BAILEE_PUBLIC_URL, else the name served at, `localhost` on the loopback interface",
    "BAILEE_PASSKEY_ORIGINS": "addresses of pages that may ask for a passkey, with commas between; "
    "default `https://` and BAILEE_PASSKEY_DOMAIN, else the address that callers use",
    "BAILEE_OIDC_CLIENT_ID": "our id at the identity provider, for people who sign in there; "
    "without it nobody does",
    "BAILEE_OIDC_CLIENT_SECRET_FILE": "file with our secret there; read at start",
    "BAILEE_OIDC_REDIRECT_URL": "the address to which browsers come back, as it is registered "
    "there; default BAILEE_PUBLIC_URL and `/console/sign-on/back`",
    "BAILEE_OIDC_NAME": "how the identity provider is called on the sign-in page; default its host",
    "BAILEE_OIDC_MFA": "which of its words say that more than one factor was shown there, as "
    "`amr:mfa,acr:VALUE`; default none: a sign-in there counts as one factor",
    "BAILEE_PASSWORD_LIST": "file of passwords and words that are refused: one a line, or SHA-1 "
    "hashes ordered by hash as Have I Been Pwned gives them; none by default",
    "BAILEE_TRUST_RELEASE": "controllers, by comma, whose representatives get a report as soon as "
    "they signed the NDA; none by default: a person releases each request",
    "BAILEE_UNDERTAKING_DAYS": "how long a person's signature of the undertaking counts; "
    "default 365",
    "BAILEE_TRAINING_DAYS": "how long a person's acknowledgement of a handling procedure counts; "
    "default 365, an agreement's shorter time wins",
    "BAILEE_TRAINING_GRACE_DAYS": "how long the version before counts when a text changed; "
    "default 14",
    "BAILEE_DORMANT_DAYS": "after how long without use a person is suspended; default 90",
    "BAILEE_REVIEW_DAYS": "time between two access reviews; default 91, an agreement's shorter "
    "time wins",
    "BAILEE_REVIEW_DECIDE_DAYS": "time to decide on every grant of a review; default 30",
    "BAILEE_REVIEW_ENDS": "1 (default) to end grants that nobody decided on in time, 0 to only "
    "show them",
    "BAILEE_LAW_DAYS": "days after which a law is read again; default 180, an agreement's if fewer",
    "BAILEE_WORKERS": "serving processes on this machine; default 1, more on PostgreSQL only",
    "BAILEE_POOL": "PostgreSQL connections of one process to each database; default 16",
    "BAILEE_INBOX_ENTRIES": "entries of one log that may wait; beyond, accesses are refused with "
    "503; default 10000",
    "BAILEE_INBOX_SECONDS": "how long a log may take nothing in before accesses are refused with "
    "503; default 30",
}

FOR_GOOD = 99_999
"""Days of a backup that nobody throws away."""
NUMBERS: Mapping[str, tuple[int, int, int]] = {
    "BAILEE_KEY_BACKUP_DAYS": (7, 0, 99_999),
    "BAILEE_DATA_BACKUP_DAYS": (FOR_GOOD, 0, FOR_GOOD),
    "BAILEE_REKEY_DAYS": (3, 0, 3650),
    "BAILEE_UNDERTAKING_DAYS": (365, 1, 3650),
    "BAILEE_TRAINING_DAYS": (365, 1, 3650),
    "BAILEE_TRAINING_GRACE_DAYS": (14, 0, 365),
    "BAILEE_DORMANT_DAYS": (90, 1, 3650),
    "BAILEE_REVIEW_DAYS": (91, 1, 366),
    "BAILEE_REVIEW_DECIDE_DAYS": (30, 1, 366),
    "BAILEE_REVIEW_ENDS": (1, 0, 1),
    "BAILEE_LAW_DAYS": (180, 1, 3650),
    "BAILEE_WORKERS": (1, 1, 64),
    "BAILEE_POOL": (16, 2, 1000),
    "BAILEE_INBOX_ENTRIES": (10_000, 1, 10_000_000),
    "BAILEE_INBOX_SECONDS": (30, 1, 3600),
}
"""Default, least and most of each setting that is a whole number."""


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
    return Settings(
        home=folder,
        url=env.get("BAILEE_URL", ""),
        key=env.get("BAILEE_KEY", ""),
        ca=env.get("BAILEE_CA", ""),
        database_url=database,
        sequencer_url=env.get("BAILEE_SEQUENCER_URL", database),
        migrator_url=env.get("BAILEE_MIGRATOR_URL", database),
        keys_url=env.get("BAILEE_KEYS_URL", f"sqlite:///{folder}/keys.db"),
        mirror=Path(file) if file else folder / "mirror.jsonl",
        mirror_lent=lent,
        mirror_token_file=env.get("BAILEE_MIRROR_TOKEN_FILE", ""),
        mirror_ca_file=env.get("BAILEE_MIRROR_CA_FILE", ""),
        root=env.get("BAILEE_ROOT", ""),
        root_before=env.get("BAILEE_ROOT_BEFORE", ""),
        root_token_file=env.get("BAILEE_ROOT_TOKEN_FILE", ""),
        root_ca_file=env.get("BAILEE_ROOT_CA_FILE", ""),
        held_folder=Path(env.get("BAILEE_HELD_FOLDER", str(folder / "held"))),
        passphrase_file=env.get("BAILEE_PASSPHRASE_FILE", ""),
        origin=env.get("BAILEE_ORIGIN", "bailee.local"),
        witnesses=env.get("BAILEE_WITNESSES", ""),
        person_token=env.get("BAILEE_PERSON_TOKEN", ""),
        oidc_issuer=env.get("BAILEE_OIDC_ISSUER", ""),
        oidc_audience=env.get("BAILEE_OIDC_AUDIENCE", ""),
        oidc_ca_file=env.get("BAILEE_OIDC_CA_FILE", ""),
        oidc_claim=env.get("BAILEE_OIDC_CLAIM", "sub"),
        oidc_binding=env.get("BAILEE_OIDC_BINDING", "dpop"),
        oidc_client_id=env.get("BAILEE_OIDC_CLIENT_ID", ""),
        oidc_client_secret_file=env.get("BAILEE_OIDC_CLIENT_SECRET_FILE", ""),
        oidc_redirect_url=env.get("BAILEE_OIDC_REDIRECT_URL", ""),
        oidc_name=env.get("BAILEE_OIDC_NAME", ""),
        oidc_mfa=env.get("BAILEE_OIDC_MFA", ""),
        public_url=env.get("BAILEE_PUBLIC_URL", ""),
        passkey_domain=env.get("BAILEE_PASSKEY_DOMAIN", ""),
        passkey_origins=env.get("BAILEE_PASSKEY_ORIGINS", ""),
        password_list=env.get("BAILEE_PASSWORD_LIST", ""),
        trust_release=_names(env, "BAILEE_TRUST_RELEASE"),
        key_backup_days=_number(env, "BAILEE_KEY_BACKUP_DAYS"),
        data_backup_days=_number(env, "BAILEE_DATA_BACKUP_DAYS"),
        rekey_days=_number(env, "BAILEE_REKEY_DAYS"),
        undertaking_days=_number(env, "BAILEE_UNDERTAKING_DAYS"),
        training_days=_number(env, "BAILEE_TRAINING_DAYS"),
        training_grace_days=_number(env, "BAILEE_TRAINING_GRACE_DAYS"),
        dormant_days=_number(env, "BAILEE_DORMANT_DAYS"),
        review_days=_number(env, "BAILEE_REVIEW_DAYS"),
        review_decide_days=_number(env, "BAILEE_REVIEW_DECIDE_DAYS"),
        review_ends=_number(env, "BAILEE_REVIEW_ENDS"),
        law_days=_number(env, "BAILEE_LAW_DAYS"),
        workers=_number(env, "BAILEE_WORKERS"),
        pool=_number(env, "BAILEE_POOL"),
        inbox_entries=_number(env, "BAILEE_INBOX_ENTRIES"),
        inbox_seconds=_number(env, "BAILEE_INBOX_SECONDS"),
    )


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
