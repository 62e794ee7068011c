"""Take two costs out of Rasa's turn that change nothing of its outcome.

Measured on two cores, on the triage conversation of tests/rasa: half of a turn was `jsonschema`
checking Rasa's own schema of an action's answer, again at every call; a tenth was the tracker
written to and read back from a store that lives for one turn.

Limits: this reaches into Rasa 3.6.21, which gets no releases any more; `tests/rasa/test_quick.py`
fails if what is replaced here is not as it was.
"""

from __future__ import annotations

from typing import Any

from jsonschema import ValidationError
from jsonschema.validators import validator_for
from rasa.core.actions.action import RemoteAction
from rasa.core.tracker_store import InMemoryTrackerStore
from rasa.shared.core.trackers import DialogueStateTracker


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


def check_action_schema_once() -> None:
    """Validate what actions answer as strictly as Rasa does, against a schema checked once."""
    schema = RemoteAction.action_response_format_spec()
    kind = validator_for(schema)
    kind.check_schema(schema)
    validator = kind(schema)

    def validate(self: RemoteAction, result: dict[str, Any]) -> bool:
        error = next(validator.iter_errors(result), None)
        if error is not None:
            # Without jsonschema's own message: it quotes the answer, and the answer the person.
            raise ValidationError("an action answered in a form that Rasa does not know")
        return True

    RemoteAction._validate_action_result = validate
