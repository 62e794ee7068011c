"""The upkeep lane: chores of the house, each done by one gateway process at a time.

A chore is a row of durable work like any other. Every process wishes for it as it starts, so a
database that was never purged is; whoever takes it wishes for the next time.
"""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path

import structlog

from core.clock import Clock
from core.errors import RelaisError, StorageUnavailable
from core.ports import Store
from core.retention import Retention
from core.sealing import Vault
from core.work import Lane, Lease, Wake
from gateway.metrics import Metrics
from gateway.privacy.backup import backup, last_copy_at, refresh_keys
from gateway.privacy.offsite import Offsite
from gateway.privacy.purge import purge_step

log = structlog.get_logger()

PURGE, COPY = "purge", "copy"
PURGE_EVERY = timedelta(hours=1)
# How long who was erased may still be in the copy of the keys.
KEYS_EVERY = timedelta(hours=1)
# Between two steps of one purge messages have the database to themselves.
BETWEEN_STEPS = timedelta(seconds=1)
# A step destroys a few hundred rows, on a disk that may be slow.
UPKEEP_LEASE = timedelta(minutes=5)
_RETRY_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Copies:
    """Where copies of everything go, how often, and what seals them."""

    folder: Path
    every: timedelta
    vault: Vault
    # Where they leave this machine to.
    offsite: Offsite | None = None


class Upkeep:
    """The handler of the upkeep lane."""

    def __init__(
        self,
        *,
        store: Store,
        retention: Retention,
        clock: Clock,
        metrics: Metrics,
        copies: Copies | None = None,
    ) -> None:
        self._store = store
        self._retention = retention
        self._clock = clock
        self._metrics = metrics
        self._copies = copies
        if copies is not None:
            metrics.copied_at.set_function(partial(last_copy_at, copies.folder))
            if copies.offsite is not None:
                metrics.offsite_at.labels("set").set_function(copies.offsite.complete_at)

    async def begin(self) -> None:
        """Wish for every chore. The database being down is waited out."""
        chores = [PURGE] if self._copies is None else [PURGE, COPY]
        while True:
            now = self._clock()
            try:
                await self._store.wake([Wake(Lane.UPKEEP, chore, now) for chore in chores])
            except StorageUnavailable:
                await asyncio.sleep(_RETRY_SECONDS)
            else:
                return

    async def do(self, lease: Lease) -> timedelta | None:
        """Do the chore; returns how long until it is due again, None for one we do not know."""
        if lease.key == COPY and self._copies is not None:
            return await self._copy(self._copies)
        return await self._purge() if lease.key == PURGE else None

    async def _copy(self, copies: Copies) -> timedelta:
        """A copy when one is due; else only its keys, so that erased people are gone from them."""
        now = self._clock()
        age = now.timestamp() - last_copy_at(copies.folder)
        try:
            if age >= copies.every.total_seconds():
                await backup(self._store, copies.vault, copies.folder, now=now)
            else:
                await refresh_keys(self._store, copies.vault, copies.folder, now=now)
            if copies.offsite is not None:
                await copies.offsite.send()
        except RelaisError as error:
            log.error("copy_failed", error=type(error).__name__)
        return KEYS_EVERY

    async def _purge(self) -> timedelta:
        now = self._clock()
        gone, more = await purge_step(self._store, self._retention, now=now)
        for kind, count in gone.items():
            if count:
                self._metrics.purged.labels(kind).inc(count)
                log.info("purged", kind=kind, count=count)
        if more:
            return BETWEEN_STEPS
        overdue = await self._store.overdue(before=self._retention.before(now).chats)
        self._metrics.overdue.set(overdue)
        self._metrics.purged_at.set(now.timestamp())
        return PURGE_EVERY
