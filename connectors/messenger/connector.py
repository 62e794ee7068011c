"""Messenger and Instagram: one webhook that takes what Meta sends, two channels that answer."""

import hashlib
import hmac
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from aiohttp import web

from connectors.interface import Accept, BadBody, Count
from connectors.messenger.channel import CALLS_PER_SECOND, MEDIA_HOSTS, PageChannel
from connectors.messenger.context import INSTAGRAM, MESSENGER
from connectors.messenger.graph import ANSWER_WITHIN, Graph
from connectors.messenger.payloads import normalise
from core.clock import Clock, system_clock
from core.errors import ConfigurationError
from core.events import EventKind, InboundEvent
from core.ports import Channel

PATH = "/webhooks/messenger"
GRAPH_URL = "https://graph.facebook.com"
_SIGNATURE = "X-Hub-Signature-256"
_CHALLENGE_LIMIT = 200


class MessengerAndInstagram:
    """Both platforms as a connector. Instagram is on only with its `instagram_id`.

    `accept` gets what belongs to somebody's conversation; `notice` what concerns the account as a
    whole (a block by Meta, changed roles), once everything else of the body is kept. `app_id` is
    Meta's id of this application, by which it knows its own messages and threads.
    """

    def __init__(
        self,
        *,
        page_token: str,
        app_secret: str,
        verify_token: str,
        page_id: str,
        accept: Accept,
        count: Count,
        notice: Callable[[InboundEvent], None],
        app_id: str | None = None,
        instagram_id: str | None = None,
        graph_url: str = GRAPH_URL,
        media_hosts: frozenset[str] = MEDIA_HOSTS,
        calls_per_second: float = CALLS_PER_SECOND,
        answer_within: float = ANSWER_WITHIN,
        clock: Clock = system_clock,
    ) -> None:
        if not (page_token and app_secret and verify_token and page_id):
            # Without a secret anybody could sign.
            raise ConfigurationError("Messenger needs a page, its token, and both secrets")
        self._app_secret = app_secret.encode()
        self._verify_token = verify_token.encode()
        self._app_id = app_id
        self._accounts = {page_id, instagram_id}
        self._accept = accept
        self._count = count
        self._notice = notice
        self._clock = clock
        self._graph = Graph(
            url=graph_url, token=page_token, app_secret=app_secret, answer_within=answer_within
        )
        names = (MESSENGER, INSTAGRAM) if instagram_id else (MESSENGER,)
        self._channels = tuple(
            PageChannel(
                name=name,
                graph=self._graph,
                media_hosts=media_hosts,
                calls_per_second=calls_per_second,
            )
            for name in names
        )

    @property
    def channels(self) -> Sequence[Channel]:
        """Messenger, and Instagram where it is on."""
        return self._channels

    def routes(self) -> Iterable[web.RouteDef]:
        """The webhook, which Meta first asks whether it is ours."""
        return (web.get(PATH, self.shake_hands), web.post(PATH, self.receive))

    async def open(self) -> None:
        """Make ready to send."""
        await self._graph.open()

    async def close(self) -> None:
        """Let go of every connection."""
        await self._graph.close()

    async def shake_hands(self, request: web.Request) -> web.Response:
        """Echo the challenge of whoever knows the verify token."""
        token = request.query.get("hub.verify_token", "").encode("utf-8", "replace")
        challenge = request.query.get("hub.challenge", "")
        known = hmac.compare_digest(token, self._verify_token)
        if not known or request.query.get("hub.mode") != "subscribe":
            return web.Response(status=403)
        return web.Response(text=challenge[:_CHALLENGE_LIMIT], content_type="text/plain")

    async def receive(self, request: web.Request) -> web.Response:
        """Keep what a signed body says, then answer 200. Raises StorageUnavailable."""
        raw = await request.read()
        if not self._is_signed(raw, request.headers.get(_SIGNATURE, "")):
            self._count(MESSENGER, "forged")
            return web.Response(status=403)
        try:
            body = _parsed(raw)
            found = normalise(body, now=self._clock())
        except BadBody:
            self._count(MESSENGER, "bad_body")
            return web.Response(status=400)
        instagrams = isinstance(body, dict) and body.get("object") == "instagram"
        channel = INSTAGRAM if instagrams else MESSENGER
        for word in found.unknown:
            self._count(channel, word)
        seen = (self._seen_from_here(event) for event in found.events)
        mine = [event for event in seen if not self._is_ours(event)]
        if kept := [event for event in mine if event.person is not None]:
            for event in kept:
                if event.account not in self._accounts:
                    # Kept all the same: a wrong setting must cost nobody's message.
                    self._count(channel, "other_account")
            await self._accept(kept)
        for event in mine:
            if event.person is None:
                self._notice(event)
        return web.Response()

    def _is_signed(self, raw: bytes, given: str) -> bool:
        """Whether Meta signed exactly these bytes."""
        signature = hmac.new(self._app_secret, raw, hashlib.sha256).hexdigest()
        expected = f"sha256={signature}".encode()
        return hmac.compare_digest(expected, given.encode("utf-8", "replace"))

    def _is_ours(self, event: InboundEvent) -> bool:
        """Whether it only tells us what this application or the account itself did.

        Echoes of our own sends come with our application's id; those of the platform's inbox are a
        colleague's. Where Meta leaves the id out, as it may on Instagram, only whoever knows the
        ids of sent messages can tell; such an echo is passed on.
        """
        if event.kind is EventKind.ECHO and self._app_id and event.payload == self._app_id:
            return True
        return event.person is not None and event.person == event.account

    def _is_named_by_us(self, event: InboundEvent) -> bool:
        ours = bool(self._app_id) and event.payload == self._app_id
        return event.kind is EventKind.ECHO and ours and bool(event.client_id and event.id)

    def _seen_from_here(self, event: InboundEvent) -> InboundEvent:
        """A handover says whether the thread is another application's from now on; the echo of what
        we sent under a name of ours is its receipt, whatever became of the answer to the sending.
        """
        if self._is_named_by_us(event):
            return replace(
                event,
                kind=EventKind.STATUS,
                status="sent",
                sender=event.recipient,
                recipient=None,
                target=event.id,
                type=None,
                text=None,
                payload=None,
                media=(),
            )
        if event.kind is not EventKind.HANDOVER:
            return event
        if event.payload is not None and self._app_id:
            return replace(event, standby=event.payload != self._app_id)
        # A thread that was released is nobody's, and goes to the default application: to us.
        moved = {"pass": False, "take": True, "release": False}
        return replace(event, standby=moved.get(event.status or "", event.standby))


def _parsed(raw: bytes) -> object:
    """Raises BadBody for what is no JSON."""
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        raise BadBody from None
