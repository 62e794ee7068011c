"""Plain answers to the question about thoughts of dying."""

import time

import pytest

from bot.answers import only_denies, says_yes


@pytest.mark.parametrize("text", ["oui", "Oui.", "ui", "wi un peu", "des fois", "oui mais peur"])
def test_a_yes(text: str) -> None:
    assert says_yes(text)
    assert not only_denies(text)


@pytest.mark.parametrize("text", ["ouin", "oui mais non", "oui non", "peut-être", "", "👍", "non"])
def test_no_yes(text: str) -> None:
    assert not says_yes(text)


@pytest.mark.parametrize(
    "text",
    [
        "non",
        "Non !",
        "nan nan",
        "non jamais",
        "non merci",
        "pas du tout",
        "non j'ai pas envie de mourir",
        "non, je n'ai jamais pensé à mourir",
        "nn je veux pas me tuer",
        "non je pense pas a ca",
        "non j'ai aucune idée de suicide",
    ],
)
def test_a_denial(text: str) -> None:
    assert only_denies(text)


@pytest.mark.parametrize(
    "text",
    [
        "non mais j'ai pris des cachets hier",
        "non j'ai pas pris tous les cachets",
        "non pas encore",
        "non, je veux mourir",
        "non je pense pas que je vais vivre",
        "jamais je pourrai continuer",
        "non j'ai pas envie de mourir mais je veux plus vivre",
        "non pas vraiment",
        "ça va",
        "merci",
        "",
    ],
)
def test_what_says_more_than_no_is_read_in_full(text: str) -> None:
    assert not only_denies(text)


def test_it_takes_no_time() -> None:
    began = time.process_time()
    only_denies("non " * 50)
    only_denies("non " + "de " * 60)
    only_denies("non " * 100_000)
    assert time.process_time() - began < 0.5
