"""How fast each webhook answers a platform, while everything else is dead.

    make bench                  (or: .venv/bin/python -m benchmarks.bench_webhooks)

200 events a second arrive at their own pace, whether the last was answered or not, from 100 people.
Rasa is stopped and no platform can be reached. The gateway checks, reads and commits each to disk
before it answers; beside it, in the same run, bare aiohttp, pywa's own FastAPI server and Rasa's
own Messenger connector check and read such bodies and keep nothing. The last figures are of the
gateway with nobody at work behind it: what acceptance takes alone.
"""

import argparse
import asyncio
import hashlib
import hmac
import itertools
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aiohttp

from benchmarks import figures
from benchmarks.bench_gateway import RASA_PYTHON, gateway, process
from gateway.ports import free_port

SECRET, HOOK = "bench-secret", "bench_hook_secret"
PEOPLE, RATE = 100, 200
SAID = "il y a un garçon de ma classe qui m'insulte tous les jours sur insta"
CHANNELS = {
    "RELAIS_WHATSAPP_PHONE_ID": "1001",
    "RELAIS_WHATSAPP_TOKEN": "any",
    "RELAIS_WHATSAPP_APP_SECRET": SECRET,
    "RELAIS_WHATSAPP_VERIFY_TOKEN": "any",
    "RELAIS_MESSENGER_PAGE_TOKEN": "any",
    "RELAIS_MESSENGER_APP_SECRET": SECRET,
    "RELAIS_MESSENGER_VERIFY_TOKEN": "any",
    "RELAIS_MESSENGER_PAGE_ID": "2002",
    "RELAIS_INSTAGRAM_ID": "3003",
    "RELAIS_TELEGRAM_TOKEN": "5005:any",
    "RELAIS_TELEGRAM_SECRET": HOOK,
    # Nobody listens on these ports.
    "RELAIS_GRAPH_URL": "http://127.0.0.1:9",
    "RELAIS_TELEGRAM_URL": "http://127.0.0.1:9",
}


