"""What the kernel asks of the outside, as protocols: storage, screen, assistant, words, channels.

The storage port speaks in intentions. Each method is one transaction, durable when it returns.
Every method may raise `StorageUnavailable`; then nothing was changed.
"""

from core.ports.assistant import Assistant, DangerScreen, Phrase, Phrasebook
from core.ports.audit import Audit
from core.ports.backups import Backups
from core.ports.channel import (
    Ambiguous,
    Channel,
    Errand,
    Failed,
    Held,
    Part,
    Paused,
    Retry,
    SendOutcome,
    Sent,
)
from core.ports.conversations import Change, Conversations, QueueFigures, Touched
from core.ports.documents import Document, Documents
from core.ports.feed import Changes, Feed
from core.ports.figures import Figures
from core.ports.files import Files
from core.ports.holdings import HeldEvent, Holdings
from core.ports.inbox import Inbox, PendingEvent
from core.ports.keys import KeyRing
from core.ports.outbox import Outbox
from core.ports.retention import Purge
from core.ports.staff import Accounts, Decision, Presence
from core.ports.store import Store
from core.ports.work import WorkList

__all__ = [
    "Accounts",
    "Ambiguous",
    "Assistant",
    "Audit",
    "Backups",
    "Change",
    "Changes",
    "Channel",
    "Conversations",
    "DangerScreen",
    "Decision",
    "Document",
    "Documents",
    "Errand",
    "Failed",
    "Feed",
    "Figures",
    "Files",
    "Held",
    "HeldEvent",
    "Holdings",
    "Inbox",
    "KeyRing",
    "Outbox",
    "Part",
    "Paused",
    "PendingEvent",
    "Phrase",
    "Phrasebook",
    "Presence",
    "Purge",
    "QueueFigures",
    "Retry",
    "SendOutcome",
    "Sent",
    "Store",
    "Touched",
    "WorkList",
]
