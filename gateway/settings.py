"""The settings: `RELAIS_*` variables or a `.env` file, typed, checked once, then frozen.

`load_settings()` is the only way in. A wrong value never appears in an error: it may be a secret.
"""

import contextlib
import difflib
import logging
import os
import re
import tempfile
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from dotenv import dotenv_values
from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from core.accounts import StaffRole
from core.errors import ConfigurationError
from core.hours import parse_week
from core.retention import Retention
from core.sealing import new_master_key, parse_master_keys
from gateway.receivers import MOST_RECEIVERS, check_receiver
from handoff.choosing import CAPACITY

ROOT = Path(__file__).resolve().parents[1]
PREFIX = "RELAIS_"
log = logging.getLogger("relais.settings")

# A channel is on when all of these are set.
CHANNEL_SETTINGS: Mapping[str, tuple[str, ...]] = {
    "whatsapp": (
        "whatsapp_phone_id",
        "whatsapp_token",
        "whatsapp_app_secret",
        "whatsapp_verify_token",
    ),
    "messenger": (
        "messenger_page_token",
        "messenger_app_secret",
        "messenger_verify_token",
        "messenger_page_id",
    ),
    "telegram": ("telegram_token", "telegram_secret"),
}

# Read by the tests, the CI script and Rasa's launcher; not settings of the service.
_OTHERS = re.compile(r"RELAIS_(TEST_\w+|REQUIRE_BROWSER|RASA_TENSORFLOW)")
_SHORTEST_SECRET = 24
# A host, or all subdomains of one that is itself no whole country's.
_FRAMES = re.compile(
    r"https?://(\*(\.[a-z0-9-]+){2,}|[a-z0-9-]+(\.[a-z0-9-]+)*)(:[0-9]{1,5})?", re.ASCII
)


