"""Signing in with two factors, over real HTTP: codes, keys, recovery, and whoever guesses."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyotp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from core.accounts import Listener, StaffRole
from core.ports import Store
from core.storage.sqlite import SqliteStore
from gateway import http
from handoff.console.factors import FactorRoutes
from handoff.console.guard import Guard
from handoff.console.sessions import Sessions
from handoff.passwords import hash_password
from handoff.tickets import LASTS
from tests.builders import a_listener, a_vault
from tests.fakes import TurnableClock
from tests.handoff.soft_key import SoftKey
from tests.handoff.ways import TICKETS, the_way_in

PASSWORD = "correct horse battery"
HASHED = hash_password(PASSWORD)
API = "/console/api"
Client = TestClient[web.Request, web.Application]


@dataclass
class House:
    """The console's sign-in, on a real store, with a clock to turn."""

    store: Store
    clock: TurnableClock
    server: TestServer
    sessions: Sessions
    clients: list[Client] = field(default_factory=list)

    async def account(self, login: str = "anne", **fields: Any) -> Listener:
        listener = a_listener(login, password_hash=HASHED, **fields)
        await self.store.add_listener(listener)
        return listener

    def browser(self, address: str = "203.0.113.1") -> "Browser":
        client: Client = TestClient(self.server, headers={"X-Forwarded-For": address})
        self.clients.append(client)
        return Browser(client, self.clock)

    async def enrolled(self, login: str = "anne", **fields: Any) -> tuple[Listener, str, list[str]]:
        """An account with an application: it, the secret, and its recovery codes."""
        listener, browser = await self.account(login, **fields), self.browser("203.0.113.99")
        await browser.sign_in(login)
        secret, codes = await browser.add_application()
        self.clock.turn(30)
        return listener, secret, codes


@dataclass
class Browser:
    client: Client
    clock: TurnableClock

    async def post(self, path: str, **body: object) -> tuple[int, Any]:
        answer = await self.client.post(f"{API}/{path}", json=body)
        return answer.status, await answer.json() if answer.content_length else None

    async def get(self, path: str) -> tuple[int, Any]:
        answer = await self.client.get(f"{API}/{path}")
        return answer.status, await answer.json()

    async def sign_in(self, login: str = "anne") -> Any:
        status, answer = await self.post("login", login=login, password=PASSWORD)
        assert status == 200
        return answer

    async def step(self, second: dict[str, Any], **proof: object) -> tuple[int, Any]:
        return await self.post(
            "login/second", account=second["account"], ticket=second["ticket"], **proof
        )

    def code(self, secret: str, *, periods: int = 0) -> str:
        return pyotp.TOTP(secret).at(int(self.clock().timestamp()) + 30 * periods)

    async def add_application(self) -> tuple[str, list[str]]:
        _, begun = await self.post("factors/totp", password=PASSWORD)
        status, done = await self.post(
            "factors/totp/confirm",
            secret=begun["secret"],
            ticket=begun["ticket"],
            code=self.code(begun["secret"]),
        )
        assert status == 200
        return begun["secret"], done["codes"]

    async def add_key(self, key: SoftKey) -> tuple[int, Any]:
        _, begun = await self.post("factors/keys", password=PASSWORD)
        credential = key.create(begun["options"])
        return await self.post(
            "factors/keys/confirm", ticket=begun["ticket"], credential=credential, label="Clé bleue"
        )

    def key(self, **fields: Any) -> SoftKey:
        url = self.client.make_url("/")
        values = {"site": url.host or "", "origin": str(url.origin())}
        return SoftKey(**(values | fields))


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    store, clock = SqliteStore(tmp_path / "relais.db", a_vault()), TurnableClock()
    await store.open()
    sessions = Sessions(accounts=store, audit=store, clock=clock, demanded={StaffRole.SUPERVISOR})
    guard = Guard(sessions=sessions, secure=False)
    app = web.Application(middlewares=[http.behind(1), http.answer_errors])
    for part in (
        *the_way_in(store, sessions, guard, clock),
        FactorRoutes(accounts=store, sessions=sessions, guard=guard, tickets=TICKETS, clock=clock),
    ):
        app.router.add_routes(part.routes())
    async with TestServer(app) as server:
        house = House(store, clock, server, sessions)
        yield house
        for client in house.clients:
            await client.session.close()
    await store.close()


async def verbs(store: Store) -> list[str]:
    return [entry.verb for entry in reversed(await store.audit_entries())]


