"""What a message costs, end to end, beside the least it could cost. Real processes, real Rasa.

    make bench                  (or: .venv/bin/python -m benchmarks.bench_gateway)

1. Ingestion: `POST /web/messages` with its durable commit, with and without the reading behind it,
   against a bare aiohttp handler that checks the same signature and keeps nothing, and against bare
   durable inserts on the same disk. In turn, as ratios.
2. A whole turn of the bot, from the person's message to the bot's answer on the socket, against
   Rasa's own REST channel with the same model and action server.
3. From a critical message to its ticket on a console, Rasa stopped, 2,000 people waiting, while
   others write.
"""

import argparse
import asyncio
import base64
import itertools
import json
import os
import secrets
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp

from benchmarks import figures
from benchmarks.bare_insert import insert_many
from connectors.web.session import SessionTokens
from core.accounts import Listener, StaffRole
from core.ids import ListenerId, new_id
from core.sealing import Vault
from core.storage.sqlite import SqliteStore
from gateway.ports import free_port
from handoff.passwords import hash_password

ROOT = Path(__file__).resolve().parents[1]
RASA_PYTHON = ROOT / "bot/rasa/.venv/bin/python"
MASTER = bytes(range(32))
VAULT = Vault({1: MASTER}, root=MASTER)
TOKENS = SessionTokens(VAULT.derived_secret("web session"))
CALLERS = 50
SAID = "il y a un garçon de ma classe qui m'insulte tous les jours sur insta"
CRITICAL = "je vais me tuer ce soir j'ai pris les médicaments de ma mère"


@asynccontextmanager
async def process(*argv: str, ready: str, **env: str) -> AsyncIterator[subprocess.Popen[bytes]]:
    """A server process, once `ready` answers 200; stopped at the end."""
    started = subprocess.Popen(
        argv,
        cwd=ROOT,
        env={**os.environ, **env},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        async with aiohttp.ClientSession() as session, asyncio.timeout(180):
            while started.poll() is None:
                try:
                    async with session.get(ready) as answer:
                        if answer.status in (200, 404, 405):
                            break
                except (aiohttp.ClientError, OSError):
                    pass
                await asyncio.sleep(0.2)
        if started.poll() is not None:
            raise SystemExit(f"{argv} ended before it answered")
        yield started
    finally:
        if started.poll() is None:
            os.killpg(started.pid, signal.SIGTERM)
            await asyncio.to_thread(started.wait)


@asynccontextmanager
async def gateway(
    folder: Path,
    rasa_port: int,
    program: Sequence[str] = ("-P", "gateway/__main__.py"),
    **env: str,
) -> AsyncIterator[tuple[str, int]]:
    """A gateway process on an empty database of our vault: its URL and its pid."""
    store = SqliteStore(folder / "relais.db", VAULT)
    await store.open()
    await store.close()
    url = f"http://127.0.0.1:{(port := free_port())}"
    async with process(
        *(sys.executable, *program, "serve"),
        ready=f"{url}/health/live",
        RELAIS_PORT=str(port),
        RELAIS_DATA_DIR=str(folder),
        RELAIS_MASTER_KEY=base64.b64encode(MASTER).decode(),
        RELAIS_RASA_URL=f"http://127.0.0.1:{rasa_port}",
        RELAIS_BURST="0",
        RELAIS_RATE_PER_ADDRESS="10000000",
        **env,
    ) as running:
        yield url, running.pid


async def ingestion(rounds: int, messages: int) -> dict[str, Any]:
    """Messages a second, of four: in turn, so that a slow moment hits all of them."""
    per_s: dict[str, list[float]] = {}
    latencies: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "whole").mkdir()
        (folder / "accepting").mkdir()
        bare = f"http://127.0.0.1:{(port := free_port())}"
        secret = VAULT.derived_secret("web session").hex()
        only = ("-m", "benchmarks.accepting_only")
        async with (
            process(
                *(sys.executable, "-m", "benchmarks.bare_server", str(port), secret),
                ready=f"{bare}/",
            ) as bare_one,
            gateway(folder / "accepting", rasa_port=1, program=only) as (accepting, accepting_pid),
            gateway(folder / "whole", rasa_port=1) as (whole, whole_pid),
            aiohttp.ClientSession() as session,
        ):
            servers = {"bare aiohttp": bare, "Relais, reading stopped": accepting, "Relais": whole}
            pids = dict(zip(servers, (bare_one.pid, accepting_pid, whole_pid), strict=True))
            await asyncio.gather(*(post_many(url, 50) for url in servers.values()))
            await queue_of(session, whole, 50)
            spent = dict.fromkeys(pids, 0.0)
            for number in range(1, rounds + 1):
                print(f"ingestion, round {number} of {rounds} …", file=sys.stderr, flush=True)
                for grouped, kind in ((True, "bare insert"), (False, "bare insert, one a flush")):
                    rows = messages if grouped else messages // 5
                    rate = await insert_many(folder, rows, callers=CALLERS, grouped=grouped)
                    per_s.setdefault(kind, []).append(rate)
                for server, url in servers.items():
                    before = worked(pids[server])
                    rate, took = await post_many(url, messages)
                    spent[server] += worked(pids[server]) - before
                    per_s.setdefault(server, []).append(rate)
                    latencies.setdefault(server, []).extend(took)
                # What was read behind the last one must not weigh on the next round.
                await queue_of(session, whole, 50 + number * messages)
    return {
        "callers": CALLERS,
        "per_s": {name: round(statistics.median(rates)) for name, rates in per_s.items()},
        "ms": {name: quantiles(took) for name, took in latencies.items()},
        "processor_ms_a_message": {
            name: round(1000 * seconds / rounds / messages, 2) for name, seconds in spent.items()
        },
        "of_bare_insert": {
            name: ratio(rates, per_s["bare insert"]) for name, rates in per_s.items()
        },
        "of_bare_aiohttp": {
            name: ratio(rates, per_s["bare aiohttp"]) for name, rates in per_s.items()
        },
    }


