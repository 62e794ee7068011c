"""Following up: asked, agreed to, done when its hour comes, and never against the person's will.

`stop`, an erasure or a listener end it. A listener who holds the conversation is never written over
by a machine: what is due then is theirs to do. Every message that we begin stands in the audit.
"""

from dataclasses import replace
from datetime import datetime

from core import spoken
from core.accounts import Listener
from core.audit import Deed, Verb
from core.commands import Command
from core.conversation import BOT, Author, Conversation, OwnerKind
from core.directory import HOME
from core.errors import IndecentHour, Refused
from core.follow_up import (
    ASK,
    ASK_NUMBER,
    ASK_NUMBER_AGAIN,
    BY_CALL_ONLY,
    MESSAGE,
    NO_LATER,
    FollowUp,
    Kind,
    Moment,
    Stage,
    by_clock,
    is_decent,
    moment_for,
    number_in,
    still_ahead,
    tries_a_number,
)
from core.labels import address_for
from core.ports import Change, Phrasebook
from core.regions import clock_of, region_of_number, region_told
from core.transitions.draft import Draft, require, require_owner
from core.transitions.listener import reply_id
from core.work import Lane

_WISHES = {Command.FOLLOW_MIDDAY: Moment.MIDDAY, Command.FOLLOW_EVENING: Moment.EVENING}


def ask_follow_up(
    conversation: Conversation,
    listener: Listener,
    *,
    client_id: str,
    now: datetime,
    phrases: Phrasebook,
) -> Change:
    """The listener asks whether we may write here, and when.

    Raises Refused if not owner, where only a call reaches them, or when something is agreed.
    """
    require_owner(conversation, listener)
    require(conversation.channel not in BY_CALL_ONLY and not _pending(conversation))
    draft = Draft(conversation, now, phrases)
    question = phrases.say(ASK, address_for(conversation.assessment.role))
    draft.append(
        Author.LISTENER,
        question.text,
        id=reply_id(conversation, listener, client_id),
        listener_id=listener.id,
        client_id=client_id,
        sentence=ASK,
        choices=question.choices,
    )
    draft.update(follow_up=FollowUp(stage=Stage.ASKED, at=now, by=listener.id))
    return draft.done()


def note_follow_up(
    conversation: Conversation,
    listener: Listener,
    *,
    kind: Kind,
    due_at: datetime,
    number: str | None,
    now: datetime,
    phrases: Phrasebook,
) -> Change:
    """The person said in words that we may, and when. Raises Refused if not owner, for a moment
    that is past or more than a week away, for a call without a number, and for a message where
    only a call reaches them; IndecentHour for one at night."""
    require_owner(conversation, listener)
    require(now < due_at <= now + NO_LATER)
    region = _region(conversation, number)
    if not is_decent(due_at, clock_of(region)):
        raise IndecentHour
    require((kind is Kind.CALL) == (number is not None))
    require(kind is Kind.CALL or conversation.channel not in BY_CALL_ONLY)
    draft = Draft(conversation, now, phrases)
    agreed = FollowUp(
        kind=kind,
        stage=Stage.AGREED,
        at=now,
        by=listener.id,
        agreed_at=now,
        due_at=due_at,
        number=number,
        region=region,
    )
    draft.update(follow_up=agreed)
    draft.wake(Lane.AFTER, due_at)
    deed = _deed(Verb.FOLLOW_UP_NOTED, draft, listener)
    return replace(draft.done(), deeds=(deed,))


def finish_follow_up(
    conversation: Conversation,
    listener: Listener,
    stage: Stage,
    *,
    now: datetime,
    phrases: Phrasebook,
) -> Change:
    """A listener did what was due, or lets it be: `DONE` or `CANCELLED`. Raises Refused when
    nothing is pending. Whose conversation it was does not matter: the shift has changed."""
    require(_pending(conversation) and stage in (Stage.DONE, Stage.CANCELLED))
    draft = Draft(conversation, now, phrases)
    _at_stage(draft, stage, finished_by=listener.id)
    return replace(draft.done(), deeds=(_deed(Verb.FOLLOW_UP_FINISHED, draft, listener),))


