"""What platforms tell besides messages: receipts, echoes, corrections, links, threads, groups."""

from collections.abc import Awaitable, Callable, Mapping, Sequence

from bot.reading import Reader
from connectors.interface import RefusesGroups
from core import transitions
from core.assistant import Said
from core.conversation import Conversation, Message
from core.discretion import unveiled
from core.errors import Conflict
from core.events import EventKind
from core.ids import MessageId
from core.ports import Change, Phrasebook
from core.prospects import Expect, always_answered
from core.receipts import status_of
from gateway.metrics import Metrics
from gateway.pipeline.entry import Entry
from gateway.pipeline.leases import DECISIONS

# What a platform says when a thread changes hands.
THREAD_MOVES = frozenset({"pass", "take", "release"})
# A text this long is no coincidence: it is one of ours.
LONG = 200


class Besides:
    """Takes in what is no new message. `written` takes what turns out to be one."""

    def __init__(
        self,
        *,
        reader: Reader,
        channels: Mapping[str, object],
        phrases: Phrasebook,
        metrics: Metrics,
        greetings: Mapping[str, Sequence[Said]],
        written: Callable[[Entry], Awaitable[None]],
        expect: Expect = always_answered,
    ) -> None:
        self._reader = reader
        self._channels = channels
        self._phrases = phrases
        self._metrics = metrics
        self._greetings = greetings
        self._written = written
        self._expect = expect

    async def take(self, entry: Entry) -> None:
        """Do what an event asks for; what asks for nothing is counted."""
        match entry.event.kind:
            case EventKind.STATUS:
                await self._receipt(entry)
            case EventKind.START | EventKind.REFERRAL | EventKind.OPTIN:
                await self._arrived(entry)
            case EventKind.EDIT | EventKind.DELETE | EventKind.REACTION:
                await self._changed(entry)
            case EventKind.ECHO:
                await self._echoed(entry)
            case EventKind.HANDOVER if entry.event.status in THREAD_MOVES:
                await self._moved(entry)
            case kind:
                self._metrics.ignored.labels(entry.event.channel, kind.value).inc()
                await entry.done()

    async def refuse_group(self, entry: Entry, chat: str) -> None:
        """We talk in private only: a group has readers that nobody here knows."""
        self._metrics.ignored.labels(entry.event.channel, "group").inc()
        channel = self._channels.get(entry.event.channel)
        speaks = entry.event.kind in (EventKind.MESSAGE, EventKind.POSTBACK, EventKind.SYSTEM)
        if isinstance(channel, RefusesGroups) and speaks:
            await channel.refuse_group(chat)
        await entry.done()

    async def _receipt(self, entry: Entry) -> None:
        event, status = entry.event, status_of(entry.event)
        if status is not None:
            for target in [event.target] if event.target else await _sent_until(entry):
                await entry.store.record_receipt(
                    channel=event.channel,
                    account=event.account,
                    provider_id=target,
                    status=status,
                    error=event.error,
                    now=entry.clock(),
                    of=MessageId(event.client_id) if event.target and event.client_id else None,
                )
        await entry.done()

    async def _echoed(self, entry: Entry) -> None:
        """A message that went out on our account: by us, or by a colleague in another inbox."""
        latest = await entry.latest()
        if latest is None or not latest.is_open:
            return await entry.done()  # nobody waits here
        if await entry.known(entry.event.id) is not None or await self._is_ours(entry, latest):
            return await entry.done()
        return await entry.decide(
            lambda current, now: transitions.answered_elsewhere(
                current, entry.event, now=now, phrases=self._phrases
            )
        )

    async def _is_ours(self, entry: Entry, conversation: Conversation) -> bool:
        """Whether an echo says what we just said: it may come back before we know its id, and
        platforms do not always say whose it is."""
        text = unveiled(entry.event.text or "", self._phrases)
        if not text:
            return False
        return any(
            message.delivery
            and (
                text == message.text
                or text.startswith(f"{message.text}\n1. ")
                or (len(text) >= LONG and text in message.text)
            )
            for message in await entry.just_before(conversation)
        )

    async def _moved(self, entry: Entry) -> None:
        """Another application got the thread, or gave it back: nothing to do without one."""
        latest = await entry.latest()
        if latest is None or not latest.is_open:
            return await entry.done()
        return await entry.decide(
            lambda current, now: transitions.thread_moved(
                current,
                standby=entry.event.standby,
                now=now,
                phrases=self._phrases,
                greeting=self._greetings.get(entry.event.channel, ()),
            )
        )

    async def _arrived(self, entry: Entry) -> None:
        await entry.decide(
            lambda current, now: transitions.arrive(
                current,
                entry.event,
                now=now,
                phrases=self._phrases,
                greeting=self._greetings.get(entry.event.channel, ()),
                prospect=self._expect(entry.event.channel),
            )
        )

    async def _changed(self, entry: Entry) -> None:
        """A correction, a reaction, or something taken back."""
        event = entry.event
        for _ in range(DECISIONS):
            found = await entry.known(event.target or event.id)
            corrects = event.kind is EventKind.EDIT
            if found is None or (corrects and not found[0].is_open):
                if corrects and (event.text or "").strip():
                    # What it corrects is not here: then it is news.
                    return await self._written(entry)
                if event.kind is EventKind.DELETE and event.target is not None:
                    return await entry.done_too_early()
                return await entry.done()
            conversation, message = found
            if not await entry.commit(await self._rewritten(entry, conversation, message)):
                continue
            if event.kind is EventKind.DELETE:
                for file in message.attachments:
                    await entry.store.drop_file(conversation.id, file.id)
            return None
        raise Conflict

    async def _rewritten(
        self, entry: Entry, conversation: Conversation, message: Message
    ) -> Change:
        event, phrases = entry.event, self._phrases
        if event.kind is EventKind.DELETE:
            return transitions.unsend(conversation, message, now=entry.clock(), phrases=phrases)
        if event.kind is EventKind.REACTION:
            return transitions.react(
                conversation, message, event.emoji, now=entry.clock(), phrases=phrases
            )
        seen = await self._reader.read(event.text or "", seq=message.seq, alive=entry.held.extend)
        return transitions.edit(
            conversation,
            message,
            event,
            seen,
            now=entry.clock(),
            phrases=phrases,
            prospect=self._expect(event.channel),
        )


async def _sent_until(entry: Entry) -> list[str]:
    """What a receipt without a message means: everything sent up to its moment."""
    latest = await entry.latest()
    recent = await entry.just_before(latest) if latest is not None else ()
    return [
        message.delivery.provider_ids[-1]
        for message in recent
        if message.delivery and message.delivery.provider_ids and message.at <= entry.event.at
    ]
