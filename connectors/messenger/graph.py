"""A small client of Meta's Graph API: one call, one answer, and what is known where none came.

The page's token travels in a header, beside the proof that whoever uses it has the application's
secret as well; neither the token nor a person's words are ever part of a URL or of an error.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from aiohttp import (
    ClientConnectorError,
    ClientError,
    ClientResponse,
    ClientSession,
    ClientTimeout,
    ConnectionTimeoutError,
    DummyCookieJar,
    TCPConnector,
)

from connectors.fields import Json

VERSION = "v25.0"
CONNECT_WITHIN = 5.0
ANSWER_WITHIN = 15.0
_ANSWER_LIMIT = 64 * 1024


class Unreachable(Exception):
    """No connection came about: nothing was sent."""


class Unanswered(Exception):
    """The call was sent, or part of it, and no whole answer came: it may have been done."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the API said. `body` is empty where it was no JSON object."""

    status: int
    body: Json
    headers: Mapping[str, str] = MappingProxyType({})

    @property
    def ok(self) -> bool:
        """Whether the call was done."""
        return 200 <= self.status < 300


class Graph:
    """Calls in the name of one page. Opened and closed by its connector."""

    def __init__(
        self, *, url: str, token: str, app_secret: str, answer_within: float = ANSWER_WITHIN
    ) -> None:
        self._url = f"{url.rstrip('/')}/{VERSION}"
        self._token = token
        self._proof = hmac.new(app_secret.encode(), token.encode(), hashlib.sha256).hexdigest()
        self._timeout = ClientTimeout(total=answer_within, connect=CONNECT_WITHIN)
        self._session: ClientSession | None = None

    async def open(self) -> None:
        """Make ready; nothing is called yet."""
        self._session = ClientSession(
            # A connection kept from an earlier call may be closed at the other end just as the next
            # message is written on it, and nobody could tell whether that message was taken.
            connector=TCPConnector(force_close=True),
            cookie_jar=DummyCookieJar(),
            headers={"Authorization": f"Bearer {self._token}"},
            timeout=self._timeout,
        )

    async def close(self) -> None:
        """Let go of every connection."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def get(self, node: str, fields: str) -> Answer:
        """Read fields of a node. Raises Unreachable, Unanswered."""
        return await self._call("GET", node, params={"fields": fields})

    async def post(self, edge: str, body: Json) -> Answer:
        """Act on an edge (`me/messages`). Raises Unreachable, Unanswered."""
        return await self._call("POST", edge, body=body)

    async def _call(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] = MappingProxyType({}),
        body: Json | None = None,
    ) -> Answer:
        if self._session is None:
            raise Unreachable
        proof = {"appsecret_proof": self._proof}
        try:
            async with self._session.request(
                method,
                f"{self._url}/{path}",
                params=dict(params) | ({} if body else proof),
                json={**body, **proof} if body else None,
                # Meta's API never redirects; whoever does would get the token.
                allow_redirects=False,
            ) as response:
                return Answer(response.status, await _object(response), response.headers)
        except (ClientConnectorError, ConnectionTimeoutError):
            raise Unreachable from None
        except (ClientError, TimeoutError, OSError):
            raise Unanswered from None


async def _object(response: ClientResponse) -> Json:
    """The JSON object of an answer, whatever it calls itself; empty where there is none."""
    raw = b""
    async for chunk in response.content.iter_chunked(_ANSWER_LIMIT):
        raw += chunk
        if len(raw) > _ANSWER_LIMIT:
            return {}
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
