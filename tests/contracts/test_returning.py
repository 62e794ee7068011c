"""Coming back by a code, over real HTTP on both engines."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import datetime
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from connectors.web.codes import Cost, new_code, slow_hash
from connectors.web.door import Door
from connectors.web.returning import CODE, CODE_OF, Returning
from connectors.web.session import SessionTokens
from core.conversation import Conversation
from core.ports import Change, Store
from core.retention import Retention
from core.storage.sqlite import SqliteStore
from gateway.privacy.erase import erase
from gateway.privacy.purge import purge
from tests.builders import a_contact, a_conversation, a_message, a_vault, at, changed
from tests.contracts.conftest import Database
from tests.fakes import Echo
from tests.gateway.gateways import Running, running

Client = TestClient[web.Request, web.Application]
TOKENS = SessionTokens(b"t" * 32)
SECRET = b"s" * 32
CHEAP = Cost(memory=8, passes=1)


def the_routes(store: Store, guesses: int = 10**6, waiting: int = 40) -> Returning:
    def clock() -> datetime:
        return at(60)

    return Returning(
        conversations=store,
        documents=store,
        tokens=TOKENS,
        door=Door(tokens=TOKENS, origins=frozenset(), clock=clock),
        secret=SECRET,
        clock=clock,
        cost=CHEAP,
        guesses_a_minute=guesses,
        waiting=waiting,
    )


@pytest.fixture
async def client(store: Store) -> AsyncIterator[Client]:
    """The two routes, with as many guesses as anybody likes."""
    app = web.Application()
    app.router.add_routes(the_routes(store).routes())
    async with TestClient(TestServer(app)) as client:
        yield client


async def a_talk(store: Store) -> tuple[str, Conversation]:
    """A visitor's token and their open conversation."""
    token = TOKENS.issue(origin=None, now=at(0))
    visitor = TOKENS.check(token, now=at(0))
    assert visitor is not None
    contact = await a_contact(store, sender=visitor.address)
    conversation = a_conversation(contact)
    await store.commit(
        Change(conversation=conversation, messages=(a_message(conversation, 1),)), now=at(1)
    )
    return token, conversation


async def code_of(client: Client, token: str) -> str:
    answer = await client.post("/web/code", headers={"Authorization": f"Bearer {token}"})
    assert answer.status == 200, await answer.text()
    code: str = (await answer.json())["code"]
    return code


async def status_of(client: Client, code: object) -> int:
    return (await client.post("/web/return", json={"code": code})).status


async def test_a_code_opens_the_same_conversation(client: Client, store: Store) -> None:
    token, conversation = await a_talk(store)
    code = await code_of(client, token)
    answer = await client.post("/web/return", json={"code": code.upper().replace(" ", " - ")})
    assert answer.status == 200
    back = TOKENS.check((await answer.json())["token"], now=at(60))
    assert back is not None
    contact = await store.contact(conversation.contact_id)
    assert back.address == contact.address


async def test_the_database_holds_no_word_of_it(
    client: Client, store: Store, database: Database
) -> None:
    token, _ = await a_talk(store)
    code = await code_of(client, token)
    dump = (await database.dump()).lower()
    plain = " ".join(code.split())
    assert plain.encode() not in dump
    (kept,) = await store.documents(CODE)
    assert not set(code.split()) & set(kept.body.decode().split('"'))
    assert kept.name != slow_hash(plain, b"another secret, of 32 bytes, no!", CHEAP)


async def test_ten_thousand_guesses_open_nothing(tmp_path: Path) -> None:
    async with AsyncExitStack() as open_ones:
        store = SqliteStore(tmp_path / "relais.db", a_vault())
        await store.open()
        open_ones.push_async_callback(store.close)
        token, _ = await a_talk(store)
        app = web.Application()
        app.router.add_routes(the_routes(store).routes())
        client: Client = await open_ones.enter_async_context(TestClient(TestServer(app)))
        code = await code_of(client, token)
        guesses = (new_code() for _ in range(10_000))
        wrong = [guess for guess in guesses if guess != code]
        assert {await status_of(client, guess) for guess in wrong} == {404}
        assert await status_of(client, code) == 200


async def test_only_the_newest_code_opens(client: Client, store: Store) -> None:
    token, _ = await a_talk(store)
    first, second = await code_of(client, token), await code_of(client, token)
    assert await status_of(client, first) == 404
    assert await status_of(client, second) == 200
    assert len(await store.documents(CODE)) == len(await store.documents(CODE_OF)) == 1


