"""How far a delivery is once a platform's receipt came in, or a copy was restored, whatever the
engine."""

from dataclasses import replace

from core.conversation import Conversation, Delivery, DeliveryStatus, Message

# Why a delivery is unknown after a restore.
HELD_BY_RESTORE = "restored"


def after_receipt(
    delivery: Delivery, provider_id: str, status: DeliveryStatus, error: str | None
) -> Delivery:
    """The delivery after a receipt for one of its parts; the same object when nothing changed.

    While parts are still to be sent, only a failure counts: a message must not leave the outbox
    because its beginning arrived. A part that failed is a failure of the whole message, whatever
    became of the last one, before or after.
    """
    ids, before = delivery.provider_ids, delivery.status
    if provider_id not in ids:
        return delivery
    advances = before.after(status) is not before
    if provider_id != ids[-1]:
        advances = status is DeliveryStatus.FAILED and before is not DeliveryStatus.FAILED
    elif status is not DeliveryStatus.FAILED:
        unsent = before is DeliveryStatus.QUEUED
        failed = before is DeliveryStatus.FAILED and len(ids) > 1
        advances = advances and not unsent and not failed
    return replace(delivery, status=status, error=error) if advances else delivery


def named_by_receipt(delivery: Delivery, provider_id: str) -> Delivery:
    """The delivery of a message that its platform names in a receipt, by our name for it, before we
    know it by the platform's: the answer to our sending was lost, or is still on its way.

    The platform has it, so it waits to be sent no more. The same object where that was known.
    """
    open_ = delivery.status in (DeliveryStatus.QUEUED, DeliveryStatus.UNKNOWN)
    if not open_ or provider_id in delivery.provider_ids:
        return delivery
    ids = (*delivery.provider_ids, provider_id)
    return replace(delivery, status=DeliveryStatus.UNKNOWN, provider_ids=ids, due_at=None)


def may_go_out_twice(conversation: Conversation) -> bool:
    """Whether a platform would show it twice; our own widget only reads what is stored."""
    return conversation.channel != "web"


def is_held_by_restore(message: Message) -> bool:
    """Whether it was waiting to be sent when the copy was made that was restored."""
    delivery = message.delivery
    return (
        delivery is not None
        and delivery.status is DeliveryStatus.UNKNOWN
        and delivery.error == HELD_BY_RESTORE
    )


def held_by_restore(delivery: Delivery) -> Delivery:
    """What was waiting to be sent, once a copy was restored: it may have gone out since."""
    return replace(delivery, status=DeliveryStatus.UNKNOWN, error=HELD_BY_RESTORE)


def released(delivery: Delivery) -> Delivery:
    """What a restore held, once somebody looked: it waits to be sent again."""
    return replace(delivery, status=DeliveryStatus.QUEUED, error=None, due_at=None)
