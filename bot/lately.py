"""What was read lately, so that words on their way to the assistant need not be read twice.

Kept under a keyed hash: no word of anybody stays. A few hundred readings, the oldest go first.
"""

import hashlib
import secrets
import threading
from collections import OrderedDict
from collections.abc import Mapping

#: Far more messages than are read while one waits for its answer.
MOST = 256


class Lately:
    """The likely intents of the texts last read. Safe to use from several threads."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._key = secrets.token_bytes(32)
        self._kept: OrderedDict[bytes, Mapping[str, float]] = OrderedDict()
        self._lock = threading.Lock()

    def keep(self, text: str, intents: Mapping[str, float]) -> None:
        """Remember how likely each intent is in this text."""
        name = self._name(text)
        with self._lock:
            self._kept[name] = intents
            self._kept.move_to_end(name)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)

    def of(self, text: str) -> Mapping[str, float] | None:
        """What was kept of exactly this text, if it was read lately."""
        with self._lock:
            return self._kept.get(self._name(text))

    def forget(self) -> None:
        """Another model reads from now on."""
        with self._lock:
            self._kept.clear()

    def _name(self, text: str) -> bytes:
        written = text.encode("utf-8", "surrogatepass")
        return hashlib.blake2b(written, key=self._key, digest_size=16).digest()
