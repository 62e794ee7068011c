"""Writing a dossier: opened from a conversation, completed, evidence picked and copied into it.

Evidence is copied, never pointed at: messages come from the conversation word for word, files bit
by bit with their hash. Nothing here leaves the house. An intimate image of a minor does not
stay: once it is known as one, only its hash does.
"""

import asyncio
import hashlib
from collections.abc import Sequence
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
from core.signalement.case import Capture, Case, Consent, Declared, Notice, Quote
from core.signalement.platforms import Directory
from core.work import Lane, Wake
from handoff.desk import Desk
from handoff.quarantine import was_put_aside
from handoff.signalement.archive import Archive, Kept
from handoff.signalement.copies import Copies
from handoff.signalement.edits import Edit, Pick
from handoff.signalement.pictures import picture_kind


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

    async def edit(self, listener: Listener, case_id: str, edit: Edit, *, version: int) -> Edited:
        """Write what the listener changed, all of it that can be: a message that cannot be copied
        any more keeps nothing else from being saved. Raises Conflict when somebody else was first,
        Refused for what would take evidence out of a dossier that is held.
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
        if before.hold is not None and moves.takes_away(before, after):
            raise Refused
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
        self,
        listener: Listener,
        case_id: str,
        content: bytes,
        *,
        taken_at: datetime | None = None,
        name: str | None = None,
    ) -> Kept:
        """Keep a picture, bit by bit; of one that was put aside, its hash alone.

        Raises NotAPicture, or Refused for one too many.
        """
        mime = await asyncio.to_thread(picture_kind, content)
        await self._archive.seen_by(listener, case_id)
        now, sha256 = self._clock(), hashlib.sha256(content).hexdigest()
        capture = Capture(
            id=name or new_id(),
            sha256=sha256,
            mime=mime,
            size=len(content),
            added_at=now,
            added_by=listener.id,
            taken_at=taken_at,
            kept=not await was_put_aside(self._store, sha256),
        )

        def add(case: Case) -> Case:
            if any(one.id == capture.id for one in case.captures):
                return case
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
