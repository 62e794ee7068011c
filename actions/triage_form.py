"""The triage form: which questions are worth asking, and what an answer means.

Promises: at most five questions; none whose answer is known; an answer that says nothing is
accepted as such and not asked again, because the person is not taking an exam. A question asked
back is answered, a fear is heard, and then ours comes once more, never twice.
"""

from __future__ import annotations

from typing import Any

from rasa_sdk import FormValidationAction, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import facts
from actions import questions as asked_back

# Shame and threats weigh most here, so we ask directly whether the person thinks of dying.
ASKS_ABOUT_DEATH = ("sextorsion", "revenge_porn", "cyberharcelement", "grooming")
NO_PLATFORM = ("surexposition_ecrans_jeux", "controle_parental")
ASKS_DEMAND = ("sextorsion", "arnaque")
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

# The problems offered as buttons are told by the one they happen to.
PROBLEM_CHOICES = ("issue_harassment", "issue_images", "issue_account")

NO_ANSWER = {
    "role": facts.UNKNOWN,
    "platform": facts.UNKNOWN,
    "age_band": facts.NOT_SAID,
    "since": facts.NOT_SAID,
    "death_thoughts": facts.NOT_SAID,
}

MAX_SINCE = 500


def role_with_age(role: str | None, band: str | None) -> str | None:
    """The role once the age is known: the triage guide splits victims by age."""
    if role in facts.VICTIMS and band in (facts.UNDER_13, facts.UNDER_15, facts.FROM_15_TO_17):
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
    # A band known already stays in the list, where the form passes over it.
    if role in (facts.VICTIM, facts.FRIEND) or (role == facts.MINOR and slots.get("age_band")):
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
        aside = _aside("role", value, dispatcher, tracker)
        if aside is not None:
            return aside
        role = ROLE_CHOICES.get(value) or facts.role_answered(value)
        band = tracker.get_slot("age_band") or facts.age_stated(value)
        found: dict[str, Any] = {"role": role_with_age(role, band)}
        if band:
            found["age_band"] = band
        elif role == facts.VICTIM and facts.pupil_stated(value):
            found["role"] = facts.MINOR
        return found | _also_told(value, tracker)

    def validate_age_band(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any
    ) -> dict[str, Any]:
        if value in (*facts.BANDS, facts.NOT_SAID):
            band = value
        else:
            aside = _aside("age_band", value, dispatcher, tracker)
            if aside is not None:
                return aside
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
        if tracker.get_slot("requested_slot") != "platform" or value == facts.UNKNOWN:
            return {"platform": value}  # known before it was asked
        aside = _aside("platform", value, dispatcher, tracker)
        if aside is not None:
            return aside
        named = PLATFORM_CHOICES.get(value) or facts.platform_stated(value, answering=True)
        return {"platform": named or facts.UNKNOWN} | _also_told(value, tracker)

    def validate_since(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any
    ) -> dict[str, Any]:
        """Only a time or a duration answers, or what is demanded where that is asked too."""
        if tracker.get_slot("requested_slot") != "since" or value == facts.NOT_SAID:
            return {"since": value}
        text = str(value)
        asks_demand = tracker.get_slot("issue") in ASKS_DEMAND
        if facts.time_stated(text) or (asks_demand and facts.demand_stated(text)):
            return {"since": text[:MAX_SINCE]}
        aside = _aside("since", text, dispatcher, tracker)
        if aside is not None:
            return aside
        band = facts.only_age(text)
        if band is not None:
            found = _once_more("since", tracker)
            if tracker.get_slot("age_band") in (None, facts.NOT_SAID):
                role = role_with_age(tracker.get_slot("role"), band)
                found |= {"age_band": band, "role": role}
            return found
        if asked_back.is_question(text):
            _say(dispatcher, "question_kept")
        elif facts.feeling_told(text):
            _say(dispatcher, "heard")
        else:
            return {"since": facts.NOT_SAID}
        return _once_more("since", tracker)

    def validate_death_thoughts(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any
    ) -> dict[str, Any]:
        if value in THOUGHT_CHOICES.values():
            return {"death_thoughts": value}
        if value in THOUGHT_CHOICES:
            return {"death_thoughts": THOUGHT_CHOICES[value]}
        answer = facts.thoughts_answered(value)
        if answer == facts.NOT_SAID:
            aside = _aside("death_thoughts", value, dispatcher, tracker)
            if aside is not None:
                return aside
            if asked_back.is_question(value):
                _say(dispatcher, "question_kept")
                return _once_more("death_thoughts", tracker)
            if facts.feeling_told(value):
                _say(dispatcher, "heard")
        return {"death_thoughts": answer} | _also_told(value, tracker)


def _also_told(text: str, tracker: Tracker) -> dict[str, Any]:
    """A duration or an amount told in the answer to another question: it is not asked again."""
    if tracker.get_slot("since") is not None:
        return {}
    told = facts.since_stated(text)
    if told is None and tracker.get_slot("issue") in ASKS_DEMAND:
        told = facts.amount_stated(text)
    return {} if told is None else {"since": told}


def _say(dispatcher: CollectingDispatcher, sentence: str) -> None:
    dispatcher.utter_message(json_message={"sentence": sentence})


def _aside(
    name: str, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker
) -> dict[str, Any] | None:
    """What follows where the answer is none: passed over, refused, or a question asked back."""
    if tracker.get_slot("requested_slot") != name:
        return None
    if value == "skip":
        return {name: NO_ANSWER[name]}
    if facts.refused(value):
        _say(dispatcher, "refusal_accepted")
        return {name: NO_ANSWER[name]}
    sentence = asked_back.asked(value)
    if sentence:
        _say(dispatcher, sentence)
        return _once_more(name, tracker)
    # Only short answers are taken for "I'd rather not say": a long one says something.
    intent = (tracker.latest_message.get("intent") or {}).get("name")
    if intent == "skip" and len(str(value).split()) <= 6:
        return {name: NO_ANSWER[name]}
    return None


def _once_more(name: str, tracker: Tracker) -> dict[str, Any]:
    """The same question again; the second time it is left unanswered."""
    if tracker.get_slot("repeated") == name:
        return {name: NO_ANSWER[name]}
    return {name: None, "repeated": name}
