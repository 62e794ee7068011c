"""The audit over HTTP, and what signing in and out leaves in it."""

import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from core.accounts import StaffRole
from core.audit import Deed, Verb
from gateway.settings import ROOT
from handoff.console.audit import PAGE
from tests.builders import at
from tests.gateway.gateways import PASSWORD, Client, Running, running


@pytest.fixture
async def gateway(tmp_path: Path) -> AsyncIterator[Running]:
    async with running(tmp_path) as house:
        yield house


async def signed_in(gateway: Running, login: str, role: StaffRole) -> Client:
    await gateway.add_listener(login, role=role)
    client = await gateway.browser()
    await try_to_sign_in(client, login, PASSWORD, 200)
    return client


async def try_to_sign_in(client: Client, login: str, password: str, status: int) -> None:
    body = {"login": login, "password": password}
    assert (await client.post("/console/api/login", json=body)).status == status


async def page(client: Client, query: str = "") -> dict[str, Any]:
    answer = await client.get(f"/console/api/audit{query}")
    assert answer.status == 200
    found: dict[str, Any] = await answer.json()
    return found


async def test_signing_in_and_out_and_what_was_refused(gateway: Running) -> None:
    anne = await gateway.add_listener("anne")
    browser = await gateway.browser()
    await try_to_sign_in(browser, "anne", "MotDePasseTape", 401)
    await try_to_sign_in(browser, "MotDePasseTapeAuMauvaisEndroit", "x", 401)
    await try_to_sign_in(browser, "anne", PASSWORD, 200)
    change = {"old": PASSWORD, "new": "un autre mot de passe"}
    assert (await browser.post("/console/api/password", json=change)).status == 200
    assert (await browser.post("/console/api/logout")).status == 204
    # Nobody is signed in any more: nothing to record.
    assert (await browser.post("/console/api/logout")).status == 204
    entries = list(reversed(await gateway.store.audit_entries()))
    assert [(entry.verb, entry.actor, entry.object) for entry in entries] == [
        ("sign_in_refused", None, anne.id),
        ("sign_in_refused", None, None),
        ("signed_in", anne.id, None),
        ("password_changed", anne.id, None),
        # All sessions ended; this browser has a new one.
        ("signed_in", anne.id, None),
        ("signed_out", anne.id, None),
    ]
    assert "MotDePasse" not in str(entries)


async def test_a_guesser_does_not_fill_the_audit(gateway: Running) -> None:
    browser = await gateway.browser()
    began = time.monotonic()
    for n in range(40):
        # Every other one comes from the address's share, so that the account's is not used up.
        await browser.post("/console/api/login", json={"login": "anne", "password": str(n)})
    # Ten in a minute of the clock; one may begin between two tries.
    minutes = 2 + (time.monotonic() - began) // 60
    assert len(await gateway.store.audit_entries(verb="sign_in_refused")) <= 10 * minutes


def test_every_verb_has_its_french_words() -> None:
    words = (ROOT / "ui/console/staffstrings.ts").read_text()
    assert [verb for verb in Verb if f"  {verb.value}: " not in words] == []


async def test_supervisors_and_admins_read_it_and_listeners_do_not(gateway: Running) -> None:
    for role in StaffRole:
        client = await signed_in(gateway, role.value, role)
        status = (await client.get("/console/api/audit")).status
        assert status == (403 if role is StaffRole.LISTENER else 200)
    nobody = await gateway.browser()
    assert (await nobody.get("/console/api/audit")).status == 401


async def test_pages_follow_one_another_and_can_be_filtered(gateway: Running) -> None:
    admin = await signed_in(gateway, "admin", StaffRole.ADMIN)
    (me,) = await gateway.store.listeners()
    deeds = [Deed(verb=Verb.ROLE_CHANGED, at=at(n), object=me.id) for n in range(PAGE + 5)]
    await gateway.store.record(*deeds)

    first = await page(admin)
    assert len(first["entries"]) == PAGE
    newest = first["entries"][0]
    assert (newest["verb"], newest["actor_name"]) == ("role_changed", None)
    assert newest["object_name"] == "Admin"
    second = await page(admin, f"?before={first['next']}")
    assert second["next"] is None
    seqs = [entry["seq"] for entry in (*first["entries"], *second["entries"])]
    assert seqs == list(range(PAGE + 6, 0, -1))

    (mine,) = (await page(admin, f"?verb=signed_in&actor={me.id}"))["entries"]
    assert (mine["actor"], mine["actor_name"]) == (me.id, "Admin")
    assert (await page(admin, f"?conversation={'0' * 32}"))["entries"] == []


@pytest.mark.parametrize(
    "query", ["before=x", "before=-1", f"before={'9' * 40}", "verb=A;", "actor=1", "conversation='"]
)
async def test_a_query_that_cannot_be_read_is_refused(gateway: Running, query: str) -> None:
    admin = await signed_in(gateway, "admin", StaffRole.ADMIN)
    assert (await admin.get(f"/console/api/audit?{query}")).status == 400
