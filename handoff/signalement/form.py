"""A notice as plain text: to copy into a platform's form, or for an authority without one."""

from core.signalement import law
from core.signalement.case import Authority, Case, Notice
from core.signalement.platforms import Platform
from handoff.signalement import words
from handoff.signalement.paper import Notifier


def fields(
    case: Case, notice: Notice, platform: Platform, *, notifier: Notifier | None
) -> list[dict[str, str]]:
    """The form's fields in order, each ready to copy: `label` and `value`."""
    told = [
        ("Type de problème", platform.categories.get(notice.category, "")),
        ("Contenu à retirer", "\n".join(_target_lines(notice))),
        ("Pourquoi c’est illégal", reasons(case)),
        *(
            (detail.label, notice.details.get(name, ""))
            for name, detail in platform.details.items()
        ),
        ("Victime", _victim(case)),
        *_notifier(case, notifier),
        ("Bonne foi", words.GOOD_FAITH if case.good_faith else ""),
        ("Notre référence", notice.id),
    ]
    return [{"label": label, "value": value} for label, value in told if value]


def authority_text(case: Case, authority: Authority) -> str:
    """What an authority reads: the facts, the places, the evidence with its hashes.

    It names nobody: the victim is the one behind our reference.
    """
    parts = [
        f"À : {words.AUTHORITIES[authority]}",
        f"Référence du dossier : {case.id}",
        f"Victime : {_victim(case)}",
        reasons(case),
    ]
    places = [line for notice in case.notices for line in _target_lines(notice)]
    if places and authority is not Authority.SCHOOL:
        parts.append("Contenus :\n" + "\n".join(dict.fromkeys(places)))
    if case.captures and authority is not Authority.SCHOOL:
        hashes = [f"{n}. {one.sha256}" for n, one in enumerate(case.captures, start=1)]
        parts.append("Empreintes SHA-256 des captures :\n" + "\n".join(hashes))
    return "\n\n".join(parts)


def reasons(case: Case) -> str:
    """The offences with their articles, then the explanation."""
    named = [f"{one.title} ({one.reference})." for one in law.chosen(case)]
    return "\n".join([*named, case.explanation.strip()]).strip()


def _target_lines(notice: Notice) -> list[str]:
    return [
        " ".join(part for part in (words.KINDS[one.kind], one.url, one.handle) if part)
        for one in notice.targets
    ]


def _victim(case: Case) -> str:
    if case.victim_age is not None:
        return f"{case.victim_age} ans"
    return {True: "mineure", False: "majeure", None: "âge inconnu"}[case.of_a_minor]


def _notifier(case: Case, notifier: Notifier | None) -> list[tuple[str, str]]:
    if law.withholds_name(case):
        return [("Notifiant", words.WITHHELD)]
    if notifier is None:
        return []
    return [("Nom du notifiant", notifier.name), ("E-mail du notifiant", notifier.email)]
