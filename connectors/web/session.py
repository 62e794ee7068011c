"""Session tokens of the website chat: signed, opaque, and stored nowhere but in the browser's tab.

A token carries a random 128-bit address (the person's pseudonym on this channel), the moment of
issue and the origin of the visit. Whoever has it can read and write this one conversation; so it
never appears in a URL, a cookie or a log.
"""

import base64
import binascii
import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

_ID_BYTES = 16
_TIME_BYTES = 4
_MAC_BYTES = 16
_HEAD = _ID_BYTES + _TIME_BYTES
# A tab left open for longer starts anew; what was said stays with the listeners.
VALID_FOR = timedelta(days=30)
_ORIGIN = re.compile(r"[A-Za-z0-9._-]{1,64}")


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who holds a token."""

    address: str
    origin: str | None


def is_origin(text: str) -> bool:
    """Whether `text` may name where a visit came from."""
    return _ORIGIN.fullmatch(text) is not None


class SessionTokens:
    """Issues and checks tokens with a secret that all gateway processes share."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def issue(self, *, origin: str | None, now: datetime) -> str:
        """A new token. `origin` must satisfy `is_origin`."""
        return self._signed(secrets.token_bytes(_ID_BYTES), now, origin or "")

    def issue_for(self, address: str, *, now: datetime) -> str:
        """Another token for the visitor who has this address already."""
        return self._signed(bytes.fromhex(address), now, "")

    def _signed(self, identity: bytes, now: datetime, origin: str) -> str:
        seconds = int(now.timestamp()).to_bytes(_TIME_BYTES, "big")
        body = identity + seconds + origin.encode()
        return base64.urlsafe_b64encode(self._mac(body) + body).decode().rstrip("=")

    def check(self, token: str, *, now: datetime) -> Visitor | None:
        """The holder of a token; None for a forged, broken or expired one."""
        if len(token) > 200:
            return None
        try:
            raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
        except (ValueError, binascii.Error):
            return None
        mac, body = raw[:_MAC_BYTES], raw[_MAC_BYTES:]
        if len(body) < _HEAD or not hmac.compare_digest(mac, self._mac(body)):
            return None
        issued = datetime.fromtimestamp(int.from_bytes(body[_ID_BYTES:_HEAD], "big"), tz=UTC)
        # One from the future was issued by a clock that was ahead: nobody else could sign it.
        if now - issued > VALID_FOR:
            return None
        return Visitor(body[:_ID_BYTES].hex(), body[_HEAD:].decode() or None)

    def _mac(self, body: bytes) -> bytes:
        return hmac.new(self._secret, body, hashlib.sha256).digest()[:_MAC_BYTES]
