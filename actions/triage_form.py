"""The triage form: which questions are worth asking, and what an answer means.

Promises: at most five questions; none whose answer is known; an answer that says nothing is
accepted as such and never asked again, because the person is not taking an exam.
"""

from __future__ import annotations

from typing import Any

from rasa_sdk import FormValidationAction, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import facts

# Shame and threats weigh most here, so we ask directly whether the person thinks of dying.
ASKS_ABOUT_DEATH = ("sextorsion", "revenge_porn", "cyberharcelement", "grooming")
NO_PLATFORM = ("surexposition_ecrans_jeux", "controle_parental")
NO_DATE = ("controle_parental", "parametrage_compte")

# Ids of tapped choices arrive as the text of the answer.
ROLE_CHOICES = {
    "role_me": facts.VICTIM,
    "role_child": facts.PARENT,
    "role_friend": facts.FRIEND,
    "role_pro": facts.PROFESSIONAL,
}
AGE_CHOICES = {
    "age_under_15": facts.UNDER_15,
    "age_15_17": facts.FROM_15_TO_17,
    "age_adult": facts.ADULT,
}
PLATFORM_CHOICES = {
    "platform_instagram": "instagram",
    "platform_snapchat": "snapchat",
    "platform_tiktok": "tiktok",
}
THOUGHT_CHOICES = {"yes": "oui", "no": "non", "skip": facts.NOT_SAID}

MAX_SINCE = 500


def role_with_age(role: str | None, band: str | None) -> str | None:
    """The role once the age is known: the triage guide splits victims by age."""
    if role in facts.VICTIMS and band in (facts.UNDER_15, facts.FROM_15_TO_17):
        return facts.MINOR
    if role in facts.VICTIMS and band == facts.ADULT:
        return facts.OF_AGE
    return role


def questions(slots: dict[str, Any]) -> list[str]:
    """The questions that fit this person, in order; those already answered included."""
    if slots.get("death_thoughts") == "oui":
        return []  # nothing else matters now
    issue, role = slots.get("issue"), slots.get("role")
    asked = ["role"]
    if issue in ASKS_ABOUT_DEATH:
        asked.append("death_thoughts")
    if role in (facts.VICTIM, facts.MINOR, facts.FRIEND):
        asked.append("age_band")
    if issue not in NO_PLATFORM:
        asked.append("platform")
    if issue not in NO_DATE:
        asked.append("since")
    return asked


class ValidateTriageForm(FormValidationAction):
    """Called by Rasa on every turn of the form; values already valid come back unchanged."""

    def name(self) -> str:
        return "validate_triage_form"

    async def required_slots(
        self,
        domain_slots: list[str],
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
        domain: dict[str, Any],
    ) -> list[str]:
        return questions(tracker.current_slot_values())

    def validate_role(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any
    ) -> dict[str, Any]:
        if value in facts.ROLES:
            return {"role": value}
        if _skipped(value, tracker):
            return {"role": facts.UNKNOWN}
        role = ROLE_CHOICES.get(value) or facts.role_answered(value)
        band = tracker.get_slot("age_band") or facts.age_stated(value)
        found: dict[str, Any] = {"role": role_with_age(role, band)}
        if band:
            found["age_band"] = band
        return found

    def validate_age_band(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any
    ) -> dict[str, Any]:
        if value in (*AGE_CHOICES.values(), facts.NOT_SAID):
            band = value
        elif _skipped(value, tracker):
            band = facts.NOT_SAID
        else:
            band = AGE_CHOICES.get(value) or facts.age_answered(value)
        found = {"age_band": band}
        role = tracker.get_slot("role")
        # Only a role already understood: during validation the slot may still hold the raw answer.
        if role in facts.VICTIMS:
            found["role"] = role_with_age(role, band)
        return found

    def validate_platform(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any
    ) -> dict[str, Any]:
        if value == facts.UNKNOWN or _skipped(value, tracker):
            return {"platform": facts.UNKNOWN}
        named = PLATFORM_CHOICES.get(value) or facts.platform_stated(value, answering=True)
        return {"platform": named or facts.UNKNOWN}

    def validate_since(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any
    ) -> dict[str, Any]:
        if value == facts.NOT_SAID or _skipped(value, tracker):
            return {"since": facts.NOT_SAID}
        return {"since": str(value)[:MAX_SINCE]}

    def validate_death_thoughts(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any
    ) -> dict[str, Any]:
        if value in THOUGHT_CHOICES.values():
            return {"death_thoughts": value}
        if value in THOUGHT_CHOICES:
            return {"death_thoughts": THOUGHT_CHOICES[value]}
        answer = facts.thoughts_answered(value)
        if answer == facts.NOT_SAID:
            intent = (tracker.latest_message.get("intent") or {}).get("name")
            answer = {"affirm": "oui", "deny": "non"}.get(intent, answer)
        return {"death_thoughts": answer}


def _skipped(value: Any, tracker: Tracker) -> bool:
    """Only short answers are taken for "I'd rather not say": a long one says something."""
    intent = (tracker.latest_message.get("intent") or {}).get("name")
    return value == "skip" or (intent == "skip" and len(str(value).split()) <= 6)
