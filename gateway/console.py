"""The console's server side, put together: who may ask, and every part that answers."""

from collections.abc import Callable, Collection, Iterable, Sequence

from aiohttp import web

from core.accounts import StaffRole
from core.clock import Clock
from core.conversation import Conversation
from core.hours import IsHoliday
from core.ids import ListenerId
from core.ports import Feed, Phrasebook, Store
from core.prospects import Expect
from core.signalement.platforms import directory
from gateway.presence import Rhythm, give_back_all
from handoff.alongside import CoListening
from handoff.attendance import Attendance
from handoff.board import Supervision
from handoff.calls import Calls
from handoff.colleagues import Colleagues
from handoff.console.accounts import AccountRoutes
from handoff.console.alongside import AlongsideRoutes
from handoff.console.api.routes import ApiRoutes
from handoff.console.audit import AuditRoutes
from handoff.console.board import BoardRoutes
from handoff.console.calls import CallRoutes
from handoff.console.directory import DirectoryRoutes
from handoff.console.emergency import EmergencyRoutes
from handoff.console.entrance import Entrance
from handoff.console.factors import FactorRoutes
from handoff.console.figures import FiguresRoutes
from handoff.console.files import ConsoleFiles
from handoff.console.follow_ups import FollowUpRoutes
from handoff.console.guard import Guard
from handoff.console.invitation import InvitationRoutes
from handoff.console.lent import LentRoutes
from handoff.console.lookup import LookupRoutes
from handoff.console.mysessions import SessionRoutes
from handoff.console.passing import PassingRoutes
from handoff.console.quarantine import QuarantineRoutes
from handoff.console.routes import ChannelNews, DeskRoutes
from handoff.console.service import ServiceRoutes
from handoff.console.sessions import Sessions
from handoff.console.signalement import SignalementRoutes
from handoff.console.signin import SignIn
from handoff.console.skills import SkillRoutes
from handoff.console.socket import ConsoleSockets
from handoff.console.triage import TriageRoutes
from handoff.console.typing import ShowTyping, TypingRoutes
from handoff.desk import Desk
from handoff.emergency import Emergency
from handoff.follow_ups import FollowUps, Reachable
from handoff.looking import Looking
from handoff.orientations import Orientations
from handoff.papers import Papers
from handoff.passing import Passing
from handoff.quarantine import Quarantine
from handoff.roster import Roster
from handoff.signalement.dossiers import Dossiers
from handoff.staff import Staff
from handoff.tickets import Tickets


