"""How we speak to Telegram through python-telegram-bot, and what its errors mean for a message.

The bot's token is part of every URL, so no exception's words and no URL may be logged or kept.
"""

import json
import logging
from datetime import timedelta
from typing import Any

import httpx
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)
from telegram.request import HTTPXRequest

from core.ports import Ambiguous, Failed, Paused, Retry

# An answer that cannot be read makes the library fail with these too.
UNREADABLE = (TelegramError, AttributeError, KeyError, TypeError, ValueError)

_GATEWAY_TIMEOUT = 504
# Nothing was handed over: no connection, or none free.
_NOT_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)


class NotAnswered(TelegramError):
    """It was not the Bot API that answered: its servers failed, or something before them did."""

    def __init__(self, status: int) -> None:
        super().__init__(str(status))
        self.status = status


class Request(HTTPXRequest):
    """The library's way to Telegram, which believes only Telegram and logs no answer.

    A firewall's 403 would otherwise read as: this person blocked us, never write to them again.
    """

    async def do_request(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        """One call. Raises NotAnswered."""
        status, body = await super().do_request(*args, **kwargs)
        if status >= 500 or (status >= 400 and not _is_the_apis(body)):
            raise NotAnswered(status)
        return status, body

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """The answer as JSON. The library would log one that is none, and what it holds."""
        return _object_in(payload)


def keep_tokens_out_of_logs() -> None:
    """Have the libraries log warnings only: below, they print every URL."""
    for name in ("httpx", "httpcore", "telegram"):
        logging.getLogger(name).setLevel(logging.WARNING)


def _is_the_apis(body: bytes) -> bool:
    return "error_code" in _object_in(body)


def _object_in(body: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return answer if isinstance(answer, dict) else {}


def outcome_of(error: Exception) -> Retry | Failed | Ambiguous | Paused:
    """What a failed send means: whether the message may have left decides all."""
    match error:
        case RetryAfter():
            return Retry("429", _delay(error))
        case Forbidden():
            return Failed("blocked", stop=True)
        case InvalidToken():
            return Paused("token")
        case ChatMigrated():
            return Failed("chat_migrated")
        case Conflict():
            return Retry("conflict")
        case NotAnswered(status=status):
            # A proxy that gave up waiting does not know what became of the message.
            return Ambiguous("504") if status == _GATEWAY_TIMEOUT else Retry(str(status))
        case BadRequest():  # before NetworkError, which it is one of
            return Failed("bad_request")
        case NetworkError():
            return _lost(error)
        case _:
            return Ambiguous("unreadable")


def _lost(error: NetworkError) -> Retry | Ambiguous:
    cause = error.__cause__
    if cause is None:
        # Telegram refused with a status that the library has no name for.
        return Retry("refused")
    if isinstance(cause, _NOT_SENT):
        return Retry("unreachable")
    return Ambiguous("timeout" if isinstance(error, TimedOut) else "cut")


def _delay(error: RetryAfter) -> timedelta:
    asked = error.retry_after
    return asked if isinstance(asked, timedelta) else timedelta(seconds=asked)
