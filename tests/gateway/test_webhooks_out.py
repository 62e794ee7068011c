"""Other systems are told what happens, ids only: real HTTP on loopback, faults included."""

import hmac
import json
import socket
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.test_utils import TestServer

from core import transitions
from core.assessment import Assessment
from core.conversation import Conversation, Outcome
from core.labels import Issue, Urgency
from core.ports import Change, Store
from core.prospects import ANSWERED
from core.work import Lane
from gateway.receivers import check_receiver
from gateway.webhooks import KIND, Receivers, Webhooks, announced
from tests.builders import LEASE, a_contact, an_event
from tests.core.test_transitions import ANNE
from tests.fakes import Echo, TurnableClock

SECRET = b"a secret of twenty-four characters"
SAID = "je vais sauter du pont des Arts"
CRISIS = Assessment(urgency=Urgency.CRITIQUE, issue=Issue.IDEATION_SUICIDAIRE)


class Receiver:
    """A system of somebody else; answers with the statuses it is told, else 204."""

    def __init__(self) -> None:
        self.statuses: list[int] = []
        self.taken: list[dict[str, Any]] = []
        self.calls: list[tuple[dict[str, str], bytes]] = []
        self.elsewhere = 0

    async def take(self, request: web.Request) -> web.Response:
        body = await request.read()
        self.calls.append((dict(request.headers), body))
        status = self.statuses.pop(0) if self.statuses else 204
        if status < 300:
            self.taken.append(json.loads(body))
        return web.Response(status=status, headers={"Location": "/elsewhere"})

    async def wrong(self, request: web.Request) -> web.Response:
        self.elsewhere += 1
        return web.Response()

    @property
    def types(self) -> list[str]:
        return [one["type"].removeprefix("conversation.") for one in self.taken]


class House:
    """A store that announces, and the worker of the lane."""

    def __init__(self, store: Store, *urls: str) -> None:
        self.clock = TurnableClock()
        self.receivers = Receivers(urls, SECRET)
        self.store = announced(store, self.receivers)
        self.webhooks = Webhooks(
            store=self.store, receivers=self.receivers, clock=self.clock, loopback=True
        )

    async def commit(self, change: Change) -> Conversation:
        await self.store.commit(change, now=self.clock())
        return change.conversation

    async def somebody(self, seen: Assessment = Assessment()) -> Conversation:
        contact = await a_contact(self.store)
        begun = transitions.open_conversation(contact, None, now=self.clock())
        event = an_event(text=SAID, sender=contact.address)
        return await self.commit(
            transitions.receive(
                begun, event, seen, burst=LEASE, now=self.clock(), phrases=Echo(),
                prospect=ANSWERED,
            )
        )  # fmt: skip

    async def run(self) -> int:
        leases = await self.store.claim_work(
            Lane.WEBHOOK, now=self.clock(), lease_for=LEASE, limit=10
        )
        for lease in leases:
            again = await self.webhooks.tell(lease)
            await self.store.finish_work(
                lease, now=self.clock(), again_at=None if again is None else self.clock() + again
            )
        return len(leases)


@pytest.fixture
async def receiver() -> Receiver:
    return Receiver()


@pytest.fixture
async def url(receiver: Receiver) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_post("/hook", receiver.take)
    app.router.add_route("*", "/elsewhere", receiver.wrong)
    async with TestServer(app) as server:
        yield str(server.make_url("/hook"))


async def test_a_conversation_is_told_from_its_opening_to_its_end_without_a_word_of_it(
    store: Store, receiver: Receiver, url: str
) -> None:
    house = House(store, url)
    conversation = await house.somebody(CRISIS)
    await house.run()
    assert sorted(receiver.types) == ["danger", "opened"]
    house.clock.turn(5)
    claimed = transitions.claim(conversation, ANNE, now=house.clock(), phrases=Echo())
    conversation = await house.commit(claimed)
    await house.run()
    house.clock.turn(5)
    closed = transitions.close(
        conversation, ANNE, Outcome.HELPED, seen=99, now=house.clock(), phrases=Echo()
    )
    await house.commit(closed)
    await house.run()
    assert receiver.types[2:] == ["claimed", "closed"]
    for told in receiver.taken:
        assert set(told) == {"id", "type", "at", "conversation"}
        assert told["conversation"] == conversation.id
    assert len({told["id"] for told in receiver.taken}) == 4
    for headers, body in receiver.calls:
        signed = headers["X-Relais-Timestamp"].encode() + b"." + body
        mac = hmac.digest(SECRET, signed, "sha256").hex()
        assert headers["X-Relais-Signature"] == f"sha256={mac}"
        assert SAID.encode() not in body


