"""What may happen to a case: functions from one to the next, or `Refused`. Nothing else is done.

    draft ▶ validated ▶ dispatched ▶ received ▶ removed
                                              ▶ refused ▶ appealed ▶ removed, or refused again

A notice that changed after it was validated is a draft again; so is one that a listener took back
before its turn came, or that lacked something by then, such as the person's consent. A sending
whose fate is unknown stays unknown until a person says what became of it: no machine sends it a
second time.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from core.errors import Refused
from core.ids import ListenerId
from core.signalement.case import (
    OPEN_STATES,
    Authority,
    Case,
    Dispatch,
    DispatchStatus,
    Enclosed,
    Escalation,
    Hold,
    Notice,
    NoticeState,
    Review,
    Route,
)
from core.signalement.checks import Problem
from core.signalement.platforms import Platform

# How long to look whether the content comes back, and how often a refused try is made again.
WATCH_FOR = timedelta(days=30)
# A case that nobody touched for so long is destroyed, unless it is held or open.
KEPT_FOR = timedelta(days=365)
# The step that says that the team was reminded.
TEAM_TOLD = "team_told"
# Steps that tell which papers a picture may be on.
CAPTURE_ADDED, CAPTURE_PUT_ASIDE, VALIDATED = "capture_added", "capture_put_aside", "validated"
# Steps that say that a file's bytes are with the case, and that they are no more.
FILE_ENCLOSED, FILE_DESTROYED = "file_enclosed", "file_destroyed"
# Why a sending was stopped, beside what `checks` names: what was validated is not there whole.
NO_PAPER = "no_paper"
BACKOFF = tuple(timedelta(minutes=m) for m in (1, 5, 15, 60, 120, 240))
_WORD_LIMIT = 2000


class Blocked(Refused):
    """Something is missing or wrong; `problems` says what."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__()
        self.problems = problems


def edited(before: Case, after: Case) -> Case:
    """The case with what a listener changed: then what was validated is a draft again, and a
    lawyer's word is over. What was sent, or is on its way, stays as it was."""
    written = {one.id: one for one in after.notices}
    notices = [
        old if _is_out(old) else _rewritten(old, written[old.id])
        for old in before.notices
        if _is_out(old) or old.id in written
    ]
    fresh = [
        _rewritten(Notice(id=new.id, platform=new.platform), new)
        for new in after.notices
        if before.notice(new.id) is None
    ]
    changed = replace(after, notices=(*notices, *fresh))
    if _sends_the_same(before, changed):
        return changed
    redrawn = [one if _is_out(one) else _drafted(one) for one in changed.notices]
    return replace(changed, notices=tuple(redrawn), review=None)


def takes_away(before: Case, after: Case) -> bool:
    """Whether a message or a capture that was there is left out."""
    messages = {one.seq for one in before.quotes} - {one.seq for one in after.quotes}
    captures = {one.id for one in before.captures} - {one.id for one in after.captures}
    return bool(messages or captures)


def _sends_the_same(before: Case, after: Case) -> bool:
    """Whether platforms are sent what they would have been: what changed is whether the person
    wants to hear of it, or what an authority is told."""
    return replace(after, tell=before.tell, letters=before.letters) == before


def _rewritten(notice: Notice, new: Notice) -> Notice:
    return replace(
        notice,
        platform=new.platform,
        category=new.category,
        targets=new.targets,
        details=new.details,
    )


def _is_out(notice: Notice) -> bool:
    ours = (NoticeState.DRAFT, NoticeState.VALIDATED)
    return notice.state not in ours or _under_way(notice)


def validate(
    case: Case, notice_id: str, *, found: Sequence[Problem], document: str, wording: str
) -> Case:
    """The notice is ready, as the PDF with this hash and these words beside it. Raises Blocked."""
    notice = _in(case, notice_id, NoticeState.DRAFT, NoticeState.VALIDATED)
    if _under_way(notice):
        raise Refused
    if found:
        raise Blocked(found)
    return _with(
        case, replace(notice, state=NoticeState.VALIDATED, document=document, wording=wording)
    )


def queue(
    case: Case, notice_id: str, route: Route, *, found: Sequence[Problem], now: datetime
) -> Case:
    """Have a validated notice sent. One that is on its way, or of unknown fate, is not.

    Raises Blocked for what it lacks by now: what was changed while it was on its way.
    """
    notice = _ready(case, notice_id, found)
    if route is Route.FORM:
        return copied(case, notice_id, found=found, now=now)
    status = DispatchStatus.QUEUED
    dispatch = Dispatch(route=route, status=status, queued_at=now, due_at=now)
    return _with(case, replace(notice, dispatch=dispatch))


