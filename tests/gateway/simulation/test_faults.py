"""Each fault has the effect that it names, as the vendors' real clients see it."""

from typing import Any

import httpx
import pytest
from pywa import errors
from pywa_async import WhatsApp
from telegram import Bot
from telegram.error import Forbidden, InvalidToken, NetworkError, RetryAfter, TimedOut

from gateway.simulation.faults import Fault, FaultKind, Faults
from gateway.simulation.graph import VERSION, FakeGraph
from gateway.simulation.postman import Postman
from gateway.simulation.telegram import FakeTelegram
from tests.gateway.simulation.conftest import ACCOUNTS, PATIENCE

SAM = "33612345678"
SENDS_NOTHING = (
    FaultKind.THROTTLED,
    FaultKind.ERROR,
    FaultKind.DEAD_TOKEN,
    FaultKind.CLOSED_WINDOW,
    FaultKind.BLOCKED,
)


@pytest.mark.parametrize(
    ("kind", "code", "status"),
    [
        (FaultKind.THROTTLED, 130429, 429),
        (FaultKind.ERROR, 131000, 500),
        (FaultKind.DEAD_TOKEN, 190, 401),
        (FaultKind.CLOSED_WINDOW, 131047, 400),
        (FaultKind.BLOCKED, 131026, 400),
    ],
)
async def test_whatsapp_fails_once_then_sends(
    graph: FakeGraph, whatsapp: WhatsApp, kind: FaultKind, code: int, status: int
) -> None:
    graph.faults.add(Fault(kind, seconds=7))
    with pytest.raises(errors.WhatsAppError) as refused:
        await whatsapp.send_message(SAM, "un")
    assert (refused.value.code, refused.value.status_code) == (code, status)
    if kind is FaultKind.THROTTLED:
        assert refused.value.raw_response is not None
        assert refused.value.raw_response.headers["Retry-After"] == "7"
    assert graph.inboxes.of(SAM) == ()
    await whatsapp.send_message(SAM, "deux")
    assert [arrived.text for arrived in graph.inboxes.of(SAM)] == ["deux"]


@pytest.mark.parametrize(
    ("kind", "code", "subcode", "status"),
    [
        (FaultKind.THROTTLED, 613, None, 429),
        (FaultKind.ERROR, 2, None, 500),
        (FaultKind.DEAD_TOKEN, 190, 463, 401),
        (FaultKind.CLOSED_WINDOW, 10, 2018278, 400),
        (FaultKind.BLOCKED, 551, 1545041, 400),
    ],
)
async def test_a_page_fails_once_then_sends(
    graph: FakeGraph, kind: FaultKind, code: int, subcode: int | None, status: int
) -> None:
    graph.faults.add(Fault(kind))
    refused = await send_from_page(graph)
    error = refused.json()["error"]
    assert (refused.status_code, error["code"], error.get("error_subcode")) == (
        status,
        code,
        subcode,
    )
    assert graph.inboxes.of("psid") == ()
    assert (await send_from_page(graph)).status_code == 200
    assert len(graph.inboxes.of("psid")) == 1


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        (FaultKind.THROTTLED, RetryAfter),
        (FaultKind.ERROR, NetworkError),
        (FaultKind.DEAD_TOKEN, InvalidToken),
        (FaultKind.BLOCKED, Forbidden),
    ],
)
async def test_telegram_fails_once_then_sends(
    telegram: FakeTelegram, bot: Bot, kind: FaultKind, error: type[Exception]
) -> None:
    telegram.faults.add(Fault(kind, seconds=7))
    with pytest.raises(error) as refused:
        await bot.send_message(77, "un")
    if isinstance(refused.value, RetryAfter):
        assert "Retry in 7 seconds" in str(refused.value)
    assert telegram.inboxes.of("77") == ()
    await bot.send_message(77, "deux")
    assert [arrived.text for arrived in telegram.inboxes.of("77")] == ["deux"]


@pytest.mark.parametrize("seconds", [0.0, PATIENCE * 4])
async def test_a_cut_connection_has_delivered_the_message(
    graph: FakeGraph, whatsapp: WhatsApp, telegram: FakeTelegram, bot: Bot, seconds: float
) -> None:
    graph.faults.add(Fault(FaultKind.CUT, seconds=seconds))
    telegram.faults.add(Fault(FaultKind.CUT, seconds=seconds))
    with pytest.raises(httpx.ReadTimeout if seconds else httpx.RemoteProtocolError):
        await whatsapp.send_message(SAM, "un")
    with pytest.raises(TimedOut if seconds else NetworkError):
        await bot.send_message(77, "un")
    assert [arrived.text for arrived in graph.inboxes.of(SAM)] == ["un"]
    assert [arrived.text for arrived in telegram.inboxes.of("77")] == ["un"]


