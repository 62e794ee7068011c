"""A change in the making, and what every transition shares."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from core import follow_up
from core.accounts import Listener
from core.assessment import GRAVE, Assessment, Reason
from core.conversation import (
    BOT,
    QUEUE,
    TELEPHONE,
    Attachment,
    Author,
    Conversation,
    Delivery,
    Message,
    Owner,
    OwnerKind,
    Ticket,
    TicketStatus,
)
from core.errors import Refused
from core.events import EventKind, InboundEvent, MediaRef, MessageType
from core.figures import fact_of
from core.follow_up import FollowUp, Kind, Stage
from core.gestures import gesture_for
from core.ids import AttachmentId, ListenerId, MessageId, new_id
from core.labels import Issue, Role, Urgency, address_for
from core.line import at_the_head
from core.ports import Change, Phrasebook
from core.prospects import ANSWERED, Prospect
from core.regions import numbers_abroad, region_told
from core.transitions.honesty import told_of
from core.transitions.leaving import left_at
from core.transitions.waiting import numbers_again_at
from core.voices import is_a_minors
from core.work import ORDINARY, URGENT, Lane, Wake

# Danger that no listener has answered for this long alarms listeners and supervisor.
ALARM_AFTER = timedelta(seconds=60)
# The numbers to call are repeated to someone still in danger, but not after every sentence.
TELL_DANGER_AGAIN_AFTER = timedelta(minutes=10)

# Who writes, as far as we must say so.
_OUTGOING = (Author.BOT, Author.SERVICE, Author.LISTENER)


class Draft:
    """Numbers the messages and collects what must be woken."""

    def __init__(
        self,
        conversation: Conversation,
        now: datetime,
        phrases: Phrasebook,
        prospect: Prospect = ANSWERED,
    ) -> None:
        self.conversation = conversation
        self.now = now
        self.prospect = prospect
        self._urgency = conversation.assessment.urgency
        self._before = fact_of(conversation) if conversation.version else None
        self._left_before = left_at(conversation) if conversation.version else None
        self._version = conversation.version + 1
        self._phrases = phrases
        self._messages: list[Message] = []
        self._rewritten: list[Message] = []
        self._wakes: list[Wake] = []
        # Whether nobody is there for who waits, and one thing at a time is asked of them.
        self._for_later = False

    def update(self, **fields: object) -> None:
        """Change the conversation."""
        self.conversation = replace(self.conversation, **fields)  # type: ignore[arg-type]

    def settle(self, told: Assessment) -> None:
        """What a listener says it is: to make it graver by one's own word is nothing unseen."""
        self.update(assessment=told)
        self._urgency = self._urgency.at_least(told.urgency)

    def append(self, author: Author, text: str, **fields: object) -> Message:
        """A new message at the end; one that goes out gets its place in the outbox."""
        goes_out = author in _OUTGOING and self.conversation.channel != TELEPHONE
        message = Message(
            id=MessageId(new_id()),
            conversation_id=self.conversation.id,
            seq=self.conversation.next_seq,
            author=author,
            text=text,
            at=self.now,
            delivery=Delivery(due_at=self.now) if goes_out else None,
        )
        message = replace(message, **fields)  # type: ignore[arg-type]
        self._messages.append(message)
        self.update(next_seq=message.seq + 1)
        return message

    def heard(
        self,
        event: InboundEvent,
        seen: Assessment,
        *,
        reply_to: int | None,
        taken_back: bool = False,
    ) -> Message:
        """What the person wrote or sent, with its files on their way; of what was taken back before
        it came, what stays of it. A correction that came first is known as what it corrects."""
        corrects = event.kind is EventKind.EDIT
        message = self.append(
            Author.PERSON,
            event.text or "",
            client_id=event.client_id,
            provider_id=event.target if corrects else event.own_id,
            edited_at=self.now if corrects else None,
            choice=event.payload,
            type=event.type if event.type is not MessageType.TEXT else None,
            attachments=tuple(map(_attachment, event.media)),
            reply_to=reply_to,
            forwarded=event.forwarded,
            reasons=about(seen, self.conversation.next_seq),
        )
        if taken_back:
            message = self._messages[-1] = message.taken_back(self.now)
        elif message.attachments:
            self.wake(Lane.MEDIA, self.now, key=message.id)
        self.update(heard_seq=message.seq, heard_version=self._version)
        return message

    def completed(self, message: Message, event: InboundEvent) -> None:
        """Give a stored message the files of its first version, where it has none."""
        if event.media and not message.attachments and message.deleted_at is None:
            files = tuple(map(_attachment, event.media))
            self.heard_anew(replace(message, type=event.type, attachments=files))
            self.wake(Lane.MEDIA, self.now, key=message.id)

    def rewrite(self, message: Message) -> None:
        """Replace a message that is stored."""
        self._rewritten.append(message)

    def heard_anew(self, message: Message) -> None:
        """What the person made of a stored message: who saw it before has not seen it."""
        self.rewrite(message)
        self.update(
            heard_seq=max(self.conversation.heard_seq, message.seq), heard_version=self._version
        )

    def say(
        self, author: Author, sentence: str, values: Mapping[str, str] | None = None
    ) -> Message:
        """A sentence of the catalogue, in the address that fits who writes.

        What it says of the team, of waiting and of hours is what holds now.
        """
        address = address_for(self.conversation.assessment.role)
        prospect = self.prospect
        if self.conversation.is_unreached:
            prospect = replace(prospect, on_call=False)
        now_true = told_of(
            prospect, self.now, self._phrases, address, _region_of(self.conversation)
        )
        phrase = self._phrases.say(sentence, address, {**now_true, **(values or {})})
        return self.append(author, phrase.text, sentence=sentence, choices=phrase.choices)

    def notice(self, sentence: str, values: Mapping[str, str] | None = None) -> None:
        """A fixed notice; nobody reads one on the telephone."""
        if self.conversation.channel != TELEPHONE:
            self.say(Author.SERVICE, sentence, values)

    def wake(
        self, lane: Lane, at: datetime, priority: int = ORDINARY, *, key: str | None = None
    ) -> None:
        """Wish for work on this conversation, or on `key`."""
        self._wakes.append(Wake(lane, key or self.conversation.id, at, priority))

    def hand_to_queue(self) -> None:
        """From the bot to the queue; someone who waits already or is listened to stays there."""
        if self.conversation.owner == BOT:
            self.update(ticket=Ticket.opened(self.now), owner=QUEUE, notice_at=self.now)
            self.wake_at_closing()
            self.offer_follow_up()

    def hold(self, ticket: Ticket, listener_id: ListenerId, *, claim: str | None = None) -> None:
        """To a listener, by the command `claim` where they asked for the next one.

        On the telephone that answers a danger: nothing is written there.
        """
        self.update(
            owner=Owner(OwnerKind.LISTENER, listener_id),
            offer=None,
            ticket=replace(
                ticket,
                status=TicketStatus.CLAIMED,
                listener_id=listener_id,
                claimed_at=self.now,
                claim=claim,
            ),
        )
        if self.conversation.channel == TELEPHONE:
            self.update(danger_since=None, alarmed_at=None)

    def back_to_queue(self, first: int | None, notice: str) -> None:
        """From its listener to the head of the queue, and the person is told.

        `first`: the place of the first who waits there, see `core.line.at_the_head`. Danger begins
        anew, whatever was answered: nobody looks after it now, so alarm and calls start again. Not
        for what was told before to somebody of whom it is not known who they are.
        """
        ticket = self.conversation.ticket
        assert ticket is not None
        self.update(
            owner=QUEUE,
            offer=None,
            notice_at=self.now,
            ticket=replace(
                ticket,
                status=TicketStatus.WAITING,
                listener_id=None,
                claimed_at=None,
                claim=None,
                ahead_of=at_the_head(self.conversation, first, now=self.now),
            ),
        )
        self.notice(notice)
        self.wake_at_closing()
        told = self.conversation
        if told.assessment.is_danger and (told.danger_version or not told.is_doubtful):
            self.raise_danger()
            if not told.is_left_alone:
                self.tell_danger()

    def end_unanswered(self) -> None:
        """Over, and by no listener: who still waited for one waits no more."""
        ticket = self.conversation.ticket
        if ticket is not None:
            ticket = replace(ticket, status=TicketStatus.ABANDONED, closed_at=self.now)
        self.update(closed_at=self.now, ticket=ticket)

    def wake_at_closing(self) -> None:
        """Who waits is told when the team leaves."""
        opening = self.prospect.opening
        if opening.is_open and opening.until is not None:
            self.wake(Lane.WATCH, opening.until)

    def is_dangerous(self, before: Assessment, seen: Assessment) -> bool:
        """Whether what was `seen` is danger, by itself or by what was known before it."""
        return seen.is_danger or (self.conversation.assessment.is_danger and not before.is_danger)

    def raise_danger(self) -> None:
        """Start the alarm clock, unless it runs, and make sure that a human is asked for."""
        self.update(
            danger_since=self.conversation.danger_since or self.now,
            danger_version=self._version,
            raised_version=self._version,
        )
        self.wake(Lane.WATCH, self.now + ALARM_AFTER, URGENT)
        # Whoever is on call by then: a rota may be written after the danger.
        self.wake(Lane.PAGE, self.now, URGENT)
        self.hand_to_queue()

    def tell_danger(self) -> None:
        """The numbers to call, unless told a moment ago."""
        told = self.conversation.danger_told_at
        if told is None:
            self.tell_numbers(_numbers_for(self.conversation.assessment))
        elif self.now - told >= TELL_DANGER_AGAIN_AFTER:
            self.tell_numbers("danger_numbers_again")

    def tell_numbers(self, sentence: str) -> None:
        """A sentence with the numbers to call, and those of the country that the person is in.

        Ours stay beside them: a number is kept by who moved, and a place may be misread.
        """
        self.notice(sentence)
        self._tell_numbers_abroad()
        self.update(danger_told_at=self.now)

    def tell_where_they_are(self, before: Conversation) -> None:
        """Who heard the numbers of a danger and says only now in which country they are hears that
        country's at once."""
        told, left_alone = self.conversation, self.conversation.is_left_alone
        moved = _region_of(told) != _region_of(before)
        if moved and told.danger_told_at is not None and told.is_open and not left_alone:
            self._tell_numbers_abroad()

    def _tell_numbers_abroad(self) -> None:
        sentence = numbers_abroad(_region_of(self.conversation))
        if sentence is not None and all(one.sentence != sentence for one in self._messages):
            self.notice(sentence)

    def tell_gestures(self) -> None:
        """What to do first; where a life may be at stake, whom to call.

        Not while it is doubtful who reads: either would tell what was told.
        """
        if self.conversation.assessment.issue in GRAVE and not self.conversation.is_doubtful:
            self.tell_numbers(_numbers_for(self.conversation.assessment))
        else:
            self.notice(gesture_for(self.conversation))

    def ask_about_service(self) -> None:
        """Whether the service that was just told suits; may we write is asked after the answer."""
        self.notice("adult_service_ask")
        self._for_later = False

    def offer_follow_up(self) -> None:
        """Who waits while nobody is there is asked, at the end, whether we may come back later."""
        self._for_later = self.conversation.owner == QUEUE and not self.prospect.opening.is_open

    def done(self) -> Change:
        """The change, complete."""
        self._ask_follow_up()
        self._note_first_urgency()
        self._note_what_raised_it()
        if is_a_minors(self.conversation.assessment):
            self.update(minor_wrote=True)
        self.update(version=self._version, updated_at=self.now)
        self._wake_in_time()
        fact = fact_of(self.conversation)
        if any(message.delivery for message in self._messages):
            critical = self.conversation.assessment.urgency is Urgency.CRITIQUE
            self.wake(Lane.DELIVERY, self.now, URGENT if critical else ORDINARY)
        return Change(
            conversation=self.conversation,
            messages=tuple(self._messages),
            rewritten=tuple(self._rewritten),
            wakes=tuple(self._wakes),
            fact=fact if fact != self._before else None,
        )

    def _ask_follow_up(self) -> None:
        """Nobody is there now: may we write tomorrow? On the website, where we cannot: may we call?

        Asked once; and not of who wants to be left alone, or to have everything erased.
        """
        told = self.conversation
        settled = told.follow_up is None or told.follow_up.is_over
        alone = told.standby or told.erasure is not None or told.channel == TELEPHONE
        if self._for_later and settled and not alone:
            by_call = told.channel in follow_up.BY_CALL_ONLY
            self.notice(follow_up.ASK_CALL if by_call else follow_up.ASK)
            kind = Kind.CALL if by_call else Kind.MESSAGE
            self.update(follow_up=FollowUp(kind=kind, stage=Stage.ASKED, at=self.now))

    def _wake_in_time(self) -> None:
        """The watch finds out by itself whenever it looks: only a look in time is wished.

        It goes on looking until somebody left has left. So that one is wished once, as it begins.
        """
        again = numbers_again_at(self.conversation, now=self.now)
        left = left_at(self.conversation) if self._left_before is None else None
        looks = [one.at for one in self._wakes if one.lane is Lane.WATCH]
        due = min((at for at in (again, left) if at is not None), default=None)
        if due is not None and all(at > due for at in looks):
            self.wake(Lane.WATCH, due)

    def _note_first_urgency(self) -> None:
        told = self.conversation
        if told.course.urgency_first is None and told.heard_seq >= told.first_seq:
            first = told.assessment.urgency
            self.update(course=replace(told.course, urgency_first=first))

    def _note_what_raised_it(self) -> None:
        """Here, and not where it happens: no way for the urgency to rise can forget it."""
        told = self.conversation
        if told.assessment.urgency.rank > self._urgency.rank:
            self.update(raised_version=self._version)


