"""GnuPG itself, with a home of its own: makes keys, exports certificates, opens what was sealed."""

from __future__ import annotations

import subprocess
from pathlib import Path


class Gpg:
    """One person's keys.

    Args:
        home: made; short, for its sockets stand there.
    """

    def __init__(self, home: Path) -> None:
        self._home = home
        home.mkdir(mode=0o700)

    def run(self, *args: str, stdin: bytes = b"", time: str = "") -> bytes:
        """Run gpg; ``time`` is the moment that it takes for now, as 20240101T000000."""
        done = subprocess.run(
            [
                "gpg", "--homedir", str(self._home), "--batch", "--yes", "--quiet",
                "--pinentry-mode", "loopback", "--passphrase", "", "--no-auto-key-locate",
                *(["--faked-system-time", f"{time}!"] if time else []), *args,
            ],
            input=stdin,
            capture_output=True,
            check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout

    def make(
        self, who: str, primary: str = "ed25519", inside: str = "cv25519", *, time: str = "",
        life: str = "1y",
    ) -> str:  # fmt: skip
        """Make a key with one for encryption inside; return its fingerprint."""
        self.run("--quick-generate-key", who, primary, "sign", life, time=time)
        fingerprint = self.fingerprint(who)
        if inside:
            self.run("--quick-add-key", fingerprint, inside, "encr", life, time=time)
        return fingerprint

    def fingerprint(self, who: str) -> str:
        """Return the fingerprint of a certificate, as gpg writes it."""
        found = self.run("--list-keys", "--with-colons", who).decode().splitlines()
        return next(line.split(":")[9] for line in found if line.startswith("fpr:"))

    def export(self, who: str, path: Path, *, armor: bool = False) -> str:
        """Write a certificate into a file; return its path."""
        path.write_bytes(self.run("--export", *(["--armor"] if armor else []), who))
        return str(path)

    def secret(self, who: str) -> bytes:
        """Return a secret key, as somebody would export it by mistake."""
        return self.run("--armor", "--export-secret-keys", who)

    def revoke(self, fingerprint: str) -> None:
        """Revoke a key with the certificate that gpg made beside it."""
        text = (self._home / "openpgp-revocs.d" / f"{fingerprint}.rev").read_text()
        self.run("--import", stdin=text.replace(":-----BEGIN", "-----BEGIN").encode())

    def open(self, sealed: bytes) -> bytes:
        """Decrypt."""
        return self.run("--decrypt", stdin=sealed)

    def close(self) -> None:
        """End the agent."""
        subprocess.run(["gpgconf", "--homedir", str(self._home), "--kill", "all"], check=True)
