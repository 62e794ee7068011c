"""`relais serve`."""

import asyncio
import errno

import click

from core.errors import RelaisError
from gateway.settings import load_settings


@click.command("serve")
def command() -> None:
    """Start the gateway alone, on RELAIS_HOST and RELAIS_PORT, until SIGINT or SIGTERM."""
    settings = load_settings()
    from gateway.app import serve

    try:
        asyncio.run(serve(settings))
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        # Not a ConfigurationError: under a supervisor it is worth another try, since the one who
        # holds the port may be our own predecessor.
        raise RelaisError(f"RELAIS_PORT: port {settings.port} is already in use") from None
