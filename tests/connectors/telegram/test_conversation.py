"""A person on Telegram and a whole gateway: real HTTP both ways, the real client library."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from connectors.telegram.connector import SECRET_HEADER, Telegram
from connectors.telegram.polling import Patience
from core.conversation import Conversation, DeliveryStatus
from core.ports import Store
from core.storage.sqlite import SqliteStore
from gateway.service import Connections, Doors, Gateway
from gateway.simulation.faults import Fault, FaultKind
from gateway.simulation.telegram import FakeTelegram
from tests.builders import a_vault
from tests.connectors.telegram.updates import GROUP, PRIVATE, membership, message, tap
from tests.fakes import Echo, OneWordScreen, ScriptedAssistant

TOKEN, SECRET = "3018:CANARY", "webhook-secret"
POLLING = Patience(hold=1, first_pause=0.05)


class Person:
    """Léa's phone: what she sends to the gateway, what has come to her."""

    def __init__(self, client: Any, telegram: FakeTelegram, store: Store) -> None:
        self.client = client
        self.telegram = telegram
        self.store = store
        self.headers = {SECRET_HEADER: SECRET}
        self.sent = 0

    async def does(self, key: str, body: dict[str, Any], *, times: int = 1) -> None:
        self.sent += 1
        now = {name: int(time.time()) for name in ("date", "edit_date") if name in body}
        update = json.dumps({"update_id": 500 + self.sent, key: {**body, **now}})
        for _ in range(times):
            answer = await self.client.post("/webhooks/telegram", data=update, headers=self.headers)
            assert answer.status == 200

    async def writes(self, text: str, *, times: int = 1) -> None:
        await self.does("message", message(text=text, message_id=5000 + self.sent), times=times)

    async def has(self, *texts: str) -> None:
        """Wait until exactly these are on her phone, then see that no more come."""
        await until(lambda: len(self.texts) >= len(texts))
        await asyncio.sleep(0.3)
        assert self.texts == list(texts)

    @property
    def texts(self) -> Sequence[str]:
        return [arrived.text for arrived in self.telegram.inboxes.of("501")]

    async def conversation(self) -> list[tuple[str, DeliveryStatus | None]]:
        """What was said, and how far each of our messages got."""
        latest = await self.latest()
        return [
            (each.text, each.delivery.status if each.delivery else None)
            for each in (await self.store.messages(latest.id) if latest else ())
        ]

    async def latest(self) -> Conversation | None:
        contact = await self.store.find_contact("telegram", "3018", "501")
        return await self.store.latest_conversation(contact.id) if contact else None


async def until(true: Callable[[], object]) -> None:
    async with asyncio.timeout(20):
        while not true():
            await asyncio.sleep(0.01)


@asynccontextmanager
async def a_person(folder: Path, *, polling: bool = False) -> AsyncIterator[Person]:
    store = SqliteStore(folder / "relais.db", a_vault())
    await store.open()

    def connect(doors: Doors) -> Connections:
        bot = Telegram(
            token=TOKEN,
            secret="" if polling else SECRET,
            refusal="En privé.",
            accept=doors.accept,
            notice=doors.notice,
            count=doors.count,
            clock=doors.clock,
            telegram_url=telegram.url,
            answer_within=0.5,
        )
        return Connections((bot,), (lambda: bot.poll(patience=POLLING),) if polling else ())

    async def works() -> bool:
        return True

    async def close_door() -> None:
        """The test server goes on listening."""

    async with FakeTelegram(TOKEN) as telegram:
        gateway = Gateway(
            store=store,
            vault=a_vault(),
            screen=OneWordScreen(),
            assistant=ScriptedAssistant(),
            working={"rasa": works},
            understand=lambda screened, text: screened,
            asks_for_human=lambda text: False,
            phrases=Echo(),
            secure=False,
            connect=connect,
        )
        stopping = asyncio.Event()
        async with TestClient(TestServer(gateway.app)) as client, asyncio.TaskGroup() as tasks:
            tasks.create_task(gateway.run(stopping, close_door))
            yield Person(client, telegram, store)
            stopping.set()
    await store.close()


@pytest.fixture
async def lea(tmp_path: Path) -> AsyncIterator[Person]:
    async with a_person(tmp_path) as person:
        yield person


SENT = DeliveryStatus.SENT


async def test_a_message_is_answered_once_however_often_it_comes(lea: Person) -> None:
    await lea.writes("bonjour", times=3)
    await lea.has("welcome/tu", "question_1/tu")
    assert await lea.conversation() == [
        ("bonjour", None),
        ("welcome/tu", SENT),
        ("question_1/tu", SENT),
    ]


