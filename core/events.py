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
    """What a message is made of. A call that nobody could take is one, without words."""

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
    CALL = "call"
    UNSUPPORTED = "unsupported"


# What is shown in words that nobody wrote: no machine makes anything of them.
CARDS = frozenset({MessageType.LOCATION, MessageType.CONTACTS})


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaRef:
    """Where a platform holds a file: an id to ask it by, or a URL that soon dies.

    Both are the platform's word and are not to be trusted: see `connectors.interface.MediaSource`.
    """

    type: MessageType
    id: str | None = None
    url: str | None = None
    mime: str | None = None
    filename: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InboundEvent:
    """One thing that happened, as a connector read it from a vendor's body.

    `event_id` is the idempotency key within (channel, account): it is made of the kind, the
    provider's id and what makes the event new (the status, the moment of an edit, an update's id).
    `id` is the provider's id of the message; `target` that of the message an event is about;
    `client_id` the sender's own id of it, where our own widget is the sender, or where a platform
    tells back what we called a message as we sent it.

    `sender` is the provider's stable user id, opaque outside its connector; None for what concerns
    the account as a whole. On an echo the user is `recipient`. `aliases` are other ids of the same
    user, which may one day be somebody else's; `previous` is the id that `sender` replaces for
    good. `username` is shown to a listener at most, and never identifies anybody.

    `text` is what the person typed or chose, a caption included; `payload` the id behind a choice.
    `chat` is set in a group, where nothing is answered. `standby`: another application has the
    thread; record, never answer. `window_ends_at` is until when the platform lets us answer freely.
    `ref` and `source` say where the person came from.
    """

    channel: str
    account: str
    event_id: str
    kind: EventKind
    sender: str | None
    at: datetime
    id: str | None = None
    client_id: str | None = None
    type: MessageType | None = None
    text: str | None = None
    recipient: str | None = None
    aliases: tuple[str, ...] = ()
    previous: str | None = None
    user_id: str | None = None
    wa_id: str | None = None
    username: str | None = None
    payload: str | None = None
    title: str | None = None
    target: str | None = None
    emoji: str | None = None
    status: str | None = None
    error: str | None = None
    reply_to: str | None = None
    media: tuple[MediaRef, ...] = ()
    media_id: str | None = None
    filename: str | None = None
    ref: str | None = None
    source: str | None = None
    referral: str | None = None
    forwarded: bool = False
    chat: str | None = None
    standby: bool = False
    window_ends_at: datetime | None = None

    @property
    def own_id(self) -> str | None:
        """The provider's id of what this event is itself: a tap may only have that of what it was
        put on."""
        return None if self.id == self.target else self.id

    @property
    def person(self) -> str | None:
        """The user whose conversation this belongs to; None: nobody's."""
        return self.recipient if self.kind is EventKind.ECHO else self.sender


@dataclass(frozen=True, slots=True)
class Accepted:
    """The receipt of one event: kept now, or kept before (`duplicate`)."""

    event_id: str
    duplicate: bool
