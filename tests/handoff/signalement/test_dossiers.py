"""A dossier from the first click to the removed content, over the console's HTTP and real mail."""

import asyncio
import hashlib
import io
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from core import transitions
from core.accounts import StaffRole
from core.audit import Verb
from core.clock import system_clock
from core.conversation import Attachment, FileState
from core.errors import NotFound
from core.events import MessageType
from core.ids import AttachmentId, ConversationId, new_id
from core.signalement import moves
from core.signalement.case import Authority
from core.signalement.evidence import verify
from core.signalement.platforms import directory
from core.work import Lane, Lease
from gateway.removals import Reach
from handoff.signalement.archive import CASES, FILES
from handoff.signalement.courier import Courier
from handoff.signalement.mail import MailSender, SmtpServer
from handoff.signalement.paper import Notifier
from handoff.signalement.sending import Fate, Parcel, Taken
from tests.builders import at
from tests.fakes import Echo
from tests.gateway.gateways import Running, running
from tests.handoff.signalement.mailbox import Mailbox
from tests.handoff.test_console_api import Console, a_console, a_waiting_person
from tests.signalements import EXPLANATION, POST, answers_for, elements_of

Carry = Callable[[float], Awaitable[None]]
US = Notifier(name="Le service", email="signalement@service.example")


def a_picture() -> bytes:
    held = io.BytesIO()
    Image.new("RGB", (60, 90), "#cde").save(held, "PNG")
    return held.getvalue()


@asynccontextmanager
async def a_service(folder: Path, mailbox: Mailbox) -> AsyncIterator[Running]:
    async with mailbox.listening() as port:
        server = SmtpServer(host="127.0.0.1", port=port, tls=False, sender=US.email)
        sender = MailSender(server, to="p@platform.example", certificate=None, timeout=2)
        reach = Reach(notifier=US, senders={"instagram": sender})
        async with running(folder, reach=reach) as gateway:
            yield gateway


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
async def service(tmp_path: Path, mailbox: Mailbox) -> AsyncIterator[Running]:
    async with a_service(tmp_path, mailbox) as gateway:
        yield gateway


