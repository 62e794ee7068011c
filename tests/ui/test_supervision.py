"""The supervisors' page in a real Chromium: the board, the figures, and correcting triage."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest

from handoff.figures.period import parse_period
from handoff.figures.table import as_json
from handoff.figures.tally import Tally
from tests.browsers import REQUIRED, eventually
from tests.handoff.figures.many import many_facts
from tests.ui.consoles import Open, Page, expect, mine
from tests.ui.fake_console_api import STATIC, FakeConsole, ago, card_of, message, summary

pytestmark = pytest.mark.browser

ODILE, BILAL, CHLOE = ("a" * 32, "b" * 32, "c" * 32)


def a_row(id_: str, urgency: str, **fields: Any) -> dict[str, Any]:
    return summary(id_, urgency, **fields) | {"listener_id": fields.get("listener_id")}


def a_board(**fields: Any) -> dict[str, Any]:
    """A desk with a danger unanswered, one person held, and a wave of sextortion."""
    waits = a_row("w1", "critique", issue="ideation_suicidaire", danger_since=ago(seconds=95))
    held = a_row(
        "h1",
        "moderee",
        ticket="claimed",
        claimed_at=ago(minutes=12),
        listener="Bilal",
        listener_id=BILAL,
        channel="whatsapp",
    )
    person = {"role": "listener", "present": True, "availability": "available", "since": None}
    told: dict[str, Any] = {
        "now": ago(),
        "light": "red",
        "causes": ["danger_unanswered", "critical_waits", "channel_trouble"],
        "waiting": [waits],
        "counts": [
            {"channel": "web", "urgency": "critique", "count": 1, "since": ago(minutes=2)},
            {"channel": "whatsapp", "urgency": "faible", "count": 14, "since": ago(minutes=31)},
        ],
        "alarms": [waits],
        "held": [held],
        "listeners": [
            {**person, "id": CHLOE, "name": "Chloé", "held": 0, "present": False},
            {**person, "id": BILAL, "name": "Bilal", "held": 1},
            {**person, "id": ODILE, "name": "Odile", "held": 0, "role": "supervisor"},
        ],
        "channels": [
            {"name": "web", "state": "up", "code": None},
            {"name": "telegram", "state": "down", "code": None},
        ],
        "occupancy": {"held": 7, "capacity": 12},
        "answered": {"count": 31, "p90": 250},
        "trends": [
            {"issue": None, "now": 31, "usual": 24.5, "surge": False, "week": 410,
             "week_before": 380},
            {"issue": "sextorsion", "now": 14, "usual": 2.1, "surge": True, "week": 41,
             "week_before": 18},
        ],
    }  # fmt: skip
    return told | fields


def a_report() -> dict[str, Any]:
    """What the server tells of a month with many people, and a few rare things."""
    period = parse_period("2026-11")
    tally = Tally(period)
    tally.add(many_facts(period, 420))
    return as_json(tally.report())


class Desk:
    """What the supervisors' requests are answered with, and what was asked."""

    def __init__(
        self,
        server: FakeConsole,
        visit: Open,
        board: dict[str, Any] | None = None,
        **options: Any,
    ) -> None:
        server.users["camille"]["role"] = "supervisor"
        self.board = board or a_board()
        self.report = a_report()
        self.asked: list[tuple[str, str, str | None]] = []
        self.page: Page = visit(**options)
        self.page.route("**/console/api/board**", self._answer)
        self.page.route("**/console/api/figures**", self._answer)
        self.page.get_by_role("button", name="Supervision").click()
        self.page.get_by_role("heading", name="Supervision").wait_for()

    def _answer(self, route: Any) -> None:
        request = route.request
        path = request.url.split("/console/api/")[1]
        self.asked.append((request.method, path, request.post_data))
        answer = self.report if path.startswith("figures") else self.board
        if path.endswith("/look"):
            talk = [message("person", "j'ai peur", seq=1)]
            held = {k: v for k, v in self.board["held"][0].items() if k != "listener_id"}
            answer = {"summary": held, "card": card_of(held), "notes": [], "messages": talk}
        elif request.method == "POST":
            answer = {"summary": self.board["held"][0]}
        route.fulfill(json=answer)


def overflow(page: Page) -> int:
    told: int = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    return told


def test_sizes_and_who_loads_what(server: FakeConsole, visit: Open) -> None:
    script, more = STATIC / "console.js", STATIC / "supervision.js"
    assert len(gzip.compress(script.read_bytes(), 9)) <= 90_000
    assert len(gzip.compress(more.read_bytes(), 9)) <= 40_000
    fetched: list[str] = []
    page = visit()
    page.on("request", lambda request: fetched.append(request.url))
    page.reload()
    page.get_by_role("heading", name="File d’attente").wait_for()
    expect(page.get_by_role("button", name="Supervision")).to_have_count(0)
    assert not any("supervision.js" in url for url in fetched)


