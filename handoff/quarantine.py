"""Quarantine at the desk: an intimate image of a minor is put aside, seen by two, and destroyed.

The bytes move from the conversation's files into a document of their own, whose key no copy
(`relais backup`) holds; no export has them. Copies of it in dossiers are destroyed at once. The
destruction is durable work, wished for before anything is moved: it happens though every process
dies in between.
"""

import hashlib
from collections.abc import Callable, Sequence
from datetime import timedelta

from pydantic import TypeAdapter

from core import quarantine
from core.accounts import Listener
from core.audit import Deed, Verb
from core.clock import Clock
from core.conversation import FileState, Message
from core.errors import Conflict, NotFound
from core.ids import AttachmentId, ConversationId
from core.ports import Documents, Phrasebook, Store
from core.quarantine import DESTROYED_AFTER, HASH_KEPT_FOR, Slip
from core.transitions.quarantine import quarantine as put_aside
from core.work import Lane, Lease, Wake
from handoff.desk import Desk
from handoff.signalement.copies import Copies

# The copies leave the first kind out: `UNCOPIED` of `core.storage.records`.
BYTES, SLIPS = "quarantine", "quarantine_slip"
LEASE = timedelta(seconds=30)
_SLIP = TypeAdapter(Slip)
_TRIES = 10