class Dossier:
    """A listener's browser with one dossier open."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.told: dict[str, Any] = {}

    @property
    def at(self) -> str:
        return f"/signalements/{self.told['case']['id']}"

    @property
    def notice(self) -> dict[str, Any]:
        notice: dict[str, Any] = self.told["case"]["notices"][0]
        return notice

    async def open(self, conversation: str, body: object = None) -> None:
        path = f"/conversations/{conversation}/signalement"
        status, self.told = await self.console.post(path, body)
        assert status == 200

    async def put(self, edit: object, version: int | None = None) -> int:
        body = {"version": version or self.told["version"], "edit": edit}
        answer = await self.console.client.put(f"/console/api{self.at}", json=body)
        if answer.status == 200:
            self.told = await answer.json()
        return answer.status

    async def do(self, move: str, body: object = None) -> tuple[int, Any]:
        status, told = await self.console.post(f"{self.at}/{move}", body)
        if status == 200:
            self.told = told
        return status, told

    async def of_notice(self, move: str, body: object = None) -> tuple[int, Any]:
        return await self.do(f"notices/{self.notice['id']}/{move}", body)

    async def until(self, status: str) -> dict[str, Any]:
        async with asyncio.timeout(20):
            while True:
                _, self.told = await self.console.get(self.at)
                dispatch: dict[str, Any] | None = self.notice["dispatch"]
                if dispatch and dispatch["status"] == status:
                    return dispatch
                await asyncio.sleep(0.05)


def complete(seq: int, notice: str | None = None, **changes: Any) -> dict[str, Any]:
    """Everything a bullying case needs."""
    edit = {
        "qualifications": ["harcelement_scolaire"],
        "victim_age": 13,
        "explanation": EXPLANATION,
        "consent": "victim",
        "good_faith": True,
        "quotes": [{"seq": seq, "proves": elements_of("harcelement_scolaire")}],
        "notices": [
            {
                "id": notice,
                "platform": "instagram",
                "category": "harassment",
                "targets": [{"kind": "post", "url": POST}],
            }
        ],
    }
    return {**edit, **changes}


async def an_open_dossier(gateway: Running, login: str = "anne") -> tuple[Dossier, str, int]:
    """A dossier on a conversation that this listener holds, and the number of its message."""
    console = await a_console(gateway, login)
    await a_waiting_person(gateway, "DANGER ils ont fait un faux compte")
    status, detail = await console.next()
    assert status == 200
    conversation = detail["summary"]["id"]
    dossier = Dossier(console)
    await dossier.open(conversation)
    return dossier, conversation, detail["messages"][0]["seq"]


async def a_validated_dossier(gateway: Running) -> tuple[Dossier, str]:
    dossier, conversation, seq = await an_open_dossier(gateway)
    assert await dossier.put(complete(seq)) == 200
    status, told = await dossier.of_notice("validate")
    assert status == 200, told
    return dossier, conversation


async def test_from_the_first_click_to_the_removed_content(
    service: Running, mailbox: Mailbox
) -> None:
    dossier, _, seq = await an_open_dossier(service)
    assert await dossier.put(complete(seq)) == 200
    assert dossier.notice["problems"] == []
    assert "faux compte" in dossier.told["case"]["quotes"][0]["text"], "copied by the server"
    await dossier.of_notice("validate")
    assert dossier.notice["state"] == "validated"
    await dossier.of_notice("dispatch", {"route": "mail"})
    await dossier.until("sent")
    assert len(mailbox.got) == 1
    assert dossier.notice["state"] == "dispatched"
    assert dossier.notice["deadline"]["overdue"] is False
    await dossier.of_notice("received", {"text": "IG-77"})
    await dossier.of_notice("removed")
    assert dossier.notice["state"] == "removed"
    assert dossier.notice["reference"] == "IG-77"
    answer = await dossier.console.client.get(f"/console/api{dossier.at}/export")
    sound = verify(json.loads(await answer.read()))
    kinds = [step["kind"] for step in dossier.told["case"]["steps"]]
    assert sound.steps == len(kinds)
    assert kinds[:2] == ["opened", "edited"]
    assert kinds[2:] == [
        "validated",
        "queued_mail",
        "sending",
        "sending_taken",
        "received",
        "removed",
    ]


async def test_what_lacks_something_is_not_sent_and_the_listener_is_told_what(
    service: Running, mailbox: Mailbox
) -> None:
    dossier, _, seq = await an_open_dossier(service)
    short = [
        {
            "platform": "instagram",
            "category": "harassment",
            "targets": [{"kind": "post", "url": "https://bit.ly/a"}],
        }
    ]
    assert await dossier.put(complete(seq, consent=None, notices=short)) == 200
    status, told = await dossier.of_notice("validate")
    assert status == 422
    assert {one["code"] for one in told["problems"]} == {"no_consent", "url_shortened"}
    status, _ = await dossier.of_notice("dispatch", {"route": "mail"})
    assert status == 409
    assert mailbox.got == []


async def test_a_captured_picture_is_kept_bit_by_bit_and_ends_in_the_pdf(service: Running) -> None:
    dossier, _, _ = await an_open_dossier(service)
    picture = a_picture()
    path = f"/console/api{dossier.at}/captures?taken_at=2026-03-02T11:00:00Z"
    answer = await dossier.console.client.post(path, data=picture)
    dossier.told = await answer.json()
    [capture] = dossier.told["case"]["captures"]
    shown = await dossier.console.client.get(f"/console/api{dossier.at}/captures/{capture['id']}")
    assert await shown.read() == picture
    assert shown.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    for junk in (b"", b"<svg/>", b"GIF89a" + bytes(50), picture[:40]):
        refused = await dossier.console.client.post(path, data=junk)
        assert refused.status == 400
    status, _ = await dossier.do(f"captures/{capture['id']}/hash-only")
    assert status == 200
    [bare] = dossier.told["case"]["captures"]
    assert (bare["kept"], bare["sha256"]) == (False, capture["sha256"])
    gone = await dossier.console.client.get(f"/console/api{dossier.at}/captures/{capture['id']}")
    assert gone.status == 404
    assert await service.store.document(FILES, capture["id"]) is None


async def test_the_evidence_outlives_the_person_who_is_erased(service: Running) -> None:
    dossier, conversation = await a_validated_dossier(service)
    contact = (await service.store.conversation(conversation)).contact_id  # type: ignore[arg-type]
    assert await service.store.erase_contact(contact)
    _, told = await dossier.console.get(dossier.at)
    assert "faux compte" in told["case"]["quotes"][0]["text"]
    paper = await dossier.console.client.get(
        f"/console/api{dossier.at}/notices/{dossier.notice['id']}/pdf"
    )
    assert (await paper.read()).startswith(b"%PDF")


async def test_only_who_opened_it_and_supervisors_see_a_dossier(service: Running) -> None:
    dossier, conversation = await a_validated_dossier(service)
    other = await a_console(service, "bob")
    chief = await a_console(service, "chef", StaffRole.SUPERVISOR)
    notice = f"{dossier.at}/notices/{dossier.notice['id']}"
    for path in (dossier.at, f"{dossier.at}/export", f"{notice}/pdf"):
        assert (await other.client.get(f"/console/api{path}")).status == 404, path
        assert (await chief.client.get(f"/console/api{path}")).status == 200, path
    for path in (f"{notice}/dispatch", f"{dossier.at}/destroy", f"{dossier.at}/hold"):
        status, _ = await other.post(path, {"route": "mail", "text": "x"})
        assert status == 404, path
    assert (await other.get("/signalements"))[1] == {"cases": []}
    assert len((await chief.get("/signalements"))[1]["cases"]) == 1
    status, _ = await other.post(f"/conversations/{conversation}/signalement")
    assert status == 404, "only who holds the conversation opens one"


async def test_the_dossier_that_was_begun_is_opened_again_and_another_only_on_purpose(
    service: Running,
) -> None:
    dossier, conversation, seq = await an_open_dossier(service)
    assert await dossier.put(complete(seq)) == 200
    begun = dossier.told["case"]
    await dossier.open(conversation)
    assert dossier.told["case"] == begun
    await dossier.open(conversation, {"another": True})
    second = dossier.told["case"]
    assert second["id"] != begun["id"]
    assert second["explanation"] == ""
    await dossier.open(conversation)
    assert dossier.told["case"]["id"] == second["id"], "the newest"
    assert len((await dossier.console.get("/signalements"))[1]["cases"]) == 2


async def test_a_dossier_is_carried_on_by_who_holds_its_conversation_now(service: Running) -> None:
    dossier, conversation, seq = await an_open_dossier(service)
    assert await dossier.put(complete(seq)) == 200
    bilal = Dossier(await a_console(service, "bilal"))
    at_first = await bilal.console.get(dossier.at)
    assert at_first[0] == 404, "not while another holds it"
    body = {"note": "à suivre, dossier en cours", "cid": "a" * 32}
    assert (await dossier.console.post(f"/conversations/{conversation}/hand_back", body))[0] < 300
    assert (await bilal.console.get(dossier.at))[0] == 404, "nor while nobody does"
    assert (await bilal.console.next())[0] == 200
    await bilal.open(conversation)
    assert bilal.told["case"]["id"] == dossier.told["case"]["id"]
    assert len((await bilal.console.get("/signalements"))[1]["cases"]) == 1
    assert (await bilal.of_notice("validate"))[0] == 200
    # A second listener is no lawyer.
    assert bilal.told["may_review"] is False
    assert (await bilal.do("review", {"approved": True, "text": ""}))[0] == 409
    # Who began it follows it all the same.
    assert (await dossier.console.get(dossier.at))[0] == 200


async def test_the_dossier_of_another_conversation_is_not_opened(service: Running) -> None:
    dossier, _, _ = await an_open_dossier(service)
    first = dossier.told["case"]["id"]
    await a_waiting_person(service, "DANGER un autre faux compte")
    status, detail = await dossier.console.next()
    assert status == 200
    await dossier.open(detail["summary"]["id"])
    assert dossier.told["case"]["id"] != first


async def test_two_who_edit_at_once_do_not_overwrite_each_other(service: Running) -> None:
    dossier, _, seq = await an_open_dossier(service)
    first = dossier.told["version"]
    assert await dossier.put(complete(seq)) == 200
    assert await dossier.put(complete(seq, explanation="x" * 80), version=first) == 409
    assert dossier.told["case"]["explanation"] == EXPLANATION


async def test_a_message_that_cannot_be_copied_any_more_is_named_and_the_rest_is_saved(
    service: Running,
) -> None:
    dossier, conversation, seq = await an_open_dossier(service)
    body = {"note": "je finis le dossier", "cid": "b" * 32}
    status, _ = await dossier.console.post(f"/conversations/{conversation}/hand_back", body)
    assert status in (200, 204)
    assert await dossier.put(complete(seq)) == 200
    assert dossier.told["left_out"] == [seq]
    assert dossier.told["case"]["explanation"] == EXPLANATION
    assert dossier.told["case"]["quotes"] == []
    assert await dossier.put(complete(seq, dossier.notice["id"], quotes=[])) == 200
    assert dossier.told["left_out"] == []


async def test_an_edit_of_another_shape_is_refused(service: Running) -> None:
    dossier, _, _ = await an_open_dossier(service)
    for junk in (
        None,
        [],
        {"state": "removed"},
        {"quotes": [{"seq": "un"}]},
        {"told": ["x" * 81]},
        {"notices": [{"dispatch": {}}]},
        {"notices": [{}] * 21},
    ):
        assert await dossier.put(junk) == 400, junk


async def test_a_server_that_breaks_off_leaves_unknown_and_nothing_is_sent_again(
    tmp_path: Path,
) -> None:
    mailbox = Mailbox(reply=None)
    async with a_service(tmp_path, mailbox) as service:
        dossier, _ = await a_validated_dossier(service)
        await dossier.of_notice("dispatch", {"route": "mail"})
        assert (await dossier.until("unknown"))["error"] == "SMTPServerDisconnected"
        assert dossier.notice["state"] == "validated"
        assert (await dossier.of_notice("dispatch", {"route": "mail"}))[0] == 409
        await asyncio.sleep(1)
        assert len(mailbox.got) == 1
        # The platform says that it has it.
        await dossier.of_notice("resolve", {"arrived": True})
        assert dossier.notice["state"] == "dispatched"


async def test_a_refusal_for_good_is_shown_and_a_person_may_try_again(tmp_path: Path) -> None:
    mailbox = Mailbox("554 refused")
    async with a_service(tmp_path, mailbox) as service:
        dossier, _ = await a_validated_dossier(service)
        await dossier.of_notice("dispatch", {"route": "mail"})
        assert (await dossier.until("refused"))["error"] == "smtp_554"
        mailbox.reply = "250 OK"
        await dossier.of_notice("dispatch", {"route": "mail"})
        await dossier.until("sent")


async def test_a_dossier_is_destroyed_whole_but_not_while_held(service: Running) -> None:
    dossier, _ = await a_validated_dossier(service)
    case, notice = dossier.told["case"]["id"], dossier.notice["id"]
    assert (await dossier.do("hold", {"text": "Réquisition"}))[0] == 200
    assert (await dossier.do("destroy", {"text": "erreur"}))[0] == 409
    assert (await dossier.do("release"))[0] == 200
    assert (await dossier.do("destroy", {"text": ""}))[0] == 409, "a reason is needed"
    assert (await dossier.do("destroy", {"text": "erreur"}))[0] == 204
    for kind, name in ((CASES, case), (FILES, notice)):
        assert await service.store.document(kind, name) is None
    entries = await service.store.audit_entries(verb="signalement_destroyed")
    assert [one.reason for one in entries] == ["erreur"]


async def test_an_authority_gets_a_text_of_its_own(service: Running) -> None:
    dossier, _ = await a_validated_dossier(service)
    passed_on = {"authority": "pharos", "text": "P-1"}
    status, refused = await dossier.do("escalate", passed_on)
    assert status == 422
    asked = {f"letters.pharos.{name}" for name in answers_for(Authority.PHAROS)}
    assert {one["where"] for one in refused["problems"]} == asked
    letters = {"pharos": answers_for(Authority.PHAROS)}
    seq = dossier.told["case"]["quotes"][0]["seq"]
    edit = complete(seq, dossier.notice["id"], letters=letters)
    assert await dossier.put(edit) == 200
    assert dossier.notice["state"] == "validated", "no platform is told of it"
    _, told = await dossier.console.get(f"{dossier.at}/authorities/pharos")
    assert told["problems"] == []
    assert POST in told["text"]
    assert US.email not in told["text"]
    assert (await dossier.do("escalate", passed_on))[0] == 200
    [kept] = dossier.told["case"]["escalations"]
    assert (kept["reference"], kept["letter"]) == ("P-1", told["text"])
    assert (await dossier.do("escalate", {"authority": "personne", "text": ""}))[0] == 404


class Post:
    """A sender that counts."""

    route = MailSender.route

    def __init__(self, fate: Fate) -> None:
        self.fate = fate
        self.sent: list[Parcel] = []

    async def send(self, parcel: Parcel) -> Fate:
        self.sent.append(parcel)
        return self.fate


def a_courier(service: Running, senders: dict[str, Any], clock: Any, remind: Any = None) -> Courier:
    """A worker of its own on this service's dossiers."""
    dossiers = service.gateway.dossiers
    return Courier(
        archive=dossiers.archive,
        notices=dossiers.notices,
        senders=senders,
        known=directory(),
        remind=remind,
        console="https://relais.example/console/",
        clock=clock,
    )


