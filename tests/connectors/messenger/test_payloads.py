"""What Meta sends becomes events: every shape right, and no body, however damaged, raises."""

import copy
import json
import os
from dataclasses import fields
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.interface import BadBody
from connectors.messenger.context import WINDOW
from connectors.messenger.payloads import normalise
from core.events import EventKind, InboundEvent, MessageType
from tests.builders import NOON, at
from tests.connectors.messenger.shapes import ANNE, MS, PAGE, SHAPES, Shape, item, message, page

MUTATIONS = int(os.environ.get("RELAIS_TEST_MUTATIONS", "2000"))
SENT = at(-3600) + timedelta(milliseconds=250)


def seen(event: InboundEvent, field: str) -> Any:
    """A field of an event as the table writes it: its files by their addresses."""
    if field == "urls":
        return tuple(media.url for media in event.media)
    if field in ("url", "media_type"):
        (media,) = event.media
        return media.url if field == "url" else media.type
    return getattr(event, field)


@pytest.mark.parametrize(
    ("channel", "shape"), SHAPES, ids=[f"{channel}: {shape.name}" for channel, shape in SHAPES]
)
def test_every_shape_is_what_it_says(channel: str, shape: Shape) -> None:
    found = normalise(json.loads(json.dumps(shape.body)), now=NOON)
    assert len(found.events) == len(shape.events)
    for event, expected in zip(found.events, shape.events, strict=True):
        assert event.channel == channel
        assert {field: seen(event, field) for field in expected} == expected
    assert found.unknown == shape.unknown


def test_the_table_is_wide_enough() -> None:
    by_channel = [channel for channel, _ in SHAPES]
    assert len(SHAPES) >= 60
    assert by_channel.count("instagram") >= 25
    kinds = {event.kind for _, shape in SHAPES for event in normalise(shape.body, now=NOON).events}
    # A start is Telegram's, a system event WhatsApp's, and errors come with an answer here.
    assert kinds == set(EventKind) - {EventKind.START, EventKind.SYSTEM, EventKind.ERROR}


@pytest.mark.parametrize("body", [None, [], ["page"], "page", 1, True, 1.5])
def test_what_is_no_object_is_a_bad_body(body: object) -> None:
    with pytest.raises(BadBody):
        normalise(body, now=NOON)


def one(body: object) -> InboundEvent:
    (event,) = normalise(body, now=NOON).events
    return event


