"""What `relais run` shows while it works: a live line in a terminal, plain lines elsewhere.

Everything goes to standard error; results are printed by the commands themselves.
"""

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext
from typing import IO, Protocol

_HEARTBEAT = 10.0


class Report(Protocol):
    """Progress of things that go on side by side, each under a name."""

    def begin(self, name: str, text: str) -> None:
        """Something takes a while from now on."""

    def end(self, name: str, text: str) -> None:
        """It came to its end, in this way."""

    def note(self, name: str, text: str) -> None:
        """Something happened."""

    def tick(self) -> None:
        """Called about once a second, so that waiting is seen to go on."""

    def shown(self) -> AbstractContextManager[object]:
        """The time during which progress is shown."""


class PlainReport:
    """One line an event, and one every ten seconds while something takes long."""

    def __init__(
        self, stream: IO[str] | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._stream = stream
        self._clock = clock
        self._since: dict[str, tuple[float, str]] = {}
        self._last_beat = clock()

    def begin(self, name: str, text: str) -> None:
        self._since[name] = (self._clock(), text)
        self._print(name, f"{text} …")

    def end(self, name: str, text: str) -> None:
        began, _ = self._since.pop(name, (self._clock(), ""))
        self._print(name, f"{text} ({self._clock() - began:.1f} s)")

    def note(self, name: str, text: str) -> None:
        self._print(name, text)

    def tick(self) -> None:
        if self._clock() - self._last_beat >= _HEARTBEAT:
            for name, (began, text) in self._since.items():
                self._print(name, f"{text} … {self._clock() - began:.0f} s")
            self._last_beat = self._clock()

    def shown(self) -> AbstractContextManager[object]:
        return nullcontext()

    def _print(self, name: str, text: str) -> None:
        print(f"relais: {name:<9} {text}", file=self._stream or sys.stderr, flush=True)
        self._last_beat = self._clock()


class TerminalReport:
    """Events as lines, and below them one line that names what is going on."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.live import Live
        from rich.spinner import Spinner

        self._console = Console(stderr=True, highlight=False)
        # Refreshed by tick(), so that no thread draws behind our back.
        self._live = Live(console=self._console, auto_refresh=False, transient=True)
        self._spinner = Spinner("dots")
        self._since: dict[str, tuple[float, str]] = {}

    def begin(self, name: str, text: str) -> None:
        self._since[name] = (time.monotonic(), text)
        self.tick()

    def end(self, name: str, text: str) -> None:
        began, _ = self._since.pop(name, (time.monotonic(), ""))
        self._print("green", "✓", name, f"{text} ({time.monotonic() - began:.1f} s)")

    def note(self, name: str, text: str) -> None:
        self._print("yellow", "·", name, text)

    def tick(self) -> None:
        from rich.text import Text

        now = time.monotonic()
        going_on = ", ".join(
            f"{n}: {text} {now - at:.0f} s" for n, (at, text) in self._since.items()
        )
        self._spinner.update(text=Text(going_on))
        self._live.update(self._spinner if going_on else Text(), refresh=True)

    def shown(self) -> AbstractContextManager[object]:
        return self._live

    def _print(self, colour: str, mark: str, name: str, text: str) -> None:
        from rich.text import Text

        self._console.print(Text.assemble((mark, colour), f" {name:<9} {text}"))


@asynccontextmanager
async def showing(report: Report) -> AsyncIterator[None]:
    """Show the progress of what happens in the block."""

    async def tick() -> None:
        while True:
            report.tick()
            await asyncio.sleep(0.5)

    with report.shown():
        ticking = asyncio.create_task(tick(), name="report")
        try:
            yield
        finally:
            ticking.cancel()


def report_for_this_terminal() -> Report:
    """The live report where somebody watches, plain lines everywhere else."""
    return TerminalReport() if sys.stderr.isatty() else PlainReport()