def ratio(rates: Sequence[float], others: Sequence[float]) -> float:
    """The median of each round's ratio: what a slow moment distorts least."""
    return round(statistics.median(a / b for a, b in zip(rates, others, strict=True)), 2)


async def post_many(url: str, messages: int) -> tuple[float, list[float]]:
    """Send messages of `CALLERS` people at once, each person one after the other."""
    took: list[float] = []
    left = itertools.count()
    async with aiohttp.ClientSession() as session:

        async def person() -> None:
            while next(left) < messages:
                token = TOKENS.issue(origin=None, now=datetime.now(UTC))
                started = time.perf_counter()
                async with session.post(
                    f"{url}/web/messages",
                    json={"cid": new_id(), "text": SAID},
                    headers={"Authorization": f"Bearer {token}"},
                ) as answer:
                    assert answer.status == 200, answer.status
                    await answer.read()
                took.append(time.perf_counter() - started)

        started = time.perf_counter()
        await asyncio.gather(*(person() for _ in range(CALLERS)))
        return messages / (time.perf_counter() - started), took


async def turns(count: int) -> dict[str, Any]:
    """One turn at a time: through Relais, and through Rasa's REST channel."""
    rasa, rest, actions = free_port(), free_port(), free_port()
    quiet = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "TF_CPP_MIN_LOG_LEVEL": "3"}
    quiet |= {"RASA_TELEMETRY_ENABLED": "false", "SANIC_HOST": "127.0.0.1"}
    with tempfile.TemporaryDirectory() as folder:
        python = str(RASA_PYTHON)
        async with (
            process(
                *(python, "-m", "rasa_sdk", "--actions", "actions", "--port", str(actions)),
                ready=f"http://127.0.0.1:{actions}/health",
                **quiet,
            ),
            process(
                *(python, "bot/rasa/serve.py", "--port", str(rasa), "--actions-port", str(actions)),
                ready=f"http://127.0.0.1:{rasa}/webhooks/turn/",
                **quiet,
            ) as bot,
            process(
                *(python, "benchmarks/rasa_rest.py", str(rest), str(actions)),
                ready=f"http://127.0.0.1:{rest}/webhooks/rest/",
                **quiet,
            ),
            gateway(Path(folder), rasa) as (url, pid),
            aiohttp.ClientSession() as session,
        ):
            ours, theirs = list[float](), list[float]()
            processes, before = {"gateway": pid, "rasa": bot.pid}, dict[str, float]()
            for number in range(count + 10):
                if number == 10:
                    before = {name: worked(one) for name, one in processes.items()}
                mine = await our_turn(session, url)
                its = await rest_turn(session, f"http://127.0.0.1:{rest}")
                if number >= 10:  # the first ones warm both up
                    ours.append(mine)
                    theirs.append(its)
            memory = resident_mb(bot.pid)
            spent = {name: worked(one) - before[name] for name, one in processes.items()}
    return {
        "relais_ms": quantiles(ours),
        "rasa_rest_ms": quantiles(theirs),
        "ratio_of_medians": round(statistics.median(ours) / statistics.median(theirs), 2),
        "processor_ms_a_turn": {name: round(1000 * s / count, 1) for name, s in spent.items()},
        "rasa_resident_mb": memory,
    }


async def our_turn(session: aiohttp.ClientSession, url: str) -> float:
    token = TOKENS.issue(origin=None, now=datetime.now(UTC))
    async with session.ws_connect(f"{url}/web/socket") as socket:
        await socket.send_json({"type": "hello", "token": token, "last": 0})
        await socket.receive_json()
        started = time.perf_counter()
        await socket.send_json({"type": "send", "cid": new_id(), "text": SAID})
        while True:
            frame = await socket.receive_json(timeout=10)
            assert frame["type"] != "state" or frame["owner"] == "assistant", "Rasa failed"
            if frame["type"] == "message" and frame["from"] == "assistant":
                return time.perf_counter() - started


