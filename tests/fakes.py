"""Stand-ins for what surrounds the kernel: words, screen, assistant, clock."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from core.assessment import Assessment, Reason
from core.assistant import AssistantRequest, AssistantTurn, HandOver, Said
from core.conversation import Choice
from core.errors import AssistantUnavailable
from core.labels import Address, Issue, Urgency
from core.ports import Phrase
from core.screening import Screening
from tests.builders import NOON


class Echo:
    """A phrasebook whose sentences are their own ids, but for those that are `missing`.

    A sentence offers the `choices` named for it.
    """

    def __init__(self) -> None:
        self.missing: set[str] = set()
        self.choices: dict[str, tuple[str, ...]] = {
            "erase_confirm": ("erase_yes", "erase_no"),
            "orientation_ask": ("orient_yes", "orient_no"),
            "adult_service_ask": ("orient_yes", "orient_no"),
            "follow_up_ask": ("follow_midday", "follow_evening", "follow_no"),
            "follow_up_call_ask": ("follow_midday", "follow_evening", "follow_no"),
            "follow_up_call_number": ("follow_no",),
            "follow_up_call_noted": ("follow_no",),
            "follow_up": ("follow_me", "follow_later", "follow_stranger"),
            "rate_helped": ("rate_helped_yes", "rate_helped_some", "rate_helped_no"),
            "rate_next": ("rate_next_yes", "rate_next_some", "rate_next_no"),
        }

    def say(
        self, sentence: str, address: Address, values: Mapping[str, str] | None = None
    ) -> Phrase:
        if sentence in self.missing:
            raise KeyError(sentence)
        choices = tuple(Choice(each, each) for each in self.choices.get(sentence, ()))
        return Phrase(f"{sentence}/{address}", choices)


class OneWordScreen:
    """Finds critical danger in its `words`, and breaks on the word BOOM."""

    words: tuple[str, ...] = ("DANGER",)

    def screen(self, text: str) -> Screening:
        if "BOOM" in text:
            raise RuntimeError("the screen broke")
        for word in self.words:
            start = text.find(word)
            if start >= 0:
                reason = Reason(0, start, start + len(word), "word", Urgency.CRITIQUE)
                return Screening(
                    Assessment(
                        urgency=Urgency.CRITIQUE,
                        issue=Issue.IDEATION_SUICIDAIRE,
                        reasons=(reason,),
                    )
                )
        return Screening()

    def glance(self, text: str) -> bool:
        return any(word in text for word in self.words)


class ScriptedAssistant:
    """Asks a question each turn; hands over when told to; fails when told to."""

    def __init__(self, hand_over_at: int = 3) -> None:
        self.requests: list[AssistantRequest] = []
        self.dead = False
        self.urgency = Urgency.FAIBLE
        self.question = "question_{turn}"
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
            said=(Said(self.question.format(turn=turns)),),
            dialogue=str(turns),
            assessment=Assessment(urgency=self.urgency),
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
