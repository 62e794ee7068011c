"""The danger screen: what it must catch, what it must leave alone, and what it promises of any
text."""

import json
import threading
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.screen import SpacyScreen
from bot.screen.lexicon import ALIASES, SKIPPED, VERB_FORMS
from bot.screen.rules import parse_rules, words_of
from bot.screen.signs import LEMMAS
from bot.screen.verbs import lemma_forms, verb_forms
from core.assessment import Assessment
from core.labels import AgeBand, Issue, Role, Urgency

CASES: list[dict[str, Any]] = [
    json.loads(line)
    for line in Path(__file__).with_name("danger_cases.jsonl").read_text("utf-8").splitlines()
]
TEXTS = [case["text"] for case in CASES]


@cache
def screen() -> SpacyScreen:
    return SpacyScreen()


def assess(text: str) -> Assessment:
    return screen().screen(text).assessment


def cases(kind: str, urgency: str | None = None) -> list[str]:
    return [c["text"] for c in CASES if c["kind"] == kind and urgency in (None, c["urgency"])]


def test_recall_of_danger() -> None:
    missed = [t for t in cases("danger") if assess(t).urgency.rank < Urgency.ELEVEE.rank]
    assert len(missed) <= len(cases("danger")) * 0.05, missed


def test_recall_of_critical_danger() -> None:
    critical = cases("danger", "critique")
    lower = [t for t in critical if assess(t).urgency is not Urgency.CRITIQUE]
    assert len(lower) <= len(critical) * 0.12, lower


def test_false_alarms() -> None:
    alarmed = [t for t in cases("calm") if assess(t).urgency.rank >= Urgency.ELEVEE.rank]
    assert len(alarmed) <= len(cases("calm")) * 0.02, alarmed


def heldout(*urgencies: str) -> list[Urgency]:
    path = Path(__file__).with_name("danger_heldout.jsonl")
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    return [assess(row["text"]).urgency for row in rows if row["urgency"] in urgencies]


def test_messages_never_tuned_on() -> None:
    """Written last, run once, never read again while writing rules: the floors lie a little below
    that first run (26 and 29 of 32, 26 of 28; 10 alarms in 82). They are no goal."""
    high = (Urgency.ELEVEE, Urgency.CRITIQUE)
    critical, raised, calm = heldout("critique"), heldout("elevee"), heldout("faible")
    seen = sum(u in high for u in critical)
    sure = critical.count(Urgency.CRITIQUE)
    found = sum(u in high for u in raised)
    alarms = sum(u in high for u in calm)
    print(f"critique {sure} and {seen}/{len(critical)}, elevee {found}/{len(raised)}, "
          f"alarms {alarms}/{len(calm)}")  # fmt: skip
    assert seen >= 0.85 * len(critical)
    assert sure >= 0.75 * len(critical)
    assert found >= 0.85 * len(raised)
    assert alarms <= 0.15 * len(calm)


def test_the_sample_is_large_enough_to_mean_something() -> None:
    assert len(cases("danger")) >= 120
    assert len(cases("calm")) >= 150


@pytest.mark.parametrize(
    "disguised",
    [
        "je vais me tuer",
        "JE VAIS ME TUER",
        "jvais me tuer",
        "jvé me tué",
        "je vais me su1c1der",
        "je vais me sui\u200bcider",
        "je vаis me tuеr",  # Cyrillic а and е
        "𝐣𝐞 𝐯𝐚𝐢𝐬 𝐦𝐞 𝐭𝐮𝐞𝐫",
        "ｊｅ ｖａｉｓ ｍｅ ｔｕｅｒ",
        "je  vais   me    tuuuuuer",
        "j e v a i s m e t u e r",
        "je vais me s.u.i.c.i.d.e.r",
        "je vais me suicder",
        "je vais me s*icider",
        "je vais me s**cider",
        "je vais me t*er",
        "je vais me p**dre",
    ],
)
def test_disguises_do_not_help(disguised: str) -> None:
    assert assess(disguised).urgency is Urgency.CRITIQUE


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("👩‍👩‍👧 ok. Je vais me tuer ce soir", "vais me tuer"),
        ("ﬁn du match… j'veux m\u0301ourir", "j'veux m\u0301ourir"),
        ("salut 😭😭 je me scarifie", "me scarifie"),
        ("bon M O U R I R je veux M O U R I R voila", "veux M O U R I R"),
    ],
)
def test_offsets_point_into_the_original_text(said: str, words: str) -> None:
    quoted = [said[r.start : r.end] for r in assess(said).reasons]
    assert any(words in q or q in words for q in quoted), quoted


