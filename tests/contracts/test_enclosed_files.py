"""Voices, films and documents in a copy for a judge: whole, once, and gone when the copy is."""

import hashlib
from typing import Any, NamedTuple

import pytest

from core.accounts import StaffRole
from core.conversation import Attachment, Conversation, FileState
from core.errors import StorageUnavailable
from core.events import MessageType
from core.ids import AttachmentId, new_id
from core.labels import Urgency
from core.ports import Change, Store
from core.signalement.case import Case
from core.signalement.platforms import directory
from gateway.privacy.papers import dossier_files, dossiers_about
from handoff.desk import Desk
from handoff.quarantine import Quarantine
from handoff.signalement.archive import CASES, FILES, Archive
from handoff.signalement.copies import Copies
from handoff.signalement.writing import Writing
from tests.builders import NOON, a_contact, a_listener, a_message, a_waiting, claimed
from tests.fakes import Echo
from tests.signalements import SIGNER

ANNE = a_listener("anne")
CHIEF = a_listener("chief", role=StaffRole.SUPERVISOR)
FILM = bytes(range(256)) * (9 * 4096)
# More than MongoDB takes at once.
LONG_FILM = bytes(range(256)) * (17 * 4096)
VOICE = b"a voice"


class House(NamedTuple):
    """One store, what works on it, and a conversation with a voice, a film and a lost file."""

    store: Store
    archive: Archive
    writing: Writing
    quarantine: Quarantine
    conversation: Conversation
    film: AttachmentId

    async def preserved(self) -> Case:
        return (await self.writing.preserve(CHIEF, self.conversation.id, "26/123")).case

    async def kept(self) -> list[str]:
        return [one.name for one in await self.store.documents(FILES)]


@pytest.fixture
async def house(store: Store) -> House:
    def clock() -> Any:
        return NOON

    for one in (ANNE, CHIEF):
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
    return House(store, archive, writing, quarantine, held, files[1].id)


async def all_of(house: House, case: Case) -> list[bytes]:
    found = [await house.writing.enclosed(CHIEF, case.id, one.id) for one in case.enclosed[:2]]
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
    await house.quarantine.put(ANNE, house.conversation.id, house.film)
    # As if the process had died before the file was dropped.
    await house.store.put_file(house.conversation.id, house.film, FILM)
    written: list[str] = []
    put = house.store.put_document

    async def seen(kind: str, name: str, *args: Any, **more: Any) -> Any:
        written.append(kind)
        return await put(kind, name, *args, **more)

    monkeypatch.setattr(house.store, "put_document", seen)
    await house.preserved()
    assert written.count(FILES) == 1, "the voice alone"
