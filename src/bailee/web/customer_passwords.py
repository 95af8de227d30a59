"""Routes of passwords that are verified and never read (C2.7).

None of them is a ``GET``, and no answer holds a password or anything that was made of one.
"""

from __future__ import annotations

from bailee.vault import password_shapes as shapes
from bailee.vault.shapes import Kept, Subjects
from bailee.web.call import Call, post
from bailee.web.house import House

P = "/v1/controllers/{controller}/customer-passwords"
SHORT = {"body_bytes": 16 * 1024}
"""Two passwords of the longest kind with every character escaped, and what goes with them."""


@post(P, shapes.SetPasswords, shapes.PasswordsSet)
def set_customer_passwords(
    house: House, call: Call, body: shapes.SetPasswords
) -> shapes.PasswordsSet:
    """Keep passwords of a controller's customers, or hashes that another application made."""
    return house.vault.passwords.keep(call.caller, call.controller, body, context=call.context)


@post(f"{P}/verify", shapes.VerifyPassword, shapes.PasswordVerified, **SHORT)
def verify_customer_password(
    house: House, call: Call, body: shapes.VerifyPassword
) -> shapes.PasswordVerified:
    """Tell whether a customer's password is right; one answer to everything that is wrong."""
    return house.vault.passwords.verify(call.caller, call.controller, body, context=call.context)


@post(f"{P}/change", shapes.ChangePassword, shapes.PasswordChanged, **SHORT)
def change_customer_password(
    house: House, call: Call, body: shapes.ChangePassword
) -> shapes.PasswordChanged:
    """Put another password in the place of the one that is shown."""
    return house.vault.passwords.change(call.caller, call.controller, body, context=call.context)


@post(f"{P}/remove", Subjects, Kept)
def remove_customer_passwords(house: House, call: Call, body: Subjects) -> Kept:
    """Destroy passwords of customers."""
    return house.vault.passwords.remove(call.caller, call.controller, body, context=call.context)


ROUTES = (
    set_customer_passwords,
    verify_customer_password,
    change_customer_password,
    remove_customer_passwords,
)

__all__ = ["ROUTES"]