@pytest.mark.parametrize(
    ("said", "issue"),
    [
        ("je veux mourir", Issue.IDEATION_SUICIDAIRE),
        ("mon père me frappe", Issue.DANGER_PHYSIQUE),
        ("il me fait du chantage avec mes photos intimes", Issue.SEXTORSION),
        ("un homme de 30 ans veut me voir, j'ai 12 ans", Issue.GROOMING),
        ("comment changer ma photo", None),
    ],
)
def test_the_issue_is_named_where_the_words_name_it(said: str, issue: Issue | None) -> None:
    assert assess(said).issue is issue


@pytest.mark.parametrize(
    ("said", "role"),
    [
        ("ma fille de 12 ans est harcelée", Role.PARENT),
        ("je suis sa grand-mère", Role.PARENT),
        ("ma meilleure amie va mal", Role.TEMOIN_AMI),
        ("mon petit frère se fait insulter", Role.TEMOIN_AMI),
        ("je suis CPE dans un collège", Role.PROFESSIONNEL),
        ("j'ai 14 ans et on m'insulte", Role.VICTIME_MINEURE),
        ("on m'insulte dans ma classe", Role.VICTIME_MINEURE),
        ("j'ai 27 ans, on me menace", Role.VICTIME_MAJEURE),
        # Whether a minor or an adult says so is for the classifier.
        ("on m'insulte", None),
        ("le harcèlement, définition", None),
    ],
)
def test_roles(said: str, role: Role | None) -> None:
    assert assess(said).role is role


@pytest.mark.parametrize(
    ("said", "platform"),
    [
        ("sur insta et snap", "instagram+snapchat"),
        ("un message wapp puis fb", "whatsapp+facebook"),
        ("sur Tik Tok", "tiktok"),
        ("dans ma story du groupe de classe", None),
        ("on est allés au coco bar", None),
    ],
)
def test_platforms_are_named_never_guessed(said: str, platform: str | None) -> None:
    assert assess(said).platform == platform


@pytest.mark.parametrize(
    ("said", "band"),
    [
        ("j'ai 12 ans", AgeBand.MOINS_13),
        ("g 14 ans", AgeBand.MOINS_15),
        ("jai 17ans", AgeBand.DE_15_A_17),
        ("j'ai 18 ans", AgeBand.MAJEUR),
        ("mon fils de 9 ans", AgeBand.MOINS_13),
        ("j'ai 300 ans", None),
        ("bonjour", None),
    ],
)
def test_age_bands(said: str, band: AgeBand | None) -> None:
    assert assess(said).age_band is band


def test_a_sum_is_shown_whole() -> None:
    said = "un mec a mes nudes il veut 200e"
    shown = {said[r.start : r.end] for r in assess(said).reasons}
    assert "200e" in shown
    assert "e" not in shown


def test_stars_are_read_as_letters_only_where_they_hide_danger() -> None:
    assert assess("c'est *super* m*gique, p*tain").reasons == ()


def test_a_joke_needs_a_marker_and_a_small_cause() -> None:
    assert assess("encore un contrôle, je vais me tuer mdr").urgency is Urgency.FAIBLE
    assert assess("je vais me tuer mdr").urgency is Urgency.ELEVEE
    assert assess("je vais me tuer").urgency is Urgency.CRITIQUE
    assert assess("j'ai avalé toute la boîte de médocs mdr").urgency is Urgency.CRITIQUE


def test_a_joke_counts_on_its_own_line_only() -> None:
    said = "encore un contrôle, je vais me tuer"
    assert assess(said + " ! mdr").urgency is Urgency.FAIBLE
    assert assess(said + "\nmdr").urgency is Urgency.CRITIQUE


