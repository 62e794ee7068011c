"""A whole shift, played through: who does what when, and what must be so after each step."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from core.audit import Verb
from core.conversation import Author, Conversation
from core.labels import Address, Urgency, address_for
from tests.browsers import eventually
from tests.ui.consoles import Browser, expect, row_ids
from tests.ui.shift.crowd import Writer, by_first_words
from tests.ui.shift.hands import Hands
from tests.ui.shift.house import House
from tests.ui.shift.ledger import Case, lacks
from tests.ui.shift.stories import LATE, Story

GREETING = {
    Address.TU: "Bonjour, je suis {}. J’ai lu ce que tu as écrit, tu n’as rien à répéter.",
    Address.VOUS: "Bonjour, je suis {}. J’ai lu votre message, vous n’avez rien à répéter.",
}
SECOND = "Merci de me le dire. On regarde ensemble ce qu'on peut faire maintenant."
DANGER = "Je reste avec toi. Appelle le 15 maintenant, ils viennent tout de suite."
GOODBYE = "On reste là, de jour comme de nuit. À bientôt."
# Longer than it takes to miss somebody and to give back what they hold.
MISSED_WITHIN = 150.0


@dataclass
class Shift:
    """A shift that is going on."""

    house: House
    anne: Hands
    bilal: Hands
    claire: Hands
    capacity: int
    # Where pictures of the screens go, if anywhere.
    pictures: Path | None = None

    @property
    def people(self) -> dict[str, Writer]:
        return by_first_words(self.house.crowd.people)

    # What must be so

    def one_owner(self) -> None:
        """Each conversation is on one listener's screen, and the database says the same."""
        for hands in (self.anne, self.bilal):
            eventually(lambda who=hands: who.mine() == self.house.held_by(who.login))
        assert not self.anne.mine() & self.bilal.mine(), "two listeners hold the same person"

    def queue_is_shown(self) -> list[Conversation]:
        """The supervisor's screen shows the line as it is; it."""
        eventually(lambda: row_ids(self.claire.page) == [one.id for one in self.house.waiting()])
        return self.house.waiting()

    def reaches(self, writer: Writer, words: str) -> None:
        """The person has it on their screen."""

        def there() -> bool:
            return any(words in one for one in writer.got)

        self.house.do(self.house.crowd.waits_for(words, there))

    def says(self, writer: Writer, words: str) -> None:
        self.house.do(writer.says(words))

    # What happens

    def everybody_writes(self, stories: Sequence[Story]) -> None:
        """First messages, on every channel; all of them wait, danger first."""
        for story in stories:
            self.house.do(self.house.crowd.comes(story))
        expect(self.claire.page.locator(".row")).to_have_count(len(stories))
        first, *_ = self.queue_is_shown()
        assert first.assessment.urgency is Urgency.CRITIQUE

    def is_answered(self, hands: Hands) -> Writer:
        """The listener takes the next one; a first exchange of words."""
        id_ = hands.takes_the_next()
        writer = self.people[hands.first_words()]
        words = GREETING[address_for(writer.story.seen.role)].format(hands.login.title())
        hands.answers_with(words)
        self.reaches(writer, words)
        self.says(writer, writer.story.then)
        hands.hears(writer.story.then)
        if writer.story.seen.urgency is Urgency.CRITIQUE:
            # What was said last is danger too, and nobody waits for an answer to that.
            hands.answers_with(DANGER)
            self.reaches(writer, DANGER)
        assert hands.here() == id_
        return writer

    def first_hands(self) -> None:
        """Both take what they may hold; whoever is in danger was taken first."""
        for number in range(2 * self.capacity):
            hands = (self.anne, self.bilal)[number % 2]
            writer = self.is_answered(hands)
            if number == 0:
                assert writer.story.seen.urgency is Urgency.CRITIQUE, "not the danger"
        self.one_owner()

    def danger_while_all_are_busy(self, *, wait_for_alarm: bool) -> None:
        """Nobody may take more; somebody in danger comes first all the same."""
        for hands in (self.anne, self.bilal):
            hands.page.evaluate("document.activeElement?.blur()")
            hands.page.keyboard.press("n")
            expect(hands.page.locator("#next-error")).not_to_be_empty()
        self.house.do(self.house.crowd.comes(LATE))
        writer = self.people[LATE.first]
        eventually(lambda: LATE.first in self._first_words_of_the_first())
        first, *_ = self.queue_is_shown()
        if wait_for_alarm:
            for hands in (self.anne, self.bilal, self.claire):
                alarm = hands.page.locator(".strip.alarm")
                expect(alarm).to_be_visible(timeout=120_000)
                expect(alarm).to_contain_text("Danger sans réponse depuis")
            self.claire.takes_a_picture(self.pictures, "alarm")
        taken = self.anne.takes_the_next()
        assert taken == first.id
        self.anne.answers_with(DANGER)
        self.reaches(writer, DANGER)
        self.says(writer, LATE.then)
        self.anne.hears(LATE.then)
        for hands in (self.anne, self.bilal, self.claire):
            expect(hands.page.locator(".strip.alarm")).to_have_count(0)
        self.anne.ends("Urgence")
        proposal = self.anne.page.get_by_text("Cette conversation était grave.")
        expect(proposal).to_be_visible()
        self.anne.opens(min(self.anne.mine()))
        expect(proposal).to_have_count(0)

    def a_picture_is_looked_at(self) -> None:
        """Sent from a phone, blurred, shown by a click that is recorded."""
        hands, id_, writer = self._held_on("whatsapp")
        hands.opens(id_)
        self.house.do(writer.shows_a_picture())
        hands.reveals_the_picture()
        eventually(lambda: self._recorded(Verb.FILE_REVEALED) == [id_])

    def a_prepared_reply_is_sent(self) -> None:
        self.bilal.opens(min(self.bilal.mine()))
        writer = self.people[self.bilal.first_words()]
        self.reaches(writer, self.bilal.uses_a_prepared_reply("pas"))

    def one_is_passed_on(self) -> None:
        """Anne keeps it until Bilal accepts; the person is told who answers now."""
        id_ = min(self.anne.mine())
        self.anne.opens(id_)
        writer = self.people[self.anne.first_words()]
        self.anne.offers_it_to("Bilal", "préfère parler à un homme")
        self.one_owner()
        assert self.bilal.accepts("préfère parler à un homme") == id_
        expect(self.anne.page.locator(f"button.item[data-id='{id_}']")).to_have_count(0)
        self.one_owner()
        self.bilal.answers_with(SECOND)
        self.reaches(writer, SECOND)

    def the_board_tells_the_same(self) -> None:
        """Who is there and what they hold, as the database has it."""
        board = self.claire.looks_at_the_board()
        team = board.get_by_role("group", name="Équipe")
        for hands in (self.anne, self.bilal):
            row = team.get_by_role("row").filter(has_text=hands.login.title())
            expect(row.get_by_role("cell").last).to_have_text(
                str(len(self.house.held_by(hands.login)))
            )
        self.claire.takes_a_picture(self.pictures, "board")
        self.claire.goes_back_to_the_desk()

    def one_vanishes(self, meanwhile: Callable[[], None]) -> None:
        """What Bilal held comes back at the head, and each person is told."""
        held = self.house.held_by("bilal")
        told = {id_: self._service_messages(id_) for id_ in held}
        self.bilal.vanishes()
        meanwhile()
        end = time.monotonic() + MISSED_WITHIN
        while self.house.held_by("bilal"):
            assert time.monotonic() < end, "nobody missed who vanished"
            time.sleep(0.5)
        line = self.queue_is_shown()
        for urgency in Urgency:
            same = [one.id in held for one in line if one.assessment.urgency is urgency]
            assert same == sorted(same, reverse=True), "given back, and not at the head"
        assert held <= {one.id for one in line}
        for id_ in held:
            eventually(lambda one=id_: self._service_messages(one) > told[one])
        self.bilal.sits_down()
        assert self.bilal.mine() == set()

    def a_call_is_noted(self) -> None:
        """A caller gets a ticket; its end is taken back once, and then it ends."""
        id_ = self.anne.notes_a_call("la mère appelle du travail")
        self.anne.ends("Aide apportée")
        self.anne.page.get_by_role("button", name="Annuler la fin").click()
        item = self.anne.page.locator(f"button.item[data-id='{id_}']")
        expect(item).to_have_attribute("aria-current", "true")
        self.anne.ends("Aide apportée")

    def an_end_is_taken_back(self) -> None:
        id_ = min(self.anne.mine())
        self.anne.opens(id_)
        writer = self.people[self.anne.first_words()]
        self.anne.ends("Orientation")
        self.anne.takes_the_end_back()
        assert self.anne.here() == id_
        self.anne.answers_with(SECOND)
        self.reaches(writer, SECOND)

    def all_are_helped(self) -> None:
        """Until nobody waits and nobody is held."""
        turn = 0
        while self.house.waiting() or self.anne.mine() or self.bilal.mine():
            hands = (self.anne, self.bilal)[turn % 2]
            turn += 1
            while mine := hands.mine():
                hands.opens(min(mine))
                writer = self.people[hands.first_words()]
                hands.answers_with(GOODBYE)
                self.reaches(writer, GOODBYE)
                hands.ends("Aide apportée")
            for _ in range(min(self.capacity, len(self.house.waiting()))):
                self.goes_on(hands)
            self.one_owner()
        for hands in (self.anne, self.bilal, self.claire):
            expect(hands.page.locator(".row:not(.left)")).to_have_count(0)

    def goes_on(self, hands: Hands) -> None:
        """The next one, who may have spoken with somebody before."""
        id_ = hands.takes_the_next()
        writer = self.people[hands.first_words()]
        words = f"C'est {hands.login.title()}, je suis là maintenant."
        hands.answers_with(words)
        self.reaches(writer, words)
        if writer.story.then not in writer.sent:
            self.says(writer, writer.story.then)
            hands.hears(writer.story.then)
        assert hands.here() == id_

    def accounts(self) -> None:
        """Nothing lost, nothing twice, danger first, all of it seen."""
        screens = {"anne": self.anne, "bilal": self.bilal, "claire": self.claire}
        for hands in screens.values():
            hands.remembers()
            assert hands.errors == []
        eyes = {name: hands.eyes for name, hands in screens.items()}
        for name, each in eyes.items():
            assert each.rows > 0, f"{name} never saw the queue"
            assert each.twice == [], f"{name} saw a message twice"
            assert each.order == [], f"{name} saw danger below another"
        everything = self.house.everything()
        written = [one for one in everything if one[0].channel != "telephone"]
        assert len(written) == len(self.people), "a conversation is missing, or there are two"
        answers = [
            (name, id_, words) for name, one in screens.items() for id_, words in one.answers
        ]
        wrong: list[str] = []
        for conversation, kept in written:
            writer = self.people[kept_first(kept)]
            ours = [one for one in kept if one.author is not Author.PERSON]
            eventually(lambda w=writer, n=len(ours): len(w.got) >= n)
            assert conversation.closed_at is not None
            said = [one.text for one in kept if one.author is Author.LISTENER]
            mine = [(who, words) for who, id_, words in answers if id_ == conversation.id]
            # Two who answered in turn: in the order in which it was kept.
            mine.sort(key=lambda one: said.index(one[1]) if one[1] in said else len(said))
            channel = conversation.channel
            case = Case(conversation.id, channel, writer.sent, writer.got, kept, mine)
            wrong += lacks(case, eyes)
        assert wrong == [], "\n".join(wrong)
        answered_on = {one.channel for one, _ in written if any(i == one.id for _, i, _ in answers)}
        assert answered_on == {one.story.channel for one in self.people.values()}

    # Small helps

    def _held_on(self, channel: str) -> tuple[Hands, str, Writer]:
        for hands in (self.anne, self.bilal):
            for one in self.house.do(self.house.store.held_by(self.house.staff[hands.login])):
                if one.channel == channel:
                    kept = self.house.do(self.house.store.messages(one.id))
                    return hands, one.id, self.people[kept_first(list(kept))]
        raise AssertionError(f"nobody holds anybody on {channel}")

    def _first_words_of_the_first(self) -> list[str]:
        first, *_ = self.house.waiting()
        return [one.text for one in self.house.do(self.house.store.messages(first.id))]

    def _recorded(self, verb: Verb) -> list[str | None]:
        return [entry.conversation for entry in self.house.audit(verb)]

    def _service_messages(self, id_: str) -> int:
        kept = self.house.do(self.house.store.messages(id_))
        return sum(one.author is Author.SERVICE for one in kept)


