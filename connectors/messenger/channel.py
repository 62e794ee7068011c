"""Sending to people on Messenger or Instagram: in the open window, or as a person's late answer."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from aiolimiter import AsyncLimiter

from connectors.degrade import Limits, parts_of, utf8_length
from connectors.fields import ident
from connectors.interface import MediaGone, MediaPlace
from connectors.messenger.context import INSTAGRAM, MESSENGER
from connectors.messenger.graph import Graph, Unanswered, Unreachable
from connectors.messenger.refusals import NOT_OWNER, WINDOW_CLOSED, Refusal
from core.conversation import Author, Contact, Message
from core.discretion import ROOM
from core.events import MediaRef
from core.ports import (
    Ambiguous,
    Errand,
    Failed,
    Held,
    Part,
    Retry,
    SendOutcome,
    Sent,
)

# How long after the window a person, not a machine, may still answer: seven days in all.
LATE = timedelta(days=6)
# Quick replies: at most 13, with titles of 20 characters. Texts: Meta's Send API reference.
_STYLES = ((13, 20),)
LIMITS = {
    MESSENGER: Limits(text=2000, text_with_choices=2000, styles=_STYLES, room=ROOM),
    INSTAGRAM: Limits(
        text=1000, text_with_choices=1000, styles=_STYLES, length=utf8_length, room=ROOM
    ),
}
# Where Meta keeps what people send: Messenger's files, Instagram's, and the gate to both.
MEDIA_HOSTS = frozenset({".fbcdn.net", ".cdninstagram.com", "lookaside.fbsbx.com", "cdn.fbsbx.com"})
# The page's token says whose edge it is: the page speaks for the Instagram account linked to it.
_MESSAGES = "me/messages"
# The Send API takes 300 texts a second for a page or an Instagram account.
CALLS_PER_SECOND = 300.0
_WAIT_AT_MOST = 2.0
_PRESENCE_WITHIN = 2.0
_SOON = timedelta(seconds=2)
_A_MINUTE = timedelta(minutes=1)
# Whose echoes tell `metadata` back, by Meta's reference; for Instagram it names none.
_TELLS_NAMES = frozenset({MESSENGER})
# The window was found closed although it should be open: try as a person's late answer.
_TAG_NEEDED = "tag_needed"


class PageChannel:
    """One of the two platforms. It has no idempotency key: a message sent twice is seen twice."""

    repeatable = False
    previewed = True

    def __init__(
        self,
        *,
        name: str,
        graph: Graph,
        media_hosts: frozenset[str] = MEDIA_HOSTS,
        calls_per_second: float = CALLS_PER_SECOND,
    ) -> None:
        self.name = name
        self.media_hosts = media_hosts
        self._graph = graph
        # A burst of one call at least, however slow the pace.
        burst = max(1.0, calls_per_second)
        self._pace = AsyncLimiter(burst, burst / calls_per_second)

    def parts(self, message: Message) -> Sequence[Part]:
        """The message cut to the platform's limits."""
        return parts_of(message, LIMITS[self.name])

    async def send(self, errand: Errand) -> SendOutcome:
        """Send one part once."""
        by_listener = errand.message.author is Author.LISTENER
        tagged = not errand.in_window or (by_listener and errand.tried == _TAG_NEEDED)
        if tagged and not (by_listener and _may_answer_late(errand)):
            return Held(WINDOW_CLOSED) if by_listener else Failed(WINDOW_CLOSED)
        try:
            async with asyncio.timeout(_WAIT_AT_MOST):
                await self._pace.acquire()
        except TimeoutError:
            return Retry("rate", _SOON)
        try:
            answer = await self._graph.post(
                _MESSAGES, _body(errand, tagged, named=self.name in _TELLS_NAMES)
            )
        except Unreachable:
            return Retry("unreachable")
        except Unanswered:
            return Ambiguous("timeout")
        if answer.ok:
            mid = ident(answer.body, "message_id")
            return Sent(mid) if mid is not None else Ambiguous("no_message_id")
        refusal = Refusal.of(answer)
        if refusal.closes_window and by_listener and not tagged:
            return Retry(_TAG_NEEDED, timedelta(0))
        if refusal.names_other_owner:
            return await self._without_thread(errand, by_listener=by_listener)
        return refusal.outcome(by_listener=by_listener, tagged=tagged)

    async def show_seen(self, contact: Contact, provider_id: str | None, *, typing: bool) -> None:
        """Mark what the person wrote as seen, and show that an answer is being written."""
        actions = ("mark_seen", "typing_on") if typing else ("mark_seen",)
        try:
            async with asyncio.timeout(_PRESENCE_WITHIN):
                for action in actions:
                    body = {"recipient": {"id": contact.address}, "sender_action": action}
                    await self._graph.post(_MESSAGES, body)
        except (TimeoutError, Unreachable, Unanswered):
            # Nobody waits for it.
            return

    async def check(self) -> str | None:
        """Whether Meta lets us speak as the page, for both platforms."""
        try:
            answer = await self._graph.get("me", "id")
        except (Unreachable, Unanswered):
            return "unreachable"
        if answer.ok:
            return None
        refusal = Refusal.of(answer)
        if refusal.kills_token:
            return "token"
        return "unreachable" if refusal.status >= 500 else "refused"

    async def locate(self, media: MediaRef) -> MediaPlace:
        """Where the file is: the address came with the message, and dies within days."""
        if media.url is None:
            raise MediaGone
        return MediaPlace(media.url)

    async def _without_thread(self, errand: Errand, *, by_listener: bool) -> SendOutcome:
        """Another application has the thread; nothing was sent.

        A listener who answers takes it, once, and is heard as soon as it is ours. A machine's
        message waits for a handover that may be under way, and then gives up: it must not hold back
        the listener's behind it.
        """
        again = errand.tried == NOT_OWNER
        if not by_listener:
            return Failed(NOT_OWNER) if again else Retry(NOT_OWNER, _A_MINUTE)
        if not again:
            body = {"recipient": {"id": errand.contact.address}}
            try:
                answer = await self._graph.post("me/take_thread_control", body)
            except (Unreachable, Unanswered):
                return Retry(NOT_OWNER, _A_MINUTE)
            if answer.ok:
                return Retry(NOT_OWNER, _SOON)
        return Retry(NOT_OWNER, 5 * _A_MINUTE)


def _may_answer_late(errand: Errand) -> bool:
    return errand.window_ends_at is None or errand.now < errand.window_ends_at + LATE


def _body(errand: Errand, tagged: bool, *, named: bool) -> dict[str, Any]:
    message: dict[str, Any] = {"text": errand.part.text}
    if named and errand.name is not None:
        message["metadata"] = errand.name
    if errand.part.choices:
        message["quick_replies"] = [
            {"content_type": "text", "title": choice.title, "payload": choice.id}
            for choice in errand.part.choices
        ]
    how = {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"}
    return {
        "recipient": {"id": errand.contact.address},
        "message": message,
        **(how if tagged else {"messaging_type": "RESPONSE"}),
    }
