"""What every answer has in common: addresses behind proxies, limits, errors, and silent logs."""

import io
import json
import logging
from collections.abc import AsyncIterator
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
        # A proxy that adds a line of its own instead of lengthening the visitor's.
        (1, ["9.9.9.9", "1.1.1.1"], "1.1.1.1"),
        (2, ["9.9.9.9, 8.8.8.8", "1.1.1.1, 10.0.0.1"], "1.1.1.1"),
        (1, "9.9.9.9, nobody", "127.0.0.1"),
        (1, "9.9.9.9, 1.1.1.1:80", "127.0.0.1"),
        (1, "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        (1, "2001:db8:1:2::7", "2001:db8:1:2::"),
        (1, "::ffff:1.1.1.1", "1.1.1.1"),
        (1, "::1", "::1"),
    ],
)
async def test_only_our_own_proxies_tell_the_address(
    proxies: int, forwarded: str | list[str] | None, seen: str
) -> None:
    async def remote(request: web.Request) -> web.Response:
        return web.Response(text=request.remote)

    app = web.Application(middlewares=[http.behind(proxies)])
    app.router.add_get("/", remote)
    lines = [forwarded] if isinstance(forwarded, str) else forwarded or []
    headers = [("X-Forwarded-For", line) for line in lines]
    async with TestClient(TestServer(app)) as client:
        assert await (await client.get("/", headers=headers)).text() == seen


@pytest.mark.parametrize(
    ("proxies", "forwarded", "inside"),
    [
        (0, None, True),
        (1, "10.0.0.7", True),
        (1, "fd00::7", True),
        (1, "::1", True),
        (1, "9.9.9.9", False),
        (1, "2a00:1450::1", False),
        (1, "::ffff:9.9.9.9", False),
        # Passed on by somebody we know nothing of, or by a proxy that tells us nothing.
        (0, "9.9.9.9", False),
        (0, "127.0.0.1", False),
        (1, "nobody", False),
        (2, "127.0.0.1", False),
    ],
)
async def test_only_the_inside_is_internal(
    proxies: int, forwarded: str | None, inside: bool
) -> None:
    async def internal(request: web.Request) -> web.Response:
        return web.json_response(http.is_internal(request))

    app = web.Application(middlewares=[http.behind(proxies), http.answer_errors])
    app.router.add_get("/", internal)
    headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}
    async with TestClient(TestServer(app)) as client:
        assert await (await client.get("/", headers=headers)).json() is inside


@pytest.mark.parametrize(
    ("path", "size", "status"),
    [
        ("/console", http.WEB_BODY_LIMIT, 200),
        ("/console", http.WEB_BODY_LIMIT + 1, 413),
        ("/webhooks/meta", http.BODY_LIMIT, 200),
        ("/webhooks/meta", http.BODY_LIMIT + 1, 413),
    ],
)
@pytest.mark.parametrize("told", [True, False])
async def test_a_body_is_limited_whether_its_length_is_told_or_not(
    path: str, size: int, status: int, told: bool
) -> None:
    async def length(request: web.Request) -> web.Response:
        return web.Response(text=f"{request.remote} {len(await request.read())}")

    async def chunks() -> AsyncIterator[bytes]:
        for start in range(0, size, 50_000):
            yield b"a" * min(50_000, size - start)

    app = web.Application(
        middlewares=[http.behind(1), http.answer_errors], client_max_size=http.BODY_LIMIT
    )
    app.router.add_post(path, length)
    async with TestClient(TestServer(app)) as client:
        body = b"a" * size if told else chunks()
        answer = await client.post(path, data=body, headers={"X-Forwarded-For": "1.1.1.1"})
        assert answer.status == status
        if status == 200:
            assert await answer.text() == f"1.1.1.1 {size}"


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
