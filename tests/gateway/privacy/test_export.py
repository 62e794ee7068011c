"""Everything held about one person, as a folder."""

import json
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from core.errors import RelaisError
from core.ids import ContactId
from core.ports import Change, Store
from gateway.privacy.export import export
from gateway.privacy.person import find_person
from gateway.settings import Settings
from tests.builders import a_message, at, changed
from tests.contracts.test_erasure import PICTURE, Person
from tests.gateway.privacy.people import with_a_picture

SETTINGS = Settings(whatsapp_phone_id="1000", _env_file=None)  # type: ignore[call-arg]


async def test_all_they_wrote_and_sent_is_in_the_folder(store: Store, tmp_path: Path) -> None:
    mine, other = Person("mine"), Person("other")
    await mine.write(store)
    await other.write(store)
    conversation = await with_a_picture(store, mine)
    done = await export(store, mine.contact, tmp_path / "out", now=at(9))
    assert (done.conversations, done.messages, done.files, done.events) == (2, 4, 1, 2)
    assert done.unreadable == 0
    text = (tmp_path / "out" / "person.json").read_text()
    person = json.loads(text)
    assert person["contact"]["address"] == "mine"
    assert person["other_ids"] == 1
    old, new = person["conversations"]
    assert (old["id"], new["id"]) == (mine.old.id, conversation.id)
    assert [one["seq"] for one in new["messages"]] == [2, 3, 4]
    assert new["messages"][2]["text"] == "regarde"
    assert (tmp_path / "out" / new["files"][PICTURE]).read_bytes() == b"image"
    assert [one["state"] for one in person["events"]] == ["done", "pending"]
    assert person["events"][1]["event"]["sender"] == "mine"
    assert "other" not in text.replace("other_ids", "")
    for path in (tmp_path / "out").rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0


async def test_a_thousand_messages_and_more_are_all_there(store: Store, tmp_path: Path) -> None:
    person = Person("mine")
    await person.write(store)
    more = [a_message(person.conversation, number) for number in range(4, 1504)]
    following = changed(person.conversation, next_seq=1504)
    await store.commit(Change(conversation=following, messages=tuple(more)), now=at(3))
    done = await export(store, person.contact, tmp_path / "out", now=at(9))
    assert done.messages == 1503


async def test_what_cannot_be_opened_is_named_and_the_rest_is_there(
    store: Store, tmp_path: Path
) -> None:
    person = Person("mine")
    await person.write(store)
    with closing(sqlite3.connect(tmp_path / "relais.db")) as database, database:
        database.execute(
            "UPDATE messages SET body = zeroblob(80) WHERE id = ?", (person.answer.id,)
        )
    done = await export(store, person.contact, tmp_path / "out", now=at(9))
    assert done.unreadable == 1
    written = json.loads((tmp_path / "out" / "person.json").read_text())
    assert written["unreadable"] == [f"messages of {person.conversation.id}"]
    assert len(written["conversations"][0]["messages"]) == 1


async def test_a_folder_that_holds_something_is_left_alone(store: Store, tmp_path: Path) -> None:
    person = Person("mine")
    await person.write(store)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("precious")
    with pytest.raises(RelaisError, match="is not empty"):
        await export(store, person.contact, tmp_path / "out", now=at(9))
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["mine.txt"]


async def test_a_person_is_found_by_each_of_their_names(store: Store) -> None:
    person = Person("mine")
    await person.write(store)
    for who in ("web:mine", " web: mine ", "web:mine-phone", person.old.id, person.contact.id):
        assert await find_person(store, who, account=None, settings=SETTINGS) == person.contact
    for who in ("web:nobody", ContactId("0" * 32), "whatsapp:+33 6 12 34 56 78"):
        assert await find_person(store, who, account=None, settings=SETTINGS) is None


@pytest.mark.parametrize("who", ["", "mine", "fax:0102030405", "web:", ":mine", "telegram:12345"])
async def test_a_name_that_can_be_nobodys_is_not_repeated(store: Store, who: str) -> None:
    with pytest.raises(RelaisError) as refused:
        await find_person(store, who, account=None, settings=SETTINGS)
    assert "0102030405" not in str(refused.value)
    assert "12345" not in str(refused.value).replace("33612345678", "")


async def test_a_dossier_opened_from_their_conversation_is_in_it(
    store: Store, tmp_path: Path
) -> None:
    person, other = Person("mine"), Person("other")
    await person.write(store)
    await other.write(store)
    for number, one in enumerate((person, other)):
        case = {"id": f"case{number}", "conversation_id": one.old.id, "captures": [{"id": "cap"}]}
        body = json.dumps(case).encode()
        await store.put_document("signalement", f"case{number}", body, version=0, now=at(3))
    await store.put_document("signalement_file", "cap", b"capture", version=0, now=at(3))
    await export(store, person.contact, tmp_path / "out", now=at(9))
    written = json.loads((tmp_path / "out" / "person.json").read_text())
    assert [one["id"] for one in written["dossiers"]] == ["case0"]
    assert (tmp_path / "out" / "files" / "dossier-cap").read_bytes() == b"capture"
