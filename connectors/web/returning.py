"""Coming back: a code of five words gives a new browser the conversation it belongs to.

It is the one way to see an earlier thread again. Whoever asks for a code holds the conversation's
token; a conversation has one code at most, and it ends with the conversation. Guesses are counted
in memory, for each address: no address is written anywhere. All together are not counted: 55 bits
need no limit, and one would let a few who guess keep everybody else out. What guesses cost is
bounded by a short line.
"""

import asyncio
import json
from collections.abc import Iterable

import structlog
from aiohttp import web

from connectors.web import payloads
from connectors.web.codes import Cost, new_code, read_code, slow_hash
from connectors.web.door import Door, problem
from connectors.web.payloads import BadFrame
from connectors.web.rates import Rates
from connectors.web.session import SessionTokens
from core.clock import Clock
from core.conversation import Contact, Conversation
from core.errors import Conflict, NotFound, SealBroken
from core.ids import ContactId, ConversationId
from core.ports import Conversations, Documents
from core.turns import Turns

log = structlog.get_logger()

# The purpose of the secret under which codes are hashed (`Vault.derived_secret`).
PURPOSE = "return code"
# What a code opens, by the code's hash; and the hash of a conversation's code, by its id.
CODE, CODE_OF = "return_code", "return_code_of"

CODES_A_MINUTE = 5
GUESSES_A_MINUTE = 10
# Each takes some 30 ms of a processor and 19 MiB for its while, and one is guessed at a time, for
# each gateway process: at this rate the codes of a thousand open conversations stand 17,000 years.
HASHES_AT_ONCE = 1
# Who is further behind would wait for more than a second, and is told to come again.
WAITING = 40


class _LineFull(Exception):
    """Too many wait for a hash already."""


class Returning:
    """The two routes: ask for a code, and come back by one."""

    def __init__(
        self,
        *,
        conversations: Conversations,
        documents: Documents,
        tokens: SessionTokens,
        door: Door,
        secret: bytes,
        clock: Clock,
        cost: Cost = Cost(),
        guesses_a_minute: int = GUESSES_A_MINUTE,
        waiting: int = WAITING,
    ) -> None:
        self._conversations = conversations
        self._documents = documents
        self._tokens = tokens
        self._door = door
        self._secret = secret
        self._clock = clock
        self._cost = cost
        self._asked = Rates(CODES_A_MINUTE)
        self._guesses = Rates(guesses_a_minute)
        # Whoever asks for a code does not wait behind those who guess.
        self._making = Turns(HASHES_AT_ONCE, waiting=waiting)
        self._guessing = Turns(HASHES_AT_ONCE, waiting=waiting)

    def routes(self) -> Iterable[web.RouteDef]:
        """The routes the gateway mounts."""
        return web.post("/web/code", self.make), web.post("/web/return", self.come_back)

    async def make(self, request: web.Request) -> web.Response:
        """A code for the visitor's open conversation; the one before opens nothing any more."""
        if refused := self._door.refused(request):
            return refused
        visitor = self._door.visitor(request)
        if visitor is None:
            return problem(401, "bad_token")
        if not self._asked.hit(visitor.address):
            return problem(429, "too_many_codes")
        contact = await self._conversations.find_contact(
            payloads.CHANNEL, payloads.ACCOUNT, visitor.address
        )
        newest = await self._conversations.latest_conversation(contact.id) if contact else None
        if newest is None or not newest.is_open:
            return problem(409, "nothing_yet")
        code = new_code()
        try:
            await self._keep(code, newest)
        except (Conflict, _LineFull):
            # Asked for twice at once: only one of the two codes may stand.
            return problem(429, "too_many_codes")
        return web.json_response({"code": code})

    async def come_back(self, request: web.Request) -> web.Response:
        """A token for the conversation that a code belongs to; every wrong code answers alike."""
        if refused := self._door.refused(request):
            return refused
        if not self._guesses.hit(request.remote or ""):
            return problem(429, "too_many_codes")
        try:
            typed = payloads.parse_object(await request.read()).get("code")
        except BadFrame as error:
            return problem(400, error.code)
        try:
            contact = await self._whose(typed) if isinstance(typed, str) else None
        except _LineFull:
            return problem(429, "too_many_codes")
        if contact is None:
            return problem(404, "bad_code")
        token = self._tokens.issue_for(contact.address, now=self._clock())
        return web.json_response({"token": token, "text_limit": payloads.TEXT_LIMIT})

    async def _keep(self, code: str, conversation: Conversation) -> None:
        """Raises _LineFull.

        In this order a process that dies in between leaves no code that nothing leads to.
        """
        name = await self._hashed(read_code(code) or code, self._making)
        await forget_code(self._documents, conversation.id)
        now = self._clock()
        body = json.dumps({"conversation": conversation.id, "contact": conversation.contact_id})
        await self._documents.put_document(
            CODE_OF, conversation.id, name.encode(), version=0, now=now
        )
        await self._documents.put_document(CODE, name, body.encode(), version=0, now=now)

    async def _whose(self, typed: str) -> Contact | None:
        """The contact whose open conversation the code belongs to. Raises _LineFull."""
        code = read_code(typed)
        if code is None:
            return None
        name = await self._hashed(code, self._guessing)
        try:
            return await whose_code(self._conversations, self._documents, name)
        except SealBroken:
            log.error("return_code_sealed")
            return None

    async def _hashed(self, code: str, turns: Turns) -> str:
        async with turns.one_more() as mine:
            if not mine:
                raise _LineFull
            return await asyncio.to_thread(slow_hash, code, self._secret, self._cost)


async def whose_code(
    conversations: Conversations, documents: Documents, name: str
) -> Contact | None:
    """The contact whose open conversation the code with the hash `name` belongs to.

    None where there is none, or it is over: its code goes then. Raises SealBroken.
    """
    document = await documents.document(CODE, name)
    if document is None:
        return None
    belongs = json.loads(document.body)
    try:
        conversation = await conversations.conversation(ConversationId(belongs["conversation"]))
        if not conversation.is_open:
            await forget_code(documents, conversation.id)
            return None
        return await conversations.contact(ContactId(belongs["contact"]))
    except NotFound:
        return None


async def forget_code(documents: Documents, conversation_id: ConversationId) -> None:
    """Destroy the code of a conversation, if it has one."""
    pointer = await documents.document(CODE_OF, conversation_id)
    if pointer is not None:
        await documents.drop_document(CODE, pointer.body.decode())
        await documents.drop_document(CODE_OF, conversation_id)
