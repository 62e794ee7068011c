"""The storage port on a MongoDB replica set, for several machines."""

from core.storage.mongo.store import MongoStore

__all__ = ["MongoStore"]
