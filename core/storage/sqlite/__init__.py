"""The storage port on one SQLite file: for one machine, with nothing to install."""

from core.storage.sqlite.store import SqliteStore

__all__ = ["SqliteStore"]
