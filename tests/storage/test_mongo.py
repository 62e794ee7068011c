"""What only MongoDB can get wrong: its servers, its commits of unknown outcome, its indexes."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from pymongo import AsyncMongoClient, MongoClient, ReadPreference, monitoring

from core.conversation import Conversation, Delivery, DeliveryStatus
from core.errors import ConfigurationError, Conflict, LeaseLost, StorageUnavailable
from core.events import InboundEvent
from core.ids import AttachmentId, MessageId, derived_id
from core.labels import Urgency
from core.ports import Change
from core.sealing import Vault
from core.storage.mongo import MongoStore
from core.storage.mongo.driver import Driver
from core.storage.mongo.schema import SCHEMA_VERSION
from core.work import ORDINARY, Lane, Wake
from tests.builders import (
    LEASE,
    NOON,
    a_contact,
    a_conversation,
    a_listener,
    a_message,
    a_vault,
    a_waiting,
    an_answer,
    an_event,
    at,
    changed,
    the_lease,
)
from tests.contracts.mongo_server import REAL_SERVER, MongoServer, database_url, mongo_url
from tests.storage.workload import first_release, still_works, use_everything

PICTURE = AttachmentId("picture")
CANARY = "canari-qui-ne-doit-pas-se-lire"


@asynccontextmanager
async def opened(url: str, **options: Any) -> AsyncIterator[MongoStore]:
    """An open store on `url`."""
    store = MongoStore(url, a_vault(), **options)
    await store.open()
    try:
        yield store
    finally:
        await store.close()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[MongoServer]:
    """A server of this test's own, which may be killed."""
    server = MongoServer(tmp_path)
    server.start()
    yield server
    server.kill()


# Opening


async def test_a_standalone_server_is_refused(tmp_path: Path) -> None:
    server = MongoServer(tmp_path, standalone=True)
    server.start()
    try:
        with pytest.raises(ConfigurationError, match="RELAIS_DATABASE_URL"):
            await MongoStore(server.url("relais"), a_vault()).open()
    finally:
        server.kill()


@pytest.mark.parametrize(
    "url",
    [
        "mongodb://user:s3cret@",
        "mongodb://user:s3cret@host:notaport/relais",
        "mongodb://",
    ],
)
async def test_a_wrong_url_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(ConfigurationError, match="RELAIS_DATABASE_URL") as refusal:
        await MongoStore(url, a_vault()).open()
    assert "s3cret" not in str(refusal.value)
    assert refusal.value.__suppress_context__


async def test_no_server_is_told_within_seconds_and_then_at_once() -> None:
    store = MongoStore("mongodb://127.0.0.1:1/relais", a_vault())
    begun = time.monotonic()
    with pytest.raises(StorageUnavailable):
        await store.open()
    assert time.monotonic() - begun < 20
    with pytest.raises(StorageUnavailable):
        await store.check()


async def test_another_master_key_is_refused() -> None:
    async with mongo_url() as url:
        async with opened(url):
            pass
        with pytest.raises(ConfigurationError, match="RELAIS_MASTER_KEY"):
            await MongoStore(url, Vault({1: bytes(32)})).open()


async def test_a_database_of_another_release_is_refused() -> None:
    async with mongo_url() as url:
        async with opened(url):
            pass
        async with AsyncMongoClient[dict[str, Any]](url) as client:
            meta = client.get_default_database()["meta"]
            await meta.update_one({"_id": "schema"}, {"$inc": {"version": 1}})
        with pytest.raises(ConfigurationError, match="release"):
            await MongoStore(url, a_vault()).open()


