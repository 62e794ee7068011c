"""A person on WhatsApp. Shapes: Meta's webhook reference for v25.0."""

import secrets
import time
from base64 import b64encode
from collections.abc import Sequence

from core.conversation import Choice
from gateway.simulation.graph import FakeGraph, GraphAccounts
from gateway.simulation.inbox import Arrived
from gateway.simulation.phones import Body
from gateway.simulation.samples import SAMPLES, sample

_SAID = ("sent", "delivered", "read")


class WhatsAppPhone:
    """Known to the business by an id of its own and by a telephone number, both one person."""

    channel = "whatsapp"

    def __init__(self, platform: FakeGraph, accounts: GraphAccounts) -> None:
        self.platform = platform
        self._accounts = accounts
        self.person = f"FR.{secrets.randbelow(10**20):020}"
        # Arcep keeps these numbers for fiction: they are nobody's.
        self.number = f"3363998{secrets.randbelow(10**4):04}"
        platform.inboxes.same_person(self.number, self.person)

    def write(self, text: str) -> Body:
        """They write."""
        return self._message("text", {"body": text})

    def tap(self, choice: Choice, message: Arrived) -> Body:
        """They tap a reply button, or a row of a list."""
        kind = f"{message.kind}_reply"
        reply = {"type": kind, kind: {"id": choice.id, "title": choice.title}}
        return self._message("interactive", reply, answered=message.id)

    def send_file(self, kind: str) -> Body:
        """They send a file; a voice message is an audio of a kind of its own."""
        media_id = str(secrets.randbelow(10**15))
        self.platform.files[media_id] = sample(kind)
        file: Body = {"id": media_id, "mime_type": SAMPLES[kind].mime, "sha256": ""}
        if kind == "voice":
            return self._message("audio", file | {"voice": True})
        return self._message(
            kind, file | ({"filename": SAMPLES[kind].name} if kind == "document" else {})
        )

    def come(self, code: str) -> Body:
        """They tap an advertisement and send what it proposes; links carry no code here."""
        came = {
            "source_url": "https://fb.me/affiche",
            "source_id": code,
            "source_type": "ad",
            "headline": "Une question ?",
        }
        return self._message("text", {"body": "Bonjour"}, referral=came)

    def call(self) -> Body:
        """They call, and hang up when nobody picks up."""
        rung: Body = {
            "id": "wacid." + b64encode(secrets.token_bytes(30)).decode(),
            "from": self.number,
            "from_user_id": self.person,
            "timestamp": str(int(time.time())),
            "direction": "USER_INITIATED",
        }
        calls = [{**rung, "event": "connect"}, {**rung, "event": "terminate", "status": "FAILED"}]
        return self._webhook({"contacts": [self._contact()], "calls": calls}, field="calls")

    def receipts(self, message: Arrived) -> Sequence[tuple[str, Body]]:
        """Sent, delivered, read, each a webhook of its own."""
        return [(status, self._status(status, message)) for status in _SAID]

    def _status(self, status: str, message: Arrived) -> Body:
        report = {
            "id": message.id,
            "status": status,
            "timestamp": str(int(time.time())),
            "recipient_id": self.number,
            "recipient_user_id": self.person,
        }
        return self._webhook({"contacts": [self._contact()], "statuses": [report]})

    def _message(
        self, kind: str, content: Body, *, answered: str | None = None, **more: Body
    ) -> Body:
        message: Body = {
            "from": self.number,
            "from_user_id": self.person,
            "id": "wamid." + b64encode(secrets.token_bytes(30)).decode(),
            "timestamp": str(int(time.time())),
            "type": kind,
            kind: content,
            **more,
        }
        if answered is not None:
            message["context"] = {"from": self._accounts.phone_id, "id": answered}
        return self._webhook({"contacts": [self._contact()], "messages": [message]})

    def _contact(self) -> Body:
        return {"profile": {"name": "Sam"}, "wa_id": self.number, "user_id": self.person}

    def _webhook(self, what: Body, *, field: str = "messages") -> Body:
        metadata = {
            "display_phone_number": "33100000000",
            "phone_number_id": self._accounts.phone_id,
        }
        value = {"messaging_product": "whatsapp", "metadata": metadata, **what}
        change = {"field": field, "value": value}
        entry = {"id": self._accounts.business_id or "0", "changes": [change]}
        return {"object": "whatsapp_business_account", "entry": [entry]}