def copied(case: Case, notice_id: str, *, found: Sequence[Problem], now: datetime) -> Case:
    """A person put the notice into the platform's own form. Raises Blocked."""
    notice = _ready(case, notice_id, found)
    sent = Dispatch(
        route=Route.FORM, status=DispatchStatus.SENT, queued_at=now, due_at=now, sent_at=now
    )
    return _with(case, _gone_out(replace(notice, dispatch=sent), now))


def begin_sending(case: Case, notice_id: str, *, found: Sequence[Problem]) -> Case:
    """To be committed before the first byte leaves: whoever finds it so later knows of a crash.

    Raises Blocked for what it lacks by now: a person who took their consent back is heard until
    the last moment.
    """
    notice, dispatch = _sending(case, notice_id, DispatchStatus.QUEUED)
    if found:
        raise Blocked(found)
    return _with(case, replace(notice, dispatch=replace(dispatch, status=DispatchStatus.SENDING)))


def stop(case: Case, notice_id: str, *, error: str) -> Case:
    """Nothing left: a draft again, which says why. To be validated as the case now stands."""
    notice, dispatch = _sending(case, notice_id, DispatchStatus.QUEUED)
    stopped = replace(dispatch, status=DispatchStatus.STOPPED, error=error)
    return _with(case, replace(_drafted(notice), dispatch=stopped))


def put_aside(case: Case, sha256: str) -> Case:
    """The picture or film with this hash may not be kept, for it is an intimate one of a minor:
    only its hash stays. What is not sent yet is a draft again, for its paper may show it."""
    captures = tuple(
        replace(one, kept=False) if one.sha256 == sha256 else one for one in case.captures
    )
    enclosed = tuple(_emptied(one) if one.sha256 == sha256 else one for one in case.enclosed)
    for notice in case.notices:
        if notice.dispatch is not None and notice.dispatch.status is DispatchStatus.QUEUED:
            case = stop(case, notice.id, error=CAPTURE_PUT_ASIDE)
    notices = tuple(one if _is_out(one) else _drafted(one) for one in case.notices)
    return replace(case, captures=captures, enclosed=enclosed, notices=notices)


def enclosed(case: Case, file_id: str) -> Case:
    """The bytes of one of its enclosed files are with the case now. Raises Refused where they were
    destroyed before they were all here."""
    file = case.file(file_id)
    if file is not None and file.destroyed:
        raise Refused
    files = tuple(replace(one, kept=True) if one.id == file_id else one for one in case.enclosed)
    return edited(case, replace(case, enclosed=files))


def file_destroyed(case: Case, file_id: str) -> Case:
    """Of one of its enclosed files only the hash stays."""
    files = tuple(_emptied(one) if one.id == file_id else one for one in case.enclosed)
    return edited(case, replace(case, enclosed=files))


def _emptied(file: Enclosed) -> Enclosed:
    return replace(file, kept=False, destroyed=True)


def papers_with(case: Case, sha256: str) -> frozenset[str]:
    """The notices whose paper was drawn while the picture with this hash was in the case."""
    found: set[str] = set()
    within = False
    for step in case.steps:
        if step.subject == sha256 and step.kind in (CAPTURE_ADDED, CAPTURE_PUT_ASIDE):
            within = step.kind == CAPTURE_ADDED
        elif step.kind == VALIDATED:
            (found.add if within else found.discard)(step.subject)
    return frozenset(found)


def cancel(case: Case, notice_id: str) -> Case:
    """A listener takes a notice back that waits for its turn; once it is being sent, nobody can."""
    notice, _ = _sending(case, notice_id, DispatchStatus.QUEUED)
    return _with(case, replace(_drafted(notice), dispatch=None))


def sent(case: Case, notice_id: str, *, now: datetime) -> Case:
    """The other side took it."""
    notice, dispatch = _sending(case, notice_id, DispatchStatus.SENDING)
    dispatch = replace(dispatch, status=DispatchStatus.SENT, sent_at=now, error=None)
    return _with(case, _gone_out(replace(notice, dispatch=dispatch), now))


def not_sent(case: Case, notice_id: str, *, error: str, again: bool, now: datetime) -> Case:
    """The other side certainly has nothing: try later (`again`), or leave it to a person."""
    notice, dispatch = _sending(case, notice_id, DispatchStatus.SENDING)
    tries = dispatch.attempts + 1
    if again and tries <= len(BACKOFF):
        dispatch = replace(
            dispatch,
            status=DispatchStatus.QUEUED,
            attempts=tries,
            due_at=now + BACKOFF[tries - 1],
            error=error,
        )
    else:
        dispatch = replace(dispatch, status=DispatchStatus.REFUSED, attempts=tries, error=error)
    return _with(case, replace(notice, dispatch=dispatch))


