"""What one browser shows beside the messages: who answers, and that they are writing."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias, TypeVar

from core.ids import ConversationId

# Whether the team is there is known in memory: looked at this often while nothing else changes.
LOOK_AT_TEAM = 3.0

T = TypeVar("T")
Frame: TypeAlias = dict[str, Any]
Push: TypeAlias = Callable[[Frame], Awaitable[None]]


class Screen:
    """What one browser was told last: a state, and of which conversation."""

    def __init__(self, push: Push, nothing: Frame) -> None:
        """`nothing`: the state before the first message, as the welcome says it."""
        self._push = push
        self._told: tuple[ConversationId | None, Frame] = (None, nothing)
        self._sign = _a_sign()

    def listener_writes(self) -> None:
        """Whoever answers is writing: told once, however often it is said before it is told."""
        if not self._sign.done():
            self._sign.set_result(None)

    async def hold(
        self,
        until: Awaitable[T],
        about: ConversationId | None,
        state: Callable[[], Frame],
    ) -> T:
        """Tell the state whenever it is another one, until what is awaited comes.

        What holds of the team changes by the clock, and by supervisors: no conversation tells it.
        """
        # What was being written before the last change is there by now.
        self._sign = _a_sign()
        coming = asyncio.ensure_future(until)
        try:
            while not coming.done():
                frame = state()
                if (about, frame) != self._told:
                    await self._push(frame)
                    self._told = about, frame
                if self._sign.done():
                    self._sign = _a_sign()
                    # Handed back or closed meanwhile, nobody is writing any more.
                    if frame["owner"] == "listener" and not frame["closed"]:
                        await self._push({"type": "typing"})
                await asyncio.wait(
                    (coming, self._sign),
                    timeout=LOOK_AT_TEAM,
                    return_when=asyncio.FIRST_COMPLETED,
                )
            return coming.result()
        finally:
            coming.cancel()


def _a_sign() -> asyncio.Future[None]:
    return asyncio.get_running_loop().create_future()