def a_lease(case: str) -> Lease:
    return Lease(Lane.SIGNALEMENT, case, "t", 0, at(999))


async def test_after_a_crash_in_the_middle_nothing_is_sent_again(service: Running) -> None:
    """A worker that died while sending: the next one finds "sending" and says "unknown"."""
    dossier, _ = await a_validated_dossier(service)
    archive, case = service.gateway.dossiers.archive, dossier.told["case"]["id"]
    notice = dossier.notice["id"]

    def begun(case: Any) -> Any:
        queued = moves.queue(case, notice, MailSender.route, found=(), now=at(0))
        return moves.begin_sending(queued, notice, found=())

    await archive.change(case, "sending", begun, None, notice)
    post = Post(Taken())
    courier = a_courier(service, {"instagram": post}, lambda: at(0))
    await courier.carry(a_lease(case))
    assert (await dossier.until("unknown"))["error"] == "interrupted"
    assert post.sent == []


async def test_a_case_that_had_its_time_is_destroyed_and_a_held_one_is_not(
    service: Running,
) -> None:
    dossier, _ = await a_validated_dossier(service)
    archive, case = service.gateway.dossiers.archive, dossier.told["case"]["id"]
    last = (await archive.read(case)).case.steps[-1].at
    early = a_courier(service, {}, lambda: last)
    assert await early.carry(a_lease(case)) == moves.KEPT_FOR
    await dossier.do("hold", {"text": "Réquisition"})
    late = a_courier(service, {}, lambda: last + 2 * moves.KEPT_FOR)
    assert await late.carry(a_lease(case)) is not None
    await dossier.do("release")
    assert await late.carry(a_lease(case)) is None
    with pytest.raises(NotFound):
        await archive.read(case)


