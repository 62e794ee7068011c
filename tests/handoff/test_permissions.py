"""Role × route × object: every route of the console has a rule here, and keeps it.

A new route without a rule fails: say first who may ask for it, then serve it.
"""

import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from core.accounts import Listener, StaffRole
from core.ids import ConversationId, new_id
from core.permissions import GRANTS, Permission
from tests.gateway.gateways import PASSWORD, Client, Running, running
from tests.handoff.test_console_api import a_waiting_person

API = "/console/api"
ONE = f"{API}/conversations/{{id}}"

PUBLIC, SIGNED_IN = "public", "signed in"
# Who may ask. What is somebody's own besides is asked for by strangers further down.
_RULES: dict[Permission | str, str] = {
    PUBLIC: """
        POST login
        POST login/second
        POST logout
        POST invitation
        POST invitation/accept
    """,
    SIGNED_IN: """
        GET  me
        POST password
        GET  sessions
        POST sessions/end
        GET  factors
        POST factors/totp
        POST factors/totp/confirm
        POST factors/keys
        POST factors/keys/confirm
        POST factors/remove
        POST factors/recovery
    """,
    Permission.MANAGE_ACCOUNTS: """
        GET  accounts
        POST accounts
        POST accounts/{id}/invite
        POST accounts/{id}/role
        POST accounts/{id}/disable
        POST accounts/{id}/enable
        POST accounts/{id}/forget-factors
        GET  accounts/{id}/sessions
        POST accounts/{id}/sessions/end
    """,
    Permission.READ_AUDIT: """
        GET  audit
    """,
    Permission.EDIT_SERVICE: """
        GET  service/{name}
        POST service/{name}
        GET  service/{name}/history
    """,
    Permission.SUPERVISE: """
        GET  figures
        GET  figures.csv
        GET  figures.pdf
        GET  figures/errors.csv
        GET  skills
        POST skills/{id}
        GET  board
        POST board/{id}/look
        POST board/{id}/preserve
        POST board/{id}/whisper
        POST board/{id}/assign
        POST board/{id}/take_back
    """,
    Permission.ANSWER: """
        GET  channels
        POST claim
        GET  conversations/{id}
        POST conversations/{id}/claim
        POST conversations/{id}/reply
        POST conversations/{id}/close
        POST conversations/{id}/triage
        POST conversations/{id}/writer
        GET  conversations/{id}/apart
        GET  conversations/{id}/orientations
        POST conversations/{id}/orientations
        POST conversations/{id}/orientations/agreement
        POST conversations/{id}/signalement
        GET  conversations/{id}/files/{attachment}
        GET  conversations/{id}/earlier
        POST conversations/{id}/offer
        POST conversations/{id}/withdraw
        POST conversations/{id}/accept
        POST conversations/{id}/decline
        POST conversations/{id}/hand_back
        POST conversations/{id}/to_bot
        POST conversations/{id}/notes
        POST conversations/{id}/reopen
        POST calls
        POST conversations/{id}/code
        GET  conversations/{id}/joined
        POST conversations/{id}/emergency
        GET  follow_ups
        POST conversations/{id}/follow_up
        POST conversations/{id}/follow_up/note
        POST conversations/{id}/follow_up/number
        POST conversations/{id}/follow_up/write
        POST conversations/{id}/follow_up/done
        POST conversations/{id}/follow_up/cancel
        POST conversations/{id}/follow_up/confirm
        POST conversations/{id}/files/{attachment}/quarantine
        GET  quarantine
        GET  quarantine/{attachment}
        POST quarantine/{attachment}/ask
        POST quarantine/{attachment}/agree
        POST quarantine/{attachment}/look
        POST quarantine/{attachment}/destroy
        GET  colleagues
        POST availability
        GET  directory
        GET  replies
        POST search
        POST conversations/{id}/needs
        GET  conversations/{id}/alongside
        POST conversations/{id}/alongside
        POST conversations/{id}/alongside/leave
        POST conversations/{id}/typing
        GET  tags
        GET  signalements
        GET  signalements/catalogue
        GET  signalements/todo
        GET  signalements/{case}
        PUT  signalements/{case}
        POST signalements/{case}/{move}
        POST signalements/{case}/escalate
        POST signalements/{case}/destroy
        GET  signalements/{case}/export
        GET  signalements/{case}/authorities/{authority}
        POST signalements/{case}/captures
        POST signalements/{case}/captures/copy
        GET  signalements/{case}/captures/{capture}
        POST signalements/{case}/captures/{capture}/hash-only
        GET  signalements/{case}/files/{file}
        POST signalements/{case}/files/{file}/hash-only
        GET  signalements/{case}/notices/{notice}/pdf
        POST signalements/{case}/notices/{notice}/validate
        POST signalements/{case}/notices/{notice}/dispatch
        POST signalements/{case}/notices/{notice}/tell
        POST signalements/{case}/notices/{notice}/{move}
    """,
}
RULES: dict[str, Permission | str] = {
    f"{method} {API}/{path}": rule
    for rule, lines in _RULES.items()
    for method, path in (line.split() for line in lines.strip().splitlines())
}
# What a path is filled with: of the right form, and nothing that exists.
VALUES = {"name": "hours", "move": "hold", "authority": "pharos"}
# What would do something, were it the holder's.
BODIES: dict[str, dict[str, object]] = {
    f"POST {ONE}/reply": {"cid": "c" * 32, "text": "canari", "seen": 99},
    f"POST {ONE}/close": {"outcome": "helped", "seen": 99},
}
# Answered over its own protocol: a refusal is a close code.
SOCKET = f"GET {API}/socket"


