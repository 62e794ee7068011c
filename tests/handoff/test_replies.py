"""The prepared replies: the words they begin with, what is refused, who reads and who edits."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from core.accounts import StaffRole
from core.labels import Address
from handoff.papers import PaperRefused
from handoff.replies import checked_replies, first_replies
from tests.bot.test_sentences import ADVISED_AGAINST, NEVER, REFUSED, straight
from tests.gateway.gateways import Running, running
from tests.handoff.test_console_api import a_console

FIRST = checked_replies(first_replies())
TEXTS = [
    pytest.param(straight(text), address, id=f"{reply.id}-{address}")
    for reply in FIRST.replies
    for address, text in reply.text.items()
]
ONE = {"id": "bonjour", "name": "Bonjour", "text": {"tu": "Salut {prenom}", "vous": "Bonjour"}}


@pytest.mark.parametrize(("text", "address"), TEXTS)
def test_what_is_delivered_keeps_the_rules_of_the_house(text: str, address: Address) -> None:
    for sentence in re.split(r"[.!?…]+(?:\s|$)", text):
        assert len(re.findall(r"[\w{}'’-]+", sentence)) <= 15, sentence
        if REFUSED.search(sentence.lower()):
            assert ADVISED_AGAINST.search(sentence.lower()), sentence
    # "Ne m'envoie pas l'image" is a prohibition; the list names requests.
    assert NEVER.search(text.lower()) is None
    other = r"\b(?:vous|votre|vos)\b" if address is Address.TU else r"\b(?:tu|te|toi|ton|ta|tes)\b"
    assert re.search(other, text.lower()) is None, text


def paper(*replies: object, service: object = "3018") -> dict[str, object]:
    return {"service": service, "replies": list(replies)}


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (None, "Forme inattendue."),
        ({"replies": []}, "Il manque le nom du service, ou il dépasse 60 caractères."),
        (paper({**ONE, "id": "Été"}), "Bonjour : l’identifiant s’écrit en lettres minuscules"),
        (paper({**ONE, "name": " "}), "Réponse n° 1 : le nom manque"),
        (paper({**ONE, "text": {"tu": "a"}}), "Bonjour : il faut un texte en « tu » et un en"),
        (paper({**ONE, "text": {"tu": "a", "vous": "b" * 601}}), "Bonjour : un texte manque ou"),
        (paper({**ONE, "text": {"tu": "{nom}", "vous": "b"}}), "Bonjour : {nom} n’existe pas."),
        (paper({**ONE, "text": {"tu": "{prenom", "vous": "b"}}), "Bonjour : une accolade est"),
        (paper({**ONE, "issues": ["licorne"]}), "Bonjour : forme inattendue."),
        (paper(ONE, ONE), "Bonjour : cet identifiant sert déjà."),
        (paper(*[ONE] * 201), "Les réponses sont plus de 200"),
    ],
)
def test_a_wrong_paper_is_refused_with_the_name_of_the_reply(body: object, why: str) -> None:
    with pytest.raises(PaperRefused) as refused:
        checked_replies(body)
    assert str(refused.value).startswith(why)


@pytest.fixture
async def gateway(tmp_path: Path) -> AsyncIterator[Running]:
    async with running(tmp_path) as house:
        yield house


async def test_supervisors_edit_what_every_listener_reads(gateway: Running) -> None:
    anne = await a_console(gateway, "anne")
    chief = await a_console(gateway, "chief", StaffRole.SUPERVISOR)
    status, told = await anne.get("/replies")
    assert (status, told["service"]) == (200, "3018")
    assert len(told["replies"]) == len(FIRST.replies)
    edited: dict[str, Any] = {"version": 0, "body": paper(ONE, service="le 3018")}
    assert (await chief.post("/service/replies", edited))[0] == 200
    _, told = await anne.get("/replies")
    assert told == {"service": "le 3018", "replies": [{**ONE, "issues": []}]}
    assert (await anne.post("/service/replies", {**edited, "version": 1}))[0] == 403
