"""Calls of acting-for services whose person the company's identity provider vouches for.

The order keeps a stranger from making us work: the service's own key is recognised before anything
of the token is looked at, the provider's signature before the database is asked who that is, and
a proof is spent last, so that a refused call spends none. (C2.5(2), C2.5(3), MISSION A6.)
"""

from __future__ import annotations

import hmac
import threading
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from bailee.access import link_store, store
from bailee.access.assertion import Assertion, Proof
from bailee.access.credential import Credential, absence
from bailee.access.credentials import Credentials, not_yours
from bailee.access.link import Link, unlinked
from bailee.access.mandate import Mandate
from bailee.access.principal import ACTING_FOR, Caller, Principal, Vouched
from bailee.db import HOUSE, Database
from bailee.errors import Unauthenticated

TIDY = timedelta(seconds=30)


class Vouching(Credentials):
    """Authentication by a token that somebody else issued."""

    _tidied = datetime.min.replace(tzinfo=UTC)  # owned by _tidy_lock
    _tidy_lock = threading.Lock()

    def authenticate_vouched(self, database: Database, bearer: str, mandate: Mandate) -> Caller:
        """Return the service that shows a key and a provider's token, on behalf of whom it names.

        May ask the provider for its keys, so it never runs in a transaction or in the thread that
        commits. If the process dies after a proof was spent the call was not answered, and needs
        another one.

        Raises:
            Unauthenticated: ``credential.*`` as ``authenticate``; ``token.*``, ``proof.*``;
            Unavailable: ``oidc.unavailable``.
        """
        key, service = self.key_now(database, bearer)
        if service.mode != ACTING_FOR:
            raise not_yours()
        if self._provider is None or not self._provider.issuer.audience:
            raise Unauthenticated(
                "token.not_taken",
                "This house takes no tokens of an identity provider.",
                do="Let the person ask for a token of this house (`bailee token`).",
            )
        said, proof = self._provider.vouch(mandate, self._clock.now())

        def work(conn: sa.Connection) -> Caller:
            caller = self._caller(conn, key, service, said)
            if proof is not None:
                self._spend(conn, proof)
            return caller

        caller = database.read(HOUSE, work) if proof is None else database.write(HOUSE, work)
        self._see(database, caller)
        return caller

    def _caller(
        self, conn: sa.Connection, key: Credential, service: Principal, said: Assertion
    ) -> Caller:
        epoch = store.epoch(conn)
        client, registered = self._linked_to(conn, epoch, said.client)
        if registered.principal_id != service.principal_id:
            raise not_yours()
        link, person = self._linked_to(conn, epoch, said.subject)
        against = absence(person)
        if against is not None:
            raise against
        vouched = Vouched((link.link_id, client.link_id), said.until)
        return Caller(
            service.principal_id,
            key.key_id,
            "service",
            person.principal_id,
            said.token_id,
            vouched,
        )

    def _linked_to(self, conn: sa.Connection, epoch: str, digest: bytes) -> tuple[Link, Principal]:
        """Return the link of a name and its principal; that nobody is linked is not remembered."""

        def load() -> tuple[Link, Principal]:
            link = link_store.by_digest(conn, digest)
            owner = store.principal(conn, link.principal) if link else None
            if link is None or owner is None or not hmac.compare_digest(link.digest, digest):
                raise unlinked()
            return link, owner

        return self._memory.recall(epoch, ("name", digest), load)

    def _spend(self, conn: sa.Connection, proof: Proof) -> None:
        """Take a proof, once in all processes (RFC 9449 11.1).

        What is too old to be shown again is deleted now and then, so that the table stays as
        small as the calls of two minutes.
        """
        now = self._clock.now()
        with self._tidy_lock:
            due = now - self._tidied > TIDY
            if due:
                self._tidied = now
        if due:
            link_store.forget_proofs(conn, now)
        if not link_store.use_proof(conn, proof.digest, proof.until):
            raise Unauthenticated(
                "proof.replayed", "That proof was used before.", do="Make one for every call."
            )
