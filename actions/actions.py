"""What the bot does besides asking: the first gesture, the hand-over, and what it cannot follow.

Every sentence is an id of bot/sentences.yml; none of them is written here.
"""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import asides, circumstances, facts, gestures, questions
from actions.triage_form import ASKS_DEMAND, NO_ANSWER, PROBLEM_CHOICES, read_early, role_with_age

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


def said_by(tracker: Tracker) -> str:
    return tracker.latest_message.get("text") or ""


def intent_of(tracker: Tracker) -> str:
    return (tracker.latest_message.get("intent") or {}).get("name") or ""


def certain(tracker: Tracker) -> bool:
    """Whether the intent was told by the gateway or a button, not guessed by the classifier."""
    return (tracker.latest_message.get("intent") or {}).get("confidence") == 1.0


def why_hand_over(intent: str, slots: dict[str, Any]) -> str:
    """The reason a person takes over now. Danger comes before everything else."""
    if intent == "danger" or slots.get("death_thoughts") == "oui":
        return "danger"
    if intent == "demande_humain":
        return "asked_human"
    if intent == "stop":
        return "declined"
    if intent == "other_language":
        return "not_understood"
    return "complete"


class StartTriage(Action):
    """First gesture for the problem; notes what the message already says so as not to ask it."""

    def name(self) -> str:
        return "action_start_triage"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[EventType]:
        issue, text = intent_of(tracker), said_by(tracker)
        if issue not in gestures.PROBLEMS:
            raise ValueError("action_start_triage: not a problem")
        found = facts_of(text, tracker, issue)
        role = found.get("role") or tracker.get_slot("role")
        if questions.asked(text) == "faq_photo":
            say(dispatcher, "faq_photo")
        told = list(tracker.get_slot("told") or [])
        feeling = facts.named_feeling(text)
        path = gestures.path_of(role)
        if path is not None:
            told.append(f"path_{path}")
        now = [
            *([feeling] if feeling else []),
            gestures.first(issue, role),
            *circumstances.met(text, issue, told),
        ]
        for sentence in now:
            say(dispatcher, sentence)
        return [
            SlotSet("issue", issue),
            SlotSet("told", [*told, *now]),
            *(SlotSet(name, value) for name, value in found.items()),
        ]


def facts_of(text: str, tracker: Tracker, issue: str | None) -> dict[str, str]:
    """What the message states and we did not know. The age is that of the person concerned."""
    role = tracker.get_slot("role") or facts.role_stated(text)
    band = tracker.get_slot("age_band") or facts.age_stated(text, role)
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


def farewell(reason: str, tracker: Tracker) -> list[str]:
    """What is said when a person takes over for this reason."""
    sentence = FAREWELLS[reason]
    language = tracker.get_slot("language")
    if reason == "danger":
        # "Your life counts" is for the one who thinks of dying, not for who is afraid for them.
        own = gestures.path_of(tracker.get_slot("role")) is None
        sentence = sentence if own and speaks_of_dying(tracker) else "danger_heard"
        return [sentence, *([f"language_{language}"] if language else [])]
    if language is not None:
        return [f"language_{language}"]
    if reason == "complete" and not answered_now(tracker):
        sentence = "complete_neutral"
    if reason == "asked_human" and facts.bare_call(said_by(tracker)):
        sentence = "call_heard"
    if reason == "complete" and tracker.get_slot("role") == facts.OF_AGE:
        return [gestures.services_for_adults(tracker.get_slot("issue")), sentence]
    return [sentence]


def questions_were_open(tracker: Tracker) -> bool:
    """Whether this turn has closed the form: then nothing would ask on."""
    for event in reversed(tracker.events):
        if event.get("event") == "user":
            return False
        if event.get("event") == "active_loop":
            return True
    return False


