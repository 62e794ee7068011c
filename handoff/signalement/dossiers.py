"""What becomes of a dossier: passed on, held, exported, destroyed; the other commands beside it.

`writing` fills it, `preserving` copies a whole conversation for a judge, `notices` validates and
sends, `news` tells the person, `archive` keeps it.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from core.accounts import Listener
from core.audit import Verb
from core.clock import Clock
from core.errors import NotFound, Refused
from core.ports import Store
from core.signalement import evidence, moves
from core.signalement.authorities import authorities, missing
from core.signalement.case import Authority, Case
from core.signalement.evidence import Signer
from core.work import Lane, Wake
from handoff.signalement import form
from handoff.signalement.archive import Archive, Kept
from handoff.signalement.news import News
from handoff.signalement.notices import Notices
from handoff.signalement.preserving import Preserving
from handoff.signalement.writing import Writing


class Dossiers:
    """The commands on dossiers, for one listener at a time."""

    def __init__(
        self,
        *,
        store: Store,
        archive: Archive,
        writing: Writing,
        preserving: Preserving,
        notices: Notices,
        news: News,
        signer: Signer,
        clock: Clock,
    ) -> None:
        self._store = store
        self.archive = archive
        self.writing = writing
        self.preserving = preserving
        self.notices = notices
        self.news = news
        self._signer = signer
        self._clock = clock

    async def move(
        self,
        listener: Listener,
        case_id: str,
        kind: str,
        decide: Callable[[Case], Case],
        subject: str,
    ) -> Kept:
        """A move of `core.signalement.moves`, by a listener who may see the case."""
        await self.archive.seen_by(listener, case_id)
        kept = await self.archive.change(case_id, kind, decide, listener, subject)
        # Other clocks run from now on.
        await self._store.wake([Wake(Lane.SIGNALEMENT, case_id, self._clock())])
        return kept

    async def export(self, listener: Listener, case_id: str) -> Mapping[str, Any]:
        """The case with its signed steps, and the hashes of its files; the case itself keeps the
        hash of a paper that was destroyed for what it showed."""
        case = (await self.archive.seen_by(listener, case_id)).case
        await self.archive.audit(Verb.SIGNALEMENT_EXPORTED, listener, case)
        files = {}
        for notice in case.notices:
            if notice.document is None:
                continue
            with suppress(NotFound):
                files[f"notice-{notice.id}.pdf"] = await self.archive.validated_paper(notice)
        return evidence.export(case, files, self._signer)

    async def escalate(
        self, listener: Listener, case_id: str, authority: Authority, reference: str
    ) -> Kept:
        """Note that the case was passed on to an authority, with what it was told.

        Raises Blocked for what the form of that authority lacks.
        """
        now, asked = self._clock(), authorities()[authority]
        return await self.move(
            listener,
            case_id,
            "escalated",
            lambda case: moves.escalate(
                case,
                authority,
                found=missing(case, asked),
                letter=form.letter(case, asked),
                reference=reference,
                by=listener.id,
                now=now,
            ),
            authority.value,
        )

    async def destroy(self, listener: Listener, case_id: str, reason: str) -> None:
        """Destroy a case, its files and their keys. Raises Refused while it is held or open."""
        case = (await self.archive.seen_by(listener, case_id)).case
        if not reason.strip() or not moves.may_be_destroyed(case):
            raise Refused
        await self.archive.audit(
            Verb.SIGNALEMENT_DESTROYED, listener, case, reason=reason.strip()[:300]
        )
        await self.archive.drop(case)
