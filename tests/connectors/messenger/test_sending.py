"""Sending over the Graph API: what goes out, and what becomes of a message that it refuses."""

import hashlib
import hmac
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
import structlog

from connectors.degrade import utf8_length
from connectors.interface import Checks, Connector, MediaGone, MediaSource, ShowsPresence
from connectors.messenger.channel import LATE, PageChannel
from connectors.messenger.connector import MessengerAndInstagram
from core.conversation import Author, Choice, Contact, Message
from core.events import MediaRef, MessageType
from core.ids import ContactId
from core.ports import (
    Ambiguous,
    Channel,
    Errand,
    Failed,
    Held,
    Paused,
    Retry,
    SendOutcome,
    Sent,
)
from tests.builders import NOON, a_conversation, a_message
from tests.connectors.messenger.graph_api import (
    GraphApi,
    Reply,
    graph_api,
    hangs,
    hangs_up,
    refuses,
    says,
)
from tests.connectors.messenger.house import SECRET, TOKEN, a_connector
from tests.connectors.messenger.shapes import ANNE, GRAM, PAGE

OPEN = NOON + timedelta(hours=1)
CLOSED = NOON - timedelta(hours=1)
PROOF = hmac.new(SECRET.encode(), TOKEN.encode(), hashlib.sha256).hexdigest()
YES_NO = (Choice("yes", "Oui"), Choice("no", "Non"))


def anne(channel: str = "messenger") -> Contact:
    account = PAGE if channel == "messenger" else GRAM
    return Contact(
        id=ContactId("c"), channel=channel, account=account, address=ANNE, created_at=NOON
    )


def written(text: str, author: Author = Author.BOT, **fields: Any) -> Message:
    return a_message(a_conversation(anne()), 1, text=text, author=author, **fields)


@dataclass
class Line:
    """The line to Anne, and the API at its other end."""

    api: GraphApi
    connector: MessengerAndInstagram

    def channel(self, name: str = "messenger") -> PageChannel:
        (found,) = (each for each in self.connector.channels if each.name == name)
        assert isinstance(found, PageChannel)
        return found

    def errand(
        self,
        text: str = "Bonjour",
        author: Author = Author.BOT,
        *,
        name: str = "messenger",
        window: datetime | None = OPEN,
        tried: str | None = None,
        **fields: Any,
    ) -> Errand:
        message = written(text, author, **fields)
        (part,) = self.channel(name).parts(message)
        return Errand(
            contact=anne(name),
            message=message,
            part=part,
            now=NOON,
            window_ends_at=window,
            tried=tried,
        )

    async def send(self, *args: Any, name: str = "messenger", **fields: Any) -> SendOutcome:
        return await self.channel(name).send(self.errand(*args, name=name, **fields))

    async def told(self, reply: Reply, author: Author = Author.BOT, **fields: Any) -> SendOutcome:
        """What a message comes to when the API says this."""
        self.api.replies.append(reply)
        return await self.send("Bonjour", author, **fields)


@pytest.fixture
async def line() -> AsyncIterator[Line]:
    async with graph_api() as api, a_connector(api.url) as (connector, _):
        yield Line(api, connector)


# What goes out


async def test_an_answer_in_the_window(line: Line) -> None:
    bonjour = line.errand("Bonjour", choices=YES_NO)
    assert await line.channel("messenger").send(bonjour) == Sent("m_1")
    (call,) = line.api.calls
    assert (call.method, call.url) == ("POST", "/v25.0/me/messages")
    assert call.body == {
        "recipient": {"id": ANNE},
        "messaging_type": "RESPONSE",
        "message": {
            "text": "Bonjour",
            # The echo tells it back: so one is known whose sending had no answer.
            "metadata": bonjour.message.id,
            "quick_replies": [
                {"content_type": "text", "title": "Oui", "payload": "yes"},
                {"content_type": "text", "title": "Non", "payload": "no"},
            ],
        },
        "appsecret_proof": PROOF,
    }


async def test_only_the_last_part_has_a_name(line: Line) -> None:
    await line.channel("messenger").send(replace(line.errand("Bonjour"), last=False))
    assert line.api.bodies[0]["message"] == {"text": "Bonjour"}


async def test_the_page_speaks_for_its_instagram_account(line: Line) -> None:
    assert await line.send("Bonjour", name="instagram") == Sent("m_1")
    assert line.api.calls[0].url == "/v25.0/me/messages"
    assert line.api.bodies[0]["message"] == {"text": "Bonjour"}


