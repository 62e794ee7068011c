"""What a listener may do with conversations: take one over, answer, close.

Every command reads the conversation, applies a pure transition and commits it; when somebody else
was quicker it is decided again on the new state, so that of many claims exactly one wins.
"""

import asyncio
from collections.abc import Callable, Sequence

from core import transitions
from core.accounts import Listener
from core.audit import Verb
from core.clock import Clock
from core.conversation import Author, Conversation, Message, Outcome, TicketStatus
from core.errors import Busy, Conflict, DuplicateMessage, NotFound, Refused
from core.ids import ConversationId
from core.labels import AgeBand, Role
from core.ports import Change, Phrasebook, Store
from core.reading import all_messages
from core.voices import for_the_listener, leaves_out, left_out
from handoff.choosing import CAPACITY, capacity_of, in_order_for, is_grave
from handoff.colleagues import Colleagues
from handoff.reading import read_on_record

REPLY_LIMIT = 4000
# How many of the most urgent conversations "next" looks at when others keep being quicker.
CANDIDATES = 50
DECISIONS = 10


class Desk:
    """The commands of the console, for one listener at a time."""

    def __init__(
        self,
        *,
        store: Store,
        phrases: Phrasebook,
        clock: Clock,
        colleagues: Colleagues | None = None,
        capacity: int = CAPACITY,
    ) -> None:
        """Without `colleagues` nobody is left to a listener whom they know.

        Who holds `capacity` conversations, or as many as they have a number of their own, is given
        no further one but a danger.
        """
        self._store = store
        self._phrases = phrases
        self._clock = clock
        self._colleagues = colleagues
        self._capacity = capacity
        # Listeners of this process ask for the next one in turn rather than all for the same.
        self._next = asyncio.Lock()

    async def waiting(self, *, limit: int = 1000) -> Sequence[Conversation]:
        """The queue, most urgent first."""
        return await self._store.waiting(limit=limit)

    async def mine(self, listener: Listener) -> Sequence[Conversation]:
        """What a listener holds."""
        return await self._store.held_by(listener.id)

    async def in_danger(self) -> Sequence[Conversation]:
        """Danger that nobody answered yet, whoever holds it; for alarms only."""
        return await self._store.in_danger(limit=1000)

    async def read(
        self, listener: Listener, conversation_id: ConversationId, *, after: int = 0
    ) -> tuple[Conversation, Sequence[Message]]:
        """A conversation for its owner, with its messages after number `after`.

        Without those of another who wrote in it before (`core.voices`). Raises NotFound for
        everybody else, whatever the reason.
        """
        conversation = await self._store.conversation(conversation_id)
        if conversation.owner.listener_id != listener.id:
            raise NotFound
        messages = await all_messages(self._store, conversation_id, after=after)
        return conversation, for_the_listener(conversation, messages)

    async def read_apart(
        self, listener: Listener, wanted: ConversationId
    ) -> tuple[Conversation, Sequence[Message]]:
        """What `read` leaves out of a conversation, for who holds it: the child may need them.

        In the audit before it is read. Raises NotFound for everybody else, and where nothing is
        left out.
        """
        conversation = await self._store.conversation(wanted)
        if not conversation.is_held_by(listener.id) or not leaves_out(conversation):
            raise NotFound
        messages = await read_on_record(
            self._store, listener, wanted, now=self._clock(), verb=Verb.APART_READ
        )
        return conversation, left_out(conversation, messages)

    async def claim(self, listener: Listener, conversation_id: ConversationId) -> Conversation:
        """Take over one waiting conversation. Raises Refused when it waits no more, and Ended."""
        return await self._take(listener, conversation_id, None)

    async def claim_next(self, listener: Listener, *, client_id: str) -> Conversation:
        """Take over the next waiting conversation (`handoff.choosing`), once a `client_id`.

        Asked again while the listener holds it, it is the same one. Raises NotFound when nobody
        waits, and Busy when the listener holds as many as they may and nobody who waits is in
        danger. To take one by hand stays possible.
        """
        command = transitions.claim_id(listener, client_id)
        async with self._next:
            held = await self._store.held_by(listener.id)
            if (taken := _taken_by(command, held)) is not None:
                return taken
            candidates = await self._store.waiting(limit=CANDIDATES)
            if candidates and len(held) >= capacity_of(listener, self._capacity):
                candidates = [one for one in candidates if is_grave(one)]
                if not candidates:
                    raise Busy
            free = await self._colleagues.free() if self._colleagues else {}
            able = [one.listener.skills for one in free.values()]
            now = self._clock()
            for candidate in in_order_for(listener, candidates, free=free, now=now, able=able):
                try:
                    return await self._take(listener, candidate.id, command, first=candidate)
                except Refused:
                    continue
        raise NotFound

    async def _take(
        self,
        listener: Listener,
        wanted: ConversationId,
        command: str | None,
        *,
        first: Conversation | None = None,
    ) -> Conversation:
        """Decided on `first`, as it was read a moment ago; then on what is there.

        A conflict is somebody who took it, or the person who just wrote: then it still waits.
        """
        for _ in range(DECISIONS):
            conversation, first = first or await self._store.conversation(wanted), None
            if conversation.is_held_by(listener.id):
                return conversation
            try:
                return await self._commit(
                    transitions.claim(
                        conversation,
                        listener,
                        command=command,
                        now=self._clock(),
                        phrases=self._phrases,
                    )
                )
            except Conflict:
                # Or it is the same wish, at another process: the store lets it take one.
                held = await self._store.held_by(listener.id) if command else ()
                if (taken := _taken_by(command, held)) is not None:
                    return taken
        raise Refused

    async def reply(
        self,
        listener: Listener,
        conversation_id: ConversationId,
        text: str,
        *,
        client_id: str,
        seen: int,
    ) -> Message:
        """Write to the person, once a `client_id`. Raises Refused for whoever is not the owner.

        Only danger that the listener had before them in version `seen` counts as answered.
        """
        return await self.say(
            listener,
            conversation_id,
            client_id,
            lambda conversation: transitions.reply(
                conversation,
                listener,
                text,
                client_id=client_id,
                seen=seen,
                now=self._clock(),
                phrases=self._phrases,
            ),
        )

    async def close(
        self,
        listener: Listener,
        conversation_id: ConversationId,
        outcome: Outcome,
        *,
        seen: int,
        tags: Sequence[str] = (),
    ) -> Conversation:
        """End a conversation. Raises Refused for whoever is not the owner.

        Raises Unseen when the person wrote after version `seen`. Asked again by who ended it so,
        it is ended once.
        """
        try:
            return await self.decide(
                conversation_id,
                lambda conversation: transitions.close(
                    conversation,
                    listener,
                    outcome,
                    tags=tags,
                    seen=seen,
                    now=self._clock(),
                    phrases=self._phrases,
                ),
            )
        except Refused:
            # The console asks again after a lost answer.
            as_it_is = await self._store.conversation(conversation_id)
            if not _ended_by(as_it_is, listener, outcome):
                raise
            return as_it_is

    async def correct(
        self,
        listener: Listener,
        conversation_id: ConversationId,
        correction: transitions.Correction,
    ) -> Conversation:
        """Say what a conversation is about. Raises Refused for whoever is not the owner.

        Raises AnotherWrites where somebody else took the phone since. An urgency that rose by what
        the listener had not seen stays: see the answer.
        """
        return await self.decide(
            conversation_id,
            lambda conversation: transitions.correct(
                conversation, listener, correction, now=self._clock(), phrases=self._phrases
            ),
        )

    async def another_writes(
        self,
        listener: Listener,
        conversation_id: ConversationId,
        *,
        since: int,
        role: Role,
        age_band: AgeBand | None,
    ) -> Conversation:
        """Say that from the person's message `since` on somebody else writes.

        Raises Refused for whoever is not the owner, and where nobody can begin with that message.
        """
        begins = await self._store.messages(conversation_id, after=since - 1, limit=1)
        if not begins or begins[0].seq != since or begins[0].author is not Author.PERSON:
            raise Refused
        return await self.decide(
            conversation_id,
            lambda conversation: transitions.another_writes(
                conversation,
                listener,
                since=since,
                role=role,
                age_band=age_band,
                now=self._clock(),
                phrases=self._phrases,
            ),
        )

    async def nobody_else_writes(
        self, listener: Listener, conversation_id: ConversationId
    ) -> Conversation:
        """Say that it is the same person as before. Raises Refused where nobody said otherwise."""
        return await self.decide(
            conversation_id,
            lambda conversation: transitions.nobody_else_writes(
                conversation, listener, now=self._clock(), phrases=self._phrases
            ),
        )

    async def say(
        self,
        listener: Listener,
        conversation_id: ConversationId,
        client_id: str,
        decision: Callable[[Conversation], Change],
    ) -> Message:
        """Apply a decision that says a listener's message, once a `client_id`.

        The console asks again after a lost answer: what was said before, perhaps just before
        closing, is what was said then. Raises Refused.
        """
        try:
            return (await self._decide(conversation_id, decision)).messages[0]
        except (DuplicateMessage, Refused):
            first = await self._store.conversation(conversation_id)
            said = await self._store.message(transitions.reply_id(first, listener, client_id))
            if said is None:
                raise Refused from None
            return said

    async def decide(
        self, conversation_id: ConversationId, decision: Callable[[Conversation], Change]
    ) -> Conversation:
        """Apply a decision to a conversation and commit it, again when somebody was quicker."""
        return (await self._decide(conversation_id, decision)).conversation

    async def _decide(
        self, conversation_id: ConversationId, decision: Callable[[Conversation], Change]
    ) -> Change:
        for _ in range(DECISIONS):
            change = decision(await self._store.conversation(conversation_id))
            try:
                await self._commit(change)
            except Conflict:
                continue
            return change
        raise Conflict

    async def _commit(self, change: Change) -> Conversation:
        await self._store.commit(change, now=self._clock())
        return change.conversation


def _taken_by(command: str | None, held: Sequence[Conversation]) -> Conversation | None:
    """What a wish for the next one has taken already, of what its listener holds."""
    wished = (one for one in held if one.ticket is not None and one.ticket.claim == command)
    return next(wished, None) if command else None


def _ended_by(conversation: Conversation, listener: Listener, outcome: Outcome) -> bool:
    ticket = conversation.ticket
    return (
        ticket is not None
        and ticket.status is TicketStatus.CLOSED
        and (ticket.listener_id, ticket.outcome) == (listener.id, outcome)
    )
