"""What `relais doctor` looks at. Each check is one line: what was found, and how to mend it.

No check changes anything, except that the database is opened (and so its schema made current) and
one durable write is tried.
"""

import asyncio
import platform
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import aiohttp

from bot.reading_model.files import model_path
from core.errors import ConfigurationError, RelaisError
from gateway import botservice
from gateway.checking import Check, State
from gateway.connecting.channels import ask_platforms
from gateway.copychecks import copies_in
from gateway.ports import is_free
from gateway.run import base_url, running_bot
from gateway.settings import (
    CHANNEL_SETTINGS,
    ROOT,
    Settings,
    load_settings,
    unknown_variables,
)
from gateway.stores import opened_store
from scripts import bootstrap, interpreters

_LITTLE_SPACE, _NO_SPACE = 2_000_000_000, 200_000_000
_PATIENCE = 15.0
# Two platforms behind one set of settings.
_PLATFORM_OF = {"instagram": "messenger"}


async def examine() -> AsyncIterator[Check]:
    """All checks, in the order in which things depend on each other."""
    yield _python()
    for check in (*_environments(), _model(), _clock()):
        yield check
    for sentence in unknown_variables():
        yield Check(State.WARN, "settings", sentence, "correct or remove it")
    try:
        settings = load_settings()
    except ConfigurationError as error:
        for line in str(error).splitlines():
            yield Check(State.FAIL, "settings", line, "see .env.example")
        return
    yield Check(State.OK, "settings", settings.env)
    yield _master_key(settings)
    yield _data_folder(settings)
    yield _free_space(settings)
    for check in copies_in(settings):
        yield check
    async for check in _database(settings):
        yield check
    yield _outside(settings)
    gateway, components = await _gateway(settings)
    yield Check(State.OK, "channel web", "on")
    for channel in CHANNEL_SETTINGS:
        yield _channel(settings, channel)
    async for check in _platforms(settings, components):
        yield check
    yield gateway
    yield await _assistant(settings)


def _python() -> Check:
    # An older one would not have come this far: ./relais looks for 3.11 or later.
    found = f"Python {platform.python_version()} for the gateway"
    if sys.version_info[:2] > bootstrap.NEWEST:
        return Check(State.WARN, "python", found, "newer than what the locks were tested with")
    return Check(State.OK, "python", found)


def _environments() -> list[Check]:
    stale = bootstrap.out_of_step()
    checks = []
    if stale["gateway"]:
        checks.append(Check(State.WARN, "packages", "differ from requirements/", "run ./relais"))
    else:
        checks.append(Check(State.OK, "packages", "in step with requirements/gateway.txt"))
    if not stale["rasa"]:
        checks.append(Check(State.OK, "rasa packages", "in step with bot/rasa/requirements.txt"))
    elif botservice.RASA_PYTHON.exists():
        checks.append(
            Check(State.WARN, "rasa packages", "differ from their lock", "./relais run mends it")
        )
    elif interpreters.find_newest(lambda v: v[:2] == (3, 10)):
        checks.append(Check(State.WARN, "rasa packages", "not installed", "./relais run does it"))
    else:
        checks.append(
            Check(
                State.WARN,
                "rasa packages",
                "no Python 3.10 on this machine: no assistant, people go straight to a listener",
                "pyenv install 3.10, or let ./relais run try to fetch one",
            )
        )
    return checks


def _model() -> Check:
    path = model_path(ROOT)
    if path.exists():
        return Check(State.OK, "model", f"current ({path.name})")
    found = "not trained since its data changed" if any(path.parent.glob("*.tar.gz")) else "none"
    return Check(State.WARN, "model", found, "make train, or ./relais run")


def _clock() -> Check:
    try:
        paris = datetime.now(ZoneInfo("Europe/Paris"))
    except ZoneInfoNotFoundError:
        return Check(State.FAIL, "clock", "no time zone data", "install the tzdata package")
    # The locks were made before now, unless the clock is wrong.
    newest_file = (ROOT / "requirements/gateway.txt").stat().st_mtime
    if datetime.now(UTC).timestamp() < newest_file - 86_400:
        return Check(State.FAIL, "clock", f"{paris:%Y-%m-%d %H:%M} is past", "set the clock (NTP)")
    return Check(State.OK, "clock", f"{paris:%Y-%m-%d %H:%M} in Paris")


def _master_key(settings: Settings) -> Check:
    if not (settings.data_dir / "master.key").exists():
        return Check(State.OK, "master key", "given by RELAIS_MASTER_KEY")
    if settings.production:
        return Check(
            State.WARN, "master key", "a development key lies in the data folder", "remove it"
        )
    return Check(State.OK, "master key", "made for development, in RELAIS_DATA_DIR/master.key")


def _data_folder(settings: Settings) -> Check:
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=settings.data_dir) as file:
            file.write(b"1")
    except OSError as error:
        return Check(
            State.FAIL,
            "data folder",
            f"{settings.data_dir}: {error.strerror}",
            "choose another RELAIS_DATA_DIR or give this user the right to write there",
        )
    return Check(State.OK, "data folder", str(settings.data_dir))


