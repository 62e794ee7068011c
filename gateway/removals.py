"""The signalement layer put together: what the settings say of it, its desk and its courier."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from core.clock import Clock
from core.errors import ConfigurationError
from core.ports import Phrasebook, Store
from core.sealing import Vault
from core.signalement.evidence import Signer
from core.signalement.platforms import directory
from gateway.pagers import MailServer
from gateway.settings import ROOT, Settings
from gateway.teammail import TeamMail
from handoff.desk import Desk
from handoff.signalement.archive import Archive
from handoff.signalement.copies import Copies
from handoff.signalement.courier import Courier
from handoff.signalement.dossiers import Dossiers
from handoff.signalement.https import HttpsSender
from handoff.signalement.mail import MailSender, SmtpServer
from handoff.signalement.news import News
from handoff.signalement.notices import Notices
from handoff.signalement.paper import Notifier
from handoff.signalement.preserving import Preserving
from handoff.signalement.sending import Sender, read_addresses
from handoff.signalement.writing import Writing

PURPOSE = "signalement evidence"
_NOTIFIER = re.compile(r"\s*([^<>]{1,120}?)\s*<([^<>@\s]+@[^<>@\s]+)>\s*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Who we are to platforms, and the ways to them; without any, notices are copied by hand."""

    notifier: Notifier | None = None
    senders: Mapping[str, Sender] = field(default_factory=dict)


def reach(settings: Settings) -> Reach:
    """What the settings say. Raises ConfigurationError, which names the variable."""
    notifier = None
    if settings.signalement_notifier is not None:
        named = _NOTIFIER.fullmatch(settings.signalement_notifier)
        if named is None:
            raise ConfigurationError(
                "RELAIS_SIGNALEMENT_NOTIFIER: looks like Name of the service <mail@example.org>"
            )
        notifier = Notifier(name=named[1], email=named[2])
    if settings.signalement_channels is None:
        return Reach(notifier=notifier)
    path = ROOT / settings.signalement_channels.expanduser()
    addresses = read_addresses(path, platforms=directory().platforms)
    senders: dict[str, Sender] = {}
    for name, address in addresses.items():
        if address.https is not None:
            senders[name] = HttpsSender(address.https, token=address.token)
        elif address.mail is not None:
            server = _server(settings)
            senders[name] = MailSender(server, to=address.mail, certificate=address.certificate)
    return Reach(notifier=notifier, senders=senders)


def signer_of(vault: Vault) -> Signer:
    """What signs the dossiers of a database, whose root `vault` has adopted."""
    return Signer(vault.derived_secret(PURPOSE))


class Removals:
    """Dossiers and the worker behind them.

    The team is reminded by mail at the notifier's address, where `mail` can be handed in.
    """

    def __init__(
        self,
        reach: Reach,
        *,
        store: Store,
        desk: Desk,
        vault: Vault,
        phrases: Phrasebook,
        clock: Clock,
        mail: MailServer | None,
        console: str | None,
    ) -> None:
        known, signer = directory(), signer_of(vault)
        archive = Archive(store=store, signer=signer, clock=clock)
        notices = Notices(
            store=store,
            archive=archive,
            known=known,
            notifier=reach.notifier,
            senders=reach.senders,
            clock=clock,
        )
        writing = Writing(store=store, desk=desk, archive=archive, known=known, clock=clock)
        self.copies = Copies(archive)
        self.dossiers = Dossiers(
            store=store,
            archive=archive,
            writing=writing,
            preserving=Preserving(store=store, archive=archive, writing=writing, clock=clock),
            notices=notices,
            news=News(store=store, archive=archive, phrases=phrases, clock=clock),
            signer=signer,
            clock=clock,
        )
        team = TeamMail(mail, to=reach.notifier.email) if mail and reach.notifier else None
        self.courier = Courier(
            archive=archive,
            notices=notices,
            senders=reach.senders,
            known=known,
            remind=team.tell if team else None,
            console=console,
            clock=clock,
        )


def _server(settings: Settings) -> SmtpServer:
    if settings.smtp_url is None or settings.mail_from is None:
        raise ConfigurationError(
            "RELAIS_SIGNALEMENT_CHANNELS names a mail address: RELAIS_SMTP_URL is needed"
        )
    parts = urlsplit(settings.smtp_url.get_secret_value())
    tls = parts.scheme == "smtps"
    return SmtpServer(
        host=parts.hostname or "",
        port=parts.port or (465 if tls else 587),
        tls=tls,
        sender=settings.mail_from,
        user=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
    )
