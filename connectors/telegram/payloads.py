"""Telegram's updates, read into events: pure, from the raw JSON.

The library's own reader is not used: it refuses a whole update for one field that it does not
expect, and a person's message with it. Source: https://core.telegram.org/bots/api#update.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from connectors.fields import (
    Json,
    as_obj,
    happened,
    ident,
    idents,
    items,
    number,
    obj,
    text,
)
from connectors.interface import BadBody, Normalised
from connectors.telegram.content import Content, content_of, group_notice, service_notice
from core.events import EventKind, InboundEvent, MessageType

CHANNEL = "telegram"
# A link's start payload is 64 of these; other words after /start were typed by somebody.
_START = re.compile(r"/start(?:@\w{1,64})?(?:\s+([\w-]{1,64}))?\s*", re.ASCII)
_PRIVATE = "private"
_OUTSIDE = frozenset({"left", "kicked"})


def normalise(update: object, *, account: str, now: datetime) -> Normalised:
    """The events of an update, of a list of updates, or of an answer to getUpdates.

    `account` is the bot's id; `now` dates what Telegram does not date. The same event twice is one.
    Raises BadBody for what is no JSON object or array, and nothing else, whatever a body holds.
    """
    if not isinstance(update, dict | list):
        raise BadBody
    found = [_update(each, account, now) for each in _updates(update)]
    events: dict[str, InboundEvent] = {}
    for event in (event for one in found for event in one.events):
        events.setdefault(event.event_id, event)
    return Normalised(
        events=tuple(events.values()),
        unknown=tuple(name for one in found for name in one.unknown),
    )


def callback_of(event: InboundEvent) -> str:
    """The id by which a tap is confirmed to Telegram: the last part of a postback's event id."""
    return event.event_id.split(":", 2)[-1]


def _updates(body: Json | list[object]) -> Sequence[object]:
    if isinstance(body, list):
        return body
    return items(body, "result") if "ok" in body and "result" in body else (body,)


@dataclass(frozen=True, slots=True)
class _Origin:
    """Which update of which bot is being read, and when."""

    account: str
    update: str | None
    now: datetime

    def event(
        self, kind: EventKind, about: Json, *, user: Json, dated: str = "date"
    ) -> InboundEvent:
        """What all events have in common. `about` holds the chat, the date and the message's id."""
        chat, message_id = obj(about, "chat"), _id(about, "message_id")
        private = _is_private(chat, user)
        # The id of a private chat is the person's; elsewhere nobody may have written.
        sender = _id(user, "id") or (_id(chat, "id") if private else None)
        update = self.update or f"{_id(chat, 'id')}.{message_id}.{number(about, dated)}"
        return InboundEvent(
            channel=CHANNEL,
            account=self.account,
            event_id=f"{kind}:{update}",
            kind=kind,
            sender=sender,
            at=happened(about, dated, now=self.now) or self.now,
            id=message_id,
            username=ident(user, "username"),
            chat=None if private else _id(chat, "id"),
        )


def _update(update: object, account: str, now: datetime) -> Normalised:
    fields = as_obj(update)
    origin = _Origin(account, _id(fields, "update_id"), now)
    found = [read(origin, obj(fields, name)) for name, read in _READERS.items() if name in fields]
    if found:
        return Normalised(
            events=tuple(event for one in found for event in one.events),
            unknown=tuple(name for one in found for name in one.unknown),
        )
    return Normalised(unknown=(next((name for name in _NOT_READ if name in fields), "update"),))


def _message(origin: _Origin, message: Json, *, edited: bool = False) -> Normalised:
    kind, dated = (EventKind.EDIT, "edit_date") if edited else (EventKind.MESSAGE, "date")
    event = origin.event(kind, message, user=obj(message, "from"), dated=dated)
    if event.person is None and event.chat is None:
        return Normalised(unknown=("message.nobody",))
    if what := group_notice(message):
        return _about_chat(event, message, what)
    if what := service_notice(message):
        return Normalised(unknown=(f"message.{what}",))
    content = content_of(message)
    # Telegram has new things to send every few months: somebody is there, and must not be missed.
    unknown = () if content else ("message.content",)
    event = _with_content(event, content or Content(type=MessageType.UNSUPPORTED))
    event = replace(
        event,
        target=event.id if edited else None,
        reply_to=_id(obj(message, "reply_to_message"), "message_id"),
        forwarded="forward_origin" in message or "forward_date" in message,
    )
    return Normalised(events=(event if edited else _started(event),), unknown=unknown)


def _with_content(event: InboundEvent, content: Content) -> InboundEvent:
    first = content.media[0] if content.media else None
    return replace(
        event,
        type=content.type,
        text=content.text,
        title=content.title,
        payload=content.payload,
        emoji=content.emoji,
        media=content.media,
        media_id=first.id if first else None,
        filename=first.filename if first else None,
    )


def _started(event: InboundEvent) -> InboundEvent:
    """`/start REF` tells where somebody comes from; any other command is what somebody wrote."""
    start = _START.fullmatch(event.text or "")
    if start is None or event.type is not MessageType.TEXT:
        return event
    return replace(_as(event, EventKind.START), ref=start[1])


def _about_chat(event: InboundEvent, message: Json, what: str) -> Normalised:
    """What happened to a group; one that became a supergroup has `target` as its new id."""
    event = replace(_as(event, EventKind.SYSTEM), status=what)
    return Normalised(events=(replace(event, target=_id(message, "migrate_to_chat_id")),))


