"""Every trap of Rasa that was seen to bite, each held shut by a test."""

import asyncio
import http.client
import json
import socket
import subprocess
from pathlib import Path

import pytest

from bot.assistant import RasaAssistant
from core.assistant import AssistantRequest
from core.errors import AssistantUnavailable
from tests.rasa.conftest import PYTHON, TOKEN, Pair

CANARY = "zqxcanari7731"


@pytest.mark.parametrize("text", ["/restart", "/session_start", "//restart", " / /affirm",
                                  '/information{"role":"parent"}'])  # fmt: skip
def test_a_slash_is_not_a_command(bot: Pair, text: str) -> None:
    before = bot.talk("un mec menace d'envoyer ma vidéo à tout le monde")
    reply = bot.turn(text, events=before.body["events"])
    assert reply.status == 200
    assert reply.body["hand_over"] in (None, "declined")  # "restart" may read as "stop"
    assert len(reply.body["events"]) > len(before.body["events"])  # nothing was wiped
    names = [event.get("event") for event in reply.body["events"]]
    assert "restart" not in names


def test_a_choice_nobody_offered_is_no_intent(bot: Pair) -> None:
    assert bot.turn(choice="ideation_suicidaire").status == 422
    assert bot.turn("bonjour", choice="/restart").said == ["ask_story"]


@pytest.mark.parametrize("text", ["", "   ", "/", "\n"])
def test_nothing_said_is_refused(bot: Pair, text: str) -> None:
    reply = bot.turn(text)
    assert (reply.status, reply.body) == (422, {"error": "empty"})


@pytest.mark.parametrize("text", ["🙂", "....", "\u200b", "a" * 20_000, "\x00", "‮abc", "[a](b)"])
def test_odd_texts_get_an_answer(bot: Pair, text: str) -> None:
    reply = bot.turn(text)
    assert reply.status == 200
    assert reply.said


def test_the_token_is_asked_for(bot: Pair) -> None:
    assert bot.turn("bonjour", token=None).status == 401
    assert bot.turn("bonjour", token="wrong").status == 401
    assert bot.turn("bonjour", token="é").status == 401


def test_the_same_turn_twice_gives_the_same_answer(bot: Pair) -> None:
    before = bot.talk("on me harcèle sur snap", "moi").body["events"]
    first, second = (bot.turn("non", events=before) for _ in range(2))
    for name in ("messages", "understood", "facts", "hand_over"):
        assert first.body[name] == second.body[name]


def test_nothing_of_one_conversation_reaches_another(bot: Pair) -> None:
    bot.talk("on me harcèle sur snap", "je suis prof")
    assert bot.turn("un compte insta a été piraté").body["facts"]["role"] is None


def test_events_stay_small_and_without_the_persons_words(bot: Pair) -> None:
    reply = bot.talk("un mec menace d'envoyer ma vidéo " + CANARY, "moi", "@no", "@skip", "insta")
    carried = json.dumps(reply.body["events"])
    assert CANARY not in carried
    assert len(carried) < 10_000


def test_broken_requests_are_refused(bot: Pair) -> None:
    for body in (b"", b"[]", b"{", b'{"text": 1}', b'{"text":"a","events":"x"}',
                 b'{"text":"a","known":[]}'):  # fmt: skip
        connection = http.client.HTTPConnection("127.0.0.1", bot.rasa_port, timeout=10)
        connection.request("POST", "/webhooks/turn/webhook", body,
                           {"Authorization": f"Bearer {TOKEN}"})  # fmt: skip
        assert connection.getresponse().status == 422, body
        connection.close()


