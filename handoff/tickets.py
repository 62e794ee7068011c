"""Tickets: what a browser shows to go on with what it began, without anything stored meanwhile.

A ticket says nothing by itself. It holds until its moment, for what it was given for, and for the
values it was bound to: whoever checks it must know them.
"""

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

LASTS = timedelta(minutes=5)


class Tickets:
    """Gives and checks tickets with a key of their own."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def give(self, purpose: str, *bound: str, now: datetime) -> str:
        """A new ticket, never the same twice, good for five minutes."""
        until = int((now + LASTS).timestamp())
        body = f"{until}.{secrets.token_hex(16)}"
        return f"{body}.{self._mac(body, purpose, bound)}"

    def holds(self, ticket: str, purpose: str, *bound: str, now: datetime) -> bool:
        """Whether it is ours, for this, and not too old. Never raises for any text."""
        body, _, mac = ticket.rpartition(".")
        if not hmac.compare_digest(_bytes(mac), self._mac(body, purpose, bound).encode()):
            return False
        return now.timestamp() <= int(body.partition(".")[0])

    def _mac(self, body: str, purpose: str, bound: tuple[str, ...]) -> str:
        parts = b"".join(b"%d:%b" % (len(one), one) for one in map(_bytes, (body, purpose, *bound)))
        return hmac.digest(self._secret, parts, "sha256").hex()


def challenge(ticket: str) -> bytes:
    """What a security key signs for a ticket: as hard to guess as the ticket."""
    return hashlib.sha256(b"challenge|" + _bytes(ticket)).digest()


def _bytes(text: str) -> bytes:
    return text.encode(errors="surrogatepass")
