"""Rasa's own Messenger connector, with nothing behind it: what it costs to answer a webhook.

    bot/rasa/.venv/bin/python benchmarks/rasa_messenger.py PORT SECRET

Runs in Rasa's environment, for `bench_webhooks.py` only. As Rasa ships it, it answers after the
whole turn of the bot and three calls to the platform, one after the other; both are left out here.
"""

import sys
from typing import Any

from fbmessenger import MessengerClient
from rasa.core.channels.facebook import FacebookInput
from sanic import Sanic


async def heard(_: Any) -> None:
    """In place of the bot."""


def said_nothing(*_: Any, **__: Any) -> dict[str, Any]:
    """In place of the platform."""
    return {}


def main() -> None:
    port, secret = sys.argv[1:]
    MessengerClient.send_action = said_nothing
    app = Sanic("rasa_messenger", configure_logging=False)
    channel = FacebookInput("any", secret, "any")
    app.blueprint(channel.blueprint(heard), url_prefix="/webhooks/facebook")
    app.run(host="127.0.0.1", port=int(port), access_log=False, motd=False)


if __name__ == "__main__":
    main()
