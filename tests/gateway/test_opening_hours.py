"""What people are told around opening and closing time, with the real words and a turned clock."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.sentences import Catalogue
from connectors.web.payloads import team_of
from core import transitions
from core.accounts import Availability
from core.clock import Clock
from core.conversation import Conversation, OwnerKind, TicketStatus
from core.events import MessageType
from core.follow_up import Stage
from core.hours import PARIS, Hours, Phase, Plan, Span, parse_week
from core.labels import Address, Urgency
from core.ports import Change, Store
from core.prospects import Prospect, Wait
from core.transitions import honesty
from core.typography import french
from core.work import Lane
from gateway.expectations import ALWAYS, Expectations, Facts, french_holidays
from tests.builders import a_contact, a_waiting
from tests.core.test_transitions import ANNE
from tests.fakes import Echo, OneWordScreen, ScriptedAssistant
from tests.gateway.house import House, a_house

CATALOGUE = Catalogue.load()
HOURS = Hours(plan=Plan(week=parse_week("mon-sun 09:00-23:00"), holidays=(Span(600, 1200),)))


def expectations(store: Store, clock: Clock, hours: Hours = HOURS) -> Expectations:
    facts = Facts(hours=hours, is_holiday=french_holidays())
    return Expectations(store=store, facts=facts, clock=clock)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with a_house(
        tmp_path,
        assistant=ScriptedAssistant(hand_over_at=1),
        screen=OneWordScreen(),
        understand=lambda screened, _text: screened,
        phrases=CATALOGUE,
        asks_for_human=lambda text: "HUMAIN" in text,
        expect=lambda store, clock: expectations(store, clock).of,
    ) as house:
        house.assistant.question = "complete"
        yield house


def turn_to(house: House, *moment: int) -> None:
    house.clock.now = datetime(*moment, tzinfo=PARIS)  # type: ignore[arg-type, misc]


async def told(house: House, sentence: str) -> str:
    return [m.text for m in await house.messages() if m.sentence == sentence][-1]


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        ((2026, 6, 10, 8, 59, 57), "elle arrive aujourd’hui à 9 h"),
        ((2026, 6, 10, 9, 0, 0), "te répond dès qu’elle est libre."),
        (
            (2026, 6, 10, 22, 40, 0),
            "ferme bientôt, à 23 h. Sans réponse avant, elle revient demain",
        ),
        ((2026, 6, 10, 23, 0, 0), "elle revient demain à 9 h"),
        ((2026, 6, 11, 0, 10, 0), "elle arrive aujourd’hui à 9 h"),
        # The nights in which the clock is put, and the eve of a holiday.
        ((2026, 3, 29, 1, 30, 0), "elle arrive aujourd’hui à 9 h"),
        ((2026, 10, 25, 1, 30, 0), "elle arrive aujourd’hui à 9 h"),
        ((2026, 7, 13, 23, 0, 0), "elle revient demain à 10 h"),
    ],
)
async def test_who_asks_for_a_human_is_told_when_one_is_there(
    house: House, moment: tuple[int, ...], words: str
) -> None:
    turn_to(house, *moment)
    await house.writes("HUMAIN")
    await house.settle()
    assert french(words) in await told(house, "handed_over")
    assert (await house.conversation()).owner.kind is OwnerKind.QUEUE


async def test_the_welcome_promises_nobody_at_night(house: House) -> None:
    turn_to(house, 2026, 6, 10, 23, 30)
    await house.writes("salut")
    await house.run(Lane.INBOUND)
    welcome = await told(house, "welcome")
    assert "assistant automatique" in welcome
    assert french("elle revient demain à 9 h") in welcome
    assert "quand tu veux" not in welcome


async def test_danger_at_night_gets_the_numbers_at_once_and_the_truth(house: House) -> None:
    turn_to(house, 2026, 6, 11, 2, 0)
    await house.writes("DANGER")
    await house.run(Lane.INBOUND)
    numbers = await told(house, "danger_numbers")
    assert all(number in numbers for number in ("15", "112", "114", "3114"))
    assert "personne ne lit en ce moment" in numbers
    assert "On prévient" not in numbers
    house.clock.turn(11 * 60)
    await house.writes("DANGER")
    await house.run(Lane.INBOUND)
    again = await told(house, "danger_numbers_again")
    assert "personne ne lit en ce moment" in again
    assert "3114" in again


async def test_at_night_the_website_proposes_a_call_takes_the_number_and_promises_no_reader(
    house: House,
) -> None:
    turn_to(house, 2026, 6, 11, 2, 0)
    await house.writes("DANGER")
    await house.run(Lane.INBOUND)
    question = (await house.messages())[-1]
    assert question.sentence == "follow_up_call_ask"
    assert [one.id for one in question.choices] == ["follow_midday", "follow_evening", "follow_no"]
    await house.writes("Vers 18 h", payload="follow_evening", type=MessageType.CHOICE)
    await house.run(Lane.INBOUND)
    assert "juste ton numéro" in await told(house, "follow_up_call_number")
    await house.writes("06 12 34 56 78")
    await house.run(Lane.INBOUND)
    noted = await told(house, "follow_up_call_noted")
    assert french("un appel aujourd’hui à 18 h") in noted
    assert "finit par 78" in noted
    promised = (await house.conversation()).follow_up
    assert promised is not None
    assert (promised.stage, promised.number) == (Stage.AGREED, "0612345678")
    calls = [m.text for m in await house.messages() if (m.sentence or "").startswith("follow_up")]
    assert not [text for text in calls if re.search(r"en ce moment|tout de suite|bientôt", text)]
    # What is planned is a listener's task at its hour, and nothing is written by a machine.
    turn_to(house, 2026, 6, 11, 18, 0)
    before = len(await house.messages())
    await house.run(Lane.AFTER)
    promised = (await house.conversation()).follow_up
    assert promised is not None
    assert promised.stage is Stage.DUE
    assert len(await house.messages()) == before


async def test_danger_by_day_is_told_that_the_team_learns_of_it(house: House) -> None:
    turn_to(house, 2026, 6, 11, 14, 0)
    await house.writes("DANGER")
    await house.run(Lane.INBOUND)
    assert "On prévient une personne de l’équipe" in await told(house, "danger_numbers")


async def test_who_still_waits_at_closing_time_is_told_once(house: House) -> None:
    turn_to(house, 2026, 6, 10, 22, 50)
    await house.writes("HUMAIN")
    await house.settle()
    turn_to(house, 2026, 6, 10, 22, 59, 59)
    await house.run(Lane.WATCH)
    assert "team_left" not in [m.sentence for m in await house.messages()]
    turn_to(house, 2026, 6, 10, 23, 0, 1)
    await house.run(Lane.WATCH)
    left = await told(house, "team_left")
    assert french("elle revient demain à 9 h") in left
    assert "3114" in left
    turn_to(house, 2026, 6, 11, 3, 0)
    await house.run(Lane.WATCH)
    assert [m.sentence for m in await house.messages()].count("team_left") == 1
    waiting = await house.conversation()
    again = transitions.tell_of_closing(
        waiting,
        now=house.clock(),
        phrases=house.phrases,
        prospect=expectations(house.store, house.clock).of("web"),
    )
    assert again is None
    assert waiting.ticket is not None
    assert waiting.ticket.status is TicketStatus.WAITING


async def test_closing_time_never_cuts_what_a_listener_holds(house: House) -> None:
    turn_to(house, 2026, 6, 10, 22, 50)
    await house.writes("HUMAIN")
    await house.settle()
    held = await house.claimed()
    turn_to(house, 2026, 6, 10, 23, 0, 1)
    await house.run(Lane.WATCH)
    assert await house.conversation() == held
    await house.writes("encore là ?")
    await house.run(Lane.INBOUND)
    await house.replies("oui, je reste", ANNE)
    after = await house.conversation()
    assert after.is_held_by(ANNE.id)
    assert "team_left" not in [m.sentence for m in await house.messages()]


async def test_who_loses_the_listener_after_closing_time_is_not_told_soon(house: House) -> None:
    turn_to(house, 2026, 6, 10, 22, 50)
    await house.writes("HUMAIN")
    await house.settle()
    held = await house.claimed()
    turn_to(house, 2026, 6, 10, 23, 5)
    house_expects = expectations(house.store, house.clock)
    change = transitions.give_back(
        held, first=None, now=house.clock(), phrases=house.phrases, prospect=house_expects.of("web")
    )
    assert french("elle revient demain à 9 h") in change.messages[-1].text


async def test_the_morning_queue_opens_ranked(house: House) -> None:
    turn_to(house, 2026, 6, 10, 23, 30)
    waiting: list[Conversation] = []
    for step, urgency in enumerate((Urgency.MODEREE, Urgency.FAIBLE, Urgency.ELEVEE)):
        since = house.clock() + timedelta(minutes=30 * step)
        one = a_waiting(await a_contact(house.store), urgency, since)
        await house.commit(Change(conversation=one))
        waiting.append(one)
    ranked = await house.store.waiting(limit=10)
    assert [each.id for each in ranked] == [waiting[i].id for i in (2, 0, 1)]


async def test_a_channel_may_have_hours_of_its_own(house: House) -> None:
    hours = Hours(plan=ALWAYS.plan, channels={"web": HOURS.plan})
    turn_to(house, 2026, 6, 10, 23, 30)
    expects = expectations(house.store, house.clock, hours)
    assert expects.of("web").opening.phase is Phase.CLOSED
    assert expects.of("telegram").opening.is_open


async def test_the_wait_is_learnt_from_the_queue(house: House) -> None:
    turn_to(house, 2026, 6, 10, 12, 0)
    expects = expectations(house.store, house.clock)
    asked: list[Conversation] = []
    for each in range(3):
        contact = await a_contact(house.store)
        urgency = Urgency.MODEREE
        conversation = a_waiting(contact, urgency, house.clock() - timedelta(minutes=7 + each))
        await house.commit(Change(conversation=conversation))
        asked.append(conversation)
    await expects.look()
    assert expects.of("web").wait is None
    for conversation in asked:
        await house.commit(transitions.claim(conversation, ANNE, now=house.clock(), phrases=Echo()))
    await expects.look()
    expected = expects.of("web")
    change = transitions.hand_over_untriaged(
        transitions.open_conversation(await a_contact(house.store), None, now=house.clock()),
        now=house.clock(),
        phrases=house.phrases,
        prospect=expected,
    )
    assert french("Attente en ce moment : entre 5 et 15 minutes.") in change.messages[-1].text


async def test_at_night_no_sentence_says_that_somebody_comes(house: House) -> None:
    turn_to(house, 2026, 6, 10, 23, 30)
    for text in ("salut", "HUMAIN", "encore", "DANGER"):
        await house.writes(text)
        await house.settle()
        house.clock.turn(200)
    for message in await house.messages():
        assert "dès qu’elle est libre" not in message.text


async def test_through_a_night_who_is_in_danger_hears_the_numbers_ever_more_rarely(
    house: House,
) -> None:
    turn_to(house, 2026, 6, 10, 23, 30)
    began = house.clock()
    await house.writes("DANGER")
    await house.settle()
    heard: list[timedelta] = []
    # Every five minutes until noon: the watch, as the gateway runs it.
    for _ in range(150):
        house.clock.turn(5 * 60)
        await house.run(Lane.WATCH)
        count = [m.sentence for m in await house.messages()].count("danger_numbers_waiting")
        if count > len(heard):
            heard.append(house.clock() - began)
    assert [round(one / timedelta(minutes=5)) * 5 for one in heard] == [30, 60, 120, 240, 480]
    words = await told(house, "danger_numbers_waiting")
    assert all(number in words for number in ("15", "112", "114", "3114", "GESTES"))
    at_night = next(m for m in await house.messages() if m.sentence == "danger_numbers_waiting")
    assert french("à 9 h") in at_night.text
    assert "dès qu’elle est libre" not in at_night.text


async def test_who_waits_is_told_of_the_gestures_and_gets_them_without_the_assistant(
    house: House,
) -> None:
    house.assistant.dead = True
    turn_to(house, 2026, 6, 10, 14, 0)
    await house.writes("bonjour")
    await house.settle()
    house.clock.turn(4 * 60)
    await house.writes("je suis là")
    await house.run(Lane.INBOUND)
    assert "écris GESTES" in await told(house, "still_waiting")
    await house.writes("Gestes !")
    await house.run(Lane.INBOUND)
    assert "Garde les preuves" in await told(house, "gestures_any")


async def test_in_the_morning_the_night_is_no_wait_and_who_left_was_not_answered(
    house: House,
) -> None:
    told_of = expectations(house.store, house.clock)
    turn_to(house, 2026, 6, 10, 1, 0)
    people = []
    for _ in range(8):
        contact = await a_contact(house.store, now=house.clock())
        one = a_waiting(contact, Urgency.MODEREE, since=house.clock())
        await house.store.commit(Change(conversation=one), now=house.clock())
        people.append(one)
    await told_of.look()
    turn_to(house, 2026, 6, 10, 9, 0)
    await told_of.look()
    assert told_of.of("web").wait is None
    for one in people[:4]:
        house.clock.turn(60)
        claimed = transitions.claim(one, ANNE, now=house.clock(), phrases=Echo())
        await house.store.commit(claimed, now=house.clock())
        await told_of.look()
    assert told_of.of("web").wait == Wait(0, 5)
    turn_to(house, 2026, 6, 10, 9, 50)
    await told_of.look()
    for one in people[4:]:
        left = transitions.end_before_erasing(one, now=house.clock(), phrases=Echo())
        await house.store.commit(left, now=house.clock())
    await told_of.look()
    assert told_of.of("web").wait is None


async def test_within_the_hours_but_with_nobody_there_nobody_is_promised(house: House) -> None:
    told_of = expectations(house.store, house.clock)

    async def after(seconds: float) -> Prospect:
        house.clock.turn(seconds)
        await told_of.look()
        return told_of.of("web")

    def says(hole: str, prospect: Prospect) -> str:
        return honesty.told_of(prospect, house.clock(), CATALOGUE, Address.TU)[hole]

    turn_to(house, 2026, 6, 11, 14, 0)
    # A process that has just started has seen nobody, and knows nothing.
    assert not (await after(0)).deserted
    assert not (await after(599)).deserted
    alone = await after(1)
    assert alone.deserted
    assert team_of(alone, now=house.clock(), danger=True)["open"] is False
    assert says("team", alone).startswith("Personne de l’équipe n’est là en ce moment.")
    assert says("alert", alone) == "Ici, personne ne lit en ce moment, alors appelle."
    called = says("alert", replace(alone, on_call=True))
    assert called == "L’équipe n’est pas là, mais on prévient une personne d’astreinte."
    await house.store.note_present(ANNE.id, now=house.clock())
    await house.store.set_availability(ANNE.id, Availability.PAUSE, now=house.clock())
    assert not (await after(1)).deserted
    await house.store.set_availability(ANNE.id, Availability.OFF, now=house.clock())
    assert not (await after(599)).deserted
    await house.store.note_present(ANNE.id, now=house.clock())
    assert (await after(1)).deserted
    # At night the hours say it, and when somebody comes.
    turn_to(house, 2026, 6, 12, 1, 0)
    night = await after(0)
    assert not night.deserted
    assert team_of(night, now=house.clock())["opens"]
