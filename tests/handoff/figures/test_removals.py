"""What became of notices, as the monthly and the yearly report tell it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from core.ids import ConversationId, ListenerId, new_id
from core.labels import Issue
from core.signalement.case import (
    Authority,
    Case,
    ContentKind,
    Escalation,
    Notice,
    NoticeState,
    Target,
)
from core.signalement.platforms import directory
from handoff.figures.period import parse_period
from handoff.figures.removals import tables_of
from handoff.figures.tally import Table
from handoff.signalement.words import KINDS

NOVEMBER = parse_period("2026-11")
SENT = datetime(2026, 11, 10, 9, tzinfo=UTC)
ANNE = ListenerId("a" * 32)


def a_notice(platform: str, state: NoticeState, *, hours: int = 2, sent: datetime = SENT) -> Notice:
    decided = sent + timedelta(hours=hours) if state is NoticeState.REMOVED else None
    return Notice(
        id=new_id(),
        platform=platform,
        state=state,
        category="intimate",
        dispatched_at=sent,
        decided_at=decided,
    )


def a_case(*notices: Notice, **fields: object) -> Case:
    values: dict[str, object] = {
        "id": new_id(),
        "conversation_id": ConversationId(new_id()),
        "opened_by": ANNE,
        "opened_at": SENT,
        "issue": Issue.SEXTORSION,
        "notices": notices,
    }
    return Case(**(values | fields))  # type: ignore[arg-type]


def tables(*cases: Case) -> dict[str, Table]:
    return {one.name: one for one in tables_of(cases, NOVEMBER, directory())}


def cells(table: Table) -> dict[str, tuple[int | None, ...]]:
    return {row.label: row.cells for row in table.rows}


def test_notices_are_counted_by_platform_and_what_became_of_them() -> None:
    removed = [a_case(a_notice("tiktok", NoticeState.REMOVED, hours=n)) for n in range(1, 13)]
    open_ = [a_case(a_notice("tiktok", NoticeState.DISPATCHED)) for _ in range(6)]
    told = tables(*removed, *open_)
    assert cells(told["notice"]) == {"TikTok": (12, 0, 6)}
    assert cells(told["notice_issue"]) == {"Sextorsion": (18,)}
    assert cells(told["removal"])["TikTok"] == (6 * 3600, 11 * 3600)


def of_kinds(*kinds: ContentKind) -> Case:
    targets = tuple(Target(kind=kind, url=f"https://x.example/{n}") for n, kind in enumerate(kinds))
    return a_case(replace(a_notice("tiktok", NoticeState.REMOVED), targets=targets))


def test_notices_are_counted_by_the_kinds_of_content_that_they_name() -> None:
    both = [of_kinds(ContentKind.VIDEO, ContentKind.VIDEO, ContentKind.PROFILE) for _ in range(6)]
    only = [of_kinds(ContentKind.PROFILE) for _ in range(5)]
    told = tables(*both, *only)["notice_kind"]
    assert cells(told) == {"Compte": (11,), "Vidéo": (6,)}
    assert [row.key for row in told.rows] == ["profile", "video"]


def test_a_rare_kind_of_content_is_masked_so_that_no_sum_tells_it() -> None:
    often = [of_kinds(ContentKind.VIDEO) for _ in range(12)]
    posts = [of_kinds(ContentKind.POST) for _ in range(7)]
    told = cells(tables(*often, *posts, of_kinds(ContentKind.MESSAGE))["notice_kind"])
    assert told["Message privé"] == (None,)
    assert told["Publication"] == (None,), "else the total of the notices would tell it"
    assert told["Vidéo"] == (12,)


def test_every_kind_of_content_has_its_words() -> None:
    assert set(KINDS) == set(ContentKind)


def test_a_notice_counts_in_the_month_it_was_sent_and_a_draft_in_none() -> None:
    before = a_notice("tiktok", NoticeState.REMOVED, sent=SENT - timedelta(days=30))
    draft = Notice(id=new_id(), platform="tiktok")
    assert not tables(a_case(before, draft))["notice"].rows


def test_one_rare_removal_is_masked_and_its_time_untold() -> None:
    told = tables(a_case(a_notice("yubo", NoticeState.REMOVED)))
    assert cells(told["notice"])["Yubo"] == (None, None, None)
    assert cells(told["removal"])["Yubo"] == (None, None)


def test_what_went_to_authorities_is_counted() -> None:
    passed_on = Escalation(by=ANNE, at=SENT, authority=Authority.PHAROS)
    told = tables(*[a_case(escalations=(passed_on,)) for _ in range(5)])
    assert cells(told["authority"]) == {"Pharos": (5,)}
