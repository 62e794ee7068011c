"""Where a child's output goes: a file that never grows without bound, and a short memory of it."""

import contextlib
from io import FileIO
from pathlib import Path
from types import TracebackType
from typing import Self

_LARGEST = 5_000_000
_KEPT = 3
_REMEMBERED = 4_000


class ChildLog:
    """Appends bytes to a file; beyond a size it becomes `.1`, the older ones `.2`, `.3`.

    What a full disk does not take is dropped, and the next is tried again: whoever writes must not
    be held up by a log, or a gateway would stand still just when it has to say so.
    """

    def __init__(self, path: Path, *, largest: int = _LARGEST) -> None:
        self.path = path
        self._largest = largest
        self._tail = b""
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = FileIO(path, "ab")

    def write(self, data: bytes) -> None:
        """Append at once: a log is read while things go wrong."""
        self._tail = (self._tail + data)[-_REMEMBERED:]
        with contextlib.suppress(OSError):
            if self._file.tell() + len(data) > self._largest and self._file.tell():
                self._rotate()
            self._file.write(data)

    def last_lines(self, count: int) -> list[str]:
        """The end of what was written since this object was made."""
        return self._tail.decode(errors="replace").strip().splitlines()[-count:]

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.close()

    def _rotate(self) -> None:
        for age in range(_KEPT, 0, -1):
            younger = self.path if age == 1 else self._aged(age - 1)
            if younger.exists():
                younger.replace(self._aged(age))
        fresh = FileIO(self.path, "ab")
        self._file.close()
        self._file = fresh

    def _aged(self, age: int) -> Path:
        return self.path.with_name(f"{self.path.name}.{age}")
