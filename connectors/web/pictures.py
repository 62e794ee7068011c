"""Images from the website: drawn anew by the browser, taken in here, handed to the gateway.

The bytes are sealed with the conversation before the message is acknowledged; then the media lane
takes them from here as it fetches a platform's files: typed, redrawn, kept, blurred on the console.
Only who has written something may send one: an image never comes from nowhere.
"""

from collections.abc import Iterable
from datetime import datetime

from aiohttp import web

from connectors.interface import Accept, MediaGone
from connectors.web import payloads
from connectors.web.door import Door, problem
from connectors.web.rates import Rates
from connectors.web.session import Visitor
from core.clock import Clock
from core.conversation import Conversation
from core.events import EventKind, InboundEvent, MediaRef, MessageType
from core.ids import AttachmentId, ConversationId, derived_id
from core.ports import Conversations, Files

IMAGES_A_MINUTE = 6
MESSAGES_TO_AN_IMAGE = 10
# The widget draws at most 2,000 pixels a side: about 1 MB.
LARGEST = 4_000_000
MIME = "image/jpeg"
_JPEG = b"\xff\xd8\xff"


class Pictures:
    """The route that takes an image, and what the media lane asks for it; a `HoldsMedia`."""

    def __init__(
        self,
        *,
        accept: Accept,
        conversations: Conversations,
        files: Files,
        door: Door,
        clock: Clock,
        rate_per_address: int = 600,
    ) -> None:
        """`rate_per_address` is that of messages: there are fewer images than words."""
        self._accept = accept
        self._conversations = conversations
        self._files = files
        self._door = door
        self._clock = clock
        self._rates = Rates(IMAGES_A_MINUTE)
        # Who opens a new session for every few images would fill the disk.
        self._rates_by_address = Rates(max(1, rate_per_address // MESSAGES_TO_AN_IMAGE))

    def routes(self) -> Iterable[web.RouteDef]:
        """The route the gateway mounts."""
        return (web.post("/web/images/{cid}", self.take),)

    async def take(self, request: web.Request) -> web.Response:
        """Keep an image and its message; the same `cid` again is the same message."""
        if refused := self._door.refused(request):
            return refused
        visitor = self._door.visitor(request)
        if visitor is None:
            return problem(401, "bad_token")
        cid = request.match_info["cid"]
        if not payloads.CID.fullmatch(cid):
            return problem(400, "bad_request")
        within = self._rates.hit(visitor.address)
        if not (self._rates_by_address.hit(request.remote or "") and within):
            return problem(429, "too_many")
        content = await request.read()
        if request.content_type != MIME or not content.startswith(_JPEG) or len(content) > LARGEST:
            return problem(400, "bad_image")
        conversation = await self._newest(visitor)
        if conversation is None:
            return problem(409, "nothing_yet")
        upload = AttachmentId(derived_id(conversation.id, cid))
        await self._files.put_file(conversation.id, upload, content)
        media = MediaRef(type=MessageType.IMAGE, id=f"{conversation.id}/{upload}", mime=MIME)
        (accepted,) = await self._accept([_event(visitor, cid, media, self._clock())])
        ack = {"type": "ack", "cid": cid, "id": cid, "dup": accepted.duplicate}
        return web.json_response(ack)

    async def held(self, media: MediaRef) -> bytes:
        """See `connectors.interface.HoldsMedia`."""
        content = await self._files.file(*_place(media))
        if content is None:
            raise MediaGone
        return content

    async def let_go(self, media: MediaRef) -> None:
        """See `connectors.interface.HoldsMedia`."""
        await self._files.drop_file(*_place(media))

    async def _newest(self, visitor: Visitor) -> Conversation | None:
        contact = await self._conversations.find_contact(
            payloads.CHANNEL, payloads.ACCOUNT, visitor.address
        )
        return await self._conversations.latest_conversation(contact.id) if contact else None


def _event(visitor: Visitor, cid: str, media: MediaRef, at: datetime) -> InboundEvent:
    """The event of an image: unique by session and cid, like that of a text."""
    return InboundEvent(
        channel=payloads.CHANNEL,
        account=payloads.ACCOUNT,
        event_id=f"message:{visitor.address}:{cid}",
        kind=EventKind.MESSAGE,
        type=MessageType.IMAGE,
        sender=visitor.address,
        at=at,
        client_id=cid,
        media=(media,),
        ref=visitor.origin,
    )


def _place(media: MediaRef) -> tuple[ConversationId, AttachmentId]:
    """The conversation that an upload lies with, and the upload."""
    conversation, _, upload = (media.id or "").partition("/")
    return ConversationId(conversation), AttachmentId(upload)
