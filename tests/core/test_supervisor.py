"""What a supervisor may do to who answers."""

from dataclasses import replace

import pytest

from core import transitions
from core.audit import Verb
from core.conversation import QUEUE, Conversation, TicketStatus
from core.errors import Refused
from core.ports import Change
from tests.builders import NOON, a_listener, at, claimed
from tests.core.test_transitions import fresh, queued, sentences
from tests.fakes import Echo

ANNE, BILAL, ODILE = a_listener("anne"), a_listener("bilal"), a_listener("odile")


def held() -> Conversation:
    waiting = queued()
    return claimed(waiting, ANNE.id, waiting.updated_at)


def assign(conversation: Conversation) -> Change:
    return transitions.assign(conversation, BILAL, ODILE, now=at(60), phrases=Echo())


def take_back(conversation: Conversation) -> Change:
    return transitions.take_back(conversation, ODILE, first=None, now=at(60), phrases=Echo())


@pytest.mark.parametrize(
    ("conversation", "told"), [(queued(), "listener_joined"), (held(), "listener_changed")]
)
def test_who_waits_or_is_held_is_given_to_a_listener_and_told(
    conversation: Conversation, told: str
) -> None:
    change = assign(conversation)
    given = change.conversation
    assert given.is_held_by(BILAL.id)
    assert given.ticket is not None
    assert (given.ticket.status, given.ticket.listener_id) == (TicketStatus.CLAIMED, BILAL.id)
    assert given.ticket.claimed_at == at(60)
    assert sentences(change) == [told]
    (deed,) = change.deeds
    assert (deed.verb, deed.actor) == (Verb.CONVERSATION_ASSIGNED, ODILE.id)
    assert deed.details["to"] == BILAL.id


def test_danger_goes_on_alarming_whoever_is_given_it() -> None:
    alarming = replace(held(), danger_since=NOON, alarmed_at=at(30))
    assert assign(alarming).conversation.is_alarming


def test_what_is_taken_back_waits_at_the_head() -> None:
    change = take_back(held())
    back = change.conversation
    assert back.owner == QUEUE
    assert back.is_waiting
    assert back.ticket is not None
    assert back.ticket.listener_id is None
    assert sentences(change) == ["listener_handed_back"]
    assert change.deeds[0].details == {"from": ANNE.id}


def test_what_cannot_be_given_is_refused() -> None:
    theirs = assign(queued()).conversation
    closed = replace(held(), closed_at=NOON)
    the_bots = fresh()
    for one in (theirs, closed, the_bots):
        with pytest.raises(Refused):
            assign(one)
    for one in (queued(), closed, the_bots):
        with pytest.raises(Refused):
            take_back(one)
