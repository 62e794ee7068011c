"""Webhooks that overtake each other, and all that come again: each message is kept once.

`RELAIS_TEST_REPLAYS` says how many come again; `make soak` sets 10,000.
"""

import asyncio
import os
import random
from pathlib import Path

import pytest

from core.conversation import Author
from tests.faults.checker import quiet, stored_messages
from tests.faults.lab import Phone
from tests.faults.world import World, world

PHONES = 10
PAIRS = 10
REPLAYS = int(os.environ.get("RELAIS_TEST_REPLAYS", "1000"))


@pytest.mark.timeout(600)
async def test_webhooks_out_of_order_and_replayed_are_kept_once(tmp_path: Path) -> None:
    phones = [Phone(chat=500 + number) for number in range(PHONES)]
    async with world(tmp_path) as lab:
        await asyncio.gather(*(in_pairs(phone, lab) for phone in phones))
        await quiet(lab.store, phones)
        await replayed(phones, lab)
        # One more, to see that all before it went through.
        await asyncio.gather(*(phone.write(lab.session, lab.urls) for phone in phones))
        await quiet(lab.store, phones)
        for phone in phones:
            found = await stored_messages(lab.store, phone)
            assert [one.seq for one in found] == list(range(1, len(found) + 1))
            wrote = [one.text for one in found if one.author is Author.PERSON]
            assert sorted(wrote) == sorted(phone.acknowledged)
            # Those that came at once may change places, and no others.
            for first in range(0, 2 * PAIRS, 2):
                assert set(wrote[first : first + 2]) == set(phone.acknowledged[first : first + 2])


async def in_pairs(phone: Phone, lab: World) -> None:
    """Two messages at a time, each through any gateway: either may be the first."""
    for _ in range(PAIRS):
        await asyncio.gather(phone.write(lab.session, lab.urls), phone.write(lab.session, lab.urls))


async def replayed(phones: list[Phone], lab: World) -> None:
    """Everything that was ever sent comes again, shuffled, to either gateway."""
    sent = [(phone, update) for phone in phones for update in phone.sent]
    for chunk in range(0, REPLAYS, 50):
        again = random.choices(sent, k=min(50, REPLAYS - chunk))
        taken = await asyncio.gather(
            *(phone.post(update, lab.session, random.choice(lab.urls)) for phone, update in again)
        )
        assert all(taken), "a replay is acknowledged, or it comes again forever"
