"""Trades and languages: who is given whom first, that nobody starves for them, who may set them."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.sentences import Catalogue
from connectors.web.payloads import team_of
from core.accounts import Listener, StaffRole
from core.audit import Verb
from core.conversation import Conversation
from core.hours import Opening, Phase
from core.labels import Address, Urgency
from core.prospects import Prospect
from core.skills import Language, Needs, Skill, Skills
from core.transitions.honesty import told_of
from gateway.expectations import Expectations, Facts
from handoff.choosing import LEFT_TO_SKILL_FOR, in_order_for
from tests.builders import NOON, a_listener, a_waiting, at
from tests.core.test_transitions import CONTACT
from tests.fakes import TurnableClock
from tests.gateway.gateways import Running, running
from tests.handoff.test_console_api import a_console, a_waiting_person

LAWYER = Skills(trades=frozenset({Skill.JURISTE}), languages=frozenset({Language.ANGLAIS}))
ANNE = a_listener("anne")
JULES = replace(a_listener("jules"), skills=LAWYER)
LAW = Needs(skill=Skill.JURISTE)


def order(
    listener: Listener, queue: list[Conversation], *, able: list[Skills], seconds: float = 60
) -> list[Conversation]:
    return in_order_for(listener, queue, free=(), now=at(seconds), able=able)


def test_the_next_one_fits_and_a_danger_waits_for_nobodys_skill() -> None:
    danger = a_waiting(CONTACT, Urgency.CRITIQUE, at(50), needs=LAW)
    lawyer = a_waiting(CONTACT, Urgency.ELEVEE, at(0), needs=LAW)
    plain = a_waiting(CONTACT, Urgency.FAIBLE, at(10))
    queue = [danger, lawyer, plain]
    assert order(ANNE, queue, able=[LAWYER]) == [danger, plain, lawyer]
    assert order(JULES, queue, able=[LAWYER]) == queue
    # Nobody is left out, and nobody waits for a trade that is not there or does not come.
    assert order(ANNE, queue, able=[]) == queue
    late = LEFT_TO_SKILL_FOR / timedelta(seconds=1)
    assert order(ANNE, queue, able=[LAWYER], seconds=late) == queue


def test_a_trade_and_a_language_must_both_be_met() -> None:
    both = Needs(skill=Skill.JURISTE, language=Language.ANGLAIS)
    assert LAWYER.meet(both)
    assert LAWYER.meet(Needs())
    assert not LAWYER.meet(replace(both, language=Language.ARABE))
    assert not LAWYER.meet(replace(both, skill=Skill.PSYCHOLOGUE))
    assert not Skills().meet(both)


@pytest.fixture
async def gateway(tmp_path: Path) -> AsyncIterator[Running]:
    async with running(tmp_path) as house:
        yield house


async def test_supervisors_say_who_can_what_and_holders_what_is_asked_for(
    gateway: Running,
) -> None:
    chief = await a_console(gateway, "chief", StaffRole.SUPERVISOR)
    anne = await a_console(gateway, "anne")
    team = {one["name"]: one for one in (await chief.get("/skills"))[1]["team"]}
    can = {"trades": ["juriste"], "languages": ["uk", "en"]}
    path = f"/skills/{team['Anne']['id']}"
    assert (await chief.post(path, can))[1]["languages"] == ["en", "uk"]
    for wrong in (
        {},
        {**can, "trades": ["magicien"]},
        {**can, "languages": [3]},
        *({**can, "capacity": number} for number in (0, 21, True, "2", 1.5)),
    ):
        assert (await chief.post(path, wrong))[0] == 400
    assert (await chief.post(f"/skills/{'0' * 32}", can))[0] == 404

    await a_waiting_person(gateway)
    held = (await anne.next())[1]["summary"]
    assert (held["skill"], held["language"]) == (None, None)
    needs = f"/conversations/{held['id']}/needs"
    assert (await anne.post(needs, {"skill": "magicien"}))[0] == 400
    _, told = await anne.post(needs, {"skill": "juriste", "language": "ar"})
    assert (told["summary"]["skill"], told["summary"]["language"]) == ("juriste", "ar")
    await anne.post(f"/conversations/{held['id']}/hand_back", {"cid": "c" * 32, "note": "droit"})
    (waits,) = await gateway.store.waiting(limit=9)
    assert waits.needs == Needs(skill=Skill.JURISTE, language=Language.ARABE)
    (_, entries) = await chief.get("/audit")
    told_verbs = {entry["verb"]: entry["details"] for entry in entries["entries"]}
    assert told_verbs[Verb.SKILLS_CHANGED] == {"skills": "en juriste uk"}
    assert told_verbs[Verb.NEEDS_TOLD] == {"skill": "juriste", "language": "ar"}


async def test_on_a_shut_channel_one_may_write_and_is_told_the_truth(gateway: Running) -> None:
    chief = await a_console(gateway, "chief", StaffRole.SUPERVISOR)
    shut = {"version": 0, "body": {"shut": ["web"]}}
    assert (await chief.post("/service/intake", {**shut, "body": {"shut": "web"}}))[0] == 400
    assert (await chief.post("/service/intake", shut))[0] == 200
    look = Expectations(store=gateway.store, facts=Facts(), clock=TurnableClock())
    await look.look()
    web = look.of("web")
    assert (web.unattended, look.of("whatsapp").unattended) == (True, False)
    nobody = {"open": False, "closes": None, "opens": None, "wait": None}
    assert team_of(web, now=NOON) == nobody
    assert team_of(web, now=NOON, danger=True)["open"] is True
    # Neither does it come back with the hours.
    closed = Opening(phase=Phase.CLOSED, until=at(3600))
    assert team_of(replace(web, opening=closed), now=NOON) == nobody
    await a_waiting_person(gateway)
    (waits,) = await gateway.store.waiting(limit=9)
    assert waits.is_waiting


def test_what_is_told_on_a_shut_channel_promises_nobody_but_in_danger() -> None:
    told = told_of(Prospect(unattended=True), NOON, Catalogue.load(), Address.TU)
    away = "L’équipe ne peut pas répondre par ici en ce moment."
    assert {told[hole] for hole in ("team", "relay", "waiting", "hours")} == {away}
    assert told["alert"] == "On prévient une personne de l’équipe."


async def test_whoever_has_a_number_of_their_own_is_given_that_many(gateway: Running) -> None:
    chief = await a_console(gateway, "chief", StaffRole.SUPERVISOR)
    anne = await a_console(gateway, "anne")
    (mine,) = (one for one in (await chief.get("/skills"))[1]["team"] if one["name"] == "Anne")
    assert mine["capacity"] is None
    can = {"trades": [], "languages": [], "capacity": 1}
    assert (await chief.post(f"/skills/{mine['id']}", can))[1]["capacity"] == 1
    gateway.assistant.dead = True
    for _ in range(2):
        await a_waiting_person(gateway, "on m'a volé mon compte")
    assert (await anne.next())[0] == 200
    assert (await anne.next())[1]["error"]["code"] == "busy"
    assert (await chief.post(f"/skills/{mine['id']}", {**can, "capacity": None}))[0] == 200
    assert (await anne.next())[0] == 200
