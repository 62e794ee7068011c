"""Where dossiers are kept: a case and each of its files under a key of its own, step by step.

A case and each of its files is a document of its own. So erasing the person, or purging the
conversation, leaves the case as it was; and destroying a case leaves nothing of it. Every change
is one more signed step, and every deed that matters is in the audit. Who opened a case sees it, who
holds its conversation now does, so that nothing is begun and sent twice, and supervisors do.
"""

import asyncio
import hashlib
from collections.abc import Callable, Container, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from core.accounts import Listener
from core.audit import Deed, Verb
from core.clock import Clock
from core.errors import Conflict, NotFound
from core.ids import ConversationId
from core.permissions import Permission, may
from core.ports import Documents, Store
from core.signalement import evidence
from core.signalement.case import Case, Enclosed, Notice
from core.signalement.evidence import Signer
from core.voices import leaves_out

CASES, FILES = "signalement", "signalement_file"
# MongoDB takes 16 MB at once, and a film may be longer.
PIECE = 8 * 1024 * 1024
_TRIES = 10


@dataclass(frozen=True, slots=True)
class Kept:
    """A case and the version it is stored as."""

    case: Case
    version: int


class Archive:
    """Reads and writes cases; decides nothing."""

    def __init__(self, *, store: Store, signer: Signer, clock: Clock) -> None:
        self._store = store
        self._signer = signer
        self._clock = clock

    async def read(self, case_id: str) -> Kept:
        """One case, for the service itself. Raises NotFound."""
        document = await self._store.document(CASES, case_id)
        if document is None:
            raise NotFound
        return Kept(evidence.from_json(document.body), document.version)

    async def seen_by(self, listener: Listener, case_id: str) -> Kept:
        """One case. Raises NotFound, also for whoever may not see it."""
        kept = await self.read(case_id)
        if not _may_see(listener, kept.case, await self._held_by(listener)):
            raise NotFound
        return kept

    async def all(self) -> Sequence[Kept]:
        """Every case, for the service itself."""
        documents = await self._store.documents(CASES)
        return [Kept(evidence.from_json(one.body), one.version) for one in documents]

    async def all_seen_by(self, listener: Listener) -> Sequence[Kept]:
        """The cases that the listener may see, newest first."""
        held = await self._held_by(listener)
        seen = [one for one in await self.all() if _may_see(listener, one.case, held)]
        return sorted(seen, key=lambda one: one.case.opened_at, reverse=True)

    async def _held_by(self, listener: Listener) -> Container[ConversationId]:
        """The conversations whose cases go along with them: not where a child wrote before somebody
        else took over, for their words are left out of what the listener sees."""
        held = await self._store.held_by(listener.id)
        return {one.id for one in held if not leaves_out(one)}

    async def write(
        self,
        case: Case,
        kind: str,
        by: Listener | None,
        *,
        version: int,
        now: datetime,
        subject: str = "",
    ) -> Kept:
        """Keep a case with one more signed step. Raises Conflict where `version` is not the last.

        `by` is None for what no person did.
        """
        who = by.id if by else None
        case = evidence.recorded(case, kind, by=who, now=now, signer=self._signer, subject=subject)
        body = evidence.to_body(case)
        stored = await self._store.put_document(
            CASES, case.id, body, version=version, now=now, by=who
        )
        return Kept(case, stored.version)

    async def change(
        self,
        case_id: str,
        kind: str,
        decide: Callable[[Case], Case],
        by: Listener | None,
        subject: str = "",
    ) -> Kept:
        """Decide on the case as it now is, and write it with its step."""
        for _ in range(_TRIES):
            kept, now = await self.read(case_id), self._clock()
            case = decide(kept.case)
            try:
                return await self.write(
                    case, kind, by, version=kept.version, now=now, subject=subject
                )
            except Conflict:
                continue
        raise Conflict

    async def put_file(self, name: str, content: bytes, now: datetime) -> None:
        """Keep a file of a case, in the place of an earlier one of that name."""
        stored = await self._store.document(FILES, name)
        version = stored.version if stored else 0
        await self._store.put_document(FILES, name, content, version=version, now=now)

    async def file(self, name: str) -> bytes | None:
        """A file of a case; None when there is none."""
        document = await self._store.document(FILES, name)
        return document.body if document else None

    async def put_pieces(self, enclosed: Enclosed, content: bytes, now: datetime) -> None:
        """Keep an enclosed file, piece by piece; what is there already stays as it is."""
        for number, name in enumerate(enclosed.names):
            piece = content[number * PIECE : (number + 1) * PIECE]
            # A name stands for these very bytes: who asks at the same time writes the same.
            with suppress(Conflict):
                await self._store.put_document(FILES, name, piece, version=0, now=now)

    async def pieces(self, enclosed: Enclosed) -> bytes | None:
        """An enclosed file whole; None unless all of it is here."""
        return await whole(self._store, enclosed)

    async def drop_pieces(self, enclosed: Enclosed) -> None:
        """Destroy an enclosed file, as much of it as is here."""
        for name in enclosed.names:
            await self.drop_file(name)

    async def drop_file(self, name: str) -> None:
        """Destroy a file and its key."""
        await self._store.drop_document(FILES, name)

    async def validated_paper(self, notice: Notice) -> bytes:
        """The PDF that a notice was validated with. Raises NotFound."""
        content = await self.file(notice.id)
        if content is None or hashlib.sha256(content).hexdigest() != notice.document:
            raise NotFound
        return content

    async def drop_stray_paper(self, case_id: str, notice_id: str) -> None:
        """Destroy a PDF that its notice does not know of."""
        with suppress(NotFound):
            await self.validated_paper(notice_of((await self.read(case_id)).case, notice_id))
            return
        await self.drop_file(notice_id)

    async def drop(self, case: Case) -> None:
        """Destroy a case, its files first: a crash leaves a case, never a lost file."""
        for name in case.files:
            await self.drop_file(name)
        await self._store.drop_document(CASES, case.id)

    async def audit(
        self, verb: Verb, by: Listener, case: Case, subject: str = "", reason: str | None = None
    ) -> None:
        """Say in the audit what is about to be done."""
        # Not under the conversation's key: the entry must outlive an erasure of the person.
        details = {"part": subject} if subject else {}
        await self._store.record(
            Deed(
                verb=verb,
                at=self._clock(),
                actor=by.id,
                object=case.id,
                reason=reason,
                details=details,
            )
        )


def pieces_of(content: bytes) -> int:
    """Into how many pieces a file is cut."""
    return max(1, -(-len(content) // PIECE))


async def whole(documents: Documents, enclosed: Enclosed) -> bytes | None:
    """An enclosed file put together; None for what is not kept, or not what its hash says."""
    if not enclosed.kept:
        return None
    found = [await documents.document(FILES, name) for name in enclosed.names]
    content = b"".join(one.body for one in found if one is not None)
    return content if await sha256_of(content) == enclosed.sha256 else None


async def sha256_of(content: bytes) -> str:
    """The hash of a file; nobody else waits for that of a film."""
    return await asyncio.to_thread(lambda: hashlib.sha256(content).hexdigest())


def notice_of(case: Case, notice_id: str) -> Notice:
    """One notice of a case. Raises NotFound."""
    notice = case.notice(notice_id)
    if notice is None:
        raise NotFound
    return notice


def _may_see(listener: Listener, case: Case, held: Container[ConversationId]) -> bool:
    if case.opened_by == listener.id or may(listener, Permission.SUPERVISE):
        return True
    return case.conversation_id is not None and case.conversation_id in held
