"""Files beside the database: sealed, each in its conversation's folder.

They lie in `<database>.files/ab/<conversation>/<file>`, `ab` being how the conversation's id
begins. A file appears whole or not at all: it is written under a passing name and then renamed.
"""

import asyncio
import contextlib
import os
import shutil
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TypeVar

from core.errors import NotFound, StorageUnavailable
from core.ids import AttachmentId, ConversationId, derived_id, new_id
from core.sealing import DataKey
from core.storage.sqlite.rows import Part

T = TypeVar("T")

KEY_OF_CONVERSATION = """
    SELECT data_keys.wrapped
    FROM conversations LEFT JOIN data_keys ON data_keys.subject = conversations.id
    WHERE conversations.id = ?"""

# A file half written for this long was left by a process that died.
_ABANDONED_SECONDS = 24 * 3600
_PASSING = ".part"


class Folder:
    """The folder of all files. Blocks; raises OSError."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def write(self, conversation_id: str, attachment_id: str, sealed: bytes) -> None:
        """Keep a file, durable on return; it takes the place of one of the same id."""
        folder = self._of(conversation_id)
        above = (folder.parent, self._root, self._root.parent)
        for one in (self._root, folder.parent, folder):
            with contextlib.suppress(FileExistsError):
                one.mkdir(mode=0o700)
        passing = folder / f"{new_id()}{_PASSING}"
        try:
            descriptor = os.open(passing, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(sealed)
                file.flush()
                os.fsync(file.fileno())
            passing.replace(folder / _name(attachment_id))
        except BaseException:
            passing.unlink(missing_ok=True)
            raise
        for one in (folder, *above):
            _sync(one)

    def read(self, conversation_id: str, attachment_id: str) -> bytes | None:
        """The sealed bytes; None when there are none."""
        try:
            return (self._of(conversation_id) / _name(attachment_id)).read_bytes()
        except FileNotFoundError:
            return None

    def drop(self, conversation_id: str, attachment_id: str) -> None:
        """Remove a file, for good on return."""
        folder = self._of(conversation_id)
        with contextlib.suppress(FileNotFoundError):
            (folder / _name(attachment_id)).unlink()
            _sync(folder)

    def remove(self, conversation_ids: Iterable[str]) -> None:
        """Remove all files of conversations, as far as that is possible."""
        for one in conversation_ids:
            shutil.rmtree(self._of(one), ignore_errors=True)

    def sweep(self, is_there: Callable[[str], bool]) -> None:
        """Remove what belongs to no conversation any more, and what was never finished."""
        for folder in self._folders():
            if not is_there(folder.name):
                shutil.rmtree(folder, ignore_errors=True)
                continue
            for passing in folder.glob(f"*{_PASSING}"):
                with contextlib.suppress(FileNotFoundError):
                    if time.time() - passing.stat().st_mtime > _ABANDONED_SECONDS:
                        passing.unlink()

    def older_than(self, moment: float) -> Iterator[Path]:
        """Files kept before a moment, in seconds since 1970."""
        for path in self._root.glob("??/*/*"):
            with contextlib.suppress(FileNotFoundError):
                if path.suffix != _PASSING and path.stat().st_mtime < moment:
                    yield path

    def _folders(self) -> Iterator[Path]:
        return self._root.glob("??/*")

    def _of(self, conversation_id: str) -> Path:
        return self._root / conversation_id[:2] / conversation_id


def _name(attachment_id: str) -> str:
    """A name that is safe in a file system, whatever the id is."""
    return derived_id(attachment_id)


def _sync(folder: Path) -> None:
    """Make durable what was renamed or removed in a folder."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class FilesPart(Part):
    """See `core.ports.Files`. A file's conversation is looked for first, so its id is ours."""

    _files: Folder

    async def put_file(
        self, conversation_id: ConversationId, attachment_id: AttachmentId, content: bytes
    ) -> None:
        """See `core.ports.Files`."""
        key = await self._key_of(conversation_id)
        if key is None:
            raise NotFound

        def write() -> None:
            sealed = self._codec.seal_file(content, attachment_id, key)
            self._files.write(conversation_id, attachment_id, sealed)

        await in_thread(write)
        if await self._key_of(conversation_id) is None:  # erased meanwhile
            await in_thread(lambda: self._files.remove([conversation_id]))
            raise NotFound

    async def file(
        self, conversation_id: ConversationId, attachment_id: AttachmentId
    ) -> bytes | None:
        """See `core.ports.Files`."""
        key = await self._key_of(conversation_id)
        if key is None:
            return None

        def read() -> bytes | None:
            sealed = self._files.read(conversation_id, attachment_id)
            return None if sealed is None else self._codec.open_file(sealed, attachment_id, key)

        return await in_thread(read)

    async def drop_file(self, conversation_id: ConversationId, attachment_id: AttachmentId) -> None:
        """See `core.ports.Files`."""
        if await self._wrapped_key(conversation_id) is not None:
            await in_thread(lambda: self._files.drop(conversation_id, attachment_id))

    async def _key_of(self, conversation_id: str) -> DataKey | None:
        """A conversation's key; None when there is no such conversation. Raises SealBroken."""
        row = await self._wrapped_key(conversation_id)
        return None if row is None else self._keys.unwrapped(conversation_id, row[0])

    async def _wrapped_key(self, conversation_id: str) -> tuple[bytes | None] | None:
        row: tuple[bytes | None] | None = await self._read(
            lambda connection: connection.execute(
                KEY_OF_CONVERSATION, (conversation_id,)
            ).fetchone()
        )
        return row


async def in_thread(work: Callable[[], T]) -> T:
    """Run what blocks beside the event loop: sealing a film takes a while, and so do disks."""
    try:
        return await asyncio.to_thread(work)
    except OSError as error:
        raise StorageUnavailable from error
