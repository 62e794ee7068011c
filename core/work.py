"""Work that survives a crash: which contact or conversation needs which worker, and when.

Each lane has at most one item a key. Taking an item leases it: until the lease ends no other
worker sees it, after that any may take it, and the first worker's writes are then refused.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Lane(StrEnum):
    """The four kinds of work."""

    INBOUND = "inbound"  # key: contact; accepted events wait to enter the conversation
    ASSISTANT = "assistant"  # key: conversation; the bot owes an answer
    DELIVERY = "delivery"  # key: conversation; outgoing messages wait to be sent, in order
    WATCH = "watch"  # key: conversation; a moment at which someone must be alarmed


# Lower is taken first. A lane's urgent items never wait behind its ordinary ones.
URGENT, ORDINARY = 0, 1


@dataclass(frozen=True, slots=True)
class Wake:
    """A wish that `lane` looks at `key` at moment `at` (or earlier, if one is wished already)."""

    lane: Lane
    key: str
    at: datetime
    priority: int = ORDINARY


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to work on one item until `until`. `token` fences: a newer lease has another.

    `generation` counts the wakes seen when the item was taken: a later wake survives the finish.
    """

    lane: Lane
    key: str
    token: str
    generation: int
    until: datetime
