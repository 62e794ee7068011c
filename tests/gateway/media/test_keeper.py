"""The media lane on a real store: what becomes of the files of a message."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from connectors.interface import MediaGone, MediaPlace
from core.conversation import Attachment, FileState, Message
from core.errors import LeaseLost, StorageUnavailable
from core.events import EventKind, MediaRef, MessageType
from core.ports import Store
from core.work import Lane
from gateway.media.clean import Cleaner
from gateway.media.fetch import FetchGone, FetchRefused, FetchUnavailable, fetch
from gateway.media.keeper import (
    DOCUMENT_LIMIT,
    GIVE_UP_AFTER,
    LONGEST_RETRY,
    MEDIA_LEASE,
    PICTURE_LIMIT,
    SOUND_AND_FILM_LIMIT,
    Keeper,
)
from tests.gateway.house import House
from tests.gateway.media.pictures import VOICE, a_bomb, a_picture, with_place

IMAGE = MediaRef(type=MessageType.IMAGE, id="image", mime="text/html", filename="moi.html")
VOICE_NOTE = MediaRef(type=MessageType.VOICE, id="voice")
PAPER = MediaRef(type=MessageType.DOCUMENT, id="paper", filename="a.pdf")


class Platform:
    """A channel whose files are what the test says: bytes, or an error to raise."""

    media_hosts = frozenset({"files.test"})

    def __init__(self, **files: bytes | Exception) -> None:
        self.files = files
        self.located: list[str] = []
        self.limits: list[int] = []
        self.meanwhile: Callable[[], Awaitable[object]] | None = None

    async def locate(self, media: MediaRef) -> MediaPlace:
        assert media.id is not None
        self.located.append(media.id)
        found = self.files[media.id]
        if isinstance(found, MediaGone | ConnectionError | KeyError):
            raise found
        return MediaPlace(f"https://files.test/{media.id}", {"Authorization": "Bearer secret"})

    async def fetch(
        self,
        place: MediaPlace,
        hosts: frozenset[str],
        *,
        limit: int,
        within: float,
        loopback: bool = False,
    ) -> bytes:
        assert hosts == self.media_hosts
        self.limits.append(limit)
        found = self.files[place.url.rsplit("/", 1)[1]]
        if self.meanwhile is not None:
            await self.meanwhile()
        if isinstance(found, Exception):
            raise found
        return found


class Desk:
    """A message with files that arrived, and the lane that keeps them."""

    def __init__(self, house: House, platform: Platform, store: Any = None) -> None:
        self.house = house
        self.platform = platform
        self.keeper = Keeper(
            store=store or house.store,
            sources={"web": platform},
            cleaner=Cleaner(),
            clock=house.clock,
            phrases=house.phrases,
            fetch=platform.fetch,
        )

    async def receives(self, *media: MediaRef) -> None:
        await self.house.writes("regarde", "sent-1", type=media[0].type, media=media)
        await self.house.run(Lane.INBOUND)

    async def works(self) -> timedelta | None:
        """Handle the one item that is due; when it is wished again."""
        now = self.house.clock()
        (lease,) = await self.house.store.claim_work(
            Lane.MEDIA, now=now, lease_for=MEDIA_LEASE, limit=10
        )
        again = await self.keeper.keep(lease)
        await self.house.store.finish_work(
            lease, now=now, again_at=None if again is None else now + again
        )
        return again

    async def message(self) -> Message:
        return (await self.house.messages())[0]

    async def files(self) -> tuple[Attachment, ...]:
        return (await self.message()).attachments

    async def bytes_of(self, file: Attachment) -> bytes | None:
        return await self.house.store.file((await self.house.conversation()).id, file.id)


async def test_a_picture_is_kept_clean_and_its_source_forgotten(house: House) -> None:
    desk = Desk(house, Platform(image=with_place()))
    await desk.receives(IMAGE)
    (coming,) = await desk.files()
    assert coming.state is FileState.COMING

    assert await desk.works() is None
    (kept,) = await desk.files()
    content = await desk.bytes_of(kept)
    assert content is not None
    assert b"SpyCam" not in content
    assert kept == Attachment(
        id=coming.id,
        type=MessageType.IMAGE,
        state=FileState.KEPT,
        mime="image/jpeg",
        filename="moi.html",
        size=len(content),
    )
    message = await desk.message()
    assert (message.text, message.seq) == ("regarde", 1)
    assert not await house.claim(Lane.MEDIA)


@pytest.mark.parametrize(
    ("found", "state"),
    [
        (MediaGone(), FileState.GONE),
        (FetchGone("gone"), FileState.GONE),
        (FetchRefused("host"), FileState.REFUSED),
        (FetchRefused("size"), FileState.REFUSED),
        (a_bomb(), FileState.REFUSED),
        (b"<script>", FileState.REFUSED),
        (b"", FileState.REFUSED),
    ],
)
async def test_what_will_never_come_is_asked_for_once(
    house: House, found: bytes | Exception, state: FileState
) -> None:
    desk = Desk(house, Platform(image=found))
    await desk.receives(IMAGE)
    assert await desk.works() is None
    (file,) = await desk.files()
    assert (file.state, file.source, file.mime) == (state, None, None)
    assert await desk.bytes_of(file) is None


@pytest.mark.parametrize(
    "found", [FetchUnavailable("status_500"), ConnectionError(), KeyError("a fault of ours")]
)
async def test_one_file_that_does_not_come_holds_up_no_other(
    house: House, found: Exception
) -> None:
    desk = Desk(house, Platform(image=found, voice=VOICE, paper=b"MZ\x00"))
    await desk.receives(IMAGE, VOICE_NOTE, PAPER)
    assert await desk.works() is not None
    assert [file.state for file in await desk.files()] == [
        FileState.COMING,
        FileState.KEPT,
        FileState.REFUSED,
    ]
    voice = (await desk.files())[1]
    assert (voice.type, voice.mime) == (MessageType.VOICE, "audio/ogg")
    assert await desk.bytes_of(voice) == VOICE

    desk.platform.files["image"] = a_picture()
    house.clock.turn(60)
    assert await desk.works() is None
    assert [file.state for file in await desk.files()] == [
        FileState.KEPT,
        FileState.KEPT,
        FileState.REFUSED,
    ]
    # What was settled is not asked for again.
    assert desk.platform.located == ["image", "voice", "paper", "image"]


async def test_tries_grow_rarer_and_end(house: House) -> None:
    desk = Desk(house, Platform(image=ConnectionError()))
    await desk.receives(IMAGE)
    waits = []
    while len(waits) < 100 and (again := await desk.works()) is not None:
        waits.append(again)
        house.clock.turn(again.total_seconds())
    assert waits[0] < timedelta(seconds=10)
    assert waits == sorted(waits)
    assert max(waits) == LONGEST_RETRY
    assert timedelta(0) <= sum(waits, timedelta(0)) - GIVE_UP_AFTER <= LONGEST_RETRY
    assert len(waits) < 60
    (file,) = await desk.files()
    assert (file.state, file.source) == (FileState.GONE, None)


async def test_a_file_is_tried_even_after_a_long_outage(house: House) -> None:
    desk = Desk(house, Platform(image=a_picture()))
    await desk.receives(IMAGE)
    house.clock.turn(2 * GIVE_UP_AFTER.total_seconds())
    await desk.works()
    assert (await desk.files())[0].state is FileState.KEPT


async def test_a_channel_that_is_off_may_come_back(house: House) -> None:
    desk = Desk(house, Platform(image=a_picture()))
    await desk.receives(IMAGE)
    off = Desk(house, Platform())
    off.keeper = Keeper(
        store=house.store,
        sources={},
        cleaner=Cleaner(),
        clock=house.clock,
        phrases=house.phrases,
    )
    again = await off.works()
    assert again is not None
    house.clock.turn(again.total_seconds())
    assert await desk.works() is None
    assert (await desk.files())[0].state is FileState.KEPT


async def test_what_the_person_writes_meanwhile_is_not_lost(house: House) -> None:
    desk = Desk(house, Platform(image=a_picture()))

    async def meanwhile() -> None:
        await house.writes("tu es là ?", "sent-2")
        await house.run(Lane.INBOUND)

    desk.platform.meanwhile = meanwhile
    await desk.receives(IMAGE)
    await desk.works()
    assert (await desk.files())[0].state is FileState.KEPT
    assert "person: tu es là ?" in await house.log()
    assert desk.platform.located == ["image"]


async def test_a_change_between_reading_and_writing_is_decided_again(house: House) -> None:
    commits = 0

    class Quicker:
        """The store; somebody else commits just before the first commit of ours."""

        def __getattr__(self, name: str) -> Any:
            return getattr(house.store, name)

        async def commit(self, *args: Any, **kwargs: Any) -> None:
            nonlocal commits
            commits += 1
            if commits == 1:
                await house.writes("encore", "sent-2")
                await house.run(Lane.INBOUND)
            await house.store.commit(*args, **kwargs)

    desk = Desk(house, Platform(image=a_picture()), store=Quicker())
    await desk.receives(IMAGE)
    await desk.works()
    assert commits == 2
    assert (await desk.files())[0].state is FileState.KEPT
    assert "person: encore" in await house.log()


async def test_what_the_person_takes_back_is_not_kept_after_all(house: House) -> None:
    desk = Desk(house, Platform(image=a_picture()))

    async def meanwhile() -> None:
        await house.writes(
            "", "deleted-1", kind=EventKind.DELETE, target="sent-1", id="d", type=None
        )
        await house.run(Lane.INBOUND)

    desk.platform.meanwhile = meanwhile
    await desk.receives(IMAGE)
    assert await desk.works() is None
    message = await desk.message()
    assert message.deleted_at is not None
    (file,) = message.attachments
    assert file.state is FileState.GONE
    assert await desk.bytes_of(file) is None


async def test_an_erased_conversation_ends_the_work(house: House) -> None:
    desk = Desk(house, Platform(image=a_picture()))
    await desk.receives(IMAGE)
    conversation = await house.conversation()
    lease = (await house.claim(Lane.MEDIA))[0]

    async def meanwhile() -> None:
        await house.store.erase_contact(conversation.contact_id)

    desk.platform.meanwhile = meanwhile
    assert await desk.keeper.keep(lease) is None
    assert await desk.keeper.keep(lease) is None
    assert desk.platform.located == ["image"]


async def test_a_worker_that_lost_its_lease_writes_nothing(house: House) -> None:
    desk = Desk(house, Platform(image=a_picture()))
    await desk.receives(IMAGE)
    (lease,) = await house.claim(Lane.MEDIA)
    house.clock.turn(60)
    assert await house.claim(Lane.MEDIA)
    with pytest.raises(LeaseLost):
        await desk.keeper.keep(lease)
    assert (await desk.files())[0].state is FileState.COMING


async def test_a_database_that_is_down_is_not_the_files_fault(house: House) -> None:
    class Down:
        """The store, which keeps no file now."""

        def __getattr__(self, name: str) -> Any:
            return getattr(house.store, name)

        async def put_file(self, *args: Any) -> None:
            raise StorageUnavailable

    desk = Desk(house, Platform(image=a_picture()), store=Down())
    await desk.receives(IMAGE)
    with pytest.raises(StorageUnavailable):
        await desk.works()
    assert (await desk.files())[0].state is FileState.COMING


async def test_a_message_of_many_files_does_not_outlive_its_lease(house: House) -> None:
    files = {f"file{number}": b"%PDF-1.7" for number in range(4)}
    desk = Desk(house, Platform(**files))

    async def meanwhile() -> None:
        house.clock.turn(40)

    desk.platform.meanwhile = meanwhile
    await desk.receives(*(MediaRef(type=MessageType.DOCUMENT, id=name) for name in files))
    rounds = 1
    while await desk.works() is not None:
        rounds += 1
    assert rounds == 4
    assert {file.state for file in await desk.files()} == {FileState.KEPT}


async def test_each_kind_has_its_limit(house: House) -> None:
    kinds = {
        MessageType.IMAGE: PICTURE_LIMIT,
        MessageType.STICKER: PICTURE_LIMIT,
        MessageType.VOICE: SOUND_AND_FILM_LIMIT,
        MessageType.VIDEO: SOUND_AND_FILM_LIMIT,
        MessageType.DOCUMENT: DOCUMENT_LIMIT,
        MessageType.SHARE: DOCUMENT_LIMIT,
    }
    desk = Desk(house, Platform(**{kind.value: b"%PDF-1.7" for kind in kinds}))
    await desk.receives(*(MediaRef(type=kind, id=kind.value) for kind in kinds))
    await desk.works()
    assert desk.platform.limits == list(kinds.values())
    # What the platform called it does not count once its content is known.
    assert {file.type for file in await desk.files()} == {MessageType.DOCUMENT}


async def test_the_whole_way_over_http(house: House) -> None:
    async def answer(request: web.Request) -> web.Response:
        assert request.headers["Authorization"] == "Bearer secret"
        return web.Response(body=with_place())

    app = web.Application()
    app.router.add_get("/file", answer)
    async with TestServer(app) as server:

        class Local(Platform):
            media_hosts = frozenset({"127.0.0.1"})

            async def locate(self, media: MediaRef) -> MediaPlace:
                return MediaPlace(str(server.make_url("/file")), {"Authorization": "Bearer secret"})

        desk = Desk(house, Local())
        for loopback, state in ((True, FileState.KEPT), (False, FileState.REFUSED)):
            desk.keeper = a_keeper(house.store, desk, loopback=loopback)
            await house.writes("", f"sent-{loopback}", type=IMAGE.type, media=(IMAGE,))
            await house.run(Lane.INBOUND)
            await desk.works()
            latest = [message for message in await house.messages() if message.attachments][-1]
            assert latest.attachments[0].state is state


def a_keeper(store: Store, desk: Desk, *, loopback: bool) -> Keeper:
    return Keeper(
        store=store,
        sources={"web": desk.platform},
        cleaner=Cleaner(),
        clock=desk.house.clock,
        phrases=desk.house.phrases,
        loopback=loopback,
        fetch=fetch,
    )
