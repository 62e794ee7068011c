"""Which channels there are, and how each reads a vendor's body."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TypeAlias

from connectors.interface import Normalised
from connectors.messenger import payloads as messenger
from connectors.telegram import payloads as telegram
from connectors.whatsapp import payloads as whatsapp

# All channels there are, on or off.
CHANNELS = ("web", "whatsapp", "messenger", "instagram", "telegram")
# From a parsed body and the present moment, for what a vendor does not date.
Normalise: TypeAlias = Callable[[object, datetime], Normalised]


def _of_whatsapp(body: object, now: datetime) -> Normalised:
    return whatsapp.normalise(body, now=now)


def _of_messenger(body: object, now: datetime) -> Normalised:
    return messenger.normalise(body, now=now)


def _of_telegram(body: object, now: datetime) -> Normalised:
    return telegram.normalise(body, account="", now=now)


# `messenger` reads the bodies of Instagram too: they come to one address.
NORMALISERS: Mapping[str, Normalise] = {
    "whatsapp": _of_whatsapp,
    "messenger": _of_messenger,
    "instagram": _of_messenger,
    "telegram": _of_telegram,
}
