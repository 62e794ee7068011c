"""The relais command, run as people run it: its results, its errors, its exit codes."""

import asyncio
import json
import os
import re
import resource
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from aiohttp import WSMsgType, web
from aiohttp.test_utils import TestServer

from core.errors import RelaisError
from core.signalement.evidence import export, recorded
from gateway.removals import signer_of
from gateway.settings import ROOT, load_settings
from gateway.simulation import play_web, read_scripts
from gateway.stores import open_vault, opened_store
from handoff.passwords import hash_password, new_one_time_password, verify_password
from tests.builders import NOON
from tests.signalements import LISTENER, a_case


def relais(
    *arguments: str, data: Path, said: str = "", **environ: str
) -> subprocess.CompletedProcess[str]:
    env = {name: value for name, value in os.environ.items() if not name.startswith("RELAIS_")}
    return subprocess.run(
        [sys.executable, "-P", str(ROOT / "gateway/__main__.py"), *arguments],
        env=env | {"RELAIS_DATA_DIR": str(data)} | environ,
        cwd=data.parent,
        input=said,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


def children_seconds() -> float:
    """Processor time of the children that have ended: the same however busy the machine is."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def test_help_is_quick_and_names_every_command(data: Path) -> None:
    began = children_seconds()
    answer = relais("--help", data=data)
    assert children_seconds() - began < 1
    for command in ("run", "serve", "doctor", "user", "triage", "simulate"):
        assert re.search(rf"^  {command} ", answer.stdout, re.MULTILINE)
        assert relais(command, "--help", data=data).returncode == 0
    assert not data.exists()


def test_an_account_from_its_first_day_to_its_last(data: Path) -> None:
    added = relais("user", "add", "Zoe", "--name", "Zoé", data=data)
    assert added.returncode == 0
    login, first = added.stdout.split()
    assert login == "zoe"
    assert re.fullmatch(r"[a-z]{6}(-[a-z]{6}){3}", first)
    assert "Zoé" in relais("user", "list", data=data).stdout
    _, second = relais("user", "reset", "zoe", data=data).stdout.split()
    assert second != first
    assert relais("user", "disable", "ZOE", data=data).returncode == 0
    assert re.search(r"zoe +listener +disabled +Zoé", relais("user", "list", data=data).stdout)
    kept = b"".join(path.read_bytes() for path in data.glob("relais.db*"))
    assert first.encode() not in kept
    assert second.encode() not in kept


def test_the_audit_verifies_and_misses_what_an_anchor_knows(data: Path) -> None:
    for login in ("zoe", "ali"):
        relais("user", "add", login, data=data)
    head = relais("audit", "head", data=data).stdout.strip()
    assert re.fullmatch(r"2:[0-9a-f]{64}", head)
    relais("user", "disable", "zoe", data=data)
    verified = relais("audit", "verify", "--anchor", head, data=data)
    assert (verified.returncode, verified.stdout[:2]) == (0, "3:")
    other = relais("audit", "verify", "--anchor", f"3:{'0' * 64}", data=data)
    assert (other.returncode, other.stdout) == (1, "")
    assert "broken at entry 3" in other.stderr
    assert "SEQ:LINK" in relais("audit", "verify", "--anchor", "2", data=data).stderr


def test_the_printed_key_is_the_one_that_signs_dossiers(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    printed = relais("signalement", "key", data=data).stdout.strip()
    assert relais("signalement", "key", data=data).stdout.strip() == printed
    monkeypatch.setenv("RELAIS_DATA_DIR", str(data))

    async def exported() -> object:
        settings = load_settings(None)
        vault = open_vault(settings)
        async with opened_store(settings, vault):
            signer = signer_of(vault)
        case = recorded(a_case(), "opened", by=LISTENER, now=NOON, signer=signer)
        return export(case, {}, signer)

    file = data.parent / "dossier.json"
    file.write_text(json.dumps(asyncio.run(exported())))
    sound = relais("signalement", "verify", str(file), "--key", printed, data=data)
    assert (sound.returncode, sound.stderr) == (0, "")
    other = relais("signalement", "verify", str(file), "--key", "0" * 64, data=data)
    assert other.returncode == 1
    assert "another key" in other.stderr


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("user", "add", "zoe"), "is taken"),
        (("user", "add", "no spaces"), "A login has"),
        (("user", "add", "x", "--role", "king"), "Invalid value"),
        (("user", "reset", "nobody"), "no account 'nobody'"),
        (("user", "disable", "nobody"), "no account 'nobody'"),
        (("simulate", "/no/such/file"), "cannot be read"),
        (("nonsense",), "No such command"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_sentence(
    arguments: tuple[str, ...], reason: str, data: Path
) -> None:
    relais("user", "add", "zoe", data=data)
    answer = relais(*arguments, data=data)
    assert answer.returncode in (1, 2)
    assert answer.stdout == ""
    assert reason in answer.stderr
    assert "Traceback" not in answer.stderr


@pytest.mark.parametrize("command", ["run", "serve"])
def test_a_wrong_setting_refuses_to_start_and_is_named(command: str, data: Path) -> None:
    answer = relais(command, data=data, RELAIS_PORT="s3cret")
    assert answer.returncode == 78
    assert "RELAIS_PORT" in answer.stderr
    assert "s3cret" not in answer.stderr
    assert "Traceback" not in answer.stderr


def test_a_port_in_use_is_named(data: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        answer = relais("run", data=data, RELAIS_PORT=str(port))
    assert answer.returncode == 78
    assert f"RELAIS_PORT: port {port} is already in use" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_the_doctor_says_a_line_for_each_check(data: Path) -> None:
    relais("user", "add", "zoe", data=data)
    answer = relais("doctor", data=data, RELAIS_TELEGRAM_TOKEN="t0ken", RELAIS_PROT="1")
    lines = answer.stdout.splitlines()
    assert all(re.match(r"(ok|warn|off|fail) ", line) for line in lines)
    assert any(re.match(r"ok +database +sqlite", line) for line in lines)
    assert any(re.match(r"off +channel whatsapp", line) for line in lines)
    assert any(re.match(r"warn +channel telegram .*RELAIS_TELEGRAM_SECRET", x) for x in lines)
    assert any("did you mean RELAIS_PORT?" in line for line in lines)
    assert "t0ken" not in answer.stdout + answer.stderr


def test_the_doctor_fails_when_something_is_broken(data: Path) -> None:
    wrong = relais("doctor", data=data, RELAIS_HOURS="s3cret")
    assert wrong.returncode == 1
    assert re.search(r"^fail +settings +RELAIS_HOURS", wrong.stdout, re.MULTILINE)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        busy = relais("doctor", data=data, RELAIS_PORT=port, RELAIS_DATABASE_URL="sqlite:////dev")
    assert busy.returncode == 1
    assert re.search(r"^fail +gateway +another program", busy.stdout, re.MULTILINE)
    assert re.search(r"^fail +database", busy.stdout, re.MULTILINE)


def test_passwords_verify_and_never_repeat() -> None:
    one_time = {new_one_time_password() for _ in range(1000)}
    assert len(one_time) == 1000
    hashed = hash_password("correct horse")
    assert hashed.startswith("$argon2id$")
    assert verify_password(hashed, "correct horse")
    assert not verify_password(hashed, "correct horse ")
    assert not verify_password("damaged", "correct horse")


# --- simulate ---------------------------------------------------------------------------------


def fake_gateway() -> web.Application:
    """Says each text back, offers a choice, and refuses the word `long`."""

    async def session(request: web.Request) -> web.Response:
        return web.json_response({"token": "t", "text_limit": 4000})

    async def connect(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        number = 0

        async def say(who: str, text: str, choices: list[dict[str, str]]) -> None:
            nonlocal number
            number += 1
            frame = {"type": "message", "id": number, "from": who, "name": None, "text": text}
            await socket.send_json(frame | {"at": "", "cid": None, "choices": choices})

        async for incoming in socket:
            assert incoming.type is WSMsgType.TEXT
            frame = incoming.json()
            if frame["type"] == "hello":
                await socket.send_json({"type": "welcome", "last": 0})
                await socket.send_json({"type": "state", "owner": "assistant", "danger": False})
            elif frame["text"] == "long":
                error = {"type": "error", "cid": frame["cid"], "code": "too_long", "message": "…"}
                await socket.send_json(error)
            else:
                await say("me", frame["text"], [])
                await socket.send_json({"type": "ack", "cid": frame["cid"], "id": "1"})
                said = f"{frame['text']}/{frame.get('choice')}"
                await say("assistant", said, [{"id": "yes", "title": "Oui"}])
        return socket

    app = web.Application()
    app.router.add_post("/web/session", session)
    app.router.add_get("/web/socket", connect)
    return app


async def play(turns: str) -> list[dict[str, object]]:
    (script,) = read_scripts(f'{{"channel": "web", "turns": {turns}}}')
    async with TestServer(fake_gateway()) as server:
        url = str(server.make_url("/")).rstrip("/")
        return [line async for line in play_web(script, url, quiet_after=0.1, timeout=2)]


async def test_a_simulated_person_writes_and_taps() -> None:
    lines = await play('[{"text": "salut"}, {"choice": "Oui"}, {"choice": "yes"}]')
    said = [(line["from"], line["text"]) for line in lines if "from" in line]
    assert said == [
        ("me", "salut"),
        ("assistant", "salut/None"),
        ("me", "Oui"),
        ("assistant", "Oui/yes"),
        ("me", "Oui"),
        ("assistant", "Oui/yes"),
    ]
    assert lines[-1] == {"channel": "web", "state": {"owner": "assistant", "danger": False}}


async def test_a_refused_turn_is_an_error_line() -> None:
    assert {"channel": "web", "error": "too_long", "message": "…"} in await play(
        '[{"text":"long"}]'
    )
    errors = [line.get("error") for line in await play('[{"choice": "never offered"}]')]
    assert "not_offered" in errors


@pytest.mark.parametrize(
    "line", ["{", "[]", '{"channel": "fax", "turns": []}', '{"channel": "web", "turns": [{}]}']
)
def test_a_broken_script_names_its_line(line: str) -> None:
    good = json.dumps({"channel": "web", "turns": [{"text": "ok"}]})
    with pytest.raises(RelaisError, match="line 3"):
        read_scripts(f"{good}\n\n{line}\n")
