"""What every WhatsApp event has, whatever it tells: where it is from, when, and its key."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from connectors.fields import Json, happened, ident, objects
from connectors.whatsapp.people import Contacts, Person
from core.events import EventKind, InboundEvent

CHANNEL = "whatsapp"

# An event, or a short word for what gave none.
Found: TypeAlias = InboundEvent | str

# What tells two events apart that have no id.
_SAID = ("text", "media_id", "target", "error", "status", "source", "previous")


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What an item's surroundings say: the number written to, who is named, and when it is now."""

    account: str
    contacts: Contacts
    now: datetime
    standby: bool = False
    # All items of the list are of one person.
    alone: bool = False


def at_of(item: Json, source: Source) -> datetime:
    """When it happened; now, where the item does not say."""
    return happened(item, "timestamp", now=source.now) or source.now


def code_of(item: Json) -> str | None:
    """The first error's code."""
    return next((ident(error, "code") for error in objects(item, "errors")), None)


def event(kind: EventKind, who: Person, item: Json, source: Source, /, **more: Any) -> InboundEvent:
    """The event of one item about one person, who is its sender unless it is an echo.

    `more` are further fields of `InboundEvent`.
    """
    whose = "recipient" if kind is EventKind.ECHO else "sender"
    fields: dict[str, Any] = {
        "sender": None,
        whose: who.id,
        "kind": kind,
        "id": ident(item, "id"),
        "at": at_of(item, source),
        "aliases": who.aliases,
        "user_id": who.user_id,
        "wa_id": who.wa_id,
        "username": who.username,
        "standby": source.standby,
        **more,
    }
    key = _key(fields, who, ident(item, "timestamp"))
    return InboundEvent(channel=CHANNEL, account=source.account, event_id=key, **fields)


def _key(fields: dict[str, Any], who: Person, timestamp: str | None) -> str:
    """Kind, id, and what else makes the event new.

    What another application handles has keys of its own: the same message may come to us later,
    and must then be answered.
    """
    parts = ["standby" if fields["standby"] else None, fields["kind"], fields["id"]]
    match fields["kind"]:
        case EventKind.STATUS:
            parts += (fields["status"], who.id if fields["chat"] else None)
        case EventKind.REACTION:
            parts += (fields["emoji"], timestamp)
        case EventKind.EDIT:
            parts.append(timestamp)
    if fields["id"] is None:
        said = repr([fields.get(name) for name in _SAID])
        digest = hashlib.sha256(said.encode()).hexdigest()[:16]
        parts += (who.id, timestamp or fields["at"].isoformat(), digest)
    return ":".join(part for part in parts if part)
