"""The audit: who did what, when and why, in one chain that shows where it was altered.

An entry says that something was done, never what somebody wrote. Each entry's link is a keyed hash
over the link before it and over the entry as it is stored, so that a changed, missing or added
entry breaks the chain for whoever has only the database. Whoever has the key as well could write a
whole new chain: against that the head is copied elsewhere (`relais audit head`), and later checked.

The link is taken over what is sealed, not over what it says: an erasure that destroys the key of a
conversation makes the details of its entries unreadable and leaves the chain whole.
"""

import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from core.errors import RelaisError
from core.ids import ConversationId, ListenerId

# What comes before the first entry.
BEGINNING = "0" * 64


class Verb(StrEnum):
    """What can be recorded. A verb that was stored once stays readable for ever: never rename."""

    SIGNED_IN = "signed_in"
    SIGN_IN_REFUSED = "sign_in_refused"
    SIGNED_OUT = "signed_out"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105
    ACCOUNT_ADDED = "account_added"
    ACCOUNT_RESET = "account_reset"
    ACCOUNT_DISABLED = "account_disabled"
    ACCOUNT_ENABLED = "account_enabled"
    ACCOUNT_INVITED = "account_invited"
    INVITATION_ACCEPTED = "invitation_accepted"
    SESSIONS_ENDED = "sessions_ended"
    FACTOR_ADDED = "factor_added"
    FACTOR_REMOVED = "factor_removed"
    SECOND_STEP_REFUSED = "second_step_refused"
    ROLE_CHANGED = "role_changed"
    FILE_REVEALED = "file_revealed"
    CONVERSATION_READ = "conversation_read"
    TRIAGE_CORRECTED = "triage_corrected"
    WRITER_TOLD = "writer_told"
    APART_READ = "apart_read"
    CONVERSATION_ASSIGNED = "conversation_assigned"
    CONVERSATION_TAKEN_BACK = "conversation_taken_back"
    WHISPERED = "whispered"
    PERSON_EXPORTED = "person_exported"
    PERSON_ERASED = "person_erased"
    KEYS_ROTATED = "keys_rotated"
    QUARANTINED = "quarantined"
    QUARANTINE_AGREED = "quarantine_agreed"
    QUARANTINE_SEEN = "quarantine_seen"
    QUARANTINE_DESTROYED = "quarantine_destroyed"
    SIGNALEMENT_OPENED = "signalement_opened"
    SIGNALEMENT_SENT = "signalement_sent"
    SIGNALEMENT_EXPORTED = "signalement_exported"
    SIGNALEMENT_DESTROYED = "signalement_destroyed"
    BACKED_UP = "backed_up"
    RESTORED = "restored"
    OUTBOX_RELEASED = "outbox_released"
    SKILLS_CHANGED = "skills_changed"
    NEEDS_TOLD = "needs_told"
    CO_LISTENING_BEGUN = "co_listening_begun"
    CO_LISTENING_ENDED = "co_listening_ended"
    CONTACT_REVEALED = "contact_revealed"
    CALL_JOINED = "call_joined"
    FOLLOW_UP_NOTED = "follow_up_noted"
    FOLLOW_UP_SENT = "follow_up_sent"
    FOLLOW_UP_FINISHED = "follow_up_finished"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """What is to be recorded.

    `actor` is None for what was done from the command line or by nobody known. `object` is the
    opaque id of what it was done to, where that is no conversation: an account, a file. `reason` is
    what the actor gave; `details` are short words such as a role. Both are sealed, under the key of
    the conversation where there is one.
    """

    verb: Verb
    at: datetime
    actor: ListenerId | None = None
    conversation: ConversationId | None = None
    object: str | None = None
    reason: str | None = None
    details: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A deed as it was recorded. `readable` is False once its conversation was erased: then
    object, reason and details are gone."""

    seq: int
    verb: str
    at: datetime
    actor: ListenerId | None
    conversation: ConversationId | None
    object: str | None = None
    reason: str | None = None
    details: Mapping[str, str] = field(default_factory=dict)
    readable: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """An entry as the chain sees it: what is stored, and the hash that joins it to the others."""

    seq: int
    at: int
    verb: str
    actor: str | None
    conversation: str | None
    subject: str
    body: bytes
    link: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in the chain: the number of an entry and its link. `0` is before the first."""

    seq: int = 0
    link: str = BEGINNING

    def __str__(self) -> str:
        return f"{self.seq}:{self.link}"


class ChainBroken(RelaisError):
    """The audit was altered: an entry does not fit the one before it."""

    def __init__(self, seq: int) -> None:
        super().__init__(f"The audit is broken at entry {seq}.")
        self.seq = seq


class Chain:
    """Makes and checks links with the key of the audit. Holds no state of its own."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def join(
        self,
        before: Mark,
        *,
        at: int,
        verb: str,
        actor: str | None,
        conversation: str | None,
        subject: str,
        body: bytes,
    ) -> Link:
        """The entry that follows `before`."""
        seq = before.seq + 1
        parts = (before.link, str(seq), str(at), verb, actor, conversation, subject, body.hex())
        return Link(
            seq=seq,
            at=at,
            verb=verb,
            actor=actor,
            conversation=conversation,
            subject=subject,
            body=body,
            link=self._digest(parts),
        )

    def follow(self, before: Mark, links: Iterable[Link]) -> Mark:
        """Check a stretch of the chain; the mark of its last entry. Raises ChainBroken."""
        for link in links:
            right = self.join(
                before,
                at=link.at,
                verb=link.verb,
                actor=link.actor,
                conversation=link.conversation,
                subject=link.subject,
                body=link.body,
            )
            if link.seq != right.seq or not hmac.compare_digest(link.link, right.link):
                raise ChainBroken(right.seq)
            before = Mark(right.seq, right.link)
        return before

    def sign(self, start: Mark) -> str:
        """What proves that the entries up to `start` were purged by us and not cut off."""
        return self._digest(("start", str(start)))

    def vouch(self, start: Mark, signature: str) -> None:
        """Check where the kept chain starts. Raises ChainBroken."""
        if start != Mark() and not hmac.compare_digest(signature, self.sign(start)):
            raise ChainBroken(start.seq)

    def _digest(self, parts: Iterable[str | None]) -> str:
        """Over the parts with their lengths, so that nothing moves from one part to the next."""
        message = "".join("-" if part is None else f"{len(part)}:{part}" for part in parts)
        return hmac.digest(self._secret, message.encode(), "sha256").hex()


def parse_mark(text: str) -> Mark:
    """`SEQ:LINK`, as `relais audit head` prints it. Raises ValueError."""
    seq, _, link = text.strip().partition(":")
    if len(link) != len(BEGINNING) or not set(link) <= set("0123456789abcdef"):
        raise ValueError("not a mark of the audit")
    return Mark(int(seq), link)
