"""The emergency sheet: how a person can be found when their life is at stake, and what to say.

Showing it breaks what we promise everybody, that nobody asks who they are; so it takes a reason,
and the reason stands in the audit before anything is shown.
"""

from dataclasses import dataclass
from datetime import datetime

from core.accounts import Listener
from core.audit import Deed, Verb
from core.clock import Clock
from core.conversation import Contact, Conversation
from core.errors import NotFound
from core.follow_up import Kind
from core.ids import ConversationId
from core.permissions import Permission, may
from core.ports import Store

REASON_LIMIT = 300
# On these the address is what the platform calls somebody, and leads nobody to them but the
# platform itself, on request of the police.
_OPAQUE = frozenset({"messenger", "instagram", "telegram"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """`contact` is a number or handle to give to 15 or 17; None: there is none. `opaque`: it is
    only an id of the platform, of use to the police alone."""

    conversation: Conversation
    contact: str | None
    opaque: bool
    account: str
    opened_at: datetime


class Emergency:
    """One command."""

    def __init__(self, *, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def sheet(self, listener: Listener, wanted: ConversationId, reason: str) -> Sheet:
        """The sheet, once the look is recorded with its reason.

        For who holds the conversation, and for supervisors. Raises NotFound for everybody else.
        """
        conversation = await self._store.conversation(wanted)
        if not (conversation.is_held_by(listener.id) or may(listener, Permission.SUPERVISE)):
            raise NotFound
        contact = await self._store.contact(conversation.contact_id)
        await self._store.record(
            Deed(
                verb=Verb.CONTACT_REVEALED,
                at=self._clock(),
                actor=listener.id,
                conversation=wanted,
                reason=reason,
                details={"for": "emergency"},
            )
        )
        return Sheet(
            conversation=conversation,
            contact=_reachable_at(conversation, contact),
            opaque=contact.channel in _OPAQUE,
            account=contact.account,
            opened_at=conversation.opened_at,
        )


def _reachable_at(conversation: Conversation, contact: Contact) -> str | None:
    """A number or an id. The website keeps no address, and a call shows us no number."""
    promised = conversation.follow_up
    if promised is not None and promised.kind is Kind.CALL and promised.number is not None:
        return promised.number
    if contact.channel == "whatsapp" and contact.address.isdigit():
        return f"+{contact.address}"
    return contact.address if contact.channel in _OPAQUE | {"whatsapp"} else None
