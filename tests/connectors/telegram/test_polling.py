"""Polling: what was fetched is kept before it is confirmed, whatever fails."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from connectors.telegram.connector import Telegram
from connectors.telegram.polling import Patience
from tests.connectors.telegram.bot_api import Answer, BotApi, bot_api, cut, error, ok, raw
from tests.connectors.telegram.bots import Kept, a_bot
from tests.connectors.telegram.updates import message

QUICK = Patience(hold=1, first_pause=0.01, longest_pause=0.05, answer=1)


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    async with bot_api() as running:
        yield running


@asynccontextmanager
async def polling(api: BotApi, kept: Kept, **settings: Any) -> AsyncIterator[Telegram]:
    async with a_bot(api.url, kept) as bot, asyncio.TaskGroup() as tasks:
        task = tasks.create_task(bot.poll(patience=QUICK, **settings))
        yield bot
        task.cancel()


async def until(true: Callable[[], object]) -> None:
    async with asyncio.timeout(30):
        while not true():
            await asyncio.sleep(0.005)


def update(number: int) -> dict[str, Any]:
    return {"update_id": number, "message": message(message_id=number, text=f"n° {number}")}


def numbers(kept: Kept) -> list[str | None]:
    return [event.id for event in kept.events]


async def test_updates_are_fetched_kept_and_only_then_confirmed(api: BotApi) -> None:
    kept = Kept()
    api.updates = [update(41), update(42)]
    async with polling(api, kept):
        await until(lambda: not api.updates)
        api.updates = [update(50)]
        await until(lambda: len(kept.events) == 3 and not api.updates)
    assert numbers(kept) == ["41", "42", "50"]
    offsets = [given["offset"] for given in api.called("getUpdates")]
    assert offsets[:2] == ["0", "43"]
    assert offsets[-1] == "51"
    asked = api.called("getUpdates")[0]["allowed_updates"]
    assert "my_chat_member" in asked
    assert "message_reaction" in asked


async def test_what_could_not_be_kept_is_fetched_again(api: BotApi) -> None:
    kept = Kept(down=3)
    api.updates = [update(41), update(42)]
    async with polling(api, kept) as bot:
        await until(lambda: bot.channel.receiving == "storage")
        assert api.updates == [update(41), update(42)], "Telegram still has them"
        await until(lambda: not api.updates)
        assert bot.channel.receiving is None
    assert numbers(kept) == ["41", "42"]
    assert [given["offset"] for given in api.called("getUpdates")][:5] == ["0", "0", "0", "0", "43"]


async def test_after_a_restart_nothing_is_lost_and_nothing_twice(api: BotApi) -> None:
    kept = Kept()
    api.updates = [update(41)]
    async with polling(api, kept):
        await until(lambda: kept.events)
    # The last ones kept are not confirmed by who stops: they come again, and are known.
    api.updates = [update(41), update(42)]
    async with polling(api, kept):
        await until(lambda: not api.updates)
    assert numbers(kept) == ["41", "42"]


async def test_numbers_that_start_anew_are_followed(api: BotApi) -> None:
    """After a quiet week, Telegram says, the next update's number is chosen at random."""
    kept = Kept()
    api.next("getUpdates", ok([update(900)]), ok([update(7)]), ok([update(8)]))
    async with polling(api, kept):
        await until(lambda: len(api.called("getUpdates")) > 3)
    assert numbers(kept) == ["900", "7", "8"]
    assert [given["offset"] for given in api.called("getUpdates")][:4] == ["0", "901", "8", "9"]


async def test_one_odd_update_holds_up_no_other(api: BotApi) -> None:
    kept = Kept()
    odd: list[Any] = [{"update_id": 42, "message": "?"}, {"update_id": 43, "hologram": {}}]
    api.updates = [update(41), *odd, update(44)]
    async with polling(api, kept):
        await until(lambda: not api.updates)
    assert numbers(kept) == ["41", "44"]
    assert kept.counted == ["message.nobody", "update"]


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (error(409, "Conflict: can't use getUpdates method while webhook is active"), "conflict"),
        (error(401, "Unauthorized"), "token"),
        (error(429, "Too Many Requests: retry after 1", retry_after=1), "unreachable"),
        (raw(502, "<html>"), "unreachable"),
        (raw(200, "<html>"), "unreachable"),
        (ok({"update_id": 1}), "unreachable"),
        (ok([{"no": "number"}]), "unreachable"),
        (cut, "unreachable"),
    ],
    ids=["conflict", "token", "flood", "502", "no JSON", "no list", "no number", "cut"],
)
async def test_polling_goes_on_and_says_what_was_wrong(
    api: BotApi, answer: Answer, code: str
) -> None:
    kept = Kept()
    api.next("getUpdates", answer)
    api.updates = [update(41)]
    async with polling(api, kept) as bot:
        await until(lambda: bot.channel.receiving == code)
        await until(lambda: kept.events)
        await until(lambda: bot.channel.receiving is None)
    assert numbers(kept) == ["41"]


async def test_a_conflict_is_seen_by_a_check(api: BotApi) -> None:
    conflict = error(409, "Conflict: terminated by other getUpdates request")
    api.next("getUpdates", *([conflict] * 200))
    async with polling(api, Kept()) as bot:
        await until(lambda: bot.channel.receiving)
        assert await bot.channel.check() == "conflict"


@pytest.mark.parametrize("take_over", [False, True])
async def test_a_webhook_is_deleted_only_when_told(api: BotApi, take_over: bool) -> None:
    async with polling(api, Kept(), take_over=take_over):
        await until(lambda: len(api.called("getUpdates")) > 1)
    deleted = api.called("deleteWebhook")
    assert len(deleted) == (1 if take_over else 0)
    assert all(given.get("drop_pending_updates") == "false" for given in deleted)


async def test_a_webhook_that_cannot_be_deleted_yet_is_deleted_later(api: BotApi) -> None:
    api.next("deleteWebhook", raw(502, ""))
    kept = Kept()
    api.updates = [update(41)]
    async with polling(api, kept, take_over=True):
        await until(lambda: kept.events)
    assert len(api.called("deleteWebhook")) == 2


async def test_polling_stops_at_once(api: BotApi) -> None:
    async def hold(request: Any) -> Any:
        await asyncio.sleep(30)

    api.next("getUpdates", hold)
    async with polling(api, Kept()):
        await until(lambda: api.called("getUpdates"))
        began = time.monotonic()
    assert time.monotonic() - began < 20
