"""How far an erasure goes: a person's conversations, and the other half of each.

A call and a chat that were joined are one case on two contacts (`core.transitions.joining`), and
one is found by the other only: who is erased on the one is erased on the other, keys included. But
a mother on the line may have typed the code on her child's telephone. A half that may be another's
stays, by the rule by which an export asks who wants it (`gateway.privacy.own`): nobody's story is
destroyed by another's wish.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from core.conversation import Conversation
from core.errors import NotFound, SealBroken
from core.ids import ContactId, ConversationId
from core.ports import Store
from gateway.privacy.own import one_persons
from gateway.privacy.papers import drop_papers


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """`contacts` go, the asked one first, with all `conversations`; `apart` may be another's."""

    contacts: tuple[ContactId, ...]
    conversations: tuple[Conversation, ...]
    apart: tuple[Conversation, ...] = ()

    @property
    def others(self) -> tuple[Conversation, ...]:
        """Those that go though they are not the asked contact's own."""
        return tuple(one for one in self.conversations if one.contact_id != self.contacts[0])


async def reach(store: Store, contact_id: ContactId) -> Reach:
    """What goes when this contact is erased. Changes nothing."""
    own = await store.conversations_of(contact_id)
    contacts, known, apart = [contact_id], {one.id: one for one in own}, []
    # Each with those that are told to be of the same person: of a shared telephone, itself alone.
    to_follow = [(one, [one]) for one in own]
    while to_follow:
        one, same = to_follow.pop(0)
        for wanted in one.halves:
            if wanted in known or (half := await _half(store, wanted)) is None:
                continue
            beside = await store.conversations_of(half.contact_id)
            known |= {each.id: each for each in beside}
            if one_persons([*same, *beside]):
                contacts.append(half.contact_id)
                to_follow += [(each, [*same, *beside]) for each in beside]
            else:
                apart.append(half)
    return Reach(
        contacts=tuple(contacts),
        conversations=tuple(one for one in known.values() if one.contact_id in contacts),
        apart=tuple(apart),
    )


async def forget(store: Store, what: Reach) -> bool:
    """Destroy it; False when the asked contact was gone. May be repeated after any failure.

    The asked one goes last: while a half is there, so is the way to it. Papers go first: with the
    contact's end the store takes what was destroyed before off the disk as well.
    """
    erased = False
    for contact_id in reversed(what.contacts):
        await drop_papers(store, _ids(what, contact_id))
        erased = await store.erase_contact(contact_id)
    return erased


async def _half(store: Store, wanted: ConversationId) -> Conversation | None:
    """None: it is gone, or nobody can open it, and then nothing holds the rest up."""
    try:
        return await store.conversation(wanted)
    except (NotFound, SealBroken):
        return None


def _ids(what: Reach, contact_id: ContactId) -> Sequence[ConversationId]:
    return [one.id for one in what.conversations if one.contact_id == contact_id]
