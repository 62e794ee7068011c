"""WhatsApp bodies: documented shapes give their events, and nothing whatsoever raises."""

import copy
import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.interface import BadBody
from connectors.whatsapp.payloads import normalise
from core.events import InboundEvent, MediaRef, MessageType
from tests.builders import NOON
from tests.connectors.whatsapp.shapes import (
    LEA,
    OTHER,
    PRICED,
    SENT_AT,
    SHAPES,
    WAMID,
    Shape,
    a_message,
    a_status,
    body_of,
    change,
    file,
    incoming,
    receipts,
)

MUTATIONS = int(os.environ.get("RELAIS_TEST_MUTATIONS", "2000"))
SENT = datetime.fromtimestamp(SENT_AT, UTC)


def one(body: object) -> InboundEvent:
    (event,) = normalise(body, now=NOON).events
    return event


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.name)
def test_each_documented_body_gives_its_events(shape: Shape) -> None:
    read = normalise(shape.body, now=NOON)
    said = [
        {name: getattr(event, name) for name in expected}
        for event, expected in zip(read.events, shape.events, strict=True)
    ]
    assert said == shape.events
    assert read.unknown == shape.unknown
    assert len({event.event_id for event in read.events}) == len(read.events)


def test_there_are_shapes_enough() -> None:
    assert len(SHAPES) >= 60


@pytest.mark.parametrize("body", [None, [], "text", 3, True])
def test_what_is_no_object_is_a_bad_body(body: object) -> None:
    with pytest.raises(BadBody):
        normalise(body, now=NOON)


def test_a_message_opens_the_window_for_a_day() -> None:
    event = one(incoming(a_message()))
    assert event.at == SENT
    assert event.window_ends_at == SENT + timedelta(hours=24)


def test_a_receipt_opens_the_window_only_for_a_conversation_that_the_person_began() -> None:
    served = one(receipts(a_status("sent", **PRICED)))
    assert served.window_ends_at == SENT + timedelta(hours=1)
    told = {"conversation": {**PRICED["conversation"], "origin": {"type": "utility"}}}
    assert one(receipts(a_status("sent", **told))).window_ends_at is None


def test_an_edit_is_a_new_event_each_time() -> None:
    def edited(at: int) -> str:
        edit = {"original_message_id": OTHER, "message": {"type": "text", "text": {"body": "a"}}}
        return one(incoming(a_message("edit", edit=edit) | {"timestamp": str(at)})).event_id

    assert edited(SENT_AT) == edited(SENT_AT)
    assert edited(SENT_AT) != edited(SENT_AT + 1)


def test_a_file_says_where_it_is() -> None:
    document = file("application/pdf", id="4", filename="a.pdf", url="https://example.org/4")
    assert one(incoming(a_message("document", document=document))).media == (
        MediaRef(
            type=MessageType.DOCUMENT,
            id="4",
            url="https://example.org/4",
            mime="application/pdf",
            filename="a.pdf",
        ),
    )


def test_the_same_message_on_two_of_our_numbers_is_two_events() -> None:
    other = change(messages=[a_message()], metadata={"phone_number_id": "2"})
    assert len(normalise(body_of(change(messages=[a_message()]), other), now=NOON).events) == 2


@pytest.mark.parametrize("timestamp", [str(SENT_AT), SENT_AT, str(SENT_AT * 1000), float(SENT_AT)])
def test_a_moment_is_read_however_it_is_written(timestamp: object) -> None:
    assert one(incoming(a_message() | {"timestamp": timestamp})).at == SENT


@pytest.mark.parametrize("timestamp", [None, "", "soon", "9" * 400, 1e300, "inf", "nan", -1, True])
def test_an_unreadable_moment_is_now(timestamp: object) -> None:
    assert one(incoming(a_message() | {"timestamp": timestamp})).at == NOON


def test_messages_without_an_id_are_kept_and_told_apart() -> None:
    plain = {key: value for key, value in a_message().items() if key != "id"}
    body = incoming(plain, plain | {"text": {"body": "au secours"}}, plain)
    events = normalise(body, now=NOON).events
    assert [event.text for event in events] == ["coucou", "au secours"]
    assert [event.sender for event in events] == [LEA, LEA]


def test_half_a_character_can_be_stored() -> None:
    event = one(incoming(a_message(text={"body": "a\ud83d"}) | {"id": "wamid.\udc00"}))
    assert (event.text, event.id) == ("a\ufffd", "wamid.\ufffd")
    assert event.event_id.encode()


def test_one_broken_item_does_not_hide_the_others() -> None:
    body = incoming(a_message())
    messages = body["entry"][0]["changes"][0]["value"]["messages"]
    messages[:0] = [None, [], "x"]
    body["entry"][:0] = [None, {"changes": ["x", None]}]
    read = normalise(body, now=NOON)
    assert [event.id for event in read.events] == [WAMID]
    assert read.unknown == ("change", "change", "messages", "messages", "messages")


# Mutations

JUNK: st.SearchStrategy[Any] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=20),
    st.sampled_from(["\ud800", "\x00", "9" * 5000, 10**400, -1, 1e308, [[[]]], {"": {}}]),
    st.lists(st.none(), max_size=2),
    st.dictionaries(st.text(max_size=5), st.integers(), max_size=2),
)


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every (container, key) in a body."""
    keys = (
        value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    )
    for key in list(keys):
        yield value, key
        yield from places(value[key])


@st.composite
def mutated_bodies(draw: st.DrawFn) -> Any:
    """A documented body with a few things dropped, retyped, doubled, nested or cut short."""
    body = copy.deepcopy(draw(st.sampled_from(SHAPES)).body)
    for _ in range(draw(st.integers(1, 4))):
        found = list(places(body))
        if not found:
            break
        holder, key = found[draw(st.integers(0, len(found) - 1))]
        value = holder[key]
        match draw(st.sampled_from(["drop", "retype", "double", "nest", "truncate", "swap"])):
            case "drop":
                del holder[key]
            case "retype":
                holder[key] = copy.deepcopy(draw(JUNK))
            case "double":
                holder[key] = [value, copy.deepcopy(value)]
            case "nest":
                holder[key] = {str(key): value}
            case "truncate" if isinstance(value, (str, list)):
                holder[key] = value[: draw(st.integers(0, len(value)))]
            case "swap":
                other, there = found[draw(st.integers(0, len(found) - 1))]
                if there in other if isinstance(other, dict) else there < len(other):
                    holder[key] = copy.deepcopy(other[there])
    return body


@settings(
    max_examples=MUTATIONS,
    derandomize="RELAIS_TEST_MUTATIONS" not in os.environ,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@pytest.mark.timeout(120 + MUTATIONS / 10)
@given(body=mutated_bodies())
def test_no_mutation_of_a_body_raises(body: Any) -> None:
    read = normalise(body, now=NOON)
    assert len({(event.account, event.event_id) for event in read.events}) == len(read.events)
    for event in read.events:
        assert event.event_id.encode()
        json.dumps([event.id, event.sender, event.text, event.payload]).encode()
        assert event.at.tzinfo is not None
    assert all(word.isascii() and 0 < len(word) <= 60 for word in read.unknown)
    assert normalise(body, now=NOON) == read
