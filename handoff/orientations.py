"""Directing people to other services: what the directory offers, what they said to it.

`directory.yml` beside this file is what the directory begins with, and the one source of every
number in the product.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

import yaml

from core import transitions
from core.accounts import Listener
from core.clock import Clock
from core.conversation import Conversation, Message
from core.directory import HOME, Directory, Service, directory_from
from core.errors import NotFound
from core.hours import IsHoliday
from core.ids import ConversationId
from core.ports import Phrasebook, Store
from core.regions import region_of, region_told
from handoff.desk import Desk
from handoff.papers import Papers

SOURCE = Path(__file__).with_name("directory.yml")


@lru_cache(1)
def first_directory() -> Mapping[str, Any]:
    """The directory as it is delivered."""
    return cast("Mapping[str, Any]", yaml.safe_load(SOURCE.read_text(encoding="utf-8")))


async def directory_of(papers: Papers) -> Directory:
    """The directory as it counts now."""
    return directory_from((await papers.current("directory")).body)


class Orientations:
    """The commands of the console that direct people, for one listener at a time."""

    def __init__(
        self,
        *,
        desk: Desk,
        store: Store,
        papers: Papers,
        phrases: Phrasebook,
        clock: Clock,
        is_holiday: IsHoliday,
    ) -> None:
        self._desk = desk
        self._store = store
        self._papers = papers
        self._phrases = phrases
        self._clock = clock
        self._is_holiday = is_holiday

    async def directory(self) -> Directory:
        """The directory as it counts now."""
        return await directory_of(self._papers)

    async def fitting(
        self, listener: Listener, conversation_id: ConversationId
    ) -> tuple[Sequence[Service], Conversation]:
        """The services that fit a conversation of the listener's own, those of the country that
        the person says they are in, or their number is of, before ours. Raises NotFound."""
        conversation, _ = await self._desk.read(listener, conversation_id, after=10**9)
        directory = await self.directory()
        contact = await self._store.contact(conversation.contact_id)
        now = self._clock()
        number = region_of(contact.channel, contact.address)
        region = region_told(conversation.assessment, number)
        fits = [
            service
            for region in dict.fromkeys((region, HOME))
            for service in directory.fitting(
                conversation.assessment, now=now, is_holiday=self._is_holiday, region=region
            )
        ]
        return fits, conversation

    async def suggest(
        self, listener: Listener, conversation_id: ConversationId, entry_id: str, *, client_id: str
    ) -> Message:
        """Suggest a service, or give a check-list, once a `client_id`.

        Raises NotFound for what the directory does not have, Refused for whoever is not the owner.
        """
        entry = (await self.directory()).entry(entry_id)
        if entry is None:
            raise NotFound
        return await self._desk.say(
            listener,
            conversation_id,
            client_id,
            lambda conversation: transitions.suggest(
                conversation,
                listener,
                entry,
                client_id=client_id,
                now=self._clock(),
                phrases=self._phrases,
            ),
        )

    async def note_agreement(
        self, listener: Listener, conversation_id: ConversationId, service: str, *, agreed: bool
    ) -> Conversation:
        """Note what the person said to a suggestion. Raises Refused."""
        return await self._desk.decide(
            conversation_id,
            lambda conversation: transitions.note_agreement(
                conversation,
                listener,
                service,
                agreed,
                now=self._clock(),
                phrases=self._phrases,
            ),
        )
