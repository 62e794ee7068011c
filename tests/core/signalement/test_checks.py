"""A dossier that lacks something is blocked, with every reason at once; a complete one goes."""

from dataclasses import replace
from datetime import timedelta

import pytest

from core.labels import AgeBand, Issue
from core.signalement import law
from core.signalement.case import (
    Case,
    Consent,
    ConsentGiver,
    Notice,
    Review,
    Target,
    Visibility,
)
from core.signalement.case import ContentKind as Kind
from core.signalement.checks import problems
from core.signalement.platforms import directory
from tests.builders import NOON
from tests.signalements import LISTENER, POST, a_capture, a_case, a_notice, elements_of

KNOWN = directory()


def told(case: Case, *, named: bool = True) -> set[tuple[str, str]]:
    found = problems(case, case.notices[0], KNOWN, named=named, now=NOON)
    assert all(one.text for one in found)
    return {(one.code, one.where) for one in found}


def with_notice(**changes: object) -> Case:
    return a_case(notices=(a_notice(**changes),))


def test_a_complete_dossier_lacks_nothing() -> None:
    assert told(a_case()) == set()


def test_an_empty_dossier_is_told_everything_at_once() -> None:
    empty = Case(
        id="e" * 32,
        conversation_id=None,
        opened_by=a_case().opened_by,
        opened_at=NOON,
        notices=(Notice(id="b" * 32, platform="instagram"),),
    )
    assert told(empty, named=False) == {
        ("no_qualification", "qualifications"),
        ("age_unknown", "victim_age"),
        ("no_consent", "consent"),
        ("no_good_faith", "good_faith"),
        ("no_explanation", "explanation"),
        ("no_evidence", "quotes"),
        ("no_category", "category"),
        ("no_target", "targets"),
        ("no_notifier", "notifier"),
    }


@pytest.mark.parametrize(
    ("case", "problem"),
    [
        (a_case(consent=None), ("no_consent", "consent")),
        (a_case(good_faith=None), ("no_good_faith", "good_faith")),
        (a_case(explanation="  trop court  "), ("no_explanation", "explanation")),
        (a_case(explanation="x" * 6001), ("explanation_long", "explanation")),
        (a_case(victim_age=0), ("age_wrong", "victim_age")),
        (a_case(victim_age=None), ("age_unknown", "victim_age")),
        (a_case(victim_age=13, victim_band=AgeBand.DE_15_A_17), ("ages_differ", "victim_age")),
        (
            a_case(captures=(a_capture(intimate=None),)),
            ("capture_unjudged", f"captures.{'c' * 32}"),
        ),
        (
            a_case(captures=(a_capture(taken_at=None),)),
            ("capture_undated", f"captures.{'c' * 32}"),
        ),
        (
            a_case(captures=(a_capture(taken_at=NOON + timedelta(hours=1)),)),
            ("capture_future", f"captures.{'c' * 32}"),
        ),
        (with_notice(platform="minitel"), ("platform_unknown", "platform")),
        (with_notice(category="autre chose"), ("no_category", "category")),
        (
            with_notice(targets=(Target(kind=Kind.POST),)),
            ("url_missing", "targets.0.url"),
        ),
        (
            with_notice(targets=(Target(kind=Kind.MESSAGE),)),
            ("handle_missing", "targets.0.handle"),
        ),
        (
            with_notice(targets=(Target(kind=Kind.GAME, url=POST),)),
            ("kind_unknown", "targets.0.kind"),
        ),
        (
            with_notice(targets=(Target(kind=Kind.POST, url=POST, visibility=Visibility.GONE),)),
            ("content_gone", "targets.0.visibility"),
        ),
        (
            with_notice(targets=(Target(kind=Kind.POST, url=POST),) * 2),
            ("target_twice", "targets.1"),
        ),
        (
            with_notice(targets=(Target(kind=Kind.POST, url="https://bit.ly/a"),)),
            ("url_shortened", "targets.0.url"),
        ),
        (
            with_notice(platform="discord", details={"user_id": "moi"}),
            ("detail_malformed", "details.user_id"),
        ),
        (with_notice(platform="discord"), ("detail_missing", "details.user_id")),
    ],
)
def test_each_lack_is_named_with_its_place(case: Case, problem: tuple[str, str]) -> None:
    assert problem in told(case)


def test_an_element_that_nothing_shows_blocks_until_something_does() -> None:
    bare = replace(a_case().quotes[0], proves=elements_of("harcelement_scolaire")[1:])
    missing = elements_of("harcelement_scolaire")[0]
    assert told(a_case(quotes=(bare,))) == {("element_missing", f"elements.{missing}")}
    assert told(a_case(quotes=(bare,), told=(missing,))) == set()
    assert told(a_case(quotes=(bare,), captures=(a_capture(proves=(missing,)),))) == set()


def test_an_intimate_image_of_a_minor_never_enters_a_dossier() -> None:
    intimate = (a_capture(intimate=True),)
    blocked = ("capture_intimate", f"captures.{'c' * 32}")
    assert blocked in told(a_case(captures=intimate))
    assert blocked in told(a_case(captures=intimate, victim_age=None)), "age unknown"
    assert told(a_case(captures=intimate, victim_age=34)) == set()
    assert told(a_case(captures=(a_capture(intimate=True, kept=False),))) == set(), "hash only"


