"""A fuzzer that knows the description asks the console for everything it may: no answer that is
not declared, so no failure of ours.

What it makes is bounded by number; `tests/described.py` judges each answer.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, given, settings

from core.accounts import StaffRole
from core.ids import new_id
from handoff.console.api.document import SOCKET
from tests.gateway.gateways import PASSWORD
from tests.handoff.test_console_api import a_waiting_person
from tests.ui.real_gateway import RealGateway, real_gateway

API = "/console/api"
EXAMPLES = 3
# They end the fuzzer's own sessions, and have tests of their own.
_LEFT_OUT = {f"POST {API}/logout", SOCKET}


@pytest.fixture
def house(tmp_path: Path) -> Iterator[RealGateway]:
    with real_gateway(tmp_path) as house:
        yield house


def signed_in(house: RealGateway, role: StaffRole) -> requests.Session:
    house.do(house.house.add_listener(role.value, role=role))
    browser = requests.Session()
    body = {"login": role.value, "password": PASSWORD}
    assert browser.post(f"{house.url}{API}/login", json=body, timeout=30).status_code == 200
    return browser


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_no_request_that_a_fuzzer_thinks_of_gets_an_answer_that_is_not_declared(
    house: RealGateway,
) -> None:
    browsers = {role: signed_in(house, role) for role in (StaffRole.SUPERVISOR, StaffRole.ADMIN)}
    house.do(a_waiting_person(house.house))
    claimed = browsers[StaffRole.SUPERVISOR].post(
        f"{house.url}{API}/claim", json={"cid": new_id()}, timeout=30
    )
    held = claimed.json()["summary"]["id"]
    told = house.house.gateway.console.api.describe()
    schema = schemathesis.openapi.from_dict(told)
    asked = 0
    for path, methods in told["paths"].items():
        for method, one in methods.items():
            name = f"{method.upper()} {path}"
            if name in _LEFT_OUT:
                continue
            managed = one.get("x-permission") == "manage_accounts"
            browser = browsers[StaffRole.ADMIN if managed else StaffRole.SUPERVISOR]
            asked += ask(house, browser, schema[path][method.upper()], held)
    assert asked >= len(told["paths"])
    for browser in browsers.values():
        browser.close()


def ask(house: RealGateway, browser: requests.Session, operation: Any, held: str) -> int:
    """Ask for one operation some times, on the conversation that the asker holds."""
    answered = []

    @given(case=operation.as_strategy())
    @settings(
        max_examples=EXAMPLES,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    def once(case: Any) -> None:
        if "/conversations/{id}" in case.path:
            case.path_parameters["id"] = held
        response = case.call(base_url=house.url, session=browser, timeout=30)
        assert response.status_code < 500, case.as_curl_command()
        answered.append(response.status_code)

    once()
    return len(answered)
