"""Receipts: what a platform's status event says of a message we sent."""

from core.conversation import DeliveryStatus
from core.events import InboundEvent

_STATUSES = {
    "sent": DeliveryStatus.SENT,
    "delivered": DeliveryStatus.DELIVERED,
    "read": DeliveryStatus.READ,
    "played": DeliveryStatus.READ,
    "failed": DeliveryStatus.FAILED,
}


def status_of(event: InboundEvent) -> DeliveryStatus | None:
    """The delivery status behind a status event; None for one we do not know."""
    return _STATUSES.get(event.status or "")
