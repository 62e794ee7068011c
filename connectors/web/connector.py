"""The website chat's routes: session, socket, and the fallback without WebSocket.

A message is acknowledged only after the durable write. What goes to the person is read from the
store after a cursor, so that a cut, a second tab or another gateway process changes nothing: the
feed only says when to look.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable
from functools import partial
from typing import Any

import structlog
from aiohttp import WSMsgType, web

from connectors.interface import Accept
from connectors.web import payloads, survey
from connectors.web.door import Door, problem
from connectors.web.payloads import BadFrame, Send
from connectors.web.rates import Rates, Together
from connectors.web.screen import Push, Screen
from connectors.web.session import SessionTokens, Visitor, is_origin
from connectors.web.survey import Rate
from connectors.web.transcript import thread_after
from core.clock import Clock
from core.conversation import Author, Conversation, Message
from core.errors import StorageUnavailable
from core.events import InboundEvent
from core.ids import ContactId, ConversationId, ListenerId
from core.ports import Channel, Conversations, Errand, Feed, Part, Phrasebook, Sent
from core.prospects import Expect, always_answered

log = structlog.get_logger()

HELLO_WITHIN = 5.0
HEARTBEAT = 25.0
SOCKETS_PER_SESSION = 5
# Frightened people write in bursts of short messages.
PER_SESSION = 60
# The widget says every four seconds that somebody is writing.
SIGNS_PER_SESSION = 20
# A contact unknown so far may be made by another process: look again, ever more rarely.
LOOK_FIRST, LOOK_LAST = 1.0, 10.0

WRONG_HELLO, WRONG_TOKEN, TOO_MANY, TRY_LATER = 4001, 4003, 4008, 1013

NameOf = Callable[[ListenerId], Awaitable[str]]
# Hears that the person of a conversation, in its newest state, is writing. Decides who may know;
# neither raises nor waits.
Writes = Callable[[Conversation], None]


class WebChat:
    """The website chat as a connector."""

    name = payloads.CHANNEL
    # The widget shows each message number once, so sending again after a crash does no harm.
    repeatable = True
    previewed = False

    def __init__(
        self,
        *,
        accept: Accept,
        conversations: Conversations,
        feed: Feed,
        tokens: SessionTokens,
        clock: Clock,
        name_of: NameOf,
        urgent: Callable[[str], bool],
        phrases: Phrasebook,
        writes: Writes,
        door: Door,
        rate_per_address: int = 600,
        expect: Expect = always_answered,
    ) -> None:
        self._accept = accept
        self._conversations = conversations
        self._feed = feed
        self._tokens = tokens
        self._clock = clock
        self._name_of = name_of
        self._urgent = urgent
        self._phrases = phrases
        self._writes = writes
        self._door = door
        self._expect = expect
        self._sends = Rates(PER_SESSION)
        self._signs = Rates(SIGNS_PER_SESSION)
        self._sends_by_address = Rates(rate_per_address)
        self._sessions_by_address = Rates(rate_per_address)
        # One address gets a token for the asking: whoever has many could hold every connection.
        self._own = Together(SOCKETS_PER_SESSION)
        self._streams = Together(rate_per_address)
        self._live: set[web.WebSocketResponse] = set()
        # Streams whose visitor has written nothing yet, by address: each waits for itself.
        self._arrivals: dict[str, set[asyncio.Event]] = {}
        # The screens of those whom a listener answers: in which conversation, and who.
        self._answered: dict[Screen, tuple[ConversationId, ListenerId]] = {}
        self._leaving = asyncio.Event()

    def routes(self) -> Iterable[web.RouteDef]:
        """The routes the gateway mounts."""
        return (
            web.post("/web/session", self.open_session),
            web.get("/web/socket", self.socket),
            web.get("/web/events", self.events),
            web.post("/web/messages", self.post_message),
            web.post("/web/survey", self.post_rating),
        )

    @property
    def channels(self) -> tuple[Channel, ...]:
        """The website is one channel."""
        return (self,)

    async def open(self) -> None:
        """Nothing to open: the browsers come to us."""

    async def close(self) -> None:
        """Nothing to close: see `leave`."""

    def parts(self, message: Message) -> tuple[Part, ...]:
        """A browser takes a message of any length."""
        return (Part(message.text, message.choices),)

    async def send(self, errand: Errand) -> Sent:
        """Committed is sent: sockets follow the feed and read the message from the store."""
        return Sent(provider_id=errand.message.id)

    @property
    def answered_here(self) -> bool:
        """Whether this process serves a screen of anybody whom a listener answers."""
        return bool(self._answered)

    def listener_writes(self, conversation_id: ConversationId, listener_id: ListenerId) -> bool:
        """Tell the screens of whom this listener answers; False where none is here."""
        sought = (conversation_id, listener_id)
        screens = [screen for screen, answered in self._answered.items() if answered == sought]
        for screen in screens:
            screen.listener_writes()
        return bool(screens)

    async def leave(self) -> None:
        """The process is stopping: have every browser connect to another, by its cursor."""
        self._leaving.set()
        await asyncio.gather(
            *(socket.close(code=1001) for socket in tuple(self._live)), return_exceptions=True
        )

    # HTTP

    async def open_session(self, request: web.Request) -> web.Response:
        """A new token; nothing is stored before the first message."""
        if refused := self._door.refused(request):
            return refused
        if not self._sessions_by_address.hit(request.remote or ""):
            return problem(429, "too_many")
        try:
            body = payloads.parse_object(await request.read() or b"{}")
        except BadFrame as error:
            return problem(400, error.code)
        origin = body.get("origin")
        if origin is not None and not (isinstance(origin, str) and is_origin(origin)):
            return problem(400, "bad_request")
        token = self._tokens.issue(origin=origin, now=self._clock())
        return web.json_response({"token": token, "text_limit": payloads.TEXT_LIMIT})

    async def post_message(self, request: web.Request) -> web.Response:
        """A message from a browser whose network blocks WebSocket."""
        return await self._post(request, payloads.parse_send)

    async def post_rating(self, request: web.Request) -> web.Response:
        """An answer to the questions at the end, from the same."""
        return await self._post(request, survey.parse_rate)

    async def _post(
        self, request: web.Request, parse: Callable[[dict[str, Any]], Send | Rate]
    ) -> web.Response:
        if refused := self._door.refused(request):
            return refused
        visitor = self._door.visitor(request)
        if visitor is None:
            return problem(401, "bad_token")
        try:
            said = parse(payloads.parse_object(await request.read()))
        except BadFrame as error:
            return problem(400, error.code)
        reply = await self._keep(visitor, said, request.remote or "")
        status = {"too_many": 429, "unavailable": 503}.get(reply.get("code", ""), 200)
        return web.json_response(reply) if status == 200 else problem(status, reply["code"])

    async def events(self, request: web.Request) -> web.StreamResponse:
        """Messages and state as server-sent events."""
        if refused := self._door.refused(request):
            return refused
        visitor = self._door.visitor(request)
        if visitor is None:
            return problem(401, "bad_token")
        last = request.query.get("last", "0")
        if not last.isascii() or not last.isdigit() or len(last) > 12:
            return problem(400, "bad_request")
        response = web.StreamResponse(
            headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
        )

        async def push(frame: dict[str, Any]) -> None:
            await response.write(f"data: {json.dumps(frame, ensure_ascii=False)}\n\n".encode())

        async with (
            self._streams.one_more(request.remote or "") as room,
            self._own.one_more(visitor.address) as own,
        ):
            if not (room and own):
                return problem(429, "too_many")
            await response.prepare(request)
            try:
                async with asyncio.TaskGroup() as tasks:
                    stream = tasks.create_task(self._stream(visitor, int(last), push, {}))
                    beat = tasks.create_task(_heartbeat(response))
                    await self._leaving.wait()
                    stream.cancel()
                    beat.cancel()
            except* (ConnectionError, StorageUnavailable):
                # The browser left, or must come back: it does so by its cursor.
                pass
        return response

    # The socket

    async def socket(self, request: web.Request) -> web.StreamResponse:
        """The chat's socket: hello, then messages both ways until either side leaves."""
        if refused := self._door.refused(request):
            return refused
        remote = request.remote or ""
        async with self._streams.one_more(remote) as room:
            if not room:
                return problem(429, "too_many")
            socket = web.WebSocketResponse(
                heartbeat=HEARTBEAT, max_msg_size=payloads.FRAME_LIMIT, compress=False
            )
            await socket.prepare(request)
            self._live.add(socket)
            try:
                await self._converse(socket, remote)
            finally:
                self._live.discard(socket)
        return socket

    async def _converse(self, socket: web.WebSocketResponse, remote: str) -> None:
        try:
            async with asyncio.timeout(HELLO_WITHIN):
                hello = payloads.parse_object(await socket.receive_str())
        except (TimeoutError, TypeError, BadFrame):
            await socket.close(code=WRONG_HELLO)
            return
        token, last = hello.get("token"), hello.get("last", 0)
        if hello.get("type") != "hello" or not isinstance(token, str) or not _is_cursor(last):
            await socket.close(code=WRONG_HELLO)
            return
        visitor = self._door.holder(token)
        if visitor is None:
            await socket.close(code=WRONG_TOKEN)
            return
        async with self._own.one_more(visitor.address) as own:
            if not own:
                await socket.close(code=TOO_MANY)
                return
            # Outgoing messages shown on this socket, by number: what a `seen` may speak of.
            shown: dict[int, str] = {}
            async with asyncio.TaskGroup() as tasks:
                stream = tasks.create_task(
                    self._stream_or_close(socket, visitor, last, shown), name="web stream"
                )
                await self._read(socket, visitor, remote, shown)
                stream.cancel()

    async def _read(
        self, socket: web.WebSocketResponse, visitor: Visitor, remote: str, shown: dict[int, str]
    ) -> None:
        async for incoming in socket:
            if incoming.type is not WSMsgType.TEXT:
                await socket.close(code=WRONG_HELLO)
                return
            try:
                frame = payloads.parse_object(incoming.data)
                kind = frame.get("type")
                if kind == "send":
                    reply = await self._keep(visitor, payloads.parse_send(frame), remote)
                    await socket.send_json(reply)
                elif kind == "rate":
                    reply = await self._keep(visitor, survey.parse_rate(frame), remote)
                    await socket.send_json(reply)
                elif kind == "seen" and _is_cursor(frame.get("id")):
                    await self._seen(visitor, frame["id"], shown)
                elif kind == "typing":
                    await self._typing(visitor)
            except BadFrame as error:
                await socket.send_json(payloads.error_frame(error.code, error.cid))
            except ConnectionError:
                return

    async def _stream_or_close(
        self, socket: web.WebSocketResponse, visitor: Visitor, last: int, shown: dict[int, str]
    ) -> None:
        try:
            await self._stream(visitor, last, socket.send_json, shown)
        except StorageUnavailable:
            await socket.close(code=TRY_LATER)
        except ConnectionError:
            await socket.close()

    # Both ways, whatever the transport

    async def _keep(self, visitor: Visitor, send: Send | Rate, remote: str) -> dict[str, Any]:
        """Keep one message or tap; the frame that says so, or says why not."""
        within = self._sends.hit(visitor.address)
        within = self._sends_by_address.hit(remote) and within
        # Whoever writes too fast is asked to wait, unless the words may mean danger.
        if not within and not (isinstance(send, Send) and self._urgent(send.text)):
            return payloads.error_frame("too_many", send.cid)
        event = self._event(visitor, send)
        try:
            (accepted,) = await self._accept([event])
        except StorageUnavailable:
            return payloads.error_frame("unavailable", send.cid)
        for arrival in self._arrivals.get(visitor.address, ()):
            arrival.set()
        return {"type": "ack", "cid": send.cid, "id": send.cid, "dup": accepted.duplicate}

    def _event(self, visitor: Visitor, said: Send | Rate) -> InboundEvent:
        if isinstance(said, Rate):
            return survey.to_event(visitor, said, at=self._clock())
        return payloads.to_event(visitor, said, at=self._clock())

    async def _seen(self, visitor: Visitor, up_to: int, shown: dict[int, str]) -> None:
        seen = [number for number in shown if number <= up_to]
        receipts = [
            payloads.to_receipt(visitor, shown.pop(number), at=self._clock()) for number in seen
        ]
        if receipts:
            try:
                await self._accept(receipts)
            except StorageUnavailable:
                log.warning("receipts_not_kept", count=len(receipts))

    async def _typing(self, visitor: Visitor) -> None:
        """Pass on that the visitor is writing, never what; nothing is stored or logged of it.

        A sign that is one too many, or cannot be passed on, is dropped without a word.
        """
        if not self._signs.hit(visitor.address):
            return
        try:
            contact = await self._conversations.find_contact(
                payloads.CHANNEL, payloads.ACCOUNT, visitor.address
            )
            if contact is None:
                return
            newest = await self._conversations.latest_conversation(contact.id)
        except StorageUnavailable:
            return
        if newest is not None:
            self._writes(newest)

    async def _stream(self, visitor: Visitor, last: int, push: Push, shown: dict[int, str]) -> None:
        """Push everything after `last`, then what comes, until cancelled."""
        nothing = self._state(None)
        await push({"type": "welcome", "last": last, "team": nothing["team"]})
        screen = Screen(push, nothing)
        contact_id = await screen.hold(self._contact_of(visitor), None, partial(self._state, None))
        try:
            with self._feed.follow(contact_id) as changes:
                while True:
                    newest, messages = await thread_after(self._conversations, contact_id, last)
                    for message in messages:
                        listener = message.listener_id
                        name = await self._name_of(listener) if listener else None
                        await push(payloads.message_frame(message, listener=name))
                        if message.author is not Author.PERSON:
                            shown[message.seq] = message.id
                        last = message.seq
                    owner = self._place(screen, newest)
                    name = await self._name_of(owner) if owner else None
                    state = partial(self._state, newest, name)
                    await screen.hold(changes.next(), newest.id if newest else None, state)
        finally:
            self._answered.pop(screen, None)

    def _place(self, screen: Screen, newest: Conversation | None) -> ListenerId | None:
        """Know who answers on a screen, if a listener does."""
        owner = newest.owner.listener_id if newest else None
        if newest and owner and newest.is_open:
            self._answered[screen] = (newest.id, owner)
        else:
            self._answered.pop(screen, None)
        return owner

    def _state(self, newest: Conversation | None, listener: str | None = None) -> dict[str, Any]:
        now = self._clock()
        return payloads.state_frame(
            newest,
            prospect=self._expect(self.name),
            now=now,
            listener=listener,
            survey=survey.questions(newest, self._phrases, now=now) if newest else None,
        )

    async def _contact_of(self, visitor: Visitor) -> ContactId:
        """The visitor's contact, once the first message made it."""
        arrival = asyncio.Event()
        waiting = self._arrivals.setdefault(visitor.address, set())
        waiting.add(arrival)
        look_again = LOOK_FIRST
        try:
            while True:
                # Before the look-up: what arrives during it must not go unheard.
                arrival.clear()
                contact = await self._conversations.find_contact(
                    payloads.CHANNEL, payloads.ACCOUNT, visitor.address
                )
                if contact is not None:
                    return contact.id
                try:
                    async with asyncio.timeout(look_again):
                        await arrival.wait()
                except TimeoutError:
                    look_again = min(look_again * 2, LOOK_LAST)
        finally:
            waiting.discard(arrival)
            if not waiting:
                self._arrivals.pop(visitor.address, None)


async def _heartbeat(response: web.StreamResponse) -> None:
    while True:
        await asyncio.sleep(HEARTBEAT)
        await response.write(b": \n\n")


def _is_cursor(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**12
