"""Finds every rule in a sequence of words, in time linear in its length.

spaCy's Matcher was measured first: a gap of up to n words doubles its states n times, and 5,000
characters took 0.9 s. Here all rules share one tree of prefixes, so most words are dismissed by
one look-up, and what a gap can cost is bounded by its width.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from bot.screen.rules import Gap, Pattern, Rule


@dataclass(slots=True)
class _Node:
    """What may follow a prefix: a word, a class, a gap; and the rules that end here."""

    words: dict[str, "_Node"] = field(default_factory=dict)
    classes: dict[str, "_Node"] = field(default_factory=dict)
    gaps: dict[Gap, "_Node"] = field(default_factory=dict)
    ends: list[Rule] = field(default_factory=list)


class RuleMatcher:
    """All rules as one tree. Immutable once built."""

    def __init__(
        self,
        rules: Sequence[Rule],
        classes: Mapping[str, str],
        barriers: Collection[str],
        soft: str,
    ) -> None:
        self._classes = classes
        self._barriers = frozenset(barriers)
        self._soft = soft
        self._root = _Node()
        for rule in rules:
            for pattern in rule.patterns:
                self._insert(pattern, rule)

    def matches(self, forms: Sequence[str]) -> Iterator[tuple[Rule, int, int]]:
        """Every (rule, first, end) in the words, by its first word."""
        classes = [self._classes.get(form, "-") for form in forms]
        root = self._root
        for first, form in enumerate(forms):
            if form in root.words or classes[first] in root.classes:
                yield from self._from(first, forms, classes)

    def _from(
        self, first: int, forms: Sequence[str], classes: Sequence[str]
    ) -> Iterator[tuple[Rule, int, int]]:
        waiting = [(self._root, first)]
        seen: set[tuple[int, int]] = set()
        while waiting:
            node, position = waiting.pop()
            if (id(node), position) in seen:
                continue
            seen.add((id(node), position))
            for rule in node.ends:
                yield rule, first, position
            for gap, after in node.gaps.items():
                waiting.extend((after, end) for end in self._reach(gap, position, forms))
            if position < len(forms):
                by_word = node.words.get(forms[position])
                if by_word is not None:
                    waiting.append((by_word, position + 1))
                by_class = node.classes.get(classes[position])
                if by_class is not None:
                    waiting.append((by_class, position + 1))

    def _reach(self, gap: Gap, position: int, forms: Sequence[str]) -> Iterator[int]:
        """Where a gap may end: nowhere behind a denial or the end of a sentence."""
        yield position
        for reached in range(position, min(position + gap.width, len(forms))):
            form = forms[reached]
            if form in self._barriers or (form == self._soft and not gap.crosses_commas):
                return
            yield reached + 1

    def _insert(self, pattern: Pattern, rule: Rule) -> None:
        node = self._root
        for part in pattern:
            if isinstance(part, Gap):
                node = node.gaps.setdefault(part, _Node())
            elif part.isupper():
                node = node.classes.setdefault(part, _Node())
            else:
                node = node.words.setdefault(part, _Node())
        node.ends.append(rule)
