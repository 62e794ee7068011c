"""Sign-in at the console: server-side sessions found by the hash of a random token.

The token lives in an HttpOnly, SameSite=Strict cookie. A session ends after 15 minutes without use
and after 12 hours in any case; ending it on the server ends it everywhere. What counts as use is in
`docs/console-api.md`: a browser that merely listens does not use it.
"""

import asyncio
import hashlib
import secrets
import weakref
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from core.accounts import Listener, Session, StaffRole
from core.clock import Clock
from core.errors import NotFound
from core.ports import Accounts
from handoff.passwords import hash_password, verify_password, waste_time

IDLE = timedelta(minutes=15)
AT_MOST = timedelta(hours=12)
# A session's last use is written at most this often.
TOUCH_EVERY = timedelta(minutes=1)
PASSWORD_LENGTH = 12


def works_at_desk(listener: Listener) -> bool:
    """An admin manages accounts and reads no conversation."""
    return listener.role is not StaffRole.ADMIN and not listener.one_time


class Stay:
    """A browser that stays connected by a session: who it is, and whether it may stay."""

    def __init__(self, sessions: "Sessions", token: str, listener: Listener) -> None:
        self._sessions = sessions
        self._token = token
        self.digest = _digest(token)
        self.listener = listener
        # Set when the session is ended in this process; elsewhere `goes_on` finds out.
        self.over = asyncio.Event()

    async def goes_on(self, *, used: bool = False) -> bool:
        """Whether the session still holds; `used` notes that somebody is there."""
        listener = await self._sessions.find(self._token, touch=used)
        return listener is not None and works_at_desk(listener)


class Sessions:
    """Signs listeners in and out."""

    def __init__(self, *, accounts: Accounts, clock: Clock) -> None:
        self._accounts = accounts
        self._clock = clock
        self._stays: weakref.WeakSet[Stay] = weakref.WeakSet()

    async def sign_in(self, login: str, password: str) -> tuple[Listener, str] | None:
        """The account and a new token; None for a wrong login, password or disabled account."""
        listener = await self._accounts.listener_by_login(login)
        if listener is None:
            await asyncio.to_thread(waste_time, password)
            return None
        right = await asyncio.to_thread(verify_password, listener.password_hash, password)
        # Verifying takes a while: the account may be another one by now.
        if not right or (listener := await self._unchanged(listener)) is None:
            return None
        return listener, await self._open(listener)

    async def stay(self, token: str) -> Stay | None:
        """What a browser stays connected by; None when its session is over. No use of it."""
        listener = await self.find(token, touch=False)
        if listener is None:
            return None
        stay = Stay(self, token, listener)
        self._stays.add(stay)
        return stay

    async def find(self, token: str, *, touch: bool = True) -> Listener | None:
        """The account behind a token; None when the session is over or the account disabled.

        `touch` says that this is a use of the session, which lengthens it.
        """
        digest = _digest(token)
        session = await self._accounts.session(digest)
        if session is None:
            return None
        now = self._clock()
        if now - session.seen_at > IDLE or now - session.created_at > AT_MOST:
            await self._accounts.end_session(digest)
            return None
        try:
            listener = await self._accounts.listener(session.listener_id)
        except NotFound:
            return None
        if listener.disabled:
            return None
        if touch and now - session.seen_at > TOUCH_EVERY:
            await self._accounts.touch_session(digest, seen_at=now)
        return listener

    async def sign_out(self, token: str) -> None:
        """End one session."""
        digest = _digest(token)
        await self._accounts.end_session(digest)
        self._end(lambda stay: stay.digest == digest)

    async def change_password(
        self, listener: Listener, old: str, new: str
    ) -> tuple[Listener, str] | None:
        """Replace the password, end all sessions and open a new one.

        None for a wrong old one, and for an account that was changed or disabled meanwhile.
        """
        if not await asyncio.to_thread(verify_password, listener.password_hash, old):
            return None
        hashed = await asyncio.to_thread(hash_password, new)
        current = await self._unchanged(listener)
        if current is None:
            return None
        changed = replace(current, password_hash=hashed, one_time=False)
        await self._accounts.save_listener(changed)
        await self._accounts.end_sessions(listener.id)
        self._end(lambda stay: stay.listener.id == listener.id)
        return changed, await self._open(changed)

    async def _unchanged(self, listener: Listener) -> Listener | None:
        """The account as it is now; None when it is disabled or has another password by now."""
        try:
            current = await self._accounts.listener(listener.id)
        except NotFound:
            return None
        same = current.password_hash == listener.password_hash and not current.disabled
        return current if same else None

    def _end(self, whose: Callable[[Stay], bool]) -> None:
        for stay in filter(whose, tuple(self._stays)):
            stay.over.set()

    async def _open(self, listener: Listener) -> str:
        token, now = secrets.token_urlsafe(32), self._clock()
        await self._accounts.add_session(
            Session(token_hash=_digest(token), listener_id=listener.id, created_at=now, seen_at=now)
        )
        return token


def _digest(token: str) -> str:
    # A header may hold bytes that are no UTF-8; such a token is merely wrong.
    return hashlib.sha256(token.encode(errors="surrogatepass")).hexdigest()
