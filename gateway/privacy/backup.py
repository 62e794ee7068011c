"""Copies of everything, and the way back.

A copy has two halves. `relais-DATE.data` is dated, and several are kept. `relais.keys` is one file
that each copy replaces: the wrapped data keys as they are now. Data opens only with its keys, and
so who was erased after the data was copied stays unreadable, provided that no older `relais.keys`
is kept anywhere. Whoever has no key after a restore is taken out of the database.

What was waiting to be sent may have gone out since the copy: after a restore it is marked as
unknown, until somebody looked and released it.
"""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

from core.errors import RelaisError
from core.ports import Store
from core.sealing import Vault
from gateway.privacy import archive
from gateway.settings import ROOT, Settings
from gateway.stores import open_store, open_vault

DATA, KEYS = "data", "keys"
KEYS_FILE = "relais.keys"
KEPT = 7


async def backup(store: Store, vault: Vault, folder: Path, *, now: datetime) -> Path:
    """Copy everything into `folder` while the store is in use; the file with the data.

    Raises RelaisError for a folder that cannot be used, StorageUnavailable.
    """
    path = folder / f"relais-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}.data"
    try:
        await asyncio.to_thread(folder.mkdir, mode=0o700, parents=True, exist_ok=True)
        with archive.Writer(path, vault, kind=DATA, now=now) as data:
            await store.dump(data.write)
        await refresh_keys(store, vault, folder, now=now)
        for old in copies(folder)[:-KEPT]:
            old.unlink(missing_ok=True)
    except OSError as error:
        raise RelaisError(f"{folder} cannot hold a copy ({error.strerror}).") from None
    return path


async def refresh_keys(store: Store, vault: Vault, folder: Path, *, now: datetime) -> None:
    """Replace the copy of the keys, so that who was erased since is gone from it.

    Raises RelaisError for a folder that cannot be used, StorageUnavailable.
    """
    try:
        await asyncio.to_thread(archive.sweep, folder)
        with archive.Writer(folder / KEYS_FILE, vault, kind=KEYS, now=now) as keys:
            await store.dump_keys(keys.write)
    except OSError as error:
        raise RelaisError(f"{folder} cannot hold a copy ({error.strerror}).") from None


def copies(folder: Path) -> list[Path]:
    """The data halves in a folder, oldest first."""
    return sorted(folder.glob("relais-*.data"))


def last_copy_at(folder: Path) -> float:
    """When the last copy was finished, in seconds since 1970; 0: there is none."""
    try:
        return max((path.stat().st_mtime for path in copies(folder)), default=0.0)
    except OSError:
        return 0.0


async def restore(settings: Settings, data: Path, keys: Path, *, now: datetime) -> int:
    """Make the database of `settings` from a copy; how many messages wait for a release.

    No gateway may run on it. Raises CopyBroken before anything is changed, ConfigurationError for
    a database that is not empty.
    """
    vault = open_vault(settings)
    try:
        for path, kind in ((data, DATA), (keys, KEYS)):
            archive.check(path, vault, kind=kind)
        halves = archive.read(data, vault, kind=DATA), archive.read(keys, vault, kind=KEYS)
        url = settings.database
        if url.startswith("sqlite:///"):
            from core.storage.sqlite import backups as sqlite_backups

            path = ROOT / url.removeprefix("sqlite:///")
            await asyncio.to_thread(path.parent.mkdir, parents=True, exist_ok=True)
            await sqlite_backups.load(path, *halves)
        else:
            from core.storage.mongo import backups as mongo_backups

            await mongo_backups.load(url, *halves)
    except OSError as error:
        raise RelaisError(f"The copy cannot be used ({error.strerror}).") from None
    store = open_store(settings, vault)
    try:
        await store.open()
        return await store.hold_outbox(now=now)
    finally:
        await store.close()
