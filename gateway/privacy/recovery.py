"""The way back to a lost master key: a sealed file with the copies, and its code on paper.

The file holds RELAIS_MASTER_KEY under a code of 160 random bits; neither opens anything without
the other. So the file may lie where the copies lie, and the paper in a safe where no copy is. Such
a code needs no slow hash. After a rotation the file holds the old key only: make a new one.
"""

import base64
import binascii
import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from core.errors import ConfigurationError, RelaisError
from core.sealing import parse_master_keys

RECOVERY_FILE = "relais.recovery"
_KIND = "relais recovery 1"
_CODE_BYTES, _SALT_BYTES, _NONCE_BYTES = 20, 16, 12
_LARGEST = 64 << 10
# Nobody writes these digits, so whoever reads one from paper means the letter.
_MISREAD = str.maketrans("018", "OIB")


class RecoveryRefused(RelaisError):
    """The code does not open this recovery file: look for a mistyped letter, or another paper."""


def make(master_key: str, *, now: datetime) -> tuple[bytes, str]:
    """A recovery file's content, and the code that opens it, in groups of four letters."""
    secret, salt = secrets.token_bytes(_CODE_BYTES), secrets.token_bytes(_SALT_BYTES)
    nonce = secrets.token_bytes(_NONCE_BYTES)
    fields = {
        "kind": _KIND,
        "made_at": now.isoformat(timespec="seconds"),
        "opens": fingerprint(master_key),
        "salt": salt.hex(),
    }
    sealed = nonce + AESGCM(_stretched(secret, salt)).encrypt(
        nonce, master_key.encode(), _bound(fields)
    )
    code = base64.b32encode(secret).decode()
    groups = "-".join(code[start : start + 4] for start in range(0, len(code), 4))
    return json.dumps({**fields, "sealed": sealed.hex()}, indent=1).encode() + b"\n", groups


def recover(content: bytes, code: str) -> str:
    """The RELAIS_MASTER_KEY in a recovery file. Raises RecoveryRefused."""
    fields = _fields(content)
    letters = "".join(filter(str.isalnum, code)).upper().translate(_MISREAD)
    try:
        secret = base64.b32decode(letters)
        sealed, salt = bytes.fromhex(fields.pop("sealed")), bytes.fromhex(fields["salt"])
        nonce, ciphertext = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        plain = AESGCM(_stretched(secret, salt)).decrypt(nonce, ciphertext, _bound(fields))
    except (ValueError, TypeError, LookupError, binascii.Error, InvalidTag):
        raise RecoveryRefused from None
    return plain.decode()


def opens(content: bytes, master_key: str) -> bool:
    """Whether a recovery file holds this master key as the current one; needs no code.

    Raises RecoveryRefused for what is no recovery file.
    """
    return hmac.compare_digest(str(_fields(content).get("opens")), fingerprint(master_key))


def write_new(path: Path, content: bytes) -> None:
    """Keep a recovery file, readable by its owner. Raises ConfigurationError: one is there."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise ConfigurationError(
            f"{path} is there already, and its paper still opens it: move it away first."
        ) from None
    except OSError as error:
        raise RelaisError(f"{path} cannot be written ({error.strerror}).") from None
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def fingerprint(master_key: str) -> str:
    """What tells one current master key from another, and nothing of either."""
    current = next(iter(parse_master_keys(master_key).values()))
    return hmac.digest(current, b"relais recovery fingerprint", hashlib.sha256).hex()[:16]


def _fields(content: bytes) -> dict[str, Any]:
    try:
        fields = json.loads(content[:_LARGEST])
    except (ValueError, RecursionError):
        fields = None
    if not isinstance(fields, dict) or fields.get("kind") != _KIND:
        raise RecoveryRefused("This is no recovery file.")
    return fields


def _stretched(secret: bytes, salt: bytes) -> bytes:
    return HKDF(SHA256(), length=32, salt=salt, info=_KIND.encode()).derive(secret)


def _bound(fields: Mapping[str, Any]) -> bytes:
    return json.dumps(fields, sort_keys=True).encode()
