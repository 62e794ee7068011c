"""What the law calls it: qualifications proposed from an issue, with articles and elements.

All of it comes from `law.yml`, the one source; no article is named anywhere in the code.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import yaml
from pydantic import TypeAdapter

from core.labels import AgeBand, Issue
from core.signalement.case import Case

_FILE = Path(__file__).with_name("law.yml")
# The youngest that somebody of a band may be; of "under 15" nobody knows whether they are 14.
_YOUNGEST = {AgeBand.DE_15_A_17: 15, AgeBand.MAJEUR: 18}


@dataclass(frozen=True, slots=True, kw_only=True)
class Qualification:
    """One offence. `elements` are what the facts must show, by id; `check` marks articles whose
    wording nobody has found yet, `sources` is where it was read."""

    id: str
    title: str
    code: str
    articles: tuple[str, ...]
    issues: tuple[Issue, ...]
    elements: Mapping[str, str] = field(default_factory=dict)
    sources: tuple[str, ...] = ()
    victim_under: int | None = None
    withholds: bool = False
    check: bool = False

    @property
    def reference(self) -> str:
        """Where it is written, such as "Code pénal, art. 312-10"."""
        if not self.articles:
            return self.code
        return f"{self.code}, art. {', '.join(self.articles)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """A text of law that the product rests on, with what each article says, by its number."""

    id: str
    title: str
    articles: Mapping[str, str]
    sources: tuple[str, ...]


@cache
def qualifications() -> Mapping[str, Qualification]:
    """All of them by id, as the file has them. Raises ValueError where it is wrong."""
    read = TypeAdapter(tuple[Qualification, ...]).validate_python(_document()["qualifications"])
    return {one.id: one for one in read}


@cache
def acts() -> Mapping[str, Act]:
    """The texts by id. Raises ValueError where the file is wrong."""
    read = TypeAdapter(tuple[Act, ...]).validate_python(_document()["acts"])
    return {one.id: one for one in read}


@cache
def _document() -> Mapping[str, object]:
    document: Mapping[str, object] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return document


def too_old(offence: Qualification, case: Case) -> bool:
    """Whether the victim is known to be too old for this offence."""
    if offence.victim_under is None:
        return False
    if case.victim_age is not None:
        return case.victim_age >= offence.victim_under
    youngest = _YOUNGEST.get(case.victim_band) if case.victim_band is not None else None
    return youngest is not None and youngest >= offence.victim_under


def proposed(issue: Issue | None, case: Case) -> Sequence[Qualification]:
    """What to propose: those whose main issue it is first. A listener decides.

    Where the age is unknown, offences against minors are proposed too.
    """
    if issue is None:
        return ()
    fitting = [
        one for one in qualifications().values() if issue in one.issues and not too_old(one, case)
    ]
    return sorted(fitting, key=lambda one: one.issues.index(issue))


def chosen(case: Case) -> Sequence[Qualification]:
    """The qualifications of a case; an id that the file no longer has is passed by."""
    known = qualifications()
    return [known[each] for each in case.qualifications if each in known]


def withholds_name(case: Case) -> bool:
    """Whether the law has the notifier's name left out: an offence of those, and no adult."""
    return case.of_a_minor is not False and any(one.withholds for one in chosen(case))


def element_key(qualification: Qualification, element: str) -> str:
    """How evidence names what it proves: the same element of two offences is two things."""
    return f"{qualification.id}.{element}"
