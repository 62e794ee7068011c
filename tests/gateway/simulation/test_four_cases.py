"""Four cases whole: from the first message to the removed content and the figure of the month.

Real HTTP, the vendors' clients inside, their platforms faked outside, a real mail server for the
notices. The words are read by the real screen and answered from the real catalogue; what the
assistant would make of them is scripted.
"""

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest

from bot.screen import SpacyScreen
from bot.sentences import Catalogue
from core.accounts import StaffRole
from core.assessment import Assessment
from core.assistant import AssistantRequest, AssistantTurn, HandOver, Said
from core.ids import new_id
from core.labels import Address, Issue
from core.signalement.case import Authority
from core.signalement.evidence import verify
from core.transitions.news import SENTENCE
from gateway.removals import Reach
from handoff.signalement.mail import MailSender, SmtpServer
from handoff.signalement.paper import Notifier
from tests.gateway.gateways import PASSWORD
from tests.gateway.simulation.world import World, eventually, says, world
from tests.handoff.signalement.mailbox import Mailbox
from tests.handoff.signalement.test_dossiers import a_picture
from tests.signalements import answers_for, elements_of

US = Notifier(name="Le service", email="signalement@service.example")
CATALOGUE = Catalogue.load()
WHY = (
    "Le compte diffuse ce contenu pour nuire à la victime, contre son accord, et de façon répétée. "
    "Elle n'ose plus sortir et ne dort plus."
)


class Triage:
    """The assistant: hands over at once, with the issue of the case that is played."""

    issue = Issue.SEXTORSION

    async def turn(self, request: AssistantRequest) -> AssistantTurn:
        return AssistantTurn(
            said=(Said("complete"),),
            dialogue="{}",
            assessment=Assessment(issue=self.issue),
            hand_over=HandOver.COMPLETE,
        )


class Desk:
    """A listener's browser, with one conversation and its dossier."""

    def __init__(self, played: World) -> None:
        self.world = played
        self.client = played.gateway.client
        self.conversation = ""
        self.told: dict[str, Any] = {}
        self.edit: dict[str, Any] = {}

    async def ask(self, method: str, path: str, body: Any = None, expect: int = 200) -> Any:
        answer = await self.client.request(method, f"/console/api{path}", json=body)
        assert answer.status == expect, (path, answer.status, await answer.text())
        return await answer.json()

    async def sign_in(self) -> None:
        await self.world.gateway.add_listener("zoe", role=StaffRole.SUPERVISOR)
        await self.ask("POST", "/login", {"login": "zoe", "password": PASSWORD})

    async def takes_the_next(self, channel: str, said: str) -> dict[str, Any]:
        detail: dict[str, Any] = await self.ask("POST", "/claim", {"cid": new_id()})
        assert detail["summary"]["channel"] == channel
        assert said in [one["text"] for one in detail["messages"]]
        self.conversation = detail["summary"]["id"]
        await self.world.reply(detail, "Je suis là, on s'en occupe.")
        self.told = await self.ask("POST", f"/conversations/{self.conversation}/signalement", {})
        return detail

    @property
    def at(self) -> str:
        return f"/signalements/{self.told['case']['id']}"

    @property
    def notices(self) -> list[dict[str, Any]]:
        notices: list[dict[str, Any]] = self.told["case"]["notices"]
        return notices

    async def writes(self, seq: int, offence: str, notices: Sequence[Any], **more: Any) -> None:
        edit = {
            "qualifications": [offence],
            "explanation": WHY,
            "consent": "victim",
            "good_faith": True,
            "tell": True,
            "quotes": [{"seq": seq, "proves": elements_of(offence)}],
            "notices": notices,
        }
        self.edit = {**edit, **more}
        body = {"version": self.told["version"], "edit": self.edit}
        self.told = await self.ask("PUT", self.at, body)

    async def do(self, which: int, move: str, body: Any = None, expect: int = 200) -> None:
        path = f"{self.at}/notices/{self.notices[which]['id']}/{move}"
        told = await self.ask("POST", path, body or {}, expect)
        if expect == 200:
            self.told = told

    async def sends(self, which: int, expect: str = "sent") -> None:
        await self.do(which, "validate")
        await self.do(which, "dispatch", {"route": "mail"})
        await self.settles(which, expect)

    async def settles(self, which: int, expect: str) -> None:
        async def status() -> str:
            self.told = await self.ask("GET", self.at)
            found: str = self.notices[which]["dispatch"]["status"]
            return found

        assert await eventually(status, expect) == expect

    async def passes_on(self, authority: str, reference: str) -> str:
        """To an authority, in the words of its own form."""
        body = {"authority": authority, "text": reference}
        await self.ask("POST", f"{self.at}/escalate", body, 422)
        edit = {**self.edit, "letters": {authority: answers_for(Authority(authority))}}
        for written, kept in zip(edit["notices"], self.notices, strict=True):
            written["id"] = kept["id"]
        body_of_edit = {"version": self.told["version"], "edit": edit}
        self.told = await self.ask("PUT", self.at, body_of_edit)
        drawn = await self.ask("GET", f"{self.at}/authorities/{authority}")
        self.told = await self.ask("POST", f"{self.at}/escalate", body)
        text: str = drawn["text"]
        assert self.told["case"]["escalations"][-1]["letter"] == text
        return text

    async def closes(self) -> None:
        path = f"/conversations/{self.conversation}"
        seen = (await self.ask("GET", path))["summary"]["version"]
        await self.ask("POST", f"{path}/close", {"outcome": "signalement", "seen": seen})

    async def proves(self, *steps: str) -> None:
        answer = await self.client.get(f"/console/api{self.at}/export")
        document = json.loads(await answer.read())
        verify(document)
        kinds = [one["kind"] for one in document["case"]["steps"]]
        assert [kind for kind in kinds if kind in steps] == list(steps), kinds


