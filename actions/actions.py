"""What the bot does besides asking: the first gesture, the hand-over, and what it cannot follow.

Every sentence is an id of bot/sentences.yml; none of them is written here.
"""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import facts, questions
from actions.triage_form import ASKS_DEMAND, NO_ANSWER, PROBLEM_CHOICES, role_with_age

PROBLEMS = (
    "cyberharcelement", "revenge_porn", "sextorsion", "grooming", "piratage_compte",
    "usurpation_identite", "contenu_choquant", "haine_discrimination", "violences_sexistes",
    "surexposition_ecrans_jeux", "controle_parental", "parametrage_compte", "arnaque",
)  # fmt: skip

# Where a parent hears of the child, not of themselves.
FOR_PARENTS = (
    "cyberharcelement", "revenge_porn", "sextorsion", "grooming", "piratage_compte",
    "usurpation_identite", "contenu_choquant", "haine_discrimination", "violences_sexistes",
    "arnaque",
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
        text = tracker.latest_message.get("text") or ""
        found = facts_of(text, tracker, issue)
        role = found.get("role") or tracker.get_slot("role")
        if questions.asked(text) == "faq_photo":
            say(dispatcher, "faq_photo")
        for_parent = role == facts.PARENT and issue in FOR_PARENTS
        say(dispatcher, f"gesture_{issue}_parent" if for_parent else f"gesture_{issue}")
        return [SlotSet("issue", issue), *(SlotSet(name, value) for name, value in found.items())]


def facts_of(text: str, tracker: Tracker, issue: str) -> dict[str, str]:
    """What the message states and we did not know. The age is that of the person concerned."""
    role = tracker.get_slot("role") or facts.role_stated(text)
    band = tracker.get_slot("age_band") or facts.age_stated(text)
    if role is None and (band or text in PROBLEM_CHOICES):
        role = facts.VICTIM  # "j'ai 14 ans" and nobody else named
    if role == facts.VICTIM and facts.pupil_stated(text):
        role = facts.MINOR
    since = facts.since_stated(text)
    if since is None and issue in ASKS_DEMAND:
        since = facts.amount_stated(text)
    read = {
        "role": role_with_age(role, band),
        "age_band": band,
        "platform": tracker.get_slot("platform") or facts.platform_stated(text),
        "since": tracker.get_slot("since") or since,
    }
    return {n: v for n, v in read.items() if v is not None and v != tracker.get_slot(n)}


def answered_now(tracker: Tracker) -> bool:
    """Whether the person has just answered a question of ours, rather than passed it over."""
    given: dict[str, Any] = {}
    for event in reversed(tracker.events):
        if event.get("event") == "user":
            break
        if event.get("event") == "action" and event.get("name") == "action_start_triage":
            return False  # nothing was asked
        if event.get("event") == "slot" and event.get("name") in NO_ANSWER:
            given.setdefault(event["name"], event.get("value"))
    return any(value not in (None, NO_ANSWER[name]) for name, value in given.items())


# From here on "your life counts" answers something that was said.
SURE_OF_DYING = 0.8


def speaks_of_dying(tracker: Tracker) -> bool:
    """Whether the person themself said, or very likely says now, that they think of dying."""
    ranking = tracker.latest_message.get("intent_ranking") or []
    dying = sum(i["confidence"] for i in ranking if i["name"] == "ideation_suicidaire")
    return tracker.get_slot("death_thoughts") == "oui" or dying >= SURE_OF_DYING


class HandOver(Action):
    """Decides why a person takes over, and says so."""

    def name(self) -> str:
        return "action_hand_over"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[EventType]:
        slots = tracker.current_slot_values()
        reason = why_hand_over(intent_of(tracker), slots)
        sentence = FAREWELLS[reason]
        if reason == "complete" and not answered_now(tracker):
            sentence = "complete_neutral"
        if reason == "asked_human" and facts.bare_call(tracker.latest_message.get("text") or ""):
            sentence = "call_heard"
        if reason == "danger" and not speaks_of_dying(tracker):
            sentence = "danger_heard"
        say(dispatcher, sentence)
        return [SlotSet("outcome", reason)]


class NotUnderstood(Action):
    """Asks once to say it otherwise; the second time a person takes over."""

    def name(self) -> str:
        return "action_not_understood"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[EventType]:
        sentence = questions.asked(tracker.latest_message.get("text") or "")
        if sentence:
            say(dispatcher, sentence)
            return []
        times = int(tracker.get_slot("misunderstandings") or 0) + 1
        noted = SlotSet("misunderstandings", times)
        if times > 1:
            return [noted, *hand_over(dispatcher, "not_understood")]
        feeling = facts.feeling_told(tracker.latest_message.get("text") or "")
        say(dispatcher, "tell_more" if feeling else "rephrase")
        return [noted]


class OffTopic(Action):
    """Insults, tests, other subjects: met with dignity, then a person is offered, never imposed."""

    def name(self) -> str:
        return "action_off_topic"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[EventType]:
        sentence = questions.asked(tracker.latest_message.get("text") or "")
        if sentence:
            say(dispatcher, sentence)
            return []
        times = int(tracker.get_slot("off_topics") or 0) + 1
        say(dispatcher, "off_topic" if times == 1 else "off_topic_again")
        return [SlotSet("off_topics", times)]


class AnswerQuestion(Action):
    """Questions about the service itself: anonymity, hours, cost, robot or not."""

    def name(self) -> str:
        return "action_answer_question"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[EventType]:
        say(dispatcher, questions.answer(tracker.latest_message.get("text") or ""))
        return []
