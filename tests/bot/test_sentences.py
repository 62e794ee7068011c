"""The rules of the catalogue: words a person in distress can read, and nothing we cannot keep."""

import re
from pathlib import Path

import pytest
import yaml

from bot.sentences import Catalogue, CatalogueError, MissingValue, UnknownSentence
from core.labels import Address

ROOT = Path(__file__).parents[2]
CATALOGUE = Catalogue.load()
FORMS = [
    pytest.param(name, address, entry.forms[address], id=f"{name}-{address}")
    for name, entry in CATALOGUE.sentences.items()
    for address in Address
]

NOTICES = (
    "welcome", "handed_over", "handed_over_after_failure", "still_waiting", "danger_numbers",
    "danger_numbers_again", "danger_numbers_violence", "danger_numbers_other", "listener_joined",
    "listener_lost", "conversation_closed", "unreadable",
    "stop_received",
)  # fmt: skip
NUMBERS = {"15", "17", "18", "112", "114", "3114", "119", "3018", "3919"}
SITES = {"17cyber.gouv.fr"}
# Ages in questions are not numbers to call.
AGES = {"13", "14", "15", "17", "18"}


@pytest.mark.parametrize("name", NOTICES)
def test_every_notice_of_the_gateway_exists(name: str) -> None:
    assert name in CATALOGUE.sentences


@pytest.mark.parametrize(("name", "address", "text"), FORMS)
def test_sentences_are_short(name: str, address: Address, text: str) -> None:
    for sentence in re.split(r"[.!?…]+(?:\s|$)", text):
        assert len(re.findall(r"[\w{}'’-]+", sentence)) <= 15, sentence


@pytest.mark.parametrize(("name", "address", "text"), FORMS)
def test_words_we_never_use(name: str, address: Address, text: str) -> None:
    low = text.lower()
    for never in ("calme-toi", "calmez-vous", "calme toi", "tout reste secret", "rien ne sortira",
                  "totalement confidentiel", "100 %", "promis", "négocie", "envoie une photo",
                  "envoie-moi", "ta faute", "votre faute"):  # fmt: skip
        assert never not in low


@pytest.mark.parametrize(("name", "address", "text"), FORMS)
def test_address_is_kept(name: str, address: Address, text: str) -> None:
    words = set(re.findall(r"\w+", text.lower()))
    elided = set(re.findall(r"\b([a-zà-ÿ])['’]", text.lower()))
    if address is Address.VOUS:
        assert not words & {"tu", "te", "toi", "ton", "ta", "tes", "tien", "tienne"}
        assert "t" not in elided
    else:
        # "un rendez-vous" is a word of its own.
        assert not (words - ({"vous"} if "rendez-vous" in text else set())) & {
            "vous", "votre", "vos", "vôtre"
        }  # fmt: skip


@pytest.mark.parametrize(("name", "address", "text"), FORMS)
def test_numbers_are_known(name: str, address: Address, text: str) -> None:
    for number in re.findall(r"(?<![\w.])\d[\d ]*\d?(?![\w.]*\w)", text):
        assert number.strip() in NUMBERS
    for site in re.findall(r"[\w-]+(?:\.[\w-]+)*\.(?:fr|com|org|net)\b", text):
        assert site in SITES


def test_choices_fit_a_button() -> None:
    for name, entry in CATALOGUE.sentences.items():
        assert len(entry.choices) <= 5, name
        for choice in entry.choices:
            assert len(choice.title) <= 20, choice
            assert not set(re.findall(r"\d+", choice.title)) - AGES


def test_urgent_sentences_carry_no_choices() -> None:
    for name in ("danger_numbers", "danger_numbers_again", "danger_numbers_violence",
                 "danger_numbers_other", "danger_support", "danger_heard"):  # fmt: skip
        assert CATALOGUE.sentences[name].urgent
        assert CATALOGUE.sentences[name].choices == ()


def test_every_question_leaves_the_door_to_a_person_open() -> None:
    for name, entry in CATALOGUE.sentences.items():
        if name.startswith(("ask_", "off_topic", "rephrase", "faq_")):
            assert "human" in [choice.id for choice in entry.choices], name


def test_the_bot_says_only_sentences_of_the_catalogue() -> None:
    said = set()
    for path in sorted((ROOT / "bot/rasa/domain").glob("*.yml")):
        said |= set(re.findall(r"\bsentence: (\w+)", path.read_text(encoding="utf-8")))
    actions = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "actions").glob("*.py"))
    said |= set(re.findall(r"\"(faq_\w+|off_topic(?:_again)?|rephrase|tell_more)\"", actions))
    said |= {s for pair in re.findall(r"sentence = \"(\w+)\"|say\(dispatcher, \"(\w+)\"", actions)
             for s in pair if s}  # fmt: skip
    said |= set(re.findall(r"\": \"(complete|asked_human|danger_support|not_understood|declined)",
                           actions))  # fmt: skip
    # StartTriage says gesture_<problem>: one for each label the rule lists.
    rules = yaml.safe_load((ROOT / "bot/rasa/rules/triage.yml").read_text(encoding="utf-8"))
    problems = [i["intent"] for i in rules["rules"][0]["steps"][0]["or"]]
    said |= {f"gesture_{problem}" for problem in problems}
    listed = actions[actions.index("FOR_PARENTS = (") :].split(")")[0]
    parents = re.findall(r"\"(\w+)\"", listed)
    assert parents
    said |= {f"gesture_{problem}_parent" for problem in parents}
    assert len(said) > 30
    assert said <= set(CATALOGUE.sentences)


def test_every_choice_means_something_to_the_bot() -> None:
    channel = (ROOT / "bot/rasa/channels/understanding.py").read_text(encoding="utf-8")
    known = set(re.findall(r"^    \"(\w+)\": \"\w+\",$", channel, re.MULTILINE))
    offered = {c.id for entry in CATALOGUE.sentences.values() for c in entry.choices}
    assert offered <= known


def test_values_are_filled_once_and_required() -> None:
    phrase = CATALOGUE.say("listener_joined", Address.TU, {"name": "{name}"})
    assert phrase.text.startswith("{name} prend")
    with pytest.raises(MissingValue):
        CATALOGUE.say("listener_joined", Address.VOUS)
    with pytest.raises(UnknownSentence):
        CATALOGUE.say("no_such_sentence", Address.TU)


def test_a_form_that_is_missing_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "sentences.yml"
    file.write_text("sentences: {a: {tu: salut}}", encoding="utf-8")
    with pytest.raises(CatalogueError, match="a: needs both forms"):
        Catalogue.load(file)


def test_a_choice_without_a_title_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "sentences.yml"
    file.write_text("sentences: {a: {tu: salut, vous: bonjour, choices: [b]}}", encoding="utf-8")
    with pytest.raises(CatalogueError, match="choice without a title: b"):
        Catalogue.load(file)