async def test_without_an_id_instagram_is_off() -> None:
    async with a_connector("http://127.0.0.1:9", instagram_id=None) as (connector, _):
        assert [channel.name for channel in connector.channels] == ["messenger"]


async def test_the_token_is_in_a_header_and_nowhere_else(
    line: Line, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG), structlog.testing.capture_logs() as logs:
        await line.told(refuses(190, status=401))
        await line.told(refuses(100, 33))
        await line.channel().check()
        await line.channel().show_seen(anne(), "m_1", typing=True)
        await line.send("un secret", Author.LISTENER, window=CLOSED)
    for call in line.api.calls:
        assert call.headers["Authorization"] == f"Bearer {TOKEN}"
        assert TOKEN not in call.url
        assert TOKEN not in str(call.body)
        assert PROOF in (call.url if call.method == "GET" else str(call.body))
    # The access log is the API's here, not ours.
    ours = [record for record in caplog.records if record.name != "aiohttp.access"]
    said = str(logs) + "".join(record.getMessage() for record in ours)
    for word in (TOKEN, SECRET, PROOF, "secret", ANNE, "Martin"):
        assert word not in said


async def test_a_long_text_is_cut_to_what_each_platform_takes(line: Line) -> None:
    text = " ".join(f"Phrase numéro {n}, écrite en français." for n in range(200))
    message = written(text, choices=YES_NO)
    parts = line.channel().parts(message)
    assert len(parts) > 3
    assert all(len(part.text) <= 2000 for part in parts)
    assert [part.choices for part in parts] == [()] * (len(parts) - 1) + [YES_NO]
    smaller = line.channel("instagram").parts(message)
    assert len(smaller) > len(parts)
    assert all(utf8_length(part.text) <= 1000 for part in smaller)
    assert " ".join(part.text for part in smaller) == text


async def test_thirteen_choices_are_buttons_and_fourteen_are_numbers(line: Line) -> None:
    choices = tuple(Choice(f"c{n}", f"Choix {n}") for n in range(14))
    (buttons,) = line.channel().parts(written("Lequel ?", choices=choices[:13]))
    assert len(buttons.choices) == 13
    (numbers,) = line.channel().parts(written("Lequel ?", choices=choices))
    assert numbers.choices == ()
    assert numbers.text.endswith("\n14. Choix 13")
    long = (Choice("a", "x" * 21),)
    (words,) = line.channel().parts(written("Lequel ?", choices=long))
    assert words.text == f"Lequel ?\n1. {'x' * 21}"


# The window


@pytest.mark.parametrize("author", [Author.BOT, Author.SERVICE])
async def test_a_machine_does_not_write_when_the_window_is_closed(
    line: Line, author: Author
) -> None:
    assert await line.send("Bonjour", author, window=CLOSED) == Failed("window_closed")
    assert await line.send("Bonjour", author, window=NOON) == Failed("window_closed")
    assert line.api.calls == []


async def test_a_listener_may_answer_for_seven_days(line: Line) -> None:
    moment = timedelta(seconds=1)
    assert await line.send("Me voilà", Author.LISTENER, window=NOON - LATE + moment) == Sent("m_1")
    assert line.api.bodies[0]["messaging_type"] == "MESSAGE_TAG"
    assert line.api.bodies[0]["tag"] == "HUMAN_AGENT"
    late = await line.send("Me voilà", Author.LISTENER, window=NOON - LATE)
    assert late == Held("window_closed")
    assert len(line.api.calls) == 1


async def test_in_the_window_a_listener_needs_no_tag(line: Line) -> None:
    for window in (OPEN, None):
        assert isinstance(await line.send("Oui", Author.LISTENER, window=window), Sent)
    assert [body["messaging_type"] for body in line.api.bodies] == ["RESPONSE", "RESPONSE"]
    assert not any("tag" in body for body in line.api.bodies)


