"""What the person writes, sends or taps: read for danger, then put into the conversation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.answers import only_denies, says_yes
from bot.commands import command_in
from bot.reading import Reader, Told
from connectors.interface import AnswersTaps
from core import transitions
from core.assessment import Assessment, Fact
from core.assistant import Said
from core.choices import chosen_by_number, offered
from core.commands import Command
from core.conversation import Author, Conversation, Message
from core.errors import Conflict
from core.events import CARDS, EventKind, InboundEvent, MessageType
from core.labels import Issue, Urgency
from core.ports import Phrasebook
from core.prospects import Expect, always_answered
from core.voices import begins_at
from gateway.metrics import Metrics
from gateway.pipeline.entry import Entry
from gateway.pipeline.leases import DECISIONS

# Messages of a person that belong together follow each other closely.
TOGETHER = timedelta(minutes=2)
NEAR = 8
# The bot's questions to which "yes" means danger, whatever the assistant makes of it.
# Of these a person is shown the name and what stands behind it.
_TOLD_WHOLE = CARDS | {MessageType.FORM}
THOUGHTS_QUESTIONS = frozenset({"ask_thoughts", "ask_thoughts_child", "ask_thoughts_other"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """Takes messages in. `greetings`: what newcomers hear after the welcome, by channel name."""

    reader: Reader
    channels: Mapping[str, object]
    burst: timedelta
    phrases: Phrasebook
    metrics: Metrics
    greetings: Mapping[str, Sequence[Said]]
    expect: Expect = always_answered

    async def take(self, entry: Entry) -> None:
        """Put a message into its conversation, screened, whoever owns it."""
        found = await entry.known(entry.event.own_id)
        if found is not None and _came_after_its_correction(entry.event, *found):
            await self._read_late(entry, *found)
        elif found is not None or await _was_just_told(entry):
            await self._told_again(entry)
        else:
            await self._put(entry)

    async def _put(self, entry: Entry) -> None:
        taken_back = await entry.is_taken_back()
        for _ in range(DECISIONS):
            conversation = await entry.current()
            around = await entry.just_before(conversation)
            event = _as_chosen(entry.event, around)
            command = _command(event, conversation, around)
            seen = await self._seen(entry, event, conversation, around, command)
            change = transitions.receive(
                conversation,
                event,
                seen,
                burst=self.burst,
                now=entry.clock(),
                phrases=self.phrases,
                command=command,
                reply_to=await _answered(entry),
                greeting=self.greetings.get(event.channel, ()),
                prospect=self.expect(event.channel),
                taken_back=taken_back,
            )
            if await entry.commit(change):
                break
        else:
            raise Conflict
        if seen.is_danger:
            self.metrics.danger.labels(conversation.owner.kind.value).inc()
        channel = self.channels.get(event.channel)
        if event.kind is EventKind.POSTBACK and isinstance(channel, AnswersTaps):
            await channel.answer_tap(entry.event)

    async def take_unread(self, entry: Entry) -> None:
        """The last try with a message that nothing could be done with: show it to a human."""
        change = transitions.enter_unread(
            await entry.current(),
            entry.event,
            now=entry.clock(),
            phrases=self.phrases,
            prospect=self.expect(entry.event.channel),
            taken_back=await entry.is_taken_back(),
        )
        if not await entry.commit(change):
            raise Conflict

    async def _read_late(self, entry: Entry, conversation: Conversation, message: Message) -> None:
        """What the person wrote before they corrected it: read, and not shown."""
        seen = await self.reader.read(
            entry.event.text or "", seq=message.seq, alive=entry.held.extend
        )
        change = transitions.written_before(
            conversation,
            message,
            entry.event,
            seen,
            now=entry.clock(),
            phrases=self.phrases,
            prospect=self.expect(entry.event.channel),
        )
        if not await entry.commit(change):
            raise Conflict

    async def _told_again(self, entry: Entry) -> None:
        """What is here: it came in standby, and comes again since the thread is ours."""
        if entry.event.standby:
            await entry.done()
            return
        await entry.decide(
            lambda current, now: transitions.thread_moved(
                current,
                standby=False,
                now=now,
                phrases=self.phrases,
                greeting=self.greetings.get(entry.event.channel, ()),
            )
        )

    async def _seen(
        self,
        entry: Entry,
        event: InboundEvent,
        conversation: Conversation,
        around: Sequence[Message],
        command: Command | None,
    ) -> Assessment:
        """What a message says, read with what was said just before it."""
        text, seq = event.text or "", conversation.next_seq
        if command is not None:
            # An order is all there is in its message, and goes on from nothing.
            return await self.reader.read(text, seq=seq, answer=True)
        recent = entry.clock() - conversation.updated_at <= TOGETHER
        told = [
            Told(message.seq, message.text, recent=recent and seq - message.seq <= NEAR)
            for message in around
            if message.author is Author.PERSON
            and not message.choice
            # Another's words say nothing of who writes now.
            and message.seq >= begins_at(conversation)
        ]
        said = (m.sentence for m in reversed(around) if m.author is Author.BOT)
        asked_of_dying = recent and next(said, None) in THOUGHTS_QUESTIONS
        # "Non, j'ai pas envie de mourir" has the words of danger; here only signs count.
        answer = event.payload is not None or (asked_of_dying and only_denies(text))
        seen = await self.reader.read(
            text,
            seq=seq,
            before=told,
            answer=answer,
            goes_on=entry.goes_on,
            alive=entry.held.extend,
        )
        if asked_of_dying and _is_yes(event):
            seen = seen.merged(_thoughts_of_dying(seq))
        return seen


def _came_after_its_correction(
    event: InboundEvent, conversation: Conversation, message: Message
) -> bool:
    """Whether a message is here as it was corrected, and only now comes itself.

    Not where it comes again because the thread changed hands: then it was read in its turn.
    """
    if event.kind is not EventKind.MESSAGE or message.edited_at is None:
        return False
    return conversation.is_open and conversation.standby == event.standby


async def _was_just_told(entry: Entry) -> bool:
    """Whether a tap that has no id came before: known by its words, when it was just told to us or
    to the other application."""
    event = entry.event
    if event.id is not None or event.kind is not EventKind.POSTBACK:
        return False
    latest = await entry.latest()
    if latest is None or not latest.is_open or latest.standby == event.standby:
        return False
    around = await entry.just_before(latest)
    last = next((each for each in reversed(around) if each.author is Author.PERSON), None)
    return last is not None and last.text == event.text and entry.clock() - last.at <= TOGETHER


async def _answered(entry: Entry) -> int | None:
    """The number of the message that this one is put under, if it is here."""
    found = await entry.known(entry.event.reply_to)
    return found[1].seq if found else None


def _as_chosen(event: InboundEvent, around: Sequence[Message]) -> InboundEvent:
    """The event, with the choice that was made: one that we offered, tapped or told by number."""
    if event.payload is not None or event.type in _TOLD_WHOLE:
        ours = any(choice.id == event.payload for m in around for choice in m.choices)
        # A place, a form, or a button that somebody else put there: words for a person to read.
        return event if ours else replace(event, payload=None, text=_in_words(event))
    offer = offered(around)
    choice = chosen_by_number(event.text or "", offer.choices) if offer is not None else None
    return event if choice is None else replace(event, payload=choice.id)


def _in_words(event: InboundEvent) -> str | None:
    if event.type in _TOLD_WHOLE:
        # The name of a place, and where it is: both may save somebody.
        told = filter(None, (event.text, event.title, event.payload))
        return " · ".join(dict.fromkeys(told))
    return event.text or event.title or event.payload


def _command(
    event: InboundEvent, conversation: Conversation, around: Sequence[Message]
) -> Command | None:
    said = [message for message in around if message.author is not Author.PERSON]
    return command_in(
        event.text or "",
        event.payload,
        erasing=conversation.erasure is not None,
        asked=said[-1].sentence if said else None,
    )


def _is_yes(event: InboundEvent) -> bool:
    return event.payload == "yes" or (event.payload is None and says_yes(event.text or ""))


def _thoughts_of_dying(seq: int) -> Assessment:
    return Assessment(
        urgency=Urgency.ELEVEE,
        issue=Issue.IDEATION_SUICIDAIRE,
        facts=(Fact("death_thoughts", "oui", seq),),
    )
