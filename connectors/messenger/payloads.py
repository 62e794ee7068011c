"""A webhook's body as events: every entry and item of it, each once; pure.

Shapes are those of Meta's webhook reference for Messenger and Instagram (2026). What is not known
there gives no event and is named in `Normalised.unknown`.
"""

from collections.abc import Callable, Iterator
from datetime import datetime

from connectors.fields import (
    Json,
    fingerprint,
    happened,
    ident,
    idents,
    link,
    name_of,
    obj,
    objects,
    text,
)
from connectors.interface import BadBody, Normalised
from connectors.messenger.context import INSTAGRAM, MESSENGER, Item, referral_fields
from connectors.messenger.messages import read_message, unknown_types
from core.events import EventKind, InboundEvent, MessageType

_CHANNELS = {"page": MESSENGER, "instagram": INSTAGRAM}
# What says whom an item is from and when it was, rather than what happened.
_ENVELOPE = frozenset({"sender", "recipient", "timestamp", "hop_context"})
_UNKNOWN_AT_MOST = 20


def normalise(body: object, *, now: datetime) -> Normalised:
    """The events of a body. `now` stands for moments that are missing or cannot be.

    Raises BadBody for what is no JSON object; nothing else, whatever the body holds.
    """
    if not isinstance(body, dict):
        raise BadBody
    channel = _CHANNELS.get(ident(body, "object") or "")
    if channel is None:
        return Normalised(unknown=("object",))
    events: dict[str, InboundEvent] = {}
    unknown: dict[str, None] = {}
    for item in _items(body, channel, unknown, now):
        for event in _events(item, unknown, now):
            events.setdefault(event.event_id, event)
    return Normalised(tuple(events.values()), tuple(unknown)[:_UNKNOWN_AT_MOST])


def _items(body: Json, channel: str, unknown: dict[str, None], now: datetime) -> Iterator[Item]:
    """Every item, wherever an entry holds it."""
    for entry in objects(body, "entry"):
        for key, standby in (("messaging", False), ("standby", True)):
            for each in objects(entry, key):
                yield Item.read(each, entry=entry, channel=channel, standby=standby, now=now)
        for call in objects(entry, "calls"):
            fields: Json = {
                "sender": {"id": call.get("from")},
                "recipient": {"id": call.get("to")},
                "timestamp": call.get("timestamp"),
                "call": call,
            }
            yield Item.read(fields, entry=entry, channel=channel, standby=False, now=now)
        # The form of the dashboard's test button and of some Instagram fields.
        for change in (*objects(entry, "changes"), entry):
            field, value = ident(change, "field"), obj(change, "value")
            if field is None:
                continue
            if not _READERS.keys() & value.keys():
                unknown[f"changes.{name_of(field)}"] = None
                continue
            standby = field == "standby"
            yield Item.read(value, entry=entry, channel=channel, standby=standby, now=now)


def _events(item: Item, unknown: dict[str, None], now: datetime) -> Iterator[InboundEvent]:
    known = [key for key in _READERS if isinstance(item.fields.get(key), dict)]
    if {"message", "postback"} & set(known):
        # Beside one of these it says where that came from; their readers keep it.
        known = [key for key in known if key != "referral"]
    for key in known:
        content = obj(item.fields, key)
        if key == "message":
            unknown.update((f"attachment.{name_of(each)}", None) for each in unknown_types(content))
        events = _READERS[key](item, content, now)
        if not events:
            unknown[key] = None
        yield from events
    if not known:
        others = [key for key in item.fields if key not in _ENVELOPE]
        unknown.update((name_of(each), None) for each in others or ["item"])


Reader = Callable[[Item, Json, datetime], list[InboundEvent]]


def _message(item: Item, message: Json, _now: datetime) -> list[InboundEvent]:
    return [read_message(item, message)]


def _call(item: Item, call: Json, _now: datetime) -> list[InboundEvent]:
    """Somebody calls the page. How it ends is the same call."""
    call_id = ident(call, "id")
    if call_id is None or ident(call, "call_direction") == "business_initiated":
        return []
    kind, of = EventKind.MESSAGE, MessageType.CALL
    return [item.event(kind, call_id, id=call_id, type=of, window_ends_at=None)]


def _postback(item: Item, postback: Json, _now: datetime) -> list[InboundEvent]:
    mid = ident(postback, "mid")
    payload, title = link(postback, "payload"), text(postback, "title")
    referral = obj(postback, "referral") or obj(item.fields, "referral")
    return [
        item.event(
            EventKind.POSTBACK,
            mid or fingerprint(item.sender, item.stamp, payload, title),
            id=mid,
            text=title,
            title=title,
            payload=payload,
            **referral_fields(referral),
        )
    ]


