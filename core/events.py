"""What a platform tells us, normalised: the one vocabulary all connectors speak."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class EventKind(StrEnum):
    """What happened on the platform."""

    MESSAGE = "message"
    POSTBACK = "postback"
    REACTION = "reaction"
    EDIT = "edit"
    DELETE = "delete"
    STATUS = "status"
    ECHO = "echo"
    REFERRAL = "referral"
    OPTIN = "optin"
    START = "start"
    HANDOVER = "handover"
    SYSTEM = "system"
    ERROR = "error"
    POLICY = "policy"
    ACCOUNT_LINK = "account_link"


class MessageType(StrEnum):
    """What a message is made of."""

    TEXT = "text"
    IMAGE = "image"
    VIDEO = "video"
    AUDIO = "audio"
    VOICE = "voice"
    DOCUMENT = "document"
    STICKER = "sticker"
    LOCATION = "location"
    CONTACTS = "contacts"
    ORDER = "order"
    CHOICE = "choice"
    FORM = "form"
    SHARE = "share"
    FALLBACK = "fallback"
    STORY_REPLY = "story_reply"
    STORY_MENTION = "story_mention"
    UNSUPPORTED = "unsupported"


@dataclass(frozen=True, slots=True, kw_only=True)
class InboundEvent:
    """One thing that happened, as a connector read it from a vendor's body.

    `event_id` is the idempotency key within (channel, account): it is made of the kind, the
    provider's id and what makes the event new. `sender` is the provider's stable user id, opaque
    outside its connector. `text` is what the person typed or chose, a caption included.
    """

    channel: str
    account: str
    event_id: str
    kind: EventKind
    sender: str
    at: datetime
    id: str | None = None
    type: MessageType | None = None
    text: str | None = None
    payload: str | None = None
    target: str | None = None
    status: str | None = None
    error: str | None = None
    reply_to: str | None = None
    ref: str | None = None


@dataclass(frozen=True, slots=True)
class Accepted:
    """The receipt of one event: kept now, or kept before (`duplicate`)."""

    event_id: str
    duplicate: bool