@pytest.mark.parametrize(
    "denied",
    [
        "je pense pas au suicide",
        "je ne pense vraiment pas au suicide",
        "je vais pas me tuer",
        "je veux surtout pas mourir",
        "j'ai pas envie de mourir",
        "je me suis jamais scarifiée",
        "je n'ai aucune idée suicidaire",
        "personne me menace",
        "il me fait pas de chantage",
    ],
)
def test_what_is_denied_raises_nothing(denied: str) -> None:
    assert assess(denied).urgency is Urgency.FAIBLE


def test_a_denial_does_not_cover_what_follows_it() -> None:
    assert assess("je veux pas mourir").urgency is Urgency.FAIBLE
    assert assess("je veux pas mourir mais je me scarifie").urgency is Urgency.ELEVEE
    assert assess("c'est pas une blague je veux mourir").urgency is Urgency.ELEVEE
    assert assess("jsuis pas folle je me scarifie").urgency is Urgency.ELEVEE
    assert assess("personne ne sait que je me scarifie").urgency is Urgency.ELEVEE


@pytest.mark.parametrize(
    "text",
    ["", " ", "\n", "😂" * 500, "\ud800", "\x00\x01", "ﷺ" * 200, "aGVsbG8gd29ybGQ=" * 400,
     "سلام 你好 שלום привет", "je vais me tuer " * 6000, "a " * 50_000, "x" * 100_000,
     "je ai " * 3000, "-" * 50_000, "s-" * 30_000, "1" * 20_000, "((((" * 9000],
)  # fmt: skip
def test_never_raises_for_odd_texts(text: str) -> None:
    found = assess(text)
    assert not found.incomplete
    assert all(0 <= r.start < r.end <= len(text) for r in found.reasons)


def test_danger_is_found_at_the_end_of_a_very_long_text() -> None:
    assert assess("bla bla. " * 11_000 + "je vais me suicider").urgency is Urgency.CRITIQUE


anything = st.one_of(
    st.text(max_size=200),
    st.lists(st.sampled_from(TEXTS), max_size=4).map(" ".join),
    st.lists(st.sampled_from(" ".join(TEXTS).split()), max_size=40).map(" ".join),
)


@settings(max_examples=300)
@given(anything)
def test_any_text_is_screened_without_error_and_offsets_lie_within(text: str) -> None:
    found = assess(text)
    assert not found.incomplete
    assert all(0 <= r.start < r.end <= len(text) for r in found.reasons)
    screen().glance(text)


@settings(max_examples=300)
@given(anything, anything)
def test_more_text_never_calms_the_screen(said: str, more: str) -> None:
    assert assess(said + "\n" + more).urgency.rank >= assess(said).urgency.rank


def test_threads_agree() -> None:
    expected = [assess(t) for t in TEXTS]
    found: list[list[Assessment]] = []
    threads = [
        threading.Thread(target=lambda: found.append([assess(t) for t in TEXTS])) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [expected] * 4


def test_glance_sees_most_danger() -> None:
    danger = cases("danger")
    assert sum(screen().glance(t) for t in danger) >= len(danger) * 0.9


def test_rules_use_words_that_can_occur() -> None:
    """A word that is skipped or always respelled would make its rule dead."""
    dead = {w for w in words_of(parse_rules()) if w in SKIPPED or ALIASES.get(w, w) != w}
    assert not dead


def test_verb_forms_are_those_of_the_french_tables() -> None:
    assert json.loads(VERB_FORMS.read_text("utf-8")) == verb_forms()
    assert json.loads(LEMMAS.read_text("utf-8")) == lemma_forms()


def test_signs_add_up() -> None:
    assert assess("j'ai une lame").urgency is Urgency.FAIBLE
    assert assess("j'ai une lame, je vais aller jusqu'au bout ce soir").urgency is Urgency.CRITIQUE


def test_what_is_read_leaves_no_word_behind() -> None:
    vocab = screen()._syntax._nlp.vocab
    before = len(vocab.strings)
    assess("je vais me tuer chez Zorglubette ce soir")
    assert len(vocab.strings) == before
    assert "zorglubette" not in vocab.strings


@pytest.mark.parametrize(
    "idiom",
    [
        "je me tue à lui expliquer les réglages",
        "ça me tue",
        "tu me tues",
        "il m'a tapé un scandale",
        "ma soeur saute de joie",
    ],
)
def test_set_phrases_raise_nothing(idiom: str) -> None:
    assert assess(idiom).urgency is Urgency.FAIBLE
