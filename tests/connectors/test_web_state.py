"""What the website is told of a conversation: when its numbers stand out, and of which country."""

from dataclasses import replace

import pytest

from connectors.web.payloads import state_frame
from core.assessment import Assessment, Fact
from core.conversation import Contact
from core.hours import Opening, Phase
from core.ids import ContactId
from core.labels import Address, Issue, Urgency
from core.prospects import always_answered
from core.transitions.honesty import told_of
from tests.builders import NOON, a_waiting, changed
from tests.fakes import Echo

SOMEBODY = Contact(id=ContactId("c"), channel="web", account="site", address="tab", created_at=NOON)


@pytest.mark.parametrize(
    ("seen", "danger"),
    [
        (Assessment(urgency=Urgency.CRITIQUE), True),
        # "Oui" to the question about thoughts of dying: they are told the numbers too.
        (Assessment(urgency=Urgency.ELEVEE, issue=Issue.IDEATION_SUICIDAIRE), True),
        (Assessment(urgency=Urgency.ELEVEE, issue=Issue.DANGER_PHYSIQUE), True),
        (Assessment(urgency=Urgency.MODEREE, issue=Issue.IDEATION_SUICIDAIRE), False),
        (Assessment(urgency=Urgency.ELEVEE), False),
    ],
)
def test_the_numbers_stand_out_where_a_life_may_be_at_stake(seen: Assessment, danger: bool) -> None:
    talk = a_waiting(SOMEBODY, seen.urgency, assessment=seen)
    prospect = always_answered("web")
    assert state_frame(talk, prospect=prospect, now=NOON)["danger"] is danger
    over = changed(talk, closed_at=NOON)
    assert state_frame(over, prospect=prospect, now=NOON)["danger"] is False


def test_the_country_that_somebody_says_is_told_and_no_other() -> None:
    def region(*facts: Fact) -> object:
        talk = a_waiting(SOMEBODY, Urgency.FAIBLE, assessment=Assessment(facts=facts))
        return state_frame(talk, prospect=always_answered("web"), now=NOON)["region"]

    assert region() == "FR"
    assert region(Fact(name="region", value="BE")) == "BE"
    assert state_frame(None, prospect=always_answered("web"), now=NOON)["region"] == "FR"


def test_who_is_overseas_is_told_by_their_own_clock_when_the_team_comes() -> None:
    opening = Opening(phase=Phase.BEFORE, until=NOON.replace(hour=8), since=None, then=None)
    prospect = replace(always_answered("web"), opening=opening)
    facts = (Fact(name="region", value="RE"),)
    talk = a_waiting(SOMEBODY, Urgency.FAIBLE, assessment=Assessment(facts=facts))
    now = NOON.replace(hour=3)
    assert state_frame(talk, prospect=prospect, now=now)["team"]["opens"] == (
        "aujourd’hui à 12 h (à La Réunion)"
    )
    home = state_frame(None, prospect=prospect, now=now)["team"]["opens"]
    assert home == "aujourd’hui à 9 h"
    said = told_of(prospect, now, Echo(), Address.TU, "RE")
    assert said["opening"] == "aujourd’hui à 12 h (à La Réunion)"