async def test_what_is_no_news_tells_nobody_anything(
    store: Store, receiver: Receiver, url: str
) -> None:
    house = House(store, url)
    conversation = await house.somebody()
    await house.run()
    house.clock.turn(60)
    event = replace(an_event(text="encore moi"), event_id="m:2", id="2")
    more = transitions.receive(
        conversation, event, Assessment(), burst=LEASE, now=house.clock(), phrases=Echo(),
        prospect=ANSWERED,
    )  # fmt: skip
    await house.commit(more)
    assert await house.run() == 0
    assert receiver.types == ["opened"]


async def test_a_receiver_that_fails_is_asked_again_later_and_gets_the_same_id(
    store: Store, receiver: Receiver, url: str
) -> None:
    house = House(store, url)
    receiver.statuses = [503, 302, 404]
    await house.somebody()
    waits = 0
    for _ in range(60):
        waits += 0 if await house.run() else 1
        house.clock.turn(1)
    assert receiver.types == ["opened"]
    assert receiver.elsewhere == 0, "a redirect was followed"
    assert waits > 20, "it was asked again without a pause"
    assert len({json.loads(body)["id"] for _, body in receiver.calls}) == 1


async def test_a_receiver_that_is_dead_for_a_day_is_given_up_and_holds_up_nobody(
    store: Store, receiver: Receiver, url: str
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        dead = f"http://127.0.0.1:{taken.getsockname()[1]}/hook"
        house = House(store, dead, url)
        conversation = await house.somebody()
        await house.run()
        assert receiver.types == ["opened"]
        for _ in range(30):
            house.clock.turn(3600)
            await house.run()
    key = house.receivers.keys(conversation.id)[0]
    assert await store.document(KIND, key) is None
    assert receiver.types == ["opened"]


async def test_what_was_told_is_forgotten_once_the_conversation_is_gone(
    store: Store, receiver: Receiver, url: str
) -> None:
    house = House(store, url)
    conversation = await house.somebody()
    await house.run()
    (key,) = house.receivers.keys(conversation.id)
    assert await store.document(KIND, key) is not None
    await store.erase_contact(conversation.contact_id)
    house.clock.turn(25 * 3600)
    assert await house.run() == 1
    assert await store.document(KIND, key) is None
    house.clock.turn(25 * 3600)
    assert await house.run() == 0


class Names(AbstractResolver):
    """Says that every name lies at one address."""

    def __init__(self, address: str) -> None:
        self._address = address

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        return [
            ResolveResult(
                hostname=host, host=self._address, port=port, family=family, proto=0, flags=0
            )
        ]

    async def close(self) -> None:
        """Nothing is open."""


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "10.0.0.5", "169.254.169.254", "::1", "::ffff:10.0.0.1", "fd00::1"]
)
async def test_a_name_that_leads_into_our_own_network_is_not_followed(
    store: Store, receiver: Receiver, url: str, address: str
) -> None:
    port = url.rsplit(":", 1)[1].split("/")[0]
    house = House(store, f"https://receiver.example:{port}/hook")
    house.webhooks = Webhooks(
        store=house.store, receivers=house.receivers, clock=house.clock, resolver=Names(address)
    )
    await house.somebody()
    await house.run()
    assert receiver.calls == []


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/x",
        "https://127.0.0.1/x",
        "https://[::1]/x",
        "https://user:word@example.org/",
        "https://example.org:99999/",
        "https://example.org/ x",
        "https://example.org/#x",
        "ftp://example.org",
        "",
    ],
)
def test_an_address_that_is_no_receiver_is_refused_in_the_settings(url: str) -> None:
    with pytest.raises(ValueError):
        check_receiver(url)
    check_receiver("https://suivi.example.org:8443/relais?of=a")
