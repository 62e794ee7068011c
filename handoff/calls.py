"""Callers at the desk: their ticket written by hand, and the code that joins their chat to it."""

from collections.abc import Sequence

from core import transitions
from core.accounts import Listener
from core.assessment import Assessment
from core.clock import Clock
from core.conversation import TELEPHONE, Conversation, Message
from core.errors import AnotherPerson, Conflict, NotFound
from core.events import EventKind, InboundEvent
from core.ids import ConversationId, derived_id
from core.ports import Phrasebook, Store
from core.reading import all_messages
from core.spoken_code import new_code
from core.voices import may_be_shown
from core.work import ORDINARY
from handoff.desk import Desk
from handoff.reading import read_on_record

ACCOUNT = "desk"


class Calls:
    """The commands, for one listener at a time."""

    def __init__(self, *, desk: Desk, store: Store, phrases: Phrasebook, clock: Clock) -> None:
        self._desk = desk
        self._store = store
        self._phrases = phrases
        self._clock = clock

    async def open(
        self, listener: Listener, told: Assessment, note: str, *, client_id: str
    ) -> Conversation:
        """A ticket for somebody on the line, once a `client_id`. No number is kept."""
        # Opaque: a caller is nobody we could find again.
        caller = derived_id(listener.id, client_id)
        now = self._clock()
        arrived = InboundEvent(
            channel=TELEPHONE,
            account=ACCOUNT,
            event_id=f"call:{caller}",
            kind=EventKind.SYSTEM,
            sender=caller,
            at=now,
        )
        await self._store.accept_events([arrived], now=now, priority=ORDINARY)
        contact = await self._store.find_contact(TELEPHONE, ACCOUNT, caller)
        if contact is None:
            raise NotFound
        change = transitions.open_call(
            contact, listener, told, note, now=now, phrases=self._phrases
        )
        try:
            await self._store.commit(change, now=now)
        except Conflict:
            return await self._store.conversation(transitions.call_id(contact))
        return change.conversation

    async def give_code(self, listener: Listener, wanted: ConversationId) -> Conversation:
        """A new code to read out. Raises Refused for whoever is not on this line."""
        code = new_code(self._clock())
        return await self._desk.decide(
            wanted,
            lambda call: transitions.give_code(
                call, listener, code, now=self._clock(), phrases=self._phrases
            ),
        )

    async def other_half(
        self, listener: Listener, wanted: ConversationId
    ) -> tuple[Conversation, Sequence[Message]]:
        """The chat of a call, or the call of a chat, for who holds this one: nobody tells it twice.

        One that is not theirs, or is over, is in the audit before it is answered. Raises
        AnotherPerson where a child wrote the other half and may not be who is here (`core.voices`),
        and NotFound for everybody else, where nothing is joined, and once the other half is gone.
        """
        one = await self._store.conversation(wanted)
        if one.joined is None or not one.is_held_by(listener.id):
            raise NotFound
        other = await self._store.conversation(one.joined)
        if not may_be_shown(other, one):
            raise AnotherPerson
        if other.is_held_by(listener.id):
            return other, await all_messages(self._store, other.id)
        return other, await read_on_record(self._store, listener, other.id, now=self._clock())
