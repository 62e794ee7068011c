"""The two optional questions at the end, as the widget is given them and gives them back; pure.

See `docs/web-protocol.md`.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from connectors.web.payloads import ACCOUNT, CHANNEL, CID, BadFrame
from connectors.web.session import Visitor
from core import opinion, transitions
from core.conversation import Conversation
from core.events import EventKind, InboundEvent, MessageType
from core.labels import address_for
from core.ports import Phrasebook


@dataclass(frozen=True, slots=True)
class Rate:
    """An answer to one question."""

    cid: str
    choice: str


def questions(
    conversation: Conversation, phrases: Phrasebook, *, now: datetime
) -> dict[str, Any] | None:
    """What may be asked now; None: nothing."""
    left = transitions.left_to_ask(conversation, now=now)
    if not left:
        return None
    address = address_for(conversation.assessment.role)
    asked = [(one, phrases.say(one.sentence, address)) for one in left]
    return {
        "questions": [
            {
                "id": one.value,
                "text": phrase.text,
                "choices": [{"id": each.id, "title": each.title} for each in phrase.choices],
            }
            for one, phrase in asked
        ]
    }


def parse_rate(frame: dict[str, Any]) -> Rate:
    """A `rate` frame or the body of `POST /web/survey`. Raises BadFrame, naming its cid."""
    cid, choice = frame.get("cid"), frame.get("choice")
    if not isinstance(cid, str) or not CID.fullmatch(cid):
        raise BadFrame
    if not isinstance(choice, str) or choice not in opinion.CHOICES:
        raise BadFrame(cid=cid)
    return Rate(cid, choice)


def to_event(visitor: Visitor, rate: Rate, *, at: datetime) -> InboundEvent:
    """The event of an answer: unique by session and cid, however often it is sent."""
    return InboundEvent(
        channel=CHANNEL,
        account=ACCOUNT,
        event_id=f"rate:{visitor.address}:{rate.cid}",
        kind=EventKind.POSTBACK,
        type=MessageType.CHOICE,
        sender=visitor.address,
        at=at,
        client_id=rate.cid,
        payload=rate.choice,
    )
