"""The notices and the assistant give the same gestures, and each has its words."""

from actions import gestures as the_assistants
from bot.sentences import Catalogue
from core import gestures
from core.labels import Address


def test_they_are_those_of_the_assistant() -> None:
    assert {str(one) for one in gestures.WITH_GESTURE} == set(the_assistants.PROBLEMS)
    ours = {path: {str(one) for one in issues} for path, issues in gestures.PATHS.values()}
    assert ours == {path: set(listed) for path, listed in the_assistants.PATHS.items()}


def test_each_has_words_in_both_forms() -> None:
    catalogue = Catalogue.load()
    wanted = {gestures.ANY, *(f"gesture_{one}" for one in gestures.WITH_GESTURE)}
    for path, issues in gestures.PATHS.values():
        wanted |= {f"gesture_{one}_{path}" for one in issues}
    for sentence in wanted:
        for address in Address:
            assert catalogue.say(sentence, address).text
