"""A Bot API that behaves like api.telegram.org for what our connector uses of it.

The gateway reaches it through RELAIS_TELEGRAM_URL. Sends land in `inboxes` under the chat's id,
calls in `calls` (without the token); `updates` wait there for a bot that polls.
"""

import asyncio
import contextlib
import json
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

from aiohttp import web

from core.conversation import Choice
from gateway.simulation.faults import Fault, FaultKind
from gateway.simulation.inbox import Arrived
from gateway.simulation.platform import SPOILS_A_SEND, Call, FakePlatform

Fields = Mapping[str, Any]
Method = Callable[[web.Request, Fields], Awaitable[Any]]

BOT_ID = 3018
BOT = {"id": BOT_ID, "is_bot": True, "first_name": "Relais", "username": "relais_bot"}

_TEXT, _CALLBACK_DATA_BYTES = 4096, 64
_LONGEST_POLL = 50.0
# Taken and believed; nothing to show for them.
_QUIET = frozenset(
    "answerCallbackQuery sendChatAction leaveChat setMyCommands setMyDescription "
    "setMyShortDescription setMyName logOut close".split()
)
# What a form holds as JSON.
_NESTED = frozenset({"reply_markup", "allowed_updates", "commands"})


class _Refused(Exception):
    """A call that the API refuses."""

    def __init__(self, status: int, description: str, *, wait: int | None = None) -> None:
        super().__init__(description)
        self.status = status
        self.parameters = {} if wait is None else {"parameters": {"retry_after": wait}}


class FakeTelegram(FakePlatform):
    """One bot on Telegram, known by its token."""

    def __init__(self, token: str, *, host: str = "127.0.0.1", port: int = 0) -> None:
        super().__init__(host=host, port=port)
        self._token = token
        # Above those of earlier runs: a number that the gateway knows is a duplicate to it.
        self._numbers = int(time.time() * 1000)
        self._updates: list[dict[str, Any]] = []
        self._update = asyncio.Condition()
        self.webhook: dict[str, Any] = {"url": "", "pending_update_count": 0}
        self.polled = False
        self._methods: Mapping[str, Method] = {
            "getMe": self._get_me,
            "sendMessage": self._send_message,
            "editMessageReplyMarkup": self._edit,
            "getFile": self._get_file,
            "setWebhook": self._set_webhook,
            "deleteWebhook": self._delete_webhook,
            "getWebhookInfo": self._get_webhook,
            "getUpdates": self._get_updates,
        }

    def _routes(self) -> Iterable[web.RouteDef]:
        return (
            web.get("/file/bot{token}/{path:.+}", self._download),
            web.route("*", "/bot{token}/{method}", self._call),
        )

    def next_number(self) -> int:
        """A number for a message or an update; never the same twice."""
        self._numbers += 1
        return self._numbers

    async def put_update(self, update: dict[str, Any]) -> None:
        """Keep an update for the bot to fetch by getUpdates."""
        async with self._update:
            self._updates.append(update)
            self._update.notify_all()

    async def _call(self, request: web.Request) -> web.Response:
        name = request.match_info["method"]
        given = await _fields(request)
        self.calls.append(Call(request.method, name, given))
        try:
            self._check_token(request)
            if name in _QUIET:
                result: Any = True
            elif name in self._methods:
                result = await self._methods[name](request, given)
            else:
                raise _Refused(404, "Not Found")
        except _Refused as refused:
            error = {"ok": False, "error_code": refused.status, "description": str(refused)}
            return web.json_response(error | refused.parameters, status=refused.status)
        return web.json_response({"ok": True, "result": result})

    def _check_token(self, request: web.Request) -> None:
        dead = self.faults.take(FaultKind.DEAD_TOKEN)
        if dead or request.match_info["token"] != self._token:
            raise _Refused(401, "Unauthorized")

    # Messages

    async def _send_message(self, request: web.Request, given: Fields) -> Any:
        chat_id = str(given.get("chat_id", ""))
        text = str(given.get("text", ""))
        if not chat_id.lstrip("-").isdigit():
            raise _Refused(400, "Bad Request: chat not found")
        if not text.strip():
            raise _Refused(400, "Bad Request: message text is empty")
        if len(text) > _TEXT:
            raise _Refused(400, "Bad Request: message is too long")
        markup = given.get("reply_markup") or {}
        choices = _choices(markup)
        fault = self.faults.take(*SPOILS_A_SEND)
        if fault:
            _refuse(fault)
        number = self.next_number()
        person = self.inboxes.person(chat_id)
        kind = "keyboard" if "keyboard" in markup else "text"
        await self._deliver(request, Arrived(person, str(number), kind, text, choices), fault)
        message = {
            "message_id": number,
            "from": BOT,
            "chat": {"id": int(chat_id), "type": "private", "first_name": "Sam"},
            "date": int(time.time()),
            "text": text,
        }
        # Only an inline keyboard is part of the message itself.
        return message | ({"reply_markup": markup} if "inline_keyboard" in markup else {})

    async def _edit(self, request: web.Request, given: Fields) -> Any:
        return {
            "message_id": int(given.get("message_id", 0)),
            "from": BOT,
            "chat": {"id": int(given.get("chat_id", 0)), "type": "private", "first_name": "Sam"},
            "date": int(time.time()),
            "edit_date": int(time.time()),
        }

    async def _get_me(self, request: web.Request, given: Fields) -> Any:
        return BOT | {"can_join_groups": True, "can_read_all_group_messages": False}

    # Files

    async def _get_file(self, request: web.Request, given: Fields) -> Any:
        file_id = str(given.get("file_id", ""))
        if file_id not in self.files:
            raise _Refused(400, "Bad Request: wrong file_id or the file is temporarily unavailable")
        size = len(self.files[file_id].content)
        return {
            "file_id": file_id,
            "file_unique_id": f"u{file_id}",
            "file_size": size,
            "file_path": f"files/{file_id}",
        }

    async def _download(self, request: web.Request) -> web.Response:
        self.calls.append(Call(request.method, request.match_info["path"]))
        file = self.files.get(request.match_info["path"].removeprefix("files/"))
        if request.match_info["token"] != self._token or file is None:
            return web.Response(status=404)
        return web.Response(body=file.content, content_type=file.mime)

    # Updates

    async def _set_webhook(self, request: web.Request, given: Fields) -> Any:
        self.webhook = {"has_custom_certificate": False, "pending_update_count": 0} | {
            name: given[name] for name in ("url", "allowed_updates") if name in given
        }
        return True

    async def _delete_webhook(self, request: web.Request, given: Fields) -> Any:
        self.webhook = {"url": "", "pending_update_count": len(self._updates)}
        if given.get("drop_pending_updates") in (True, "true", "True"):
            self._updates.clear()
        return True

    async def _get_webhook(self, request: web.Request, given: Fields) -> Any:
        return {"has_custom_certificate": False} | self.webhook

    async def _get_updates(self, request: web.Request, given: Fields) -> Any:
        if self.webhook["url"]:
            raise _Refused(
                409,
                "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook "
                "to delete the webhook first",
            )
        self.polled = True
        offset, limit = int(given.get("offset", 0)), int(given.get("limit", 100))
        patience = min(float(given.get("timeout", 0)), _LONGEST_POLL)
        async with self._update:
            # What lies before the offset is confirmed, and forgotten.
            self._updates = [u for u in self._updates if u["update_id"] >= offset]
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(patience):
                    await self._update.wait_for(lambda: self._updates)
            return self._updates[:limit]


