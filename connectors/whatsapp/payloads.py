"""WhatsApp's webhook bodies as events; pure, and it never raises for what a body holds.

Raw JSON is read here rather than with pywa's typed handlers, which see one message a body and
drop those without the newest fields. Source: Meta, "WhatsApp Business Platform, webhooks".
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from connectors.fields import Json, ident, items, name_of, obj, objects, text
from connectors.interface import BadBody, Normalised
from connectors.whatsapp.events import Found, Source
from connectors.whatsapp.messages import read_call, read_echo, read_message
from connectors.whatsapp.notices import (
    RESTRICTIONS,
    read_error,
    read_handover,
    read_new_id,
    read_preference,
    read_restriction,
    read_status,
)
from connectors.whatsapp.people import Contacts
from core.events import InboundEvent

OBJECT = "whatsapp_business_account"

# Fields whose lists look like messages and receipts but are neither.
_OTHER_FIELDS = frozenset({"history", "smb_app_state_sync"})
_CALLS = "calls"


def normalise(body: object, *, now: datetime) -> Normalised:
    """The events of one webhook body, each once, in the body's order.

    `now` dates what has no timestamp. Raises BadBody for what is no JSON object; nothing else.
    """
    if not isinstance(body, dict):
        raise BadBody
    events: dict[tuple[str, str], InboundEvent] = {}
    unknown = []
    for found in _body(body, now):
        if isinstance(found, str):
            unknown.append(found)
        else:
            events.setdefault((found.account, found.event_id), found)
    return Normalised(tuple(events.values()), tuple(unknown))


def _body(body: Json, now: datetime) -> Iterator[Found]:
    if body.get("object", OBJECT) != OBJECT:
        yield "object"
        return
    changes = [change for entry in objects(body, "entry") for change in items(entry, "changes")]
    if not changes:
        yield "empty"
    for change in changes:
        if isinstance(change, dict):
            yield from _change(change, now)
        else:
            yield "change"


def _change(change: Json, now: datetime) -> Iterator[Found]:
    field, value = text(change, "field"), obj(change, "value")
    if field in _OTHER_FIELDS:
        yield name_of(field)
        return
    named = objects(value, "contacts")
    # A handover names our number as its recipient.
    ours = ident(obj(value, "metadata"), "phone_number_id") or ident(
        obj(value, "recipient"), "phone_number_id"
    )
    source = Source(account=ours or "", contacts=Contacts(named), now=now)
    if field == _CALLS:
        # Errors beside a call are that call's.
        yield from _lists(value, source, (_CALLS, "statuses"))
        return
    found = [*_lists(value, source)]
    if standby := obj(value, "standby"):
        contacts = Contacts([*objects(standby, "contacts"), *named])
        found += _lists(standby, replace(source, standby=True, contacts=contacts))
    if field == "messaging_handovers":
        found.append(read_handover(value, source))
    if field == "account_update" and text(value, "event") in RESTRICTIONS:
        found.append(read_restriction(value, source))
    yield from found or [name_of(field)]


def _lists(value: Json, source: Source, names: Iterable[str] | None = None) -> Iterator[Found]:
    for name in _READERS if names is None else names:
        read = _READERS[name]
        mine = replace(source, alone=len({_whose(item) for item in objects(value, name)}) == 1)
        for item in items(value, name):
            yield read(item, mine) if isinstance(item, dict) else name_of(name)


def _whose(item: Json) -> tuple[str | None, ...]:
    """What tells one person's items from another's."""
    sent = obj(item, "message")
    return (*(ident(item, key) for key in _PEOPLE), *(ident(sent, key) for key in _PEOPLE))


_PEOPLE = (
    "from_user_id",
    "from",
    "to_user_id",
    "to",
    "recipient_user_id",
    "recipient_id",
    "recipient_participant_user_id",
    "recipient_participant_id",
    "user_id",
    "wa_id",
)
_READERS: Mapping[str, Callable[[Json, Source], Found]] = {
    "messages": read_message,
    _CALLS: read_call,
    "statuses": read_status,
    "message_echoes": read_echo,
    "errors": read_error,
    "user_preferences": read_preference,
    "user_id_update": read_new_id,
}
