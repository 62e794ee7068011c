"""What of all that is held is the asker's own: another's words are not handed over with it.

A family shares a telephone. What a child wrote is the child's, and what a mother wrote the
mother's, each conversation's own parts included (`core.voices`). Whoever is unnamed may be the
child: an adult is not given their words.
"""

import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace

from core.assessment import Assessment
from core.conversation import Conversation
from core.errors import RelaisError
from core.labels import Role
from core.voices import FOR_A_CHILD, begins_at, begun_at, may_be_the_same

_UNNAMED = frozenset({None, Role.INCONNU})


class SeveralWrote(RelaisError):
    """More than one person wrote from there: it must be said which of them asks."""

    def __init__(self, roles: Iterable[Role | None]) -> None:
        super().__init__(
            f"Several people may have written from there ({named(roles)}), and nobody is given "
            "another's words. Say which of them asks: --writer ROLE."
        )


def who_wrote(conversations: Iterable[Conversation]) -> set[Role | None]:
    """Everybody who is known to have written in these conversations."""
    roles: set[Role | None] = set()
    for one in conversations:
        roles |= {told.role for _, _, told in _parts(one)}
        if one.minor_wrote:
            roles.add(Role.VICTIME_MINEURE)
    if Role.VICTIME_MINEURE in roles:
        roles.discard(Role.VICTIME_AGE_INCONNU)
    return roles


def named(roles: Iterable[Role | None]) -> str:
    """Them in one line."""
    return ", ".join(sorted(role or Role.INCONNU for role in roles))


def must_be_asked(roles: set[Role | None]) -> bool:
    """Whether these may be more than one person."""
    told = roles - _UNNAMED
    return len(told) > 1 or bool(told & FOR_A_CHILD and roles & _UNNAMED)


def one_persons(conversations: Iterable[Conversation]) -> bool:
    """Whether no more than one person wrote in these, as far as is known, and nobody asks who."""
    held = list(conversations)
    asked = any(one.another_at is not None for one in held)
    return not asked and not must_be_asked(who_wrote(held))


class Own:
    """What is `writer`'s own; None: everything, since only one person wrote."""

    def __init__(self, writer: Role | None) -> None:
        self._writer = writer

    def whole(self, conversation: Conversation) -> bool:
        """Whether nobody else wrote in it."""
        if self._writer is None:
            return True
        asked = conversation.another_at is not None
        return not asked and all(
            self._is(told, conversation) for _, _, told in _parts(conversation)
        )

    def has(self, conversation: Conversation, seq: int) -> bool:
        """Whether a message of the conversation is theirs, or was said to them."""
        if self._writer is None:
            return True
        if begun_at(conversation) < begins_at(conversation) <= seq:
            # Nobody has said yet who wrote it.
            return False
        return any(
            since <= seq < until and self._is(told, conversation)
            for since, until, told in _parts(conversation)
        )

    def of(self, conversation: Conversation) -> Conversation | None:
        """The conversation as theirs, without what belongs to another; None: nothing is theirs."""
        if self.whole(conversation):
            return conversation
        theirs = [told for _, _, told in _parts(conversation) if self._is(told, conversation)]
        if not theirs:
            return None
        # The listeners' notes are about both, and so is what the assistant remembers.
        return replace(
            conversation,
            assessment=theirs[-1],
            writers=(),
            another_at=None,
            notes=(),
            offer=None,
            dialogue="",
        )

    def _is(self, told: Assessment, conversation: Conversation) -> bool:
        # A child and an adult wrote, and nobody has said where the one ends.
        unmarked = conversation.minor_wrote and not conversation.writers
        if unmarked and told.role in FOR_A_CHILD:
            return False
        return may_be_the_same(told.role, self._writer)


def _parts(conversation: Conversation) -> Iterator[tuple[int, int, Assessment]]:
    for one in conversation.writers:
        yield one.since, one.until, one.told
    yield begun_at(conversation), sys.maxsize, conversation.assessment
