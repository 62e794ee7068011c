"""The worker behind a dossier: sends its notices, reminds the team, ends it when it had its time.

Sending is durable, and honest about what nobody can know. Before the first byte leaves, "sending"
is committed. Whoever takes the work up after a crash finds it, and says "unknown": the notice may
have arrived, so no machine sends it again. A refusal for now is tried again later; a refusal for
good waits for a person. What lacks something when its turn comes, such as the consent that was
taken back meanwhile, is stopped and is a draft again, which says why.

What waits for a person is told to the team when it is due, and again until somebody deals with it.
"""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import timedelta

from core.clock import Clock
from core.errors import NotFound, Refused
from core.signalement import moves, todo
from core.signalement.case import Case, DispatchStatus
from core.signalement.platforms import Directory
from core.work import Lease
from handoff.signalement.archive import Archive, notice_of
from handoff.signalement.notices import Notices
from handoff.signalement.reminders import Reminder, reminder
from handoff.signalement.sending import Fate, Later, Rejected, Sender, Taken

# Outlives the longest sending: see TIMEOUT of the senders, several commands long.
LEASE = timedelta(minutes=3)
# A case past its time that is held, or that a platform still has, is looked at again so soon.
LOOK_AGAIN = timedelta(days=7)
# A reminder that no mail server took is tried again so soon.
REMIND_AGAIN = timedelta(hours=1)

# Tells the team; whether it was taken. Must not raise for a network's errors.
Remind = Callable[[Reminder], Awaitable[bool]]


class Courier:
    """The handler of the lane `signalement`, whose key is a case.

    `remind`: None where the team cannot be written to; then the console alone says what waits.
    """

    def __init__(
        self,
        *,
        archive: Archive,
        notices: Notices,
        senders: Mapping[str, Sender],
        known: Directory,
        remind: Remind | None,
        console: str | None,
        clock: Clock,
    ) -> None:
        self._archive = archive
        self._notices = notices
        self._senders = senders
        self._known = known
        self._remind = remind
        self._console = console
        self._clock = clock

    async def carry(self, lease: Lease) -> timedelta | None:
        """Do what is due in one case; when to look again."""
        try:
            case = (await self._archive.read(lease.key)).case
        except NotFound:
            return None
        for notice in case.notices:
            if notice.dispatch is None:
                continue
            if notice.dispatch.status is DispatchStatus.SENDING:
                await self._settle(case.id, notice.id, None)
            elif (
                notice.dispatch.status is DispatchStatus.QUEUED
                and notice.dispatch.due_at <= self._clock()
            ):
                await self._send(case.id, notice.id)
        told = await self._tell_team(lease.key)
        again = await self._again(lease.key)
        return again if told or again is None else min(again, REMIND_AGAIN)

    async def _send(self, case_id: str, notice_id: str) -> None:
        def begin(case: Case) -> Case:
            found = self._notices.problems(case, notice_of(case, notice_id))
            return moves.begin_sending(case, notice_id, found=found)

        queued = notice_of((await self._archive.read(case_id)).case, notice_id)
        try:
            # What was validated is not rewritten while it waits: what is there now is what goes.
            parcel = await self._notices.parcel(queued)
            begun = await self._archive.change(case_id, "sending", begin, None, notice_id)
        except NotFound:
            await self._stop(case_id, notice_id, moves.NO_PAPER)
            return
        except moves.Blocked as blocked:
            await self._stop(case_id, notice_id, blocked.problems[0].code)
            return
        except Refused:
            # Somebody took it back a moment ago.
            return
        notice = notice_of(begun.case, notice_id)
        sender = self._senders.get(notice.platform)
        fate: Fate
        if sender is None:
            fate = Rejected("no_channel")
        else:
            fate = await sender.send(parcel)
        await self._settle(case_id, notice_id, fate)

    async def _stop(self, case_id: str, notice_id: str, code: str) -> None:
        with suppress(Refused):
            await self._archive.change(
                case_id,
                "sending_stopped",
                lambda case: moves.stop(case, notice_id, error=code),
                None,
                notice_id,
            )

    async def _settle(self, case_id: str, notice_id: str, fate: Fate | None) -> None:
        now = self._clock()

        def settled(case: Case) -> Case:
            match fate:
                case Taken():
                    return moves.sent(case, notice_id, now=now)
                case Later(code):
                    return moves.not_sent(case, notice_id, error=code, again=True, now=now)
                case Rejected(code):
                    return moves.not_sent(case, notice_id, error=code, again=False, now=now)
                case None:
                    return moves.lost_sight(case, notice_id, error="interrupted")
                case unknown:
                    return moves.lost_sight(case, notice_id, error=unknown.code)

        kind = "interrupted" if fate is None else type(fate).__name__.lower()
        await self._archive.change(case_id, f"sending_{kind}", settled, None, notice_id)

    async def _tell_team(self, case_id: str) -> bool:
        """Tell the team what waits for somebody; False when that must be tried again."""
        case, now = (await self._archive.read(case_id)).case, self._clock()
        due = [one for one, at in todo.told_when(case, self._known) if at <= now]
        if self._remind is None or not due:
            return True
        if not await self._remind(reminder(case, due, self._known, self._console)):
            return False
        names = [one.notice for one in due]
        await self._archive.change(
            case_id, moves.TEAM_TOLD, lambda case: moves.team_told(case, names, now=now), None
        )
        return True

    async def _again(self, case_id: str) -> timedelta | None:
        """When the case is to be looked at again. One that has had its time goes."""
        case, now = (await self._archive.read(case_id)).case, self._clock()
        waiting = [
            one.dispatch.due_at
            for one in case.notices
            if one.dispatch and one.dispatch.status is DispatchStatus.QUEUED
        ]
        if not waiting and moves.ends_at(case) <= now:
            if moves.may_be_destroyed(case):
                await self._archive.drop(case)
                return None
            return LOOK_AGAIN
        telling = [at for _, at in todo.told_when(case, self._known)] if self._remind else []
        ends = max(moves.ends_at(case), now)
        return max(min([*waiting, *telling, ends]) - now, timedelta(0))
