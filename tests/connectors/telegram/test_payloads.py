"""What Telegram's updates are read as."""

import os
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.interface import BadBody, Normalised
from connectors.telegram.payloads import callback_of, normalise
from core.events import EventKind, MessageType
from tests.builders import NOON
from tests.connectors.telegram.updates import (
    BOT,
    GROUP,
    HEART,
    LEA,
    PRIVATE,
    SENT_AT,
    SHAPES,
    Shape,
    message,
    reaction,
    tap,
)

MUTATIONS = int(os.environ.get("RELAIS_TEST_MUTATIONS", "2000"))


def read(body: object) -> Normalised:
    return normalise(body, account=BOT, now=NOON)


def test_there_are_many_shapes_with_names_of_their_own() -> None:
    assert len({shape.name for shape in SHAPES}) == len(SHAPES) >= 45


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.name)
def test_an_update_is_read(shape: Shape) -> None:
    found = read(shape.update)
    assert found.unknown == shape.unknown
    if shape.expected is None:
        assert found.events == ()
        return
    (event,) = found.events
    assert {name: getattr(event, name) for name in shape.expected} == shape.expected
    assert (event.channel, event.account) == ("telegram", BOT)
    assert event.event_id.startswith(f"{event.kind}:9001")


def test_a_message_is_dated_by_telegram_and_a_tap_by_us() -> None:
    (sent,) = read({"update_id": 1, "message": message(text="x")}).events
    (edited,) = read({"update_id": 2, "edited_message": message(edit_date=SENT_AT - 9)}).events
    (tapped,) = read({"update_id": 3, "callback_query": tap()}).events
    assert sent.at == datetime.fromtimestamp(SENT_AT, tz=UTC)
    assert (sent.at - edited.at).total_seconds() == 9
    assert tapped.at == NOON


def test_the_files_of_a_live_photo_are_both_there() -> None:
    shape = next(shape for shape in SHAPES if shape.name == "live photo")
    (event,) = read(shape.update).events
    assert [(each.type, each.id) for each in event.media] == [
        (MessageType.IMAGE, "STILL"),
        (MessageType.VIDEO, "MOVING"),
    ]


def test_a_tap_tells_how_to_confirm_it() -> None:
    (event,) = read({"update_id": 9, "callback_query": tap()}).events
    assert callback_of(event) == "4382bfdwdsb323b2d9"
    (bare,) = read({"callback_query": tap(id="x:y")}).events
    assert callback_of(bare) == "x:y"


@pytest.mark.parametrize("wrap", [lambda each: each, lambda each: {"ok": True, "result": each}])
def test_all_of_many_updates_are_read_and_the_same_one_once(wrap: Any) -> None:
    updates = [
        {"update_id": 1, "message": message(text="un")},
        {"update_id": 2, "inline_query": {}},
        None,
        {"update_id": 3, "message": message(text="deux")},
        {"update_id": 1, "message": message(text="un")},
    ]
    found = read(wrap(updates))
    assert [event.text for event in found.events] == ["un", "deux"]
    assert found.unknown == ("inline_query", "update")


def test_two_things_in_one_update_are_two_events() -> None:
    both = {"update_id": 1, "message": message(text="a"), "edited_message": message(text="b")}
    assert [event.event_id for event in read(both).events] == ["message:1", "edit:1"]


def test_the_same_message_number_in_two_updates_is_two_events() -> None:
    """Numbers of messages repeat across chats; only an update's number is new each time."""
    found = read([{"update_id": n, "message": message(text="x")} for n in (1, 2)])
    assert len(found.events) == 2


def test_an_update_without_its_number_is_still_told_from_others() -> None:
    found = read([{"message": message(text="x", message_id=n)} for n in (1, 2, 2)])
    assert [event.id for event in found.events] == ["1", "2"]


@pytest.mark.parametrize("body", [None, 3, "update", True, 1.5])
def test_what_is_no_json_object_is_no_body(body: object) -> None:
    with pytest.raises(BadBody):
        read(body)


