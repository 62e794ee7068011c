"""From an intent ranking to what the gateway is told, and from a choice to an intent."""

from __future__ import annotations

from typing import Any

from components.danger_gate import DANGERS, danger_probability, second_reading

PROBLEMS = (
    "cyberharcelement", "revenge_porn", "sextorsion", "grooming", "piratage_compte",
    "usurpation_identite", "contenu_choquant", "haine_discrimination", "violences_sexistes",
    "surexposition_ecrans_jeux", "controle_parental", "parametrage_compte", "arnaque",
)  # fmt: skip
ISSUES = (
    *PROBLEMS, "ideation_suicidaire", "danger_physique", "autre_hors_sujet", "salutation",
    "demande_humain",
)  # fmt: skip

SECOND_MIN = 0.15
RANKED = 5
SURE = 0.6

# What a tapped choice means. `information` answers the question being asked.
CHOICES = {
    "human": "demande_humain",
    "skip": "skip",
    "yes": "affirm",
    "no": "deny",
    "role_me": "information",
    "role_child": "information",
    "role_friend": "information",
    "role_pro": "information",
    "age_under_15": "information",
    "age_15_17": "information",
    "age_adult": "information",
    "platform_instagram": "information",
    "platform_snapchat": "information",
    "platform_tiktok": "information",
    "issue_harassment": "cyberharcelement",
    "issue_images": "revenge_porn",
    "issue_account": "piratage_compte",
}


def intent_of_choice(choice: str) -> str | None:
    """The intent of a choice of the catalogue; None for any other string."""
    return CHOICES.get(choice)


def understood(parsed: dict[str, Any], *, chosen: bool) -> dict[str, Any]:
    """What the message is about, over the issue labels only, whatever the dialogue does with it.

    `issue` is null where the message is about the dialogue itself (yes, thanks, an answer). The
    ranking keeps raw probabilities: what is missing to 1 went to dialogue intents.
    """
    ranking = [(i["name"], float(i["confidence"])) for i in parsed.get("intent_ranking") or []]
    scores = {name: p for name, p in ranking if name in ISSUES}
    for name, p in ranking:
        if name == "question_service":  # hours, anonymity: the triage guide files them there
            scores["demande_humain"] = scores.get("demande_humain", 0.0) + p
    best = sorted(scores.items(), key=lambda item: -item[1])
    likeliest = [name for name, _ in sorted(ranking, key=lambda r: -r[1]) if name != "nlu_fallback"]
    issue, confidence = best[0] if best else (None, 0.0)
    if likeliest and likeliest[0] not in ISSUES and likeliest[0] != "question_service":
        issue = None
    if chosen:
        name = parsed["intent"]["name"]
        issue, confidence = (name, 1.0) if name in ISSUES else (None, 0.0)
        best = [(name, 1.0)] if issue else []
    second = best[1] if len(best) > 1 else (None, 0.0)
    return {
        "issue": issue,
        "issue_confidence": round(confidence if issue else 0.0, 4),
        "issue_ranking": [[name, round(p, 4)] for name, p in best[:RANKED]],
        "issue_secondary": second[0] if issue and second[1] >= SECOND_MIN else None,
        "danger_probability": round(danger_probability(parsed.get("intent_ranking") or []), 4),
    }


def settled(
    reading: dict[str, Any], told_before: str | None, *, wants_to_die: bool
) -> dict[str, Any]:
    """The reading of an answer to one of our questions, beside the problem told before.

    "Since Monday, he wants 200 euros" is an answer, not a new problem: secondary at most.
    Thoughts of dying, said or ticked, come first, and the problem becomes their cause.
    """
    if wants_to_die:
        cause = told_before or reading["issue"]
        cause = None if cause == "ideation_suicidaire" else cause
        return {**reading, "issue": "ideation_suicidaire", "issue_secondary": cause}
    if told_before is None or reading["issue"] in DANGERS:
        return reading
    other = reading["issue"] if reading["issue"] in PROBLEMS else None
    sure = other != told_before and reading["issue_confidence"] >= SURE
    return {**reading, "issue": told_before, "issue_secondary": other if other and sure else None}


def steer(
    intent: dict[str, Any],
    ranking: list[dict[str, Any]],
    known: dict[str, Any],
    form: str | None,
) -> dict[str, Any]:
    """Let what the gateway knows decide where it must: danger first, then asking for a person.

    The gateway has read the message with all that was said before it. Where it saw no danger to
    life, what sounds like one by itself ("hier soir") is read for what else it says.
    """
    low = known.get("urgency") in ("faible", "moderee")
    other = known.get("urgency") == "elevee" and known.get("issue") not in (None, *DANGERS)
    if intent["name"] == "danger" and (low or other):
        intent = second_reading(ranking, danger_probability(ranking))
    if known.get("danger") == "critique" or intent["name"] == "danger":
        return {"name": "danger", "confidence": 1.0}
    if known.get("asked_human") in (True, "true"):
        return {"name": "demande_humain", "confidence": 1.0}
    if intent["name"] == "nlu_fallback" and form is None and known.get("issue") in PROBLEMS:
        return {"name": known["issue"], "confidence": 1.0}
    return intent
