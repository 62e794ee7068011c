"""The widget in the states that people seldom see: at night, cut off, lost, scrolled, at 320 px."""

from __future__ import annotations

import pytest

from tests.browsers import REQUIRED, comes_true
from tests.ui.chat.people import Open, expect, write
from tests.ui.consoles import Page
from tests.ui.fake_gateway import FakeGateway

NIGHT = {"open": False, "closes": None, "opens": "demain à 9 h", "wait": None}

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("width", "height"), [(320, 568), (320, 200), (390, 844), (1280, 800)])
@pytest.mark.parametrize("danger", [False, True])
def test_quick_exit_is_on_the_screen_however_far_one_scrolled(
    visit: Open, gateway: FakeGateway, width: int, height: int, danger: bool
) -> None:
    page = visit(width, height)
    write(page, "bonjour")
    for n in range(12):
        gateway.say(f"message {n}")
    gateway.set_state(danger=danger)
    page.locator(".message .text", has_text="message 11").wait_for()
    button = page.get_by_role("button", name="Sortie rapide")
    for where in ("top", "bottom"):
        page.evaluate(
            """(where) => {
              const root = document.querySelector('relais-chat').shadowRoot;
              for (const el of [root.querySelector('.root'), root.querySelector('.scroll')])
                el.scrollTop = where === 'top' ? 0 : el.scrollHeight;
            }""",
            where,
        )
        box = button.bounding_box()
        assert box is not None
        assert 0 <= box["y"] <= box["y"] + box["height"] <= height
        assert 0 <= box["x"] <= box["x"] + box["width"] <= width
        button.click(trial=True)


def test_the_wait_is_a_range_in_the_status(visit: Open, gateway: FakeGateway) -> None:
    page = visit()
    write(page, "je voudrais parler à quelqu'un")
    team = {"open": True, "closes": None, "opens": None, "wait": "entre 5 et 15 minutes"}
    gateway.set_state(owner="queue", team=team)
    status = page.get_by_role("status").filter(has_text="Attente")
    expect(status).to_contain_text("Attente : entre 5 et 15 minutes.")
    expect(status).to_contain_text("Tu peux partir et revenir dans cet onglet.")


def test_returns_are_spread_by_chance(visit: Open, gateway: FakeGateway) -> None:
    """With the same failure, two people come back at different moments."""
    delays = []
    for chance in (0.0, 0.99):
        page = visit()
        page.evaluate(
            """(chance) => {
              window.delays = [];
              Math.random = () => chance;
              const set = window.setTimeout;
              window.setTimeout = (then, wait, ...more) => {
                window.delays.push(Math.round(wait));
                return set(then, wait, ...more);
              };
            }""",
            chance,
        )
        gateway.cut()
        page.wait_for_function("window.delays.some((wait) => wait >= 300 && wait < 2000)")
        delays.append(page.evaluate("window.delays.find((wait) => wait >= 300 && wait < 2000)"))
    assert delays[1] > 1.5 * delays[0]


def test_a_lost_line_is_said_however_often_it_is_tried(visit: Open, gateway: FakeGateway) -> None:
    page = visit()
    page.evaluate(
        """() => {
          window.graces = 0;
          window.tried = 0;
          const set = window.setTimeout, Line = window.WebSocket;
          window.setTimeout = (then, wait, ...more) => {
            if (wait === 2500) window.graces++;
            return set(then, wait, ...more);
          };
          window.WebSocket = class extends Line {
            constructor(...all) { super(...all); window.tried++; }
          };
        }"""
    )
    gateway.faults.refuse_sockets = True
    gateway.cut()
    comes_true(lambda: at_least_twice(page))
    # Begun anew with each try, the word would come the later the longer nothing works.
    assert page.evaluate("window.graces") == 1
    expect(page.locator(".talk > .status")).to_contain_text("Connexion perdue")


def at_least_twice(page: Page) -> None:
    assert page.evaluate("window.tried") >= 2


