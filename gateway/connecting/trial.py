"""A test message to somebody of the team, by the very code that answers people."""

from bot.sentences import Catalogue
from core.clock import system_clock
from core.conversation import Author, Contact, Message
from core.ids import ContactId, ConversationId, MessageId, new_id
from core.labels import Address
from core.ports import Ambiguous, Errand, Failed, Held, Paused, Retry, SendOutcome, Sent
from gateway.checking import Check, State
from gateway.connecting.channels import open_channels
from gateway.settings import Settings

_WINDOW = ("window_closed", "131047")


async def send_test(settings: Settings, channel: str, account: str, to: str) -> Check:
    """Send the catalogue's test sentence to an address of a channel that is on."""
    now = system_clock()
    text = Catalogue.load().say("connection_test", Address.VOUS).text
    contact = Contact(
        id=ContactId(new_id()), channel=channel, account=account, address=to, created_at=now
    )
    message = Message(
        id=MessageId(new_id()),
        conversation_id=ConversationId(new_id()),
        seq=1,
        # Not a listener: a test takes no conversation from another application.
        author=Author.SERVICE,
        text=text,
        at=now,
        sentence="connection_test",
    )
    async with open_channels(settings) as channels:
        sender = channels[channel]
        (part,) = sender.parts(message)
        outcome = await sender.send(Errand(contact=contact, message=message, part=part, now=now))
    return _told(outcome)


def _told(outcome: SendOutcome) -> Check:
    match outcome:
        case Sent():
            return Check(State.OK, "test", "the platform took it", "look at the phone")
        case Ambiguous(code):
            return Check(State.WARN, "test", f"no answer ({code})", "look at the phone")
        case Retry(code):
            return Check(State.WARN, "test", f"not now ({code})", "try again in a minute")
        case Paused(code):
            return Check(State.FAIL, "test", f"the platform refuses us ({code})", "see above")
        case Held(code) | Failed(code) if code in _WINDOW:
            return Check(
                State.FAIL, "test", "too long since they wrote", "write to us from there first"
            )
        case Held(code) | Failed(code):
            return Check(State.FAIL, "test", f"refused ({code})", "is the address right?")
