"""What listeners leave each other about a conversation. None of it is a message: nothing sends it.

It is sealed with the conversation and erased with it.
"""

from dataclasses import dataclass
from datetime import datetime

from core.ids import ListenerId

NOTE_LIMIT = 2000
# A conversation is read whole for every row of the queue.
NOTES_AT_MOST = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Words of a listener for colleagues. The same `id` twice is one note, sent twice."""

    id: str
    listener_id: ListenerId
    at: datetime
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A listener asks a colleague to take over. Until that one accepts, nothing has changed.

    `summary` is what they must know. An offer that is declined, or that nobody answers before
    `until`, changes nothing either.
    """

    to: ListenerId
    summary: str
    until: datetime
    declined: bool = False

    def stands(self, now: datetime) -> bool:
        """Whether the colleague may still accept."""
        return not self.declined and now < self.until


@dataclass(frozen=True, slots=True, kw_only=True)
class Alongside:
    """Colleagues who read along, invited `by` who answers: over once somebody else answers."""

    by: ListenerId
    who: tuple[ListenerId, ...] = ()
