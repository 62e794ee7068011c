"""A listener's hands: what somebody at a console does, as they do it, in a real browser."""

from __future__ import annotations

from pathlib import Path

from tests.ui.consoles import Browser, Locator, Page, expect, sign_in
from tests.ui.shift.eyes import WATCH, Eyes
from tests.ui.shift.house import PASSWORD, House

# Once for all that somebody answered: (conversation, words).
Answers = list[tuple[str, str]]


class Hands:
    """One person at one console. `answers` and `eyes` outlive a browser that crashed."""

    def __init__(self, chromium: Browser, house: House, login: str) -> None:
        self.login = login
        self.answers: Answers = []
        self.eyes = Eyes()
        self.errors: list[str] = []
        self._chromium, self._house = chromium, house
        self.page: Page
        self.sits_down()

    def sits_down(self) -> None:
        """Opens a browser and signs in."""
        context = self._chromium.new_context(
            locale="fr-FR", viewport={"width": 1280, "height": 800}
        )
        context.add_init_script(WATCH)
        self.page = context.new_page()
        self.page.set_default_timeout(20_000)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.goto(f"{self._house.url}/console/")
        self.page.get_by_label("Identifiant").wait_for()
        sign_in(self.page, self.login, PASSWORD)
        self.page.get_by_role("heading", name="File d’attente").wait_for()
        expect(self.page.locator(".connection")).to_have_text("Connecté")

    def vanishes(self) -> None:
        """The browser is gone from one moment to the next."""
        self.remembers()
        self.page.context.close()

    def remembers(self) -> None:
        """What was on the screen so far."""
        self.eyes.add(self.page.evaluate("window.__eyes"))

    # What is on the screen

    @property
    def items(self) -> Locator:
        return self.page.locator("button.item")

    def mine(self) -> set[str]:
        """The conversations that the screen says are mine, at this moment."""
        ids: list[str] = self.items.evaluate_all("all => all.map(one => one.dataset.id)")
        return set(ids)

    def here(self) -> str:
        """The conversation that is open."""
        id_ = self.page.locator("button.item[aria-current]").get_attribute("data-id")
        assert id_ is not None
        return id_

    def first_words(self) -> str:
        """What the person wrote first."""
        return self.page.locator("#log article.person .text").first.inner_text()

    # Taking and answering

    def takes_the_next(self) -> str:
        """By the one key; the conversation, once it is open."""
        before = self.mine()
        self._leaves_the_field()
        self.page.keyboard.press("n")
        expect(self.items).to_have_count(len(before) + 1)
        (new,) = self.mine() - before
        self.sees(new)
        return new

    def opens(self, id_: str) -> None:
        """One of mine."""
        self.page.locator(f"button.item[data-id='{id_}']").click()
        self.sees(id_)

    def sees(self, id_: str) -> None:
        """It is open, with its words."""
        expect(self.page.locator(f"button.item[data-id='{id_}']")).to_have_attribute(
            "aria-current", "true"
        )
        self.page.locator("#log article").first.wait_for()

    def answers_with(self, words: str) -> None:
        """Types and sends; it stands in the log as sent."""
        self.page.locator("#reply").fill(words)
        self.sends()

    def sends(self) -> None:
        """What stands in the field."""
        field = self.page.locator("#reply")
        words = field.input_value().strip()
        field.press("Enter")
        expect(field).to_have_value("")
        sent = self.page.locator("#log article.listener:not(.pending)").filter(has_text=words)
        expect(sent).to_have_count(1)
        self.answers.append((self.here(), words))

    def uses_a_prepared_reply(self, sought: str) -> str:
        """From the menu behind the slash; inserted, then sent by a second Enter."""
        field = self.page.locator("#reply")
        field.fill("")
        field.press_sequentially(f"/{sought}")
        expect(self.page.locator(".ready [role=option]").first).to_be_visible()
        field.press("Enter")
        expect(field).not_to_have_value(f"/{sought}")
        words = field.input_value().strip()
        self.sends()
        return words

    def hears(self, words: str) -> None:
        """The person's words come up in the open conversation."""
        said = self.page.locator("#log article.person").filter(has_text=words)
        expect(said).to_have_count(1)

    def reveals_the_picture(self) -> None:
        """Blurred until now; the click is recorded."""
        expect(self.page.locator("#log img")).to_have_count(0)
        self.page.locator("#log .file").get_by_role("button", name="Afficher").click()
        expect(self.page.locator("#log .file img")).to_be_visible()

    # Passing on and ending

    def offers_it_to(self, colleague: str, summary: str) -> None:
        self.page.get_by_role("button", name="Passer la main").click()
        dialog = self.page.get_by_role("dialog", name="Passer la main")
        dialog.get_by_text(f"À {colleague}", exact=True).click()
        dialog.get_by_label("Ce que la personne suivante doit savoir").fill(summary)
        dialog.get_by_role("button", name="Passer la main").click()
        expect(
            self.page.get_by_text(f"Proposée à {colleague}. Elle reste la vôtre")
        ).to_be_visible()

    def accepts(self, summary: str) -> str:
        """What a colleague offers; the conversation, once it is open."""
        offers = self.page.get_by_role("region", name="On vous passe la main")
        expect(offers).to_contain_text(summary)
        before = self.mine()
        offers.get_by_role("button", name="Prendre").click()
        expect(self.items).to_have_count(len(before) + 1)
        (new,) = self.mine() - before
        self.sees(new)
        return new

    def ends(self, outcome: str) -> None:
        """Closes the open conversation with an outcome."""
        id_ = self.here()
        self.page.get_by_role("button", name="Terminer", exact=True).click()
        dialog = self.page.get_by_role("dialog")
        dialog.get_by_text(outcome, exact=True).click()
        dialog.get_by_role("button", name="Terminer la conversation").click()
        expect(dialog).to_have_count(0)
        expect(self.page.locator(f"button.item[data-id='{id_}']")).to_have_count(0)

    def takes_the_end_back(self) -> None:
        """Within the ten seconds."""
        self.page.get_by_role("button", name="Annuler la fin").click()
        self.page.locator("#reply").wait_for()

    def notes_a_call(self, note: str) -> str:
        """A caller's ticket by hand; the conversation, once it is open."""
        before = self.mine()
        self._leaves_the_field()
        self.page.keyboard.press("a")
        form = self.page.get_by_role("dialog", name="Noter un appel")
        form.get_by_label("Sujet").select_option("sextorsion")
        form.get_by_label("Qui appelle ?").select_option("parent")
        form.locator("input[name=urgency][value=moderee]").check(force=True)
        form.get_by_label("Ce qui a été dit").fill(note)
        self.page.keyboard.press("Control+Enter")
        expect(form).to_have_count(0)
        expect(self.items).to_have_count(len(before) + 1)
        (new,) = self.mine() - before
        expect(self.page.locator("#log")).to_contain_text(note)
        return new

    # The supervisor's page

    def looks_at_the_board(self) -> Locator:
        if not self.page.locator("#supervision").is_visible():
            self.page.locator("#supervise").click()
        self.page.locator(".live .light").wait_for()
        return self.page.locator("#supervision")

    def goes_back_to_the_desk(self) -> None:
        self.page.locator("#supervise").click()
        self.page.get_by_role("heading", name="File d’attente").wait_for()

    def takes_a_picture(self, folder: Path | None, name: str) -> None:
        """Of the screen as it is, where pictures are wanted."""
        if folder is not None:
            self.page.screenshot(path=folder / f"{name}.png")

    def _leaves_the_field(self) -> None:
        """Letters act outside fields only."""
        self.page.evaluate("document.activeElement?.blur()")