async def test_a_code_of_the_application_is_the_second_step(house: House) -> None:
    anne, secret, codes = await house.enrolled()
    assert len(codes) == 10
    browser = house.browser()
    second = (await browser.sign_in())["second"]
    assert (second["totp"], second["key"]) == (True, None)
    # The password alone opens nothing.
    assert (await browser.get("me"))[0] == 401
    assert (await browser.step(second, code="000000"))[0] == 401
    assert (await browser.get("me"))[0] == 401
    status, answer = await browser.step(second, code=browser.code(secret))
    assert (status, answer["me"]["login"]) == (200, "anne")
    assert (await browser.get("me"))[0] == 200
    entries = list(reversed(await house.store.audit_entries()))
    assert [entry.verb for entry in entries] == [
        "signed_in",
        "factor_added",
        "second_step_refused",
        "signed_in",
    ]
    assert entries[-1].details == {"by": "totp"}
    assert entries[2].object == anne.id


async def test_a_code_is_taken_once_and_none_older_after_it(house: House) -> None:
    _, secret, _ = await house.enrolled()
    browser = house.browser()
    code = browser.code(secret)
    for wanted in (200, 401):
        second = (await browser.sign_in())["second"]
        assert (await browser.step(second, code=code))[0] == wanted
    second = (await browser.sign_in())["second"]
    assert (await browser.step(second, code=browser.code(secret, periods=-1)))[0] == 401
    # A phone half a minute ahead.
    assert (await browser.step(second, code=browser.code(secret, periods=1)))[0] == 200


async def test_of_many_at_once_one_code_opens_one_session(house: House) -> None:
    _, secret, _ = await house.enrolled()
    browsers = [house.browser(f"203.0.113.{n}") for n in range(2, 8)]
    seconds = [(await browser.sign_in())["second"] for browser in browsers]
    code = browsers[0].code(secret)
    answers = await asyncio.gather(
        *(
            browser.step(second, code=code)
            for browser, second in zip(browsers, seconds, strict=True)
        )
    )
    assert sorted(status for status, _ in answers) == [200] + [401] * 5


async def test_a_ticket_is_for_one_account_one_password_and_five_minutes(house: House) -> None:
    _, secret, _ = await house.enrolled()
    other, other_secret, _ = await house.enrolled("bilal")
    browser = house.browser()
    second = (await browser.sign_in())["second"]
    for changed in ({"account": other.id}, {"ticket": second["ticket"][:-1] + "x"}, {"ticket": ""}):
        for key in (secret, other_secret):
            status, error = await browser.step({**second, **changed}, code=browser.code(key))
            assert (status, error["error"]["code"]) == (401, "step_over")
    assert (await browser.step({"account": "0" * 32, "ticket": ""}, code="1"))[0] == 401
    house.clock.turn(LASTS.total_seconds() + 1)
    status, error = await browser.step(second, code=browser.code(secret))
    assert (status, error["error"]["code"]) == (401, "step_over")
    # None of that is worth an entry: whoever sent it did not know the password.
    assert "second_step_refused" not in await verbs(house.store)


async def test_a_recovery_code_opens_once(house: House) -> None:
    _, _, codes = await house.enrolled()
    browser = house.browser()
    for typed, wanted in ((codes[3].upper().replace("-", " "), 200), (codes[3], 401)):
        second = (await browser.sign_in())["second"]
        assert (await browser.step(second, code=typed))[0] == wanted
    _, factors = await browser.get("factors")
    assert factors["recovery_left"] == 9
    kept = await house.store.listener_by_login("anne")
    assert not [code for code in codes if code in repr(kept)]


async def test_one_password_opens_one_session_however_many_codes_come_with_it(
    house: House,
) -> None:
    _, _, codes = await house.enrolled()
    browser = house.browser()
    second = (await browser.sign_in())["second"]
    answers = await asyncio.gather(*(browser.step(second, code=code) for code in codes[:4]))
    assert sorted(status for status, _ in answers) == [200, 401, 401, 401]


async def test_who_guesses_codes_is_slowed_down_and_locks_nobody_out(house: House) -> None:
    _, secret, _ = await house.enrolled()
    guesser, owner = house.browser("198.51.100.7"), house.browser("203.0.113.5")
    second = (await guesser.sign_in())["second"]
    statuses = [(await guesser.step(second, code=f"00000{n}"))[0] for n in range(8)]
    assert statuses == [401] * 5 + [429] * 3
    right = guesser.code(secret)
    assert (await guesser.step(second, code=right))[0] == 429
    second = (await owner.sign_in())["second"]
    assert (await owner.step(second, code=right))[0] == 200


