"""Sending through the real client library, and what each of its errors comes to."""

import asyncio
import json
import socket
import time
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from connectors.interface import (
    AnswersTaps,
    Checks,
    Connector,
    MediaGone,
    MediaSource,
    RefusesGroups,
    ShowsPresence,
)
from connectors.telegram.connector import Telegram
from connectors.telegram.payloads import normalise
from connectors.telegram.rates import Pace
from core.conversation import Choice
from core.discretion import ROOM
from core.errors import ConfigurationError
from core.events import MediaRef, MessageType
from core.ports import Ambiguous, Channel, Failed, Paused, Retry, SendOutcome, Sent
from tests.builders import NOON
from tests.connectors.telegram.bot_api import (
    TOKEN,
    Answer,
    BotApi,
    bot_api,
    cut,
    error,
    ok,
    raw,
    silence,
)
from tests.connectors.telegram.bots import LEA, Kept, a_bot, a_message, an_errand
from tests.connectors.telegram.updates import BOT, tap


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    async with bot_api() as running:
        yield running


async def test_it_is_all_that_it_says(api: BotApi) -> None:
    async with a_bot(api.url) as bot:
        connector: Connector = bot
        (channel,) = connector.channels
        sends: Channel = channel
        assert (sends.name, sends.repeatable) == ("telegram", False)
        for protocol in (MediaSource, ShowsPresence, RefusesGroups, AnswersTaps, Checks):
            assert isinstance(channel, protocol)
        assert bot.account == "7000000001"


@pytest.mark.parametrize("token", ["", "abc", "123", ":abc", "12a:b", "١٢:abc"])
def test_what_is_no_token_is_refused_at_the_start(token: str) -> None:
    kept = Kept()
    with pytest.raises(ConfigurationError) as refused:
        Telegram(
            token=token,
            secret="s",
            refusal="",
            accept=kept.accept,
            notice=kept.notice,
            count=kept.count,
            clock=lambda: NOON,
        )
    assert "RELAIS" in str(refused.value)


async def test_a_message_is_sent_and_its_number_known(api: BotApi) -> None:
    async with a_bot(api.url) as bot:
        assert await bot.channel.send(an_errand(bot, a_message("Bonjour"))) == Sent("101")
    (given,) = api.called("sendMessage")
    assert (given["chat_id"], given["text"]) == ("501", "Bonjour")
    assert json.loads(given["link_preview_options"]) == {"is_disabled": True}
    assert "reply_markup" not in given


async def test_choices_are_buttons(api: BotApi) -> None:
    async with a_bot(api.url) as bot:
        message = a_message("Tu es seul ?", Choice("yes", "Oui"), Choice("no", "Non"))
        await bot.channel.send(an_errand(bot, message))
    (given,) = api.called("sendMessage")
    assert json.loads(given["reply_markup"])["inline_keyboard"] == [
        [{"text": "Oui", "callback_data": "yes"}],
        [{"text": "Non", "callback_data": "no"}],
    ]


@pytest.mark.parametrize(
    "choices",
    [
        [Choice("x" * 65, "Oui"), Choice("no", "Non")],
        [Choice("é" * 33, "Oui"), Choice("no", "Non")],
        [Choice("yes", "Oui"), Choice("long", "Non " * 11)],
        [Choice(f"c{n}", f"Choix {n}") for n in range(11)],
    ],
    ids=["long id", "long id in bytes", "long title", "many"],
)
async def test_choices_that_do_not_fit_are_numbered(api: BotApi, choices: list[Choice]) -> None:
    async with a_bot(api.url) as bot:
        (part,) = bot.channel.parts(a_message("Lequel ?", *choices))
    assert part.choices == ()
    assert part.text.startswith(f"Lequel ?\n1. {choices[0].title}\n2. ")


async def test_a_long_text_is_cut_and_the_buttons_come_last(api: BotApi) -> None:
    text = "Une phrase. " * 700
    async with a_bot(api.url) as bot:
        parts = bot.channel.parts(a_message(text, Choice("ok", "D'accord")))
    assert len(parts) == 3
    assert all(len(part.text) <= 4096 and part.text.endswith(".") for part in parts)
    assert [len(part.choices) for part in parts] == [0, 0, 1]


async def test_emoji_are_counted_as_two(api: BotApi) -> None:
    async with a_bot(api.url) as bot:
        most = (4096 - ROOM) // 2
        assert len(bot.channel.parts(a_message("😢" * most))) == 1
        assert len(bot.channel.parts(a_message("😢" * (most + 1)))) == 2


