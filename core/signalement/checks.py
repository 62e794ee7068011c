"""What still keeps a notice from being sent: every reason at once, each with its place and words.

DSA article 16(2) asks for an explanation of why the content is illegal, its exact address, name
and e-mail of who notifies (but for offences against minors), and a statement of good faith. The
service adds: no dossier without consent, and never an intimate image of a minor in one.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.signalement import law
from core.signalement.addresses import handle_fault, same_content, url_fault
from core.signalement.case import Case, ConsentGiver, ContentKind, Notice, Target, Visibility
from core.signalement.platforms import Directory, Platform

EXPLANATION = (60, 6000)
TARGETS, CAPTURES, QUOTES = 50, 300, 300
# What stays where it is, for whoever it is shown to: they can capture it, and where it is private a
# message about it shows nothing of it. What is words, or is gone by tomorrow, may be told in words.
_CAN_BE_CAPTURED = frozenset({ContentKind.PROFILE, ContentKind.POST, ContentKind.VIDEO})
# A listener's clock may be ahead of ours.
_CLOCKS_DIFFER = timedelta(minutes=5)

REASONS = {
    "no_qualification": "Choisissez au moins une qualification juridique.",
    "qualification_unknown": "Cette qualification n’existe plus. Choisissez-en une autre.",
    "qualification_minor": "Cette infraction suppose une victime mineure.",
    "qualification_under_15": "Cette infraction suppose une victime de moins de 15 ans.",
    "age_unknown": "Indiquez l’âge de la victime, ou au moins si elle est mineure.",
    "age_wrong": "L’âge doit être compris entre 1 et 120 ans.",
    "ages_differ": "L’âge et la tranche d’âge se contredisent.",
    "no_consent": "Recueillez l’accord de la personne. Sans lui, aucun dossier ne part.",
    "consent_of_adult": "La victime est majeure : c’est à elle de donner son accord.",
    "no_good_faith": "Déclarez la bonne foi du signalement.",
    "no_explanation": f"Expliquez pourquoi c’est illégal, en {EXPLANATION[0]} caractères au moins.",
    "explanation_long": f"L’explication dépasse {EXPLANATION[1]} caractères.",
    "review_against": "Un juriste demande de corriger ce dossier avant l’envoi.",
    "element_missing": "Aucun message, aucune capture ni l’explication ne montre cet élément.",
    "no_evidence": "Choisissez au moins un message ou une capture.",
    "capture_unjudged": "Dites si cette capture montre une image intime.",
    "capture_intimate": (
        "Une image intime d’un mineur n’entre jamais dans un dossier. "
        "Gardez l’empreinte seule, et passez par Pharos."
    ),
    "capture_undated": "Indiquez quand la capture a été faite.",
    "capture_future": "La capture est datée dans le futur.",
    "too_many": "Trop d’éléments pour un seul envoi. Répartissez-les.",
    "platform_unknown": "Choisissez une plateforme.",
    "no_category": "Choisissez le motif de la plateforme.",
    "no_target": "Ajoutez l’adresse du contenu, ou le compte.",
    "target_twice": "Ce contenu est déjà dans la liste.",
    "kind_unknown": "Cette plateforme n’a pas ce type de contenu.",
    "content_gone": "Le contenu a déjà disparu : il n’y a rien à retirer.",
    "private_without_evidence": (
        "Le contenu est privé : la modération peut ne pas le voir. Joignez une capture."
    ),
    "url_missing": "Indiquez l’adresse exacte du contenu.",
    "handle_missing": "Indiquez le nom du compte.",
    "handle_malformed": "Ce n’est pas un nom de compte de cette plateforme.",
    "handle_reserved": "C’est une page de la plateforme elle-même, pas un compte.",
    "url_malformed": "L’adresse est mal formée.",
    "url_scheme": "L’adresse doit commencer par https://.",
    "url_userinfo": "L’adresse cache où elle mène (signe @ avant le nom du site).",
    "url_shortened": "L’adresse est raccourcie. Ouvrez-la et copiez l’adresse complète.",
    "url_lookalike": "Ce site imite la plateforme. Vérifiez lettre par lettre.",
    "url_other_platform": "Cette adresse est celle d’une autre plateforme.",
    "url_wrong_host": "Cette adresse n’est pas celle de la plateforme.",
    "url_incomplete": "L’adresse désigne le site, pas le contenu.",
    "url_not_content": "L’adresse ne désigne pas ce type de contenu.",
    "detail_missing": "La plateforme demande cette information.",
    "detail_malformed": "Cette information n’a pas la forme attendue.",
    "authority_asks": "On vous le demandera : écrivez-le ici.",
    "authority_of_minors": "Ce service ne suit que des mineurs.",
    "authority_without_place": (
        "Indiquez dans un signalement ci-dessus l’adresse du contenu, ou le compte."
    ),
    "no_notifier": "L’adresse du service n’est pas réglée (RELAIS_SIGNALEMENT_NOTIFIER).",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing missing or wrong, and where: a field's path, such as `targets.0.url`."""

    code: str
    where: str

    @property
    def text(self) -> str:
        """For the listener, in French."""
        return REASONS[self.code]