def confirm_identity(
    conversation: Conversation, listener: Listener, *, now: datetime, phrases: Phrasebook
) -> Change:
    """The person told the listener that it is they. Raises Refused if not owner, or when nobody
    wondered."""
    require_owner(conversation, listener)
    require(conversation.is_doubtful)
    draft = Draft(conversation, now, phrases)
    _at_stage(draft, Stage.CONFIRMED, finished_by=listener.id)
    return draft.done()


def follow_up_due(
    conversation: Conversation, *, reachable: bool, now: datetime, phrases: Phrasebook
) -> Change | None:
    """The hour has come: write, or make it a listener's task. None before that, or when done.

    `conversation` is the person's present or last one; `reachable`: the platform lets us write.
    A message goes to nobody whom a listener holds or who waits for one, nor to who wishes to be
    erased.
    """
    agreed = conversation.follow_up
    if agreed is None or agreed.stage is not Stage.AGREED or agreed.due_at is None:
        return None
    if now < agreed.due_at:
        return None
    draft = Draft(conversation, now, phrases)
    if conversation.erasure is not None:
        _at_stage(draft, Stage.CANCELLED)
        return draft.done()
    if agreed.kind is Kind.CALL or not (reachable and _is_free(conversation)):
        _at_stage(draft, Stage.DUE)
        return draft.done()
    return _written(draft, None)


def write_follow_up(
    conversation: Conversation,
    listener: Listener,
    *,
    reachable: bool,
    now: datetime,
    phrases: Phrasebook,
) -> Change:
    """What could not be sent at its hour is sent now, in the same neutral words, by any listener.

    `conversation` is the person's present or last one. Raises Refused unless a message is due, and
    where one could not be sent now either.
    """
    due = conversation.follow_up
    require(due is not None and due.stage is Stage.DUE and due.kind is Kind.MESSAGE)
    require(reachable and conversation.erasure is None and _is_free(conversation))
    draft = Draft(conversation, now, phrases)
    return _written(draft, listener)


def let_go(conversation: Conversation, *, now: datetime, phrases: Phrasebook) -> Change:
    """What was agreed in an earlier conversation was seen to in the present one."""
    draft = Draft(conversation, now, phrases)
    draft.update(follow_up=None)
    return draft.done()


def cancel(draft: Draft) -> None:
    """The person wants to be left alone: nothing agreed goes on, and no machine asks for it."""
    told = draft.conversation.follow_up
    if told is None or not told.goes_on:
        draft.update(follow_up=FollowUp(stage=Stage.REFUSED, at=draft.now))
    else:
        _at_stage(draft, Stage.CANCELLED, number=None)


def heed(draft: Draft, command: Command) -> None:
    """What the person answers to the question, and to the message. Under a listener no machine
    speaks."""
    told = draft.conversation.follow_up
    if told is None:
        return
    alone = draft.conversation.owner.kind is not OwnerKind.LISTENER
    wish = _WISHES.get(command)
    if wish is not None and told.stage is not Stage.SENT:
        region = _region(draft.conversation)
        due = moment_for(wish, now=draft.now, clock=clock_of(region))
        if draft.conversation.channel in BY_CALL_ONLY:
            _call_wished(draft, told, due, region, alone=alone)
            return
        agreed = {"agreed_at": draft.now, "due_at": due, "region": region}
        _at_stage(draft, Stage.AGREED, kind=Kind.MESSAGE, **agreed)
        draft.wake(Lane.AFTER, due)
        if alone:
            draft.notice(
                "follow_up_noted", {"moment": spoken.moment_in(region, due, now=draft.now)}
            )
    elif command is Command.FOLLOW_NO and told.stage is not Stage.SENT:
        _at_stage(draft, Stage.REFUSED, number=None)
        if alone:
            call = told.kind is Kind.CALL
            draft.notice("follow_up_call_refused" if call else "follow_up_refused")
    elif told.stage is Stage.SENT:
        _answered(draft, command, alone=alone)


