"""Images from the website, through a whole gateway: kept once, cleaned, nothing left behind."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.conversation import Attachment, FileState, Message
from core.events import MessageType
from core.ids import new_id
from tests.gateway.gateways import Running, Visit, running
from tests.gateway.media.pictures import a_picture, with_place

EVER = datetime(1970, 1, 1, tzinfo=UTC)


@pytest.fixture
async def gateway(tmp_path: Path) -> AsyncIterator[Running]:
    async with running(tmp_path) as house:
        yield house


async def a_talk(gateway: Running) -> Visit:
    visit = await gateway.visit()
    await visit.connect()
    await visit.say("bonjour")
    await visit.frame("message", **{"from": "assistant"})
    return visit


async def send(
    visit: Visit, content: bytes, cid: str, mime: str = "image/jpeg"
) -> tuple[int, str | bool]:
    headers = {"Authorization": f"Bearer {visit.token}", "Content-Type": mime}
    answer = await visit.client.post(f"/web/images/{cid}", data=content, headers=headers)
    body = await answer.json()
    return answer.status, body["error"]["code"] if answer.status != 200 else body["dup"]


async def settled(gateway: Running, cid: str) -> tuple[Message, Attachment]:
    """The message of an image once its file was cleaned, and the file."""
    async with asyncio.timeout(60):
        while True:
            (conversation,) = await gateway.store.changed_since(EVER, limit=5)
            messages = await gateway.store.messages(conversation.conversation_id, after=0, limit=50)
            for message in messages:
                if message.client_id == cid and message.attachments:
                    (file,) = message.attachments
                    if file.state is not FileState.COMING:
                        return message, file
            await asyncio.sleep(0.05)


async def test_an_image_is_kept_once_cleaned_and_shown_by_its_kind(
    gateway: Running, tmp_path: Path
) -> None:
    visit = await a_talk(gateway)
    cid = new_id()
    assert await send(visit, with_place(), cid) == (200, False)
    frame = await visit.frame("message", **{"from": "me", "cid": cid})
    assert (frame["text"], frame["files"]) == ("", ["image"])
    message, file = await settled(gateway, cid)
    assert (message.type, file.state, file.mime) == (
        MessageType.IMAGE,
        FileState.KEPT,
        "image/jpeg",
    )
    kept = await gateway.store.file(message.conversation_id, file.id)
    assert kept is not None
    assert kept.startswith(b"\xff\xd8\xff")
    for trace in (b"SpyCam", b"ICCSECRET", b"COMMENTSECRET"):
        assert trace not in kept
    # What came is gone: one file is left, the clean one, and it is sealed.
    async with asyncio.timeout(30):
        while len(stored := sealed(tmp_path)) != 1:
            await asyncio.sleep(0.05)
    assert b"\xff\xd8\xff" not in stored[0]
    assert await send(visit, with_place(), cid) == (200, True)


def sealed(folder: Path) -> list[bytes]:
    return [path.read_bytes() for path in folder.glob("relais.db.files/**/*") if path.is_file()]


async def test_an_image_nobody_can_draw_is_refused_by_the_gateway(gateway: Running) -> None:
    visit = await a_talk(gateway)
    cid = new_id()
    assert await send(visit, b"\xff\xd8\xff" + b"not really" * 50, cid) == (200, False)
    message, file = await settled(gateway, cid)
    assert file.state is FileState.REFUSED
    assert await gateway.store.file(message.conversation_id, file.id) is None


async def test_what_is_no_image_of_a_visitor_is_refused(gateway: Running) -> None:
    visit = await gateway.visit()
    assert await send(visit, a_picture(), new_id()) == (409, "nothing_yet")
    visit = await a_talk(gateway)
    assert await send(visit, a_picture("PNG"), new_id()) == (400, "bad_image")
    assert await send(visit, a_picture(), new_id(), mime="image/png") == (400, "bad_image")
    assert await send(visit, b"\xff\xd8\xff" + bytes(4_000_000), new_id()) == (400, "bad_image")
    assert await send(visit, a_picture(), "x" * 3) == (400, "bad_request")
    visit.token = "x"
    assert await send(visit, a_picture(), new_id()) == (401, "bad_token")


async def test_new_sessions_bring_no_more_images_from_one_address(tmp_path: Path) -> None:
    async with running(tmp_path, rate_per_address=20) as gateway:
        visits = [await a_talk(gateway) for _ in range(3)]
        answers = [await send(visit, b"no image", new_id()) for visit in visits]
    assert answers == [(400, "bad_image")] * 2 + [(429, "too_many")]


async def test_images_are_few_a_minute(gateway: Running) -> None:
    visit = await a_talk(gateway)
    answers = [await send(visit, b"no image", new_id()) for _ in range(7)]
    assert answers == [(400, "bad_image")] * 6 + [(429, "too_many")]
