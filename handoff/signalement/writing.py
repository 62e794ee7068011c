"""Writing a dossier: opened from a conversation, completed, evidence picked and copied into it.

Evidence is copied, never pointed at: messages come from the conversation word for word, files bit
by bit with their hash. Nothing here leaves the house. An intimate image of a minor does not
stay: once it is known as one, only its hash does.
"""

import asyncio
import hashlib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from core.accounts import Listener
from core.audit import Verb
from core.clock import Clock
from core.conversation import FileState, Message
from core.errors import Conflict, NotFound, Refused
from core.ids import AttachmentId, ConversationId, derived_id, new_id
from core.ports import Store
from core.signalement import checks, moves
from core.signalement.case import Capture, Case, Consent, Declared, Enclosed, Notice, Quote
from core.signalement.platforms import Directory
from core.work import Lane, Wake
from handoff.desk import Desk
from handoff.quarantine import was_put_aside
from handoff.reading import read_on_record
from handoff.signalement.archive import Archive, Kept, pieces_of
from handoff.signalement.copies import Copies
from handoff.signalement.edits import Edit, Pick
from handoff.signalement.pictures import NotAPicture, picture_kind


@dataclass(frozen=True, slots=True)
class Edited:
    """A case as it was written; `left_out` are the picked messages that could not be copied, by
    their number: the conversation is somebody else's now, or its text is gone."""

    kept: Kept
    left_out: tuple[int, ...] = ()