class HandOver(Action):
    """Decides why a person takes over, and says so."""

    def name(self) -> str:
        return "action_hand_over"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[EventType]:
        reason = why_hand_over(intent_of(tracker), tracker.current_slot_values())
        question = questions.asked(said_by(tracker)) if reason == "asked_human" else None
        if question is not None:
            say(dispatcher, question)
            # "Are you a robot?" only sounds like a wish for a person, and has its answer now. One
            # that the gateway heard, or a button told, is heard whatever is asked beside it.
            if not certain(tracker) and not questions_were_open(tracker):
                return []
        for sentence in farewell(reason, tracker):
            say(dispatcher, sentence)
        return [SlotSet("outcome", reason)]


class ReadEarly(Action):
    """Written before our question was on the screen: read for what it tells, no answer to it."""

    def name(self) -> str:
        return "action_read_early"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[EventType]:
        say(dispatcher, "read_too")
        found = read_early(said_by(tracker), dispatcher, tracker)
        return [SlotSet(name, value) for name, value in found.items()]


class MeetAside:
    """What tells no problem: met in words where we have them, otherwise counted and offered help.

    Their own age is kept, so that it is not asked later; nothing else is sure without a problem.
    No Action itself: the action server would offer it under no name.
    """

    counter = ""

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[EventType]:
        found = facts_of(said_by(tracker), tracker, None)
        noted: list[EventType] = []
        if "age_band" in found and found.get("role") in facts.VICTIMS:
            noted = [SlotSet(name, found[name]) for name in ("role", "age_band")]
        text = said_by(tracker)
        met = asides.met(text) or ("take_your_time" if asides.dismissed(text) else None)
        times = int(tracker.get_slot(self.counter) or 0) + 1
        if met is not None and (met.startswith("faq_") or times == 1):
            say(dispatcher, met)
            # A question deserves its answer however often; the rest is met once.
            return noted if met.startswith("faq_") else [*noted, SlotSet(self.counter, times)]
        return [*noted, SlotSet(self.counter, times), *self.unmet(times, dispatcher, tracker)]

    def unmet(
        self, times: int, dispatcher: CollectingDispatcher, tracker: Tracker
    ) -> list[EventType]:
        raise NotImplementedError


class NotUnderstood(MeetAside, Action):
    """Asks once to say it otherwise; the second time a person takes over."""

    counter = "misunderstandings"

    def name(self) -> str:
        return "action_not_understood"

    def unmet(
        self, times: int, dispatcher: CollectingDispatcher, tracker: Tracker
    ) -> list[EventType]:
        feeling = facts.feeling_told(said_by(tracker))
        if times == 1:
            lost = facts.lost_for_words(said_by(tracker))
            say(dispatcher, "tell_more" if feeling else "start_anywhere" if lost else "rephrase")
            return []
        say(dispatcher, "call_heard" if feeling else FAREWELLS["not_understood"])
        return [SlotSet("outcome", "not_understood")]


class OffTopic(MeetAside, Action):
    """Insults, tests, other subjects: met with dignity, then a person is offered, never imposed.

    The offer is made once; from then on only that we are there.
    """

    counter = "off_topics"
    sentences = ("off_topic", "off_topic_again", "take_your_time")

    def name(self) -> str:
        return "action_off_topic"

    def unmet(
        self, times: int, dispatcher: CollectingDispatcher, tracker: Tracker
    ) -> list[EventType]:
        say(dispatcher, self.sentences[min(times, len(self.sentences)) - 1])
        return []


class AnswerQuestion(Action):
    """Questions about the service itself: anonymity, hours, cost, robot or not."""

    def name(self) -> str:
        return "action_answer_question"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[EventType]:
        text, asking = said_by(tracker), bool(tracker.active_loop.get("name"))
        aside = asides.met(text)
        if aside is not None and not aside.startswith("faq_") and not asking:
            return OffTopic().run(dispatcher, tracker, domain)  # an insult, with a question mark
        # "?" under a question of ours: what is it for?
        say(dispatcher, "faq_why" if asking and facts.wordless(text) else questions.answer(text))
        return []
