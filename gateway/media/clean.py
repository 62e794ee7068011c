"""Cleaning: of what came, only a file of a known kind is kept, and pictures only as redrawn.

A picture is redrawn in a process of its own rather than in a thread: a thread that hangs in a
decoder cannot be ended, and one that crashes takes the gateway with it, again at every try.
Sound, films and documents are kept as they came: what is in them stays in them.
"""

import asyncio
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from core.events import MessageType
from gateway.media.kinds import kind_of
from gateway.media.redraw import NOT_A_PICTURE, TOO_MANY_PIXELS

# Isolated: neither our folder nor the environment says what it imports.
REDRAW = (sys.executable, "-I", str(Path(__file__).with_name("redraw.py")))
# Longer than the process may compute: a busy machine is not the picture's fault.
REDRAW_WITHIN = 30.0
_CODES = {NOT_A_PICTURE: "broken", TOO_MANY_PIXELS: "pixels"}
# What ends a process from outside; any other signal is the picture's doing.
_FROM_OUTSIDE = frozenset({-signal.SIGKILL, -signal.SIGTERM, -signal.SIGINT, -signal.SIGHUP})


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A file that may be kept: what it is by its content, and its bytes."""

    type: MessageType
    mime: str
    content: bytes


class NotClean(Exception):
    """A file that is not taken, ever. `code` is a short word of ours."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class NotCleanedYet(Exception):
    """The machine did not manage, whatever the file is: try again later."""


class Cleaner:
    """Types and cleans files, `at_once` pictures at the same time: each may take much memory.

    `command` redraws a picture, within as many seconds; see `gateway.media.redraw`.
    """

    def __init__(
        self,
        *,
        at_once: int = 2,
        command: Sequence[str] = REDRAW,
        within: float = REDRAW_WITHIN,
    ) -> None:
        self._turns = asyncio.Semaphore(at_once)
        self._command = command
        self._within = within

    async def clean(self, content: bytes, declared: MessageType) -> Cleaned:
        """The file as it may be kept. `declared` is what the platform called it.

        Raises NotClean or NotCleanedYet.
        """
        kind = kind_of(content, declared)
        if kind is None:
            raise NotClean("kind")
        if kind.redrawn_as is None:
            return Cleaned(kind.type, kind.mime, content)
        async with self._turns:
            mime, picture = _answer(*await self._redraw(content, kind.redrawn_as))
        return Cleaned(kind.type, mime, picture)

    async def _redraw(self, content: bytes, name: str) -> tuple[int, bytes]:
        """How the process ended, and what it said."""
        try:
            child = await asyncio.create_subprocess_exec(
                *self._command,
                name,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                env={},
                # Ctrl-C at the gateway must not look like a broken picture.
                start_new_session=True,
            )
        except OSError:
            raise NotCleanedYet from None
        try:
            async with asyncio.timeout(self._within):
                said, _ = await child.communicate(content)
        except TimeoutError:
            raise NotCleanedYet from None
        finally:
            if child.returncode is None:
                child.kill()
                await child.wait()
        return child.returncode or 0, said


def _answer(code: int, said: bytes) -> tuple[str, bytes]:
    """Media type and bytes of a redrawn picture."""
    if code in _CODES:
        raise NotClean(_CODES[code])
    if code in _FROM_OUTSIDE or code > 0:
        raise NotCleanedYet
    if code < 0:
        raise NotClean("crash")
    mime, _, picture = said.partition(b"\n")
    return mime.decode(), picture