@pytest.mark.parametrize(("code", "subcode"), [(10, 2018278), (10, 2534022), (10, 2018065)])
async def test_a_window_closed_before_its_time(line: Line, code: int, subcode: int) -> None:
    closed = refuses(code, subcode)
    assert await line.told(closed) == Failed("window_closed")
    # A listener's answer is tried again as a late one, and waits if that is refused too.
    again = await line.told(closed, Author.LISTENER)
    assert again == Retry("tag_needed", timedelta(0))
    assert isinstance(await line.send("Oui", Author.LISTENER, tried="tag_needed"), Sent)
    assert line.api.bodies[-1]["tag"] == "HUMAN_AGENT"
    assert await line.told(closed, Author.LISTENER, tried="tag_needed") == Held("window_closed")
    assert await line.told(closed, Author.LISTENER, window=CLOSED) == Held("window_closed")


async def test_without_the_permission_late_answers_wait_and_the_channel_goes_on(line: Line) -> None:
    late = await line.told(refuses(10), Author.LISTENER, window=CLOSED)
    assert late == Held("no_human_agent")


# Refusals


@pytest.mark.parametrize(
    ("reply", "outcome"),
    [
        # Not this person, not any more.
        (refuses(551), Failed("unavailable", stop=True)),
        (refuses(200, 1545041), Failed("unavailable", stop=True)),
        (refuses(551, 1545041), Failed("unavailable", stop=True)),
        (refuses(10, 2018108), Failed("unavailable", stop=True)),
        (refuses(100, 2018001), Failed("unavailable", stop=True)),
        (refuses(100, 2534014), Failed("unavailable", stop=True)),
        # Not this message.
        (refuses(100), Failed("graph_100")),
        (refuses(100, 2018034), Failed("graph_100_2018034")),
        (refuses(10, 9999999), Failed("graph_10_9999999")),
        # Not now.
        (refuses(1), Retry("platform")),
        (refuses(2, status=500), Retry("platform")),
        (refuses(1200), Retry("platform")),
        (refuses(77, status=503), Retry("platform")),
        (refuses(4), Retry("rate")),
        (refuses(613), Retry("rate")),
        (refuses(80006, Retry_After="90"), Retry("rate", timedelta(seconds=90))),
        (refuses(613, Retry_After="999999"), Retry("rate", timedelta(hours=1))),
        (refuses(613, Retry_After="soon"), Retry("rate")),
        (
            refuses(
                80006,
                X_Business_Use_Case_Usage=f'{{"{PAGE}": [{{"type": "messenger", '
                '"estimated_time_to_regain_access": 7}]}',
            ),
            Retry("rate", timedelta(minutes=7)),
        ),
        (refuses(4, X_Business_Use_Case_Usage="{[" * 50), Retry("rate")),
        (says(b"slow down", status=429), Retry("rate")),
        (says(b"Service Unavailable", status=503), Retry("platform")),
        (says({}, status=500), Retry("platform")),
        # Somebody on the way.
        (says(b"<html>", status=403), Retry("http_403", timedelta(minutes=5))),
        (
            says(b"", status=302, headers={"Location": "/elsewhere"}),
            Retry("http_302", timedelta(minutes=5)),
        ),
        # Nobody, until a person has looked.
        (refuses(613, 2018338), Paused("abuse")),
        (refuses(368), Paused("abuse")),
        (refuses(190, status=401), Paused("token")),
        (refuses(190, 463), Paused("token")),
        (says({}, status=401), Paused("token")),
        (refuses(10), Paused("permission")),
        (refuses(200, status=403), Paused("permission")),
        # Who knows?
        (says(b"Gateway Timeout", status=504), Ambiguous("http_504")),
        (says(b"Bad Gateway", status=502), Ambiguous("http_502")),
        (says(b"<html>welcome to the hotel</html>"), Ambiguous("no_message_id")),
        (says(b"[" * 3000), Ambiguous("no_message_id")),
        (says(b" " * 100_000), Ambiguous("no_message_id")),
        (says({"recipient_id": ANNE}), Ambiguous("no_message_id")),
        (hangs_up, Ambiguous("timeout")),
    ],
)
async def test_every_refusal_has_its_outcome(
    line: Line, reply: Reply, outcome: SendOutcome
) -> None:
    assert await line.told(reply) == outcome
    assert len(line.api.calls) == 1, "sent once, whatever became of it"


async def test_an_api_that_does_not_answer_may_have_taken_it() -> None:
    async with graph_api() as api, a_connector(api.url, answer_within=0.5) as (connector, _):
        line = Line(api, connector)
        assert await line.told(hangs) == Ambiguous("timeout")
        api.replies += [hangs, hangs]
        assert await line.channel().check() == "unreachable"
        await line.channel().show_seen(anne(), "m_1", typing=True)
    assert len(api.calls) == 3


