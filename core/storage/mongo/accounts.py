"""Listeners and their sign-ins."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from pymongo.errors import DuplicateKeyError

from core.accounts import Listener, Session
from core.errors import Conflict, NotFound
from core.ids import ListenerId
from core.storage.mongo.engine import MongoEngine
from core.storage.records import ACCOUNTS_SUBJECT, ListenerRecord, from_micros, to_micros


class MongoAccounts(MongoEngine):
    """`core.ports.Accounts` on MongoDB."""

    async def add_listener(self, listener: Listener) -> None:
        """Raises Conflict when the login is taken."""
        with self._errors():
            document = await self._sealed(listener)
            try:
                await self._in("listeners").insert_one(document)
            except DuplicateKeyError:
                raise Conflict from None

    async def save_listener(self, listener: Listener) -> None:
        """Replace an account. Raises NotFound."""
        with self._errors():
            document = await self._sealed(listener)
            try:
                result = await self._in("listeners").replace_one({"_id": listener.id}, document)
            except DuplicateKeyError:
                raise Conflict from None
        if not result.matched_count:
            raise NotFound

    async def _sealed(self, listener: Listener) -> dict[str, Any]:
        key = await self._key_of(ACCOUNTS_SUBJECT)
        document = asdict(self._codec.seal_listener(listener, key))
        document["_id"] = document.pop("id")
        return document

    async def listener(self, listener_id: ListenerId) -> Listener:
        """Raises NotFound."""
        found = await self._listeners({"_id": listener_id})
        if not found:
            raise NotFound
        return found[0]

    async def listener_by_login(self, login: str) -> Listener | None:
        """Look an account up by its login, compared without regard to case."""
        found = await self._listeners({"ref": self._codec.login_ref(login)})
        return found[0] if found else None

    async def listeners(self) -> list[Listener]:
        """All accounts, oldest first."""
        return await self._listeners({})

    async def _listeners(self, criteria: Mapping[str, Any]) -> list[Listener]:
        with self._errors():
            key = await self._key_of(ACCOUNTS_SUBJECT)
            cursor = self._in("listeners").find(criteria).sort([("created_at", 1), ("_id", 1)])
            documents = await cursor.to_list(None)
        return [
            self._codec.open_listener(
                ListenerRecord(
                    id=document["_id"],
                    ref=document["ref"],
                    created_at=document["created_at"],
                    body=document["body"],
                ),
                key,
            )
            for document in documents
        ]

    async def add_session(self, session: Session) -> None:
        """Keep a new sign-in."""
        values = {
            "listener_id": session.listener_id,
            "created_at": to_micros(session.created_at),
            "seen_at": to_micros(session.seen_at),
        }
        with self._errors():
            await self._in("sessions").update_one(
                {"_id": session.token_hash}, {"$setOnInsert": values}, upsert=True
            )

    async def session(self, token_hash: str) -> Session | None:
        """The sign-in of a token."""
        with self._errors():
            stored = await self._in("sessions").find_one({"_id": token_hash})
        if stored is None:
            return None
        return Session(
            token_hash=token_hash,
            listener_id=stored["listener_id"],
            created_at=from_micros(stored["created_at"]),
            seen_at=from_micros(stored["seen_at"]),
        )

    async def touch_session(self, token_hash: str, *, seen_at: datetime) -> None:
        """Note that the sign-in was used."""
        with self._errors():
            await self._in("sessions").update_one(
                {"_id": token_hash}, {"$max": {"seen_at": to_micros(seen_at)}}
            )

    async def end_session(self, token_hash: str) -> None:
        """Forget one sign-in."""
        with self._errors():
            await self._in("sessions").delete_one({"_id": token_hash})

    async def end_sessions(self, listener_id: ListenerId) -> None:
        """Forget all sign-ins of a listener."""
        with self._errors():
            await self._in("sessions").delete_many({"listener_id": listener_id})