def problems(
    case: Case, notice: Notice, known: Directory, *, named: bool, now: datetime
) -> Sequence[Problem]:
    """All that keeps `notice` from being sent; none: it may go.

    `named`: whether the service's own name and e-mail are set.
    """
    found = [*_of_case(case, now), *_of_notice(case, notice, known)]
    if not named and not law.withholds_name(case):
        found.append(("no_notifier", "notifier"))
    return [Problem(code=code, where=where) for code, where in found]


def _of_case(case: Case, now: datetime) -> Iterator[tuple[str, str]]:
    if not case.qualifications:
        yield "no_qualification", "qualifications"
    yield from _of_age(case)
    if case.consent is None:
        yield "no_consent", "consent"
    elif case.consent.giver is ConsentGiver.PARENT and case.of_a_minor is False:
        yield "consent_of_adult", "consent"
    if case.good_faith is None:
        yield "no_good_faith", "good_faith"
    if case.review is not None and not case.review.approved:
        yield "review_against", "review"
    written = len(case.explanation.strip())
    if written < EXPLANATION[0]:
        yield "no_explanation", "explanation"
    elif written > EXPLANATION[1]:
        yield "explanation_long", "explanation"
    yield from _of_elements(case)
    yield from _of_captures(case, now)
    if not case.quotes and not case.captures:
        yield "no_evidence", "quotes"
    if len(case.quotes) > QUOTES or len(case.captures) > CAPTURES:
        yield "too_many", "captures" if len(case.captures) > CAPTURES else "quotes"


def _of_age(case: Case) -> Iterator[tuple[str, str]]:
    age, band = case.victim_age, case.victim_band
    if age is not None and not 1 <= age <= 120:
        yield "age_wrong", "victim_age"
    elif case.of_a_minor is None:
        yield "age_unknown", "victim_age"
    elif age is not None and band is not None and not _within(age, band):
        yield "ages_differ", "victim_age"


def _within(age: int, band: str) -> bool:
    low, high = {"moins_13": (0, 12), "moins_15": (0, 14), "15_17": (15, 17)}.get(band, (18, 999))
    return low <= age <= high


def _of_elements(case: Case) -> Iterator[tuple[str, str]]:
    known = law.qualifications()
    by_quotes = {each for quote in case.quotes for each in quote.proves}
    by_captures = {each for capture in case.captures for each in capture.proves}
    shown = {*case.told} | by_quotes | by_captures
    for chosen in case.qualifications:
        offence = known.get(chosen)
        if offence is None:
            yield "qualification_unknown", f"qualifications.{chosen}"
            continue
        if law.too_old(offence, case):
            code = "qualification_minor" if offence.victim_under == 18 else "qualification_under_15"
            yield code, f"qualifications.{chosen}"
        for element in offence.elements:
            if law.element_key(offence, element) not in shown:
                yield "element_missing", f"elements.{law.element_key(offence, element)}"


def _of_captures(case: Case, now: datetime) -> Iterator[tuple[str, str]]:
    for capture in case.captures:
        where = f"captures.{capture.id}"
        if capture.kept and capture.intimate is None:
            yield "capture_unjudged", where
        # Where nobody knows the age, the law that protects minors holds.
        if capture.kept and capture.intimate and case.of_a_minor is not False:
            yield "capture_intimate", where
        if capture.taken_at is None:
            yield "capture_undated", where
        elif capture.taken_at > now + _CLOCKS_DIFFER:
            yield "capture_future", where


def _of_notice(case: Case, notice: Notice, known: Directory) -> Iterator[tuple[str, str]]:
    platform = known.platforms.get(notice.platform)
    if platform is None:
        yield "platform_unknown", "platform"
        return
    if notice.category not in platform.categories:
        yield "no_category", "category"
    for name, detail in platform.details.items():
        value = notice.details.get(name, "").strip()
        if detail.required and not value:
            yield "detail_missing", f"details.{name}"
        elif value and not re.fullmatch(detail.pattern, value):
            yield "detail_malformed", f"details.{name}"
    if not notice.targets:
        yield "no_target", "targets"
    if len(notice.targets) > TARGETS:
        yield "too_many", "targets"
        return
    met: set[tuple[str, str, str]] = set()
    for number, target in enumerate(notice.targets):
        handle = target.handle.removeprefix("@").casefold()
        # An address names its content, whoever is said to have put it there.
        same = (target.kind, same_content(target.url), "" if target.url else handle)
        if same in met:
            yield "target_twice", f"targets.{number}"
        met.add(same)
        for code, where in _of_target(case, target, platform, known):
            yield code, f"targets.{number}.{where}"


def _of_target(
    case: Case, target: Target, platform: Platform, known: Directory
) -> Iterator[tuple[str, str]]:
    pattern = platform.content.get(target.kind)
    if pattern is None:
        yield "kind_unknown", "kind"
        return
    if target.visibility is Visibility.GONE:
        yield "content_gone", "visibility"
    private = target.visibility is Visibility.PRIVATE
    if private and target.kind in _CAN_BE_CAPTURED and not case.captures:
        yield "private_without_evidence", "visibility"
    if target.url:
        fault = url_fault(target.url, target.kind, platform, known)
        if fault is not None:
            yield fault, "url"
    elif pattern and target.visibility is Visibility.PUBLIC:
        yield "url_missing", "url"
    if target.handle:
        fault = handle_fault(target.handle, platform)
        if fault is not None:
            yield fault, "handle"
    elif not target.url and (not pattern or target.visibility is not Visibility.PUBLIC):
        yield "handle_missing", "handle"
