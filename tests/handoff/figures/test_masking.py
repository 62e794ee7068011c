"""No small number is shown, and none can be worked out."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff.figures.masking import THRESHOLD, Cell, masked, masked_total

SMALL = st.integers(0, 12)


def column(*counts: int) -> list[Cell]:
    return [row[0] for row in masked([[count] for count in counts])]


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ((10, 20, 0), [10, 20, 0]),
        # One small number takes the next smallest with it, or the total would tell it.
        ((3, 9, 20), [None, None, 20]),
        # Two ones that sum to two would tell themselves.
        ((1, 1, 30, 6), [None, None, 30, None]),
        ((4, 4, 30), [None, None, 30]),
        ((2, 0, 0), [None, None, None]),
    ],
)
def test_what_hides_with_a_small_number(counts: tuple[int, ...], shown: list[Cell]) -> None:
    assert column(*counts) == shown


@given(st.lists(SMALL, min_size=1, max_size=5))
def test_who_knows_the_total_and_all_that_is_shown_learns_no_small_number(
    counts: list[int],
) -> None:
    cells = column(*counts)
    assert not any(cell is not None and 0 < cell < THRESHOLD for cell in cells)
    hidden = [n for n, cell in enumerate(cells) if cell is None]
    if not hidden or len(hidden) == len(cells):
        return
    rest = sum(counts[n] for n in hidden)
    could_be = [one for one in product(range(1, rest + 1), repeat=len(hidden)) if sum(one) == rest]
    for place in range(len(hidden)):
        values = {one[place] for one in could_be}
        assert {1, THRESHOLD} <= values


@given(st.lists(st.lists(SMALL, min_size=3, max_size=3), min_size=1, max_size=5))
def test_every_row_and_column_hides_what_is_hidden_in_it(counts: list[list[int]]) -> None:
    table = masked(counts)
    lines = [list(zip(row, real, strict=True)) for row, real in zip(table, counts, strict=True)]
    lines += [list(line) for line in zip(*lines, strict=True)]
    for line in lines:
        behind = [real for shown, real in line if shown is None]
        free = len(behind) > 1 and sum(behind) - (len(behind) - 1) >= THRESHOLD
        assert not behind or free or len(behind) == len(line)


def test_a_total_too_small_is_hidden_and_none_is_no_secret() -> None:
    assert [masked_total(n) for n in (0, 1, 4, 5)] == [0, None, None, 5]
