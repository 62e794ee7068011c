"""A sealed file of named pieces: one half of a copy, read back only whole and with the master key.

The key of the file is wrapped by the master key, as data keys are. Each piece is sealed under its
number, and the last one says that it is: a file that was cut, reordered or altered does not open.
"""

import contextlib
import json
import os
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

from core.errors import RelaisError, SealBroken
from core.ids import new_id
from core.sealing import DataKey, Vault

_MAGIC = b"relais copy 1\n"
_LENGTH_BYTES = 4
_NAME_BYTES = 2
_LARGEST = 64 << 20
_NAME_SIGNS = 8
# Whoever writes a file goes on writing: one untouched for so long was left by a process that died.
_ABANDONED_SECONDS = 3600
_END = ""


class CopyBroken(RelaisError):
    """This file is no copy, is not whole, or does not open under this master key."""


class Writer:
    """Writes a file under a passing name; it appears whole when the block ends well."""

    def __init__(self, path: Path, vault: Vault, *, kind: str, now: datetime) -> None:
        self._path = path
        self._passing = passing(path)
        subject = f"copy|{new_id()}"
        self._key, wrapped = vault.new_key(subject)
        header = {
            "kind": kind,
            "made_at": now.isoformat(),
            "subject": subject,
            "wrapped": wrapped.hex(),
        }
        self._header = json.dumps(header).encode()
        self._number = 0
        self._file: BinaryIO

    def __enter__(self) -> Self:
        descriptor = os.open(self._passing, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        self._file = os.fdopen(descriptor, "wb")
        self._file.write(_MAGIC + self._header + b"\n")
        return self

    def write(self, name: str, content: bytes) -> None:
        """Add a piece. Raises OSError."""
        encoded = name.encode()
        piece = len(encoded).to_bytes(_NAME_BYTES, "big") + encoded + content
        sealed = self._key.seal(piece, place=f"copy|{self._number}")
        self._file.write(len(sealed).to_bytes(_LENGTH_BYTES, "big") + sealed)
        self._number += 1

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if error is None:
                self.write(_END, b"")
                self._file.flush()
                os.fsync(self._file.fileno())
            self._file.close()
            if error is None:
                self._passing.replace(self._path)
        finally:
            self._passing.unlink(missing_ok=True)


def passing(path: Path) -> Path:
    """The name under which a file is written until it is whole."""
    return path.with_name(f".{path.name}.{new_id()[:_NAME_SIGNS]}")


def sweep(folder: Path) -> None:
    """Remove what was never finished: keys in there would outlive an erasure. Raises OSError."""
    for left in folder.glob(f".relais*.{'?' * _NAME_SIGNS}"):
        with contextlib.suppress(FileNotFoundError):
            if time.time() - left.stat().st_mtime > _ABANDONED_SECONDS:
                left.unlink()


def read(path: Path, vault: Vault, *, kind: str) -> Iterator[tuple[str, bytes]]:
    """The pieces of a file, in order. Raises CopyBroken, at its end at the latest, and OSError."""
    with path.open("rb") as file:
        key = _key(file, vault, kind)
        number = 0
        while True:
            name, content = _piece(file, key, number)
            if name == _END:
                if file.read(1):
                    raise CopyBroken
                return
            yield name, content
            number += 1


def check(path: Path, vault: Vault, *, kind: str) -> None:
    """Read a file to its end. Raises CopyBroken and OSError."""
    for _ in read(path, vault, kind=kind):
        pass


def _key(file: BinaryIO, vault: Vault, kind: str) -> DataKey:
    try:
        if file.readline(64) != _MAGIC:
            raise CopyBroken
        header: Any = json.loads(file.readline(4096))
        if header["kind"] != kind:
            raise CopyBroken(f"This file holds {header['kind']!r}, not {kind!r}.")
        return vault.unwrap(header["subject"], bytes.fromhex(header["wrapped"]))
    except (ValueError, LookupError, TypeError, SealBroken):
        raise CopyBroken from None


def _piece(file: BinaryIO, key: DataKey, number: int) -> tuple[str, bytes]:
    length = int.from_bytes(file.read(_LENGTH_BYTES), "big")
    if not 0 < length <= _LARGEST:
        raise CopyBroken
    try:
        piece = key.open(file.read(length), place=f"copy|{number}")
        size = int.from_bytes(piece[:_NAME_BYTES], "big")
        return piece[_NAME_BYTES:][:size].decode(), piece[_NAME_BYTES + size :]
    except (ValueError, SealBroken):
        raise CopyBroken from None
