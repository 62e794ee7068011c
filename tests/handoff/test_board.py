"""The live board: when the light changes, and what a supervisor's commands do over HTTP."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

import pytest

from core.accounts import Availability, StaffRole
from core.assessment import Assessment
from core.audit import Verb
from core.conversation import TELEPHONE, Contact, Conversation
from core.course import Course
from core.errors import NotFound
from core.ids import ContactId, ConversationId, new_id
from core.labels import Urgency
from core.ports import Store, Touched
from handoff.board import PATIENCE, Cause, Occupancy, causes, occupancy
from handoff.choosing import CAPACITY
from handoff.colleagues import Colleague
from handoff.waits import LateWaits
from tests.builders import NOON, a_listener, a_waiting
from tests.gateway.gateways import Running, running
from tests.handoff.test_console_api import Console, a_console, a_waiting_person

CONTACT = Contact(id=ContactId("c"), channel="web", account="site", address="x", created_at=NOON)
THERE = Colleague(a_listener("anne"), True, Availability.AVAILABLE, NOON)


def waits(urgency: Urgency, seconds: float) -> Conversation:
    return a_waiting(
        CONTACT,
        urgency,
        since=NOON - timedelta(seconds=seconds),
        assessment=Assessment(urgency=urgency),
    )


def why(*waiting: Conversation, team: tuple[Colleague, ...] = (THERE,)) -> list[Cause]:
    return causes(waiting, (), team, now=NOON, trouble=False)


@pytest.mark.parametrize(
    ("urgency", "cause"),
    [
        (Urgency.CRITIQUE, Cause.CRITICAL_WAITS),
        (Urgency.ELEVEE, Cause.WAITS_TOO_LONG),
        (Urgency.MODEREE, Cause.WAITS_TOO_LONG),
        (Urgency.FAIBLE, Cause.WAITS_TOO_LONG),
    ],
)
def test_the_light_changes_when_patience_ends(urgency: Urgency, cause: Cause) -> None:
    patience = PATIENCE[urgency].total_seconds()
    assert why(waits(urgency, patience - 1)) == []
    assert why(waits(urgency, patience)) == [cause]


def test_the_gravest_cause_is_told_first_and_each_once() -> None:
    endangered = replace(waits(Urgency.CRITIQUE, 90), danger_since=NOON, alarmed_at=NOON)
    resting = replace(THERE, availability=Availability.PAUSE)
    late = [endangered, waits(Urgency.ELEVEE, 999), waits(Urgency.ELEVEE, 998)]
    assert causes(late, [endangered], [resting], now=NOON, trouble=True) == list(Cause)


def test_nobody_free_matters_when_somebody_waits() -> None:
    assert why(team=()) == []
    assert why(waits(Urgency.FAIBLE, 1), team=()) == [Cause.NOBODY_FREE]


def test_places_are_those_of_who_takes_people_now() -> None:
    resting = Colleague(a_listener("bilal"), True, Availability.PAUSE, NOON)
    gone = Colleague(a_listener("chloe"), False, Availability.AVAILABLE, NOON)
    some = [waits(Urgency.FAIBLE, 1)] * 2
    held = {one.listener.id: some for one in (THERE, resting, gone)}
    assert occupancy([THERE, resting, gone], held, capacity=6) == Occupancy(2, 6)
    assert occupancy([resting, gone], held, capacity=6) == Occupancy(0, 0)
    beginner = replace(THERE, listener=replace(THERE.listener, capacity=2))
    assert occupancy([beginner], held, capacity=6) == Occupancy(2, 2)


class Lately:
    """Conversations that changed, in the order of their changes; what is read of them is kept."""

    def __init__(self) -> None:
        self.changed: dict[ConversationId, tuple[datetime, Conversation | None]] = {}
        self.read: list[ConversationId] = []

    def answer(
        self, name: str, ago: timedelta, wait: int, *, channel: str = "web", gone: bool = False
    ) -> None:
        at = NOON - ago
        asked = waits(Urgency.FAIBLE, 0)
        assert asked.ticket is not None
        one = replace(
            asked,
            id=ConversationId(name),
            channel=channel,
            ticket=replace(asked.ticket, opened_at=at - timedelta(seconds=wait)),
            course=Course(answered_at=at),
        )
        self.touch(name, at, None if gone else one)

    def touch(self, name: str, at: datetime, one: Conversation | None) -> None:
        self.changed[ConversationId(name)] = at, one

    async def changed_since(self, moment: datetime, *, limit: int) -> list[Touched]:
        rows = sorted((at, name) for name, (at, _) in self.changed.items() if at > moment)
        return [Touched(name, CONTACT.id, at) for at, name in rows][:limit]

    async def conversation(self, wanted: ConversationId) -> Conversation:
        self.read.append(wanted)
        _, one = self.changed[wanted]
        if one is None:
            raise NotFound
        return one


async def test_the_waits_of_the_last_hour_survive_a_restart_and_are_read_once() -> None:
    store = Lately()
    store.answer("before", timedelta(minutes=61), 900)
    store.answer("first", timedelta(minutes=59), 300)
    store.answer("erased", timedelta(minutes=5), 40, gone=True)
    store.answer("call", timedelta(minutes=5), 0, channel=TELEPHONE)
    store.answer("last", timedelta(minutes=1), 20)
    # It was answered long ago, and something else was said just now.
    _, old = store.changed["before"]
    store.touch("before", NOON, old)
    late = LateWaits(store=cast("Store", store))
    assert sorted(await late.at(NOON)) == [20, 300]

    store.answer("now", timedelta(seconds=-20), 70)
    store.read.clear()
    assert sorted(await late.at(NOON + timedelta(seconds=5))) == [20, 300]
    assert store.read == []
    # Only what changed since is read, and what is older than an hour is let go of.
    assert sorted(await late.at(NOON + timedelta(minutes=2))) == [20, 70]
    assert set(store.read) == {"before", "now"}


@pytest.fixture
async def gateway(tmp_path: Path) -> AsyncIterator[Running]:
    async with running(tmp_path) as house:
        yield house


async def a_supervisor(gateway: Running) -> Console:
    return await a_console(gateway, "odile", StaffRole.SUPERVISOR)


async def test_a_supervisor_sees_the_desk_and_moves_a_conversation_without_reading_it(
    gateway: Running,
) -> None:
    visit = await a_waiting_person(gateway)
    odile, anne = await a_supervisor(gateway), await a_console(gateway, "anne")
    await anne.connect()

    status, board = await odile.get("/board")
    assert status == 200
    assert (board["waiting"][0]["urgency"], board["held"]) == ("critique", [])
    assert board["counts"][0]["count"] == 1
    people = {one["name"]: one for one in board["listeners"]}
    assert people["Anne"]["present"]
    assert not people["Odile"]["present"]
    assert board["trends"][0]["now"] == 1
    assert board["occupancy"] == {"held": 0, "capacity": CAPACITY}
    assert board["answered"] == {"count": 0, "p90": None}
    assert "DANGER" not in str(board)

    one = f"/board/{board['waiting'][0]['id']}"
    status, error = await odile.post(f"{one}/assign", {"to": people["Odile"]["id"]})
    assert (status, error["error"]["code"]) == (409, "not_there")
    status, error = await odile.post(f"{one}/take_back")
    assert (status, error["error"]["code"]) == (409, "moved_on")

    status, done = await odile.post(f"{one}/assign", {"to": people["Anne"]["id"]})
    assert (status, done["summary"]["listener"]) == (200, "Anne")
    told = await anne.row(lambda row: row["mine"])
    assert (await visit.frame("state", owner="listener"))["listener"] == "Anne"

    seen = told["version"]
    path = f"/conversations/{board['waiting'][0]['id']}/reply"
    reply = {"cid": new_id(), "text": "Je suis là.", "seen": seen}
    assert (await anne.post(path, reply))[0] == 200
    status, board = await odile.get("/board")
    assert board["occupancy"] == {"held": 1, "capacity": CAPACITY}
    # What a board that is opened now is told, of what this store has kept.
    assert len(await LateWaits(store=gateway.store).at(datetime.now(UTC))) == 1

    status, _ = await odile.post(f"{one}/take_back")
    assert status == 200
    await visit.frame("state", owner="queue")


async def test_a_listener_has_no_board(gateway: Running) -> None:
    anne = await a_console(gateway, "anne")
    nobody = "0" * 32
    answers = [
        await anne.get("/board"),
        await anne.post(f"/board/{nobody}/assign", {"to": nobody}),
        await anne.post(f"/board/{nobody}/take_back"),
    ]
    assert [(status, told["error"]["code"]) for status, told in answers] == [(403, "forbidden")] * 3


async def test_a_look_is_recorded_first_and_a_whisper_reaches_the_listener_alone(
    gateway: Running,
) -> None:
    visit = await a_waiting_person(gateway)
    odile, anne = await a_supervisor(gateway), await a_console(gateway, "anne")
    _, detail = await anne.next()
    one = f"/board/{detail['summary']['id']}"

    status, error = await odile.post(f"{one}/look", {"reason": " "})
    assert (status, error["error"]["code"]) == (400, "reason_required")
    assert await gateway.store.audit_entries(verb=Verb.CONVERSATION_READ) == []
    status, seen = await odile.post(f"{one}/look", {"reason": "Anne demande de l'aide"})
    assert status == 200
    assert seen["messages"][0]["text"] == "DANGER"
    (entry,) = await gateway.store.audit_entries(verb=Verb.CONVERSATION_READ)
    assert (entry.reason, entry.conversation) == ("Anne demande de l'aide", detail["summary"]["id"])

    whisper = {"cid": "c" * 8, "text": "Demande-lui où elle est."}
    assert (await odile.post(f"{one}/whisper", whisper))[0] == 200
    assert (await odile.post(f"{one}/whisper", whisper))[0] == 200
    _, detail = await anne.get(f"/conversations/{detail['summary']['id']}")
    (note,) = detail["notes"]
    assert (note["text"], note["name"]) == ("Demande-lui où elle est.", "Odile")
    assert "Demande-lui" not in str(detail["messages"])
    status, error = await anne.post(f"{one}/look", {"reason": "par curiosité"})
    assert (status, error["error"]["code"]) == (403, "forbidden")
    assert (await visit.frame("state", owner="listener"))["listener"] == "Anne"


async def test_what_the_desk_does_not_have_is_not_looked_at(gateway: Running) -> None:
    visit = await gateway.visit()
    await visit.connect()
    await visit.say("bonjour")
    odile = await a_supervisor(gateway)
    contact = (await gateway.store.changed_since(NOON - timedelta(days=9999), limit=1))[0]
    status, error = await odile.post(
        f"/board/{contact.conversation_id}/look", {"reason": "pour voir"}
    )
    assert (status, error["error"]["code"]) == (404, "not_found")
    assert await gateway.store.audit_entries(verb=Verb.CONVERSATION_READ) == []
