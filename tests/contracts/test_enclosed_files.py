"""Voices, films and documents in a copy for a judge: whole, once, and gone when the copy is."""

import hashlib
from dataclasses import replace
from typing import Any, NamedTuple

import pytest

from core.accounts import StaffRole
from core.conversation import Attachment, Conversation, FileState
from core.errors import NotFound, StorageUnavailable
from core.events import MessageType
from core.ids import AttachmentId, new_id
from core.labels import Urgency
from core.ports import Change, Store
from core.signalement import checks
from core.signalement.case import Case
from core.signalement.platforms import directory
from gateway.privacy.papers import dossier_files, dossiers_about
from handoff.desk import Desk
from handoff.quarantine import Quarantine
from handoff.signalement.archive import CASES, FILES, Archive
from handoff.signalement.copies import Copies
from handoff.signalement.preserving import Preserving
from handoff.signalement.writing import Writing
from tests.builders import NOON, a_contact, a_listener, a_message, a_waiting, claimed
from tests.fakes import Echo
from tests.gateway.media.pictures import a_picture
from tests.signalements import SIGNER

ANNE = a_listener("anne")
CHIEF = a_listener("chief", role=StaffRole.SUPERVISOR)
STRANGER = a_listener("stranger")
FILM = bytes(range(256)) * (9 * 4096)
# More than MongoDB takes at once.
LONG_FILM = bytes(range(256)) * (17 * 4096)
VOICE = b"a voice"


class House(NamedTuple):
    """One store, what works on it, and a conversation with a voice, a film and a lost file."""

    store: Store
    archive: Archive
    preserving: Preserving
    quarantine: Quarantine
    conversation: Conversation
    film: AttachmentId

    async def preserved(self) -> Case:
        return (await self.preserving.preserve(CHIEF, self.conversation.id, "26/123")).case

    async def kept(self) -> list[str]:
        return [one.name for one in await self.store.documents(FILES)]


@pytest.fixture
async def house(store: Store) -> House:
    def clock() -> Any:
        return NOON

    for one in (ANNE, CHIEF, STRANGER):
        await store.add_listener(one)
    waiting = a_waiting(await a_contact(store), Urgency.ELEVEE)
    files = [
        Attachment(id=AttachmentId(new_id()), type=kind, state=state)
        for kind, state in (
            (MessageType.VOICE, FileState.KEPT),
            (MessageType.VIDEO, FileState.KEPT),
            (MessageType.DOCUMENT, FileState.GONE),
        )
    ]
    message = a_message(waiting, 1, attachments=tuple(files))
    await store.commit(Change(conversation=waiting, messages=(message,)), now=NOON)
    for file, content in zip(files, (VOICE, FILM), strict=False):
        await store.put_file(waiting.id, file.id, content)
    held = claimed(waiting, ANNE.id, NOON)
    await store.commit(Change(conversation=held), now=NOON)
    desk = Desk(store=store, phrases=Echo(), clock=clock)
    archive = Archive(store=store, signer=SIGNER, clock=clock)
    writing = Writing(store=store, desk=desk, archive=archive, known=directory(), clock=clock)
    quarantine = Quarantine(
        store=store, desk=desk, copies=Copies(archive), phrases=Echo(), clock=clock
    )
    preserving = Preserving(store=store, archive=archive, writing=writing, clock=clock)
    return House(store, archive, preserving, quarantine, held, files[1].id)