def test_the_board_says_what_is_wrong_and_who_is_there(server: FakeConsole, visit: Open) -> None:
    page = Desk(server, visit).page
    light = page.get_by_role("region", name="État du service")
    expect(light).to_contain_text("Agir maintenant")
    expect(light).to_contain_text("Un danger n’a pas de réponse")
    expect(light).to_contain_text("dans la file")
    waiting = page.get_by_role("region", name="Qui attend, par canal et par urgence")
    expect(waiting.get_by_role("row", name="WhatsApp")).to_contain_text("14")
    team = page.get_by_role("region", name="Équipe")
    expect(team.get_by_role("row", name="Chloé")).to_contain_text("Absent")
    expect(page.get_by_role("row", name="Sextorsion Vague")).to_contain_text("2,1")


def test_the_board_says_how_long_people_waited_and_how_full_the_team_is(
    server: FakeConsole, visit: Open
) -> None:
    desk = Desk(server, visit)
    waiting = desk.page.get_by_role("region", name="Qui attend, par canal et par urgence")
    expect(waiting).to_contain_text("9 personnes sur 10 ont eu une réponse en 4 min 10 s au plus")
    expect(waiting).to_contain_text("(sur 31)")
    expect(waiting).to_contain_text("58 % : 7 conversations pour 12 places")
    # Of too few, and with nobody there, it says so; it stays when nobody waits.
    none = {"held": 0, "capacity": 0}
    desk.board = a_board(counts=[], occupancy=none, answered={"count": 3, "p90": None})
    expect(waiting).to_contain_text("Trop peu de premières réponses pour le dire (3)")
    expect(waiting).to_contain_text("Personne n’est disponible")


def test_the_board_renews_itself_and_says_when_it_cannot(server: FakeConsole, visit: Open) -> None:
    desk = Desk(server, visit)
    page = desk.page
    waiting = page.get_by_role("region", name="Qui attend, par canal et par urgence")
    expect(waiting.get_by_role("row", name="WhatsApp")).to_contain_text("14")
    desk.board = {**desk.board, "counts": []}
    expect(waiting).to_contain_text("Personne n’attend.")
    page.unroute("**/console/api/board**")
    page.route("**/console/api/board**", lambda route: route.abort())
    expect(page.get_by_text("Ces informations ne sont plus à jour.")).to_be_visible()
    # What was known stays, and is said to be old.
    expect(waiting).to_contain_text("Personne n’attend.")


def test_a_conversation_is_given_to_somebody_who_is_there(server: FakeConsole, visit: Open) -> None:
    desk = Desk(server, visit)
    hands = desk.page.get_by_role("region", name="Qui tient quoi")
    picks = hands.get_by_role("combobox")
    # The one who holds it, and those who are away, are not offered; the queue is.
    expect(picks.first.locator("option")).to_have_text(["Choisir…", "La file d’attente", "Odile"])
    picks.first.select_option("Odile")
    hands.get_by_role("button", name="Confier").first.click()
    expect(desk.page.get_by_text("Confiée à Odile.")).to_be_attached()
    (done,) = [one for one in desk.asked if one[0] == "POST"]
    assert done == ("POST", "board/h1/assign", json.dumps({"to": ODILE}, separators=(",", ":")))


def test_a_look_needs_a_reason_and_a_whisper_is_sent(server: FakeConsole, visit: Open) -> None:
    desk = Desk(server, visit)
    page = desk.page
    look = page.get_by_role("button", name="Lire la conversation").first
    look.click()
    sheet = page.get_by_role("dialog")
    expect(sheet).to_contain_text("notée dans le journal")
    sheet.get_by_label("Pourquoi lisez-vous").fill("Bilal demande de l'aide")
    page.keyboard.press("Enter")
    expect(sheet.get_by_role("list", name="Messages")).to_contain_text("j'ai peur")
    sheet.get_by_label("Souffler à Bilal").fill("Demande où il est.")
    sheet.get_by_role("button", name="Souffler").click()
    expect(sheet.get_by_role("status")).to_have_text("Transmis à Bilal.")
    expect(sheet.get_by_label("Souffler à Bilal")).to_have_value("")
    # Asked again after a lost answer it is the same note; with other words it is another.
    lost: list[dict[str, str]] = []

    def lose(route: Any) -> None:
        lost.append(json.loads(route.request.post_data))
        route.abort()

    page.route("**/console/api/board/h1/whisper", lose)
    for words in ("Il est seul ?", None, "Il est seul chez lui ?"):
        if words:
            sheet.get_by_label("Souffler à Bilal").fill(words)
        sheet.get_by_role("button", name="Souffler").click()
        expect(sheet.get_by_role("alert")).to_contain_text("Le serveur ne répond pas")
    eventually(lambda: len(lost) == 3)
    first, again, other = (one["cid"] for one in lost)
    assert first == again != other
    page.unroute("**/console/api/board/h1/whisper")
    page.keyboard.press("Escape")
    expect(sheet).to_have_count(0)
    expect(look).to_be_focused()
    posts = [
        (path, json.loads(body or "")) for method, path, body in desk.asked if method == "POST"
    ]
    assert posts[0] == ("board/h1/look", {"reason": "Bilal demande de l'aide"})
    assert (posts[1][0], posts[1][1]["text"]) == ("board/h1/whisper", "Demande où il est.")


