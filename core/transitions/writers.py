"""Somebody else takes the phone in the midst of a conversation: each has a card of their own.

A machine that reads it in the words asks the listener (`another_at`), who confirms it, from which
message on, or says that nobody else writes. Meanwhile it puts the card of who wrote before aside,
unless a listener had settled that card. Urgency never falls by it, and a danger stays named: a
child in danger is no less so while the mother writes.
"""

from dataclasses import replace
from datetime import datetime

from core.accounts import Listener
from core.assessment import GRAVE, Assessment
from core.audit import Deed, Verb
from core.conversation import Conversation, Writer
from core.labels import AgeBand, Role
from core.ports import Change, Phrasebook
from core.transitions.draft import Draft, require, require_owner
from core.voices import begun_at, may_be_the_same


def another_writes(
    conversation: Conversation,
    listener: Listener,
    *,
    since: int,
    role: Role,
    age_band: AgeBand | None,
    now: datetime,
    phrases: Phrasebook,
) -> Change:
    """A listener says that from message `since` on somebody else writes, and who.

    Who wrote before in this conversation finds their card again. Raises Refused if not owner, and
    for a message with which nobody can begin: the first, or one of an earlier writer.
    """
    require_owner(conversation, listener)
    one = _as_before(conversation)
    require(begun_at(one) < since < one.next_seq)
    taken = taken_over(one, since, role=role, age_band=age_band)
    draft = Draft(conversation, now, phrases)
    draft.update(
        assessment=replace(taken.assessment, settled=True),
        writers=taken.writers,
        another_at=None,
        # The assistant would go on from what the other told it.
        dialogue="",
    )
    return _on_record(draft, listener, {"since": str(since), "role": role.value})


def nobody_else_writes(
    conversation: Conversation, listener: Listener, *, now: datetime, phrases: Phrasebook
) -> Change:
    """A listener says that it is the same person as before: the last mark is taken back.

    Where a machine only asked, that is the answer. Raises Refused if not owner, and where nobody
    said otherwise.
    """
    require_owner(conversation, listener)
    require(bool(conversation.writers) or conversation.another_at is not None)
    one = _as_before(conversation)
    if conversation.another_at is None:
        one = _joined_again(conversation)
    draft = Draft(conversation, now, phrases)
    draft.update(assessment=one.assessment, writers=one.writers, another_at=None)
    return _on_record(draft, listener, {"same": "yes"})


def supposed(conversation: Conversation, seen: Assessment) -> Conversation:
    """The conversation once a machine read that with its next message somebody else writes."""
    since = conversation.next_seq
    if since == conversation.first_seq:
        # Brought over from the other's last conversation: nothing of it was said here.
        return replace(conversation, assessment=Assessment(urgency=conversation.assessment.urgency))
    if conversation.assessment.settled:
        return replace(conversation, another_at=conversation.another_at or since)
    taken = taken_over(conversation, since, role=seen.role, age_band=seen.age_band)
    return replace(taken, another_at=since)


def taken_over(
    conversation: Conversation, since: int, *, role: Role | None, age_band: AgeBand | None
) -> Conversation:
    """The conversation with a card for who writes from `since` on; the other is put aside.

    What was learned and found from there on is the new writer's.
    """
    before = conversation.assessment
    put_aside = Writer(
        since=begun_at(conversation),
        until=since,
        told=replace(
            before,
            facts=tuple(fact for fact in before.facts if fact.seq is None or fact.seq < since),
            reasons=tuple(reason for reason in before.reasons if reason.seq < since),
        ),
    )
    grave = before.issue if before.issue in GRAVE else None
    card = _card_of(conversation, role) or Assessment(issue=grave)
    after = replace(
        card,
        urgency=card.urgency.at_least(before.urgency),
        role=role,
        age_band=age_band or card.age_band,
        facts=card.facts + tuple(f for f in before.facts if f.seq is not None and f.seq >= since),
        reasons=card.reasons + tuple(one for one in before.reasons if one.seq >= since),
    )
    return replace(conversation, assessment=after, writers=(*conversation.writers, put_aside))


def _card_of(conversation: Conversation, role: Role | None) -> Assessment | None:
    """What is known already of who wrote here before and writes again."""
    return next(
        (
            one.told
            for one in reversed(conversation.writers)
            if may_be_the_same(one.told.role, role)
        ),
        None,
    )


def _as_before(conversation: Conversation) -> Conversation:
    """The conversation as it was before a machine asked who writes."""
    supposed = conversation.another_at is not None and conversation.writers
    if supposed and conversation.writers[-1].until == conversation.another_at:
        return _joined_again(conversation)
    return conversation


def _joined_again(conversation: Conversation) -> Conversation:
    """The last two writers as the one they are: as they were called first."""
    *before, last = conversation.writers
    added = replace(conversation.assessment, role=None, age_band=None)
    return replace(conversation, assessment=last.told.merged(added), writers=tuple(before))


def _on_record(draft: Draft, listener: Listener, details: dict[str, str]) -> Change:
    deed = Deed(
        verb=Verb.WRITER_TOLD,
        at=draft.now,
        actor=listener.id,
        conversation=draft.conversation.id,
        details=details,
    )
    return replace(draft.done(), deeds=(deed,))
