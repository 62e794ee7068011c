"""What somebody wrote: the person to us, or a colleague to the person past us."""

from datetime import timedelta
from typing import Any

from connectors.fields import Json, ident, obj, text
from connectors.whatsapp.content import content_of, kind_of
from connectors.whatsapp.events import Found, Source, at_of, code_of, event
from connectors.whatsapp.people import person, telephone
from core.events import EventKind, MessageType

# How long we may write freely after what a person sent.
WINDOW = timedelta(hours=24)


def read_message(item: Json, source: Source) -> Found:
    """What a person wrote, chose, sent, edited, deleted or put on a message."""
    kind, fields = EventKind.MESSAGE, dict[str, Any]()
    match kind_of(item):
        case "system":
            return _system(item, source)
        case "edit":
            edit = obj(item, "edit")
            kind, fields = EventKind.EDIT, _held(obj(edit, "message"))
            fields["target"] = ident(edit, "original_message_id")
        case "revoke":
            kind = EventKind.DELETE
            fields["target"] = ident(obj(item, "revoke"), "original_message_id")
        case "reaction":
            kind, reaction = EventKind.REACTION, obj(item, "reaction")
            fields["target"] = ident(reaction, "message_id")
            fields["emoji"] = text(reaction, "emoji")
        case "request_welcome":
            kind = EventKind.START
        case _:
            fields = _held(item)
    if kind in (EventKind.MESSAGE, EventKind.REACTION):
        fields["window_ends_at"] = at_of(item, source) + WINDOW
    sender = source.contacts.describe(
        user_id=ident(item, "from_user_id"),
        phone=telephone(item, "from"),
        parent=ident(item, "from_parent_user_id"),
        alone=source.alone,
    )
    # The advertisement or post that the person came from.
    referral = obj(item, "referral")
    return event(
        kind,
        sender,
        item,
        source,
        chat=ident(item, "group_id"),
        error=code_of(item),
        ref=ident(referral, "source_id"),
        source=text(referral, "source_type"),
        referral=text(referral, "source_url"),
        **fields,
    )


def read_call(item: Json, source: Source) -> Found:
    """Somebody calls us, which opens the window as a message does. How it ends is the same call."""
    if text(item, "direction") == "BUSINESS_INITIATED":
        return "call"
    sender = source.contacts.describe(
        user_id=ident(item, "from_user_id"),
        phone=telephone(item, "from"),
        parent=ident(item, "from_parent_user_id"),
        alone=source.alone,
    )
    until = at_of(item, source) + WINDOW
    return event(
        EventKind.MESSAGE, sender, item, source, type=MessageType.CALL, window_ends_at=until
    )


def _held(message: Json) -> dict[str, Any]:
    """What a message holds and what it answers, as fields of an event."""
    content, context = content_of(message), obj(message, "context")
    media = content.media
    return {
        "type": content.type,
        "text": content.text,
        "payload": content.payload,
        "title": content.title,
        "media": (media,) if media else (),
        "media_id": media.id if media else None,
        "filename": media.filename if media else None,
        "reply_to": ident(context, "id"),
        "forwarded": context.get("forwarded") is True
        or context.get("frequently_forwarded") is True,
    }


def _system(item: Json, source: Source) -> Found:
    """A person whose number or id changed: `sender` is the new id, `previous` the old one.

    Older bodies name the ids differently. Without a new id it is news of the same person.
    """
    system = obj(item, "system")
    old_number = telephone(item, "from") or telephone(system, "customer")
    new = person(
        ident(system, "user_id"),
        (telephone(system, "wa_id"), telephone(system, "new_wa_id")),
        parent=ident(system, "parent_user_id"),
    )
    old = person(
        ident(system, "previous_user_id") or ident(item, "from_user_id"),
        (telephone(system, "previous_wa_id"), old_number),
    )
    # The id given as the sender's may already be the new one; then the number tells who it was.
    before = next((known for known in (old.id, old_number) if known and known != new.id), None)
    return event(
        EventKind.SYSTEM,
        new if new.id else old,
        item,
        source,
        status=text(system, "type"),
        previous=before if new.id else None,
    )


def read_echo(item: Json, source: Source) -> Found:
    """What was sent from our number, but not by us."""
    # On standby an echo is the request that was sent, one level deeper.
    message = item if "type" in item else obj(item, "message") or item
    edit = obj(message, "edit")
    group = text(message, "recipient_type") == "group"
    to = source.contacts.describe(
        user_id=ident(message, "to_user_id") or ident(message, "recipient"),
        phone=None if group else telephone(message, "to"),
        parent=ident(message, "to_parent_user_id"),
        alone=source.alone and not group,
    )
    held = _held(obj(edit, "message") if edit else message)
    return event(
        EventKind.ECHO,
        to,
        item,
        source,
        sender=telephone(item, "from"),
        chat=ident(message, "group_id") or (ident(message, "to") if group else None),
        target=ident(edit or obj(message, "revoke"), "original_message_id"),
        **({} if kind_of(message) == "revoke" else held),
    )