def lost_sight(case: Case, notice_id: str, *, error: str) -> Case:
    """Nobody can know whether it arrived."""
    notice, dispatch = _sending(case, notice_id, DispatchStatus.SENDING)
    dispatch = replace(dispatch, status=DispatchStatus.UNKNOWN, error=error)
    return _with(case, replace(notice, dispatch=dispatch))


def resolve(case: Case, notice_id: str, *, arrived: bool, now: datetime) -> Case:
    """A person found out what became of a sending of unknown fate."""
    notice, dispatch = _sending(case, notice_id, DispatchStatus.UNKNOWN)
    if arrived:
        settled = replace(dispatch, status=DispatchStatus.SENT, sent_at=now)
        return _with(case, _gone_out(replace(notice, dispatch=settled), now))
    return _with(case, replace(notice, dispatch=replace(dispatch, status=DispatchStatus.REFUSED)))


def received(case: Case, notice_id: str, *, reference: str, now: datetime) -> Case:
    """The platform acknowledged it (DSA article 16(4))."""
    notice = _in(case, notice_id, NoticeState.DISPATCHED)
    return _with(
        case,
        replace(
            notice, state=NoticeState.RECEIVED, received_at=now, reference=_words(reference, 200)
        ),
    )


def removed(case: Case, notice_id: str, *, now: datetime) -> Case:
    """The content is gone; for a while somebody looks whether it comes back."""
    notice = _in(case, notice_id, *OPEN_STATES, NoticeState.REFUSED)
    return _with(
        case,
        replace(notice, state=NoticeState.REMOVED, decided_at=now, watch_until=now + WATCH_FOR),
    )


def refused(case: Case, notice_id: str, *, reason: str, now: datetime) -> Case:
    """The platform will not remove it, and says why."""
    notice = _in(case, notice_id, *OPEN_STATES)
    reason = _words(reason, _WORD_LIMIT)
    return _with(case, replace(notice, state=NoticeState.REFUSED, decided_at=now, refusal=reason))


def appeal(case: Case, notice_id: str, *, reason: str, now: datetime) -> Case:
    """The refusal is contested (DSA article 20); a new clock runs."""
    notice = _in(case, notice_id, NoticeState.REFUSED)
    if not reason.strip():
        raise Refused
    return _with(
        case,
        replace(
            notice,
            state=NoticeState.APPEALED,
            appeal=_words(reason, _WORD_LIMIT),
            appealed_at=now,
            decided_at=None,
            reminded_at=None,
        ),
    )


def seen_again(case: Case, notice_id: str, *, new_id: str, now: datetime) -> Case:
    """The content came back: a new notice like the first, to be completed and validated.

    One a place, however often it is said: while another notice of that content is not answered by
    its removal, that one is carried on, and no platform is asked twice for the same.
    """
    notice = _in(case, notice_id, NoticeState.REMOVED)
    marked = _with(case, replace(notice, seen_again_at=now))
    if any(_asks_for(one, notice) for one in case.notices):
        return marked
    again = Notice(
        id=new_id,
        platform=notice.platform,
        category=notice.category,
        targets=notice.targets,
        details=notice.details,
    )
    return replace(marked, notices=(*marked.notices, again))


def still_gone(case: Case, notice_id: str, *, now: datetime) -> Case:
    """Somebody looked: the content has not come back."""
    notice = _in(case, notice_id, NoticeState.REMOVED)
    if notice.seen_again_at is not None:
        raise Refused
    return _with(case, replace(notice, looked_at=now))


def told(case: Case, notice_id: str, *, now: datetime) -> Case:
    """The person was told that there is news, once, as they had agreed to."""
    notice = _in(case, notice_id, NoticeState.REMOVED)
    if case.tell is None or notice.told_at is not None:
        raise Refused
    return _with(case, replace(notice, told_at=now))


def team_told(case: Case, notice_ids: Sequence[str], *, now: datetime) -> Case:
    """The team was told that somebody has to do something about these."""
    notices = (
        replace(one, team_told_at=now) if one.id in notice_ids else one for one in case.notices
    )
    return replace(case, notices=tuple(notices))


