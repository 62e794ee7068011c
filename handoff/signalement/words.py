"""The French of a notice: what a moderator, an authority or a form reads."""

from collections.abc import Mapping
from datetime import datetime

from core.conversation import Author
from core.hours import PARIS
from core.signalement.case import ContentKind, Visibility

KINDS: Mapping[ContentKind, str] = {
    ContentKind.PROFILE: "Compte",
    ContentKind.POST: "Publication",
    ContentKind.COMMENT: "Commentaire",
    ContentKind.STORY: "Story",
    ContentKind.VIDEO: "Vidéo",
    ContentKind.LIVE: "Direct",
    ContentKind.MESSAGE: "Message privé",
    ContentKind.GROUP: "Groupe ou salon",
    ContentKind.GAME: "Jeu",
}
VISIBILITIES: Mapping[Visibility, str] = {
    Visibility.PUBLIC: "public",
    Visibility.PRIVATE: "privé",
    Visibility.GONE: "disparu",
}
AUTHORS: Mapping[Author, str] = {
    Author.PERSON: "La personne",
    Author.BOT: "Assistant automatique",
    Author.SERVICE: "Le service",
    Author.LISTENER: "Écoutant",
    Author.ELSEWHERE: "Le service",
}
GOOD_FAITH = (
    "Le notifiant croit de bonne foi que les informations et allégations de cette notification "
    "sont exactes et complètes."
)
WITHHELD = (
    "Nom et adresse du notifiant omis : infraction contre un mineur "
    "(règlement (UE) 2022/2065, article 16, paragraphe 2, point c)."
)
BASIS = "Notification au titre de l’article 16 du règlement (UE) 2022/2065"


def date(moment: datetime) -> str:
    """A moment as it is written on paper."""
    return moment.astimezone(PARIS).strftime("%d/%m/%Y à %H:%M (heure de Paris)")
