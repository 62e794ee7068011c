"""How long the danger screen takes. Run: python -m benchmarks.bench_screen

Prints p50 and p99 in milliseconds for messages of several lengths, and the cost of a glance.
Times are processor time of this thread, so that a busy machine does not distort them.
"""

import json
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks import figures
from bot.screen import SpacyScreen

CASES = Path(__file__).parent.parent / "tests" / "bot" / "danger_cases.jsonl"


def measure(run: Callable[[str], object], texts: list[str], rounds: int) -> tuple[float, float]:
    """p50 and p99 in milliseconds."""
    for text in texts[:50]:
        run(text)
    taken = []
    for _ in range(rounds):
        for text in texts:
            begun = time.thread_time()
            run(text)
            taken.append((time.thread_time() - begun) * 1000)
    taken.sort()
    return taken[len(taken) // 2], taken[int(len(taken) * 0.99)]


def main() -> None:
    """Print the table."""
    begun = time.thread_time()
    screen = SpacyScreen()
    print(f"built in {time.thread_time() - begun:.2f} s")
    cases = [json.loads(line)["text"] for line in CASES.read_text("utf-8").splitlines()]
    story = "\n".join(cases)
    found = {}
    for length, rounds in ((0, 20), (300, 5), (1000, 5), (5000, 3), (100_000, 1)):
        texts = cases
        if length:
            count = 3 if length > 10_000 else 100
            longer = story * (1 + 2 * length // len(story))
            texts = [longer[i * 37 : i * 37 + length] for i in range(count)]
        p50, p99 = measure(screen.screen, texts, rounds)
        label = f"{length} characters" if length else "single messages"
        found[label] = {"p50": round(p50, 2), "p99": round(p99, 2)}
        print(f"screen, {label:>18}: p50 {p50:8.3f} ms   p99 {p99:8.3f} ms")
    p50, p99 = measure(screen.glance, cases, 20)
    print(f"glance, {'single messages':>18}: p50 {p50 * 1000:8.1f} us   p99 {p99 * 1000:8.1f} us")
    figures.keep("screen", {"processor_ms": found})


if __name__ == "__main__":
    main()
