"""A whole desk at random: people, a bot, calls, listeners who take, pass on, close and vanish.

Whatever they do in whatever order, on the newest state or a stale one: each conversation has one
owner, no message is lost or kept twice, danger is never the bot's, nobody is passed by for ever,
no urgency falls that rose unseen by who lowers it, and a code joins a call to one person. What was
accepted from a platform enters at once or later, after a process that died on the way or was
stopped and goes on with what it knew.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from core import line, spoken_code, transitions
from core.accounts import Listener
from core.assessment import Assessment
from core.assistant import AssistantTurn, HandOver, Said
from core.conversation import (
    BOT,
    TELEPHONE,
    Author,
    Contact,
    Conversation,
    Message,
    Outcome,
    OwnerKind,
    TicketStatus,
)
from core.errors import Refused
from core.events import InboundEvent
from core.ids import ContactId, ConversationId, MessageId
from core.labels import Issue, Role, Urgency
from core.ports import Change
from core.voices import begun_at
from handoff.choosing import LEFT_FOR, in_order_for, is_grave
from tests.builders import NOON, an_event
from tests.core.test_transitions import a_listener
from tests.fakes import Echo

SECOND = timedelta(seconds=1)
PEOPLE = tuple(
    Contact(id=ContactId(name), channel="web", account="site", address=name, created_at=NOON)
    for name in ("ines", "jo", "kim", "lou")
)
CALLERS = tuple(
    Contact(id=ContactId(name), channel=TELEPHONE, account="line", address=name, created_at=NOON)
    for name in ("first caller", "second caller")
)
EVERYBODY = PEOPLE + CALLERS
CODES = ("lune tapis rose", "ours pomme vache")
LISTENERS = tuple(a_listener(name) for name in ("anne", "bilal", "chloe"))
PHRASES = Echo()
# Nobody waits longer than this while others who came later are taken, dangers aside.
PATIENCE = line.HEAD_START[Urgency.ELEVEE] + line.MINORS_FIRST

SUPERVISOR = a_listener("chief")

people, listeners, late = st.sampled_from(PEOPLE), st.sampled_from(LISTENERS), st.booleans()
# Which one of those to whom it can happen.
picks = st.integers(0, len(EVERYBODY) - 1)
# Who does it; None: who may.
doers = st.none() | listeners
seen = st.builds(
    Assessment,
    urgency=st.sampled_from(Urgency),
    issue=st.sampled_from([None, Issue.CYBERHARCELEMENT, Issue.IDEATION_SUICIDAIRE]),
    role=st.sampled_from([None, Role.VICTIME_MINEURE, Role.VICTIME_MAJEURE]),
)


class Begins(StrEnum):
    """How far somebody is when the evening is first looked at: most of a desk is what goes on."""

    LATER = "later"
    BOT = "bot"
    QUEUE = "queue"
    LISTENER = "listener"


@dataclass(frozen=True)
class Told:
    """What a platform delivers, and how it is read."""

    person: Contact
    event: InboundEvent
    seen: Assessment


@dataclass
class Asked:
    """A reply that a console asked for, and may ask for again where the answer was lost."""

    person: Contact
    conversation: ConversationId
    seen: int
    says: Callable[[Conversation], Change]
    done: bool = False


def is_held(one: Conversation) -> bool:
    return one.is_open and one.owner.kind is OwnerKind.LISTENER


def is_closed(one: Conversation) -> bool:
    return not one.is_open


def may_be_taken(one: Conversation) -> bool:
    return one.is_waiting or one.is_alarming


def may_be_assigned(one: Conversation) -> bool:
    return one.is_open and not one.is_the_bots


def is_offered(one: Conversation) -> bool:
    return one.offer is not None


def is_a_chat(one: Conversation) -> bool:
    return one.is_open and one.channel != TELEPHONE


def may_be_given_a_code(one: Conversation) -> bool:
    return is_held(one) and one.channel == TELEPHONE and one.joined is None


def is_read_along(one: Conversation) -> bool:
    return one.readers != ()


def is_the_bots(one: Conversation) -> bool:
    return one.is_the_bots


def somebody(holds: Callable[[Conversation], bool]) -> Callable[[Any], Any]:
    """Only where there is somebody of whom it holds: else most steps would come to nothing."""
    return precondition(lambda desk: bool(desk.those(holds)))


class Desk(RuleBasedStateMachine):
    """`current` and `stale` are each person's newest conversation, now and as once read."""

    def __init__(self) -> None:
        super().__init__()
        self.now = NOON
        self.current: dict[ContactId, Conversation] = {}
        self.stale: dict[ContactId, Conversation] = {}
        self.heard: dict[ContactId, list[str]] = defaultdict(list)
        self.kept: dict[ContactId, list[str]] = defaultdict(list)
        self.numbers: dict[ContactId, list[int]] = defaultdict(list)
        self.events: list[Told] = []
        # Accepted, in the order of arrival; gone with the commit that enters them.
        self.pending: dict[ContactId, list[Told]] = {one.id: [] for one in PEOPLE}
        self.said: dict[ContactId, Message] = {}
        self.screens: dict[ContactId, list[Conversation]] = {}
        # What made a conversation more urgent, by version, until it was corrected by somebody
        # who had that version before them.
        self.raised: dict[ContactId, list[tuple[int, Urgency]]] = defaultdict(list)
        # The version in which danger was last found in what a person wrote.
        self.endangered: dict[ContactId, int] = {}
        self.ids: set[MessageId] = set()
        self.asked: list[Asked] = []

    # What a store does

    def keep(self, contact: ContactId, change: Change, told: Told | None = None) -> None:
        """Refuse what was decided on an older version, a second open conversation, and a message
        that is kept already; and of who enters what was `told`, when that is entered already: the
        lease is somebody else's."""
        if told is not None and told not in self.pending[contact]:
            return
        before = self.current.get(contact)
        mine = before is not None and before.id == change.conversation.id
        expected = before.version + 1 if before and mine else 1
        if change.conversation.version != expected or (before and before.is_open and not mine):
            return
        if not self.ids.isdisjoint(message.id for message in change.messages):
            return
        self.ids.update(message.id for message in change.messages)
        if not mine:
            self.raised[contact], self.screens[contact] = [], []
            self.endangered[contact] = 0
        self.screens[contact].append(change.conversation)
        urgency = change.conversation.assessment.urgency
        both = (*change.messages, *change.rewritten)
        written = any(message.author is Author.PERSON for message in both)
        rose = before is None or urgency.rank > before.assessment.urgency.rank
        if written and (rose or not mine):
            self.raised[contact].append((change.conversation.version, urgency))
        for message in change.messages:
            if message.author is Author.BOT:
                assert before is None or not mine or before.owner == BOT
            if message.author is Author.PERSON:
                self.kept[contact].append(message.text)
                self.said[contact] = message
            if message.author is Author.LISTENER:
                assert before is not None
                assert before.owner.listener_id == message.listener_id
            self.numbers[contact].append(message.seq)
        self.current[contact] = change.conversation
        if told is not None:
            self.pending[contact].remove(told)

    def attempt(
        self, person: Contact, decide: Callable[[Conversation], Change], *, stale: bool = False
    ) -> None:
        on = (self.stale if stale else self.current).get(person.id)
        if on is None:
            return
        try:
            change = decide(on)
        except Refused:
            return
        self.keep(person.id, change)

    def those(self, holds: Callable[[Conversation], bool]) -> list[Contact]:
        known = [person for person in EVERYBODY if person.id in self.current]
        return [person for person in known if holds(self.current[person.id])]

    def one_of(self, holds: Callable[[Conversation], bool], pick: int) -> Contact:
        those = self.those(holds)
        return those[pick % len(those)]

    def holder(self, person: Contact, doer: Listener | None = None) -> Listener:
        """Who does something as a listener: `doer`, or who answers, or did until the end."""
        ticket = self.current[person.id].ticket
        answers = [one for one in LISTENERS if ticket and ticket.listener_id == one.id]
        return doer or (*answers, *LISTENERS)[0]

    def queue(self) -> list[Conversation]:
        waiting = [one for one in self.current.values() if one.is_waiting]
        return sorted(waiting, key=lambda one: line.place_of(one) or 0)

    def first_of(self, one: Conversation) -> int | None:
        least = line.band(one.assessment).first_place
        places = [
            line.place(other.assessment, other.ticket)
            for other in self.queue()
            if other.ticket and other.assessment.urgency is one.assessment.urgency
        ]
        return min((place for place in places if place >= least), default=None)

    # Who does what

    @initialize(
        told=st.tuples(*(st.tuples(st.sampled_from(Begins), seen, listeners) for _ in PEOPLE))
    )
    def the_evening_has_begun(self, told: tuple[tuple[Begins, Assessment, Listener], ...]) -> None:
        for person, (how, seen, listener) in zip(PEOPLE, told, strict=True):
            if how is Begins.LATER:
                continue
            self.writes(person, seen)
            if how is not Begins.BOT and self.current[person.id].owner == BOT:
                self.says_and_hands_over(person, HandOver.COMPLETE)
            if how is Begins.LISTENER:
                self.take(self.current[person.id], listener)
        for caller, words, (_, seen, listener) in zip(CALLERS, CODES, told, strict=False):
            self.calls(caller, listener, seen)
            self.reads_out(caller, words)

    @rule(seconds=st.integers(1, 60) | st.integers(1, 4 * 3600))
    def time_passes(self, seconds: int) -> None:
        self.now += seconds * SECOND

    @rule()
    def everybody_reads(self) -> None:
        self.stale = dict(self.current)

    @rule(person=people, seen=seen, at_once=st.booleans())
    def person_writes(self, person: Contact, seen: Assessment, at_once: bool) -> None:
        self.writes(person, seen, at_once=at_once)

    def writes(self, person: Contact, seen: Assessment, *, at_once: bool = True) -> None:
        text = f"message {len(self.events)}"
        self.accept(Told(person, an_event(text=text, sender=person.address), seen))
        if at_once:
            self.enter(person)

    def accept(self, told: Told) -> None:
        self.events.append(told)
        self.heard[told.person.id].append(told.event.text or "")
        self.pending[told.person.id].append(told)

    @rule(pick=st.integers(0, 10**6))
    def platform_delivers_again(self, pick: int) -> None:
        """What was accepted is known by its id; a worker that had it before goes on with it."""
        if self.events:
            told = self.events[pick % len(self.events)]
            waits = self.pending[told.person.id]
            if told not in waits or waits[0] is told:
                self.enter_one(told, self.stale.get(told.person.id))

    @rule(person=people)
    def what_was_left_enters(self, person: Contact) -> None:
        self.enter(person)

    def enter(self, person: Contact) -> None:
        """All that waits, in order, on what is there now."""
        while self.pending[person.id]:
            before = len(self.pending[person.id])
            self.enter_one(self.pending[person.id][0], self.current.get(person.id))
            assert len(self.pending[person.id]) < before, "refused on the newest state"

    def enter_one(self, told: Told, on: Conversation | None, *, dies: bool = False) -> None:
        person, event, seen = told.person, told.event, told.seen
        if on is None or not on.is_open:
            on = transitions.open_conversation(person, on, now=self.now)
        if (caller := self.called_by(told)) is not None:
            self.joins(caller, on, told, dies=dies)
            return
        change = transitions.receive(on, event, seen, burst=SECOND, now=self.now, phrases=PHRASES)
        self.keep(person.id, change, told)
        self.note_danger(person, change, seen)

    def called_by(self, told: Told) -> Contact | None:
        """Whose call this is the code of."""
        heard = spoken_code.heard_in(told.event.text or "") or ""
        for caller in self.those(is_held):
            code = self.current[caller.id].code
            if code is not None and code.means(heard, told.person.id, now=self.now):
                return caller
        return None

    @rule(pick=picks, listener=listeners, seen=seen)
    def a_call_is_noted(self, pick: int, listener: Listener, seen: Assessment) -> None:
        self.calls(CALLERS[pick % len(CALLERS)], listener, seen)

    def calls(self, caller: Contact, listener: Listener, seen: Assessment) -> None:
        change = transitions.open_call(caller, listener, seen, "", now=self.now, phrases=PHRASES)
        self.keep(caller.id, change)

    @somebody(may_be_given_a_code)
    @rule(pick=picks, words=st.sampled_from(CODES))
    def a_code_is_read_out(self, pick: int, words: str) -> None:
        self.reads_out(self.one_of(may_be_given_a_code, pick), words)

    def reads_out(self, caller: Contact, words: str) -> None:
        code = spoken_code.SpokenCode(words=words, until=self.now + spoken_code.LASTS)
        self.attempt(
            caller,
            lambda one: transitions.give_code(
                one, self.holder(caller), code, now=self.now, phrases=PHRASES
            ),
        )

    @somebody(lambda one: one.code is not None)
    @rule(pick=picks, person=people, dies=st.booleans())
    def a_code_is_typed(self, pick: int, person: Contact, dies: bool) -> None:
        code = self.current[self.one_of(lambda one: one.code is not None, pick).id].code
        assert code is not None
        self.accept(Told(person, an_event(text=code.words, sender=person.address), Assessment()))
        if not self.pending[person.id][1:]:
            self.enter_one(self.pending[person.id][0], self.current.get(person.id), dies=dies)

    def joins(self, caller: Contact, chat: Conversation, told: Told, *, dies: bool) -> None:
        """As two commits, the call's first; a process may die between them."""
        ours = transitions.join_chat(self.current[caller.id], chat, now=self.now, phrases=PHRASES)
        self.keep(caller.id, ours)
        if dies:
            return
        listener = self.holder(caller)
        change = transitions.join_call(
            chat,
            told.event,
            ours.conversation,
            listener,
            unwritten=not self.kept[told.person.id],
            now=self.now,
            phrases=PHRASES,
        )
        was_held = is_held(chat)
        self.keep(told.person.id, change, told)
        if self.current[told.person.id] is change.conversation:
            owner = change.conversation.owner
            assert owner == chat.owner if was_held else owner.listener_id == listener.id

    def note_danger(self, person: Contact, change: Change, seen: Assessment) -> None:
        """Danger that is told again is news too, though nothing rose by it."""
        told = change.conversation
        if seen.is_danger and self.current[person.id] is told:
            self.raised[person.id].append((told.version, told.assessment.urgency))
            self.endangered[person.id] = told.version

    @somebody(is_a_chat)
    @rule(pick=picks, seen=seen)
    def person_changes_what_they_wrote(self, pick: int, seen: Assessment) -> None:
        person = self.one_of(is_a_chat, pick)
        message, one = self.said[person.id], self.current[person.id]
        event = an_event(text=message.text, sender=person.address)
        change = transitions.edit(one, message, event, seen, now=self.now, phrases=PHRASES)
        self.keep(person.id, change)
        self.note_danger(person, change, seen)

    @somebody(is_the_bots)
    @rule(pick=picks, late=late, hand_over=st.sampled_from([None, *HandOver]))
    def bot_answers(self, pick: int, late: bool, hand_over: HandOver | None) -> None:
        self.says_and_hands_over(self.one_of(is_the_bots, pick), hand_over, late=late)

    def says_and_hands_over(
        self, person: Contact, hand_over: HandOver | None, *, late: bool = False
    ) -> None:
        turn = AssistantTurn(
            said=(Said("question"),),
            dialogue="{}",
            assessment=Assessment(),
            hand_over=hand_over,
        )
        self.attempt(
            person,
            lambda one: transitions.answer(
                one, turn, answered=one.next_seq - 1, now=self.now, phrases=PHRASES
            ),
            stale=late,
        )

    @somebody(lambda one: one.is_waiting)
    @rule(listener=listeners)
    def listener_takes_the_next(self, listener: Listener) -> None:
        queue = self.queue()
        head, free = queue[0], {one.id for one in LISTENERS if one is not listener}
        order = in_order_for(listener, queue, free=free, now=self.now)
        assert {one.id for one in order} == {one.id for one in queue}, "somebody is left out"
        assert head.ticket is not None
        if order[0] is not head:
            assert not is_grave(head), "somebody is preferred to a danger"
            short = self.now - head.ticket.waiting_since < LEFT_FOR
            left = head.known_to in free and short
            assert left or order[0].known_to == listener.id, "somebody starves"
        self.take(order[0], listener)
        if head.ticket.ahead_of is not None:
            return
        for other in queue[1:]:
            assert other.ticket is not None
            assert line.band(head.assessment) <= line.band(other.assessment)
            if line.band(head.assessment) is line.band(other.assessment):
                passed_by = head.ticket.waiting_since - other.ticket.waiting_since
                assert passed_by <= PATIENCE, "somebody starves"

    def take(self, one: Conversation, listener: Listener) -> None:
        change = transitions.claim(one, listener, now=self.now, phrases=PHRASES)
        self.keep(one.contact_id, change)

    @somebody(may_be_taken)
    @rule(pick=picks, listener=listeners, late=late)
    def listener_picks_one(self, pick: int, listener: Listener, late: bool) -> None:
        self.attempt(
            self.one_of(may_be_taken, pick),
            lambda one: transitions.claim(one, listener, now=self.now, phrases=PHRASES),
            stale=late,
        )

    @somebody(is_held)
    @rule(pick=picks, doer=doers, late=late, ago=st.integers(0, 4))
    def listener_replies(self, pick: int, doer: Listener | None, late: bool, ago: int) -> None:
        """By what they had read when they began: danger that came since is not answered by it."""
        person = self.one_of(is_held, pick)
        before, screen = self.current[person.id], self.screens[person.id][-1 - ago :][0]
        listener, cid = self.holder(person, doer), f"reply-{len(self.asked):05}"

        def says(one: Conversation) -> Change:
            return transitions.reply(
                one,
                listener,
                "…",
                client_id=cid,
                seen=screen.version,
                now=self.now,
                phrases=PHRASES,
            )

        asked = Asked(person, before.id, screen.version, says)
        self.asked.append(asked)
        self.ask(asked, stale=late)
        assert not asked.done or ago or self.current[person.id].danger_since is None

    def ask(self, asked: Asked, *, stale: bool = False) -> None:
        """Said once at most, and no answer to a danger that was found since."""
        person, before = asked.person, self.current[asked.person.id]
        self.attempt(person, asked.says, stale=stale)
        after = self.current[person.id]
        if after is before:
            return
        assert not asked.done, "said twice"
        asked.done = True
        unseen = asked.seen < self.endangered[person.id]
        assert not (unseen and before.danger_since) or after.danger_since == before.danger_since

    @precondition(lambda desk: bool(desk.asked))
    @rule(pick=st.integers(0, 10**6))
    def console_asks_again(self, pick: int) -> None:
        asked = self.asked[pick % len(self.asked)]
        if self.current[asked.person.id].id == asked.conversation:
            self.ask(asked)

    @somebody(is_held)
    @rule(pick=picks, ago=st.integers(0, 4), urgency=st.sampled_from(Urgency))
    def listener_corrects(self, pick: int, ago: int, urgency: Urgency) -> None:
        """By what they had read when they began; it is decided on what is there now."""
        person = self.one_of(is_held, pick)
        now, screen = self.current[person.id], self.screens[person.id][-1 - ago :][0]
        told = transitions.Correction(
            issue=Issue.ARNAQUE,
            urgency=urgency,
            role=Role.VICTIME_MINEURE,
            why=transitions.Why.LEARNED,
            seen=screen.version,
            since=begun_at(screen),
        )
        holder = self.holder(person)
        change = transitions.correct(now, holder, told, now=self.now, phrases=PHRASES)
        self.keep(person.id, change)
        assert self.current[person.id].assessment.urgency.rank >= urgency.rank
        self.raised[person.id] = [
            (version, urgency)
            for version, urgency in self.raised[person.id]
            if version > screen.version
        ]

    @somebody(is_held)
    @rule(pick=picks, doer=doers, to=listeners)
    def listener_offers(self, pick: int, doer: Listener | None, to: Listener) -> None:
        person = self.one_of(is_held, pick)
        self.attempt(
            person,
            lambda one: transitions.offer(
                one,
                self.holder(person, doer),
                to.id,
                "…",
                client_id=f"offer-{one.version:04}",
                now=self.now,
                phrases=PHRASES,
            ),
        )

    @somebody(is_offered)
    @rule(
        pick=picks,
        listener=listeners,
        late=late,
        answer=st.sampled_from([transitions.accept, transitions.decline, transitions.withdraw]),
    )
    def an_offer_is_answered(
        self, pick: int, listener: Listener, late: bool, answer: Callable[..., Change]
    ) -> None:
        self.attempt(
            self.one_of(is_offered, pick),
            lambda one: answer(one, listener, now=self.now, phrases=PHRASES),
            stale=late,
        )

    @somebody(is_held)
    @rule(pick=picks, doer=doers)
    def listener_hands_back(self, pick: int, doer: Listener | None) -> None:
        person = self.one_of(is_held, pick)
        self.attempt(
            person,
            lambda one: transitions.hand_back(
                one,
                self.holder(person, doer),
                "…",
                client_id=f"back-{one.version:04}",
                first=self.first_of(one),
                now=self.now,
                phrases=PHRASES,
            ),
        )

    @somebody(is_held)
    @rule(pick=picks, doer=doers, late=late)
    def listener_lets_the_bot_go_on(self, pick: int, doer: Listener | None, late: bool) -> None:
        person = self.one_of(is_held, pick)
        self.attempt(
            person,
            lambda one: transitions.return_to_bot(
                one,
                self.holder(person, doer),
                "…",
                client_id=f"bot-{one.version:05}",
                now=self.now,
                phrases=PHRASES,
            ),
            stale=late,
        )

    @somebody(is_held)
    @rule(listener=listeners)
    def listener_vanishes(self, listener: Listener) -> None:
        for person in self.those(lambda one: one.is_held_by(listener.id)):
            one = self.current[person.id]
            change = transitions.give_back(
                one, first=self.first_of(one), now=self.now, phrases=PHRASES
            )
            self.keep(person.id, change)
            self.is_at_the_head(person)

    def is_at_the_head(self, person: Contact) -> None:
        back = self.current[person.id]
        ahead = [
            other
            for other in self.queue()
            if other.assessment.urgency is back.assessment.urgency
            and line.band(other.assessment) is line.band(back.assessment)
        ]
        assert ahead[0].id == back.id, "given back, and not at the head"

    @somebody(may_be_assigned)
    @rule(pick=picks, to=listeners, late=late)
    def supervisor_assigns(self, pick: int, to: Listener, late: bool) -> None:
        self.attempt(
            self.one_of(may_be_assigned, pick),
            lambda one: transitions.assign(one, to, SUPERVISOR, now=self.now, phrases=PHRASES),
            stale=late,
        )

    @somebody(is_held)
    @rule(pick=picks)
    def supervisor_takes_back(self, pick: int) -> None:
        person = self.one_of(is_held, pick)
        one = self.current[person.id]
        change = transitions.take_back(
            one, SUPERVISOR, first=self.first_of(one), now=self.now, phrases=PHRASES
        )
        self.keep(person.id, change)
        self.is_at_the_head(person)

    @somebody(is_held)
    @rule(pick=picks, doer=doers, to=listeners)
    def listener_lets_a_colleague_read(
        self, pick: int, doer: Listener | None, to: Listener
    ) -> None:
        person = self.one_of(is_held, pick)
        self.attempt(
            person,
            lambda one: transitions.invite_along(
                one, self.holder(person, doer), to.id, now=self.now, phrases=PHRASES
            ),
        )

    @somebody(is_read_along)
    @rule(pick=picks, listener=listeners)
    def colleague_reads_no_more(self, pick: int, listener: Listener) -> None:
        self.attempt(
            self.one_of(is_read_along, pick),
            lambda one: transitions.leave_alongside(one, listener, now=self.now, phrases=PHRASES),
        )

    @somebody(is_held)
    @rule(pick=picks, doer=doers, late=late)
    def listener_closes(self, pick: int, doer: Listener | None, late: bool) -> None:
        person = self.one_of(is_held, pick)
        self.attempt(
            person,
            lambda one: transitions.close(
                one,
                self.holder(person, doer),
                Outcome.HELPED,
                seen=one.version,
                now=self.now,
                phrases=PHRASES,
            ),
            stale=late,
        )

    @somebody(is_closed)
    @rule(pick=picks, doer=doers, late=late)
    def listener_takes_a_closing_back(self, pick: int, doer: Listener | None, late: bool) -> None:
        person = self.one_of(is_closed, pick)
        self.attempt(
            person,
            lambda one: transitions.reopen(
                one, self.holder(person, doer), now=self.now, phrases=PHRASES
            ),
            stale=late,
        )

    # What must always hold

    @invariant()
    def one_owner_and_a_ticket_that_says_the_same(self) -> None:
        for one in self.current.values():
            if not one.is_open:
                assert not one.is_waiting
                continue
            if one.owner == BOT:
                assert one.ticket is None
                continue
            assert one.ticket is not None
            held = one.owner.kind is OwnerKind.LISTENER
            wanted = TicketStatus.CLAIMED if held else TicketStatus.WAITING
            assert one.ticket.status is wanted
            assert one.ticket.listener_id == one.owner.listener_id
            assert one.is_waiting is (line.place_of(one) is not None)
            assert held or one.offer is None

    @invariant()
    def nothing_is_lost_and_nothing_kept_twice(self) -> None:
        for person in PEOPLE:
            waits = [told.event.text for told in self.pending[person.id]]
            assert self.kept[person.id] + waits == self.heard[person.id]
        for numbers in self.numbers.values():
            assert numbers == list(range(1, len(numbers) + 1))

    @invariant()
    def danger_is_never_the_bots(self) -> None:
        for one in self.current.values():
            if one.is_open and one.assessment.is_danger:
                assert one.owner != BOT

    @invariant()
    def a_code_joins_a_call_to_one_person(self) -> None:
        calls = {one.id: one for one in self.current.values() if one.channel == TELEPHONE}
        for one in self.current.values():
            for call in (calls[half] for half in one.halves if half in calls):
                assert one.id in call.halves
                assert call.code is not None
                assert call.code.used_by == one.contact_id

    @invariant()
    def nobody_reads_along_but_with_who_answers(self) -> None:
        for one in self.current.values():
            assert not one.readers or is_held(one)
            assert one.owner.listener_id not in one.readers

    @invariant()
    def what_rose_unseen_never_falls(self) -> None:
        for contact, raised in self.raised.items():
            now = self.current[contact].assessment.urgency
            assert all(now.rank >= urgency.rank for _, urgency in raised)

    def teardown(self) -> None:
        """When nobody else comes, all that waits enters, and all who wait are taken in turn."""
        for person in PEOPLE:
            self.enter(person)
        for taken in range(len(self.queue()) + 1):
            queue = self.queue()
            if not queue:
                break
            assert taken < len(EVERYBODY)
            self.take(queue[0], LISTENERS[0])
        assert self.queue() == []


Desk.TestCase.settings = settings(max_examples=80, stateful_step_count=40)
TestDesk = Desk.TestCase
