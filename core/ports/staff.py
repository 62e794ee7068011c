"""The accounts of those who work at the helpline, and who is there."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol, TypeAlias

from core.accounts import Attendance, Availability, Listener, Session
from core.audit import Deed
from core.ids import ConversationId, ListenerId

# The account as it is to be, and what is recorded of it.
Decision: TypeAlias = Callable[[Listener], tuple[Listener, Sequence[Deed]]]


class Accounts(Protocol):
    """Listeners and their sign-ins. `deeds` are recorded in the audit in the same transaction."""

    async def add_listener(self, listener: Listener, *, deeds: Sequence[Deed] = ()) -> None:
        """Raises Conflict when the login is taken."""

    async def save_listener(self, listener: Listener, *, deeds: Sequence[Deed] = ()) -> None:
        """Replace an account. Raises NotFound, or Conflict when the login is another's."""

    async def amend_listener(self, listener_id: ListenerId, decision: Decision) -> Listener:
        """Replace an account by what `decision` makes of it, in one transaction; what it is now.

        `decision` is pure and may be called more than once. What it raises changes nothing. Raises
        NotFound, or Conflict when the login is another's.
        """

    async def listener(self, listener_id: ListenerId) -> Listener:
        """Raises NotFound."""

    async def listener_by_login(self, login: str) -> Listener | None:
        """Look an account up by its login, compared without regard to case."""

    async def listeners(self) -> Sequence[Listener]:
        """All accounts, oldest first."""

    async def add_session(self, session: Session, *, deeds: Sequence[Deed] = ()) -> None:
        """Keep a new sign-in."""

    async def session(self, token_hash: str) -> Session | None:
        """The sign-in of a token."""

    async def sessions(self, listener_id: ListenerId) -> Sequence[Session]:
        """The sign-ins of an account, those that are over by their age included, oldest first."""

    async def touch_session(self, token_hash: str, *, seen_at: datetime) -> None:
        """Note that the sign-in was used."""

    async def end_session(self, token_hash: str) -> None:
        """Forget one sign-in."""

    async def end_sessions(self, listener_id: ListenerId) -> None:
        """Forget all sign-ins of a listener."""


class Presence(Protocol):
    """Who is there, as all processes know it together: listeners and their last signs of life."""

    async def note_present(self, listener_id: ListenerId, *, now: datetime) -> None:
        """Keep a sign of life. An older one than is known changes nothing."""

    async def note_writing(
        self, listener_id: ListenerId, conversation_id: ConversationId, *, now: datetime
    ) -> None:
        """Keep where a listener is writing, in place of what was kept before; a sign of life too.

        For other processes, within seconds. It stands for nothing else and enters no copy.
        """

    async def set_availability(
        self, listener_id: ListenerId, availability: Availability, *, now: datetime
    ) -> None:
        """Keep what a listener says of themselves; it is a sign of life too."""

    async def present(self, *, since: datetime) -> Sequence[Attendance]:
        """Listeners who gave a sign of life at `since` or later, in no order."""

    async def absent_holders(self, *, before: datetime) -> Sequence[ListenerId]:
        """Listeners who hold open conversations and gave no sign of life at `before` or later.

        A claim is a sign of life. Cheap to ask every few seconds.
        """
