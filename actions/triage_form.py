"""The triage form: which questions are worth asking, and what an answer means.

Promises: at most five questions; none whose answer is known, whichever question it was told in
answer to; an answer that says nothing is accepted as such and not asked again, because the person
is not taking an exam. A question asked back is answered, a fear is heard, an insult met, and then
ours comes once more, never twice.
"""

from __future__ import annotations

from typing import Any

from rasa_sdk import FormValidationAction, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import asides, circumstances, facts, gestures
from actions import questions as asked_back

# Shame and threats weigh most here, so we ask directly whether the person thinks of dying.
ASKS_ABOUT_DEATH = ("sextorsion", "revenge_porn", "cyberharcelement", "grooming")
NO_PLATFORM = ("surexposition_ecrans_jeux", "controle_parental")
ASKS_DEMAND = ("sextorsion", "arnaque")
NO_DATE = ("controle_parental", "parametrage_compte")

# All there are, in the order of `required_slots` in bot/rasa/domain/triage_form.yml.
QUESTIONS = ("role", "death_thoughts", "age_band", "platform", "since")

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

    def domain_slots(self, domain: dict[str, Any]) -> list[str]:
        """As the domain has them, which is not sent along with every call."""
        return list(QUESTIONS)

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
        if role == facts.VICTIM and facts.pupil_stated(value):
            role = facts.MINOR
        path = gestures.on_learning(tracker.get_slot("issue"), role, _told(tracker))
        if path is not None:
            _say(dispatcher, path)
        return _also_told(value, role, dispatcher, tracker)

    def validate_age_band(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any
    ) -> dict[str, Any]:
        role = tracker.get_slot("role")
        if value in (*facts.BANDS, facts.NOT_SAID):
            found = {"age_band": value}
            # Only a role already understood: during validation it may still be the raw answer.
            return found | ({"role": role_with_age(role, value)} if role in facts.VICTIMS else {})
        aside = _aside("age_band", value, dispatcher, tracker)
        if aside is not None:
            return aside
        band = AGE_CHOICES.get(value) or facts.age_answered(value, role)
        told = _also_told(value, role, dispatcher, tracker)
        return told | {"age_band": band, "role": role_with_age(role, band)}

    def validate_platform(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any
    ) -> dict[str, Any]:
        if tracker.get_slot("requested_slot") != "platform" or value == facts.UNKNOWN:
            return {"platform": value}  # known before it was asked
        aside = _aside("platform", value, dispatcher, tracker)
        if aside is not None:
            return aside
        named = PLATFORM_CHOICES.get(value) or facts.platform_stated(value, answering=True)
        told = _also_told(value, tracker.get_slot("role"), dispatcher, tracker)
        return told | {"platform": named or facts.UNKNOWN}

    def validate_since(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any
    ) -> dict[str, Any]:
        """Only a time or a duration answers, or what is demanded where that is asked too."""
        if tracker.get_slot("requested_slot") != "since" or value == facts.NOT_SAID:
            return {"since": value}
        text = str(value)
        told = _also_told(text, tracker.get_slot("role"), dispatcher, tracker)
        asks_demand = tracker.get_slot("issue") in ASKS_DEMAND
        if facts.time_stated(text) or (asks_demand and facts.demand_stated(text)):
            return told | {"since": text[:MAX_SINCE]}
        aside = _aside("since", text, dispatcher, tracker)
        if aside is not None:
            return told | aside
        band = facts.only_age(text)
        if band is not None:
            found = _once_more("since", tracker)
            if tracker.get_slot("age_band") in (None, facts.NOT_SAID):
                role = role_with_age(tracker.get_slot("role"), band)
                found |= {"age_band": band, "role": role}
            return found
        named = facts.platform_stated(text, answering=True)
        if named is not None and len(text.split()) <= 2:  # answers the question before
            known = tracker.get_slot("platform")
            found = {"platform": named} if known in (None, facts.UNKNOWN) else {}
            return told | found | _once_more("since", tracker)
        if asked_back.is_question(text):
            _say(dispatcher, "question_kept")
            return told | _once_more("since", tracker)
        return told | {"since": facts.NOT_SAID}

    def validate_death_thoughts(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any
    ) -> dict[str, Any]:
        if value in THOUGHT_CHOICES.values():
            return {"death_thoughts": value}
        if value in THOUGHT_CHOICES:
            return {"death_thoughts": THOUGHT_CHOICES[value]}
        answer = facts.thoughts_answered(value)
        if answer == "oui":
            return {"death_thoughts": answer}  # nothing else is said or asked now
        told = _also_told(value, tracker.get_slot("role"), dispatcher, tracker)
        if answer == facts.NOT_SAID:
            if tracker.get_slot("role") in facts.VICTIMS and facts.for_another(value):
                return told | {"death_thoughts": None}  # asked of the one it happens to
            aside = _aside("death_thoughts", value, dispatcher, tracker)
            if aside is not None:
                return told | aside
            if asked_back.is_question(value):
                _say(dispatcher, "question_kept")
                return told | _once_more("death_thoughts", tracker)
        feeling = facts.named_feeling(value)
        if feeling is not None and feeling not in _told(tracker):
            _say(dispatcher, feeling)
        return told | {"death_thoughts": answer}


