"""What changed is read once for all consoles, and what is the bot's is passed on to none."""

import asyncio
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from typing import cast

import pytest

from core.conversation import Contact, Conversation
from core.errors import StorageUnavailable
from core.ids import ContactId, ConversationId
from core.labels import Urgency
from core.ports import Conversations
from gateway.feed import LiveFeed
from handoff.console.reader import AT_ONCE, ConsoleReader
from tests.builders import NOON, a_conversation, a_waiting, changed
from tests.fakes import TurnableClock

SOMEBODY = Contact(id=ContactId("c"), channel="web", account="site", address="a", created_at=NOON)


class Shelf:
    """Conversations to read, and which were read."""

    def __init__(self) -> None:
        self.kept: dict[ConversationId, Conversation] = {}
        self.read: list[frozenset[ConversationId]] = []
        self.breaks: Exception | None = None

    async def conversations(self, ids: Iterable[ConversationId]) -> Sequence[Conversation]:
        """Those that are there."""
        if self.breaks is not None:
            raise self.breaks
        self.read.append(frozenset(ids))
        return [self.kept[one] for one in ids if one in self.kept]


class Desk:
    def __init__(self) -> None:
        self.shelf = Shelf()
        self.feed = LiveFeed(TurnableClock())
        self.reader = ConsoleReader(conversations=cast("Conversations", self.shelf), feed=self.feed)

    def put(self, *conversations: Conversation) -> None:
        for each in conversations:
            self.shelf.kept[each.id] = each
            self.feed.tell(each.id, each.contact_id, NOON)


async def settled() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def test_each_change_is_read_once_for_all() -> None:
    desk = Desk()
    waiting = a_waiting(SOMEBODY, Urgency.ELEVEE)
    with ExitStack() as stack:
        consoles = [stack.enter_context(desk.reader.news()) for _ in range(20)]
        await settled()
        desk.put(waiting)
        assert [await news.next() for news in consoles] == [[waiting]] * 20
        assert desk.shelf.read == [{waiting.id}]
        later = changed(waiting)
        desk.put(later)
        assert [await news.next() for news in consoles] == [[later]] * 20
        assert desk.shelf.read == [{waiting.id}] * 2
    # Nobody looks: nothing is read.
    await settled()
    desk.put(waiting)
    await settled()
    assert len(desk.shelf.read) == 2
    with desk.reader.news() as news:
        await settled()
        desk.put(later)
        assert await news.next() == [later]


async def test_what_is_the_bots_or_gone_is_passed_on_to_nobody() -> None:
    desk = Desk()
    bots, gone = (a_conversation(SOMEBODY) for _ in range(2))
    waiting = a_waiting(SOMEBODY, Urgency.ELEVEE)
    with desk.reader.news() as news:
        await settled()
        desk.put(bots, gone)
        del desk.shelf.kept[gone.id]
        await settled()
        desk.put(waiting)
        assert await news.next() == [waiting]


async def test_a_console_that_is_slow_hears_only_of_the_newest() -> None:
    desk = Desk()
    waiting = a_waiting(SOMEBODY, Urgency.ELEVEE)
    with desk.reader.news() as news:
        await settled()
        for _ in range(3):
            waiting = changed(waiting)
            desk.put(waiting)
            await settled()
        assert await news.next() == [waiting]


async def test_who_is_in_danger_is_told_first_however_much_changed() -> None:
    desk = Desk()
    many = [a_waiting(SOMEBODY, Urgency.MODEREE) for _ in range(3 * AT_ONCE)]
    dying, dying_too = (a_waiting(SOMEBODY, Urgency.CRITIQUE) for _ in range(2))
    with desk.reader.news() as news:
        await settled()
        desk.put(*many[:-1], dying, many[-1])
        first = await news.next()
        assert first[0] == dying
        desk.put(dying_too)
        await settled()
        told = [first]
        while sum(map(len, told)) < len(many) + 2:
            told.append(await news.next())
    assert told[1][0] == dying_too
    assert {one.id for each in told for one in each} == {
        one.id for one in (*many, dying, dying_too)
    }
    # All of it was read in one go, then what came in between.
    assert [len(each) for each in desk.shelf.read] == [len(many) + 1, 1]


@pytest.mark.parametrize("error", [StorageUnavailable(), RuntimeError("a fault of ours")])
async def test_a_failure_sends_every_console_to_start_anew(error: Exception) -> None:
    desk = Desk()
    waiting = a_waiting(SOMEBODY, Urgency.ELEVEE)
    with desk.reader.news() as one, desk.reader.news() as other:
        await settled()
        desk.shelf.breaks = error
        desk.put(waiting)
        for news in (one, other):
            with pytest.raises(StorageUnavailable):
                await news.next()
        desk.shelf.breaks = None
        with desk.reader.news() as third:
            desk.put(waiting)
            assert await third.next() == [waiting]


async def test_that_a_person_writes_is_told_to_all_once_and_reads_nothing() -> None:
    desk = Desk()
    waiting = a_waiting(SOMEBODY, Urgency.ELEVEE)
    with desk.reader.news() as one, desk.reader.news() as other:
        for _ in range(3):
            desk.reader.person_writes(waiting)
        for news in (one, other):
            assert await news.next() == []
            assert news.writing() == (waiting,)
            assert news.writing() == ()
    assert desk.shelf.read == []
