"""Small numbers are not shown, nor what would give them away.

A cell from 1 to 4 is masked. So that sums do not tell it, others of its line (row, and column where
the table has several) are masked with it, the smallest first, until those hidden could each be
anything from 1 to 5: of hidden cells that sum to S, each may be as much as S minus one for every
other. A masked cell therefore does not say that it is small. Where a line has nothing else to hide
behind, its zeros are masked as well. A total under 5 is masked with everything below it.
"""

from collections.abc import Iterable, Sequence
from typing import TypeAlias

# The smallest number of conversations that is shown.
THRESHOLD = 5

Cell: TypeAlias = int | None
_Place: TypeAlias = tuple[int, int]


def masked_total(total: int) -> Cell:
    """A total, or None where it is too small to be shown."""
    return None if 0 < total < THRESHOLD else total


def masked(counts: Sequence[Sequence[int]]) -> list[list[Cell]]:
    """The table with None for what may not be shown. Every row has as many cells as the first."""
    places = [(r, c) for r, row in enumerate(counts) for c in range(len(row))]
    hidden = {(r, c) for r, c in places if 0 < counts[r][c] < THRESHOLD}
    lines = _lines(counts)
    while more := {place for line in lines for place in _also(line, counts, hidden)} - hidden:
        hidden |= more
    return [
        [None if (r, c) in hidden else value for c, value in enumerate(row)]
        for r, row in enumerate(counts)
    ]


def _lines(counts: Sequence[Sequence[int]]) -> list[list[_Place]]:
    """What a reader can add up: columns always, rows where they hold more than one number."""
    height, width = len(counts), len(counts[0]) if counts else 0
    columns = [[(r, c) for r in range(height)] for c in range(width)]
    rows = [[(r, c) for c in range(width)] for r in range(height)] if width > 1 else []
    return [*columns, *rows]


def _also(
    line: Sequence[_Place], counts: Sequence[Sequence[int]], hidden: set[_Place]
) -> Iterable[_Place]:
    """What must be hidden besides, for nobody to work out what is hidden in this line."""
    behind = [counts[r][c] for r, c in line if (r, c) in hidden]
    if not behind or (len(behind) > 1 and sum(behind) - (len(behind) - 1) >= THRESHOLD):
        return ()
    shown = [(counts[r][c], (r, c)) for r, c in line if (r, c) not in hidden]
    filled = [one for one in shown if one[0]]
    return [min(filled)[1]] if filled else [place for _, place in shown]
