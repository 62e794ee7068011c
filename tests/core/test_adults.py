"""Adults: told of the service made for them, asked whether it suits, and never sent away."""

from dataclasses import replace
from datetime import timedelta

import pytest

from actions.gestures import services_for_adults
from bot.commands import command_in
from core import transitions
from core.assessment import NOTHING_KNOWN, Assessment
from core.assistant import AssistantTurn, HandOver, Said
from core.commands import Command
from core.conversation import Conversation
from core.directory import directory_from
from core.follow_up import Stage
from core.hours import Opening, Phase
from core.labels import Issue, Role
from core.line import place_of
from core.ports import Change
from core.prospects import ANSWERED, Prospect
from core.transitions.machine import SERVICES_TOLD
from handoff.orientations import first_directory
from tests.builders import NOON, an_event
from tests.core.test_transitions import fresh, said
from tests.fakes import Echo

NIGHT = Prospect(opening=Opening(phase=Phase.CLOSED, since=NOON, until=NOON + timedelta(hours=9)))


def handed_over(
    sentence: str, why: HandOver = HandOver.COMPLETE, prospect: Prospect = ANSWERED
) -> Change:
    """The bot passes an adult on, by telegram, having said `sentence`."""
    return transitions.answer(
        replace(said(fresh()).conversation, channel="telegram"),
        AssistantTurn(
            said=(Said(sentence),),
            dialogue="{}",
            assessment=Assessment(role=Role.VICTIME_MAJEURE),
            hand_over=why,
        ),
        answered=1,
        now=NOON,
        phrases=Echo(),
        prospect=prospect,
    )


def writes(
    conversation: Conversation,
    command: Command | None = None,
    *,
    prospect: Prospect = ANSWERED,
    minutes: int = 1,
) -> Change:
    return transitions.receive(
        conversation,
        an_event(id=f"cid-{minutes}", channel="telegram"),
        NOTHING_KNOWN,
        burst=timedelta(0),
        now=NOON + timedelta(minutes=minutes),
        phrases=Echo(),
        command=command,
        prospect=prospect,
    )


def sentences(change: Change) -> list[str | None]:
    return [one.sentence for one in change.messages if one.sentence]


def test_what_the_bot_tells_an_adult_is_kept_and_they_stay_in_the_queue() -> None:
    waiting = handed_over("services_adults").conversation
    (kept,) = waiting.orientations
    assert (kept.service, kept.by, kept.agreed) == ("cyber", None, None)
    assert waiting.is_waiting


@pytest.mark.parametrize(("tapped", "agreed"), [("orient_yes", True), ("orient_no", False)])
def test_an_adult_is_asked_and_keeps_the_place_whatever_the_answer(
    tapped: str, agreed: bool
) -> None:
    change = handed_over("services_content")
    asked = change.messages[-1]
    assert asked.sentence == "adult_service_ask"
    assert [choice.id for choice in asked.choices] == ["orient_yes", "orient_no"]
    before = change.conversation
    after = writes(before, command_in("", tapped, erasing=False, asked=asked.sentence))
    (kept,) = after.conversation.orientations
    assert (kept.service, kept.agreed) == ("pharos", agreed)
    assert sentences(after) == ["orientation_noted"]
    assert after.conversation.is_waiting
    assert place_of(after.conversation) == place_of(before)


def test_in_danger_an_adult_is_asked_nothing_of_the_kind() -> None:
    assert "adult_service_ask" not in sentences(handed_over("services_adults", HandOver.DANGER))


def test_at_night_one_thing_is_asked_at_a_time() -> None:
    change = handed_over("services_adults", prospect=NIGHT)
    assert sentences(change) == ["services_adults", "handed_over", "adult_service_ask"]
    assert change.conversation.follow_up is None
    answered = writes(change.conversation, Command.AGREE, prospect=NIGHT)
    assert sentences(answered) == ["orientation_noted", "follow_up_ask"]
    assert answered.conversation.follow_up is not None
    assert answered.conversation.follow_up.stage is Stage.ASKED
    # A second tap asks nothing again.
    again = writes(answered.conversation, Command.DISAGREE, prospect=NIGHT, minutes=2)
    assert sentences(again) == ["orientation_noted"]


def test_who_answers_neither_is_still_asked_whether_we_may_write() -> None:
    waiting = handed_over("services_adults", prospect=NIGHT).conversation
    later = writes(waiting, prospect=NIGHT, minutes=5)
    assert sentences(later) == ["still_waiting", "follow_up_ask"]
    assert sentences(writes(later.conversation, prospect=NIGHT, minutes=10)) == ["still_waiting"]


def test_what_the_bot_tells_is_in_the_directory_and_made_for_adults_with_that_problem() -> None:
    services = directory_from(first_directory()).services
    told = {issue: services[SERVICES_TOLD[services_for_adults(issue)]] for issue in Issue}
    assert all(service.for_adults for service in told.values())
    assert told[Issue.VIOLENCES_SEXISTES].id == "violences_femmes"
    assert told[Issue.CONTENU_CHOQUANT].id == told[Issue.HAINE_DISCRIMINATION].id == "pharos"
    assert told[Issue.ARNAQUE].id == "cyber"