async def test_a_database_of_the_first_release_is_brought_up_to_date() -> None:
    async with mongo_url() as url:
        async with opened(url) as store:
            _, answers = await first_release(store)
            silent = a_conversation(await a_contact(store, "silent"))
            await store.commit(Change(conversation=silent), now=NOON)
        async with AsyncMongoClient[dict[str, Any]](url) as client:
            database = client.get_default_database()
            await database["contacts"].drop_index("contact_refs")
            await database["contacts"].update_many({}, {"$unset": {"refs": ""}})
            for ref in await database["provider_refs"].find().to_list(None):
                await database["messages"].update_one(
                    {"_id": ref["message_id"]}, {"$set": {"provider_ref": ref["_id"]}}
                )
            await database["provider_refs"].drop()
            await database["messages"].create_index("provider_ref", name="provider", sparse=True)
            later = {"place": "", "offered_to": "", "follow_up_at": "", "claim": ""}
            await database["conversations"].update_many({}, {"$unset": later})
            await database["meta"].update_one({"_id": "schema"}, {"$set": {"version": 1}})

        # Several processes of the new release start at once.
        stores = [MongoStore(url, a_vault()) for _ in range(3)]
        await asyncio.gather(*(one.open() for one in stores))
        assert await stores[0].conversation(silent.id) == silent
        assert [one.id for one in await stores[0].waiting(limit=9)] == [answers[0].conversation_id]
        await still_works(stores[0], answers)
        for one in stores:
            await one.close()
        async with AsyncMongoClient[dict[str, Any]](url) as client:
            database = client.get_default_database()
            assert await database["messages"].count_documents({"provider_ref": {"$gt": ""}}) == 0
            assert "provider" not in await database["messages"].index_information()
            meta = await database["meta"].find_one({"_id": "schema"})
            assert meta is not None
            assert meta["version"] == SCHEMA_VERSION


async def test_files_of_conversations_that_are_gone_are_swept_at_the_start() -> None:
    async with mongo_url() as url:
        async with opened(url) as store:
            kept, lost = [a_conversation(await a_contact(store)) for _ in range(2)]
            for one in (kept, lost):
                await store.commit(Change(conversation=one), now=NOON)
                await store.put_file(one.id, PICTURE, b"image")
        async with AsyncMongoClient[dict[str, Any]](url) as client:
            database = client.get_default_database()
            await database["conversations"].delete_one({"_id": lost.id})
            async with opened(url) as store:
                assert await store.file(kept.id, PICTURE) == b"image"
            assert await database["fs.files"].distinct("filename") == [kept.id]
            assert await database["fs.chunks"].count_documents({}) == 1


@pytest.mark.parametrize("name", ["motor", "pymongo"])
async def test_a_url_cannot_ask_for_weaker_writes(name: Any) -> None:
    url = "mongodb://127.0.0.1:1/?w=1&journal=false&readConcernLevel=local"
    url += "&readPreference=secondaryPreferred"
    driver = Driver(url, name=name, default_database="relais")
    assert driver.database.name == "relais"
    assert driver.database.write_concern.document == {"w": "majority", "j": True}
    assert driver.database.read_concern.level == "majority"
    assert driver.database.read_preference == ReadPreference.PRIMARY
    await driver.close()


# Outages


@dataclass
class Writer:
    """One person who writes on and on; remembers what was acknowledged."""

    store: MongoStore
    name: str
    accepted: list[str] = field(default_factory=list)
    committed: int = 0
    refused: int = 0

    async def run(self, conversation: Conversation, stop: asyncio.Event) -> None:
        number = 0
        while not stop.is_set():
            number += 1
            event_id = f"{self.name}-{number}"
            event = an_event(event_id, sender=self.name)
            await self._insist(lambda event=event: self._accept(event), stop)
            conversation = await self._commit(conversation, stop)

    async def _accept(self, event: InboundEvent) -> None:
        (receipt,) = await self.store.accept_events([event], now=NOON, priority=ORDINARY)
        self.accepted.append(receipt.event_id)

    async def _insist(self, step: Any, stop: asyncio.Event) -> None:
        while not stop.is_set():
            try:
                await step()
                return
            except StorageUnavailable:
                self.refused += 1
                await asyncio.sleep(0.05)

    async def _commit(self, conversation: Conversation, stop: asyncio.Event) -> Conversation:
        following = changed(conversation)
        message = a_message(
            following,
            following.version,
            id=MessageId(derived_id(conversation.id, str(following.version))),
        )

        async def step() -> None:
            try:
                await self.store.commit(
                    Change(conversation=following, messages=(message,)), now=at(1)
                )
            except Conflict:
                # It was written by the try before, whose outcome nobody could tell.
                stored = await self.store.conversation(conversation.id)
                assert stored.version == following.version
            self.committed = following.version

        await self._insist(step, stop)
        return following if self.committed == following.version else conversation


