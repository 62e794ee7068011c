"""Scripted persons against a gateway that says back what it hears."""

from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from telegram import Bot

from core.errors import RelaisError
from gateway.settings import Settings
from gateway.simulation import play, read_scripts
from gateway.simulation.stage import loopback, stage
from tests.gateway.simulation.parrot import Parrot, script, settings


async def played(line: str) -> tuple[list[dict[str, Any]], Parrot]:
    """The lines of a script, and the gateway it was played against."""
    (script,) = read_scripts(line)
    own = settings()
    gateway = Parrot(own)
    async with (
        TestServer(gateway.app()) as server,
        stage(own, str(server.make_url("")).rstrip("/"), {script.channel}) as platforms,
    ):
        person = platforms.person(script.channel, quiet_after=0.2, timeout=3)
        lines = [line async for line in play(script, person)]
    assert gateway.forged == 0
    return lines, gateway


def said(lines: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(line["from"], line["text"]) for line in lines if "from" in line]


@pytest.mark.parametrize(
    ("channel", "image", "receipts"),
    [
        ("whatsapp", "image", ["sent", "delivered", "read"]),
        ("messenger", "image", ["delivered", "read"]),
        ("instagram", "image", ["read"]),
        ("telegram", "photo", []),
    ],
)
async def test_a_person_writes_taps_and_sends_a_file(
    channel: str, image: str, receipts: list[str]
) -> None:
    lines, _ = await played(
        script(
            channel,
            {"text": "ça va pas/plus"},
            {"choice": "Oui"},
            {"choice": "yes"},
            {"media": "image"},
        )
    )
    assert said(lines) == [
        ("me", "ça va pas/plus"),
        ("relais", "ça va pas/plus"),
        ("me", "Oui"),
        ("relais", "tapped yes"),
        ("me", "Oui"),
        ("relais", "tapped yes"),
        ("me", ""),
        ("relais", image),
    ]
    assert [line["receipt"] for line in lines if "receipt" in line] == receipts * 4
    assert not any("error" in line for line in lines)
    assert {line["channel"] for line in lines} == {channel}


async def test_a_choice_that_came_as_text_is_answered_with_its_number() -> None:
    lines, _ = await played(script("whatsapp", {"text": "numbers"}, {"choice": "Non"}))
    assert said(lines)[2] == ("me", "2")


async def test_a_choice_that_nobody_offered_is_an_error() -> None:
    lines, gateway = await played(script("telegram", {"choice": "Oui"}))
    assert lines == [{"channel": "telegram", "error": "not_offered", "choice": "Oui"}]
    assert gateway.bodies == []


async def test_two_persons_are_never_the_same() -> None:
    (one, _), (two, _) = await played(script("telegram")), await played(script("telegram"))
    assert one == two == []
    bodies = [(await played(script("whatsapp", {"text": "x"})))[1].bodies[0] for _ in range(2)]
    first, second = (b["entry"][0]["changes"][0]["value"]["contacts"][0] for b in bodies)
    assert first["user_id"] != second["user_id"]


async def test_webhooks_can_come_twice_and_out_of_order() -> None:
    lines, gateway = await played(
        script(
            "telegram",
            {"text": "un"},
            {"text": "deux"},
            {"text": "trois"},
            faults=[{"fault": "duplicate"}, {"fault": "reordered", "turn": 2}],
        )
    )
    heard = [body["message"]["text"] for body in gateway.bodies]
    assert heard == ["un", "un", "trois", "deux"]
    assert {"channel": "telegram", "held": True} in lines


async def test_what_is_held_to_the_end_is_delivered_at_the_end() -> None:
    held = [{"fault": "reordered", "calls": 9}]
    lines, gateway = await played(script("telegram", {"text": "un"}, {"text": "deux"}, faults=held))
    assert [body["message"]["text"] for body in gateway.bodies] == ["deux", "un"]
    assert [text for who, text in said(lines) if who == "relais"] == ["deux", "un"]


async def test_an_answer_that_a_fault_swallowed_is_an_error() -> None:
    blocked = [{"fault": "closed_window"}]
    lines, _ = await played(script("messenger", {"text": "allo"}, faults=blocked))
    assert lines[-1] == {"channel": "messenger", "error": "no_answer"}


async def test_a_bot_that_polls_gets_its_updates() -> None:
    own = settings()
    (script_,) = read_scripts(script("telegram", {"text": "allo"}))
    async with (
        TestServer(web.Application()) as server,  # it has no webhook for Telegram
        stage(own, str(server.make_url("")).rstrip("/"), {"telegram"}) as platforms,
        Bot("3018:token", base_url=f"{own.telegram_url}/bot") as bot,
    ):
        person = platforms.person("telegram", quiet_after=0.1, timeout=0.1)
        assert [line async for line in play(script_, person)][-1]["error"] == "no_answer"
        (update,) = await bot.get_updates()
        assert update.message is not None
        assert update.message.text == "allo"


@pytest.mark.parametrize(
    "url",
    [
        "https://graph.facebook.com",
        "http://graph.facebook.com:80",
        "https://127.0.0.1:9000",
        "http://127.0.0.1",
        "http://127.0.0.1:9000/prefix",
        "http://127.0.0.1.example.fr:9000",
    ],
)
def test_no_address_but_this_machine_s_is_a_fake(url: str) -> None:
    with pytest.raises(RelaisError, match=r"RELAIS_GRAPH_URL is .*127\.0\.0\.1:PORT"):
        loopback("graph_url", url)


async def test_a_channel_without_its_settings_is_named() -> None:
    with pytest.raises(RelaisError, match=r"instagram is off: .*RELAIS_INSTAGRAM_ID"):
        async with stage(Settings(_env_file=None), "http://127.0.0.1:1", {"instagram"}):
            pass
