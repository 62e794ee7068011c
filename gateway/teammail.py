"""Mail to the team's own mailbox: that a dossier waits for somebody."""

from email.message import EmailMessage
from email.utils import make_msgid

import aiosmtplib
import structlog

from gateway.pagers import MailServer
from handoff.signalement.reminders import Reminder

log = structlog.get_logger()


class TeamMail:
    """Writes to one mailbox of the team."""

    def __init__(self, server: MailServer, *, to: str) -> None:
        self._server = server
        self._to = to

    async def tell(self, reminder: Reminder) -> bool:
        """Hand a reminder in; whether it was taken. Raises nothing for a mail server's faults."""
        message = EmailMessage()
        message["From"] = self._server.sender
        message["To"] = self._to
        message["Subject"] = reminder.subject
        message["Message-ID"] = make_msgid(domain="relais.invalid")
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(reminder.text)
        try:
            await self._server.send(message)
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
            log.warning("reminder_failed", error=type(error).__name__)
            return False
        return True