def notice(kind: str, url: str, category: str) -> dict[str, Any]:
    return {
        "platform": "instagram",
        "category": category,
        "targets": [{"kind": kind, "url": url, "handle": ""}],
    }


def news(address: Address) -> str:
    return CATALOGUE.say(SENTENCE, address).text


@asynccontextmanager
async def playing(folder: Path, mailbox: Mailbox) -> AsyncIterator[tuple[Desk, Triage]]:
    async with mailbox.listening() as port:
        server = SmtpServer(host="127.0.0.1", port=port, tls=False, sender=US.email)
        sender = MailSender(server, to="priority@instagram.example", certificate=None, timeout=60)
        triage = Triage()
        reach = Reach(notifier=US, senders={"instagram": sender})
        async with world(
            folder, screen=SpacyScreen(), assistant=triage, phrases=CATALOGUE, reach=reach
        ) as played:
            desk = Desk(played)
            await desk.sign_in()
            yield desk, triage


async def hears(desk: Desk, channel: str, person: Any, text: str) -> None:
    async def heard() -> bool:
        return any(text in one for one in desk.world.received(channel, person))

    assert await eventually(heard, True), desk.world.received(channel, person)


async def waits(desk: Desk, channel: str) -> None:
    async def channels() -> list[str]:
        return [one.channel for one in await desk.world.gateway.store.waiting(limit=9)]

    assert await eventually(channels, [channel]) == [channel]