def _free_space(settings: Settings) -> Check:
    try:
        free = shutil.disk_usage(settings.data_dir).free
    except OSError as error:
        return Check(State.FAIL, "free space", f"unknown: {error.strerror}")
    found = f"{free / 1e9:.1f} GB"
    if free < _NO_SPACE:
        return Check(State.FAIL, "free space", found, "messages will soon be refused: make room")
    if free < _LITTLE_SPACE:
        return Check(State.WARN, "free space", found, "make room")
    return Check(State.OK, "free space", found)


def _outside(settings: Settings) -> Check:
    if settings.heartbeat_url is not None:
        return Check(State.OK, "dead-man check", "gateways call RELAIS_HEARTBEAT_URL")
    mend = "docs/operations.md#the-dead-man-check"
    state = State.WARN if settings.production else State.OFF
    return Check(state, "dead-man check", "nobody outside hears whether we live", mend)


async def _database(settings: Settings) -> AsyncIterator[Check]:
    kind = settings.database.partition(":")[0]
    try:
        async with asyncio.timeout(_PATIENCE), opened_store(settings) as store:
            await store.check()
            accounts = [account for account in await store.listeners() if not account.disabled]
    except TimeoutError:
        yield Check(
            State.FAIL, "database", f"{kind} does not answer", "start it; see RELAIS_DATABASE_URL"
        )
    except (RelaisError, ImportError) as error:
        yield Check(State.FAIL, "database", f"{kind}: {error}", "see RELAIS_DATABASE_URL")
    else:
        yield Check(State.OK, "database", f"{kind} keeps what is written")
        if accounts:
            yield Check(State.OK, "accounts", f"{len(accounts)} open")
        else:
            yield Check(
                State.WARN, "accounts", "none: nobody can answer", "./relais user add LOGIN"
            )


def _channel(settings: Settings, channel: str) -> Check:
    missing = settings.missing_of(channel)
    name = f"channel {channel}"
    if not missing:
        return Check(State.OK, name, "on")
    if len(missing) == len(CHANNEL_SETTINGS[channel]):
        return Check(State.OFF, name, "off", f"set {', '.join(missing)}")
    return Check(
        State.WARN, name, "off: only half of its settings are there", f"set {', '.join(missing)}"
    )


async def _platforms(settings: Settings, components: Mapping[str, str]) -> AsyncIterator[Check]:
    """What each platform says to us now, and whether the running gateway gets through to it."""
    try:
        codes = await ask_platforms(settings) if len(settings.channels_on) > 1 else {}
    except ConfigurationError as error:
        yield Check(State.FAIL, "platforms", str(error), "see .env.example")
        return
    for channel, code in codes.items():
        name, connect = f"{channel} now", f"./relais connect {_PLATFORM_OF.get(channel, channel)}"
        seen = components.get(channel, "up")
        if code is None and seen == "up":
            yield Check(State.OK, name, "the platform lets us speak")
        elif code is None:
            yield Check(State.WARN, name, f"works, but the gateway has it {seen}", connect)
        elif code == "unreachable":
            yield Check(State.WARN, name, "does not answer", f"look at the network; {connect}")
        else:
            yield Check(State.FAIL, name, f"the platform refuses us: {code}", connect)


async def _gateway(settings: Settings) -> tuple[Check, Mapping[str, str]]:
    """The running gateway, and the states of its parts as it knows them."""
    try:
        if is_free(settings.host, settings.port):
            return Check(State.OFF, "gateway", f"not running; port {settings.port} is free"), {}
    except ConfigurationError as error:
        return Check(State.FAIL, "gateway", str(error)), {}
    try:
        timeout = aiohttp.ClientTimeout(total=5)
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.get(f"{base_url(settings)}/health/ready") as response,
        ):
            body = await response.json()
            status = str(body["status"])
            components = {str(name): str(state) for name, state in body["components"].items()}
    except (
        aiohttp.ClientError,
        OSError,
        TimeoutError,
        ValueError,
        LookupError,
        TypeError,
        AttributeError,
    ):
        return Check(
            State.FAIL,
            "gateway",
            f"another program listens on port {settings.port}",
            "stop it, or choose another RELAIS_PORT",
        ), {}
    state = {"ready": State.OK, "degraded": State.WARN}.get(status, State.FAIL)
    return Check(state, "gateway", f"running, {status}"), components


async def _assistant(settings: Settings) -> Check:
    run = running_bot(settings)
    url, token = run or (settings.rasa_url, settings.rasa_token.get_secret_value())
    if await botservice.is_up(url, token):
        return Check(State.OK, "assistant", f"answers at {url}")
    if run or settings.is_given("rasa_url"):
        return Check(
            State.WARN,
            "assistant",
            f"does not answer at {url}: people go straight to a listener",
            f"see {settings.data_dir / 'logs' / 'rasa.log'}",
        )
    return Check(State.OFF, "assistant", "not running", "./relais run starts it")
