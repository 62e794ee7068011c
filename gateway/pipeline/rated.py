"""An answer to the questions at the end is kept with what it is about, and begins nothing new."""

from collections.abc import Sequence

from core import opinion, transitions
from core.choices import chosen_by_number, offered
from core.conversation import Conversation, Message
from core.events import InboundEvent
from core.opinion import Answer, Question
from core.ports import Phrasebook
from core.typography import plain
from gateway.pipeline.entry import Entry
from gateway.pipeline.leases import DECISIONS

# Longer than any button's title: such a text is no answer to a button.
_LONGEST = 40


async def taken_as_rating(entry: Entry, phrases: Phrasebook) -> bool:
    """Whether an event answers a question at the end; then it is done.

    A tap that is too late is done as well. What is typed is an answer only where it is a number or
    the words of a button, right under the question; all else goes on as a message.
    """
    tapped = opinion.CHOICES.get(entry.event.payload or "")
    if tapped is None and not _could_be_typed(entry.event):
        return False
    for _ in range(DECISIONS):
        latest = await entry.latest()
        ended = latest is not None and not latest.is_open
        answer = tapped
        if answer is None and latest is not None and ended:
            answer = _typed(entry.event, await _just_said(entry, latest))
        if answer is None:
            return False
        change = None
        if latest is not None and ended:
            change = transitions.rate(latest, *answer, now=entry.clock(), phrases=phrases)
        if change is None and tapped is None:
            return False  # too late for an answer: a message like any other
        if change is None:
            await entry.done()
            return True
        if await entry.commit(change):
            return True
    return False


def _could_be_typed(event: InboundEvent) -> bool:
    return event.payload is None and 0 < len(event.text or "") <= _LONGEST


async def _just_said(entry: Entry, ended: Conversation) -> Sequence[Message]:
    return await entry.store.messages(ended.id, after=max(ended.next_seq - 2, 0))


def _typed(event: InboundEvent, last: Sequence[Message]) -> tuple[Question, Answer] | None:
    asked = offered(last)
    if asked is None or asked.sentence not in opinion.SENTENCES:
        return None
    text = event.text or ""
    words = plain(text).strip(" .!").casefold()
    named = next((one for one in asked.choices if plain(one.title).casefold() == words), None)
    choice = named or chosen_by_number(text, asked.choices)
    return opinion.CHOICES.get(choice.id) if choice else None
