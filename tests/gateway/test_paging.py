"""Danger at night calls who is on call: real HTTP and SMTP on loopback, faults included."""

import asyncio
import hmac
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from aiosmtpd.smtp import SMTP

from core import transitions
from core.assessment import Assessment
from core.conversation import Conversation
from core.follow_up import ASK_CALL
from core.hours import Hours, Phase, Plan
from core.ids import ConversationId
from core.labels import Issue, Urgency
from core.ports import Change, Store
from core.prospects import Prospect
from core.rota import as_document as rota_document
from core.rota import rota_from
from core.work import Lane
from gateway.expectations import Expectations, Facts
from gateway.metrics import Metrics
from gateway.pagers import WORDS, MailServer, Pagers
from gateway.paging import Paging, acknowledge, state_of
from handoff.oncall import OnCallLinks
from handoff.papers import KIND
from tests.builders import LEASE, NOON, a_contact, an_event
from tests.core.test_transitions import ANNE
from tests.fakes import Echo, TurnableClock

SECRET = b"a secret of twenty-four characters"
SHUT = Hours(plan=Plan(week=((),) * 7))
SAID = "je vais sauter du pont des Arts"


class Phone:
    """Where webhooks arrive; answers with the statuses it is told, else 200."""

    def __init__(self) -> None:
        self.calls: list[tuple[dict[str, str], bytes]] = []
        self.statuses: list[int] = []

    async def take(self, request: web.Request) -> web.Response:
        self.calls.append((dict(request.headers), await request.read()))
        return web.Response(status=self.statuses.pop(0) if self.statuses else 200)


class Inbox:
    """Where e-mail arrives; refuses it when told to."""

    def __init__(self) -> None:
        self.mails: list[Any] = []
        self.refuses = False

    async def handle_DATA(self, _server: object, _session: object, envelope: Any) -> str:  # noqa: N802
        if self.refuses:
            return "451 later"
        self.mails.append(envelope)
        return "250 taken"


class Nights:
    """A house at night with a rota, and a danger in it."""

    def __init__(self, store: Store, phone: Phone, inbox: Inbox, webhook: str, port: int) -> None:
        self.store, self.phone, self.inbox, self.webhook = store, phone, inbox, webhook
        self.clock = TurnableClock()
        self.links = OnCallLinks(
            secret=b"links",
            base="https://chat.example.org",
            names=lambda: self.expects.rota.people,
            acknowledge=lambda id_, name: acknowledge(store, id_, name, self.clock),
        )
        mail = MailServer.of(f"smtp://127.0.0.1:{port}", "astreinte@example.org")
        self.pagers = Pagers(
            mail=mail,
            secret=SECRET,
            console="https://chat.example.org/console/",
            link=self.links.link,
            clock=self.clock,
        )
        self.metrics = Metrics()
        facts = Facts(hours=SHUT)
        self.expects = Expectations(
            store=store, facts=facts, clock=self.clock, reachable=self.pagers.reachable
        )
        self.paging = Paging(
            store=store,
            on_call=self.expects.on_call,
            patience=self.expects.patience,
            call=self.pagers.call,
            expect=self.expects.of,
            phrases=Echo(),
            clock=self.clock,
            metrics=self.metrics,
        )

    async def on_call(self, *levels: list[str]) -> None:
        rota = rota_from(
            {
                "people": [
                    {"name": "Anne", "webhook": self.webhook},
                    {"name": "Bilal", "email": "bilal@example.org"},
                ],
                "otherwise": [list(level) for level in levels],
            }
        )
        body = json.dumps(rota_document(rota)).encode()
        before = await self.store.document(KIND, "rota")
        version = before.version if before else 0
        await self.store.put_document(KIND, "rota", body, version=version, now=self.clock())
        await self.expects.look()

    async def danger(self) -> Conversation:
        contact = await a_contact(self.store)
        return await self.writes(
            transitions.open_conversation(contact, None, now=self.clock()), SAID
        )

    async def writes(self, conversation: Conversation, text: str) -> Conversation:
        contact = await self.store.contact(conversation.contact_id)
        change = transitions.receive(
            conversation,
            an_event(text=text, sender=contact.address),
            Assessment(urgency=Urgency.CRITIQUE, issue=Issue.IDEATION_SUICIDAIRE),
            burst=LEASE,
            now=self.clock(),
            phrases=Echo(),
            prospect=self.expects.of("web"),
        )
        return await self.commit(change)

    async def claimed(self, conversation: Conversation) -> Conversation:
        return await self.commit(
            transitions.claim(conversation, ANNE, now=self.clock(), phrases=Echo())
        )

    async def answered(self, conversation: Conversation) -> Conversation:
        said = transitions.reply(
            conversation, ANNE, "je suis là", client_id="c", seen=99,
            now=self.clock(), phrases=Echo(),
        )  # fmt: skip
        return await self.commit(said)

    async def commit(self, change: Change) -> Conversation:
        await self.store.commit(change, now=self.clock())
        return change.conversation

    async def told(self, conversation: Conversation) -> list[str]:
        """What the person was told."""
        messages = await self.store.messages(conversation.id)
        # That a call is proposed at night is another test's matter.
        said = [message.sentence for message in messages if message.sentence]
        return [sentence for sentence in said if sentence != ASK_CALL]

    async def pass_by(self, *, minutes: int) -> None:
        """Let time pass while the lane is worked, as often as it may wish."""
        for _ in range(minutes * 6):
            self.clock.turn(10)
            await self.run()

    async def run(self) -> int:
        leases = await self.store.claim_work(Lane.PAGE, now=self.clock(), lease_for=LEASE, limit=10)
        for lease in leases:
            again = await self.paging.page(lease)
            await self.store.finish_work(
                lease, now=self.clock(), again_at=None if again is None else self.clock() + again
            )
        return len(leases)


