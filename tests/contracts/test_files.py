"""What every engine promises about the files that people send."""

import asyncio

import pytest

from core.conversation import Conversation
from core.errors import NotFound, SealBroken
from core.ids import AttachmentId, ConversationId, new_id
from core.ports import Change, Store
from tests.builders import NOON, a_contact, a_conversation, a_vault
from tests.contracts.conftest import Database

PICTURE = AttachmentId(new_id())
CANARY = b"canari-qui-ne-doit-pas-se-lire"


async def begun(store: Store) -> Conversation:
    conversation = a_conversation(await a_contact(store))
    await store.commit(Change(conversation=conversation), now=NOON)
    return conversation


@pytest.mark.parametrize("size", [0, 1, 300_000, 5_000_000])
async def test_a_file_comes_back_as_it_was(database: Database, size: int) -> None:
    store = await database.another_store()
    content = bytes(n % 251 for n in range(1000)) * (size // 1000 + 1)
    conversation = await begun(store)
    await store.put_file(conversation.id, PICTURE, content[:size])
    await store.close()
    again = await database.another_store()
    assert await again.file(conversation.id, PICTURE) == content[:size]


async def test_a_file_that_is_not_there(store: Store) -> None:
    conversation, unknown = await begun(store), ConversationId(new_id())
    assert await store.file(conversation.id, PICTURE) is None
    assert await store.file(unknown, PICTURE) is None
    await store.drop_file(conversation.id, PICTURE)
    await store.drop_file(unknown, PICTURE)
    with pytest.raises(NotFound):
        await store.put_file(unknown, PICTURE, b"image")
    assert await store.file(unknown, PICTURE) is None


async def test_the_same_id_again_replaces_the_file(database: Database) -> None:
    stores = [await database.another_store() for _ in range(2)]
    conversation = await begun(stores[0])
    for n in range(6):
        await stores[n % 2].put_file(conversation.id, PICTURE, f"image {n}".encode())
        assert await stores[1 - n % 2].file(conversation.id, PICTURE) == f"image {n}".encode()


async def test_a_file_put_many_times_at_once_is_one_of_them_whole(database: Database) -> None:
    stores = [await database.another_store() for _ in range(2)]
    conversation = await begun(stores[0])
    contents = [bytes([n]) * 400_000 for n in range(8)]
    await asyncio.gather(
        *(
            stores[n % 2].put_file(conversation.id, PICTURE, content)
            for n, content in enumerate(contents)
        )
    )
    assert await stores[0].file(conversation.id, PICTURE) in contents
    await stores[0].drop_file(conversation.id, PICTURE)
    assert await stores[1].file(conversation.id, PICTURE) is None


async def test_a_dropped_file_is_gone_and_no_other(store: Store) -> None:
    one, other = await begun(store), await begun(store)
    sound = AttachmentId(new_id())
    for conversation, attachment_id in ((one, PICTURE), (one, sound), (other, PICTURE)):
        await store.put_file(conversation.id, attachment_id, attachment_id.encode())
    await store.drop_file(one.id, PICTURE)
    assert await store.file(one.id, PICTURE) is None
    assert await store.file(one.id, sound) == sound.encode()
    assert await store.file(other.id, PICTURE) == PICTURE.encode()


@pytest.mark.parametrize("hostile", ["../../relais.db", "..", "", "/etc/passwd", "a" * 5000, "é\0"])
async def test_no_id_leads_anywhere_else(store: Store, hostile: str) -> None:
    conversation = await begun(store)
    assert await store.file(conversation.id, AttachmentId(hostile)) is None
    assert await store.file(ConversationId(hostile), PICTURE) is None
    await store.drop_file(ConversationId(hostile), AttachmentId(hostile))
    assert await store.conversation(conversation.id) == conversation


async def test_no_file_lies_in_the_clear(database: Database, store: Store) -> None:
    conversation = await begun(store)
    before = len(await database.dump())
    await store.put_file(conversation.id, PICTURE, CANARY * 1000)
    stored = await database.dump()
    assert len(stored) - before > 1000 * len(CANARY)
    assert CANARY not in stored


async def test_a_file_whose_key_is_another_does_not_open(database: Database, store: Store) -> None:
    conversation = await begun(store)
    await store.put_file(conversation.id, PICTURE, b"image")
    wrapped = a_vault().new_key(conversation.id)[1]
    await database.damage("data_keys", conversation.id, wrapped=wrapped)
    with pytest.raises(SealBroken):
        await store.file(conversation.id, PICTURE)
    await database.damage("data_keys", conversation.id)
    with pytest.raises(SealBroken):
        await store.file(conversation.id, PICTURE)
    await store.drop_file(conversation.id, PICTURE)
