"""A person on Messenger or Instagram. Shapes: Meta's webhook reference for v25.0."""

import secrets
import time
from collections.abc import Sequence

from core.conversation import Choice
from gateway.simulation.graph import FakeGraph, GraphAccounts
from gateway.simulation.inbox import Arrived
from gateway.simulation.phones import Body
from gateway.simulation.samples import sample

_ATTACHMENTS = {"image": "image", "voice": "audio", "document": "file"}


class PagePhone:
    """Known to the page, or to the Instagram account, by an id that means nothing elsewhere."""

    def __init__(
        self, platform: FakeGraph, accounts: GraphAccounts, *, instagram: bool = False
    ) -> None:
        self.platform = platform
        self.channel = "instagram" if instagram else "messenger"
        self.person = str(secrets.randbelow(9 * 10**15) + 10**15)
        self._account = accounts.instagram_id if instagram else accounts.page_id
        self._object = "instagram" if instagram else "page"
        if instagram:
            platform.on_instagram.add(self.person)

    def write(self, text: str) -> Body:
        """They write."""
        return self._event({"message": {"mid": _mid(), "text": text}})

    def tap(self, choice: Choice, message: Arrived) -> Body:
        """They tap a quick reply, or a button of a template."""
        if message.kind == "template":
            tapped = {"mid": _mid(), "title": choice.title, "payload": choice.id}
            return self._event({"postback": tapped})
        reply = {"mid": _mid(), "text": choice.title, "quick_reply": {"payload": choice.id}}
        return self._event({"message": reply})

    def send_file(self, kind: str) -> Body:
        """They send a file; it has an address and no id."""
        media_id = secrets.token_urlsafe(12)
        self.platform.files[media_id] = sample(kind)
        url = f"{self.platform.url}/cdn/{media_id}"
        attachment = {"type": _ATTACHMENTS[kind], "payload": {"url": url}}
        return self._event({"message": {"mid": _mid(), "attachments": [attachment]}})

    def come(self, code: str) -> Body:
        """A link opens the page's chat, where they begin; on Instagram it is only told."""
        if self._object == "instagram":
            source = {"ref": code, "source": "IGME-SOURCE-LINK", "type": "OPEN_THREAD"}
            return self._event({"referral": source})
        begun = {"mid": _mid(), "title": "Démarrer", "payload": "START"}
        source = {"ref": code, "source": "SHORTLINK", "type": "OPEN_THREAD"}
        return self._event({"postback": begun | {"referral": source}})

    def call(self) -> Body:
        """They call the page, and hang up when nobody picks up."""
        rung = {
            "id": "c_" + secrets.token_urlsafe(24),
            "from": self.person,
            "to": self._account,
            "timestamp": _now() // 1000,
            "call_direction": "user_initiated",
        }
        calls = [{**rung, "event": "connect"}, {**rung, "event": "terminate"}]
        return self._entry({"calls": calls})

    def receipts(self, message: Arrived) -> Sequence[tuple[str, Body]]:
        """Messenger reports up to a moment; Instagram only reading, by message."""
        if self._object == "instagram":
            return [("read", self._event({"read": {"mid": message.id}}))]
        watermark = _now()
        delivered = {"mids": [message.id], "watermark": watermark}
        return [
            ("delivered", self._event({"delivery": delivered})),
            ("read", self._event({"read": {"watermark": watermark}})),
        ]

    def _event(self, what: Body) -> Body:
        event = {
            "sender": {"id": self.person},
            "recipient": {"id": self._account},
            "timestamp": _now(),
            **what,
        }
        return self._entry({"messaging": [event]})

    def _entry(self, what: Body) -> Body:
        entry = {"id": self._account, "time": _now(), **what}
        return {"object": self._object, "entry": [entry]}


def _mid() -> str:
    return "m_" + secrets.token_urlsafe(48)


def _now() -> int:
    return int(time.time() * 1000)
