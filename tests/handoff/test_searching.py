"""Words are looked for in the conversations that a listener holds, and in no other."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.ids import ConversationId
from handoff.searching import folded
from tests.gateway.gateways import Running, running
from tests.handoff.test_console_api import Console, a_console, a_waiting_person


@pytest.fixture
async def gateway(tmp_path: Path) -> AsyncIterator[Running]:
    async with running(tmp_path) as house:
        yield house


async def hits(console: Console, words: str) -> list[tuple[str, str]]:
    status, told = await console.post("/search", {"words": words})
    assert status == 200
    return [(hit["id"], hit["text"][hit["start"] : hit["end"]]) for hit in told["hits"]]


async def test_only_what_one_holds_is_searched_whatever_case_and_accents(
    gateway: Running,
) -> None:
    anne, bilal = await a_console(gateway, "anne"), await a_console(gateway, "bilal")
    held: dict[str, str] = {}
    for console, name in ((anne, "anne"), (bilal, "bilal")):
        await a_waiting_person(gateway, f"DANGER au collège de {name}, je veux parler")
        held[name] = (await console.next())[1]["summary"]["id"]
    assert await hits(anne, "COLLEGE") == [(held["anne"], "collège")]
    assert await hits(bilal, "college") == [(held["bilal"], "collège")]
    assert await hits(anne, "bilal") == []
    assert await hits(anne, "parler collège") == [(held["anne"], "parler")]
    assert await hits(anne, "collège lycée") == []
    for nothing in ("", " ", "c", "x" * 500):
        assert await hits(anne, nothing) == []
    await anne.post(f"/conversations/{held['anne']}/close", {"outcome": "helped", "seen": 99})
    assert not (await gateway.store.conversation(ConversationId(held["anne"]))).is_open
    assert await hits(anne, "collège") == []


@pytest.mark.parametrize("body", [{}, {"words": 3}, {"words": None}, {"words": "\ud800"}])
async def test_what_is_no_text_is_refused(gateway: Running, body: dict[str, object]) -> None:
    anne = await a_console(gateway, "anne")
    assert (await anne.post("/search", body))[0] == 400


def test_folding_keeps_where_each_sign_comes_from() -> None:
    plain, places = folded("Élève ﬁn 𝒳")
    assert plain == "eleve fin x"
    assert [places[plain.index("fin") + n] for n in range(3)] == [6, 6, 7]