@asynccontextmanager
async def a_server(app: web.Application) -> AsyncIterator[str]:
    async with TestServer(app) as server:
        yield str(server.make_url("/page"))


@pytest.fixture
async def nights(store: Store) -> AsyncIterator[Nights]:
    phone, inbox = Phone(), Inbox()
    app = web.Application()
    app.router.add_post("/page", phone.take)
    loop = asyncio.get_running_loop()
    smtp = await loop.create_server(lambda: SMTP(inbox), "127.0.0.1", 0)
    async with a_server(app) as webhook, smtp:
        yield Nights(store, phone, inbox, webhook, smtp.sockets[0].getsockname()[1])


async def test_danger_at_night_calls_who_is_on_call_without_a_word_of_it(nights: Nights) -> None:
    await nights.on_call(["Anne", "Bilal"])
    assert nights.expects.of("web").on_call
    conversation = await nights.danger()
    assert await nights.run() == 1
    ((headers, body),) = nights.phone.calls
    told = json.loads(body)
    assert told["text"] == WORDS
    assert told["console"] == "https://chat.example.org/console/"
    signed = headers["X-Relais-Timestamp"].encode() + b"." + body
    expected = hmac.digest(SECRET, signed, "sha256").hex()
    assert headers["X-Relais-Signature"] == f"sha256={expected}"
    (mail,) = nights.inbox.mails
    assert mail.rcpt_tos == ["bilal@example.org"]
    text = message_from_bytes(mail.content)
    assert text["Subject"] == WORDS
    for page in (body.decode(), str(text)):
        assert SAID not in page
        assert "web" not in page.replace("webhook", "")
    assert told["acknowledge"].startswith(f"https://chat.example.org/astreinte/{conversation.id}")


async def test_who_does_not_answer_is_followed_by_the_next_level(nights: Nights) -> None:
    await nights.on_call(["Anne"], ["Bilal"])
    await nights.danger()
    await nights.run()
    assert (len(nights.phone.calls), len(nights.inbox.mails)) == (1, 0)
    nights.clock.turn(9 * 60)
    await nights.run()
    assert (len(nights.phone.calls), len(nights.inbox.mails)) == (1, 0)
    nights.clock.turn(61)
    await nights.run()
    assert (len(nights.phone.calls), len(nights.inbox.mails)) == (1, 1)


async def test_a_webhook_that_fails_is_tried_again(nights: Nights) -> None:
    await nights.on_call(["Anne"])
    nights.phone.statuses = [503, 302]
    await nights.danger()
    for _ in range(4):
        await nights.run()
        nights.clock.turn(31)
    assert len(nights.phone.calls) == 3


