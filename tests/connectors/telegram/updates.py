"""Updates as Telegram's documentation describes them, each with what it must be read as.

Written from https://core.telegram.org/bots/api (Bot API 10.0); the people in them are invented.
"""

from dataclasses import dataclass, field
from typing import Any

from core.events import EventKind, MessageType

BOT = "7000000001"
SENT_AT = 1_772_452_800
LEA: dict[str, Any] = {
    "id": 501,
    "is_bot": False,
    "first_name": "Léa",
    "username": "lea_14",
    "language_code": "fr",
}
THE_BOT: dict[str, Any] = {
    "id": int(BOT),
    "is_bot": True,
    "first_name": "Aide",
    "username": "aide_bot",
}
PRIVATE: dict[str, Any] = {"id": 501, "type": "private", "first_name": "Léa", "username": "lea_14"}
GROUP: dict[str, Any] = {"id": -4001, "type": "group", "title": "La 4e B"}
SUPERGROUP: dict[str, Any] = {"id": -1001234567890, "type": "supergroup", "title": "Collège"}
NEWS: dict[str, Any] = {"id": -1009876543210, "type": "channel", "title": "Infos"}

FILE = {"file_id": "FILE-1", "file_unique_id": "U1", "file_size": 1000}
PLACE = {"latitude": 48.8584, "longitude": 2.2945}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """One update and its event: the fields that `expected` names, `None` for no event at all."""

    name: str
    update: dict[str, Any]
    expected: dict[str, Any] | None
    unknown: tuple[str, ...] = field(default=())


def message(chat: dict[str, Any] = PRIVATE, **fields: Any) -> dict[str, Any]:
    return {"message_id": 77, "from": LEA, "chat": chat, "date": SENT_AT, **fields}


def said(name: str, content: dict[str, Any], **expected: Any) -> Shape:
    """A private message of Léa's."""
    values = {"kind": EventKind.MESSAGE, "id": "77", "sender": "501", "text": None, "chat": None}
    return Shape(
        name=name,
        update={"update_id": 9001, "message": message(**content)},
        expected={**values, "type": MessageType.TEXT, **expected},
    )


def about(name: str, key: str, body: dict[str, Any], **expected: Any) -> Shape:
    """Any other update."""
    return Shape(name=name, update={"update_id": 9001, key: body}, expected=expected)


def nothing(name: str, key: str, body: Any, unknown: str) -> Shape:
    """An update that gives no event."""
    return Shape(
        name=name, update={"update_id": 9001, key: body}, expected=None, unknown=(unknown,)
    )


def service(name: str, **content: Any) -> Shape:
    """What Telegram itself writes into a private chat."""
    return nothing(name, "message", message(**content), f"message.{name}")


def membership(chat: dict[str, Any], before: str, now: str) -> dict[str, Any]:
    return {
        "chat": chat,
        "from": LEA,
        "date": SENT_AT,
        "old_chat_member": {"user": THE_BOT, "status": before},
        "new_chat_member": {"user": THE_BOT, "status": now, "until_date": 0},
    }


def reaction(old: list[Any], new: list[Any], **fields: Any) -> dict[str, Any]:
    return {
        "chat": PRIVATE,
        "message_id": 70,
        "user": LEA,
        "date": SENT_AT,
        "old_reaction": old,
        "new_reaction": new,
        **fields,
    }


def tap(**fields: Any) -> dict[str, Any]:
    keyboard = [
        [{"text": "Oui", "callback_data": "yes"}],
        [
            {"text": "Non", "callback_data": "no"},
            {"text": "Le site", "url": "https://aide.example"},
        ],
    ]
    held = {
        "message_id": 70,
        "from": THE_BOT,
        "chat": PRIVATE,
        "date": SENT_AT,
        "text": "Ça va ?",
        "reply_markup": {"inline_keyboard": keyboard},
    }
    return {
        "id": "4382bfdwdsb323b2d9",
        "from": LEA,
        "message": held,
        "chat_instance": "-3",
        "data": "no",
        **fields,
    }


HEART, FLAME = {"type": "emoji", "emoji": "❤"}, {"type": "emoji", "emoji": "🔥"}
TAPPED: dict[str, Any] = {"kind": EventKind.POSTBACK, "type": None, "sender": "501"}
REACTED: dict[str, Any] = {
    "kind": EventKind.REACTION,
    "type": None,
    "id": "70",
    "target": "70",
    "sender": "501",
    "text": None,
}
SYSTEM: dict[str, Any] = {"kind": EventKind.SYSTEM, "type": None, "sender": "501", "text": None}
EDITED: dict[str, Any] = {
    "kind": EventKind.EDIT,
    "id": "77",
    "target": "77",
    "sender": "501",
}