def _reaction(item: Item, reaction: Json, _now: datetime) -> list[InboundEvent]:
    target = ident(reaction, "mid")
    removed = reaction.get("action") == "unreact"
    # An emoji of Meta's few has a name only, for instance `love`.
    emoji = ident(reaction, "emoji") or ident(reaction, "reaction")
    key = f"{target}:{fingerprint(item.sender, item.stamp, removed, emoji)}"
    about = {"id": target, "target": target}
    if removed:
        return [item.event(EventKind.REACTION, key, window_ends_at=None, **about)]
    return [item.event(EventKind.REACTION, key, emoji=emoji, **about)]


def _edit(item: Item, edit: Json, _now: datetime) -> list[InboundEvent]:
    """An edit. Without a text nothing is known of it, and what we hold must not give way."""
    mid, words = ident(edit, "mid"), text(edit, "text")
    if words is None:
        return []
    version = ident(edit, "num_edit") or item.stamp
    key = f"{mid or item.sender}:{version}:{fingerprint(words)}"
    return [item.event(EventKind.EDIT, key, id=mid, target=mid, type=MessageType.TEXT, text=words)]


def _receipts(status: str) -> Reader:
    def read(item: Item, receipt: Json, now: datetime) -> list[InboundEvent]:
        """One event a message; where none is named, one for all that were sent up to `at`."""
        single = ident(receipt, "mid")
        mids = idents(receipt, "mids") or ([single] if single else [])
        if mids:
            named = dict.fromkeys(mids)
            return [
                item.event(EventKind.STATUS, f"{status}:{mid}", id=mid, target=mid, status=status)
                for mid in named
            ]
        at = happened(receipt, "watermark", now=now) or item.at
        key = f"{status}:{item.sender}:{ident(receipt, 'watermark') or item.stamp}"
        return [item.event(EventKind.STATUS, key, status=status, at=at)]

    return read


def _referral(item: Item, referral: Json, _now: datetime) -> list[InboundEvent]:
    came = referral_fields(referral)
    key = fingerprint(item.sender, item.stamp, came)
    return [item.event(EventKind.REFERRAL, key, **came)]


def _optin(item: Item, optin: Json, _now: datetime) -> list[InboundEvent]:
    said = {
        "ref": link(optin, "ref"),
        "payload": link(optin, "payload"),
        "title": text(optin, "title"),
        "status": ident(optin, "notification_messages_status"),
    }
    sender = item.sender or ident(optin, "user_ref")
    key = fingerprint(sender, item.stamp, said)
    return [item.event(EventKind.OPTIN, key, sender=sender, **said)]


def _handover(name: str) -> Reader:
    def read(item: Item, handover: Json, _now: datetime) -> list[InboundEvent]:
        """`status` says what was done, `payload` which application has the thread from now on."""
        owner = ident(handover, "new_owner_app_id")
        key = fingerprint(name, item.sender, item.stamp, owner)
        return [item.event(EventKind.HANDOVER, key, status=name, payload=owner)]

    return read


def _policy(item: Item, policy: Json, _now: datetime) -> list[InboundEvent]:
    """Meta warns, blocks or unblocks the page. Its reason is free text, and stays there."""
    action = ident(policy, "action")
    key = fingerprint(item.stamp, action)
    return [item.event(EventKind.POLICY, key, sender=None, status=action)]


def _account_link(item: Item, linking: Json, _now: datetime) -> list[InboundEvent]:
    """Linked or unlinked; the authorisation code is a credential, and is not read."""
    status = ident(linking, "status")
    key = fingerprint(item.sender, item.stamp, status)
    return [item.event(EventKind.ACCOUNT_LINK, key, status=status)]


_READERS: dict[str, Reader] = {
    "message": _message,
    "call": _call,
    "postback": _postback,
    "reaction": _reaction,
    "message_edit": _edit,
    "delivery": _receipts("delivered"),
    "read": _receipts("read"),
    "referral": _referral,
    "optin": _optin,
    "pass_thread_control": _handover("pass"),
    "take_thread_control": _handover("take"),
    "release_thread_control": _handover("release"),
    "request_thread_control": _handover("request"),
    "app_roles": _handover("roles"),
    "policy_enforcement": _policy,
    "account_linking": _account_link,
}
