"""Brings webhooks to the gateway as a platform does: signed, now and then twice or out of order."""

import hashlib
import hmac
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeAlias

import aiohttp

from core.errors import RelaisError
from gateway.simulation.faults import FaultKind, Faults

Body: TypeAlias = Mapping[str, Any]
# Takes a body's bytes to the gateway; the HTTP status it was answered with.
Carry: TypeAlias = Callable[[bytes], Awaitable[int]]
# The headers that prove a body's origin.
Seal: TypeAlias = Callable[[bytes], Mapping[str, str]]

_PATIENCE = aiohttp.ClientTimeout(total=20)


def as_meta_writes(body: Body) -> bytes:
    """JSON as Meta writes it, unicode and slashes escaped: the signature is over these bytes."""
    return json.dumps(body, separators=(",", ":")).replace("/", "\\/").encode()


def meta_seal(app_secret: str) -> Seal:
    """Meta's signature."""

    def seal(raw: bytes) -> Mapping[str, str]:
        digest = hmac.new(app_secret.encode(), raw, hashlib.sha256).hexdigest()
        return {"X-Hub-Signature-256": f"sha256={digest}"}

    return seal


def telegram_seal(secret: str) -> Seal:
    """Telegram's secret, the same for every update."""
    return lambda raw: {"X-Telegram-Bot-Api-Secret-Token": secret}


def over_http(session: aiohttp.ClientSession, url: str, seal: Seal) -> Carry:
    """Posts bodies to the webhook at `url`. Raises RelaisError when nobody answers there."""

    async def carry(raw: bytes) -> int:
        headers = {"Content-Type": "application/json", **seal(raw)}
        try:
            async with session.post(
                url, data=raw, headers=headers, timeout=_PATIENCE, allow_redirects=False
            ) as answer:
                return answer.status
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise RelaisError(f"no gateway answers at {url} ({type(error).__name__})") from None

    return carry


class Postman:
    """Delivers webhook bodies in order, but for what `faults` do to them."""

    def __init__(self, carry: Carry, faults: Faults) -> None:
        self._carry = carry
        self._faults = faults
        self._held: list[bytes] = []

    async def post(self, body: Body) -> int | None:
        """The worst status that what was delivered got; None: held back until later ones come."""
        self._held.append(as_meta_writes(body))
        reordered = self._faults.take(FaultKind.REORDERED)
        if reordered and self._faults.in_force(FaultKind.REORDERED):
            return None
        return await self.flush()

    async def flush(self) -> int | None:
        """Deliver what is held back, the last one first."""
        held, self._held = self._held, []
        statuses = []
        for raw in reversed(held):
            times = 2 if self._faults.take(FaultKind.DUPLICATE) else 1
            statuses += [await self._carry(raw) for _ in range(times)]
        return max(statuses, default=None)
