"""Whom "the next one" gives: the first of the line that fits, and who comes back to whom they know.

Danger goes before every preference: it waits for nobody's skill. Somebody who has written before
comes first to the listener who closed that; others leave them to that one for a short while, if
they are there and free. Who asks for a trade or a language is left to those who have it for a
quarter of an hour while one of them is free, and comes last for the others meanwhile; where nobody
free has it, it does not count.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from core import line
from core.accounts import Listener
from core.conversation import Conversation
from core.ids import ListenerId
from core.skills import Skills

# How many conversations "the next one" gives a listener at a time, unless it is set otherwise.
CAPACITY = 6
# More than anybody answers well.
CAPACITY_AT_MOST = 20
# How long somebody is left to the listener whom they know.
LEFT_FOR = timedelta(minutes=2)
# How long somebody is left to those who have the trade or the language that they need.
LEFT_TO_SKILL_FOR = timedelta(minutes=15)


def capacity_of(listener: Listener, usual: int) -> int:
    """How many conversations "the next one" gives them at a time."""
    return usual if listener.capacity is None else listener.capacity


def in_order_for(
    listener: Listener,
    waiting: Sequence[Conversation],
    *,
    free: Collection[ListenerId],
    now: datetime,
    able: Collection[Skills] = (),
) -> list[Conversation]:
    """Those who wait, in the order in which this listener takes them. Nobody is left out.

    `able` is what the colleagues who are free can do.
    """

    def waits_less_than(one: Conversation, time: timedelta) -> bool:
        return one.ticket is not None and now - one.ticket.waiting_since < time

    def rank(one: Conversation) -> int:
        if is_grave(one):
            return 0
        if one.known_to == listener.id:
            return 1
        if not listener.skills.meet(one.needs) and waits_less_than(one, LEFT_TO_SKILL_FOR):
            return 4 if any(each.meet(one.needs) for each in able) else 2
        return 3 if one.known_to in free and waits_less_than(one, LEFT_FOR) else 2

    return sorted(waiting, key=rank)


def is_grave(one: Conversation) -> bool:
    """Whether this one is for whoever can take it, however many they hold."""
    return line.band(one.assessment) is not line.Band.OTHERS
