"""The fake Bot API, seen by python-telegram-bot."""

import asyncio

import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, ReplyKeyboardMarkup
from telegram.error import BadRequest, Conflict, InvalidToken

from core.conversation import Choice
from gateway.simulation.platform import File
from gateway.simulation.telegram import FakeTelegram
from tests.gateway.simulation.conftest import BOT_TOKEN

SAM = 77


async def test_a_text_arrives(telegram: FakeTelegram, bot: Bot) -> None:
    sent = await bot.send_message(SAM, "[1] Bonjour {toi}")
    (arrived,) = telegram.inboxes.of("77")
    assert arrived.text == sent.text == "[1] Bonjour {toi}"
    assert arrived.id == str(sent.message_id)


async def test_keyboards_are_choices(telegram: FakeTelegram, bot: Bot) -> None:
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("Oui", callback_data="yes")]])
    sent = await bot.send_message(SAM, "Danger ?", reply_markup=keyboard)
    await bot.send_message(SAM, "Où ?", reply_markup=ReplyKeyboardMarkup([["Ici"], ["Là"]]))
    inline, typed = telegram.inboxes.of("77")
    assert inline.choices == (Choice("yes", "Oui"),)
    assert sent.reply_markup == keyboard
    assert typed.choices == (Choice("Ici", "Ici"), Choice("Là", "Là"))


async def test_small_calls_are_taken_and_recorded(telegram: FakeTelegram, bot: Bot) -> None:
    assert await bot.send_chat_action(SAM, "typing")
    assert await bot.answer_callback_query("tap")
    assert await bot.leave_chat(-100)
    assert [call.path for call in telegram.calls] == [
        "getMe",  # by which the client makes sure of its token
        "sendChatAction",
        "answerCallbackQuery",
        "leaveChat",
    ]
    assert BOT_TOKEN not in repr(telegram.calls)


async def test_a_file_is_found_and_fetched(telegram: FakeTelegram, bot: Bot) -> None:
    telegram.files["f1"] = File(b"OggS", "audio/ogg")
    file = await bot.get_file("f1")
    assert await file.download_as_bytearray() == b"OggS"
    with pytest.raises(BadRequest):
        await bot.get_file("f2")


@pytest.mark.parametrize(
    ("text", "data"), [("", "yes"), ("x" * 4097, "yes"), ("x", "é" * 33), ("   ", "yes")]
)
async def test_what_is_over_the_limits_is_refused(
    telegram: FakeTelegram, bot: Bot, text: str, data: str
) -> None:
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("Oui", callback_data=data)]])
    with pytest.raises(BadRequest):
        await bot.send_message(SAM, text, reply_markup=keyboard)
    assert telegram.inboxes.of("77") == ()


async def test_a_webhook_and_polling_exclude_each_other(telegram: FakeTelegram, bot: Bot) -> None:
    await bot.set_webhook("https://example.fr/hook", allowed_updates=["message"])
    info = await bot.get_webhook_info()
    assert (info.url, info.allowed_updates) == ("https://example.fr/hook", ("message",))
    with pytest.raises(Conflict):
        await bot.get_updates()
    await bot.delete_webhook()
    assert await bot.get_updates() == ()


async def test_polling_waits_and_forgets_what_was_confirmed(
    telegram: FakeTelegram, bot: Bot
) -> None:
    waiting = asyncio.create_task(bot.get_updates(timeout=5))
    await asyncio.sleep(0.05)
    await telegram.put_update({"update_id": 7})
    (update,) = await waiting
    assert update.update_id == 7
    assert [u.update_id for u in await bot.get_updates(offset=7)] == [7]
    assert await bot.get_updates(offset=8) == ()


async def test_a_wrong_token_opens_nothing(telegram: FakeTelegram) -> None:
    bot = Bot("1:wrong", base_url=f"{telegram.url}/bot")
    with pytest.raises(InvalidToken):
        await bot.initialize()
