"""The words that remind the team of a dossier: what waits, since when, and nothing of anybody."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.hours import PARIS
from core.signalement.case import Case
from core.signalement.platforms import Directory
from core.signalement.todo import Todo, Why

TO_DO: Mapping[Why, str] = {
    Why.UNKNOWN: "on ne sait pas si l’envoi est arrivé, demander à la plateforme",
    Why.NOT_SENT: "l’envoi a été refusé, l’envoyer autrement",
    Why.STOPPED: "l’envoi a été arrêté avant de partir, compléter le dossier et valider à nouveau",
    Why.LATE: "la plateforme n’a pas répondu à temps, la relancer",
    Why.REFUSED: "la plateforme a refusé, faire un recours ou transmettre",
    Why.TELL: "le contenu est retiré, prévenir la personne",
    Why.LOOK: "regarder si le contenu est revenu",
}


@dataclass(frozen=True, slots=True)
class Reminder:
    """What the team is told, by mail."""

    subject: str
    text: str


def reminder(case: Case, todos: Sequence[Todo], known: Directory, console: str | None) -> Reminder:
    """One line for each thing to do; our reference, the platform and the day, no more."""
    lines = []
    for one in todos:
        notice = case.notice(one.notice)
        platform = known.platforms.get(notice.platform) if notice else None
        since = one.at.astimezone(PARIS).strftime("%d/%m/%Y %H:%M")
        name = platform.name if platform else "Plateforme"
        lines.append(f"- {name} ({one.notice[:8]}), depuis le {since} : {TO_DO[one.why]}.")
    where = ["", f"Console : {console}"] if console else []
    return Reminder(
        subject=f"Signalement {case.id[:8]} : quelque chose à faire",
        text="\n".join([f"Dossier {case.id[:8]} :", *lines, *where]) + "\n",
    )
