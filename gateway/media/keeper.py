"""Keeping what people send: the handler of the media lane, one message at a time.

A file is asked for at once, since a platform forgets it, and its place dies, soon. Each file of a
message is decided and written on its own: one that is bad, or that does not come, holds up no
other. Whatever happens, the message itself was kept and shown long before.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Protocol

import structlog

from connectors.interface import HoldsMedia, MediaGone, MediaPlace, MediaSource
from core import transitions
from core.clock import Clock
from core.conversation import Attachment, Conversation, FileState, Message
from core.errors import Conflict, NotFound, SealBroken
from core.events import MediaRef, MessageType
from core.ids import MessageId
from core.ports import Phrasebook, Store
from core.work import Lease
from gateway.media.clean import Cleaned, Cleaner, NotClean, NotCleanedYet
from gateway.media.fetch import FetchGone, FetchRefused, FetchUnavailable, fetch
from gateway.media.kinds import PICTURE, SOUND

log = structlog.get_logger()

# The most that a platform itself takes of each kind. WhatsApp: pictures 5 MB, sound and films 16,
# documents 100. Messenger: pictures 8, all else 25. A Telegram bot is given 20 MB at most.
_MB = 1024 * 1024
PICTURE_LIMIT = 8 * _MB
SOUND_AND_FILM_LIMIT = 25 * _MB
DOCUMENT_LIMIT = 25 * _MB

LOCATE_WITHIN = 10.0
FETCH_WITHIN = 40.0
# Long enough for one file: to find it, fetch it, wait for a turn to redraw it, and write it.
MEDIA_LEASE = timedelta(seconds=120)
_ONE_FILE = timedelta(seconds=90)
# Tries come further and further apart, by the age of the message, and end while ids and places
# that a platform gave for longer (WhatsApp: an id lives 7 days) would still be good.
FIRST_RETRY = timedelta(seconds=5)
LONGEST_RETRY = timedelta(minutes=10)
GIVE_UP_AFTER = timedelta(hours=6)
DECISIONS = 10


class Fetch(Protocol):
    """See `gateway.media.fetch.fetch`."""

    async def __call__(
        self,
        place: MediaPlace,
        hosts: frozenset[str],
        *,
        limit: int,
        within: float,
        loopback: bool = False,
    ) -> bytes: ...


class _TryAgain(Exception):
    """The file may still come. `code` is a short word of ours."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Keeper:
    """Fetches, cleans and keeps the files of one message.

    `sources` are the channels whose people send files, by name. `loopback` lets fake platforms on
    this machine be asked; never in production.
    """

    def __init__(
        self,
        *,
        store: Store,
        sources: Mapping[str, MediaSource | HoldsMedia],
        cleaner: Cleaner,
        clock: Clock,
        phrases: Phrasebook,
        loopback: bool = False,
        fetch: Fetch = fetch,
    ) -> None:
        self._store = store
        self._sources = sources
        self._cleaner = cleaner
        self._clock = clock
        self._phrases = phrases
        self._loopback = loopback
        self._fetch = fetch

    async def keep(self, lease: Lease) -> timedelta | None:
        """Settle what can be settled of the message's files; when to try the others again."""
        try:
            message = await self._store.message(MessageId(lease.key))
            if message is None:
                return None
            conversation = await self._store.conversation(message.conversation_id)
            return await self._settle_all(conversation, message, lease)
        except NotFound:
            # Erased meanwhile, with all its files.
            return None
        except SealBroken:
            log.error("media_sealed")
            return None

    async def _settle_all(
        self, conversation: Conversation, message: Message, lease: Lease
    ) -> timedelta | None:
        late = self._clock() - message.at >= GIVE_UP_AFTER
        wait: timedelta | None = None
        coming = [file for file in message.attachments if file.state is FileState.COMING]
        for number, file in enumerate(coming):
            if number and self._clock() + _ONE_FILE > lease.until:
                return timedelta(0)
            try:
                settled = await self._settle(conversation, file)
            except _TryAgain as error:
                log.warning("file_not_here", channel=conversation.channel, code=error.code)
                if not late:
                    wait = _retry_in(self._clock() - message.at)
                    continue
                settled = _without(file, FileState.GONE)
            await self._record(message, settled, lease)
            source = self._sources.get(conversation.channel)
            if isinstance(source, HoldsMedia) and file.source is not None:
                await source.let_go(file.source)
        return wait

    async def _settle(self, conversation: Conversation, file: Attachment) -> Attachment:
        """What becomes of one file; when it is kept, its bytes are stored. Raises _TryAgain."""
        try:
            cleaned = await self._have(conversation, file)
        except (MediaGone, FetchGone):
            return self._lost(conversation, file, FileState.GONE, "gone")
        except (FetchRefused, NotClean) as error:
            return self._lost(conversation, file, FileState.REFUSED, error.code)
        await self._store.put_file(conversation.id, file.id, cleaned.content)
        return replace(
            file,
            type=_type_of(file.type, cleaned.type),
            state=FileState.KEPT,
            source=None,
            mime=cleaned.mime,
            size=len(cleaned.content),
        )

    async def _have(self, conversation: Conversation, file: Attachment) -> Cleaned:
        source = self._sources.get(conversation.channel)
        if file.source is None:
            raise MediaGone
        if source is None:
            raise _TryAgain("channel_off")
        try:
            if isinstance(source, HoldsMedia):
                content = await source.held(file.source)
            else:
                content = await self._fetch(
                    await _located(source, file.source),
                    source.media_hosts,
                    limit=_limit(file.type),
                    within=FETCH_WITHIN,
                    loopback=self._loopback,
                )
            return await self._cleaner.clean(content, file.type)
        except FetchUnavailable as error:
            raise _TryAgain(error.code) from None
        except NotCleanedYet:
            raise _TryAgain("busy") from None

    async def _record(self, message: Message, settled: Attachment, lease: Lease) -> None:
        """Write what became of a file, unless the person took the message back meanwhile."""
        for _ in range(DECISIONS):
            conversation = await self._store.conversation(message.conversation_id)
            current = await self._store.message(message.id)
            if current is None or not _is_coming(current, settled):
                await self._store.drop_file(conversation.id, settled.id)
                return
            now = self._clock()
            change = transitions.files_arrived(
                conversation,
                current,
                tuple(settled if file.id == settled.id else file for file in current.attachments),
                now=now,
                phrases=self._phrases,
            )
            try:
                await self._store.commit(change, now=now, lease=lease)
            except Conflict:
                continue
            return
        raise Conflict

    def _lost(
        self, conversation: Conversation, file: Attachment, state: FileState, code: str
    ) -> Attachment:
        log.warning(
            "file_lost", channel=conversation.channel, kind=file.type, state=state, code=code
        )
        return _without(file, state)


