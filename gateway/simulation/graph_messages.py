"""What a send to the Graph API means to the person who gets it, or why the API refuses it.

Limits: the vendors' references for v25.0.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from core.conversation import Choice
from gateway.simulation.graph_errors import GraphError, Refused, bad_parameter
from gateway.simulation.inbox import Arrived

Body = Mapping[str, Any]

_WHATSAPP_TEXT, _WHATSAPP_INTERACTIVE_TEXT = 4096, 1024
_MESSENGER_TEXT, _INSTAGRAM_TEXT_BYTES = 2000, 1000
_QUICK_REPLIES, _QUICK_REPLY_TITLE = 13, 20


def whatsapp_message(body: Body, *, person: str, message_id: str) -> Arrived:
    """Raises Refused."""
    if body.get("messaging_product") != "whatsapp":
        raise Refused(bad_parameter("messaging_product"))
    kind = body.get("type", "text")
    content = body.get(kind)
    if not isinstance(kind, str) or not isinstance(content, Mapping):
        raise Refused(bad_parameter("type"))
    choices: tuple[Choice, ...] = ()
    if kind == "text":
        text = _text(content.get("body"), _WHATSAPP_TEXT)
    elif kind == "interactive":
        kind = str(content.get("type"))
        text = _text(_inside(content, "body").get("text"), _WHATSAPP_INTERACTIVE_TEXT)
        choices = _interactive(kind, _inside(content, "action"))
    elif kind == "template":
        text = _words(content.get("name"))
        if not _inside(content, "language").get("code"):
            raise Refused(bad_parameter("template[language]"))
    elif kind == "reaction":
        text = str(content.get("emoji", ""))
    else:
        text = str(content.get("caption", ""))
    return Arrived(person, message_id, kind, text, choices)


def _interactive(kind: str, action: Body) -> tuple[Choice, ...]:
    if kind == "button":
        replies = [_inside(button, "reply") for button in _list(action.get("buttons"))]
        return _choices(replies, most=3, title=20, key=256)
    if kind == "list":
        _words(action.get("button"), 20)
        rows = [row for part in _list(action.get("sections")) for row in _list(part.get("rows"))]
        return _choices(rows, most=10, title=24, key=200)
    raise Refused(bad_parameter("interactive[type]"))


def _choices(found: Sequence[Body], *, most: int, title: int, key: int) -> tuple[Choice, ...]:
    choices = [Choice(_words(c.get("id"), key), _words(c.get("title"), title)) for c in found]
    distinct = {choice.id for choice in choices}, {choice.title for choice in choices}
    if not 1 <= len(choices) <= most or min(map(len, distinct)) < len(choices):
        raise Refused(
            GraphError(131009, "(#131009) Parameter value is not valid", details="interactive")
        )
    return tuple(choices)


def page_message(body: Body, *, person: str, message_id: str, instagram: bool) -> Arrived:
    """A message of a page or of an Instagram account. Raises Refused."""
    message = _inside(body, "message")
    if not instagram and body.get("messaging_type") not in ("RESPONSE", "UPDATE", "MESSAGE_TAG"):
        raise Refused(bad_parameter("messaging_type"))
    if body.get("messaging_type") == "MESSAGE_TAG" and body.get("tag") != "HUMAN_AGENT":
        raise Refused(bad_parameter("tag"))
    if "attachment" in message:
        attachment = _inside(message, "attachment")
        kind, payload = str(attachment.get("type")), _inside(attachment, "payload")
        if kind != "template":
            return Arrived(person, message_id, kind, "")
        text = _words(payload.get("text"), 640)
        return Arrived(person, message_id, kind, text, _postbacks(payload))
    text = _words(message.get("text"))
    if len(text.encode()) > _INSTAGRAM_TEXT_BYTES if instagram else len(text) > _MESSENGER_TEXT:
        raise Refused(GraphError(100, "(#100) Length of param message[text] is too long"))
    return Arrived(person, message_id, "text", text, _quick_replies(message))


def _quick_replies(message: Body) -> tuple[Choice, ...]:
    replies = _list(message.get("quick_replies", []))
    if len(replies) > _QUICK_REPLIES:
        raise Refused(bad_parameter("message[quick_replies]"))
    return tuple(
        Choice(_words(reply.get("payload"), 1000), _words(reply.get("title"), _QUICK_REPLY_TITLE))
        for reply in replies
        if reply.get("content_type") == "text"
    )


def _postbacks(payload: Body) -> tuple[Choice, ...]:
    buttons = _list(payload.get("buttons"))
    if not 1 <= len(buttons) <= 3:
        raise Refused(bad_parameter("message[attachment][payload][buttons]"))
    return tuple(
        Choice(_words(button.get("payload"), 1000), _words(button.get("title"), 20))
        for button in buttons
        if button.get("type") == "postback"
    )


def _text(value: Any, most: int) -> str:
    text = _words(value)
    if len(text) > most:
        raise Refused(
            GraphError(
                100,
                "(#100) Invalid parameter",
                details=f"Message text length invalid. Max length: {most}",
            )
        )
    return text


def _words(value: Any, most: int | None = None) -> str:
    if not isinstance(value, str) or not value.strip() or (most and len(value) > most):
        raise Refused(bad_parameter("a text is missing, empty or too long"))
    return value


def _inside(body: Body, name: str) -> Body:
    value = body.get(name)
    if not isinstance(value, Mapping):
        raise Refused(bad_parameter(name))
    return value


def _list(value: Any) -> list[Body]:
    if not isinstance(value, list) or not all(isinstance(item, Mapping) for item in value):
        raise Refused(bad_parameter("a list of objects was expected"))
    return value
