"""What delivery needs of a channel, and what can become of a sending."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, TypeAlias

from core.conversation import Choice, Contact, Message


@dataclass(frozen=True, slots=True)
class Sent:
    """The platform took it."""

    provider_id: str | None = None


@dataclass(frozen=True, slots=True)
class Retry:
    """The platform refused for now: nothing was sent. `after` is the delay it asked for."""

    code: str
    after: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Failed:
    """The platform will never take this message. `stop`: nor any other to this person."""

    code: str
    stop: bool = False


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """The platform may have taken the message: never send it again by machine."""

    code: str


@dataclass(frozen=True, slots=True)
class Held:
    """Not sendable until the person writes again: it waits, and those behind it with it."""

    code: str


@dataclass(frozen=True, slots=True)
class Paused:
    """The channel as a whole may not send now (a dead token, an abuse warning): nothing was sent.

    The outbox is kept, nobody's message fails for it, and the team is alerted.
    """

    code: str


SendOutcome: TypeAlias = Sent | Retry | Failed | Ambiguous | Held | Paused


@dataclass(frozen=True, slots=True)
class Part:
    """As much of a message as a channel takes at once. Its `choices` fit what the channel shows."""

    text: str
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """One part of one message on its way to one person.

    `window_ends_at`: until when the platform lets us write freely; None: no such limit is known.
    `first` is False for a part that follows another one of the same message, `last` for one that
    another follows. `tried` is the code of
    the last outcome of this very part, so that what a `Held` already did is not done again.
    """

    contact: Contact
    message: Message
    part: Part
    now: datetime
    window_ends_at: datetime | None = None
    first: bool = True
    last: bool = True
    tried: str | None = None

    @property
    def name(self) -> str | None:
        """What a platform may be asked to tell back in its receipts: how one of a sending that had
        no answer is known. Only of the last part, which receipts are about."""
        return self.message.id if self.last else None

    @property
    def in_window(self) -> bool:
        """Whether the platform lets us write freely."""
        return self.window_ends_at is None or self.now < self.window_ends_at


class Channel(Protocol):
    """What delivery needs of a channel: it translates and sends, it never decides or stores."""

    @property
    def name(self) -> str:
        """The channel's name in events and conversations."""

    @property
    def repeatable(self) -> bool:
        """Whether sending the same message twice is seen once, so that a crash may repeat it."""

    @property
    def previewed(self) -> bool:
        """Whether locked phones show the first words of what it sends (`core.discretion`)."""

    def parts(self, message: Message) -> Sequence[Part]:
        """The message cut to the channel's limits, never empty; pure, always the same cut.

        Where phones show previews, the first part leaves `core.discretion.ROOM` free.
        """

    async def send(self, errand: Errand) -> SendOutcome:
        """Send one part once. Must not retry and must not raise for a platform's errors."""
