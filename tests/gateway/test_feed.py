"""The feed: nobody misses what another process wrote, whatever the clocks say."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest

from core.ids import ConversationId
from core.ports import Change, Store, Touched
from gateway import feed as feeds
from gateway.feed import LiveFeed
from tests.builders import a_contact, a_conversation, changed


def now() -> datetime:
    return datetime.now(UTC)


@asynccontextmanager
async def polling(feed: LiveFeed, store: Store) -> AsyncIterator[None]:
    task = asyncio.create_task(feed.poll(store))
    try:
        yield
    finally:
        task.cancel()


async def told(changes: feeds.Pending, conversation: ConversationId, within: float = 20) -> bool:
    try:
        async with asyncio.timeout(within):
            while conversation not in await changes.next():
                pass
    except TimeoutError:
        return False
    return True


async def test_what_another_process_wrote_is_told(store: Store) -> None:
    contact = await a_contact(store)
    feed = LiveFeed(now)
    with feed.follow(contact.id) as mine, feed.follow() as all_of_them:
        async with polling(feed, store):
            conversation = a_conversation(contact, updated_at=now())
            await store.commit(Change(conversation=conversation), now=now())
            assert await told(mine, conversation.id)
            assert await told(all_of_them, conversation.id)


async def test_a_delivery_told_here_does_not_hide_the_answer_written_elsewhere(
    store: Store,
) -> None:
    contact = await a_contact(store)
    feed = LiveFeed(now)
    with feed.follow(contact.id) as mine:
        conversation = a_conversation(contact, updated_at=now())
        await store.commit(Change(conversation=conversation), now=now())
        # This process settles the delivery of a message that the other one committed.
        (touched,) = await store.changed_since(now() - timedelta(seconds=9), limit=9)
        feed.tell(conversation.id, None, touched.at)
        async with polling(feed, store):
            assert await told(mine, conversation.id)


async def test_what_was_dated_before_the_last_that_was_seen_is_found_too(store: Store) -> None:
    contact, other = await a_contact(store), await a_contact(store)
    feed = LiveFeed(now)
    with feed.follow() as changes:
        async with polling(feed, store):
            first = a_conversation(contact, updated_at=now())
            await store.commit(Change(conversation=first), now=now())
            assert await told(changes, first.id)
            # A transaction that took its time, or a clock that is behind.
            late = a_conversation(other, updated_at=first.updated_at - timedelta(seconds=2))
            await store.commit(Change(conversation=late), now=late.updated_at)
            assert await told(changes, late.id)


async def test_most_looks_go_back_no_further_than_what_was_seen(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[datetime] = []
    changed_since = store.changed_since

    async def noted(moment: datetime, *, limit: int) -> Sequence[Touched]:
        asked.append(moment)
        return await changed_since(moment, limit=limit)

    monkeypatch.setattr(store, "changed_since", noted)
    began = now()
    async with polling(LiveFeed(now), store):
        async with asyncio.timeout(20):
            while len(asked) < 2 * feeds.FURTHER_EVERY:
                await asyncio.sleep(feeds.POLL_EVERY)
    back = [began - one > feeds.OVERLAP / 2 for one in asked]
    every = [True] + [False] * (feeds.FURTHER_EVERY - 1)
    assert back[: 2 * feeds.FURTHER_EVERY] == every * 2


async def test_a_row_dated_ahead_hides_nothing(store: Store) -> None:
    contact, other = await a_contact(store), await a_contact(store)
    ahead = a_conversation(contact, updated_at=now() + timedelta(hours=1))
    await store.commit(Change(conversation=ahead), now=ahead.updated_at)
    feed = LiveFeed(now)
    with feed.follow() as changes:
        async with polling(feed, store):
            assert await told(changes, ahead.id)
            await asyncio.sleep(2 * feeds.POLL_EVERY)
            later = a_conversation(other, updated_at=now())
            await store.commit(Change(conversation=later), now=now())
            assert await told(changes, later.id)


async def test_own_changes_are_told_once_and_at_once(store: Store) -> None:
    contact = await a_contact(store)
    feed = LiveFeed(now)
    with feed.follow(contact.id) as mine:
        moment = now()
        conversation = a_conversation(contact, updated_at=moment)
        await store.commit(Change(conversation=conversation), now=moment)
        feed.tell(conversation.id, contact.id, conversation.updated_at)
        assert await told(mine, conversation.id, within=0.1)
        async with polling(feed, store):
            assert not await told(mine, conversation.id, within=1.5)
            following = changed(conversation, updated_at=now())
            await store.commit(Change(conversation=following), now=now())
            assert await told(mine, conversation.id)
