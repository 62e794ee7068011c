"""A conversation copied whole into a dossier that is held: a judge or the police asked for it.

Messages are copied word for word, files bit by bit: pictures become captures, voices, films and
documents lie beside them in pieces. Of what nobody may keep there is only the hash. The dossier is
written before its files are copied: asking again after a crash completes the same one.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress

from core.accounts import Listener
from core.audit import Verb
from core.clock import Clock
from core.conversation import FileState, Message
from core.errors import Conflict, NotFound, Refused
from core.ids import AttachmentId, ConversationId, derived_id
from core.ports import Store
from core.signalement import checks, moves
from core.signalement.case import Case, Enclosed, Quote
from core.work import Lane, Wake
from handoff.quarantine import slips_of, was_put_aside
from handoff.reading import read_on_record
from handoff.signalement.archive import Archive, Kept, pieces_of, sha256_of
from handoff.signalement.copies import Copies
from handoff.signalement.pictures import NotAPicture, picture_kind
from handoff.signalement.writing import Writing


class Preserving:
    """The copy for a judge, and its files that are no pictures."""

    def __init__(self, *, store: Store, archive: Archive, writing: Writing, clock: Clock) -> None:
        self._store = store
        self._archive = archive
        self._writing = writing
        self._copies = Copies(archive)
        self._clock = clock

    async def preserve(
        self, supervisor: Listener, conversation_id: ConversationId, reason: str
    ) -> Kept:
        """Copy a whole conversation, closed or not, into a dossier that is held: a judge or the
        police asked for it. Neither the purge nor an erasure reaches the copy.

        Who asks must have been checked before. The reason is in the audit before a word is read.
        Messages are copied word for word and files bit by bit, what was put aside by its hash
        alone; a file that we never had is named. Asked again of a conversation that has not
        changed, it is the same dossier.
        Raises NotFound, or Refused without a reason.
        """
        conversation = await self._store.conversation(conversation_id)
        if not reason.strip():
            raise Refused
        now = self._clock()
        messages = await read_on_record(
            self._store, supervisor, conversation_id, now=now, reason=reason.strip()[:300]
        )
        case_id = derived_id(conversation_id, str(conversation.version), "preserved")
        case = Case(
            id=case_id,
            conversation_id=conversation_id,
            opened_by=supervisor.id,
            opened_at=now,
            issue=conversation.assessment.issue,
            victim_band=conversation.assessment.age_band,
            quotes=tuple(
                Quote(seq=one.seq, author=one.author, text=one.text, at=one.at)
                for one in messages
                if one.text and one.deleted_at is None
            ),
            enclosed=await self._enclosed(case_id, messages),
        )
        case = moves.hold(case, reason, by=supervisor.id, now=now)
        await self._archive.audit(Verb.SIGNALEMENT_OPENED, supervisor, case)
        await self._store.wake([Wake(Lane.SIGNALEMENT, case.id, moves.ends_at(case))])
        # Written before its files: a crash leaves the words, and asking again adds the rest. What
        # destroys the case knows them all from now on.
        with suppress(Conflict):
            await self._archive.write(case, "preserved", supervisor, version=0, now=now)
        kept = await self._archive.seen_by(supervisor, case.id)
        for message in messages:
            for file in message.attachments:
                if file.state is FileState.KEPT:
                    kept = await self._with_file(supervisor, kept, message, file.id)
        return kept

    async def file(self, listener: Listener, case_id: str, file_id: str) -> tuple[Enclosed, bytes]:
        """An enclosed file and its bytes. Raises NotFound, also for what is not kept."""
        case = (await self._archive.seen_by(listener, case_id)).case
        enclosed = case.file(file_id)
        content = None if enclosed is None else await self._archive.pieces(enclosed)
        if enclosed is None or content is None:
            raise NotFound
        await self._archive.audit(Verb.FILE_REVEALED, listener, case, file_id)
        return enclosed, content

    async def keep_hash_only(self, listener: Listener, case_id: str, file_id: str) -> Kept:
        """Destroy an enclosed file, also of a dossier that is held; its hash stays."""
        case = (await self._archive.seen_by(listener, case_id)).case
        enclosed = case.file(file_id)
        if enclosed is None:
            raise NotFound
        kept = await self._archive.change(
            case_id,
            moves.FILE_DESTROYED,
            lambda case: moves.file_destroyed(case, file_id),
            listener,
            enclosed.sha256 or "",
        )
        await self._archive.drop_pieces(enclosed)
        return kept

    async def _enclosed(self, case_id: str, messages: Sequence[Message]) -> tuple[Enclosed, ...]:
        """The files that are no pictures, are more pictures than a dossier takes, or are not here,
        before their bytes are copied."""
        found = []
        aside = {one.id: one for one in await slips_of(self._store)}
        pictures: set[str] = set()
        for message in messages:
            for file in message.attachments:
                content, slip = None, aside.get(file.id)
                size, sha256 = (slip.size, slip.sha256) if slip else (None, None)
                if file.state is FileState.KEPT:
                    content = await self._store.file(message.conversation_id, file.id)
                if content is not None:
                    size, sha256 = len(content), await sha256_of(content)
                    if len(pictures | {sha256}) <= checks.CAPTURES and await asyncio.to_thread(
                        _is_picture, content
                    ):
                        pictures.add(sha256)
                        continue
                found.append(
                    Enclosed(
                        # Asked again, it is the same one.
                        id=derived_id(case_id, file.id),
                        seq=message.seq,
                        at=message.at,
                        type=file.type.value,
                        mime=file.mime,
                        size=size,
                        sha256=sha256,
                        parts=0 if content is None else pieces_of(content),
                        destroyed=content is None and slip is not None,
                    )
                )
        return tuple(found)

    async def _with_file(
        self, listener: Listener, kept: Kept, message: Message, file: AttachmentId
    ) -> Kept:
        """The dossier with one more file; as it is, where that is there or gone."""
        content = await self._store.file(message.conversation_id, file)
        if content is None:
            return kept
        named = derived_id(kept.case.id, file)
        enclosed = kept.case.file(named)
        if enclosed is not None:
            return await self._with_enclosed(listener, kept, enclosed, content)
        sha256 = await sha256_of(content)
        if any(one.sha256 == sha256 for one in kept.case.captures):
            return kept
        try:
            # Named by what it is a copy of: asked again after a crash, it leaves no stray one.
            return await self._writing.add_capture(
                listener, kept.case.id, content, taken_at=message.at, name=named
            )
        except (NotAPicture, Refused):
            return kept

    async def _with_enclosed(
        self, listener: Listener, kept: Kept, enclosed: Enclosed, content: bytes
    ) -> Kept:
        """The dossier with the bytes of an enclosed file, unless nobody may keep them."""
        if enclosed.kept or enclosed.destroyed:
            return kept
        sha256 = await sha256_of(content)
        if enclosed.sha256 != sha256:
            return kept
        if await was_put_aside(self._store, sha256):
            return await self._copies.destroy_in(kept, sha256, listener)
        await self._archive.put_pieces(enclosed, content, self._clock())
        try:
            return await self._archive.change(
                kept.case.id,
                moves.FILE_ENCLOSED,
                lambda case: moves.enclosed(case, enclosed.id),
                listener,
                sha256,
            )
        except Refused:  # put aside, or destroyed by a listener, at this very moment
            await self._archive.drop_pieces(enclosed)
            return await self._archive.read(kept.case.id)
        except NotFound:  # the whole dossier was
            await self._archive.drop_pieces(enclosed)
            raise


def _is_picture(content: bytes) -> bool:
    try:
        picture_kind(content)
    except NotAPicture:
        return False
    return True
