"""The environment variables that an operator can set, and the bounds of those that are numbers.

``docs/reference.md`` is written from this table and checked against it.
"""

from __future__ import annotations

from collections.abc import Mapping

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
    "BAILEE_HELD_HOSTS": "where such roots may be: `HOST:PORT` with commas between, without a port "
    "443, of AWS `kms.REGION.amazonaws.com`; none by default",
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
    "BAILEE_MFA": "who shows two factors: `all` (default): everybody, and no person's key counts "
    "once somebody who lets people in has a second factor; `sign-in`: everybody who signs in; "
    "`card-data`: who may see card data",
    "BAILEE_PASSWORD_LIST": "file of passwords and words that are refused beside those that come "
    "along: one a line, or SHA-1 hashes ordered by hash as Have I Been Pwned gives them; none by "
    "default",
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
    "BAILEE_TARGETS_FILE": "file (TOML) with times of your own where a text names none, as "
    '`"breach.notice" = "12 hours"`; default those in `procedures/targets.toml`',
    "BAILEE_SMTP": "mail server that takes notices: `smtp://NAME@HOST:587` (STARTTLS is "
    "demanded) or `smtps://NAME@HOST:465`; without it notices wait, and a control says so",
    "BAILEE_SMTP_PASSWORD_FILE": "file with the password there; read for every message",
    "BAILEE_SMTP_CA_FILE": "certificates that vouch for it; default the system's",
    "BAILEE_SMTP_FROM": "the address that notices come from",
    "BAILEE_HOOK_HOSTS": "hosts, by comma, that contacts with an https address may name, "
    "`HOST:PORT` where it is not 443; none by default, so that nobody makes us call into our own "
    "network",
    "BAILEE_HOOK_CA_FILE": "certificates that vouch for contacts that are reached by https; "
    "default the system's",
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
