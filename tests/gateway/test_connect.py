"""`relais connect` against the fake platforms: what it finds, what it sets, what it never shows."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.sentences import Catalogue
from connectors.telegram.payloads import ALLOWED_UPDATES
from core.labels import Address
from gateway.checking import Check, State
from gateway.connecting import messenger, telegram, whatsapp
from gateway.connecting.channels import ask_platforms
from gateway.connecting.steps import Wish
from gateway.ports import free_port
from gateway.settings import Settings
from gateway.simulation.faults import Fault, FaultKind
from gateway.simulation.graph import FakeGraph, GraphAccounts
from gateway.simulation.telegram import FakeTelegram
from tests.gateway.test_cli import relais

PHONE, BUSINESS, PAGE, INSTAGRAM, APP = "106540352242922", "1022", "1029384756", "17841", "67088"
SECRETS = {
    "whatsapp_token": "whatsapp-t0ken",
    "whatsapp_app_secret": "app-s3cret",
    "whatsapp_verify_token": "whatsapp-v3rify",
    "messenger_page_token": "page-t0ken",
    "messenger_app_secret": "app-s3cret",
    "messenger_verify_token": "page-v3rify",
    "telegram_token": "3018:telegram-t0ken",
    "telegram_secret": "telegram-s3cret",
}
PUBLIC = "https://chat.example.org"
LOOK = Wish(register=False)


def settings_with(**more: Any) -> Settings:
    given = {
        **SECRETS,
        "whatsapp_phone_id": PHONE,
        "whatsapp_business_id": BUSINESS,
        "whatsapp_template": "reprise",
        "messenger_page_id": PAGE,
        "instagram_id": INSTAGRAM,
        "meta_app_id": APP,
        "public_url": PUBLIC,
    }
    return Settings(_env_file=None, **(given | more))


@pytest.fixture
async def graph() -> AsyncIterator[FakeGraph]:
    accounts = GraphAccounts(
        phone_id=PHONE,
        whatsapp_token=SECRETS["whatsapp_token"],
        business_id=BUSINESS,
        page_id=PAGE,
        page_token=SECRETS["messenger_page_token"],
        page_secret=SECRETS["messenger_app_secret"],
        instagram_id=INSTAGRAM,
        app_id=APP,
        app_secret=SECRETS["whatsapp_app_secret"],
    )
    async with FakeGraph(accounts) as graph:
        yield graph


@pytest.fixture
async def bots() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram(SECRETS["telegram_token"]) as bots:
        yield bots


async def found(checks: AsyncIterator[Check]) -> dict[str, Check]:
    """The checks by name; none is told twice, and none tells a secret."""
    by_name: dict[str, Check] = {}
    async for check in checks:
        assert check.name not in by_name
        assert not any(secret in str(check) for secret in SECRETS.values())
        assert check.state is State.OK or check.mend or check.state is State.OFF
        by_name[check.name] = check
    return by_name


def failed(checks: dict[str, Check]) -> set[str]:
    return {name for name, check in checks.items() if check.state is State.FAIL}


# --- WhatsApp -----------------------------------------------------------------------------------


async def test_whatsapp_is_registered_once_and_is_well_from_then_on(graph: FakeGraph) -> None:
    settings = settings_with(graph_url=graph.url)
    before = await found(whatsapp.connect(settings, LOOK))
    assert failed(before) == {"webhook whatsapp", "account", "template"}
    assert graph.setup.subscriptions == {}

    now = await found(whatsapp.connect(settings, Wish(submit_template=True)))
    assert failed(now) == set()
    hook = graph.setup.subscriptions[(APP, "subscriptions", "whatsapp_business_account")]
    assert hook["callback_url"] == f"{PUBLIC}/webhooks/whatsapp"
    assert {field["name"] for field in hook["fields"]} == whatsapp.FIELDS
    (call,) = [c for c in graph.calls if c.path.endswith("/subscriptions") and c.method == "POST"]
    assert call.body["verify_token"] == SECRETS["whatsapp_verify_token"]
    (template,) = graph.setup.templates
    text = Catalogue.load().say("reopen_template", Address.VOUS).text
    assert template["components"] == [{"type": "BODY", "text": text}]
    assert now["template"].state is State.WARN

    template["status"] = "APPROVED"
    calls = len(graph.calls)
    after = await found(whatsapp.connect(settings, Wish(submit_template=True)))
    assert {check.state for check in after.values()} == {State.OK}
    # The batch that asks about the token is the one POST: nothing is registered again.
    assert [c.path for c in graph.calls[calls:] if c.method == "POST"] == ["/v25.0/"]


def _phone(**fields: str) -> Callable[[FakeGraph], None]:
    return lambda graph: graph.setup.phone.update(fields)


def _token(**fields: Any) -> Callable[[FakeGraph], None]:
    return lambda graph: graph.setup.token.update(fields)


def _dead(graph: FakeGraph) -> None:
    graph.faults.add(Fault(FaultKind.DEAD_TOKEN, calls=None))


IN_A_WEEK, IN_TWO_MONTHS = int(time.time()) + 7 * 86_400, int(time.time()) + 60 * 86_400


@pytest.mark.parametrize(
    ("spoil", "name", "state"),
    [
        (_phone(platform_type="NOT_APPLICABLE"), "registration", State.FAIL),
        (_phone(status="BANNED"), "state", State.FAIL),
        (_phone(status="FLAGGED"), "state", State.WARN),
        (_phone(quality_rating="YELLOW"), "quality", State.WARN),
        (_phone(quality_rating="RED"), "quality", State.FAIL),
        (_phone(code_verification_status="EXPIRED"), "confirmation", State.WARN),
        (_phone(name_status="DECLINED"), "display name", State.WARN),
        (_token(is_valid=False), "token", State.FAIL),
        (_token(expires_at=IN_A_WEEK), "token", State.FAIL),
        (_token(expires_at=IN_TWO_MONTHS), "token", State.WARN),
        (_token(data_access_expires_at=IN_A_WEEK), "token", State.FAIL),
        (_token(scopes=["whatsapp_business_messaging"]), "permissions", State.FAIL),
        (_token(scopes=None), "permissions", State.FAIL),
        (_dead, "number", State.FAIL),
    ],
)
async def test_an_account_that_is_not_well_is_told(
    graph: FakeGraph, spoil: Callable[[FakeGraph], None], name: str, state: State
) -> None:
    spoil(graph)
    checks = await found(whatsapp.connect(settings_with(graph_url=graph.url), LOOK))
    assert checks[name].state is state
    assert checks[name].mend


async def test_a_dead_token_stops_before_anything_is_registered(graph: FakeGraph) -> None:
    _dead(graph)
    checks = await found(whatsapp.connect(settings_with(graph_url=graph.url), Wish(to="33600")))
    assert set(checks) == {"token", "number"}
    assert graph.setup.subscriptions == {}


async def test_a_token_of_another_application_is_named(graph: FakeGraph) -> None:
    graph.setup.token["app_id"] = "999"
    told = [c async for c in whatsapp.connect(settings_with(graph_url=graph.url), LOOK)]
    assert any(c.state is State.FAIL and "another application" in c.found for c in told)


async def test_a_webhook_that_somebody_else_had_is_taken_over_and_said_so(graph: FakeGraph) -> None:
    key = (APP, "subscriptions", "whatsapp_business_account")
    graph.setup.subscriptions[key] = {
        "object": "whatsapp_business_account",
        "callback_url": "https://old.example/hook?secret=1",
        "active": True,
        "fields": [{"name": "message_template_status_update"}],
    }
    checks = await found(whatsapp.connect(settings_with(graph_url=graph.url), Wish()))
    assert "old.example" in checks["webhook whatsapp"].found
    assert "secret=1" not in checks["webhook whatsapp"].found
    names = {field["name"] for field in graph.setup.subscriptions[key]["fields"]}
    assert names == whatsapp.FIELDS | {"message_template_status_update"}


@pytest.mark.parametrize(
    ("missing", "told"),
    [
        ("meta_app_id", {"token", "webhook"}),
        ("whatsapp_business_id", {"account"}),
        ("whatsapp_template", {"template"}),
        ("public_url", {"webhook"}),
    ],
)
async def test_what_a_missing_setting_hides_is_said(
    graph: FakeGraph, missing: str, told: set[str]
) -> None:
    settings = settings_with(graph_url=graph.url, **{missing: None})
    checks = await found(whatsapp.connect(settings, Wish(submit_template=True)))
    warned = {name for name, check in checks.items() if check.state is State.WARN}
    assert told <= warned
    for name in told:
        assert f"RELAIS_{missing.upper()}" in str(checks[name])


async def test_a_public_address_without_https_is_refused(graph: FakeGraph) -> None:
    settings = settings_with(graph_url=graph.url, public_url="http://chat.example.org")
    assert "webhook" in failed(await found(whatsapp.connect(settings, Wish())))
    assert (APP, "subscriptions", "whatsapp_business_account") not in graph.setup.subscriptions


@pytest.mark.parametrize(
    ("fault", "state", "word"),
    [
        (None, State.OK, "took it"),
        (FaultKind.CLOSED_WINDOW, State.FAIL, "too long"),
        (FaultKind.BLOCKED, State.FAIL, "131026"),
        (FaultKind.THROTTLED, State.WARN, "130429"),
    ],
)
async def test_a_test_message_tells_what_became_of_it(
    graph: FakeGraph, fault: FaultKind | None, state: State, word: str
) -> None:
    if fault is not None:
        graph.faults.add(Fault(fault))
    checks = await found(
        whatsapp.connect(settings_with(graph_url=graph.url), Wish(to="33600000000"))
    )
    assert checks["test"].state is state
    assert word in checks["test"].found


# --- Messenger and Instagram --------------------------------------------------------------------


async def test_page_and_instagram_are_registered_once(graph: FakeGraph) -> None:
    settings = settings_with(graph_url=graph.url)
    before = await found(messenger.connect(settings, LOOK))
    assert failed(before) == {"page fields", "webhook page", "webhook instagram"}

    assert failed(await found(messenger.connect(settings, Wish(to="777")))) == set()
    ours = graph.setup.subscriptions
    assert set(ours[(PAGE, "subscribed_apps", "")]["subscribed_fields"]) == messenger.PAGE_FIELDS
    for kind in ("page", "instagram"):
        hook = ours[(APP, "subscriptions", kind)]
        assert hook["callback_url"] == f"{PUBLIC}/webhooks/messenger"
    assert failed(await found(messenger.connect(settings, LOOK))) == set()


async def test_a_token_of_another_page_is_refused(graph: FakeGraph) -> None:
    settings = settings_with(graph_url=graph.url, messenger_page_id="42")
    checks = await found(messenger.connect(settings, Wish()))
    assert failed(checks) == {"page"}
    assert "webhook page" not in checks


async def test_instagram_is_the_pages_or_nothing(graph: FakeGraph) -> None:
    other = settings_with(graph_url=graph.url, instagram_id="42")
    assert "instagram" in failed(await found(messenger.connect(other, LOOK)))
    without = await found(
        messenger.connect(settings_with(graph_url=graph.url, instagram_id=None), LOOK)
    )
    assert without["instagram"].state is State.OFF
    assert INSTAGRAM in without["instagram"].mend
    assert "webhook instagram" not in without


# --- Telegram -----------------------------------------------------------------------------------


async def test_telegram_is_registered_with_secret_and_updates(bots: FakeTelegram) -> None:
    settings = settings_with(telegram_url=bots.url)
    assert failed(await found(telegram.connect(settings, LOOK))) == {"webhook"}
    assert bots.webhook["url"] == ""

    checks = await found(telegram.connect(settings, Wish(to="42")))
    assert failed(checks) == set()
    assert checks["bot"].found == "@relais_bot"
    assert bots.webhook["url"] == f"{PUBLIC}/webhooks/telegram"
    assert bots.webhook["allowed_updates"] == ALLOWED_UPDATES
    (call,) = [call for call in bots.calls if call.path == "setWebhook"]
    assert call.body["secret_token"] == SECRETS["telegram_secret"]
    assert checks["test"].state is State.OK


async def test_updates_that_pile_up_and_errors_of_late_are_told(bots: FakeTelegram) -> None:
    bots.webhook |= {
        "url": f"{PUBLIC}/webhooks/telegram",
        "allowed_updates": ALLOWED_UPDATES,
        "pending_update_count": 5000,
        "last_error_date": int(time.time()) - 60,
        "last_error_message": "Wrong response from the webhook: 503\x1b[2J",
    }
    checks = await found(telegram.connect(settings_with(telegram_url=bots.url), LOOK))
    assert checks["webhook"].state is State.OK
    assert checks["updates"].state is checks["last error"].state is State.WARN
    assert "5000" in checks["updates"].found
    assert "\x1b" not in checks["last error"].found
    bots.webhook["last_error_date"] = int(time.time()) - 86_400
    later = await found(telegram.connect(settings_with(telegram_url=bots.url), LOOK))
    assert "last error" not in later


async def test_who_asks_for_updates_has_no_webhook_in_the_way(bots: FakeTelegram) -> None:
    bots.webhook["url"] = "https://elsewhere.example"
    settings = settings_with(telegram_url=bots.url, telegram_polling=True, telegram_secret=None)
    assert failed(await found(telegram.connect(settings, LOOK))) == {"updates"}
    assert failed(await found(telegram.connect(settings, Wish()))) == set()
    assert bots.webhook["url"] == ""


async def test_a_dead_bot_token_is_told_from_a_silent_telegram(bots: FakeTelegram) -> None:
    settings = settings_with(telegram_url=bots.url)
    bots.faults.add(Fault(FaultKind.DEAD_TOKEN, calls=None))
    assert failed(await found(telegram.connect(settings, Wish()))) == {"bot"}
    async with bots.unreachable():
        assert failed(await found(telegram.connect(settings, Wish()))) == {"telegram"}


# --- What holds for all -------------------------------------------------------------------------


async def test_no_token_is_part_of_a_url_of_metas() -> None:
    asked: list[str] = []

    async def anything(request: web.Request) -> web.Response:
        asked.append(request.raw_path)
        answer: Any = {"data": [], "id": PAGE, "instagram_business_account": {"id": INSTAGRAM}}
        if request.path == "/v25.0/":
            answer = [{"code": 200, "body": json.dumps({"data": {"is_valid": True}})}]
        return web.json_response(answer)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", anything)
    async with TestServer(app) as server:
        settings = settings_with(graph_url=str(server.make_url("")).rstrip("/"))
        await found(whatsapp.connect(settings, Wish(submit_template=True, to="33600000000")))
        await found(messenger.connect(settings, Wish(to="777")))
    assert len(asked) > 15
    assert not any(secret in path for path in asked for secret in SECRETS.values())


@pytest.mark.parametrize("body", ["", "null", "[]", "[1]", '{"data": 3}', '{"error": 3}', "<html>"])
async def test_whatever_answers_in_metas_place_only_fails_checks(body: str) -> None:
    async def anything(request: web.Request) -> web.Response:
        return web.Response(text=body, status=502 if body == "" else 200)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", anything)
    async with TestServer(app) as server:
        settings = settings_with(graph_url=str(server.make_url("")).rstrip("/"))
        for connect in (whatsapp.connect, messenger.connect):
            assert failed(await found(connect(settings, Wish(submit_template=True))))


@pytest.mark.parametrize("platform", ["whatsapp", "messenger", "telegram"])
def test_missing_settings_are_named_and_fail(platform: str, tmp_path: Path) -> None:
    answer = relais("connect", platform, data=tmp_path / "data")
    assert answer.returncode == 1
    missing = Settings(_env_file=None).missing_of(platform)
    lines = answer.stdout.splitlines()
    assert len(lines) == len(missing) > 0
    for line, name in zip(lines, missing, strict=True):
        assert line.startswith("fail ")
        assert f" {name} " in line


async def test_the_command_prints_a_line_a_check(bots: FakeTelegram, tmp_path: Path) -> None:
    answer = await asyncio.to_thread(
        relais,
        *("connect", "telegram"),
        data=tmp_path / "data",
        RELAIS_TELEGRAM_URL=bots.url,
        RELAIS_TELEGRAM_TOKEN=SECRETS["telegram_token"],
        RELAIS_TELEGRAM_SECRET=SECRETS["telegram_secret"],
        RELAIS_PUBLIC_URL=PUBLIC,
    )
    assert answer.returncode == 0
    lines = answer.stdout.splitlines()
    assert [line.split()[:2] for line in lines] == [
        ["ok", "bot"],
        ["warn", "groups"],
        ["ok", "webhook"],
        ["ok", "updates"],
    ]
    assert answer.stderr == ""


async def test_the_platforms_are_asked_whether_each_channel_may_speak(
    graph: FakeGraph, bots: FakeTelegram
) -> None:
    settings = settings_with(graph_url=graph.url, telegram_url=bots.url)
    well = dict.fromkeys(("whatsapp", "messenger", "instagram", "telegram"))
    assert await ask_platforms(settings) == well
    bots.faults.add(Fault(FaultKind.DEAD_TOKEN, calls=None))
    async with graph.unreachable():
        asked = await ask_platforms(settings)
    assert asked == dict.fromkeys(well, "unreachable") | {"telegram": "token"}


async def test_a_platform_that_hangs_is_not_waited_for() -> None:
    released = asyncio.Event()

    async def hang(request: web.Request) -> web.Response:
        await released.wait()
        return web.Response()

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", hang)
    async with TestServer(app) as server:
        url = str(server.make_url("")).rstrip("/")
        began = time.monotonic()
        asked = await ask_platforms(settings_with(graph_url=url, telegram_url=url), within=0.3)
        assert set(asked.values()) == {"unreachable"}
        assert time.monotonic() - began < 20
        released.set()


async def test_the_doctor_asks_each_channel_that_is_on(bots: FakeTelegram, tmp_path: Path) -> None:
    bots.faults.add(Fault(FaultKind.DEAD_TOKEN, calls=None))
    answer = await asyncio.to_thread(
        relais,
        "doctor",
        data=tmp_path / "data",
        RELAIS_PORT=str(free_port()),
        RELAIS_TELEGRAM_URL=bots.url,
        RELAIS_TELEGRAM_TOKEN=SECRETS["telegram_token"],
        RELAIS_TELEGRAM_SECRET=SECRETS["telegram_secret"],
    )
    assert answer.returncode == 1
    (line,) = [x for x in answer.stdout.splitlines() if "telegram now" in x]
    assert line.startswith("fail ")
    assert "./relais connect telegram" in line


async def test_the_doctor_tells_what_a_running_gateway_knows(
    bots: FakeTelegram, tmp_path: Path
) -> None:
    async def ready(request: web.Request) -> web.Response:
        components = {"database": "up", "telegram": "paused"}
        return web.json_response({"status": "degraded", "components": components})

    app = web.Application()
    app.router.add_get("/health/ready", ready)
    async with TestServer(app) as gateway:
        answer = await asyncio.to_thread(
            relais,
            "doctor",
            data=tmp_path / "data",
            RELAIS_PORT=str(gateway.port),
            RELAIS_TELEGRAM_URL=bots.url,
            RELAIS_TELEGRAM_TOKEN=SECRETS["telegram_token"],
            RELAIS_TELEGRAM_SECRET=SECRETS["telegram_secret"],
        )
    (line,) = [x for x in answer.stdout.splitlines() if "telegram now" in x]
    assert line.startswith("warn ")
    assert "paused" in line