class Writing:
    """The commands that fill a dossier, for one listener at a time."""

    def __init__(
        self, *, store: Store, desk: Desk, archive: Archive, known: Directory, clock: Clock
    ) -> None:
        self._store = store
        self._desk = desk
        self._archive = archive
        self._copies = Copies(archive)
        self._known = known
        self._clock = clock

    async def open(
        self, listener: Listener, conversation_id: ConversationId, *, another: bool = False
    ) -> Kept:
        """The case of a conversation that the listener holds: the newest that they may see, or a
        new one, filled with what is known.

        A case that was begun is never begun again unasked, so that no evidence is torn in two,
        nor by asking twice at once; `another` asks for a second one.
        """
        conversation, _ = await self._desk.read(listener, conversation_id)
        if not another and (begun := await self._begun(listener, conversation_id)):
            return begun
        told, now = conversation.assessment, self._clock()
        named = (told.platform or "").split("+")
        case = Case(
            # The first of a listener has one id, however often it is asked for: it is written once.
            id=new_id() if another else derived_id(conversation_id, listener.id, "signalement"),
            conversation_id=conversation_id,
            opened_by=listener.id,
            opened_at=now,
            issue=told.issue,
            victim_band=told.age_band,
            notices=tuple(
                Notice(id=new_id(), platform=one) for one in named if one in self._known.platforms
            ),
        )
        await self._archive.audit(Verb.SIGNALEMENT_OPENED, listener, case)
        # From now on it has an end.
        await self._store.wake([Wake(Lane.SIGNALEMENT, case.id, moves.ends_at(case))])
        try:
            return await self._archive.write(case, "opened", listener, version=0, now=now)
        except Conflict:
            if another:
                raise
        begun = await self._begun(listener, conversation_id)
        # One that is there and cannot be read must not keep a child from a dossier.
        return begun or await self.open(listener, conversation_id, another=True)

    async def _begun(self, listener: Listener, conversation_id: ConversationId) -> Kept | None:
        """The newest case of a conversation that the listener may see."""
        seen = await self._archive.all_seen_by(listener)
        return next((one for one in seen if one.case.conversation_id == conversation_id), None)

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

    async def _enclosed(self, case_id: str, messages: Sequence[Message]) -> tuple[Enclosed, ...]:
        """The files that are no pictures, or are not here, before their bytes are copied."""
        found = []
        for message in messages:
            for file in message.attachments:
                content = None
                if file.state is FileState.KEPT:
                    content = await self._store.file(message.conversation_id, file.id)
                if content is not None and await asyncio.to_thread(_is_picture, content):
                    continue
                found.append(
                    Enclosed(
                        # Asked again, it is the same one.
                        id=derived_id(case_id, file.id),
                        seq=message.seq,
                        at=message.at,
                        type=file.type.value,
                        mime=file.mime,
                        size=None if content is None else len(content),
                        sha256=None if content is None else hashlib.sha256(content).hexdigest(),
                        parts=0 if content is None else pieces_of(content),
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
        enclosed = next((one for one in kept.case.enclosed if one.id == named), None)
        if enclosed is not None:
            return await self._with_enclosed(listener, kept, enclosed, content)
        sha256 = hashlib.sha256(content).hexdigest()
        if any(one.sha256 == sha256 for one in kept.case.captures):
            return kept
        try:
            return await self.add_capture(listener, kept.case.id, content, taken_at=message.at)
        except (NotAPicture, Refused):
            return kept

    async def _with_enclosed(
        self, listener: Listener, kept: Kept, enclosed: Enclosed, content: bytes
    ) -> Kept:
        """The dossier with the bytes of an enclosed file, unless it was put aside."""
        sha256 = await asyncio.to_thread(lambda: hashlib.sha256(content).hexdigest())
        if enclosed.kept or enclosed.sha256 != sha256 or await was_put_aside(self._store, sha256):
            return kept
        await self._archive.put_pieces(enclosed, content, self._clock())
        try:
            kept = await self._archive.change(
                kept.case.id,
                moves.FILE_ENCLOSED,
                lambda case: moves.enclosed(case, enclosed.id),
                listener,
                sha256,
            )
        except NotFound:  # destroyed meanwhile
            for name in enclosed.names:
                await self._archive.drop_file(name)
            raise
        # Put aside at this very moment, by who did not see it here yet.
        if await was_put_aside(self._store, sha256):
            kept = await self._copies.destroy_in(kept, sha256, listener)
        return kept

    async def edit(self, listener: Listener, case_id: str, edit: Edit, *, version: int) -> Edited:
        """Write what the listener changed, all of it that can be: a message that cannot be copied
        any more keeps nothing else from being saved. Raises Conflict when somebody else was first.
        """
        kept = await self._archive.seen_by(listener, case_id)
        if kept.version != version:
            raise Conflict
        now, before = self._clock(), kept.case
        quotes, left_out = await self._quotes(listener, before, edit.quotes)
        after = replace(
            before,
            qualifications=edit.qualifications,
            victim_age=edit.victim_age,
            victim_band=edit.victim_band,
            explanation=edit.explanation,
            told=edit.told,
            consent=_consent(before, edit, listener, now),
            good_faith=_declared(before.good_faith, edit.good_faith, listener, now),
            tell=_declared(before.tell, edit.tell, listener, now),
            quotes=quotes,
            captures=tuple(
                replace(
                    one,
                    taken_at=change.taken_at,
                    caption=change.caption,
                    intimate=change.intimate,
                    proves=change.proves,
                )
                for one in before.captures
                for change in edit.captures
                if change.id == one.id
            ),
            notices=tuple(one.applied(before, new_id) for one in edit.notices),
            letters={
                name: dict(answers)
                for name, answers in edit.letters.items()
                if any(answers.values())
            },
        )
        after = moves.edited(before, after)
        if after == before:
            return Edited(kept, left_out)
        kept = await self._archive.write(after, "edited", listener, version=version, now=now)
        await self._drop_outdated(before, after)
        for one in after.captures:
            # Known as what may not be kept: as by putting it aside in the conversation.
            if one.kept and one.intimate and after.of_a_minor:
                kept = await self._copies.destroy_in(kept, one.sha256, listener)
        return Edited(kept, left_out)

    async def add_capture(
        self, listener: Listener, case_id: str, content: bytes, *, taken_at: datetime | None = None
    ) -> Kept:
        """Keep a picture, bit by bit; of one that was put aside, its hash alone.

        Raises NotAPicture, or Refused for one too many.
        """
        mime = await asyncio.to_thread(picture_kind, content)
        await self._archive.seen_by(listener, case_id)
        now, sha256 = self._clock(), hashlib.sha256(content).hexdigest()
        capture = Capture(
            id=new_id(),
            sha256=sha256,
            mime=mime,
            size=len(content),
            added_at=now,
            added_by=listener.id,
            taken_at=taken_at,
            kept=not await was_put_aside(self._store, sha256),
        )

        def add(case: Case) -> Case:
            if len(case.captures) >= checks.CAPTURES:
                raise Refused
            return moves.edited(case, replace(case, captures=(*case.captures, capture)))

        if capture.kept:
            await self._archive.put_file(capture.id, content, now)
        try:
            kept = await self._archive.change(case_id, moves.CAPTURE_ADDED, add, listener, sha256)
        except Refused:
            await self._archive.drop_file(capture.id)
            raise
        # Put aside at this very moment, by who did not see it here yet.
        if capture.kept and await was_put_aside(self._store, sha256):
            kept = await self._copies.destroy_in(kept, sha256, listener)
        return kept

    async def copy_attachment(
        self, listener: Listener, case_id: str, attachment_id: AttachmentId
    ) -> Kept:
        """Keep a picture that the person sent, from the conversation that the listener holds."""
        kept = await self._archive.seen_by(listener, case_id)
        source = kept.case.conversation_id
        if source is None:
            raise NotFound
        _, messages = await self._desk.read(listener, source)
        sent_at = _sent_at(messages, attachment_id)
        content = await self._store.file(source, attachment_id)
        if content is None or sent_at is None:
            raise NotFound
        return await self.add_capture(listener, case_id, content, taken_at=sent_at)

    async def keep_hash_only(self, listener: Listener, case_id: str, capture_id: str) -> Kept:
        """Destroy the picture of a capture, and the papers of it that were not sent; its hash and
        its date stay."""
        before = (await self._archive.seen_by(listener, case_id)).case

        def strip(case: Case) -> Case:
            if not any(one.id == capture_id for one in case.captures):
                raise NotFound
            captures = tuple(
                replace(one, kept=False) if one.id == capture_id else one for one in case.captures
            )
            return moves.edited(case, replace(case, captures=captures))

        kept = await self._archive.change(case_id, "capture_destroyed", strip, listener, capture_id)
        await self._drop_outdated(before, kept.case)
        return kept

    async def picture(
        self, listener: Listener, case_id: str, capture_id: str
    ) -> tuple[Capture, bytes]:
        """A kept capture and its bytes. Raises NotFound, also for what nobody may look at."""
        case = (await self._archive.seen_by(listener, case_id)).case
        capture = next((one for one in case.captures if one.id == capture_id), None)
        if capture is None or not case.may_show(capture):
            raise NotFound
        content = await self._archive.file(capture_id)
        if content is None:
            raise NotFound
        await self._archive.audit(Verb.FILE_REVEALED, listener, case, capture_id)
        return capture, content

    async def enclosed(
        self, listener: Listener, case_id: str, file_id: str
    ) -> tuple[Enclosed, bytes]:
        """An enclosed file and its bytes. Raises NotFound, also for what is not kept."""
        case = (await self._archive.seen_by(listener, case_id)).case
        enclosed = next((one for one in case.enclosed if one.id == file_id), None)
        content = None if enclosed is None else await self._archive.pieces(enclosed)
        if enclosed is None or content is None:
            raise NotFound
        await self._archive.audit(Verb.FILE_REVEALED, listener, case, file_id)
        return enclosed, content

    async def _drop_outdated(self, before: Case, after: Case) -> None:
        """Destroy what the case does not hold any more: pictures, and papers of what is a draft
        again, which may show them."""
        held = {one.id for one in after.captures if one.kept}
        for capture in before.captures:
            if capture.id not in held:
                await self._archive.drop_file(capture.id)
        for notice in before.notices:
            now = after.notice(notice.id)
            if now is None or (notice.document is not None and now.document is None):
                await self._archive.drop_stray_paper(after.id, notice.id)

    async def _quotes(
        self, listener: Listener, before: Case, picks: Sequence[Pick]
    ) -> tuple[tuple[Quote, ...], tuple[int, ...]]:
        """The picked messages: those the case has as they are, new ones from the conversation. And
        the numbers of those that are in neither."""
        quotes = {one.seq: one for one in before.quotes}
        if any(pick.seq not in quotes for pick in picks) and before.conversation_id is not None:
            for message in await self._readable(listener, before.conversation_id):
                if message.text and message.deleted_at is None:
                    quote = Quote(
                        seq=message.seq, author=message.author, text=message.text, at=message.at
                    )
                    quotes.setdefault(message.seq, quote)
        wanted = {pick.seq: pick for pick in picks}
        copied = sorted(wanted.keys() & quotes.keys())
        return (
            tuple(replace(quotes[seq], proves=wanted[seq].proves) for seq in copied),
            tuple(sorted(wanted.keys() - quotes.keys())),
        )

    async def _readable(
        self, listener: Listener, conversation_id: ConversationId
    ) -> Sequence[Message]:
        """The messages of a conversation; none once it is somebody else's, or gone."""
        try:
            _, messages = await self._desk.read(listener, conversation_id)
        except NotFound:
            return ()
        return messages


def _consent(before: Case, edit: Edit, listener: Listener, now: datetime) -> Consent | None:
    if edit.consent is None:
        return None
    if before.consent is not None and before.consent.giver is edit.consent:
        return before.consent
    return Consent(by=listener.id, at=now, giver=edit.consent)


def _declared(
    before: Declared | None, wanted: bool, listener: Listener, now: datetime
) -> Declared | None:
    """A statement that stands keeps who made it, and when."""
    if not wanted:
        return None
    return before or Declared(by=listener.id, at=now)


def _sent_at(messages: Sequence[Message], attachment_id: AttachmentId) -> datetime | None:
    for message in messages:
        for file in message.attachments:
            if file.id == attachment_id and file.state is FileState.KEPT:
                return message.at
    return None


def _is_picture(content: bytes) -> bool:
    try:
        picture_kind(content)
    except NotAPicture:
        return False
    return True
