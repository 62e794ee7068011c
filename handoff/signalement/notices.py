"""One notice: what still blocks it, its paper, and what a platform is sent.

A notice is fixed when it is validated: its PDF, and the text and fields that go beside it, drawn
from one version of the dossier. Exactly that is sent, whatever is written meanwhile. What changed
before it was sent off makes it a draft again.
"""

import asyncio
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from core.accounts import Listener
from core.audit import Verb
from core.clock import Clock
from core.errors import Conflict, NotFound, Refused
from core.ports import Store
from core.signalement import checks, law, moves
from core.signalement.case import Case, Notice, NoticeState, Route
from core.signalement.platforms import Directory
from core.work import Lane, Wake
from handoff.signalement import form
from handoff.signalement.archive import Archive, Kept, notice_of
from handoff.signalement.paper import Notifier, draw
from handoff.signalement.sending import Parcel, Sender

# A queued notice is looked for again this long after it was queued, should the process die between.
_SAFETY = timedelta(minutes=1)


class Notices:
    """The commands on the notices of a case, for one listener at a time."""

    def __init__(
        self,
        *,
        store: Store,
        archive: Archive,
        known: Directory,
        notifier: Notifier | None,
        senders: Mapping[str, Sender],
        clock: Clock,
    ) -> None:
        self._store = store
        self._archive = archive
        self._known = known
        self._notifier = notifier
        self._senders = senders
        self._clock = clock

    def routes_of(self, platform: str) -> Sequence[Route]:
        """The ways to a platform, the best first: the form is always one."""
        sender = self._senders.get(platform)
        return (sender.route, Route.FORM) if sender else (Route.FORM,)

    def problems(self, case: Case, notice: Notice) -> Sequence[checks.Problem]:
        """What still blocks a notice."""
        return checks.problems(
            case, notice, self._known, named=self._notifier is not None, now=self._clock()
        )

    async def validate(self, listener: Listener, case_id: str, notice_id: str) -> Kept:
        """Fix a notice as a PDF. Raises Blocked with every reason."""
        kept = await self._archive.seen_by(listener, case_id)
        notice = notice_of(kept.case, notice_id)
        found = self.problems(kept.case, notice)
        if found:
            raise moves.Blocked(found)
        now = self._clock()
        pdf = await self._drawn(kept.case, notice, now)
        digest = hashlib.sha256(pdf).hexdigest()
        await self._archive.put_file(notice_id, pdf, now)
        wording = self._worded(kept.case, notice)
        case = moves.validate(kept.case, notice_id, found=found, document=digest, wording=wording)
        # On the version that was drawn: what changed meanwhile is not on the paper.
        try:
            return await self._archive.write(
                case, moves.VALIDATED, listener, version=kept.version, now=now, subject=notice_id
            )
        except Conflict:
            # Nor does it stay: a picture that it shows may be put aside by now.
            await self._archive.drop_stray_paper(case_id, notice_id)
            raise

    async def dispatch(
        self, listener: Listener, case_id: str, notice_id: str, route: Route
    ) -> Kept:
        """Have a validated notice sent; by the form, a person says that it was."""
        kept = await self._archive.seen_by(listener, case_id)
        if route not in self.routes_of(notice_of(kept.case, notice_id).platform):
            raise Refused
        now = self._clock()
        await self._archive.audit(Verb.SIGNALEMENT_SENT, listener, kept.case, notice_id)
        await self._store.wake([Wake(Lane.SIGNALEMENT, case_id, now + _SAFETY)])
        kept = await self._archive.change(
            case_id,
            f"queued_{route}" if route is not Route.FORM else "copied_into_form",
            lambda case: moves.queue(
                case,
                notice_id,
                route,
                found=self.problems(case, notice_of(case, notice_id)),
                now=now,
            ),
            listener,
            notice_id,
        )
        await self._store.wake([Wake(Lane.SIGNALEMENT, case_id, now)])
        return kept

    async def paper(self, listener: Listener, case_id: str, notice_id: str) -> bytes:
        """The PDF: as it was validated, or a preview of the draft as it stands."""
        case = (await self._archive.seen_by(listener, case_id)).case
        notice = notice_of(case, notice_id)
        if notice.state is NoticeState.DRAFT:
            return await self._drawn(case, notice, self._clock())
        return await self._archive.validated_paper(notice)

    def form(self, case: Case, notice: Notice) -> Sequence[Mapping[str, str]]:
        """The fields to copy into the platform's form: as validated, or as the draft stands."""
        if notice.wording:
            told: Sequence[Mapping[str, str]] = json.loads(notice.wording)["form"]
            return told
        platform = self._known.platforms.get(notice.platform)
        if platform is None:
            return ()
        return form.fields(case, notice, platform, notifier=self._notifier)

    async def parcel(self, notice: Notice) -> Parcel:
        """What a platform is sent: what the notice was validated with, and nothing written since.

        Raises NotFound where it is not there whole.
        """
        pdf = await self._archive.validated_paper(notice)
        if not notice.wording:
            raise NotFound
        wording = json.loads(notice.wording)
        parts = [f"{one['label']}\n{one['value']}" for one in wording["form"]]
        return Parcel(
            id=notice.id,
            subject=f"Signalement prioritaire {notice.id[:8]}",
            text="\n\n".join(parts),
            pdf=pdf,
            fields=wording["fields"],
        )

    def _worded(self, case: Case, notice: Notice) -> str:
        """The form and the fields that go beside the PDF."""
        fields = {
            "reference": notice.id,
            "platform": notice.platform,
            "category": notice.category,
            "targets": [
                {"kind": one.kind.value, "url": one.url, "account": one.handle}
                for one in notice.targets
            ],
            "articles": [one.reference for one in law.chosen(case)],
            "explanation": case.explanation,
            "victim_is_minor": case.of_a_minor,
            "good_faith": case.good_faith is not None,
            "notifier": None if law.withholds_name(case) else self._who(),
            "details": dict(notice.details),
        }
        told = [dict(one) for one in self.form(case, replace(notice, wording=""))]
        return json.dumps({"form": told, "fields": fields}, ensure_ascii=False)

    def _who(self) -> Mapping[str, str] | None:
        us = self._notifier
        return {"name": us.name, "email": us.email} if us else None

    async def _drawn(self, case: Case, notice: Notice, now: datetime) -> bytes:
        platform = self._known.platforms.get(notice.platform)
        if platform is None:
            raise NotFound
        pictures = {}
        for capture in case.captures:
            content = await self._archive.file(capture.id) if case.may_show(capture) else None
            if content is not None:
                pictures[capture.id] = content
        return await asyncio.to_thread(
            draw, case, notice, platform, notifier=self._notifier, pictures=pictures, now=now
        )
