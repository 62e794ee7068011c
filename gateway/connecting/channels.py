"""The channels that the settings switch on, able to speak and deaf: for whoever asks or tries."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

from bot.sentences import Catalogue
from connectors.interface import Checks
from core.clock import system_clock
from core.events import Accepted, InboundEvent
from core.ports import Channel
from gateway.settings import Settings

# Longer than a platform that is well takes, shorter than a person's patience.
ANSWER_WITHIN = 5.0


@asynccontextmanager
async def open_channels(settings: Settings) -> AsyncIterator[Mapping[str, Channel]]:
    """Channels of platforms by name, open inside the block; nothing that people send comes in.

    Raises ConfigurationError for a setting that its connector cannot use.
    """
    # Half the service: imported only when somebody asks a platform.
    from gateway.connections import connections
    from gateway.service import Doors

    doors = Doors(accept=_nobody, count=_uncounted, notice=_unheard, clock=system_clock)
    built = connections(settings, Catalogue.load(), doors)
    async with AsyncExitStack() as opened:
        for connector in built.connectors:
            await connector.open()
            opened.push_async_callback(connector.close)
        yield {channel.name: channel for each in built.connectors for channel in each.channels}


async def ask_platforms(
    settings: Settings, *, within: float = ANSWER_WITHIN
) -> Mapping[str, str | None]:
    """For each channel that is on, None when its platform lets us speak, else a short code."""
    async with open_channels(settings) as channels:
        asked = [(name, each) for name, each in channels.items() if isinstance(each, Checks)]
        codes = await asyncio.gather(*(_ask(each, within) for _, each in asked))
        return {name: code for (name, _), code in zip(asked, codes, strict=True)}


async def _ask(channel: Checks, within: float) -> str | None:
    try:
        async with asyncio.timeout(within):
            return await channel.check()
    except TimeoutError:
        return "unreachable"


async def _nobody(events: Sequence[InboundEvent]) -> Sequence[Accepted]:
    return ()


def _uncounted(channel: str, word: str) -> None: ...


def _unheard(event: InboundEvent) -> None: ...
