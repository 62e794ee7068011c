"""One line of the doctor's report."""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """How a check ended. `off` is a choice, `warn` works but should be looked at."""

    OK = "ok"
    WARN = "warn"
    OFF = "off"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Check:
    """What was looked at, what was found, and how to mend it."""

    state: State
    name: str
    found: str
    mend: str = ""

    def __str__(self) -> str:
        mend = f" -> {self.mend}" if self.mend else ""
        return f"{self.state:<5} {self.name:<17} {self.found}{mend}"
