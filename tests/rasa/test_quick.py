"""What bot/rasa/quick.py replaces is still what it was, and the replacement still refuses."""

import subprocess

from tests.rasa.conftest import PYTHON, ROOT

_CHECK = """
import inspect
from lean import leave_tensorflow_out
leave_tensorflow_out()
from jsonschema import ValidationError
from rasa.core.actions.action import RemoteAction
source = inspect.getsource(RemoteAction._validate_action_result)
assert "validate(result, self.action_response_format_spec())" in source, source
from quick import check_action_schema_once
check_action_schema_once()
action = RemoteAction("action_any", None)
good = {"events": [{"event": "slot", "name": "issue", "value": None}], "responses": []}
assert action._validate_action_result(good)
for bad in ({"events": "none"}, {"events": [{"event": "slot"}]}, {"responses": ["canari"]}):
    try:
        action._validate_action_result(bad)
    except ValidationError as error:
        assert "canari" not in str(error)
    else:
        raise AssertionError(bad)
print("as it was")
"""


def test_what_is_replaced_is_as_it_was_and_still_refuses() -> None:
    done = subprocess.run(
        [str(PYTHON), "-W", "ignore", "-c", _CHECK],
        cwd=ROOT / "bot/rasa",
        capture_output=True,
        text=True,
        timeout=100,
    )
    assert done.stdout.splitlines()[-1:] == ["as it was"], done.stderr[-2000:]
