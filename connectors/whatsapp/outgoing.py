"""What we send, as the Graph API wants it; pure.

Source: Meta, "Cloud API messages": limits of text, reply buttons and lists. pywa enforces none.
"""

import re
from dataclasses import dataclass
from typing import Any, Literal

from connectors.degrade import Limits
from core.discretion import ROOM
from core.ports import Part

MOST_BUTTONS, BUTTON_TITLE = 3, 20
MOST_ROWS, ROW_TITLE = 10, 24
LIMITS = Limits(
    text=4096,
    text_with_choices=1024,
    styles=((MOST_BUTTONS, BUTTON_TITLE), (MOST_ROWS, ROW_TITLE)),
    room=ROOM,
)

_NUMBER = re.compile(r"[0-9]{5,20}")
_BSUID = re.compile(r"[A-Z]{2}\.(ENT\.)?[A-Za-z0-9]{1,128}")


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message's type and content in the Graph API's words."""

    type: str
    content: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Template:
    """A template that Meta approved: what may be sent outside the window."""

    name: str
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Whom to send to: a number or a group as `to`, or a BSUID as `user_id`."""

    to: str | None = None
    user_id: str | None = None
    type: Literal["individual", "group"] = "individual"


def recipient_of(address: str) -> Recipient | None:
    """The person at an address; None for what is neither a number nor a BSUID.

    pywa takes a BSUID with letters for a group, and would send there.
    """
    if _NUMBER.fullmatch(address):
        return Recipient(to=address)
    return Recipient(user_id=address) if _BSUID.fullmatch(address) else None


def text_of(text: str) -> Outgoing:
    """Plain text. No preview: whoever holds the phone must not see where a link leads."""
    return Outgoing("text", {"body": text, "preview_url": False})


def part_of(part: Part, *, choose: str) -> Outgoing:
    """Text alone, with reply buttons, or with a list that opens on a button saying `choose`."""
    if not part.choices:
        return text_of(part.text)
    titles = [choice.title for choice in part.choices]
    if len(titles) <= MOST_BUTTONS and all(len(title) <= BUTTON_TITLE for title in titles):
        action: dict[str, Any] = {
            "buttons": [
                {"type": "reply", "reply": {"id": choice.id, "title": choice.title}}
                for choice in part.choices
            ]
        }
        kind = "button"
    else:
        rows = [{"id": choice.id, "title": choice.title} for choice in part.choices]
        action, kind = {"button": choose, "sections": [{"rows": rows}]}, "list"
    return Outgoing("interactive", {"type": kind, "body": {"text": part.text}, "action": action})


def template_of(template: Template) -> Outgoing:
    """A template without parameters."""
    language = {"code": template.language}
    return Outgoing("template", {"name": template.name, "language": language})