class Quarantine:
    """The commands on what is put aside, and the worker that destroys it."""

    def __init__(
        self, *, store: Store, desk: Desk, copies: Copies, phrases: Phrasebook, clock: Clock
    ) -> None:
        self._store = store
        self._desk = desk
        self._copies = copies
        self._phrases = phrases
        self._clock = clock

    async def put(
        self, listener: Listener, conversation_id: ConversationId, attachment_id: AttachmentId
    ) -> Slip:
        """Put a file aside. Raises NotFound for who does not hold the conversation. Doing it
        again after a crash finishes what was begun."""
        _, messages = await self._desk.read(listener, conversation_id)
        mime = next(
            (one.mime for m in messages for one in m.attachments if one.id == attachment_id), None
        )
        content = await self._store.file(conversation_id, attachment_id)
        if content is None:
            raise NotFound
        now = self._clock()
        slip = Slip(
            id=attachment_id,
            conversation_id=conversation_id,
            by=listener.id,
            at=now,
            sha256=hashlib.sha256(content).hexdigest(),
            size=len(content),
            mime=mime or "application/octet-stream",
            destroy_at=now + DESTROYED_AFTER,
        )
        await self._record(Verb.QUARANTINED, listener, slip)
        await self._store.wake([Wake(Lane.QUARANTINE, attachment_id, slip.destroy_at)])
        await self._first(SLIPS, attachment_id, _SLIP.dump_json(slip))
        await self._first(BYTES, attachment_id, content)
        await self._copies.destroy(slip.sha256, listener)
        await self._mark(listener, conversation_id, attachment_id)
        await self._store.drop_file(conversation_id, attachment_id)
        return slip

    async def slip(self, listener: Listener, attachment_id: AttachmentId) -> Slip:
        """The slip of a file, for who holds its conversation. Raises NotFound."""
        slip, _ = await self._read(attachment_id)
        await self._desk.read(listener, slip.conversation_id, after=2**40)
        return slip

    async def asked(self, listener: Listener) -> Sequence[Slip]:
        """What waits for the agreement of somebody else than the one who asked."""
        slips = await slips_of(self._store)
        return [one for one in slips if one.waits_for_agreement and one.asked_by != listener.id]

    async def ask(self, listener: Listener, attachment_id: AttachmentId, reason: str) -> Slip:
        """Ask to look. Raises NotFound, Refused without a reason."""
        await self.slip(listener, attachment_id)
        now = self._clock()
        return await self._change(
            attachment_id, lambda slip: quarantine.asked(slip, listener.id, reason, now=now)
        )

    async def agree(self, listener: Listener, attachment_id: AttachmentId) -> Slip:
        """Agree that somebody else looks. Raises Refused for the one who asked."""
        now = self._clock()
        before, _ = await self._read(attachment_id)
        quarantine.agreed(before, listener.id, now=now)
        await self._record(Verb.QUARANTINE_AGREED, listener, before)
        return await self._change(
            attachment_id, lambda slip: quarantine.agreed(slip, listener.id, now=now)
        )

    async def look(self, listener: Listener, attachment_id: AttachmentId) -> tuple[Slip, bytes]:
        """The image, once for one agreement. Raises Refused, NotFound."""
        slip = await self.slip(listener, attachment_id)
        now = self._clock()
        quarantine.looked(slip, listener.id, now=now)
        await self._record(Verb.QUARANTINE_SEEN, listener, slip)
        document = await self._store.document(BYTES, attachment_id)
        if document is None:
            raise NotFound
        # Marked before it is shown: of two who ask at once one sees it.
        slip = await self._change(
            attachment_id, lambda one: quarantine.looked(one, listener.id, now=now)
        )
        return slip, document.body

    async def destroy_now(self, listener: Listener, attachment_id: AttachmentId) -> Slip:
        """Destroy before the time."""
        slip = await self.slip(listener, attachment_id)
        await self._record(Verb.QUARANTINE_DESTROYED, listener, slip)
        return await self._destroy(slip)

    async def due(self, lease: Lease) -> timedelta | None:
        """The handler of the lane `quarantine`, whose key is a file."""
        try:
            slip, _ = await self._read(AttachmentId(lease.key))
        except NotFound:
            return None
        now = self._clock()
        if now < slip.destroy_at:
            return slip.destroy_at - now
        if slip.destroyed_at is None or await self._store.document(BYTES, slip.id):
            slip = await self._destroy(slip)
        if now < slip.at + HASH_KEPT_FOR:
            return slip.at + HASH_KEPT_FOR - now
        await self._store.drop_document(SLIPS, slip.id)
        return None

    async def _destroy(self, slip: Slip) -> Slip:
        await self._store.drop_document(BYTES, slip.id)
        # Where a crash came before they were dropped.
        await self._store.drop_file(slip.conversation_id, slip.id)
        await self._copies.destroy(slip.sha256, None)
        now = self._clock()
        return await self._change(slip.id, lambda one: quarantine.destroyed(one, now=now))

    async def _mark(
        self, listener: Listener, conversation_id: ConversationId, attachment_id: AttachmentId
    ) -> None:
        for _ in range(_TRIES):
            conversation, messages = await self._desk.read(listener, conversation_id)
            message = _with_kept(messages, attachment_id)
            if message is None:
                return
            now = self._clock()
            change = put_aside(
                conversation, listener, message, attachment_id, now=now, phrases=self._phrases
            )
            try:
                await self._store.commit(change, now=now)
            except Conflict:
                continue
            return
        raise Conflict

    async def _first(self, kind: str, name: str, body: bytes) -> None:
        """Write a document, unless it was written before a crash."""
        if await self._store.document(kind, name) is None:
            await self._store.put_document(kind, name, body, version=0, now=self._clock())

    async def _read(self, attachment_id: AttachmentId) -> tuple[Slip, int]:
        document = await self._store.document(SLIPS, attachment_id)
        if document is None:
            raise NotFound
        return _SLIP.validate_json(document.body), document.version

    async def _change(self, attachment_id: AttachmentId, decide: Callable[[Slip], Slip]) -> Slip:
        for _ in range(_TRIES):
            slip, version = await self._read(attachment_id)
            slip = decide(slip)
            try:
                await self._store.put_document(
                    SLIPS, attachment_id, _SLIP.dump_json(slip), version=version, now=self._clock()
                )
            except Conflict:
                continue
            return slip
        raise Conflict

    async def _record(self, verb: Verb, listener: Listener, slip: Slip) -> None:
        await self._store.record(
            Deed(verb=verb, at=self._clock(), actor=listener.id, object=slip.id)
        )


async def slips_of(documents: Documents) -> Sequence[Slip]:
    """What is known of every file that is, or was, in quarantine."""
    return [_SLIP.validate_json(one.body) for one in await documents.documents(SLIPS)]


async def was_put_aside(documents: Documents, sha256: str) -> bool:
    """Whether the file with this hash is, or was, in quarantine."""
    return any(one.sha256 == sha256 for one in await slips_of(documents))


def _with_kept(messages: Sequence[Message], attachment_id: AttachmentId) -> Message | None:
    for message in messages:
        for file in message.attachments:
            if file.id == attachment_id and file.state is FileState.KEPT:
                return message
    return None