async def test_nobody_listens_for_a_while(
    graph: FakeGraph, whatsapp: WhatsApp, telegram: FakeTelegram, bot: Bot
) -> None:
    await whatsapp.send_message(SAM, "un")  # a connection is open, and must not serve any more
    url = graph.url
    async with graph.unreachable(), telegram.unreachable():
        with pytest.raises(httpx.TransportError):
            await whatsapp.send_message(SAM, "deux")
        with pytest.raises(httpx.ConnectError):
            await whatsapp.send_message(SAM, "trois")
        with pytest.raises(NetworkError):
            await bot.send_message(77, "un")
    assert graph.url == url
    await whatsapp.send_message(SAM, "quatre")
    await bot.send_message(77, "deux")
    assert [arrived.text for arrived in graph.inboxes.of(SAM)] == ["un", "quatre"]
    assert [arrived.text for arrived in telegram.inboxes.of("77")] == ["deux"]


async def test_a_closed_window_lets_templates_and_human_agents_through(graph: FakeGraph) -> None:
    graph.faults.add(Fault(FaultKind.CLOSED_WINDOW, calls=None))
    assert (await send_from_page(graph)).status_code == 400
    late = {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"}
    assert (await send_from_page(graph, **late)).status_code == 200
    template = {
        "messaging_product": "whatsapp",
        "to": SAM,
        "type": "template",
        "template": {"name": "come_back", "language": {"code": "fr"}},
    }
    async with httpx.AsyncClient(
        base_url=f"{graph.url}/{VERSION}/",
        headers={"Authorization": f"Bearer {ACCOUNTS.whatsapp_token}"},
    ) as client:
        answer = await client.post(f"{ACCOUNTS.phone_id}/messages", json=template)
    assert answer.status_code == 200
    assert [arrived.kind for arrived in graph.inboxes.of(SAM)] == ["template"]


async def test_read_marks_and_typing_do_not_use_up_a_fault(
    graph: FakeGraph, whatsapp: WhatsApp, telegram: FakeTelegram, bot: Bot
) -> None:
    graph.faults.add(Fault(FaultKind.ERROR))
    telegram.faults.add(Fault(FaultKind.ERROR))
    await whatsapp.indicate_typing("wamid.1")
    await bot.send_chat_action(77, "typing")
    with pytest.raises(errors.WhatsAppError):
        await whatsapp.send_message(SAM, "un")
    with pytest.raises(NetworkError):
        await bot.send_message(77, "un")


async def test_a_token_dies_for_every_call_and_is_revived(
    graph: FakeGraph, whatsapp: WhatsApp
) -> None:
    graph.faults.add(Fault(FaultKind.DEAD_TOKEN, calls=None))
    for _ in range(3):
        with pytest.raises(errors.AuthorizationError):
            await whatsapp.get_business_phone_number()
    graph.faults.lift(FaultKind.DEAD_TOKEN)
    await whatsapp.get_business_phone_number()


@pytest.mark.parametrize("kind", SENDS_NOTHING)
def test_faults_are_counted(kind: FaultKind) -> None:
    faults = Faults()
    faults.add(Fault(kind, calls=2))
    faults.add(Fault(FaultKind.CUT))
    suffered = [faults.take(kind, FaultKind.CUT) for _ in range(4)]
    assert [fault and fault.kind for fault in suffered] == [kind, kind, FaultKind.CUT, None]


async def test_webhooks_come_twice_or_last_first() -> None:
    brought: list[bytes] = []

    async def carry(raw: bytes) -> int:
        brought.append(raw)
        return 200

    faults = Faults()
    postman = Postman(carry, faults)
    faults.add(Fault(FaultKind.DUPLICATE))
    assert await postman.post({"n": 1}) == 200
    faults.add(Fault(FaultKind.REORDERED, calls=3))
    assert await postman.post({"n": 2}) is None
    assert await postman.post({"n": 3}) is None
    assert await postman.post({"n": 4}) == 200
    assert await postman.post({"n": 5}) == 200
    faults.add(Fault(FaultKind.REORDERED, calls=9))
    assert await postman.post({"n": 6}) is None
    assert await postman.flush() == 200
    assert await postman.flush() is None
    assert brought == [b'{"n":%d}' % n for n in (1, 1, 4, 3, 2, 5, 6)]


async def send_from_page(graph: FakeGraph, **fields: Any) -> httpx.Response:
    body = {"recipient": {"id": "psid"}, "messaging_type": "RESPONSE", "message": {"text": "x"}}
    async with httpx.AsyncClient() as client:
        return await client.post(
            f"{graph.url}/{VERSION}/me/messages",
            headers={"Authorization": f"Bearer {ACCOUNTS.page_token}"},
            json=body | fields,
        )
