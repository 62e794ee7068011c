"""What WhatsApp tells beside messages: receipts, a person's wishes, the account's state."""

from connectors.fields import NOTHING, Json, ident, moment, name_of, obj, text
from connectors.whatsapp.events import Found, Source, code_of, event
from connectors.whatsapp.people import NOBODY, person, telephone
from core.events import EventKind

STATUSES = frozenset({"sent", "delivered", "read", "played", "failed"})
# Account news that means we may soon not reach anybody.
RESTRICTIONS = frozenset({"ACCOUNT_VIOLATION", "ACCOUNT_RESTRICTION", "DISABLED_UPDATE"})


def read_status(item: Json, source: Source) -> Found:
    """A receipt of what we sent. That of a payment or a call is none."""
    status, of = text(item, "status"), text(item, "type") or "message"
    if status not in STATUSES or of != "message":
        return f"status_{name_of(status if of == 'message' else of)}"
    group = text(item, "recipient_type") == "group"
    whose = "recipient_participant" if group else "recipient"
    recipient = source.contacts.describe(
        user_id=ident(item, f"{whose}_user_id"),
        phone=telephone(item, f"{whose}_id"),
        parent=ident(item, f"{whose}_parent_user_id"),
        alone=source.alone,
    )
    conversation = obj(item, "conversation")
    # Other conversations are those of a template, which opens no window.
    served = text(obj(conversation, "origin"), "type") == "service"
    return event(
        EventKind.STATUS,
        recipient,
        item,
        source,
        target=ident(item, "id"),
        client_id=ident(item, "biz_opaque_callback_data"),
        status=status,
        error=code_of(item),
        chat=ident(item, "recipient_id") if group else None,
        window_ends_at=moment(conversation, "expiration_timestamp") if served else None,
    )


def read_preference(item: Json, source: Source) -> Found:
    """Whether a person wants our advertising: `status` is `stop` or `resume`."""
    sender = source.contacts.describe(
        user_id=ident(item, "user_id"),
        phone=telephone(item, "wa_id"),
        parent=ident(item, "parent_user_id"),
        alone=source.alone,
    )
    wish, of = text(item, "value"), text(item, "category")
    return event(EventKind.OPTIN, sender, item, source, status=wish, source=of)


def read_new_id(item: Json, source: Source) -> Found:
    """A person's new BSUID, in the form that came before `system` messages told it."""
    ids = obj(item, "user_id")
    known = person(ident(ids, "current"), (telephone(item, "wa_id"),))
    return event(EventKind.SYSTEM, known, item, source, previous=ident(ids, "previous"))


def read_handover(value: Json, source: Source) -> Found:
    """Another application took the conversation, or (`pass`) gave it to us."""
    sent_by = obj(value, "sender")
    sender = person(ident(sent_by, "user_id"), (telephone(sent_by, "phone_number"),))
    told = text(value, "type")
    status = "pass" if told == "control_passed" else told
    return event(EventKind.HANDOVER, sender, value, source, status=status)


def read_error(item: Json, source: Source) -> Found:
    """An error of the account as a whole."""
    return event(EventKind.ERROR, NOBODY, NOTHING, source, error=ident(item, "code"))


def read_restriction(value: Json, source: Source) -> Found:
    """Meta restricts the account, or means to."""
    return event(EventKind.POLICY, NOBODY, NOTHING, source, status=text(value, "event"))
