"""Which storage engine a URL means. The engines are imported only when they are wanted."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from core.errors import ConfigurationError
from core.ports import Store
from core.sealing import Vault, parse_master_keys
from gateway.settings import ROOT, Settings


def open_vault(settings: Settings) -> Vault:
    """The vault of the configured master keys."""
    return Vault(parse_master_keys(settings.master_key.get_secret_value()))


def open_store(settings: Settings, vault: Vault | None = None) -> Store:
    """The store of `RELAIS_DATABASE_URL`, not yet opened: the caller opens and closes it.

    It has `vault` adopt the database's root as it opens.
    """
    url, vault = settings.database, vault or open_vault(settings)
    if url.startswith("sqlite:///"):
        from core.storage.sqlite import SqliteStore

        path = ROOT / url.removeprefix("sqlite:///")  # an absolute path replaces ROOT
        _make_folder(path)
        return SqliteStore(path, vault)
    if url.startswith(("mongodb://", "mongodb+srv://")):
        from core.storage.mongo import MongoStore

        return MongoStore(url, vault)
    raise ConfigurationError("RELAIS_DATABASE_URL begins with sqlite:/// or mongodb://")


@asynccontextmanager
async def opened_store(settings: Settings, vault: Vault | None = None) -> AsyncIterator[Store]:
    """The store, open inside the block; `vault` has then adopted its root."""
    store = open_store(settings, vault)
    try:
        await store.open()
        yield store
    finally:
        await store.close()


def _make_folder(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigurationError(
            f"RELAIS_DATABASE_URL: its folder cannot be made ({error.strerror})"
        ) from None
