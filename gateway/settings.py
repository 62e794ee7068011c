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
from pathlib import Path
from typing import Annotated, Literal, Self

from dotenv import dotenv_values
from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from core.errors import ConfigurationError
from core.sealing import new_master_key, parse_master_keys

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
_HOURS = re.compile(
    r"(mon|tue|wed|thu|fri|sat|sun)(-(mon|tue|wed|thu|fri|sat|sun))?"
    r" ([01]\d|2[0-3]):[0-5]\d-(([01]\d|2[0-3]):[0-5]\d|24:00)"
)
_SHORTEST_SECRET = 24


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
    data_dir: Path = Path("data")
    database_url: SecretStr = SecretStr("")
    master_key: SecretStr = SecretStr("")
    hours: str = "mon-sun 09:00-23:00"

    burst: float = Field(default=2.0, ge=0, le=10)
    proxies: int = Field(default=0, ge=0, le=5)
    rate_per_address: int = Field(default=600, ge=10)

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
    messenger_page_token: SecretStr | None = None
    messenger_app_secret: SecretStr | None = None
    messenger_verify_token: SecretStr | None = None
    messenger_page_id: str | None = None
    telegram_token: SecretStr | None = None
    telegram_secret: SecretStr | None = None

    @field_validator("origins", mode="before")
    @classmethod
    def _split_origins(cls, value: object) -> object:
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

    @field_validator("rasa_url", "graph_url", "telegram_url")
    @classmethod
    def _check_url(cls, url: str) -> str:
        if not re.fullmatch(r"https?://[^\s/?#@]+(/[^\s?#]*)?", url):
            raise ValueError("must be an http:// or https:// address")
        return url.rstrip("/")

    @field_validator("data_dir")
    @classmethod
    def _make_absolute(cls, folder: Path) -> Path:
        # The same data whatever folder the command is called from.
        return (ROOT / folder.expanduser()).resolve()

    @field_validator("hours")
    @classmethod
    def _check_hours(cls, hours: str) -> str:
        if not all(_HOURS.fullmatch(part.strip()) for part in hours.split(";")):
            raise ValueError("looks like: mon-fri 09:00-23:00; sat 10:00-20:00")
        return hours

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
    def channels_on(self) -> tuple[str, ...]:
        """The channels that have all their settings; `web` needs none."""
        return ("web", *(c for c in CHANNEL_SETTINGS if not self.missing_of(c)))

    def missing_of(self, channel: str) -> tuple[str, ...]:
        """The variables that a channel still lacks."""
        names = CHANNEL_SETTINGS[channel]
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