async def test_a_platform_without_a_channel_is_told_as_refused(service: Running) -> None:
    dossier, _ = await a_validated_dossier(service)
    archive, case = service.gateway.dossiers.archive, dossier.told["case"]["id"]
    notice = dossier.notice["id"]
    await archive.change(
        case,
        "queued_mail",
        lambda one: moves.queue(one, notice, MailSender.route, found=(), now=at(0)),
        None,
        notice,
    )
    await a_courier(service, {}, lambda: at(1)).carry(a_lease(case))
    assert (await dossier.until("refused"))["error"] == "no_channel"


def names_of(mailbox: Mailbox) -> list[str]:
    return [str(message_from_bytes(raw)["Message-ID"]) for raw in mailbox.got]


async def a_queued_notice(service: Running) -> tuple[Dossier, str]:
    """Queued for mail, with no worker woken: the test carries it itself. The dossier, its case."""
    dossier, _ = await a_validated_dossier(service)
    case, notice = dossier.told["case"]["id"], dossier.notice["id"]

    def queue(one: Any) -> Any:
        return moves.queue(one, notice, MailSender.route, found=(), now=at(0))

    await service.gateway.dossiers.archive.change(case, "queued_mail", queue, None, notice)
    return dossier, case


@asynccontextmanager
async def carried(service: Running, mailbox: Mailbox, case: str) -> AsyncIterator[Carry]:
    """What carries the case at a moment, `hours` from the beginning."""
    async with mailbox.listening() as port:
        server = SmtpServer(host="127.0.0.1", port=port, tls=False, sender=US.email)
        sender = MailSender(server, to="p@platform.example", certificate=None, timeout=1)

        async def carry(hours: float) -> None:
            courier = a_courier(service, {"instagram": sender}, lambda: at(hours * 3600))
            await courier.carry(a_lease(case))

        yield carry