class Settings(BaseSettings):
    """Every setting of the service. Field `port` is the variable `RELAIS_PORT`, and so on."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
    )

    env: Literal["development", "production"] = "development"
    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=1, le=65535)
    origins: Annotated[tuple[str, ...], NoDecode] = ()
    partners: Annotated[tuple[str, ...], NoDecode] = ()
    data_dir: Path = Path("data")
    database_url: SecretStr = SecretStr("")
    master_key: SecretStr = SecretStr("")
    hours: str = "mon-sun 09:00-23:00"
    public_url: str | None = None
    second_factor: Annotated[tuple[StaffRole, ...], NoDecode] = ()
    capacity: int = Field(default=CAPACITY, ge=1, le=1000)

    # One mail server for all that we send: who is on call, dossiers.
    smtp_url: SecretStr | None = None
    mail_from: str | None = None
    signalement_notifier: str | None = None
    signalement_channels: Path | None = None
    paging_secret: SecretStr | None = None
    webhook_urls: Annotated[tuple[str, ...], NoDecode] = ()
    webhook_secret: SecretStr | None = None

    burst: float = Field(default=2.0, ge=0, le=10)
    proxies: int = Field(default=0, ge=0, le=5)
    rate_per_address: int = Field(default=600, ge=10)

    keep_chats_days: int = Field(default=30, ge=2, le=365)
    keep_files_hours: int = Field(default=72, ge=1, le=720)
    keep_events_days: int = Field(default=30, ge=8, le=365)
    backup_dir: Path | None = None
    backup_every_hours: float = Field(default=24.0, ge=1, le=168)
    offsite: SecretStr | None = None
    heartbeat_url: SecretStr | None = None
    traces_url: str | None = None
    keep_audit_days: int = Field(default=365, ge=180, le=1095)

    rasa_url: str = "http://127.0.0.1:5005"
    rasa_token: SecretStr = SecretStr("")
    rasa_port: int = Field(default=5005, ge=1, le=65535)
    actions_port: int = Field(default=5055, ge=1, le=65535)
    rasa_timeout: float = Field(default=4.0, gt=0, le=60)

    graph_url: str = "https://graph.facebook.com"
    telegram_url: str = "https://api.telegram.org"
    meta_app_id: str | None = None
    instagram_id: str | None = None
    whatsapp_business_id: str | None = None
    whatsapp_phone_id: str | None = None
    whatsapp_token: SecretStr | None = None
    whatsapp_app_secret: SecretStr | None = None
    whatsapp_verify_token: SecretStr | None = None
    # The public number and name, for links that people follow.
    whatsapp_number: str | None = Field(default=None, pattern=r"^\+[1-9][0-9]{6,14}$")
    instagram_name: str | None = Field(default=None, pattern=r"^[A-Za-z0-9._]{1,30}$")
    telegram_name: str | None = Field(default=None, pattern=r"^[A-Za-z0-9_]{5,32}$")
    whatsapp_template: str | None = None
    whatsapp_template_language: str = "fr"
    messenger_page_token: SecretStr | None = None
    messenger_app_secret: SecretStr | None = None
    messenger_verify_token: SecretStr | None = None
    messenger_page_id: str | None = None
    telegram_token: SecretStr | None = None
    telegram_secret: SecretStr | None = None
    telegram_polling: bool = False

    @field_validator("origins", "partners", "second_factor", "webhook_urls", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        return tuple(part.strip().rstrip("/") for part in value.split(",") if part.strip())

    @field_validator("origins")
    @classmethod
    def _check_origins(cls, origins: tuple[str, ...]) -> tuple[str, ...]:
        for origin in origins:
            if not re.fullmatch(r"https?://[A-Za-z0-9.\-\[\]:]+", origin):
                raise ValueError("each is a scheme and a host, such as https://example.fr")
        return origins

    @field_validator("partners")
    @classmethod
    def _check_partners(cls, partners: tuple[str, ...]) -> tuple[str, ...]:
        # They end in a Content-Security-Policy: nothing but a host may stand there.
        for partner in partners:
            if not _FRAMES.fullmatch(partner):
                raise ValueError(
                    "each is a scheme and a host in small letters, such as https://ecole.example; "
                    "https://*.ecole.example stands for all its subdomains"
                )
        return partners

    @field_validator("rasa_url", "graph_url", "telegram_url", "public_url", "traces_url")
    @classmethod
    def _check_url(cls, url: str | None) -> str | None:
        if url is None:
            return None
        if not re.fullmatch(r"https?://[^\s/?#@]+(/[^\s?#]*)?", url):
            raise ValueError("must be an http:// or https:// address")
        return url.rstrip("/")

    @field_validator("data_dir", "backup_dir")
    @classmethod
    def _make_absolute(cls, folder: Path | None) -> Path | None:
        # The same data whatever folder the command is called from.
        return None if folder is None else (ROOT / folder.expanduser()).resolve()

    @field_validator("hours")
    @classmethod
    def _check_hours(cls, hours: str) -> str:
        parse_week(hours)
        return hours

    @field_validator("smtp_url")
    @classmethod
    def _check_smtp_url(cls, url: SecretStr | None) -> SecretStr | None:
        if url is not None and not re.fullmatch(
            r"smtps?://([^\s/@]+@)?[A-Za-z0-9.\-\[\]:]+/?", url.get_secret_value()
        ):
            raise ValueError("looks like smtp://user:password@mail.example.org:587")
        if url is not None:
            _ = urlsplit(url.get_secret_value()).port  # raises ValueError for one that cannot be
        return url

    @field_validator("heartbeat_url")
    @classmethod
    def _check_heartbeat_url(cls, url: SecretStr | None) -> SecretStr | None:
        if url is not None and not re.fullmatch(
            r"https://[^\s/?#@]+[^\s#]*|http://(127\.0\.0\.1|localhost)(:\d+)?(/[^\s#]*)?",
            url.get_secret_value(),
        ):
            raise ValueError("must be an https:// address")
        return url

    @field_validator("offsite")
    @classmethod
    def _check_offsite(cls, where: SecretStr | None) -> SecretStr | None:
        if where is not None and not re.fullmatch(
            r"https://[^\s?#]+|http://([^\s/@]+@)?127\.0\.0\.1(:\d+)?(/[^\s?#]*)?|/[^\0]*",
            where.get_secret_value(),
        ):
            raise ValueError("is https://user:password@host/folder, or an absolute path")
        return where

    @model_validator(mode="after")
    def _require_copies(self) -> Self:
        if self.offsite is not None and self.backup_dir is None:
            raise ValueError(f"{variables(['offsite'])}: needs RELAIS_BACKUP_DIR")
        return self

    @field_validator("mail_from")
    @classmethod
    def _check_mail_from(cls, sender: str | None) -> str | None:
        if sender is not None and not re.fullmatch(r"[^@\s<>]+@[A-Za-z0-9.\-]+", sender):
            raise ValueError("is one e-mail address")
        return sender

    @field_validator("paging_secret", "webhook_secret")
    @classmethod
    def _check_signing_secret(cls, secret: SecretStr | None) -> SecretStr | None:
        if secret is not None and len(secret.get_secret_value()) < _SHORTEST_SECRET:
            raise ValueError(f"must have at least {_SHORTEST_SECRET} characters")
        return secret

    @field_validator("webhook_urls")
    @classmethod
    def _check_webhook_urls(cls, urls: tuple[str, ...]) -> tuple[str, ...]:
        for url in urls:
            check_receiver(url)
        if len(urls) > MOST_RECEIVERS or len(set(urls)) < len(urls):
            raise ValueError(f"at most {MOST_RECEIVERS} addresses, each once")
        return urls

    @model_validator(mode="after")
    def _require_a_webhook_secret(self) -> Self:
        if self.webhook_urls and self.webhook_secret is None:
            raise ValueError(
                f"{variables(['webhook_secret'])}: needed where RELAIS_WEBHOOK_URLS is set"
            )
        return self

    @model_validator(mode="after")
    def _require_a_sender(self) -> Self:
        if self.smtp_url is not None and self.mail_from is None:
            raise ValueError(f"{variables(['mail_from'])}: needed where RELAIS_SMTP_URL is set")
        return self

    @field_validator("database_url")
    @classmethod
    def _check_database_url(cls, url: SecretStr) -> SecretStr:
        if url and not url.get_secret_value().startswith(
            ("sqlite:///", "mongodb://", "mongodb+srv://")
        ):
            raise ValueError("begins with sqlite:/// or mongodb://")
        return url

    @field_validator("master_key")
    @classmethod
    def _check_master_key(cls, keys: SecretStr) -> SecretStr:
        if keys:
            try:
                parse_master_keys(keys.get_secret_value())
            except ConfigurationError as error:
                raise ValueError(
                    str(error).removeprefix("RELAIS_MASTER_KEY").lstrip(": ")
                ) from None
        return keys

    @model_validator(mode="after")
    def _refuse_weak_secrets_in_production(self) -> Self:
        if self.env == "production":
            weak = [
                name
                for name in ("master_key", "rasa_token")
                if len(getattr(self, name).get_secret_value()) < _SHORTEST_SECRET
            ]
            if weak:
                raise ValueError(
                    f"{variables(weak)}: in production a secret of your own is required "
                    f"(at least {_SHORTEST_SECRET} characters); none is made up"
                )
            if any(partner.startswith("http:") for partner in self.partners):
                raise ValueError(f"{variables(['partners'])}: in production, only https:// sites")
            if not self.origins:
                raise ValueError(
                    f"{variables(['origins'])}: in production, name the sites that may show the "
                    "chat, the gateway's own included"
                )
        return self

    @property
    def production(self) -> bool:
        """Whether defaults and generated secrets are refused."""
        return self.env == "production"

    @property
    def database(self) -> str:
        """The database's URL, the default one filled in. It may hold a password: never print it."""
        url = self.database_url.get_secret_value()
        return url or f"sqlite:///{self.data_dir / 'relais.db'}"

    @property
    def retention(self) -> Retention:
        """How long each class of data is kept."""
        chats = timedelta(days=self.keep_chats_days)
        return Retention(
            chats=chats,
            contacts=chats,
            events=timedelta(days=self.keep_events_days),
            files=timedelta(hours=self.keep_files_hours),
            audit=timedelta(days=self.keep_audit_days),
        )

    @property
    def channels_on(self) -> tuple[str, ...]:
        """The channels that have all their settings; `web` needs none."""
        return ("web", *(c for c in CHANNEL_SETTINGS if not self.missing_of(c)))

    def missing_of(self, channel: str) -> tuple[str, ...]:
        """The variables that a channel still lacks."""
        names = CHANNEL_SETTINGS[channel]
        if channel == "telegram" and self.telegram_polling:
            names = ("telegram_token",)
        return tuple(PREFIX + name.upper() for name in names if getattr(self, name) is None)

    def is_given(self, name: str) -> bool:
        """Whether somebody set this field, rather than leaving its default."""
        return name in self.model_fields_set


