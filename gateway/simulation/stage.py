"""Where scripted people live: the fake platforms that the gateway was told of, on loopback.

Nothing here ever talks to a real platform: an address that is not this machine's is refused.
"""

from collections.abc import AsyncIterator, Collection
from contextlib import AsyncExitStack, asynccontextmanager
from urllib.parse import urlsplit

import aiohttp
from pydantic import SecretStr

from core.errors import RelaisError
from gateway.settings import PREFIX, Settings
from gateway.simulation.graph import FakeGraph, GraphAccounts
from gateway.simulation.page_phone import PagePhone
from gateway.simulation.people import Person
from gateway.simulation.phones import Phone
from gateway.simulation.platform import FakePlatform
from gateway.simulation.postman import Carry, Postman, meta_seal, over_http, telegram_seal
from gateway.simulation.telegram import FakeTelegram
from gateway.simulation.telegram_phone import TelegramPhone, unless_polled
from gateway.simulation.whatsapp_phone import WhatsAppPhone

_LOOPBACK = frozenset({"127.0.0.1", "localhost"})
_OF_GRAPH = frozenset({"whatsapp", "messenger", "instagram"})


class Stage:
    """The platforms that are up, and the way to make people on them."""

    def __init__(
        self,
        settings: Settings,
        session: aiohttp.ClientSession,
        gateway: str,
        graph: FakeGraph | None,
        telegram: FakeTelegram | None,
    ) -> None:
        self._settings = settings
        self._session = session
        self._gateway = gateway
        self._graph = graph
        self._telegram = telegram

    def person(self, channel: str, *, quiet_after: float, timeout: float) -> Person:
        """Somebody new on a channel of those the stage was opened for; earlier faults are over."""
        phone = self._phone(channel)
        phone.platform.faults.clear()
        postman = Postman(self._carry(channel), phone.platform.faults)
        return Person(phone, postman, quiet_after=quiet_after, timeout=timeout)

    def platform(self, channel: str) -> FakePlatform:
        """The fake behind a channel of those the stage was opened for."""
        platform = self._telegram if channel == "telegram" else self._graph
        assert platform is not None
        return platform

    def _phone(self, channel: str) -> Phone:
        if self._telegram is not None and channel == "telegram":
            return TelegramPhone(self._telegram)
        assert self._graph is not None
        accounts = accounts_of(self._settings)
        if channel == "whatsapp":
            return WhatsAppPhone(self._graph, accounts)
        return PagePhone(self._graph, accounts, instagram=channel == "instagram")

    def _carry(self, channel: str) -> Carry:
        settings = self._settings
        if self._telegram is not None and channel == "telegram":
            seal = telegram_seal(_secret(settings.telegram_secret))
            url = f"{self._gateway}/webhooks/telegram"
            return unless_polled(self._telegram, over_http(self._session, url, seal))
        whatsapp = channel == "whatsapp"
        key = settings.whatsapp_app_secret if whatsapp else settings.messenger_app_secret
        url = f"{self._gateway}/webhooks/{'whatsapp' if whatsapp else 'messenger'}"
        return over_http(self._session, url, meta_seal(_secret(key)))


@asynccontextmanager
async def stage(
    settings: Settings, gateway: str, channels: Collection[str]
) -> AsyncIterator[Stage]:
    """The fakes that these channels need, up where the settings say. Raises RelaisError."""
    for channel in sorted(channels):
        _check_settings(settings, channel)
    async with AsyncExitStack() as resources:
        session = await resources.enter_async_context(aiohttp.ClientSession())
        graph = telegram = None
        if _OF_GRAPH & set(channels):
            host, port = loopback("graph_url", settings.graph_url)
            graph = FakeGraph(accounts_of(settings), host=host, port=port)
            await resources.enter_async_context(graph)
        if "telegram" in channels:
            host, port = loopback("telegram_url", settings.telegram_url)
            telegram = FakeTelegram(_secret(settings.telegram_token), host=host, port=port)
            await resources.enter_async_context(telegram)
        yield Stage(settings, session, gateway, graph, telegram)


def loopback(name: str, url: str) -> tuple[str, int]:
    """Where the fake of a setting listens. Raises RelaisError for what is not this machine."""
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError:
        port = None
    if parts.scheme != "http" or parts.hostname not in _LOOPBACK or not port or parts.path:
        raise RelaisError(
            f"{PREFIX}{name.upper()} is {url}, which is no fake: start the gateway and this "
            f"command with {PREFIX}{name.upper()}=http://127.0.0.1:PORT, a free port"
        )
    return parts.hostname, port


def accounts_of(settings: Settings) -> GraphAccounts:
    """The accounts on the fake Graph that the gateway's settings speak of."""
    return GraphAccounts(
        phone_id=settings.whatsapp_phone_id or "",
        whatsapp_token=_secret(settings.whatsapp_token),
        business_id=settings.whatsapp_business_id or "",
        page_id=settings.messenger_page_id or "",
        page_token=_secret(settings.messenger_page_token),
        page_secret=_secret(settings.messenger_app_secret),
        instagram_id=settings.instagram_id or "",
        app_id=settings.meta_app_id or "",
    )


def _check_settings(settings: Settings, channel: str) -> None:
    missing = settings.missing_of("messenger" if channel == "instagram" else channel)
    if channel == "instagram" and settings.instagram_id is None:
        missing += (f"{PREFIX}INSTAGRAM_ID",)
    if missing:
        raise RelaisError(f"channel {channel} is off: {', '.join(missing)} missing")


def _secret(value: SecretStr | None) -> str:
    return value.get_secret_value() if value is not None else ""
