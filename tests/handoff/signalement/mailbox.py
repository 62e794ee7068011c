"""A platform's mail server on loopback, with the faults of real ones."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiosmtpd.smtp import SMTP, Envelope, Session


class Mailbox:
    """A platform's mail server. `reply` is its last word on a message; None: it breaks off there.

    Every message that arrived whole is kept, whatever was answered.
    """

    def __init__(self, reply: str | None = "250 OK", recipient: str = "250 OK") -> None:
        self.reply = reply
        self.recipient = recipient
        self.hang = False
        self.got: list[bytes] = []

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.recipient.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.recipient

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        assert isinstance(envelope.content, bytes)
        self.got.append(envelope.content)
        if self.hang:
            await asyncio.sleep(30)
        if self.reply is None:
            assert server.transport is not None
            server.transport.abort()
            return "250 never read"
        return self.reply

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[int]:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: SMTP(self, loop=loop), "127.0.0.1", 0)
        try:
            yield server.sockets[0].getsockname()[1]
        finally:
            server.close()
