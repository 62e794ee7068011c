"""Intimate images of minors that arrived all the same: who may look, and when they are destroyed.

A slip goes with each. Looking needs a second person: the listener who holds the conversation asks,
somebody else agrees, and for a quarter of an hour the image can be seen once more. After the set
hours the bytes are destroyed; the slip keeps the hash.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from core.errors import Refused
from core.ids import AttachmentId, ConversationId, ListenerId

DESTROYED_AFTER = timedelta(hours=24)
LOOK_WITHIN = timedelta(minutes=15)
# The hash of what is gone is kept this long, for services that take hashes.
HASH_KEPT_FOR = timedelta(days=365)
REASON_LIMIT = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Slip:
    """What is known of one image in quarantine. `destroyed_at` is set once its bytes are gone."""

    id: AttachmentId
    conversation_id: ConversationId
    by: ListenerId
    at: datetime
    sha256: str
    size: int
    mime: str
    destroy_at: datetime
    asked_by: ListenerId | None = None
    asked_at: datetime | None = None
    reason: str = ""
    agreed_by: ListenerId | None = None
    agreed_at: datetime | None = None
    looked_at: datetime | None = None
    destroyed_at: datetime | None = None

    @property
    def waits_for_agreement(self) -> bool:
        """Whether somebody asked to look and nobody agreed yet."""
        return self.asked_by is not None and self.agreed_by is None and self.destroyed_at is None


def asked(slip: Slip, by: ListenerId, reason: str, *, now: datetime) -> Slip:
    """Somebody who holds the conversation needs to look; an earlier agreement ends."""
    _require(slip.destroyed_at is None and bool(reason.strip()))
    return replace(
        slip,
        asked_by=by,
        asked_at=now,
        reason=reason.strip()[:REASON_LIMIT],
        agreed_by=None,
        agreed_at=None,
        looked_at=None,
    )


def agreed(slip: Slip, by: ListenerId, *, now: datetime) -> Slip:
    """A second person agrees. Raises Refused for the one who asked."""
    _require(slip.waits_for_agreement and slip.asked_by != by)
    return replace(slip, agreed_by=by, agreed_at=now)


def looked(slip: Slip, by: ListenerId, *, now: datetime) -> Slip:
    """The one who asked looks, once, soon after the agreement."""
    in_time = slip.agreed_at is not None and now - slip.agreed_at <= LOOK_WITHIN
    _require(in_time and slip.asked_by == by)
    _require(slip.looked_at is None and slip.destroyed_at is None)
    return replace(slip, looked_at=now)


def destroyed(slip: Slip, *, now: datetime) -> Slip:
    """Its bytes are gone."""
    return replace(slip, destroyed_at=slip.destroyed_at or now)


def _require(allowed: bool) -> None:
    if not allowed:
        raise Refused