def reminded(case: Case, notice_id: str, *, now: datetime) -> Case:
    """Somebody asked the platform again."""
    notice = _in(case, notice_id, *OPEN_STATES)
    return _with(case, replace(notice, reminded_at=now))


def escalate(
    case: Case,
    authority: Authority,
    *,
    found: Sequence[Problem],
    letter: str,
    reference: str,
    by: ListenerId,
    now: datetime,
) -> Case:
    """The case was passed on, in the words of `letter`. Raises Blocked for what its form lacks."""
    if found:
        raise Blocked(found)
    passed = Escalation(
        authority=authority, reference=_words(reference, 200), letter=letter, by=by, at=now
    )
    return replace(case, escalations=(*case.escalations, passed))


def hold(case: Case, reason: str, *, by: ListenerId, now: datetime) -> Case:
    """From now on the case may not be destroyed."""
    if not reason.strip():
        raise Refused
    return replace(case, hold=Hold(reason=_words(reason, 500), by=by, at=now))


def release(case: Case) -> Case:
    """The hold is over."""
    return replace(case, hold=None)


def reviewed(case: Case, *, approved: bool, remarks: str, by: ListenerId, now: datetime) -> Case:
    """A lawyer of the service looked at the case as it stands: approves it, or says what is wrong.

    Not who opened it: four eyes see more than two.
    """
    if by == case.opened_by or not (approved or remarks.strip()):
        raise Refused
    review = Review(by=by, at=now, approved=approved, remarks=_words(remarks, _WORD_LIMIT))
    return replace(case, review=review)


def may_be_destroyed(case: Case) -> bool:
    """Whether nobody needs it: no hold, and nothing of it on its way or still open."""
    if case.hold is not None:
        return False
    return not any(_under_way(one) or one.state in OPEN_STATES for one in case.notices)


def ends_at(case: Case) -> datetime:
    """When the case has had its time, counted from its last step; our own reminders are none."""
    touched = [step.at for step in case.steps if step.kind != TEAM_TOLD]
    return (touched[-1] if touched else case.opened_at) + KEPT_FOR


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """The clock of one notice: until when the content should be gone, and when to ask again."""

    due_at: datetime
    remind_at: datetime
    overdue: bool
    remind: bool


def deadline(notice: Notice, platform: Platform, *, now: datetime) -> Deadline | None:
    """The clock of a notice that a platform has; None before and after."""
    if notice.state not in OPEN_STATES or notice.dispatched_at is None:
        return None
    due_at = (notice.appealed_at or notice.dispatched_at) + platform.patience
    last = notice.reminded_at
    remind_at = due_at if last is None else max(due_at, last + platform.reminding)
    return Deadline(
        due_at=due_at, remind_at=remind_at, overdue=now >= due_at, remind=now >= remind_at
    )


def _ready(case: Case, notice_id: str, found: Sequence[Problem]) -> Notice:
    """A validated notice that may go out. Raises Blocked for what it lacks since."""
    notice = _in(case, notice_id, NoticeState.VALIDATED)
    if _under_way(notice):
        raise Refused
    if found:
        raise Blocked(found)
    return notice


def _asks_for(other: Notice, notice: Notice) -> bool:
    """Whether another notice, not answered by a removal, is about the same content."""
    same = other.platform == notice.platform and bool(set(other.targets) & set(notice.targets))
    return same and other.id != notice.id and other.state is not NoticeState.REMOVED


def _drafted(notice: Notice) -> Notice:
    return replace(notice, state=NoticeState.DRAFT, document=None, wording="")


def _under_way(notice: Notice) -> bool:
    return notice.dispatch is not None and notice.dispatch.status in (
        DispatchStatus.QUEUED,
        DispatchStatus.SENDING,
        DispatchStatus.UNKNOWN,
    )


def _gone_out(notice: Notice, now: datetime) -> Notice:
    return replace(notice, state=NoticeState.DISPATCHED, dispatched_at=now)


def _in(case: Case, notice_id: str, *states: NoticeState) -> Notice:
    notice = case.notice(notice_id)
    if notice is None or notice.state not in states:
        raise Refused
    return notice


def _sending(case: Case, notice_id: str, status: DispatchStatus) -> tuple[Notice, Dispatch]:
    notice = case.notice(notice_id)
    if notice is None or notice.dispatch is None or notice.dispatch.status is not status:
        raise Refused
    return notice, notice.dispatch


def _with(case: Case, notice: Notice) -> Case:
    return replace(
        case, notices=tuple(notice if one.id == notice.id else one for one in case.notices)
    )


def _words(text: str, limit: int) -> str:
    return text.strip()[:limit]
