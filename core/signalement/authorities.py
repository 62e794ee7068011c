"""The authorities that a dossier can be passed on to, each with its own form: `authorities.yml`.

What a form asks for is taken from the dossier, or written by the listener for that authority alone
(`Case.letters`). What it still lacks is told at once, as for a platform.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

import yaml
from pydantic import TypeAdapter

from core.signalement.case import Authority, Case
from core.signalement.checks import EXPLANATION, Problem

_FILE = Path(__file__).with_name("authorities.yml")


class Fill(StrEnum):
    """What a field takes from the dossier."""

    REASONS = "reasons"
    EXPLANATION = "explanation"
    PLACES = "places"
    VICTIM = "victim"
    WORDS = "words"
    CAPTURES = "captures"
    REFERENCE = "reference"


class Need(StrEnum):
    """What the dossier itself must hold."""

    CONSENT = "consent"
    EXPLANATION = "explanation"
    QUALIFICATION = "qualification"
    ADDRESS = "address"
    MINOR = "minor"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One field of a form; without `fill` the listener writes it."""

    label: str
    required: bool = False
    long: bool = False
    choices: tuple[str, ...] = ()
    fill: Fill | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorityForm:
    """One authority. `form` is where the text is copied in; None: it is told or handed over."""

    id: Authority
    name: str
    short: str
    note: str
    needs: frozenset[Need]
    fields: Mapping[str, Asked]
    form: str | None = None

    @property
    def written(self) -> tuple[str, ...]:
        """The fields that the listener writes."""
        return tuple(name for name, one in self.fields.items() if one.fill is None)


@cache
def authorities() -> Mapping[Authority, AuthorityForm]:
    """What the file says, in its order. Raises ValueError where it is wrong."""
    document = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    read = TypeAdapter(tuple[AuthorityForm, ...]).validate_python(document["authorities"])
    return {one.id: one for one in read}


def missing(case: Case, form: AuthorityForm) -> Sequence[Problem]:
    """All that keeps the case from being passed on; none: it may go."""
    found = [*_of_case(case, form), *_of_fields(case, form)]
    return [Problem(code=code, where=where) for code, where in found]


def _of_case(case: Case, form: AuthorityForm) -> Iterator[tuple[str, str]]:
    if Need.CONSENT in form.needs and case.consent is None:
        yield "no_consent", "consent"
    if Need.QUALIFICATION in form.needs and not case.qualifications:
        yield "no_qualification", "qualifications"
    if Need.EXPLANATION in form.needs and len(case.explanation.strip()) < EXPLANATION[0]:
        yield "no_explanation", "explanation"
    if case.of_a_minor is None:
        yield "age_unknown", "victim_age"
    elif Need.MINOR in form.needs and not case.of_a_minor:
        yield "authority_of_minors", "victim_age"
    named = any(one.url or one.handle for notice in case.notices for one in notice.targets)
    if Need.ADDRESS in form.needs and not named:
        yield "authority_without_place", f"letters.{form.id}"


def _of_fields(case: Case, form: AuthorityForm) -> Iterator[tuple[str, str]]:
    answers = case.letters.get(form.id, {})
    for name in form.written:
        asked, answer = form.fields[name], answers.get(name, "").strip()
        where = f"letters.{form.id}.{name}"
        if asked.required and not answer:
            yield "authority_asks", where
        elif answer and asked.choices and answer not in asked.choices:
            yield "detail_malformed", where
