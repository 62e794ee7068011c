"""The directory: one source of every number, fitting services, and what the person agreed to."""

import ast
import asyncio
import copy
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.sentences import Catalogue
from core import transitions
from core.assessment import Assessment
from core.directory import DirectoryError, directory_from
from core.ids import new_id
from core.labels import Address, AgeBand, Issue, Urgency
from core.regions import numbers_abroad
from handoff.orientations import first_directory
from tests.builders import NOON
from tests.core.test_transitions import ANNE, held
from tests.fakes import Echo
from tests.gateway.gateways import Running, Visit, running
from tests.handoff.test_console_api import Console, a_console

ROOT = Path(__file__).parents[2]
DIRECTORY = directory_from(first_directory())
NIGHT = datetime(2026, 6, 11, 1, 0, tzinfo=UTC)


def digits(number: str) -> str:
    return re.sub(r"\D", "", number)


NUMBERS = {digits(n) for s in DIRECTORY.services.values() for n in (s.number, s.sms) if n}
SITES = {
    re.sub(r"^https://(?:www\.)?", "", s.link).split("/")[0]
    for s in DIRECTORY.services.values()
    if s.link
}
# Whatever may reach a screen, and what is written beside it: every file of these kinds, so that a
# new one is read from its first day. What is built from them is read as its source.
KINDS = {
    "actions": {".py"},
    "bot": {".py", ".yml"},
    "connectors": {".py", ".html"},
    "core": {".py", ".yml"},
    "docs": {".md"},
    "gateway": {".py", ".md"},
    "handoff": {".py", ".yml", ".html"},
    "ui": {".ts", ".tsx", ".html"},
}
_NOT_OURS = {"node_modules", ".venv", ".rasa"}
READ = [
    ROOT / "README.md",
    *(
        path
        for folder, kinds in KINDS.items()
        for path in sorted((ROOT / folder).rglob("*"))
        if path.suffix in kinds and not _NOT_OURS & set(path.parts)
    ),
]
# What a form shows as an example of a number.
EXAMPLES = {"0612345678"}
_HELP = re.compile(
    r"(?:tel:|sms:|(?:appelle[zr]?|appeler|call|text)(?: now:)? (?:le |the )?)(\d[\d ]*\d)"
    r"|(?<![\d.,:/\[-])(0[1-9](?:[ .]\d\d){4}|3\d{3}|3\d \d\d(?! \d)|11[249]|116 ?\d{3}|33700"
    r"|0800[ \d]{7,9})(?![\d:/%-]|[.,]\d|\s?[a-zé]*s/)",
    re.IGNORECASE,
)