async def test_a_tap_is_an_answer_and_is_confirmed(lea: Person) -> None:
    await lea.writes("bonjour")
    await lea.has("welcome/tu", "question_1/tu")
    await lea.does("callback_query", tap(), times=2)
    await lea.has("welcome/tu", "question_1/tu", "question_2/tu")
    assert ("Non", None) in await lea.conversation()
    confirmed = [c for c in lea.telegram.calls if c.path == "answerCallbackQuery"]
    assert [call.body["callback_query_id"] for call in confirmed] == ["4382bfdwdsb323b2d9"]


async def test_a_start_is_welcomed_and_keeps_where_it_came_from(lea: Person) -> None:
    await lea.does("message", message(text="/start tiktok"))
    await lea.has("welcome/tu")
    latest = await lea.latest()
    assert latest is not None
    assert latest.origin == "tiktok"


async def test_an_edit_to_danger_is_danger(lea: Person) -> None:
    await lea.does("message", message(text="rien"))
    await lea.has("welcome/tu", "question_1/tu")
    await lea.does("edited_message", message(text="DANGER", edit_date=1_772_452_900))
    await until(lambda: "danger_numbers/tu" in lea.texts)
    assert ("DANGER", None) in await lea.conversation()


async def test_a_group_is_left_and_nothing_said_there_is_answered(lea: Person) -> None:
    await lea.does("my_chat_member", membership(GROUP, "left", "member"))
    await lea.does("message", message(GROUP, text="coucou"))
    await until(lambda: [c.path for c in lea.telegram.calls].count("leaveChat") == 2)
    assert [each.text for each in lea.telegram.inboxes.of("-4001")] == ["En privé."]
    assert lea.texts == []


async def test_a_block_is_no_message(lea: Person) -> None:
    await lea.does("my_chat_member", membership(PRIVATE, "member", "kicked"))
    await lea.does("my_chat_member", membership(PRIVATE, "kicked", "member"))
    await lea.writes("me revoilà")
    await lea.has("welcome/tu", "question_1/tu")


@pytest.mark.parametrize(
    ("fault", "statuses", "arrived"),
    [
        (Fault(FaultKind.THROTTLED, seconds=1), [SENT, SENT], 2),
        (Fault(FaultKind.ERROR), [SENT, SENT], 2),
        # She has it, but we cannot know: shown as unknown, and not sent again.
        (Fault(FaultKind.CUT, seconds=3), [DeliveryStatus.UNKNOWN, SENT], 2),
        (Fault(FaultKind.BLOCKED, calls=None), [DeliveryStatus.FAILED, DeliveryStatus.FAILED], 0),
    ],
    ids=["429", "500", "cut", "blocked"],
)
async def test_a_fault_loses_nothing_and_sends_nothing_twice(
    lea: Person, fault: Fault, statuses: list[DeliveryStatus], arrived: int
) -> None:
    lea.telegram.faults.add(fault)
    await lea.writes("bonjour")
    async with asyncio.timeout(20):
        while [status for _, status in (await lea.conversation())[1:]] != statuses:
            await asyncio.sleep(0.1)
    await lea.has(*["welcome/tu", "question_1/tu"][:arrived])


async def test_with_telegram_gone_messages_come_in_and_answers_wait(lea: Person) -> None:
    async with lea.telegram.unreachable():
        await lea.writes("bonjour")
        await asyncio.sleep(0.5)
        assert lea.texts == []
    await lea.has("welcome/tu", "question_1/tu")


async def test_a_dead_token_keeps_what_waits(lea: Person) -> None:
    lea.telegram.faults.add(Fault(FaultKind.DEAD_TOKEN, calls=None))
    await lea.writes("bonjour")
    await asyncio.sleep(0.5)
    async with asyncio.timeout(20):
        health: dict[str, Any] = {}
        while health.get("telegram") != "paused":
            await asyncio.sleep(0.1)
            ready = await lea.client.get("/health/ready")
            health = (await ready.json())["components"]
    assert ready.status == 200
    assert await lea.conversation() == [
        ("bonjour", None),
        ("welcome/tu", DeliveryStatus.QUEUED),
        ("question_1/tu", DeliveryStatus.QUEUED),
    ]


async def test_polling_does_the_same(tmp_path: Path) -> None:
    async with a_person(tmp_path, polling=True) as lea:
        written = message(text="bonjour", date=int(time.time()))
        await lea.telegram.put_update({"update_id": 1, "message": written})
        await lea.has("welcome/tu", "question_1/tu")
        answer = await lea.client.post("/webhooks/telegram", data="{}")
        assert answer.status in (404, 405), "and there is no webhook"
