"""People's phones: what a person does, as the webhook bodies that the platform makes of it.

One phone is one person on one channel, new each time: ids are made up and never used again.
"""

from collections.abc import Sequence
from typing import Any, Protocol, runtime_checkable

from core.conversation import Choice
from gateway.simulation.inbox import Arrived
from gateway.simulation.platform import FakePlatform

Body = dict[str, Any]


class Phone(Protocol):
    """What every channel's people can do."""

    @property
    def channel(self) -> str:
        """The channel's name in scripts."""

    @property
    def person(self) -> str:
        """The inbox on `platform` that is theirs."""

    @property
    def platform(self) -> FakePlatform:
        """Where their messages come from, and go."""

    def write(self, text: str) -> Body:
        """They write."""

    def tap(self, choice: Choice, message: Arrived) -> Body:
        """They tap a button under `message`."""

    def send_file(self, kind: str) -> Body:
        """They send a file, a kind of `samples.SAMPLES`, which the platform then holds."""

    def come(self, code: str) -> Body:
        """They come by a link, or an advertisement, that carries `code`."""

    def receipts(self, message: Arrived) -> Sequence[tuple[str, Body]]:
        """What the platform reports once they have read `message`: (status, body)."""


@runtime_checkable
class Calls(Protocol):
    """A phone whose platform has calls."""

    def call(self) -> Body:
        """They call, and hang up when nobody picks up; on a channel of `script.CALLED`."""
