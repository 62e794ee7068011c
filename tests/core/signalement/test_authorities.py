"""Each authority has its own form, as data: what it asks for, what it lacks, what it is told."""

import json
from dataclasses import replace

import pytest

from core.directory import directory_from
from core.signalement.authorities import authorities, missing
from core.signalement.case import Authority, Case, Declared
from core.signalement.evidence import export, from_json, recorded, to_body, to_json, verify
from handoff.orientations import first_directory
from handoff.signalement import form
from tests.builders import NOON
from tests.signalements import (
    EXPLANATION,
    LISTENER,
    POST,
    SIGNER,
    a_capture,
    a_case,
    a_notice,
    answers_for,
)


def lacks(case: Case, authority: Authority) -> set[tuple[str, str]]:
    return {(one.code, one.where) for one in missing(case, authorities()[authority])}


def told(case: Case, authority: Authority) -> str:
    return form.letter(case, authorities()[authority])


def complete(authority: Authority, **changes: object) -> Case:
    return a_case(letters={authority.value: answers_for(authority)}, **changes)


def test_every_authority_has_a_form_of_its_own() -> None:
    known = authorities()
    assert list(known) == list(Authority)
    asked = [frozenset(one.written) for one in known.values()]
    assert len(set(asked)) == len(asked), "no two ask for the same"
    services = directory_from(first_directory()).services.values()
    links = {one.link for one in services if one.link}
    for one in known.values():
        assert one.note
        assert one.form is None or one.form in links, "a site that the directory knows"


@pytest.mark.parametrize("authority", Authority)
def test_a_form_lacks_each_field_that_must_be_written_and_nothing_once_it_is(
    authority: Authority,
) -> None:
    answers = answers_for(authority)
    assert answers
    where = {f"letters.{authority}.{name}" for name in answers}
    assert lacks(a_case(), authority) == {("authority_asks", one) for one in where}
    assert lacks(complete(authority), authority) == set()
    # What was written for another says nothing here.
    other = next(one for one in Authority if one is not authority)
    assert lacks(a_case(letters={other.value: answers}), authority)


@pytest.mark.parametrize("authority", Authority)
def test_what_was_written_is_told_in_the_order_of_the_form(authority: Authority) -> None:
    text = told(complete(authority), authority)
    places = [text.find(label) for label in labels_told(complete(authority), authority)]
    assert places == sorted(places)
    assert -1 not in places
    for answer in answers_for(authority).values():
        assert answer in text


def labels_told(case: Case, authority: Authority) -> list[str]:
    return [one["label"] for one in form.letter_fields(case, authorities()[authority])]


def test_a_choice_is_one_of_those_that_the_form_has() -> None:
    answers = {**answers_for(Authority.PHAROS), "category": "Autre chose"}
    found = lacks(a_case(letters={"pharos": answers}), Authority.PHAROS)
    assert found == {("detail_malformed", "letters.pharos.category")}


def test_pharos_is_told_the_addresses_and_needs_one() -> None:
    case = complete(Authority.PHAROS, captures=(a_capture(),))
    text = told(case, Authority.PHAROS)
    assert POST in text
    assert "d" * 64 in text
    nowhere = replace(case, notices=(a_notice(targets=()),))
    assert lacks(nowhere, Authority.PHAROS) == {("authority_without_place", "letters.pharos")}


def test_a_child_in_danger_is_told_of_without_their_consent_and_nobody_else() -> None:
    for authority in Authority:
        found = lacks(complete(authority, consent=None), authority)
        expected = (
            set() if authority is Authority.ENFANCE_EN_DANGER else {("no_consent", "consent")}
        )
        assert found == expected, authority
    grown = complete(Authority.ENFANCE_EN_DANGER, victim_age=19)
    found = lacks(grown, Authority.ENFANCE_EN_DANGER)
    assert found == {("authority_of_minors", "victim_age")}


def test_the_119_reads_the_words_that_were_written_and_a_school_neither_words_nor_addresses() -> (
    None
):
    case = a_case()
    said = case.quotes[0].text
    assert said in told(case, Authority.ENFANCE_EN_DANGER)
    school = told(case, Authority.SCHOOL)
    assert said not in school
    assert POST not in school
    assert EXPLANATION in school


def test_letters_are_part_of_what_is_signed_and_a_case_of_before_them_proves_itself_still() -> None:
    assert "letters" not in to_json(a_case())
    case = complete(Authority.SCHOOL, review=None, tell=Declared(by=LISTENER, at=NOON))
    kept = recorded(case, "edited", by=LISTENER, now=NOON, signer=SIGNER)
    assert from_json(to_body(kept)) == kept
    document = json.loads(json.dumps(export(kept, {}, SIGNER)))
    verify(document)
    assert document["case"]["letters"] == {"ecole": answers_for(Authority.SCHOOL)}
