"""Sending on Telegram, and the small things a bot can do for a person.

Messages are not protected from forwarding: a number to call is there to be passed on, and whoever
writes must be able to keep what was answered.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions
from telegram.constants import ChatAction, InlineKeyboardButtonLimit, MessageLimit
from telegram.error import BadRequest, InvalidToken

from connectors.degrade import Limits, parts_of, utf8_length
from connectors.interface import Count, MediaGone, MediaPlace
from connectors.telegram.client import UNREADABLE, outcome_of
from connectors.telegram.payloads import CHANNEL, callback_of
from connectors.telegram.rates import Pace
from core.conversation import Choice, Contact, Message
from core.discretion import ROOM
from core.events import InboundEvent, MediaRef
from core.ports import Errand, Part, Retry, SendOutcome, Sent

_KINDNESS_WITHIN = 2.0
_GROUPS_REMEMBERED = 1000


def utf16_length(text: str) -> int:
    """Length in the units in which Telegram counts positions in a text.

    It says only "characters" of a message's length, and others' measurements differ. What fits by
    this count fits by every other.
    """
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


# One button a row; a phone shows about forty characters of it.
_LIMITS = Limits(
    text=MessageLimit.MAX_TEXT_LENGTH,
    text_with_choices=MessageLimit.MAX_TEXT_LENGTH,
    styles=((10, 40),),
    length=utf16_length,
    room=ROOM,
)
_WITHOUT_BUTTONS = replace(_LIMITS, styles=())


class TelegramChannel:
    """What one bot sends, by `bot`, whose connections are opened and closed elsewhere.

    `refusal` is what a group is told before the bot leaves it. `receiving` is what is wrong
    with the updates that are polled, as a short code; None while all is well, or where none are.
    """

    name = CHANNEL
    # Telegram has no key by which it would know a message that was sent before.
    repeatable = False
    previewed = True

    def __init__(self, bot: Bot, *, refusal: str, count: Count, pace: Pace) -> None:
        self.receiving: str | None = None
        self._bot = bot
        self._refusal = refusal
        self._count = count
        self._pace = pace
        self._refused: OrderedDict[str, None] = OrderedDict()

    def parts(self, message: Message) -> Sequence[Part]:
        """The message cut to Telegram's limits, its choices as buttons where they fit."""
        fits = all(
            1 <= utf8_length(choice.id) <= InlineKeyboardButtonLimit.MAX_CALLBACK_DATA
            for choice in message.choices
        )
        return parts_of(message, _LIMITS if fits else _WITHOUT_BUTTONS)

    async def send(self, errand: Errand) -> SendOutcome:
        """Send one part once, without a preview of links."""
        address = errand.contact.address
        if not await self._pace.turn(address):
            return Retry("rate", self._pace.longest)
        try:
            message = await self._bot.send_message(
                address,
                errand.part.text,
                reply_markup=_keyboard(errand.part.choices),
                link_preview_options=LinkPreviewOptions(is_disabled=True),
            )
        except UNREADABLE as error:
            return outcome_of(error)
        return Sent(str(message.message_id))

    async def show_seen(self, contact: Contact, provider_id: str | None, *, typing: bool) -> None:
        """Show that an answer is being written; Telegram has no read mark for bots."""
        if typing:
            await self._try(self._bot.send_chat_action(contact.address, ChatAction.TYPING))

    async def answer_tap(self, event: InboundEvent) -> None:
        """Take the waiting mark off a tapped button."""
        if callback := callback_of(event):
            await self._try(self._bot.answer_callback_query(callback))

    async def refuse_group(self, chat: str) -> None:
        """Say once that we only talk in private, and leave."""
        if chat not in self._refused:
            self._refused[chat] = None
            if len(self._refused) > _GROUPS_REMEMBERED:
                self._refused.popitem(last=False)
            await self._try(self._bot.send_message(chat, self._refusal))
        await self._try(self._bot.leave_chat(chat))

    async def _try(self, call: Awaitable[Any]) -> None:
        """A kindness: when it fails or takes long, nothing is lost."""
        try:
            async with asyncio.timeout(_KINDNESS_WITHIN):
                await call
        except BadRequest:
            pass  # a tap that is too old, a group that is gone
        except (*UNREADABLE, TimeoutError):
            self._count(CHANNEL, "kindness_failed")

    async def check(self) -> str | None:
        """None, or `token`, `unreachable`, `conflict`: somebody else takes our updates, and would
        answer the same people."""
        try:
            await self._bot.get_me()
        except InvalidToken:
            return "token"
        except UNREADABLE:
            return "unreachable"
        return "conflict" if self.receiving == "conflict" else None

    @property
    def media_hosts(self) -> frozenset[str]:
        """The host of the Bot API."""
        return frozenset({urlsplit(self._bot.base_file_url).hostname or ""})

    async def locate(self, media: MediaRef) -> MediaPlace:
        """Where the file is, for an hour. The URL holds the token: never to be logged or kept.

        Raises MediaGone, for files above 20 MB too, which bots cannot have; ConnectionError.
        """
        if media.id is None:
            raise MediaGone
        try:
            file = await self._bot.get_file(media.id)
        except BadRequest as error:
            # Telegram has one sentence for a wrong id and for a file that comes back.
            if "temporarily" in error.message:
                raise ConnectionError("unavailable") from None
            raise MediaGone from None
        except UNREADABLE as error:
            raise ConnectionError(outcome_of(error).code) from None
        if file.file_path is None or not file.file_path.startswith(self._bot.base_file_url):
            raise MediaGone
        return MediaPlace(file.file_path)


def _keyboard(choices: Sequence[Choice]) -> InlineKeyboardMarkup | None:
    if not choices:
        return None
    return InlineKeyboardMarkup(
        [[InlineKeyboardButton(choice.title, callback_data=choice.id)] for choice in choices]
    )
