"""Which TCP ports can be had on this machine."""

import errno
import socket

from core.errors import ConfigurationError


def is_free(host: str, port: int) -> bool:
    """Whether a server could listen there now. Raises ConfigurationError for a host not ours."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind) as probe:
            # As servers do: a port that waits out its last connections counts as free.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            probe.listen(1)
    except socket.gaierror:
        raise ConfigurationError("RELAIS_HOST: no such address") from None
    except PermissionError:
        raise ConfigurationError(
            f"RELAIS_PORT: port {port} needs rights that this user lacks; choose one above 1023"
        ) from None
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            return False
        raise ConfigurationError(f"RELAIS_HOST: cannot listen there ({error.strerror})") from None
    return True


def free_port() -> int:
    """A port of the loopback that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def preferred_or_free(port: int) -> int:
    """`port` of the loopback if it can be had, else another one."""
    return port if is_free("127.0.0.1", port) else free_port()
