"""How long each class of data is kept, and which rule each table and collection falls under.

The defaults are what the law asks of a helpline: no longer than the purpose needs (GDPR article
5(1)(e)). `RULES` names everything that is stored; a test refuses a table that has no rule.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from enum import StrEnum


class Ends(StrEnum):
    """What ends the life of a row."""

    # Counted from the conversation's last change; its messages, files and key go with it.
    CHATS = "chats"
    # Counted from a contact's first message, once no conversation and no event's content is left.
    CONTACTS = "contacts"
    # Counted from the acceptance of an event. Its content went when it was consumed.
    EVENTS = "events"
    # Counted from the moment a file was kept, whatever becomes of its conversation.
    FILES = "files"
    # Counted from the sign-in.
    SIGN_INS = "sign_ins"
    # Counted from the last sign of life.
    PRESENCE = "presence"
    # Counted from the entry, so long that a wrong look can still be found out. See `core.audit`.
    AUDIT = "audit"
    # As long as the desk wants it: it is theirs, and says nothing about who writes in.
    DESK = "desk"
    # For ever: impersonal counts, rounded, that lead back to nobody. See `core.figures`.
    FIGURES = "figures"
    # As long as what it belongs to, and not a moment longer.
    WITH_ITS_OWNER = "with_its_owner"
    # As long as somebody works here; an administrator removes it.
    ACCOUNT = "account"
    # Says nothing about anybody.
    NOTHING_PERSONAL = "nothing_personal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cutoffs:
    """Before which moment each class has had its time."""

    chats: datetime
    contacts: datetime
    events: datetime
    files: datetime
    sign_ins: datetime
    presence: datetime
    audit: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """How long each class is kept."""

    chats: timedelta = timedelta(days=30)
    contacts: timedelta = timedelta(days=30)
    # As long as a platform, or somebody who recorded a webhook, may repeat it.
    events: timedelta = timedelta(days=30)
    files: timedelta = timedelta(hours=72)
    # Longer than any session lives.
    sign_ins: timedelta = timedelta(days=1)
    presence: timedelta = timedelta(days=1)
    audit: timedelta = timedelta(days=365)

    def before(self, now: datetime) -> Cutoffs:
        """The moments before which data is to go now."""
        return Cutoffs(**{field.name: now - getattr(self, field.name) for field in fields(self)})


# SQLite's tables and folder, and MongoDB's collections; most have one name in both.
RULES: Mapping[str, Ends] = {
    "conversations": Ends.CHATS,
    "messages": Ends.CHATS,
    "provider_refs": Ends.CHATS,
    "contacts": Ends.CONTACTS,
    "aliases": Ends.CONTACTS,
    "events": Ends.EVENTS,
    "sessions": Ends.SIGN_INS,
    "presence": Ends.PRESENCE,
    "audit": Ends.AUDIT,
    "documents": Ends.DESK,
    "facts": Ends.FIGURES,
    "data_keys": Ends.WITH_ITS_OWNER,
    "work": Ends.WITH_ITS_OWNER,
    "listeners": Ends.ACCOUNT,
    # SQLite
    "relais.db.files": Ends.FILES,
    "audit_start": Ends.NOTHING_PERSONAL,
    "pulse": Ends.NOTHING_PERSONAL,
    "sqlite_sequence": Ends.NOTHING_PERSONAL,
    # MongoDB
    "fs.files": Ends.FILES,
    "fs.chunks": Ends.FILES,
    "meta": Ends.NOTHING_PERSONAL,
}
