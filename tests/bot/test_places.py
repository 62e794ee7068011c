"""In which country somebody says that they are; and what says nothing of it."""

import pytest

from bot.screen.facts import learn
from bot.screen.normalise import fold
from core.regions import SAID


def told(text: str) -> str | None:
    return dict(learn(fold(text)[0]).named).get(SAID)


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("je suis en Belgique", "BE"),
        ("j'habite à Bruxelles et je veux mourir", "BE"),
        ("je suis belge, j'ai 14 ans", "BE"),
        ("Belgique", "BE"),
        ("en suisse", "CH"),
        ("j’habite près de Genève", "CH"),
        ("on vit au Luxembourg", "LU"),
        ("je suis québécoise", "CA-QC"),
        ("salut, je t'écris du Québec", "CA-QC"),
        ("moi j'habite avec ma mère à Montréal", "CA-QC"),
        ("je suis en Espagne là", "EU"),
        ("je suis en France", "FR"),
        ("j'habite à la Réunion", "RE"),
        ("je vis en Guadeloupe", "GP"),
        ("j'habite à Fort-de-France", "MQ"),
        ("je suis en Guyane j'ai 14 ans", "GF"),
        ("on habite à Mayotte", "YT"),
        ("je suis à Nouméa", "NC"),
        ("j'habite à Tahiti", "PF"),
        ("je suis belge mais je suis en France", "FR"),
    ],
)
def test_where_somebody_says_that_they_are(text: str, region: str) -> None:
    assert told(text) == region


@pytest.mark.parametrize(
    "text",
    [
        "il habite en Belgique",
        "mon ex est belge",
        "je suis pas en Belgique",
        "je suis allée en Belgique",
        "je suis née à Bruxelles",
        "j'habite rue de Bruxelles",
        "un compte de Suisse m'insulte",
        "je suis fan de Suisse",
        "je suis d'origine belge",
        "je suis en réunion",
        "je suis à la réunion des parents",
        "je suis fan de Tahiti",
        "bonjour",
    ],
)
def test_what_says_nothing_of_where_they_are(text: str) -> None:
    assert told(text) is None
