"""What the kernel knows of the triage assistant: a question and an answer, no engine."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from core.assessment import Assessment
from core.skills import Language


class HandOver(StrEnum):
    """Why the assistant passes the conversation to a human."""

    COMPLETE = "complete"
    ASKED_HUMAN = "asked_human"
    DANGER = "danger"
    NOT_UNDERSTOOD = "not_understood"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True, kw_only=True)
class AssistantRequest:
    """One turn: what the person said since the last answer, and the dialogue so far.

    `choice` is the id of a tapped quick reply and wins over `text`. `dialogue` is the opaque JSON
    the assistant gave back last time (empty at first). `known` is what need not be asked.
    """

    text: str
    choice: str | None = None
    dialogue: str = ""
    known: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence the assistant wants said: an id of the catalogue and its values."""

    sentence: str
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class AssistantTurn:
    """The assistant's answer: sentences, the new dialogue state, what it understood.

    `language` is what the person plainly writes in; None: French, or it cannot be told.
    """

    said: tuple[Said, ...]
    dialogue: str
    assessment: Assessment
    hand_over: HandOver | None = None
    language: Language | None = None
