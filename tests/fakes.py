"""Stand-ins for what surrounds the kernel: words, screen, assistant, clock."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from core.assessment import NOTHING_KNOWN, Assessment, Reason
from core.assistant import AssistantRequest, AssistantTurn, HandOver, Said
from core.errors import AssistantUnavailable
from core.labels import Address, Issue, Urgency
from core.ports import Phrase
from core.screening import Screening
from tests.builders import NOON


class Echo:
    """A phrasebook whose sentences are their own ids."""

    def say(
        self, sentence: str, address: Address, values: Mapping[str, str] | None = None
    ) -> Phrase:
        return Phrase(f"{sentence}/{address}")


class OneWordScreen:
    """Finds critical danger in the word DANGER, and breaks on the word BOOM."""

    def screen(self, text: str) -> Screening:
        if "BOOM" in text:
            raise RuntimeError("the screen broke")
        start = text.find("DANGER")
        if start < 0:
            return Screening()
        reason = Reason(0, start, start + 6, "word", Urgency.CRITIQUE)
        return Screening(
            Assessment(urgency=Urgency.CRITIQUE, issue=Issue.IDEATION_SUICIDAIRE, reasons=(reason,))
        )

    def glance(self, text: str) -> bool:
        return "DANGER" in text


class ScriptedAssistant:
    """Asks a question each turn; hands over when told to; fails when told to."""

    def __init__(self, hand_over_at: int = 3) -> None:
        self.requests: list[AssistantRequest] = []
        self.dead = False
        self.before_answer: Callable[[], object] | None = None
        self._hand_over_at = hand_over_at

    async def turn(self, request: AssistantRequest) -> AssistantTurn:
        self.requests.append(request)
        if self.dead:
            raise AssistantUnavailable("dead")
        if self.before_answer is not None:
            await self.before_answer()  # type: ignore[misc]
        turns = int(request.dialogue or 0) + 1
        return AssistantTurn(
            said=(Said(f"question_{turns}"),),
            dialogue=str(turns),
            assessment=NOTHING_KNOWN,
            hand_over=HandOver.COMPLETE if turns >= self._hand_over_at else None,
        )


class TurnableClock:
    """A clock that moves only when told to."""

    def __init__(self, now: datetime = NOON) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def turn(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)