@pytest.mark.parametrize("reply", ["250 OK, far too late", "421 4.4.2 time-out, closing", None])
async def test_a_server_that_takes_it_and_times_out_gets_no_second_one_from_a_machine(
    tmp_path: Path, reply: str | None
) -> None:
    mailbox = Mailbox(reply)
    mailbox.hang = reply is not None and reply.startswith("250")
    async with a_service(tmp_path, mailbox) as service:
        dossier, _ = await a_validated_dossier(service)
        await dossier.of_notice("dispatch", {"route": "mail"})
        await dossier.until("unknown")
        async with carried(service, mailbox, dossier.told["case"]["id"]) as carry:
            for hours in (1, 24, 24 * 6):
                await carry(hours)
        await dossier.until("unknown")
        assert len(mailbox.got) == 1
        # Nor is it lost: it stands in the list of what a person has to do.
        assert "unknown" in [one["why"] for one in dossier.told["todo"]]
        # The platform says that nothing came. A person sends it again, under the same name.
        mailbox.reply, mailbox.hang = "250 OK", False
        assert (await dossier.of_notice("resolve", {"arrived": False}))[0] == 200
        assert (await dossier.of_notice("dispatch", {"route": "mail"}))[0] == 200
        await dossier.until("sent")
    assert len(mailbox.got) == 2
    assert len(set(names_of(mailbox))) == 1, "whoever has both can tell that it is one notice"


async def test_a_server_that_keeps_what_it_refuses_for_now_gets_one_notice_twice_and_not_two(
    service: Running,
) -> None:
    mailbox = Mailbox("451 try again")
    dossier, case = await a_queued_notice(service)
    async with carried(service, mailbox, case) as carry:
        await carry(0)
        assert (await dossier.until("queued"))["error"] == "smtp_451"
        mailbox.reply = "250 OK"
        for hours in (24, 25, 48):
            await carry(hours)
    await dossier.until("sent")
    assert len(mailbox.got) == 2
    assert len(set(names_of(mailbox))) == 1
    kinds = [step["kind"] for step in dossier.told["case"]["steps"]]
    assert kinds.count("sending_taken") == 1


