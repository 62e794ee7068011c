"""What the bot does besides asking: the first gesture, the hand-over, and what it cannot follow.

Every sentence is an id of bot/sentences.yml; none of them is written here.
"""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import facts
from actions.triage_form import role_with_age

PROBLEMS = (
    "cyberharcelement", "revenge_porn", "sextorsion", "grooming", "piratage_compte",
    "usurpation_identite", "contenu_choquant", "haine_discrimination", "violences_sexistes",
    "surexposition_ecrans_jeux", "controle_parental", "parametrage_compte", "arnaque",
)  # fmt: skip

# What is said with each reason to hand over.
FAREWELLS = {
    "complete": "complete",
    "asked_human": "asked_human",
    "danger": "danger_support",
    "not_understood": "not_understood",
    "declined": "declined",
}


def say(dispatcher: CollectingDispatcher, sentence: str) -> None:
    dispatcher.utter_message(json_message={"sentence": sentence})


def intent_of(tracker: Tracker) -> str:
    return (tracker.latest_message.get("intent") or {}).get("name") or ""


def why_hand_over(intent: str, slots: dict[str, Any]) -> str:
    """The reason a person takes over now. Danger comes before everything else."""
    if intent == "danger" or slots.get("death_thoughts") == "oui":
        return "danger"
    if intent == "demande_humain":
        return "asked_human"
    if intent == "stop":
        return "declined"
    return "complete"


def hand_over(dispatcher: CollectingDispatcher, reason: str) -> list[EventType]:
    say(dispatcher, FAREWELLS[reason])
    return [SlotSet("outcome", reason)]


class StartTriage(Action):
    """First gesture for the problem; notes what the message already says so as not to ask it."""

    def name(self) -> str:
        return "action_start_triage"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[EventType]:
        issue = intent_of(tracker)
        if issue not in PROBLEMS:
            raise ValueError("action_start_triage: not a problem")
        say(dispatcher, f"gesture_{issue}")
        found = facts_of(tracker.latest_message.get("text") or "", tracker)
        return [SlotSet("issue", issue), *(SlotSet(name, value) for name, value in found.items())]


def facts_of(text: str, tracker: Tracker) -> dict[str, str]:
    """What the message states and we did not know. The age is that of the person concerned."""
    role = tracker.get_slot("role") or facts.role_stated(text)
    band = tracker.get_slot("age_band") or facts.age_stated(text)
    if band and role is None:
        role = facts.VICTIM  # "j'ai 14 ans" and nobody else named
    read = {
        "role": role_with_age(role, band),
        "age_band": band,
        "platform": tracker.get_slot("platform") or facts.platform_stated(text),
    }
    return {n: v for n, v in read.items() if v is not None and v != tracker.get_slot(n)}


class HandOver(Action):
    """Decides why a person takes over, and says so."""

    def name(self) -> str:
        return "action_hand_over"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[EventType]:
        slots = tracker.current_slot_values()
        return hand_over(dispatcher, why_hand_over(intent_of(tracker), slots))


class NotUnderstood(Action):
    """Asks once to say it otherwise; the second time a person takes over."""

    def name(self) -> str:
        return "action_not_understood"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[EventType]:
        times = int(tracker.get_slot("misunderstandings") or 0) + 1
        noted = SlotSet("misunderstandings", times)
        if times > 1:
            return [noted, *hand_over(dispatcher, "not_understood")]
        say(dispatcher, "rephrase")
        return [noted]


class OffTopic(Action):
    """Insults, tests, other subjects: met with dignity, then a person is offered, never imposed."""

    def name(self) -> str:
        return "action_off_topic"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[EventType]:
        times = int(tracker.get_slot("off_topics") or 0) + 1
        say(dispatcher, "off_topic" if times == 1 else "off_topic_again")
        return [SlotSet("off_topics", times)]


# The first word found decides; what none names is answered in general.
_QUESTIONS = (
    ("faq_anonymity", ("anonym", "confidentiel", "secret", "parents", "repete", "nom", "prenom",
                       "police")),
    ("faq_robot", ("robot", "bot", "humain", "vraie", "vrai", "ia", "machine", "automatique")),
    ("faq_hours", ("heure", "horaire", "ouvert", "ferme", "nuit", "dimanche", "soir", "quand")),
    ("faq_free", ("gratuit", "payant", "payer", "coute", "prix", "cher")),
)  # fmt: skip


class AnswerQuestion(Action):
    """Questions about the service itself: anonymity, hours, cost, robot or not."""

    def name(self) -> str:
        return "action_answer_question"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[EventType]:
        words = facts.plain(tracker.latest_message.get("text") or "").split()
        for sentence, stems in _QUESTIONS:
            if any(w == s or (len(s) > 3 and w.startswith(s)) for w in words for s in stems):
                say(dispatcher, sentence)
                return []
        say(dispatcher, "faq_service")
        return []
