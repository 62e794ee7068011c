"""What every platform's set-up shares: what is wished for, and how a step's failure is told."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass

from gateway.checking import Check, State
from gateway.connecting.graph import NotAnswered, Refused
from gateway.settings import Settings

_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Wish:
    """What to do besides looking. `to`: whom to send a test; None: nobody."""

    register: bool = True
    submit_template: bool = False
    to: str | None = None


Step = Callable[[], Awaitable[Sequence[Check]]]


async def taken(name: str, step: Step) -> Sequence[Check]:
    """The checks of a step; one that fails where the Graph API refused or did not answer."""
    try:
        return await step()
    except NotAnswered:
        return [Check(State.FAIL, name, "Meta does not answer", "look at the network, try again")]
    except Refused as refused:
        return [Check(State.FAIL, name, *_explained(refused))]


async def all_taken(steps: Sequence[tuple[str, Step]]) -> AsyncIterator[Check]:
    """Steps one after the other, whatever becomes of each."""
    for name, step in steps:
        for check in await taken(name, step):
            yield check


def settings_missing(settings: Settings, channel: str) -> list[Check]:
    """One failed check for each setting that the channel lacks."""
    return [
        Check(State.FAIL, "settings", f"{name} is missing", f"set it; see docs/{channel}.md")
        for name in settings.missing_of(channel)
    ]


def shown(value: object) -> str:
    """A platform's word or name, fit for a terminal."""
    text = value if isinstance(value, str) else ""
    return "".join(c for c in text if c.isprintable())[:_SHOWN] or "?"


def webhook_url(settings: Settings, path: str) -> str | Check:
    """Where the platform shall call us, or why that cannot be said."""
    if settings.public_url is None:
        return Check(
            State.WARN,
            "webhook",
            "not looked at: RELAIS_PUBLIC_URL is not set",
            "set it to the https:// address under which the platform reaches Relais",
        )
    if not settings.public_url.startswith("https://"):
        return Check(
            State.FAIL,
            "webhook",
            "RELAIS_PUBLIC_URL is not https://",
            "platforms call nothing else",
        )
    return settings.public_url + path


def _explained(refused: Refused) -> tuple[str, str]:
    code = f"Meta's code {refused.code}" + (f", {refused.subcode}" if refused.subcode else "")
    if refused.code in (102, 190):
        return f"the token is refused ({code})", "make a new one: see The token in the docs"
    if refused.code in (3, 10) or 200 <= refused.code < 300:
        return f"the token lacks a permission ({code})", "see The token in the docs"
    if refused.code == 100 and refused.subcode == 33:
        return f"no such account for this token ({code})", "compare the ids in the settings"
    if refused.code == 2200:
        return (
            f"Meta called the address and did not get the right answer ({code})",
            "start Relais there first, with this verify token, then try again",
        )
    return f"Meta refuses ({code})", "look the code up in Meta's documentation"
