"""What a second gateway process brings on one database: messages a second, kept and acknowledged.

    .venv/bin/python -m benchmarks.bench_processes

Each gateway has a core of its own where the machine has one; who writes shares the rest. In turn,
so that a slow moment hits both. The difference to twice as much is what coordination costs.
"""

import argparse
import asyncio
import json
import os
import statistics
import tempfile
from pathlib import Path

from benchmarks.bench_gateway import gateway, post_many


async def measure(rounds: int, messages: int) -> dict[str, float]:
    """Messages a second with one process, and with two."""
    one, two = list[float](), list[float]()
    cores = sorted(os.sched_getaffinity(0))
    with tempfile.TemporaryDirectory() as folder:
        async with (
            gateway(Path(folder), rasa_port=1) as (first, its_pid),
            gateway(Path(folder), rasa_port=1) as (second, other_pid),
        ):
            os.sched_setaffinity(its_pid, {cores[0]})
            os.sched_setaffinity(other_pid, {cores[-1]})
            for _ in range(rounds):
                rate, _ = await post_many(first, messages)
                one.append(rate)
                both = await asyncio.gather(
                    post_many(first, messages // 2), post_many(second, messages // 2)
                )
                two.append(sum(rate for rate, _ in both))
    single, double = statistics.median(one), statistics.median(two)
    return {
        "cores": len(cores),
        "one_per_s": round(single),
        "two_per_s": round(double),
        "ratio": round(double / single, 2),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--messages", type=int, default=1000)
    asked = parser.parse_args()
    print(json.dumps(asyncio.run(measure(asked.rounds, asked.messages))))


if __name__ == "__main__":
    main()
