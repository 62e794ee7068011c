"""Conversations change hands: the giver keeps it until somebody else has it, the person is told."""

from dataclasses import replace

import pytest

from core import line, transitions
from core.accounts import Listener
from core.assessment import Assessment
from core.conversation import BOT, QUEUE, Conversation, Outcome, TicketStatus
from core.errors import Refused, TooLate, TooUrgent
from core.labels import Issue, Urgency
from core.notes import NOTES_AT_MOST
from core.ports import Change
from tests.core.test_transitions import (
    ANNE,
    BILAL,
    CONTACT,
    SECOND,
    a_listener,
    answered,
    held,
    said,
    sentences,
)
from tests.fakes import Echo

CHLOE = a_listener("chloe")
CID = "cid-00001"


def offered(conversation: Conversation, cid: str = CID) -> Conversation:
    return transitions.offer(
        conversation,
        ANNE,
        BILAL.id,
        "elle attend un conseil",
        client_id=cid,
        now=conversation.updated_at,
        phrases=Echo(),
    ).conversation


def closed(conversation: Conversation) -> Conversation:
    return transitions.close(
        conversation,
        ANNE,
        Outcome.HELPED,
        seen=conversation.version,
        now=conversation.updated_at,
        phrases=Echo(),
    ).conversation


def reopened(conversation: Conversation, after: float = 5) -> Change:
    assert conversation.closed_at is not None
    now = conversation.closed_at + after * SECOND
    return transitions.reopen(conversation, ANNE, now=now, phrases=Echo())


def test_the_giver_answers_until_the_colleague_accepts() -> None:
    conversation = offered(held())
    assert conversation.is_held_by(ANNE.id)
    now = conversation.updated_at + SECOND
    change = transitions.accept(conversation, BILAL, now=now, phrases=Echo())
    taken = change.conversation
    assert taken.is_held_by(BILAL.id)
    assert taken.ticket is not None
    assert (taken.ticket.listener_id, taken.ticket.claimed_at) == (BILAL.id, now)
    assert taken.offer is None
    assert [note.text for note in taken.notes] == ["elle attend un conseil"]
    assert sentences(change) == ["listener_changed"]
    with pytest.raises(Refused):
        transitions.accept(taken, BILAL, now=now, phrases=Echo())


def test_declined_or_unanswered_it_stays_where_it_is() -> None:
    conversation = offered(held())
    assert conversation.offer is not None
    in_time = conversation.offer.until - SECOND
    change = transitions.decline(conversation, BILAL, now=in_time, phrases=Echo())
    assert change.messages == ()
    assert change.conversation.is_held_by(ANNE.id)
    assert change.conversation.offer is not None
    assert change.conversation.offer.declined
    for gone, now in ((change.conversation, in_time), (conversation, conversation.offer.until)):
        with pytest.raises(Refused):
            transitions.accept(gone, BILAL, now=now, phrases=Echo())
    kept = transitions.withdraw(conversation, ANNE, now=in_time, phrases=Echo()).conversation
    with pytest.raises(Refused):
        transitions.accept(kept, BILAL, now=in_time, phrases=Echo())


def test_nobody_else_may_offer_accept_or_decline() -> None:
    conversation = offered(held())
    now = conversation.updated_at
    for decide in (transitions.accept, transitions.decline, transitions.withdraw):
        with pytest.raises(Refused):
            decide(conversation, CHLOE, now=now, phrases=Echo())
    for giver, to in ((BILAL, CHLOE), (ANNE, ANNE)):
        with pytest.raises(Refused):
            transitions.offer(held(), giver, to.id, "…", client_id=CID, now=now, phrases=Echo())


def test_an_offer_ends_with_the_giver() -> None:
    conversation = offered(held())
    now = conversation.updated_at
    back = transitions.give_back(conversation, first=None, now=now, phrases=Echo()).conversation
    for over in (back, closed(conversation)):
        assert over.offer is None
        with pytest.raises(Refused):
            transitions.accept(over, BILAL, now=now, phrases=Echo())


