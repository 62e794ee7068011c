"""A scripted person on a platform: acts, waits for what arrives, and tells it as lines."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from typing import Any

from core.conversation import Choice
from core.typography import plain
from gateway.simulation.faults import Fault, FaultKind
from gateway.simulation.inbox import Arrived
from gateway.simulation.phones import Body, Calls, Phone
from gateway.simulation.postman import Postman
from gateway.simulation.script import Script, Turn

Line = dict[str, Any]


async def play(script: Script, person: "Person") -> AsyncIterator[Line]:
    """Play a conversation; yields what is said and the receipts, in order.

    A turn the gateway refuses, or does not answer at all, yields a line with `error`.
    """
    for number, turn in enumerate(script.turns, start=1):
        begins = [mishap.fault for mishap in script.mishaps if mishap.turn == number]
        async for line in person.play(turn, begins):
            yield line
    async for line in person.catch_up():
        yield line


class Person:
    """Somebody with a phone. `quiet_after`: seconds of silence that end an answer; `timeout`: the
    longest wait for one."""

    def __init__(
        self, phone: Phone, postman: Postman, *, quiet_after: float, timeout: float
    ) -> None:
        self._phone = phone
        self._postman = postman
        self._quiet_after = quiet_after
        self._timeout = timeout
        # The platform's id of this person.
        self.address = phone.person
        self._seen = 0
        self._offered: Arrived | None = None

    async def play(self, turn: Turn, begins: Sequence[Fault] = ()) -> AsyncIterator[Line]:
        """Do one thing and yield what follows, until nothing has come for a while."""
        prepared = self._prepare(turn)
        if prepared is None:
            yield self._line(error="not_offered", choice=turn.choice)
            return
        body, said = prepared
        async with AsyncExitStack() as dark:
            for fault in begins:
                if fault.kind is FaultKind.REFUSED:
                    await dark.enter_async_context(self._phone.platform.unreachable())
                    dark.push_async_callback(asyncio.sleep, fault.seconds)
                else:
                    self._phone.platform.faults.add(fault)
            yield self._line(**{"from": "me"}, **said)
            status = await self._postman.post(body)
        if status is None:
            yield self._line(held=True)
        elif status != 200:
            yield self._line(error="refused", code=status)
        else:
            async for line in self.hear():
                yield line

    async def catch_up(self) -> AsyncIterator[Line]:
        """Let the platform deliver what it still holds, and yield what comes of it."""
        status = await self._postman.flush()
        if status == 200:
            async for line in self.hear():
                yield line
        elif status is not None:
            yield self._line(error="refused", code=status)

    async def hear(self) -> AsyncIterator[Line]:
        """What arrives until nothing has come for a while, each message with its receipts."""
        deadline = time.monotonic() + self._timeout
        heard = False
        while (left := deadline - time.monotonic()) > 0:
            patience = min(left, self._quiet_after) if heard else left
            inboxes = self._phone.platform.inboxes
            news = await inboxes.after(self._phone.person, self._seen, patience)
            if not news:
                break
            heard = True
            for message in news:
                self._seen += 1
                if message.choices or message.numbered:
                    self._offered = message
                yield self._heard(message)
                async for line in self._report(message):
                    yield line
        if not heard:
            yield self._line(error="no_answer")

    async def _report(self, message: Arrived) -> AsyncIterator[Line]:
        for name, body in self._phone.receipts(message):
            status = await self._postman.post(body)
            if status in (200, None):
                yield self._line(receipt=name, id=message.id)
            else:
                yield self._line(error="refused", code=status, receipt=name)

    def _prepare(self, turn: Turn) -> tuple[Body, Line] | None:
        """The webhook's body and what the transcript says of it; None: no such choice."""
        if turn.media is not None:
            return self._phone.send_file(turn.media), {"text": "", "media": turn.media}
        if turn.link is not None:
            return self._phone.come(turn.link), {"text": "", "link": turn.link}
        if turn.call and isinstance(self._phone, Calls):
            return self._phone.call(), {"text": "", "call": True}
        if turn.choice is None:
            return self._phone.write(turn.text), {"text": turn.text}
        if self._offered is None:
            return None
        if choice := _chosen(turn.choice, self._offered.choices):
            body = self._phone.tap(choice, self._offered)
            return body, {"text": choice.title, "choice": choice.id}
        if choice := _chosen(turn.choice, self._offered.numbered):
            return self._phone.write(choice.id), {"text": choice.id}
        return None

    def _heard(self, message: Arrived) -> Line:
        choices = [{"id": choice.id, "title": choice.title} for choice in message.choices]
        return self._line(
            **{"from": "relais"},
            id=message.id,
            kind=message.kind,
            text=message.text,
            choices=choices,
        )

    def _line(self, **fields: Any) -> Line:
        return {"channel": self._phone.channel, **fields}


def _chosen(wanted: str, choices: Sequence[Choice]) -> Choice | None:
    return next(
        (choice for choice in choices if plain(wanted) in (choice.id, plain(choice.title))), None
    )