BLOCKED = Failed("blocked", stop=True)
ERRORS: list[tuple[str, Answer, SendOutcome]] = [
    ("blocked", error(403, "Forbidden: bot was blocked by the user"), BLOCKED),
    ("gone", error(403, "Forbidden: user is deactivated"), BLOCKED),
    (
        "flood",
        error(429, "Too Many Requests: retry after 7", retry_after=7),
        Retry("429", timedelta(seconds=7)),
    ),
    ("flood without a time", error(429, "Too Many Requests"), Retry("refused")),
    ("dead token", error(401, "Unauthorized"), Paused("token")),
    ("no such token", error(404, "Not Found"), Paused("token")),
    ("conflict", error(409, "Conflict: terminated by other getUpdates"), Retry("conflict")),
    (
        "migrated",
        error(400, "Bad Request: upgraded to a supergroup", migrate_to_chat_id=-1001),
        Failed("chat_migrated"),
    ),
    ("bad request", error(400, "Bad Request: chat not found"), Failed("bad_request")),
    ("500", error(500, "Internal Server Error"), Retry("500")),
    ("502", raw(502, "<html>Bad Gateway</html>"), Retry("502")),
    ("503", raw(503, ""), Retry("503")),
    ("504: who knows", raw(504, "<html>Gateway Timeout</html>"), Ambiguous("504")),
    ("a firewall, not Telegram", raw(403, "<html>forbidden</html>"), Retry("403")),
    ("a portal, not Telegram", raw(404, "{}"), Retry("404")),
    ("something else", error(413, "Request Entity Too Large"), Retry("refused")),
    ("no answer in time", silence, Ambiguous("timeout")),
    ("a line cut", cut, Ambiguous("cut")),
    ("no JSON", raw(200, "<html>"), Ambiguous("unreadable")),
    ("no object", raw(200, "[1]"), Ambiguous("unreadable")),
    ("no result", raw(200, '{"ok": true}'), Ambiguous("unreadable")),
    ("not a message", ok("yes"), Ambiguous("unreadable")),
    ("an empty message", ok({}), Ambiguous("unreadable")),
]


@pytest.mark.parametrize(
    ("answer", "outcome"), [case[1:] for case in ERRORS], ids=[case[0] for case in ERRORS]
)
async def test_an_error_comes_to(api: BotApi, answer: Answer, outcome: SendOutcome) -> None:
    api.next("sendMessage", answer)
    async with a_bot(api.url) as bot:
        assert await bot.channel.send(an_errand(bot, a_message())) == outcome
    assert len(api.called("sendMessage")) == 1, "never tried again here"


async def test_nobody_listening_is_a_retry() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        async with a_bot(url) as bot:
            assert await bot.channel.send(an_errand(bot, a_message())) == Retry("unreachable")
            assert await bot.channel.check() == "unreachable"


async def test_a_closed_bot_says_nothing_was_read(api: BotApi) -> None:
    async with a_bot(api.url) as bot:
        pass
    assert isinstance(await bot.channel.send(an_errand(bot, a_message())), Ambiguous)


async def test_two_messages_to_one_person_are_a_second_apart(api: BotApi) -> None:
    async with a_bot(api.url) as bot:
        began = time.monotonic()
        for _ in range(2):
            assert isinstance(await bot.channel.send(an_errand(bot, a_message())), Sent)
        assert 0.9 < time.monotonic() - began < 10


async def test_who_would_wait_long_is_told_to_come_back(api: BotApi) -> None:
    async with a_bot(api.url) as bot:
        sends = (bot.channel.send(an_errand(bot, a_message())) for _ in range(5))
        outcomes = await asyncio.gather(*sends)
    late = [outcome for outcome in outcomes if not isinstance(outcome, Sent)]
    assert late
    assert set(late) == {Retry("rate", timedelta(seconds=2))}
    assert len(api.called("sendMessage")) == len(outcomes) - len(late)


async def test_the_bot_as_a_whole_keeps_its_pace() -> None:
    pace = Pace(per_second=100)
    began = time.monotonic()
    assert all(await asyncio.gather(*(pace.turn(str(n)) for n in range(51))))
    assert 0.45 < time.monotonic() - began < 10


async def test_chats_do_not_fill_the_memory() -> None:
    pace = Pace(per_second=100_000, chats=100)
    for n in range(1000):
        await pace.turn(str(n))
    assert len(pace) == 100


