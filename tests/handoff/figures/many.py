"""A month of facts as a helpline might have it: always the same ones."""

import random
from datetime import timedelta

from core.conversation import Outcome
from core.course import Belief
from core.figures import End, Fact
from core.labels import AgeBand, Issue, Role, Urgency
from handoff.figures.period import Period

_ENDS = (End.BOT, End.ABANDONED, End.LISTENER, End.LISTENER, End.LISTENER)


def many_facts(period: Period, count: int, *, seed: int = 3018) -> list[Fact]:
    """That many facts, spread over a period."""
    chance = random.Random(seed)
    bounds = list(period.bounds())
    first, hours = bounds[0][0], int((bounds[-1][1] - bounds[0][0]).total_seconds() // 3600)
    facts = []
    for _ in range(count):
        end = chance.choice(_ENDS)
        urgency = chance.choices(list(Urgency), (8, 5, 3, 1))[0]
        answered = end is End.LISTENER
        facts.append(
            Fact(
                hour=first + timedelta(hours=chance.randrange(hours)),
                channel=chance.choices(("web", "whatsapp", "instagram"), (5, 3, 1))[0],
                origin=chance.choice((None, None, "tiktok", "lycee-12")),
                issue=chance.choices(list(Issue), range(len(Issue), 0, -1))[0],
                urgency_first=urgency,
                urgency=urgency.at_least(chance.choice((urgency, Urgency.MODEREE))),
                role=chance.choice(list(Role)),
                age_band=chance.choice((None, *AgeBand)),
                platform=chance.choice(("snapchat", "instagram", None)),
                asked=end is not End.BOT,
                wait=chance.randrange(10, 900, 10) if answered else None,
                end=end,
                outcome=chance.choice(list(Outcome)) if answered else None,
                believed=Belief(rules=("threat",)) if answered and chance.random() < 0.1 else None,
            )
        )
    return facts
