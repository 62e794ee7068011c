"""Rotation of the master key: data keys are wrapped anew, a few hundred a transaction."""

import sqlite3
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress

from core.errors import SealBroken
from core.sealing import ROOT_SUBJECT, version_of
from core.storage.records import ACCOUNTS_SUBJECT
from core.storage.sqlite.erasure import empty_log
from core.storage.sqlite.rows import Part

LAST_SUBJECTS = (ACCOUNTS_SUBJECT, ROOT_SUBJECT)
_PAGE = "SELECT subject, wrapped FROM data_keys WHERE subject > ? ORDER BY subject LIMIT ?"
_ONE = "SELECT subject, wrapped FROM data_keys WHERE subject = ?"
_REPLACE = "UPDATE data_keys SET wrapped = ? WHERE subject = ?"
_COUNTED = 5_000


class KeyRingPart(Part):
    """See `core.ports.KeyRing`."""

    async def key_versions(self) -> Mapping[int, int]:
        """See `core.ports.KeyRing`."""
        versions: Counter[int] = Counter()
        after = ""
        while rows := await self._page(after):
            versions.update(version_of(wrapped) for _, wrapped in rows)
            after = rows[-1][0]
        return versions

    async def _page(self, after: str) -> list[tuple[str, bytes]]:
        return await self._read(
            lambda connection: connection.execute(_PAGE, (after, _COUNTED)).fetchall()
        )

    async def rewrap_keys(self, *, after: str, limit: int) -> tuple[int, str | None]:
        """See `core.ports.KeyRing`."""

        def operation(connection: sqlite3.Connection) -> tuple[int, str | None]:
            rows = connection.execute(_PAGE, (after, limit)).fetchall()
            others = [row for row in rows if row[0] not in LAST_SUBJECTS]
            return self._rewrap(connection, others), rows[-1][0] if rows else None

        return await self._write(operation)

    async def finish_rotation(self) -> None:
        """See `core.ports.KeyRing`."""

        def operation(connection: sqlite3.Connection) -> None:
            for subject in LAST_SUBJECTS:
                self._rewrap(connection, connection.execute(_ONE, (subject,)).fetchall())

        await self._write(operation)
        # There the keys are still as the old master key wrapped them.
        await self._read(empty_log)

    def _rewrap(self, connection: sqlite3.Connection, rows: Sequence[tuple[str, bytes]]) -> int:
        changed = []
        for subject, wrapped in rows:
            with suppress(SealBroken):  # it opens nothing, under whatever key
                if (anew := self._keys.rewrapped(subject, wrapped)) is not None:
                    changed.append((anew, subject))
        connection.executemany(_REPLACE, changed)
        return len(changed)
