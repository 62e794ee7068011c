"""Danger that comes back to the queue begins anew, and whom a claim keeps from being called."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.sentences import Catalogue
from core import transitions
from core.conversation import TELEPHONE, Conversation, Erasure
from core.follow_up import FollowUp, Stage
from core.hours import Opening, Phase
from core.labels import Urgency
from core.ports import Change
from core.prospects import Prospect
from core.work import Lane
from tests.builders import NOON, a_waiting, an_event, changed
from tests.core.test_supervisor import ODILE
from tests.core.test_transitions import ANNE, BILAL, CONTACT, CRITICAL, sentences
from tests.fakes import Echo

MINUTE = timedelta(minutes=1)
OPEN, SHUT = Prospect(), Prospect(opening=Opening(phase=Phase.CLOSED), on_call=True)


def at(minutes: float) -> datetime:
    return NOON + minutes * MINUTE


def in_danger(**fields: Any) -> Conversation:
    told = {"assessment": CRITICAL, "danger_since": NOON, "danger_told_at": NOON, "notice_at": NOON}
    return a_waiting(CONTACT, Urgency.CRITIQUE, **(told | fields))


def taken(conversation: Conversation, minutes: float = 1) -> Conversation:
    return transitions.claim(conversation, ANNE, now=at(minutes), phrases=Echo()).conversation


def answered(minutes: float = 2, **fields: Any) -> Conversation:
    one = transitions.reply(
        taken(in_danger(**fields)), ANNE, "je suis là", client_id="c", seen=99,
        now=at(minutes), phrases=Echo(),
    ).conversation  # fmt: skip
    assert one.danger_since is None
    return one


def vanished(one: Conversation, now: datetime) -> Change:
    return transitions.give_back(one, first=None, now=now, phrases=Echo(), prospect=SHUT)


def taken_back(one: Conversation, now: datetime) -> Change:
    return transitions.take_back(one, ODILE, first=None, now=now, phrases=Echo(), prospect=SHUT)


def handed_back(one: Conversation, now: datetime) -> Change:
    return transitions.hand_back(
        one, ANNE, "…", client_id="n", first=None, now=now, phrases=Echo(), prospect=SHUT
    )


WAYS_BACK = [vanished, taken_back, handed_back]


@pytest.mark.parametrize("back", WAYS_BACK)
def test_answered_danger_that_comes_back_alarms_and_calls_again(back: Any) -> None:
    change = back(answered(), at(30))
    waiting = change.conversation
    assert (waiting.danger_since, waiting.danger_version) == (at(30), waiting.version)
    assert transitions.alarm_at(waiting) == at(31)
    assert transitions.call_at(waiting, SHUT) == at(30)
    wished = {wake.lane: wake.at for wake in change.wakes if wake.at <= at(31)}
    assert {Lane.WATCH, Lane.PAGE} <= set(wished)
    assert sentences(change)[-1] == "danger_numbers_again"
    assert waiting.danger_told_at == at(30)


@pytest.mark.parametrize("back", WAYS_BACK)
def test_whoever_heard_the_numbers_a_moment_ago_does_not_hear_them_twice(back: Any) -> None:
    change = back(answered(), at(9))
    assert change.conversation.danger_since == at(9)
    assert len(sentences(change)) == 1


def test_danger_that_was_never_answered_keeps_its_clock() -> None:
    alarming = changed(taken(in_danger()), alarmed_at=at(1))
    waiting = vanished(alarming, at(2)).conversation
    assert (waiting.danger_since, waiting.is_alarming) == (NOON, True)


def test_what_is_no_danger_comes_back_without_alarm_or_call() -> None:
    calm = taken(a_waiting(CONTACT, Urgency.MODEREE))
    change = vanished(calm, at(30))
    assert change.conversation.danger_since is None
    assert Lane.PAGE not in {wake.lane for wake in change.wakes}


@pytest.mark.parametrize(
    "fields", [{"stopped": True}, {"standby": True}, {"erasure": Erasure(asked_at=NOON)}]
)
def test_who_is_to_be_left_alone_is_called_for_and_not_told_numbers(fields: dict[str, Any]) -> None:
    change = vanished(answered(**fields), at(30))
    assert change.conversation.danger_since == at(30)
    assert sentences(change) == ["listener_lost"]


def test_what_was_told_before_calls_nobody_where_another_may_have_answered() -> None:
    doubtful = FollowUp(stage=Stage.SENT, at=NOON)
    before = taken(in_danger(danger_since=None, follow_up=doubtful))
    assert before.is_doubtful
    assert vanished(before, at(30)).conversation.danger_since is None
    here = answered(follow_up=doubtful, danger_version=1)
    assert vanished(here, at(30)).conversation.danger_since == at(30)


def test_an_open_desk_has_five_minutes_and_a_shut_one_none() -> None:
    assert transitions.call_at(in_danger(), OPEN) == at(5)
    for nobody_there in (SHUT, Prospect(deserted=True)):
        assert transitions.call_at(in_danger(), nobody_there) == NOON
    assert transitions.call_at(in_danger(danger_since=None), SHUT) is None
    assert transitions.call_at(in_danger(closed_at=NOON), SHUT) is None


def test_a_claim_gives_five_minutes_to_answer_and_a_new_danger_five_more() -> None:
    held = taken(in_danger(), 3)
    assert transitions.call_at(held, SHUT) == at(8)
    assert transitions.call_at(changed(held, danger_since=at(60)), SHUT) == at(65)


@pytest.mark.parametrize("take", ["claim", "assign"])
def test_a_call_that_somebody_takes_is_answered(take: str) -> None:
    """Nothing is written to a telephone, so no reply would ever end the danger."""
    call = replace(in_danger(), channel=TELEPHONE)
    if take == "claim":
        held = taken(call)
    else:
        held = transitions.assign(call, BILAL, ODILE, now=at(1), phrases=Echo()).conversation
    assert held.danger_since is None
    back = vanished(held, at(30))
    assert back.conversation.danger_since == at(30)
    assert sentences(back) == []


def nobody_came(one: Conversation, minutes: float = 20) -> Change | None:
    return transitions.tell_nobody_came(one, now=at(minutes), phrases=Echo(), prospect=SHUT)


def test_that_nobody_came_is_said_once_a_danger() -> None:
    change = nobody_came(in_danger())
    assert change is not None
    assert sentences(change) == ["danger_nobody_came"]
    told = change.conversation
    assert (told.is_unreached, told.danger_told_at) == (True, at(20))
    assert nobody_came(told, 60) is None
    again = changed(told, danger_since=at(30))
    assert not again.is_unreached
    assert nobody_came(again, 60) is not None


@pytest.mark.parametrize(
    "fields", [{"stopped": True}, {"standby": True}, {"erasure": Erasure(asked_at=NOON)}]
)
def test_who_is_to_be_left_alone_is_not_told_that_nobody_came(fields: dict[str, Any]) -> None:
    change = nobody_came(in_danger(**fields))
    assert change is not None
    assert change.conversation.is_unreached
    assert sentences(change) == []


def test_nobody_is_told_that_nobody_came_under_a_listener_or_once_it_is_over() -> None:
    for one in (taken(in_danger()), answered(), in_danger(closed_at=NOON)):
        assert nobody_came(one) is None


def test_once_nobody_came_nobody_is_said_to_be_told() -> None:
    """With the words of the catalogue: what was promised and is not so is not said again."""

    def writes(one: Conversation, minutes: float) -> str:
        change = transitions.receive(
            one, an_event(text="…"), CRITICAL, burst=MINUTE, now=at(minutes),
            phrases=Catalogue.load(), prospect=SHUT,
        )  # fmt: skip
        return " ".join(message.text for message in change.messages)

    assert "on prévient une personne d’astreinte" in writes(in_danger(), 15)
    change = nobody_came(in_danger())
    assert change is not None
    assert "personne ne lit en ce moment" in writes(change.conversation, 40)
