"""Who may see the figures over HTTP, and what a conversation adds to them."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.accounts import StaffRole
from tests.gateway.gateways import Running, running
from tests.handoff.test_console_api import a_console, a_waiting_person


@pytest.fixture
async def gateway(tmp_path: Path) -> AsyncIterator[Running]:
    async with running(tmp_path) as house:
        yield house


async def test_a_supervisor_sees_the_figures_and_a_listener_does_not(gateway: Running) -> None:
    for _ in range(5):
        await a_waiting_person(gateway)
    listener = await a_console(gateway, "anne")
    supervisor = await a_console(gateway, "odile", StaffRole.SUPERVISOR)

    for path in ("/figures", "/figures.csv", "/figures.pdf", "/figures/errors.csv"):
        status, error = await listener.get(path)
        assert (status, error["error"]["code"]) == (403, "forbidden")

    status, report = await supervisor.get("/figures")
    assert (status, report["total"]) == (200, 5)
    status, error = await supervisor.get("/figures?period=2026-13")
    assert (status, error["error"]["code"]) == (400, "bad_period")
    for path, kind in (
        ("/figures.csv", "text/csv"),
        ("/figures.pdf", "application/pdf"),
        ("/figures/errors.csv", "text/csv"),
    ):
        answer = await supervisor.client.get(f"/console/api{path}?period=2026-11")
        assert (answer.status, answer.content_type) == (200, kind)
        assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