def variables(names: list[str]) -> str:
    """The environment variables of fields, for people."""
    return ", ".join(PREFIX + name.upper() for name in names)


def load_settings(env_file: Path | None = ROOT / ".env") -> Settings:
    """The settings of this process, complete: in development the master key is made if missing.

    Raises ConfigurationError that names each wrong variable and repeats no value. Variables that
    begin with `RELAIS_` and mean nothing are warned of.
    """
    try:
        for sentence in unknown_variables(env_file):
            log.warning(sentence)
        settings = Settings(_env_file=env_file)
        if not settings.master_key:
            key = SecretStr(_kept_master_key(settings.data_dir / "master.key"))
            settings = settings.model_copy(update={"master_key": key})
    except ValidationError as error:
        raise ConfigurationError("\n".join(_explain(error))) from None
    except (OSError, UnicodeDecodeError):
        raise ConfigurationError(f"{env_file} cannot be read as UTF-8 text") from None
    for channel in CHANNEL_SETTINGS:
        missing = settings.missing_of(channel)
        if 0 < len(missing) < len(CHANNEL_SETTINGS[channel]):
            log.warning("channel %s is off: %s missing", channel, ", ".join(missing))
    return settings


def _explain(error: ValidationError) -> list[str]:
    lines = []
    for problem in error.errors(include_input=False, include_context=False, include_url=False):
        message = problem["msg"].removeprefix("Value error, ")
        where = problem["loc"][0] if problem["loc"] else None
        lines.append(f"{variables([str(where)])}: {message}" if where else message)
    return lines


