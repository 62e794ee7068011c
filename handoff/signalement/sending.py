"""How a notice leaves: what a sender is asked, and the four things that can become of it.

A sender never sends twice and never decides to. What it cannot know it says: `Unknown`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeAlias

import yaml
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.x509 import Certificate, load_pem_x509_certificate
from pydantic import TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass as checked

from core.errors import ConfigurationError
from core.signalement.case import Route


@dataclass(frozen=True, slots=True)
class Taken:
    """The other side has it."""


@dataclass(frozen=True, slots=True)
class Later:
    """The other side certainly has nothing, and may take it later."""

    code: str


@dataclass(frozen=True, slots=True)
class Rejected:
    """The other side certainly has nothing, and will not take it like this."""

    code: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """It may or may not have arrived: a person must find out."""

    code: str


Fate: TypeAlias = Taken | Later | Rejected | Unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """What is sent. `id` stays the same for one notice, so that a receiver can tell a copy."""

    id: str
    subject: str
    text: str
    pdf: bytes
    fields: Mapping[str, object]


class Sender(Protocol):
    """One way to a platform."""

    route: Route

    async def send(self, parcel: Parcel) -> Fate:
        """Try once. Never raises for what the other side or the network does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """How one platform is reached: by `mail`, sealed for `certificate` where there is one, or by
    `https` with a bearer `token`."""

    mail: str | None = None
    certificate: Certificate | None = None
    https: str | None = None
    token: str | None = None


@checked(frozen=True, kw_only=True, config={"extra": "forbid"})
class _Entry:
    mail: str | None = None
    certificate: Path | None = None
    https: str | None = None
    token: str | None = None


def read_addresses(path: Path, *, platforms: Mapping[str, object]) -> Mapping[str, Address]:
    """The priority channels agreed with platforms, from a YAML file of your own.

    Raises ConfigurationError, which names the platform and repeats no value.
    """
    where = "RELAIS_SIGNALEMENT_CHANNELS"
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
        entries = TypeAdapter(dict[str, _Entry]).validate_python(document)
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        raise ConfigurationError(f"{where}: the file cannot be read as YAML") from None
    except ValidationError as error:
        place = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise ConfigurationError(f"{where}: wrong at {place}") from None
    addresses = {}
    for name, entry in entries.items():
        if name not in platforms:
            raise ConfigurationError(f"{where}: {name} is no platform of platforms.yml")
        if (entry.mail is None) == (entry.https is None):
            raise ConfigurationError(f"{where}: {name} needs either mail or https")
        if entry.https is not None and not entry.https.startswith("https://"):
            raise ConfigurationError(f"{where}: {name}: https must begin with https://")
        if entry.mail is not None and entry.mail.count("@") != 1:
            raise ConfigurationError(f"{where}: {name}: mail is one address")
        certificate = None
        if entry.certificate is not None:
            certificate = _certificate(path.parent / entry.certificate, name)
        addresses[name] = Address(
            mail=entry.mail, certificate=certificate, https=entry.https, token=entry.token
        )
    return addresses


def _certificate(path: Path, name: str) -> Certificate:
    try:
        certificate = load_pem_x509_certificate(path.read_bytes())
    except (OSError, ValueError):
        raise ConfigurationError(
            f"RELAIS_SIGNALEMENT_CHANNELS: {name}: the certificate is no PEM file"
        ) from None
    if not isinstance(certificate.public_key(), RSAPublicKey):
        raise ConfigurationError(
            f"RELAIS_SIGNALEMENT_CHANNELS: {name}: the certificate must hold an RSA key"
        )
    return certificate
