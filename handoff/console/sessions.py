"""Sign-in at the console: server-side sessions found by the hash of a random token.

The token lives in an HttpOnly, SameSite=Strict cookie. A session ends after 15 minutes without use
and after 12 hours in any case; ending it on the server ends it everywhere.
"""

import asyncio
import hashlib
import secrets
from dataclasses import replace
from datetime import timedelta

from core.accounts import Listener, Session
from core.clock import Clock
from core.ports import Accounts
from handoff.passwords import hash_password, verify_password, waste_time

IDLE = timedelta(minutes=15)
AT_MOST = timedelta(hours=12)
# A session's last use is written at most this often.
TOUCH_EVERY = timedelta(minutes=1)
PASSWORD_LENGTH = 12


class Sessions:
    """Signs listeners in and out."""

    def __init__(self, *, accounts: Accounts, clock: Clock) -> None:
        self._accounts = accounts
        self._clock = clock

    async def sign_in(self, login: str, password: str) -> tuple[Listener, str] | None:
        """The account and a new token; None for a wrong login, password or disabled account."""
        listener = await self._accounts.listener_by_login(login)
        if listener is None:
            await asyncio.to_thread(waste_time, password)
            return None
        right = await asyncio.to_thread(verify_password, listener.password_hash, password)
        if not right or listener.disabled:
            return None
        return listener, await self._open(listener)

    async def find(self, token: str) -> Listener | None:
        """The account behind a token; None when the session is over or the account disabled."""
        digest = _digest(token)
        session = await self._accounts.session(digest)
        if session is None:
            return None
        now = self._clock()
        if now - session.seen_at > IDLE or now - session.created_at > AT_MOST:
            await self._accounts.end_session(digest)
            return None
        listener = await self._accounts.listener(session.listener_id)
        if listener.disabled:
            return None
        if now - session.seen_at > TOUCH_EVERY:
            await self._accounts.touch_session(digest, seen_at=now)
        return listener

    async def sign_out(self, token: str) -> None:
        """End one session."""
        await self._accounts.end_session(_digest(token))

    async def change_password(
        self, listener: Listener, old: str, new: str
    ) -> tuple[Listener, str] | None:
        """Replace the password, end all sessions and open a new one; None for a wrong old one."""
        if not await asyncio.to_thread(verify_password, listener.password_hash, old):
            return None
        hashed = await asyncio.to_thread(hash_password, new)
        changed = replace(listener, password_hash=hashed, one_time=False)
        await self._accounts.save_listener(changed)
        await self._accounts.end_sessions(listener.id)
        return changed, await self._open(changed)

    async def _open(self, listener: Listener) -> str:
        token, now = secrets.token_urlsafe(32), self._clock()
        await self._accounts.add_session(
            Session(token_hash=_digest(token), listener_id=listener.id, created_at=now, seen_at=now)
        )
        return token


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
