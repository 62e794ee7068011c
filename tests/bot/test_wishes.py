"""A wish for a person is heard in any line; talk about persons is not one."""

import pytest

from bot.wishes import asks_for_human

WISHES = (
    "je veux parler à quelqu'un",
    "jveu parler a kelkun",
    "est ce que je peux parler à une vraie personne ?",
    "Je souhaiterais échanger avec un conseiller.",
    "passez moi un humain svp",
    "je veux pas parler à un robot",
    "y a quelqu'un ??",
    "slt\njsp quoi faire\nje veux parler à quelqu'un",
    "j'ai besoin d'une personne",
    "PARLER À QUELQU'UN",
    "je préfère un humain",
)
OTHERS = (
    "j'ose pas parler à quelqu'un",
    "j'ai peur de parler à quelqu'un du collège",
    "je veux plus jamais parler à quelqu'un comme ça",
    "quelqu'un m'insulte",
    "j'ai déjà parlé à ma mère",
    "une personne a pris mes photos",
    "je connais une personne qui se fait harceler",
    "un mec veut me voir",
    "",
    "😭",
)


@pytest.mark.parametrize("text", WISHES)
def test_wishes(text: str) -> None:
    assert asks_for_human(text)


@pytest.mark.parametrize("text", OTHERS)
def test_others(text: str) -> None:
    assert not asks_for_human(text)
