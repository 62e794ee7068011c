"""Everything held about one person, as a folder."""

import json
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from core.assessment import Assessment
from core.conversation import Author, Contact, Writer
from core.errors import RelaisError
from core.ids import ContactId
from core.labels import Role
from core.ports import Change, Store
from core.signalement.case import Quote
from core.signalement.evidence import to_body
from gateway.privacy.export import export
from gateway.privacy.own import SeveralWrote
from gateway.privacy.person import find_person
from gateway.settings import Settings
from tests.builders import a_message, a_vault, at, changed
from tests.contracts.test_erasure import PICTURE, Person
from tests.gateway.gateways import running
from tests.gateway.privacy.people import with_a_picture
from tests.signalements import a_capture, a_case

SETTINGS = Settings(whatsapp_phone_id="1000", _env_file=None)  # type: ignore[call-arg]


async def named(store: Store, who: str) -> Contact | None:
    """Whom a name means."""
    return await find_person(store, who, account=None, settings=SETTINGS, vault=a_vault())


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
    assert person["withheld"] == {"messages": 0}
    assert other.contact.id not in text
    assert '"other' not in text.replace("other_ids", "")
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
        assert await named(store, who) == person.contact
    for who in ("web:nobody", ContactId("0" * 32), "whatsapp:+33 6 12 34 56 78"):
        assert (
            await find_person(store, who, account=None, settings=SETTINGS, vault=a_vault()) is None
        )


@pytest.mark.parametrize("who", ["", "mine", "fax:0102030405", "web:", ":mine", "telegram:12345"])
async def test_a_name_that_can_be_nobodys_is_not_repeated(store: Store, who: str) -> None:
    with pytest.raises(RelaisError) as refused:
        await named(store, who)
    assert "0102030405" not in str(refused.value)
    assert "12345" not in str(refused.value).replace("33612345678", "")


async def test_a_dossier_opened_from_their_conversation_is_in_it(
    store: Store, tmp_path: Path
) -> None:
    person, other = Person("mine"), Person("other")
    await person.write(store)
    await other.write(store)
    for number, one in enumerate((person, other)):
        case = a_case(
            id=f"case{number}", conversation_id=one.old.id, captures=(a_capture(id="cap"),)
        )
        body = to_body(case)
        await store.put_document("signalement", f"case{number}", body, version=0, now=at(3))
    await store.put_document("signalement_file", "cap", b"capture", version=0, now=at(3))
    await export(store, person.contact, tmp_path / "out", now=at(9))
    written = json.loads((tmp_path / "out" / "person.json").read_text())
    assert [one["id"] for one in written["dossiers"]] == ["case0"]
    assert (tmp_path / "out" / "files" / "dossier-cap").read_bytes() == b"capture"


async def test_the_words_to_come_back_by_are_a_name_too(tmp_path: Path) -> None:
    async with running(tmp_path) as gateway:
        visit = await gateway.visit()
        await visit.connect()
        await visit.say("bonjour")
        await visit.frame("message", text="bonjour")
        headers = {"Authorization": f"Bearer {visit.token}"}
        async with gateway.client.post("/web/code", headers=headers) as response:
            code = str((await response.json())["code"])

        contact = await named(gateway.store, code.upper())
        assert contact is not None
        (one,) = await gateway.store.conversations_of(contact.id)
        assert one.is_open
        others = code.split()[1:]
        assert await named(gateway.store, " ".join([*others, others[0]])) is None


CHILD, MOTHER = Assessment(role=Role.VICTIME_MINEURE), Assessment(role=Role.PARENT)


async def a_family(store: Store) -> Person:
    """One telephone: the child in a conversation of their own, then both in the next."""
    family = Person("family")
    await family.write(store)
    old = changed(family.old, assessment=CHILD, minor_wrote=True)
    await store.commit(Change(conversation=old), now=at(3))
    both = changed(
        family.conversation,
        assessment=MOTHER,
        writers=(Writer(since=2, until=4, told=CHILD),),
        minor_wrote=True,
        next_seq=5,
        dialogue="what the child told",
    )
    hers = a_message(both, 4, text="je suis sa mère")
    await store.commit(Change(conversation=both, messages=(hers,)), now=at(4))
    for name, seq in (("childs", 2), ("hers", 4)):
        quote = Quote(seq=seq, author=Author.PERSON, text="…", at=at(4))
        case = a_case(id=name, conversation_id=both.id, quotes=(quote,))
        body = to_body(case)
        await store.put_document("signalement", name, body, version=0, now=at(5))
    return family


FOR_HER = {"conversations": 1, "messages": 3, "dossiers": 1, "events": 2}
FOR_THE_CHILD = {"messages": 1, "dossiers": 1, "events": 2}


@pytest.mark.parametrize(
    ("writer", "seqs", "dossier", "withheld"),
    [
        (Role.PARENT, [[4]], "hers", FOR_HER),
        (Role.VICTIME_MINEURE, [[1], [2, 3]], "childs", FOR_THE_CHILD),
    ],
)
async def test_of_a_shared_telephone_each_is_given_their_own(
    store: Store,
    tmp_path: Path,
    writer: Role,
    seqs: list[list[int]],
    dossier: str,
    withheld: dict[str, int],
) -> None:
    family = await a_family(store)
    with pytest.raises(SeveralWrote, match="parent, victime_mineure"):
        await export(store, family.contact, tmp_path / "no", now=at(9))
    assert not (tmp_path / "no").exists()
    done = await export(store, family.contact, tmp_path / "out", now=at(9), writer=writer)
    assert done.withheld == sum(withheld.values())
    text = (tmp_path / "out" / "person.json").read_text()
    person = json.loads(text)
    told = person["conversations"]
    assert [[one["seq"] for one in each["messages"]] for each in told] == seqs
    assert {each["assessment"]["role"] for each in told} == {writer}
    assert [one["id"] for one in person["dossiers"]] == [dossier]
    assert {what: count for what, count in person["withheld"].items() if count} == withheld
    assert "what the child told" not in text


async def test_an_unnamed_first_conversation_is_not_handed_to_a_parent(
    store: Store, tmp_path: Path
) -> None:
    person = Person("mine")
    await person.write(store)
    now_hers = changed(person.conversation, assessment=MOTHER)
    await store.commit(Change(conversation=now_hers), now=at(3))
    with pytest.raises(SeveralWrote):
        await export(store, person.contact, tmp_path / "no", now=at(9))
    done = await export(store, person.contact, tmp_path / "out", now=at(9), writer=Role.PARENT)
    assert (done.conversations, done.messages) == (1, 2)


async def test_the_call_that_was_joined_to_their_chat_is_theirs(
    store: Store, tmp_path: Path
) -> None:
    person, caller = Person("mine"), Person("caller")
    await person.write(store)
    await caller.write(store)
    joined = changed(person.conversation, joined=caller.conversation.id)
    await store.commit(Change(conversation=joined), now=at(3))
    await export(store, person.contact, tmp_path / "out", now=at(9))
    written = json.loads((tmp_path / "out" / "person.json").read_text())
    ids = [one["id"] for one in written["conversations"]]
    assert ids == [person.old.id, person.conversation.id, caller.conversation.id]
    # Cut off, they called again: both calls are theirs.
    twice = changed(joined, joined=caller.old.id, joined_before=(caller.conversation.id,))
    await store.commit(Change(conversation=twice), now=at(4))
    done = await export(store, person.contact, tmp_path / "both", now=at(9))
    assert done.conversations == 4
