"""Orders are heard only where they are all that somebody writes."""

import pytest

from bot.commands import command_in
from core.commands import Command


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("stop", Command.STOP),
        ("STOP !", Command.STOP),
        ("GESTES", Command.GESTURES),
        ("les premiers gestes ?", Command.GESTURES),
        ("il a fait des gestes sur moi", None),
        ("efface", Command.ERASE),
        ("Effacer tout", Command.ERASE),
        ("supprime mes messages", Command.ERASE),
        ("il veut que j'efface tout", None),
        ("stop ça il me frappe", None),
        ("dis lui stop", None),
        ("efface mes photos stp il les a", None),
        ("annuler", None),
        ("oui", None),
        ("", None),
        ("lune tapis rose", Command.WRONG_CODE),
        ("Bonjour, le code c'est : LUNE - tapis, rose !", None),
        ("le code, c'est : LUNE - tapis, rose !", Command.WRONG_CODE),
        ("ma lune tapis rose est tombée", None),
    ],
)
def test_in_words(text: str, command: Command | None) -> None:
    assert command_in(text, None, erasing=False, asked=None) is command


@pytest.mark.parametrize(
    ("text", "asked", "command"),
    [
        ("oui", "adult_service_ask", Command.AGREE),
        ("Oui, d'accord !", "adult_service_ask", Command.AGREE),
        ("non merci", "adult_service_ask", Command.DISAGREE),
        ("oui mais il est devant ma porte", "adult_service_ask", None),
        ("non il me frappe", "adult_service_ask", None),
        ("oui", "handed_over", None),
    ],
)
def test_a_bare_answer_to_the_offered_service(
    text: str, asked: str, command: Command | None
) -> None:
    assert command_in(text, None, erasing=False, asked=asked) is command


@pytest.mark.parametrize(
    ("text", "choice", "asked", "command"),
    [
        ("annuler", None, None, Command.KEEP),
        ("oui", None, "erase_confirm", Command.CONFIRM_ERASE),
        ("oui", None, "ask_thoughts", None),
        ("", "erase_yes", None, Command.CONFIRM_ERASE),
        ("1", "erase_yes", "erase_confirm", Command.CONFIRM_ERASE),
        ("", "erase_no", None, Command.KEEP),
        ("stop", "human", None, None),
    ],
)
def test_while_a_wish_to_erase_is_open(
    text: str, choice: str | None, asked: str | None, command: Command | None
) -> None:
    assert command_in(text, choice, erasing=True, asked=asked) is command