async def rest_turn(session: aiohttp.ClientSession, url: str) -> float:
    started = time.perf_counter()
    body = {"sender": new_id(), "message": SAID}
    async with session.post(f"{url}/webhooks/rest/webhook", json=body) as answer:
        assert await answer.json(), "Rasa said nothing"
    return time.perf_counter() - started


async def crisis(count: int, waiting: int) -> dict[str, Any]:
    """Seconds from a critical message being sent to its row on a console, Rasa stopped."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        password = await add_listener(folder)
        async with (
            gateway(folder, rasa_port=1) as (url, _),
            aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session,
        ):
            await post_many(url, waiting)
            queued = await queue_of(session, url, waiting)
            async with session.post(
                f"{url}/console/api/login", json={"login": "bench", "password": password}
            ) as answer:
                assert answer.status == 200
            socket = await session.ws_connect(f"{url}/console/api/socket", max_msg_size=0)
            while (await socket.receive_json(timeout=30))["type"] != "snapshot":
                pass  # The head of the queue comes before it.
            others = asyncio.create_task(keep_writing(url, per_second=20))
            took = [await one_crisis(session, url, socket) for _ in range(count)]
            others.cancel()
            await socket.close()
    return {"waiting": queued, "others_per_s": 20, "ms": quantiles(took)}


async def queue_of(session: aiohttp.ClientSession, url: str, waiting: int) -> int:
    """How many wait, once all have been passed to the queue."""
    async with asyncio.timeout(300):
        while True:
            async with session.get(f"{url}/metrics") as answer:
                lines = (await answer.text()).splitlines()
            counts = [line.split()[-1] for line in lines if line.startswith("relais_waiting{")]
            if (queued := int(sum(map(float, counts)))) >= waiting:
                return queued
            await asyncio.sleep(1)


async def one_crisis(
    session: aiohttp.ClientSession, url: str, socket: aiohttp.ClientWebSocketResponse
) -> float:
    token = TOKENS.issue(origin=None, now=datetime.now(UTC))
    started = time.perf_counter()
    async with session.post(
        f"{url}/web/messages",
        json={"cid": new_id(), "text": CRITICAL},
        headers={"Authorization": f"Bearer {token}"},
    ) as answer:
        assert answer.status == 200
    while True:
        frame = await socket.receive_json(timeout=30)
        if frame["type"] == "summary" and frame["summary"]["urgency"] == "critique":
            opened = datetime.fromisoformat(frame["summary"]["opened_at"])
            # Summaries of an earlier crisis may still come in.
            if (datetime.now(UTC) - opened).total_seconds() <= time.perf_counter() - started + 0.01:
                return time.perf_counter() - started


async def keep_writing(url: str, per_second: int) -> None:
    while True:
        await post_many(url, 1)
        await asyncio.sleep(1 / per_second)


async def add_listener(folder: Path) -> str:
    password = secrets.token_urlsafe(16)
    store = SqliteStore(folder / "relais.db", VAULT)
    await store.open()
    await store.add_listener(
        Listener(
            id=ListenerId(new_id()),
            login="bench",
            name="Bench",
            role=StaffRole.LISTENER,
            password_hash=hash_password(password),
            created_at=datetime.now(UTC),
        )
    )
    await store.close()
    return password


def worked(pid: int) -> float:
    """Seconds of processor time of a process so far: what a busy machine distorts least."""
    user, system = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def resident_mb(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) // 1024


def quantiles(values: Sequence[float]) -> dict[str, float]:
    """Milliseconds."""
    ordered = sorted(values)
    at = {"p50": 0.5, "p95": 0.95, "p99": 0.99}
    return {
        name: round(1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))], 1)
        for name, share in at.items()
    } | {"count": len(ordered)}


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("only", nargs="*", choices=["ingestion", "turns", "crisis", []])
    parser.add_argument("--short", action="store_true", help="fewer repetitions")
    arguments = parser.parse_args()
    few = arguments.short
    parts: dict[str, Callable[[], Awaitable[dict[str, Any]]]] = {
        "ingestion": lambda: ingestion(5, 200 if few else 2000),
        "turns": lambda: turns(20 if few else 100),
        "crisis": lambda: crisis(20 if few else 100, 200 if few else 2000),
    }
    for name, measure in parts.items():
        if not arguments.only or name in arguments.only:
            print(f"{name} …", file=sys.stderr, flush=True)
            found = await measure()
            figures.keep(name, found)
            print(json.dumps({name: found}, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
