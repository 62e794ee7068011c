"""Calling somebody to a danger that nobody sees: level by level, until it is answered. Pure.

A level that acknowledges nothing in time leaves the danger to the next; the last one is called
again and again. An acknowledgement holds for a while only: what counts is that the person is
answered.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from core.rota import OnCall

# Somebody who could not be reached is tried this often, with this pause.
TRIES = 3
TRY_AGAIN = timedelta(seconds=30)
# Who said "I take care of it" has this long to answer the person.
ACKNOWLEDGED_HOLDS = timedelta(minutes=15)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """How far the calling got. `tries` counts failed tries by name, `reached` names who has it.

    `level` counts on past the last level of the rota: each further one calls the last again.
    """

    level: int = 0
    since: datetime
    tries: tuple[tuple[str, int], ...] = ()
    reached: tuple[str, ...] = ()
    acknowledged_by: str | None = None
    acknowledged_at: datetime | None = None

    def acknowledged(self, name: str, now: datetime) -> "Page":
        """Somebody takes care of it; whoever said so first is kept."""
        if self.acknowledged_by is not None:
            return self
        return replace(self, acknowledged_by=name, acknowledged_at=now)

    def called(self, name: str, *, reached: bool) -> "Page":
        """What became of one call."""
        if reached:
            return replace(self, reached=(*self.reached, name))
        tries = dict(self.tries)
        return replace(self, tries=tuple((tries | {name: tries.get(name, 0) + 1}).items()))


@dataclass(frozen=True, slots=True)
class Step:
    """What to do now: the page as it stands, whom to call, and when to look again at the latest.

    `in_vain`: nobody of the last level came in time, or none of them could be reached.
    """

    page: Page
    call: tuple[OnCall, ...]
    again: timedelta
    in_vain: bool = False


def next_step(
    page: Page, levels: Sequence[Sequence[OnCall]], *, patience: timedelta, now: datetime
) -> Step:
    """The step that is due at `now`. `levels` holds at least one; `patience` is a level's time."""
    if page.acknowledged_at is not None:
        left = page.acknowledged_at + ACKNOWLEDGED_HOLDS - now
        if left > timedelta(0):
            return Step(page, (), left)
        page = _next_level(page, now)
    level = _level(page, levels)
    failed = dict(page.tries)
    lost = all(failed.get(one.name, 0) >= TRIES and one.name not in page.reached for one in level)
    is_last = page.level + 1 >= len(levels)
    in_vain = page.level >= len(levels) or (is_last and lost)
    if now - page.since >= patience or (lost and not is_last):
        in_vain = in_vain or is_last
        page = _next_level(page, now)
        level, failed = _level(page, levels), {}
    call = tuple(
        one for one in level if one.name not in page.reached and failed.get(one.name, 0) < TRIES
    )
    again = min(page.since + patience - now, TRY_AGAIN if call else patience)
    return Step(page, call, again, in_vain)


def page_from(body: dict[str, Any]) -> Page:
    """A page from what `as_document` makes."""
    at = body["acknowledged_at"]
    return Page(
        level=body["level"],
        since=datetime.fromisoformat(body["since"]),
        tries=tuple((name, count) for name, count in body["tries"]),
        reached=tuple(body["reached"]),
        acknowledged_by=body["acknowledged_by"],
        acknowledged_at=datetime.fromisoformat(at) if at else None,
    )


def as_document(page: Page) -> dict[str, Any]:
    """A page as JSON."""
    at = page.acknowledged_at
    return {
        "level": page.level,
        "since": page.since.isoformat(),
        "tries": [list(each) for each in page.tries],
        "reached": list(page.reached),
        "acknowledged_by": page.acknowledged_by,
        "acknowledged_at": at.isoformat() if at else None,
    }


def _level(page: Page, levels: Sequence[Sequence[OnCall]]) -> Sequence[OnCall]:
    return levels[min(page.level, len(levels) - 1)]


def _next_level(page: Page, now: datetime) -> Page:
    return Page(level=page.level + 1, since=now)
