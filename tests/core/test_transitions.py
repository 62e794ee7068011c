"""Who may speak when: every interleaving of person, bot, listeners and clock keeps the rules."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from core import line, transitions
from core.accounts import Listener, StaffRole
from core.assessment import NOTHING_KNOWN, Assessment, Reason
from core.assistant import AssistantTurn, HandOver, Said
from core.conversation import (
    BOT,
    QUEUE,
    Author,
    Contact,
    Conversation,
    DeliveryStatus,
    Message,
    Outcome,
    OwnerKind,
    Ticket,
    TicketStatus,
)
from core.errors import Refused, Unseen
from core.ids import ContactId, ListenerId
from core.labels import Issue, Role, Urgency
from core.ports import Change
from core.skills import Language, Needs
from core.work import URGENT, Lane
from tests.builders import NOON, an_event
from tests.fakes import Echo

SECOND = timedelta(seconds=1)


def a_listener(name: str) -> Listener:
    return Listener(
        id=ListenerId(name * 4),
        login=name,
        name=name,
        role=StaffRole.LISTENER,
        password_hash="",
        created_at=NOON,
    )


ANNE, BILAL = a_listener("anne"), a_listener("bilal")
CONTACT = Contact(
    id=ContactId("contact"), channel="web", account="site", address="x", created_at=NOON
)
CRITICAL = Assessment(
    urgency=Urgency.CRITIQUE,
    issue=Issue.IDEATION_SUICIDAIRE,
    reasons=(Reason(0, 0, 4, "suicide_intent", Urgency.CRITIQUE),),
)


def fresh() -> Conversation:
    return transitions.open_conversation(CONTACT, None, now=NOON)


def at_next(conversation: Conversation, seen: Assessment) -> Assessment:
    """What was seen, tied to the conversation's next message."""
    reasons = tuple(replace(reason, seq=conversation.next_seq) for reason in seen.reasons)
    return replace(seen, reasons=reasons)


def said(conversation: Conversation, seen: Assessment = NOTHING_KNOWN, after: float = 1) -> Change:
    return transitions.receive(
        conversation,
        an_event(id="cid-1", text="bonjour"),
        at_next(conversation, seen),
        burst=SECOND,
        now=conversation.updated_at + after * SECOND,
        phrases=Echo(),
    )


def answered(conversation: Conversation, **turn: object) -> Change:
    fields: dict[str, object] = {
        "said": (Said("question"),),
        "dialogue": "{}",
        "assessment": NOTHING_KNOWN,
    }
    return transitions.answer(
        conversation,
        AssistantTurn(**(fields | turn)),  # type: ignore[arg-type]
        answered=conversation.next_seq - 1,
        now=conversation.updated_at,
        phrases=Echo(),
    )


def queued() -> Conversation:
    return answered(said(fresh()).conversation, hand_over=HandOver.COMPLETE).conversation


def held(listener: Listener = ANNE) -> Conversation:
    waiting = queued()
    return transitions.claim(waiting, listener, now=waiting.updated_at, phrases=Echo()).conversation


def sentences(change: Change) -> list[str | None]:
    return [message.sentence for message in change.messages]


def test_first_message_is_kept_and_the_assistant_introduces_itself() -> None:
    change = said(fresh())
    assert [message.author for message in change.messages] == [Author.PERSON, Author.SERVICE]
    assert sentences(change) == [None, "welcome"]
    assert [message.seq for message in change.messages] == [1, 2]
    # The watch looks, a week later, whether anybody is still there.
    assert {wake.lane for wake in change.wakes} == {Lane.ASSISTANT, Lane.DELIVERY, Lane.WATCH}
    assert change.conversation.version == 1