def kept_first(kept: Sequence[object]) -> str:
    """What the person wrote first."""
    return next(one.text for one in kept if one.author is Author.PERSON)


def play(
    chromium: Browser,
    house: House,
    stories: Sequence[Story],
    *,
    capacity: int,
    wait_for_alarm: bool = False,
    pictures: Path | None = None,
) -> dict[str, float]:
    """From the first message to the last end; how many seconds each part took."""
    took: dict[str, float] = {}
    hands = [Hands(chromium, house, login) for login in ("anne", "bilal", "claire")]
    shift = Shift(house, *hands, capacity=capacity, pictures=pictures)

    def part(name: str, work: Callable[[], None]) -> None:
        begun = time.monotonic()
        work()
        took[name] = round(time.monotonic() - begun, 1)

    part("everybody writes", lambda: shift.everybody_writes(stories))
    part("first hands", shift.first_hands)
    if pictures is not None:
        shift.anne.opens(shift.anne.items.first.get_attribute("data-id") or "")
        shift.anne.takes_a_picture(pictures, "queue")
    part("danger", lambda: shift.danger_while_all_are_busy(wait_for_alarm=wait_for_alarm))
    part("a picture", shift.a_picture_is_looked_at)
    part("a prepared reply", shift.a_prepared_reply_is_sent)
    part("passed on", shift.one_is_passed_on)
    part("the board", shift.the_board_tells_the_same)

    def meanwhile() -> None:
        shift.a_call_is_noted()
        shift.an_end_is_taken_back()

    part("one vanishes", lambda: shift.one_vanishes(meanwhile))
    part("all are helped", shift.all_are_helped)
    part("accounts", shift.accounts)
    for one in hands:
        one.page.context.close()
    return took
