"""Sending on WhatsApp, through the real pywa, to a Graph API that misbehaves."""

import asyncio
import logging
import time
from datetime import timedelta
from typing import Any

import pytest

from connectors.interface import MediaGone, MediaPlace
from connectors.whatsapp.connector import WhatsApp
from connectors.whatsapp.pace import Pace
from core.conversation import Author, Choice
from core.events import MediaRef, MessageType
from core.ports import Ambiguous, Failed, Held, Paused, Retry, SendOutcome, Sent
from tests.builders import NOON, a_conversation, an_answer, at
from tests.connectors.whatsapp.conftest import TOKEN, Make, Told, errand, lea
from tests.connectors.whatsapp.fake_graph import FakeGraph
from tests.connectors.whatsapp.shapes import GROUP, LEA, LEA_ID, PHONE_ID, WAMID

CLOSED: dict[str, Any] = {"window_ends_at": NOON}


def choices(count: int, title: str = "Choix") -> list[Choice]:
    return [Choice(f"choix_{number}", f"{title} {number}") for number in range(1, count + 1)]


# What is sent


async def test_text_goes_to_the_person_from_our_number(
    whatsapp: WhatsApp, graph: FakeGraph
) -> None:
    bonjour = errand("Bonjour")
    assert await whatsapp.send(bonjour) == Sent("wamid.1")
    (asked,) = graph.asked
    assert asked.path == f"/v25.0/{PHONE_ID}/messages"
    assert asked.token == f"Bearer {TOKEN}"
    assert asked.body == {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": LEA,
        "type": "text",
        "text": {"body": "Bonjour", "preview_url": False},
        # Receipts tell it back: so one is known whose sending had no answer.
        "biz_opaque_callback_data": bonjour.message.id,
    }


async def test_only_the_last_part_has_a_name(whatsapp: WhatsApp, graph: FakeGraph) -> None:
    await whatsapp.send(errand("Bonjour", last=False))
    (sent,) = graph.sent
    assert "biz_opaque_callback_data" not in sent


@pytest.mark.parametrize("bsuid", [LEA_ID, "FR.abcDEF123", "FR.ENT.11815799212886844830"])
async def test_a_person_without_a_number_is_reached_by_their_id(
    whatsapp: WhatsApp, graph: FakeGraph, bsuid: str
) -> None:
    await whatsapp.send(errand(to=lea(bsuid)))
    (sent,) = graph.sent
    assert (sent["recipient"], sent["recipient_type"]) == (bsuid, "individual")
    assert "to" not in sent


@pytest.mark.parametrize("address", ["", "léa", "../1", GROUP, "33612345678\n"])
async def test_nothing_is_sent_to_what_is_no_address(
    whatsapp: WhatsApp, graph: FakeGraph, address: str
) -> None:
    assert await whatsapp.send(errand(to=lea(address))) == Failed("address")
    assert graph.asked == []


async def test_the_answer_comes_from_the_number_that_was_written_to(
    whatsapp: WhatsApp, graph: FakeGraph
) -> None:
    await whatsapp.send(errand(to=lea(account="222")))
    await whatsapp.send(errand(to=lea(account="../me")))
    assert [asked.path.split("/")[2] for asked in graph.asked] == ["222", PHONE_ID]


async def test_three_short_choices_are_buttons(whatsapp: WhatsApp, graph: FakeGraph) -> None:
    await whatsapp.send(errand("Tu veux parler ?", *choices(3)))
    interactive = graph.sent[0]["interactive"]
    assert (interactive["type"], interactive["body"]) == ("button", {"text": "Tu veux parler ?"})
    assert interactive["action"]["buttons"][2] == {
        "type": "reply",
        "reply": {"id": "choix_3", "title": "Choix 3"},
    }