def take_number(draft: Draft, text: str) -> bool:
    """The number to call, where the machine asked for it and `text` is one. Whether it was about
    that; what is not plainly a number of theirs is asked again and never called.

    Not under a listener: whose number they ask for is theirs to know.
    """
    told = draft.conversation.follow_up
    held = draft.conversation.owner.kind is OwnerKind.LISTENER
    if told is None or held or not told.takes_number or told.due_at is None:
        return False
    number = number_in(text)
    if number is not None:
        _call_agreed(draft, number, told.due_at, told.region)
        return True
    if told.lacks_number and tries_a_number(text):
        draft.notice(ASK_NUMBER_AGAIN)
        return True
    return False


def _call_wished(draft: Draft, told: FollowUp, due: datetime, region: str, *, alone: bool) -> None:
    """The hour of a call is agreed to. Where to call is asked, unless it is known."""
    if told.number is not None:
        _at_stage(draft, told.stage, agreed_at=draft.now)
        _call_agreed(draft, told.number, due, region, alone=alone)
        return
    agreed = {"agreed_at": draft.now, "due_at": due, "region": region}
    _at_stage(draft, Stage.ASKED, kind=Kind.CALL, **agreed)
    if alone:
        draft.notice(ASK_NUMBER)


def _call_agreed(
    draft: Draft, number: str, due: datetime, meant: str, *, alone: bool = True
) -> None:
    """`meant`: in which region the hour was meant so far; the number may tell of another."""
    region = _region(draft.conversation, number)
    clock = clock_of(region)
    due = still_ahead(by_clock(due, clock_of(meant), clock), now=draft.now, clock=clock)
    _at_stage(draft, Stage.AGREED, number=number, due_at=due, region=region)
    draft.wake(Lane.AFTER, due)
    if alone:
        when = spoken.moment_in(region, due, now=draft.now)
        # Its end is enough to see a slip of the thumb, and tells nobody else whose it is.
        draft.notice("follow_up_call_noted", {"moment": when, "end": number[-2:]})


def _answered(draft: Draft, command: Command, *, alone: bool) -> None:
    begun = draft.conversation.owner == BOT
    if command is Command.FOLLOW_ME:
        _at_stage(draft, Stage.CONFIRMED)
        if alone:
            draft.hand_to_queue()
            draft.notice("handed_over")
        return
    if command is Command.FOLLOW_LATER:
        _at_stage(draft, Stage.DONE)
        sentence = "follow_up_later"
    elif command is Command.FOLLOW_STRANGER:
        _at_stage(draft, Stage.DENIED)
        sentence = "follow_up_stranger"
    else:
        return
    if alone:
        draft.notice(sentence)
    if begun:
        draft.update(closed_at=draft.now)


def _is_free(conversation: Conversation) -> bool:
    """Whether a message of ours would speak over nobody."""
    busy = conversation.is_open and conversation.owner != BOT
    return not busy and not conversation.standby


def _written(draft: Draft, listener: Listener | None) -> Change:
    draft.notice(MESSAGE)
    _at_stage(draft, Stage.SENT)
    return replace(draft.done(), deeds=(_deed(Verb.FOLLOW_UP_SENT, draft, listener),))


def _pending(conversation: Conversation) -> bool:
    return conversation.follow_up is not None and conversation.follow_up.is_pending


def _region(conversation: Conversation, number: str | None = None) -> str:
    """Where the person looks at the clock: as they say, else as the number tells that they gave,
    else that from which they write."""
    given = region_of_number(number) if number else HOME
    return region_told(conversation.assessment, conversation.region if given == HOME else given)


def _at_stage(draft: Draft, stage: Stage, **fields: object) -> None:
    told = draft.conversation.follow_up
    if told is None:
        raise Refused
    changed = replace(told, stage=stage, at=draft.now, **fields)  # type: ignore[arg-type]
    draft.update(follow_up=changed)


def _deed(verb: Verb, draft: Draft, listener: Listener | None) -> Deed:
    told = draft.conversation.follow_up
    assert told is not None
    return Deed(
        verb=verb,
        at=draft.now,
        actor=listener.id if listener else None,
        conversation=draft.conversation.id,
        details={"kind": told.kind.value, "stage": told.stage.value},
    )
