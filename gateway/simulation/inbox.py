"""What people of a fake platform find on their phones."""

import asyncio
import contextlib
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from core.conversation import Choice

_NUMBERED = re.compile(r"^(\d{1,2})\. (.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Arrived:
    """A message as one person sees it. `kind` is the platform's word for what it is made of."""

    person: str
    id: str
    kind: str
    text: str
    choices: tuple[Choice, ...] = ()

    @property
    def numbered(self) -> tuple[Choice, ...]:
        """Choices that came as numbered lines of text; the number is what to answer."""
        return tuple(Choice(number, title) for number, title in _NUMBERED.findall(self.text))


class Inboxes:
    """One inbox a person, in the order of arrival."""

    def __init__(self) -> None:
        self._arrived: dict[str, list[Arrived]] = defaultdict(list)
        self._same: dict[str, str] = {}
        self._news = asyncio.Condition()

    def same_person(self, alias: str, person: str) -> None:
        """What is sent to `alias` from now on reaches `person`."""
        self._same[alias] = person

    def person(self, address: str) -> str:
        """Whose address this is."""
        return self._same.get(address, address)

    async def put(self, message: Arrived) -> None:
        """Deliver a message to `message.person`."""
        async with self._news:
            self._arrived[message.person].append(message)
            self._news.notify_all()

    def of(self, person: str) -> Sequence[Arrived]:
        """All that a person received so far."""
        return tuple(self._arrived[person])

    async def after(self, person: str, seen: int, timeout: float) -> Sequence[Arrived]:
        """What came after the first `seen` messages; waits `timeout` seconds, then nothing."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout), self._news:
                await self._news.wait_for(lambda: len(self._arrived[person]) > seen)
        return tuple(self._arrived[person][seen:])
