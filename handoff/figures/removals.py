"""What became of notices to platforms: what a trusted flagger publishes yearly (DSA article 22).

Counted from the dossiers as they are. They outlive the conversations they came from, and end a year
after their last step: a month's report is whole, a year's may lack its first days when it is drawn
late. A notice belongs to the day on which it was sent.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from core.ports import Documents, Figures
from core.signalement.authorities import authorities
from core.signalement.case import Case, Notice, NoticeState
from core.signalement.evidence import from_json
from core.signalement.platforms import Directory, directory
from handoff.figures import words
from handoff.figures.masking import masked
from handoff.figures.period import Period
from handoff.figures.tally import Report, Row, Table, Unit, percentile, report_on
from handoff.figures.words import named
from handoff.signalement.words import KINDS

CASES = "signalement"
_STATES = {NoticeState.REMOVED: 0, NoticeState.REFUSED: 1}
_KINDS: Mapping[str, str] = {kind.value: name for kind, name in KINDS.items()}


class Source(Figures, Documents, Protocol):
    """Where a whole report is read from."""


async def whole_report(source: Source, period: Period) -> Report:
    """The report on a period: conversations, then what was asked of platforms."""
    report = await report_on(source, period)
    if report.total is None:
        return report
    cases = [from_json(one.body) for one in await source.documents(CASES)]
    return replace(report, tables=(*report.tables, *tables_of(cases, period, directory())))


def tables_of(cases: Sequence[Case], period: Period, known: Directory) -> tuple[Table, ...]:
    """Notices sent in a period by platform, subject, reason and kind of content, how long removal
    took, and what went to authorities."""
    bounds = list(period.bounds())
    first, last = bounds[0][0], bounds[-1][1]

    def within(moment: datetime | None) -> bool:
        return moment is not None and first <= moment < last

    sent = [
        (case, notice) for case in cases for notice in case.notices if within(notice.dispatched_at)
    ]
    names = {one: platform.name for one, platform in known.platforms.items()}
    reasons = {
        code: label
        for platform in known.platforms.values()
        for code, label in platform.categories.items()
    }
    escalated: Counter[str | None] = Counter(
        one.authority.value for case in cases for one in case.escalations if within(one.at)
    )
    short = {one.id.value: one.short for one in authorities().values()}
    return (
        _outcomes([notice for _, notice in sent], names),
        _counted("notice_issue", "Signalements par sujet", _by(sent, _issue), words.ISSUES),
        _counted("notice_reason", "Signalements par motif", _by(sent, _reason), reasons),
        _counted("notice_kind", "Signalements par type de contenu", _by_kind(sent), _KINDS),
        _times([notice for _, notice in sent], names),
        _counted("authority", "Transmissions aux autorités", escalated, short),
    )


def _outcomes(notices: Sequence[Notice], names: Mapping[str, str]) -> Table:
    counts: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for notice in notices:
        counts[notice.platform][_STATES.get(notice.state, 2)] += 1
    platforms = sorted(counts, key=lambda one: named(names, one))
    cells = masked([counts[one] for one in platforms])
    return Table(
        name="notice",
        title="Signalements aux plateformes",
        columns=("Retirés", "Refusés", "Sans décision"),
        unit=Unit.NOTICES,
        rows=tuple(
            Row(one, named(names, one), tuple(row))
            for one, row in zip(platforms, cells, strict=True)
        ),
    )


def _counted(name: str, title: str, counts: Counter[str | None], names: Mapping[str, str]) -> Table:
    labels = {key: named(names, key) for key in counts}
    keys = sorted(counts, key=lambda key: labels[key])
    cells = masked([[counts[key]] for key in keys])
    return Table(
        name=name,
        title=title,
        columns=("Signalements",),
        unit=Unit.NOTICES,
        rows=tuple(
            Row(key or "none", labels[key], tuple(row))
            for key, row in zip(keys, cells, strict=True)
        ),
    )


def _times(notices: Sequence[Notice], names: Mapping[str, str]) -> Table:
    """How long content stayed once the platform was told."""
    took: defaultdict[str, list[int]] = defaultdict(list)
    for one in notices:
        if one.state is NoticeState.REMOVED and one.decided_at and one.dispatched_at:
            seconds = int((one.decided_at - one.dispatched_at).total_seconds())
            took[named(names, one.platform)].append(max(0, seconds))
    groups = {**dict(sorted(took.items())), "Toutes": [s for some in took.values() for s in some]}
    return Table(
        name="removal",
        title="Délai entre l’envoi et le retrait",
        columns=("Médiane", "9 sur 10 en moins de"),
        unit=Unit.SECONDS,
        rows=tuple(
            Row(name, name, (percentile(some, 50), percentile(some, 90)))
            for name, some in groups.items()
            if some
        ),
    )


def _by(
    sent: Sequence[tuple[Case, Notice]], value_of: Callable[[Case, Notice], str | None]
) -> Counter[str | None]:
    return Counter(value_of(case, notice) for case, notice in sent)


def _by_kind(sent: Sequence[tuple[Case, Notice]]) -> Counter[str | None]:
    """A notice counts once for each kind of content that it names, however many there are of it."""
    kinds_of = [{one.kind.value for one in notice.targets} for _, notice in sent]
    return Counter(kind for kinds in kinds_of for kind in kinds or (None,))


def _issue(case: Case, notice: Notice) -> str | None:
    return case.issue


def _reason(case: Case, notice: Notice) -> str | None:
    return notice.category or None
