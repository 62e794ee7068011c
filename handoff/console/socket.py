"""The console's socket: the queue and one's own conversations, live.

State, not events: a snapshot first, then the newest summary of whatever changed. A reconnection
starts over with a snapshot, so that nothing can be missed. Before the snapshot of a long queue goes
its head, so that who is in danger stands on the screen before everybody else has been read.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Any

from aiohttp import WSMsgType, web

from core.accounts import Listener
from core.clock import Clock
from core.conversation import Author, Conversation, Message, OwnerKind
from core.errors import NotFound, StorageUnavailable
from core.ids import ID, ConversationId
from core.ports import Feed, Store
from handoff.alongside import CoListening
from handoff.attendance import Attendance
from handoff.console import views
from handoff.console.api.shapes import Summary
from handoff.console.guard import ApiError
from handoff.console.reader import ConsoleReader, News
from handoff.console.rows import Rows
from handoff.console.sessions import Stay
from handoff.desk import Desk
from handoff.passing import Passing
from handoff.staff import Staff

FRAME_LIMIT = 16 * 1024
SIGNED_OUT, FOREIGN, LEAVING, TRY_LATER = 4001, 4003, 1001, 1013
# How often a socket makes sure that its session still holds.
CHECK_SESSION = 60.0
# The snapshot holds this many of the most urgent; when half of them are gone, the next follow.
SHOWN = 1000
# So many rows are on a tall screen.
HEAD = 40
# The last messages of a watched conversation, which are looked at again with every change.
MAY_CHANGE = 300
# What only a browser that is there can say. An error is our own word.
SIGNS_OF_LIFE = {WSMsgType.TEXT, WSMsgType.BINARY, WSMsgType.PING, WSMsgType.PONG}


class ConsoleSockets:
    """Serves the live side of the console."""

    def __init__(
        self,
        *,
        desk: Desk,
        passing: Passing,
        listening: CoListening,
        store: Store,
        feed: Feed,
        staff: Staff,
        attendance: Attendance,
        ask_every: timedelta,
        clock: Clock,
        listener_of: Callable[[web.Request], Awaitable[Stay | None]],
        own_origin: Callable[[web.Request], bool],
        build: str,
    ) -> None:
        """A silent console is asked for a sign of life after `ask_every`, and closed without one
        after half as much again."""
        self._desk = desk
        self._passing = passing
        self._listening = listening
        self._reader = ConsoleReader(conversations=store, feed=feed)
        self._rows = Rows(staff)
        self._staff = staff
        self._attendance = attendance
        self._ask_every = ask_every.total_seconds()
        self._clock = clock
        self._listener_of = listener_of
        self._own_origin = own_origin
        self._build = build
        self._live: set[web.WebSocketResponse] = set()

    def routes(self) -> tuple[web.RouteDef, ...]:
        """The route the gateway mounts."""
        return (web.get("/console/api/socket", self.socket),)

    def person_writes(self, conversation: Conversation) -> None:
        """The person of a conversation, in its newest state, is writing.

        The consoles of who holds it are told, those that this process serves; nobody else is, and
        nothing is kept of it.
        """
        self._reader.person_writes(conversation)

    async def leave(self) -> None:
        """The process is stopping: have every console connect again."""
        await asyncio.gather(
            *(socket.close(code=LEAVING) for socket in tuple(self._live)), return_exceptions=True
        )

    async def socket(self, request: web.Request) -> web.StreamResponse:
        """One console. What does not ask for a WebSocket is answered 400."""
        # Answers to pings are for us to hear: they are how we know that somebody is there.
        socket = web.WebSocketResponse(
            heartbeat=self._ask_every, autoping=False, max_msg_size=FRAME_LIMIT, compress=False
        )
        if not socket.can_prepare(request):
            return ApiError(400, "bad_request").response()
        await socket.prepare(request)
        if not self._own_origin(request):
            await socket.close(code=FOREIGN)
            return socket
        try:
            stay = await self._listener_of(request)
        except StorageUnavailable:
            await socket.close(code=TRY_LATER)
            return socket
        if stay is None:
            await socket.close(code=SIGNED_OUT)
            return socket
        self._live.add(socket)
        try:
            await self._attendance.note(stay.listener.id)
            view = _ConsoleView(
                stay.listener,
                socket,
                self._desk,
                self._passing,
                self._listening,
                self._rows,
                self._staff,
                self._clock,
                self._build,
            )
            async with asyncio.TaskGroup() as tasks:
                show = tasks.create_task(self._show(view, socket), name="console view")
                check = tasks.create_task(self._check(stay, socket), name="console session")
                await self._read(view, stay, socket)
                show.cancel()
                check.cancel()
        finally:
            self._live.discard(socket)
        return socket

    async def _show(self, view: "_ConsoleView", socket: web.WebSocketResponse) -> None:
        try:
            with self._reader.news() as news:
                await view.head()
                await view.snapshot()
                await self._follow(view, news)
        except StorageUnavailable:
            await socket.close(code=TRY_LATER)
        except ConnectionError:
            await socket.close()

    async def _follow(self, view: "_ConsoleView", news: News) -> None:
        while True:
            changed = await news.next()
            # First: the message that follows ends it.
            for conversation in news.writing():
                await view.person_writes(conversation)
            for conversation in changed:
                await view.changed(conversation)

    async def _check(self, stay: Stay, socket: web.WebSocketResponse) -> None:
        while True:
            try:
                async with asyncio.timeout(CHECK_SESSION):
                    await stay.over.wait()
            except TimeoutError:
                pass
            try:
                if stay.over.is_set() or not await stay.goes_on():
                    await socket.close(code=SIGNED_OUT)
                    return
            except StorageUnavailable:
                continue

    async def _read(self, view: "_ConsoleView", stay: Stay, socket: web.WebSocketResponse) -> None:
        async for incoming in socket:
            if incoming.type in SIGNS_OF_LIFE:
                await self._attendance.note(stay.listener.id)
            try:
                if incoming.type is WSMsgType.PING:
                    await socket.pong(incoming.data)
                frame = _frame(incoming.data) if incoming.type is WSMsgType.TEXT else {}
                match frame.get("type"):
                    case "active":
                        if not await stay.goes_on(used=True):
                            await socket.close(code=SIGNED_OUT)
                            return
                    case "watch" if conversation_id := _id(frame):
                        after = frame.get("after", 0)
                        await view.watch(conversation_id, after if type(after) is int else 0)
                    case "unwatch" if conversation_id := _id(frame):
                        view.unwatch(conversation_id)
            except (StorageUnavailable, ConnectionError):
                return


def _frame(raw: str) -> dict[str, Any]:
    """A frame; an empty one for what is none."""
    try:
        frame = json.loads(raw)
    except (ValueError, RecursionError):
        return {}
    return frame if isinstance(frame, dict) else {}


def _id(frame: dict[str, Any]) -> ConversationId | None:
    value = frame.get("id")
    return ConversationId(value) if isinstance(value, str) and ID.fullmatch(value) else None


class _Watched:
    """What a console was told of one conversation."""

    def __init__(self) -> None:
        # The last messages as they were told: their text, files and delivery may change.
        self._told: dict[int, Message] = {}
        # The version in which the person last wrote or changed anything, as it was told.
        self._heard: int | None = None
        # Everything with a sentence of the catalogue, for the card.
        self.sentences: dict[int, Message] = {}

    @property
    def after(self) -> int:
        """Up to here no message is looked at again, unless the person changed one of them."""
        return max(0, max(self._told, default=0) - MAY_CHANGE)

    def overlooks(self, conversation: Conversation, messages: Sequence[Message]) -> bool:
        """Whether the person did something that is in none of `messages`: changed what lies before
        them."""
        before, self._heard = self._heard, conversation.heard_version
        return (
            before is not None
            and before < conversation.heard_version
            and not any(
                each.author is Author.PERSON and self._told.get(each.seq) != each
                for each in messages
            )
        )

    def fresh(self, messages: Sequence[Message]) -> list[Message]:
        """Those of `messages`, all above `after`, that were not told as they are now."""
        fresh = [each for each in messages if self._told.get(each.seq) != each]
        self._told = {each.seq: each for each in messages[-MAY_CHANGE:]}
        self.sentences |= {each.seq: each for each in messages if each.sentence}
        return fresh


def _may_have_changed(message: Message) -> bool:
    """Whether a console that has a message may lack what became of it since."""
    return any(
        (
            message.delivery,
            message.edited_at,
            message.deleted_at,
            message.reaction,
            message.attachments,
        )
    )


class _ConsoleView:
    """What one console shows, and so what it must be told."""

    def __init__(
        self,
        listener: Listener,
        socket: web.WebSocketResponse,
        desk: Desk,
        passing: Passing,
        listening: CoListening,
        rows: Rows,
        staff: Staff,
        clock: Clock,
        build: str,
    ) -> None:
        self._build = build
        self._rows = rows
        self._passing = passing
        self._listening = listening
        self._listener = listener
        self._socket = socket
        self._desk = desk
        self._staff = staff
        self._clock = clock
        # Conversations in the queue or mine as last told: one that leaves is told once more.
        self._shown: set[ConversationId] = set()
        # Whether more wait than the snapshot held.
        self._cut = False
        self._watched: dict[ConversationId, _Watched] = {}
        # A watch and a change may be told at the same time: one after the other.
        self._telling = asyncio.Lock()

    async def head(self) -> None:
        """The most urgent of a long queue. What it leaves out is not gone: the snapshot follows."""
        first = await self._desk.waiting(limit=HEAD + 1)
        if len(first) > HEAD:
            shown = [await self._row(each) for each in first[:HEAD]]
            await self._socket.send_json({"type": "head", "waiting": shown})

    async def snapshot(self) -> None:
        waiting = await self._desk.waiting(limit=SHOWN)
        mine = await self._desk.mine(self._listener)
        alarms = [each for each in await self._desk.in_danger() if self._alarms_here(each)]
        offered = await self._passing.offered(self._listener)
        along = await self._listening.mine(self._listener)
        self._shown = {each.id for each in (*waiting, *mine, *alarms, *offered, *along)}
        self._cut = len(waiting) >= SHOWN
        await self._socket.send_json(
            {
                "type": "snapshot",
                "build": self._build,
                "waiting": [await self._row(each) for each in waiting],
                "mine": [await self._row(each) for each in mine],
                "alarms": [await self._row(each) for each in alarms],
                "offered": [await self._row(each) for each in offered],
                "along": [await self._row(each) for each in along],
                "now": self._clock().isoformat(),
            }
        )

    async def changed(self, conversation: Conversation) -> None:
        relevant = (
            self._is_mine(conversation)
            or (conversation.is_open and conversation.owner.kind is OwnerKind.QUEUE)
            or self._alarms_here(conversation)
            or self._is_offered_here(conversation)
            or self._listener.id in conversation.readers
        )
        if relevant or conversation.id in self._shown:
            await self._socket.send_str(await self._rows.frame(conversation, self._listener))
            if relevant:
                self._shown.add(conversation.id)
            else:
                self._shown.discard(conversation.id)
        if conversation.id in self._watched:
            await self._tell(conversation.id)
        if self._cut and len(self._shown) < SHOWN // 2:
            await self.snapshot()

    async def person_writes(self, conversation: Conversation) -> None:
        if self._is_mine(conversation):
            await self._socket.send_json({"type": "typing", "id": conversation.id})

    async def watch(self, conversation_id: ConversationId, after: int) -> None:
        self._watched[conversation_id] = _Watched()
        await self._tell(conversation_id, after=after)

    def unwatch(self, conversation_id: ConversationId) -> None:
        self._watched.pop(conversation_id, None)

    async def _tell(self, conversation_id: ConversationId, *, after: int = 0) -> None:
        """New messages, and those that changed: how far they got, an edit, a file that came in.

        A console that has the messages up to `after` may lack what became of them.
        """
        async with self._telling:
            watched = self._watched.get(conversation_id)
            if watched is None:
                return
            try:
                conversation, messages = await self._desk.read(
                    self._listener, conversation_id, after=watched.after
                )
                if watched.overlooks(conversation, messages):
                    conversation, messages = await self._desk.read(self._listener, conversation_id)
            except NotFound:
                conversation = None
            if conversation is None or not conversation.is_open:
                self._watched.pop(conversation_id, None)
                await self._socket.send_json({"type": "gone", "id": conversation_id})
                return
            fresh = [
                each
                for each in watched.fresh(messages)
                if each.seq > after or _may_have_changed(each)
            ]
            names = await self._staff.names(conversation, fresh)
            shown = [watched.sentences[seq] for seq in sorted(watched.sentences)]
            frame = views.detail(conversation, fresh, self._listener, names, shown=shown)
            await self._socket.send_json({"type": "detail", **frame})

    def _is_mine(self, conversation: Conversation) -> bool:
        return conversation.is_held_by(self._listener.id)

    def _is_offered_here(self, conversation: Conversation) -> bool:
        asked = conversation.offer
        return conversation.is_open and asked is not None and asked.to == self._listener.id

    def _alarms_here(self, conversation: Conversation) -> bool:
        """Danger that another listener holds and does not answer: everybody at the desk must know.

        Whoever sees it may take it over.
        """
        return (
            conversation.is_alarming
            and conversation.owner.kind is OwnerKind.LISTENER
            and not self._is_mine(conversation)
        )

    async def _row(self, conversation: Conversation) -> Summary:
        return await self._rows.row(conversation, self._listener)
