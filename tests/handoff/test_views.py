"""What a listener is shown: the gravest reasons first, files and changes as far as known."""

from dataclasses import replace

from core.accounts import Listener, StaffRole
from core.assessment import Assessment, Reason
from core.conversation import (
    BOT,
    Attachment,
    Author,
    Conversation,
    Delivery,
    DeliveryStatus,
    Erasure,
    FileState,
    Message,
)
from core.events import MediaRef, MessageType
from core.ids import AttachmentId, ContactId, ConversationId, ListenerId, MessageId
from core.labels import Urgency
from handoff.console import views
from handoff.console.views import telling
from tests.builders import NOON, at

CAMILLE = Listener(
    id=ListenerId("l1"),
    login="camille",
    name="Camille",
    role=StaffRole.LISTENER,
    password_hash="",
    created_at=NOON,
)
CONVERSATION = Conversation(
    id=ConversationId("c1"),
    contact_id=ContactId("p1"),
    channel="whatsapp",
    account="main",
    owner=BOT,
    opened_at=NOON,
    updated_at=NOON,
)
MESSAGE = Message(
    id=MessageId("m1"),
    conversation_id=CONVERSATION.id,
    seq=3,
    author=Author.PERSON,
    text="regarde",
    at=NOON,
)


def test_the_gravest_reason_is_shown_for_words_that_several_name() -> None:
    threat = Reason(1, 0, 12, "chantage", Urgency.ELEVEE)
    part = Reason(1, 4, 6, "argent_contre_images", Urgency.ELEVEE)
    dying = Reason(3, 0, 11, "suicide_annonce", Urgency.CRITIQUE)
    again = Reason(3, 4, 11, "signes_suicidaires", Urgency.CRITIQUE)
    elsewhere = Reason(2, 4, 6, "menaces", Urgency.ELEVEE)
    assert telling([part, threat, again, elsewhere, dying]) == [dying, threat, elsewhere]


def test_a_plain_message_has_no_type_and_nothing_on_it() -> None:
    for kind in (None, MessageType.TEXT):
        shown = views.message(replace(MESSAGE, type=kind), {})
        assert (shown["type"], shown["attachments"], shown["forwarded"]) == (None, [], False)
        for name in ("reply_to", "reaction", "edited_at", "deleted_at", "delivery"):
            assert shown[name] is None, name


def test_a_file_is_shown_without_where_the_platform_has_it() -> None:
    secret = MediaRef(type=MessageType.IMAGE, id="provider-id", url="https://cdn.example/token")
    photo = Attachment(
        id=AttachmentId("a1"),
        type=MessageType.IMAGE,
        state=FileState.KEPT,
        source=secret,
        mime="image/jpeg",
        filename="moi.jpg",
        size=2048,
    )
    shown = views.message(replace(MESSAGE, type=MessageType.IMAGE, attachments=(photo,)), {})
    assert shown["type"] == "image"
    assert shown["attachments"] == [
        {
            "id": "a1",
            "type": "image",
            "state": "kept",
            "mime": "image/jpeg",
            "filename": "moi.jpg",
            "size": 2048,
        }
    ]


def test_what_became_of_a_message_is_told() -> None:
    changed = replace(
        MESSAGE,
        author=Author.ELSEWHERE,
        reply_to=1,
        reaction="❤️",
        forwarded=True,
        edited_at=at(5),
        deleted_at=at(9),
        delivery=Delivery(status=DeliveryStatus.FAILED, error="window_closed"),
    )
    shown = views.message(changed, {})
    assert (shown["author"], shown["reply_to"], shown["reaction"]) == ("elsewhere", 1, "❤️")
    assert shown["forwarded"] is True
    assert (shown["edited_at"], shown["deleted_at"]) == (at(5).isoformat(), at(9).isoformat())
    assert shown["delivery"] == {"status": "failed", "error": "window_closed"}


def test_a_row_tells_where_the_person_writes_and_until_when() -> None:
    shown = views.summary(CONVERSATION, CAMILLE, {})
    for name in ("origin", "previous", "window_ends_at", "erasure"):
        assert shown[name] is None, name
    assert (shown["channel"], shown["standby"], shown["unheard"]) == ("whatsapp", False, False)
    shown = views.summary(
        replace(
            CONVERSATION,
            origin="tiktok_report",
            previous=ConversationId("c0"),
            window_ends_at=at(3600),
            standby=True,
            erasure=Erasure(asked_at=at(1)),
            assessment=Assessment(unheard=True),
        ),
        CAMILLE,
        {},
    )
    assert (shown["origin"], shown["previous"]) == ("tiktok_report", "c0")
    assert shown["window_ends_at"] == at(3600).isoformat()
    assert (shown["standby"], shown["unheard"]) == (True, True)
    assert shown["erasure"] == {"asked_at": at(1).isoformat(), "due_at": None}
