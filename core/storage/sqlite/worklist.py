"""Durable work with leases.

An item that is taken stays in its row: `ready_at` becomes the end of the lease and `token` names
the holder, so an item whose holder died is due again by itself.
"""

import secrets
import sqlite3
from collections.abc import Sequence
from datetime import datetime, timedelta

from core.errors import LeaseLost
from core.storage.records import from_micros, to_micros
from core.storage.sqlite.rows import Part
from core.work import ORDINARY, URGENT, Lane, Lease, Wake

# One priority at a time: the index is then in the wished order, however deep the lane is.
DUE = """
    SELECT key, generation FROM work
    WHERE lane = ? AND priority = ? AND ready_at <= ?
    ORDER BY ready_at LIMIT ?"""

# While a lease is out (a token is set) `ready_at` belongs to it; the wish waits for its end.
_WISH = """
    INSERT INTO work (lane, key, ready_at, priority) VALUES (?1, ?2, ?3, ?4)
    ON CONFLICT (lane, key) DO UPDATE SET
        generation = generation + 1,
        priority = min(priority, ?4),
        ready_at = iif(token IS NULL, min(ready_at, ?3), ready_at),
        wished_at = iif(token IS NULL, NULL, min(ifnull(wished_at, ?3), ?3))"""


class WorkPart(Part):
    """See `core.ports.WorkList`."""

    async def claim_work(
        self, lane: Lane, *, now: datetime, lease_for: timedelta, limit: int
    ) -> Sequence[Lease]:
        """See `core.ports.WorkList`."""
        until = now + lease_for

        def operation(connection: sqlite3.Connection) -> list[Lease]:
            leases: list[Lease] = []
            for priority in (URGENT, ORDINARY):
                due = connection.execute(
                    DUE, (lane.value, priority, to_micros(now), limit - len(leases))
                ).fetchall()
                for key, generation in due:
                    token = secrets.token_hex(16)
                    leases.append(Lease(lane, key, token, generation, until))
            # Whatever was wished before is what the holder now looks at.
            connection.executemany(
                "UPDATE work SET token = ?, ready_at = ?, wished_at = NULL "
                "WHERE lane = ? AND key = ?",
                [(one.token, to_micros(until), lane.value, one.key) for one in leases],
            )
            return leases

        return await self._write(operation)

    async def extend_lease(self, lease: Lease, *, now: datetime, lease_for: timedelta) -> Lease:
        """See `core.ports.WorkList`."""

        def operation(connection: sqlite3.Connection) -> Lease:
            require_lease(connection, lease, now)
            ((until,),) = connection.execute(
                "UPDATE work SET ready_at = max(ready_at, ?) WHERE lane = ? AND key = ? "
                "RETURNING ready_at",
                (to_micros(now + lease_for), lease.lane.value, lease.key),
            ).fetchall()
            return Lease(lease.lane, lease.key, lease.token, lease.generation, from_micros(until))

        return await self._write(operation)

    async def finish_work(
        self, lease: Lease, *, now: datetime, again_at: datetime | None = None
    ) -> None:
        """See `core.ports.WorkList`."""
        again = None if again_at is None else to_micros(again_at)
        mine = (lease.lane.value, lease.key, lease.token)

        def operation(connection: sqlite3.Connection) -> None:
            # Woken meanwhile: due at the wish. Wished again: due then, or at an earlier wish.
            connection.execute(
                """UPDATE work SET token = NULL, wished_at = NULL,
                    ready_at = min(ifnull(wished_at, ?4), ifnull(?4, wished_at))
                WHERE lane = ?1 AND key = ?2 AND token = ?3
                    AND (generation <> ?5 OR ?4 IS NOT NULL)""",
                (*mine, again, lease.generation),
            )
            connection.execute(
                "DELETE FROM work WHERE lane = ? AND key = ? AND token = ? AND generation = ?",
                (*mine, lease.generation),
            )

        await self._write(operation)

    async def wake(self, wakes: Sequence[Wake]) -> None:
        """See `core.ports.WorkList`."""
        await self._write(lambda connection: wish(connection, wakes))


def wish(connection: sqlite3.Connection, wakes: Sequence[Wake]) -> None:
    """Write wishes for work within a larger transaction."""
    # Two priorities only: claims ask for each by name, a third would never be found.
    connection.executemany(
        _WISH,
        [
            (one.lane.value, one.key, to_micros(one.at), min(max(one.priority, URGENT), ORDINARY))
            for one in wakes
        ],
    )


def require_lease(connection: sqlite3.Connection, lease: Lease, now: datetime) -> None:
    """Raises LeaseLost unless `lease` is held at `now`; asked in the transaction it protects."""
    held = connection.execute(
        "SELECT 1 FROM work WHERE lane = ? AND key = ? AND token = ? AND ready_at > ?",
        (lease.lane.value, lease.key, lease.token, to_micros(now)),
    ).fetchone()
    if held is None:
        raise LeaseLost