def about(assessment: Assessment, seq: int) -> tuple[Reason, ...]:
    """The reasons that lie in message `seq`."""
    return tuple(each for each in assessment.reasons if each.seq == seq)


def require(condition: bool) -> None:
    """Raises Refused unless the rules allow it."""
    if not condition:
        raise Refused


def require_owner(conversation: Conversation, listener: Listener) -> None:
    """Raises Refused unless the listener owns the conversation."""
    require(conversation.is_held_by(listener.id))


def _region_of(conversation: Conversation) -> str:
    return region_told(conversation.assessment, conversation.region)


def _attachment(media: MediaRef) -> Attachment:
    return Attachment(
        id=AttachmentId(new_id()), type=media.type, source=media, filename=media.filename
    )


def _numbers_for(assessment: Assessment) -> str:
    """The notice with the numbers that fit who writes, and what about."""
    # Whoever writes of a blow or of an aggressor needs the police and the 119; a parent who struck
    # must not read "stay with them".
    if assessment.issue in (Issue.DANGER_PHYSIQUE, Issue.GROOMING, Issue.VIOLENCES_SEXISTES):
        return "danger_numbers_violence"
    if assessment.role in (Role.PARENT, Role.TEMOIN_AMI, Role.PROFESSIONNEL):
        return "danger_numbers_other"
    return "danger_numbers"
