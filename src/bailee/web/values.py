"""Routes of the vault: store, read, find, change, destroy, encrypt; hold and restrict."""

from __future__ import annotations

from bailee.vault import shapes
from bailee.web.call import Call, post
from bailee.web.house import House
from bailee.web.limits import LIMITS

C = "/v1/controllers/{controller}"


@post(f"{C}/reveal", shapes.Reveal, shapes.Revealed, single=True)
def reveal(house: House, call: Call, body: shapes.Reveal) -> shapes.Revealed:
    """Read values of records or behind tokens; each call is a new, logged access."""
    return house.vault.reveal(call.caller, call.controller, body, context=call.context)


@post(f"{C}/protect", shapes.Protect, shapes.Protected, keyed=True, single=True)
def protect(house: House, call: Call, body: shapes.Protect) -> shapes.Protected:
    """Store records of protected values."""
    return house.vault.protect(
        call.caller,
        call.controller,
        body,
        idempotency_key=call.idempotency_key,
        context=call.context,
    )


@post(f"{C}/encrypt", shapes.Encrypt, shapes.Encrypted, single=True)
def encrypt(house: House, call: Call, body: shapes.Encrypt) -> shapes.Encrypted:
    """Encrypt values that the caller keeps."""
    return house.vault.encrypt(call.caller, call.controller, body, context=call.context)


@post(
    f"{C}/decrypt",
    shapes.Decrypt,
    shapes.Decrypted,
    text_bytes=LIMITS.ciphertext_bytes,
    single=True,
)
def decrypt(house: House, call: Call, body: shapes.Decrypt) -> shapes.Decrypted:
    """Open values that the caller keeps."""
    return house.vault.decrypt(call.caller, call.controller, body, context=call.context)


@post(f"{C}/search", shapes.Search, shapes.Found, single=True)
def search(house: House, call: Call, body: shapes.Search) -> shapes.Found:
    """Find records whose element equals a value."""
    return house.vault.search(call.caller, call.controller, body, context=call.context)


@post(f"{C}/list", shapes.List, shapes.Listed, single=True)
def list_records(house: House, call: Call, body: shapes.List) -> shapes.Listed:
    """List a controller's records by id, page by page, without their values."""
    return house.vault.list_records(call.caller, call.controller, body, context=call.context)


@post(f"{C}/update", shapes.Update, shapes.Updated, keyed=True, single=True)
def update(house: House, call: Call, body: shapes.Update) -> shapes.Updated:
    """Replace, add or remove values of records."""
    return house.vault.update(
        call.caller,
        call.controller,
        body,
        idempotency_key=call.idempotency_key,
        context=call.context,
    )


@post(f"{C}/erase", shapes.Erase, shapes.Erased, keyed=True)
def erase(house: House, call: Call, body: shapes.Erase) -> shapes.Erased:
    """Destroy records, or subjects with everything that is theirs."""
    return house.vault.erase(
        call.caller,
        call.controller,
        body,
        idempotency_key=call.idempotency_key,
        context=call.context,
    )


@post(
    f"{C}/reencrypt",
    shapes.Decrypt,
    shapes.Encrypted,
    text_bytes=LIMITS.ciphertext_bytes,
    single=True,
)
def reencrypt(house: House, call: Call, body: shapes.Decrypt) -> shapes.Encrypted:
    """Encrypt anew, under the newest keys, values that the caller keeps."""
    return house.vault.reencrypt(call.caller, call.controller, body, context=call.context)


@post(f"{C}/hold", shapes.Subjects, shapes.Kept)
def hold(house: House, call: Call, body: shapes.Subjects) -> shapes.Kept:
    """Keep subjects from erasure (legal hold)."""
    return house.vault.hold(call.caller, call.controller, body, context=call.context)


@post(f"{C}/release", shapes.Subjects, shapes.Kept)
def release(house: House, call: Call, body: shapes.Subjects) -> shapes.Kept:
    """End a legal hold."""
    return house.vault.release(call.caller, call.controller, body, context=call.context)


@post(f"{C}/restrict", shapes.Restrict, shapes.Kept)
def restrict(house: House, call: Call, body: shapes.Restrict) -> shapes.Kept:
    """Restrict what may be done with subjects' values."""
    return house.vault.restrict(call.caller, call.controller, body, context=call.context)


@post(f"{C}/lift", shapes.Subjects, shapes.Kept)
def lift(house: House, call: Call, body: shapes.Subjects) -> shapes.Kept:
    """End a restriction."""
    return house.vault.lift(call.caller, call.controller, body, context=call.context)


ROUTES = (
    reveal,
    protect,
    encrypt,
    decrypt,
    search,
    list_records,
    update,
    erase,
    reencrypt,
    hold,
    release,
    restrict,
    lift,
)

__all__ = ["ROUTES"]
