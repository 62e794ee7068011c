"""What waits for a person in a dossier, and since when: late answers, unknown fates, a look again.

A notice that nobody follows is worth nothing. So each that needs somebody is in a list on the
console, and who is not there is reminded (`handoff.signalement.courier`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from core.signalement.case import Case, DispatchStatus, Notice, NoticeState
from core.signalement.moves import deadline
from core.signalement.platforms import Directory, Platform

# While content that was removed is watched, somebody looks this often whether it came back.
LOOK_EVERY = timedelta(days=7)
# What nobody dealt with for so long is told to the team, and again, but not for ever.
TELL_AFTER = timedelta(hours=1)
TELL_FOR = timedelta(days=30)


class Why(StrEnum):
    """What somebody has to do about a notice."""

    # Nobody knows whether it arrived: ask the platform.
    UNKNOWN = "unknown"
    # It was refused on the way: send it otherwise.
    NOT_SENT = "not_sent"
    # It was stopped before it left: complete it, or leave it.
    STOPPED = "stopped"
    # The platform let its time pass: ask again.
    LATE = "late"
    # The platform will not: contest it, or go to an authority.
    REFUSED = "refused"
    # The content is gone: tell the person who asked to hear of it.
    TELL = "tell"
    # The content is gone: look whether it came back.
    LOOK = "look"


TELL_EVERY = {
    Why.UNKNOWN: timedelta(days=1),
    Why.NOT_SENT: timedelta(days=1),
    Why.STOPPED: timedelta(days=1),
    Why.LATE: timedelta(days=1),
    Why.REFUSED: timedelta(days=7),
    Why.TELL: timedelta(days=3),
    Why.LOOK: timedelta(days=7),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Todo:
    """One thing to do about a notice, due since or from `at`."""

    notice: str
    why: Why
    at: datetime


def of_case(case: Case, known: Directory) -> Sequence[Todo]:
    """Everything to do in a case, due or to come, the earliest first."""
    found = [
        one
        for notice in case.notices
        if (one := _of_notice(case, notice, known.platforms.get(notice.platform))) is not None
    ]
    return sorted(found, key=lambda one: one.at)


def told_when(case: Case, known: Directory) -> Sequence[tuple[Todo, datetime]]:
    """What the team is to be told of, and when: the first time, or again."""
    planned = [(one, _told_at(case.notice(one.notice), one)) for one in of_case(case, known)]
    return [(one, at) for one, at in planned if at <= one.at + TELL_FOR]


def _told_at(notice: Notice | None, todo: Todo) -> datetime:
    last = notice.team_told_at if notice else None
    if last is None or last < todo.at:
        return todo.at + TELL_AFTER
    return last + TELL_EVERY[todo.why]


def _of_notice(case: Case, notice: Notice, platform: Platform | None) -> Todo | None:
    sending = notice.dispatch
    if sending is not None and notice.dispatched_at is None:
        if sending.status is DispatchStatus.UNKNOWN:
            return Todo(notice=notice.id, why=Why.UNKNOWN, at=sending.due_at)
        if sending.status is DispatchStatus.REFUSED:
            return Todo(notice=notice.id, why=Why.NOT_SENT, at=sending.due_at)
        # Without the person's consent there is nothing to complete.
        stopped = sending.status is DispatchStatus.STOPPED and notice.state is NoticeState.DRAFT
        if stopped and case.consent is not None:
            return Todo(notice=notice.id, why=Why.STOPPED, at=sending.due_at)
    decided = notice.decided_at
    if notice.state is NoticeState.REFUSED and decided is not None and not case.escalations:
        return Todo(notice=notice.id, why=Why.REFUSED, at=decided)
    if notice.state is NoticeState.REMOVED and decided is not None:
        return _once_removed(case, notice, decided)
    if platform is None or notice.dispatched_at is None:
        return None
    clock = deadline(notice, platform, now=notice.dispatched_at)
    return Todo(notice=notice.id, why=Why.LATE, at=clock.remind_at) if clock else None


def _once_removed(case: Case, notice: Notice, decided: datetime) -> Todo | None:
    if case.tell is not None and notice.told_at is None:
        return Todo(notice=notice.id, why=Why.TELL, at=decided)
    if notice.seen_again_at is not None or notice.watch_until is None:
        return None
    next_look = (notice.looked_at or decided) + LOOK_EVERY
    if next_look > notice.watch_until:
        return None
    return Todo(notice=notice.id, why=Why.LOOK, at=next_look)
