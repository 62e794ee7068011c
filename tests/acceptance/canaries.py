"""What people write, and what opens their doors, stands in no log of any process."""

import json
from collections.abc import Iterable
from pathlib import Path

# What the tests' listeners answer and sign in with: never in a log either.
_OURS = ("je suis là", "a long enough password", "a much better password")
# A shorter word, such as "slt", stands in a log by chance.
_SHORTEST = 8


def check_logs(folder: Path, said: Iterable[str]) -> None:
    """Every log file below `folder`, tracebacks included, holds nothing of what was `said`."""
    logs = sorted(path for path in folder.rglob("*.log") if path.is_file())
    assert logs, "no process wrote a log"
    words = [word for word in (*said, *_OURS) if len(word) >= _SHORTEST]
    assert words
    for log in logs:
        text = log.read_text(errors="replace")
        for word in words:
            # As it is, and as JSON has it.
            for form in {word, json.dumps(word)[1:-1]}:
                assert form not in text, f"{log.name} holds what somebody wrote"
    assert any(log.stat().st_size for log in logs), "the logs are empty: nothing was looked at"
