"""The gateway as it is, but nobody works behind it: what it accepts is kept, and stays waiting.

Started with `serve` and the settings of any gateway. Tells acceptance apart from the reading.
"""

import os

# As gateway/__main__.py does, before numpy is imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from core.work import Lease
from gateway import service
from gateway.cli import main
from gateway.workers import Worker


class Idle(Worker):
    """A worker of any lane that finds nothing to do."""

    async def _claim(self) -> list[Lease]:
        return []


if __name__ == "__main__":
    service.Worker = Idle  # type: ignore[attr-defined]
    main()
