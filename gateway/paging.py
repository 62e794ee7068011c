"""The page lane: danger that nobody sees calls who is on call, until it is answered.

The state is a document of its own, so that a restart goes on where it was; a danger that came back
after an answer is called anew. A page may go out twice after a crash; it never goes out to nobody.
It says that there is danger and where the console is, and nothing of the person. Once all were
called in vain, the person is told.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta

import structlog

from core import transitions
from core.clock import Clock
from core.conversation import Conversation
from core.errors import Conflict, NotFound
from core.ids import ConversationId
from core.paging import Page, as_document, next_step, page_from
from core.ports import Documents, Phrasebook, Store
from core.prospects import Expect, Prospect
from core.rota import OnCall
from core.work import Lease
from gateway.metrics import Metrics

log = structlog.get_logger()

KIND = "page"
LOOK_AGAIN = timedelta(minutes=1)
# A page lease outlives the slowest call.
CALL_WITHIN = 20.0
PAGE_LEASE = timedelta(seconds=60)

# Calls one person for one danger; whether they were reached. Must not raise for a network's errors.
Call = Callable[[OnCall, ConversationId, int], Awaitable[bool]]


class Paging:
    """The handler of the page lane."""

    def __init__(
        self,
        *,
        store: Store,
        on_call: Callable[[], Sequence[Sequence[OnCall]]],
        patience: Callable[[], timedelta],
        call: Call,
        expect: Expect,
        phrases: Phrasebook,
        clock: Clock,
        metrics: Metrics,
    ) -> None:
        """`on_call`: who can be called now, level by level, each for `patience`."""
        self._store = store
        self._on_call = on_call
        self._patience = patience
        self._call = call
        self._expect = expect
        self._phrases = phrases
        self._clock = clock
        self._metrics = metrics

    async def page(self, lease: Lease) -> timedelta | None:
        """Take the step that is due; returns when to look again, None once all is done."""
        conversation_id = ConversationId(lease.key)
        try:
            conversation = await self._store.conversation(conversation_id)
        except NotFound:
            return None  # erased meanwhile
        prospect = self._expect(conversation.channel)
        due, since = transitions.call_at(conversation, prospect), conversation.danger_since
        if due is None or since is None:
            await self._store.drop_document(KIND, conversation_id)
            return None
        now = self._clock()
        if due > now:
            # The desk may shut before.
            return min(due - now, LOOK_AGAIN)
        levels = self._on_call()
        page, version = await state_of(self._store, conversation_id)
        if page is not None and page.since < since:
            page = None  # that danger was answered
        if not levels:
            if page is not None:
                # Their turn is over, and nobody comes after them.
                await self._nobody_came(conversation, prospect, lease)
            return LOOK_AGAIN
        step = next_step(page or Page(since=now), levels, patience=self._patience(), now=now)
        if step.call or step.page != page:
            reached = await asyncio.gather(
                *(self._try(one, conversation_id, step.page.level) for one in step.call)
            )
            after = step.page
            for one, there in zip(step.call, reached, strict=True):
                after = after.called(one.name, reached=there)
            count = sum(reached)
            log.warning("danger_paged", conversation=conversation_id, count=count)
            # An acknowledgement that came meanwhile is a Conflict: then all is looked at again.
            await keep_state(self._store, conversation_id, after, version, self._clock)
        if step.in_vain:
            await self._nobody_came(conversation, prospect, lease)
        return max(step.again, timedelta(seconds=1))

    async def _nobody_came(
        self, conversation: Conversation, prospect: Prospect, lease: Lease
    ) -> None:
        now = self._clock()
        change = transitions.tell_nobody_came(
            conversation, now=now, phrases=self._phrases, prospect=prospect
        )
        if change is not None:
            await self._store.commit(change, now=now, lease=lease)
            self._metrics.unreached.inc()
            log.error("nobody_on_call_came", conversation=conversation.id)

    async def _try(self, one: OnCall, conversation_id: ConversationId, level: int) -> bool:
        try:
            async with asyncio.timeout(CALL_WITHIN):
                return await self._call(one, conversation_id, level)
        except TimeoutError:
            return False


async def state_of(
    documents: Documents, conversation_id: ConversationId
) -> tuple[Page | None, int]:
    """How far the calling for a conversation got, and the version of that; None: not begun."""
    document = await documents.document(KIND, conversation_id)
    return (page_from(json.loads(document.body)), document.version) if document else (None, 0)


async def keep_state(
    documents: Documents, conversation_id: ConversationId, page: Page, version: int, clock: Clock
) -> None:
    """Keep how far the calling got. Raises Conflict when it went on meanwhile."""
    body = json.dumps(as_document(page)).encode()
    await documents.put_document(KIND, conversation_id, body, version=version, now=clock())


async def acknowledge(
    documents: Documents, conversation_id: ConversationId, name: str, clock: Clock
) -> bool:
    """Somebody takes care of it. False when nobody is called for it, or not any more."""
    while True:
        page, version = await state_of(documents, conversation_id)
        if page is None:
            return False
        try:
            await keep_state(
                documents, conversation_id, page.acknowledged(name, clock()), version, clock
            )
        except Conflict:
            continue
        return True
