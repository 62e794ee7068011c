"""A dossier as plain text: to copy into the form of a platform, or of an authority."""

from core.conversation import Author
from core.signalement import law
from core.signalement.authorities import AuthorityForm, Fill
from core.signalement.case import Case, Notice
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


def letter_fields(case: Case, authority: AuthorityForm) -> list[dict[str, str]]:
    """The form of an authority in its order, each field ready to copy: `label` and `value`.

    Of the dossier it holds only what that form asks for; the victim and whoever else is named are
    named because a listener wrote so for this authority.
    """
    answers = case.letters.get(authority.id, {})
    told = (
        (asked.label, _filled(case, asked.fill) if asked.fill else answers.get(name, "").strip())
        for name, asked in authority.fields.items()
    )
    return [{"label": label, "value": value} for label, value in told if value]


def letter(case: Case, authority: AuthorityForm) -> str:
    """The same as one text."""
    parts = [f"À : {authority.name}"]
    for one in letter_fields(case, authority):
        ask = one["label"] if one["label"].endswith("?") else f"{one['label']} :"
        parts.append(f"{ask}\n{one['value']}")
    return "\n\n".join(parts)


def _filled(case: Case, fill: Fill) -> str:
    match fill:
        case Fill.REASONS:
            return reasons(case)
        case Fill.EXPLANATION:
            return case.explanation.strip()
        case Fill.PLACES:
            lines = [line for notice in case.notices for line in _target_lines(notice)]
            return "\n".join(dict.fromkeys(lines))
        case Fill.VICTIM:
            return _victim(case)
        case Fill.WORDS:
            said = (one for one in case.quotes if one.author is Author.PERSON)
            return "\n".join(f"{words.date(one.at)} : « {one.text} »" for one in said)
        case Fill.CAPTURES:
            return "\n".join(f"{n}. {one.sha256}" for n, one in enumerate(case.captures, start=1))
        case Fill.REFERENCE:
            return case.id


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
