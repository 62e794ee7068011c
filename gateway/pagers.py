"""How somebody on call is reached: a signed webhook (an SMS gateway, a telephony service), e-mail.

Neither says anything of the person who writes. The receiver of a webhook checks
`X-Relais-Signature`: `sha256=` and the HMAC of the timestamp, a dot and the raw body, under
`RELAIS_PAGING_SECRET`.
"""

import json
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import make_msgid
from urllib.parse import unquote, urlsplit

import aiohttp
import aiosmtplib
import structlog

from core.clock import Clock
from core.ids import ConversationId
from core.rota import OnCall
from gateway.signing import signed

log = structlog.get_logger()

WORDS = "Danger critique, ouvrir la console."
TIMEOUT = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """Where e-mail is handed in. `smtps`: TLS from the start; else STARTTLS, but on loopback."""

    host: str
    port: int
    smtps: bool
    user: str | None
    password: str | None
    sender: str

    @classmethod
    def of(cls, url: str, sender: str) -> "MailServer":
        """A server from `smtp://user:password@host:587` or `smtps://host:465`."""
        parts = urlsplit(url)
        smtps = parts.scheme == "smtps"
        return cls(
            host=parts.hostname or "",
            port=parts.port or (465 if smtps else 587),
            smtps=smtps,
            user=unquote(parts.username) if parts.username else None,
            password=unquote(parts.password) if parts.password else None,
            sender=sender,
        )

    async def send(self, message: EmailMessage) -> None:
        """Hand in a message. Raises aiosmtplib.SMTPException or OSError."""
        loopback = self.host in ("127.0.0.1", "localhost", "::1")
        await aiosmtplib.send(
            message,
            hostname=self.host,
            port=self.port,
            username=self.user,
            password=self.password,
            use_tls=self.smtps,
            start_tls=not (self.smtps or loopback),
            tls_context=ssl.create_default_context(),
            timeout=TIMEOUT,
        )


class Pagers:
    """Calls people on call. `link` makes the address at which a page is acknowledged."""

    def __init__(
        self,
        *,
        mail: MailServer | None,
        secret: bytes | None,
        console: str | None,
        link: Callable[[ConversationId, str], str | None],
        clock: Clock,
    ) -> None:
        self._mail = mail
        self._secret = secret
        self._console = console
        self._link = link
        self._clock = clock

    def reachable(self, person: OnCall) -> bool:
        """Whether the settings let this person be called at all."""
        by_webhook = person.webhook is not None and self._secret is not None
        return by_webhook or (person.email is not None and self._mail is not None)

    async def call(self, person: OnCall, conversation_id: ConversationId, level: int) -> bool:
        """Call by every means there is; whether one of them took it."""
        by_webhook = await self._webhook(person, conversation_id, level)
        by_mail = await self._email(person, conversation_id)
        return by_webhook or by_mail

    async def _webhook(self, person: OnCall, conversation_id: ConversationId, level: int) -> bool:
        if person.webhook is None or self._secret is None:
            return False
        now = self._clock()
        body = json.dumps(
            {
                "type": "critical_danger",
                "text": WORDS,
                "level": level,
                "at": now.isoformat(),
                "console": self._console,
                "acknowledge": self._link(conversation_id, person.name),
            }
        ).encode()
        headers = signed(self._secret, body, now)
        try:
            timeout = aiohttp.ClientTimeout(total=TIMEOUT)
            async with (
                aiohttp.ClientSession(timeout=timeout) as session,
                session.post(
                    person.webhook, data=body, headers=headers, allow_redirects=False
                ) as answer,
            ):
                if answer.status < 300:
                    return True
                log.warning("page_refused", kind="webhook", code=str(answer.status))
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            log.warning("page_failed", kind="webhook", error=type(error).__name__)
        return False

    async def _email(self, person: OnCall, conversation_id: ConversationId) -> bool:
        if person.email is None or self._mail is None:
            return False
        message = EmailMessage()
        message["From"] = self._mail.sender
        message["To"] = person.email
        message["Subject"] = WORDS
        message["Message-ID"] = make_msgid(domain="relais.invalid")
        message["Auto-Submitted"] = "auto-generated"
        lines = [WORDS, "", self._console or ""]
        if link := self._link(conversation_id, person.name):
            lines += ["", "Je m’en occupe :", link]
        message.set_content("\n".join(lines) + "\n")
        try:
            await self._mail.send(message)
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
            log.warning("page_failed", kind="email", error=type(error).__name__)
            return False
        return True