@pytest.mark.parametrize("offered", [choices(4), choices(10), choices(2, "Un titre un peu long")])
async def test_more_or_longer_choices_are_a_list(
    whatsapp: WhatsApp, graph: FakeGraph, offered: list[Choice]
) -> None:
    await whatsapp.send(errand("De quoi s'agit-il ?", *offered))
    interactive = graph.sent[0]["interactive"]
    assert (interactive["type"], interactive["action"]["button"]) == ("list", "Choisir")
    (section,) = interactive["action"]["sections"]
    assert section["rows"] == [{"id": offer.id, "title": offer.title} for offer in offered]


@pytest.mark.parametrize("offered", [choices(11), choices(2, "Un titre bien trop long pour ça")])
def test_choices_that_fit_neither_are_numbered(whatsapp: WhatsApp, offered: list[Choice]) -> None:
    message = an_answer(a_conversation(lea()), 1, text="Alors ?", choices=tuple(offered))
    (part,) = whatsapp.parts(message)
    assert part.choices == ()
    assert part.text.splitlines()[:2] == ["Alors ?", f"1. {offered[0].title}"]


def test_a_long_text_is_cut_to_what_whatsapp_takes(whatsapp: WhatsApp) -> None:
    message = an_answer(
        a_conversation(lea()), 1, text="Une phrase. " * 500, choices=tuple(choices(2))
    )
    parts = whatsapp.parts(message)
    assert all(len(part.text) <= 4096 for part in parts)
    assert len(parts[-1].text) <= 1024
    assert [bool(part.choices) for part in parts] == [*[False] * (len(parts) - 1), True]


# What goes wrong

REFUSALS: list[tuple[int, int, SendOutcome]] = [
    *((code, 400, Retry(str(code))) for code in (1, 2, 4, 80007, 130429)),
    *((code, 500, Retry(str(code))) for code in (131000, 131016, 131057)),
    (131056, 400, Retry("131056", timedelta(seconds=6))),
    *((code, 400, Failed(str(code))) for code in (131026, 131049, 131050, 131062)),
    *((code, 400, Failed(str(code))) for code in (100, 130472, 131009, 131051, 132001)),
    *((code, 400, Failed(str(code), stop=True)) for code in (130497, 131021)),
    *((code, 401, Paused("token")) for code in (0, 190)),
    *((code, 403, Paused("token")) for code in (10, 131005, 200, 299)),
    (3, 500, Paused("token")),
    (777, 401, Paused("token")),
    *((code, 400, Paused("abuse")) for code in (131048, 131064)),
    *((code, 403, Paused("account")) for code in (33, 368, 131031, 131037, 131042, 133010)),
    (777, 500, Retry("777")),
    (777, 503, Retry("777")),
    (777, 429, Retry("777")),
    (777, 400, Failed("777")),
]


@pytest.mark.parametrize(("code", "status", "outcome"), REFUSALS)
async def test_each_refusal_has_its_outcome(
    whatsapp: WhatsApp, graph: FakeGraph, code: int, status: int, outcome: SendOutcome
) -> None:
    graph.refuses(code, status)
    assert await whatsapp.send(errand()) == outcome
    assert len(graph.sent) == 1


@pytest.mark.parametrize(
    ("asked", "wait"),
    [("17", 17.0), ("999999", 3600.0), ("soon", None), ("-1", None), ("9" * 400, None)],
)
async def test_the_wait_that_meta_asks_for_is_passed_on(
    whatsapp: WhatsApp, graph: FakeGraph, asked: str, wait: float | None
) -> None:
    graph.refuses(130429, 429, Retry_After=asked)
    after = None if wait is None else timedelta(seconds=wait)
    assert await whatsapp.send(errand()) == Retry("130429", after)


async def test_a_number_that_is_gone_pauses_the_channel_only_if_it_is_ours(
    whatsapp: WhatsApp, graph: FakeGraph
) -> None:
    graph.refuses(100, 400, subcode=33)
    assert await whatsapp.send(errand()) == Paused("account")
    graph.refuses(100, 400, subcode=33)
    assert await whatsapp.send(errand(to=lea(account="123456123"))) == Failed("account")