async def sextortion_on_instagram(desk: Desk, triage: Triage, mailbox: Mailbox) -> None:
    """Four accounts of one blackmailer; a picture that may not be kept; the person hears of it."""
    triage.issue = Issue.SEXTORSION
    person = desk.world.person("instagram")
    said = "j'ai 15 ans, il veut 200 euros sinon il envoie mes photos à ma classe"
    await says(person, said)
    await waits(desk, "instagram")
    detail = await desk.takes_the_next("instagram", said)
    await hears(desk, "instagram", person, "on s'en occupe")
    assert desk.told["case"]["issue"] == "sextorsion"
    assert "chantage" in desk.told["proposed"]
    answer = await desk.client.post(
        f"/console/api{desk.at}/captures?taken_at=2026-03-02T11:00:00Z", data=a_picture()
    )
    desk.told = await answer.json()
    [capture] = desk.told["case"]["captures"]
    accounts = [
        notice("profile", f"https://www.instagram.com/maitre_chanteur_{n}/", "extortion")
        for n in range(4)
    ]
    intimate = {**capture, "intimate": True}
    kept = {name: intimate[name] for name in ("id", "taken_at", "caption", "intimate", "proves")}
    seq = next(one["seq"] for one in detail["messages"] if one["text"] == said)
    await desk.writes(seq, "chantage", accounts, victim_age=15, captures=[kept])
    # Of an intimate picture of a minor the hash alone stays.
    assert [one["kept"] for one in desk.told["case"]["captures"]] == [False]
    for which in range(4):
        await desk.sends(which)
        await desk.do(which, "received", {"text": f"IG-{which}"})
        await desk.do(which, "removed")
    await desk.do(0, "tell", expect=409)  # a listener still talks with them
    await desk.closes()
    await desk.do(0, "tell")
    await hears(desk, "instagram", person, news(Address.TU))
    mails = [message_from_bytes(one, policy=policy.default) for one in mailbox.got]
    assert len({one["Message-ID"] for one in mails}) == 4
    [pdf, data] = mails[0].iter_attachments()
    assert pdf.get_content().startswith(b"%PDF")
    assert json.loads(data.get_content())["articles"] == ["Code pénal, art. 312-10"]
    await desk.proves("opened", "capture_added", "capture_put_aside", "person_told")


async def bullying_on_the_web(desk: Desk, triage: Triage, mailbox: Mailbox) -> None:
    """The platform's mail server is busy: queued, and sent a minute later, once."""
    triage.issue = Issue.CYBERHARCELEMENT
    visit = await desk.world.gateway.visit()
    await visit.connect()
    said = "j'ai 13 ans, des gens de ma classe ont fait un compte pour se moquer de moi"
    await visit.say(said)
    await visit.frame("state", owner="queue")
    detail = await desk.takes_the_next("web", said)
    seq = next(one["seq"] for one in detail["messages"] if one["text"] == said)
    page = notice("profile", "https://www.instagram.com/les_moqueurs/", "harassment")
    await desk.writes(seq, "harcelement_scolaire", [page], victim_age=13)
    sent, mailbox.reply = len(mailbox.got), "451 busy"
    await desk.do(0, "validate")
    await desk.do(0, "dispatch", {"route": "mail"})

    async def tries() -> int:
        desk.told = await desk.ask("GET", desk.at)
        count: int = desk.notices[0]["dispatch"]["attempts"]
        return count

    assert await eventually(tries, 1) == 1
    mailbox.reply = "250 OK"
    desk.world.clock.skip(90)
    await desk.settles(0, "sent")
    assert len(mailbox.got) == sent + 2, "one refused, one taken"
    text = await desk.passes_on("ecole", "proviseur")
    assert "222-33-2-3" in text
    await desk.do(0, "received", {"text": "IG-10"})
    await desk.do(0, "removed")
    await desk.closes()
    await desk.do(0, "tell")
    seen = await visit.frame("message", text=news(Address.TU))
    assert seen["from"] == "service"
    await visit.socket.close()
    await desk.proves("queued_mail", "sending_later", "sending_taken", "escalated", "removed")


