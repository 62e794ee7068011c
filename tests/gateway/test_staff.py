"""An account that is closed leaves nobody behind."""

from pathlib import Path

from core import transitions
from core.accounts import StaffRole
from core.conversation import Author, OwnerKind
from core.labels import Urgency
from core.ports import Change
from core.storage.sqlite import SqliteStore
from gateway import staff
from tests.builders import NOON, a_contact, a_vault, a_waiting
from tests.fakes import Echo


async def test_disabling_gives_the_conversations_back(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "relais.db", a_vault())
    await store.open()
    await staff.add(store, login="ana", name="Ana", role=StaffRole.LISTENER)
    ana = await store.listener_by_login("ana")
    assert ana is not None
    waiting = a_waiting(await a_contact(store), Urgency.ELEVEE)
    await store.commit(Change(conversation=waiting), now=NOON)
    claimed = transitions.claim(waiting, ana, now=NOON, phrases=Echo())
    await store.commit(claimed, now=NOON)

    assert await staff.disable(store, "ana", Echo()) == 1

    back = await store.conversation(waiting.id)
    assert back.owner.kind is OwnerKind.QUEUE
    assert [each.id for each in await store.waiting(limit=9)] == [waiting.id]
    last = (await store.messages(waiting.id))[-1]
    assert (last.author, last.sentence) == (Author.SERVICE, "listener_lost")
    assert await staff.disable(store, "ana", Echo()) == 0
    await store.close()