ODD_ANSWERS: list[tuple[int, Any, SendOutcome]] = [
    (500, "<html>", Retry("500")),
    (503, {}, Retry("503")),
    (429, "", Retry("429")),
    (401, "", Paused("token")),
    (404, "", Failed("404")),
    (500, {"error": "broken"}, Ambiguous("response")),
    (400, {"error": {"code": "x", "message": ""}}, Ambiguous("response")),
    (200, "", Ambiguous("response")),
    (200, {}, Ambiguous("response")),
    (200, {"messages": []}, Ambiguous("response")),
    (200, {"messages": [{}]}, Ambiguous("response")),
    (200, {"messages": [{"id": None}]}, Ambiguous("response")),
    (200, {"messages": [{"id": "wamid.x"}]}, Sent("wamid.x")),
    (200, [], Ambiguous("response")),
]


@pytest.mark.parametrize(("status", "answer", "outcome"), ODD_ANSWERS)
async def test_an_answer_of_another_form_is_not_taken_for_success(
    whatsapp: WhatsApp, graph: FakeGraph, status: int, answer: Any, outcome: SendOutcome
) -> None:
    graph.answers_with(status, answer)
    assert await whatsapp.send(errand()) == outcome


async def test_no_answer_in_time_leaves_the_message_unknown(
    whatsapp: WhatsApp, graph: FakeGraph
) -> None:
    graph.hangs()
    assert await whatsapp.send(errand()) == Ambiguous("timeout")
    assert len(graph.sent) == 1


async def test_a_cut_after_the_request_leaves_the_message_unknown(
    whatsapp: WhatsApp, graph: FakeGraph
) -> None:
    graph.cuts()
    assert await whatsapp.send(errand()) == Ambiguous("timeout")
    assert len(graph.sent) == 1


async def test_a_platform_that_nobody_answers_for_is_tried_again(
    make: Make, unused_tcp_port: int
) -> None:
    whatsapp = make(graph_url=f"http://127.0.0.1:{unused_tcp_port}")
    assert await whatsapp.send(errand()) == Retry("unreachable")


