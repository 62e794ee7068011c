"""Copies leave the machine: the newest data half and the keys, to another disk or by HTTPS PUT.

What travels is sealed under the master key, which is in neither half. A target holds seven data
halves, one a weekday, each overwritten after a week, and one file of keys, overwritten every hour:
so it needs no right to delete, and who was erased is gone from there too within the hour. A target
that keeps old versions of files would undo that: switch that off.
"""

import asyncio
import os
import shutil
from datetime import datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit, urlunsplit

import aiohttp

from core.errors import RelaisError
from gateway.privacy import archive
from gateway.privacy.backup import KEYS_FILE, copies

# Beside the local copies: which of them the target has, and since when all was there.
_MARK = ".offsite"
# A large copy over a thin line; silence is cut off sooner.
_WITHIN = aiohttp.ClientTimeout(total=3600, sock_connect=20, sock_read=120)


class OffsiteFailed(RelaisError):
    """The copy did not leave the machine; the last one that did is still there."""


class Offsite:
    """Brings the copies in `folder` to `where`: `https://user:password@host/path`, or a folder."""

    def __init__(self, where: str, folder: Path) -> None:
        self._folder = folder
        self._mark = folder / _MARK
        self._by_web = where.startswith(("https://", "http://"))
        self._where = where.rstrip("/")

    async def send(self) -> None:
        """The newest data half, if the target has it not, then the keys as they are now.

        Raises OffsiteFailed. Nothing is lost then: the next call does it again.
        """
        newest = copies(self._folder)[-1:]
        try:
            known = self._mark.read_text() if self._mark.exists() else ""
            for data in newest:
                if data.name != known:
                    await self._put(data, slot_of(data))
            await self._put(self._folder / KEYS_FILE, KEYS_FILE)
            self._mark.write_text(newest[0].name if newest else "")
        except (aiohttp.ClientError, TimeoutError) as error:
            raise OffsiteFailed(f"The target does not take it ({type(error).__name__}).") from None
        except OSError as error:
            raise OffsiteFailed(f"It cannot be read or written ({error.strerror}).") from None

    def complete_at(self) -> float:
        """When the target last had everything, in seconds since 1970; 0: never."""
        try:
            return self._mark.stat().st_mtime
        except OSError:
            return 0.0

    async def _put(self, path: Path, name: str) -> None:
        if not self._by_web:
            await asyncio.to_thread(_copy, path, Path(self._where), name)
            return
        url, headers = _split(self._where)
        async with aiohttp.ClientSession(headers=headers, timeout=_WITHIN) as session:
            with await asyncio.to_thread(path.open, "rb") as file:
                async with session.put(f"{url}/{name}", data=file, allow_redirects=False) as answer:
                    if answer.status not in (200, 201, 204):
                        raise OffsiteFailed(f"The target answers {answer.status}.")


def slot_of(data: Path) -> str:
    """The name of a data half at the target: that of its weekday."""
    made = datetime.strptime(data.name, "relais-%Y%m%dT%H%M%SZ.data")  # noqa: DTZ007 - a name
    return f"relais-{made:%u}.data"


def _copy(path: Path, folder: Path, name: str) -> None:
    """Whole or not at all. A folder that is not there is a disk that is not: none is made."""
    archive.sweep(folder)
    passing = archive.passing(folder / name)
    try:
        handle = os.open(passing, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as target, path.open("rb") as source:
            shutil.copyfileobj(source, target, 1 << 20)
            target.flush()
            os.fsync(target.fileno())
        passing.replace(folder / name)
    finally:
        passing.unlink(missing_ok=True)


def _split(url: str) -> tuple[str, dict[str, str]]:
    """The address without its password, and the header that says it."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    headers = {}
    if parts.username is not None:
        login, password = unquote(parts.username), unquote(parts.password or "")
        headers["Authorization"] = aiohttp.encode_basic_auth(login, password)
    return urlunsplit((parts.scheme, host, parts.path.rstrip("/"), "", "")), headers
