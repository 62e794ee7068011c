"""Drafts of what a data-protection officer must keep, filled in from the settings in force.

The templates beside this module say what is true of Relais whatever the settings; what depends on
them is put in here, so that a paper and the service do not drift apart. What only people know (who
answers, the legal basis they chose) is left as "[à compléter : …]". No secret, and nothing of any
person, is ever in a paper: of addresses only the host's name.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from pathlib import Path
from string import Template
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from core.retention import RULES, Ends
from gateway.privacy.backup import KEPT
from gateway.settings import Settings

_FOLDER = Path(__file__).parent
PAPERS = tuple(sorted(path.name for path in _FOLDER.glob("*.md")))
_PARIS = ZoneInfo("Europe/Paris")

_WHATSAPP = (
    "WhatsApp Ireland Limited (groupe Meta)",
    "achemine les messages WhatsApp",
    "numéro de téléphone, nom affiché, contenu des messages pendant leur acheminement",
    "Irlande ; maison mère aux États-Unis",
)
_META = (
    "Meta Platforms Ireland Limited",
    "achemine les messages Messenger et Instagram",
    "identifiant de compte, contenu des messages, qui restent aussi chez Meta",
    "Irlande ; maison mère aux États-Unis",
)
_TELEGRAM = (
    "Telegram",
    "achemine les messages Telegram",
    "identifiant de compte, contenu des messages, qui restent aussi chez Telegram",
    "hors de l’Union européenne",
)
_PLATFORMS = {"whatsapp": _WHATSAPP, "messenger": _META, "telegram": _TELEGRAM}
_CHANNEL_NAMES = {
    "web": "le chat du site",
    "whatsapp": "WhatsApp",
    "messenger": "Messenger et Instagram",
    "telegram": "Telegram",
}
_CLASSES: Mapping[Ends, str] = {
    Ends.CHATS: "conversations : messages, fiche, clés de recherche, clé de chiffrement",
    Ends.CONTACTS: "personne derrière la conversation : adresse, autres identifiants, clé",
    Ends.EVENTS: "empreintes des événements reçus ; contenu mis en quarantaine",
    Ends.FILES: "fichiers envoyés par la personne",
    Ends.SIGN_INS: "connexions des écoutants",
    Ends.PRESENCE: "signes de présence des écoutants",
    Ends.AUDIT: "journal de qui a fait quoi",
    Ends.DESK: "papiers de l’équipe, dossiers de signalement",
    Ends.FIGURES: "chiffres impersonnels, arrondis à l’heure",
    Ends.WITH_ITS_OWNER: "ce qui dépend d’une des lignes ci-dessus",
    Ends.ACCOUNT: "comptes des écoutants",
    Ends.NOTHING_PERSONAL: "données techniques qui ne disent rien de personne",
}
_WITHOUT_TERM = {
    Ends.DESK: "jusqu’à ce que l’équipe les détruise",
    Ends.FIGURES: "sans limite : plus rien ne mène à une personne",
    Ends.WITH_ITS_OWNER: "aussi longtemps que ce dont elles dépendent",
    Ends.ACCOUNT: "aussi longtemps que la personne travaille ici",
    Ends.NOTHING_PERSONAL: "sans objet",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What the database says now: rows of each class past their time, and those kept on purpose."""

    expired: Mapping[str, int]
    overdue: int


def drafts(settings: Settings, found: Found, *, now: datetime) -> Mapping[str, str]:
    """Each paper by its file name, in Markdown."""
    values = _values(settings, found, now)
    return {
        name: Template((_FOLDER / name).read_text("utf-8")).substitute(values) for name in PAPERS
    }


def _values(settings: Settings, found: Found, now: datetime) -> Mapping[str, str]:
    retention = settings.retention
    channels = [_CHANNEL_NAMES.get(one, one) for one in settings.channels_on]
    return {
        "date": f"{now.astimezone(_PARIS):%d/%m/%Y à %H:%M}",
        "service": settings.public_url or "[à compléter : adresse du service]",
        "channels": ", ".join(channels),
        "engine": _engine(settings),
        "subprocessors": _table(_subprocessors(settings)),
        "retention": _table(_retention(settings, found)),
        "overdue": str(found.overdue),
        "late": str(sum(found.expired.values())),
        "chats": _lasts(retention.chats),
        "files": _lasts(retention.files),
        "audit": _lasts(retention.audit),
        "events": _lasts(retention.events),
        "copies": _copies(settings),
        "second_factor": _second_factor(settings),
        "mode": "production" if settings.production else "développement : à ne pas signer",
        "platform_notice": _platform_notice(settings),
    }