async def test_nobody_at_the_other_end_means_that_nothing_was_sent() -> None:
    async with graph_api() as api:
        url = api.url
    async with a_connector(url) as (connector, _):
        line = Line(api, connector)
        assert await line.send() == Retry("unreachable")
        assert await line.channel().check() == "unreachable"
        await line.channel().show_seen(anne(), "m", typing=True)
    assert await line.send() == Retry("unreachable"), "closed"


# The thread is another application's


@pytest.mark.parametrize(("code", "subcode"), [(10, 2018300), (10, 2018321), (100, 2534037)])
async def test_a_machine_waits_for_the_thread_once(line: Line, code: int, subcode: int) -> None:
    first = await line.told(refuses(code, subcode))
    assert first == Retry("not_thread_owner", timedelta(minutes=1))
    again = await line.told(refuses(code, subcode), tried="not_thread_owner")
    assert again == Failed("not_thread_owner")
    assert len(line.api.calls) == 2


async def test_a_listener_who_answers_takes_the_thread(line: Line) -> None:
    line.api.replies += [refuses(10, 2018300), says({"success": True})]
    first = await line.send("Me voilà", Author.LISTENER)
    assert first == Retry("not_thread_owner", timedelta(seconds=2))
    assert line.api.calls[1].url == "/v25.0/me/take_thread_control"
    assert line.api.bodies[1] == {"recipient": {"id": ANNE}, "appsecret_proof": PROOF}
    sent = await line.send("Me voilà", Author.LISTENER, tried="not_thread_owner")
    assert sent == Sent("m_3")


async def test_a_listener_who_may_not_take_it_waits(line: Line) -> None:
    line.api.replies += [refuses(10, 2018300), refuses(200)]
    first = await line.send("Me voilà", Author.LISTENER)
    assert first == Retry("not_thread_owner", timedelta(minutes=5))
    again = await line.told(refuses(10, 2018300), Author.LISTENER, tried="not_thread_owner")
    assert again == Retry("not_thread_owner", timedelta(minutes=5))
    assert len(line.api.calls) == 3, "the thread is not fought over"


# Rates, presence, health, files


async def test_a_call_that_would_wait_too_long_is_put_off() -> None:
    async with graph_api() as api, a_connector(api.url, calls_per_second=0.1) as (connector, _):
        line = Line(api, connector)
        assert await line.send() == Sent("m_1")
        assert await line.send() == Retry("rate", timedelta(seconds=2))
        assert await line.send(name="instagram") == Sent("m_2"), "each account has its own rate"
    assert len(api.calls) == 2


async def test_presence_is_shown_and_never_fails(line: Line) -> None:
    await line.channel().show_seen(anne(), "m_1", typing=True)
    await line.channel().show_seen(anne(), "m_1", typing=False)
    actions = [body["sender_action"] for body in line.api.bodies]
    assert actions == ["mark_seen", "typing_on", "mark_seen"]
    line.api.replies += [refuses(190), hangs_up]
    for _ in range(2):
        await line.channel().show_seen(anne(), None, typing=False)


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (says({"id": PAGE}), None),
        (refuses(190, status=401), "token"),
        (refuses(2, status=500), "unreachable"),
        (refuses(100, 33), "refused"),
    ],
)
async def test_the_channel_knows_how_it_is(line: Line, reply: Reply, code: str | None) -> None:
    line.api.replies.append(reply)
    assert await line.channel("instagram").check() == code
    (call,) = line.api.calls
    assert (call.method, call.url.split("?")[0]) == ("GET", "/v25.0/me")


async def test_a_file_is_where_the_message_said(line: Line) -> None:
    channel = line.channel()
    place = await channel.locate(MediaRef(type=MessageType.IMAGE, url="https://x.fbcdn.net/a"))
    assert (place.url, dict(place.headers)) == ("https://x.fbcdn.net/a", {})
    with pytest.raises(MediaGone):
        await channel.locate(MediaRef(type=MessageType.IMAGE))
    assert ".fbcdn.net" in channel.media_hosts


async def test_it_is_what_the_gateway_expects(line: Line) -> None:
    connector: Connector = line.connector
    for channel in connector.channels:
        sends: Channel = channel
        assert not sends.repeatable
        assert isinstance(channel, MediaSource)
        assert isinstance(channel, ShowsPresence)
        assert isinstance(channel, Checks)