async def test_nothing_acknowledged_is_lost_when_the_server_is_killed(server: MongoServer) -> None:
    async with opened(server.url("relais")) as store:
        writers = [Writer(store, f"writer{n}") for n in range(12)]
        conversations = []
        for writer in writers:
            conversation = a_conversation(await a_contact(store, writer.name))
            await store.commit(Change(conversation=conversation), now=NOON)
            conversations.append(conversation)

        for cycle in range(4):
            stop = asyncio.Event()
            # Each cycle goes on from what is stored, as a restarted gateway would.
            conversations = [await store.conversation(one.id) for one in conversations]
            async with asyncio.TaskGroup() as group:
                for writer, conversation in zip(writers, conversations, strict=True):
                    writer.name = f"{writer.name.split('.')[0]}.{cycle}"
                    group.create_task(writer.run(conversation, stop))
                await asyncio.sleep(1.0)
                acknowledged = [len(writer.accepted) for writer in writers]
                server.kill()
                if cycle == 0:
                    with pytest.raises(StorageUnavailable):
                        await store.check()
                    async with asyncio.timeout(60):  # the others may find it up again at once
                        while not any(writer.refused for writer in writers):
                            await asyncio.sleep(0.05)
                await asyncio.to_thread(server.start)
                async with asyncio.timeout(60):  # recovers by itself
                    while any(
                        len(writer.accepted) <= before
                        for writer, before in zip(writers, acknowledged, strict=True)
                    ):
                        await asyncio.sleep(0.05)
                stop.set()

        for writer, conversation in zip(writers, conversations, strict=True):
            for cycle in range(4):
                name = f"{writer.name.split('.')[0]}.{cycle}"
                mine = [one for one in writer.accepted if one.startswith(f"{name}-")]
                contact = await store.find_contact("web", "site", name)
                assert contact is not None
                pending = await store.pending_events(contact.id, limit=10_000)
                kept = [one.event.event_id for one in pending]
                assert kept == [f"{name}-{n + 1}" for n in range(len(kept))]  # once, in order
                assert set(mine) <= set(kept)
            stored = await store.conversation(conversation.id)
            assert stored.version >= writer.committed
            messages = await store.messages(conversation.id, limit=10_000)
            assert [message.seq for message in messages] == list(range(2, stored.version + 1))


async def test_a_dead_server_is_refused_quickly_whatever_the_crowd(server: MongoServer) -> None:
    async with opened(server.url("relais")) as store:
        await store.check()
        server.kill()
        begun = time.monotonic()
        outcomes = await asyncio.gather(*(store.check() for _ in range(60)), return_exceptions=True)
        assert all(isinstance(outcome, StorageUnavailable) for outcome in outcomes)
        assert time.monotonic() - begun < 20
        begun = time.monotonic()
        with pytest.raises(StorageUnavailable):
            await store.accept_events([an_event("e1")], now=NOON, priority=ORDINARY)
        assert time.monotonic() - begun < 2  # nobody queues for a server known to be gone
        server.start()
        async with asyncio.timeout(60):
            while True:
                try:
                    await store.check()
                    break
                except StorageUnavailable:
                    await asyncio.sleep(0.05)


# Transactions that the server disturbs


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MongoServer]:
    """A server that fails on demand."""
    server = MongoServer(tmp_path_factory.mktemp("faulty"), faults=True)
    server.start()
    yield server
    server.kill()


def fail(server: MongoServer, command: str, *, times: int, **how: Any) -> None:
    """Make the next `times` calls of `command` by a store fail so."""
    with MongoClient[dict[str, Any]](server.url("admin")) as client:
        client.admin.command(
            {
                "configureFailPoint": "failCommand",
                "mode": {"times": times},
                "data": {"failCommands": [command], "appName": "relais", **how},
            }
        )


FAULTS: dict[str, tuple[str, int, dict[str, Any]]] = {
    "conflict on insert": (
        "insert",
        3,
        {"errorCode": 112, "errorLabels": ["TransientTransactionError"]},
    ),
    "connection lost on insert": ("insert", 1, {"closeConnection": True}),
    "connection lost on commit": ("commitTransaction", 1, {"closeConnection": True}),
    "connection lost on commit, again and again": (
        "commitTransaction",
        5,
        {"closeConnection": True},
    ),
    "commit forgotten": (
        "commitTransaction",
        1,
        {"errorCode": 251, "errorLabels": ["TransientTransactionError"]},
    ),
    "committed, and told to run again": (
        "commitTransaction",
        1,
        {
            "writeConcernError": {"code": 100, "errmsg": "stepped down"},
            "errorLabels": ["TransientTransactionError"],
        },
    ),
    "committed, majority not heard": (
        "commitTransaction",
        3,
        {"writeConcernError": {"code": 64, "errmsg": "waiting timed out"}},
    ),
}


