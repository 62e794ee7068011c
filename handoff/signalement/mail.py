"""Sending a notice by mail, PDF and JSON attached; sealed where a certificate is known.

Sealed means S/MIME (RFC 8551): the whole message, names of files included, enveloped with AES-256
for the platform's certificate. Outside it nothing is told but our reference.

SMTP tells when the server has a message: after the final reply to DATA. A refusal before means that
it has nothing. A connection that dies, goes silent or is closed with a time-out (421) once DATA
began leaves both possible.
"""

import json
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY

import aiosmtplib
from aiosmtplib.errors import (
    SMTPException,
    SMTPResponseException,
    SMTPServerDisconnected,
    SMTPTimeoutError,
)
from aiosmtplib.typing import SMTPStatus
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization.pkcs7 import (
    PKCS7EnvelopeBuilder,
    PKCS7Options,
)
from cryptography.x509 import Certificate

from core.signalement.case import Route
from handoff.signalement.sending import Fate, Later, Parcel, Rejected, Taken, Unknown

TIMEOUT = 20.0
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpServer:
    """Where mail is handed in. `tls`: from the start; else by STARTTLS, but on loopback."""

    host: str
    port: int
    tls: bool
    sender: str
    user: str | None = None
    password: str | None = None


class MailSender:
    """Sends to one platform's address."""

    route = Route.MAIL

    def __init__(
        self,
        server: SmtpServer,
        *,
        to: str,
        certificate: Certificate | None,
        timeout: float = TIMEOUT,
    ) -> None:
        self._server = server
        self._to = to
        self._certificate = certificate
        self._timeout = timeout

    async def send(self, parcel: Parcel) -> Fate:
        """Hand the message in once."""
        message = compose(parcel, self._server.sender, self._to, self._certificate)
        server = self._server
        client = aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            timeout=self._timeout,
            use_tls=server.tls,
            start_tls=not server.tls and server.host not in _LOOPBACK,
            tls_context=ssl.create_default_context(),
        )
        try:
            return await self._hand_in(client, message)
        finally:
            client.close()

    async def _hand_in(self, client: aiosmtplib.SMTP, message: bytes) -> Fate:
        server = self._server
        try:
            await client.connect()
            if server.user is not None:
                await client.login(server.user, server.password or "")
            await client.mail(server.sender)
            await client.rcpt(self._to)
        except SMTPResponseException as refusal:
            return _refused(refusal)
        except (SMTPException, OSError) as error:
            return Later(_code(error))
        try:
            await client.data(message)
        except (SMTPServerDisconnected, SMTPTimeoutError, OSError) as error:
            return Unknown(_code(error))
        except SMTPResponseException as refusal:
            # "Time is over, I close": said after the message, by servers that have kept it too.
            closing = refusal.code == SMTPStatus.domain_unavailable
            return Unknown(f"smtp_{refusal.code}") if closing else _refused(refusal)
        except SMTPException as error:
            return Unknown(_code(error))
        return Taken()


def compose(parcel: Parcel, sender: str, to: str, certificate: Certificate | None) -> bytes:
    """The message as it travels."""
    inner = EmailMessage(policy=SMTP_POLICY)
    inner.set_content(parcel.text)
    inner.add_attachment(
        parcel.pdf, maintype="application", subtype="pdf", filename=f"notice-{parcel.id[:8]}.pdf"
    )
    inner.add_attachment(
        json.dumps(dict(parcel.fields), ensure_ascii=False, indent=1).encode(),
        maintype="application",
        subtype="json",
        filename=f"notice-{parcel.id[:8]}.json",
    )
    message = inner
    if certificate is not None:
        sealed = (
            PKCS7EnvelopeBuilder()
            .set_data(inner.as_bytes())
            .add_recipient(certificate)
            .set_content_encryption_algorithm(AES256)
            .encrypt(Encoding.DER, [PKCS7Options.Binary])
        )
        message = EmailMessage(policy=SMTP_POLICY)
        message.set_content(
            sealed,
            maintype="application",
            subtype="pkcs7-mime",
            filename="smime.p7m",
            params={"smime-type": "enveloped-data"},
        )
    message["From"] = sender
    message["To"] = to
    message["Subject"] = parcel.subject
    # One name for one notice: a server that took it twice can tell.
    message["Message-ID"] = f"<{parcel.id}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    return message.as_bytes()


def _refused(refusal: SMTPResponseException) -> Fate:
    code = f"smtp_{refusal.code}"
    # 4xx: try again later (RFC 5321, 4.2.1). A line too broken to be read has the code -1.
    if 400 <= refusal.code < 500:
        return Later(code)
    return Rejected(code) if refusal.code >= 500 else Unknown(code)


def _code(error: BaseException) -> str:
    return type(error).__name__
