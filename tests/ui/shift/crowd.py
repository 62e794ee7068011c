"""The people who write, on all five channels at once; each keeps what they sent and what came."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from typing import Any, Protocol

import aiohttp

from core.ids import new_id
from gateway.settings import Settings
from gateway.simulation.faults import Faults
from gateway.simulation.graph import FakeGraph
from gateway.simulation.page_phone import PagePhone
from gateway.simulation.phones import Body, Phone
from gateway.simulation.postman import Postman, meta_seal, over_http, telegram_seal
from gateway.simulation.stage import accounts_of, loopback
from gateway.simulation.telegram import FakeTelegram
from gateway.simulation.telegram_phone import TelegramPhone
from gateway.simulation.whatsapp_phone import WhatsAppPhone
from tests.ui.shift.stories import Story

PATIENCE = 60.0


class Writer(Protocol):
    """Somebody who writes. `sent` is what was acknowledged, `got` what reached them, in order."""

    story: Story
    sent: list[str]
    got: list[str]

    async def says(self, text: str) -> None: ...

    async def shows_a_picture(self) -> None: ...


class OnPlatform:
    """With a phone; what arrives is read at once, and the platform reports that it was."""

    def __init__(self, story: Story, phone: Phone, postman: Postman) -> None:
        self.story = story
        self.sent: list[str] = []
        self.got: list[str] = []
        self._phone = phone
        self._postman = postman

    async def says(self, text: str) -> None:
        await self._post(self._phone.write(text))
        self.sent.append(text)

    async def shows_a_picture(self) -> None:
        await self._post(self._phone.send_file("image"))
        self.sent.append("")

    async def reads(self) -> None:
        """For ever."""
        inboxes = self._phone.platform.inboxes
        while True:
            for message in await inboxes.after(self._phone.person, len(self.got), 5):
                self.got.append(message.text)
                for _, body in self._phone.receipts(message):
                    await self._post(body)

    async def _post(self, body: Body) -> None:
        status = await self._postman.post(body)
        assert status == 200, f"the gateway answered {status} to a webhook"


class OnTheWeb:
    """With the website's chat open in a tab."""

    def __init__(self, story: Story, session: aiohttp.ClientSession, url: str) -> None:
        self.story = story
        self.sent: list[str] = []
        self.got: list[str] = []
        self._session, self._url = session, url
        self._acknowledged: dict[str, asyncio.Future[None]] = {}
        self._opened = asyncio.Event()
        self._socket: Any = None

    async def says(self, text: str) -> None:
        await asyncio.wait_for(self._opened.wait(), PATIENCE)
        cid = new_id()
        kept = self._acknowledged[cid] = asyncio.get_running_loop().create_future()
        await self._socket.send_json({"type": "send", "cid": cid, "text": text})
        await asyncio.wait_for(kept, PATIENCE)
        self.sent.append(text)

    async def shows_a_picture(self) -> None:
        raise NotImplementedError("tests/ui/chat sends pictures from a real tab")

    async def reads(self) -> None:
        """For ever."""
        async with self._session.post(f"{self._url}/web/session", json={}) as answer:
            token = (await answer.json())["token"]
        async with self._session.ws_connect(f"{self._url}/web/socket") as self._socket:
            await self._socket.send_json({"type": "hello", "token": token, "last": 0})
            self._opened.set()
            while True:
                frame = await self._socket.receive_json()
                if frame["type"] == "message" and frame["from"] != "me":
                    self.got.append(frame["text"])
                elif frame["type"] == "ack":
                    self._acknowledged[frame["cid"]].set_result(None)


class Crowd:
    """Everybody who writes, and the platforms they write on."""

    def __init__(self, settings: Settings, gateway: str) -> None:
        self.people: list[Writer] = []
        self._settings, self._gateway = settings, gateway
        self._up = AsyncExitStack()
        self._reading: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Crowd:
        settings = self._settings
        self._session = await self._up.enter_async_context(aiohttp.ClientSession())
        host, port = loopback("graph_url", settings.graph_url)
        graph = FakeGraph(accounts_of(settings), host=host, port=port)
        self._graph = await self._up.enter_async_context(graph)
        host, port = loopback("telegram_url", settings.telegram_url)
        assert settings.telegram_token is not None
        telegram = FakeTelegram(settings.telegram_token.get_secret_value(), host=host, port=port)
        self._telegram = await self._up.enter_async_context(telegram)
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._reading:
            task.cancel()
        ended = await asyncio.gather(*self._reading, return_exceptions=True)
        await self._up.aclose()
        broken = [one for one in ended if not isinstance(one, asyncio.CancelledError)]
        assert broken == [], "somebody could not go on reading"

    async def comes(self, story: Story) -> Writer:
        """Somebody arrives and writes their first message."""
        if story.channel == "web":
            person: OnTheWeb | OnPlatform = OnTheWeb(story, self._session, self._gateway)
        else:
            person = OnPlatform(story, self._phone(story.channel), self._postman(story.channel))
        self._reading.append(asyncio.create_task(person.reads()))
        self.people.append(person)
        await person.says(story.first)
        return person

    async def waits_for(self, what: str, true: Callable[[], bool]) -> None:
        """Until it is so."""
        async with asyncio.timeout(PATIENCE):
            while not true():
                await asyncio.sleep(0.05)

    def _phone(self, channel: str) -> Phone:
        if channel == "telegram":
            return TelegramPhone(self._telegram)
        accounts = accounts_of(self._settings)
        if channel == "whatsapp":
            return WhatsAppPhone(self._graph, accounts)
        return PagePhone(self._graph, accounts, instagram=channel == "instagram")

    def _postman(self, channel: str) -> Postman:
        own = self._settings
        if channel == "telegram":
            assert own.telegram_secret is not None
            where, seal = "telegram", telegram_seal(own.telegram_secret.get_secret_value())
        else:
            where = "whatsapp" if channel == "whatsapp" else "messenger"
            secret = own.whatsapp_app_secret if where == "whatsapp" else own.messenger_app_secret
            assert secret is not None
            seal = meta_seal(secret.get_secret_value())
        url = f"{self._gateway}/webhooks/{where}"
        return Postman(over_http(self._session, url, seal), Faults())


def by_first_words(people: Sequence[Writer]) -> dict[str, Writer]:
    """Whom a listener sees is known by what they wrote first."""
    return {one.story.first: one for one in people}
