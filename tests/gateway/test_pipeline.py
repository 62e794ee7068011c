"""The lanes on a real store: what is kept, said and passed on, and in which order."""

from dataclasses import replace
from datetime import timedelta

import pytest

from core import transitions
from core.conversation import (
    Author,
    Conversation,
    Outcome,
    OwnerKind,
)
from core.errors import LeaseLost
from core.events import EventKind, InboundEvent
from core.labels import Issue, Urgency
from core.work import ORDINARY, Lane
from gateway.pipeline.inbound import QUARANTINE_AFTER
from tests.builders import an_event
from tests.core.test_transitions import ANNE
from tests.fakes import Echo
from tests.gateway.house import LEASE, House


async def test_three_turns_lead_to_the_queue(house: House) -> None:
    for text in ("un", "deux", "trois"):
        await house.writes(text)
        await house.settle()
    assert await house.log() == [
        "person: un",
        "service: welcome",
        "bot: question_1",
        "person: deux",
        "bot: question_2",
        "person: trois",
        "bot: question_3",
        "service: handed_over",
    ]
    assert (await house.conversation()).owner.kind is OwnerKind.QUEUE


async def test_a_burst_is_one_turn(house: House) -> None:
    for text in ("y a un mec", "ki a mes photos", "aidez moi"):
        await house.writes(text)
    await house.settle()
    assert [request.text for request in house.assistant.requests] == [
        "y a un mec\nki a mes photos\naidez moi"
    ]


async def test_a_wish_for_a_human_is_heard_anywhere_in_a_burst(house: House) -> None:
    for text in ("jsp quoi faire", "un HUMAIN svp", "mes parents savent pas"):
        await house.writes(text)
    await house.settle()
    assert house.assistant.requests[0].known["asked_human"] == "true"


async def test_a_tapped_choice_is_a_turn_of_its_own(house: House) -> None:
    house.phrases.choices["welcome"] = ("yes",)
    await house.writes("on me menace")
    await house.writes("Oui", payload="yes")
    await house.writes("merci")
    await house.settle()
    assert [(request.text, request.choice) for request in house.assistant.requests] == [
        ("on me menace", None),
        ("Oui", "yes"),
        ("merci", None),
    ]


async def test_danger_reaches_the_queue_without_the_assistant(house: House) -> None:
    house.assistant.dead = True
    await house.writes("DANGER")
    await house.run(Lane.INBOUND)
    conversation = await house.conversation()
    assert conversation.ticket is not None
    assert conversation.assessment.urgency is Urgency.CRITIQUE
    assert await house.log() == ["person: DANGER", "service: danger_numbers"]
    assert not house.assistant.requests


async def test_dead_assistant_means_a_human_with_a_marked_ticket(house: House) -> None:
    house.assistant.dead = True
    await house.writes("on m'a volé de l'argent")
    await house.settle()
    conversation = await house.conversation()
    assert conversation.owner.kind is OwnerKind.QUEUE
    assert conversation.assessment.incomplete
    assert conversation.assessment.issue is Issue.ARNAQUE
    assert (await house.log())[-1] == "service: handed_over_after_failure"


async def test_bot_answer_is_dropped_when_danger_came_while_it_thought(house: House) -> None:
    async def danger_meanwhile() -> None:
        await house.writes("DANGER")
        await house.run(Lane.INBOUND)

    house.assistant.before_answer = danger_meanwhile
    await house.writes("salut")
    await house.settle()
    assert await house.log() == [
        "person: salut",
        "service: welcome",
        "person: DANGER",
        "service: danger_numbers",
    ]


async def test_bot_answers_what_came_while_it_thought(house: House) -> None:
    async def more_meanwhile() -> None:
        house.assistant.before_answer = None
        await house.writes("et aussi")
        await house.run(Lane.INBOUND)

    house.assistant.before_answer = more_meanwhile
    await house.writes("salut")
    await house.settle()
    house.clock.turn(1)
    await house.settle()
    assert [request.text for request in house.assistant.requests] == ["salut", "et aussi"]
    assert (await house.log())[-1] == "bot: question_2"


async def test_what_was_written_before_the_question_is_no_answer_to_it(house: House) -> None:
    async def more_meanwhile() -> None:
        house.assistant.before_answer = None
        await house.writes("oui")
        await house.run(Lane.INBOUND)

    house.assistant.question = "ask_thoughts"
    house.assistant.before_answer = more_meanwhile
    await house.writes("on me menace")
    await house.settle()
    house.clock.turn(1)
    await house.writes("non")
    await house.settle()
    told = [(r.text, r.known.get("early")) for r in house.assistant.requests]
    assert told == [("on me menace", None), ("oui", "true"), ("non", None)]


