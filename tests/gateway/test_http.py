"""What every answer has in common: addresses behind proxies, limits, errors, and silent logs."""

import io
import json
import logging
from contextlib import redirect_stdout
from pathlib import Path

import pytest
import structlog
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from core.errors import StorageUnavailable
from gateway import http
from gateway.logs import configure_logs, only_allowed
from tests.gateway.gateways import running

CANARY = "nom-ou-texte-6b1f"


@pytest.mark.parametrize(
    ("proxies", "forwarded", "seen"),
    [
        (0, "1.1.1.1", "127.0.0.1"),
        (1, "9.9.9.9, 1.1.1.1", "1.1.1.1"),
        (2, "9.9.9.9, 1.1.1.1, 10.0.0.1", "1.1.1.1"),
        (2, "1.1.1.1", "127.0.0.1"),
        (1, "", "127.0.0.1"),
        (1, None, "127.0.0.1"),
    ],
)
async def test_only_our_own_proxies_tell_the_address(
    proxies: int, forwarded: str | None, seen: str
) -> None:
    async def remote(request: web.Request) -> web.Response:
        return web.Response(text=request.remote)

    app = web.Application(middlewares=[http.behind(proxies)])
    app.router.add_get("/", remote)
    headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}
    async with TestClient(TestServer(app)) as client:
        assert await (await client.get("/", headers=headers)).text() == seen


async def test_errors_say_nothing_of_what_went_wrong() -> None:
    async def broken(request: web.Request) -> web.Response:
        raise ValueError(CANARY)

    async def down(request: web.Request) -> web.Response:
        raise StorageUnavailable

    app = web.Application(middlewares=[http.answer_errors])
    app.router.add_get("/broken", broken)
    app.router.add_get("/down", down)
    said = io.StringIO()
    with redirect_stdout(said):
        configure_logs()
        structlog.reset_defaults()
        async with TestClient(TestServer(app)) as client:
            answer = await client.get(f"/broken?token={CANARY}")
            assert answer.status == 500
            assert CANARY not in await answer.text()
            assert (await client.get("/down")).status == 503
    assert CANARY not in said.getvalue()


def test_a_field_that_is_not_on_the_list_is_not_logged() -> None:
    entry = {"event": "x", "text": CANARY, "phone": CANARY, "lane": "inbound", "error": "E" * 300}
    assert only_allowed(None, "info", entry) == {"event": "x", "lane": "inbound"}


def test_libraries_are_heard_without_their_words() -> None:
    said = io.StringIO()
    with redirect_stdout(said):
        configure_logs()
        try:
            raise ValueError(CANARY)
        except ValueError:
            logging.getLogger("some.library").exception("failed for %s", CANARY)
    structlog.reset_defaults()
    assert CANARY not in said.getvalue()
    assert json.loads(said.getvalue().splitlines()[-1])["logger"] == "some.library"


async def test_a_whole_conversation_leaves_no_word_in_logs_metrics_or_files(
    tmp_path: Path,
) -> None:
    said = io.StringIO()
    with redirect_stdout(said):
        configure_logs()
        async with running(tmp_path) as gateway:
            visit = await gateway.visit()
            await visit.connect()
            await visit.say(f"DANGER {CANARY}")
            await visit.frame("state", owner="queue")
            metrics = await (await gateway.client.get("/metrics")).text()
    structlog.reset_defaults()
    files = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    for place in (said.getvalue(), metrics, files.decode("latin-1")):
        assert CANARY not in place
        assert visit.token not in place