def test_a_private_content_needs_something_to_be_seen() -> None:
    """A capture of what stays; a message tells what was words, or is gone by tomorrow."""
    profile = Target(kind=Kind.PROFILE, handle="moi", visibility=Visibility.PRIVATE)
    told_only = with_notice(targets=(profile,))
    assert told_only.quotes
    assert told(told_only) == {("private_without_evidence", "targets.0.visibility")}
    assert told(replace(told_only, captures=(a_capture(),))) == set()
    for kind in (Kind.STORY, Kind.MESSAGE):
        gone = Target(kind=kind, handle="moi", visibility=Visibility.PRIVATE)
        assert told(with_notice(targets=(gone,))) == set()


@pytest.mark.parametrize(
    ("age", "band", "fits"),
    [(13, None, True), (None, AgeBand.MOINS_15, True), (30, None, False), (18, None, False)],
)
def test_a_parent_consents_for_a_child_and_not_for_who_is_of_age(
    age: int | None, band: AgeBand | None, fits: bool
) -> None:
    by_parent = Consent(by=LISTENER, at=NOON, giver=ConsentGiver.PARENT)
    case = a_case(consent=by_parent, victim_age=age, victim_band=band)
    assert (("consent_of_adult", "consent") in told(case)) is not fits
    themselves = replace(by_parent, giver=ConsentGiver.VICTIM)
    assert ("consent_of_adult", "consent") not in told(replace(case, consent=themselves))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (POST, POST + "?igsh=MTc4", True),
        (POST, POST.replace("www.", "").rstrip("/"), True),
        (POST, POST.replace("https://www.", "http://m.") + "?utm_source=ig_web", True),
        (POST, POST.replace("Cx9", "Cx8"), False),
    ],
)
def test_one_post_in_two_spellings_is_one(one: str, other: str, same: bool) -> None:
    targets = tuple(Target(kind=Kind.POST, url=url) for url in (one, other))
    assert (("target_twice", "targets.1") in told(with_notice(targets=targets))) is same


def test_an_offence_against_minors_needs_a_minor_and_leaves_the_name_out() -> None:
    grooming = a_case(
        qualifications=("propositions_sexuelles_mineur",),
        told=elements_of("propositions_sexuelles_mineur"),
    )
    assert law.withholds_name(grooming)
    assert told(grooming, named=False) == set(), "no name is needed"
    assert told(a_case(), named=False) == {("no_notifier", "notifier")}
    of_images = a_case(qualifications=("images_de_mineur",), told=elements_of("images_de_mineur"))
    assert ("qualification_minor", "qualifications.images_de_mineur") in told(
        replace(of_images, victim_age=30)
    )


@pytest.mark.parametrize(
    ("age", "band", "fits"),
    [
        (14, None, True),
        (15, None, False),
        (None, AgeBand.MOINS_15, True),
        (None, AgeBand.DE_15_A_17, False),
        (None, AgeBand.MAJEUR, False),
    ],
)
def test_an_offence_against_those_under_15_is_not_told_of_who_is_15(
    age: int | None, band: AgeBand | None, fits: bool
) -> None:
    name = "propositions_sexuelles_mineur"
    case = a_case(qualifications=(name,), told=elements_of(name), victim_age=age, victim_band=band)
    expected = set() if fits else {("qualification_under_15", f"qualifications.{name}")}
    assert told(case) == expected
    assert (name in {one.id for one in law.proposed(Issue.GROOMING, case)}) is fits


def test_the_name_stays_out_where_images_of_a_minor_are_called_otherwise() -> None:
    """An intimate image of a child is one of directive 2011/93, whatever a listener calls it."""
    intimate = a_case(qualifications=("diffusion_intime",), victim_age=13)
    assert law.withholds_name(intimate)
    assert not law.withholds_name(replace(intimate, victim_age=30))


def test_a_lawyer_s_no_blocks_until_the_case_is_corrected() -> None:
    review = Review(by=LISTENER, at=NOON, approved=False, remarks="Il manque la date.")
    assert told(a_case(review=review)) == {("review_against", "review")}
    assert told(a_case(review=replace(review, approved=True))) == set()


def test_the_law_is_proposed_from_the_issue_the_main_one_first() -> None:
    def ids(issue: Issue, age: int | None) -> list[str]:
        return [one.id for one in law.proposed(issue, a_case(victim_age=age))]

    assert ids(Issue.CYBERHARCELEMENT, 13)[:2] == ["harcelement_en_ligne", "harcelement_scolaire"]
    assert "images_de_mineur" in ids(Issue.SEXTORSION, None)
    assert "images_de_mineur" not in ids(Issue.SEXTORSION, 30)
    assert ids(Issue.PIRATAGE_COMPTE, None) == ["piratage_compte"]
    assert ids(Issue.IDEATION_SUICIDAIRE, 14) == ["provocation_suicide", "propagande_suicide"]
    assert ids(Issue.ARNAQUE, None) == ["escroquerie"]
    assert law.proposed(None, a_case()) == ()


def test_every_issue_that_a_platform_can_act_on_has_a_law() -> None:
    without = {
        Issue.SUREXPOSITION_ECRANS_JEUX,
        Issue.CONTROLE_PARENTAL,
        Issue.PARAMETRAGE_COMPTE,
        Issue.AUTRE_HORS_SUJET,
        Issue.SALUTATION,
        Issue.DEMANDE_HUMAIN,
    }
    nobody_known = a_case(victim_age=None)
    assert {issue for issue in Issue if not law.proposed(issue, nobody_known)} == without


def test_the_ten_platforms_of_the_service_are_there_with_their_clock() -> None:
    ten = "facebook instagram twitter snapchat tiktok twitch youtube roblox discord yubo".split()
    for name in ten:
        platform = KNOWN.platforms[name]
        assert platform.categories
        assert platform.form
        assert timedelta(0) < platform.patience <= timedelta(hours=24)