def test_figures_stand_in_tables_beside_their_charts(server: FakeConsole, visit: Open) -> None:
    desk = Desk(server, visit)
    page = desk.page
    page.get_by_role("button", name="Chiffres").click()
    expect(page.get_by_role("status")).to_contain_text(["420 conversations"])
    by_issue = page.get_by_role("region", name="Par sujet")
    expect(by_issue.get_by_role("row", name="Sextorsion")).to_have_count(1)
    wanted = [
        "masqué" if row["cells"][0] is None else str(row["cells"][0])
        for table in desk.report["tables"]
        if table["name"] == "issue"
        for row in table["rows"]
    ]
    expect(by_issue.get_by_role("cell")).to_have_text(wanted)
    expect(page.locator(".chart canvas")).to_have_count(3)
    page.get_by_text("En tableau").first.click()
    expect(page.get_by_role("rowheader", name="01/11")).to_be_visible()
    link = page.get_by_role("link", name="Tableur (CSV)")
    expect(link).to_have_attribute("href", address_of_csv(desk))
    page.get_by_role("button", name="Retour à la file").click()
    expect(page.get_by_role("heading", name="File d’attente")).to_be_visible()
    expect(page.get_by_role("button", name="Supervision")).to_be_focused()


def address_of_csv(desk: Desk) -> str:
    """The address of the file for the period that was asked for."""
    (_, path, _) = next(one for one in desk.asked if one[1].startswith("figures?"))
    return "/console/api/" + path.replace("figures?", "figures.csv?")


def test_a_listener_corrects_triage_and_must_say_why(server: FakeConsole, visit: Open) -> None:
    server.add(mine("m1", "critique"), [message("person", "je dois payer")])
    page = visit()
    asked: list[Any] = []

    def answer(route: Any) -> None:
        asked.append(route.request.post_data_json)
        now = server.summary_of("m1", version=9, urgency="moderee")
        route.fulfill(json={"summary": now})

    page.route("**/triage", answer)
    page.locator(".item").click()
    page.get_by_role("button", name="Corriger le tri").click()
    sheet = page.get_by_role("dialog", name="Corriger le tri")
    sheet.get_by_label("Quelle urgence ?").select_option("Modérée")
    sheet.get_by_label("De quoi s’agit-il ?").select_option("Sextorsion")
    sheet.get_by_role("button", name="Enregistrer").click()
    expect(sheet.get_by_role("alert")).to_have_text("Dites pourquoi.")
    sheet.get_by_label("Le tri s’est trompé").check()
    sheet.get_by_role("button", name="Enregistrer").click()
    expect(sheet).to_have_count(0)
    assert asked == [
        {
            "issue": "sextorsion",
            "urgency": "moderee",
            "role": "victime_mineure",
            "why": "misread",
            "seen": 1,
            "since": 1,
        }
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("width", "height"), [(390, 844), (1920, 1080)])
def test_axe_finds_nothing_and_nothing_overflows(
    server: FakeConsole, visit: Open, scheme: str, width: int, height: int
) -> None:
    if not REQUIRED:
        pytest.importorskip("axe_playwright_python", reason="axe-playwright-python is missing")
    from axe_playwright_python.sync_playwright import Axe

    axe = Axe()
    page = Desk(
        server, visit, color_scheme=scheme, viewport={"width": width, "height": height}
    ).page

    def check(state: str) -> None:
        page.wait_for_timeout(150)
        found = axe.run(page).response["violations"]
        told = [(one["id"], [node["html"] for node in one["nodes"]]) for one in found]
        assert told == [], state
        assert overflow(page) <= 0, state

    page.get_by_text("Agir maintenant").wait_for()
    check("board")
    page.get_by_role("button", name="Lire la conversation").first.click()
    page.get_by_label("Pourquoi lisez-vous").fill("pour aider")
    page.keyboard.press("Enter")
    page.get_by_role("list", name="Messages").wait_for()
    check("look")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Chiffres").click()
    page.locator(".chart canvas").first.wait_for()
    check("figures")
