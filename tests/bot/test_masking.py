"""What must not leave a conversation, and what must stay readable."""

import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import masking
from bot.masking import mask


@pytest.mark.parametrize(
    ("said", "hidden"),
    [
        ("appelez-moi au 06 12 34 56 78", "12 34"),
        ("mon num 0612345678", "0612345678"),
        ("+33 6 12 34 56 78 svp", "34"),
        ("c'est lea.martin@exemple.fr", "exemple"),
        ("son lien https://exemple.fr/profil/lea", "profil"),
        ("c'est @kevin.dupont qui fait ça", "kevin"),
        ("un certain kevin_ru22", "kevin"),
        ("on habite 12 bis rue des Lilas", "Lilas"),
        ("il attend avenue Jean Jaurès", "Jaurès"),
        ("je m'appelle zorglubette", "zorglubette"),
        ("moi c'est Éloïse", "loïse"),
        ("y a manon qui pleure", "manon"),
        ("Madame Delmas m'a vue", "Delmas"),
        ("au collège Victor Hugo", "Hugo"),
        ("j'habite à Roubaix", "Roubaix"),
        ("76000 Rouen", "Rouen"),
        ("FR76 3000 6000 0112 3456 7890 189", "3456"),
        ("ma cousine vit à Marseille avec Théo", "Théo"),
        ("on s'est vus avec Soan hier", "Soan"),
    ],
)
def test_what_finds_a_person_is_gone(said: str, hidden: str) -> None:
    assert hidden in said
    assert hidden not in mask(said)


@pytest.mark.parametrize(
    "said",
    [
        "il veut 200 euros avant demain 18h sinon il publie sur Snapchat",
        "j'ai 14 ans, je suis en 4e et on m'insulte sur Insta depuis 3 mois",
        "Auriez-vous un conseil, Madame, Monsieur ?",
        "moi c'est pareil, je m'appelle pas comme ça",
        "320 euros sur Roblox en 2 jours",
    ],
)
def test_what_a_report_needs_stays(said: str) -> None:
    assert mask(said) == said


def test_placeholders_say_what_stood_there() -> None:
    masked = mask("Léa habite à Roubaix, 06 12 34 56 78")
    assert masked == "[nom] habite à [lieu], [numéro]"


def test_patterns_work_without_the_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(masking, "_model", lambda: None)
    assert mask("lucas, 0612345678, @lucas") == "[nom], [numéro], [pseudo]"


def test_the_model_is_not_loaded_before_it_is_needed() -> None:
    import subprocess

    code = (
        "import sys, bot.masking as m; assert m._model.cache_info().currsize == 0;"
        "from bot.screen import SpacyScreen; assert 'bot.masking' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@settings(max_examples=60)
@given(st.text(max_size=200))
def test_any_text_is_masked_without_error(text: str) -> None:
    mask(text)


@pytest.mark.parametrize(
    "text",
    ["", "\ud800", "a" * 50_000, "Léa " * 8000, "1" * 20_000, "@" * 9000, "rue " * 5000,
     "A." * 9000, "a_" * 9000],
)  # fmt: skip
def test_odd_texts(text: str) -> None:
    masked = mask(text)
    assert "Léa" not in masked
