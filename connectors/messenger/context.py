"""What every item of a body says alike: whose it is, when it was, and who has the thread."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from connectors.fields import Json, happened, ident, link, obj
from core.events import EventKind, InboundEvent

MESSENGER = "messenger"
INSTAGRAM = "instagram"

# For so long after what a person does here we may write freely. After a click on an advertisement
# it may be longer, of which the body says nothing.
WINDOW = timedelta(hours=24)
# What opens that window, by Meta's list for Messenger; for Instagram only the first two are named.
_OPENING = frozenset(
    {EventKind.MESSAGE, EventKind.POSTBACK, EventKind.REFERRAL, EventKind.REACTION}
)
_OPENING_INSTAGRAM = frozenset({EventKind.MESSAGE, EventKind.POSTBACK})


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One object of `entry[].messaging[]`, `entry[].standby[]` or `entry[].changes[].value`."""

    fields: Json
    channel: str
    account: str
    sender: str | None
    recipient: str | None
    at: datetime
    standby: bool

    @classmethod
    def read(
        cls, fields: Json, *, entry: Json, channel: str, standby: bool, now: datetime
    ) -> "Item":
        """The item with what its entry adds to it."""
        recipient = _user(fields, "recipient")
        return cls(
            fields=fields,
            channel=channel,
            account=ident(entry, "id") or recipient or "",
            sender=_user(fields, "sender"),
            recipient=recipient,
            at=happened(fields, "timestamp", now=now) or happened(entry, "time", now=now) or now,
            standby=standby,
        )

    @property
    def stamp(self) -> str:
        """The item's own moment as it is written there: the same whenever it is delivered."""
        return ident(self.fields, "timestamp") or ""

    def event(self, kind: EventKind, event_id: str, **fields: Any) -> InboundEvent:
        """An event of this item; `fields` replace what it would say by default.

        What another application handles has ids of its own: should the same thing come to us later,
        it must be answered.
        """
        values: dict[str, Any] = {
            "channel": self.channel,
            "account": self.account,
            "kind": kind,
            "event_id": f"{'standby:' if self.standby else ''}{kind}:{event_id}",
            "sender": self.sender,
            "at": self.at,
            "standby": self.standby,
        }
        opening = _OPENING if self.channel == MESSENGER else _OPENING_INSTAGRAM
        if kind in opening and self.sender is not None:
            values["window_ends_at"] = self.at + WINDOW
        return InboundEvent(**(values | fields))


def _user(fields: Json, role: str) -> str | None:
    """A user's id; `user_ref` stands for someone who has none yet (plugins on websites)."""
    user = obj(fields, role)
    return ident(user, "id") or ident(user, "user_ref")


def referral_fields(referral: Json) -> dict[str, str | None]:
    """Where the person came from: a link's `ref`, the kind of door, the advertisement."""
    return {
        "ref": link(referral, "ref"),
        "source": ident(referral, "source"),
        "referral": ident(referral, "ad_id") or ident(obj(referral, "product"), "id"),
    }