async def test_a_security_key_is_added_and_signs_in(house: House) -> None:
    await house.account()
    browser = house.browser()
    await browser.sign_in()
    key = browser.key()
    status, added = await browser.add_key(key)
    assert status == 200
    assert [one["label"] for one in added["keys"]] == ["Clé bleue"]
    assert len(added["codes"]) == 10

    other = house.browser()
    second = (await other.sign_in())["second"]
    assert (second["totp"], second["key"]["allowCredentials"][0]["id"]) == (
        False,
        added["keys"][0]["id"],
    )
    signed = key.sign(second["key"])
    assert (await other.step(second, credential=signed))[0] == 200
    assert (await other.get("me"))[0] == 200
    # What was signed opens nothing a second time.
    assert (await house.browser().step(second, credential=signed))[0] == 401


@pytest.mark.parametrize("wrong", ["site", "origin", "key", "challenge", "counter", "garbage"])
async def test_a_signature_that_is_not_ours_is_refused(house: House, wrong: str) -> None:
    await house.account()
    browser = house.browser()
    await browser.sign_in()
    key = browser.key()
    await browser.add_key(key)
    await house.account("bilal")
    second = (await browser.sign_in())["second"]
    asked = dict(second["key"])
    signer = key
    match wrong:
        case "site":
            key.site = "evil.example"
        case "origin":
            key.origin = "https://evil.example"
        case "key":
            signer = browser.key()
        case "challenge":
            asked["challenge"] = "AAAA"
        case "counter":
            assert (await browser.step(second, credential=key.sign(asked)))[0] == 200
            second = (await browser.sign_in())["second"]
            asked, key.counter = second["key"], 0
    signed = signer.sign(asked)
    if wrong == "garbage":
        signed["response"]["authenticatorData"] = "AA"
    status, error = await browser.step(second, credential=signed)
    assert (status, error["error"]["code"]) == (401, "bad_key")


@pytest.mark.parametrize("credential", [{}, {"id": 1}, {"id": "c29mdCBrZXk", "response": []}])
async def test_a_broken_answer_of_a_key_is_refused(house: House, credential: object) -> None:
    await house.account()
    browser = house.browser()
    await browser.sign_in()
    await browser.add_key(browser.key())
    second = (await browser.sign_in())["second"]
    assert (await browser.step(second, credential=credential))[0] in (400, 401)
    _, begun = await browser.post("factors/keys", password=PASSWORD)
    status, _ = await browser.post(
        "factors/keys/confirm", ticket=begun["ticket"], credential=credential, label="x"
    )
    assert status == 400


async def test_a_role_that_must_have_a_second_factor_does_nothing_before(house: House) -> None:
    await house.account("chief", role=StaffRole.SUPERVISOR)
    browser = house.browser()
    me = (await browser.sign_in("chief"))["me"]
    assert me["must_enrol"]
    chief = await house.store.listener_by_login("chief")
    assert chief is not None
    assert not house.sessions.works(chief)
    _, _ = await browser.add_application()
    assert not (await browser.get("me"))[1]["me"]["must_enrol"]
    # And may not take the last one away again.
    status, error = await browser.post("factors/remove", which="totp", password=PASSWORD)
    assert (status, error["error"]["code"]) == (409, "second_factor_required")


async def test_changes_ask_for_the_password_once_there_is_a_factor(house: House) -> None:
    await house.enrolled()
    browser = house.browser()
    _, secret, _ = await house.enrolled("bilal")
    second = (await browser.sign_in("bilal"))["second"]
    await browser.step(second, code=browser.code(secret))
    for path in ("totp", "keys", "recovery", "remove"):
        status, error = await browser.post(f"factors/{path}", which="totp", password="wrong")
        assert (status, error["error"]["code"]) == (403, "bad_password"), path
    status, renewed = await browser.post("factors/recovery", password=PASSWORD)
    assert (status, len(renewed["codes"])) == (200, 10)
    assert (await browser.post("factors/remove", which="totp", password=PASSWORD))[0] == 200
    _, factors = await browser.get("factors")
    assert factors == {"totp": False, "keys": [], "recovery_left": 0}
    assert "me" in await house.browser().sign_in("bilal")


async def test_an_application_is_added_only_with_a_code_of_its_own(house: House) -> None:
    await house.account()
    browser = house.browser()
    await browser.sign_in()
    _, begun = await browser.post("factors/totp")
    assert "<svg" in begun["picture"]
    mine = {"secret": begun["secret"], "ticket": begun["ticket"]}
    for body in (
        {**mine, "code": "000000"},
        {**mine, "code": "٠٠٠٠٠٠"},
        {**mine, "secret": pyotp.random_base32(), "code": browser.code(begun["secret"])},
        {**mine, "ticket": "1.x.y", "code": browser.code(begun["secret"])},
    ):
        assert (await browser.post("factors/totp/confirm", **body))[0] == 400
    assert (await browser.get("factors"))[1]["totp"] is False