async def test_a_code_ends_with_its_conversation(client: Client, store: Store) -> None:
    token, conversation = await a_talk(store)
    code = await code_of(client, token)
    await store.commit(Change(conversation=changed(conversation, closed_at=at(9))), now=at(9))
    assert await status_of(client, code) == 404
    assert not await store.documents(CODE)
    answer = await client.post("/web/code", headers={"Authorization": f"Bearer {token}"})
    assert answer.status == 409
    assert (await answer.json())["error"]["code"] == "nothing_yet"


@pytest.mark.parametrize("end", ["purge", "erasure"])
async def test_nothing_of_a_code_outlives_the_conversation(
    client: Client, store: Store, end: str
) -> None:
    token, conversation = await a_talk(store)
    code = await code_of(client, token)
    if end == "purge":
        closed = changed(conversation, closed_at=at(9))
        await store.commit(Change(conversation=closed), now=at(9))
        await purge(store, Retention(), now=at(40 * 24 * 3600))
    else:

        async def no_pause(_seconds: float) -> None:
            """Nobody watches."""

        contact = conversation.contact_id
        await erase(
            store, contact, phrases=Echo(), clock=lambda: at(9), insist=True, pause=no_pause
        )
    assert not await store.documents(CODE)
    assert not await store.documents(CODE_OF)
    assert await status_of(client, code) == 404


async def test_who_wrote_nothing_or_is_nobody_gets_no_code(client: Client) -> None:
    token = TOKENS.issue(origin=None, now=at(0))
    answer = await client.post("/web/code", headers={"Authorization": f"Bearer {token}"})
    assert answer.status == 409
    for headers in ({}, {"Authorization": "Bearer x"}):
        assert (await client.post("/web/code", headers=headers)).status == 401
    for body in (None, 3, "", ["hamac"] * 5, "hamac " * 5):
        assert await status_of(client, body) == 404
    assert (await client.post("/web/return", data=b"[")).status == 400
    foreign = {"Origin": "https://elsewhere.example"}
    assert (await client.post("/web/return", json={}, headers=foreign)).status == 403


async def test_guesses_are_few_for_one_address_and_keep_nobody_else_out(store: Store) -> None:
    token, _ = await a_talk(store)
    app = web.Application()
    app.router.add_routes(the_routes(store, 4, waiting=2).routes())

    @web.middleware
    async def placed(request: web.Request, handler: web.RequestHandler) -> web.StreamResponse:
        return await handler(request.clone(remote=request.headers.get("X-Place", "here")))

    app.middlewares.append(placed)
    async with TestClient(TestServer(app)) as client:
        code = await code_of(client, token)
        guesses = [await status_of(client, "hamac " * 5) for _ in range(6)]
        assert guesses == [404] * 4 + [429] * 2
        # Even the right one must wait; an address that guesses too much takes nothing from others.
        refused = await client.post("/web/return", json={"code": code})
        assert (await refused.json())["error"]["code"] == "too_many_codes"

        async def from_place(place: str, typed: str) -> int:
            headers = {"X-Place": place}
            return (await client.post("/web/return", json={"code": typed}, headers=headers)).status

        # Many addresses, one after the other: however many guessed, the right one comes back.
        for number in range(200):
            assert await from_place(f"there {number}", "hamac " * 5) == 404
        assert await from_place("at home", code) == 200
        # All at once they fill the line, for a moment.
        crowd = [from_place(f"again {n}", "hamac " * 5) for n in range(30)]
        answers = await asyncio.gather(*crowd)
        assert set(answers) == {404, 429}
        assert await from_place("at home", code) == 200


async def test_a_new_browser_sees_the_whole_conversation(tmp_path: Path) -> None:
    async with running(tmp_path) as house:
        visit = await house.visit()
        await visit.connect()
        await visit.say("un secret")
        await visit.frame("message", **{"from": "assistant"})
        bearer = {"Authorization": f"Bearer {visit.token}"}
        code = (await (await house.client.post("/web/code", headers=bearer)).json())["code"]
        back = await come_back(house, code)
        assert [m["text"] for m in back] == [m["text"] for m in visit.messages]
        assert back[0]["text"] == "un secret"


async def come_back(house: Running, code: str) -> list[dict[str, object]]:
    visit = await house.visit()
    answer = await house.client.post("/web/return", json={"code": code})
    visit.token = (await answer.json())["token"]
    await visit.connect()
    await visit.frame("message", **{"from": "assistant"})
    return visit.messages
