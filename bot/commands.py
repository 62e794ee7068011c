"""Orders to the service, recognised where they are all that somebody writes."""

from bot.answers import says_yes
from bot.screen.facts import plain
from bot.screen.normalise import fold
from core.commands import Command
from core.spoken_code import heard_in

_STOP = frozenset(("stop", "stop stop", "arret", "stop svp", "stop stp", "desabonner"))
_GESTURES = frozenset(
    f"{before}{word}{after}"
    for before in ("", "les ", "premiers ", "les premiers ")
    for word in ("gestes", "geste")
    for after in ("", " svp", " stp")
)
_ERASE = frozenset(
    f"{verb}{what}"
    for verb in ("efface", "effacer", "effacez", "supprime", "supprimer", "supprimez")
    for what in (
        " tout",
        " mes messages",
        " la conversation",
        " mes donnees",
        " cette conversation",
    )
) | {"efface", "effacer", "effacez", "tout effacer", "efface tout stp"}
_KEEP = frozenset(("annuler", "annule", "annulez", "non garder", "garder"))
# An answer to what we asked, and nothing beside it: more words are for a person to read.
_AGREE = frozenset(("oui", "ui", "ouais", "ok", "d accord", "oui d accord", "oui merci"))
_DISAGREE = frozenset(("non", "nan", "non merci", "pas maintenant"))
# The quick replies under questions that the service itself asks.
_CHOICES = {
    "erase_yes": Command.CONFIRM_ERASE,
    "erase_no": Command.KEEP,
    "orient_yes": Command.AGREE,
    "orient_no": Command.DISAGREE,
    "follow_midday": Command.FOLLOW_MIDDAY,
    "follow_evening": Command.FOLLOW_EVENING,
    "follow_no": Command.FOLLOW_NO,
    "follow_me": Command.FOLLOW_ME,
    "follow_later": Command.FOLLOW_LATER,
    "follow_stranger": Command.FOLLOW_STRANGER,
}
_LONGEST = 40


def command_in(
    text: str, choice: str | None, *, erasing: bool, asked: str | None
) -> Command | None:
    """The order in a message, if it is nothing else. Never raises; linear time.

    `erasing`: a wish to erase is open. `asked`: the sentence that the message follows. The right
    code of a call is no order: whoever reads it has taken it before.
    """
    if choice is not None:
        return _CHOICES.get(choice)
    if heard_in(text) is not None:
        return Command.WRONG_CODE
    if len(text) > _LONGEST:
        return None
    said = plain(fold(text)[0])
    if said in _STOP:
        return Command.STOP
    if said in _GESTURES:
        return Command.GESTURES
    if said in _ERASE:
        return Command.ERASE
    if erasing and said in _KEEP:
        return Command.KEEP
    if asked == "erase_confirm" and says_yes(text):
        return Command.CONFIRM_ERASE
    if asked == "adult_service_ask" and said in _AGREE | _DISAGREE:
        return Command.AGREE if said in _AGREE else Command.DISAGREE
    return None
