"""A restore for practice: a copy is brought back into a place of its own, and read to its end.

A copy that nobody restored is a hope. This opens every conversation and message with the master
key at hand, checks the chain of the audit, and says how much there is. The live database is not
touched; nothing is sent, since no gateway runs on what is brought back.
"""

import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pydantic import SecretStr

from core.audit import ChainBroken
from core.errors import ConfigurationError, SealBroken
from core.ids import ConversationId
from core.ports import Store
from gateway.privacy.backup import restore
from gateway.settings import Settings
from gateway.stores import opened_store

_PAGE = 500
_BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)
_JUST_BEFORE = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Drilled:
    """What a copy was worth."""

    conversations: int
    messages: int
    # Conversations of which something does not open.
    broken: int
    held: int
    accounts: int
    # How far the audit goes; None: its chain is broken.
    audit: int | None

    @property
    def sound(self) -> bool:
        """Whether all of it can be read."""
        return not self.broken and self.audit is not None


async def drill(
    settings: Settings,
    data: Path,
    keys: Path,
    *,
    into: str | None,
    now: datetime,
    page: int = _PAGE,
) -> Drilled:
    """Restore a copy into `into`, an empty database, and read it; without, into a passing one.

    What is brought back into `into` stays there. Raises CopyBroken, ConfigurationError.
    """
    if into is not None:
        return await _drilled(_with(settings, into), data, keys, now, page)
    if not settings.database.startswith("sqlite:///"):
        raise ConfigurationError("--into: name an empty MongoDB database for this copy.")
    with tempfile.TemporaryDirectory(prefix="relais-drill-") as folder:
        passing = _with(settings, f"sqlite:///{folder}/drill.db")
        return await _drilled(passing, data, keys, now, page)


def _with(settings: Settings, url: str) -> Settings:
    if url == settings.database:
        raise ConfigurationError("--into: this is the live database; name another.")
    return settings.model_copy(update={"database_url": SecretStr(url)})


async def _drilled(settings: Settings, data: Path, keys: Path, now: datetime, page: int) -> Drilled:
    held = await restore(settings, data, keys, now=now)
    async with opened_store(settings) as store:
        conversations, messages, broken = await _read(store, page)
        try:
            audit = (await store.verify_audit()).seq
        except ChainBroken:
            audit = None
        return Drilled(
            conversations=conversations,
            messages=messages,
            broken=broken,
            held=held,
            accounts=len(await store.listeners()),
            audit=audit,
        )


async def _read(store: Store, limit: int) -> tuple[int, int, int]:
    """How many conversations and messages there are, and how many conversations do not open."""
    seen: set[ConversationId] = set()
    messages, broken, since = 0, 0, _BEGINNING
    while True:
        page = await store.changed_since(since, limit=limit)
        fresh = {one.conversation_id for one in page} - seen
        seen |= fresh
        for conversation_id in fresh:
            try:
                await store.conversation(conversation_id)
                messages += await _messages(store, conversation_id)
            except SealBroken:
                broken += 1
        if len(page) < limit:
            return len(seen), messages, broken
        # Conversations may share a moment, more of them than one page holds.
        since = page[-1].at - _JUST_BEFORE
        limit = limit if fresh else 2 * limit


async def _messages(store: Store, conversation_id: ConversationId) -> int:
    count, after = 0, 0
    while page := await store.messages(conversation_id, after=after, limit=_PAGE):
        count, after = count + len(page), page[-1].seq
    return count