MESSAGES = [
    said("text", {"text": "il a posté une photo de moi 😢"}, text="il a posté une photo de moi 😢"),
    said(
        "text with entities",
        {"text": "#aide @moi", "entities": [{"type": "hashtag", "offset": 0, "length": 5}]},
        text="#aide @moi",
        username="lea_14",
    ),
    said(
        "photo",
        {
            "photo": [
                {**FILE, "file_id": "S", "width": 90, "height": 67},
                {**FILE, "file_id": "L", "width": 1280, "height": 960},
                {**FILE, "file_id": "M", "width": 320, "height": 240},
            ]
        },
        type=MessageType.IMAGE,
        media_id="L",
    ),
    said(
        "photo with caption",
        {"photo": [{**FILE, "width": 90, "height": 67}], "caption": "c'est lui"},
        type=MessageType.IMAGE,
        text="c'est lui",
        media_id="FILE-1",
    ),
    said(
        "live photo",
        {
            "photo": [{**FILE, "file_id": "STILL", "width": 90, "height": 67}],
            "live_photo": {**FILE, "file_id": "MOVING", "width": 90, "height": 67, "duration": 3},
        },
        type=MessageType.IMAGE,
        media_id="STILL",
    ),
    said(
        "one of an album",
        {"media_group_id": "13", "photo": [{**FILE, "width": 9, "height": 6}], "caption": "1/2"},
        type=MessageType.IMAGE,
        text="1/2",
    ),
    said(
        "video",
        {"video": {**FILE, "mime_type": "video/mp4", "file_name": "v.mp4", "duration": 9}},
        type=MessageType.VIDEO,
        media_id="FILE-1",
        filename="v.mp4",
    ),
    said(
        "video note",
        {"video_note": {**FILE, "length": 240, "duration": 5}},
        type=MessageType.VIDEO,
        media_id="FILE-1",
    ),
    said(
        "animation",
        {
            "animation": {**FILE, "file_id": "GIF", "mime_type": "video/mp4"},
            "document": {**FILE, "file_id": "DOC"},
            "caption": "mdr",
        },
        type=MessageType.VIDEO,
        text="mdr",
        media_id="GIF",
    ),
    said(
        "voice",
        {"voice": {**FILE, "mime_type": "audio/ogg", "duration": 12}},
        type=MessageType.VOICE,
        media_id="FILE-1",
    ),
    said(
        "audio",
        {"audio": {**FILE, "title": "menace", "performer": "x", "file_name": "menace.mp3"}},
        type=MessageType.AUDIO,
        filename="menace.mp3",
    ),
    said(
        "document",
        {"document": {**FILE, "file_name": "preuve.pdf"}, "caption": "la preuve"},
        type=MessageType.DOCUMENT,
        text="la preuve",
        filename="preuve.pdf",
    ),
    said(
        "sticker",
        {"sticker": {**FILE, "type": "regular", "width": 5, "height": 5, "emoji": "😭"}},
        type=MessageType.STICKER,
        emoji="😭",
    ),
    said(
        "location",
        {"location": PLACE},
        type=MessageType.LOCATION,
        payload="48.8584,2.2945",
    ),
    said(
        "venue",
        {"venue": {"location": PLACE, "title": "Tour", "address": "Paris"}, "location": PLACE},
        type=MessageType.LOCATION,
        title="Tour, Paris",
        payload="48.8584,2.2945",
    ),
    said(
        "contact",
        {"contact": {"phone_number": "+33639980000", "first_name": "Tom", "user_id": 9}},
        type=MessageType.CONTACTS,
        title="Tom",
    ),
    said(
        "poll",
        {"poll": {"id": "1", "question": "Qui ?", "options": [], "total_voter_count": 0}},
        type=MessageType.UNSUPPORTED,
    ),
    said("dice", {"dice": {"emoji": "🎲", "value": 4}}, type=MessageType.UNSUPPORTED),
    said(
        "game",
        {"game": {"title": "g", "description": "d", "photo": []}},
        type=MessageType.UNSUPPORTED,
    ),
    said("story", {"story": {"chat": PRIVATE, "id": 3}}, type=MessageType.UNSUPPORTED),
    said(
        "paid media",
        {"paid_media": {"star_count": 5, "paid_media": []}, "caption": "vois"},
        type=MessageType.UNSUPPORTED,
        text="vois",
    ),
    said("checklist", {"checklist": {"title": "t", "tasks": []}}, type=MessageType.UNSUPPORTED),
    said(
        "reply",
        {"text": "oui", "reply_to_message": message(message_id=70, text="Ça va ?")},
        text="oui",
        reply_to="70",
    ),
    said(
        "reply with a quote",
        {
            "text": "ça",
            "reply_to_message": message(message_id=70, text="Ça va ?"),
            "quote": {"text": "va", "position": 3},
        },
        text="ça",
        reply_to="70",
    ),
    said(
        "reply to a message elsewhere",
        {"text": "ça", "external_reply": {"origin": {"type": "hidden_user"}, "message_id": 5}},
        text="ça",
        reply_to=None,
    ),
    said(
        "forward",
        {
            "text": "je vais te tuer",
            "forward_origin": {
                "type": "hidden_user",
                "sender_user_name": "Max",
                "date": SENT_AT,
            },
        },
        text="je vais te tuer",
        forwarded=True,
    ),
    said(
        "forward of old",
        {"text": "tu vas voir", "forward_from": {**LEA, "id": 9}, "forward_date": SENT_AT},
        text="tu vas voir",
        forwarded=True,
    ),
    said(
        "reply to a story",
        {"text": "c'est quoi", "reply_to_story": {"chat": NEWS, "id": 3}},
        type=MessageType.STORY_REPLY,
        text="c'est quoi",
    ),
    said(
        "form of a web page that a button opened",
        {"web_app_data": {"data": '{"age": 14}', "button_text": "Le questionnaire"}},
        type=MessageType.FORM,
        payload='{"age": 14}',
        title="Le questionnaire",
    ),
    said("command", {"text": "/stop"}, text="/stop"),
    said("command like start", {"text": "/started abc"}, text="/started abc"),
    said(
        "words after start",
        {"text": "/start je veux mourir"},
        text="/start je veux mourir",
    ),
    said("start", {"text": "/start"}, kind=EventKind.START, text="/start", ref=None),
    said(
        "start by a link",
        {"text": "/start tiktok_42-a", "entities": [{"type": "bot_command"}]},
        kind=EventKind.START,
        text="/start tiktok_42-a",
        ref="tiktok_42-a",
    ),
    said(
        "message by a bot in between",
        {"text": "salut", "via_bot": THE_BOT},
        text="salut",
    ),
]

