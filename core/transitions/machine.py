"""What the bot and the clock do: answer what the bot owns, pass on, sound the alarm."""

from dataclasses import replace
from datetime import datetime, timedelta

from core.assessment import Assessment
from core.assistant import AssistantTurn, HandOver
from core.conversation import QUEUE, Author, Conversation, Orientation
from core.labels import Urgency
from core.ports import Change, Phrasebook
from core.prospects import ANSWERED, Prospect
from core.transitions.draft import ALARM_AFTER, Draft, require
from core.transitions.leaving import left_at
from core.transitions.waiting import numbers_again_at
from core.work import Lane

# Somebody who says nothing more to the bot is not left there: a human looks after this long.
SILENCE = {
    Urgency.CRITIQUE: timedelta(0),
    Urgency.ELEVEE: timedelta(minutes=3),
    Urgency.MODEREE: timedelta(minutes=15),
}
# What no machine can read waits less for words that explain it.
UNHEARD_SILENCE = timedelta(minutes=2)
# The bot's sentences that direct adults to a service of the directory.
SERVICES_TOLD = {
    "services_adults": "cyber",
    "services_women": "violences_femmes",
    "services_content": "pharos",
}


def answer(
    conversation: Conversation,
    turn: AssistantTurn,
    *,
    answered: int,
    now: datetime,
    phrases: Phrasebook,
    prospect: Prospect = ANSWERED,
) -> Change:
    """The bot answers the person's messages up to number `answered`.

    Whoever plainly writes in another language is left to listeners of that language for a while.
    Raises Refused when the conversation is no longer the bot's: a late answer is never said.
    """
    require(conversation.is_the_bots)
    draft = Draft(conversation, now, phrases, prospect)
    newer = turn.assessment
    if turn.hand_over is HandOver.DANGER:
        newer = replace(newer, urgency=newer.urgency.at_least(Urgency.ELEVEE))
    elif turn.hand_over is HandOver.NOT_UNDERSTOOD:
        # A problem nobody knows yet must not wait behind the known small ones.
        newer = replace(newer, urgency=newer.urgency.at_least(Urgency.MODEREE))
    draft.update(
        assessment=conversation.assessment.merged(newer),
        dialogue=turn.dialogue,
        answered_seq=answered,
    )
    if turn.language is not None and conversation.needs.language is None:
        needs = replace(conversation.needs, language=turn.language)
        draft.update(needs=needs)
    for said in turn.said:
        message = draft.say(Author.BOT, said.sentence, said.values)
        if service := SERVICES_TOLD.get(said.sentence):
            told = Orientation(service=service, at=now, seq=message.seq)
            draft.update(orientations=(*draft.conversation.orientations, told))
    if turn.hand_over is HandOver.DANGER or newer.urgency is Urgency.CRITIQUE:
        draft.raise_danger()
        draft.tell_danger()
    elif turn.hand_over is not None:
        draft.hand_to_queue()
        draft.notice("handed_over")
        told_now = len(draft.conversation.orientations) > len(conversation.orientations)
        if told_now and not draft.conversation.assessment.is_danger:
            draft.ask_about_service()
    elif silence := SILENCE.get(draft.conversation.assessment.urgency):
        draft.wake(Lane.WATCH, now + silence)
    return draft.done()


def ask_to_write(
    conversation: Conversation,
    *,
    answered: int,
    now: datetime,
    phrases: Phrasebook,
    prospect: Prospect = ANSWERED,
) -> Change:
    """Nothing in the person's messages can be read as words: say so, and offer a human.

    What only a person can read or hear is promised to one, who comes soon if no words follow.
    Raises Refused when the conversation is no longer the bot's.
    """
    require(conversation.is_the_bots)
    draft = Draft(conversation, now, phrases, prospect)
    if conversation.assessment.unheard:
        draft.notice("unheard")
        draft.wake(Lane.WATCH, now + UNHEARD_SILENCE)
    else:
        draft.notice("unreadable")
    draft.update(answered_seq=answered)
    return draft.done()


