"""Holds what was sent against what was kept, what reached each person, and what screens showed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from core.conversation import Author, Message
from tests.ui.shift.eyes import Eyes


@dataclass(frozen=True)
class Case:
    """One person's conversation, from all sides."""

    id: str
    channel: str
    # What the person sent and was told had arrived; what reached them; both in order.
    sent: Sequence[str]
    got: Sequence[str]
    kept: Sequence[Message]
    # What listeners wrote, in order, and who did.
    answered: Sequence[tuple[str, str]]


def lacks(case: Case, eyes: Mapping[str, Eyes]) -> list[str]:
    """What is wrong with a case, in words; nothing when all is well."""
    return [
        f"{case.channel}, {case.sent[0][:40]!r}: {wrong}"
        for wrong in (*_kept(case), *_reached(case), *_shown(case, eyes))
    ]


def _kept(case: Case) -> Iterable[str]:
    heard = [one.text for one in case.kept if one.author is Author.PERSON]
    if heard != list(case.sent):
        yield f"sent {case.sent}, kept {heard}"
    said = [one.text for one in case.kept if one.author is Author.LISTENER]
    if said != [words for _, words in case.answered]:
        yield f"answered {case.answered}, kept {said}"
    numbers = [one.seq for one in case.kept]
    if numbers != list(range(numbers[0], numbers[0] + len(numbers))):
        yield f"numbers repeat or leave a gap: {numbers}"


def _reached(case: Case) -> Iterable[str]:
    ours = [one for one in case.kept if one.author is not Author.PERSON]
    if len(case.got) != len(ours):
        yield f"{len(ours)} messages left, {len(case.got)} arrived"
    # A message may stand behind a line that a locked phone may show.
    for mine, arrived in zip(ours, case.got, strict=False):
        if not arrived.endswith(mine.text):
            yield f"{mine.text!r} left, {arrived!r} arrived in its place"
    for words, times in Counter(words for _, words in case.answered).items():
        arrived_times = sum(words in one for one in case.got)
        if arrived_times != times:
            yield f"{words!r} was written {times} times and arrived {arrived_times} times"


def _shown(case: Case, eyes: Mapping[str, Eyes]) -> Iterable[str]:
    """Whoever answered had all of it before them, word by word."""
    screens = {name: each.seen.get(case.id, {}) for name, each in eyes.items()}
    together: dict[int, tuple[str, str]] = {}
    for shown in screens.values():
        together |= shown
    for one in case.kept:
        if one.author not in (Author.PERSON, Author.LISTENER):
            continue
        if one.seq not in together:
            yield f"message {one.seq} was on no screen"
        elif together[one.seq] != (one.author.value, one.text):
            yield f"message {one.seq} was shown as {together[one.seq]}, kept as {one.text!r}"
    for name, shown in screens.items():
        if any(who == name for who, _ in case.answered) and not shown:
            yield f"{name} answered without seeing it"
