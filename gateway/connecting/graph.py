"""Meta's Graph API, for setting up: what an account is like, and what calls whom.

A token is never part of a URL of ours, nor of what is raised or printed.
"""

import hashlib
import hmac
import json
from typing import Any
from urllib.parse import urlencode

from aiohttp import ClientError, ClientSession

from connectors.messenger.graph import VERSION

Fields = dict[str, Any]
_ANSWER_LIMIT = 256 * 1024


class NotAnswered(Exception):
    """No connection, or no answer that can be read."""


class Refused(Exception):
    """The API refused. Its words are dropped: they may repeat what was sent."""

    def __init__(self, code: int, subcode: int | None = None) -> None:
        super().__init__(f"{code}/{subcode}")
        self.code = code
        self.subcode = subcode


class Graph:
    """Calls with one token, proved by the application's secret. The session is the caller's."""

    def __init__(self, session: ClientSession, *, url: str, token: str, secret: str) -> None:
        self._session = session
        self._url = f"{url}/{VERSION}"
        self._token = token
        self._proof = hmac.new(secret.encode(), token.encode(), hashlib.sha256).hexdigest()

    async def get(self, path: str, **params: str) -> Fields:
        """Read. Raises Refused, NotAnswered."""
        return _object(await self._call("GET", path, params=params))

    async def post(self, path: str, **fields: Any) -> Fields:
        """Act. Raises Refused, NotAnswered."""
        return _object(await self._call("POST", path, body=fields))

    async def inspect(self, token: str) -> Fields:
        """What Meta knows of another token, asked by the application. Raises as `get`.

        `debug_token` takes the token only as a parameter of a GET. A batch of this one request
        carries it in a body instead, where no log of addresses finds it.
        """
        asked = {
            "method": "GET",
            "relative_url": f"debug_token?{urlencode({'input_token': token})}",
        }
        answers = await self._call("POST", "", body={"batch": json.dumps([asked])})
        try:
            answer = json.loads(answers[0]["body"])
        except (LookupError, TypeError, ValueError, RecursionError):
            raise NotAnswered from None
        found = _object(answer).get("data")
        return found if isinstance(found, dict) else {}

    async def _call(
        self, method: str, path: str, *, params: Fields | None = None, body: Fields | None = None
    ) -> Any:
        proof = {"appsecret_proof": self._proof}
        try:
            async with self._session.request(
                method,
                f"{self._url}/{path}",
                params=None if params is None else params | proof,
                json=None if body is None else body | proof,
                headers={"Authorization": f"Bearer {self._token}"},
                # Meta's API never redirects; whoever does would get the token.
                allow_redirects=False,
            ) as response:
                raw = await response.content.read(_ANSWER_LIMIT)
                while len(raw) < _ANSWER_LIMIT and (more := await response.content.read(4096)):
                    raw += more
        except (ClientError, TimeoutError, OSError):
            raise NotAnswered from None
        try:
            return json.loads(raw)
        except (ValueError, RecursionError):
            raise NotAnswered from None


def rows(answer: Fields) -> list[Fields]:
    """The objects of a list that the API answered."""
    found = answer.get("data")
    return [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []


def _object(answer: Any) -> Fields:
    if not isinstance(answer, dict):
        raise NotAnswered
    if "error" in answer:
        error = answer["error"] if isinstance(answer["error"], dict) else {}
        raise Refused(_number(error.get("code")) or 0, _number(error.get("error_subcode")))
    return answer


def _number(value: object) -> int | None:
    return value if isinstance(value, int) else None