OTHERS = [
    about(
        "edit",
        "edited_message",
        message(text="non rien", edit_date=SENT_AT + 9),
        **EDITED,
        type=MessageType.TEXT,
        text="non rien",
    ),
    about(
        "edit of a caption",
        "edited_message",
        message(photo=[{**FILE, "width": 9, "height": 9}], caption="lui", edit_date=SENT_AT + 9),
        **EDITED,
        type=MessageType.IMAGE,
        text="lui",
    ),
    about(
        "edit of a start",
        "edited_message",
        message(text="/start abc", edit_date=SENT_AT + 9),
        **EDITED,
        type=MessageType.TEXT,
        text="/start abc",
        ref=None,
    ),
    about(
        "tap",
        "callback_query",
        tap(),
        **TAPPED,
        id="70",
        target="70",
        payload="no",
        text="Non",
        title="Non",
        chat=None,
    ),
    about(
        "tap on an old message",
        "callback_query",
        tap(message={"chat": PRIVATE, "message_id": 70, "date": 0}),
        **TAPPED,
        id="70",
        payload="no",
        text=None,
    ),
    about(
        "tap on an inline message",
        "callback_query",
        {"id": "1", "from": LEA, "inline_message_id": "x", "chat_instance": "3", "data": "yes"},
        **TAPPED,
        id=None,
        payload="yes",
        text=None,
    ),
    about(
        "tap on a game",
        "callback_query",
        {"id": "1", "from": LEA, "chat_instance": "3", "game_short_name": "g"},
        **TAPPED,
        payload=None,
    ),
    about("reaction", "message_reaction", reaction([], [HEART]), **REACTED, emoji="❤"),
    about("other reaction", "message_reaction", reaction([HEART], [FLAME]), **REACTED, emoji="🔥"),
    about("second", "message_reaction", reaction([FLAME], [HEART, FLAME]), **REACTED, emoji="❤"),
    about("reaction removed", "message_reaction", reaction([HEART], []), **REACTED, emoji=None),
    about(
        "custom reaction",
        "message_reaction",
        reaction([], [{"type": "custom_emoji", "custom_emoji_id": "5"}]),
        **REACTED,
        emoji="custom_emoji",
    ),
    about(
        "blocked",
        "my_chat_member",
        membership(PRIVATE, "member", "kicked"),
        **SYSTEM,
        status="blocked",
        chat=None,
    ),
    about(
        "unblocked",
        "my_chat_member",
        membership(PRIVATE, "kicked", "member"),
        **SYSTEM,
        status="unblocked",
    ),
    about(
        "added to a group",
        "my_chat_member",
        membership(GROUP, "left", "member"),
        **SYSTEM,
        status="added",
        chat="-4001",
    ),
    about(
        "removed from a group",
        "my_chat_member",
        membership(GROUP, "member", "kicked"),
        **SYSTEM,
        status="removed",
        chat="-4001",
    ),
    about(
        "made administrator of a group",
        "my_chat_member",
        membership(SUPERGROUP, "member", "administrator"),
        **SYSTEM,
        status="changed",
        chat="-1001234567890",
    ),
    about(
        "message in a group",
        "message",
        message(GROUP, text="@aide_bot coucou"),
        kind=EventKind.MESSAGE,
        type=MessageType.TEXT,
        sender="501",
        text="@aide_bot coucou",
        chat="-4001",
    ),
    about(
        "message in a topic of a supergroup",
        "message",
        message(SUPERGROUP, text="coucou", message_thread_id=4, is_topic_message=True),
        kind=EventKind.MESSAGE,
        type=MessageType.TEXT,
        sender="501",
        text="coucou",
        chat="-1001234567890",
    ),
    about(
        "start in a group",
        "message",
        message(GROUP, text="/start@aide_bot ecole"),
        kind=EventKind.START,
        ref="ecole",
        chat="-4001",
    ),
    about(
        "post in a channel",
        "channel_post",
        {"message_id": 5, "sender_chat": NEWS, "chat": NEWS, "date": SENT_AT, "text": "infos"},
        kind=EventKind.MESSAGE,
        type=MessageType.TEXT,
        id="5",
        sender=None,
        text="infos",
        chat="-1009876543210",
    ),
    about(
        "edit in a channel",
        "edited_channel_post",
        {"message_id": 5, "sender_chat": NEWS, "chat": NEWS, "date": SENT_AT, "text": "info"},
        kind=EventKind.EDIT,
        type=MessageType.TEXT,
        id="5",
        target="5",
        sender=None,
        text="info",
    ),
    about(
        "group becomes supergroup",
        "message",
        message(GROUP, migrate_to_chat_id=-1001234567890),
        **SYSTEM,
        status="migrate_to_chat_id",
        chat="-4001",
        target="-1001234567890",
    ),
    about(
        "new members",
        "message",
        message(GROUP, new_chat_members=[THE_BOT]),
        **SYSTEM,
        status="new_chat_members",
        chat="-4001",
    ),
    about(
        "message in a business chat",
        "business_message",
        message(text="bonjour", business_connection_id="b"),
        kind=EventKind.MESSAGE,
        type=MessageType.TEXT,
        id="77",
        sender="501",
        text="bonjour",
        chat=None,
        standby=True,
    ),
    about(
        "answer of the business itself",
        "business_message",
        message(text="oui ?", business_connection_id="b", **{"from": {**LEA, "id": 9}}),
        kind=EventKind.ECHO,
        id="77",
        sender="9",
        recipient="501",
        text="oui ?",
        standby=True,
    ),
    about(
        "edit in a business chat",
        "edited_business_message",
        message(text="non rien", business_connection_id="b", edit_date=SENT_AT + 9),
        **EDITED,
        type=MessageType.TEXT,
        text="non rien",
        standby=True,
    ),
    about(
        "deletion in a business chat",
        "deleted_business_messages",
        {"business_connection_id": "b", "chat": PRIVATE, "message_ids": [70]},
        kind=EventKind.DELETE,
        id="70",
        target="70",
        sender="501",
        standby=True,
    ),
    about(
        "pinned message",
        "message",
        message(pinned_message=message(message_id=70, text="x")),
        **SYSTEM,
        status="pinned_message",
        chat=None,
    ),
]

