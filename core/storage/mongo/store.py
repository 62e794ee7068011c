"""The whole storage port on one MongoDB database."""

from core.storage.mongo.accounts import MongoAccounts
from core.storage.mongo.backups import MongoBackups
from core.storage.mongo.documents import MongoDocuments
from core.storage.mongo.figures import MongoFigures
from core.storage.mongo.holdings import MongoHoldings
from core.storage.mongo.keyring import MongoKeyRing
from core.storage.mongo.presence import MongoPresence
from core.storage.mongo.retention import MongoRetention


class MongoStore(
    MongoBackups,
    MongoRetention,
    MongoHoldings,
    MongoKeyRing,
    MongoAccounts,
    MongoPresence,
    MongoDocuments,
    MongoFigures,
):
    """See `core.ports.Store`. Any number of processes, on any machines, may share the database.

    Whatever the URL says, writes wait for the journals of a majority. Collections: contacts,
    data_keys, events, conversations, messages, provider_refs, work, listeners, sessions, presence,
    documents, facts, meta, and GridFS's two for what people sent.
    """
