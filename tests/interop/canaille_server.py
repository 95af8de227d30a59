"""Runs Canaille, an OpenID provider of somebody else's, with the people and the client of a test.

It is run by path, where Canaille is installed and nothing of ours is. On standard input it takes
one JSON object: ``port``, ``folder``, ``certificate`` (PEM, key and chain), ``redirect``,
``secret``, ``people`` (name → password), ``factors``, ``seeds`` (name → authenticator),
``method``, ``algorithm``. It says ``ready`` once it can be asked, and ends with its standard input.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import importlib
import json
import sys
import threading
from typing import Any

CLIENT = "bailee-at-canaille"


def configuration(asked: dict[str, Any]) -> dict[str, Any]:
    """Return Canaille's configuration: its defaults, but for the page's scripts and the names."""
    return {
        "SECRET_KEY": asked["secret"],
        "SERVER_NAME": f"127.0.0.1:{asked['port']}",
        "PREFERRED_URL_SCHEME": "https",
        "CANAILLE": {
            "JAVASCRIPT": False,
            "HTMX": False,
            "CAPTCHA_ENABLED": False,
            "DATABASE": "sql",
            "AUTHENTICATION_FACTORS": asked["factors"],
            "ACL": {"DEFAULT": {"PERMISSIONS": ["use_oidc", "edit_self"]}},
            "LOGGING": {"version": 1, "disable_existing_loggers": True},
        },
        "CANAILLE_SQL": {"DATABASE_URI": f"sqlite:///{asked['folder']}/canaille.sqlite"},
        "CANAILLE_OIDC": {"TRUSTED_DOMAINS": []},
    }


def populate(app: Any, asked: dict[str, Any]) -> None:
    """Let the people and the client in."""
    models = importlib.import_module("canaille.app.models")
    backend = importlib.import_module("canaille.backends").Backend.instance
    with app.app_context(), backend.session():
        for name, password in asked["people"].items():
            more: dict[str, Any] = {}
            if name in asked["seeds"]:  # enrolled long ago
                enrolled = dt.datetime(2026, 1, 5, tzinfo=dt.UTC)
                more = {"secret_token": asked["seeds"][name], "last_otp_login": enrolled}
            user = models.User(
                user_name=name,
                formatted_name=f"{name.title()} Example",
                family_name=name.title(),
                emails=[f"{name}@provider.example"],
                password=password,
                **more,
            )
            backend.save(user)
        client = models.Client(
            client_id=CLIENT,
            client_secret=asked["secret"],
            client_name="bailee",
            client_uri=asked["redirect"],
            redirect_uris=[asked["redirect"]],
            grant_types=["authorization_code"],
            response_types=["code"],
            token_endpoint_auth_method=asked["method"],
            scope=["openid"],
            id_token_signed_response_alg=asked["algorithm"],
        )
        backend.save(client)
        client.audience = [client]
        backend.save(client)


async def serve(app: Any, asked: dict[str, Any]) -> None:
    """Serve until the test closes our standard input."""
    config = importlib.import_module("hypercorn.config").Config()
    config.bind = [f"127.0.0.1:{asked['port']}"]
    config.certfile = config.keyfile = asked["certificate"]
    wrap = importlib.import_module("asgiref.wsgi").WsgiToAsgi
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()

    def wait() -> None:
        sys.stdin.read()
        loop.call_soon_threadsafe(ended.set)

    threading.Thread(target=wait, daemon=True).start()
    run = importlib.import_module("hypercorn.asyncio").serve
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    await run(wrap(app), config, shutdown_trigger=ended.wait)


def main() -> None:
    """Do what was asked on standard input's first line."""
    asked = json.loads(sys.stdin.readline())
    app = importlib.import_module("canaille").create_app(config=configuration(asked), env_file=None)
    populate(app, asked)
    asyncio.run(serve(app, asked))


if __name__ == "__main__":
    main()