def whatsapp(number: int, person: int) -> dict[str, Any]:
    user = f"3360000{person:04}"
    message = {
        "from": user,
        "id": f"wamid.{number}",
        "timestamp": str(int(time.time())),
        "type": "text",
        "text": {"body": SAID},
    }
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "1", "phone_number_id": "1001"},
        "contacts": [{"wa_id": user, "user_id": f"FR.{person:012}", "profile": {"name": "N"}}],
        "messages": [message],
    }
    change = {"field": "messages", "value": value}
    return {"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [change]}]}


def page(kind: str, account: str) -> Callable[[int, int], dict[str, Any]]:
    def body(number: int, person: int) -> dict[str, Any]:
        now = int(time.time() * 1000)
        event = {
            "sender": {"id": f"7{person:04}"},
            "recipient": {"id": account},
            "timestamp": now,
            "message": {"mid": f"m_{number}", "text": SAID},
        }
        return {"object": kind, "entry": [{"id": account, "time": now, "messaging": [event]}]}

    return body


def telegram(number: int, person: int) -> dict[str, Any]:
    chat = 880_000 + person
    message = {
        "message_id": number,
        "date": int(time.time()),
        "chat": {"id": chat, "type": "private"},
        "from": {"id": chat, "is_bot": False, "first_name": "N"},
        "text": SAID,
    }
    return {"update_id": number, "message": message}


# What is answered where: the path, and the body of an event by its number and its person.
Hook = tuple[str, Callable[[int, int], dict[str, Any]]]
BODIES: dict[str, Hook] = {
    "whatsapp": ("/webhooks/whatsapp", whatsapp),
    "messenger": ("/webhooks/messenger", page("page", "2002")),
    "instagram": ("/webhooks/messenger", page("instagram", "3003")),
    "telegram": ("/webhooks/telegram", telegram),
}
# Who keeps nothing: the program, and what it is sent.
BARE = (sys.executable, "-m", "benchmarks.bare_webhook")
OTHERS: dict[str, tuple[tuple[str, ...], Hook]] = {
    "bare aiohttp": ((*BARE, "aiohttp"), BODIES["whatsapp"]),
    "pywa": ((*BARE, "pywa"), BODIES["whatsapp"]),
    "Rasa": (
        (str(RASA_PYTHON), "benchmarks/rasa_messenger.py"),
        ("/webhooks/facebook/webhook", page("page", "2002")),
    ),
}
_NUMBERS = itertools.count(1)


async def answered(url: str, hook: Hook, seconds: float) -> dict[str, float]:
    """Milliseconds to the answers of events that come at `RATE`, none waiting for another."""
    path, body = hook
    took: list[float] = []

    async def one(session: aiohttp.ClientSession) -> None:
        number = next(_NUMBERS)
        raw = json.dumps(body(number, number % PEOPLE)).encode()
        digest = hmac.new(SECRET.encode(), raw, hashlib.sha256).hexdigest()
        headers = {
            "X-Hub-Signature-256": f"sha256={digest}",
            "X-Hub-Signature": f"sha256={digest}",  # the one that Rasa looks at
            "X-Telegram-Bot-Api-Secret-Token": HOOK,
            "Content-Type": "application/json",
        }
        started = time.perf_counter()
        async with session.post(f"{url}{path}", data=raw, headers=headers) as answer:
            await answer.read()
            assert answer.status == 200, answer.status
        took.append((time.perf_counter() - started) * 1000)

    connector = aiohttp.TCPConnector(limit=500)
    async with aiohttp.ClientSession(connector=connector) as session, asyncio.TaskGroup() as tasks:
        begun = time.perf_counter()
        for number in range(int(RATE * seconds)):
            await asyncio.sleep(max(0.0, begun + number / RATE - time.perf_counter()))
            tasks.create_task(one(session))
    cuts = statistics.quantiles(took, n=100)
    return {"p50": round(cuts[49], 1), "p99": round(cuts[98], 1), "events": len(took)}


async def measure(seconds: float) -> dict[str, dict[str, float]]:
    """One server after the other, each on an otherwise idle set of processes of ours."""
    found: dict[str, dict[str, float]] = {}
    for name, (program, hook) in OTHERS.items():
        if not Path(program[0]).exists():
            print(f"webhooks: {name} is not installed, left out", file=sys.stderr)
            continue
        print(f"webhooks: {name} …", file=sys.stderr, flush=True)
        url = f"http://127.0.0.1:{(port := free_port())}"
        async with process(*program, str(port), SECRET, ready=f"{url}/"):
            found[name] = await answered(url, hook, seconds)
    for channel, hook in BODIES.items():
        print(f"webhooks: Relais, {channel} …", file=sys.stderr, flush=True)
        with tempfile.TemporaryDirectory() as folder:
            async with gateway(Path(folder), rasa_port=1, **CHANNELS) as (url, _):
                found[f"Relais: {channel}"] = await answered(url, hook, seconds)
    return found | await reading_stopped(seconds)


async def reading_stopped(seconds: float) -> dict[str, dict[str, float]]:
    """What acceptance takes alone: nothing waits to be read, so one gateway serves all in turn."""
    found = {}
    only = ("-m", "benchmarks.accepting_only")
    with tempfile.TemporaryDirectory() as folder:
        async with gateway(Path(folder), rasa_port=1, program=only, **CHANNELS) as (url, _):
            for channel, hook in BODIES.items():
                print(
                    f"webhooks: Relais, {channel}, reading stopped …", file=sys.stderr, flush=True
                )
                found[f"Relais: {channel}, reading stopped"] = await answered(url, hook, seconds)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true", help="10 seconds each, not 30")
    found = asyncio.run(measure(10.0 if parser.parse_args().short else 30.0))
    figures.keep("webhooks", {"per_s": RATE, "ms": found})
    print(f"{RATE} events a second, milliseconds to the answer")
    for name, figure in found.items():
        print(f"  {name:<20} p50 {figure['p50']:7.1f}   p99 {figure['p99']:7.1f}")


if __name__ == "__main__":
    main()
