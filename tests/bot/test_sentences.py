"""The rules of the catalogue: words a person in distress can read, and nothing we cannot keep."""

import ast
import re
from pathlib import Path

import pytest
import yaml

from actions import gestures
from bot.commands import command_in
from bot.sentences import Catalogue, CatalogueError, MissingValue, UnknownSentence
from core import opinion
from core.labels import Address

ROOT = Path(__file__).parents[2]
CATALOGUE = Catalogue.load()


def straight(text: str) -> str:
    """A sentence with the apostrophe of the rules below, which say ' for both."""
    return text.replace("’", "'")


FORMS = [
    pytest.param(name, address, straight(entry.forms[address]), id=f"{name}-{address}")
    for name, entry in CATALOGUE.sentences.items()
    for address in Address
]

NOTICES = (
    "welcome", "handed_over", "handed_over_after_failure", "still_waiting", "danger_numbers",
    "danger_numbers_again", "danger_numbers_violence", "danger_numbers_other", "listener_joined",
    "danger_numbers_waiting", "danger_nobody_came", "gestures_any",
    "listener_lost", "conversation_closed", "unreadable", "new_message", "call_missed",
    "stop_received", "unheard", "no_trace", "group_refused", "choose_button",
    "erase_confirm", "erase_planned", "erase_cancelled", "erase_nothing",
    "listener_changed", "listener_handed_back", "back_to_bot", "conversation_reopened",
    *sorted(opinion.SENTENCES),
)  # fmt: skip
SERVICES = yaml.safe_load((ROOT / "handoff/directory.yml").read_text(encoding="utf-8"))["services"]
NUMBERS = {each[way] for each in SERVICES for way in ("number", "sms") if way in each}
SITES = {re.sub(r"^https://(www\.)?", "", each["link"]) for each in SERVICES if "link" in each}
# Ages in questions are not numbers to call.
AGES = {"13", "14", "15", "17", "18"}


@pytest.mark.parametrize("name", NOTICES)
def test_every_notice_of_the_gateway_exists(name: str) -> None:
    assert name in CATALOGUE.sentences


@pytest.mark.parametrize(("name", "address", "text"), FORMS)
def test_sentences_are_short(name: str, address: Address, text: str) -> None:
    for sentence in re.split(r"[.!?…]+(?:\s|$)", text):
        assert len(re.findall(r"[\w{}'’-]+", sentence)) <= 15, sentence


# Orders to be calm, secrecy promised, blame, help that is no help, an image asked for.
NEVER = re.compile(
    r"\bcalme(?:-toi|z-vous| toi)|\brestez? calme|\bdétends-toi|\bne t'inquiète|\bce n'est rien"
    r"|\btout reste secret|\brien ne sortira|\btotalement confidentiel|\b100 ?%|\bpromis\b"
    r"|\bje (?:te|vous) promets|\bpersonne ne saura|\bje ne dirai rien"
    r"|\b(?:ta|votre) faute|\btu aurais dû|\bvous auriez dû|\btu n'aurais pas|\bvous n'auriez pas"
    r"|\bpourquoi (?:as-tu|avez-vous|tu as|vous avez)|\bil ne fallait pas|\bimprudent|\bnaïf"
    r"|\bnégoci|\bgagne du temps|\bgagnez du temps|\bfais semblant|\bfaites semblant"
    r"|\benvoie-(?:moi|nous)|\benvoyez-(?:moi|nous)"
    r"|\b(?:envoie|envoyez|montre|montrez|joins|joignez) (?:une|la|les|des|ta|tes|votre|vos) "
    r"(?:photo|image|vidéo|capture)"
)
# To pay, to send, to answer is named only to be advised against.
REFUSED = re.compile(r"\bpa(?:ie|yez|yer)\b|\brenv(?:oie|oyez|oyer)\b")
ADVISED_AGAINST = re.compile(r"\b(?:ne|n'|pas|plus|rien|personne n'|sans)\b|n'arrête pas")


@pytest.mark.parametrize(("name", "address", "text"), FORMS)
def test_words_we_never_use(name: str, address: Address, text: str) -> None:
    found = NEVER.search(text.lower())
    # "Non, n'envoie jamais l'image": a prohibition is no request.
    assert found is None, found


@pytest.mark.parametrize(("name", "address", "text"), FORMS)
def test_to_pay_is_never_advised(name: str, address: Address, text: str) -> None:
    for sentence in re.split(r"[.!?…]+(?:\s|$)", text.lower()):
        if REFUSED.search(sentence):
            assert ADVISED_AGAINST.search(sentence), sentence


@pytest.mark.parametrize(("name", "address", "text"), FORMS)
def test_a_turn_is_read_in_a_moment(name: str, address: Address, text: str) -> None:
    sentences = [part for part in re.split(r"(?<!\d)[.!?…]+(?:\s|$)", text) if part.strip()]
    assert len(sentences) <= 6, sentences


@pytest.mark.parametrize("address", list(Address))
@pytest.mark.parametrize("issue", ["sextorsion", "arnaque", "piratage_compte"])
def test_who_may_pay_is_told_not_to(issue: str, address: Address) -> None:
    for path in ("", *(f"_{p}" for p, issues in gestures.PATHS.items() if issue in issues)):
        text = CATALOGUE.sentences[f"gesture_{issue}{path}"].forms[address]
        assert re.search(r"\b(?:ne|pas|personne) (?:pas )?(?:paie|payez|payer)", text.lower()), path


