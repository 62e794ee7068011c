"""Who may come in at the website's routes: pages that we allow, and whoever holds a token."""

from urllib.parse import urlsplit

from aiohttp import web

from connectors.web import payloads
from connectors.web.session import SessionTokens, Visitor
from core.clock import Clock


class Door:
    """Looks at each request before anything else is done with it."""

    def __init__(self, *, tokens: SessionTokens, origins: frozenset[str], clock: Clock) -> None:
        self._tokens = tokens
        self._origins = origins
        self._clock = clock

    def refused(self, request: web.Request) -> web.Response | None:
        """403 for a page of somebody else's; a client that is no browser sends no Origin."""
        origin = request.headers.get("Origin")
        if origin is None or origin in self._origins or _host_of(origin) == request.host:
            return None
        return problem(403, "bad_origin")

    def visitor(self, request: web.Request) -> Visitor | None:
        """Who holds the bearer token of a request; None: nobody we know."""
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        return self.holder(token.strip())

    def holder(self, token: str) -> Visitor | None:
        """Who holds a token; None for a forged, broken or expired one."""
        return self._tokens.check(token, now=self._clock())


def problem(status: int, code: str) -> web.Response:
    """An error as the protocol words it."""
    return web.json_response(payloads.error_body(code), status=status)


def _host_of(origin: str) -> str | None:
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return None