async def test_an_answer_while_the_same_question_is_asked_again_counts(house: House) -> None:
    async def oui() -> None:
        house.assistant.before_answer = non
        await house.writes("oui")
        await house.run(Lane.INBOUND)

    async def non() -> None:
        house.assistant.before_answer = None
        await house.writes("non")
        await house.run(Lane.INBOUND)

    house.assistant.question = "ask_thoughts"
    house.assistant.before_answer = oui
    await house.writes("on me menace")
    for _ in range(3):
        await house.settle()
        house.clock.turn(1)
    told = [(r.text, r.known.get("early")) for r in house.assistant.requests]
    assert told == [("on me menace", None), ("oui", "true"), ("non", None)]


async def test_a_tapped_choice_is_never_early(house: House) -> None:
    house.phrases.choices["welcome"] = ("yes",)

    async def tapped_meanwhile() -> None:
        house.assistant.before_answer = None
        await house.writes("Oui", payload="yes")
        await house.run(Lane.INBOUND)

    house.assistant.question = "ask_age"
    house.assistant.before_answer = tapped_meanwhile
    await house.writes("on me menace")
    await house.settle()
    await house.settle()
    assert [r.known.get("early") for r in house.assistant.requests] == [None, None]


async def test_bot_is_silent_under_a_listener(house: House) -> None:
    for text in ("un", "deux", "trois"):
        await house.writes(text)
        await house.settle()
    await house.claimed()
    asked = len(house.assistant.requests)
    await house.writes("quatre")
    await house.settle()
    assert len(house.assistant.requests) == asked
    assert (await house.log())[-1] == "person: quatre"


async def test_unreadable_message_gets_an_answer_without_the_assistant(house: House) -> None:
    await house.writes("")
    await house.settle()
    assert not house.assistant.requests
    assert (await house.log())[-1] == "service: unreadable"


async def test_faces_and_signs_are_for_the_assistant_to_read(house: House) -> None:
    await house.writes("😭😭")
    await house.settle()
    assert [request.text for request in house.assistant.requests] == ["😭😭"]


async def closed_after_danger(house: House, outcome: Outcome) -> Conversation:
    await house.writes("DANGER")
    await house.run(Lane.INBOUND)
    first = await house.claimed()
    change = transitions.close(
        first, ANNE, outcome, seen=first.version, now=house.clock(), phrases=Echo()
    )
    await house.store.commit(change, now=house.clock())
    return change.conversation


async def test_coming_back_soon_leads_to_a_listener_with_what_is_known(house: House) -> None:
    first = await closed_after_danger(house, Outcome.HELPED)
    house.clock.turn(3600)
    await house.writes("me revoilà")
    await house.settle()
    second = await house.conversation()
    assert second.previous == first.id
    assert second.owner.kind is OwnerKind.QUEUE
    assert second.assessment.urgency is Urgency.CRITIQUE
    assert second.assessment.reasons == ()
    messages = await house.store.messages(second.id)
    assert messages[0].seq == first.next_seq
    assert await house.log() == ["person: me revoilà", "service: still_waiting"]
    assert not house.assistant.requests


async def test_who_left_before_anybody_answered_comes_back_to_the_queue(house: House) -> None:
    house.assistant.dead = True
    await house.writes("un compte en mon nom")
    await house.settle()
    assert (await house.conversation()).is_waiting
    house.clock.turn(7 * 24 * 3600 - 60)
    await house.run(Lane.WATCH)
    assert (await house.conversation()).is_open
    house.clock.turn(60)
    await house.run(Lane.WATCH)
    left = await house.conversation()
    assert not left.is_open
    assert (await house.log())[-1] == "service: handed_over_after_failure"
    await house.writes("me revoilà")
    await house.settle()
    second = await house.conversation()
    assert (second.previous, second.is_waiting) == (left.id, True)
    assert second.assessment.incomplete


@pytest.mark.parametrize(
    ("outcome", "later"), [(Outcome.HELPED, 25 * 3600), (Outcome.OFF_TOPIC, 60)]
)
async def test_coming_back_otherwise_begins_anew(
    house: House, outcome: Outcome, later: float
) -> None:
    first = await closed_after_danger(house, outcome)
    house.clock.turn(later)
    await house.writes("bonjour")
    await house.settle()
    second = await house.conversation()
    assert second.previous == first.id
    assert second.owner.kind is OwnerKind.BOT
    assert second.assessment.urgency is Urgency.FAIBLE


