"""How answers are read; needs no running bot."""

import pytest

from actions import facts, questions


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("oui", "oui"), ("ui", "oui"), ("ouais un peu", "oui"), ("parfois", "oui"),
        ("des fois", "oui"), ("j'y pense", "oui"), ("non mais parfois", "oui"),
        ("pas souvent", "oui"), ("presque tous les soirs", "oui"), ("j'ai envie de mourir", "oui"),
        ("elle en a parlé une fois", "oui"), ("oui elle l'a dit", "oui"),
        ("elle en a jamais parlé", "non_dit"), ("non il en a pas parlé", "non"),
        ("non", "non"), ("nan jamais", "non"), ("pas du tout", "non"),
        ("non j'ai pas envie de mourir", "non"),
        ("jai pas envie de repondre", "non_dit"), ("si", "non_dit"), ("presque", "non_dit"),
        ("envie de vomir", "non_dit"), ("pas envie de mourir", "non_dit"), ("oui ca va", "non_dit"),
        ("non mais jai tro peur", "non_dit"), ("mdr", "non_dit"), ("", "non_dit"),
    ],
)  # fmt: skip
def test_only_a_clear_yes_is_a_yes(said: str, read: str) -> None:
    assert facts.thoughts_answered(said) == read


@pytest.mark.parametrize(
    "said",
    ["depuis hier", "2 semaines", "lundi", "ca fait 3 mois", "depuis 2 ans", "la rentrée",
     "longtemps", "en 4e", "le 12/03", "depuis que j'ai changé d'école", "ce matin"],
)  # fmt: skip
def test_a_time_is_heard(said: str) -> None:
    assert facts.time_stated(said)


@pytest.mark.parametrize(
    "said", ["12 ans", "j'ai 12 ans", "non", "non mais jai tro peur", "jsp", "moi", "",
             "Combien de temps faut-il attendre ?", "pk tu veux savoir"]
)  # fmt: skip
def test_what_is_no_time_is_not(said: str) -> None:
    assert facts.time_stated(said) is None


@pytest.mark.parametrize("said", ["il veu 150e", "2000 €", "50 euros sinon", "1 500 euros"])
def test_amounts(said: str) -> None:
    assert facts.amount_stated(said)


def test_a_school_year_is_no_amount() -> None:
    assert facts.amount_stated("je suis en 4e") is None


@pytest.mark.parametrize(
    ("said", "role"),
    [
        ("on m'insulte", facts.VICTIM), ("mon compte", facts.VICTIM),
        ("mon pote a piraté mon compte", facts.VICTIM),
        ("ma meilleure amie se fait harceler", facts.FRIEND),
        ("ma fille dit qu'on l'insulte sur son compte", facts.PARENT),
        ("je suis prof, on a filmé mes élèves", facts.PROFESSIONAL),
        ("du harcèlement en ligne", None),
    ],
)  # fmt: skip
def test_who_it_happens_to(said: str, role: str | None) -> None:
    assert facts.role_stated(said) == role


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("pk tu me demande ca", "faq_why"), ("pk tu veux savoir", "faq_why"),
        ("mes parents vont savoir ?", "faq_parents"), ("c gratui", "faq_free"),
        ("c ouvert jusqua kel heure", "faq_hours"), ("jpeux tenvoyer la photo", "faq_photo"),
        ("pourquoi ils me font ca", None), ("il m'a envoyé une photo", None),
        ("il veut que je lui envoie des photos", None), ("ça te regarde pas", None),
    ],
)  # fmt: skip
def test_questions_asked_back(said: str, sentence: str | None) -> None:
    assert questions.asked(said) == sentence


def test_long_texts_are_read_in_linear_time() -> None:
    for piece in ("pas ", "mes parents ", "depuis ", "9 ", "je t envoie ", "svp "):
        text = piece * 2000
        facts.thoughts_answered(text)
        facts.time_stated(text)
        facts.amount_stated(text)
        facts.role_stated(text)
        facts.bare_call(text)
        questions.asked(text)
