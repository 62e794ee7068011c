"""What the kernel knows of the danger screen: its verdict on one message."""

from dataclasses import dataclass, replace

from core.assessment import NOTHING_KNOWN, Assessment


@dataclass(frozen=True, slots=True)
class Screening:
    """The screen's verdict on one text: the urgency it proves, and what the words name for certain.

    The assessment's reasons and facts carry `seq` 0 until `at_message` ties them to a message.
    """

    assessment: Assessment = NOTHING_KNOWN

    def at_message(self, seq: int) -> Assessment:
        """The assessment with its reasons and facts tied to message `seq`."""
        return replace(
            self.assessment,
            reasons=tuple(replace(reason, seq=seq) for reason in self.assessment.reasons),
            facts=tuple(replace(fact, seq=seq) for fact in self.assessment.facts),
        )