def test_handed_back_it_waits_at_the_head_with_the_note() -> None:
    conversation = held()
    now = conversation.updated_at + 600 * SECOND
    change = transitions.hand_back(
        conversation,
        ANNE,
        "a besoin d'un juriste",
        client_id=CID,
        first=line.place_of(said(held()).conversation),
        now=now,
        phrases=Echo(),
    )
    assert change.conversation.owner == QUEUE
    assert change.conversation.is_waiting
    assert [note.text for note in change.conversation.notes] == ["a besoin d'un juriste"]
    assert sentences(change) == ["listener_handed_back"]
    assert change.conversation.ticket is not None
    assert change.conversation.ticket.ahead_of is not None
    taken = transitions.claim(change.conversation, BILAL, now=now, phrases=Echo())
    assert taken.conversation.notes == change.conversation.notes


def test_the_bot_goes_on_only_with_who_needs_no_human() -> None:
    conversation = held()
    now = conversation.updated_at

    def returned(one: Conversation, by: Listener) -> Change:
        return transitions.return_to_bot(
            one, by, "a eu sa réponse", client_id=CID, now=now, phrases=Echo()
        )

    change = returned(conversation, ANNE)
    assert change.conversation.owner == BOT
    assert change.conversation.ticket is None
    assert sentences(change) == ["back_to_bot"]
    # Colleagues are told why; the person is not.
    assert [note.text for note in change.conversation.notes] == ["a eu sa réponse"]
    assert not any("a eu sa réponse" in message.text for message in change.messages)
    # It answers what comes next, and hands over again.
    later = said(change.conversation).conversation
    assert answered(later).conversation.owner == BOT
    again = said(
        change.conversation, Assessment(urgency=Urgency.CRITIQUE, issue=Issue.DANGER_PHYSIQUE)
    )
    assert again.conversation.owner == QUEUE
    assert again.conversation.notes == change.conversation.notes
    for urgency in (Urgency.ELEVEE, Urgency.CRITIQUE):
        grave = replace(conversation, assessment=Assessment(urgency=urgency))
        with pytest.raises(TooUrgent):
            returned(grave, ANNE)
    endangered = replace(conversation, danger_since=now)
    with pytest.raises(TooUrgent):
        returned(endangered, ANNE)
    with pytest.raises(Refused):
        returned(conversation, BILAL)


def test_a_closing_is_taken_back_within_a_short_time_by_who_closed() -> None:
    conversation = closed(held())
    change = reopened(conversation)
    again = change.conversation
    assert again.is_held_by(ANNE.id)
    assert again.ticket is not None
    assert again.ticket.status is TicketStatus.CLAIMED
    assert (again.ticket.outcome, again.ticket.closed_at) == (None, None)
    assert sentences(change) == ["conversation_reopened"]
    with pytest.raises(TooLate):
        reopened(conversation, after=31)
    with pytest.raises(Refused):
        transitions.reopen(held(), ANNE, now=conversation.updated_at, phrases=Echo())
    assert conversation.closed_at is not None
    with pytest.raises(Refused):
        transitions.reopen(conversation, BILAL, now=conversation.closed_at, phrases=Echo())


def test_notes_are_no_messages_and_are_bounded() -> None:
    conversation = held()
    for n in range(NOTES_AT_MOST):
        change = transitions.add_note(
            conversation,
            ANNE,
            "rappeler sa mère",
            client_id=f"note-{n:05}",
            now=conversation.updated_at,
            phrases=Echo(),
        )
        assert change.messages == ()
        conversation = change.conversation
    assert len({note.id for note in conversation.notes}) == NOTES_AT_MOST
    with pytest.raises(Refused):
        offered(conversation, "one-more")
    with pytest.raises(Refused):
        transitions.add_note(
            held(), BILAL, "…", client_id=CID, now=conversation.updated_at, phrases=Echo()
        )


def test_who_closed_a_conversation_knows_the_person_who_comes_back() -> None:
    conversation = closed(held())
    assert conversation.closed_at is not None
    following = transitions.open_conversation(CONTACT, conversation, now=conversation.closed_at)
    assert following.known_to == ANNE.id
    assert transitions.open_conversation(CONTACT, None, now=conversation.closed_at).known_to is None