async def a_notice_refused_for_now(service: Running, mailbox: Mailbox) -> tuple[Dossier, Any]:
    """A dossier whose notice waits for its second try, and what carries it."""
    mailbox.reply = "451 try again"
    dossier, _ = await a_validated_dossier(service)
    await dossier.of_notice("dispatch", {"route": "mail"})
    async with asyncio.timeout(20):
        while not mailbox.got or (await dossier.until("queued"))["error"] != "smtp_451":
            await asyncio.sleep(0.05)
    mailbox.reply = "250 OK"
    post = Post(Taken())

    async def carry() -> list[Parcel]:
        case = dossier.told["case"]["id"]
        later = await service.gateway.dossiers.archive.read(case)
        due = later.case.notices[0].dispatch
        moment = due.due_at if due else later.case.opened_at
        await a_courier(service, {"instagram": post}, lambda: moment).carry(a_lease(case))
        _, dossier.told = await dossier.console.get(dossier.at)
        return post.sent

    return dossier, carry


async def test_consent_taken_back_while_it_waits_is_heard_before_it_leaves(
    service: Running, mailbox: Mailbox
) -> None:
    dossier, carry = await a_notice_refused_for_now(service, mailbox)
    seq, notice = dossier.told["case"]["quotes"][0]["seq"], dossier.notice["id"]
    assert await dossier.put(complete(seq, notice, consent=None)) == 200
    assert await carry() == []
    assert dossier.notice["state"] == "draft"
    assert dossier.notice["dispatch"]["status"] == "stopped"
    assert dossier.notice["dispatch"]["error"] == "no_consent"
    assert "no_consent" in [one["code"] for one in dossier.notice["problems"]]
    assert dossier.told["case"]["steps"][-1]["kind"] == "sending_stopped"
    # Later they want it after all: it goes as it then stands.
    assert await dossier.put(complete(seq, notice)) == 200
    assert (await dossier.of_notice("validate"))[0] == 200
    assert (await dossier.of_notice("dispatch", {"route": "mail"}))[0] == 200
    await dossier.until("sent")
    assert len(mailbox.got) == 2


async def test_what_is_written_while_it_waits_is_neither_in_its_mail_nor_in_its_fields(
    service: Running, mailbox: Mailbox
) -> None:
    dossier, carry = await a_notice_refused_for_now(service, mailbox)
    seq, notice = dossier.told["case"]["quotes"][0]["seq"], dossier.notice["id"]
    paper = f"/console/api{dossier.at}/notices/{notice}/pdf"
    validated = await (await dossier.console.client.get(paper)).read()
    form = dossier.notice["form"]
    newer = EXPLANATION.replace("Plusieurs", "Trois") + " Depuis, un autre compte est apparu."
    assert await dossier.put(complete(seq, notice, explanation=newer, victim_age=12)) == 200
    assert dossier.told["case"]["explanation"] == newer
    [parcel] = await carry()
    assert parcel.pdf == validated
    assert parcel.fields["explanation"] == EXPLANATION
    assert EXPLANATION in parcel.text
    assert "un autre compte" not in parcel.text
    # What a person would copy by hand is the same, and the export proves it.
    assert dossier.notice["form"] == form
    exported = await dossier.console.client.get(f"/console/api{dossier.at}/export")
    document = json.loads(await exported.read())
    verify(document)
    assert EXPLANATION in document["case"]["notices"][0]["wording"]


async def test_a_notice_without_its_words_is_a_draft_again_and_not_drawn_anew(
    service: Running, mailbox: Mailbox
) -> None:
    """One that was validated before they were kept: validated again it goes."""
    dossier, carry = await a_notice_refused_for_now(service, mailbox)
    archive = service.gateway.dossiers.archive
    await archive.change(
        dossier.told["case"]["id"],
        "edited",
        lambda case: replace(case, notices=(replace(case.notices[0], wording=""),)),
        None,
    )
    assert await carry() == []
    stopped = dossier.notice["dispatch"]
    assert (stopped["status"], stopped["error"]) == ("stopped", "no_paper")
    assert dossier.notice["state"] == "draft", "the page offers to validate it again"
    assert (await dossier.of_notice("validate"))[0] == 200
    assert (await dossier.of_notice("dispatch", {"route": "mail"}))[0] == 200
    await dossier.until("sent")