def _kept_master_key(path: Path) -> str:
    """The key in the data folder, made on the first start; for development only."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            _write_once(path, new_master_key())
        key = path.read_text().strip()
    except OSError as error:
        raise ConfigurationError(
            f"RELAIS_DATA_DIR: cannot keep files in this folder ({error.strerror})"
        ) from None
    try:
        parse_master_keys(key)
    except ConfigurationError:
        raise ConfigurationError(
            "RELAIS_MASTER_KEY: the generated key in RELAIS_DATA_DIR/master.key is damaged; "
            "restore it, for without it nothing that was kept can be read"
        ) from None
    return key


def _write_once(path: Path, text: str) -> None:
    """Write a private file whole. Of two processes that start at once, one wins; both read it."""
    handle, unfinished = tempfile.mkstemp(dir=path.parent, prefix=".key-")  # made with mode 0600
    try:
        with os.fdopen(handle, "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            path.hardlink_to(unfinished)
    finally:
        Path(unfinished).unlink()


def unknown_variables(env_file: Path | None = ROOT / ".env") -> list[str]:
    """A sentence for each `RELAIS_*` variable that means nothing, probably a slip."""
    named = {name.upper() for name in os.environ}
    if env_file is not None and env_file.is_file():
        named |= {name.upper() for name in dotenv_values(env_file)}
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    sentences = []
    for name in sorted(named - known):
        if name.startswith(PREFIX) and not _OTHERS.fullmatch(name):
            close = difflib.get_close_matches(name, known, n=1, cutoff=0.8)
            hint = f"; did you mean {close[0]}?" if close else ""
            sentences.append(f"{name} is no setting of Relais{hint}")
    return sentences
