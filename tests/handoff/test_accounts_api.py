"""Accounts over HTTP: invited by link, managed by admins, sessions seen and ended."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from core.accounts import Listener, StaffRole
from core.conversation import OwnerKind
from core.errors import NotFound
from core.ids import ConversationId
from handoff.roster import INVITATION_LASTS, Roster
from tests.builders import a_listener
from tests.fakes import TurnableClock
from tests.gateway.gateways import Client, Running, running
from tests.handoff.test_console_api import Console, a_console, a_waiting_person

NEW = "un mot de passe choisi"


@pytest.fixture
async def gateway(tmp_path: Path) -> AsyncIterator[Running]:
    async with running(tmp_path) as house:
        yield house


async def an_admin(gateway: Running) -> tuple[Console, Listener]:
    listener = await gateway.add_listener("admin", role=StaffRole.ADMIN)
    console = Console(await gateway.browser())
    await console.sign_in("admin")
    return console, listener


async def invited(admin: Console, login: str = "zoe", **fields: object) -> dict[str, Any]:
    body = {"login": login, "name": "Zoé", "role": "listener", **fields}
    status, answer = await admin.post("/accounts", body)
    assert status == 200, answer
    made: dict[str, Any] = answer
    return made


async def test_somebody_invited_chooses_a_password_once(gateway: Running) -> None:
    admin, _ = await an_admin(gateway)
    made = await invited(admin, "ZOE")
    assert made["account"]["login"] == "zoe"
    token = made["invitation"]
    zoe = Console(await gateway.browser())
    # Without a password nobody gets in, whatever they type.
    for password in ("", "x", NEW):
        assert (await zoe.post("/login", {"login": "zoe", "password": password}))[0] == 401
    status, shown = await zoe.post("/invitation", {"token": token})
    assert (status, shown) == (200, {"login": "zoe", "name": "Zoé"})
    short = {"token": token, "password": "court"}
    assert (await zoe.post("/invitation/accept", short))[0] == 400
    status, answer = await zoe.post("/invitation/accept", {"token": token, "password": NEW})
    assert (status, answer["me"]["must_change_password"]) == (200, False)
    assert (await zoe.get("/me"))[0] == 200
    for path in ("/invitation", "/invitation/accept"):
        status, error = await zoe.post(path, {"token": token, "password": NEW})
        assert (status, error["error"]["code"]) == (404, "bad_invitation")
    kept = await gateway.store.listener(made["account"]["id"])
    assert token.partition(".")[2] not in repr(kept)


async def test_of_two_who_follow_one_link_at_once_one_chooses_the_password(
    gateway: Running,
) -> None:
    async def release(_: object) -> None:
        """Nobody is signed in."""

    roster = Roster(accounts=gateway.store, clock=TurnableClock(), release=release)
    _, token = await roster.invite(login="zoe", name="Zoé", role=StaffRole.LISTENER, by=None)
    passwords = [f"{NEW} {number}" for number in range(6)]
    chosen = await asyncio.gather(
        *(roster.accept(token, one) for one in passwords), return_exceptions=True
    )
    (first,) = [one for one in chosen if isinstance(one, Listener)]
    assert all(isinstance(one, NotFound) for one in chosen if one is not first)
    kept = await gateway.store.listener(first.id)
    assert kept.password_hash == first.password_hash


@pytest.mark.parametrize("token", ["", ".", "x", "0" * 32 + ".x", "é.\x00", "a" * 300])
async def test_a_link_that_was_never_given_opens_nothing(gateway: Running, token: str) -> None:
    for path in ("/invitation", "/invitation/accept"):
        body = {"token": token, "password": NEW}
        assert (await Console(gateway.client).post(path, body))[0] in (400, 404)


async def test_a_link_grows_old_and_a_new_one_replaces_it(gateway: Running) -> None:
    clock = TurnableClock()

    async def release(_: object) -> None:
        """Nobody is signed in."""

    roster = Roster(accounts=gateway.store, clock=clock, release=release)
    zoe, first = await roster.invite(login="zoe", name="Zoé", role=StaffRole.LISTENER, by=None)
    second = await roster.invite_again(zoe.id, by=None)
    assert (await roster.invited(second)).id == zoe.id
    clock.turn(INVITATION_LASTS.total_seconds() + 1)
    third = await roster.invite_again(zoe.id, by=None)
    console = Console(gateway.client)
    for token in (first, second):
        assert (await console.post("/invitation", {"token": token}))[0] == 404
    # The gateway's clock is today's.
    assert clock() + INVITATION_LASTS < datetime.now(UTC) + timedelta(days=3650)
    assert (await roster.invited(third)).id == zoe.id
    await roster.disable(zoe.id, by=None)
    await roster.enable(zoe.id, by=None)
    assert (await console.post("/invitation", {"token": third}))[0] == 404


async def test_an_admin_lists_changes_and_closes_accounts(gateway: Running) -> None:
    admin, me = await an_admin(gateway)
    bilal = await gateway.add_listener("bilal")
    console = Console(await gateway.browser())
    await console.sign_in("bilal")
    one = f"/accounts/{bilal.id}"

    _, answer = await admin.get("/accounts")
    assert [(each["login"], each["role"]) for each in answer["accounts"]] == [
        ("admin", "admin"),
        ("bilal", "listener"),
    ]
    status, answer = await admin.post(f"{one}/role", {"role": "supervisor"})
    assert (status, answer["account"]["role"]) == (200, "supervisor")
    # The sign-ins with the old role are over.
    assert (await console.get("/me"))[0] == 401
    await console.sign_in("bilal")
    _, answer = await admin.get(f"{one}/sessions")
    assert len(answer["sessions"]) == 1
    assert (await admin.post(f"{one}/sessions/end"))[0] == 200
    assert (await console.get("/me"))[0] == 401

    status, answer = await admin.post(f"{one}/disable")
    assert (status, answer["account"]["disabled"]) == (200, True)
    body = {"login": "bilal", "password": "correct horse battery"}
    assert (await console.post("/login", body))[0] == 401
    assert (await admin.post(f"{one}/enable"))[0] == 200
    await console.sign_in("bilal")
    status, answer = await admin.post(f"{one}/invite")
    assert status == 200
    assert (await console.post("/login", body))[0] == 401

    told = [
        (entry.verb, entry.object)
        for entry in reversed(await gateway.store.audit_entries(actor=me.id))
    ]
    assert told == [
        ("signed_in", None),
        ("role_changed", bilal.id),
        ("sessions_ended", bilal.id),
        ("account_disabled", bilal.id),
        ("account_enabled", bilal.id),
        ("account_invited", bilal.id),
    ]


async def test_closing_an_account_gives_its_conversations_back(gateway: Running) -> None:
    await a_waiting_person(gateway)
    anne = await a_console(gateway, "anne")
    snapshot = await anne.connect()
    await anne.next()
    admin, _ = await an_admin(gateway)
    held = ConversationId(snapshot["waiting"][0]["id"])
    holder = (await gateway.store.conversation(held)).owner.listener_id
    await admin.post(f"/accounts/{holder}/disable")
    assert (await gateway.store.conversation(held)).owner.kind is OwnerKind.QUEUE


async def test_an_admin_cannot_take_their_own_key_away(gateway: Running) -> None:
    admin, me = await an_admin(gateway)
    for path, body in (("disable", {}), ("role", {"role": "listener"})):
        status, error = await admin.post(f"/accounts/{me.id}/{path}", body)
        assert (status, error["error"]["code"]) == (409, "oneself")
    assert (await admin.get("/accounts"))[0] == 200


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"login": "é"}, "bad_account"),
        ({"login": "admin"}, "login_taken"),
        ({"name": " "}, "bad_account"),
        ({"name": "a\u202eb"}, "bad_account"),
        ({"role": "king"}, "bad_request"),
        ({"login": None}, "bad_request"),
    ],
)
async def test_an_account_that_cannot_be(
    gateway: Running, wrong: dict[str, object], code: str
) -> None:
    admin, _ = await an_admin(gateway)
    body = {"login": "zoe", "name": "Zoé", "role": "listener", **wrong}
    status, error = await admin.post("/accounts", body)
    assert (status in (400, 409), error["error"]["code"]) == (True, code)
    assert len(await gateway.store.listeners()) == 1


async def test_lost_factors_are_forgotten(gateway: Running) -> None:
    admin, _ = await an_admin(gateway)
    enrolled = a_listener("bilal", recovery=("x",))
    await gateway.store.add_listener(enrolled)
    status, answer = await admin.post(f"/accounts/{enrolled.id}/forget-factors")
    assert (status, answer["account"]["second_factor"]) == (200, False)
    assert not (await gateway.store.listener(enrolled.id)).recovery


FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"


async def test_one_sees_and_ends_ones_own_sessions(gateway: Running) -> None:
    await gateway.add_listener("anne")
    here, there = Console(await gateway.browser()), Console(await gateway.browser())
    await here.sign_in("anne")
    body = {"login": "anne", "password": "correct horse battery"}
    await there.post("/login", body, headers={"User-Agent": FIREFOX})
    bilal = await a_console(gateway, "bilal")
    _, answer = await here.get("/sessions")
    sessions = {one["device"]: one for one in answer["sessions"]}
    assert set(sessions) == {"Navigateur", "Firefox, Windows"}
    assert (sessions["Navigateur"]["here"], sessions["Firefox, Windows"]["here"]) == (True, False)
    which = {"id": sessions["Firefox, Windows"]["id"]}
    # Nobody ends another's.
    assert (await bilal.post("/sessions/end", which))[0] == 404
    assert (await there.get("/me"))[0] == 200
    assert (await here.post("/sessions/end", which))[0] == 204
    assert (await there.get("/me"))[0] == 401
    assert (await here.get("/me"))[0] == 200
    assert (await bilal.get("/me"))[0] == 200


async def test_the_name_of_a_session_does_not_open_it(gateway: Running) -> None:
    anne = await a_console(gateway, "anne")
    _, answer = await anne.get("/sessions")
    thief: Client = await gateway.browser()
    thief.session.cookie_jar.update_cookies({"relais": answer["sessions"][0]["id"]})
    assert (await Console(thief).get("/me"))[0] == 401
