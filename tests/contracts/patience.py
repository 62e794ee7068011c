"""What every caller of a store does when it says that it cannot now: nothing changed, try again."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from core.errors import StorageUnavailable

T = TypeVar("T")
TRIES = 20


async def patiently(call: Callable[[], Awaitable[T]]) -> T:
    """The result of `call`, asked again while a busy machine refuses it."""
    for _ in range(TRIES):
        try:
            return await call()
        except StorageUnavailable:
            continue
    return await call()
