"""Sealed bodies outlive the release that wrote them: what was written before must still open."""

import json
from dataclasses import replace
from typing import Any

import pytest

from core.conversation import Delivery, DeliveryStatus
from core.events import EventKind, InboundEvent, MessageType
from core.ids import ContactId
from core.storage.records import Codec, EventRecord, MessageRecord
from tests.builders import FAMILY, NOON, a_conversation, a_vault

KEY, _ = a_vault().new_key("conversation")
CODEC = Codec(a_vault())

# As the first release wrote them.
OLD_MESSAGE: dict[str, Any] = {
    "id": "m", "conversation_id": "conversation", "seq": 2, "author": "bot", "text": "bonjour",
    "at": "2026-03-02T12:00:00Z", "listener_id": None, "client_id": None, "sentence": "hello",
    "choices": [{"id": "yes", "title": "Oui"}], "choice": None, "reasons": [],
    "delivery": {
        "status": "delivered", "attempts": 1, "due_at": None, "provider_id": "wamid", "error": None,
    },
}  # fmt: skip
OLD_EVENT: dict[str, Any] = {
    "channel": "web", "account": "site", "event_id": "e", "kind": "message", "sender": "visitor",
    "at": "2026-03-02T12:00:00Z", "id": "mid", "type": "text", "text": "bonjour", "payload": None,
    "target": None, "status": None, "error": None, "reply_to": None, "ref": None,
}  # fmt: skip


def opened(message: dict[str, Any]) -> Any:
    body = KEY.seal(json.dumps(message).encode(), place="message|m")
    record = MessageRecord(id="m", conversation_id="conversation", seq=2, delivery=None, body=body)
    return CODEC.open_message(record, KEY)


@pytest.mark.parametrize(("before", "today"), [("wamid", ("wamid",)), (None, ())])
def test_a_delivery_that_had_one_provider_id_opens(
    before: str | None, today: tuple[str, ...]
) -> None:
    delivery = OLD_MESSAGE["delivery"] | {"provider_id": before}
    message = opened(OLD_MESSAGE | {"delivery": delivery})
    assert message.delivery == Delivery(
        status=DeliveryStatus.DELIVERED, attempts=1, provider_ids=today
    )
    assert (message.at, message.provider_id, message.attachments) == (NOON, None, ())
    assert message.choices[0].title == "Oui"


def test_a_message_without_delivery_opens() -> None:
    assert opened(OLD_MESSAGE | {"delivery": None}).delivery is None


def test_an_event_of_the_first_release_opens() -> None:
    ref = "r"
    body = KEY.seal(json.dumps(OLD_EVENT).encode(), place=f"event|{ref}")
    record = EventRecord(ref=ref, contact_id=ContactId("c"), received_at=0, body=body)
    assert CODEC.open_event(record, KEY) == InboundEvent(
        channel="web", account="site", event_id="e", kind=EventKind.MESSAGE, sender="visitor",
        at=NOON, id="mid", type=MessageType.TEXT, text="bonjour",
    )  # fmt: skip


@pytest.mark.parametrize("danger", [0, 4])
def test_what_raised_a_conversation_by_a_message_s_number_counts_as_unseen(danger: int) -> None:
    conversation = a_conversation(FAMILY, version=7)
    record = CODEC.seal_conversation(conversation, KEY)
    written = json.loads(KEY.open(record.body, place=f"conversation|{conversation.id}"))
    for name in ("heard_version", "danger_version", "raised_version"):
        del written[name]
    before = json.dumps(written | {"danger_seq": danger, "raised_seq": 4}).encode()
    sealed = KEY.seal(before, place=f"conversation|{conversation.id}")
    assert CODEC.open_conversation(replace(record, body=sealed), KEY) == replace(
        conversation, heard_version=7, raised_version=7, danger_version=7 if danger else 0
    )