def _refuse(fault: Fault) -> None:
    """The API's refusal, unless the fault lets the message through."""
    if fault.kind is FaultKind.THROTTLED:
        wait = max(1, round(fault.seconds))
        raise _Refused(429, f"Too Many Requests: retry after {wait}", wait=wait)
    if fault.kind is FaultKind.ERROR:
        raise _Refused(500, "Internal Server Error")
    if fault.kind is FaultKind.BLOCKED:
        raise _Refused(403, "Forbidden: bot was blocked by the user")


def _choices(markup: Any) -> tuple[Choice, ...]:
    """The buttons under a message. A reply keyboard's button answers with its own words."""
    if not isinstance(markup, dict):
        raise _Refused(400, "Bad Request: object expected as reply markup")
    choices = []
    for row in markup.get("inline_keyboard", []):
        for button in row:
            data = button.get("callback_data", "")
            if not 1 <= len(data.encode()) <= _CALLBACK_DATA_BYTES:
                raise _Refused(400, "Bad Request: BUTTON_DATA_INVALID")
            choices.append(Choice(data, button["text"]))
    for row in markup.get("keyboard", []):
        titles = [button["text"] if isinstance(button, dict) else button for button in row]
        choices += [Choice(title, title) for title in titles]
    return tuple(choices)


async def _fields(request: web.Request) -> dict[str, Any]:
    """The call's fields from the query, a form or JSON."""
    given: dict[str, Any] = dict(request.query)
    if request.content_type == "application/json":
        body = await request.json()
        return given | (body if isinstance(body, dict) else {})
    for name, value in (await request.post()).items():
        if not isinstance(value, str):
            continue
        try:
            given[name] = json.loads(value) if name in _NESTED else value
        except ValueError:
            given[name] = value
    return given