def the_routes(gateway: Running) -> Iterator[str]:
    for route in gateway.gateway.app.router.routes():
        resource = route.resource
        if resource is not None and resource.canonical.startswith(API) and route.method != "HEAD":
            yield f"{route.method} {resource.canonical}"


@dataclass
class House:
    gateway: Running
    browsers: dict[StaffRole, Client]
    accounts: dict[StaffRole, Listener]

    async def ask(self, client: Client, route: str, one: str, body: object = None) -> int:
        method, path = route.split(" ")
        path = re.sub(r"{(\w+)}", lambda found: VALUES.get(found[1], one), path)
        kwargs = {} if method == "GET" else {"json": body or {}}
        async with client.request(method, path, **kwargs) as answer:
            return answer.status


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with running(tmp_path) as gateway:
        browsers, accounts = {}, {}
        for role in StaffRole:
            accounts[role] = await gateway.add_listener(role.value, role=role)
            browsers[role] = await gateway.browser()
            body = {"login": role.value, "password": PASSWORD}
            assert (await browsers[role].post(f"{API}/login", json=body)).status == 200
        yield House(gateway, browsers, accounts)


async def test_every_route_has_a_rule_and_every_rule_a_route(house: House) -> None:
    assert set(the_routes(house.gateway)) - {SOCKET} == set(RULES)


async def test_each_role_is_answered_where_its_permissions_say_and_nowhere_else(
    house: House,
) -> None:
    # The clients' own sessions must survive: what ends them is asked for nobody that exists.
    nobody = new_id()
    for route, rule in RULES.items():
        stranger = await house.gateway.browser()
        status = await house.ask(stranger, route, nobody)
        if rule != PUBLIC:
            assert status == 401, route
        for role, browser in house.browsers.items():
            if rule == PUBLIC or route.endswith("/password"):
                continue
            status = await house.ask(browser, route, nobody)
            allowed = rule == SIGNED_IN or rule in GRANTS[role]
            assert status != 401, (route, role)
            assert (status != 403) == allowed, (route, role, status)


async def test_a_conversation_is_its_holders_alone(house: House) -> None:
    await a_waiting_person(house.gateway)
    (waiting,) = await house.gateway.store.waiting(limit=9)
    holder = house.browsers[StaffRole.LISTENER]
    assert (await holder.post(f"{API}/claim", json={"cid": new_id()})).status == 200
    await house.gateway.add_listener("other")
    other = await house.gateway.browser()
    assert (
        await other.post(f"{API}/login", json={"login": "other", "password": PASSWORD})
    ).status == 200

    async def state() -> tuple[object, object]:
        conversation = await house.gateway.store.conversation(ConversationId(waiting.id))
        return conversation.owner, await house.gateway.store.messages(waiting.id)

    before = await state()
    supervisor, admin = house.browsers[StaffRole.SUPERVISOR], house.browsers[StaffRole.ADMIN]
    for route in (each for each in RULES if each.split(" ")[1].startswith(ONE)):
        body = BODIES.get(route)
        # Before anything else a request may be one that nobody could mean.
        refused = {404} if route.startswith("GET") else {404, 409} if body else {400, 404, 409}
        for browser in (other, supervisor):
            assert await house.ask(browser, route, waiting.id, body) in refused, route
        assert await house.ask(admin, route, waiting.id, body) == 403, route
    assert await state() == before
    assert await house.ask(holder, f"GET {ONE}", waiting.id) == 200


async def test_a_given_out_password_opens_nothing_but_its_own_change(house: House) -> None:
    await house.gateway.add_listener("new", role=StaffRole.SUPERVISOR, one_time=True)
    browser = await house.gateway.browser()
    body = {"login": "new", "password": PASSWORD}
    assert (await browser.post(f"{API}/login", json=body)).status == 200
    for route, rule in RULES.items():
        if isinstance(rule, Permission):
            assert await house.ask(browser, route, new_id()) == 403, route
