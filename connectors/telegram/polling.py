"""Fetches updates for a developer without a public address, in place of the webhook.

Telegram forgets an update once a later one is asked for. So what was fetched is kept first, and
only then is the next one asked for: a crash in between fetches the same updates again.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import urlencode

import structlog
from telegram import Bot
from telegram.error import Conflict, InvalidToken
from telegram.request import BaseRequest

from connectors.fields import as_obj, number
from connectors.telegram.client import UNREADABLE
from connectors.telegram.payloads import ALLOWED_UPDATES
from core.errors import StorageUnavailable

log = structlog.get_logger()

# Keeps the events of updates. Raises StorageUnavailable.
Receive = Callable[[object], Awaitable[None]]
# Is told how polling goes: None, or a short code of what is wrong.
Tell = Callable[[str | None], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """In seconds: how long Telegram may hold a call open, and the pauses after a failure."""

    hold: int = 30
    first_pause: float = 1.0
    longest_pause: float = 30.0
    answer: float = 10.0


async def poll(
    bot: Bot,
    request: BaseRequest,
    receive: Receive,
    *,
    tell: Tell,
    take_over: bool = False,
    patience: Patience = Patience(),
) -> None:
    """Fetch updates until cancelled. Must not run beside a webhook or another poller.

    `take_over` deletes the webhook first; without it, a webhook that is set makes Telegram refuse,
    which `tell` hears as `conflict`. `request` must be open, and is used for nothing else
    meanwhile: a call is held for as long as nothing happens.
    """
    offset = 0
    pause = patience.first_pause
    while True:
        try:
            if take_over:
                await bot.delete_webhook(drop_pending_updates=False)
                take_over = False
            # The library's `get_updates` refuses a whole batch for one field that it cannot read.
            updates = await request.post(
                _url(bot, offset, patience.hold), read_timeout=patience.hold + patience.answer
            )
            # After a quiet week Telegram counts from anywhere: the last number decides, no other.
            following = _after(updates) if updates else offset
        except UNREADABLE as error:
            trouble: str | None = _code(error)
        else:
            trouble = await _kept(receive, updates)
        tell(trouble)
        if trouble is None:
            offset, pause = following, patience.first_pause
            continue
        log.warning("telegram_polling_failed", code=trouble)
        await asyncio.sleep(pause)
        pause = min(pause * 2, patience.longest_pause)


async def _kept(receive: Receive, updates: object) -> str | None:
    """None once the updates are kept, or there were none."""
    if updates:
        try:
            await receive(updates)
        except StorageUnavailable:
            return "storage"
    return None


def _url(bot: Bot, offset: int, hold: int) -> str:
    asked = {"offset": offset, "timeout": hold, "allowed_updates": json.dumps(ALLOWED_UPDATES)}
    return f"{bot.base_url}/getUpdates?{urlencode(asked)}"


def _after(updates: object) -> int:
    """The number to ask for next. Raises ValueError where there is none, so as not to ask for the
    same again and again without a pause."""
    return max(
        found + 1
        for update in (updates if isinstance(updates, list) else ())
        if (found := number(as_obj(update), "update_id")) is not None
    )


def _code(error: Exception) -> str:
    match error:
        case Conflict():
            return "conflict"
        case InvalidToken():
            return "token"
        case _:
            return "unreachable"
