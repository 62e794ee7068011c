"""What reads and answers: the catalogue, the danger screen, the triage assistant."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from core.assistant import AssistantRequest, AssistantTurn
from core.conversation import Choice
from core.labels import Address
from core.screening import Screening


@dataclass(frozen=True, slots=True)
class Phrase:
    """A sentence as the reader sees it."""

    text: str
    choices: tuple[Choice, ...] = ()


class Phrasebook(Protocol):
    """The one catalogue of sentences."""

    def say(
        self, sentence: str, address: Address, values: Mapping[str, str] | None = None
    ) -> Phrase:
        """Render a sentence. Raises KeyError for an unknown sentence or a missing value."""


class DangerScreen(Protocol):
    """Recognises danger in French as it is typed, in process."""

    def screen(self, text: str) -> Screening:
        """The verdict on one message. Never raises for any text."""

    def glance(self, text: str) -> bool:
        """A microsecond's look: may this text hold danger? Used to order work, never to decide."""


class Assistant(Protocol):
    """The triage assistant."""

    async def turn(self, request: AssistantRequest) -> AssistantTurn:
        """One turn of dialogue. Raises AssistantUnavailable: slow, dead, or no usable answer."""
