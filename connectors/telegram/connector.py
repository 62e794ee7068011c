"""Telegram as a connector: updates in, by webhook or by polling, and one channel out."""

import hmac
import json
from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

from aiohttp import web
from telegram import Bot

from connectors.interface import Accept, BadBody, Count
from connectors.telegram.channel import TelegramChannel
from connectors.telegram.client import Request, keep_tokens_out_of_logs
from connectors.telegram.payloads import CHANNEL, normalise
from connectors.telegram.polling import Patience, poll
from connectors.telegram.rates import Pace
from core.clock import Clock
from core.errors import ConfigurationError
from core.events import InboundEvent

TELEGRAM_URL = "https://api.telegram.org"
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - a header's name
# Told about what is in nobody's conversation: a post in a channel, a group that changed.
Notice: TypeAlias = Callable[[InboundEvent], None]

_CONNECTIONS = 64


class Telegram:
    """One bot on Telegram.

    `secret` is what Telegram sends back with every update; without one there is no route, and
    updates are polled. `refusal` is what a group is told before the bot leaves it. `account`
    is the bot's id, the part of its token before the colon. `answer_within`: seconds that Telegram
    may take to answer. Raises ConfigurationError for what is no token.
    """

    def __init__(
        self,
        *,
        token: str,
        secret: str,
        refusal: str,
        accept: Accept,
        notice: Notice,
        count: Count,
        clock: Clock,
        telegram_url: str = TELEGRAM_URL,
        answer_within: float = 10.0,
    ) -> None:
        self.account, _, key = token.partition(":")
        if not (self.account.isascii() and self.account.isdigit() and key):
            raise ConfigurationError("RELAIS_TELEGRAM_TOKEN is not of the form 123456:ABC")
        self._secret = secret.encode()
        self._accept = accept
        self._notice = notice
        self._count = count
        self._clock = clock
        keep_tokens_out_of_logs()
        self._sending = Request(connection_pool_size=_CONNECTIONS, read_timeout=answer_within)
        self._polling = Request(connection_pool_size=1)
        self._bot = Bot(
            token,
            base_url=f"{telegram_url.rstrip('/')}/bot",
            base_file_url=f"{telegram_url.rstrip('/')}/file/bot",
            request=self._sending,
            get_updates_request=self._polling,
        )
        self.channel = TelegramChannel(self._bot, refusal=refusal, count=count, pace=Pace())

    @property
    def channels(self) -> Sequence[TelegramChannel]:
        """Telegram is one channel."""
        return (self.channel,)

    def routes(self) -> Iterable[web.RouteDef]:
        """The webhook, where there is a secret to know Telegram by."""
        return (web.post("/webhooks/telegram", self.webhook),) if self._secret else ()

    async def open(self) -> None:
        """Make ready to send. The bot's own `initialize` would fail where Telegram does."""
        await self._sending.initialize()
        await self._polling.initialize()

    async def close(self) -> None:
        """Let go of every connection."""
        await self._sending.shutdown()
        await self._polling.shutdown()

    async def webhook(self, request: web.Request) -> web.Response:
        """An update from Telegram, which sends it again until it is answered with 200.

        Lets StorageUnavailable through, for a 503.
        """
        told = request.headers.get(SECRET_HEADER, "").encode("utf-8", "surrogateescape")
        if not hmac.compare_digest(told, self._secret):
            self._count(CHANNEL, "forged")
            return web.Response(status=403)
        raw = await request.read()
        try:
            await self.receive(_parsed(raw))
        except BadBody:
            self._count(CHANNEL, "bad_body")
            return web.Response(status=400)
        return web.Response()

    async def receive(self, body: object) -> None:
        """Keep what a body says; durable on return. Raises BadBody and StorageUnavailable."""
        found = normalise(body, account=self.account, now=self._clock())
        for word in found.unknown:
            self._count(CHANNEL, word)
        theirs = [event for event in found.events if event.person is not None]
        if theirs:
            await self._accept(theirs)
        for event in found.events:
            if event.person is None:
                self._notice(event)

    async def poll(self, *, take_over: bool = False, patience: Patience = Patience()) -> None:
        """Fetch updates until cancelled, in place of the webhook; see `polling.poll`."""
        await poll(
            self._bot,
            self._polling,
            self.receive,
            tell=self._tell,
            take_over=take_over,
            patience=patience,
        )

    def _tell(self, code: str | None) -> None:
        self.channel.receiving = code


def _parsed(raw: bytes) -> object:
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        raise BadBody from None
