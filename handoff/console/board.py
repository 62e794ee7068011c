"""The live board over HTTP, for supervisors; see `docs/console-api.md`."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any

from aiohttp import web

from core.accounts import Listener
from core.conversation import Conversation
from core.errors import NotThere, Refused
from core.notes import NOTE_LIMIT
from core.permissions import Permission
from handoff.board import Board, Supervision
from handoff.console import views
from handoff.console.guard import (
    ApiError,
    Guard,
    client_id,
    colleague,
    conversation_id,
    json_body,
    words,
)
from handoff.console.routes import ChannelNews
from handoff.figures.trends import Trend
from handoff.looking import Looking
from handoff.staff import Staff

SHORTEST_REASON, LONGEST_REASON = 3, 200
# Rows told one by one; the others only in numbers.
ROWS = 200


class BoardRoutes:
    """One picture of the desk, asked for every few seconds, and what may be done about it."""

    def __init__(
        self,
        *,
        supervision: Supervision,
        looking: Looking,
        guard: Guard,
        staff: Staff,
        channels: Callable[[], Sequence[ChannelNews]],
    ) -> None:
        self._supervision = supervision
        self._looking = looking
        self._guard = guard
        self._staff = staff
        self._channels = channels

    def routes(self) -> Iterable[web.RouteDef]:
        """The routes the gateway mounts."""
        api, one = "/console/api/board", "/console/api/board/{id:[0-9a-f]{32}}"
        guard, needs = self._guard, Permission.SUPERVISE
        return (
            # Asked by the page itself, again and again.
            web.get(api, guard.signed_in(self.board, needs=needs, use=False)),
            web.post(f"{one}/assign", guard.signed_in(self.assign, needs=needs)),
            web.post(f"{one}/take_back", guard.signed_in(self.take_back, needs=needs)),
            # Changes nothing but the audit, which is why it is no GET.
            web.post(f"{one}/look", guard.signed_in(self.look, needs=needs)),
            web.post(f"{one}/whisper", guard.signed_in(self.whisper, needs=needs)),
        )

    async def board(self, request: web.Request, listener: Listener) -> web.StreamResponse:
        board = await self._supervision.board()
        held = [one for some in board.held.values() for one in some]
        return web.json_response(
            {
                "now": board.at.isoformat(),
                "light": board.light.value,
                "causes": [cause.value for cause in board.causes],
                "waiting": [await self._row(listener, one) for one in board.waiting[:ROWS]],
                "counts": _counts(board.waiting),
                "alarms": [await self._row(listener, one) for one in board.alarms[:ROWS]],
                "held": [await self._row(listener, one) for one in held[:ROWS]],
                "listeners": _listeners(board),
                "channels": [
                    {"name": one.name, "state": one.state, "code": one.code}
                    for one in self._channels()
                ],
                "occupancy": {
                    "held": board.occupancy.held,
                    "capacity": board.occupancy.capacity,
                },
                "answered": {"count": board.answered.count, "p90": board.answered.p90},
                "trends": [_trend(one) for one in board.trends],
            }
        )

    async def assign(self, request: web.Request, listener: Listener) -> web.StreamResponse:
        to, wanted = colleague(await json_body(request)), conversation_id(request)
        return await self._answer(listener, self._supervision.assign(listener, wanted, to))

    async def take_back(self, request: web.Request, listener: Listener) -> web.StreamResponse:
        wanted = conversation_id(request)
        return await self._answer(listener, self._supervision.take_back(listener, wanted))

    async def look(self, request: web.Request, listener: Listener) -> web.StreamResponse:
        reason = words((await json_body(request)).get("reason")).strip()
        if not SHORTEST_REASON <= len(reason) <= LONGEST_REASON:
            raise ApiError(400, "reason_required")
        wanted = conversation_id(request)
        conversation, messages = await self._looking.look(listener, wanted, reason)
        names = await self._staff.names(conversation, messages)
        return web.json_response(
            views.detail(conversation, messages, listener, names, shown=messages)
        )

    async def whisper(self, request: web.Request, listener: Listener) -> web.StreamResponse:
        body = await json_body(request)
        cid, text = client_id(body), words(body.get("text")).strip()
        if not text or len(text) > NOTE_LIMIT:
            raise ApiError(400, "bad_request")
        wanted = conversation_id(request)
        return await self._answer(
            listener, self._looking.whisper(listener, wanted, text, client_id=cid)
        )

    async def _answer(
        self, listener: Listener, done: Awaitable[Conversation]
    ) -> web.StreamResponse:
        try:
            conversation = await done
        except NotThere:
            raise ApiError(409, "not_there") from None
        except Refused:
            raise ApiError(409, "moved_on") from None
        return web.json_response({"summary": await self._row(listener, conversation)})

    async def _row(self, listener: Listener, conversation: Conversation) -> dict[str, Any]:
        names = await self._staff.names(conversation)
        row = views.summary(conversation, listener, names)
        return {**row, "listener_id": conversation.owner.listener_id}


def _counts(waiting: Sequence[Conversation]) -> list[dict[str, Any]]:
    """How many wait by channel and urgency, and since when the longest."""
    counts: dict[tuple[str, str], list[Conversation]] = {}
    for one in waiting:
        counts.setdefault((one.channel, one.assessment.urgency.value), []).append(one)
    return [
        {
            "channel": channel,
            "urgency": urgency,
            "count": len(some),
            "since": min(one.ticket.waiting_since for one in some if one.ticket).isoformat(),
        }
        for (channel, urgency), some in sorted(counts.items())
    ]


def _listeners(board: Board) -> list[dict[str, Any]]:
    return [
        {
            "id": one.listener.id,
            "name": one.listener.name,
            "role": one.listener.role.value,
            "present": one.present,
            "availability": one.availability.value,
            "since": one.since.isoformat() if one.since else None,
            "held": len(board.held[one.listener.id]),
        }
        for one in board.colleagues
    ]


def _trend(trend: Trend) -> dict[str, Any]:
    return {
        "issue": trend.issue,
        "now": trend.now,
        "usual": trend.usual,
        "surge": trend.surge,
        "week": trend.week,
        "week_before": trend.week_before,
    }
