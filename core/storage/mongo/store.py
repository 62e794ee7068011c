"""The whole storage port on one MongoDB database."""

from core.storage.mongo.accounts import MongoAccounts
from core.storage.mongo.outbox import MongoOutbox


class MongoStore(MongoOutbox, MongoAccounts):
    """See `core.ports.Store`. Any number of processes, on any machines, may share the database.

    Whatever the URL says, writes wait for the journals of a majority. Collections: contacts,
    data_keys, events, conversations, messages, work, listeners, sessions, meta.
    """