def kinds_written(store: Store, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Grows by the kind of each document that is written from now on."""
    written: list[str] = []
    put = store.put_document

    async def seen(kind: str, name: str, *args: Any, **more: Any) -> Any:
        written.append(kind)
        return await put(kind, name, *args, **more)

    monkeypatch.setattr(store, "put_document", seen)
    return written


async def all_of(house: House, case: Case) -> list[bytes]:
    found = [await house.preserving.file(CHIEF, case.id, one.id) for one in case.enclosed[:2]]
    return [content for _, content in found]


async def test_a_long_film_is_kept_whole_after_the_conversation_is_erased(house: House) -> None:
    await house.store.put_file(house.conversation.id, house.film, LONG_FILM)
    case = await house.preserved()
    assert [(one.parts, one.kept) for one in case.enclosed] == [(1, True), (3, True), (0, False)]
    assert (await house.preserved()).steps == case.steps, "asked twice it is one"
    assert await house.store.erase_contact(house.conversation.contact_id)
    assert await all_of(house, case) == [VOICE, LONG_FILM]
    [kept] = await dossiers_about(house.store, [house.conversation.id])
    assert sorted((await dossier_files(house.store, kept)).values()) == [LONG_FILM, VOICE]


async def test_asking_again_completes_what_a_crash_cut_short(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    put = house.store.put_document
    with monkeypatch.context() as broken:

        async def dies(kind: str, name: str, *args: Any, **more: Any) -> Any:
            if kind == FILES and name.endswith("-2"):
                raise StorageUnavailable
            return await put(kind, name, *args, **more)

        broken.setattr(house.store, "put_document", dies)
        with pytest.raises(StorageUnavailable):
            await house.preserved()
    [begun] = await house.archive.all()
    assert [one.kept for one in begun.case.enclosed] == [True, False, False]
    case = await house.preserved()
    assert case.id == begun.case.id
    assert await all_of(house, case) == [VOICE, FILM]


async def test_a_copy_that_is_destroyed_leaves_no_piece(house: House) -> None:
    case = await house.preserved()
    assert len(await house.kept()) == 3
    await house.archive.drop(case)
    assert await house.kept() == []
    assert await house.store.documents(CASES) == []


async def test_what_is_put_aside_later_leaves_the_copy(house: House) -> None:
    case = await house.preserved()
    await house.quarantine.put(ANNE, house.conversation.id, house.film)
    [after] = await house.archive.all()
    assert [one.kept for one in after.case.enclosed] == [True, False, False]
    assert after.case.enclosed[1].sha256 == hashlib.sha256(FILM).hexdigest()
    assert await house.kept() == [f"{case.enclosed[0].id}-1"]


async def test_of_what_was_put_aside_only_the_hash_is_copied(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The same film was sent twice, and only one of them was put aside.
    [message] = await house.store.messages(house.conversation.id)
    await house.store.put_file(house.conversation.id, message.attachments[0].id, FILM)
    await house.quarantine.put(ANNE, house.conversation.id, house.film)
    written = kinds_written(house.store, monkeypatch)
    case = await house.preserved()
    assert FILES not in written, "not even once"
    sha256 = hashlib.sha256(FILM).hexdigest()
    assert [(one.sha256, one.size) for one in case.enclosed[:2]] == [(sha256, len(FILM))] * 2
    assert [(one.kept, one.destroyed) for one in case.enclosed[:2]] == [(False, True)] * 2


async def test_a_file_that_is_put_aside_while_it_is_copied_leaves_no_piece(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    put = house.store.put_document

    async def meanwhile(kind: str, name: str, *args: Any, **more: Any) -> Any:
        stored = await put(kind, name, *args, **more)
        if kind == FILES and name.endswith("-1") and args[0] != VOICE:
            await house.quarantine.put(ANNE, house.conversation.id, house.film)
        return stored

    monkeypatch.setattr(house.store, "put_document", meanwhile)
    case = await house.preserved()
    assert [(one.kept, one.destroyed) for one in case.enclosed] == [
        (True, False),
        (False, True),
        (False, False),
    ]
    assert await house.kept() == [f"{case.enclosed[0].id}-1"]


async def test_a_file_of_a_held_copy_is_destroyed_alone_and_not_copied_again(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = await house.preserved()
    voice, film, _ = case.enclosed
    with pytest.raises(NotFound):
        await house.preserving.keep_hash_only(ANNE, case.id, "0" * 32)
    with pytest.raises(NotFound):
        await house.preserving.keep_hash_only(STRANGER, case.id, film.id)
    await house.preserving.keep_hash_only(CHIEF, case.id, film.id)
    assert await house.kept() == [f"{voice.id}-1"]
    with monkeypatch.context() as watched:
        written = kinds_written(house.store, watched)
        after = await house.preserved()
    assert FILES not in written
    assert after.enclosed[1] == replace(film, kept=False, destroyed=True)
    assert after.hold is not None
    assert [step.kind for step in after.steps][-1] == "file_destroyed"
    assert await house.kept() == [f"{voice.id}-1"]
    with pytest.raises(NotFound):
        await house.preserving.file(CHIEF, case.id, film.id)


async def test_a_picture_whose_copying_was_cut_short_leaves_no_stray_one(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    [message] = await house.store.messages(house.conversation.id)
    await house.store.put_file(house.conversation.id, message.attachments[0].id, a_picture())
    put = house.store.put_document
    with monkeypatch.context() as broken:

        async def dies(kind: str, name: str, *args: Any, **more: Any) -> Any:
            if kind == CASES and more["version"] > 0:
                raise StorageUnavailable
            return await put(kind, name, *args, **more)

        broken.setattr(house.store, "put_document", dies)
        with pytest.raises(StorageUnavailable):
            await house.preserved()
    case = await house.preserved()
    [capture] = case.captures
    assert await house.archive.file(capture.id) == a_picture()
    await house.archive.drop(case)
    assert await house.kept() == []


async def test_pictures_that_a_dossier_does_not_take_are_copied_as_files(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checks, "CAPTURES", 1)
    [message] = await house.store.messages(house.conversation.id)
    pictures = [a_picture(), a_picture(size=(40, 30))]
    for file, content in zip(message.attachments, pictures, strict=False):
        await house.store.put_file(house.conversation.id, file.id, content)
    case = await house.preserved()
    assert [one.sha256 for one in case.captures] == [hashlib.sha256(pictures[0]).hexdigest()]
    assert [one.kept for one in case.enclosed] == [True, False]
    assert (await house.preserving.file(CHIEF, case.id, case.enclosed[0].id))[1] == pictures[1]
