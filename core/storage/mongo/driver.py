"""The one module that knows which MongoDB driver runs: motor, or its heir in pymongo.

The two drivers differ in what must be awaited, and in nothing else that we use. Everything untyped
stays behind this class: callers see `Any` for collections and sessions.
"""

import os
from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypeAlias
from urllib.parse import parse_qsl, urlsplit

# Motor runs every operation on a thread, and reads how many it may use when it is imported. Its
# own choice, five a core, would hold a small machine to a few dozen accepted events a second.
os.environ.setdefault("MOTOR_MAX_WORKERS", "64")

from gridfs import AsyncGridFSBucket
from motor.motor_asyncio import AsyncIOMotorClient, AsyncIOMotorGridFSBucket
from pymongo import AsyncMongoClient
from pymongo.read_concern import ReadConcern
from pymongo.read_preferences import ReadPreference
from pymongo.write_concern import WriteConcern

DriverName: TypeAlias = Literal["motor", "pymongo"]

# Not the operator's choice: an acknowledged message survives the loss of any one server, and is
# read at once by whoever was told. A server that lags could show an event and not yet its key.
DURABLE = {
    "w": "majority",
    "journal": True,
    "readConcernLevel": "majority",
    "readPreference": "primary",
}

# What the URL may override. A dead server must be noticed within a webhook's patience.
_DEFAULTS: Mapping[str, Any] = {
    "serverSelectionTimeoutMS": 2500,
    "connectTimeoutMS": 2500,
    "socketTimeoutMS": 10_000,
    "waitQueueTimeoutMS": 5000,
    "appName": "relais",
}


class Driver:
    """One client and one database, with the same shape whichever driver is underneath."""

    def __init__(self, url: str, *, name: DriverName, default_database: str) -> None:
        """Parse the URL; nothing connects yet. Raises what the driver raises for a bad URL."""
        given = {key.lower() for key, _ in parse_qsl(urlsplit(url).query)}
        options = {key: value for key, value in _DEFAULTS.items() if key.lower() not in given}
        self._is_motor = name == "motor"
        client: Any = AsyncIOMotorClient if self._is_motor else AsyncMongoClient
        self._client: Any = client(url, **options, **DURABLE)
        self.database: Any = self._client.get_default_database(default_database)
        bucket: Any = AsyncIOMotorGridFSBucket if self._is_motor else AsyncGridFSBucket
        self.files: Any = bucket(self.database)

    async def hello(self) -> Mapping[str, Any]:
        """What the server says of itself."""
        answer: Mapping[str, Any] = await self._client.admin.command("hello")
        return answer

    async def start_session(self) -> Any:
        """A session; give it back with `end_session`."""
        return (
            await self._client.start_session() if self._is_motor else self._client.start_session()
        )

    async def begin(self, session: Any) -> None:
        """Begin a transaction that reads one snapshot and commits to a majority's journals."""
        begun = session.start_transaction(
            read_concern=ReadConcern("snapshot"),
            write_concern=WriteConcern(w="majority", j=True),
            read_preference=ReadPreference.PRIMARY,
        )
        if not self._is_motor:
            await begun

    async def aggregate(
        self, collection: str, stages: Sequence[Mapping[str, Any]]
    ) -> list[dict[str, Any]]:
        """All documents of a small aggregation."""
        cursor = self.database[collection].aggregate(list(stages))
        if not self._is_motor:
            cursor = await cursor
        documents: list[dict[str, Any]] = await cursor.to_list(None)
        return documents

    async def close(self) -> None:
        """Let go of every connection."""
        closed = self._client.close()
        if not self._is_motor:
            await closed
