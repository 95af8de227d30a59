"""Names that are ours alone: the controller where controls look, and the service they act as."""

from __future__ import annotations

CONTROLLER = "bailee-canary"
PROBE = "bailee-probe"
