"""Traces tell how long each step takes, to a real collector, and no word of anybody."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from gateway.traces import ALLOWED, Traces
from tests.gateway.gateways import running

CANARY = "canari-7f3a-jamais-ailleurs"


class Collector:
    """Takes traces as an OpenTelemetry collector does."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.status = 200

    async def take(self, request: web.Request) -> web.Response:
        self.bodies.append(await request.read())
        return web.Response(status=self.status)

    @property
    def spans(self) -> dict[str, list[dict[str, object]]]:
        """The attributes of each span, by its name."""
        found: dict[str, list[dict[str, object]]] = {}
        for body in self.bodies:
            for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
                for scope in resource.scope_spans:
                    for span in scope.spans:
                        assert not span.events
                        assert not span.status.message
                        values = {
                            one.key: one.value.string_value or one.value.int_value
                            for one in span.attributes
                        }
                        found.setdefault(span.name, []).append(values)
        return found


@asynccontextmanager
async def a_collector() -> AsyncIterator[tuple[Collector, str]]:
    collector = Collector()
    app = web.Application()
    app.router.add_post("/v1/traces", collector.take)
    async with TestServer(app) as server:
        yield collector, str(server.make_url("")).rstrip("/")


async def test_a_conversation_leaves_spans_and_no_word(tmp_path: Path) -> None:
    async with a_collector() as (collector, url):
        traces = Traces(url)
        async with running(tmp_path, traces=traces) as gateway:
            visit = await gateway.visit()
            await visit.connect()
            await visit.say(f"bonjour {CANARY}")
            await visit.frame("message", **{"from": "assistant"})
            gateway.assistant.dead = True
            await visit.say(f"encore {CANARY}")
            await visit.frame("state", owner="queue")
            await visit.say(f"DANGER {CANARY}")
        await traces.close()
    spans = collector.spans
    assert {"intake", "screening", "bot turn", "lane inbound", "lane assistant"} <= set(spans)
    assert "lane delivery" in spans
    assert {name for each in spans.values() for one in each for name in one} <= ALLOWED
    assert {"count": 1, "channel": "web", "duplicates": 0} in spans["intake"]
    assert "critique" in {one["urgency"] for one in spans["screening"]}
    assert "AssistantUnavailable" in {one.get("error") for one in spans["bot turn"]}
    sent = b"".join(collector.bodies)
    for secret in (CANARY, visit.token, str(tmp_path)):
        assert secret.encode() not in sent


async def test_what_is_not_on_the_list_is_refused() -> None:
    with Traces().step("intake") as step, pytest.raises(ValueError, match="text"):
        step.note(text=CANARY)


async def test_an_error_is_told_by_its_type_alone() -> None:
    async with a_collector() as (collector, url):
        traces = Traces(url)
        with pytest.raises(KeyError), traces.step("intake"):
            raise KeyError(CANARY)
        await traces.close()
    assert collector.spans == {"intake": [{"error": "KeyError"}]}
    assert CANARY.encode() not in b"".join(collector.bodies)


async def test_a_collector_that_is_away_or_refuses_stops_nothing(tmp_path: Path) -> None:
    async with a_collector() as (collector, url):
        collector.status = 500
        for where in (url, "http://127.0.0.1:9"):
            traces, folder = Traces(where), tmp_path / str(len(where))
            folder.mkdir()
            async with running(folder, traces=traces) as gateway:
                visit = await gateway.visit()
                await visit.connect()
                await visit.say("bonjour")
                await visit.frame("message", **{"from": "assistant"})
            async with asyncio.timeout(60):
                await traces.close()


async def test_without_a_collector_nothing_is_made() -> None:
    traces = Traces()
    with traces.step("intake") as step:
        step.note(count=1)
    await traces.close()