@pytest.mark.parametrize(("payload", "text"), [("yes", "Oui"), (None, "oui des fois")])
async def test_yes_to_thoughts_of_dying_is_danger_without_the_assistant(
    house: House, payload: str | None, text: str
) -> None:
    house.assistant.question = "ask_thoughts"
    await house.writes("on me menace")
    await house.settle()
    house.assistant.dead = True
    await house.writes(text, payload=payload)
    await house.settle()
    conversation = await house.conversation()
    assert conversation.danger_since is not None
    assert conversation.assessment.issue is Issue.IDEATION_SUICIDAIRE
    assert [fact.value for fact in conversation.assessment.facts] == ["oui"]
    assert (await house.log())[-1] == "service: danger_numbers"


@pytest.mark.parametrize("text", ["non", "oui mais non", "ouin", "pourquoi ?"])
async def test_anything_else_is_not_a_yes(house: House, text: str) -> None:
    house.assistant.question = "ask_thoughts"
    await house.writes("on me menace")
    await house.settle()
    await house.writes(text)
    await house.settle()
    assert (await house.conversation()).danger_since is None


async def test_a_no_that_goes_on_is_read_in_full(house: House) -> None:
    house.assistant.question = "ask_thoughts"
    await house.writes("on me menace")
    await house.settle()
    await house.writes("non mais c'est GRAVE")
    await house.run(Lane.INBOUND)
    assert (await house.conversation()).assessment.urgency is Urgency.CRITIQUE


async def test_somebody_who_waits_is_still_read(house: House) -> None:
    house.assistant.dead = True
    await house.writes("slt")
    await house.settle()
    assert (await house.conversation()).assessment.urgency is Urgency.FAIBLE
    await house.writes("c'est GRAVE")
    await house.run(Lane.INBOUND)
    assert (await house.conversation()).assessment.urgency is Urgency.CRITIQUE


async def test_somebody_who_goes_on_writing_is_not_interrupted(house: House) -> None:
    for text in ("ya un mec", "il a mes photos", "il va les envoyer"):
        await house.writes(text)
        await house.run(Lane.INBOUND)
        house.clock.turn(0.5)
        await house.run(Lane.ASSISTANT)
    assert not house.assistant.requests
    house.clock.turn(0.2)
    await house.run(Lane.ASSISTANT)
    assert len(house.assistant.requests) == 1


async def test_endless_writing_is_answered_at_last(house: House) -> None:
    for _ in range(8):
        await house.writes("et puis")
        await house.run(Lane.INBOUND)
        house.clock.turn(0.5)
        await house.run(Lane.ASSISTANT)
    assert house.assistant.requests


async def test_unknown_kinds_change_nothing_and_block_nothing(house: House) -> None:
    await house.writes("", kind=EventKind.REACTION)
    await house.writes("bonjour")
    await house.settle()
    assert (await house.log())[0] == "person: bonjour"


async def test_a_message_the_screen_fails_on_is_urgent_and_incomplete(house: House) -> None:
    await house.writes("BOOM")
    await house.run(Lane.INBOUND)
    assessment = (await house.conversation()).assessment
    assert (assessment.urgency, assessment.incomplete) == (Urgency.ELEVEE, True)


async def test_a_message_we_fail_on_is_shown_to_a_human_unread(house: House) -> None:
    house.phrases.missing = {"welcome"}
    await house.writes("bonjour")
    await house.writes("encore moi")
    for _ in range(QUARANTINE_AFTER):
        await house.run(Lane.INBOUND)
        house.clock.turn(60)
    conversation = await house.conversation()
    assert conversation.owner.kind is OwnerKind.QUEUE
    assert conversation.assessment.incomplete
    assert (await house.log())[0] == "person: bonjour"
    assert "person: encore moi" in await house.log()
    assert (await house.store.queue_figures()).quarantined == 0


async def test_poison_is_set_aside_and_the_conversation_goes_on(house: House) -> None:
    house.phrases.missing = {"welcome", "handed_over_after_failure"}
    await house.writes("bonjour")
    await house.writes("DANGER")
    for _ in range(QUARANTINE_AFTER):
        await house.run(Lane.INBOUND)
        house.clock.turn(60)
    assert await house.log() == ["person: DANGER", "service: danger_numbers"]
    assert (await house.store.queue_figures()).quarantined == 1


async def test_an_answer_we_fail_on_leads_to_a_human(house: House) -> None:
    house.phrases.missing = {"question_1"}
    await house.writes("bonjour")
    await house.settle()
    assert (await house.conversation()).owner.kind is OwnerKind.QUEUE
    assert (await house.log())[-1] == "service: handed_over_after_failure"


async def test_danger_of_the_learned_reading_alarms_without_the_assistant(house: House) -> None:
    house.assistant.dead = True
    await house.writes("GRAVE")
    await house.run(Lane.INBOUND)
    conversation = await house.conversation()
    assert conversation.danger_since is not None
    assert (await house.log())[-1] == "service: danger_numbers"