async def test_a_mail_server_that_refuses_is_tried_again(nights: Nights) -> None:
    await nights.on_call(["Bilal"])
    nights.inbox.refuses = True
    await nights.danger()
    await nights.run()
    nights.inbox.refuses = False
    nights.clock.turn(31)
    await nights.run()
    assert len(nights.inbox.mails) == 1


async def test_the_link_in_a_page_stops_the_calling_until_its_time_is_over(
    nights: Nights,
) -> None:
    await nights.on_call(["Anne"], ["Bilal"])
    conversation = await nights.danger()
    await nights.run()
    link = nights.links.link(conversation.id, "Anne")
    assert link is not None
    app = web.Application()
    app.router.add_routes(nights.links.routes())
    async with TestClient(TestServer(app)) as client:
        path = link.removeprefix("https://chat.example.org")
        shown = await client.get(path)
        assert shown.status == 200
        assert "m’en occupe" in await shown.text()
        page, _ = await state_of(nights.store, conversation.id)
        assert page is not None
        assert page.acknowledged_by is None
        assert "C’est noté" in await (await client.post(path)).text()
        for wrong in (path[:-1] + "x", path[:-1], "/astreinte/" + "0" * 64):
            assert (await client.post(wrong)).status == 404
    nights.clock.turn(14 * 60)
    await nights.run()
    assert len(nights.inbox.mails) == 0
    nights.clock.turn(2 * 60)
    await nights.run()
    assert len(nights.inbox.mails) == 1


async def test_a_listener_who_answers_ends_it(nights: Nights) -> None:
    await nights.on_call(["Anne"], ["Bilal"])
    conversation = await nights.danger()
    await nights.run()
    answered = await nights.answered(await nights.claimed(conversation))
    assert answered.danger_since is None
    nights.clock.turn(61)
    assert await nights.run() == 1
    nights.clock.turn(3600)
    assert await nights.run() == 0
    assert await state_of(nights.store, conversation.id) == (None, 0)


async def test_a_claim_gives_patience_and_without_an_answer_the_calling_goes_on(
    nights: Nights,
) -> None:
    await nights.on_call(["Anne"], ["Bilal"])
    conversation = await nights.danger()
    await nights.run()
    nights.clock.turn(8 * 60)
    await nights.claimed(conversation)
    await nights.pass_by(minutes=4)
    assert len(nights.inbox.mails) == 0, "level one had its time, and whoever took it still has"
    await nights.pass_by(minutes=2)
    assert len(nights.inbox.mails) == 1
    await nights.pass_by(minutes=60)
    assert len(nights.inbox.mails) == 7


async def test_danger_under_a_listener_who_does_not_answer_calls(nights: Nights) -> None:
    await nights.on_call(["Anne"])
    held = await nights.answered(await nights.claimed(await nights.danger()))
    nights.clock.turn(3600)
    await nights.run()
    await nights.writes(held, SAID)
    await nights.pass_by(minutes=4)
    assert len(nights.phone.calls) == 0
    await nights.pass_by(minutes=2)
    assert len(nights.phone.calls) == 1


@pytest.mark.parametrize("gone_after", [10, 600])
async def test_danger_that_comes_back_after_an_answer_is_called_anew(
    nights: Nights, gone_after: int
) -> None:
    await nights.on_call(["Anne"], ["Bilal"])
    conversation = await nights.danger()
    await nights.run()
    assert await acknowledge(nights.store, conversation.id, "Anne", nights.clock)
    answered = await nights.answered(await nights.claimed(conversation))
    nights.clock.turn(gone_after)
    await nights.run()
    back = transitions.give_back(
        answered, first=None, now=nights.clock(), phrases=Echo(),
        prospect=nights.expects.of("web"),
    )  # fmt: skip
    await nights.commit(back)
    await nights.run()
    assert len(nights.phone.calls) == 2
    await nights.pass_by(minutes=11)
    assert len(nights.inbox.mails) == 1


NOBODY_CAME = ["danger_numbers", "danger_nobody_came"]


