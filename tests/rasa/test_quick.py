"""What bot/rasa/quick.py and channels/action_server.py replace is still what it was, and the
replacement does the same."""

import subprocess

import yaml

from tests.rasa.conftest import PYTHON, ROOT

_CHECK = """
import inspect
from lean import leave_tensorflow_out
leave_tensorflow_out()
from jsonschema import ValidationError, validate
from rasa.core.actions.action import RemoteAction
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.shared.core.events import Event, SlotSet
from rasa.shared.utils.schemas.events import EVENT_SCHEMA, EVENTS_SCHEMA
source = inspect.getsource(RemoteAction._validate_action_result)
assert "validate(result, self.action_response_format_spec())" in source, source
spec = RemoteAction.action_response_format_spec()
assert spec["properties"]["events"] is EVENTS_SCHEMA, spec
assert EVENTS_SCHEMA == {"type": "array", "items": EVENT_SCHEMA}, EVENTS_SCHEMA
assert all("event" not in kind.get("required", []) for kind in EVENT_SCHEMA["oneOf"])
source = inspect.getsource(DaskGraphRunner.run)
assert "dask.get(run_graph, run_targets)" in source, source
from quick import make_quick
make_quick()
action = RemoteAction("action_any", None)
slot = {"event": "slot", "name": "issue", "value": None}
for answered in (
    {"events": [slot, {**slot, "timestamp": 1.5}], "responses": []},
    {"events": [{"event": "followup", "name": "action_listen"}]},
    {},
    [],
    {"events": "none"},
    {"events": {}},
    {"events": ["slot"]},
    {"events": [{"event": "slot"}]},
    {"events": [slot, {"event": "canari"}]},
    {"events": [{"event": ["slot"]}]},
    {"events": [{**slot, "timestamp": "canari"}]},
    {"events": [{"name": "canari"}]},
    {"responses": ["canari"]},
):
    try:
        validate(answered, spec)
    except ValidationError:
        admitted = False
    else:
        admitted = True
    try:
        assert action._validate_action_result(answered), answered
    except ValidationError as error:
        assert not admitted, answered
        assert "canari" not in str(error)
    else:
        assert admitted, answered
assert Event.resolve_by_type("slot") is SlotSet
try:
    Event.resolve_by_type("canari")
except ValueError:
    pass
else:
    raise AssertionError("an event of no kind")
print("as it was")
"""

_ACTION_SERVER = """
import asyncio, logging
from lean import leave_tensorflow_out
leave_tensorflow_out()
from aiohttp import web
from rasa.core.actions.action import RemoteAction
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import ClientResponseError
from channels.action_server import ActionServer, failures

async def main():
    called, peers = [], set()

    async def webhook(request):
        called.append(await request.json())
        peers.add(request.transport.get_extra_info("peername"))
        return web.json_response({"events": []}, status=next(statuses))

    app = web.Application()
    app.router.add_post("/webhook", webhook)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    server = ActionServer("http://127.0.0.1:%d/webhook" % runner.addresses[0][1])
    statuses = iter([200, 200, 400, 500])
    tracker = DialogueStateTracker("somebody", slots=[])
    for _ in range(2):
        with failures() as failed:
            await RemoteAction("action_any", server).run(None, None, tracker, Domain.empty())
        assert not failed, failed
    assert len(peers) == 1, peers
    assert "domain" not in called[0], called[0].keys()
    for noted in ([], ["status 500"]):  # 400 is how an action declines to run
        with failures() as failed:
            try:
                await server.request(json={})
            except ClientResponseError:
                pass
        assert failed == noted, failed
    await runner.cleanup()
    with failures() as failed:
        try:
            await server.request(json={})
        except Exception:
            pass
    assert len(failed) == 1, failed
    await server.close()

asyncio.run(main())
print("kept open")
"""


def _in_rasas_world(program: str) -> str:
    done = subprocess.run(
        [str(PYTHON), "-W", "ignore", "-c", program],
        cwd=ROOT / "bot/rasa",
        capture_output=True,
        text=True,
        timeout=100,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout.splitlines()[-1]


def test_what_is_replaced_is_as_it_was_and_still_refuses() -> None:
    assert _in_rasas_world(_CHECK) == "as it was"


def test_actions_share_one_connection_and_no_domain_travels() -> None:
    assert _in_rasas_world(_ACTION_SERVER) == "kept open"


def test_the_actions_know_the_questions_of_the_domain_which_is_not_sent_to_them() -> None:
    domain = yaml.safe_load((ROOT / "bot/rasa/domain/triage_form.yml").read_text("utf-8"))
    asked = domain["forms"]["triage_form"]["required_slots"]
    program = "import sys; sys.path.insert(0, '../..'); from actions import triage_form as t; "
    assert _in_rasas_world(program + "print(*t.QUESTIONS)").split() == asked
