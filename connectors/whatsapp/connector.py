"""WhatsApp as a connector: its webhook in, its messages out. See `docs/whatsapp.md`."""

import asyncio
import json
from collections.abc import Callable, Iterable, Sequence

import structlog
from aiohttp import web

from connectors.degrade import parts_of
from connectors.interface import Accept, BadBody, Count, MediaPlace
from connectors.whatsapp.events import CHANNEL
from connectors.whatsapp.graph import Graph
from connectors.whatsapp.outcomes import CLOSED, TROUBLE
from connectors.whatsapp.outgoing import (
    LIMITS,
    Outgoing,
    Recipient,
    Template,
    part_of,
    recipient_of,
    template_of,
    text_of,
)
from connectors.whatsapp.pace import Pace
from connectors.whatsapp.payloads import normalise
from core import follow_up
from core.clock import Clock
from core.conversation import Author, Contact, Message
from core.events import InboundEvent, MediaRef
from core.ports import Channel, Errand, Failed, Held, Part, Paused, Retry, SendOutcome

log = structlog.get_logger()

ROUTE = "/webhooks/whatsapp"
SIGNATURE = "X-Hub-Signature-256"
# Where Meta says that files are; see "Media" of the Cloud API.
MEDIA_HOSTS = frozenset({"lookaside.fbsbx.com"})
WINDOW_CLOSED = "window_closed"
# A message whose answer we did not wait for stays unknown: wait long.
ANSWER_WITHIN = 20.0
_SEEN_WITHIN = 2.0
_GROUPS_REMEMBERED = 1000

# Told of what concerns the account and nobody's conversation.
Notice = Callable[[InboundEvent], None]


