"""How each channel does: whether it sends, is paused by its platform, or does not get through.

Known per process, from what became of the last sendings and from asking the platform now and then.
A paused channel keeps its outbox and is tried again; people's messages come in all the same.
"""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import structlog

from connectors.interface import Checks
from core.clock import Clock
from core.ports import Failed, Paused, Retry, SendOutcome, Sent

log = structlog.get_logger()

# A token is mended by a person: look again at this distance.
PAUSE = timedelta(minutes=1)
# This many failures in a row, of whatever conversations, mean that the platform is not there.
DOWN_AFTER = 5
# Then it is left alone for so long: hundreds of conversations must not all knock at a dead door.
BREATHER = timedelta(seconds=5)
# How often the platforms are asked; more often once something is wrong.
ASK_EVERY, ASK_IN_TROUBLE = timedelta(minutes=10), timedelta(seconds=30)
UNREACHABLE = "unreachable"


class ChannelState(StrEnum):
    """Whether a channel sends."""

    UP = "up"
    # The platform refuses us: a dead token, an abuse warning. Somebody must act.
    PAUSED = "paused"
    # It does not answer, or with errors. It is tried again by itself.
    DOWN = "down"


@dataclass(slots=True)
class _Record:
    state: ChannelState = ChannelState.UP
    code: str | None = None
    until: datetime | None = None
    failures: int = 0


class ChannelStates:
    """The states of the channels that are on."""

    def __init__(self, names: Iterable[str], *, clock: Clock) -> None:
        self._records = {name: _Record() for name in names}
        self._clock = clock

    def names(self) -> tuple[str, ...]:
        """The channels that are on."""
        return tuple(self._records)

    def of(self, name: str) -> tuple[ChannelState, str | None]:
        """A channel's state and the code of its trouble."""
        record = self._records[name]
        return record.state, record.code

    def paused_until(self, name: str) -> datetime | None:
        """When a channel in trouble may be tried again; None: now."""
        until = self._records[name].until
        return until if until is not None and until > self._clock() else None

    def note(self, name: str, outcome: SendOutcome) -> None:
        """Learn from what became of one sending."""
        match outcome:
            case Paused(code):
                self.pause(name, code)
            case Retry(code) if _is_failure(code):
                record = self._records[name]
                record.failures += 1
                if record.failures >= DOWN_AFTER:
                    if record.state is ChannelState.UP:
                        self._set(name, ChannelState.DOWN, code)
                    record.until = self._clock() + BREATHER
            case Sent() | Failed():
                # Also a refusal of one message shows that the platform listens to us.
                self.works(name)
            case _:
                pass

    def pause(self, name: str, code: str) -> None:
        """The platform refuses everything until somebody acts."""
        self._set(name, ChannelState.PAUSED, code)
        self._records[name].until = self._clock() + PAUSE

    def works(self, name: str) -> None:
        """The platform takes what we send."""
        self._set(name, ChannelState.UP, None)
        self._records[name].failures = 0

    def _set(self, name: str, state: ChannelState, code: str | None) -> None:
        record = self._records[name]
        if (record.state, record.code) == (state, code):
            return
        record.state, record.code, record.until = state, code, None
        if state is ChannelState.UP:
            log.info("channel_works", channel=name)
        else:
            log.error("channel_trouble", channel=name, state=state.value, code=code)


def _is_failure(code: str) -> bool:
    """Whether the platform did not work, rather than asked us to be slower."""
    return code in (UNREACHABLE, "platform") or code.removeprefix("http_")[:1] == "5"


async def ask(channels: Mapping[str, object], states: ChannelStates) -> None:
    """Ask the platforms whether we may still use them, for ever: a token dies in silence."""
    while True:
        await asyncio.gather(
            *(
                _ask(name, channel, states)
                for name, channel in channels.items()
                if isinstance(channel, Checks)
            )
        )
        trouble = any(states.of(name)[0] is not ChannelState.UP for name in channels)
        await asyncio.sleep((ASK_IN_TROUBLE if trouble else ASK_EVERY).total_seconds())


async def _ask(name: str, channel: Checks, states: ChannelStates) -> None:
    code = await channel.check()
    if code is None:
        states.works(name)
    elif code == UNREACHABLE:
        states.note(name, Retry(code))
    else:
        states.pause(name, code)
