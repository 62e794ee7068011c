"""Sessions end by themselves, use lengthens them, and a change that comes too late does nothing."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import cast

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from core.accounts import Listener
from core.ports import Store
from gateway import http
from handoff.console.guard import Guard
from handoff.console.sessions import IDLE, TOUCH_EVERY, Sessions
from handoff.console.signin import AT_ONCE, WAITING
from handoff.passwords import hash_password
from tests.builders import a_listener
from tests.fakes import TurnableClock
from tests.handoff.ways import the_way_in

PASSWORD = "correct horse battery"
HASHED = hash_password(PASSWORD)


async def signed_in(store: Store, sessions: Sessions) -> tuple[Listener, str]:
    await store.add_listener(a_listener("anne", password_hash=HASHED))
    return await again(sessions)


async def again(sessions: Sessions) -> tuple[Listener, str]:
    """One more sign-in of the same account."""
    found = await sessions.identify("anne", PASSWORD)
    assert found is not None
    return found, await sessions.open(found, label="Firefox")


async def test_a_browser_that_only_listens_does_not_keep_its_session(store: Store) -> None:
    clock = TurnableClock()
    sessions = Sessions(accounts=store, audit=store, clock=clock)
    _, token = await signed_in(store, sessions)
    stay = await sessions.stay(token)
    assert stay is not None
    every = TOUCH_EVERY + timedelta(seconds=1)
    for _ in range(IDLE // every):
        clock.turn(every.total_seconds())
        assert await stay.goes_on()
    clock.turn(every.total_seconds())
    assert not await stay.goes_on()
    assert await sessions.find(token) is None


async def test_use_lengthens_a_session(store: Store) -> None:
    clock = TurnableClock()
    sessions = Sessions(accounts=store, audit=store, clock=clock)
    _, token = await signed_in(store, sessions)
    stay = await sessions.stay(token)
    assert stay is not None
    for _ in range(5):
        clock.turn(IDLE.total_seconds() - 60)
        assert await stay.goes_on(used=True)


async def test_ending_a_session_is_told_to_those_who_stay_by_it(store: Store) -> None:
    sessions = Sessions(accounts=store, audit=store, clock=TurnableClock())
    anne, token = await signed_in(store, sessions)
    _, second = await again(sessions)
    here, there = await sessions.stay(token), await sessions.stay(second)
    assert here is not None
    assert there is not None
    await sessions.sign_out(token)
    assert (here.over.is_set(), there.over.is_set()) == (True, False)
    assert await sessions.change_password(anne, PASSWORD, "a new password")
    assert there.over.is_set()


async def test_a_password_change_that_comes_too_late_changes_nothing(store: Store) -> None:
    sessions = Sessions(accounts=store, audit=store, clock=TurnableClock())
    anne, _ = await signed_in(store, sessions)
    disabled = replace(anne, disabled=True)
    await store.save_listener(disabled)
    assert await sessions.change_password(anne, PASSWORD, "a new password") is None
    assert await store.listener(anne.id) == disabled
    reset = replace(anne, password_hash=hash_password("given by phone"), one_time=True)
    await store.save_listener(reset)
    assert await sessions.change_password(anne, PASSWORD, "a new password") is None
    assert await store.listener(anne.id) == reset


async def test_a_password_change_keeps_what_else_was_changed(store: Store) -> None:
    sessions = Sessions(accounts=store, audit=store, clock=TurnableClock())
    anne, _ = await signed_in(store, sessions)
    await store.save_listener(replace(anne, name="Anne-Marie"))
    assert await sessions.change_password(anne, PASSWORD, "a new password")
    assert (await store.listener(anne.id)).name == "Anne-Marie"


async def test_a_sign_in_that_comes_too_late_opens_nothing(store: Store) -> None:
    anne = a_listener("anne", password_hash=HASHED)
    await store.add_listener(anne)
    stale = Stale(store, anne)
    await store.save_listener(replace(anne, password_hash=hash_password("another one")))
    sessions = Sessions(accounts=cast("Store", stale), audit=store, clock=TurnableClock())
    assert await sessions.identify("anne", PASSWORD) is None


class Stale:
    """Accounts that change between look-up and verification."""

    def __init__(self, store: Store, before: Listener) -> None:
        self._before = before
        self.listener = store.listener
        self.add_session = store.add_session

    async def listener_by_login(self, login: str) -> Listener:
        return self._before


async def test_a_token_that_is_no_text_is_merely_wrong(store: Store) -> None:
    assert await Sessions(accounts=store, audit=store, clock=TurnableClock()).find("\udcff") is None


class Nobody(Sessions):
    """Lets nobody in, and takes no time for it."""

    async def identify(self, login: str, password: str) -> None:
        return None


async def test_who_signed_in_before_is_locked_out_by_nobody_else(store: Store) -> None:
    class OneAccount(Sessions):
        """Verifies without the time that a real hash takes."""

        async def identify(self, login: str, password: str) -> Listener | None:
            return anne if (login, password) == ("anne", PASSWORD) else None

    anne = a_listener("anne", password_hash=HASHED)
    await store.add_listener(anne)
    clock = TurnableClock()
    sessions = OneAccount(accounts=store, audit=store, clock=clock)
    sign_in, _ = the_way_in(store, sessions, Guard(sessions=sessions, secure=False), clock)
    app = web.Application(middlewares=[http.behind(1)])
    app.router.add_routes(sign_in.routes())
    async with TestClient(TestServer(app)) as client:

        async def tries(count: int, address: str, login: str = "anne", password: str = "x") -> int:
            body = {"login": login, "password": password}
            headers = {"X-Forwarded-For": address}
            for _ in range(count):
                answer = await client.post("/console/api/login", json=body, headers=headers)
            return answer.status

        assert await tries(1, "9.9.9.9", password=PASSWORD) == 200
        # From everywhere on this account, and from the same office on all others.
        for number in range(31):
            await tries(10, f"4.4.4.{number}")
        for number in range(7):
            await tries(10, "9.9.9.9", login=f"login{number}")
        assert await tries(1, "4.4.4.0", password=PASSWORD) == 429
        assert await tries(1, "9.9.9.9", login="login99") == 429
        assert await tries(1, "9.9.9.9", password=PASSWORD) == 200
        # Their own tries are counted all the same.
        assert await tries(10, "9.9.9.9") == 429


async def test_nobody_is_locked_out_from_elsewhere(store: Store) -> None:
    nobody = Nobody(accounts=store, audit=store, clock=TurnableClock())
    sign_in, _ = the_way_in(store, nobody, Guard(sessions=nobody, secure=False), TurnableClock())
    app = web.Application(middlewares=[http.behind(1)])
    app.router.add_routes(sign_in.routes())
    async with TestClient(TestServer(app)) as client:

        async def tries(count: int, login: str, address: str) -> set[int]:
            body = {"login": login, "password": "x"}
            headers = {"X-Forwarded-For": address}
            path = "/console/api/login"
            return {
                (await client.post(path, json=body, headers=headers)).status for _ in range(count)
            }

        assert await tries(10, "ecoutant", "1.1.1.1") == {401}
        assert await tries(100, "ecoutant", "1.1.1.1") == {429}
        assert await tries(1, "ecoutant", "2.2.2.2") == {401}
        # One address cannot try one password on everybody.
        for number in range(7):
            await tries(10, f"login{number}", "3.3.3.3")
        assert await tries(1, "login99", "3.3.3.3") == {429}
        # Nor can many addresses try many on one; whoever signs in from a new place still can.
        for number in range(30):
            assert await tries(10, "anne", f"4.4.4.{number}") == {401}
        for number in range(3):
            assert await tries(2, "anne", f"5.5.5.{number}") == {401}
            assert await tries(9, "anne", f"5.5.5.{number}") == {429}


async def test_passwords_that_many_try_at_once_are_verified_one_by_one(store: Store) -> None:
    class Slow(Nobody):
        going_on = most = 0
        goes_on = asyncio.Event()

        async def identify(self, login: str, password: str) -> Listener | None:
            self.going_on += 1
            self.most = max(self.most, self.going_on)
            await self.goes_on.wait()
            self.going_on -= 1
            return None

    nobody = Slow(accounts=store, audit=store, clock=TurnableClock())
    sign_in, _ = the_way_in(store, nobody, Guard(sessions=nobody, secure=False), TurnableClock())
    app = web.Application(middlewares=[http.behind(1)])
    app.router.add_routes(sign_in.routes())
    async with TestClient(TestServer(app)) as client:

        async def a_try(number: int) -> int:
            body = {"login": f"login{number}", "password": "x"}
            headers = {"X-Forwarded-For": f"4.4.4.{number}"}
            answer = await client.post("/console/api/login", json=body, headers=headers)
            return answer.status

        crowd = AT_ONCE + WAITING
        async with asyncio.TaskGroup() as tasks:
            tries = [tasks.create_task(a_try(n), name="try") for n in range(crowd + 9)]
            while sum(one.done() for one in tries) < 9:  # refused at once
                await asyncio.sleep(0.01)
            nobody.goes_on.set()
        assert sorted(one.result() for one in tries) == [401] * crowd + [429] * 9
        assert nobody.most == 1
        assert await a_try(200) == 401