class WhatsApp:
    """One WhatsApp number, as a connector and as its one channel.

    `choose` is what the button says that opens a list (20 characters at most), `only_private` what
    a group is told. `template` calls a person back outside the window; without one, a listener's
    message waits until the person writes again.
    """

    name = CHANNEL
    repeatable = False
    previewed = True

    def __init__(
        self,
        *,
        phone_id: str,
        token: str,
        app_secret: str,
        verify_token: str,
        accept: Accept,
        count: Count,
        notice: Notice,
        clock: Clock,
        choose: str,
        only_private: str,
        graph_url: str = "https://graph.facebook.com",
        template: Template | None = None,
        media_hosts: frozenset[str] = MEDIA_HOSTS,
        pace: Pace | None = None,
        answer_within: float = ANSWER_WITHIN,
    ) -> None:
        self._graph = Graph(
            phone_id=phone_id,
            token=token,
            app_secret=app_secret,
            verify_token=verify_token,
            url=graph_url,
            media_hosts=media_hosts,
            answer_within=answer_within,
        )
        self._accept = accept
        self._count = count
        self._notice = notice
        self._clock = clock
        self._choose = choose
        self._only_private = only_private
        self._template = template
        self._media_hosts = media_hosts
        self._pace = Pace() if pace is None else pace
        self._refused: dict[str, None] = {}

    @property
    def channels(self) -> Sequence[Channel]:
        """Itself."""
        return (self,)

    def routes(self) -> Iterable[web.RouteDef]:
        """The webhook."""
        return (web.get(ROUTE, self.answer_challenge), web.post(ROUTE, self.take_events))

    async def open(self) -> None:
        """Nothing to do: connections are made when something is sent."""

    async def close(self) -> None:
        """Let go of every connection."""
        await self._graph.close()

    # Inbound

    async def answer_challenge(self, request: web.Request) -> web.Response:
        """Meta asks whether this address is ours."""
        asked = request.query
        try:
            answer = await self._graph.challenge(
                asked.get("hub.mode"), asked.get("hub.verify_token"), asked.get("hub.challenge")
            )
        except PermissionError:
            return web.Response(status=403)
        return web.Response(text=answer, headers={"X-Content-Type-Options": "nosniff"})

    async def take_events(self, request: web.Request) -> web.Response:
        """Keep what Meta tells, then say so. Raises StorageUnavailable: Meta sends it again."""
        raw = await request.read()
        if not await self._graph.is_signed(raw, request.headers.get(SIGNATURE)):
            self._count(CHANNEL, "signature")
            return web.Response(status=403)
        try:
            read = normalise(json.loads(raw), now=self._clock())
        except (BadBody, ValueError, RecursionError):
            self._count(CHANNEL, "body")
            return web.Response(status=400)
        if events := [event for event in read.events if event.person is not None]:
            await self._accept(events)
        for event in read.events:
            if event.person is None:
                self._notice(event)
        for unknown in read.unknown:
            self._count(CHANNEL, unknown)
        return web.Response()

    # Outbound

    def parts(self, message: Message) -> Sequence[Part]:
        """The message cut to WhatsApp's limits."""
        return parts_of(message, LIMITS)

    async def send(self, errand: Errand) -> SendOutcome:
        """Send one part once; outside the window, call the person back by the template."""
        if not errand.in_window:
            return await self._call_back(errand)
        part = part_of(errand.part, choose=self._choose)
        outcome = await self._post(errand, part, name=errand.name)
        return await self._call_back(errand) if outcome == Held(str(CLOSED)) else outcome

    @property
    def calls_back(self) -> bool:
        """Whether there is a template for those whom we promised to write to."""
        return self._template is not None

    async def _call_back(self, errand: Errand) -> SendOutcome:
        """What a listener says, or what was agreed to, waits for the person, who is told once."""
        agreed = errand.message.sentence == follow_up.MESSAGE
        if errand.message.author is not Author.LISTENER and not agreed:
            return Failed(WINDOW_CLOSED)
        if self._template is not None and errand.tried != WINDOW_CLOSED:
            outcome = await self._post(errand, template_of(self._template))
            match outcome:
                case Retry() | Paused():
                    return outcome
                case Failed(code):
                    log.warning("template_failed", channel=CHANNEL, code=code)
        return Held(WINDOW_CLOSED)

    async def _post(
        self, errand: Errand, message: Outgoing, *, name: str | None = None
    ) -> SendOutcome:
        recipient = recipient_of(errand.contact.address)
        if recipient is None:
            return Failed("address")
        if (wait := await self._pace.turn(errand.contact.address)) is not None:
            return Retry("rate", wait)
        number = self._number(errand.contact)
        return await self._graph.send(number, recipient, message, name=name)

    def _number(self, contact: Contact) -> str:
        """The number of ours that the person wrote to."""
        account = contact.account
        return account if account.isascii() and account.isdigit() else self._graph.phone_id

    # What else WhatsApp can do

    async def show_seen(self, contact: Contact, provider_id: str | None, *, typing: bool) -> None:
        """Mark the person's message as read, and show that an answer is being written."""
        if provider_id is None:
            return
        try:
            async with asyncio.timeout(_SEEN_WITHIN):
                await self._graph.mark(self._number(contact), provider_id, typing=typing)
        except (*TROUBLE, TimeoutError):
            self._count(CHANNEL, "presence")

    async def refuse_group(self, chat: str) -> None:
        """Say once that we only talk in private. A business cannot leave a group that it is in."""
        if chat in self._refused:
            return
        self._refused[chat] = None
        if len(self._refused) > _GROUPS_REMEMBERED:
            del self._refused[next(iter(self._refused))]
        group = Recipient(to=chat, type="group")
        await self._graph.send(self._graph.phone_id, group, text_of(self._only_private))

    @property
    def media_hosts(self) -> frozenset[str]:
        """Where files may come from."""
        return self._media_hosts

    async def locate(self, media: MediaRef) -> MediaPlace:
        """Where a file is for the next five minutes."""
        return await self._graph.locate(media)

    async def check(self) -> str | None:
        """Whether the number may be used: None, `token` or `unreachable`."""
        return await self._graph.check()