def test_critical_message_goes_to_the_queue_with_the_numbers_in_one_change() -> None:
    change = said(fresh(), CRITICAL)
    conversation = change.conversation
    assert conversation.owner == QUEUE
    assert conversation.ticket is not None
    assert conversation.ticket.status is TicketStatus.WAITING
    assert conversation.assessment.urgency is Urgency.CRITIQUE
    assert sentences(change) == [None, "danger_numbers"]
    assert conversation.danger_since == conversation.updated_at
    assert [(wake.lane, wake.priority) for wake in change.wakes if wake.lane is Lane.WATCH] == [
        (Lane.WATCH, URGENT)
    ]
    assert Lane.ASSISTANT not in {wake.lane for wake in change.wakes}
    assert change.messages[0].reasons[0].seq == 1


def test_critical_message_under_a_listener_alarms_and_no_machine_speaks() -> None:
    change = said(held(), CRITICAL)
    assert [message.author for message in change.messages] == [Author.PERSON]
    assert change.conversation.owner.kind is OwnerKind.LISTENER
    assert change.conversation.danger_since is not None
    assert Lane.WATCH in {wake.lane for wake in change.wakes}


def test_numbers_are_repeated_but_not_after_every_sentence() -> None:
    first = said(fresh(), CRITICAL).conversation
    soon = said(first, CRITICAL)
    assert sentences(soon) == [None]
    later = said(soon.conversation, CRITICAL, after=601)
    assert sentences(later) == [None, "danger_numbers_again"]


def test_waiting_person_hears_only_rare_fixed_notices() -> None:
    conversation = queued()
    soon = said(conversation)
    assert sentences(soon) == [None]
    later = said(soon.conversation, after=301)
    assert sentences(later) == [None, "still_waiting"]
    assert Lane.ASSISTANT not in {wake.lane for wake in later.wakes}


@pytest.mark.parametrize("left", [queued, held])
def test_late_bot_answer_is_refused(left: object) -> None:
    with pytest.raises(Refused):
        answered(left())  # type: ignore[operator]


def test_transfer_and_its_sentence_are_one_change() -> None:
    change = answered(said(fresh()).conversation, hand_over=HandOver.ASKED_HUMAN)
    assert change.conversation.ticket is not None
    assert sentences(change)[-1] == "handed_over"


def test_the_language_that_the_bot_heard_is_asked_for_unless_a_listener_chose_another() -> None:
    foreign = answered(
        said(fresh()).conversation, hand_over=HandOver.NOT_UNDERSTOOD, language=Language.ANGLAIS
    )
    assert foreign.conversation.needs == Needs(language=Language.ANGLAIS)
    chosen = replace(said(fresh()).conversation, needs=Needs(language=Language.ARABE))
    kept = answered(chosen, language=Language.ANGLAIS)
    assert kept.conversation.needs == Needs(language=Language.ARABE)


def test_what_nobody_understood_waits_as_a_known_worry() -> None:
    change = answered(said(fresh()).conversation, hand_over=HandOver.NOT_UNDERSTOOD)
    assert change.conversation.assessment.urgency is Urgency.MODEREE


def test_untriaged_hand_over_is_marked() -> None:
    conversation = said(fresh(), Assessment(issue=Issue.ARNAQUE)).conversation
    change = transitions.hand_over_untriaged(conversation, now=NOON, phrases=Echo())
    assert change.conversation.assessment.incomplete
    assert change.conversation.assessment.issue is Issue.ARNAQUE
    assert change.conversation.owner == QUEUE
    assert sentences(change) == ["handed_over_after_failure"]


def test_assistant_never_lowers_urgency_and_danger_stays_the_issue() -> None:
    conversation = said(fresh()).conversation
    conversation = replace(conversation, assessment=CRITICAL)
    change = answered(
        conversation,
        assessment=Assessment(urgency=Urgency.FAIBLE, issue=Issue.ARNAQUE, role=Role.INCONNU),
    )
    assert change.conversation.assessment.urgency is Urgency.CRITIQUE
    assert change.conversation.assessment.issue is Issue.IDEATION_SUICIDAIRE
    assert change.conversation.assessment.issue_secondary is Issue.ARNAQUE


