"""The `message` object: what a person sent, or what was sent in our name (an echo), or its end."""

from collections.abc import Sequence
from typing import Any

from connectors.fields import (
    NOTHING,
    Json,
    fingerprint,
    ident,
    is_true,
    link,
    obj,
    objects,
    place,
    text,
)
from connectors.messenger.context import Item, referral_fields
from core.events import EventKind, InboundEvent, MediaRef, MessageType

# Attachment types of both platforms. A shared post, reel or story is a share; `ephemeral` is a
# photo that is shown once, of which nothing is handed out.
_TYPES = {
    "image": MessageType.IMAGE,
    "animated_image": MessageType.IMAGE,
    "video": MessageType.VIDEO,
    "audio": MessageType.AUDIO,
    "file": MessageType.DOCUMENT,
    "sticker": MessageType.STICKER,
    "like_heart": MessageType.STICKER,
    "location": MessageType.LOCATION,
    "fallback": MessageType.FALLBACK,
    "template": MessageType.FALLBACK,
    "appointment_booking": MessageType.FALLBACK,
    "share": MessageType.SHARE,
    "post": MessageType.SHARE,
    "reel": MessageType.SHARE,
    "ig_post": MessageType.SHARE,
    "ig_reel": MessageType.SHARE,
    "ig_story": MessageType.SHARE,
    "story_mention": MessageType.STORY_MENTION,
    "unsupported_type": MessageType.UNSUPPORTED,
    "ephemeral": MessageType.UNSUPPORTED,
}
# What an attachment may be known by at Meta.
_IDS = ("attachment_id", "sticker_id", "reel_video_id", "ig_post_media_id")
# Types whose URL leads to a file at Meta. That of a fallback is a page anywhere.
_FILES = frozenset(
    {
        MessageType.IMAGE,
        MessageType.VIDEO,
        MessageType.AUDIO,
        MessageType.DOCUMENT,
        MessageType.STICKER,
        MessageType.SHARE,
        MessageType.STORY_MENTION,
    }
)


def read_message(item: Item, message: Json) -> InboundEvent:
    """The event of a `message`: sent, echoed, or taken back by who sent it."""
    mid = ident(message, "mid")
    if is_true(message, "is_deleted"):
        key = mid or fingerprint(item.sender, item.stamp)
        return item.event(EventKind.DELETE, key, id=mid, target=mid)
    content = _content(message)
    content["id"] = mid
    key = mid or fingerprint(item.sender, item.stamp, content["text"], content["type"])
    if is_true(message, "is_echo"):
        # The application that sent it; none where somebody typed it in the platform's own inbox.
        app = ident(message, "app_id")
        # What its sender called it (`PageChannel.send`).
        name = ident(message, "metadata")
        said = {"recipient": item.recipient, "payload": app, "client_id": name}
        return item.event(EventKind.ECHO, key, **(content | said))
    referral = obj(message, "referral") or obj(item.fields, "referral")
    return item.event(EventKind.MESSAGE, key, **(content | referral_fields(referral)))


def unknown_types(message: Json) -> list[str]:
    """Attachment types that are not in the table: the message counts, as unsupported."""
    types = (ident(attachment, "type") for attachment in objects(message, "attachments"))
    return [each for each in types if each is not None and each not in _TYPES]


def _content(message: Json) -> dict[str, Any]:
    """What a message is made of, as fields of its event."""
    attachments = _without_doubles(objects(message, "attachments"))
    quick_reply = obj(message, "quick_reply")
    reply_to = obj(message, "reply_to")
    story = obj(reply_to, "story")
    words = text(message, "text")
    media = [media for each in attachments if (media := _media(each)) is not None]
    if (story_url := link(story, "url")) is not None:
        kind = MessageType.STORY_REPLY
        media.append(MediaRef(type=kind, id=ident(story, "id"), url=story_url))
    if is_true(message, "is_unsupported"):
        type_ = MessageType.UNSUPPORTED
    elif quick_reply:
        type_ = MessageType.CHOICE
    elif story:
        type_ = MessageType.STORY_REPLY
    elif attachments:
        type_ = _type(attachments[0])
    else:
        # Nothing at all: something that Meta does not pass on, which a person may ask about.
        type_ = MessageType.TEXT if words is not None else MessageType.UNSUPPORTED
    first = attachments[0] if attachments else NOTHING
    where = obj(obj(first, "payload"), "coordinates")
    return {
        "type": type_,
        "text": words,
        "payload": link(quick_reply, "payload")
        or (place(where, "lat", "long") if words is None else None),
        "title": text(first, "title") or text(obj(first, "payload"), "title"),
        "reply_to": ident(reply_to, "mid"),
        "media": tuple(media),
        "media_id": media[0].id if media else None,
        "filename": next((each.filename for each in media if each.filename), None),
    }


def _type(attachment: Json) -> MessageType:
    if ident(obj(attachment, "payload"), "sticker_id") is not None:
        return MessageType.STICKER
    return _TYPES.get(ident(attachment, "type") or "", MessageType.UNSUPPORTED)


def _media(attachment: Json) -> MediaRef | None:
    """The file of an attachment, where there is one that Meta lets us have."""
    payload = obj(attachment, "payload")
    type_, url = _type(attachment), link(payload, "url")
    if type_ not in _FILES or url is None:
        return None
    name = ident(payload, "file_name") or ident(payload, "name")
    identity = next((word for key in _IDS if (word := ident(payload, key)) is not None), None)
    return MediaRef(type=type_, id=identity, url=url, filename=name)


def _without_doubles(attachments: Sequence[Json]) -> list[Json]:
    """Attachments, each file once and the sticker first.

    While a type is renamed, Meta sends the same thing under its old and its new name: a sticker
    also as an image (until August 2026), a post also as a share (until February 2026).
    """
    kept: dict[str, Json] = {}
    for number, attachment in enumerate(attachments):
        payload = obj(attachment, "payload")
        same = link(payload, "url") or ident(payload, "sticker_id") or f"{number}"
        if same not in kept or _type(attachment) is MessageType.STICKER:
            kept[same] = attachment
    return sorted(kept.values(), key=lambda each: _type(each) is not MessageType.STICKER)
