"""The lists that come with bailee: passwords that others lost, and words (ASVS 6.2.4, 6.2.12).

They are the frequency lists of ``zxcvbn``: thirty thousand passwords out of breaches, the commonest
first, and the commonest words and names. What is common as a word or a name stands among those
alone, however many people lost it as a password; so all of them count here.

Most are too short to be chosen. What people do then is to join two, or to add a few digits: so a
password is as good as lost when it is one or two of the lists, whatever stands between them that is
neither letter nor digit, with up to four digits around. The operator's own list
(``BAILEE_PASSWORD_LIST``) is asked beside them, for the whole password.

Deliberately not checked: three and more joined. Three words taken at random are a good password,
and nobody can tell by a list how they were taken.
"""

from __future__ import annotations

import functools
import re

from bailee.access.password import Lists
from bailee.app.password_list import PasswordList

PIECE = 4
"""Characters that half of a password has at least: shorter ones would make anything out of two."""
NAME = "zxcvbn"
_AROUND = re.compile(r"^[0-9]{0,4}(?=\D)|(?<=\D)[0-9]{0,4}$")


@functools.cache
def _shipped() -> frozenset[str]:
    """Return the lists as one; read when the first password is set, in a seventh of a second."""
    from zxcvbn.frequency_lists import FREQUENCY_LISTS  # noqa: PLC0415 - slow, and seldom needed

    return frozenset(one for some in FREQUENCY_LISTS.values() for one in some)


def lost(text: str) -> bool:
    """Tell whether a password is of the lists, or made of two that are."""
    folded = text.casefold()
    bare = "".join(char for char in folded if char.isalnum())
    return any(_made_of_lost(one) for one in {folded, bare, _AROUND.sub("", bare)})


def lists_with(path: str) -> Lists:
    """Return what a new password is compared with: our lists and the operator's, if there is one.

    Raises:
        NotFound: ``settings.password_list``.
    """
    own = PasswordList(path)
    return Lists(
        lost=lambda text: lost(text) or text in own,
        word=lambda text: text in _shipped() or text in own,
    )


def told(own: str) -> list[str]:
    """Say which lists there are, for people.

    Args:
        own: the path of the operator's list; '' for none.
    """
    shipped = f"{NAME}: {len(_shipped())} lost passwords, words and names, and two of them joined"
    return [shipped, *(["BAILEE_PASSWORD_LIST: passwords and words"] if own else [])]


def _made_of_lost(bare: str) -> bool:
    listed, halves = _shipped(), range(PIECE, len(bare) - PIECE + 1)
    return bare in listed or any(bare[:here] in listed and bare[here:] in listed for here in halves)
