"""A copy is brought back for practice: all of it is read, and the live database is left alone."""

from pathlib import Path

import pytest

from core.errors import ConfigurationError
from core.ports import Change, Store
from gateway.privacy.archive import CopyBroken
from gateway.privacy.backup import KEYS_FILE, backup
from gateway.privacy.drill import drill
from gateway.settings import Settings
from gateway.stores import open_store, open_vault
from tests.builders import a_contact, a_conversation, a_listener, an_answer, at
from tests.contracts.mongo_server import mongo_url
from tests.contracts.test_erasure import Person
from tests.gateway.privacy.test_backup import settings_of


async def a_copy(settings: Settings, folder: Path, conversations: int) -> Path:
    """A copy of a database with somebody, and conversations that all changed at one moment."""
    vault = open_vault(settings)
    store: Store = open_store(settings, vault)
    await store.open()
    try:
        await Person("mine").write(store)
        await store.add_listener(a_listener("camille"))
        for _ in range(conversations):
            conversation = a_conversation(await a_contact(store))
            answer = an_answer(conversation, 1)
            await store.commit(Change(conversation=conversation, messages=(answer,)), now=at(1))
        return await backup(store, vault, folder, now=at(9))
    finally:
        await store.close()


async def test_all_of_a_copy_is_read_and_nothing_stays(tmp_path: Path) -> None:
    settings = settings_of(tmp_path / "here")
    data = await a_copy(settings, tmp_path / "copies", conversations=3)
    live = (tmp_path / "here" / "relais.db").read_bytes()
    found = await drill(settings, data, data.with_name(KEYS_FILE), into=None, now=at(20))
    # Three of one message each; Person has two, of one and two.
    assert (found.conversations, found.messages, found.broken) == (5, 6, 0)
    assert (found.accounts, found.held, found.sound) == (1, 0, True)
    assert (tmp_path / "here" / "relais.db").read_bytes() == live


async def test_more_conversations_of_one_moment_than_a_page_holds(tmp_path: Path) -> None:
    settings = settings_of(tmp_path / "here")
    data = await a_copy(settings, tmp_path / "copies", conversations=9)
    keys = data.with_name(KEYS_FILE)
    found = await drill(settings, data, keys, into=None, now=at(20), page=4)
    assert found.conversations == 11


async def test_a_copy_of_mongodb_wants_an_empty_database(tmp_path: Path) -> None:
    async with mongo_url() as here, mongo_url() as there:
        settings = settings_of(tmp_path / "here", here)
        data = await a_copy(settings, tmp_path / "copies", conversations=2)
        keys = data.with_name(KEYS_FILE)
        for into in (None, here):
            with pytest.raises(ConfigurationError, match="--into"):
                await drill(settings, data, keys, into=into, now=at(20))
        found = await drill(settings, data, keys, into=there, now=at(20))
        assert (found.conversations, found.broken, found.sound) == (4, 0, True)


async def test_a_copy_that_was_cut_is_no_copy(tmp_path: Path) -> None:
    settings = settings_of(tmp_path / "here")
    data = await a_copy(settings, tmp_path / "copies", conversations=0)
    data.write_bytes(data.read_bytes()[:-3])
    with pytest.raises(CopyBroken):
        await drill(settings, data, data.with_name(KEYS_FILE), into=None, now=at(20))