@pytest.mark.parametrize("driver", ["motor", "pymongo"])
@pytest.mark.parametrize("fault", FAULTS)
async def test_a_disturbed_transaction_is_done_once(
    faulty: MongoServer, fault: str, driver: str
) -> None:
    command, times, how = FAULTS[fault]
    database = f"{driver}_{list(FAULTS).index(fault)}"
    async with opened(faulty.url(database), driver=driver) as store:
        events = [an_event("e1"), an_event("e2")]
        fail(faulty, command, times=times, **how)
        receipts = await store.accept_events(events, now=NOON, priority=ORDINARY)
        assert [receipt.duplicate for receipt in receipts] == [False, False]
        contact = await store.find_contact("web", "site", "visitor")
        assert contact is not None
        pending = await store.pending_events(contact.id, limit=10)
        assert [one.event.event_id for one in pending] == ["e1", "e2"]

        conversation = a_conversation(contact)
        lease = await the_lease(store, Lane.INBOUND)
        fail(faulty, command, times=times, **how)
        change = Change(conversation=conversation, messages=(a_message(conversation, 1),))
        await store.commit(change, now=at(1), lease=lease, consumed=events[:1])
        assert len(await store.messages(conversation.id)) == 1

        fail(faulty, command, times=times, **how)
        assert not await store.event_failed(events[1], lease=lease, now=at(2), quarantine_after=2)
        (left,) = await store.pending_events(contact.id, limit=10)
        assert left.tries == 1
        fail(faulty, command, times=0)


async def test_what_the_server_refuses_is_told_by_kind_and_code_alone(faulty: MongoServer) -> None:
    async with opened(faulty.url("refused")) as store:
        fail(faulty, "insert", times=1, errorCode=96)
        with pytest.raises(StorageUnavailable) as caught:
            await store.accept_events([an_event()], now=NOON, priority=ORDINARY)
        assert caught.value.__notes__ == ["OperationFailure, code 96"]
        assert caught.value.__suppress_context__


async def test_a_cancelled_caller_leaves_no_transaction_behind() -> None:
    async with mongo_url() as url, opened(url) as store:
        for delay in range(12):
            event = an_event(f"e{delay}")
            begun = asyncio.create_task(store.accept_events([event], now=NOON, priority=ORDINARY))
            await asyncio.sleep(delay / 1000)
            begun.cancel()
            await asyncio.gather(begun, return_exceptions=True)
            async with asyncio.timeout(60):
                await store.accept_events([event], now=NOON, priority=ORDINARY)
        contact = await store.find_contact("web", "site", "visitor")
        assert contact is not None
        assert len(await store.pending_events(contact.id, limit=100)) == 12


async def test_a_lease_that_ends_during_the_commit_is_not_taken_before_it(
    faulty: MongoServer,
) -> None:
    """A commit under way holds its work item: nobody takes the item and is then overwritten."""
    url = faulty.url("fence")
    async with opened(url) as slow, opened(url) as other:
        contact = await a_contact(slow)
        conversation = a_conversation(contact)
        wake = Wake(Lane.ASSISTANT, conversation.id, NOON)
        await slow.commit(Change(conversation=conversation, wakes=(wake,)), now=NOON)
        lease = await the_lease(slow, Lane.ASSISTANT)

        order: list[str] = []

        async def write() -> None:
            change = Change(conversation=changed(conversation))
            try:
                await slow.commit(change, now=at(1), lease=lease)
                order.append("written")
            except LeaseLost:
                order.append("refused")

        async def take() -> None:
            await asyncio.sleep(0.4)
            # A claim passes by what a transaction holds, and finds it the next time.
            async with asyncio.timeout(20):
                while not await other.claim_work(
                    Lane.ASSISTANT, now=at(31), lease_for=LEASE, limit=1
                ):
                    await asyncio.sleep(0.05)
            order.append("taken")

        fail(faulty, "commitTransaction", times=1, blockConnection=True, blockTimeMS=1200)
        await asyncio.gather(write(), take())
        assert order in (["written", "taken"], ["taken", "refused"])
        following = changed(await slow.conversation(conversation.id))
        with pytest.raises(LeaseLost):
            await slow.commit(Change(conversation=following), now=at(1), lease=lease)


# Indexes


