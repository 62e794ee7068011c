"""Sign-in at the console: server-side sessions found by the hash of a random token.

The token lives in an HttpOnly, SameSite=Strict cookie. A session ends after 15 minutes without use
and after 12 hours in any case; ending it on the server ends it everywhere. What counts as use is in
`docs/console-api.md`: a browser that merely listens does not use it.
"""

import asyncio
import hashlib
import secrets
import weakref
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from core.accounts import Listener, Session, StaffRole
from core.audit import Deed, Verb
from core.clock import Clock
from core.errors import NotFound, Refused
from core.ids import ListenerId
from core.permissions import Permission, may
from core.ports import Accounts, Audit
from handoff.passwords import hash_password, verify_password, waste_time

IDLE = timedelta(minutes=15)
AT_MOST = timedelta(hours=12)
# A session's last use is written at most this often.
TOUCH_EVERY = timedelta(minutes=1)
PASSWORD_LENGTH = 12
# A guesser must not fill the audit: beyond this, refusals are not recorded one by one.
REFUSALS_OF_ONE = RateLimitItemPerMinute(10, namespace="refusals of one login")
REFUSALS = RateLimitItemPerMinute(60, namespace="refusals")


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
        return listener is not None and self._sessions.works(listener)


class Sessions:
    """Signs listeners in and out."""

    def __init__(
        self,
        *,
        accounts: Accounts,
        audit: Audit,
        clock: Clock,
        demanded: Collection[StaffRole] = (),
    ) -> None:
        """`demanded`: the roles that do nothing before they have a second factor."""
        self._demanded = frozenset(demanded)
        self._accounts = accounts
        self._audit = audit
        self._clock = clock
        self._stays: weakref.WeakSet[Stay] = weakref.WeakSet()
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())

    async def identify(self, login: str, password: str) -> Listener | None:
        """Whose login and password these are; None where they are wrong or the account disabled.

        Nobody is signed in by this: `open` does it, once there is a second factor where one is due.
        """
        known = await self._accounts.listener_by_login(login)
        if known is None or not known.password_hash:
            await asyncio.to_thread(waste_time, password)
            await self._refused(login, known.id if known else None)
            return None
        right = await asyncio.to_thread(verify_password, known.password_hash, password)
        # Verifying takes a while: the account may be another one by now.
        if not right or (listener := await self._unchanged(known)) is None:
            await self._refused(login, known.id)
            return None
        return listener

    async def open(self, listener: Listener, *, label: str, by: str = "password") -> str:
        """Sign an account in; the token of its new session. `by` says how, for the audit."""
        token, now = secrets.token_urlsafe(32), self._clock()
        session = Session(
            token_hash=_digest(token),
            listener_id=listener.id,
            created_at=now,
            seen_at=now,
            label=label,
        )
        deed = Deed(verb=Verb.SIGNED_IN, at=now, actor=listener.id, details={"by": by})
        await self._accounts.add_session(session, deeds=[deed])
        return token

    def must_enrol(self, listener: Listener) -> bool:
        """Whether the account's role demands a second factor that it does not have yet."""
        return listener.role in self._demanded and not listener.has_second_factor

    def works(self, listener: Listener) -> bool:
        """Whether an account may work at the desk now."""
        return may(listener, Permission.ANSWER) and not self.must_enrol(listener)

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
        if _is_over(session, now):
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
        session = await self._accounts.session(digest)
        if session is None:
            return
        await self._accounts.end_session(digest)
        self._end(lambda stay: stay.digest == digest)
        await self._audit.record(
            Deed(verb=Verb.SIGNED_OUT, at=self._clock(), actor=session.listener_id)
        )

    @staticmethod
    def name(token: str) -> str:
        """What the session of a token is called where sessions are listed."""
        return _name(_digest(token))

    async def of(self, listener_id: ListenerId) -> Sequence[Session]:
        """The sessions of an account that hold now."""
        now = self._clock()
        return [one for one in await self._accounts.sessions(listener_id) if not _is_over(one, now)]

    async def revoke(
        self, listener_id: ListenerId, *, by: ListenerId, which: str | None = None
    ) -> None:
        """End sessions of an account: all, or the one called `which`. Raises NotFound for none."""
        ended = [one for one in await self.of(listener_id) if which in (None, session_name(one))]
        if which is not None and not ended:
            raise NotFound
        # Before they end: were this process to die between the two, too much would be recorded.
        deed = Deed(verb=Verb.SESSIONS_ENDED, at=self._clock(), actor=by, object=listener_id)
        await self._audit.record(deed)
        for one in ended:
            await self._accounts.end_session(one.token_hash)
        digests = {one.token_hash for one in ended}
        self._end(lambda stay: stay.digest in digests)

    async def end_all(self, listener_id: ListenerId) -> None:
        """End every session of an account; whoever calls this records why."""
        await self._accounts.end_sessions(listener_id)
        self._end(lambda stay: stay.listener.id == listener_id)

    async def change_password(self, listener: Listener, old: str, new: str) -> Listener | None:
        """Replace the password and end all sessions; the account as it is now.

        None for a wrong old one, and for an account that was changed or disabled meanwhile.
        """
        if not await asyncio.to_thread(verify_password, listener.password_hash, old):
            return None
        hashed = await asyncio.to_thread(hash_password, new)
        deed = Deed(verb=Verb.PASSWORD_CHANGED, at=self._clock(), actor=listener.id)

        def decision(current: Listener) -> tuple[Listener, list[Deed]]:
            if current.disabled or current.password_hash != listener.password_hash:
                raise Refused
            return replace(current, password_hash=hashed, one_time=False), [deed]

        try:
            changed = await self._accounts.amend_listener(listener.id, decision)
        except (NotFound, Refused):
            return None
        await self.end_all(listener.id)
        return changed

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

    async def _refused(self, login: str, known: ListenerId | None) -> None:
        """Record a refusal. What was typed is not kept: it may be somebody's password."""
        # Counted alike whether there is such an account or not, or the time taken would tell.
        if self._limiter.hit(REFUSALS_OF_ONE, login) and self._limiter.hit(REFUSALS):
            deed = Deed(verb=Verb.SIGN_IN_REFUSED, at=self._clock(), object=known)
            await self._audit.record(deed)


def session_name(session: Session) -> str:
    """What a session is called where it is listed: nothing that opens it."""
    return _name(session.token_hash)


def _name(digest: str) -> str:
    return digest[:32]


def _is_over(session: Session, now: datetime) -> bool:
    return now - session.seen_at > IDLE or now - session.created_at > AT_MOST


def _digest(token: str) -> str:
    # A header may hold bytes that are no UTF-8; such a token is merely wrong.
    return hashlib.sha256(token.encode(errors="surrogatepass")).hexdigest()