@pytest.mark.parametrize("address", list(Address))
@pytest.mark.parametrize(
    "issue",
    ["sextorsion", "cyberharcelement", "haine_discrimination", "revenge_porn", "grooming",
     "violences_sexistes", "usurpation_identite", "arnaque"],
)  # fmt: skip
def test_the_proof_is_kept_on_every_path(issue: str, address: Address) -> None:
    kept = re.compile(r"garde|captures|note|gardés|ne supprime")
    for path in ("", *(f"_{p}" for p, issues in gestures.PATHS.items() if issue in issues)):
        text = CATALOGUE.sentences[f"gesture_{issue}{path}"].forms[address]
        assert kept.search(text.lower()), path


@pytest.mark.parametrize("language", ["en", "es", "ar", "other"])
def test_in_another_language_a_person_and_the_numbers_are_named(language: str) -> None:
    for text in CATALOGUE.sentences[f"language_{language}"].forms.values():
        assert {"15", "112", "114"} <= set(re.findall(r"\d+", text))
        assert re.search(r"person|wahed", text)


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
    without_sites = re.sub(r"[\w-]+(?:\.[\w-]+)*\.(?:fr|com|org|net)\b", "", text)
    for number in re.findall(r"(?<!\w)\d[\d ]*\d(?!\w)|(?<!\w)\d(?!\w)", without_sites):
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
                 "danger_numbers_other", "danger_nobody_came", "danger_support",
                 "danger_heard"):  # fmt: skip
        assert CATALOGUE.sentences[name].urgent
        assert CATALOGUE.sentences[name].choices == ()


def test_every_question_leaves_the_door_to_a_person_open() -> None:
    for name, entry in CATALOGUE.sentences.items():
        if name.startswith(
            (
                "ask_",
                "off_topic",
                "rephrase",
                "start_",
                "tell_more",
                "faq_",
                "it_works",
                "insult_",
                "injection_",
            )
        ):
            assert "human" in [choice.id for choice in entry.choices], name


def strings(path: Path) -> set[str]:
    """Every string a module of the actions holds, but for what it says of itself."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {
        n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)
    }


def said_by_the_bot() -> set[str]:
    """The ids of all sentences that Rasa, its rules or its actions may answer with."""
    said = set()
    for path in sorted((ROOT / "bot/rasa/domain").glob("*.yml")):
        said |= set(re.findall(r"\bsentence: (\w+)", path.read_text(encoding="utf-8")))
    held = set().union(*(strings(path) for path in (ROOT / "actions").glob("*.py")))
    ids = re.compile(
        r"(?:faq|already|services|shame|fear|off_topic|complete|asked_human|danger|not_understood"
        r"|declined|rephrase|tell_more|start_anywhere|call_heard|heard|question_kept|refusal_accepted|read_too"
        r"|it_works|insult_met|injection_met|deadline_tonight|image_sent|take_your_time)(?:_[a-z_]+)?"
    )
    not_said = {"danger", "danger_physique"}  # an intent, a reason and a label
    said |= {text for text in held if ids.fullmatch(text)} - not_said
    rules = yaml.safe_load((ROOT / "bot/rasa/rules/triage.yml").read_text(encoding="utf-8"))
    problems = [i["intent"] for i in rules["rules"][0]["steps"][0]["or"]]
    assert set(problems) == set(gestures.PROBLEMS)
    said |= {f"gesture_{problem}" for problem in problems}
    said |= {f"gesture_{p}_{path}" for path, listed in gestures.PATHS.items() for p in listed}
    said |= {f"path_{path}" for path in gestures.PATHS}
    steering = (ROOT / "bot/rasa/channels/steering.py").read_text(encoding="utf-8")
    tongues = set(re.findall(r"^    \"(\w\w)\": frozenset", steering, re.MULTILINE)) | {"other"}
    return said | {f"language_{tongue}" for tongue in tongues}


def test_the_bot_says_only_sentences_of_the_catalogue() -> None:
    said = said_by_the_bot()
    assert len(said) > 80
    assert said <= set(CATALOGUE.sentences), said - set(CATALOGUE.sentences)


def test_no_sentence_of_the_catalogue_is_left_unsaid() -> None:
    gateway = "".join(
        path.read_text(encoding="utf-8")
        for folder in ("core", "gateway", "handoff")
        for path in (ROOT / folder).rglob("*.py")
    )
    notices = {name for name in CATALOGUE.sentences if f'"{name}"' in gateway}
    unsaid = set(CATALOGUE.sentences) - said_by_the_bot() - notices - set(NOTICES)
    assert not unsaid


def test_every_choice_means_something_to_the_bot() -> None:
    channel = (ROOT / "bot/rasa/channels/understanding.py").read_text(encoding="utf-8")
    known = set(re.findall(r"^    \"(\w+)\": \"\w+\",$", channel, re.MULTILINE))
    offered = {c.id for entry in CATALOGUE.sentences.values() for c in entry.choices}
    orders = {c for c in offered if command_in("", c, erasing=True, asked=None) is not None}
    assert offered <= known | orders | set(opinion.CHOICES)


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
