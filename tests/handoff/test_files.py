"""The console's request for a file: who may see it, and what the browser is told."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestClient, TestServer

from core.accounts import Listener, StaffRole
from core.conversation import Attachment, Conversation, FileState
from core.events import MessageType
from core.ids import AttachmentId, new_id
from core.labels import Urgency
from core.ports import Change, Store
from gateway.http import add_headers, answer_errors
from handoff.console.files import ENDINGS, ConsoleFiles, download_name
from handoff.console.guard import Guard
from handoff.console.sessions import Sessions
from handoff.desk import Desk
from handoff.passwords import hash_password
from tests.builders import a_contact, a_listener, a_message, a_waiting, claimed
from tests.fakes import Echo
from tests.handoff.ways import the_way_in

PASSWORD = "correct horse battery"
_HASHED = hash_password(PASSWORD)
CONTENT = bytes(range(256)) * 4

Client = TestClient[web.Request, web.Application]


def now() -> datetime:
    return datetime.now(UTC)


def a_file(**fields: Any) -> Attachment:
    values: dict[str, Any] = {
        "id": AttachmentId(new_id()),
        "type": MessageType.IMAGE,
        "state": FileState.KEPT,
        "mime": "image/jpeg",
        "size": len(CONTENT),
    }
    return Attachment(**(values | fields))


@dataclass
class Console:
    """The console's requests on a real store, without the rest of the gateway."""

    store: Store
    app: web.Application
    server: TestServer
    clients: list[Client] = field(default_factory=list)

    def stranger(self, **cookies: str) -> Client:
        """A browser that did not sign in."""
        client: Client = TestClient(self.server, cookies=cookies)
        self.clients.append(client)
        return client

    async def browser(self, login: str, **fields: Any) -> tuple[Client, Listener]:
        """A signed-in browser of a new account."""
        listener = a_listener(login, password_hash=_HASHED, **fields)
        await self.store.add_listener(listener)
        client = self.stranger()
        answer = await client.post(
            "/console/api/login", json={"login": login, "password": PASSWORD}
        )
        assert answer.status == 200
        return client, listener

    async def conversation(
        self, holder: Listener | None, *files: Attachment, content: bytes = CONTENT
    ) -> Conversation:
        """A conversation with a message that has these files; waiting, unless somebody holds it."""
        contact = await a_contact(self.store, now=now())
        waiting = a_waiting(contact, Urgency.MODEREE, since=now())
        message = a_message(waiting, 1, type=MessageType.IMAGE, attachments=files)
        await self.store.commit(Change(conversation=waiting, messages=(message,)), now=now())
        for file in files:
            if file.state is FileState.KEPT:
                await self.store.put_file(waiting.id, file.id, content)
        if holder is None:
            return waiting
        held = claimed(waiting, holder.id, now())
        await self.store.commit(Change(conversation=held), now=now())
        return held


@pytest.fixture
async def console(store: Store) -> AsyncIterator[Console]:
    desk = Desk(store=store, phrases=Echo(), clock=now)
    sessions = Sessions(accounts=store, audit=store, clock=now)
    guard = Guard(sessions=sessions, secure=False)
    app = web.Application(middlewares=[answer_errors])
    app.on_response_prepare.append(add_headers)
    for part in the_way_in(store, sessions, guard, now):
        app.router.add_routes(part.routes())
    files = ConsoleFiles(desk=desk, files=store, audit=store, guard=guard, clock=now)
    app.router.add_routes(files.routes())
    async with TestServer(app) as server:
        console = Console(store, app, server)
        yield console
        for client in console.clients:
            await client.session.close()


def path(conversation: Conversation, file: Attachment) -> str:
    return f"/console/api/conversations/{conversation.id}/files/{file.id}"


async def read(client: Client, at: str, **headers: str) -> ClientResponse:
    return await client.get(at, headers=headers)


async def test_who_holds_the_conversation_sees_the_file_and_it_is_recorded(
    console: Console,
) -> None:
    file = a_file(filename="moi.jpg")
    anne, listener = await console.browser("anne")
    held = await console.conversation(listener, file)
    answer = await read(anne, path(held, file))
    assert await answer.read() == CONTENT
    assert (answer.status, answer.content_type) == (200, "image/jpeg")
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert answer.headers["Content-Disposition"] == (
        "attachment; filename=\"fichier.jpg\"; filename*=UTF-8''moi.jpg"
    )
    (look,) = await console.store.audit_entries(verb="file_revealed")
    assert (look.actor, look.conversation, look.object) == (listener.id, held.id, file.id)


async def test_nobody_else_finds_it(console: Console) -> None:
    file = a_file()
    anne, listener = await console.browser("anne")
    bilal, _ = await console.browser("bilal")
    chief, _ = await console.browser("chief", role=StaffRole.SUPERVISOR)
    admin, _ = await console.browser("admin", role=StaffRole.ADMIN)
    new, _ = await console.browser("new", one_time=True)
    stranger, forger = console.stranger(), console.stranger(relais="forged")

    held = await console.conversation(listener, file)
    other_file = a_file()
    others = await console.conversation(None, other_file)
    for client, status in (
        (bilal, 404),
        (chief, 404),
        (admin, 403),
        (new, 403),
        (stranger, 401),
        (forger, 401),
    ):
        answer = await read(client, path(held, file))
        assert answer.status == status
        assert CONTENT not in await answer.read()
    # A file of another conversation is not found through one's own.
    assert (await read(anne, path(held, other_file))).status == 404
    assert (await read(anne, path(others, other_file))).status == 404
    assert not await console.store.audit_entries(verb="file_revealed")


