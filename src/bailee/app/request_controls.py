"""Controls over requests of people (C7.2(6), C7.3(6))."""

from __future__ import annotations

from bailee.app import watch_requests
from bailee.app.control import ENFORCED, OPERATING, Control

REQUEST_CONTROLS = (
    Control(
        "consumer-request-notice",
        ("C7.2(6)",),
        "looks whether the controller was told in time of every request that a person sent us",
        OPERATING,
        watch_requests.request_notice,
    ),
    Control(
        "consumer-request-hold",
        ("C7.2(6)",),
        "tries to carry out a request that nobody instructed; looks for any that was",
        ENFORCED,
        watch_requests.request_hold,
    ),
    Control(
        "consumer-request-assistance",
        ("C7.2(6)",),
        "looks for instructed requests that nobody carried out in time",
        OPERATING,
        watch_requests.request_help,
    ),
    Control(
        "consumer-request-fallback",
        ("C7.2(6)",),
        "looks whether people whom nobody instructed us about were told who is responsible",
        OPERATING,
        watch_requests.request_fallback,
    ),
    Control(
        "data-subject-requests",
        ("C7.3(6)",),
        "restricts a planted person and tries to read and find them; looks for requests that are "
        "late or stuck, and for restrictions that are gone",
        ENFORCED,
        watch_requests.request_rights,
    ),
)
"""What the register of controls has of them."""
