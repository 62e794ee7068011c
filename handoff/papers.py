"""What the service says of itself, and the desk edits: hours, the on-call rota, and the like.

Each paper is one versioned document. While nobody has edited it, what it began with counts. A body
is checked before it is written, so that whoever reads a paper finds one that can be used.
"""

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.accounts import Listener
from core.clock import Clock
from core.directory import DirectoryError, directory_from
from core.errors import NotFound, RelaisError
from core.hours import HoursError, hours_from
from core.ids import ListenerId
from core.ports import Documents
from core.rota import OnCall, RotaError, rota_from

KIND = "service"
SIZE_LIMIT = 60_000
HISTORY = 50

_DAYS = {
    "mon": "lundi", "tue": "mardi", "wed": "mercredi", "thu": "jeudi", "fri": "vendredi",
    "sat": "samedi", "sun": "dimanche", "holidays": "jours fériés", "exceptions": "exceptions",
    "closing_soon": "fermeture proche", "channels": "canaux", "week": "semaine",
    "people": "personnes", "turns": "tours", "otherwise": "hors tour",
    "escalate_after": "délai avant le suivant", "services": "services", "checklists": "listes",
}  # fmt: skip
_WHY = {
    "form": "forme inattendue",
    "inverted": "la fin doit venir après le début",
    "overlap": "deux plages se chevauchent",
    "twice": "en double",
    "too_many": "trop d’entrées",
    "unreachable": (
        "aucun appel ne peut partir, il manque un réglage du serveur "
        "(RELAIS_SMTP_URL pour l’e-mail, RELAIS_PAGING_SECRET pour le webhook)"
    ),
    "no_means": "il faut une adresse e-mail ou un webhook",
    "email": "adresse e-mail incorrecte",
    "webhook": "adresse de webhook incorrecte",
    "nobody": "personne n’est nommé",
    "stranger": "un nom ne figure pas parmi les personnes",
    "no_way": "il faut un numéro, un SMS ou un lien",
    "number": "numéro incorrect",
    "link": "lien incorrect, il commence par https://",
    "no_channel": "ce canal n’existe pas",
    "text": "un texte manque ou dépasse 300 caractères",
}


class PaperRefused(RelaisError):
    """The body is no such paper; the message says why, in French, for whoever edits it."""


@dataclass(frozen=True, slots=True)
class Paper:
    """A kind of paper: what checks it, raising PaperRefused, and what it began with."""

    check: Callable[[object], object]
    first: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """One version of a paper. Version 0 is what it began with."""

    version: int
    body: Mapping[str, Any]
    at: datetime | None = None
    by: ListenerId | None = None


class Papers:
    """Reads and writes the papers there are."""

    def __init__(self, *, documents: Documents, papers: Mapping[str, Paper], clock: Clock) -> None:
        self._documents = documents
        self._papers = papers
        self._clock = clock

    async def current(self, name: str) -> Edition:
        """The paper as it counts now. Raises NotFound for one that does not exist."""
        paper = self._of(name)
        document = await self._documents.document(KIND, name)
        if document is None:
            return Edition(version=0, body=paper.first)
        return Edition(
            version=document.version,
            body=json.loads(document.body),
            at=document.at,
            by=document.by,
        )

    async def save(self, name: str, body: object, *, version: int, by: Listener) -> Edition:
        """Write what follows `version`. Raises PaperRefused, NotFound, or Conflict when somebody
        else was first."""
        self._of(name).check(body)
        raw = json.dumps(body, ensure_ascii=False).encode()
        if len(raw) > SIZE_LIMIT:
            raise PaperRefused("Trop long.")
        kept = await self._documents.put_document(
            KIND, name, raw, version=version, now=self._clock(), by=by.id
        )
        return Edition(version=kept.version, body=json.loads(raw), at=kept.at, by=by.id)

    async def history(self, name: str) -> Sequence[Edition]:
        """Its versions, the newest first."""
        self._of(name)
        kept = await self._documents.document_history(KIND, name, limit=HISTORY)
        return [
            Edition(version=each.version, body=json.loads(each.body), at=each.at, by=each.by)
            for each in kept
        ]

    def _of(self, name: str) -> Paper:
        paper = self._papers.get(name)
        if paper is None:
            raise NotFound
        return paper


def checked_hours(body: object, *, channels: Collection[str]) -> object:
    """A check of opening hours. `channels`: those there are, so that a slip in a name is seen."""
    try:
        hours = hours_from(body)
    except HoursError as error:
        raise PaperRefused(_sentence(error.wrong.value, error.where)) from None
    for name in hours.channels:
        if name not in channels:
            raise PaperRefused(_sentence("no_channel", name))
    return hours


def checked_rota(
    body: object, *, reachable: Callable[[OnCall], bool] = lambda _person: True
) -> object:
    """A check of an on-call rota.

    Whom nothing that is set up here reaches (`reachable`) may not be on it: the page would never
    come, and nobody would know before the night.
    """
    try:
        rota = rota_from(body)
    except RotaError as error:
        raise PaperRefused(_sentence(error.code, error.where)) from None
    for person in rota.people.values():
        if not reachable(person):
            raise PaperRefused(_sentence("unreachable", person.name))
    return rota


def checked_directory(body: object) -> object:
    """A check of a directory of orientations."""
    try:
        return directory_from(body)
    except DirectoryError as error:
        raise PaperRefused(_sentence(error.code, error.where)) from None


def _sentence(code: str, where: str) -> str:
    place = _DAYS.get(where, where)
    return (
        f"{place[:1].upper()}{place[1:]} : {_WHY[code]}."
        if place
        else f"{_WHY[code].capitalize()}."
    )