class Commands(monitoring.CommandListener):
    """Records what stores ask of the server while it listens."""

    def __init__(self) -> None:
        self.heard: list[dict[str, Any]] | None = None

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        if self.heard is not None:
            self.heard.append(dict(event.command))

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        """Of no interest."""

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        """Of no interest."""


COMMANDS = Commands()
monitoring.register(COMMANDS)


def _queries(command: dict[str, Any]) -> list[dict[str, Any]]:
    """The searches in a command, as `find` commands that can be explained."""
    if "find" in command:
        kept = ("find", "filter", "sort", "limit", "hint")
        return [{name: command[name] for name in kept if name in command}]
    if "aggregate" in command:
        hint = {"hint": command["hint"]} if "hint" in command else {}
        return [{"find": command["aggregate"], "filter": command["pipeline"][0]["$match"], **hint}]
    collection = command.get("update") or command.get("delete")
    statements = command.get("updates") or command.get("deletes") or ()
    return [{"find": collection, "filter": statement["q"]} for statement in statements]


def _stages(plan: Any) -> Iterator[str]:
    if isinstance(plan, dict):
        if "stage" in plan:
            yield plan["stage"]
        for part in plan.values():
            yield from _stages(part)
    elif isinstance(plan, list):
        for part in plan:
            yield from _stages(part)


async def test_every_search_is_served_by_an_index() -> None:
    async with mongo_url() as url, opened(url) as store:
        heard: list[dict[str, Any]] = []
        COMMANDS.heard = heard
        try:
            await use_everything(store)
        finally:
            COMMANDS.heard = None
        scans, sorts = [], []
        async with AsyncMongoClient[dict[str, Any]](url) as client:
            database = client.get_default_database()
            for query in [query for command in heard for query in _queries(command)]:
                if query["find"] == "listeners" and not query["filter"]:
                    continue  # all accounts: a handful, and all are wanted
                if query["find"].startswith("fs.") and not query["filter"]:
                    continue  # GridFS asks whether there is any file, or chunk, at all
                by_id = "_id" in query["filter"] or "_id" in query.get("sort", ())
                if by_id and not REAL_SERVER:
                    continue  # SecantusDB looks these up by id, but explains them as scans
                plan = (await database.command("explain", query))["queryPlanner"]["winningPlan"]
                stages = set(_stages(plan))
                scans += [query] if "COLLSCAN" in stages else []
                sorts += [query] if "SORT" in stages else []
        assert len(heard) > 50
        assert scans == [], "\n".join(map(str, scans))
        if REAL_SERVER:  # SecantusDB sorts what it found by an index even if that has the order
            assert sorts == []


# What a thief of the disk reads


async def test_no_document_shows_a_word_of_a_person() -> None:
    async with mongo_url() as url, opened(url) as store:
        event = an_event(CANARY, sender=f"{CANARY}-sender", text=f"{CANARY} text", payload=CANARY)
        await store.accept_events([event], now=NOON, priority=ORDINARY)
        contact = await store.find_contact("web", "site", f"{CANARY}-sender")
        assert contact is not None
        conversation = a_waiting(contact, Urgency.CRITIQUE, dialogue=CANARY, origin=CANARY)
        answer = an_answer(conversation, 2, text=CANARY)
        lease = await the_lease(store, Lane.INBOUND)
        messages = (a_message(conversation, 1, text=CANARY, client_id=CANARY), answer)
        await store.commit(Change(conversation=conversation, messages=messages), now=at(1))
        sent = Delivery(status=DeliveryStatus.SENT, provider_ids=(CANARY,))
        await store.settle_delivery(answer, sent, lease=lease, now=at(2))
        await store.add_listener(a_listener(CANARY, name=CANARY, password_hash=CANARY))
        await store.consume_event(event, lease=lease, now=at(3))

        found = 0
        async with AsyncMongoClient[dict[str, Any]](url) as client:
            database = client.get_default_database()
            for name in await database.list_collection_names():
                async for document in database[name].find():
                    found += 1
                    assert CANARY not in repr(document)
                    assert "bonjour" not in repr(document)
            (done,) = await database["events"].find().to_list(None)
            assert "body" not in done  # what was consumed leaves its id and nothing to open
        assert found > 8


def test_the_database_of_a_test_is_its_own() -> None:
    assert database_url("relais_test_x").split("?")[0].endswith("/relais_test_x")
