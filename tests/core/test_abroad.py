"""In danger, who is in another country hears its numbers beside ours."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.sentences import Catalogue
from core import transitions
from core.assessment import Assessment, Fact
from core.conversation import Contact, Conversation, Owner, OwnerKind
from core.ids import ContactId
from core.labels import Address, Issue, Urgency
from core.ports import Change
from core.regions import SAID, numbers_abroad
from core.typography import plain
from handoff.orientations import first_directory
from tests.builders import NOON, an_event
from tests.core.test_calling import SHUT, in_danger
from tests.core.test_figures import ANNE
from tests.core.test_following import NIGHT, sentences
from tests.fakes import Echo

DANGER = Assessment(urgency=Urgency.CRITIQUE, issue=Issue.IDEATION_SUICIDAIRE)
ABROAD = ("BE", "CH", "LU", "CA-QC", "EU")


def newcomer(address: str, channel: str = "whatsapp") -> Conversation:
    contact = Contact(
        id=ContactId("c"), channel=channel, account="a", address=address, created_at=NOON
    )
    return transitions.open_conversation(contact, None, now=NOON)


def says(region: str, **fields: object) -> Assessment:
    return replace(Assessment(facts=(Fact(SAID, region, 1),)), **fields)  # type: ignore[arg-type]


def writes(conversation: Conversation, seen: Assessment, *, minutes: float = 1) -> Change:
    return transitions.receive(
        conversation,
        an_event(channel=conversation.channel),
        seen,
        burst=timedelta(0),
        now=NOON + timedelta(minutes=minutes),
        phrases=Echo(),
    )


@pytest.mark.parametrize("region", ABROAD)
def test_who_says_where_they_are_hears_the_numbers_there_beside_ours(region: str) -> None:
    told = writes(newcomer("x", "web"), says(region, urgency=Urgency.CRITIQUE))
    assert sentences(told) == ["danger_numbers", numbers_abroad(region)]


def test_a_number_of_another_country_tells_it_where_nothing_was_said() -> None:
    assert sentences(writes(newcomer("32470123456"), DANGER)) == [
        "danger_numbers", "danger_abroad_be"
    ]  # fmt: skip
    assert sentences(writes(newcomer("33612345678"), DANGER)) == ["danger_numbers"]
    # An id of another platform is no number, whatever its digits.
    assert sentences(writes(newcomer("32470123456", "telegram"), DANGER)) == ["danger_numbers"]


def test_what_they_say_goes_before_what_their_number_is_of() -> None:
    at_home = writes(newcomer("32470123456"), says("FR", urgency=Urgency.CRITIQUE))
    assert sentences(at_home) == ["danger_numbers"]
    moved = writes(newcomer("32470123456"), says("CH", urgency=Urgency.CRITIQUE))
    assert sentences(moved) == ["danger_numbers", "danger_abroad_ch"]


def test_who_says_it_a_moment_after_the_numbers_hears_it_at_once_and_once() -> None:
    heard = writes(newcomer("x", "web"), DANGER).conversation
    then = writes(heard, says("CA-QC"), minutes=2)
    assert sentences(then) == ["danger_abroad_qc"]
    again = writes(then.conversation, says("CA-QC"), minutes=3)
    assert sentences(again) == []
    # Nor where nothing was in danger, nor under a listener, nor to who wants to be left alone.
    assert "danger_abroad_qc" not in sentences(writes(newcomer("x", "web"), says("CA-QC")))
    mine = replace(heard, owner=Owner(OwnerKind.LISTENER, ANNE.id))
    assert sentences(writes(mine, says("CA-QC"))) == []
    assert sentences(writes(replace(heard, stopped=True), says("CA-QC"))) == []


def test_each_time_the_numbers_are_told_those_of_the_country_are_too() -> None:
    waiting = in_danger(region="BE")
    later = writes(waiting, DANGER, minutes=30)
    assert sentences(later) == ["danger_numbers_again", "danger_abroad_be"]
    late = NOON + timedelta(hours=1)
    nobody = transitions.tell_nobody_came(waiting, now=late, phrases=Echo(), prospect=SHUT)
    assert nobody is not None
    assert sentences(nobody) == ["danger_nobody_came", "danger_abroad_be"]
    unasked = transitions.tell_numbers_again(waiting, now=late, phrases=Echo(), prospect=SHUT)
    assert unasked is not None
    assert sentences(unasked) == ["danger_numbers_waiting", "danger_abroad_be"]


def test_at_night_the_call_is_proposed_after_the_numbers_of_the_country() -> None:
    change = transitions.receive(
        newcomer("x", "web"),
        an_event(),
        says("BE", urgency=Urgency.CRITIQUE),
        burst=timedelta(0),
        now=NOON,
        phrases=Echo(),
        prospect=NIGHT,
    )
    assert sentences(change) == ["danger_numbers", "danger_abroad_be", "follow_up_call_ask"]


@pytest.mark.parametrize("region", ABROAD)
def test_every_number_of_a_country_is_that_countrys_in_the_directory(region: str) -> None:
    """The one source has it under the very region, not only somewhere."""
    there = [one for one in first_directory()["services"] if one.get("region") == region]
    numbers = {one["number"] for one in there if "number" in one}
    sentence = numbers_abroad(region)
    assert sentence is not None
    for address in Address:
        text = plain(Catalogue.load().say(sentence, address).text)
        named = [number for number in numbers if number in text]
        left = text
        for number in sorted(named, key=len, reverse=True):
            left = left.replace(number, "")
        assert named
        assert not any(each.isdigit() for each in left), left


def test_a_country_without_numbers_of_ours_is_told_nothing_wrong() -> None:
    assert numbers_abroad("FR") is None
    assert numbers_abroad("US") is None
