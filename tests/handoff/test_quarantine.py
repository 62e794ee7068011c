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
from gateway.privacy.papers import dossier_files, dossiers_about
from gateway.removals import Reach
from handoff.desk import Desk
from handoff.quarantine import BYTES, SLIPS, Quarantine
from handoff.signalement.archive import FILES, Archive
from handoff.signalement.copies import Copies
from tests.builders import a_contact, a_listener, a_message, a_vault, a_waiting, claimed
from tests.fakes import Echo, TurnableClock
from tests.gateway.gateways import Running, running
from tests.handoff.signalement.test_dossiers import US, Dossier, a_picture, complete
from tests.handoff.test_console_api import a_console
from tests.signalements import SIGNER, elements_of

IMAGE = a_picture()
# Everything is told by the explanation: the picture is the only other evidence.
TOLD = elements_of("harcelement_scolaire")


@pytest.fixture
async def gateway(tmp_path: Path) -> AsyncIterator[Running]:
    async with running(tmp_path, reach=Reach(notifier=US)) as service:
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
        copies = Copies(Archive(store=store, signer=SIGNER, clock=self.clock))
        self.quarantine = Quarantine(
            store=store, desk=desk, copies=copies, phrases=Echo(), clock=self.clock
        )

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


async def a_dossier_with_it(gateway: Running, *, copied: bool = True) -> tuple[Dossier, Any, Any]:
    """A dossier on the conversation of the image, with its copy in it unless `copied` is False."""
    anne = await a_console(gateway, "anne")
    _, message, file = await a_held_image(gateway.store)
    dossier = Dossier(anne)
    await dossier.open(message.conversation_id)
    if copied:
        assert (await dossier.do("captures/copy", {"attachment": file.id}))[0] == 200
    return dossier, message, file


def quarantine_of(message: Any, file: Any) -> str:
    return f"/conversations/{message.conversation_id}/files/{file.id}/quarantine"


async def judged_harmless(dossier: Dossier, message: Any) -> Any:
    """The dossier's one capture, said not to be intimate, in an otherwise complete dossier."""
    capture = dossier.told["case"]["captures"][0]
    judged = {"id": capture["id"], "taken_at": capture["taken_at"], "intimate": False}
    assert await dossier.put(complete(message.seq, quotes=[], captures=[judged], told=TOLD)) == 200
    return capture


async def looked_at(dossier: Dossier) -> int:
    capture = dossier.told["case"]["captures"][0]["id"]
    path = f"/console/api{dossier.at}/captures/{capture}"
    return (await dossier.console.client.get(path)).status


async def test_what_is_put_aside_is_destroyed_in_the_dossiers_that_hold_a_copy(
    gateway: Running,
) -> None:
    dossier, message, file = await a_dossier_with_it(gateway)
    # Judged wrongly at first, it went onto a paper.
    capture = await judged_harmless(dossier, message)
    assert (await dossier.of_notice("validate"))[0] == 200
    notice = dossier.notice["id"]
    assert await looked_at(dossier) == 200
    assert await gateway.store.document(FILES, notice) is not None
    status, slip = await dossier.console.post(quarantine_of(message, file))
    assert status == 200
    assert await looked_at(dossier) == 404
    for name in (capture["id"], notice):
        assert await gateway.store.document(FILES, name) is None, "nor is its key in any copy"
    _, dossier.told = await dossier.console.get(dossier.at)
    shown = dossier.told["case"]["captures"][0]
    assert (shown["kept"], shown["shown"], shown["sha256"]) == (False, False, slip["sha256"])
    assert dossier.notice["state"] == "draft"
    last = dossier.told["case"]["steps"][-1]
    assert last["kind"] == "capture_put_aside"
    assert (await dossier.console.client.get(f"/console/api{dossier.at}/export")).status == 200


async def test_the_paper_of_a_notice_that_was_sent_goes_too_and_its_hash_stays(
    gateway: Running,
) -> None:
    dossier, message, file = await a_dossier_with_it(gateway)
    await judged_harmless(dossier, message)
    await dossier.of_notice("validate")
    assert (await dossier.of_notice("dispatch", {"route": "form"}))[0] == 200
    paper = dossier.notice["document"]
    await dossier.console.post(quarantine_of(message, file))
    _, dossier.told = await dossier.console.get(dossier.at)
    assert (dossier.notice["state"], dossier.notice["document"]) == ("dispatched", paper)
    assert await gateway.store.document(FILES, dossier.notice["id"]) is None
    exported = await dossier.console.client.get(f"/console/api{dossier.at}/export")
    assert (await exported.json())["files"] == {}


async def test_what_was_put_aside_enters_a_dossier_by_its_hash_alone(gateway: Running) -> None:
    dossier, message, file = await a_dossier_with_it(gateway, copied=False)
    _, slip = await dossier.console.post(quarantine_of(message, file))
    upload = f"/console/api{dossier.at}/captures"
    answer = await dossier.console.client.post(upload, data=IMAGE)
    assert answer.status == 200
    dossier.told = await answer.json()
    capture = dossier.told["case"]["captures"][0]
    assert (capture["kept"], capture["sha256"]) == (False, slip["sha256"])
    assert dossier.told["case"]["steps"][-1]["kind"] == "capture_added", "never kept, not even once"
    assert await gateway.store.document(FILES, capture["id"]) is None


async def test_a_capture_that_is_called_intimate_is_shut_and_destroyed_once_of_a_minor(
    gateway: Running,
) -> None:
    dossier, message, _ = await a_dossier_with_it(gateway)
    capture = dossier.told["case"]["captures"][0]
    said = {"id": capture["id"], "taken_at": capture["taken_at"], "intimate": True}
    assert await dossier.put({"victim_age": 34, "captures": [said]}) == 200
    assert await looked_at(dossier) == 200, "of an adult it is evidence"
    # The age is unknown: shut, and in no export; nothing is destroyed on a guess.
    assert await dossier.put({"captures": [said]}) == 200
    assert await looked_at(dossier) == 404
    [kept] = await dossiers_about(gateway.store, [message.conversation_id])
    assert await dossier_files(gateway.store, kept) == {}
    assert await gateway.store.document(FILES, capture["id"]) is not None
    assert await dossier.put({"victim_age": 13, "captures": [said]}) == 200
    assert dossier.told["case"]["captures"][0]["kept"] is False
    assert dossier.told["case"]["steps"][-1]["kind"] == "capture_put_aside"
    assert await looked_at(dossier) == 404
    assert await gateway.store.document(FILES, capture["id"]) is None


async def test_what_is_put_aside_while_it_is_being_copied_does_not_stay_in_the_dossier(
    gateway: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    dossier, message, file = await a_dossier_with_it(gateway, copied=False)
    put = gateway.store.put_document

    async def put_aside_meanwhile(kind: str, *args: Any, **more: Any) -> Any:
        if kind == FILES:
            status, _ = await dossier.console.post(quarantine_of(message, file))
            assert status == 200
        return await put(kind, *args, **more)

    monkeypatch.setattr(gateway.store, "put_document", put_aside_meanwhile)
    assert (await dossier.do("captures/copy", {"attachment": file.id}))[0] == 200
    capture = dossier.told["case"]["captures"][0]
    assert capture["kept"] is False
    assert await gateway.store.document(FILES, capture["id"]) is None
