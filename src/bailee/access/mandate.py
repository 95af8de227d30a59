"""A mandate: what an acting-for service shows of the person it acts for (MISSION A6, C2.5(2)).

It stands beside the service's own key in every call and is shown in headers alone. Two kinds of
token: one that this house issued (``bt_…``, looked up), and one that the company's identity
provider signed (a JWT, verified). Neither is ever part of a ``repr``.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Mandate:
    """A person's token, and for a token that is bound to a key the proof of that key.

    ``method`` and ``path`` are those of the request that carries it: a proof is for one request.
    """

    token: str = field(repr=False)
    proof: str = field(default="", repr=False)
    method: str = ""
    path: str = ""

    @property
    def signed(self) -> bool:
        """Tell whether the token has a JWT's form (RFC 7519): it is then verified, not looked up.

        Only public-key work and perhaps the provider's keys can settle it, so such a call never
        runs in the thread that commits.
        """
        return self.token.count(".") == 2
