"""What both engines share of the audit: sealing a deed, opening an entry, checking the chain."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

from pydantic import TypeAdapter

from core.audit import Chain, ChainBroken, Deed, Entry, Link, Mark
from core.errors import SealBroken
from core.ids import ConversationId, ListenerId
from core.sealing import DataKey
from core.storage.records import from_micros, to_micros

# How many entries are read at once to check them.
_STRETCH = 1000


@dataclass(frozen=True, slots=True)
class _Particulars:
    """What of an entry is sealed."""

    object: str | None = None
    reason: str | None = None
    details: Mapping[str, str] = field(default_factory=dict)


_PARTICULARS = TypeAdapter(_Particulars)


def sealed(deed: Deed, before: Mark, key: DataKey, chain: Chain) -> Link:
    """The entry of `deed` after `before`, its particulars sealed under `key`."""
    plain = _PARTICULARS.dump_json(_Particulars(deed.object, deed.reason, deed.details))
    return chain.join(
        before,
        at=to_micros(deed.at),
        verb=deed.verb.value,
        actor=deed.actor,
        conversation=deed.conversation,
        subject=key.subject,
        body=key.seal(plain, place=_place(before.seq + 1)),
    )


def opened(link: Link, key: DataKey | None) -> Entry:
    """What is left to read of an entry: all of it, or only who, what and when."""
    found = _particulars(link, key)
    told = found or _Particulars()
    return Entry(
        seq=link.seq,
        verb=link.verb,
        at=from_micros(link.at),
        actor=ListenerId(link.actor) if link.actor else None,
        conversation=ConversationId(link.conversation) if link.conversation else None,
        object=told.object,
        reason=told.reason,
        details=told.details,
        readable=found is not None,
    )


async def checked(
    chain: Chain,
    start: Mark,
    signature: str,
    stretch: Callable[[int, int], Awaitable[Sequence[Link]]],
    anchors: Sequence[Mark],
) -> Mark:
    """Check every entry after `start`, read by `stretch(after, limit)`, and return the head.

    Raises ChainBroken, also for an anchor that the chain does not go through. Anchors from before
    what was purged prove nothing any more and are passed by.
    """
    chain.vouch(start, signature)
    expected = {anchor.seq: anchor.link for anchor in anchors if anchor.seq >= start.seq}
    head = start
    while links := await stretch(head.seq, _STRETCH):
        for place in (head, *(Mark(link.seq, link.link) for link in links)):
            _require(place, expected)
        head = chain.follow(head, links)
    _require(head, expected)
    if missing := [seq for seq in expected if seq > head.seq]:
        raise ChainBroken(min(missing))
    return head


def _require(place: Mark, expected: Mapping[int, str]) -> None:
    if expected.get(place.seq, place.link) != place.link:
        raise ChainBroken(place.seq)


def _particulars(link: Link, key: DataKey | None) -> _Particulars | None:
    if key is None:
        return None
    try:
        return _PARTICULARS.validate_json(key.open(link.body, place=_place(link.seq)))
    except (SealBroken, TypeError, ValueError):
        return None


def _place(seq: int) -> str:
    return f"audit|{seq}"