def test_milliseconds_and_seconds_are_the_same_moment() -> None:
    assert one(page(message(text="a"))).at == SENT
    for written in (MS // 1000, str(MS // 1000)):
        event = one(page(item(at=written, message={"mid": "m", "text": "a"})))
        assert event.at == SENT.replace(microsecond=0)


@pytest.mark.parametrize(
    "written", [0, -5, 10**30, "9" * 17, "٣" * 13, "hier", None, True, {}, 1.5, MS * 2]
)
def test_a_moment_that_cannot_be_is_the_entrys(written: object) -> None:
    event = one(page(item(at=written, message={"mid": "m", "text": "a"})))
    assert event.at == SENT + timedelta(milliseconds=50)


def test_what_a_person_does_opens_the_window_and_nothing_later_than_now() -> None:
    assert one(page(message(text="a"))).window_ends_at == SENT + WINDOW
    ahead = MS + 3_600_000 + 60_000
    event = one(page(item(at=ahead, message={"mid": "m", "text": "a"})))
    assert (event.at, event.window_ends_at) == (NOON, NOON + WINDOW)
    assert one(page(item(read={"watermark": MS}))).window_ends_at is None


def test_a_redelivery_has_the_same_id_whenever_it_comes() -> None:
    for _, shape in SHAPES:
        first = normalise(shape.body, now=NOON).events
        again = normalise(copy.deepcopy(shape.body), now=at(5000)).events
        assert [event.event_id for event in first] == [event.event_id for event in again]


def test_what_makes_an_event_new_is_in_its_id() -> None:
    different = [
        page(message("m_1", text="a")),
        page(message("m_2", text="a")),
        page(message("m_1", text="a"), key="standby"),
        page(message("m_1", is_deleted=True)),
        page(item(message_edit={"mid": "m_1", "text": "b", "num_edit": 1})),
        page(item(message_edit={"mid": "m_1", "text": "c", "num_edit": 2})),
        page(item(read={"mid": "m_1"})),
        page(item(delivery={"mids": ["m_1"]})),
        page(item(reaction={"mid": "m_1", "action": "react", "emoji": "❤"})),
        page(item(reaction={"mid": "m_1", "action": "unreact"})),
        page(item(at=MS + 1, reaction={"mid": "m_1", "action": "react", "emoji": "❤"})),
        page(item(postback={"payload": "A"})),
        page(item(postback={"payload": "B"})),
        page(item("someone", postback={"payload": "A"})),
        page(item(at=MS + 1, postback={"payload": "A"})),
        page(item(referral={"ref": "A"})),
        page(item(referral={"ref": "B"})),
    ]
    assert len({one(body).event_id for body in different}) == len(different)


def test_a_receipt_up_to_a_moment_is_dated_by_it() -> None:
    earlier = MS - 60_000
    event = one(page(item(read={"watermark": earlier})))
    assert event.at == SENT - timedelta(minutes=1)


def test_sizes_are_bounded() -> None:
    event = one(page(message("m" * 5000, text="é" * 50_000)))
    assert event.id is None
    assert event.text == "é" * 16_384


def test_no_unknown_word_holds_anything_of_a_person() -> None:
    body = page(item(**{"Anne Martin, 0612345678": {"a": 1}}), attached_odd())
    found = normalise(body, now=NOON)
    assert set(found.unknown) == {"other", "attachment.other"}
    many = page(*(item(**{f"field_{chr(97 + n % 26)}{'x' * (n // 26)}": 1}) for n in range(100)))
    assert len(normalise(many, now=NOON).unknown) <= 20


def attached_odd() -> dict[str, Any]:
    return message(attachments=[{"type": "https://example.org/?q=Anne"}])


# Damage

LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(),
    st.text(max_size=20),
    st.sampled_from(
        ["", "0", "\ud800", ANNE, PAGE, "m_1", "page", "instagram", "sticker", "react"]
    ),
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["id", "mid", "text", "type", "payload", "url"]), inner),
    ),
    max_leaves=6,
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a body, the whole of it included."""
    found = [path]
    if isinstance(value, (dict, list)):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            found += places(inner, (*path, key))
    return found


@st.composite
def damaged(draw: st.DrawFn) -> Any:
    """A body of the table, with up to four of its places replaced, removed, doubled or renamed."""
    _, shape = draw(st.sampled_from(SHAPES))
    body = copy.deepcopy(shape.body)
    for _ in range(draw(st.integers(1, 4))):
        path = draw(st.sampled_from(places(body)))
        if not path:
            if draw(st.integers(0, 20)) == 0:
                return draw(VALUES)
            continue
        parent = body
        for key in path[:-1]:
            parent = parent[key]
        key = path[-1]
        match draw(st.sampled_from(["replace", "replace", "remove", "double", "rename"])):
            case "replace":
                parent[key] = draw(VALUES)
            case "remove":
                del parent[key]
            case "double" if isinstance(parent, list):
                parent.insert(key, copy.deepcopy(parent[key]))
            case "rename" if isinstance(parent, dict):
                parent[draw(st.text(max_size=10))] = parent.pop(key)
            case _:
                pass
    return body


WORDS = {field.name for field in fields(InboundEvent)} - {"at", "window_ends_at", "media"}


@pytest.mark.timeout(120 + MUTATIONS / 10)
@settings(
    max_examples=MUTATIONS,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(damaged())
def test_no_damage_raises_or_breaks_the_vocabulary(body: Any) -> None:
    try:
        found = normalise(body, now=NOON)
    except BadBody:
        assert not isinstance(body, dict)
        return
    assert len({event.event_id for event in found.events}) == len(found.events)
    for event in found.events:
        assert event.at <= NOON
        assert event.type is None or event.type in MessageType
        assert event.event_id
        for name in WORDS:
            value = getattr(event, name)
            if isinstance(value, str):
                value.encode()
            else:
                assert value is None or isinstance(value, (bool, tuple)), name