def test_a_device_without_network_says_so_though_no_line_was_closed(
    visit: Open, gateway: FakeGateway
) -> None:
    page = visit()
    write(page, "bonjour")
    # What is open stays so, as where the radio is lost: only the device knows.
    page.context.set_offline(True)
    expect(page.locator(".talk > .status")).to_contain_text("Connexion perdue")
    page.get_by_label("Ton message").fill("je suis là")
    page.get_by_role("button", name="Envoyer").click()
    expect(page.locator(".talk > .status")).to_contain_text("Ton message est gardé ici")
    page.context.set_offline(False)
    mine = page.locator(".message.me", has_text="je suis là")
    expect(mine).to_have_attribute("data-sending", "kept")
    assert gateway.mine() == ["bonjour", "je suis là"]


@pytest.mark.parametrize("width", [360, 375, 390])
def test_the_numbers_take_one_row_of_a_phone(visit: Open, width: int) -> None:
    page = visit(width, 640)
    boxes = [link.bounding_box() for link in page.locator(".danger a").all()]
    assert len({box["y"] for box in boxes if box}) == 1
    for box in boxes:
        assert box is not None
        assert min(box["width"], box["height"]) >= 44
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width


def test_nothing_moves_with_reduced_motion(visit: Open, gateway: FakeGateway) -> None:
    page = visit(reduced_motion="reduce")
    write(page, "bonjour")
    gateway.say("Ça va ?", choices=[("yes", "Oui")])
    gateway.set_state(owner="queue")
    page.get_by_text("Tu peux partir").wait_for()
    gateway.set_state(owner="listener", listener="Camille")
    gateway.writes()
    page.get_by_text("Camille écrit…").wait_for()
    page.get_by_role("button", name="Autres possibilités").click()
    page.get_by_role("button", name="Fermer").wait_for()
    moving = page.evaluate(
        """() => document.querySelector('relais-chat').shadowRoot.getAnimations({subtree: true})
          .concat(document.getAnimations()).filter((one) => one.playState === 'running').length"""
    )
    assert moving == 0


def test_a_short_reply_is_wide_enough_for_a_thumb(visit: Open, gateway: FakeGateway) -> None:
    page = visit()
    write(page, "bonjour")
    gateway.say("Ton âge ?", choices=[("a", "9"), ("b", "À")])
    for name in ("9", "À"):
        box = page.get_by_role("button", name=name, exact=True).bounding_box()
        assert box is not None
        assert box["width"] >= 44
        assert box["height"] >= 44


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_at_night_cut_off_or_lost(
    visit: Open, gateway: FakeGateway, scheme: str
) -> None:
    if not REQUIRED:
        pytest.importorskip("axe_playwright_python", reason="axe-playwright-python is missing")
    from axe_playwright_python.sync_playwright import Axe

    gateway.team = NIGHT
    page = visit(320, 640, color_scheme=scheme, reduced_motion="reduce")

    def check(state: str) -> None:
        found = Axe().run(page).response["violations"]
        assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found] == [], state

    page.locator(".hello .away").wait_for()
    check("at night")
    write(page, "bonjour")
    gateway.set_state(owner="listener", listener="Camille")
    gateway.writes()
    page.get_by_text("Camille écrit…").wait_for()
    check("a listener writes")
    gateway.forget()
    page.get_by_text("Cette discussion est terminée ici").wait_for()
    check("a lost session")
    gateway.faults.mute_sockets = True
    gateway.cut()
    page.get_by_text("Connexion").wait_for()
    check("the line cut")


def test_who_says_that_they_are_abroad_has_the_numbers_of_there_first(
    visit: Open, gateway: FakeGateway
) -> None:
    page = visit(390, 844)
    write(page, "je suis en belgique")
    links = page.locator(".danger a")
    expect(links.first).to_have_attribute("href", "tel:15")
    gateway.set_state(region="BE", danger=True)
    expect(links.first).to_have_attribute("href", "tel:112")
    hrefs = [one.get_attribute("href") for one in links.all()]
    assert hrefs[:3] == ["tel:112", "tel:101", "tel:080032123"]
    assert len(hrefs) == len(set(hrefs)), "none twice"
    assert "tel:3114" in hrefs, "ours stay"
    for link in links.all()[:3]:
        expect(link).to_be_in_viewport(ratio=1)
    gateway.set_state(region="EU", danger=False)
    expect(links.first).to_have_attribute("href", "tel:112")
    gateway.set_state(region="CA-QC", danger=False)
    expect(links.nth(2)).to_have_attribute("href", "tel:18002632266")