async def test_who_is_in_danger_hears_once_that_nobody_could_be_reached(nights: Nights) -> None:
    await nights.on_call(["Bilal"])
    nights.inbox.refuses = True
    conversation = await nights.danger()
    await nights.pass_by(minutes=1)
    assert await nights.told(conversation) == NOBODY_CAME[:1], "they are tried three times"
    await nights.pass_by(minutes=1)
    assert await nights.told(conversation) == NOBODY_CAME
    await nights.pass_by(minutes=58)
    assert await nights.told(conversation) == NOBODY_CAME
    assert nights.metrics.registry.get_sample_value("relais_danger_unreached_total") == 1
    nights.inbox.refuses = False
    await nights.pass_by(minutes=10)
    assert len(nights.inbox.mails) == 1, "the calling goes on"


async def test_who_is_in_danger_hears_that_all_were_called_and_nobody_came(nights: Nights) -> None:
    await nights.on_call(["Anne"], ["Bilal"])
    conversation = await nights.danger()
    await nights.run()
    await nights.pass_by(minutes=19)
    assert await nights.told(conversation) == NOBODY_CAME[:1], "each level has its time"
    await nights.pass_by(minutes=2)
    assert await nights.told(conversation) == NOBODY_CAME
    await nights.pass_by(minutes=60)
    assert await nights.told(conversation) == NOBODY_CAME


async def test_who_is_in_danger_hears_that_the_turn_of_whom_we_called_is_over(
    nights: Nights,
) -> None:
    await nights.on_call(["Anne"])
    conversation = await nights.danger()
    await nights.run()
    await nights.on_call()
    await nights.pass_by(minutes=1)
    assert await nights.told(conversation) == NOBODY_CAME


async def test_under_a_listener_no_machine_says_that_nobody_came(nights: Nights) -> None:
    await nights.on_call(["Anne"])
    held = await nights.claimed(await nights.danger())
    await nights.pass_by(minutes=60)
    assert len(nights.phone.calls) > 1
    assert await nights.told(held) == ["danger_numbers", "listener_joined"]
    await nights.commit(transitions.give_back(held, first=None, now=nights.clock(), phrases=Echo()))
    await nights.pass_by(minutes=11)
    assert (await nights.told(held))[-1] == "danger_nobody_came"


async def test_a_rota_that_is_written_after_the_danger_calls(nights: Nights) -> None:
    await nights.expects.look()
    await nights.danger()
    await nights.pass_by(minutes=2)
    assert len(nights.phone.calls) == 0
    await nights.on_call(["Anne"])
    await nights.pass_by(minutes=2)
    assert len(nights.phone.calls) == 1


async def test_without_a_rota_nobody_is_called_and_the_person_is_told_so(nights: Nights) -> None:
    await nights.expects.look()
    assert nights.expects.of("web") == Prospect(
        opening=nights.expects.of("web").opening, on_call=False
    )
    assert nights.expects.of("web").opening.phase is Phase.CLOSED
    await nights.danger()
    await nights.run()
    assert (len(nights.phone.calls), len(nights.inbox.mails)) == (0, 0)


async def test_somebody_whom_no_means_reaches_is_not_on_call(nights: Nights) -> None:
    await nights.on_call(["Bilal"])
    without_mail = Pagers(
        mail=None, secret=SECRET, console=None, link=lambda _id, _name: None, clock=nights.clock
    )
    expects = Expectations(
        store=nights.store,
        facts=Facts(hours=SHUT),
        clock=nights.clock,
        reachable=without_mail.reachable,
    )
    await expects.look()
    assert not expects.of("web").on_call


async def test_an_open_desk_that_leaves_danger_alone_calls_after_five_minutes(
    nights: Nights,
) -> None:
    await nights.on_call(["Anne"])
    nights.expects.hours = Hours(plan=Facts().hours.plan)
    assert nights.expects.of("web").opening.is_open
    await nights.danger()
    for second in range(5 * 60):
        assert len(nights.phone.calls) == 0, second
        await nights.run()
        nights.clock.turn(1)
    await nights.run()
    assert len(nights.phone.calls) == 1


async def test_an_acknowledgement_for_what_was_never_called_is_refused(
    nights: Nights, tmp_path: Path
) -> None:
    assert not await acknowledge(nights.store, ConversationId("0" * 32), "Anne", nights.clock)
    assert nights.clock() == NOON
