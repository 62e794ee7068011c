"""The whole storage port."""

from typing import Protocol

from core.ports.audit import Audit
from core.ports.backups import Backups
from core.ports.conversations import Conversations
from core.ports.documents import Documents
from core.ports.figures import Figures
from core.ports.files import Files
from core.ports.holdings import Holdings
from core.ports.inbox import Inbox
from core.ports.keys import KeyRing
from core.ports.outbox import Outbox
from core.ports.retention import Purge
from core.ports.staff import Accounts, Presence
from core.ports.work import WorkList


class Store(
    Inbox,
    WorkList,
    Conversations,
    Outbox,
    Files,
    Holdings,
    Purge,
    KeyRing,
    Backups,
    Accounts,
    Presence,
    Documents,
    Audit,
    Figures,
    Protocol,
):
    """The whole storage port. Opened and closed by the composition root."""

    async def open(self) -> None:
        """Connect, create or migrate schema and indexes.

        Raises ConfigurationError for what will never work, StorageUnavailable for what may.
        """

    async def close(self) -> None:
        """Finish what was begun and let go of every resource."""

    async def check(self) -> None:
        """Prove that messages can be kept now, by a durable write. Raises StorageUnavailable."""
