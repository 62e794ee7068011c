"""Telling the person that content is gone: if they agreed, where they wrote, naming nothing.

They hear that there is news; what it is, a listener tells once they write and are known to be the
one who asked.
"""

from core.accounts import Listener
from core.clock import Clock
from core.conversation import Conversation
from core.errors import Conflict, DuplicateMessage, NotFound, Refused
from core.ids import ConversationId, MessageId, derived_id
from core.ports import Phrasebook, Store
from core.signalement import moves
from core.signalement.case import Case
from core.transitions.news import hindrance, tell_news
from core.voices import another_wrote
from handoff.desk import DECISIONS
from handoff.signalement.archive import Archive, Kept

GONE = "gone"
ANOTHER = "another"


class News:
    """The command that writes to the person, and what hinders it."""

    def __init__(
        self, *, store: Store, archive: Archive, phrases: Phrasebook, clock: Clock
    ) -> None:
        self._store = store
        self._archive = archive
        self._phrases = phrases
        self._clock = clock

    async def tell(self, listener: Listener, case_id: str, notice_id: str) -> Kept:
        """Write to the person of a case whose notice had its content removed, once.

        Raises Refused without their agreement, where they were told already, where somebody talks
        with them now or somebody else has written since, and where the conversation is gone.
        """
        kept = await self._archive.seen_by(listener, case_id)
        now = self._clock()
        moves.told(kept.case, notice_id, now=now)
        if kept.case.conversation_id is None:
            raise Refused
        # Said first, under an id of its own: a crash in between says nothing twice.
        await self._say(kept.case.conversation_id, MessageId(derived_id(notice_id, "news")))
        return await self._archive.change(
            case_id,
            "person_told",
            lambda case: moves.told(case, notice_id, now=now),
            listener,
            notice_id,
        )

    async def hindrance(self, case: Case) -> str | None:
        """Why the person of a case cannot be written to now: a `Hindrance`, GONE when they were
        erased, or ANOTHER when somebody else writes from there now. None: they can."""
        if case.conversation_id is None:
            return GONE
        try:
            first, latest = await self._both(case.conversation_id)
        except NotFound:
            return GONE
        return ANOTHER if another_wrote(first, latest) else hindrance(latest)

    async def _both(self, conversation_id: ConversationId) -> tuple[Conversation, Conversation]:
        """The conversation of a case, and the contact's latest."""
        first = await self._store.conversation(conversation_id)
        return first, await self._store.latest_conversation(first.contact_id) or first

    async def _say(self, conversation_id: ConversationId, message_id: MessageId) -> None:
        for _ in range(DECISIONS):
            try:
                first, latest = await self._both(conversation_id)
            except NotFound:
                raise Refused from None
            if another_wrote(first, latest):
                raise Refused
            now = self._clock()
            change = tell_news(latest, message_id=message_id, now=now, phrases=self._phrases)
            try:
                await self._store.commit(change, now=now)
            except Conflict:
                continue
            except DuplicateMessage:
                pass
            return
        raise Conflict
