"""A Telegram connector as the gateway would hold it, with what it was told kept to look at."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from connectors.telegram.connector import Telegram
from core.conversation import Author, Choice, Contact, Message
from core.errors import StorageUnavailable
from core.events import Accepted, InboundEvent
from core.ids import ContactId, ConversationId, MessageId, new_id
from core.ports import Errand
from tests.builders import NOON
from tests.connectors.telegram.bot_api import TOKEN

SECRET = "s3cret-of-the-webhook"

LEA = Contact(
    id=ContactId(new_id()),
    channel="telegram",
    account="7000000001",
    address="501",
    created_at=NOON,
)


@dataclass
class Kept:
    """What the connector handed over. `down`: how many more times keeping fails."""

    events: list[InboundEvent] = field(default_factory=list)
    notices: list[InboundEvent] = field(default_factory=list)
    counted: list[str] = field(default_factory=list)
    down: int = 0

    async def accept(self, events: Sequence[InboundEvent]) -> Sequence[Accepted]:
        if self.down:
            self.down -= 1
            raise StorageUnavailable
        known = {event.event_id for event in self.events}
        self.events += [event for event in events if event.event_id not in known]
        return [Accepted(event.event_id, event.event_id in known) for event in events]

    def notice(self, event: InboundEvent) -> None:
        self.notices.append(event)

    def count(self, channel: str, word: str) -> None:
        assert channel == "telegram"
        self.counted.append(word)


@asynccontextmanager
async def a_bot(url: str, kept: Kept | None = None, **settings: Any) -> AsyncIterator[Telegram]:
    """A bot that speaks to the Bot API at `url`, open while it is used."""
    kept = kept or Kept()
    values: dict[str, Any] = {
        "token": TOKEN,
        "secret": SECRET,
        "refusal": "En privé seulement.",
        "accept": kept.accept,
        "notice": kept.notice,
        "count": kept.count,
        "clock": lambda: NOON,
        "telegram_url": url,
        "answer_within": 0.3,
    }
    bot = Telegram(**(values | settings))
    await bot.open()
    try:
        yield bot
    finally:
        await bot.close()


def a_message(text: str = "Tu es en sécurité ?", *choices: Choice) -> Message:
    return Message(
        id=MessageId(new_id()),
        conversation_id=ConversationId(new_id()),
        seq=2,
        author=Author.BOT,
        text=text,
        at=NOON,
        choices=choices,
    )


def an_errand(bot: Telegram, message: Message, *, to: str = "501", part: int = 0) -> Errand:
    """One part of a message on its way to somebody."""
    return Errand(
        contact=replace(LEA, address=to),
        message=message,
        part=bot.channel.parts(message)[part],
        now=NOON,
        first=part == 0,
    )
