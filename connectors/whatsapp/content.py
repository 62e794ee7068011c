"""What a WhatsApp message is made of, whether somebody sent it or we see it echoed.

Source: Meta, "messages webhook reference" and the pages of each message type.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from connectors.fields import Json, ident, link, obj, objects, place, text
from core.events import MediaRef, MessageType

# What Meta writes in place of words when a form was sent.
_FORM_LABEL = "Sent"
_MOST_CARDS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """Type, words, and what stands behind them. A place is `payload` as `latitude,longitude`; of
    contact cards `title` has the names and `payload` the numbers."""

    type: MessageType
    text: str | None = None
    payload: str | None = None
    title: str | None = None
    media: MediaRef | None = None


def kind_of(message: Json) -> str:
    """The vendor's name of the message's type; where it is missing, told by what the message holds.

    An empty string where nothing tells.
    """
    named = text(message, "type")
    return named or next((name for name in (*_READERS, *_ABOUT_OTHERS) if name in message), "")


def content_of(message: Json) -> Content:
    """What the message holds; `unsupported` for every type that is not known."""
    read = _READERS.get(kind_of(message))
    return read(message) if read else Content(type=MessageType.UNSUPPORTED)


def _text(message: Json) -> Content:
    return Content(type=MessageType.TEXT, text=text(obj(message, "text"), "body"))


def _button(message: Json) -> Content:
    button = obj(message, "button")
    return _choice(text(button, "text"), text(button, "payload"))


def _interactive(message: Json) -> Content:
    interactive = obj(message, "interactive")
    for name in ("button_reply", "list_reply"):
        if reply := obj(interactive, name):
            return _choice(text(reply, "title"), text(reply, "id"))
    if form := obj(interactive, "nfm_reply"):
        words = text(form, "body")
        return Content(
            type=MessageType.FORM,
            text=None if words == _FORM_LABEL else words,
            payload=text(form, "response_json"),
            title=text(form, "name"),
        )
    # What we send ourselves, when it is echoed: a question with buttons or a list.
    asked = text(obj(interactive, "body"), "text")
    return Content(type=MessageType.UNSUPPORTED, text=asked)


def _choice(chosen: str | None, payload: str | None) -> Content:
    return Content(type=MessageType.CHOICE, text=chosen, payload=payload, title=chosen)


def _media(name: str, kind: MessageType, message: Json) -> Content:
    file = obj(message, name)
    if file.get("voice") is True:
        kind = MessageType.VOICE
    return Content(type=kind, text=text(file, "caption"), media=_ref(file, kind))


def _ref(file: Json, kind: MessageType) -> MediaRef | None:
    media_id, url = ident(file, "id"), link(file, "url")
    if not media_id and not url:
        return None
    return MediaRef(
        type=kind,
        id=media_id,
        url=url,
        mime=text(file, "mime_type"),
        filename=text(file, "filename"),
    )


def _location(message: Json) -> Content:
    where = obj(message, "location")
    return Content(
        type=MessageType.LOCATION,
        payload=place(where, "latitude", "longitude"),
        title=text(where, "name") or text(where, "address"),
    )


def _contacts(message: Json) -> Content:
    cards = objects(message, "contacts")[:_MOST_CARDS]
    names = [text(obj(card, "name"), "formatted_name") for card in cards]
    numbers = [text(phone, "phone") for card in cards for phone in objects(card, "phones")]
    return Content(
        type=MessageType.CONTACTS,
        title=", ".join(filter(None, names)) or None,
        payload=", ".join(filter(None, numbers[:_MOST_CARDS])) or None,
    )


def _order(message: Json) -> Content:
    return Content(type=MessageType.ORDER, text=text(obj(message, "order"), "text"))


def _unsupported(message: Json) -> Content:
    return Content(type=MessageType.UNSUPPORTED, title=text(obj(message, "unsupported"), "type"))


_READERS: Mapping[str, Callable[[Json], Content]] = {
    "text": _text,
    "button": _button,
    "interactive": _interactive,
    "image": partial(_media, "image", MessageType.IMAGE),
    "video": partial(_media, "video", MessageType.VIDEO),
    "audio": partial(_media, "audio", MessageType.AUDIO),
    "voice": partial(_media, "voice", MessageType.VOICE),
    "document": partial(_media, "document", MessageType.DOCUMENT),
    "sticker": partial(_media, "sticker", MessageType.STICKER),
    "location": _location,
    "contacts": _contacts,
    "order": _order,
    "unsupported": _unsupported,
}
# Types that are about another message or about the sender: read in `payloads`.
_ABOUT_OTHERS = ("reaction", "edit", "revoke", "system")
