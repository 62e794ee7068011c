"""The platforms that the settings switch on, each built from what its connector needs."""

from urllib.parse import urlsplit

from pydantic import SecretStr

from connectors.interface import Connector
from connectors.messenger.channel import MEDIA_HOSTS as PAGE_HOSTS
from connectors.messenger.connector import MessengerAndInstagram
from connectors.telegram.connector import Telegram
from connectors.whatsapp.connector import MEDIA_HOSTS as WHATSAPP_HOSTS
from connectors.whatsapp.connector import WhatsApp
from connectors.whatsapp.outgoing import Template
from core.assistant import Said
from core.labels import Address
from core.ports import Phrasebook
from gateway.service import Connections, Doors
from gateway.settings import Settings


def connections(settings: Settings, phrases: Phrasebook, doors: Doors) -> Connections:
    """Connectors of every channel that has all its settings. Raises ConfigurationError."""
    connectors: list[Connector] = []
    tasks = []
    on = settings.channels_on
    if "whatsapp" in on:
        connectors.append(_whatsapp(settings, phrases, doors))
    if "messenger" in on:
        connectors.append(_messenger(settings, doors))
    if "telegram" in on:
        telegram = _telegram(settings, phrases, doors)
        connectors.append(telegram)
        if settings.telegram_polling:
            tasks.append(telegram.poll)
    greetings = {}
    if settings.public_url is not None:
        no_trace = (Said("no_trace", {"url": settings.public_url}),)
        greetings = {c.name: no_trace for each in connectors for c in each.channels}
    return Connections(tuple(connectors), tuple(tasks), greetings)


def _whatsapp(settings: Settings, phrases: Phrasebook, doors: Doors) -> WhatsApp:
    template = settings.whatsapp_template
    return WhatsApp(
        phone_id=settings.whatsapp_phone_id or "",
        token=_secret(settings.whatsapp_token),
        app_secret=_secret(settings.whatsapp_app_secret),
        verify_token=_secret(settings.whatsapp_verify_token),
        accept=doors.accept,
        count=doors.count,
        notice=doors.notice,
        clock=doors.clock,
        choose=_words(phrases, "choose_button"),
        only_private=_words(phrases, "group_refused"),
        graph_url=settings.graph_url,
        template=Template(template, settings.whatsapp_template_language) if template else None,
        media_hosts=WHATSAPP_HOSTS | _stand_in(settings.graph_url),
    )


def _messenger(settings: Settings, doors: Doors) -> MessengerAndInstagram:
    return MessengerAndInstagram(
        page_token=_secret(settings.messenger_page_token),
        app_secret=_secret(settings.messenger_app_secret),
        verify_token=_secret(settings.messenger_verify_token),
        page_id=settings.messenger_page_id or "",
        accept=doors.accept,
        count=doors.count,
        notice=doors.notice,
        app_id=settings.meta_app_id,
        instagram_id=settings.instagram_id,
        graph_url=settings.graph_url,
        media_hosts=PAGE_HOSTS | _stand_in(settings.graph_url),
        clock=doors.clock,
    )


def _telegram(settings: Settings, phrases: Phrasebook, doors: Doors) -> Telegram:
    return Telegram(
        token=_secret(settings.telegram_token),
        secret="" if settings.telegram_polling else _secret(settings.telegram_secret),
        refusal=_words(phrases, "group_refused"),
        accept=doors.accept,
        notice=doors.notice,
        count=doors.count,
        clock=doors.clock,
        telegram_url=settings.telegram_url,
    )


def _stand_in(url: str) -> frozenset[str]:
    """The host of a fake platform on this machine, which also holds its files."""
    host = urlsplit(url).hostname or ""
    return frozenset({host}) if host in ("127.0.0.1", "localhost") else frozenset()


def _secret(value: SecretStr | None) -> str:
    return value.get_secret_value() if value is not None else ""


def _words(phrases: Phrasebook, sentence: str) -> str:
    return phrases.say(sentence, Address.TU).text