def words_of(path: Path) -> str:
    """What a file says to people: of Python code its texts, without what it says of itself."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        return text
    nodes = list(ast.walk(ast.parse(text)))
    bodies = [n.body for n in nodes if isinstance(n, _WITH_DOCSTRING) and n.body]
    docstrings = {id(body[0].value) for body in bodies if isinstance(body[0], ast.Expr)}
    texts = [n for n in nodes if isinstance(n, ast.Constant) and id(n) not in docstrings]
    return "\n".join(n.value for n in texts if isinstance(n.value, str))


_WITH_DOCSTRING = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def named_in(text: str) -> set[str]:
    """The telephone numbers that a text names."""
    # A figure in a table or with a unit is no number to call.
    text = re.sub(r"\d[\d,. ]*(?:ms|s|MB|kB|px|/s|x|%|messages|characters|rows|people)\b", "", text)
    text = re.sub(r"[/*%] \d+", "", text)
    return {digits(one or other) for one, other in _HELP.findall(text)}


def test_every_number_that_people_read_is_in_the_one_source() -> None:
    elsewhere = {
        str(path.relative_to(ROOT)): strange
        for path in READ
        if (strange := named_in(words_of(path)) - NUMBERS - EXAMPLES)
    }
    assert elsewhere == {}
    # It read what names numbers most.
    naming = {path.name for path in READ if named_in(words_of(path)) & NUMBERS}
    assert {"sentences.yml", "replies.yml", "directory.yml", "strings.ts", "embed.ts", "index.html",
            "integrer.html", "4-notice-mineurs.md", "payloads.py"} <= naming  # fmt: skip
    assert ROOT / "core/signalement/law.yml" in READ


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("Appelle le 3999.", "3999"),
        ("le 3999, jour et nuit", "3999"),
        ("le 39 99 est gratuit", "3999"),
        ("au 01 99 00 12 34.", "0199001234"),
        ('href="tel:118"', "118"),
        ("le 116 999", "116999"),
        ("le 0800 200 000", "0800200000"),
    ],
)
def test_a_number_is_seen_however_it_is_written(text: str, number: str) -> None:
    assert named_in(text) == {number}
    assert number not in NUMBERS


@pytest.mark.parametrize("text", ["3000 ms", "article 227-23", "1,114 rows", "port 127.0.0.1:3000"])
def test_a_figure_is_no_number_to_call(text: str) -> None:
    assert named_in(text) == set()


def test_the_sentences_name_no_site_but_those_of_the_source() -> None:
    texts = [form for s in Catalogue.load().sentences.values() for form in s.forms.values()]
    named = {
        site for t in texts for site in re.findall(r"[\w-]+(?:\.[\w-]+)*\.(?:fr|net|com)\b", t)
    }
    assert named <= SITES


def test_the_one_tap_numbers_of_the_widget_are_all_of_them() -> None:
    strings = (ROOT / "ui/widget/strings.ts").read_text(encoding="utf-8")
    ours, abroad = strings.split("export const ABROAD")
    called = set(re.findall(r'call\("(\d+)"', ours)) | set(re.findall(r"sms:(\d+)", ours))
    assert {"15", "17", "112", "114", "3114", "119", "3018"} == called
    assert called <= NUMBERS
    assert called.isdisjoint(one_tap(abroad) - {"112"})


def one_tap(strings: str) -> set[str]:
    return {digits(one) for one in re.findall(r'call\("([\d ]+)"', strings)}


def test_who_is_abroad_can_tap_the_numbers_that_they_are_told() -> None:
    strings = (ROOT / "ui/widget/strings.ts").read_text(encoding="utf-8")
    table = strings.split("export const ABROAD")[1].split("\n};")[0]
    parts = re.findall(r'^  "?([A-Z-]+)"?: \[(.*?)\],$', table, re.DOTALL | re.MULTILINE)
    tapped = {region: one_tap(calls) for region, calls in parts}
    sentences = Catalogue.load().sentences
    for region, ours in tapped.items():
        sentence = sentences[numbers_abroad(region) or ""].forms.values()
        told = {digits(n) for text in sentence for n in re.findall(r"\d[\d \u202f\xa0]*", text)}
        assert ours == told, region
        of_region = {s.number for s in DIRECTORY.services.values() if s.region == region}
        assert ours <= {digits(number) for number in of_region if number}, region
    assert set(tapped) == {s.region for s in DIRECTORY.services.values()} - {"FR"}


def test_what_is_said_in_the_directory_names_its_own_number() -> None:
    for service in DIRECTORY.services.values():
        if service.number is None:
            continue
        for text in service.text.values():
            assert digits(service.number) in digits(text), service.id


def test_texts_are_short_and_keep_their_address() -> None:
    entries = [
        *((s.id, a, t) for s in DIRECTORY.services.values() for a, t in s.text.items()),
        *(
            (each.id, address, step)
            for each in DIRECTORY.checklists.values()
            for address, steps in each.steps.items()
            for step in steps
        ),
    ]
    for id_, address, text in entries:
        for sentence in re.split(r"(?<!\w)[.!?…]+|[.!?…]+(?:\s|$)", text):
            assert len(re.findall(r"[\w’'-]+", sentence)) <= 15, (id_, sentence)
        wrong = (
            {"vous", "votre", "vos"} if address is Address.TU else {"tu", "ton", "ta", "tes", "toi"}
        )
        assert not wrong & set(re.findall(r"\w+", text.lower())), (id_, text)


def fitting(about: Assessment, *, now: datetime = NOON, region: str = "FR") -> list[str]:
    fits = DIRECTORY.fitting(about, now=now, is_holiday=lambda _: False, region=region)
    return [each.id for each in fits]


def test_adults_are_directed_to_17cyber_and_minors_are_not() -> None:
    adult = Assessment(issue=Issue.PIRATAGE_COMPTE, age_band=AgeBand.MAJEUR)
    minor = Assessment(issue=Issue.PIRATAGE_COMPTE, age_band=AgeBand.MOINS_15)
    assert fitting(adult)[0] == "cyber"
    assert "enfance_en_danger" not in fitting(adult)
    assert "cyber" not in fitting(minor)
    assert "enfance_en_danger" in fitting(minor)


def test_what_is_not_known_excludes_nothing() -> None:
    unknown = fitting(Assessment(issue=Issue.PIRATAGE_COMPTE))
    assert {"cyber", "enfance_en_danger"} <= set(unknown)


def test_danger_puts_the_emergency_numbers_in() -> None:
    calm = Assessment(issue=Issue.IDEATION_SUICIDAIRE)
    assert "samu" not in fitting(calm)
    grave = Assessment(issue=Issue.IDEATION_SUICIDAIRE, urgency=Urgency.CRITIQUE)
    assert fitting(grave)[0] == "prevention_suicide"
    assert "samu" in fitting(grave)


def test_what_is_shut_is_not_offered() -> None:
    about = Assessment(issue=Issue.CYBERHARCELEMENT)
    assert "violences_numeriques" in fitting(about)
    assert "violences_numeriques" not in fitting(about, now=NIGHT)


def test_who_writes_from_abroad_is_directed_there() -> None:
    assert fitting(Assessment(), region="BE")[0] == "belgique"
    assert fitting(Assessment(), region="CA-QC") == ["quebec"]
    assert "belgique" not in fitting(Assessment())


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"number": None, "link": None, "sms": None}, "no_way"),
        ({"number": "le 15"}, "number"),
        ({"link": "http://17cyber.gouv.fr"}, "link"),
        ({"link": "https://user@17cyber.gouv.fr"}, "link"),
        ({"text": {"tu": "salut"}}, "text"),
        ({"text": {"tu": "x" * 301, "vous": "x"}}, "text"),
        ({"name": ""}, "text"),
        ({"issues": ["inconnu"]}, "form"),
        ({"issues": [["x"]]}, "form"),
        ({"ages": ["vieux"]}, "form"),
        ({"urgency": "énorme"}, "form"),
        ({"hours": "mon 12:00-09:00"}, "inverted"),
        ({"region": "france"}, "form"),
        ({"id": "Samu !"}, "form"),
        ({"id": "police"}, "twice"),
    ],
)
def test_an_entry_that_helps_nobody_is_refused(change: dict[str, Any], code: str) -> None:
    body = copy.deepcopy(dict(first_directory()))
    body["services"][0] |= change
    with pytest.raises(DirectoryError) as caught:
        directory_from(body)
    assert caught.value.code == code


@pytest.mark.parametrize("body", [None, {}, {"services": 1}, {"services": [1]}, {"services": [{}]}])
def test_what_is_no_directory_is_refused(body: object) -> None:
    with pytest.raises(DirectoryError):
        directory_from(body)


# Suggested, and agreed to


def suggested(entry: str = "cyber") -> Any:
    chosen = DIRECTORY.entry(entry)
    assert chosen is not None
    return transitions.suggest(
        held(), ANNE, chosen, client_id="cid-12345", now=NOON, phrases=Catalogue.load()
    )


def test_a_suggestion_is_said_asked_about_and_kept() -> None:
    change = suggested()
    (message,) = change.messages
    assert message.text.splitlines()[1] == "https://17cyber.gouv.fr"
    assert [choice.id for choice in message.choices] == ["orient_yes", "orient_no"]
    (kept,) = change.conversation.orientations
    assert (kept.service, kept.seq, kept.by, kept.agreed) == ("cyber", message.seq, ANNE.id, None)


def test_a_checklist_is_given_without_a_question() -> None:
    (message,) = suggested("plainte").messages
    assert message.choices == ()
    assert message.text.splitlines()[1].startswith("1. ")


def test_the_listener_notes_what_was_said_in_words() -> None:
    conversation = suggested().conversation
    change = transitions.note_agreement(
        conversation, ANNE, "cyber", False, now=NOON, phrases=Echo()
    )
    assert change.conversation.orientations[0].agreed is False
    assert change.messages == ()


@pytest.fixture
async def gateway(tmp_path: Path) -> AsyncIterator[Running]:
    async with running(tmp_path) as house:
        yield house


async def a_conversation(gateway: Running) -> tuple[Visit, Console, str]:
    visit = await gateway.visit()
    await visit.connect()
    await visit.say("DANGER")
    await visit.frame("state", owner="queue")
    console = await a_console(gateway, "anne")
    _, detail = await console.next()
    return visit, console, f"/conversations/{detail['summary']['id']}/orientations"


async def test_from_suggestion_to_agreement_over_http(gateway: Running) -> None:
    visit, console, path = await a_conversation(gateway)
    _, offered = await console.get(path)
    assert offered["fitting"][0] == "prevention_suicide"
    assert offered["given"] == []
    cid = new_id()
    status, told = await console.post(path, {"entry": "prevention_suicide", "cid": cid})
    assert status == 200
    again = await console.post(path, {"entry": "prevention_suicide", "cid": cid})
    assert again == (200, told)
    heard = await visit.frame("message", **{"from": "listener"})
    assert "3114" in heard["text"]
    await visit.say("Oui, d'accord", choice="orient_yes")
    async with asyncio.timeout(20):
        while True:
            _, now = await console.get(path)
            if now["given"][0]["agreed"] is not None:
                break
    assert [(each["entry"], each["agreed"]) for each in now["given"]] == [
        ("prevention_suicide", True)
    ]


async def test_a_suggestion_asked_again_after_the_end_is_the_one_that_was_made(
    gateway: Running,
) -> None:
    """Its answer was lost, and the conversation ended meanwhile."""
    _, console, path = await a_conversation(gateway)
    body = {"entry": "samu", "cid": new_id()}
    status, told = await console.post(path, body)
    assert status == 200
    end = path.replace("/orientations", "/close")
    assert (await console.post(end, {"outcome": "oriented", "seen": 99}))[0] == 200
    assert await console.post(path, body) == (200, told)
    assert (await console.post(path, {**body, "cid": new_id()}))[0] == 409


async def test_only_the_owner_suggests_and_sees(gateway: Running) -> None:
    _, console, path = await a_conversation(gateway)
    other = await a_console(gateway, "bilal")
    body = {"entry": "samu", "cid": new_id()}
    assert (await other.get(path))[0] == 404
    assert (await other.post(path, body))[0] == 409
    assert (await console.post(path, {**body, "entry": "menu"}))[0] == 404
    assert (await console.post(path, {**body, "cid": "x"}))[0] == 400
    assert (await console.post(f"{path}/agreement", {"entry": "samu", "agreed": True}))[0] == 409
    assert (await console.post(f"{path}/agreement", {"entry": "samu", "agreed": 1}))[0] == 400
    status, whole = await other.get("/directory")
    assert status == 200
    assert {each["id"] for each in whole["checklists"]} == {"plainte", "ecole", "plateforme"}
