"""A listener says what a conversation is about, where the machine read it otherwise."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from core.accounts import Listener
from core.assessment import GRAVE, Assessment
from core.audit import Deed, Verb
from core.conversation import Conversation
from core.course import Belief
from core.errors import AnotherWrites
from core.labels import Issue, Role, Urgency
from core.ports import Change, Phrasebook
from core.transitions.draft import Draft, require_owner
from core.voices import begun_at


class Why(StrEnum):
    """Why a listener sees it otherwise. Only the first is an error of triage."""

    MISREAD = "misread"
    # The person said more since, or something changed.
    LEARNED = "learned"


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """What a listener knows now, and what they had before them when they said so.

    `seen` is the version of the conversation that was on screen, `since` the message with which
    the writer whose card it was had begun (`core.voices`).
    """

    issue: Issue
    urgency: Urgency
    role: Role
    why: Why
    seen: int
    since: int


def correct(
    conversation: Conversation,
    listener: Listener,
    correction: Correction,
    *,
    now: datetime,
    phrases: Phrasebook,
) -> Change:
    """The listener's word replaces the machine's. Raises Refused if not owner.

    Raises AnotherWrites where the card is of another writer than the one it was said of.
    The one way for urgency to fall, and recorded in the audit; never below what was raised by
    something that the listener had not seen: that stays, and the rest of their word is taken.
    Danger nobody answered yet still waits for an answer, and what the person writes from now on may
    still be read as danger. To repeat what is known confirms it.
    """
    require_owner(conversation, listener)
    if begun_at(conversation) != correction.since:
        raise AnotherWrites
    before, course = conversation.assessment, conversation.course
    after = _corrected(conversation, correction)
    wrong = (before.issue, before.urgency, before.role) != (after.issue, after.urgency, after.role)
    if wrong and correction.why is Why.MISREAD and not before.settled:
        course = replace(course, misread=Belief.of(before))
    draft = Draft(conversation, now, phrases)
    draft.settle(after)
    draft.update(course=course)
    deed = Deed(
        verb=Verb.TRIAGE_CORRECTED,
        at=now,
        actor=listener.id,
        conversation=conversation.id,
        details={"from": before.urgency.value, "to": after.urgency.value, "why": correction.why},
    )
    return replace(draft.done(), deeds=(deed,))


def _corrected(conversation: Conversation, told: Correction) -> Assessment:
    before, urgency = conversation.assessment, told.urgency
    secondary = before.issue_secondary if before.issue_secondary != told.issue else None
    if conversation.raised_version > told.seen:
        urgency = urgency.at_least(before.urgency)
        if before.issue in GRAVE and before.issue is not told.issue:
            # As if it were found after the listener's word: beside what they say.
            secondary = before.issue
    # What came since may be what no machine can read: somebody must still listen to it.
    unread = conversation.heard_version > told.seen
    return replace(
        before,
        issue=told.issue,
        issue_secondary=secondary,
        confidence=before.confidence if before.issue is told.issue else None,
        urgency=urgency,
        role=told.role,
        incomplete=before.incomplete and unread,
        unheard=before.unheard and unread,
        settled=True,
    )
