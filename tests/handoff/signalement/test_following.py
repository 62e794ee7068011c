"""After the sending: the person is told, a second person reviews, the team is reminded."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest

from core.accounts import StaffRole
from core.conversation import Author
from core.signalement import moves
from core.signalement.case import Case
from core.signalement.todo import TELL_AFTER
from core.transitions.news import SENTENCE
from gateway.pagers import MailServer
from gateway.teammail import TeamMail
from handoff.signalement.reminders import Reminder
from tests.gateway.gateways import Running
from tests.handoff.signalement.mailbox import Mailbox
from tests.handoff.signalement.test_dossiers import (
    US,
    Dossier,
    a_courier,
    a_lease,
    a_service,
    an_open_dossier,
    complete,
)
from tests.handoff.test_console_api import Console, a_console


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[Running]:
    async with a_service(tmp_path, Mailbox()) as gateway:
        yield gateway


async def a_removed_content(service: Running, *, tell: bool) -> tuple[Dossier, str]:
    """A dossier whose content is gone, and its conversation, which a listener closed."""
    dossier, conversation, seq = await an_open_dossier(service)
    assert await dossier.put(complete(seq, tell=tell)) == 200
    for move, body in (
        ("validate", None),
        ("dispatch", {"route": "form"}),
        ("received", {"text": "IG-77"}),
        ("removed", None),
    ):
        status, told = await dossier.of_notice(move, body)
        assert status == 200, told
    return dossier, conversation


async def close(dossier: Dossier, conversation: str) -> None:
    _, detail = await dossier.console.get(f"/conversations/{conversation}")
    status, _ = await dossier.console.post(
        f"/conversations/{conversation}/close",
        {"outcome": "signalement", "seen": detail["summary"]["version"]},
    )
    assert status == 200


async def news(service: Running, conversation: str) -> list[str]:
    messages = await service.store.messages(conversation)  # type: ignore[arg-type]
    return [one.text for one in messages if one.sentence == SENTENCE]


async def test_who_agreed_is_told_once_in_words_that_name_nothing(service: Running) -> None:
    dossier, conversation = await a_removed_content(service, tell=True)
    await close(dossier, conversation)
    assert [one["why"] for one in dossier.told["todo"]] == ["tell"]
    answers = await asyncio.gather(*(dossier.of_notice("tell") for _ in range(3)))
    assert sorted(status for status, _ in answers) == [200, 409, 409]
    assert await news(service, conversation) == [f"{SENTENCE}/tu"]
    [message] = [
        one
        for one in await service.store.messages(conversation)  # type: ignore[arg-type]
        if one.sentence == SENTENCE
    ]
    assert message.author is Author.SERVICE
    assert message.delivery is not None
    _, dossier.told = await dossier.console.get(dossier.at)
    assert dossier.notice["told_at"] is not None
    assert dossier.told["case"]["steps"][-1]["kind"] == "person_told"


async def test_without_agreement_nobody_is_written_to(service: Running) -> None:
    dossier, conversation = await a_removed_content(service, tell=False)
    await close(dossier, conversation)
    assert (await dossier.of_notice("tell"))[0] == 409
    assert await news(service, conversation) == []


async def test_while_somebody_talks_with_them_no_machine_speaks(service: Running) -> None:
    dossier, conversation = await a_removed_content(service, tell=True)
    assert (await dossier.of_notice("tell"))[0] == 409
    assert await news(service, conversation) == []
    assert dossier.notice["told_at"] is None
    # The dossier says why, and whoever talks with them says it in words.
    assert dossier.told["tell_hindrance"] == "held"
    assert (await dossier.of_notice("told_in_words"))[0] == 200
    assert dossier.notice["told_at"] is not None
    assert "tell" not in [one["why"] for one in dossier.told["todo"]]
    assert dossier.told["case"]["steps"][-1]["kind"] == "told_in_words"
    await close(dossier, conversation)
    _, told = await dossier.console.get(dossier.at)
    assert told["tell_hindrance"] is None
    assert (await dossier.of_notice("tell"))[0] == 409, "told already"


async def test_before_the_content_is_gone_there_is_no_news(service: Running) -> None:
    dossier, conversation, seq = await an_open_dossier(service)
    await dossier.put(complete(seq, tell=True))
    assert (await dossier.of_notice("tell"))[0] == 409
    assert await news(service, conversation) == []


async def test_who_was_erased_cannot_be_told(service: Running) -> None:
    dossier, conversation = await a_removed_content(service, tell=True)
    contact = (await service.store.conversation(conversation)).contact_id  # type: ignore[arg-type]
    assert await service.store.erase_contact(contact)
    assert (await dossier.of_notice("tell"))[0] == 409
    _, told = await dossier.console.get(dossier.at)
    assert told["tell_hindrance"] == "gone"


async def a_chief(service: Running) -> Console:
    return await a_console(service, "chef", StaffRole.SUPERVISOR)


async def test_a_second_person_says_no_and_the_dossier_waits_until_it_is_corrected(
    service: Running,
) -> None:
    dossier, _, seq = await an_open_dossier(service)
    assert await dossier.put(complete(seq)) == 200
    own, _ = await dossier.do("review", {"approved": True})
    assert own == 409, "nobody approves their own dossier"
    chief = await a_chief(service)
    assert (await chief.post(f"{dossier.at}/review", {"approved": False, "text": " "}))[0] == 409
    status, seen = await chief.post(
        f"{dossier.at}/review", {"approved": False, "text": "Citez le message."}
    )
    assert status == 200
    assert seen["may_review"] is True
    status, told = await dossier.of_notice("validate")
    assert status == 422
    assert [one["code"] for one in told["problems"]] == ["review_against"]
    _, dossier.told = await dossier.console.get(dossier.at)
    assert dossier.told["case"]["review"]["remarks"] == "Citez le message."
    assert dossier.told["may_review"] is False
    # Corrected: what the lawyer saw is no more.
    notice = dossier.notice["id"]
    changed = complete(seq, notice, explanation="x" * 80)
    assert await dossier.put(changed) == 200
    assert dossier.told["case"]["review"] is None
    assert (await dossier.of_notice("validate"))[0] == 200
    assert (await chief.post(f"{dossier.at}/review", {"approved": True}))[0] == 200


async def test_what_a_lawyer_refused_after_validation_is_not_sent(service: Running) -> None:
    dossier, _, seq = await an_open_dossier(service)
    await dossier.put(complete(seq))
    await dossier.of_notice("validate")
    chief = await a_chief(service)
    await chief.post(f"{dossier.at}/review", {"approved": False, "text": "Attendez."})
    for route in ("mail", "form"):
        assert (await dossier.of_notice("dispatch", {"route": route}))[0] == 422, route


async def test_content_that_is_still_gone_is_looked_at_again_later(service: Running) -> None:
    dossier, _ = await a_removed_content(service, tell=False)
    [look] = dossier.told["todo"]
    assert (look["why"], look["due"]) == ("look", False)
    assert (await dossier.of_notice("still_gone"))[0] == 200
    assert dossier.told["todo"][0]["at"] > look["at"]
    assert (await dossier.of_notice("seen_again"))[0] == 200
    assert [one["state"] for one in dossier.told["case"]["notices"]] == ["removed", "draft"]


async def test_the_list_says_what_waits_for_somebody(service: Running) -> None:
    dossier, _ = await a_removed_content(service, tell=True)
    _, told = await dossier.console.get("/signalements")
    [row] = told["cases"]
    assert [(one["why"], one["due"]) for one in row["todo"]] == [("tell", True)]
    assert await dossier.console.get("/signalements/todo") == (200, {"due": 1})
    other = await a_console(service, "bob")
    assert await other.get("/signalements/todo") == (200, {"due": 0})


class Team:
    """Whoever is reminded."""

    def __init__(self, *, takes: bool = True) -> None:
        self.takes = takes
        self.got: list[Reminder] = []

    async def tell(self, reminder: Reminder) -> bool:
        self.got.append(reminder)
        return self.takes


async def a_late_platform(service: Running) -> tuple[Dossier, Case]:
    dossier, _, seq = await an_open_dossier(service)
    await dossier.put(complete(seq))
    await dossier.of_notice("validate")
    await dossier.of_notice("dispatch", {"route": "form"})
    case = (await service.gateway.dossiers.archive.read(dossier.told["case"]["id"])).case
    return dossier, case


async def test_a_platform_that_lets_its_time_pass_is_told_to_the_team_again_and_again(
    service: Running,
) -> None:
    dossier, case = await a_late_platform(service)
    sent = case.notices[0].dispatched_at
    assert sent is not None
    team, lease = Team(), a_lease(case.id)
    late = sent + timedelta(hours=24) + TELL_AFTER

    def carried(when: Any) -> Any:
        return a_courier(service, {}, lambda: when, team.tell).carry(lease)

    assert await carried(sent) == timedelta(hours=25)
    assert team.got == []
    again = await carried(late)
    assert again is not None
    assert again == timedelta(days=1)
    [first] = team.got
    assert "Instagram" in first.text
    assert case.notices[0].id[:8] in first.text
    assert "https://relais.example/console/" in first.text
    for secret in ("faux compte", "instagram.com", " 13 ", "13 ans"):
        assert secret not in first.text, secret
    await carried(late + timedelta(hours=1))
    assert len(team.got) == 1, "not before a day has passed"
    await carried(late + timedelta(days=1))
    assert len(team.got) == 2
    # Somebody deals with it: silence.
    assert (await dossier.of_notice("removed"))[0] == 200
    await carried(late + timedelta(days=2))
    assert len(team.got) == 2


async def test_a_reminder_that_no_server_took_is_tried_again_within_the_hour(
    service: Running,
) -> None:
    _, case = await a_late_platform(service)
    sent = case.notices[0].dispatched_at
    assert sent is not None
    late = sent + timedelta(days=2)
    broken = Team(takes=False)
    courier = a_courier(service, {}, lambda: late, broken.tell)
    again = await courier.carry(a_lease(case.id))
    assert again is not None
    assert again <= timedelta(hours=1)
    whole = Team()
    await a_courier(service, {}, lambda: late + again, whole.tell).carry(a_lease(case.id))
    assert len(whole.got) == 1


async def test_reminders_do_not_keep_a_dossier_alive(service: Running) -> None:
    _, case = await a_late_platform(service)
    archive = service.gateway.dossiers.archive
    sent = case.notices[0].dispatched_at
    assert sent is not None
    before = (await archive.read(case.id)).case
    team = Team()
    late = sent + timedelta(days=3)
    await a_courier(service, {}, lambda: late, team.tell).carry(a_lease(case.id))
    assert moves.ends_at((await archive.read(case.id)).case) == moves.ends_at(before)


async def test_the_team_is_reminded_by_a_real_mail_server_and_its_faults_are_told() -> None:
    mailbox = Mailbox()
    async with mailbox.listening() as port:
        server = MailServer.of(f"smtp://127.0.0.1:{port}", US.email)
        mail = TeamMail(server, to="equipe@service.example")
        assert await mail.tell(Reminder("Signalement abcd", "Dossier abcd : en retard\n"))
        mailbox.reply = "451 later"
        assert not await mail.tell(Reminder("Signalement abcd", "encore\n"))
    assert not await mail.tell(Reminder("Signalement abcd", "personne\n")), "nobody listens now"
    message = message_from_bytes(mailbox.got[0], policy=policy.default)
    assert message["To"] == "equipe@service.example"
    assert message["Auto-Submitted"] == "auto-generated"
