"""Collections and indexes, made when the store opens.

Every query of the store has its index, and every rule that must hold between processes is a unique
one. Only compound, partial and sparse indexes are used: they exist on every server we run on.
"""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel, UpdateOne
from pymongo.errors import OperationFailure

from core.errors import ConfigurationError

SCHEMA_VERSION = 3

OPEN_CONVERSATION = "one_open_conversation"
MESSAGE_SEQ = "message_seq"

INDEXES: Mapping[str, tuple[IndexModel, ...]] = {
    "contacts": (
        IndexModel([("ref", ASCENDING)], name="contact_ref", unique=True),
        # The address and all aliases: an id is one contact's, whatever the processes do.
        IndexModel([("refs", ASCENDING)], name="contact_refs", unique=True),
        IndexModel([("created_at", ASCENDING)], name="created"),
    ),
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
        IndexModel([("contact_id", ASCENDING)], name="contact", sparse=True),
        IndexModel([("received_at", ASCENDING)], name="received"),
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
        # In the line's own order, so that a deep queue is read and never sorted.
        IndexModel(
            [("waiting", ASCENDING), ("place", ASCENDING)],
            name="line",
            partialFilterExpression={"waiting": True},
        ),
        IndexModel(
            [("waiting", ASCENDING), ("urgency", ASCENDING), ("place", ASCENDING)],
            name="head",
            partialFilterExpression={"waiting": True},
        ),
        IndexModel(
            [("listener_id", ASCENDING), ("claimed_at", ASCENDING)],
            name="held",
            partialFilterExpression={"is_open": True},
        ),
        IndexModel(
            [("offered_to", ASCENDING), ("claimed_at", ASCENDING)],
            name="offered",
            partialFilterExpression={"is_open": True},
        ),
        # One wish for the next one takes one person, whatever the processes do.
        IndexModel(
            [("claim", ASCENDING)],
            name="claim",
            unique=True,
            partialFilterExpression={"is_open": True, "claim": {"$gt": ""}},
        ),
        IndexModel(
            [("follow_up_at", ASCENDING)],
            name="follow_up",
            partialFilterExpression={"follow_up_at": {"$gt": 0}},
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
    ),
    # `_id` is a message's keyed hash of an id that its platform knows it by.
    "provider_refs": (IndexModel([("conversation_id", ASCENDING)], name="conversation"),),
    "work": (
        # Equality on lane and priority, then a range in the order of the sort: the head of a deep
        # queue is read from the index without sorting the rest.
        IndexModel(
            [("lane", ASCENDING), ("priority", ASCENDING), ("ready_at", ASCENDING)], name="due"
        ),
    ),
    "listeners": (IndexModel([("ref", ASCENDING)], name="login", unique=True),),
    "sessions": (
        IndexModel([("listener_id", ASCENDING)], name="listener"),
        IndexModel([("created_at", ASCENDING)], name="created"),
    ),
    # `_id` is kind, name and version: no version is written twice.
    "documents": (
        IndexModel(
            [("kind", ASCENDING), ("name", ASCENDING)],
            name="current",
            unique=True,
            partialFilterExpression={"is_current": True},
        ),
        IndexModel(
            [("kind", ASCENDING), ("name", ASCENDING), ("version", DESCENDING)], name="history"
        ),
    ),
    # `_id` is an entry's number.
    "audit": (
        IndexModel([("verb", ASCENDING), ("_id", DESCENDING)], name="verb"),
        IndexModel([("actor", ASCENDING), ("_id", DESCENDING)], name="actor"),
        IndexModel([("conversation", ASCENDING), ("_id", DESCENDING)], name="conversation"),
        IndexModel([("at", ASCENDING)], name="at"),
    ),
    # `_id` is a name that only its conversation's data key can form.
    "facts": (IndexModel([("hour", ASCENDING)], name="hour"),),
    "presence": (IndexModel([("seen_at", ASCENDING)], name="seen"),),
    # The drivers' own two indexes of GridFS, and ours. A file has its conversation's id for a name.
    "fs.files": (
        IndexModel([("filename", ASCENDING), ("uploadDate", ASCENDING)]),
        IndexModel(
            [("filename", ASCENDING), ("metadata.attachment_id", ASCENDING), ("_id", DESCENDING)],
            name="attachment",
        ),
        IndexModel([("uploadDate", ASCENDING)], name="uploaded"),
    ),
    "fs.chunks": (IndexModel([("files_id", ASCENDING), ("n", ASCENDING)], unique=True),),
}


# In the collection `meta` for as long as a copy is brought back.
RESTORING = "restoring"


async def prepare(database: Any) -> None:
    """Create what is missing, and bring an older release's database to this one's schema.

    Raises ConfigurationError for a newer release's database, and for half a one.
    """
    meta = database["meta"]
    if await meta.find_one({"_id": RESTORING}) is not None:
        # Without its keys it would look like a new one, and be given others.
        raise ConfigurationError(
            "RELAIS_DATABASE_URL: a restore is under way there, or was cut short: then drop the"
            " database and restore again."
        )
    await meta.update_one(
        {"_id": "schema"}, {"$setOnInsert": {"version": SCHEMA_VERSION}}, upsert=True
    )
    stored = await meta.find_one({"_id": "schema"})
    if stored is None or stored["version"] not in range(1, SCHEMA_VERSION + 1):
        raise ConfigurationError(
            "RELAIS_DATABASE_URL names a database written by another release of Relais."
        )
    if stored["version"] == 1:
        await _allow_many_ids(database)
    await _give_places(database)
    for collection, indexes in INDEXES.items():
        await database[collection].create_indexes(list(indexes))
    await meta.update_one({"_id": "schema"}, {"$max": {"version": SCHEMA_VERSION}})


async def _give_places(database: Any) -> None:
    """From version 2, which sorted by urgency and waiting. Harmless to repeat.

    Minors and dangers are sealed: who waits already gets their exact place with the next change.
    """
    critical = {"$eq": ["$urgency", 3]}
    others = {"$subtract": [20_000_000_000_000_000, {"$multiply": ["$urgency", 4_500_000_000]}]}
    place = {"$add": ["$waiting_since", {"$cond": [critical, 0, others]}]}
    await database["conversations"].update_many(
        {"waiting": True, "place": {"$exists": False}}, [{"$set": {"place": place}}]
    )


async def _allow_many_ids(database: Any) -> None:
    """From version 1, where a contact and a message had one id. Harmless to repeat."""
    await database["contacts"].update_many(
        {"refs": {"$exists": False}}, [{"$set": {"refs": ["$ref"]}}]
    )
    messages = database["messages"]
    known = {"provider_ref": {"$exists": True}}
    while some := await messages.find(known).limit(1000).to_list(None):
        await database["provider_refs"].bulk_write([_sent_ref(one) for one in some])
        await messages.update_many(
            {"_id": {"$in": [one["_id"] for one in some]}}, {"$unset": {"provider_ref": ""}}
        )
    with suppress(OperationFailure):  # another process was first
        await messages.drop_index("provider")


def _sent_ref(message: Mapping[str, Any]) -> UpdateOne:
    values = {"message_id": message["_id"], "conversation_id": message["conversation_id"]}
    return UpdateOne({"_id": message["provider_ref"]}, {"$set": values}, upsert=True)
