"""The fake platforms, and the vendors' real clients that talk to them."""

from collections.abc import AsyncIterator

import httpx
import pytest
from pywa_async import WhatsApp
from telegram import Bot
from telegram.request import HTTPXRequest

from gateway.simulation.graph import VERSION, FakeGraph, GraphAccounts
from gateway.simulation.telegram import FakeTelegram

ACCOUNTS = GraphAccounts(
    phone_id="106540352242922",
    whatsapp_token="whatsapp-token",
    business_id="102290129340398",
    page_id="1029384756",
    page_token="page-token",
    page_secret="page-secret",
    instagram_id="17841400000000000",
    app_id="670843887433847",
)
BOT_TOKEN = "3018:telegram-token"
PATIENCE = 0.5


@pytest.fixture
async def graph() -> AsyncIterator[FakeGraph]:
    async with FakeGraph(ACCOUNTS) as graph:
        yield graph


@pytest.fixture
async def telegram() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram(BOT_TOKEN) as telegram:
        yield telegram


@pytest.fixture
async def whatsapp(graph: FakeGraph) -> AsyncIterator[WhatsApp]:
    async with httpx.AsyncClient(timeout=PATIENCE) as session:
        client = WhatsApp(
            ACCOUNTS.phone_id,
            ACCOUNTS.whatsapp_token,
            session=session,
            server=None,
            verify_token="verify",
            app_secret="secret",
            api_version="25.0",
        )
        session.base_url = httpx.URL(f"{graph.url}/{VERSION}")
        yield client


@pytest.fixture
async def bot(telegram: FakeTelegram) -> AsyncIterator[Bot]:
    request = HTTPXRequest(read_timeout=PATIENCE, connect_timeout=PATIENCE)
    bot = Bot(
        BOT_TOKEN,
        base_url=f"{telegram.url}/bot",
        base_file_url=f"{telegram.url}/file/bot",
        request=request,
    )
    async with bot:
        yield bot
