"""Forty people who write during one shift: what each says, and what triage makes of it.

The danger screen is the real one and reads what it reads. What the learned reading would add is
told here, so that a shift is the same on a machine without a trained model.
"""

from dataclasses import dataclass
from pathlib import Path

from core.assessment import Assessment
from core.labels import AgeBand, Issue, Role, Urgency

CHANNELS = ("web", "whatsapp", "messenger", "instagram", "telegram")
# A line is a person: first message, what follows once somebody answered, issue, role, age,
# platform, urgency; "-" is what is not known.
_TOLD = Path(__file__).with_name("stories.tsv")


@dataclass(frozen=True, slots=True)
class Story:
    """One person: the first message, what they say once answered, and who they are."""

    channel: str
    first: str
    then: str
    seen: Assessment


def _story(channel: str, line: str) -> Story:
    first, then, issue, role, age, platform, urgency = line.split("\t")
    seen = Assessment(
        urgency=Urgency(urgency),
        issue=Issue(issue),
        confidence=0.86,
        role=Role(role),
        age_band=None if age == "-" else AgeBand(age),
        platform=None if platform == "-" else platform,
    )
    return Story(channel, first, then, seen)


_STORIES = tuple(
    _story(CHANNELS[number % len(CHANNELS)], line)
    for number, line in enumerate(_TOLD.read_text("utf-8").splitlines())
)
# The last one comes while everybody at the desk is busy.
EARLY, LATE = _STORIES[:-1], _STORIES[-1]
KNOWN = {each.first: each.seen for each in _STORIES}