def test_parents_are_addressed_as_vous() -> None:
    parent = Assessment(role=Role.PARENT)
    assert said(fresh(), parent).messages[1].text == "welcome/vous"
    assert said(fresh()).messages[1].text == "welcome/tu"


@pytest.mark.parametrize(
    ("issue", "role", "sentence"),
    [
        (Issue.IDEATION_SUICIDAIRE, None, "danger_numbers"),
        (Issue.DANGER_PHYSIQUE, Role.VICTIME_MINEURE, "danger_numbers_violence"),
        (Issue.IDEATION_SUICIDAIRE, Role.PARENT, "danger_numbers_other"),
        (Issue.DANGER_PHYSIQUE, Role.TEMOIN_AMI, "danger_numbers_violence"),
        (Issue.DANGER_PHYSIQUE, Role.PARENT, "danger_numbers_violence"),
    ],
)
def test_numbers_fit_who_writes_and_what_about(
    issue: Issue, role: Role | None, sentence: str
) -> None:
    seen = replace(CRITICAL, issue=issue, role=role)
    assert sentences(said(fresh(), seen))[-1] == sentence


def test_a_wish_to_die_without_a_plan_is_danger_too() -> None:
    change = said(fresh(), replace(CRITICAL, urgency=Urgency.ELEVEE))
    assert change.conversation.danger_since is not None
    assert change.conversation.assessment.urgency is Urgency.ELEVEE
    assert sentences(change) == [None, "danger_numbers"]


def test_danger_that_only_two_messages_together_say_is_danger() -> None:
    issue = said(fresh(), Assessment(issue=Issue.IDEATION_SUICIDAIRE))
    assert issue.conversation.owner == BOT
    change = said(issue.conversation, Assessment(urgency=Urgency.ELEVEE))
    assert change.conversation.owner == QUEUE
    assert change.conversation.danger_since is not None
    assert sentences(change) == [None, "danger_numbers"]
    # Once it is known, a harmless message is no new danger.
    calm = said(change.conversation, NOTHING_KNOWN)
    assert calm.conversation.danger_version == change.conversation.version


def test_alarm_goes_off_once_after_a_minute_unless_answered() -> None:
    waiting = said(fresh(), CRITICAL).conversation
    assert waiting.danger_since is not None
    early = waiting.danger_since + 59 * SECOND
    due = waiting.danger_since + 60 * SECOND
    assert transitions.sound_alarm(waiting, now=early, phrases=Echo()) is None
    alarmed = transitions.sound_alarm(waiting, now=due, phrases=Echo())
    assert alarmed is not None
    assert alarmed.conversation.alarmed_at == due
    assert transitions.sound_alarm(alarmed.conversation, now=due, phrases=Echo()) is None

    claimed = transitions.claim(waiting, ANNE, now=early, phrases=Echo()).conversation
    assert transitions.sound_alarm(claimed, now=due, phrases=Echo()) is not None
    replied = transitions.reply(
        claimed,
        ANNE,
        "je suis là",
        client_id="reply-01",
        seen=claimed.version,
        now=early,
        phrases=Echo(),
    ).conversation
    assert transitions.sound_alarm(replied, now=due, phrases=Echo()) is None


def test_vanished_listener_gives_back_to_the_head_of_the_queue() -> None:
    conversation = held()
    assert conversation.ticket is not None
    longest = replace(
        queued(), ticket=Ticket.opened(conversation.ticket.waiting_since - 7200 * SECOND)
    )
    first = line.place_of(longest)
    now = NOON + 300 * SECOND
    back = transitions.give_back(conversation, first=first, now=now, phrases=Echo())
    place = line.place_of(back.conversation)
    assert place is not None
    assert first is not None
    assert place < first
    assert back.conversation.owner == QUEUE
    assert back.conversation.ticket is not None
    assert back.conversation.ticket.waiting_since == conversation.ticket.waiting_since
    assert sentences(back) == ["listener_lost"]


