"""Copies of all that is stored, taken while everything goes on."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol, TypeAlias

# Takes a piece of a copy: its name, and bytes that follow those given under the same name before.
Write: TypeAlias = Callable[[str, bytes], None]


class Backups(Protocol):
    """The two halves of a copy. Without the wrapped keys the data opens nowhere; so who was erased
    since the data was copied stays unreadable, if only the newest copy of the keys is kept."""

    async def dump(self, write: Write) -> None:
        """Everything as it was at one moment, but for the wrapped data keys; then the files."""

    async def dump_keys(self, write: Write) -> None:
        """The wrapped data keys as they are now."""

    async def hold_outbox(self, *, now: datetime) -> int:
        """After a restore: what was waiting to be sent may have gone out since the copy. It is
        marked as unknown, so that no machine sends it again; how many messages those are."""

    async def release_outbox(self, *, now: datetime) -> int:
        """Somebody looked: send what `hold_outbox` held; how many messages."""
