"""One WhatsApp connector before a fake Graph API, and what it told."""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from connectors.whatsapp.connector import WhatsApp
from connectors.whatsapp.outgoing import Template
from core.conversation import Author, Choice, Contact
from core.errors import StorageUnavailable
from core.events import Accepted, InboundEvent
from core.ids import ContactId, new_id
from core.ports import Errand, Part
from tests.builders import NOON, a_conversation, an_answer, at
from tests.connectors.whatsapp.fake_graph import FakeGraph, fake_graph
from tests.connectors.whatsapp.shapes import LEA, PHONE_ID
from tests.fakes import TurnableClock

TOKEN = "EAAsecretToken"
APP_SECRET = "app-secret"
VERIFY_TOKEN = "verify-me"


@dataclass
class Told:
    """What the connector told the gateway. `storage_is_down`: nothing can be kept now."""

    accepted: list[InboundEvent] = field(default_factory=list)
    notices: list[InboundEvent] = field(default_factory=list)
    counted: list[tuple[str, str]] = field(default_factory=list)
    storage_is_down: bool = False

    async def accept(self, events: Sequence[InboundEvent]) -> Sequence[Accepted]:
        if self.storage_is_down:
            raise StorageUnavailable
        self.accepted += events
        return [Accepted(event.event_id, duplicate=False) for event in events]

    def count(self, channel: str, word: str) -> None:
        self.counted.append((channel, word))


Make = Callable[..., WhatsApp]


@pytest.fixture
async def graph() -> AsyncIterator[FakeGraph]:
    async with fake_graph() as graph:
        yield graph


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
async def make(graph: FakeGraph, told: Told) -> AsyncIterator[Make]:
    """Makes connectors, and closes them."""
    made: list[WhatsApp] = []

    def build(**changed: Any) -> WhatsApp:
        arguments: dict[str, Any] = {
            "phone_id": PHONE_ID,
            "token": TOKEN,
            "app_secret": APP_SECRET,
            "verify_token": VERIFY_TOKEN,
            "accept": told.accept,
            "count": told.count,
            "notice": told.notices.append,
            "clock": TurnableClock(),
            "choose": "Choisir",
            "only_private": "On ne parle qu'en privé.",
            "graph_url": graph.url,
            "template": Template("reprise", "fr"),
            "media_hosts": frozenset({"lookaside.fbsbx.com", ".files.example"}),
            "answer_within": 0.5,
        }
        made.append(WhatsApp(**(arguments | changed)))
        return made[-1]

    yield build
    for whatsapp in made:
        await whatsapp.close()


@pytest.fixture
def whatsapp(make: Make) -> WhatsApp:
    return make()


def lea(address: str = LEA, account: str = PHONE_ID) -> Contact:
    """Léa, as the kernel knows her."""
    return Contact(
        id=ContactId(new_id()),
        channel="whatsapp",
        account=account,
        address=address,
        created_at=NOON,
    )


def errand(
    text: str = "Bonjour",
    *choices: Choice,
    to: Contact | None = None,
    author: Author = Author.BOT,
    **fields: Any,
) -> Errand:
    """One message on its way to Léa, within the window."""
    contact = to or lea()
    message = an_answer(a_conversation(contact), 1, author=author, text=text, choices=choices)
    given = {"now": NOON, "window_ends_at": at(60)} | fields
    return Errand(contact=contact, message=message, part=Part(text, choices), **given)
