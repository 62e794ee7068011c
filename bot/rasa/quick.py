"""Take costs out of Rasa's turn that change nothing of its outcome.

Measured in processor time, on the first message of a conversation: a tenth of Rasa's part was dask
planning each run of a small graph; then came `jsonschema` trying every kind of event on each event,
a search among all classes for each event read, and the tracker written to and read back from a
store that lives for one turn.

Limits: this reaches into Rasa 3.6.21, which gets no releases any more; `tests/rasa/test_quick.py`
fails if what is replaced here is not as it was.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from jsonschema import ValidationError
from jsonschema.validators import validator_for
from rasa.core.actions.action import RemoteAction
from rasa.core.tracker_store import InMemoryTrackerStore
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.shared.core.events import Event
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.utils.schemas.events import EVENT_SCHEMA


class OneTurnStore(InMemoryTrackerStore):
    """Keeps the trackers of the turns being played as they are; whoever plays one removes it.

    Rasa's own writes each tracker as JSON and reads it back. That protects trackers shared between
    turns; here each belongs to one turn, under a name of its own.
    """

    async def save(self, tracker: DialogueStateTracker) -> None:
        self.store[tracker.sender_id] = tracker

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        return self.store.get(sender_id)

    async def retrieve_full_tracker(self, sender_id: str) -> DialogueStateTracker | None:
        return self.store.get(sender_id)


def make_quick() -> None:
    """Replace what costs; call it before the model is loaded."""
    _check_action_answers_by_kind()
    _walk_graphs()
    Event.resolve_by_type = staticmethod(lru_cache(maxsize=64)(Event.resolve_by_type))


def _check_action_answers_by_kind() -> None:
    """Validate what actions answer as strictly as Rasa does: each event against its own kind.

    No event fits two kinds, because each kind names its `event`: one must fit, the others cannot.
    """
    frame = RemoteAction.action_response_format_spec()
    frame["properties"]["events"] = {"type": "array"}
    common = {name: rule for name, rule in EVENT_SCHEMA.items() if name != "oneOf"}
    fits = _checker(frame)
    fits_kind = {
        kind["properties"]["event"]["const"]: _checker({"allOf": [common, kind]})
        for kind in EVENT_SCHEMA["oneOf"]
    }

    def is_event(event: Any) -> bool:
        name = event.get("event") if isinstance(event, dict) else None
        return isinstance(name, str) and name in fits_kind and fits_kind[name](event)

    def validate(self: RemoteAction, result: dict[str, Any]) -> bool:
        if not fits(result) or not all(map(is_event, result.get("events", []))):
            # Without jsonschema's own message: it quotes the answer, and the answer the person.
            raise ValidationError("an action answered in a form that Rasa does not know")
        return True

    RemoteAction._validate_action_result = validate


def _checker(schema: dict[str, Any]) -> Callable[[Any], bool]:
    kind = validator_for(schema)
    kind.check_schema(schema)
    checks: Callable[[Any], bool] = kind(schema).is_valid
    return checks


def _walk_graphs() -> None:
    """Run the nodes of a graph one after the other, each after those it needs."""

    def run(
        self: DaskGraphRunner,
        inputs: dict[str, Any] | None = None,
        targets: list[str] | None = None,
    ) -> dict[str, Any]:
        done = {name: (name, given) for name, given in (inputs or {}).items()}

        def of(name: str) -> tuple[str, Any]:
            if name not in done:
                needed = self._graph_schema.nodes[name].needs.values()
                done[name] = self._instantiated_nodes[name](*map(of, needed))
            return done[name]

        return dict(of(name) for name in targets or self._graph_schema.target_names)

    DaskGraphRunner.run = run
