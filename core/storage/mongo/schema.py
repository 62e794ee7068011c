"""Collections and indexes, made when the store opens.

Every query of the store has its index, and every rule that must hold between processes is a unique
one. Only compound, partial and sparse indexes are used: they exist on every server we run on.
"""

from collections.abc import Mapping
from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel

from core.errors import ConfigurationError

SCHEMA_VERSION = 1

OPEN_CONVERSATION = "one_open_conversation"
MESSAGE_SEQ = "message_seq"

INDEXES: Mapping[str, tuple[IndexModel, ...]] = {
    "contacts": (IndexModel([("ref", ASCENDING)], name="contact_ref", unique=True),),
    "events": (
        # `_id` is the event's keyed hash: uniqueness needs no index of its own.
        IndexModel(
            [("contact_id", ASCENDING), ("nth", ASCENDING)],
            name="pending",
            partialFilterExpression={"state": "pending"},
        ),
        IndexModel(
            [("state", ASCENDING)],
            name="quarantined",
            partialFilterExpression={"state": "quarantined"},
        ),
    ),
    "conversations": (
        IndexModel(
            [("contact_id", ASCENDING)],
            name=OPEN_CONVERSATION,
            unique=True,
            partialFilterExpression={"is_open": True},
        ),
        IndexModel(
            [("contact_id", ASCENDING), ("is_open", DESCENDING), ("first_seq", DESCENDING)],
            name="latest",
        ),
        IndexModel(
            [("waiting", ASCENDING), ("urgency", DESCENDING), ("waiting_since", ASCENDING)],
            name="queue",
            partialFilterExpression={"waiting": True},
        ),
        IndexModel(
            [("listener_id", ASCENDING), ("claimed_at", ASCENDING)],
            name="held",
            partialFilterExpression={"is_open": True},
        ),
        IndexModel(
            [("danger_since", ASCENDING)],
            name="danger",
            partialFilterExpression={"is_open": True},
        ),
        IndexModel([("updated_at", ASCENDING)], name="changed"),
    ),
    "messages": (
        IndexModel(
            [("conversation_id", ASCENDING), ("seq", ASCENDING)], name=MESSAGE_SEQ, unique=True
        ),
        IndexModel(
            [("conversation_id", ASCENDING), ("delivery", ASCENDING), ("seq", ASCENDING)],
            name="queued",
            partialFilterExpression={"delivery": "queued"},
        ),
        IndexModel([("provider_ref", ASCENDING)], name="provider", sparse=True),
    ),
    "work": (
        # Equality on lane and priority, then a range in the order of the sort: the head of a deep
        # queue is read from the index without sorting the rest.
        IndexModel(
            [("lane", ASCENDING), ("priority", ASCENDING), ("ready_at", ASCENDING)], name="due"
        ),
    ),
    "listeners": (IndexModel([("ref", ASCENDING)], name="login", unique=True),),
    "sessions": (IndexModel([("listener_id", ASCENDING)], name="listener"),),
}


async def prepare(database: Any) -> None:
    """Create what is missing. Raises ConfigurationError for a newer release's database."""
    meta = database["meta"]
    await meta.update_one(
        {"_id": "schema"}, {"$setOnInsert": {"version": SCHEMA_VERSION}}, upsert=True
    )
    stored = await meta.find_one({"_id": "schema"})
    if stored is None or stored["version"] != SCHEMA_VERSION:
        raise ConfigurationError(
            "RELAIS_DATABASE_URL names a database written by another release of Relais."
        )
    for collection, indexes in INDEXES.items():
        await database[collection].create_indexes(list(indexes))
