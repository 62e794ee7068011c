"""The client of Rasa against a server that misbehaves in every way we know."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web

from bot.assistant import Breaker, RasaAssistant
from core.assistant import AssistantRequest, HandOver
from core.errors import AssistantUnavailable
from core.labels import Issue, Role, Urgency
from core.skills import Language

CANARY = "zqx-canari-7731"
REQUEST = AssistantRequest(text=CANARY, known={"role": "parent"})
GOOD: dict[str, Any] = {
    "events": [{"event": "action", "name": "action_listen"}],
    "messages": [{"sentence": "gesture_sextorsion", "values": {}}, {"sentence": "ask_role"}],
    "understood": {
        "issue": "sextorsion",
        "issue_confidence": 0.9,
        "issue_ranking": [["sextorsion", 0.9]],
        "issue_secondary": "grooming",
        "danger_probability": 0.01,
    },
    "facts": {
        "role": "victime_mineure",
        "platform": "inconnu",
        "age_band": "moins_15",
        "since": "hier",
        "death_thoughts": None,
    },
    "hand_over": None,
}

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def answering(body: Any, status: int = 200) -> Handler:
    async def handler(_: web.Request) -> web.StreamResponse:
        text = body if isinstance(body, str) else json.dumps(body)
        return web.Response(text=text, status=status, content_type="application/json")

    return handler


@asynccontextmanager
async def serving(handler: Handler) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_post("/webhooks/turn/webhook", handler)
    app.router.add_get("/webhooks/turn/", answering({"status": "ok"}))
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def asking(url: str, **options: Any) -> AsyncIterator[RasaAssistant]:
    assistant = RasaAssistant(url, **{"timeout": 0.3, **options})
    try:
        yield assistant
    finally:
        await assistant.close()


async def fails(handler: Handler) -> str:
    async with serving(handler) as url, asking(url) as assistant:
        with pytest.raises(AssistantUnavailable) as caught:
            await assistant.turn(REQUEST)
        return str(caught.value)


@pytest.mark.parametrize(
    ("told", "heard"),
    [("en", Language.ANGLAIS), ("other", None), (None, None), (7, None)],
)
def test_a_language_that_nobody_here_may_write_is_none(told: object, heard: object) -> None:
    async def scenario() -> None:
        async with serving(answering(GOOD | {"language": told})) as url, asking(url) as assistant:
            assert (await assistant.turn(REQUEST)).language is heard

    asyncio.run(scenario())


def test_a_good_answer_is_read() -> None:
    seen: list[Any] = []

    async def handler(request: web.Request) -> web.StreamResponse:
        seen.append((request.headers.get("Authorization"), await request.json()))
        return web.json_response(GOOD)

    async def scenario() -> None:
        read = {CANARY: {"sextorsion": 0.9}}
        async with (
            serving(handler) as url,
            asking(url, token="secret", read_lately=read.get) as assistant,
        ):
            turn = await assistant.turn(REQUEST)
            assert turn.assessment.issue is None  # what a text is about was read before
            turn = await assistant.turn(
                AssistantRequest(text="", choice="issue_images", dialogue=turn.dialogue)
            )
        assert [said.sentence for said in turn.said] == ["gesture_sextorsion", "ask_role"]
        assert turn.hand_over is None
        assessment = turn.assessment
        assert assessment.issue is Issue.SEXTORSION
        assert assessment.issue_secondary is Issue.GROOMING
        assert assessment.role is Role.VICTIME_MINEURE
        assert assessment.platform is None  # "inconnu" is not a platform
        assert assessment.age_band == "moins_15"
        assert {fact.name: fact.value for fact in assessment.facts} == {"since": "hier"}

    asyncio.run(scenario())
    assert seen[0][0] == "Bearer secret"
    assert seen[0][1] == {
        "text": CANARY, "choice": None, "events": [], "known": {"role": "parent"},
        "intents": {"sextorsion": 0.9},
    }  # fmt: skip
    assert seen[1][1]["events"] == GOOD["events"]
    assert seen[1][1]["choice"] == "issue_images"


def test_danger_raises_the_urgency() -> None:
    async def scenario() -> None:
        body = {**GOOD, "messages": [{"sentence": "danger_support"}], "hand_over": "danger"}
        async with serving(answering(body)) as url, asking(url) as assistant:
            turn = await assistant.turn(REQUEST)
        assert turn.hand_over is HandOver.DANGER
        assert turn.assessment.urgency is Urgency.ELEVEE

    asyncio.run(scenario())


@pytest.mark.parametrize(
    "handler",
    [
        pytest.param(answering({"error": "actions"}, 502), id="actions down"),
        pytest.param(answering("oops", 500), id="500"),
        pytest.param(answering("", 200), id="empty 200"),
        pytest.param(answering("[]", 200), id="empty list"),
        pytest.param(answering("{not json", 200), id="broken json"),
        pytest.param(answering({**GOOD, "messages": []}), id="nothing said"),
        pytest.param(answering({**GOOD, "hand_over": "whatever"}), id="unknown hand-over"),
        pytest.param(answering({**GOOD, "events": "x"}), id="events not a list"),
        pytest.param(answering({k: v for k, v in GOOD.items() if k != "facts"}), id="no facts"),
        pytest.param(answering({"messages": [{}]}), id="message without a sentence"),
        pytest.param(answering({"error": "empty"}, 422), id="request refused"),
        pytest.param(answering(json.dumps({**GOOD, "x": "y" * 600_000})), id="too long"),
        pytest.param(answering({"error": "unauthorized"}, 401), id="wrong token"),
    ],
)
def test_no_usable_answer_is_a_failure(handler: Handler) -> None:
    assert CANARY not in asyncio.run(fails(handler))


def test_a_slow_server_costs_no_more_than_the_limit() -> None:
    async def slow(_: web.Request) -> web.StreamResponse:
        await asyncio.sleep(5)
        return web.json_response(GOOD)

    async def drip(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        for _ in range(50):
            await response.write(b" ")
            await asyncio.sleep(0.1)
        return response

    async def scenario(handler: Handler) -> float:
        started = asyncio.get_running_loop().time()
        async with serving(handler) as url, asking(url) as assistant:
            with pytest.raises(AssistantUnavailable):
                await assistant.turn(REQUEST)
            return asyncio.get_running_loop().time() - started

    assert asyncio.run(scenario(slow)) < 4
    assert asyncio.run(scenario(drip)) < 4


def test_a_dead_server_is_a_failure() -> None:
    async def scenario() -> None:
        async with asking("http://127.0.0.1:9") as assistant:
            with pytest.raises(AssistantUnavailable):
                await assistant.turn(REQUEST)
            assert not await assistant.works()

    asyncio.run(scenario())


def test_the_circuit_opens_probes_and_recovers() -> None:
    calls = 0
    broken = True
    now = 0.0

    async def handler(_: web.Request) -> web.StreamResponse:
        nonlocal calls
        calls += 1
        return web.json_response(GOOD, status=500 if broken else 200)

    async def scenario() -> None:
        nonlocal broken, now
        breaker = Breaker(failures=3, pause=5.0, clock=lambda: now)
        async with serving(handler) as url, asking(url, breaker=breaker) as assistant:
            for _ in range(10):
                with pytest.raises(AssistantUnavailable):
                    await assistant.turn(REQUEST)
            assert calls == 3
            assert assistant.suspended
            now = 6.0
            for _ in range(4):  # one probe, which fails, then closed doors again
                with pytest.raises(AssistantUnavailable):
                    await assistant.turn(REQUEST)
            assert calls == 4
            broken = False
            now = 12.0
            await assistant.turn(REQUEST)
            assert not assistant.suspended
            await assistant.turn(REQUEST)
            assert calls == 6

    asyncio.run(scenario())


def test_a_suspended_assistant_is_tried_with_a_turn_of_our_own() -> None:
    broken = True

    async def handler(_: web.Request) -> web.StreamResponse:
        return web.json_response(GOOD, status=500 if broken else 200)

    async def scenario() -> None:
        nonlocal broken
        breaker = Breaker(failures=3, pause=1000.0, clock=lambda: 0.0)
        async with serving(handler) as url, asking(url, breaker=breaker) as assistant:
            assert await assistant.works()
            for _ in range(3):
                with pytest.raises(AssistantUnavailable):
                    await assistant.turn(REQUEST)
            assert not await assistant.works(), "it answers, but its turns fail"
            assert assistant.suspended
            broken = False
            assert await assistant.works()
            assert not assistant.suspended
            await assistant.turn(REQUEST)

    asyncio.run(scenario())


def test_a_malformed_request_does_not_open_the_circuit() -> None:
    async def scenario() -> None:
        async with serving(answering({}, 422)) as url, asking(url) as assistant:
            for _ in range(10):
                with pytest.raises(AssistantUnavailable):
                    await assistant.turn(REQUEST)
            assert not assistant.suspended

    asyncio.run(scenario())


def test_damaged_dialogue_state_starts_again() -> None:
    async def scenario() -> None:
        async with serving(answering(GOOD)) as url, asking(url) as assistant:
            turn = await assistant.turn(AssistantRequest(text="a", dialogue="{broken"))
            assert turn.said

    asyncio.run(scenario())


def test_logs_and_errors_never_carry_the_text(caplog: pytest.LogCaptureFixture) -> None:
    echo = {**GOOD, "messages": [{"sentence": CANARY, "values": CANARY}], "hand_over": CANARY}
    with caplog.at_level(logging.DEBUG):
        message = asyncio.run(fails(answering(echo)))
    assert CANARY not in message
    assert CANARY not in caplog.text.replace("asyncio", "")