def _engine(settings: Settings) -> str:
    if settings.database.startswith("sqlite:"):
        return "SQLite, sur la machine du service"
    hosts = urlsplit(settings.database).netloc.rpartition("@")[2]
    return f"MongoDB ({hosts.replace(',', ', ')})"


def _host(url: str) -> str:
    return urlsplit(url).hostname or "[à compléter]"


def _subprocessors(settings: Settings) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = [("qui", "ce qu’il fait", "ce qu’il voit", "où")]
    rows += [_PLATFORMS[one] for one in settings.channels_on if one in _PLATFORMS]
    if settings.smtp_url is not None:
        host = _host(settings.smtp_url.get_secret_value())
        seen = "adresses de l’équipe et des plateformes ; dossiers de signalement envoyés"
        rows.append((host, "envoie le courrier", seen, "[à compléter]"))
    if settings.heartbeat_url is not None:
        host = _host(settings.heartbeat_url.get_secret_value())
        rows.append((host, "attend un signe de vie", "rien de personne", "[à compléter]"))
    for url in settings.webhook_urls:
        seen = "des avis d’événements, sans un mot de ce qui est écrit"
        rows.append((_host(url), "reçoit des avis", seen, "[à compléter]"))
    if settings.offsite is not None:
        where = urlsplit(settings.offsite.get_secret_value()).hostname or "un autre disque"
        seen = "des copies scellées, sans leur clé"
        rows.append((where, "garde les copies", seen, "[à compléter]"))
    seen = "un disque aux données scellées ; la mémoire de la machine, où est la clé"
    rows.append(("[à compléter : hébergeur]", "loue la machine", seen, "[à compléter]"))
    return rows


def _retention(settings: Settings, found: Found) -> list[tuple[str, ...]]:
    terms = {
        field.name: getattr(settings.retention, field.name) for field in fields(settings.retention)
    }
    rows: list[tuple[str, ...]] = [("données", "durée", "échues et encore là", "où")]
    for ends in sorted(set(RULES.values()), key=list(Ends).index):
        places = ", ".join(f"`{place}`" for place, rule in RULES.items() if rule is ends)
        term = terms.get(ends.value)
        lasts = _lasts(term) if term is not None else _WITHOUT_TERM.get(ends, "voir la règle")
        late = str(found.expired.get(ends.value, 0)) if term is not None else "–"
        rows.append((_CLASSES.get(ends, ends.value), lasts, late, places))
    return rows


def _lasts(term: timedelta) -> str:
    hours = round(term.total_seconds() / 3600)
    return f"{hours // 24} jours" if hours % 24 == 0 and hours > 72 else f"{hours} heures"


def _copies(settings: Settings) -> str:
    if settings.backup_dir is None:
        return "aucune copie automatique n’est réglée (`RELAIS_BACKUP_DIR`)"
    hours = f"{settings.backup_every_hours:g}"
    return f"une copie scellée toutes les {hours} heures, les {KEPT} dernières gardées"


def _second_factor(settings: Settings) -> str:
    if not settings.second_factor:
        return "non exigé (`RELAIS_SECOND_FACTOR`)"
    return "exigé des rôles " + ", ".join(role.value for role in settings.second_factor)


def _platform_notice(settings: Settings) -> str:
    """What a child must know of the applications that are on."""
    names = [_CHANNEL_NAMES[one] for one in settings.channels_on if one in _PLATFORMS]
    if not names:
        return "Ce que tu écris ici ne passe par aucun réseau social."
    return (
        f"Tu peux aussi nous écrire par {', '.join(names)}. "
        "Là, l’application garde tes messages de son côté. "
        "Efface-les aussi dans l’application. "
        "Pour ne pas laisser de trace, écris plutôt sur notre site."
    )


def _table(rows: list[tuple[str, ...]]) -> str:
    head, *rest = rows
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rest)])
