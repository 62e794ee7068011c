"""The console's socket: the queue and one's own conversations, live.

State, not events: a snapshot first, then the newest summary of whatever changed. A reconnection
starts over with a snapshot, so that nothing can be missed.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import WSMsgType, web

from core.accounts import Listener, StaffRole
from core.clock import Clock
from core.conversation import Conversation, OwnerKind
from core.errors import NotFound, StorageUnavailable
from core.ids import ConversationId
from core.ports import Changes, Feed, Store
from handoff.console import views
from handoff.console.routes import detail
from handoff.desk import Desk
from handoff.staff import Staff

HEARTBEAT = 25.0
FRAME_LIMIT = 16 * 1024
SIGNED_OUT, FOREIGN, LEAVING, TRY_LATER = 4001, 4003, 1001, 1013
# How often a socket makes sure that its session still holds.
CHECK_SESSION = 60.0


class ConsoleSockets:
    """Serves the live side of the console."""

    def __init__(
        self,
        *,
        desk: Desk,
        store: Store,
        feed: Feed,
        staff: Staff,
        clock: Clock,
        listener_of: Callable[[web.Request], Awaitable[Listener | None]],
        own_origin: Callable[[web.Request], bool],
    ) -> None:
        self._desk = desk
        self._store = store
        self._feed = feed
        self._staff = staff
        self._clock = clock
        self._listener_of = listener_of
        self._own_origin = own_origin
        self._live: set[web.WebSocketResponse] = set()

    def routes(self) -> tuple[web.RouteDef, ...]:
        """The route the gateway mounts."""
        return (web.get("/console/api/socket", self.socket),)

    async def leave(self) -> None:
        """The process is stopping: have every console connect again."""
        await asyncio.gather(
            *(socket.close(code=LEAVING) for socket in tuple(self._live)), return_exceptions=True
        )

    async def socket(self, request: web.Request) -> web.StreamResponse:
        """One console."""
        socket = web.WebSocketResponse(
            heartbeat=HEARTBEAT, max_msg_size=FRAME_LIMIT, compress=False
        )
        await socket.prepare(request)
        if not self._own_origin(request):
            await socket.close(code=FOREIGN)
            return socket
        listener = await self._listener_of(request)
        if listener is None:
            await socket.close(code=SIGNED_OUT)
            return socket
        self._live.add(socket)
        try:
            view = _ConsoleView(listener, socket, self._desk, self._store, self._staff)
            async with asyncio.TaskGroup() as tasks:
                show = tasks.create_task(self._show(view, socket), name="console view")
                check = tasks.create_task(self._check(request, socket), name="console session")
                await self._read(view, socket)
                show.cancel()
                check.cancel()
        finally:
            self._live.discard(socket)
        return socket

    async def _show(self, view: "_ConsoleView", socket: web.WebSocketResponse) -> None:
        try:
            with self._feed.follow() as changes:
                await view.snapshot(self._clock().isoformat())
                await self._follow(view, changes)
        except StorageUnavailable:
            await socket.close(code=TRY_LATER)
        except ConnectionError:
            await socket.close()

    async def _follow(self, view: "_ConsoleView", changes: Changes) -> None:
        while True:
            for conversation_id in await changes.next():
                await view.changed(conversation_id)

    async def _check(self, request: web.Request, socket: web.WebSocketResponse) -> None:
        while True:
            await asyncio.sleep(CHECK_SESSION)
            try:
                if await self._listener_of(request) is None:
                    await socket.close(code=SIGNED_OUT)
                    return
            except StorageUnavailable:
                continue

    async def _read(self, view: "_ConsoleView", socket: web.WebSocketResponse) -> None:
        async for incoming in socket:
            if incoming.type is not WSMsgType.TEXT:
                continue
            try:
                frame = json.loads(incoming.data)
            except ValueError:
                continue
            if not isinstance(frame, dict) or not isinstance(frame.get("id"), str):
                continue
            conversation_id = ConversationId(frame["id"])
            try:
                if frame.get("type") == "watch":
                    after = frame.get("after", 0)
                    await view.watch(conversation_id, after if isinstance(after, int) else 0)
                elif frame.get("type") == "unwatch":
                    view.unwatch(conversation_id)
            except (StorageUnavailable, ConnectionError):
                return


class _ConsoleView:
    """What one console shows, and so what it must be told."""

    def __init__(
        self,
        listener: Listener,
        socket: web.WebSocketResponse,
        desk: Desk,
        store: Store,
        staff: Staff,
    ) -> None:
        self._listener = listener
        self._socket = socket
        self._desk = desk
        self._store = store
        self._staff = staff
        # Conversations in the queue or mine as last told: one that leaves is told once more.
        self._shown: set[ConversationId] = set()
        # Watched conversations: what was told of each message, by number.
        self._watched: dict[ConversationId, dict[int, str | None]] = {}
        # A watch and a change may be told at the same time: one after the other.
        self._telling = asyncio.Lock()

    async def snapshot(self, now: str) -> None:
        waiting = await self._desk.waiting()
        mine = await self._desk.mine(self._listener)
        alarms = [each for each in await self._desk.in_danger() if self._alarms_here(each)]
        self._shown = {conversation.id for conversation in (*waiting, *mine, *alarms)}
        await self._socket.send_json(
            {
                "type": "snapshot",
                "waiting": [await self._summary(each) for each in waiting],
                "mine": [await self._summary(each) for each in mine],
                "alarms": [await self._summary(each) for each in alarms],
                "now": now,
            }
        )

    async def changed(self, conversation_id: ConversationId) -> None:
        try:
            conversation = await self._store.conversation(conversation_id)
        except NotFound:
            return
        relevant = (
            self._is_mine(conversation)
            or (conversation.is_open and conversation.owner.kind is OwnerKind.QUEUE)
            or self._alarms_here(conversation)
        )
        if relevant or conversation_id in self._shown:
            frame = {"type": "summary", "summary": await self._summary(conversation)}
            await self._socket.send_json(frame)
            if relevant:
                self._shown.add(conversation_id)
            else:
                self._shown.discard(conversation_id)
        if conversation_id in self._watched:
            await self._tell(conversation)

    async def watch(self, conversation_id: ConversationId, after: int) -> None:
        try:
            conversation, messages = await self._desk.read(self._listener, conversation_id)
        except NotFound:
            await self._socket.send_json({"type": "gone", "id": conversation_id})
            return
        # What was delivered may have got further since: all outgoing ones are told again.
        self._watched[conversation_id] = {
            message.seq: None
            for message in messages
            if message.seq <= after and message.delivery is None
        }
        await self._tell(conversation)

    def unwatch(self, conversation_id: ConversationId) -> None:
        self._watched.pop(conversation_id, None)

    async def _tell(self, conversation: Conversation) -> None:
        """New messages, and those whose delivery got further."""
        async with self._telling:
            told = self._watched.get(conversation.id)
            if told is None:
                return
            if not self._is_mine(conversation):
                del self._watched[conversation.id]
                await self._socket.send_json({"type": "gone", "id": conversation.id})
                return
            _, messages = await self._desk.read(self._listener, conversation.id)
            fresh = []
            for message in messages:
                status = message.delivery.status.value if message.delivery else None
                if message.seq not in told or told[message.seq] != status:
                    told[message.seq] = status
                    fresh.append(message)
            names = await self._staff.names(conversation, messages)
            frame = detail(conversation, fresh, self._listener, names)
            frame["card"] = views.card(conversation.assessment, messages)
            await self._socket.send_json({"type": "detail", **frame})

    def _is_mine(self, conversation: Conversation) -> bool:
        return conversation.is_open and conversation.owner.listener_id == self._listener.id

    def _alarms_here(self, conversation: Conversation) -> bool:
        """Danger that a listener holds and does not answer: a supervisor must know."""
        return (
            self._listener.role is StaffRole.SUPERVISOR
            and conversation.is_open
            and conversation.owner.kind is OwnerKind.LISTENER
            and conversation.danger_since is not None
            and conversation.alarmed_at is not None
            and not self._is_mine(conversation)
        )

    async def _summary(self, conversation: Conversation) -> dict[str, Any]:
        names = await self._staff.names(conversation)
        return views.summary(conversation, self._listener, names)