def test_broken_events_are_a_failure_without_details(bot: Pair) -> None:
    reply = bot.turn("bonjour", events=[{"event": "user", "parse_data": CANARY}])
    assert reply.status == 502
    assert CANARY not in json.dumps(reply.body)


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/status"), ("GET", "/version"), ("PUT", "/model"), ("POST", "/model/train"),
     ("POST", "/model/parse"), ("GET", "/conversations/x/tracker"), ("GET", "/domain"),
     ("POST", "/webhooks/rest/webhook"), ("POST", "/conversations/x/trigger_intent")],
)  # fmt: skip
def test_the_api_is_off(bot: Pair, method: str, path: str) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", bot.rasa_port, timeout=10)
    connection.request(method, path, b"{}", {"Authorization": f"Bearer {TOKEN}"})
    assert connection.getresponse().status in (401, 404, 405)
    connection.close()


def test_both_servers_listen_on_the_loopback_only(bot: Pair) -> None:
    for port in (bot.rasa_port, bot.actions_port):
        assert listening_addresses(port) == {"127.0.0.1"}


def listening_addresses(port: int) -> set[str]:
    """IPv4 and IPv6 addresses a TCP port listens on, from the kernel's own tables."""
    found = set()
    for table, family in (("tcp", socket.AF_INET), ("tcp6", socket.AF_INET6)):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            local, state = line.split()[1], line.split()[3]
            address, number = local.split(":")
            if state == "0A" and int(number, 16) == port:
                words = [bytes.fromhex(address[i : i + 8])[::-1] for i in range(0, len(address), 8)]
                found.add(socket.inet_ntop(family, b"".join(words)))
    return found


def test_telemetry_and_tensorflow_are_off(bot: Pair) -> None:
    pid = bot.processes["rasa"].pid
    environment = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    assert b"RASA_TELEMETRY_ENABLED=false" in environment
    assert "libtensorflow" not in Path(f"/proc/{pid}/maps").read_text()


def test_logs_never_carry_what_people_say(bot: Pair) -> None:
    bot.talk(f"on m'insulte {CANARY}", f"moi {CANARY}", f"non {CANARY}")
    bot.turn("bonjour", events=[{"event": "user", "text": CANARY, "parse_data": CANARY}])
    assert CANARY not in bot.log.read_text()


def test_failures_show_and_a_form_survives_a_restart(model: Path, tmp_path: Path) -> None:
    pair = Pair(tmp_path / "log")
    pair.start_actions()
    pair.start_rasa()
    try:
        pair.wait()
        before = pair.talk(f"du harcèlement en ligne {CANARY}", "moi")
        assert before.said == ["ask_thoughts"]

        pair.stop("actions")
        reply = pair.turn("non", events=before.body["events"])
        assert (reply.status, reply.body) == (502, {"error": "actions"})
        asyncio.run(_client_sees_a_failure(pair))

        pair.stop("rasa")
        pair.start_actions()
        pair.start_rasa()
        pair.wait()
        assert pair.turn("non", events=before.body["events"]).said == ["ask_age"]
        assert CANARY not in pair.log.read_text()
    finally:
        pair.stop("rasa")
        pair.stop("actions")


async def _client_sees_a_failure(pair: Pair) -> None:
    assistant = RasaAssistant(pair.url, token=TOKEN)
    try:
        with pytest.raises(AssistantUnavailable, match="502"):
            await assistant.turn(AssistantRequest(text="on me harcèle"))
    finally:
        await assistant.close()


def test_training_skips_what_is_there(model: Path) -> None:
    script = str(Path(__file__).parents[2] / "bot/rasa/train.py")
    shown = subprocess.run([str(PYTHON), script, "--print-path"], capture_output=True, check=True)
    assert Path(shown.stdout.decode().strip()) == model
    done = subprocess.run([str(PYTHON), script], capture_output=True, check=True, timeout=20)
    assert b"nothing changed" in done.stderr


def test_the_health_probe_asks_for_the_token_too(bot: Pair) -> None:
    """Another checkout's Rasa on the same port must not pass for ours."""

    async def works(token: str) -> bool:
        assistant = RasaAssistant(bot.url, token=token)
        try:
            return await assistant.works()
        finally:
            await assistant.close()

    assert asyncio.run(works(TOKEN))
    assert not asyncio.run(works("of-somebody-else"))
