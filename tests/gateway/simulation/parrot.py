"""A gateway of a few lines: trusts nothing unsigned, says back what it hears."""

import hashlib
import hmac
import json
from typing import Any

import httpx
from aiohttp import web
from aiohttp.test_utils import unused_port
from pywa_async import WhatsApp
from pywa_async.types import Button
from telegram import Bot, Update

from gateway.settings import Settings
from gateway.simulation.graph import VERSION

WHATSAPP_SECRET, PAGE_SECRET, TELEGRAM_SECRET = "whatsapp-secret", "page-secret", "telegram-secret"


def settings() -> Settings:
    """Settings of a team that has every channel, and fakes on free ports."""
    return Settings(
        _env_file=None,
        graph_url=f"http://127.0.0.1:{unused_port()}",
        telegram_url=f"http://127.0.0.1:{unused_port()}",
        instagram_id="1784",
        whatsapp_phone_id="1065",
        whatsapp_token="wa-token",
        whatsapp_app_secret=WHATSAPP_SECRET,
        whatsapp_verify_token="verify",
        messenger_page_token="page-token",
        messenger_app_secret=PAGE_SECRET,
        messenger_verify_token="verify",
        messenger_page_id="1029",
        telegram_token="3018:token",
        telegram_secret=TELEGRAM_SECRET,
    )


def script(channel: str, *turns: dict[str, str], faults: list[dict[str, Any]] | None = None) -> str:
    return json.dumps({"channel": channel, "turns": turns, "faults": faults or []})


class Parrot:
    """Says back what it hears, and offers yes and no: as buttons, or numbered if asked to."""

    def __init__(self, settings: Settings) -> None:
        self.bodies: list[dict[str, Any]] = []
        self.forged = 0
        self._settings = settings

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_post("/webhooks/whatsapp", self.whatsapp)
        app.router.add_post("/webhooks/messenger", self.page)
        app.router.add_post("/webhooks/telegram", self.telegram)
        return app

    async def whatsapp(self, request: web.Request) -> web.Response:
        body = await self._opened(request, WHATSAPP_SECRET)
        async with httpx.AsyncClient() as session:
            client = WhatsApp(
                "1065",
                "wa-token",
                session=session,
                server=None,
                verify_token="v",
                app_secret=WHATSAPP_SECRET,
                api_version="25.0",
            )
            session.base_url = httpx.URL(f"{self._settings.graph_url}/{VERSION}")
            signature = request.headers["X-Hub-Signature-256"]
            assert await client.webhook_update_validator(await request.read(), signature) is None
            for message in body["entry"][0]["changes"][0]["value"].get("messages", ()):
                heard = message.get("text", {}).get("body") or message["type"]
                if reply := message.get("interactive", {}).get("button_reply"):
                    heard = f"tapped {reply['id']}"
                await client.send_message(
                    to=message["from_user_id"],
                    text=f"{heard} ?\n1. Oui\n2. Non" if heard == "numbers" else heard,
                    buttons=None
                    if heard == "numbers"
                    else [Button("Oui", "yes"), Button("Non", "no")],
                )
        return web.Response()

    async def page(self, request: web.Request) -> web.Response:
        body = await self._opened(request, PAGE_SECRET)
        event = body["entry"][0]["messaging"][0]
        message = event.get("message")
        if message is not None:
            heard = message.get("text") or message["attachments"][0]["type"]
            if "quick_reply" in message:
                heard = f"tapped {message['quick_reply']['payload']}"
            replies = [{"content_type": "text", "title": "Oui", "payload": "yes"}]
            node = "me" if body["object"] == "page" else "1784"
            async with httpx.AsyncClient() as client:
                await client.post(
                    f"{self._settings.graph_url}/{VERSION}/{node}/messages",
                    headers={"Authorization": "Bearer page-token"},
                    json={
                        "recipient": {"id": event["sender"]["id"]},
                        "messaging_type": "RESPONSE",
                        "message": {"text": heard, "quick_replies": replies},
                    },
                )
        return web.Response()

    async def telegram(self, request: web.Request) -> web.Response:
        assert request.headers["X-Telegram-Bot-Api-Secret-Token"] == TELEGRAM_SECRET
        self.bodies.append(await request.json())
        async with Bot("3018:token", base_url=f"{self._settings.telegram_url}/bot") as bot:
            update = Update.de_json(self.bodies[-1], bot)
            assert update.effective_user is not None
            if update.callback_query is not None:
                heard = f"tapped {update.callback_query.data}"
                await update.callback_query.answer()
            else:
                assert update.message is not None
                heard = update.message.text or ("photo" if update.message.photo else "other")
            await bot.send_message(
                update.effective_user.id,
                heard,
                reply_markup={"inline_keyboard": [[{"text": "Oui", "callback_data": "yes"}]]},  # type: ignore[arg-type]
            )
        return web.Response()

    async def _opened(self, request: web.Request, secret: str) -> dict[str, Any]:
        raw = await request.read()
        digest = hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()
        if request.headers.get("X-Hub-Signature-256") != f"sha256={digest}":
            self.forged += 1
        self.bodies.append(json.loads(raw))
        return self.bodies[-1]
