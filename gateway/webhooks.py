"""The webhook lane: other systems are told that a conversation was opened, claimed or closed, or
that there is danger; never who, what or where.

What is due follows from the conversation as it is and a document of what each receiver has taken,
so that a crash loses nothing. A receiver may get an event twice, by the same id. One that does not
answer is tried again for a day, and holds up nobody else.
"""

import hashlib
import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, cast

import aiohttp
import structlog
from aiohttp.abc import AbstractResolver

from core.clock import Clock
from core.conversation import Conversation
from core.errors import NotFound
from core.events import InboundEvent
from core.ids import ConversationId
from core.ports import Change, Store
from core.work import Lane, Lease, Wake
from gateway.media.fetch import Guard, NotFetched
from gateway.signing import signed

log = structlog.get_logger()

KIND = "webhook"
TIMEOUT = 10.0
# A lease outlives the four events of one look.
WEBHOOK_LEASE = timedelta(seconds=60)
FIRST_RETRY, LONGEST_RETRY = timedelta(seconds=5), timedelta(minutes=15)
GIVE_UP_AFTER = timedelta(days=1)
# What was told of a conversation is known this long after it closed, for one that is reopened.
FORGET_AFTER = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Receivers:
    """Who is told, and the secret that they check it with."""

    urls: tuple[str, ...] = ()
    secret: bytes = b""

    def keys(self, conversation_id: ConversationId) -> Sequence[str]:
        """The work items of a conversation: one a receiver, whatever their order."""
        return [f"{conversation_id}.{_mark(url)}" for url in self.urls]

    def of(self, key: str) -> str | None:
        """The address of a work item; None for one that is no receiver any more."""
        return next((url for url in self.urls if key.endswith(f".{_mark(url)}")), None)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened. `mark` tells it from the next of its kind."""

    type: str
    mark: str
    at: datetime


@dataclass(frozen=True, slots=True)
class _Told:
    """What one receiver has taken, by type of event; and how long it has been failing."""

    marks: Mapping[str, str] = field(default_factory=dict)
    failing_since: datetime | None = None
    tries: int = 0


def events_of(conversation: Conversation) -> list[Event]:
    """What can be told of a conversation as it is now, in the order in which it happened."""
    ticket, closed = conversation.ticket, conversation.closed_at
    found = [Event("conversation.opened", "1", conversation.opened_at)]
    if conversation.danger_version:
        at = conversation.danger_since or conversation.updated_at
        found.append(Event("conversation.danger", str(conversation.danger_version), at))
    if ticket and ticket.claimed_at:
        mark = ticket.claimed_at.isoformat()
        found.append(Event("conversation.claimed", mark, ticket.claimed_at))
    if closed:
        found.append(Event("conversation.closed", closed.isoformat(), closed))
    return sorted(found, key=lambda event: event.at)


def announced(store: Store, receivers: Receivers) -> Store:
    """`store`, in which whatever a receiver must be told of wakes the lane in the same commit."""
    return cast("Store", _AnnouncedStore(store, receivers)) if receivers.urls else store


class _AnnouncedStore:
    def __init__(self, store: Store, receivers: Receivers) -> None:
        self._store = store
        self._receivers = receivers

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def commit(
        self,
        change: Change,
        *,
        now: datetime,
        lease: Lease | None = None,
        consumed: Sequence[InboundEvent] = (),
    ) -> None:
        if _is_news(change):
            keys = self._receivers.keys(change.conversation.id)
            wakes = tuple(Wake(Lane.WEBHOOK, key, now) for key in keys)
            change = replace(change, wakes=(*change.wakes, *wakes))
        await self._store.commit(change, now=now, lease=lease, consumed=consumed)


def _is_news(change: Change) -> bool:
    """Whether one of the moments that are told is that of this change."""
    told = change.conversation
    happened = any(event.at == told.updated_at for event in events_of(told))
    return happened or told.danger_version == told.version


class Webhooks:
    """The handler of the lane."""

    def __init__(
        self,
        *,
        store: Store,
        receivers: Receivers,
        clock: Clock,
        loopback: bool = False,
        resolver: AbstractResolver | None = None,
    ) -> None:
        """`loopback`: receivers of tests, on this machine and in plain http."""
        self._store = store
        self._receivers = receivers
        self._clock = clock
        self._loopback = loopback
        self._resolver = resolver

    async def tell(self, lease: Lease) -> timedelta | None:
        """Tell what one receiver does not know; returns when to look again."""
        conversation_id = ConversationId(lease.key.partition(".")[0])
        url = self._receivers.of(lease.key)
        try:
            conversation = await self._store.conversation(conversation_id)
        except NotFound:
            url = None  # erased meanwhile
        if url is None:
            await self._store.drop_document(KIND, lease.key)
            return None
        before, version = await self._told(lease.key)
        told = before
        for event in events_of(conversation):
            if told.marks.get(event.type) == event.mark:
                continue
            if not await self._post(url, _body(conversation_id, event)):
                told = replace(
                    told,
                    failing_since=told.failing_since or self._clock(),
                    tries=told.tries + 1,
                )
                break
            told = _Told({**told.marks, event.type: event.mark})
        failing = told.failing_since
        if failing is not None and self._clock() - failing >= GIVE_UP_AFTER:
            log.error("webhook_given_up", conversation=conversation_id)
            await self._store.drop_document(KIND, lease.key)
            return None
        if told != before:
            await self._keep(lease.key, told, version)
        elif not conversation.is_open:
            await self._store.drop_document(KIND, lease.key)
            return None
        return _backoff(told.tries) if failing else FORGET_AFTER

    async def _told(self, key: str) -> tuple[_Told, int]:
        document = await self._store.document(KIND, key)
        if document is None:
            return _Told(), 0
        body = json.loads(document.body)
        since = body["failing_since"]
        failing = datetime.fromisoformat(since) if since else None
        return _Told(body["marks"], failing, body["tries"]), document.version

    async def _keep(self, key: str, told: _Told, version: int) -> None:
        body = {
            "marks": told.marks,
            "failing_since": told.failing_since.isoformat() if told.failing_since else None,
            "tries": told.tries,
        }
        raw = json.dumps(body).encode()
        await self._store.put_document(KIND, key, raw, version=version, now=self._clock())

    async def _post(self, url: str, body: bytes) -> bool:
        """Whether the receiver took it. A redirect is no taking: nobody is led elsewhere."""
        names = self._resolver or aiohttp.ThreadedResolver()
        plain = self._loopback and url.startswith("http://")
        connector = aiohttp.TCPConnector(
            resolver=Guard(names, plain=plain, loopback=self._loopback),
            use_dns_cache=False,
            force_close=True,
        )
        headers = signed(self._receivers.secret, body, self._clock())
        try:
            async with (
                aiohttp.ClientSession(
                    connector=connector,
                    cookie_jar=aiohttp.DummyCookieJar(),
                    timeout=aiohttp.ClientTimeout(total=TIMEOUT),
                ) as session,
                session.post(url, data=body, headers=headers, allow_redirects=False) as answer,
            ):
                if answer.status < 300:
                    return True
                log.warning("webhook_refused", code=str(answer.status))
        except (aiohttp.ClientError, NotFetched, TimeoutError, OSError, ValueError) as error:
            log.warning("webhook_failed", error=type(error).__name__)
        finally:
            if self._resolver is None:
                await names.close()
        return False


def _body(conversation_id: ConversationId, event: Event) -> bytes:
    name = f"{conversation_id}/{event.type}/{event.mark}"
    told = {
        # The same whenever it is told again: how a receiver knows that it has it.
        "id": hashlib.sha256(name.encode()).hexdigest()[:32],
        "type": event.type,
        "at": event.at.isoformat(),
        "conversation": conversation_id,
    }
    return json.dumps(told).encode()


def _mark(url: str) -> str:
    return hashlib.sha256(url.encode()).hexdigest()[:12]


def _backoff(tries: int) -> timedelta:
    """Twice as long each time, a quarter of it by chance."""
    wait: timedelta = min(LONGEST_RETRY, FIRST_RETRY * 2 ** min(tries - 1, 10))
    return timedelta(seconds=wait.total_seconds() * random.uniform(0.75, 1.0))  # noqa: S311 - nobody gains by guessing it