async def test_a_lawyer_s_no_while_it_waits_is_heard_before_it_leaves(
    service: Running, mailbox: Mailbox
) -> None:
    dossier, carry = await a_notice_refused_for_now(service, mailbox)
    chief = await a_console(service, "chief", StaffRole.SUPERVISOR)
    body = {"approved": False, "text": "Il manque la date."}
    assert (await chief.post(f"{dossier.at}/review", body))[0] == 200
    assert await carry() == []
    assert dossier.notice["dispatch"]["error"] == "review_against"
    assert [one["why"] for one in dossier.told["todo"]] == ["stopped"]


async def test_a_listener_takes_a_notice_back_that_waits_and_may_then_destroy_the_dossier(
    service: Running, mailbox: Mailbox
) -> None:
    dossier, carry = await a_notice_refused_for_now(service, mailbox)
    assert (await dossier.of_notice("cancel"))[0] == 200
    assert (dossier.notice["state"], dossier.notice["dispatch"]) == ("draft", None)
    assert await carry() == []
    assert (await dossier.of_notice("cancel"))[0] == 409
    assert (await dossier.do("destroy", {"text": "elle ne veut plus"}))[0] == 204
    assert len(mailbox.got) == 1


async def test_what_was_changed_while_it_was_on_its_way_is_not_copied_into_a_form(
    tmp_path: Path,
) -> None:
    mailbox = Mailbox(reply=None)
    async with a_service(tmp_path, mailbox) as service:
        dossier, _ = await a_validated_dossier(service)
        await dossier.of_notice("dispatch", {"route": "mail"})
        await dossier.until("unknown")
        seq = dossier.told["case"]["quotes"][0]["seq"]
        assert await dossier.put(complete(seq, dossier.notice["id"], consent=None)) == 200
        await dossier.of_notice("resolve", {"arrived": False})
        status, told = await dossier.of_notice("dispatch", {"route": "form"})
        assert status == 422
        assert [one["code"] for one in told["problems"]] == ["no_consent"]


async def test_a_paper_that_holds_no_more_is_destroyed_with_what_it_showed(
    service: Running,
) -> None:
    dossier, _ = await a_validated_dossier(service)
    notice, seq = dossier.notice["id"], dossier.told["case"]["quotes"][0]["seq"]
    assert await service.store.document(FILES, notice) is not None
    assert await dossier.put(complete(seq, notice, explanation=EXPLANATION + " Encore.")) == 200
    assert await service.store.document(FILES, notice) is None
    await dossier.of_notice("validate")
    assert await service.store.document(FILES, notice) is not None
    assert await dossier.put(complete(seq, notices=[])) == 200
    assert await service.store.document(FILES, notice) is None, "not an orphan for ever"


async def test_a_picture_that_is_destroyed_leaves_its_unsent_papers_too(service: Running) -> None:
    dossier, _ = await a_validated_dossier(service)
    path = f"/console/api{dossier.at}/captures?taken_at=2026-03-02T11:00:00Z"
    answer = await dossier.console.client.post(path, data=a_picture())
    dossier.told = await answer.json()
    [capture] = dossier.told["case"]["captures"]
    judged = {"id": capture["id"], "taken_at": capture["taken_at"], "intimate": False}
    notice, seq = dossier.notice["id"], dossier.told["case"]["quotes"][0]["seq"]
    assert await dossier.put(complete(seq, notice, captures=[judged])) == 200
    assert (await dossier.of_notice("validate"))[0] == 200
    assert (await dossier.do(f"captures/{capture['id']}/hash-only"))[0] == 200
    assert dossier.notice["state"] == "draft"
    for name in (capture["id"], notice):
        assert await service.store.document(FILES, name) is None


async def sent_along(
    service: Running,
    conversation: str,
    content: bytes,
    mime: str | None = None,
    kind: MessageType = MessageType.IMAGE,
) -> bytes:
    """What the person sent with their first message, kept."""
    wanted = await service.store.conversation(ConversationId(conversation))
    message = (await service.store.messages(wanted.id))[0]
    file = Attachment(
        id=AttachmentId(new_id()),
        type=kind,
        state=FileState.KEPT,
        mime=mime,
        size=len(content),
    )
    await service.store.put_file(wanted.id, file.id, content)
    arrived = transitions.files_arrived(
        wanted, message, (*message.attachments, file), now=system_clock(), phrases=Echo()
    )
    await service.store.commit(arrived, now=system_clock())
    return content


