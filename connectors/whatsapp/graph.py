"""The Graph API of one WhatsApp number, through pywa: handshake, signature, and what we ask.

pywa's `api` is used rather than its client's methods: these refuse an answer for a field that is
missing, and take a BSUID with letters for a group.
"""

import logging
import re
from urllib.parse import urlsplit

import httpx
from pywa_async.client import WhatsApp as Client
from pywa_async.errors import WhatsAppError

from connectors.interface import MediaGone, MediaPlace
from connectors.whatsapp.outcomes import TROUBLE, UNREADABLE, outcome_of
from connectors.whatsapp.outgoing import Outgoing, Recipient
from core.errors import ConfigurationError
from core.events import MediaRef
from core.ports import Ambiguous, Failed, Paused, SendOutcome, Sent

API_VERSION = "25.0"
CONNECT_WITHIN = 5.0
_SIGNATURE = re.compile(r"sha256=[0-9a-f]{64}")
# Together with subcode 33: the file is not there any more.
_NO_SUCH_OBJECT = 100
_MEDIA_ID = re.compile(r"[A-Za-z0-9_-]{1,128}")
# They print bodies, signatures and URLs.
_TALKATIVE = ("httpx", "httpcore", "pywa", "pywa_async")


class Graph:
    """One number of ours on the Graph API. Its connections are opened when needed."""

    def __init__(
        self,
        *,
        phone_id: str,
        token: str,
        app_secret: str,
        verify_token: str,
        url: str,
        media_hosts: frozenset[str],
        answer_within: float,
    ) -> None:
        if not phone_id.isdigit():
            raise ConfigurationError("the WhatsApp phone id is a number")
        # Without one of these pywa lets everything pass.
        if not token or not app_secret or not verify_token:
            raise ConfigurationError("WhatsApp needs a token, an app secret and a verify token")
        self.phone_id = phone_id
        self._token = token
        self._scheme = urlsplit(url).scheme
        self._media_hosts = media_hosts
        for name in _TALKATIVE:
            logging.getLogger(name).setLevel(logging.WARNING)
        self._session = httpx.AsyncClient(
            timeout=httpx.Timeout(answer_within, connect=CONNECT_WITHIN)
        )
        self._client = Client(
            phone_id,
            token,
            session=self._session,
            server=None,
            verify_token=verify_token,
            app_secret=app_secret,
            validate_updates=True,
            filter_updates=False,
            skip_duplicate_updates=False,
            api_version=API_VERSION,
        )
        # pywa sets Meta's own address on whatever session it is given.
        self._session.base_url = f"{url.rstrip('/')}/v{API_VERSION}"

    async def close(self) -> None:
        """Let go of every connection."""
        await self._session.aclose()

    async def challenge(self, mode: str | None, token: str | None, challenge: str | None) -> str:
        """What to answer Meta, which asks whether this address is ours. Raises PermissionError."""
        if mode != "subscribe" or not token or not challenge:
            raise PermissionError
        answer, status = await self._client.webhook_challenge_handler(vt=token, ch=challenge)
        if status != httpx.codes.OK or answer is None:
            raise PermissionError
        return answer

    async def is_signed(self, raw: bytes, signature: str | None) -> bool:
        """Whether Meta signed these bytes."""
        # pywa raises for a signature that is not ASCII.
        if not signature or not _SIGNATURE.fullmatch(signature):
            return False
        return await self._client.webhook_update_validator(raw, signature) is None

    async def send(
        self, number: str, recipient: Recipient, message: Outgoing, *, name: str | None = None
    ) -> SendOutcome:
        """Send once, from the number of ours with this phone id. Receipts tell `name` back."""
        try:
            answer = await self._client.api.send_message(
                sender=number,
                to=recipient.to,
                recipient=recipient.user_id,
                recipient_type=recipient.type,
                typ=message.type,
                msg=message.content,
                biz_opaque_callback_data=name,
            )
            message_id = answer["messages"][0]["id"]
        except TROUBLE as error:
            outcome = outcome_of(error)
        else:
            return Sent(message_id) if isinstance(message_id, str) else Ambiguous("response")
        if isinstance(outcome, Paused) and outcome.code == "account" and number != self.phone_id:
            # Another number than ours is not reason enough to stop ours.
            return Failed("account")
        return outcome

    async def mark(self, number: str, message_id: str, *, typing: bool) -> None:
        """Mark a message as read, and show that we write. Raises what is in `TROUBLE`."""
        if typing:
            await self._client.api.set_indicator(number, message_id, "text")
        else:
            await self._client.api.mark_message_as_read(number, message_id)

    async def check(self) -> str | None:
        """None when the number may be used; else `token` or `unreachable`."""
        try:
            await self._client.api.get_business_phone_number(self.phone_id, fields=("id",))
        except WhatsAppError as error:
            return "token" if isinstance(outcome_of(error), (Paused, Failed)) else "unreachable"
        except (httpx.HTTPError, *UNREADABLE):
            return "unreachable"
        return None

    async def locate(self, media: MediaRef) -> MediaPlace:
        """Where a file is for the next five minutes. Raises MediaGone or ConnectionError.

        Only by its id: the URL that comes with a message is not asked for with our token.
        """
        if not media.id or not _MEDIA_ID.fullmatch(media.id):
            raise MediaGone
        try:
            answer = await self._client.api.get_media_url(media.id)
            url = answer["url"]
            place = urlsplit(url)
        except WhatsAppError as error:
            if isinstance(outcome_of(error), Failed) or error.code == _NO_SUCH_OBJECT:
                raise MediaGone from None
            raise ConnectionError from None
        except (httpx.HTTPError, *UNREADABLE):
            raise ConnectionError from None
        if place.scheme != self._scheme or not self._is_allowed(place.hostname or ""):
            raise MediaGone
        return MediaPlace(url, {"Authorization": f"Bearer {self._token}"})

    def _is_allowed(self, host: str) -> bool:
        return any(
            host.endswith(known) if known.startswith(".") else host == known
            for known in self._media_hosts
        )
