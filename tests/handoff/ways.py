"""The way into the console, for tests of its parts without the rest of the gateway."""

from core.clock import Clock
from core.ports import Store
from handoff.console.entrance import Entrance
from handoff.console.guard import Guard
from handoff.console.sessions import Sessions
from handoff.console.signin import SignIn
from handoff.tickets import Tickets

TICKETS = Tickets(b"a secret of tests")


def the_way_in(
    store: Store, sessions: Sessions, guard: Guard, clock: Clock
) -> tuple[SignIn, Entrance]:
    """The requests of both steps of a sign-in."""
    entrance = Entrance(
        accounts=store,
        audit=store,
        sessions=sessions,
        guard=guard,
        tickets=TICKETS,
        clock=clock,
    )
    return SignIn(sessions=sessions, guard=guard, entrance=entrance), entrance
