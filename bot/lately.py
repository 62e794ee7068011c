"""What was read lately, so that the same words need not be read twice: on their way to the
assistant, or where a story is read again with each message that follows it.

Kept under a keyed hash: no word of anybody stays. The oldest readings go first.
"""

import hashlib
import secrets
import threading
from collections import OrderedDict

from bot.reading_model import Reading

#: Far more than are read while one message waits for its answer; 3 kB each.
MOST = 1024


class Lately:
    """The readings of the texts last read. Safe to use from several threads."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._key = secrets.token_bytes(32)
        self._kept: OrderedDict[bytes, Reading] = OrderedDict()
        self._lock = threading.Lock()

    def keep(self, text: str, reading: Reading) -> None:
        """Remember the reading of this text."""
        name = self._name(text)
        with self._lock:
            self._kept[name] = reading
            self._kept.move_to_end(name)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)

    def of(self, text: str) -> Reading | None:
        """The reading of exactly this text, if it was read lately."""
        with self._lock:
            return self._kept.get(self._name(text))

    def forget(self) -> None:
        """Another model reads from now on."""
        with self._lock:
            self._kept.clear()

    def _name(self, text: str) -> bytes:
        written = text.encode("utf-8", "surrogatepass")
        return hashlib.blake2b(written, key=self._key, digest_size=16).digest()