NOTHING = [
    service("successful_payment", successful_payment={"currency": "EUR", "total_amount": 1}),
    service("users_shared", users_shared={"request_id": 1, "users": []}),
    service("write_access_allowed", write_access_allowed={}),
    service("forum_topic_created", forum_topic_created={"name": "x", "icon_color": 1}),
    nothing("business connection", "business_connection", {"id": "b"}, "business_connection"),
    nothing("inline query", "inline_query", {"id": "1", "from": LEA, "query": "x"}, "inline_query"),
    nothing("poll state", "poll", {"id": "1", "question": "x"}, "poll"),
    nothing("poll answer", "poll_answer", {"poll_id": "1", "user": LEA}, "poll_answer"),
    nothing("member", "chat_member", membership(GROUP, "left", "member"), "chat_member"),
    nothing(
        "reactions counted",
        "message_reaction_count",
        {"chat": NEWS, "message_id": 5, "date": SENT_AT, "reactions": []},
        "message_reaction_count",
    ),
    nothing("something new", "hologram", {"id": 1}, "update"),
    nothing("no message at all", "message", None, "message.nobody"),
    nothing("nobody's tap", "callback_query", {"id": "1"}, "callback_query.nobody"),
]

SHAPES = [*MESSAGES, *OTHERS, *NOTHING]
