"""A listener who writes is seen to write, where the channel can show it, and only by the holder."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.conversation import Contact
from core.ports import Store
from gateway.marks import show_typing
from tests.builders import a_contact, a_conversation, a_message
from tests.gateway.gateways import Running, running
from tests.handoff.test_console_api import a_console, a_waiting_person


class Phone:
    """A channel that shows who reads and writes."""

    def __init__(self) -> None:
        self.shown: list[tuple[Contact, str | None, bool]] = []

    async def show_seen(self, contact: Contact, provider_id: str | None, *, typing: bool) -> None:
        self.shown.append((contact, provider_id, typing))


async def test_the_last_message_is_read_and_an_answer_is_being_written(store: Store) -> None:
    contact, phone = await a_contact(store), Phone()
    talk = a_conversation(contact, channel="whatsapp")
    last = a_message(talk, 1, provider_id="wamid.1")
    await show_typing(store, {"whatsapp": phone}, talk, last)
    assert phone.shown == [(contact, "wamid.1", True)]
    await show_typing(store, {}, talk, last)
    assert len(phone.shown) == 1


@pytest.fixture
async def gateway(tmp_path: Path) -> AsyncIterator[Running]:
    async with running(tmp_path) as house:
        yield house


async def test_only_the_holder_is_seen_to_write(gateway: Running) -> None:
    anne, bilal = await a_console(gateway, "anne"), await a_console(gateway, "bilal")
    await a_waiting_person(gateway)
    held = (await anne.post("/claim", {}))[1]["summary"]["id"]
    assert (await anne.post(f"/conversations/{held}/typing"))[0] == 204
    assert (await bilal.post(f"/conversations/{held}/typing"))[0] == 404