async def test_kindnesses(api: BotApi) -> None:
    (event,) = normalise({"update_id": 5, "callback_query": tap()}, account=BOT, now=NOON).events
    async with a_bot(api.url) as bot:
        await bot.channel.show_seen(LEA, "77", typing=True)
        await bot.channel.show_seen(LEA, "77", typing=False)
        await bot.channel.answer_tap(event)
    assert api.calls == [
        ("sendChatAction", {"chat_id": "501", "action": "typing"}),
        ("answerCallbackQuery", {"callback_query_id": "4382bfdwdsb323b2d9"}),
    ]


async def test_a_group_is_told_once_and_left_each_time(api: BotApi) -> None:
    async with a_bot(api.url) as bot:
        for _ in range(2):
            await bot.channel.refuse_group("-4001")
    assert [name for name, _ in api.calls] == ["sendMessage", "leaveChat", "leaveChat"]
    assert api.called("sendMessage")[0]["text"] == "En privé seulement."


@pytest.mark.parametrize(
    ("answer", "counted"),
    [
        (error(400, "Bad Request: query is too old"), []),
        (error(403, "Forbidden: bot was kicked"), ["kindness_failed"]),
        (error(401, "Unauthorized"), ["kindness_failed"]),
        (raw(500, ""), ["kindness_failed"]),
        (silence, ["kindness_failed"]),
        (cut, ["kindness_failed"]),
    ],
    ids=["too old", "kicked", "token", "500", "silence", "cut"],
)
async def test_a_kindness_that_fails_is_no_error(
    api: BotApi, answer: Answer, counted: list[str]
) -> None:
    kept = Kept()
    (event,) = normalise({"update_id": 5, "callback_query": tap()}, account=BOT, now=NOON).events
    api.next("answerCallbackQuery", answer)
    async with a_bot(api.url, kept) as bot:
        await bot.channel.answer_tap(event)
    assert kept.counted == counted


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (ok({"id": 7000000001, "is_bot": True, "first_name": "Aide"}), None),
        (error(401, "Unauthorized"), "token"),
        (raw(502, ""), "unreachable"),
        (raw(403, "<html>"), "unreachable"),
        (silence, "unreachable"),
    ],
    ids=["well", "token", "502", "firewall", "silence"],
)
async def test_a_check(api: BotApi, answer: Answer, code: str | None) -> None:
    api.next("getMe", answer)
    async with a_bot(api.url) as bot:
        assert await bot.channel.check() == code


async def test_a_database_that_is_down_is_not_telegrams_trouble(api: BotApi) -> None:
    async with a_bot(api.url) as bot:
        bot.channel.receiving = "storage"
        assert await bot.channel.check() is None


PHOTO = MediaRef(type=MessageType.IMAGE, id="F")


async def test_a_file_is_located(api: BotApi) -> None:
    async with a_bot(api.url) as bot:
        place = await bot.channel.locate(PHOTO)
        assert bot.channel.media_hosts == frozenset({"127.0.0.1"})
    assert place.url == f"{api.url}/file/bot{TOKEN}/photos/file_1.jpg"
    assert place.headers == {}


@pytest.mark.parametrize(
    ("answer", "raised", "code"),
    [
        (error(400, "Bad Request: file is too big"), MediaGone, ""),
        (error(400, "Bad Request: invalid file_id"), MediaGone, ""),
        (
            error(400, "Bad Request: wrong file_id or the file is temporarily unavailable"),
            ConnectionError,
            "unavailable",
        ),
        (ok({"file_id": "F", "file_unique_id": "U"}), MediaGone, ""),
        (ok({"file_id": "F", "file_unique_id": "U", "file_path": "/etc/passwd"}), MediaGone, ""),
        (error(401, "Unauthorized"), ConnectionError, "token"),
        (raw(500, ""), ConnectionError, "500"),
        (silence, ConnectionError, "timeout"),
    ],
    ids=["too big", "invalid", "for now", "no path", "a path", "token", "500", "silence"],
)
async def test_a_file_that_cannot_be_had(
    api: BotApi, answer: Answer, raised: type[Exception], code: str
) -> None:
    api.next("getFile", answer)
    async with a_bot(api.url) as bot:
        with pytest.raises(raised) as failed:
            await bot.channel.locate(PHOTO)
    assert str(failed.value) == code
    assert TOKEN not in repr(failed.value)


async def test_a_file_without_an_id_is_gone(api: BotApi) -> None:
    async with a_bot(api.url) as bot:
        with pytest.raises(MediaGone):
            await bot.channel.locate(MediaRef(type=MessageType.IMAGE))
