"""Sending a notice to a platform's API: one POST of JSON with the PDF inside.

The same `Idempotency-Key` for every try of one notice. No redirect is followed: the notice goes to
the address that was agreed on, or nowhere.
"""

import base64

import aiohttp

from core.signalement.case import Route
from handoff.signalement.sending import Fate, Later, Parcel, Rejected, Taken, Unknown

TIMEOUT = 20.0
# Said before the request was worked on.
_NOTHING_DONE = frozenset({408, 425, 429, 503})


class HttpsSender:
    """Sends to one platform's endpoint."""

    route = Route.HTTPS

    def __init__(self, url: str, *, token: str | None, timeout: float = TIMEOUT) -> None:
        self._url = url
        self._token = token
        self._timeout = timeout

    async def send(self, parcel: Parcel) -> Fate:
        """Post it once."""
        headers = {"Idempotency-Key": parcel.id}
        if self._token is not None:
            headers["Authorization"] = f"Bearer {self._token}"
        body = {**parcel.fields, "pdf": base64.b64encode(parcel.pdf).decode()}
        timeout = aiohttp.ClientTimeout(total=self._timeout)
        try:
            async with (
                aiohttp.ClientSession(timeout=timeout) as session,
                session.post(
                    self._url, json=body, headers=headers, allow_redirects=False
                ) as answer,
            ):
                return _fate(answer.status)
        except aiohttp.ClientConnectorError as error:
            return Later(type(error).__name__)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            return Unknown(type(error).__name__)


def _fate(status: int) -> Fate:
    code = f"http_{status}"
    if 200 <= status < 300:
        return Taken()
    if status in _NOTHING_DONE:
        return Later(code)
    return Unknown(code) if status >= 500 else Rejected(code)
