"""Follow-ups at the desk: asked for, noted, shown when due, and done by whoever is there."""

from collections.abc import Callable, Sequence
from datetime import datetime

from core import transitions
from core.accounts import Listener
from core.audit import Deed, Verb
from core.clock import Clock
from core.conversation import Conversation
from core.errors import DuplicateMessage, NotFound, Refused
from core.follow_up import Kind, Stage
from core.ids import ConversationId
from core.ports import Change, Phrasebook, Store
from handoff.desk import Desk

SHOWN_AT_MOST = 200

# Whether the platform lets us write first, at a moment.
Reachable = Callable[[Conversation, datetime], bool]


class OutOfReach(Refused):
    """The platform lets nobody write to this person before they have written."""


class FollowUps:
    """The commands, for one listener at a time. Each raises Refused where it may not be."""

    def __init__(
        self,
        *,
        desk: Desk,
        store: Store,
        phrases: Phrasebook,
        clock: Clock,
        reachable: Reachable,
    ) -> None:
        self._desk = desk
        self._reachable = reachable
        self._store = store
        self._phrases = phrases
        self._clock = clock

    async def pending(self) -> Sequence[Conversation]:
        """The conversations of people to whom something is still promised, soonest first."""
        found: dict[str, Conversation] = {}
        for one in await self._store.follow_ups(limit=SHOWN_AT_MOST):
            if one.contact_id not in found:
                # A later conversation may have carried it on, or ended it.
                latest = await self._store.latest_conversation(one.contact_id)
                found[one.contact_id] = latest or one
        return [each for each in found.values() if _pending(each)]

    async def ask(
        self, listener: Listener, wanted: ConversationId, *, client_id: str
    ) -> Conversation:
        """Ask the person whether we may write here, and when; once a `client_id`."""
        try:
            return await self._desk.decide(
                wanted,
                lambda one: transitions.ask_follow_up(
                    one, listener, client_id=client_id, now=self._clock(), phrases=self._phrases
                ),
            )
        except DuplicateMessage:
            return await self._store.conversation(wanted)

    async def note(
        self,
        listener: Listener,
        wanted: ConversationId,
        *,
        kind: Kind,
        due_at: datetime,
        number: str | None,
    ) -> Conversation:
        """The person agreed in words."""
        return await self._desk.decide(
            wanted,
            lambda one: transitions.note_follow_up(
                one,
                listener,
                kind=kind,
                due_at=due_at,
                number=number,
                now=self._clock(),
                phrases=self._phrases,
            ),
        )

    async def write(self, listener: Listener, wanted: ConversationId) -> Conversation:
        """Send the message that is due, now. Raises OutOfReach too.

        Who has written again meanwhile is answered there, by whoever they write to.
        """
        first = await self._store.conversation(wanted)
        latest = await self._store.latest_conversation(first.contact_id)
        if latest is not None and latest.id != wanted:
            raise Refused

        def decide(one: Conversation) -> Change:
            now = self._clock()
            if not self._reachable(one, now):
                raise OutOfReach
            return transitions.write_follow_up(
                one, listener, reachable=True, now=now, phrases=self._phrases
            )

        return await self._desk.decide(wanted, decide)

    async def finish(
        self, listener: Listener, wanted: ConversationId, stage: Stage
    ) -> Conversation:
        """It is done, or let be."""
        return await self._desk.decide(
            wanted,
            lambda one: transitions.finish_follow_up(
                one, listener, stage, now=self._clock(), phrases=self._phrases
            ),
        )

    async def confirm(self, listener: Listener, wanted: ConversationId) -> Conversation:
        """The person said that it is they."""
        return await self._desk.decide(
            wanted,
            lambda one: transitions.confirm_identity(
                one, listener, now=self._clock(), phrases=self._phrases
            ),
        )

    async def number(self, listener: Listener, wanted: ConversationId) -> str:
        """Where to call, once the look is recorded. Raises NotFound where no call is due: before
        its hour nobody needs the number."""
        conversation = await self._store.conversation(wanted)
        promised = conversation.follow_up
        if promised is None or promised.stage is not Stage.DUE or promised.number is None:
            raise NotFound
        await self._store.record(
            Deed(
                verb=Verb.CONTACT_REVEALED,
                at=self._clock(),
                actor=listener.id,
                conversation=wanted,
                details={"for": "call_back"},
            )
        )
        return promised.number


def _pending(conversation: Conversation) -> bool:
    return conversation.follow_up is not None and conversation.follow_up.is_pending