def read_early(text: str, dispatcher: CollectingDispatcher, tracker: Tracker) -> dict[str, Any]:
    """What a message tells that was written before our question could be read.

    Facts that it states count, for that question too ("j'ai 14 ans"); a bare "oui" or "moi" does
    not, nor does it say anything about thoughts of dying.
    """
    role = tracker.get_slot("role") or facts.role_stated(text)
    found = _also_told(text, role, dispatcher, tracker)
    return {name: value for name, value in found.items() if value is not None}


def _told(tracker: Tracker) -> list[str]:
    return list(tracker.get_slot("told") or [])


def _also_told(
    text: str, role: str | None, dispatcher: CollectingDispatcher, tracker: Tracker
) -> dict[str, Any]:
    """All that an answer tells beside what was asked: what is told is not asked again.

    `role` is who writes, as far as it is understood by now. What has already happened is met here.
    """
    asked, issue = tracker.get_slot("requested_slot"), tracker.get_slot("issue")
    found: dict[str, Any] = {}
    corrected = facts.for_another(text) if asked != "role" and role in facts.VICTIMS else None
    if corrected is not None:
        role = corrected
        path = gestures.on_learning(issue, role, _told(tracker))
        if path is not None:
            _say(dispatcher, path)
    band = tracker.get_slot("age_band")
    if band is None or asked == "age_band":
        band = facts.age_stated(text, role)
        if band is not None:
            found["age_band"] = band
    known = None if asked == "role" else tracker.get_slot("role")
    if role is not None and role_with_age(role, band) != known:
        found["role"] = role_with_age(role, band)
    if tracker.get_slot("platform") is None or asked == "platform":
        platform = facts.platform_stated(text)
        if platform is not None:
            found["platform"] = platform
    if tracker.get_slot("since") is None or asked == "since":
        since = facts.since_stated(text)
        if since is None and issue in ASKS_DEMAND:
            since = facts.amount_stated(text)
        if since is not None:
            found["since"] = since
    met = circumstances.met(text, issue, _told(tracker))
    if circumstances.blackmailed(text, issue):
        gesture = gestures.on_blackmail(role, _told(tracker))
        met = [*([gesture] if gesture else []), *met]
    for sentence in met:
        _say(dispatcher, sentence)
    return found | ({"told": [*_told(tracker), *met]} if met else {})


def _say(dispatcher: CollectingDispatcher, sentence: str) -> None:
    dispatcher.utter_message(json_message={"sentence": sentence})


def _aside(
    name: str, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker
) -> dict[str, Any] | None:
    """What follows where the answer is none: passed over, refused, or something else is said."""
    if tracker.get_slot("requested_slot") != name:
        return None
    text = str(value)
    if text == "skip":
        return {name: NO_ANSWER[name]}
    if facts.refused(text):
        _say(dispatcher, "refusal_accepted")
        return {name: NO_ANSWER[name]}
    feeling = _feeling(name, text, tracker)
    met = asides.met(text)
    if name == "platform" and met == "insult_met" and facts.platform_stated(text, answering=True):
        met = None  # "tg" is Telegram where an app is asked for
    sentence = met or feeling
    if sentence:
        _say(dispatcher, sentence)
        told = {"told": [*_told(tracker), feeling]} if feeling and sentence == feeling else {}
        return told | _once_more(name, tracker)
    if facts.wordless(text):
        _say(dispatcher, "take_your_time")
        return _once_more(name, tracker)
    # Only short answers are taken for "I'd rather not say": a long one says something.
    intent = (tracker.latest_message.get("intent") or {}).get("name")
    if intent == "skip" and len(text.split()) <= 6:
        return {name: NO_ANSWER[name]}
    return None


def _feeling(name: str, text: str, tracker: Tracker) -> str | None:
    """The sentence that hears a fear told instead of an answer; None where it answers as well."""
    if not facts.feeling_told(text):
        return None
    answers = {
        "role": lambda: facts.role_stated(text) is not None,
        "age_band": lambda: facts.age_answered(text, tracker.get_slot("role")) != facts.NOT_SAID,
        "platform": lambda: facts.platform_stated(text) is not None,
    }
    if name in answers and answers[name]():
        return None
    named = facts.named_feeling(text)
    return named if named and named not in _told(tracker) else "heard"


def _once_more(name: str, tracker: Tracker) -> dict[str, Any]:
    """The same question again; the second time it is left unanswered."""
    if tracker.get_slot("repeated") == name:
        return {name: NO_ANSWER[name]}
    return {name: None, "repeated": name}
