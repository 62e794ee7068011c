"""What a Telegram message is made of: its type, its words, its files.

Source: https://core.telegram.org/bots/api#message, Bot API 10.0.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from connectors.fields import Json, ident, number, obj, objects, place, text
from core.events import MediaRef, MessageType


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What somebody sent. `payload` is where a place is (`48.8584,2.2945`), or a card's number."""

    type: MessageType
    text: str | None = None
    media: tuple[MediaRef, ...] = ()
    title: str | None = None
    payload: str | None = None
    emoji: str | None = None


# In this order: an animation comes with a `document` too.
_FILES = {
    "animation": MessageType.VIDEO,
    "video": MessageType.VIDEO,
    "video_note": MessageType.VIDEO,
    "voice": MessageType.VOICE,
    "audio": MessageType.AUDIO,
    "sticker": MessageType.STICKER,
    "document": MessageType.DOCUMENT,
}

# What somebody sent and a listener cannot see here: they are asked for words instead.
_UNSUPPORTED = "checklist dice game giveaway invoice paid_media poll story".split()

# What happened to a group.
_GROUP = """channel_chat_created community_chat_added community_chat_joined
    community_chat_removed delete_chat_photo group_chat_created left_chat_member
    message_auto_delete_timer_changed migrate_from_chat_id migrate_to_chat_id new_chat_members
    new_chat_photo new_chat_title pinned_message supergroup_chat_created""".split()

# What Telegram writes into a chat itself, about things that a helpline does not do.
_SERVICE = """boost_added chat_background_set chat_owner_changed chat_owner_left chat_shared
    checklist_tasks_added checklist_tasks_done connected_website direct_message_price_changed
    forum_topic_closed forum_topic_created forum_topic_edited forum_topic_reopened
    general_forum_topic_hidden general_forum_topic_unhidden gift gift_upgrade_sent
    giveaway_completed giveaway_created giveaway_winners managed_bot_created
    paid_message_price_changed passport_data poll_option_added poll_option_deleted
    proximity_alert_triggered refunded_payment successful_payment suggested_post_approval_failed
    suggested_post_approved suggested_post_declined suggested_post_paid suggested_post_refunded
    unique_gift user_shared users_shared video_chat_ended video_chat_participants_invited
    video_chat_scheduled video_chat_started voice_chat_ended voice_chat_participants_invited
    voice_chat_scheduled voice_chat_started write_access_allowed""".split()


def group_notice(message: Json) -> str | None:
    """The name of what happened to a group, when the message tells that."""
    return _present(message, _GROUP)


def service_notice(message: Json) -> str | None:
    """The name of what Telegram tells by this message, when no person wrote it."""
    return _present(message, _SERVICE)


def content_of(message: Json) -> Content | None:
    """What a person sent; None for content of a kind that is not known."""
    written = text(message, "text")
    if written is not None:
        to_story = _present(message, ("reply_to_story",))
        return Content(type=MessageType.STORY_REPLY if to_story else MessageType.TEXT, text=written)
    caption = text(message, "caption")
    if _present(message, ("photo", "live_photo")):
        return Content(type=MessageType.IMAGE, text=caption, media=tuple(_pictures(message)))
    if name := _present(message, _FILES):
        kind, file = _FILES[name], obj(message, name)
        media = tuple(_file(kind, file))
        return Content(type=kind, text=caption, media=media, emoji=ident(file, "emoji"))
    if _present(message, ("venue", "location")):
        return _place(message)
    if _present(message, ("contact",)):
        return _contact(obj(message, "contact"))
    if _present(message, ("web_app_data",)):
        form = obj(message, "web_app_data")
        sent, name = text(form, "data"), ident(form, "button_text")
        return Content(type=MessageType.FORM, payload=sent, title=name)
    if _present(message, _UNSUPPORTED):
        return Content(type=MessageType.UNSUPPORTED, text=caption)
    return None


def _present(message: Json, names: Iterable[str]) -> str | None:
    return next((name for name in names if message.get(name) is not None), None)


def _pictures(message: Json) -> Iterator[MediaRef]:
    """The largest size of a photo, and the moving part of a live one."""
    sizes = [size for size in objects(message, "photo") if ident(size, "file_id")]
    if sizes:
        yield from _file(MessageType.IMAGE, max(sizes, key=_area))
    yield from _file(MessageType.VIDEO, obj(message, "live_photo"))


def _area(size: Json) -> int:
    return (number(size, "width") or 0) * (number(size, "height") or 0)


def _file(kind: MessageType, file: Json) -> Iterator[MediaRef]:
    file_id = ident(file, "file_id")
    if file_id is not None:
        yield MediaRef(
            type=kind,
            id=file_id,
            mime=ident(file, "mime_type"),
            filename=ident(file, "file_name"),
        )


def _place(message: Json) -> Content:
    venue = obj(message, "venue")
    location = obj(message, "location") or obj(venue, "location")
    named = [found for key in ("title", "address") if (found := ident(venue, key))]
    return Content(
        type=MessageType.LOCATION,
        title=", ".join(named) or None,
        payload=place(location, "latitude", "longitude"),
    )


def _contact(card: Json) -> Content:
    named = [found for key in ("first_name", "last_name") if (found := ident(card, key))]
    return Content(
        type=MessageType.CONTACTS,
        title=" ".join(named) or None,
        payload=ident(card, "phone_number"),
    )