async def test_danger_cut_over_two_messages_is_seen(house: House) -> None:
    house.screen.words = ("DAN GER",)
    await house.writes("je suis en DAN")
    await house.writes("GER maintenant")
    await house.run(Lane.INBOUND)
    conversation = await house.conversation()
    assert conversation.assessment.urgency is Urgency.CRITIQUE
    assert [
        (reason.seq, reason.start, reason.end) for reason in conversation.assessment.reasons
    ] == [(1, 11, 14), (3, 0, 3)]


async def test_somebody_silent_under_the_bot_is_seen_by_a_human(house: House) -> None:
    house.assistant.urgency = Urgency.ELEVEE
    await house.writes("on me menace")
    await house.settle()
    assert (await house.conversation()).owner.kind is OwnerKind.BOT
    house.clock.turn(170)
    await house.run(Lane.WATCH)
    assert (await house.conversation()).owner.kind is OwnerKind.BOT
    house.clock.turn(20)
    await house.run(Lane.WATCH)
    assert (await house.conversation()).owner.kind is OwnerKind.QUEUE


async def test_silence_counts_from_the_last_message(house: House) -> None:
    house.assistant.urgency = Urgency.ELEVEE
    await house.writes("on me menace")
    await house.settle()
    house.clock.turn(170)
    await house.writes("je suis encore là")
    await house.settle()
    house.clock.turn(20)
    await house.run(Lane.WATCH)
    assert (await house.conversation()).owner.kind is OwnerKind.BOT
    house.clock.turn(170)
    await house.run(Lane.WATCH)
    assert (await house.conversation()).owner.kind is OwnerKind.QUEUE


async def test_alarm_after_a_minute_claimed_or_not(house: House) -> None:
    await house.writes("DANGER")
    await house.run(Lane.INBOUND)
    await house.claimed()
    house.clock.turn(59)
    assert await house.run(Lane.WATCH) == 0
    house.clock.turn(2)
    await house.run(Lane.WATCH)
    assert (await house.conversation()).alarmed_at is not None


async def test_no_alarm_once_answered(house: House) -> None:
    await house.writes("DANGER")
    await house.run(Lane.INBOUND)
    claimed = await house.claimed()
    reply = transitions.reply(
        claimed,
        ANNE,
        "je suis là",
        client_id="cid-0001",
        seen=claimed.version,
        now=house.clock(),
        phrases=Echo(),
    )
    await house.store.commit(reply, now=house.clock())
    house.clock.turn(61)
    await house.run(Lane.WATCH)
    assert (await house.conversation()).alarmed_at is None


async def test_a_worker_past_its_lease_writes_nothing(house: House) -> None:
    await house.writes("bonjour")
    (stale,) = await house.claim(Lane.INBOUND)
    house.clock.turn(LEASE.total_seconds() + 1)
    (_taken_over,) = await house.claim(Lane.INBOUND)
    with pytest.raises(LeaseLost):
        await house.inbound.enter(replace(stale, until=house.clock() + LEASE))


async def test_the_same_event_is_one_message(house: House) -> None:
    for _ in range(3):
        await house.writes("bonjour", "event-01")
    await house.settle()
    assert (await house.log()).count("person: bonjour") == 1


async def test_long_text_is_screened_to_its_end(house: House) -> None:
    event: InboundEvent = an_event(text="a " * 50_000 + "DANGER")
    await house.store.accept_events([event], now=house.clock(), priority=ORDINARY)
    await house.run(Lane.INBOUND)
    assert (await house.conversation()).assessment.urgency is Urgency.CRITIQUE


async def test_whom_the_bot_left_too_long_goes_to_a_human_unasked(house: House) -> None:
    await house.writes("bonjour")
    await house.run(Lane.INBOUND)
    house.clock.turn(46)
    await house.run(Lane.ASSISTANT)
    assert not house.assistant.requests
    found = await house.conversation()
    assert found.is_waiting
    assert found.assessment.incomplete


async def test_whoever_writes_without_a_pause_lets_the_others_go_first(house: House) -> None:
    for number in range(50):
        await house.writes(f"encore {number}")
    (flooder,) = await house.claim(Lane.INBOUND)
    assert await house.inbound.enter(flooder) == timedelta(0)
    await house.store.finish_work(flooder, now=house.clock(), again_at=house.clock())
    while await house.run(Lane.INBOUND):
        pass
    said = [one.text for one in await house.messages() if one.author is Author.PERSON]
    assert said == [f"encore {number}" for number in range(50)]
