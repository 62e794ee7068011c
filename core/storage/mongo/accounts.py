"""Listeners and their sign-ins."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from functools import partial
from typing import Any

from pymongo.errors import DuplicateKeyError

from core.accounts import Listener, Session
from core.audit import Deed
from core.errors import Conflict, NotFound
from core.ids import ListenerId
from core.ports.staff import Decision
from core.storage.mongo.audit import MongoAudit
from core.storage.mongo.engine import record_of
from core.storage.records import ACCOUNTS_SUBJECT, ListenerRecord, from_micros, to_micros


class MongoAccounts(MongoAudit):
    """`core.ports.Accounts` on MongoDB."""

    async def add_listener(self, listener: Listener, *, deeds: Sequence[Deed] = ()) -> None:
        """Raises Conflict when the login is taken."""
        with self._errors():
            document = await self._sealed(listener)

        async def work(session: Any) -> None:
            try:
                await self._in("listeners").insert_one(dict(document), session=session)
            except DuplicateKeyError:
                raise Conflict from None
            await self._append(deeds, session)

        await self._transaction(work, landed=partial(self._is_stored, document))

    async def save_listener(self, listener: Listener, *, deeds: Sequence[Deed] = ()) -> None:
        """Replace an account. Raises NotFound."""
        with self._errors():
            document = await self._sealed(listener)

        async def work(session: Any) -> None:
            mine = {"_id": listener.id}
            try:
                result = await self._in("listeners").replace_one(mine, document, session=session)
            except DuplicateKeyError:
                raise Conflict from None
            if not result.matched_count:
                raise NotFound
            await self._append(deeds, session)

        await self._transaction(work, landed=partial(self._is_stored, document))

    async def amend_listener(self, listener_id: ListenerId, decision: Decision) -> Listener:
        """Replace an account by what `decision` makes of it, in one transaction; what it is now."""
        mine = {"_id": listener_id}
        written: tuple[Listener, dict[str, Any]] | None = None

        async def work(session: Any) -> None:
            nonlocal written
            stored = await self._in("listeners").find_one(mine, session=session)
            if stored is None:
                raise NotFound
            key = await self._key_of(ACCOUNTS_SUBJECT, session=session)
            amended, deeds = decision(self._codec.open_listener(_record(stored), key))
            written = (amended, _document(self._codec.seal_listener(amended, key)))
            try:
                await self._in("listeners").replace_one(mine, written[1], session=session)
            except DuplicateKeyError:
                raise Conflict from None
            await self._append(deeds, session)

        async def landed() -> bool:
            return written is not None and await self._is_stored(written[1])

        await self._transaction(work, landed=landed)
        assert written is not None
        return written[0]

    async def _is_stored(self, document: Mapping[str, Any]) -> bool:
        mine = {"_id": document["_id"], "body": document["body"]}
        return await self._in("listeners").find_one(mine, {"_id": 1}) is not None

    async def _sealed(self, listener: Listener) -> dict[str, Any]:
        key = await self._key_of(ACCOUNTS_SUBJECT)
        return _document(self._codec.seal_listener(listener, key))

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
        return [self._codec.open_listener(_record(document), key) for document in documents]

    async def add_session(self, session: Session, *, deeds: Sequence[Deed] = ()) -> None:
        """Keep a new sign-in."""
        mine = {"_id": session.token_hash}
        values = {
            "listener_id": session.listener_id,
            "created_at": to_micros(session.created_at),
            "seen_at": to_micros(session.seen_at),
            "label": session.label,
        }

        async def work(transaction: Any) -> None:
            await self._in("sessions").update_one(
                mine, {"$setOnInsert": values}, upsert=True, session=transaction
            )
            await self._append(deeds, transaction)

        async def landed() -> bool:
            return await self._in("sessions").find_one(mine, {"_id": 1}) is not None

        await self._transaction(work, landed=landed)

    async def session(self, token_hash: str) -> Session | None:
        """The sign-in of a token."""
        with self._errors():
            stored = await self._in("sessions").find_one({"_id": token_hash})
        return None if stored is None else _session(stored)

    async def sessions(self, listener_id: ListenerId) -> Sequence[Session]:
        """The sign-ins of an account, oldest first."""
        with self._errors():
            stored = await self._in("sessions").find({"listener_id": listener_id}).to_list(None)
        return sorted(map(_session, stored), key=lambda one: one.created_at)

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


def _document(record: ListenerRecord) -> dict[str, Any]:
    document = asdict(record)
    document["_id"] = document.pop("id")
    return document


def _record(document: Mapping[str, Any]) -> ListenerRecord:
    return record_of(ListenerRecord, document)


def _session(stored: Mapping[str, Any]) -> Session:
    return Session(
        token_hash=stored["_id"],
        listener_id=stored["listener_id"],
        created_at=from_micros(stored["created_at"]),
        seen_at=from_micros(stored["seen_at"]),
        # Sign-ins from before labels were kept.
        label=stored.get("label", ""),
    )
