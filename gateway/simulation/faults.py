"""What may go wrong between a platform and us, as data.

A fault counts what it spoils: sends to people for most kinds, every call for a dead token, webhook
bodies for duplicate and reordered ones.
"""

from collections import deque
from dataclasses import dataclass, replace
from enum import StrEnum


class FaultKind(StrEnum):
    """How a platform fails, by what its caller sees."""

    THROTTLED = "throttled"  # 429; come back after `seconds`
    ERROR = "error"  # 500; nothing was sent
    CUT = "cut"  # the person has the message; the connection hangs `seconds`, then is cut
    REFUSED = "refused"  # nobody listens for `seconds`
    DEAD_TOKEN = "dead_token"  # noqa: S105 - no password
    CLOSED_WINDOW = "closed_window"  # too long since the person wrote
    BLOCKED = "blocked"  # the person blocked us
    DUPLICATE = "duplicate"  # a webhook comes twice
    REORDERED = "reordered"  # webhooks are held, then come last first


# States rather than mishaps: they last until they are lifted.
LASTING = frozenset({FaultKind.DEAD_TOKEN, FaultKind.CLOSED_WINDOW, FaultKind.BLOCKED})


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault. `calls`: how many it spoils; None: all until lifted. `seconds`: see the kind."""

    kind: FaultKind
    calls: int | None = 1
    seconds: float = 1.0


class Faults:
    """The faults in force on one platform, first come, first suffered."""

    def __init__(self) -> None:
        self._waiting: deque[Fault] = deque()

    def add(self, fault: Fault) -> None:
        """From now on, after those of the same kind that are in force already."""
        self._waiting.append(fault)

    def lift(self, kind: FaultKind) -> None:
        """End all faults of a kind: the token is renewed, the person unblocks us."""
        self._waiting = deque(fault for fault in self._waiting if fault.kind is not kind)

    def clear(self) -> None:
        """End them all."""
        self._waiting.clear()

    def in_force(self, kind: FaultKind) -> bool:
        """Whether the next call would suffer it."""
        return any(fault.kind is kind for fault in self._waiting)

    def take(self, *kinds: FaultKind) -> Fault | None:
        """The fault of one of these kinds that the present call suffers, counted as suffered."""
        for place, fault in enumerate(self._waiting):
            if fault.kind in kinds:
                if fault.calls is not None:
                    del self._waiting[place]
                    if fault.calls > 1:
                        self._waiting.insert(place, replace(fault, calls=fault.calls - 1))
                return fault
        return None
