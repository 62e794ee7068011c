"""What somebody thought of the help, if they care to say: two questions, a tap each."""

from dataclasses import dataclass, replace
from enum import StrEnum


class Question(StrEnum):
    """What is asked. The catalogue has each as `rate_…`, with a choice for every answer."""

    HELPED = "helped"
    NEXT = "next"

    @property
    def sentence(self) -> str:
        """The catalogue's id of the question."""
        return f"rate_{self.value}"


class Answer(StrEnum):
    """How somebody answers either."""

    YES = "yes"
    SOME = "some"
    NO = "no"


@dataclass(frozen=True, slots=True)
class Opinion:
    """What was answered so far; None: not asked, or passed by."""

    helped: Answer | None = None
    next: Answer | None = None

    def to(self, question: Question) -> Answer | None:
        """The answer to a question."""
        return self.helped if question is Question.HELPED else self.next

    def said(self, question: Question, answer: Answer) -> "Opinion":
        """This opinion with an answer; a later one replaces the first."""
        if question is Question.HELPED:
            return replace(self, helped=answer)
        return replace(self, next=answer)


NO_OPINION = Opinion()

SENTENCES = frozenset(question.sentence for question in Question)
# The choices under the questions, by their id in the catalogue.
CHOICES = {
    f"{question.sentence}_{answer.value}": (question, answer)
    for question in Question
    for answer in Answer
}
