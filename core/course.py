"""What a conversation's state does not keep of its course, and the figures will tell."""

from dataclasses import dataclass
from datetime import datetime

from core.assessment import Assessment
from core.labels import Issue, Role, Urgency


@dataclass(frozen=True, slots=True, kw_only=True)
class Belief:
    """What triage made of a conversation, without a word of it. `rules` are those that fired."""

    issue: Issue | None = None
    urgency: Urgency = Urgency.FAIBLE
    role: Role | None = None
    confidence: float | None = None
    rules: tuple[str, ...] = ()

    @classmethod
    def of(cls, seen: Assessment) -> "Belief":
        """What an assessment believes."""
        return cls(
            issue=seen.issue,
            urgency=seen.urgency,
            role=seen.role,
            confidence=None if seen.confidence is None else round(seen.confidence, 2),
            rules=tuple(sorted({reason.rule for reason in seen.reasons})),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """`urgency_first` is that of the person's first message. `answered_at` is when a listener first
    answered. `misread` is what triage believed, where a listener found that it had read wrongly.
    """

    urgency_first: Urgency | None = None
    answered_at: datetime | None = None
    misread: Belief | None = None


# Where every conversation starts.
NOTHING_HAPPENED = Course()
