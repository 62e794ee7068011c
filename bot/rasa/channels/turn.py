"""The channel `turn`: one request is one turn of one conversation, and nothing is kept.

The events of the conversation come in with the request and go back with the answer, so a retry is
harmless, a restart loses nothing and any process can serve any turn.

Promises: a text is never a command (a leading "/" is dropped); a tapped choice never meets the
classifier; a turn that failed inside is a 502, never an empty success; no error carries a text.
"""

from __future__ import annotations

import hmac
import json
import logging
import os
import uuid
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.channels.channel import CollectingOutputChannel, InputChannel, UserMessage
from rasa.shared.core.trackers import DialogueStateTracker
from sanic import Blueprint, Request
from sanic.response import HTTPResponse
from sanic.response import json as answer

from channels.action_server import ActionServer, failures
from channels.events import REASONS, fresh_events, known_events, language_events, slim
from channels.steering import heeded, language, sign
from channels.understanding import intent_of_choice, settled, steer, understood
from quick import OneTurnStore

log = logging.getLogger("relais.turn")

MAX_TEXT = 4000
FACTS = ("role", "platform", "age_band", "since", "death_thoughts")


class BadRequest(ValueError):
    """The request is not a turn; the message names the field, never its content."""


class TurnChannel(InputChannel):
    """POST /webhooks/turn/webhook; contract in README.md."""

    def __init__(self, token: str | None) -> None:
        self._token = token

    @classmethod
    def name(cls) -> str:
        return "turn"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> TurnChannel:
        return cls(os.environ.get("RELAIS_RASA_TOKEN") or None)

    def blueprint(self, _: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        routes = Blueprint("relais_turn")

        @routes.get("/")
        async def health(request: Request) -> HTTPResponse:
            # With the token, so that nobody takes another checkout's Rasa for their own.
            if not self._allowed(request):
                return answer({"error": "unauthorized"}, status=401)
            ready = _agent(request) is not None
            return answer({"status": "ok" if ready else "loading"}, status=200 if ready else 503)

        @routes.post("/webhook")
        async def webhook(request: Request) -> HTTPResponse:
            if not self._allowed(request):
                return answer({"error": "unauthorized"}, status=401)
            agent = _agent(request)
            if agent is None:
                return answer({"error": "loading"}, status=503)
            try:
                turn = _read(request)
            except BadRequest as error:
                return answer({"error": str(error)}, status=422)
            try:
                body, status = await play(agent, turn)
            except Exception as error:
                # The traceback could quote the message: only the kind of error is logged.
                log.error("turn failed: %s", type(error).__name__)
                body, status = {"error": "dialogue"}, 502
            return answer(body, status=status)

        @routes.listener("after_server_stop")
        async def close(app: Any, _: Any) -> None:
            agent = getattr(app.ctx, "agent", None)
            endpoint = getattr(getattr(agent, "processor", None), "action_endpoint", None)
            if isinstance(endpoint, ActionServer):
                await endpoint.close()

        return routes

    def _allowed(self, request: Request) -> bool:
        if self._token is None:
            return True
        given = request.headers.get("authorization", "")
        # Headers may hold any byte: surrogates must not make the comparison fail.
        raw = given.encode("utf-8", "surrogateescape")
        return hmac.compare_digest(raw, f"Bearer {self._token}".encode())


def _agent(request: Request) -> Any:
    agent = getattr(request.app.ctx, "agent", None)
    return agent if agent is not None and agent.is_ready() else None


def _read(request: Request) -> dict[str, Any]:
    try:
        body = json.loads(request.body)
    except ValueError as error:
        raise BadRequest("json") from error
    if not isinstance(body, dict):
        raise BadRequest("json")
    text, choice = body.get("text", ""), body.get("choice")
    events, known = body.get("events", []), body.get("known", {})
    if not isinstance(text, str):
        raise BadRequest("text")
    if not isinstance(events, list) or not all(isinstance(e, dict) for e in events):
        raise BadRequest("events")
    if not isinstance(known, dict):
        raise BadRequest("known")
    intents = _intents(body.get("intents"))
    # A "/" first would make Rasa read the text as a command.
    text = text.strip().lstrip("/ \t\r\n")[:MAX_TEXT]
    choice = choice if isinstance(choice, str) and intent_of_choice(choice) else None
    if not text and choice is None:
        raise BadRequest("empty")
    return {"text": text, "choice": choice, "events": events, "known": known, "intents": intents}


def _intents(given: Any) -> dict[str, float]:
    """How likely each intent is, if the sender read the text; the classifier knows the names."""
    if given is None:
        return {}
    if not isinstance(given, dict) or not all(
        isinstance(chance, float) and 0 <= chance <= 1 for chance in given.values()
    ):
        raise BadRequest("intents")
    return given


def _take_over(processor: Any) -> OneTurnStore:
    """Put our own endpoint and store in Rasa's processor, once: one watched, one forgettable."""
    if not isinstance(processor.action_endpoint, ActionServer):
        processor.action_endpoint = ActionServer(processor.action_endpoint.url)
        processor.tracker_store = OneTurnStore(processor.domain)
    store: OneTurnStore = processor.tracker_store
    return store


def _heeded(
    intent: dict[str, Any], turn: dict[str, Any], tracker: DialogueStateTracker
) -> dict[str, Any]:
    name = heeded(
        str(intent["name"]),
        turn["text"],
        asked=tracker.get_slot("requested_slot") if tracker.active_loop_name else None,
        early=turn["known"].get("early") in (True, "true"),
        tongue=language(turn["text"]),
    )
    return intent if name == intent["name"] else {"name": name, "confidence": 1.0}


async def play(agent: Any, turn: dict[str, Any]) -> tuple[dict[str, Any], int]:
    """Play one turn and forget it; returns the body and the status of the answer."""
    processor = agent.processor
    store = _take_over(processor)
    sender = uuid.uuid4().hex
    tracker = DialogueStateTracker.from_dict(
        sender, turn["events"] or fresh_events(), slots=processor.domain.slots
    )
    for event in known_events(turn["known"], tracker):
        tracker.update(event, processor.domain)

    if turn["choice"] is not None:
        text, intent = turn["choice"], intent_of_choice(turn["choice"])
        parsed = {
            "text": text,
            "intent": {"name": intent, "confidence": 1.0},
            "intent_ranking": [],
            "entities": [],
        }
    else:
        text = turn["text"]
        message = UserMessage(text, metadata={"intents": turn["intents"]})
        parsed = await processor.parse_message(message, tracker)
    reading = understood(parsed, chosen=turn["choice"] is not None)
    told_before = tracker.get_slot("issue") if tracker.active_loop_name else None
    if turn["choice"] is None:
        # What the gateway knows still decides after this, in `steer`.
        heard = parsed["intent"]["name"]
        parsed["intent"] = _heeded(parsed["intent"], turn, tracker)
        denied = heard == "danger" and parsed["intent"]["name"] == "deny"
        if denied or sign(text) is not None:  # words about the dialogue, not about a problem
            reading = {**reading, "issue": None, "issue_confidence": 0.0, "issue_secondary": None}
        for event in language_events(language(text), tracker):
            tracker.update(event, processor.domain)
    ranking = parsed.get("intent_ranking") or []
    parsed["intent"] = steer(parsed["intent"], ranking, turn["known"], tracker.active_loop_name)

    output = CollectingOutputChannel()
    await store.save(tracker)
    try:
        with failures() as failed:
            await agent.handle_message(
                UserMessage(text, output, sender, parse_data=parsed, input_channel="turn")
            )
        after = await store.retrieve_full_tracker(sender)
    finally:
        store.store.pop(sender, None)

    if failed:
        log.error("action server failed: %s", failed[0])
        return {"error": "actions"}, 502
    messages = [m["custom"] for m in output.messages if isinstance(m.get("custom"), dict)]
    outcome = after.get_slot("outcome")
    if not messages and outcome not in REASONS:
        log.error("turn without an answer")
        return {"error": "empty"}, 502
    return {
        "events": slim([e.as_dict() for e in after.events]),
        "messages": [{"sentence": m["sentence"], "values": m.get("values", {})} for m in messages],
        "understood": settled(
            reading, told_before, wants_to_die=after.get_slot("death_thoughts") == "oui"
        ),
        "facts": {fact: after.get_slot(fact) for fact in FACTS},
        "language": after.get_slot("language"),
        "hand_over": outcome,
    }, 200
