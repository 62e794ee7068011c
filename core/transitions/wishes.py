"""What becomes of the person's orders: to be left alone, to have everything erased.

Whoever holds the phone may be the abuser: nothing is closed or erased over a danger, erasing takes
a confirmation and a day, and the listener sees the wish.
"""

from datetime import datetime, timedelta

from core.commands import Command
from core.conversation import BOT, Conversation, Erasure, OwnerKind
from core.labels import Urgency
from core.ports import Change, Phrasebook
from core.transitions.draft import Draft
from core.transitions.following import cancel, heed
from core.transitions.orientation import answered
from core.work import Lane

ERASE_AFTER = timedelta(hours=24)
# How soon a wish to erase that had to wait is looked at again.
LOOK_AGAIN = timedelta(hours=1)


def obey(draft: Draft, command: Command) -> None:
    """Do what the person ordered, and say so, or say that it cannot be done."""
    match command:
        case Command.STOP:
            _stop(draft)
        case Command.ERASE:
            draft.update(erasure=Erasure(asked_at=draft.now))
            draft.notice("erase_confirm")
        case Command.CONFIRM_ERASE if draft.conversation.erasure is not None:
            due = draft.conversation.erasure.due_at or draft.now + ERASE_AFTER
            asked = draft.conversation.erasure.asked_at
            draft.update(erasure=Erasure(asked_at=asked, due_at=due))
            draft.notice("erase_planned")
            draft.wake(Lane.WATCH, due)
        case Command.KEEP if draft.conversation.erasure is not None:
            draft.update(erasure=None)
            draft.notice("erase_cancelled")
        case Command.GESTURES:
            # Under a listener no machine speaks.
            if draft.conversation.owner.kind is not OwnerKind.LISTENER:
                draft.tell_gestures()
        case Command.AGREE | Command.DISAGREE if draft.conversation.orientations:
            agreed = command is Command.AGREE
            draft.update(orientations=answered(draft.conversation.orientations, agreed))
            # Under a listener no machine speaks.
            if draft.conversation.owner.kind is not OwnerKind.LISTENER:
                draft.notice("orientation_noted")
                draft.offer_follow_up()
        case Command.AGREE | Command.DISAGREE:
            pass
        case command if command.value.startswith("follow_"):
            heed(draft, command)
        case Command.WRONG_CODE:
            # Under a listener no machine speaks.
            if draft.conversation.owner.kind is not OwnerKind.LISTENER:
                draft.notice("code_unknown")
        case _:
            # Nothing was to be confirmed any more.
            draft.notice("erase_nothing")


def _stop(draft: Draft) -> None:
    """The machine falls silent. A worry is still passed to a human; else the conversation ends."""
    cancel(draft)
    draft.update(stopped=True)
    told = draft.conversation
    draft.notice("stop_received")
    if told.owner != BOT:
        return
    if told.assessment.urgency is Urgency.FAIBLE and not told.assessment.unheard:
        draft.update(closed_at=draft.now)
    else:
        draft.hand_to_queue()


def may_erase(conversation: Conversation, *, now: datetime) -> bool:
    """Whether a confirmed wish to erase is due and nothing speaks against it.

    An open danger, or a listener at work, goes before: the wish waits, visible to the listener.
    """
    wish = conversation.erasure
    if wish is None or wish.due_at is None or now < wish.due_at:
        return False
    return may_be_ended(conversation)


def may_be_ended(conversation: Conversation) -> bool:
    """Whether no open danger and no listener at work speaks against its end, as far as it is open.

    Asked of the other half of a conversation too: nothing goes under the hands of who is on the
    line.
    """
    if not conversation.is_open:
        return True
    grave = conversation.assessment.urgency.rank >= Urgency.ELEVEE.rank
    held = conversation.owner.kind is OwnerKind.LISTENER
    return not (grave or held or conversation.danger_since is not None)


def end_before_erasing(conversation: Conversation, *, now: datetime, phrases: Phrasebook) -> Change:
    """Close what is about to be erased, so that every screen lets go of it first."""
    draft = Draft(conversation, now, phrases)
    draft.end_unanswered()
    return draft.done()


def ask_again_at(conversation: Conversation, *, now: datetime) -> datetime | None:
    """When to look again at a wish to erase that is not done; None: there is none."""
    wish = conversation.erasure
    if wish is None or wish.due_at is None:
        return None
    return max(wish.due_at, now + LOOK_AGAIN) if wish.due_at <= now else wish.due_at
