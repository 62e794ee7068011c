"""A whole desk at random: people, a bot, listeners who take, pass on, close and vanish.

Whatever they do in whatever order, on the newest state or a stale one: each conversation has one
owner, no message is lost or kept twice, danger is never the bot's, nobody is passed by for ever.
"""

from collections import defaultdict
from collections.abc import Callable
from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from core import line, transitions
from core.accounts import Listener
from core.assessment import Assessment
from core.assistant import AssistantTurn, HandOver, Said
from core.conversation import BOT, Author, Contact, Conversation, Outcome, OwnerKind, TicketStatus
from core.errors import Refused
from core.events import InboundEvent
from core.ids import ContactId
from core.labels import Issue, Role, Urgency
from core.ports import Change
from tests.builders import NOON, an_event
from tests.core.test_transitions import a_listener
from tests.fakes import Echo

SECOND = timedelta(seconds=1)
PEOPLE = tuple(
    Contact(id=ContactId(name), channel="web", account="site", address=name, created_at=NOON)
    for name in ("ines", "jo", "kim", "lou")
)
LISTENERS = tuple(a_listener(name) for name in ("anne", "bilal", "chloe"))
PHRASES = Echo()
# Nobody waits longer than this while others who came later are taken, dangers aside.
PATIENCE = line.HEAD_START[Urgency.ELEVEE] + line.MINORS_FIRST