def _as(event: InboundEvent, kind: EventKind) -> InboundEvent:
    own = event.event_id.partition(":")[2]
    return replace(event, kind=kind, event_id=f"{kind}:{own}")


def _tap(origin: _Origin, callback: Json) -> Normalised:
    """A tapped button. `id` is the message that held it; Telegram says neither when nor what it
    said, but that message mostly comes along."""
    message, data = obj(callback, "message"), ident(callback, "data")
    # The message's own date is that of our question.
    about = {name: message.get(name) for name in ("chat", "message_id")}
    event = origin.event(EventKind.POSTBACK, about, user=obj(callback, "from"))
    if event.person is None:
        return Normalised(unknown=("callback_query.nobody",))
    title = _title_of(message, data)
    event = replace(
        event,
        event_id=f"{event.event_id}:{ident(callback, 'id') or ''}",
        text=title,
        title=title,
        payload=data,
        target=event.id,
    )
    return Normalised(events=(event,))


def _title_of(message: Json, data: str | None) -> str | None:
    for row in items(obj(message, "reply_markup"), "inline_keyboard"):
        for button in map(as_obj, row if isinstance(row, list) else ()):
            if data is not None and button.get("callback_data") == data:
                return text(button, "text")
    return None


def _reaction(origin: _Origin, reaction: Json) -> Normalised:
    """What somebody put on a message; of several, the last new one. None left: removed."""
    event = origin.event(EventKind.REACTION, reaction, user=obj(reaction, "user"))
    if event.person is None and event.chat is None:
        return Normalised(unknown=("message_reaction.nobody",))
    before = items(reaction, "old_reaction")
    now = items(reaction, "new_reaction")
    shown = [each for each in now if each not in before] or now
    emoji = _emoji(as_obj(shown[-1])) if shown else None
    return Normalised(events=(replace(event, target=event.id, emoji=emoji),))


def _emoji(reaction: Json) -> str:
    """The emoji; of a custom one, which is a picture, only the kind is known."""
    return ident(reaction, "emoji") or ident(reaction, "type") or "reaction"


def _for_business(origin: _Origin, message: Json, *, edited: bool = False) -> Normalised:
    """What is said in somebody's own business chats, which a bot may be let into: never answered.

    There the chat is the customer, and who else writes is the business.
    """
    customer = _id(obj(message, "chat"), "id")
    if customer is None:
        return Normalised(unknown=("business_message.nobody",))
    found = _message(origin, message, edited=edited)
    events = tuple(
        replace(event, standby=True)
        if event.sender == customer
        else replace(_as(event, EventKind.ECHO), recipient=customer, standby=True)
        for event in found.events
    )
    return Normalised(events=events, unknown=found.unknown)


def _deleted_for_business(origin: _Origin, deleted: Json) -> Normalised:
    """Messages that are gone from a business chat: one event each. Nobody says who deleted them."""
    whole = origin.event(EventKind.DELETE, deleted, user={})
    if whole.person is None:
        return Normalised(unknown=("deleted_business_messages.nobody",))
    return Normalised(
        events=tuple(
            replace(whole, event_id=f"{whole.event_id}:{gone}", id=gone, target=gone, standby=True)
            for gone in idents(deleted, "message_ids")
        )
    )


def _membership(origin: _Origin, change: Json) -> Normalised:
    """Somebody blocked us or let us back, or put us into a group or out of it."""
    event = origin.event(EventKind.SYSTEM, change, user=obj(change, "from"))
    before = ident(obj(change, "old_chat_member"), "status")
    now = ident(obj(change, "new_chat_member"), "status")
    if now is None or (event.person is None and event.chat is None):
        return Normalised(unknown=("my_chat_member.nobody",))
    if event.chat is None:
        status = "blocked" if now in _OUTSIDE else "unblocked"
    elif now in _OUTSIDE:
        status = "removed"
    else:
        status = "added" if before is None or before in _OUTSIDE else "changed"
    return Normalised(events=(replace(event, status=status),))


def _is_private(chat: Json, user: Json) -> bool:
    """A chat that does not say so is private when it is the person's own, or missing."""
    kind, chat_id = ident(chat, "type"), number(chat, "id")
    return kind == _PRIVATE or (kind is None and chat_id in (None, number(user, "id")))


def _id(value: Json, key: str) -> str | None:
    """The id there, which on Telegram is a number."""
    found = number(value, key)
    return None if found is None else str(found)


# What to ask Telegram for: it leaves reactions out unless they are named. Business chats are not
# asked for: they are somebody's own. What comes of them all the same is kept and never answered.
ALLOWED_UPDATES = "message edited_message callback_query message_reaction my_chat_member".split()

_READERS: dict[str, Callable[[_Origin, Json], Normalised]] = {
    "message": _message,
    "edited_message": partial(_message, edited=True),
    "channel_post": _message,
    "edited_channel_post": partial(_message, edited=True),
    "callback_query": _tap,
    "message_reaction": _reaction,
    "my_chat_member": _membership,
    "business_message": _for_business,
    "edited_business_message": partial(_for_business, edited=True),
    "deleted_business_messages": _deleted_for_business,
}

# The words that these are counted under; anything else is an "update".
_NOT_READ = (
    "business_connection chat_boost chat_join_request chat_member chosen_inline_result "
    "guest_message inline_query managed_bot message_reaction_count poll poll_answer "
    "pre_checkout_query purchased_paid_media removed_chat_boost shipping_query"
).split()
