"""What a connector offers the gateway, and what it is given.

Two things are mandatory: routes that take what a platform sends, and channels that send. Whatever
else a platform can do is a small protocol of its own, which a channel has or has not.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias, runtime_checkable

from aiohttp import web

from core.conversation import Contact
from core.events import Accepted, InboundEvent, MediaRef
from core.ids import ConversationId, ListenerId
from core.ports import Channel

# Keeps events and returns only when they are durable. Raises StorageUnavailable.
Accept: TypeAlias = Callable[[Sequence[InboundEvent]], Awaitable[Sequence[Accepted]]]
# Counts, by channel and short word, what a connector met and did not understand.
Count: TypeAlias = Callable[[str, str], None]


class BadBody(Exception):
    """A webhook's body that is not what its platform sends at all: answer 400, keep nothing."""


@dataclass(frozen=True, slots=True)
class Normalised:
    """What a vendor's body says. `unknown` are short words for what gave no event, to be counted;
    they never hold anything of the body but the names of its fields and types."""

    events: tuple[InboundEvent, ...] = ()
    unknown: tuple[str, ...] = ()


class Connector(Protocol):
    """Brings one platform in. Must not answer a platform before `Accept` returned."""

    @property
    def channels(self) -> Sequence[Channel]:
        """The channels it sends on: one, or two where a platform is two (Messenger, Instagram)."""

    def routes(self) -> Iterable[web.RouteDef]:
        """The routes the gateway mounts."""

    async def open(self) -> None:
        """Make ready to send; must not fail because a platform does not answer."""

    async def close(self) -> None:
        """Let go of every connection."""


@dataclass(frozen=True, slots=True)
class MediaPlace:
    """Where to fetch a file from, once. `headers` may hold a token: only for `url` itself."""

    url: str
    headers: Mapping[str, str] = field(default_factory=dict)


class MediaGone(Exception):
    """The platform no longer has the file, or never lets us have it."""


@runtime_checkable
class MediaSource(Protocol):
    """A channel whose people send files."""

    @property
    def media_hosts(self) -> frozenset[str]:
        """Hosts (`lookaside.fbsbx.com`) and domains (`.fbcdn.net`) that files may come from."""

    async def locate(self, media: MediaRef) -> MediaPlace:
        """Where the file is now. Raises MediaGone, or ConnectionError for a platform that fails.

        Must not fetch the file itself: the gateway does, with its own guards.
        """


@runtime_checkable
class HoldsMedia(Protocol):
    """Where people's files came to ourselves: they are here before their message is."""

    async def held(self, media: MediaRef) -> bytes:
        """The file as it came. Raises MediaGone."""

    async def let_go(self, media: MediaRef) -> None:
        """It was cleaned and kept, or refused: what came is not needed any more."""


@runtime_checkable
class ShowsPresence(Protocol):
    """A channel that can show that a message was read and that an answer is being written."""

    async def show_seen(self, contact: Contact, provider_id: str | None, *, typing: bool) -> None:
        """Best effort: must not raise, must not take longer than two seconds."""


@runtime_checkable
class ShowsWriting(Protocol):
    """A channel whose people are connected to our own processes, each of them to any."""

    @property
    def answered_here(self) -> bool:
        """Whether this process serves a screen of anybody whom a listener answers."""

    def listener_writes(self, conversation_id: ConversationId, listener_id: ListenerId) -> bool:
        """Have it shown on the screens of whom this listener answers; False where none is here.

        Neither raises nor waits: a screen that is busy is told once, or never.
        """


@runtime_checkable
class RefusesGroups(Protocol):
    """A channel that people may add to a group."""

    async def refuse_group(self, chat: str) -> None:
        """Say once that we only talk in private, and leave where that can be. Must not raise."""


@runtime_checkable
class AnswersTaps(Protocol):
    """A channel on which a tap waits to be confirmed (Telegram's callbacks)."""

    async def answer_tap(self, event: InboundEvent) -> None:
        """Confirm it. Must not raise; a tap that is too old is no error."""


@runtime_checkable
class CallsBack(Protocol):
    """A channel that has its own way to somebody who has not written for a while (a template)."""

    @property
    def calls_back(self) -> bool:
        """Whether that way is set up. It is only for those who said that we may write."""


@runtime_checkable
class Checks(Protocol):
    """A channel that can ask its platform whether we may still use it."""

    async def check(self) -> str | None:
        """None when all is well, else a short code (`token`, `unreachable`). Must not raise."""