def hand_over_untriaged(
    conversation: Conversation,
    *,
    now: datetime,
    phrases: Phrasebook,
    prospect: Prospect = ANSWERED,
) -> Change:
    """The assistant gave no answer: straight to a human, marked as not fully triaged.

    Raises Refused when the conversation is no longer the bot's.
    """
    require(conversation.is_the_bots)
    draft = Draft(conversation, now, phrases, prospect)
    draft.update(
        assessment=conversation.assessment.merged(Assessment(incomplete=True)),
        answered_seq=conversation.next_seq - 1,
    )
    draft.hand_to_queue()
    draft.notice("handed_over_after_failure")
    return draft.done()


def silence_ends_at(conversation: Conversation) -> datetime | None:
    """When a human must look at somebody who says nothing more to the bot; None: never."""
    silence = SILENCE.get(conversation.assessment.urgency)
    if silence is not None and conversation.assessment.unheard:
        silence = min(silence, UNHEARD_SILENCE)
    if not conversation.is_the_bots or conversation.standby or silence is None:
        return None
    return conversation.updated_at + silence


def hand_over_silent(
    conversation: Conversation,
    *,
    now: datetime,
    phrases: Phrasebook,
    prospect: Prospect = ANSWERED,
) -> Change | None:
    """Somebody with a worry fell silent under the bot: to the queue; None when it is not so."""
    due = silence_ends_at(conversation)
    if due is None or now < due:
        return None
    draft = Draft(conversation, now, phrases, prospect)
    draft.hand_to_queue()
    draft.notice("handed_over")
    return draft.done()


def alarm_at(conversation: Conversation) -> datetime | None:
    """When danger that nobody answered will alarm the desk; None: it has, or there is none."""
    since = conversation.danger_since
    if not conversation.is_open or since is None or conversation.alarmed_at is not None:
        return None
    return since + ALARM_AFTER


def sound_alarm(conversation: Conversation, *, now: datetime, phrases: Phrasebook) -> Change | None:
    """Danger that nobody answered in time alarms the desk; None when there is nothing to do."""
    due = alarm_at(conversation)
    if due is None or now < due:
        return None
    draft = Draft(conversation, now, phrases)
    draft.update(alarmed_at=now)
    return draft.done()


def closing_at(conversation: Conversation, prospect: Prospect) -> datetime | None:
    """When somebody who waits must hear that the team left; None: nobody waits, or never."""
    waits = conversation.is_open and conversation.owner == QUEUE
    return prospect.opening.until if waits and prospect.opening.is_open else None


def _must_hear_of_closing(conversation: Conversation, prospect: Prospect) -> bool:
    """Whether somebody waits who was last told what holds no more, since the team left."""
    opening, told = prospect.opening, conversation.notice_at
    if opening.is_open or opening.since is None:
        return False
    if conversation.standby or conversation.stopped:
        return False
    waits = conversation.is_open and conversation.owner == QUEUE
    return waits and (told is None or told < opening.since)


def tell_of_closing(
    conversation: Conversation, *, now: datetime, phrases: Phrasebook, prospect: Prospect
) -> Change | None:
    """The team left while somebody waits: they are told once, with the numbers. Else None."""
    if not _must_hear_of_closing(conversation, prospect):
        return None
    draft = Draft(conversation, now, phrases, prospect)
    draft.notice("team_left")
    draft.offer_follow_up()
    draft.update(notice_at=now)
    return draft.done()


def tell_numbers_again(
    conversation: Conversation,
    *,
    now: datetime,
    phrases: Phrasebook,
    prospect: Prospect = ANSWERED,
) -> Change | None:
    """Somebody in danger still waits: the numbers, unasked (`waiting.py`). None: not now."""
    due = numbers_again_at(conversation, now=now)
    if due is None or now < due:
        return None
    draft = Draft(conversation, now, phrases, prospect)
    draft.tell_numbers("danger_numbers_waiting")
    return draft.done()


def end_of_who_left(
    conversation: Conversation, *, now: datetime, phrases: Phrasebook
) -> Change | None:
    """The person left without a word: it ends, their wait with it. None: not so, or not yet.

    Nobody is told: a telephone that lights up days later may be in anybody's hands.
    """
    due = left_at(conversation)
    if due is None or now < due:
        return None
    draft = Draft(conversation, now, phrases)
    draft.end_unanswered()
    return draft.done()