async def test_nothing_of_a_message_or_the_token_is_logged(
    whatsapp: WhatsApp, graph: FakeGraph, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    graph.refuses(190, 401)
    graph.hangs()
    await whatsapp.send(errand("un secret"))
    await whatsapp.send(errand("un secret"))
    await whatsapp.show_seen(lea(), WAMID, typing=True)
    for secret in ("un secret", TOKEN, LEA, WAMID, "did something"):
        assert secret not in caplog.text


# The window


async def test_a_listener_calls_the_person_back_by_the_template_once(
    whatsapp: WhatsApp, graph: FakeGraph
) -> None:
    late = errand(author=Author.LISTENER, **CLOSED)
    assert await whatsapp.send(late) == Held("window_closed")
    assert graph.sent[0]["type"] == "template"
    # It is not the message, whatever becomes of it.
    assert "biz_opaque_callback_data" not in graph.sent[0]
    assert graph.sent[0]["template"] == {"name": "reprise", "language": {"code": "fr"}}
    again = errand(author=Author.LISTENER, tried="window_closed", **CLOSED)
    assert await whatsapp.send(again) == Held("window_closed")
    assert len(graph.sent) == 1


@pytest.mark.parametrize("author", [Author.BOT, Author.SERVICE])
async def test_nobody_else_writes_outside_the_window(
    whatsapp: WhatsApp, graph: FakeGraph, author: Author
) -> None:
    assert await whatsapp.send(errand(author=author, **CLOSED)) == Failed("window_closed")
    assert graph.sent == []


async def test_without_a_template_a_listener_s_message_waits(make: Make, graph: FakeGraph) -> None:
    late = errand(author=Author.LISTENER, **CLOSED)
    assert await make(template=None).send(late) == Held("window_closed")
    assert graph.sent == []


async def test_a_window_that_meta_says_is_closed_is_closed(
    whatsapp: WhatsApp, graph: FakeGraph
) -> None:
    graph.refuses(131047)
    assert await whatsapp.send(errand(author=Author.LISTENER)) == Held("window_closed")
    assert [sent["type"] for sent in graph.sent] == ["text", "template"]
    graph.refuses(131047)
    assert await whatsapp.send(errand(author=Author.BOT)) == Failed("window_closed")


async def test_a_template_that_cannot_go_now_is_tried_again(
    whatsapp: WhatsApp, graph: FakeGraph
) -> None:
    late = errand(author=Author.LISTENER, **CLOSED)
    graph.refuses(131016, 500)
    assert await whatsapp.send(late) == Retry("131016")
    graph.refuses(190, 401)
    assert await whatsapp.send(late) == Paused("token")


@pytest.mark.parametrize("fault", ["refused", "unknown"])
async def test_a_template_that_was_refused_or_lost_is_not_sent_twice(
    whatsapp: WhatsApp, graph: FakeGraph, fault: str
) -> None:
    if fault == "refused":
        graph.refuses(132001, 404)
    else:
        graph.cuts()
    assert await whatsapp.send(errand(author=Author.LISTENER, **CLOSED)) == Held("window_closed")


async def test_the_window_is_open_to_its_last_moment(whatsapp: WhatsApp, graph: FakeGraph) -> None:
    assert await whatsapp.send(errand(window_ends_at=at(0.001))) == Sent("wamid.1")
    assert await whatsapp.send(errand(window_ends_at=None)) == Sent("wamid.2")


# The pace


async def test_after_a_burst_to_one_person_the_next_message_waits_its_turn(
    make: Make, graph: FakeGraph
) -> None:
    whatsapp = make(pace=Pace(burst=3, apart=600))
    outcomes = [await whatsapp.send(errand()) for _ in range(4)]
    assert outcomes[3] == Retry("rate", timedelta(seconds=600))
    assert len(graph.sent) == 3
    assert isinstance(await whatsapp.send(errand(to=lea("33699999999"))), Sent)


async def test_a_short_wait_is_waited() -> None:
    pace = Pace(burst=1, apart=0.2, patience=0.3)
    assert await pace.turn("a") is None
    began = time.monotonic()
    assert await pace.turn("a") is None
    assert 0.1 < time.monotonic() - began < 10


async def test_the_account_has_a_pace_too() -> None:
    pace = Pace(per_second=20, patience=0.2)
    waits = await asyncio.gather(*(pace.turn(str(number)) for number in range(60)))
    assert 20 <= waits.count(None) <= 30
    assert set(waits) == {None, timedelta(seconds=0.2)}


async def test_whoever_is_silent_for_long_is_forgotten() -> None:
    pace = Pace(per_second=10_000, people=10)
    for number in range(50):
        await pace.turn(str(number))
    assert len(pace) == 10


def test_the_pace_is_what_meta_allows() -> None:
    pace = Pace()
    assert (pace._all.max_rate, pace._all.time_period) == (80, 1)
    one = pace._limiter("a")
    assert (one.max_rate, one.time_period) == (45, 270)


# Presence, groups, health, files


async def test_a_message_is_marked_as_read_and_writing_is_shown(
    whatsapp: WhatsApp, graph: FakeGraph
) -> None:
    await whatsapp.show_seen(lea(), WAMID, typing=True)
    await whatsapp.show_seen(lea(), WAMID, typing=False)
    await whatsapp.show_seen(lea(), None, typing=True)
    read = {"messaging_product": "whatsapp", "status": "read", "message_id": WAMID}
    assert graph.sent == [{**read, "typing_indicator": {"type": "text"}}, read]


async def test_presence_never_raises_and_never_lingers(
    make: Make, graph: FakeGraph, told: Told
) -> None:
    whatsapp = make(answer_within=30)
    graph.hangs()
    began = time.monotonic()
    await whatsapp.show_seen(lea(), WAMID, typing=True)
    assert time.monotonic() - began < 20
    for _ in range(2):
        graph.cuts()
    graph.refuses(190, 401)
    graph.answers_with(200, "nothing")
    for _ in range(4):
        await whatsapp.show_seen(lea(), WAMID, typing=False)
    assert set(told.counted) == {("whatsapp", "presence")}


async def test_a_group_is_told_that_we_only_talk_in_private(
    whatsapp: WhatsApp, graph: FakeGraph
) -> None:
    await whatsapp.refuse_group(GROUP)
    (sent,) = graph.sent
    assert (sent["to"], sent["recipient_type"]) == (GROUP, "group")
    assert sent["text"]["body"] == "On ne parle qu'en privé."
    # Once is enough, and a refusal is nobody's trouble.
    await whatsapp.refuse_group(GROUP)
    assert len(graph.sent) == 1
    graph.refuses(131020, 400)
    await whatsapp.refuse_group(f"{GROUP}2")


async def test_the_number_is_checked(whatsapp: WhatsApp, graph: FakeGraph) -> None:
    assert await whatsapp.check() is None
    assert graph.asked[0].path == f"/v25.0/{PHONE_ID}"
    for code, status in ((190, 401), (100, 400), (10, 403)):
        graph.refuses(code, status)
        assert await whatsapp.check() == "token"
    graph.refuses(2, 503)
    graph.cuts()
    graph.hangs()
    graph.answers_with(200, "<html>")
    assert {await whatsapp.check() for _ in range(4)} == {"unreachable"}


IMAGE = MediaRef(type=MessageType.IMAGE, id="2754859441498128", url="https://evil.example/x")


def place(graph: FakeGraph, host: str) -> str:
    """The fake speaks plain HTTP, so its files do too."""
    url = f"http://{host}/whatsapp_business/attachments/?mid=1"
    graph.answers_with(200, {"url": url, "mime_type": "image/jpeg", "id": "1"})
    return url


@pytest.mark.parametrize("host", ["lookaside.fbsbx.com", "eu.files.example"])
async def test_a_file_is_found_by_its_id(whatsapp: WhatsApp, graph: FakeGraph, host: str) -> None:
    url = place(graph, host)
    assert await whatsapp.locate(IMAGE) == MediaPlace(url, {"Authorization": f"Bearer {TOKEN}"})
    assert graph.asked[0].path == "/v25.0/2754859441498128"
    assert "lookaside.fbsbx.com" in whatsapp.media_hosts


@pytest.mark.parametrize(
    "host", ["evil.example", "lookaside.fbsbx.com.evil.example", "xlookaside.fbsbx.com", "", "["]
)
async def test_our_token_is_not_given_to_another_host(
    whatsapp: WhatsApp, graph: FakeGraph, host: str
) -> None:
    place(graph, host)
    with pytest.raises((MediaGone, ConnectionError)):
        await whatsapp.locate(IMAGE)


@pytest.mark.parametrize("media_id", [None, "", "../me", "1/2", "1?x", "é"])
async def test_what_is_no_media_id_is_not_asked_for(
    whatsapp: WhatsApp, graph: FakeGraph, media_id: str | None
) -> None:
    with pytest.raises(MediaGone):
        await whatsapp.locate(MediaRef(type=MessageType.IMAGE, id=media_id))
    assert graph.asked == []


@pytest.mark.parametrize("subcode", [None, 33])
async def test_a_file_that_died_is_gone(
    whatsapp: WhatsApp, graph: FakeGraph, subcode: int | None
) -> None:
    graph.refuses(100, 400, subcode=subcode)
    with pytest.raises(MediaGone):
        await whatsapp.locate(IMAGE)


@pytest.mark.parametrize("code", [190, 4, 131016])
async def test_a_platform_that_fails_does_not_mean_that_the_file_is_gone(
    whatsapp: WhatsApp, graph: FakeGraph, code: int
) -> None:
    graph.refuses(code, 500)
    with pytest.raises(ConnectionError):
        await whatsapp.locate(IMAGE)
    graph.cuts()
    with pytest.raises(ConnectionError):
        await whatsapp.locate(IMAGE)
