"""Whose words a conversation holds, and in whose conversation they may be shown.

A family shares a telephone, a computer, a line. What a child wrote is not read in the conversation
of a parent or of a professional: not by them, nor by a listener who answers them and might repeat
it. Who writes is often not known yet; then the child is the one who is protected.

One may take the phone in the midst of the other's conversation: then it holds the words of several
writers (`Conversation.writers`), and the same holds between them. Where only a machine thinks so
(`another_at`), whoever holds the phone is shown no more than that; the listener sees everything,
and says.

The listener is no stranger to what the child told them, and the child may be in danger while the
mother writes. What their screen leaves out they may read again, apart from the conversation, by a
deed of their own that the audit keeps (`left_out`). Else their only way to it would be to say that
it is the same person, which shows it on the phone.
"""

from collections.abc import Iterable

from core.assessment import Assessment
from core.conversation import Conversation, Message, Writer
from core.labels import AgeBand, Role

# They write about a child, and are told nothing that the child said.
FOR_A_CHILD = frozenset({Role.PARENT, Role.PROFESSIONNEL})
_NOT_TOLD = frozenset({None, Role.INCONNU})
_MAY_BE_A_MINOR = _NOT_TOLD | {Role.VICTIME_AGE_INCONNU}
_THE_CHILD = frozenset({Role.VICTIME_MINEURE, Role.VICTIME_AGE_INCONNU})


def is_a_minors(told: Assessment) -> bool:
    """Whether it is a minor who writes, as far as is known."""
    if told.role in _MAY_BE_A_MINOR:
        return told.age_band not in (None, AgeBand.MAJEUR)
    return told.role is Role.VICTIME_MINEURE


def seems_another(known: Conversation, told: Assessment) -> bool:
    """Whether the words of a message are those of another than who wrote before: an adult where a
    child wrote, or a child where an adult wrote for one."""
    before, now = known.assessment, told.role
    if now in FOR_A_CHILD:
        return now is not before.role and (known.minor_wrote or is_a_minors(before))
    return now in _THE_CHILD and before.role in FOR_A_CHILD


def begun_at(conversation: Conversation) -> int:
    """The message with which whoever writes now began, as far as a card tells."""
    return conversation.writers[-1].until if conversation.writers else conversation.first_seq


def begins_at(conversation: Conversation) -> int:
    """The first message that is surely of whoever writes now: a machine may have asked since."""
    return max(begun_at(conversation), conversation.another_at or 0)


def may_be_the_same(before: Role | None, now: Role | None) -> bool:
    """Whether who is `now` may be the one who was called `before`, earlier in a conversation."""
    return before is now or (now in _THE_CHILD and before in _MAY_BE_A_MINOR)


def another_wrote(there: Conversation, here: Conversation) -> bool:
    """Whether who writes `here` is known not to be the one who wrote `there`.

    A parent is known to be nobody but that parent: what somebody unnamed wrote may be the child's.
    Of one and the same conversation: whether another wrote in it before.
    """
    mine = here.assessment.role
    if there.id == here.id:
        return any(is_withheld(one.told, mine) for one in here.writers)
    if mine in FOR_A_CHILD:
        return there.minor_wrote or any(one.role is not mine for one in _all_who_wrote(there))
    return _is_a_minors(there) and mine not in _THE_CHILD | _NOT_TOLD


def may_be_shown(there: Conversation, here: Conversation) -> bool:
    """Whether what was written `there` may be shown beside the conversation `here`.

    A minor's words are shown to nobody who has not said who they are; to learn it, ask.
    """
    unnamed = here.assessment.role in _NOT_TOLD and there.id != here.id
    return not another_wrote(there, here) and not (unnamed and _is_a_minors(there))


def for_the_person(conversation: Conversation, messages: Iterable[Message]) -> list[Message]:
    """Those of a conversation's messages that may be shown to whoever holds the phone now."""
    supposed = conversation.another_at
    if supposed is not None and is_a_minors(conversation.assessment):
        # Asked, not answered: perhaps an adult reads.
        messages = [each for each in messages if each.seq >= supposed]
    return _without_others(conversation, messages)


def for_the_listener(conversation: Conversation, messages: Iterable[Message]) -> list[Message]:
    """Those that may be shown to who answers: all, until a listener said that another writes."""
    if conversation.another_at is not None:
        return list(messages)
    return _without_others(conversation, messages)


def leaves_out(conversation: Conversation) -> bool:
    """Whether the screen of who answers is without what another wrote here before."""
    return conversation.another_at is None and bool(_apart(conversation))


def left_out(conversation: Conversation, messages: Iterable[Message]) -> list[Message]:
    """Those that `for_the_listener` leaves out, for who asks to read them again."""
    if conversation.another_at is not None:
        return []
    return [each for each in messages if _within(each, _apart(conversation))]


def _without_others(conversation: Conversation, messages: Iterable[Message]) -> list[Message]:
    apart = _apart(conversation)
    return [each for each in messages if not _within(each, apart)]


def _apart(conversation: Conversation) -> list[Writer]:
    mine = conversation.assessment.role
    return [one for one in conversation.writers if is_withheld(one.told, mine)]


def _within(message: Message, writers: Iterable[Writer]) -> bool:
    return any(one.since <= message.seq < one.until for one in writers)


def is_withheld(told: Assessment, mine: Role | None) -> bool:
    """Whether the words of an earlier writer of one conversation are kept from who writes now.

    Nobody here is merely unnamed: whoever writes now is another.
    """
    if mine in FOR_A_CHILD:
        return told.role is not mine
    return is_a_minors(told) and mine not in _THE_CHILD


def _all_who_wrote(conversation: Conversation) -> list[Assessment]:
    return [*(one.told for one in conversation.writers), conversation.assessment]


def _is_a_minors(conversation: Conversation) -> bool:
    return conversation.minor_wrote or is_a_minors(conversation.assessment)
