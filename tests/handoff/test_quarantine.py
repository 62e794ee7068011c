"""An intimate image of a minor: out of reach, seen by two, in no copy, destroyed in time."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from core.conversation import Attachment, FileState, Message
from core.events import MessageType
from core.ids import AttachmentId, ConversationId, new_id
from core.ports import Change, Store
from core.quarantine import DESTROYED_AFTER, HASH_KEPT_FOR, LOOK_WITHIN
from core.storage.sqlite import SqliteStore
from core.work import Lane, Lease
from gateway.privacy.export import export
from handoff.desk import Desk
from handoff.quarantine import BYTES, SLIPS, Quarantine
from tests.builders import a_contact, a_listener, a_message, a_vault, a_waiting, claimed
from tests.fakes import Echo, TurnableClock
from tests.gateway.gateways import Running, running
from tests.handoff.test_console_api import a_console

IMAGE = b"the bytes of an image" * 50


@pytest.fixture
async def gateway(tmp_path: Path) -> AsyncIterator[Running]:
    async with running(tmp_path) as service:
        yield service


async def a_held_image(store: Store, login: str = "anne") -> tuple[Any, Message, Attachment]:
    """A listener who holds a conversation with an image in it."""
    from datetime import UTC, datetime

    from core.labels import Urgency

    now = datetime.now(UTC)
    listener = (await store.listener_by_login(login)) or a_listener(login)
    file = Attachment(
        id=AttachmentId(new_id()),
        type=MessageType.IMAGE,
        state=FileState.KEPT,
        mime="image/jpeg",
        filename="moi.jpg",
        size=len(IMAGE),
    )
    contact = await a_contact(store, now=now)
    waiting = a_waiting(contact, Urgency.ELEVEE, since=now)
    message = a_message(waiting, 1, type=MessageType.IMAGE, attachments=(file,))
    await store.commit(Change(conversation=waiting, messages=(message,)), now=now)
    await store.put_file(waiting.id, file.id, IMAGE)
    await store.commit(Change(conversation=claimed(waiting, listener.id, now)), now=now)
    return listener, message, file


async def test_two_people_are_needed_to_look_and_it_is_seen_once(gateway: Running) -> None:
    anne, bob = await a_console(gateway, "anne"), await a_console(gateway, "bob")
    _, message, file = await a_held_image(gateway.store)
    files = f"/conversations/{message.conversation_id}/files/{file.id}"
    one = f"/quarantine/{file.id}"
    assert (await bob.post(f"{files}/quarantine"))[0] == 404, "not the holder"
    status, slip = await anne.post(f"{files}/quarantine")
    assert (status, slip["size"]) == (200, len(IMAGE))
    # The ordinary way is shut, for the holder too.
    assert (await anne.client.get(f"/console/api{files}")).status == 404
    assert await gateway.store.file(message.conversation_id, file.id) is None
    assert (await anne.post(f"{one}/look"))[0] == 409
    assert (await anne.post(f"{one}/ask", {"reason": " "}))[0] == 409, "a reason is needed"
    assert (await anne.post(f"{one}/ask", {"reason": "vérifier l'âge"}))[0] == 200
    assert (await anne.post(f"{one}/agree"))[0] == 409, "nobody agrees with oneself"
    _, waiting = await bob.get("/quarantine")
    assert [(w["id"], w["reason"]) for w in waiting["asked"]] == [(file.id, "vérifier l'âge")]
    assert (await bob.post(f"{one}/agree"))[0] == 200
    assert (await bob.post(f"{one}/look"))[0] == 404, "only who asked, and holds it"
    seen = await anne.client.post(f"/console/api{one}/look")
    assert await seen.read() == IMAGE
    assert seen.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert (await anne.client.post(f"/console/api{one}/look")).status == 409, "once"
    verbs = [entry.verb for entry in await gateway.store.audit_entries(limit=20)]
    assert verbs[:3] == ["quarantine_seen", "quarantine_agreed", "quarantined"]
    status, gone = await anne.post(f"{one}/destroy")
    assert status == 200
    assert gone["destroyed_at"]
    assert gone["sha256"] == slip["sha256"], "the hash stays"
    assert await gateway.store.document(BYTES, file.id) is None


class House:
    """The quarantine alone, with a clock that is turned."""

    def __init__(self, store: Store) -> None:
        from datetime import UTC, datetime

        self.store = store
        self.clock = TurnableClock(datetime.now(UTC))
        desk = Desk(store=store, phrases=Echo(), clock=self.clock)
        self.quarantine = Quarantine(store=store, desk=desk, phrases=Echo(), clock=self.clock)

    async def due(self, file: Attachment) -> timedelta | None:
        lease = Lease(Lane.QUARANTINE, file.id, "t", 0, self.clock())
        return await self.quarantine.due(lease)


async def test_it_is_destroyed_in_time_and_the_hash_a_year_later(store: Store) -> None:
    house = House(store)
    listener, message, file = await a_held_image(store)
    await store.add_listener(listener)
    slip = await house.quarantine.put(listener, message.conversation_id, file.id)
    [work] = await store.claim_work(
        Lane.QUARANTINE, now=slip.destroy_at, lease_for=timedelta(seconds=9), limit=9
    )
    assert work.key == file.id, "the end is durable work"
    house.clock.turn((DESTROYED_AFTER - timedelta(minutes=1)).total_seconds())
    assert await house.due(file) == timedelta(minutes=1)
    assert await store.document(BYTES, file.id) is not None
    house.clock.turn(60)
    assert await house.due(file) == HASH_KEPT_FOR - DESTROYED_AFTER
    assert await store.document(BYTES, file.id) is None
    assert (await house.quarantine.slip(listener, file.id)).sha256 == slip.sha256
    house.clock.turn(HASH_KEPT_FOR.total_seconds())
    assert await house.due(file) is None
    assert await store.document(SLIPS, file.id) is None


async def test_an_agreement_holds_for_a_quarter_of_an_hour(store: Store) -> None:
    house = House(store)
    listener, message, file = await a_held_image(store)
    other = a_listener("bob")
    await house.quarantine.put(listener, message.conversation_id, file.id)
    await house.quarantine.ask(listener, file.id, "vérifier")
    await house.quarantine.agree(other, file.id)
    house.clock.turn(LOOK_WITHIN.total_seconds() + 1)
    with pytest.raises(Exception, match="rules"):
        await house.quarantine.look(listener, file.id)


async def test_what_was_begun_before_a_crash_is_finished_by_doing_it_again(store: Store) -> None:
    house = House(store)
    listener, message, file = await a_held_image(store)
    await house.quarantine.put(listener, message.conversation_id, file.id)
    # As if the process had died before the file was dropped.
    await store.put_file(message.conversation_id, file.id, IMAGE)
    await house.quarantine.put(listener, message.conversation_id, file.id)
    assert await store.file(message.conversation_id, file.id) is None


async def test_no_export_and_no_copy_holds_it(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "relais.db", a_vault())
    await store.open()
    house = House(store)
    listener, message, file = await a_held_image(store)
    await house.quarantine.put(listener, message.conversation_id, file.id)
    conversation = await store.conversation(ConversationId(message.conversation_id))
    contact = await store.contact(conversation.contact_id)
    out = tmp_path / "out"
    done = await export(store, contact, out, now=house.clock())
    assert done.files == 0
    assert not any(IMAGE in path.read_bytes() for path in out.rglob("*") if path.is_file())
    keys: list[bytes] = []
    await store.dump_keys(lambda name, piece: keys.append(piece))
    assert any(b"document|quarantine_slip|" in one for one in keys)
    assert not any(b"document|quarantine|" in one for one in keys)
    await store.close()