@pytest.mark.parametrize("body", [{}, [], [[]], {"ok": True, "result": {}}, {"ok": False}])
def test_an_empty_body_gives_no_event(body: object) -> None:
    assert read(body).events == ()


def test_a_person_without_from_is_known_by_their_private_chat() -> None:
    body = {"update_id": 1, "message": {"message_id": 1, "chat": PRIVATE, "text": "aide"}}
    (event,) = read(body).events
    assert (event.sender, event.chat, event.at) == ("501", None, NOON)


@pytest.mark.parametrize("chat", [{}, {"id": 501}, None, "x", {"type": "private"}])
def test_a_chat_half_told_is_taken_as_private(chat: object) -> None:
    (event,) = read({"update_id": 1, "message": {"from": LEA, "chat": chat, "text": "a"}}).events
    assert (event.sender, event.chat) == ("501", None)


def test_a_group_half_told_is_still_a_group() -> None:
    (event,) = read({"message": {"from": LEA, "chat": {"id": GROUP["id"]}, "text": "a"}}).events
    assert event.chat == "-4001"


def test_what_telegram_will_invent_next_is_not_lost() -> None:
    found = read({"update_id": 1, "message": message(hologram={"file_id": "x"})})
    (event,) = found.events
    assert (event.kind, event.type) == (EventKind.MESSAGE, MessageType.UNSUPPORTED)
    assert found.unknown == ("message.content",)


def test_the_last_of_several_new_reactions_is_shown() -> None:
    thumb = {"type": "emoji", "emoji": "👍"}
    (event,) = read({"update_id": 1, "message_reaction": reaction([HEART], [HEART, thumb])}).events
    assert event.emoji == "👍"


@pytest.mark.parametrize("wrong", [10**30, True, 7.5, "x", "7" * 40, None, [], {}])
def test_an_id_that_is_none_is_not_there(wrong: object) -> None:
    (event,) = read({"update_id": wrong, "message": message(message_id=wrong, text="a")}).events
    assert event.id is None
    assert event.text == "a"


def test_half_a_character_can_be_stored() -> None:
    (event,) = read({"update_id": 1, "message": message(text="a\ud83db \ud83d\ude22")}).events
    assert event.text == "a\ufffdb 😢"


_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(min_value=10**18, max_value=10**40)
    | st.floats()
    | st.text(alphabet=st.characters(), max_size=12)
    | st.sampled_from(["private", "kicked", "/start a", "\ud83d", "emoji"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["id", "text", "file_id", "chat", "x"]), inner, max_size=3
        )
    ),
    max_leaves=6,
)
_UPDATES = [shape.update for shape in SHAPES]


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place of a JSON value, the whole included."""
    inside: Any = ()
    if isinstance(value, dict):
        inside = value.items()
    elif isinstance(value, list):
        inside = enumerate(value)
    return [path, *(place for key, each in inside for place in places(each, (*path, key)))]


def with_at(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    """A copy of a JSON value with `new` in one place."""
    if not path:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = with_at(copy[path[0]], path[1:], new)
    return copy


@st.composite
def mutated(draw: st.DrawFn) -> Any:
    """An update with one to three places that are not what they should be."""
    update: Any = draw(st.sampled_from(_UPDATES))
    for _ in range(draw(st.integers(1, 3))):
        update = with_at(update, draw(st.sampled_from(places(update))), draw(_JSON))
    return update


@pytest.mark.timeout(120 + MUTATIONS / 10)
@settings(
    max_examples=MUTATIONS,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(mutated())
def test_no_mutation_of_an_update_raises(update: Any) -> None:
    try:
        found = read(update)
    except BadBody:
        assert not isinstance(update, dict | list)
        return
    for event in found.events:
        assert event.person is None or event.person.lstrip("-").isdigit()
        assert event.person or event.chat
        assert event.at.tzinfo is UTC
        assert len(event.event_id) < 700
        repr(event).encode()
        for word in (event.id, event.text, event.payload, event.title, event.emoji, event.username):
            assert word is None or word.encode() is not None
    assert all(len(word) < 64 and word.isascii() for word in found.unknown)
