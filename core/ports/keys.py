"""The data keys as a ring: which master key wraps them, and how they come under a new one."""

from collections.abc import Mapping
from typing import Protocol


class KeyRing(Protocol):
    """Rotation of the master key, while everything goes on.

    Only the wrapping changes: what the data keys seal stays as it is. A key that is erased
    meanwhile stays erased.
    """

    async def key_versions(self) -> Mapping[int, int]:
        """How many data keys each version of the master key wraps. It reads all of them."""

    async def rewrap_keys(self, *, after: str, limit: int) -> tuple[int, str | None]:
        """Bring some keys under the present master key: those of up to `limit` subjects that follow
        `after` in order. How many were changed, and the last subject looked at; None: no more.

        Durable on return, and harmless to repeat. The accounts' key and the root are left out: see
        `finish_rotation`. A key that no configured master key opens is passed by.
        """

    async def finish_rotation(self) -> None:
        """Bring the accounts' key and the root under the present master key.

        Called last: while they are under an old one, no process starts without it.
        """
