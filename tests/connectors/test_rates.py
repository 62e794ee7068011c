"""The website chat's limits: exact within a minute, fading after it, bounded, and never awaited."""

from connectors.web.rates import WINDOW, Rates


class Seconds:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_a_minute_holds_so_many_and_no_more() -> None:
    clock = Seconds()
    rates = Rates(60, clock=clock)
    for _ in range(60):
        assert rates.hit("anne")
        clock.now += 0.9
    assert not rates.hit("anne")
    assert rates.hit("bilal")


def test_what_was_refused_does_not_count() -> None:
    clock = Seconds()
    rates = Rates(2, clock=clock)
    assert [rates.hit("anne") for _ in range(50)] == [True, True] + [False] * 48
    # Half of the last window is still in the minute before.
    clock.now += 1.5 * WINDOW
    assert [rates.hit("anne") for _ in range(3)] == [True, False, False]
    clock.now += 2 * WINDOW
    assert [rates.hit("anne") for _ in range(3)] == [True, True, False]


def test_those_who_left_are_forgotten() -> None:
    clock = Seconds()
    rates = Rates(60, clock=clock)
    for visitor in range(1000):
        rates.hit(str(visitor))
    clock.now += 2 * WINDOW
    rates.hit("anne")
    assert len(rates) == 1


def test_memory_is_bounded_whoever_comes() -> None:
    rates = Rates(1, keys=100, clock=Seconds())
    for visitor in range(10_000):
        assert rates.hit(str(visitor))
    assert len(rates) == 100
    assert not rates.hit("9999")
