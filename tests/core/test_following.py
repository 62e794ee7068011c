"""Writing to somebody first: only with their word, neutral, and never over a listener."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import pytest

from core import transitions
from core.assessment import NOTHING_KNOWN, Assessment, Fact
from core.audit import Verb
from core.commands import Command
from core.conversation import (
    BOT,
    QUEUE,
    TELEPHONE,
    Conversation,
    Erasure,
    Outcome,
    Owner,
    OwnerKind,
)
from core.errors import IndecentHour, Refused
from core.follow_up import FollowUp, Kind, Moment, Stage, is_decent, moment_for
from core.hours import PARIS, Opening, Phase
from core.labels import Address, Issue, Role, Urgency
from core.ports import Change, Phrase
from core.prospects import Prospect
from core.regions import SAID
from core.work import Lane
from handoff.console.views import summary
from tests.builders import NOON, a_waiting, an_event
from tests.core.test_figures import ANNE, BILAL, CONTACT, begun, held
from tests.fakes import Echo

NIGHT = Prospect(opening=Opening(phase=Phase.CLOSED, since=NOON, until=NOON + timedelta(hours=9)))
DUE = NOON + timedelta(days=1)


def on(channel: str, conversation: Conversation) -> Conversation:
    return replace(conversation, channel=channel)


def writes(
    conversation: Conversation,
    seen: Assessment = NOTHING_KNOWN,
    *,
    command: Command | None = None,
    prospect: Prospect = Prospect(),
    now: datetime = NOON + timedelta(minutes=30),
    text: str | None = None,
) -> Change:
    return transitions.receive(
        conversation,
        an_event(channel=conversation.channel, **({} if text is None else {"text": text})),
        seen,
        burst=timedelta(0),
        now=now,
        phrases=Echo(),
        command=command,
        prospect=prospect,
    )


def sentences(change: Change | None) -> list[str | None]:
    return [one.sentence for one in change.messages if one.sentence] if change else []


def promised(conversation: Conversation | None = None, **fields: object) -> Conversation:
    """A closed conversation of somebody who agreed to a message."""
    agreed = FollowUp(stage=Stage.AGREED, at=NOON, agreed_at=NOON, due_at=DUE)
    closed = transitions.close(
        conversation or on("telegram", held()),
        ANNE,
        Outcome.HELPED,
        seen=99,
        now=NOON + timedelta(hours=1),
        phrases=Echo(),
    ).conversation
    return replace(closed, follow_up=replace(agreed, **fields))  # type: ignore[arg-type]


def due(conversation: Conversation, *, now: datetime = DUE, reachable: bool = True) -> Change:
    change = transitions.follow_up_due(conversation, reachable=reachable, now=now, phrases=Echo())
    assert change is not None
    return change


def stage(conversation: Conversation) -> Stage | None:
    return conversation.follow_up.stage if conversation.follow_up else None


@pytest.mark.parametrize(
    ("wish", "said", "kept"),
    [
        # At night "tomorrow" is the day that begins; by day nobody is written to the same noon.
        (Moment.MIDDAY, "2026-11-22T22:30", "2026-11-23T11:30"),
        (Moment.MIDDAY, "2026-11-23T00:30", "2026-11-23T11:30"),
        (Moment.MIDDAY, "2026-11-23T09:00", "2026-11-24T11:30"),
        (Moment.EVENING, "2026-11-23T00:30", "2026-11-23T17:00"),
        # The night that summer time begins: 18 h in Paris is an hour earlier.
        (Moment.EVENING, "2026-03-28T22:00", "2026-03-29T16:00"),
    ],
)
def test_the_hour_is_that_of_paris_after_a_rest(wish: Moment, said: str, kept: str) -> None:
    moment = moment_for(wish, now=datetime.fromisoformat(said).replace(tzinfo=UTC))
    assert moment.astimezone(UTC) == datetime.fromisoformat(kept).replace(tzinfo=UTC)


def test_at_night_danger_gets_the_numbers_first_and_then_the_question() -> None:
    danger = Assessment(urgency=Urgency.CRITIQUE)
    change = writes(on("telegram", begun()), danger, prospect=NIGHT)
    assert sentences(change) == ["danger_numbers", "follow_up_ask"]
    assert stage(change.conversation) is Stage.ASKED
    # Asked once; and not while anybody is there.
    assert "follow_up_ask" not in sentences(writes(change.conversation, danger, prospect=NIGHT))
    assert "follow_up_ask" not in sentences(writes(on("telegram", begun()), danger))
    silent = replace(on("telegram", begun()), assessment=Assessment(urgency=Urgency.ELEVEE))
    handed = transitions.hand_over_silent(
        silent, now=NOON + timedelta(hours=2), phrases=Echo(), prospect=NIGHT
    )
    assert sentences(handed) == ["handed_over", "follow_up_ask"]


def test_who_waited_when_the_team_left_is_asked_too_and_who_writes_into_the_night() -> None:
    waiting = writes(on("telegram", begun()), Assessment(urgency=Urgency.CRITIQUE)).conversation
    closes = NOON + timedelta(hours=1)
    night = replace(NIGHT, opening=replace(NIGHT.opening, since=closes))
    left = transitions.tell_of_closing(waiting, now=closes, phrases=Echo(), prospect=night)
    assert sentences(left) == ["team_left", "follow_up_ask"]
    written = writes(waiting, prospect=night, now=NOON + timedelta(hours=2))
    assert sentences(written) == ["still_waiting", "follow_up_ask"]


def wishing(text: str, *, at_hour: bool = True) -> Change:
    """Somebody in danger at night on the website, who wished for a call and then writes `text`."""
    asked = writes(begun(), Assessment(urgency=Urgency.CRITIQUE), prospect=NIGHT).conversation
    if at_hour:
        asked = writes(asked, command=Command.FOLLOW_EVENING, prospect=NIGHT).conversation
    return writes(asked, text=text, prospect=NIGHT, now=NOON + timedelta(minutes=31))


def test_on_the_website_a_call_is_proposed_at_night_and_taken_with_its_number() -> None:
    change = writes(begun(), Assessment(urgency=Urgency.CRITIQUE), prospect=NIGHT)
    assert sentences(change) == ["danger_numbers", "follow_up_call_ask"]
    again = writes(change.conversation, Assessment(urgency=Urgency.CRITIQUE), prospect=NIGHT)
    assert "follow_up_call_ask" not in sentences(again)
    assert "follow_up_call_ask" not in sentences(
        writes(begun(), Assessment(urgency=Urgency.CRITIQUE))
    )
    # The tap is the consent. Without a number nothing is promised and nothing is planned.
    wish = writes(change.conversation, command=Command.FOLLOW_EVENING, prospect=NIGHT)
    assert sentences(wish) == ["follow_up_call_number"]
    assert stage(wish.conversation) is Stage.ASKED
    assert [one for one in wish.wakes if one.lane is Lane.AFTER] == []
    noted = writes(wish.conversation, text="c’est le 06 12 34 56 78 merci", prospect=NIGHT)
    assert sentences(noted) == ["follow_up_call_noted"]
    told = noted.conversation.follow_up
    assert told is not None
    assert (told.kind, told.stage, told.number) == (Kind.CALL, Stage.AGREED, "0612345678")
    assert told.agreed_at is not None
    assert told.due_at is not None
    assert is_decent(told.due_at)
    assert [one.at for one in noted.wakes if one.lane is Lane.AFTER] == [told.due_at]
    # At its hour it is a listener's task, as every call is.
    assert stage(due(noted.conversation, now=told.due_at).conversation) is Stage.DUE
    # A slip of the thumb is put right by writing it again.
    right = writes(noted.conversation, text="0612345679", prospect=NIGHT).conversation.follow_up
    assert right is not None
    assert (right.stage, right.number) == (Stage.AGREED, "0612345679")


@pytest.mark.parametrize(
    "text",
    [
        "il m’appelle du 06 12 34 56 78",
        "06 12 34 56 78 c’est le sien",
        "06 12 34 56",
        "06 12 34 56 78 ou 06 87 65 43 21",
        "514 555 1234",
    ],
)
def test_what_may_be_anothers_number_is_asked_again_and_never_called(text: str) -> None:
    change = wishing(text)
    assert sentences(change) == ["follow_up_call_number_again"]
    assert stage(change.conversation) is Stage.ASKED
    assert change.conversation.follow_up is not None
    assert change.conversation.follow_up.number is None


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("+32 470 12 34 56", "+32470123456"),
        ("0041 79 123 45 67", "+41791234567"),
        ("Mon numéro : 06.12.34.56.78", "0612345678"),
    ],
)
def test_a_number_is_taken_however_it_is_written(text: str, number: str) -> None:
    told = wishing(text).conversation.follow_up
    assert told is not None
    assert told.number == number


def test_a_number_that_nobody_asked_for_or_that_a_listener_asks_for_is_no_call() -> None:
    unasked = wishing("0612345678", at_hour=False)
    assert stage(unasked.conversation) is Stage.ASKED
    assert "follow_up_call_noted" not in sentences(unasked)
    wished = writes(
        wishing("bonjour").conversation, command=Command.FOLLOW_EVENING, prospect=NIGHT
    ).conversation
    mine = replace(wished, owner=Owner(OwnerKind.LISTENER, ANNE.id))
    under = writes(mine, text="0612345678", prospect=NIGHT)
    assert sentences(under) == []
    assert under.conversation.follow_up is not None
    assert under.conversation.follow_up.number is None


def test_danger_is_told_before_the_number_is_noted_and_words_go_their_way() -> None:
    asked = wishing("bonjour").conversation
    later = NOON + timedelta(hours=1)
    told = writes(
        asked,
        Assessment(urgency=Urgency.CRITIQUE),
        text="0612345678",
        prospect=NIGHT,
        now=later,
    )
    assert sentences(told) == ["danger_numbers_again", "follow_up_call_noted"]
    assert sentences(writes(asked, text="je suis seul", prospect=NIGHT, now=later)) == [
        "still_waiting"
    ]


def test_who_says_no_or_stop_is_not_called_and_the_number_is_gone() -> None:
    noted = wishing("0612345678").conversation
    for command, reached in ((Command.FOLLOW_NO, Stage.REFUSED), (Command.STOP, Stage.CANCELLED)):
        change = writes(noted, command=command, prospect=NIGHT)
        assert stage(change.conversation) is reached
        assert change.conversation.follow_up is not None
        assert change.conversation.follow_up.number is None
    assert sentences(writes(noted, command=Command.FOLLOW_NO)) == ["follow_up_call_refused"]


def test_a_number_given_late_is_called_at_the_hour_agreed_to_on_a_day_ahead() -> None:
    noted = wishing("bonjour").conversation
    told = noted.follow_up
    assert told is not None
    assert told.due_at is not None
    late = writes(noted, text="0612345678", now=told.due_at + timedelta(minutes=5)).conversation
    assert late.follow_up is not None
    assert late.follow_up.due_at == told.due_at + timedelta(days=1)


def test_stop_and_a_wish_to_be_erased_are_not_met_with_a_question() -> None:
    worried = replace(on("telegram", begun()), assessment=Assessment(urgency=Urgency.ELEVEE))
    stopped = writes(worried, command=Command.STOP, prospect=NIGHT)
    assert sentences(stopped) == ["stop_received"]
    assert stopped.conversation.owner.kind is OwnerKind.QUEUE
    later = writes(stopped.conversation, prospect=NIGHT, now=NOON + timedelta(hours=2))
    assert sentences(later) == ["still_waiting"]
    erasing = replace(worried, erasure=Erasure(asked_at=NOON))
    danger = writes(erasing, Assessment(urgency=Urgency.CRITIQUE), prospect=NIGHT)
    assert sentences(danger) == ["danger_numbers"]


def test_a_tap_is_the_consent_and_sets_the_hour() -> None:
    asked = writes(
        on("telegram", begun()), Assessment(urgency=Urgency.CRITIQUE), prospect=NIGHT
    ).conversation
    change = writes(asked, command=Command.FOLLOW_EVENING)
    told = change.conversation.follow_up
    assert told is not None
    assert (told.stage, told.kind, told.agreed_at) == (
        Stage.AGREED,
        Kind.MESSAGE,
        change.conversation.updated_at,
    )
    assert [one.at for one in change.wakes if one.lane is Lane.AFTER] == [told.due_at]
    assert sentences(change) == ["follow_up_noted"]
    no = writes(asked, command=Command.FOLLOW_NO)
    assert stage(no.conversation) is Stage.REFUSED
    assert sentences(no) == ["follow_up_refused"]


def test_under_a_listener_the_question_is_theirs_and_no_machine_answers() -> None:
    mine = on("telegram", held())
    change = transitions.ask_follow_up(mine, ANNE, client_id="c" * 8, now=NOON, phrases=Echo())
    assert sentences(change) == ["follow_up_ask"]
    agreed = writes(change.conversation, command=Command.FOLLOW_MIDDAY)
    assert stage(agreed.conversation) is Stage.AGREED
    assert sentences(agreed) == []
    for refused in (
        lambda: transitions.ask_follow_up(mine, BILAL, client_id="c" * 8, now=NOON, phrases=Echo()),
        lambda: transitions.ask_follow_up(
            agreed.conversation, ANNE, client_id="d" * 8, now=NOON, phrases=Echo()
        ),
        *(
            partial(
                transitions.ask_follow_up,
                on(channel, mine),
                ANNE,
                client_id="c" * 8,
                now=NOON,
                phrases=Echo(),
            )
            for channel in (TELEPHONE, "web")
        ),
    ):
        with pytest.raises(Refused):
            refused()


def test_what_is_said_in_words_is_noted_with_its_hour_and_recorded() -> None:
    def note(one: Conversation, **fields: object) -> Change:
        asked: dict[str, object] = {"kind": Kind.CALL, "due_at": DUE, "number": "0612345678"}
        return transitions.note_follow_up(
            one,
            ANNE,
            now=NOON,
            phrases=Echo(),
            **(asked | fields),  # type: ignore[arg-type]
        )

    change = note(on(TELEPHONE, held()))
    assert [deed.verb for deed in change.deeds] == [Verb.FOLLOW_UP_NOTED]
    assert "0612345678" not in repr(change.deeds)
    for wrong in (
        {"due_at": NOON},
        {"due_at": NOON + timedelta(days=8)},
        {"number": None},
        {"kind": Kind.MESSAGE},
        {"kind": Kind.MESSAGE, "number": None},
    ):
        for channel in (TELEPHONE, "web"):
            with pytest.raises(Refused):
                note(on(channel, held()), **wrong)
    note(on("telegram", held()), kind=Kind.MESSAGE, number=None)


@pytest.mark.parametrize(
    ("hour", "decent"),
    [("03:00", False), ("07:59", False), ("08:00", True), ("21:00", True), ("21:01", False)],
)
@pytest.mark.parametrize("day", ["2026-01-15", "2026-07-15"])
def test_nobody_is_promised_a_call_or_a_message_at_night(hour: str, decent: bool, day: str) -> None:
    """By the clock of Paris, whatever the season and the clock that the moment is told by."""
    due_at = datetime.fromisoformat(f"{day}T{hour}").replace(tzinfo=PARIS).astimezone(UTC)

    def note() -> Change:
        return transitions.note_follow_up(
            held(),
            ANNE,
            kind=Kind.CALL,
            due_at=due_at,
            number="0612345678",
            now=due_at - timedelta(hours=2),
            phrases=Echo(),
        )

    if decent:
        assert stage(note().conversation) is Stage.AGREED
    else:
        with pytest.raises(IndecentHour):
            note()


def test_when_the_hour_comes_the_text_is_neutral_and_the_sending_recorded() -> None:
    assert (
        transitions.follow_up_due(
            promised(), reachable=True, now=DUE - timedelta(seconds=1), phrases=Echo()
        )
        is None
    )
    change = due(promised())
    assert sentences(change) == ["follow_up"]
    assert stage(change.conversation) is Stage.SENT
    assert [(deed.verb, deed.actor) for deed in change.deeds] == [(Verb.FOLLOW_UP_SENT, None)]
    assert not change.conversation.is_open
    # Once.
    assert (
        transitions.follow_up_due(change.conversation, reachable=True, now=DUE, phrases=Echo())
        is None
    )


def test_nothing_is_sent_over_a_listener_nor_to_who_waits_nor_past_the_window() -> None:
    agreed = promised().follow_up
    waiting = replace(
        writes(begun(), Assessment(urgency=Urgency.CRITIQUE)).conversation, follow_up=agreed
    )
    for one, reachable in (
        (replace(held(), follow_up=agreed), True),
        (waiting, True),
        (replace(promised(), standby=True), True),
        (promised(), False),
        (promised(kind=Kind.CALL, number="0612345678"), True),
    ):
        change = due(one, reachable=reachable)
        assert change.messages == ()
        assert stage(change.conversation) is Stage.DUE


def test_what_was_due_while_somebody_talked_is_written_later_by_a_listener() -> None:
    held_then = due(replace(held(), channel="telegram", follow_up=promised().follow_up))
    over = transitions.close(
        held_then.conversation,
        ANNE,
        Outcome.HELPED,
        seen=99,
        now=DUE + timedelta(minutes=1),
        phrases=Echo(),
    ).conversation
    later = DUE + timedelta(minutes=5)

    def write(one: Conversation, *, reachable: bool = True) -> Change:
        return transitions.write_follow_up(
            one, BILAL, reachable=reachable, now=later, phrases=Echo()
        )

    change = write(over)
    assert sentences(change) == ["follow_up"]
    assert stage(change.conversation) is Stage.SENT
    assert [(deed.verb, deed.actor) for deed in change.deeds] == [(Verb.FOLLOW_UP_SENT, BILAL.id)]
    for wrong, reachable in (
        (change.conversation, True),
        (held_then.conversation, True),
        (over, False),
        (replace(over, standby=True), True),
        (replace(over, erasure=Erasure(asked_at=NOON)), True),
        (due(promised(kind=Kind.CALL, number="0612345678")).conversation, True),
        (promised(), True),
    ):
        with pytest.raises(Refused):
            write(wrong, reachable=reachable)


def test_stop_or_a_wish_to_be_erased_ends_it() -> None:
    leaving = replace(promised(), erasure=Erasure(asked_at=NOON))
    change = due(leaving)
    assert (change.messages, stage(change.conversation)) == ((), Stage.CANCELLED)
    # `stop` comes in a conversation that carries the promise on.
    again = transitions.open_conversation(
        CONTACT, replace(promised(), ticket=None), now=DUE - timedelta(hours=1)
    )
    assert stage(again) is Stage.AGREED
    stopped = writes(again, command=Command.STOP, now=DUE - timedelta(hours=1)).conversation
    assert stage(stopped) is Stage.CANCELLED
    assert transitions.follow_up_due(stopped, reachable=True, now=DUE, phrases=Echo()) is None


def answering(command: Command) -> Change:
    """The answer to the message, days later."""
    sent = replace(due(promised()).conversation, closed_at=DUE - timedelta(days=2))
    now = DUE + timedelta(minutes=5)
    fresh = transitions.open_conversation(CONTACT, sent, now=now)
    assert fresh.owner == BOT
    assert stage(fresh) is Stage.SENT
    return writes(fresh, command=command, now=now)


def test_who_says_that_it_is_they_gets_a_human_and_only_then_is_known() -> None:
    change = answering(Command.FOLLOW_ME)
    assert stage(change.conversation) is Stage.CONFIRMED
    assert change.conversation.owner.kind is OwnerKind.QUEUE
    assert sentences(change) == ["handed_over"]
    assert change.conversation.assessment == NOTHING_KNOWN


@pytest.mark.parametrize(
    ("command", "reached", "said"),
    [
        (Command.FOLLOW_LATER, Stage.DONE, "follow_up_later"),
        (Command.FOLLOW_STRANGER, Stage.DENIED, "follow_up_stranger"),
    ],
)
def test_not_now_and_not_me_end_it_without_a_word_of_before(
    command: Command, reached: Stage, said: str
) -> None:
    change = answering(command)
    assert stage(change.conversation) is reached
    assert sentences(change) == [said]
    assert not change.conversation.is_open


def test_a_listener_finishes_what_is_due_whoever_began_it() -> None:
    waiting = due(promised(), reachable=False).conversation
    change = transitions.finish_follow_up(waiting, BILAL, Stage.DONE, now=DUE, phrases=Echo())
    assert stage(change.conversation) is Stage.DONE
    assert [deed.verb for deed in change.deeds] == [Verb.FOLLOW_UP_FINISHED]
    with pytest.raises(Refused):
        transitions.finish_follow_up(
            change.conversation, BILAL, Stage.DONE, now=DUE, phrases=Echo()
        )


def test_the_listener_notes_that_it_is_they() -> None:
    sent = due(promised()).conversation
    mine = replace(held(), follow_up=sent.follow_up)
    change = transitions.confirm_identity(mine, ANNE, now=DUE, phrases=Echo())
    assert stage(change.conversation) is Stage.CONFIRMED
    for wrong in (change.conversation, held()):
        with pytest.raises(Refused):
            transitions.confirm_identity(wrong, ANNE, now=DUE, phrases=Echo())


@pytest.mark.parametrize("answered", [Stage.SENT, Stage.DENIED])
@pytest.mark.parametrize("issue", [Issue.SEXTORSION, Issue.IDEATION_SUICIDAIRE])
def test_whoever_answers_a_message_of_ours_is_not_told_what_it_was_about(
    answered: Stage, issue: Issue
) -> None:
    known = Assessment(issue=issue, role=Role.VICTIME_MINEURE, urgency=Urgency.ELEVEE)
    doubtful = a_waiting(
        CONTACT,
        Urgency.ELEVEE,
        assessment=known,
        notice_at=NOON,
        follow_up=FollowUp(stage=answered, at=NOON),
    )
    asked = writes(doubtful, command=Command.GESTURES)
    assert sentences(asked) == ["gestures_any"]
    assert transitions.numbers_again_at(doubtful, now=NOON) is None
    # Who says a danger now hears the numbers all the same.
    assert transitions.numbers_again_at(replace(doubtful, danger_since=NOON), now=NOON) is not None
    sure = transitions.confirm_identity(
        replace(
            doubtful,
            owner=Owner(OwnerKind.LISTENER, ANNE.id),
        ),
        ANNE,
        now=NOON,
        phrases=Echo(),
    ).conversation
    again = writes(replace(sure, owner=QUEUE), command=Command.GESTURES)
    assert sentences(again) != ["gestures_any"]


def agreed_evening(text: str, *, region: str | None = None) -> tuple[FollowUp, Change]:
    """Somebody in danger at night, who may say where they are, and gives a number to call."""
    facts = (Fact(SAID, region, 1),) if region else ()
    danger = Assessment(urgency=Urgency.CRITIQUE, facts=facts)
    asked = writes(begun(), danger, prospect=NIGHT).conversation
    asked = writes(asked, command=Command.FOLLOW_EVENING, prospect=NIGHT).conversation
    change = writes(asked, text=text, prospect=NIGHT)
    told = change.conversation.follow_up
    assert told is not None
    return told, change


@pytest.mark.parametrize(
    ("text", "region", "clock"),
    [
        ("0692 12 34 56", None, "Indian/Reunion"),
        ("+590690123456", None, "America/Guadeloupe"),
        ("0639 12 34 56", None, "Indian/Mayotte"),
        ("+687 12 34 56", None, "Pacific/Noumea"),
        # What they say goes before what the number is of.
        ("0692 12 34 56", "FR", "Europe/Paris"),
        ("06 12 34 56 78", "PF", "Pacific/Tahiti"),
        ("06 12 34 56 78", None, "Europe/Paris"),
    ],
)
def test_the_evening_of_a_call_is_theirs(text: str, region: str | None, clock: str) -> None:
    told, change = agreed_evening(text, region=region)
    assert told.due_at is not None
    assert told.due_at.astimezone(ZoneInfo(clock)).hour == 18
    assert told.due_at > NOON + timedelta(minutes=30)
    assert is_decent(told.due_at, ZoneInfo(clock))
    assert [one.at for one in change.wakes if one.lane is Lane.AFTER] == [told.due_at]


def test_who_is_overseas_is_told_their_own_hour_and_the_listener_both() -> None:
    said: list[str] = []

    class Said(Echo):
        def say(
            self, sentence: str, address: Address, values: Mapping[str, str] | None = None
        ) -> Phrase:
            said.extend((values or {}).values())
            return super().say(sentence, address, values)

    danger = Assessment(urgency=Urgency.CRITIQUE, facts=(Fact(SAID, "RE", 1),))
    asked = writes(on("telegram", begun()), danger, prospect=NIGHT).conversation
    change = transitions.receive(
        asked,
        an_event(channel="telegram"),
        NOTHING_KNOWN,
        burst=timedelta(0),
        now=NOON + timedelta(minutes=30),
        phrases=Said(),
        command=Command.FOLLOW_EVENING,
        prospect=NIGHT,
    )
    assert said[-1].endswith("à 18 h (à La Réunion)")
    shown = summary(change.conversation, ANNE, {})["follow_up"]
    assert shown is not None
    assert shown["local"] == {"time": "18 h", "place": "à La Réunion"}
    at_home = summary(promised(), ANNE, {})["follow_up"]
    assert at_home is not None
    assert at_home["local"] is None


def test_an_evening_in_paris_is_night_in_reunion_and_is_refused() -> None:
    def noted(number: str) -> Change:
        return transitions.note_follow_up(
            held(),
            ANNE,
            kind=Kind.CALL,
            due_at=datetime(2026, 3, 3, 20, 30, tzinfo=PARIS),
            number=number,
            now=datetime(2026, 3, 2, 12, tzinfo=PARIS),
            phrases=Echo(),
        )

    assert stage(noted("0612345678").conversation) is Stage.AGREED
    with pytest.raises(IndecentHour):
        noted("0692123456")
