"""What the Graph API's refusals mean for a message: wait, give up, stop, or ask for a person.

Codes: Meta's table of common error codes for Messenger (2026), and what integrators met. A refusal
that is not in the table fails this one message and is shown; it never stops a channel.
"""

import json
from dataclasses import dataclass
from datetime import timedelta

from connectors.fields import ident, is_true, obj, objects
from connectors.messenger.graph import Answer
from core.ports import Ambiguous, Failed, Held, Paused, Retry, SendOutcome

WINDOW_CLOSED = "window_closed"
NOT_OWNER = "not_thread_owner"

# Meta counts calls by the hour and by the day; more often than this one looks again anyway.
_LONGEST_WAIT = timedelta(hours=1)
_LATER = timedelta(minutes=5)

_WINDOW = frozenset({"2018278", "2534022", "2018065"})
_UNAVAILABLE = frozenset({"1545041", "2018108", "2018001", "2534014"})
_NOT_OWNER = frozenset({"2018300", "2018321", "2534037"})
_ABUSE = "2018338"
_BLOCKED = "368"
_TOKEN = frozenset({"102", "190"})
# Without a subcode these speak of the application as a whole, not of one person.
_PERMISSION = frozenset({"3", "10", "200", "230"})
_RATE = frozenset({"4", "9", "17", "32", "613", "80002", "80006"})
_TRANSIENT = frozenset({"1", "2", "1200"})


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a call was not done. `graph` is False where something on the way refused it."""

    status: int
    code: str | None
    subcode: str | None
    transient: bool
    wait: timedelta | None

    @classmethod
    def of(cls, answer: Answer) -> "Refusal":
        """The refusal in an answer that is not ok."""
        error = obj(answer.body, "error")
        return cls(
            status=answer.status,
            code=ident(error, "code"),
            subcode=ident(error, "error_subcode"),
            transient=is_true(error, "is_transient"),
            wait=_asked_wait(answer),
        )

    @property
    def closes_window(self) -> bool:
        """Whether the time to write freely is over."""
        return self.subcode in _WINDOW

    @property
    def names_other_owner(self) -> bool:
        """Whether another application has the thread."""
        return self.subcode in _NOT_OWNER

    @property
    def forbids(self) -> bool:
        """Whether the application lacks a permission for what it did."""
        return self.code in _PERMISSION and self.subcode is None

    @property
    def kills_token(self) -> bool:
        """Whether the token is no longer good."""
        return self.code in _TOKEN or (self.code is None and self.status == 401)

    def outcome(self, *, by_listener: bool, tagged: bool) -> SendOutcome:
        """What it means for a message. `tagged`: it went as a person's late answer.

        A listener's answer waits for the person where a machine's is out of date.
        """
        if self.subcode == _ABUSE or self.code == _BLOCKED:
            return Paused("abuse")
        if self.kills_token:
            return Paused("token")
        if self.closes_window:
            return Held(WINDOW_CLOSED) if by_listener else Failed(WINDOW_CLOSED)
        if self.subcode in _UNAVAILABLE or self.code == "551":
            return Failed("unavailable", stop=True)
        if self.names_other_owner:
            return Retry(NOT_OWNER, _LATER)
        if self.forbids:
            # The tag is a permission of its own: without it late answers wait, others go on.
            return Held("no_human_agent") if tagged else Paused("permission")
        if self.code in _RATE or self.status == 429:
            return Retry("rate", self.wait)
        if self.code in _TRANSIENT or self.transient:
            return Retry("platform", self.wait)
        return self._by_status()

    def _by_status(self) -> SendOutcome:
        if self.code is None and self.status in (502, 504):
            # Something on the way gave up waiting; what the API did nobody knows.
            return Ambiguous(f"http_{self.status}")
        if self.status >= 500:
            return Retry("platform", self.wait)
        if self.code is None:
            return Retry(f"http_{self.status}", _LATER)
        return Failed("_".join(each for each in ("graph", self.code, self.subcode) if each)[:60])


def _asked_wait(answer: Answer) -> timedelta | None:
    """How long the API asks to wait: `Retry-After` in seconds, or minutes in its usage header."""
    seconds = _whole(answer.headers.get("Retry-After"))
    try:
        usage = json.loads(answer.headers.get("X-Business-Use-Case-Usage", "{}"))
    except (ValueError, RecursionError):
        usage = None
    for key in usage if isinstance(usage, dict) else ():
        for each in objects(usage, key):
            seconds = max(seconds, 60 * _whole(ident(each, "estimated_time_to_regain_access")))
    return min(timedelta(seconds=seconds), _LONGEST_WAIT) if seconds else None


def _whole(digits: str | None) -> int:
    return (
        int(digits) if digits and digits.isascii() and digits.isdigit() and len(digits) < 9 else 0
    )