def test_next_conversation_goes_on_counting() -> None:
    conversation = held()
    closed = transitions.close(
        conversation,
        ANNE,
        Outcome.HELPED,
        seen=conversation.version,
        now=conversation.updated_at,
        phrases=Echo(),
    ).conversation
    following = transitions.open_conversation(CONTACT, closed, now=NOON)
    assert following.first_seq == closed.next_seq
    assert following.previous == closed.id
    assert said(following).messages[0].seq == closed.next_seq


def test_late_receipts_never_undo_progress() -> None:
    assert DeliveryStatus.READ.after(DeliveryStatus.DELIVERED) is DeliveryStatus.READ
    assert DeliveryStatus.SENT.after(DeliveryStatus.FAILED) is DeliveryStatus.FAILED
    assert DeliveryStatus.READ.after(DeliveryStatus.FAILED) is DeliveryStatus.READ
    assert DeliveryStatus.UNKNOWN.after(DeliveryStatus.DELIVERED) is DeliveryStatus.DELIVERED


def test_a_reply_written_before_the_danger_was_seen_does_not_answer_it() -> None:
    conversation = held()
    seen = conversation.version
    endangered = said(conversation, CRITICAL).conversation
    blind = transitions.reply(
        endangered,
        ANNE,
        "à demain",
        client_id="reply-01",
        seen=seen,
        now=NOON,
        phrases=Echo(),
    ).conversation
    assert blind.danger_since is not None
    with pytest.raises(Unseen):
        transitions.close(blind, ANNE, Outcome.HELPED, seen=seen, now=NOON, phrases=Echo())


def test_danger_left_until_the_alarm_may_be_taken_over() -> None:
    endangered = said(held(), CRITICAL).conversation
    with pytest.raises(Refused):
        transitions.claim(endangered, BILAL, now=NOON, phrases=Echo())
    late = endangered.updated_at + 60 * SECOND
    alarmed = transitions.sound_alarm(endangered, now=late, phrases=Echo())
    assert alarmed is not None
    taken = transitions.claim(alarmed.conversation, BILAL, now=late, phrases=Echo())
    assert taken.conversation.owner.listener_id == BILAL.id


