"""What of a conversation travels: enough for the dialogue to resume, and no more."""

from __future__ import annotations

from typing import Any

from rasa.shared.core.events import ActionExecuted, Event, SessionStarted, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker

REASONS = ("complete", "asked_human", "danger", "not_understood", "declined")
# A label for "not known" is no reason to leave the question out.
NOTHING = ("", "inconnu")
KNOWN_SLOTS = ("role", "platform", "age_band", "issue")


def fresh_events() -> list[dict[str, Any]]:
    """The start of a conversation, written out so that known facts can follow it."""
    opening = [ActionExecuted("action_session_start"), SessionStarted()]
    return [e.as_dict() for e in [*opening, ActionExecuted("action_listen")]]


def known_events(known: dict[str, Any], tracker: DialogueStateTracker) -> list[Event]:
    """Facts the gateway already has. They fill what is empty; what the person answered stays.

    The outcome of an earlier turn is emptied: it must not be told twice.
    """
    forgotten = [SlotSet("outcome", None)] if tracker.get_slot("outcome") else []
    return forgotten + [
        SlotSet(name, known[name])
        for name in KNOWN_SLOTS
        if isinstance(known.get(name), str)
        and known[name] not in NOTHING
        and tracker.get_slot(name) is None
    ]


def language_events(language: str | None, tracker: DialogueStateTracker) -> list[Event]:
    """The language a message was plainly written in; what is unclear changes nothing."""
    if language is None or language == tracker.get_slot("language"):
        return []
    return [SlotSet("language", language)]


def slim(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Drop what the rules never read: bot sentences, rankings, ids, and the person's own words.

    The words are kept by the gateway, sealed; a second copy here would only be one more to protect.
    Answers to questions stay, as slots.
    """
    kept = []
    for event in events:
        kind = event.get("event")
        if kind == "bot":
            continue
        light = {k: v for k, v in event.items() if k != "metadata" and v is not None}
        if kind == "user":
            intent = (event.get("parse_data") or {}).get("intent") or {}
            intent = {"name": intent.get("name"), "confidence": 1.0}
            light = {
                "event": "user",
                "timestamp": event.get("timestamp"),
                "text": "",
                "parse_data": {"intent": intent, "entities": [], "text": ""},
                "input_channel": "turn",
            }
        elif kind == "slot":
            light["value"] = event.get("value")  # None is a value: it empties the slot
        elif kind == "active_loop":
            light["name"] = event.get("name")  # None ends the form
        kept.append(light)
    return kept
