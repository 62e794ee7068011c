"""A person on Telegram. Shapes: the Bot API's reference."""

import json
import secrets
import time
from collections.abc import Sequence

from core.conversation import Choice
from gateway.simulation.inbox import Arrived
from gateway.simulation.phones import Body
from gateway.simulation.postman import Carry
from gateway.simulation.samples import SAMPLES, sample
from gateway.simulation.telegram import BOT, FakeTelegram


class TelegramPhone:
    """A private chat with the bot; its number is the person's."""

    channel = "telegram"

    def __init__(self, platform: FakeTelegram) -> None:
        self.platform = platform
        self.person = str(secrets.randbelow(2**51) + 1)

    def write(self, text: str) -> Body:
        """They write; a text that begins as a command is marked as one."""
        message: Body = {"text": text}
        if text.startswith("/"):
            length = len(text.split()[0])
            message["entities"] = [{"type": "bot_command", "offset": 0, "length": length}]
        return self._update({"message": self._message(message)})

    def tap(self, choice: Choice, message: Arrived) -> Body:
        """They tap a button; one of a reply keyboard writes its words."""
        if message.kind == "keyboard":
            return self.write(choice.title)
        buttons = [[{"text": each.title, "callback_data": each.id}] for each in message.choices]
        under = self._message({"text": message.text}) | {
            "message_id": int(message.id),
            "from": BOT,
            "reply_markup": {"inline_keyboard": buttons},
        }
        tapped = {
            "id": str(secrets.randbelow(2**62)),
            "from": self._user(),
            "message": under,
            "chat_instance": "1",
            "data": choice.id,
        }
        return self._update({"callback_query": tapped})

    def send_file(self, kind: str) -> Body:
        """They send a file; a photo comes in several sizes."""
        file = sample(kind)
        file_id = secrets.token_urlsafe(24)
        self.platform.files[file_id] = file
        held: Body = {
            "file_id": file_id,
            "file_unique_id": f"u{file_id}",
            "file_size": len(file.content),
        }
        if kind == "image":
            content: Body = {"photo": [held | {"width": 64, "height": 64}]}
        elif kind == "voice":
            content = {"voice": held | {"duration": 1, "mime_type": SAMPLES[kind].mime}}
        else:
            content = {
                "document": held
                | {"mime_type": SAMPLES[kind].mime, "file_name": SAMPLES[kind].name}
            }
        return self._update({"message": self._message(content)})

    def come(self, code: str) -> Body:
        """They open the bot's link and tap what Telegram shows them first."""
        return self.write(f"/start {code}")

    def receipts(self, message: Arrived) -> Sequence[tuple[str, Body]]:
        """None: a bot never learns what became of its messages."""
        return ()

    def _message(self, content: Body) -> Body:
        return {
            "message_id": self.platform.next_number(),
            "from": self._user(),
            "chat": {"id": int(self.person), "type": "private", "first_name": "Sam"},
            "date": int(time.time()),
            **content,
        }

    def _user(self) -> Body:
        return {
            "id": int(self.person),
            "is_bot": False,
            "first_name": "Sam",
            "language_code": "fr",
        }

    def _update(self, what: Body) -> Body:
        return {"update_id": self.platform.next_number(), **what}


def unless_polled(telegram: FakeTelegram, carry: Carry) -> Carry:
    """To the webhook by `carry`, or kept for a bot that fetches its updates itself."""

    async def carry_or_keep(raw: bytes) -> int:
        status = 404 if telegram.polled else await carry(raw)
        if status != 404:
            return status
        await telegram.put_update(json.loads(raw))
        return 200

    return carry_or_keep
