"""No line begins with ":" and no number breaks, in anything that people are sent."""

import re

import pytest

from bot.sentences import Catalogue
from core.labels import Address
from core.typography import french, plain

CATALOGUE = Catalogue.load()
VALUES = {
    "name": "Zoé", "team": "L’équipe arrive à 9 h 30.", "relay": "", "alert": "", "waiting": "",
    "hours": "", "opening": "demain à 9 h", "closing": "18 h", "wait": "moins de 5 minutes",
    "moment": "demain vers 18 h", "end": "78", "url": "https://exemple.org/?a=1",
}  # fmt: skip
BREAKABLE = re.compile(r" [:?!;»](?!\w)|« |\d \d|\d h\b(?<= h)")


@pytest.mark.parametrize(
    ("written", "set_"),
    [
        ("Pour parler : le 103", "Pour parler\u00a0: le 103"),
        ("En danger ? Appelle !", "En danger\u202f? Appelle\u202f!"),
        ("le 0800 32 123 ; ou 17", "le 0800\u00a032\u00a0123\u202f; ou 17"),
        ("« Sortie rapide »", "«\u00a0Sortie rapide\u00a0»"),
        ("à 9 h 30, 15 ans", "à 9\u00a0h\u00a030, 15\u00a0ans"),
        ("ici : https://a.fr/?b=1;c:d 5", "ici\u00a0: https://a.fr/?b=1;c:d 5"),
        ("In danger now: call 15 or 112, 5 sites", "In danger now: call 15 or 112, 5 sites"),
    ],
)
def test_the_spaces_of_french(written: str, set_: str) -> None:
    assert french(written) == set_
    assert french(set_) == set_
    assert plain(set_) == written


@pytest.mark.parametrize("address", list(Address))
def test_nothing_that_is_said_breaks_where_it_must_not(address: Address) -> None:
    for name in CATALOGUE.sentences:
        phrase = CATALOGUE.say(name, address, VALUES)
        for text in (phrase.text, *(choice.title for choice in phrase.choices)):
            assert BREAKABLE.search(text) is None, (name, text)
            assert (
                "https://exemple.org/?a=1" in text
                or "{url}" not in (CATALOGUE.sentences[name].forms[address])
            )
