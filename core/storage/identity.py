"""Whose event it is: which contact stands behind the ids that an event carries.

A platform may know one person by an id for good, and by others that may one day be somebody
else's, such as a telephone number. Both engines look ids up in their own way and decide here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeVar


@dataclass(frozen=True, slots=True)
class EventIds:
    """The look-up keys of the ids in an event, and the person's `address` itself.

    `aliases` hold each key once, and never the person's.
    """

    address: str
    person: str
    previous: str | None
    aliases: tuple[str, ...]

    @property
    def all(self) -> tuple[str, ...]:
        """Every key of the event."""
        previous = () if self.previous is None else (self.previous,)
        return (self.person, *previous, *self.aliases)


class Known(Protocol):
    """A contact as an engine finds it by one of its look-up keys."""

    @property
    def ref(self) -> str:
        """The look-up key of its address: the best id it is known by."""


K = TypeVar("K", bound=Known)


def contact_behind(ids: EventIds, known: Callable[[str], K | None]) -> tuple[K | None, bool]:
    """The contact an event belongs to, and whether the person is that contact's new address.

    None is a new contact. A contact found by an alias must be known by nothing better: otherwise
    the alias has changed hands, and the one who writes now is somebody else.
    """
    if (found := known(ids.person)) is not None:
        return found, False
    if ids.previous is not None and (found := known(ids.previous)) is not None:
        return found, True
    for alias in ids.aliases:
        if (found := known(alias)) is not None and found.ref == alias:
            return found, True
    return None, False
