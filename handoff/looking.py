"""A supervisor looks over a listener's shoulder, and may whisper to them.

Nobody reads somebody else's conversation in passing: a reason is given each time, and it stands in
the audit before anything is shown. The person and the listener see nothing of a look; a whisper is
a note that the listener sees and the person never does.
"""

from collections.abc import Sequence

from core import transitions
from core.accounts import Listener
from core.clock import Clock
from core.conversation import Conversation, Message
from core.errors import NotFound
from core.ids import ConversationId
from core.ports import Phrasebook, Store
from handoff.desk import Desk
from handoff.reading import read_on_record


class Looking:
    """The two commands, for supervisors only: who asks must have been checked before."""

    def __init__(self, *, desk: Desk, store: Store, phrases: Phrasebook, clock: Clock) -> None:
        self._desk = desk
        self._store = store
        self._phrases = phrases
        self._clock = clock

    async def look(
        self, supervisor: Listener, wanted: ConversationId, reason: str
    ) -> tuple[Conversation, Sequence[Message]]:
        """A conversation that the desk has, with its messages, once the look is recorded.

        Raises NotFound for what is closed or still the bot's.
        """
        conversation = await self._store.conversation(wanted)
        if not conversation.is_open or conversation.ticket is None or conversation.is_the_bots:
            raise NotFound
        messages = await read_on_record(
            self._store, supervisor, wanted, now=self._clock(), reason=reason
        )
        return conversation, messages

    async def whisper(
        self, supervisor: Listener, wanted: ConversationId, text: str, *, client_id: str
    ) -> Conversation:
        """A note for the listener who holds a conversation, once a `client_id`.

        Raises Refused when no listener holds it, or when it has too many notes.
        """
        conversation = await self._store.conversation(wanted)
        said = transitions.note_id(conversation, supervisor, client_id)
        if any(note.id == said for note in conversation.notes):
            return conversation
        return await self._desk.decide(
            wanted,
            lambda held: transitions.whisper(
                held,
                supervisor,
                text,
                client_id=client_id,
                now=self._clock(),
                phrases=self._phrases,
            ),
        )
