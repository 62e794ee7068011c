"""The web chat's frames and the kernel's types, each way; pure. See `docs/web-protocol.md`."""

import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from connectors.web.session import Visitor
from core.assessment import Assessment
from core.conversation import BOT, Author, Conversation, Message, OwnerKind
from core.directory import HOME
from core.events import EventKind, InboundEvent, MessageType
from core.hours import Phase
from core.labels import address_for
from core.prospects import Prospect
from core.regions import region_told
from core.spoken import duration, moment_in, time_in
from core.typography import french

CHANNEL = "web"
ACCOUNT = "site"
# What the widget lets a person type, and what one body or frame may hold.
TEXT_LIMIT = 4000
FRAME_LIMIT = 64 * 1024

CID = re.compile(r"[A-Za-z0-9_-]{8,64}")
_CHOICE = re.compile(r"[a-z0-9_]{1,64}")
# Control characters that no keyboard means; line breaks and tabs stay.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


class BadFrame(Exception):
    """A frame or body that does not follow the protocol. Its code is one of the documented ones."""

    def __init__(self, code: str = "bad_request", cid: str | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.cid = cid


@dataclass(frozen=True, slots=True)
class Send:
    """A message the person sends."""

    cid: str
    text: str
    choice: str | None


def parse_object(raw: str | bytes) -> dict[str, Any]:
    """A JSON object. Raises BadFrame."""
    try:
        value = json.loads(raw)
    except (ValueError, RecursionError):
        raise BadFrame from None
    if not isinstance(value, dict):
        raise BadFrame
    return value


def parse_send(frame: dict[str, Any]) -> Send:
    """A `send` frame or the body of `POST /web/messages`. Raises BadFrame, naming its cid."""
    cid = frame.get("cid")
    if not isinstance(cid, str) or not CID.fullmatch(cid):
        raise BadFrame
    text, choice = frame.get("text"), frame.get("choice")
    if not isinstance(text, str):
        raise BadFrame(cid=cid)
    if choice is not None and (not isinstance(choice, str) or not _CHOICE.fullmatch(choice)):
        raise BadFrame(cid=cid)
    text = _CONTROL.sub("", text).strip()
    if not text:
        raise BadFrame("empty", cid)
    return Send(cid, text, choice)


def to_event(visitor: Visitor, send: Send, *, at: datetime) -> InboundEvent:
    """The event of a sent message: unique by session and cid, however often it is sent."""
    return InboundEvent(
        channel=CHANNEL,
        account=ACCOUNT,
        event_id=f"message:{visitor.address}:{send.cid}",
        kind=EventKind.MESSAGE,
        type=MessageType.CHOICE if send.choice else MessageType.TEXT,
        sender=visitor.address,
        at=at,
        client_id=send.cid,
        text=send.text,
        payload=send.choice,
        ref=visitor.origin,
    )


def to_receipt(visitor: Visitor, message_id: str, *, at: datetime) -> InboundEvent:
    """The event of a message that was shown to the person."""
    return InboundEvent(
        channel=CHANNEL,
        account=ACCOUNT,
        event_id=f"read:{visitor.address}:{message_id}",
        kind=EventKind.STATUS,
        sender=visitor.address,
        at=at,
        target=message_id,
        status="read",
    )


_FROM = {
    Author.PERSON: "me",
    Author.BOT: "assistant",
    Author.SERVICE: "service",
    Author.LISTENER: "listener",
}


def message_frame(message: Message, *, listener: str | None) -> dict[str, Any]:
    """A message as the person sees it."""
    return {
        "type": "message",
        "id": message.seq,
        "from": _FROM[message.author],
        "name": listener,
        "text": message.text,
        "at": message.at.isoformat(),
        "cid": message.client_id if message.author is Author.PERSON else None,
        "choices": [{"id": choice.id, "title": choice.title} for choice in message.choices],
        "files": [file.type.value for file in message.attachments],
    }


def team_of(
    prospect: Prospect, *, now: datetime, danger: bool = False, region: str = HOME
) -> dict[str, Any]:
    """Whether the team is there, in words for the person and by the clock of their region.

    A channel that supervisors shut has no hour to come back at; danger is answered on it still.
    Nor has a team that should be there and is not.
    """
    opening, wait = prospect.opening, prospect.wait
    shut = (prospect.unattended and not danger) or prospect.deserted
    answers = opening.is_open and not shut
    closes = opening.until if answers and opening.phase is Phase.CLOSING else None
    return {
        "open": answers,
        "closes": time_in(region, closes) if closes else None,
        "opens": None if opening.is_open or shut else moment_in(region, opening.until, now=now),
        "wait": duration(wait) if answers and wait is not None else None,
    }


def state_frame(
    conversation: Conversation | None,
    *,
    prospect: Prospect,
    now: datetime,
    listener: str | None = None,
    survey: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Who answers now, whether anybody is there, whether the danger numbers must stand out, in
    which region the person said that they are, and what may be asked at the end. Without a
    conversation: the assistant, who will begin it."""
    owner, assessment, is_open = BOT, Assessment(), True
    if conversation is not None:
        owner, is_open = conversation.owner, conversation.is_open
        assessment = conversation.assessment
    danger, region = is_open and assessment.is_danger, region_told(assessment)
    return {
        "type": "state",
        "owner": "assistant" if owner.kind is OwnerKind.BOT else owner.kind.value,
        "listener": listener,
        "danger": danger,
        "closed": not is_open,
        "address": address_for(assessment.role).value,
        "region": region,
        "survey": survey,
        "team": team_of(prospect, now=now, danger=danger, region=region),
    }


ERRORS = {
    "bad_request": "Ce message n’a pas pu être lu. Recharge la page, puis réessaie.",
    "bad_token": "Cette discussion est terminée ici. Recharge la page pour en ouvrir une autre.",
    "bad_origin": "Ce site n’a pas le droit d’ouvrir cette discussion.",
    "empty": "Le message est vide. Écris quelques mots.",
    "too_long": "Le message est trop long. Coupe-le en plusieurs messages.",
    "too_many": "Beaucoup de messages d’un coup. Attends un instant, puis renvoie.",
    "nothing_yet": "Écris d’abord un message. Le reste vient ensuite.",
    "bad_image": "Cette image n’a pas pu être lue. Essaie une capture d’écran.",
    "bad_code": "Ce code n’ouvre aucune discussion. Vérifie les cinq mots.",
    "too_many_codes": "Il y a eu beaucoup d’essais. Attends une minute, puis réessaie.",
    "unavailable": "Le message n’est pas parti. On réessaie. En danger : appelle le 15 ou le 112.",
}


def error_body(code: str) -> dict[str, Any]:
    """The body of an HTTP error."""
    return {"error": {"code": code, "message": french(ERRORS[code])}}


def error_frame(code: str, cid: str | None) -> dict[str, Any]:
    """The frame that says a message was not kept."""
    return {"type": "error", "cid": cid, "code": code, "message": french(ERRORS[code])}