async def test_ids_that_lead_nowhere_are_not_found(console: Console) -> None:
    file = a_file()
    anne, listener = await console.browser("anne")
    held = await console.conversation(listener, file)
    nothing = "0" * 32
    for conversation, attachment in (
        (nothing, nothing),
        (nothing, file.id),
        ("", file.id),
        (held.id, nothing),
        (held.id, ""),
        (held.id, "x" * 32),
        (held.id, file.id + "0"),
        (held.id, "..%2f..%2fetc%2fpasswd"),
    ):
        there = f"/console/api/conversations/{conversation}/files/{attachment}"
        assert (await read(anne, there)).status == 404, there


async def test_what_is_not_kept_or_not_on_the_list_is_not_served(console: Console) -> None:
    files = (
        a_file(state=FileState.COMING, mime=None),
        a_file(state=FileState.REFUSED, mime=None),
        a_file(state=FileState.GONE),
        # However it came to be kept.
        a_file(mime="text/html"),
        a_file(mime="image/svg+xml"),
        a_file(mime=None),
    )
    anne, listener = await console.browser("anne")
    held = await console.conversation(listener, *files)
    for file in files:
        assert (await read(anne, path(held, file))).status == 404, file


async def test_a_file_whose_bytes_are_gone_is_not_found(console: Console) -> None:
    file = a_file()
    anne, listener = await console.browser("anne")
    held = await console.conversation(listener, file)
    await console.store.drop_file(held.id, file.id)
    assert (await read(anne, path(held, file))).status == 404


async def test_a_document_is_downloaded_under_a_harmless_name(console: Console) -> None:
    anne, listener = await console.browser("anne")
    for mime, ending in (("application/pdf", "pdf"), ("text/plain", "txt"), ("image/heic", "heic")):
        file = a_file(mime=mime, type=MessageType.DOCUMENT, filename='é"\r\nX: y.html')
        held = await console.conversation(listener, file)
        answer = await read(anne, path(held, file))
        assert answer.content_type == mime
        assert answer.headers["Content-Disposition"] == (
            f'attachment; filename="fichier.{ending}"; '
            f"filename*=UTF-8''%C3%A9%22%20X%3A%20y.{ending}"
        )
        assert "X" not in answer.headers


@pytest.mark.parametrize(
    ("filename", "mime", "name"),
    [
        (None, "application/pdf", "fichier.pdf"),
        ("", "application/pdf", "fichier.pdf"),
        ("plainte.pdf", "application/pdf", "plainte.pdf"),
        ("virus.pdf.exe", "application/pdf", "virus pdf.pdf"),
        ("page.html", "text/plain", "page.txt"),
        ("../../etc/passwd", "text/plain", "passwd.txt"),
        ("C:\\Users\\moi\\lettre.txt", "text/plain", "lettre.txt"),
        ("photo\u202egpj.exe", "application/pdf", "photo gpj.pdf"),
        ("a\x00b\u200b\u2028c.pdf", "application/pdf", "a b c.pdf"),
        ("\ud800.pdf", "application/pdf", "fichier.pdf"),
        ("...", "application/pdf", "fichier.pdf"),
        ("été à Nîmes.pdf", "application/pdf", "été à Nîmes.pdf"),
        ("x" * 5000, "application/pdf", "x" * 80 + ".pdf"),
    ],
)
def test_a_download_is_named_after_what_it_is(filename: str | None, mime: str, name: str) -> None:
    assert download_name(a_file(filename=filename, mime=mime)) == name


async def test_a_voice_can_be_played_from_the_middle(console: Console) -> None:
    file = a_file(type=MessageType.VOICE, mime="audio/ogg")
    anne, listener = await console.browser("anne")
    at = path(await console.conversation(listener, file), file)
    for wanted, status, start, stop in (
        ("bytes=0-", 206, 0, 1024),
        ("bytes=0-1", 206, 0, 2),
        ("bytes=1000-", 206, 1000, 1024),
        ("bytes=1000-5000", 206, 1000, 1024),
        ("bytes=-24", 206, 1000, 1024),
        ("bytes=1024-", 416, 0, 0),
        ("bytes=9999999999999999999-", 416, 0, 0),
        ("bytes=5-2", 200, 0, 1024),
        ("bytes=0-1,4-5", 200, 0, 1024),
        ("pages=1-2", 200, 0, 1024),
        ("bytes=-", 200, 0, 1024),
        ("", 200, 0, 1024),
    ):
        answer = await read(anne, at, Range=wanted)
        assert answer.status == status, wanted
        assert answer.headers["Accept-Ranges"] == "bytes"
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        told = {200: None, 206: f"bytes {start}-{stop - 1}/1024", 416: "bytes */1024"}[status]
        assert answer.headers.get("Content-Range") == told
        assert await answer.read() == CONTENT[start:stop]


async def test_nothing_but_reading_is_possible(console: Console) -> None:
    file = a_file()
    anne, listener = await console.browser("anne")
    held = await console.conversation(listener, file)
    for method in ("POST", "PUT", "DELETE", "HEAD"):
        answer = await anne.request(method, path(held, file))
        assert answer.status == 405, method


async def test_who_gave_the_conversation_away_sees_no_more(console: Console) -> None:
    file = a_file()
    anne, listener = await console.browser("anne")
    bilal, other = await console.browser("bilal")
    held = await console.conversation(listener, file)
    assert (await read(anne, path(held, file))).status == 200
    await console.store.commit(Change(conversation=claimed(held, other.id, now())), now=now())
    assert (await read(anne, path(held, file))).status == 404
    assert (await read(bilal, path(held, file))).status == 200


def test_nothing_that_a_browser_runs_is_on_the_list() -> None:
    for mime in ENDINGS:
        assert mime.startswith(("image/", "audio/", "video/")) or mime in (
            "application/pdf",
            "text/plain",
        )
        assert not mime.endswith(("html", "xml", "script"))