class Interleavings(RuleBasedStateMachine):
    """Everyone acts on the newest state or on a stale one; the store lets only the newest in."""

    def __init__(self) -> None:
        super().__init__()
        self.now = NOON
        self.conversation = fresh()
        self.stale = self.conversation
        self.messages: list[Message] = []
        self.dangers = 0
        self.most_urgent = Urgency.FAIBLE

    def keep(self, change: Change) -> None:
        """What a store does: refuse what was decided on an older version."""
        before = self.conversation
        if change.conversation.id != before.id:
            # Decided on an earlier conversation, which was closed since: its version moved on.
            return
        if change.conversation.version != before.version + 1:
            return
        for message in change.messages:
            if message.author is Author.BOT:
                assert before.owner == BOT, "the bot spoke in a conversation that is not its own"
            if message.author is Author.LISTENER:
                assert before.owner.listener_id == message.listener_id
        assert change.conversation.assessment.urgency.rank >= before.assessment.urgency.rank
        self.messages += change.messages
        self.conversation = change.conversation

    def attempt(self, decide: object, on: Conversation) -> None:
        try:
            change = decide(on)  # type: ignore[operator]
        except Refused:
            return
        if change is not None:
            self.keep(change)

    @rule(seconds=st.integers(1, 700))
    def time_passes(self, seconds: int) -> None:
        self.now += seconds * SECOND

    @rule()
    def somebody_reads(self) -> None:
        self.stale = self.conversation

    @rule(critical=st.booleans())
    def person_writes(self, critical: bool) -> None:
        if not self.conversation.is_open:
            self.conversation = transitions.open_conversation(
                CONTACT, self.conversation, now=self.now
            )
            self.most_urgent = Urgency.FAIBLE
        if critical:
            self.most_urgent = Urgency.CRITIQUE
        before = len(self.messages)
        self.keep(
            transitions.receive(
                self.conversation,
                an_event(text="…"),
                at_next(self.conversation, CRITICAL if critical else NOTHING_KNOWN),
                burst=SECOND,
                now=self.now,
                phrases=Echo(),
            )
        )
        assert len(self.messages) > before, "a message was lost"

    @precondition(lambda self: self.conversation.version)
    @rule(late=st.booleans(), hand_over=st.sampled_from([None, *HandOver]))
    def bot_answers(self, late: bool, hand_over: HandOver | None) -> None:
        turn = AssistantTurn(
            said=(Said("question"),), dialogue="{}", assessment=NOTHING_KNOWN, hand_over=hand_over
        )
        self.attempt(
            lambda conversation: transitions.answer(
                conversation,
                turn,
                answered=conversation.next_seq - 1,
                now=self.now,
                phrases=Echo(),
            ),
            self.stale if late else self.conversation,
        )

    @precondition(lambda self: self.conversation.version)
    @rule(late=st.booleans())
    def assistant_fails(self, late: bool) -> None:
        self.attempt(
            lambda conversation: transitions.hand_over_untriaged(
                conversation, now=self.now, phrases=Echo()
            ),
            self.stale if late else self.conversation,
        )

    @rule(late=st.booleans(), who=st.sampled_from([ANNE, BILAL]))
    def listener_claims(self, late: bool, who: Listener) -> None:
        self.attempt(
            lambda conversation: transitions.claim(conversation, who, now=self.now, phrases=Echo()),
            self.stale if late else self.conversation,
        )

    @rule(late=st.booleans(), who=st.sampled_from([ANNE, BILAL]))
    def listener_replies(self, late: bool, who: Listener) -> None:
        self.attempt(
            lambda conversation: transitions.reply(
                conversation,
                who,
                "…",
                client_id=f"cid-{len(self.messages)}",
                seen=self.stale.version,
                now=self.now,
                phrases=Echo(),
            ),
            self.stale if late else self.conversation,
        )

    @rule(late=st.booleans(), who=st.sampled_from([ANNE, BILAL]))
    def listener_closes(self, late: bool, who: Listener) -> None:
        self.attempt(
            lambda conversation: transitions.close(
                conversation,
                who,
                Outcome.HELPED,
                seen=self.stale.version,
                now=self.now,
                phrases=Echo(),
            ),
            self.stale if late else self.conversation,
        )

    @rule()
    def listener_vanishes(self) -> None:
        self.attempt(
            lambda conversation: transitions.give_back(
                conversation, first=None, now=self.now, phrases=Echo()
            ),
            self.conversation,
        )

    @rule()
    def watch_looks(self) -> None:
        self.attempt(
            lambda conversation: transitions.sound_alarm(
                conversation, now=self.now, phrases=Echo()
            ),
            self.conversation,
        )

    @invariant()
    def numbers_have_no_gap(self) -> None:
        assert [message.seq for message in self.messages] == list(range(1, len(self.messages) + 1))

    @invariant()
    def whoever_left_the_bot_has_a_ticket(self) -> None:
        conversation = self.conversation
        if not conversation.is_open:
            return
        if conversation.owner == BOT:
            assert conversation.ticket is None
        else:
            assert conversation.ticket is not None
            wanted = TicketStatus.WAITING if conversation.owner == QUEUE else TicketStatus.CLAIMED
            assert conversation.ticket.status is wanted
            assert conversation.ticket.listener_id == conversation.owner.listener_id

    @invariant()
    def danger_is_never_left_to_the_bot(self) -> None:
        if self.conversation.is_open and self.most_urgent is Urgency.CRITIQUE:
            assert self.conversation.owner != BOT
            assert self.conversation.assessment.urgency is Urgency.CRITIQUE


Interleavings.TestCase.settings = settings(max_examples=200, stateful_step_count=40)
TestInterleavings = Interleavings.TestCase