async def _located(source: MediaSource, media: MediaRef) -> MediaPlace:
    """Where the file is. Raises MediaGone or _TryAgain, whatever a platform makes of us."""
    try:
        async with asyncio.timeout(LOCATE_WITHIN):
            return await source.locate(media)
    except MediaGone:
        raise
    except (OSError, TimeoutError):
        raise _TryAgain("platform") from None
    except Exception as error:  # noqa: BLE001 - the other files are not to suffer
        log.error("locate_failed", error=type(error).__name__)
        raise _TryAgain("fault") from None


def _retry_in(age: timedelta) -> timedelta:
    return min(max(age, FIRST_RETRY), LONGEST_RETRY)


def _without(file: Attachment, state: FileState) -> Attachment:
    return replace(file, state=state, source=None)


def _is_coming(message: Message, settled: Attachment) -> bool:
    return any(
        file.id == settled.id and file.state is FileState.COMING for file in message.attachments
    )


def _limit(declared: MessageType) -> int:
    if declared in PICTURE:
        return PICTURE_LIMIT
    if declared in SOUND or declared is MessageType.VIDEO:
        return SOUND_AND_FILM_LIMIT
    return DOCUMENT_LIMIT


def _type_of(declared: MessageType, found: MessageType) -> MessageType:
    """The content decides; a voice stays a voice, and a sticker a sticker."""
    for family in (SOUND, PICTURE):
        if declared in family and found in family:
            return declared
    return found
