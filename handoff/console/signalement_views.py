"""Dossiers as the console's JSON; pure. See `docs/signalement.md`."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from core.accounts import Listener
from core.permissions import Permission, may
from core.signalement import authorities, law, moves, todo
from core.signalement.case import Case, Notice, Route
from core.signalement.checks import Problem
from core.signalement.evidence import to_json
from core.signalement.platforms import Directory
from handoff.signalement import form as form_of
from handoff.signalement import words


def catalogue(known: Directory) -> dict[str, Any]:
    """Platforms, offences and the words of choices."""
    return {
        "platforms": [
            {
                "id": one.id,
                "name": one.name,
                "kinds": [{"id": k.value, "name": words.KINDS[k]} for k in one.content],
                "details": [
                    {"id": name, "label": detail.label, "required": detail.required}
                    for name, detail in one.details.items()
                ],
                "categories": [{"id": c, "name": name} for c, name in one.categories.items()],
                "form": one.form,
            }
            for one in known.platforms.values()
        ],
        "qualifications": [
            {
                "id": one.id,
                "title": one.title,
                "reference": one.reference,
                "check": one.check,
                "elements": [
                    {"id": law.element_key(one, element), "label": label}
                    for element, label in one.elements.items()
                ],
            }
            for one in law.qualifications().values()
        ],
        "authorities": [
            {
                "id": one.id.value,
                "name": one.name,
                "form": one.form,
                "note": one.note,
                "fields": [
                    {
                        "id": name,
                        "label": one.fields[name].label,
                        "required": one.fields[name].required,
                        "long": one.fields[name].long,
                        "choices": list(one.fields[name].choices),
                    }
                    for name in one.written
                ],
            }
            for one in authorities.authorities().values()
        ],
    }


def row(case: Case, known: Directory, now: datetime) -> dict[str, Any]:
    """A case in the list: never a word of what it holds."""
    return {
        "id": case.id,
        "conversation": case.conversation_id,
        "opened_at": case.opened_at.isoformat(),
        "issue": case.issue,
        "hold": case.hold is not None,
        "approved": case.review and case.review.approved,
        "todo": _todo(case, known, now),
        "notices": [
            {
                "platform": _name(one, known),
                "state": one.state.value,
                "sending": one.dispatch.status.value if one.dispatch else None,
                "deadline": _deadline(one, known, now),
            }
            for one in case.notices
        ],
    }


def case(
    case: Case,
    version: int,
    *,
    known: Directory,
    problems: Callable[[Case, Notice], Sequence[Problem]],
    routes_of: Callable[[str], Sequence[Route]],
    form: Callable[[Case, Notice], Sequence[Mapping[str, str]]],
    now: datetime,
    reader: Listener,
    hindrance: str | None,
    left_out: Sequence[int],
) -> dict[str, Any]:
    """A case whole, with what blocks each notice, its clock and its form.

    `reader`, as a supervisor, may review what somebody else opened. `hindrance` is why the person
    cannot be written to now. `left_out` are the messages that were picked just now and could not
    be copied.
    """
    told = to_json(case)
    told["tell"] = case.tell is not None
    told["enclosed"] = [
        {
            "id": one.id,
            "seq": one.seq,
            "type": one.type,
            "at": one.at.isoformat(),
            "sha256": one.sha256,
            "kept": one.kept,
            "destroyed": one.destroyed,
        }
        for one in case.enclosed
    ]
    told["letters"] = {name: dict(answers) for name, answers in case.letters.items()}
    if case.review is not None:
        told["review"] = {
            "approved": case.review.approved,
            "remarks": case.review.remarks,
            "at": case.review.at.isoformat(),
        }
    for shown, quote in zip(told["quotes"], case.quotes, strict=True):
        shown["sha256"] = quote.sha256
    for shown, capture in zip(told["captures"], case.captures, strict=True):
        shown["shown"] = case.may_show(capture)
    for shown, notice in zip(told["notices"], case.notices, strict=True):
        shown["told_at"] = notice.told_at and notice.told_at.isoformat()
        shown["looked_at"] = notice.looked_at and notice.looked_at.isoformat()
        shown["problems"] = [problem(one) for one in problems(case, notice)]
        shown["deadline"] = _deadline(notice, known, now)
        shown["routes"] = [route.value for route in routes_of(notice.platform)]
        shown["form"] = [dict(field) for field in form(case, notice)]
    told["steps"] = [
        {"number": s.number, "at": s.at.isoformat(), "by": s.by, "kind": s.kind} for s in case.steps
    ]
    proposed = law.proposed(case.issue, case)
    return {
        "case": told,
        "version": version,
        "proposed": [one.id for one in proposed],
        "withholds_name": law.withholds_name(case),
        "destroyable": moves.may_be_destroyed(case),
        "may_review": reader.id != case.opened_by and may(reader, Permission.SUPERVISE),
        "tell_hindrance": hindrance,
        "left_out": list(left_out),
        "todo": _todo(case, known, now),
    }


def letter(case: Case, asked: authorities.AuthorityForm) -> dict[str, Any]:
    """What an authority would be told, field by field and as one text, and what it still lacks."""
    return {
        "problems": [problem(one) for one in authorities.missing(case, asked)],
        "form": form_of.letter_fields(case, asked),
        "text": form_of.letter(case, asked),
    }


def problem(one: Problem) -> dict[str, str]:
    """A reason, where, and in words."""
    return {"code": one.code, "where": one.where, "text": one.text}


def _todo(case: Case, known: Directory, now: datetime) -> list[dict[str, Any]]:
    """What waits for somebody, and what is to come."""
    return [
        {"notice": one.notice, "why": one.why.value, "at": one.at.isoformat(), "due": one.at <= now}
        for one in todo.of_case(case, known)
    ]


def _name(notice: Notice, known: Directory) -> str:
    platform = known.platforms.get(notice.platform)
    return platform.name if platform else notice.platform


def _deadline(notice: Notice, known: Directory, now: datetime) -> dict[str, Any] | None:
    platform = known.platforms.get(notice.platform)
    clock = moves.deadline(notice, platform, now=now) if platform else None
    if clock is None:
        return None
    return {
        "due_at": clock.due_at.isoformat(),
        "overdue": clock.overdue,
        "remind": clock.remind,
    }
