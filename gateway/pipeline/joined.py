"""A caller types the code that the listener read out: their chat is joined to the call."""

from core import spoken_code, transitions
from core.accounts import Listener
from core.conversation import Author, Conversation
from core.errors import Conflict, Refused
from core.ports import Phrasebook, Store
from gateway.pipeline.entry import REMEMBERED, Entry
from gateway.pipeline.leases import DECISIONS


async def taken_as_code(entry: Entry, phrases: Phrasebook) -> bool:
    """Whether a message is the code of a call that is going on; then it is done.

    A wrong one counts against every code that stands, and goes on as a message that says no more
    than that (`Command.WRONG_CODE`), whether there is a call or not: the answer gives nothing away.
    """
    event, now = entry.event, entry.clock()
    heard = spoken_code.heard_in(event.text or "") if event.payload is None else None
    if heard is None:
        return False
    calls = await _calls(entry.store)
    for call, listener in calls:
        if call.code is not None and call.code.means(heard, entry.contact.id, now=now):
            return await _join(entry, call, listener, phrases)
    for call, _ in calls:
        await _miss(entry, call, phrases)
    return False


async def _calls(store: Store) -> list[tuple[Conversation, Listener]]:
    """Calls with a code, with who is on the line. Rarely asked: three such words were typed."""
    return [
        (held, listener)
        for listener in await store.listeners()
        for held in await store.held_by(listener.id)
        if held.code is not None
    ]


async def _join(entry: Entry, call: Conversation, listener: Listener, phrases: Phrasebook) -> bool:
    for _ in range(DECISIONS):
        chat, now = await entry.current(), entry.clock()
        try:
            ours = transitions.join_chat(call, chat, now=now, phrases=phrases)
            await entry.store.commit(ours, now=now)
        except Conflict:
            call = await entry.store.conversation(call.id)
            continue
        except Refused:
            return False  # the call ended meanwhile
        call = ours.conversation
        change = transitions.join_call(
            chat,
            entry.event,
            call,
            listener,
            unwritten=await _unwritten(entry, chat),
            now=now,
            phrases=phrases,
        )
        if await entry.commit(change):
            return True
    raise Conflict


async def _unwritten(entry: Entry, chat: Conversation) -> bool:
    """Whether nothing was written in a chat but codes: one that was badly heard is typed again."""
    if chat.next_seq - chat.first_seq > REMEMBERED:
        return False
    written = [m for m in await entry.just_before(chat) if m.author is Author.PERSON]
    return all(spoken_code.heard_in(message.text) for message in written)


async def _miss(entry: Entry, call: Conversation, phrases: Phrasebook) -> None:
    for _ in range(DECISIONS):
        change = transitions.miss_code(call, now=entry.clock(), phrases=phrases)
        if change is None:
            return
        try:
            await entry.store.commit(change, now=entry.clock())
        except Conflict:
            call = await entry.store.conversation(call.id)
        else:
            return