people, listeners, late = st.sampled_from(PEOPLE), st.sampled_from(LISTENERS), st.booleans()
seen = st.builds(
    Assessment,
    urgency=st.sampled_from(Urgency),
    issue=st.sampled_from([None, Issue.CYBERHARCELEMENT, Issue.IDEATION_SUICIDAIRE]),
    role=st.sampled_from([None, Role.VICTIME_MINEURE, Role.VICTIME_MAJEURE]),
)


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
        self.events: list[tuple[Contact, InboundEvent, Assessment]] = []
        self.consumed: set[str] = set()

    # What a store does

    def keep(self, contact: ContactId, change: Change) -> None:
        """Refuse what was decided on an older version, and a second open conversation."""
        before = self.current.get(contact)
        mine = before is not None and before.id == change.conversation.id
        expected = before.version + 1 if before and mine else 1
        if change.conversation.version != expected or (before and before.is_open and not mine):
            return
        for message in change.messages:
            if message.author is Author.BOT:
                assert before is None or not mine or before.owner == BOT
            if message.author is Author.PERSON:
                self.kept[contact].append(message.text)
            if message.author is Author.LISTENER:
                assert before is not None
                assert before.owner.listener_id == message.listener_id
            self.numbers[contact].append(message.seq)
        self.current[contact] = change.conversation

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

    @rule(seconds=st.integers(1, 4 * 3600))
    def time_passes(self, seconds: int) -> None:
        self.now += seconds * SECOND

    @rule()
    def everybody_reads(self) -> None:
        self.stale = dict(self.current)

    @rule(person=people, seen=seen)
    def person_writes(self, person: Contact, seen: Assessment) -> None:
        event = an_event(text=f"message {len(self.events)}", sender=person.address)
        self.events.append((person, event, seen))
        self.heard[person.id].append(event.text or "")
        self.deliver(person, event, seen)

    @rule(pick=st.integers(0, 10**6))
    def platform_delivers_again(self, pick: int) -> None:
        if self.events:
            self.deliver(*self.events[pick % len(self.events)])

    def deliver(self, person: Contact, event: InboundEvent, seen: Assessment) -> None:
        if event.event_id in self.consumed:  # the inbox's unique event id
            return
        self.consumed.add(event.event_id)
        on = self.current.get(person.id)
        if on is None or not on.is_open:
            on = transitions.open_conversation(person, on, now=self.now)
        change = transitions.receive(on, event, seen, burst=SECOND, now=self.now, phrases=PHRASES)
        self.keep(person.id, change)

    @rule(person=people, late=late, hand_over=st.sampled_from([None, *HandOver]))
    def bot_answers(self, person: Contact, late: bool, hand_over: HandOver | None) -> None:
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

    @rule(listener=listeners)
    def listener_takes_the_next(self, listener: Listener) -> None:
        queue = self.queue()
        if not queue:
            return
        first = queue[0]
        self.take(first, listener)
        assert first.ticket is not None
        if first.ticket.ahead_of is not None:
            return
        for other in queue[1:]:
            assert other.ticket is not None
            assert line.band(first.assessment) <= line.band(other.assessment)
            if line.band(first.assessment) is line.band(other.assessment):
                passed_by = first.ticket.waiting_since - other.ticket.waiting_since
                assert passed_by <= PATIENCE, "somebody starves"

    def take(self, one: Conversation, listener: Listener) -> None:
        change = transitions.claim(one, listener, now=self.now, phrases=PHRASES)
        self.keep(one.contact_id, change)

    @rule(person=people, listener=listeners, late=late)
    def listener_picks_one(self, person: Contact, listener: Listener, late: bool) -> None:
        self.attempt(
            person,
            lambda one: transitions.claim(one, listener, now=self.now, phrases=PHRASES),
            stale=late,
        )

    @rule(person=people, listener=listeners, late=late)
    def listener_replies(self, person: Contact, listener: Listener, late: bool) -> None:
        self.attempt(
            person,
            lambda one: transitions.reply(
                one,
                listener,
                "…",
                client_id=f"reply-{len(self.numbers[person.id]):04}",
                seen=one.next_seq - 1,
                now=self.now,
                phrases=PHRASES,
            ),
            stale=late,
        )

    @rule(person=people, giver=listeners, to=listeners)
    def listener_offers(self, person: Contact, giver: Listener, to: Listener) -> None:
        self.attempt(
            person,
            lambda one: transitions.offer(
                one,
                giver,
                to.id,
                "…",
                client_id=f"offer-{one.version:04}",
                now=self.now,
                phrases=PHRASES,
            ),
        )

    @rule(
        person=people,
        listener=listeners,
        late=late,
        answer=st.sampled_from([transitions.accept, transitions.decline, transitions.withdraw]),
    )
    def an_offer_is_answered(
        self, person: Contact, listener: Listener, late: bool, answer: Callable[..., Change]
    ) -> None:
        self.attempt(
            person,
            lambda one: answer(one, listener, now=self.now, phrases=PHRASES),
            stale=late,
        )

    @rule(person=people, listener=listeners)
    def listener_hands_back(self, person: Contact, listener: Listener) -> None:
        self.attempt(
            person,
            lambda one: transitions.hand_back(
                one,
                listener,
                "…",
                client_id=f"back-{one.version:04}",
                first=self.first_of(one),
                now=self.now,
                phrases=PHRASES,
            ),
        )

    @rule(person=people, listener=listeners, late=late)
    def listener_lets_the_bot_go_on(self, person: Contact, listener: Listener, late: bool) -> None:
        self.attempt(
            person,
            lambda one: transitions.return_to_bot(
                one,
                listener,
                "…",
                client_id=f"bot-{one.version:05}",
                now=self.now,
                phrases=PHRASES,
            ),
            stale=late,
        )

    @rule(listener=listeners)
    def listener_vanishes(self, listener: Listener) -> None:
        for person in PEOPLE:
            one = self.current.get(person.id)
            if one is not None and one.is_held_by(listener.id):
                change = transitions.give_back(
                    one, first=self.first_of(one), now=self.now, phrases=PHRASES
                )
                self.keep(person.id, change)
                back = self.current[person.id]
                ahead = [
                    other
                    for other in self.queue()
                    if other.assessment.urgency is back.assessment.urgency
                    and line.band(other.assessment) is line.band(back.assessment)
                ]
                assert ahead[0].id == back.id, "given back, and not at the head"

    @rule(person=people, listener=listeners, late=late)
    def listener_closes(self, person: Contact, listener: Listener, late: bool) -> None:
        self.attempt(
            person,
            lambda one: transitions.close(
                one,
                listener,
                Outcome.HELPED,
                seen=one.next_seq - 1,
                now=self.now,
                phrases=PHRASES,
            ),
            stale=late,
        )

    @rule(person=people, listener=listeners, late=late)
    def listener_takes_a_closing_back(
        self, person: Contact, listener: Listener, late: bool
    ) -> None:
        self.attempt(
            person,
            lambda one: transitions.reopen(one, listener, now=self.now, phrases=PHRASES),
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
        assert self.kept == self.heard
        for numbers in self.numbers.values():
            assert numbers == list(range(1, len(numbers) + 1))

    @invariant()
    def danger_is_never_the_bots(self) -> None:
        for one in self.current.values():
            if one.is_open and one.assessment.is_danger:
                assert one.owner != BOT

    def teardown(self) -> None:
        """When nobody else comes, all who wait are taken, one after the other."""
        for taken in range(len(self.queue()) + 1):
            queue = self.queue()
            if not queue:
                break
            assert taken < len(PEOPLE)
            self.take(queue[0], LISTENERS[0])
        assert self.queue() == []


Desk.TestCase.settings = settings(max_examples=40, stateful_step_count=40)
TestDesk = Desk.TestCase
