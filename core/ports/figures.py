"""What the helpline counts: one impersonal record a conversation; see `core.figures`.

Records are written by `Conversations.commit`, with the change that made them so.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from core.figures import Fact


class Figures(Protocol):
    """The records of all conversations that ever were, those of erased people among them."""

    async def facts(self, *, since: datetime, until: datetime) -> Sequence[Fact]:
        """The facts of conversations that began in [since, until), in no order.

        Ask for a day at a time: this is all of them. One that cannot be opened (damaged) is passed
        by, and how many there were is logged.
        """
