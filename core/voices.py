"""Whose words a conversation holds, and in whose conversation they may be shown.

A family shares a telephone, a computer, a line. What a child wrote is not read in the conversation
of a parent or of a professional: not by them, nor by a listener who answers them and might repeat
it. Who writes is often not known yet; then the child is the one who is protected.
"""

from core.assessment import Assessment
from core.conversation import Conversation
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


def another_wrote(there: Conversation, here: Conversation) -> bool:
    """Whether who writes `here` is known not to be the one who wrote `there`.

    A parent is known to be nobody but that parent: what somebody unnamed wrote may be the child's.
    """
    mine = here.assessment.role
    if there.id == here.id:
        return False
    if mine in FOR_A_CHILD:
        return there.assessment.role is not mine or there.minor_wrote
    return _is_a_minors(there) and mine not in _THE_CHILD | _NOT_TOLD


def may_be_shown(there: Conversation, here: Conversation) -> bool:
    """Whether what was written `there` may be shown beside the conversation `here`.

    A minor's words are shown to nobody who has not said who they are; to learn it, ask.
    """
    unnamed = here.assessment.role in _NOT_TOLD and there.id != here.id
    return not another_wrote(there, here) and not (unnamed and _is_a_minors(there))


def _is_a_minors(conversation: Conversation) -> bool:
    return conversation.minor_wrote or is_a_minors(conversation.assessment)
