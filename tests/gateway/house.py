"""A gateway without HTTP: real store, one channel that answers what it is told, lanes on demand."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from bot.reading import Reader, Understand
from core import transitions
from core.accounts import Listener
from core.assistant import Said
from core.conversation import Conversation, Message
from core.ports import (
    Assistant,
    Change,
    DangerScreen,
    Errand,
    Part,
    Phrasebook,
    SendOutcome,
    Sent,
    Store,
)
from core.prospects import Expect, always_answered
from core.storage.sqlite import SqliteStore
from core.work import ORDINARY, Lane, Lease
from gateway.channels import ChannelStates
from gateway.delivery import Deliverer
from gateway.metrics import Metrics
from gateway.pipeline.aftercare import Aftercare
from gateway.pipeline.answering import Answering
from gateway.pipeline.inbound import Inbound
from gateway.pipeline.watching import Watching
from tests.builders import a_vault, an_event
from tests.core.test_transitions import ANNE
from tests.fakes import Echo, TurnableClock

LEASE = timedelta(seconds=30)


class Platform:
    """A channel that answers what it is told to, and takes `size` characters at once."""

    name = "web"
    repeatable = False
    previewed = False
    size = 10_000

    def __init__(self) -> None:
        self.sent: list[str] = []
        self.errands: list[Errand] = []
        self.outcomes: list[SendOutcome] = []

    def parts(self, message: Message) -> Sequence[Part]:
        starts = range(0, max(len(message.text), 1), self.size)
        return [Part(message.text[start : start + self.size]) for start in starts]

    async def send(self, errand: Errand) -> SendOutcome:
        self.errands.append(errand)
        self.sent.append(errand.part.text)
        return self.outcomes.pop(0) if self.outcomes else Sent(f"provider-{len(self.sent)}")


@dataclass
class House:
    """Lanes that run when told to."""

    store: Store
    clock: TurnableClock
    platform: Platform
    states: ChannelStates
    inbound: Inbound
    answering: Answering
    watching: Watching
    deliverer: Deliverer
    aftercare: Aftercare
    # Of whatever kind the test gave: it may break them.
    assistant: Any
    phrases: Any
    screen: Any

    async def writes(self, text: str, event_id: str | None = None, **fields: object) -> None:
        event = an_event(event_id, **({"text": text, "id": event_id} | fields))
        await self.store.accept_events([event], now=self.clock(), priority=ORDINARY)

    async def claim(self, lane: Lane) -> list[Lease]:
        return list(await self.store.claim_work(lane, now=self.clock(), lease_for=LEASE, limit=100))

    async def run(self, lane: Lane) -> int:
        """Handle what is due in a lane; how many items that were."""
        handler = {
            Lane.INBOUND: self.inbound.enter,
            Lane.ASSISTANT: self.answering.answer,
            Lane.WATCH: self.watching.watch,
            Lane.DELIVERY: self.deliverer.deliver,
            Lane.AFTER: self.aftercare.look,
        }[lane]
        leases = await self.claim(lane)
        for lease in leases:
            again = await handler(lease)
            await self.store.finish_work(
                lease, now=self.clock(), again_at=None if again is None else self.clock() + again
            )
        return len(leases)

    async def settle(self) -> None:
        """Let a burst end and everything due be handled."""
        await self.run(Lane.INBOUND)
        self.clock.turn(1)
        while await self.run(Lane.ASSISTANT):
            pass

    async def conversation(self, sender: str = "visitor", channel: str = "web") -> Conversation:
        contact = await self.store.find_contact(channel, "site", sender)
        assert contact is not None
        latest = await self.store.latest_conversation(contact.id)
        assert latest is not None
        return latest

    async def messages(self) -> Sequence[Message]:
        """All of the present conversation."""
        return await self.store.messages((await self.conversation()).id)

    async def log(self) -> list[str]:
        """Who said what, as a transcript."""
        return [
            f"{message.author}: {message.sentence or message.text}"
            for message in await self.messages()
        ]

    async def commit(self, change: Change) -> Conversation:
        await self.store.commit(change, now=self.clock())
        return change.conversation

    async def claimed(self, listener: Listener = ANNE) -> Conversation:
        return await self.commit(
            transitions.claim(await self.conversation(), listener, now=self.clock(), phrases=Echo())
        )

    async def replies(self, text: str, listener: Listener = ANNE) -> Conversation:
        conversation = await self.conversation()
        return await self.commit(
            transitions.reply(
                conversation,
                listener,
                text,
                client_id=text,
                seen=conversation.version,
                now=self.clock(),
                phrases=Echo(),
            )
        )


@asynccontextmanager
async def a_house(
    folder: Path,
    *,
    assistant: Assistant,
    screen: DangerScreen,
    understand: Understand,
    phrases: Phrasebook,
    asks_for_human: Callable[[str], bool],
    greetings: Mapping[str, Sequence[Said]] | None = None,
    expect: Callable[[Store, TurnableClock], Expect] = lambda _store, _clock: always_answered,
) -> AsyncIterator[House]:
    """A house on a SQLite store in `folder`."""
    store = SqliteStore(folder / "relais.db", a_vault())
    await store.open()
    clock, platform, metrics = TurnableClock(), Platform(), Metrics()
    channels = {platform.name: platform}
    states = ChannelStates(channels, clock=clock)
    burst = timedelta(seconds=0.6)
    expected = expect(store, clock)
    yield House(
        store=store,
        clock=clock,
        platform=platform,
        states=states,
        inbound=Inbound(
            store=store,
            reader=Reader(screen, understand, metrics.screened.observe),
            channels=channels,
            burst=burst,
            phrases=phrases,
            clock=clock,
            metrics=metrics,
            greetings=greetings or {},
            expect=expected,
        ),
        answering=Answering(
            store=store,
            assistant=assistant,
            channels=channels,
            asks_for_human=asks_for_human,
            burst=burst,
            phrases=phrases,
            clock=clock,
            metrics=metrics,
            expect=expected,
        ),
        watching=Watching(store=store, phrases=phrases, clock=clock, expect=expected),
        deliverer=Deliverer(
            store=store,
            channels=channels,
            states=states,
            phrases=phrases,
            clock=clock,
            metrics=metrics,
        ),
        aftercare=Aftercare(store=store, channels=channels, phrases=phrases, clock=clock),
        assistant=assistant,
        phrases=phrases,
        screen=screen,
    )
    await store.close()
