"""Who a WhatsApp item is about: by business-scoped user id where there is one, else by number.

The business-scoped id (BSUID) stays with a person while their number stays; the number can be
absent, and can change hands. Source: Meta, "Business-scoped user IDs".
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from connectors.fields import NOTHING, Json, ident, obj, text


@dataclass(frozen=True, slots=True)
class Person:
    """A user's ids. `id` is the best one, `aliases` the others that are numbers."""

    id: str | None = None
    user_id: str | None = None
    wa_id: str | None = None
    username: str | None = None
    aliases: tuple[str, ...] = ()


NOBODY = Person()


def telephone(value: Json, key: str) -> str | None:
    """The telephone number there, without the plus sign that some bodies write."""
    found = ident(value, key)
    return found.removeprefix("+") or None if found else None


def person(
    user_id: str | None,
    numbers: Iterable[str | None],
    *,
    parent: str | None = None,
    username: str | None = None,
) -> Person:
    """The person behind some ids. `parent` (of several businesses) counts only in want of better.

    The first of `numbers` is the one that WhatsApp calls `wa_id`.
    """
    known = tuple(dict.fromkeys(found for found in numbers if found))
    best = user_id or (known[0] if known else parent)
    return Person(
        id=best,
        user_id=user_id,
        wa_id=known[0] if known else None,
        username=username,
        aliases=tuple(found for found in known if found != best),
    )


class Contacts:
    """The people whom a body names beside its items."""

    def __init__(self, contacts: Sequence[Json]) -> None:
        # The first of several with the same id counts.
        self._by_user_id = {ident(one, "user_id"): one for one in reversed(contacts)}
        self._by_number = {telephone(one, "wa_id"): one for one in reversed(contacts)}
        self._only = contacts[0] if len(contacts) == 1 else None

    def describe(
        self, *, user_id: str | None, phone: str | None, parent: str | None, alone: bool
    ) -> Person:
        """The person of an item with what their contact adds.

        `alone`: every item of the list is of one person, so that a single contact is theirs even
        where the number is written differently, as in Brazil or Mexico.
        """
        contact = self._of(user_id, phone, alone=alone)
        return person(
            user_id or ident(contact, "user_id"),
            (telephone(contact, "wa_id"), phone),
            parent=parent or ident(contact, "parent_user_id"),
            username=text(obj(contact, "profile"), "username"),
        )

    def _of(self, user_id: str | None, phone: str | None, *, alone: bool) -> Json:
        if user_id and user_id in self._by_user_id:
            return self._by_user_id[user_id]
        if phone and phone in self._by_number:
            return self._by_number[phone]
        if self._only is not None and alone and not (user_id and ident(self._only, "user_id")):
            return self._only
        return NOTHING