async def a_hacked_account_on_telegram(desk: Desk, triage: Triage, mailbox: Mailbox) -> None:
    """The server breaks off: a person finds out. The platform refuses; the appeal succeeds."""
    triage.issue = Issue.PIRATAGE_COMPTE
    person = desk.world.person("telegram")
    said = "j'ai 16 ans et quelqu'un a pris mon compte insta, je peux plus entrer"
    await says(person, said)
    await waits(desk, "telegram")
    detail = await desk.takes_the_next("telegram", said)
    seq = next(one["seq"] for one in detail["messages"] if one["text"] == said)
    account = notice("profile", "https://www.instagram.com/mon_compte/", "hacked")
    await desk.writes(seq, "piratage_compte", [account], victim_age=16, tell=False)
    sent, mailbox.reply = len(mailbox.got), None
    await desk.sends(0, "unknown")
    mailbox.reply = "250 OK"
    await desk.do(0, "dispatch", {"route": "mail"}, expect=409)
    await desk.do(0, "resolve", {"arrived": True})
    assert len(mailbox.got) == sent + 1, "never sent again by a machine"
    await desk.do(0, "refused", {"text": "Pas de preuve."})
    await desk.do(0, "appeal", {"text": "La preuve est le message d'alerte, joint."})
    await desk.do(0, "removed")
    await desk.closes()
    await desk.do(0, "tell", expect=409)  # they did not want to be written to
    assert news(Address.TU) not in "".join(desk.world.received("telegram", person))
    await desk.proves("sending_unknown", "resolve", "refused", "appeal", "removed")


async def a_parent_on_messenger(desk: Desk, triage: Triage, mailbox: Mailbox) -> None:
    """The parent's request is the consent; the name stays out; Pharos is told as well."""
    triage.issue = Issue.GROOMING
    person = desk.world.person("messenger")
    said = "Bonjour, ma fille de 12 ans reçoit des propositions sexuelles d'un homme sur Instagram"
    await says(person, said)
    await waits(desk, "messenger")
    detail = await desk.takes_the_next("messenger", said)
    assert detail["summary"]["role"] == "parent"
    seq = next(one["seq"] for one in detail["messages"] if one["text"] == said)
    profile = notice("profile", "https://www.instagram.com/faux.profil.12/", "sexual_minor")
    await desk.writes(
        seq, "propositions_sexuelles_mineur", [profile], victim_age=12, consent="parent"
    )
    assert desk.told["withholds_name"] is True
    await desk.sends(0)
    assert US.name.encode() not in mailbox.got[-1]
    [_, data] = message_from_bytes(mailbox.got[-1], policy=policy.default).iter_attachments()
    assert json.loads(data.get_content())["notifier"] is None
    text = await desk.passes_on("pharos", "P-9")
    assert "https://www.instagram.com/faux.profil.12/" in text
    await desk.do(0, "received", {"text": "IG-12"})
    await desk.do(0, "removed")
    await desk.closes()
    await desk.do(0, "tell")
    await hears(desk, "messenger", person, news(Address.VOUS))
    await desk.proves("sending_taken", "escalated", "received", "removed", "person_told")


@pytest.mark.timeout(600)
async def test_four_cases_from_the_first_message_to_the_figure_of_the_month(tmp_path: Path) -> None:
    mailbox = Mailbox()
    async with playing(tmp_path, mailbox) as (desk, triage):
        for case in (
            sextortion_on_instagram,
            bullying_on_the_web,
            a_hacked_account_on_telegram,
            a_parent_on_messenger,
        ):
            await case(desk, triage, mailbox)
        # A fifth conversation: fewer are not counted aloud.
        await says(desk.world.person("whatsapp"), "bonjour")
        await waits(desk, "whatsapp")
        report = await desk.ask("GET", "/figures")
        tables = {one["name"]: one for one in report["tables"]}
        assert report["total"] == 5
        [asked] = tables["notice"]["rows"]
        assert (asked["key"], asked["cells"]) == ("instagram", [7, 0, 0])
        reasons = {row["key"]: row["cells"] for row in tables["notice_reason"]["rows"]}
        assert reasons["hacked"] == [None], "fewer than five are masked"
        paper = await desk.client.get("/console/api/figures.pdf")
        assert (await paper.read()).startswith(b"%PDF")
        # Nobody is left: every dossier has its outcome, nothing waits but a look again.
        listed = await desk.ask("GET", "/signalements")
        assert len(listed["cases"]) == 4
        assert {one["why"] for case in listed["cases"] for one in case["todo"]} <= {"look", "tell"}
