"""Who is called when danger comes and nobody is there: the on-call rota, as data.

A rota has people with their means (e-mail, webhook), and turns: from a day to another, the levels
that are paged one after the other. A night belongs to the day on which it began. Outside every turn
`otherwise` counts; where that is empty too, nobody is on call, and people are told so.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any, TypeAlias

from core.hours import PARIS

# A night's small hours belong to the day before.
DAY_BEGINS = timedelta(hours=12)
MOST = 200

_NAME = re.compile(r"[^\x00-\x1f]{1,60}")
_EMAIL = re.compile(r"[^@\s<>,;]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_WEBHOOK = re.compile(r"https?://[^\s/?#@]+(?:/[^\s#]*)?")

Levels: TypeAlias = tuple[tuple[str, ...], ...]


class RotaError(ValueError):
    """A rota that cannot be: `code` says why, `where` names the entry."""

    def __init__(self, code: str, where: str = "") -> None:
        super().__init__(f"{where}: {code}" if where else code)
        self.code = code
        self.where = where


@dataclass(frozen=True, slots=True, kw_only=True)
class OnCall:
    """Somebody who can be paged, by one means at least."""

    name: str
    email: str | None = None
    webhook: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """Days from `first` to `last`, both included, and who is paged then, level by level."""

    first: date
    last: date
    levels: Levels


@dataclass(frozen=True, slots=True, kw_only=True)
class Rota:
    """The whole rota. Who acknowledges nothing within `escalate_after` leaves it to the next."""

    people: Mapping[str, OnCall]
    turns: tuple[Turn, ...] = ()
    otherwise: Levels = ()
    escalate_after: timedelta = timedelta(minutes=10)

    def levels_at(self, moment: datetime) -> tuple[tuple[OnCall, ...], ...]:
        """Who is paged at `moment`, level by level; empty when nobody is on call."""
        day = (moment.astimezone(PARIS).replace(tzinfo=None) - DAY_BEGINS).date()
        levels = next((t.levels for t in self.turns if t.first <= day <= t.last), self.otherwise)
        return tuple(tuple(self.people[name] for name in level) for level in levels)


NOBODY = Rota(people={})


def rota_from(document: object) -> Rota:
    """A rota from what the console sends and `as_document` makes. Raises RotaError."""
    body = _object(document, "")
    people: dict[str, OnCall] = {}
    for entry in _list(body.get("people", []), "people"):
        person = _person(_object(entry, "people"))
        if person.name in people:
            raise RotaError("twice", person.name)
        people[person.name] = person
    turns = [
        _turn(_object(each, "turns"), people) for each in _list(body.get("turns", []), "turns")
    ]
    turns.sort(key=lambda turn: turn.first)
    for earlier, later in pairwise(turns):
        if later.first <= earlier.last:
            raise RotaError("overlap", later.first.isoformat())
    minutes = body.get("escalate_after", 10)
    if type(minutes) is not int or not 1 <= minutes <= 120:
        raise RotaError("form", "escalate_after")
    return Rota(
        people=people,
        turns=tuple(turns),
        otherwise=_levels(body.get("otherwise", []), people, "otherwise"),
        escalate_after=timedelta(minutes=minutes),
    )


def as_document(rota: Rota) -> dict[str, Any]:
    """A rota as JSON; `rota_from` reads it back."""
    return {
        "people": [
            {"name": each.name, "email": each.email, "webhook": each.webhook}
            for each in rota.people.values()
        ],
        "turns": [
            {
                "first": turn.first.isoformat(),
                "last": turn.last.isoformat(),
                "levels": [list(level) for level in turn.levels],
            }
            for turn in rota.turns
        ],
        "otherwise": [list(level) for level in rota.otherwise],
        "escalate_after": int(rota.escalate_after.total_seconds()) // 60,
    }


def _person(fields: Mapping[str, Any]) -> OnCall:
    name, email, webhook = (fields.get(key) or None for key in ("name", "email", "webhook"))
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise RotaError("form", "people")
    if email is None and webhook is None:
        raise RotaError("no_means", name)
    if email is not None and not (isinstance(email, str) and _EMAIL.fullmatch(email)):
        raise RotaError("email", name)
    if webhook is not None and not (isinstance(webhook, str) and _WEBHOOK.fullmatch(webhook)):
        raise RotaError("webhook", name)
    return OnCall(name=name, email=email, webhook=webhook)


def _turn(fields: Mapping[str, Any], people: Mapping[str, OnCall]) -> Turn:
    first, last = _date(fields.get("first")), _date(fields.get("last"))
    where = first.isoformat()
    if last < first:
        raise RotaError("inverted", where)
    levels = _levels(fields.get("levels"), people, where)
    if not levels:
        raise RotaError("nobody", where)
    return Turn(first=first, last=last, levels=levels)


def _levels(value: object, people: Mapping[str, OnCall], where: str) -> Levels:
    levels = tuple(tuple(_list(level, where)) for level in _list(value, where))
    for level in levels:
        if not level:
            raise RotaError("nobody", where)
        if not all(isinstance(name, str) and name in people for name in level):
            raise RotaError("stranger", where)
    return levels


def _object(value: object, where: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise RotaError("form", where)
    return value


def _list(value: object, where: str) -> Sequence[Any]:
    if not isinstance(value, list) or len(value) > MOST:
        raise RotaError("form", where)
    return value


def _date(value: object) -> date:
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise RotaError("form", "turns") from None
