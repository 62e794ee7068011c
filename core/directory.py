"""The directory of orientations: services to direct people to, when each fits, and check-lists.

It is data that supervisors edit. What is wrong in it is refused with the entry's name: a service
without a number, an SMS or a link helps nobody.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.assessment import Assessment
from core.hours import HoursError, IsHoliday, Plan, opening_at, parse_week
from core.labels import Address, AgeBand, Issue, Role, Urgency

MOST = 300
LONGEST_TEXT = 300
HOME = "FR"

_ID = re.compile(r"[a-z0-9_]{1,40}")
_NUMBER = re.compile(r"\+?[0-9][0-9 .-]{0,20}")
_LINK = re.compile(r"https://[a-z0-9-]+(?:\.[a-z0-9-]+)+(?:/[^\s]*)?")
_REGION = re.compile(r"[A-Z]{2}(?:-[A-Z]{2,3})?")


class DirectoryError(ValueError):
    """A directory that cannot be: `code` says why, `where` names the entry."""

    def __init__(self, code: str, where: str = "") -> None:
        super().__init__(f"{where}: {code}" if where else code)
        self.code = code
        self.where = where


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """Somebody else who helps. An empty condition matters to nobody.

    `hours`: None is day and night. `unchecked`: the facts are to be confirmed by an operator.
    """

    id: str
    name: str
    text: Mapping[Address, str]
    number: str | None = None
    sms: str | None = None
    link: str | None = None
    issues: frozenset[Issue] = frozenset()
    for_minors: bool = True
    for_adults: bool = True
    urgency: Urgency = Urgency.FAIBLE
    region: str = HOME
    hours: Plan | None = None
    unchecked: bool = False

    def told(self, address: Address) -> str:
        """What a person reads: the text, and the link on a line of its own."""
        text = self.text[address]
        return f"{text}\n{self.link}" if self.link else text


@dataclass(frozen=True, slots=True, kw_only=True)
class Checklist:
    """Steps that somebody can keep."""

    id: str
    name: str
    steps: Mapping[Address, tuple[str, ...]]

    def told(self, address: Address) -> str:
        """The steps, numbered, in one message."""
        lines = (f"{number}. {step}" for number, step in enumerate(self.steps[address], 1))
        return "\n".join((f"{self.name} :", *lines))


@dataclass(frozen=True, slots=True, kw_only=True)
class Directory:
    """All there is, by id."""

    services: Mapping[str, Service]
    checklists: Mapping[str, Checklist]

    def entry(self, id_: str) -> Service | Checklist | None:
        """What has this id."""
        return self.services.get(id_) or self.checklists.get(id_)

    def fitting(
        self, about: Assessment, *, now: datetime, is_holiday: IsHoliday, region: str = HOME
    ) -> Sequence[Service]:
        """The services that fit what is known, the most particular first; open ones only.

        What is not known excludes nothing: somebody whose age nobody told may be either.
        """
        fits = [
            each
            for each in self.services.values()
            if each.region == region and _fits(each, about) and _is_open(each, now, is_holiday)
        ]
        return sorted(fits, key=lambda each: (not each.issues, -each.urgency.rank))


def directory_from(document: object) -> Directory:
    """A directory from YAML or from the console. Raises DirectoryError."""
    body = _object(document, "")
    services = [_service(_object(e, "services")) for e in _list(body.get("services"), "services")]
    lists = [_checklist(_object(e, "")) for e in _list(body.get("checklists", []), "checklists")]
    seen: set[str] = set()
    for id_ in [each.id for each in services] + [each.id for each in lists]:
        if id_ in seen:
            raise DirectoryError("twice", id_)
        seen.add(id_)
    return Directory(
        services={each.id: each for each in services},
        checklists={each.id: each for each in lists},
    )


def _fits(service: Service, about: Assessment) -> bool:
    if about.urgency.rank < service.urgency.rank:
        return False
    issues = {about.issue, about.issue_secondary} - {None}
    if service.issues and issues and not issues & service.issues:
        return False
    adult = about.role is Role.VICTIME_MAJEURE or about.age_band is AgeBand.MAJEUR
    young = about.role is Role.VICTIME_MINEURE or (about.age_band not in (None, AgeBand.MAJEUR))
    return not ((adult and not service.for_adults) or (young and not service.for_minors))


def _is_open(service: Service, now: datetime, is_holiday: IsHoliday) -> bool:
    return service.hours is None or opening_at(service.hours, now, is_holiday=is_holiday).is_open


def _service(fields: Mapping[str, Any]) -> Service:
    id_ = _id(fields)
    number, sms, link = (fields.get(key) or None for key in ("number", "sms", "link"))
    if number is None and sms is None and link is None:
        raise DirectoryError("no_way", id_)
    for value, form in ((number, _NUMBER), (sms, _NUMBER), (link, _LINK)):
        if value is not None and not (isinstance(value, str) and form.fullmatch(value)):
            raise DirectoryError("link" if form is _LINK else "number", id_)
    ages = _words(fields.get("ages", ["minor", "adult"]), {"minor", "adult"}, id_)
    issues = _words(fields.get("issues", []), set(Issue), id_)
    region = fields.get("region", HOME)
    if not isinstance(region, str) or not _REGION.fullmatch(region):
        raise DirectoryError("form", id_)
    (urgency,) = _words([fields.get("urgency", "faible")], set(Urgency), id_)
    return Service(
        id=id_,
        name=_text(fields.get("name"), id_),
        text=_both(fields.get("text"), id_),
        number=number,
        sms=sms,
        link=link,
        issues=frozenset(map(Issue, issues)),
        for_minors="minor" in ages,
        for_adults="adult" in ages,
        urgency=Urgency(urgency),
        region=region,
        hours=_hours(fields.get("hours"), id_),
        unchecked=fields.get("check") is True,
    )


def _checklist(fields: Mapping[str, Any]) -> Checklist:
    id_ = _id(fields)
    steps = _object(fields.get("steps"), id_)
    told = {
        address: tuple(_text(step, id_) for step in _list(steps.get(address.value), id_))
        for address in Address
    }
    if not all(0 < len(each) <= 12 for each in told.values()):
        raise DirectoryError("form", id_)
    return Checklist(id=id_, name=_text(fields.get("name"), id_), steps=told)


def _hours(words: object, where: str) -> Plan | None:
    if words is None:
        return None
    try:
        return Plan(week=parse_week(str(words)))
    except HoursError as error:
        raise DirectoryError(error.wrong.value, where) from None


def _both(value: object, where: str) -> Mapping[Address, str]:
    forms = _object(value, where)
    return {address: _text(forms.get(address.value), where) for address in Address}


def _text(value: object, where: str) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > LONGEST_TEXT:
        raise DirectoryError("text", where)
    return value.strip()


def _words(value: object, known: set[Any], where: str) -> list[str]:
    words = _list(value, where)
    if not all(isinstance(each, str) and each in known for each in words):
        raise DirectoryError("form", where)
    return words


def _id(fields: Mapping[str, Any]) -> str:
    id_ = fields.get("id")
    if not isinstance(id_, str) or not _ID.fullmatch(id_):
        raise DirectoryError("form", "services")
    return id_


def _object(value: object, where: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise DirectoryError("form", where)
    return value


def _list(value: object, where: str) -> list[Any]:
    if not isinstance(value, list) or len(value) > MOST:
        raise DirectoryError("form", where)
    return value