async def test_a_closed_conversation_is_kept_for_a_judge_whatever_is_erased(
    service: Running,
) -> None:
    anne = await a_console(service, "anne")
    await a_waiting_person(service, "DANGER il a mon adresse")
    _, detail = await anne.next()
    conversation = detail["summary"]["id"]
    picture = await sent_along(service, conversation, a_picture())
    voice = await sent_along(service, conversation, b"a voice", "audio/ogg", MessageType.VOICE)
    film = await sent_along(service, conversation, bytes(range(256)) * (9 * 4096), "video/mp4")
    _, detail = await anne.get(f"/conversations/{conversation}")
    closing = {"outcome": "helped", "seen": detail["summary"]["version"]}
    assert (await anne.post(f"/conversations/{conversation}/close", closing))[0] < 300
    chief = Dossier(await a_console(service, "chief", StaffRole.SUPERVISOR))
    path = f"/board/{conversation}/preserve"
    assert (await anne.post(path, {"text": "réquisition"}))[0] == 403
    assert (await chief.console.post(path, {"text": " "}))[0] == 409
    assert (await chief.console.get("/signalements"))[1] == {"cases": []}
    status, chief.told = await chief.console.post(path, {"text": "Parquet de Lyon, 26/123"})
    assert status == 200
    case = chief.told["case"]
    assert "DANGER il a mon adresse" in [one["text"] for one in case["quotes"]]
    assert case["hold"]["reason"] == "Parquet de Lyon, 26/123"
    assert [one["kind"] for one in case["steps"]] == [
        "preserved",
        "capture_added",
        "file_enclosed",
        "file_enclosed",
    ]
    assert [one["sha256"] for one in case["captures"]] == [hashlib.sha256(picture).hexdigest()]
    hashes = [hashlib.sha256(one).hexdigest() for one in (voice, film)]
    assert [(one["sha256"], one["kept"]) for one in case["enclosed"]] == [
        (one, True) for one in hashes
    ]
    looks = await service.store.audit_entries(verb=Verb.CONVERSATION_READ)
    assert [entry.reason for entry in looks] == ["Parquet de Lyon, 26/123"]
    # Asked twice it is one.
    _, again = await chief.console.post(path, {"text": "Parquet de Lyon, 26/123"})
    assert again["case"]["id"] == case["id"]
    for name in ("captures", "enclosed", "steps"):
        assert again["case"][name] == case[name]
    contact = (await service.store.conversation(conversation)).contact_id
    assert await service.store.erase_contact(contact)
    exported = await chief.console.client.get(f"/console/api{chief.at}/export")
    document = json.loads(await exported.read())
    verify(document)
    assert "DANGER il a mon adresse" in json.dumps(document, ensure_ascii=False)
    assert [one["sha256"] for one in document["case"]["enclosed"]] == hashes
    for told, content, ending in zip(case["enclosed"], (voice, film), ("ogg", "mp4"), strict=True):
        file = f"/console/api{chief.at}/files/{told['id']}"
        assert (await anne.client.get(file)).status == 404, "who may not see the case"
        answer = await chief.console.client.get(file)
        assert await answer.read() == content
        assert answer.content_type == "application/octet-stream"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        name = f"message-{told['seq']}-{told['id'][:8]}.{ending}"
        assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}"'
        seen = await service.store.audit_entries(verb=Verb.FILE_REVEALED, limit=1)
        assert [one.details for one in seen] == [{"part": told["id"]}]
    kept_picture = f"/console/api{chief.at}/captures/{case['captures'][0]['id']}"
    assert await (await chief.console.client.get(kept_picture)).read() == picture
    assert (await chief.do("destroy", {"text": "fini"}))[0] == 409
    assert (await chief.console.post(path, {"text": "encore"}))[0] == 404
    # Nor does a wrong click take out of it what was asked for.
    judged = [{"id": one["id"]} for one in case["captures"]]
    picks = [{"seq": one["seq"]} for one in case["quotes"]]
    assert await chief.put({"quotes": picks[1:], "captures": judged}) == 409
    assert await chief.put({"quotes": picks, "captures": []}) == 409
    whole = {"quotes": picks, "captures": judged, "explanation": EXPLANATION}
    assert await chief.put(whole) == 200
    # A film that may not be kept goes alone, though the dossier is held.
    gone = f"files/{case['enclosed'][1]['id']}"
    foreign = await anne.post(f"{chief.at}/{gone}/hash-only", {})
    assert foreign[0] == 404
    assert (await chief.do(f"{gone}/hash-only"))[0] == 200
    assert [one["destroyed"] for one in chief.told["case"]["enclosed"]] == [False, True]
    assert (await chief.console.client.get(f"/console/api{chief.at}/{gone}")).status == 404
    # A year after it is no more held nothing of it is left.
    assert (await chief.do("release"))[0] == 200
    late = a_courier(service, {}, lambda: system_clock() + 2 * moves.KEPT_FOR)
    assert await late.carry(a_lease(case["id"])) is None
    assert await service.store.documents(FILES) == []
