"""The order of the line: graver first, minors first, nobody starves, nobody passes a danger."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from core import line, transitions
from core.accounts import Listener
from core.assessment import MINOR, NOTHING_KNOWN, Assessment, Fact
from core.conversation import Conversation, OwnerKind, Ticket
from core.labels import AgeBand, Issue, Role, Urgency
from core.ports import Change
from tests.builders import NOON, a_listener, an_event
from tests.core.test_transitions import CONTACT, CRITICAL, at_next
from tests.fakes import Echo

MINUTE = timedelta(minutes=1)
LISTENER: Listener = a_listener()
SAID_SO = Fact(MINOR, "oui", 1)
ADULT, CHILD = Role.VICTIME_MAJEURE, Role.VICTIME_MINEURE
# Whoever waits, nobody new but a danger comes before them after this long.
PASSED_FOR_AT_MOST = line.HEAD_START[Urgency.ELEVEE] + line.MINORS_FIRST

assessments = st.builds(
    Assessment,
    urgency=st.sampled_from(Urgency),
    issue=st.sampled_from([None, *Issue]),
    role=st.sampled_from([None, *Role]),
    age_band=st.sampled_from([None, *AgeBand]),
)
minutes = st.integers(0, 6 * 24 * 60).map(lambda n: n / 6)


def waits(assessment: Assessment, after: float = 0) -> Conversation:
    """Somebody who began to wait so many minutes after noon."""
    since = NOON + after * MINUTE
    change = transitions.receive(
        transitions.open_conversation(CONTACT, None, now=since),
        an_event(),
        NOTHING_KNOWN,
        burst=MINUTE,
        now=since,
        phrases=Echo(),
    )
    waiting = transitions.hand_over_untriaged(change.conversation, now=since, phrases=Echo())
    return replace(waiting.conversation, assessment=assessment, ticket=Ticket.opened(since))


def place(conversation: Conversation) -> int:
    found = line.place_of(conversation)
    assert found is not None
    return found


def before(first: Conversation, second: Conversation) -> bool:
    return place(first) < place(second)


def given_back(conversation: Conversation, queue: list[Conversation], after: float) -> Conversation:
    """What a listener took who vanished so many minutes after noon."""
    now = NOON + after * MINUTE
    taken = transitions.claim(conversation, LISTENER, now=now, phrases=Echo()).conversation
    least = line.band(taken.assessment).first_place
    same = [
        place(one)
        for one in queue
        if one.assessment.urgency is taken.assessment.urgency and place(one) >= least
    ]
    return transitions.give_back(
        taken, first=min(same, default=None), now=now, phrases=Echo()
    ).conversation


@given(assessments, assessments, minutes, minutes)
def test_nothing_passes_a_critical_one_but_another_critical_one(
    one: Assessment, other: Assessment, since: float, later: float
) -> None:
    critical = replace(one, urgency=Urgency.CRITIQUE)
    if other.urgency is not Urgency.CRITIQUE:
        assert before(waits(critical, since + later), waits(other, since))


@given(assessments, minutes, minutes)
def test_no_small_matter_passes_another_danger_to_a_life(
    other: Assessment, since: float, later: float
) -> None:
    danger = Assessment(urgency=Urgency.ELEVEE, issue=Issue.IDEATION_SUICIDAIRE)
    if not other.is_danger:
        assert before(waits(danger, since + later), waits(other, since))


@given(assessments, assessments, minutes)
def test_nobody_starves(one: Assessment, newer: Assessment, since: float) -> None:
    """All who come later than a bounded time stand behind, but for a danger."""
    much_later = since + PASSED_FOR_AT_MOST / MINUTE + 1
    if line.band(newer) >= line.band(one):
        assert before(waits(one, since), waits(newer, much_later))


@given(st.sampled_from([Urgency.FAIBLE, Urgency.MODEREE]), st.integers(0, 44))
def test_the_graver_comes_first_even_before_minors(less: Urgency, later: int) -> None:
    graver = {Urgency.FAIBLE: Urgency.MODEREE, Urgency.MODEREE: Urgency.ELEVEE}[less]
    adult = Assessment(urgency=graver, role=ADULT)
    child = Assessment(urgency=less, role=CHILD)
    assert before(waits(adult, later), waits(child))


@given(st.sampled_from(Urgency), st.integers(1, 29))
def test_of_the_same_urgency_minors_come_first_and_then_who_waits_longer(
    urgency: Urgency, later: int
) -> None:
    adult, child = (Assessment(urgency=urgency, role=role) for role in (ADULT, CHILD))
    assert before(waits(child, later), waits(adult))
    assert before(waits(child), waits(child, later))
    assert before(waits(adult), waits(adult, later))
    # But not for ever.
    assert before(waits(adult), waits(child, 31))


def test_who_writes_for_a_minor_counts_as_the_minor() -> None:
    for_a_child = [
        Assessment(role=Role.PARENT),
        Assessment(role=Role.PARENT, age_band=AgeBand.DE_15_A_17),
        Assessment(role=Role.TEMOIN_AMI, age_band=AgeBand.MOINS_15),
        Assessment(role=Role.PROFESSIONNEL, age_band=AgeBand.MOINS_13),
        Assessment(role=Role.VICTIME_MINEURE),
        Assessment(age_band=AgeBand.DE_15_A_17),
        # "Une élève", "mon petit frère": a minor, of an age that nobody told.
        Assessment(role=Role.PROFESSIONNEL, facts=(SAID_SO,)),
        Assessment(role=Role.TEMOIN_AMI, facts=(SAID_SO,)),
        Assessment(facts=(SAID_SO,)),
    ]
    assert all(map(line.concerns_minor, for_a_child))
    for_an_adult = [
        Assessment(),
        Assessment(role=Role.PARENT, age_band=AgeBand.MAJEUR),
        Assessment(role=Role.TEMOIN_AMI),
        Assessment(role=Role.PROFESSIONNEL, age_band=AgeBand.MAJEUR),
        Assessment(role=Role.VICTIME_MAJEURE),
        # What was told of the age since, and what a listener made of it, count more.
        Assessment(role=Role.PROFESSIONNEL, age_band=AgeBand.MAJEUR, facts=(SAID_SO,)),
        Assessment(role=Role.VICTIME_MAJEURE, facts=(SAID_SO,)),
    ]
    assert not any(map(line.concerns_minor, for_an_adult))


@given(assessments, st.lists(st.tuples(assessments, minutes), max_size=8), minutes)
def test_who_is_given_back_comes_before_all_of_the_same_urgency(
    mine: Assessment, others: list[tuple[Assessment, float]], later: float
) -> None:
    now = 24 * 60 + later
    queue = [waits(assessment, since) for assessment, since in others]
    back = given_back(waits(mine, now - 1), queue, now)
    to_come = [waits(replace(mine, role=CHILD), now + n) for n in (0.1, 5, 500)]
    for one in (*queue, *to_come):
        same_band = line.band(one.assessment) is line.band(mine)
        if same_band and one.assessment.urgency is mine.urgency:
            assert before(back, one)
    # Nor does that let it pass what is graver, unless somebody of its own urgency does.
    fresh = Assessment(urgency=Urgency.ELEVEE, role=ADULT)
    same = [one for one in queue if one.assessment.urgency is mine.urgency]
    if mine.urgency.rank < fresh.urgency.rank and not same:
        assert before(waits(fresh, now), back)


def test_several_given_back_stand_in_the_order_in_which_they_are_put_there() -> None:
    worry = Assessment(urgency=Urgency.ELEVEE)
    first, second = waits(worry, 5), waits(worry, 6)
    back = given_back(second, [], 10)
    assert before(given_back(first, [back], 10), back)


def test_who_writes_on_while_waiting_is_placed_by_what_they_say() -> None:
    small = waits(Assessment(urgency=Urgency.FAIBLE, role=ADULT), 60)
    grave = waits(Assessment(urgency=Urgency.ELEVEE, role=ADULT), 0)
    assert before(grave, small)

    def writes(conversation: Conversation, seen: Assessment) -> Change:
        return transitions.receive(
            conversation,
            an_event(),
            at_next(conversation, seen),
            burst=MINUTE,
            now=NOON + 90 * MINUTE,
            phrases=Echo(),
        )

    younger = writes(small, Assessment(age_band=AgeBand.MOINS_13)).conversation
    assert before(younger, small)
    critical = writes(younger, CRITICAL).conversation
    assert critical.owner.kind is OwnerKind.QUEUE
    assert before(critical, grave)


def test_only_who_waits_has_a_place() -> None:
    waiting = waits(Assessment(urgency=Urgency.ELEVEE))
    taken = transitions.claim(waiting, LISTENER, now=NOON, phrases=Echo()).conversation
    assert line.place_of(taken) is None
    assert line.place_of(transitions.open_conversation(CONTACT, None, now=NOON)) is None
