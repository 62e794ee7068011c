"""Work that survives a crash: which contact or conversation needs which worker, and when.

Each lane has at most one item a key. Taking an item leases it: until the lease ends no other
worker sees it, after that any may take it, and the first worker's writes are then refused.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Lane(StrEnum):
    """The kinds of work."""

    INBOUND = "inbound"  # key: contact; accepted events wait to enter the conversation
    ASSISTANT = "assistant"  # key: conversation; the bot owes an answer
    DELIVERY = "delivery"  # key: conversation; outgoing messages wait to be sent, in order
    WATCH = "watch"  # key: conversation; a moment at which someone must be alarmed
    QUARANTINE = "quarantine"  # key: file; an image that must be destroyed in time
    SIGNALEMENT = "signalement"  # key: case; a validated notice waits to be sent
    MEDIA = "media"  # key: message; files wait to be fetched from their platform
    UPKEEP = "upkeep"  # key: a chore of the house, such as the purge
    AFTER = "after"  # key: conversation; what follows its end
    WEBHOOK = "webhook"  # key: conversation and receiver; another system is told what happened
    PAGE = "page"  # key: conversation; danger that nobody sees calls who is on call


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