class Console:
    """Everything under `/console/api`. A new part is one more entry of `_parts`."""

    def __init__(
        self,
        *,
        store: Store,
        feed: Feed,
        staff: Staff,
        phrases: Phrasebook,
        clock: Clock,
        rhythm: Rhythm,
        secure: bool,
        tickets: Tickets,
        demanded: Collection[StaffRole],
        expect: Expect,
        channels: Callable[[], Sequence[ChannelNews]],
        capacity: int,
        papers: Papers,
        dossiers: Dossiers,
        quarantine: Quarantine,
        is_holiday: IsHoliday,
        show_typing: ShowTyping,
        reachable: Reachable,
        policy: str,
        build: str,
    ) -> None:
        colleagues = Colleagues(store=store, clock=clock, within=rhythm.grace)
        desk = Desk(
            store=store, phrases=phrases, clock=clock, colleagues=colleagues, capacity=capacity
        )
        orientations = Orientations(
            desk=desk,
            store=store,
            papers=papers,
            phrases=phrases,
            clock=clock,
            is_holiday=is_holiday,
        )
        sessions = Sessions(accounts=store, audit=store, clock=clock, demanded=demanded)
        guard = Guard(sessions=sessions, secure=secure)
        passing = Passing(
            desk=desk,
            store=store,
            colleagues=colleagues,
            phrases=phrases,
            clock=clock,
            expect=expect,
        )
        listening = CoListening(
            desk=desk, store=store, colleagues=colleagues, phrases=phrases, clock=clock
        )
        entrance = Entrance(
            accounts=store,
            audit=store,
            sessions=sessions,
            guard=guard,
            tickets=tickets,
            clock=clock,
        )

        async def release(listener_id: ListenerId) -> None:
            await sessions.end_all(listener_id)
            await give_back_all(store, listener_id, phrases=phrases, clock=clock, expect=expect)

        roster = Roster(accounts=store, clock=clock, release=release)
        self._sockets = ConsoleSockets(
            desk=desk,
            passing=passing,
            listening=listening,
            store=store,
            feed=feed,
            staff=staff,
            attendance=Attendance(presence=store, clock=clock, every=rhythm.note_every),
            ask_every=rhythm.ask_every,
            clock=clock,
            listener_of=guard.listener_of,
            own_origin=guard.own_origin,
            build=build,
        )
        self.api = ApiRoutes(guard=guard, routes=self.routes, policy=policy)
        self._parts = (
            SignIn(sessions=sessions, guard=guard, entrance=entrance),
            entrance,
            InvitationRoutes(roster=roster, guard=guard, entrance=entrance),
            SessionRoutes(sessions=sessions, guard=guard),
            FactorRoutes(
                accounts=store, sessions=sessions, guard=guard, tickets=tickets, clock=clock
            ),
            AccountRoutes(accounts=store, roster=roster, sessions=sessions, guard=guard),
            DeskRoutes(desk=desk, guard=guard, staff=staff, papers=papers, channels=channels),
            ConsoleFiles(desk=desk, files=store, audit=store, guard=guard, clock=clock),
            AuditRoutes(audit=store, staff=staff, guard=guard),
            FiguresRoutes(figures=store, guard=guard, clock=clock),
            ServiceRoutes(papers=papers, staff=staff, guard=guard),
            QuarantineRoutes(quarantine=quarantine, staff=staff, guard=guard),
            SignalementRoutes(dossiers=dossiers, known=directory(), guard=guard, clock=clock),
            DirectoryRoutes(orientations=orientations, guard=guard),
            LentRoutes(papers=papers, guard=guard),
            AlongsideRoutes(listening=listening, guard=guard, staff=staff),
            LookupRoutes(store=store, guard=guard),
            SkillRoutes(
                accounts=store,
                desk=desk,
                guard=guard,
                staff=staff,
                phrases=phrases,
                clock=clock,
                capacity=capacity,
            ),
            PassingRoutes(passing=passing, colleagues=colleagues, guard=guard, staff=staff),
            BoardRoutes(
                supervision=Supervision(
                    desk=desk,
                    store=store,
                    colleagues=colleagues,
                    phrases=phrases,
                    clock=clock,
                    expect=expect,
                    trouble=lambda: any(one.state in ("down", "paused") for one in channels()),
                    capacity=capacity,
                ),
                looking=Looking(desk=desk, store=store, phrases=phrases, clock=clock),
                guard=guard,
                staff=staff,
                channels=channels,
            ),
            TriageRoutes(desk=desk, guard=guard, staff=staff),
            TypingRoutes(desk=desk, guard=guard, show=show_typing),
            self.api,
            CallRoutes(
                calls=Calls(desk=desk, store=store, phrases=phrases, clock=clock),
                guard=guard,
                staff=staff,
            ),
            EmergencyRoutes(emergency=Emergency(store=store, clock=clock), guard=guard),
            FollowUpRoutes(
                follow_ups=FollowUps(
                    desk=desk, store=store, phrases=phrases, clock=clock, reachable=reachable
                ),
                guard=guard,
                staff=staff,
            ),
            self._sockets,
        )

    def routes(self) -> Iterable[web.RouteDef]:
        """The routes the gateway mounts."""
        return [route for part in self._parts for route in part.routes()]

    def person_writes(self, conversation: Conversation) -> None:
        """The person of a conversation is writing: for the consoles of who holds it."""
        self._sockets.person_writes(conversation)

    async def leave(self) -> None:
        """The process is stopping: have every console connect again."""
        await self._sockets.leave()
