"""Sealing: nothing that a person wrote, and nothing that finds them, is stored in the clear.

Each contact and each conversation has a data key of its own, stored wrapped by a versioned master
key that lives outside the database. Destroying the wrapped key erases all that it sealed.
Values are sealed with AES-256-GCM; the associated data binds each to its place, so that a sealed
value moved to another row, column or conversation does not open.
"""

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from core.errors import ConfigurationError, SealBroken

_NONCE_BYTES = 12


@dataclass(frozen=True, slots=True, repr=False)
class DataKey:
    """An unwrapped data key. Lives in memory only; its `repr` shows nothing."""

    subject: str
    secret: bytes

    def seal(self, plaintext: bytes, *, place: str) -> bytes:
        """Nonce and ciphertext. `place` names table, row and field."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + AESGCM(self.secret).encrypt(nonce, plaintext, self._bound_to(place))

    def open(self, sealed: bytes, *, place: str) -> bytes:
        """The plaintext. Raises SealBroken."""
        try:
            return AESGCM(self.secret).decrypt(
                sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], self._bound_to(place)
            )
        except InvalidTag:
            raise SealBroken from None

    def _bound_to(self, place: str) -> bytes:
        return f"{self.subject}|{place}".encode()


class Vault:
    """Wraps data keys and hashes addresses with the master keys. Holds no state of its own.

    `master_keys` maps a version to 32 bytes; new keys are wrapped by the highest version. The
    look-up key is derived from the lowest, so that a rotation does not change anybody's hash.
    """

    def __init__(self, master_keys: Mapping[int, bytes]) -> None:
        if not master_keys or any(len(key) != 32 for key in master_keys.values()):
            raise ConfigurationError("RELAIS_MASTER_KEY must hold keys of 32 bytes each.")
        self._master_keys = dict(master_keys)
        self._current = max(master_keys)
        self._lookup = hmac.digest(master_keys[min(master_keys)], b"relais lookup", "sha256")

    def new_key(self, subject: str) -> tuple[DataKey, bytes]:
        """A fresh data key for `subject`, and its wrapped form for storage."""
        key = DataKey(subject, AESGCM.generate_key(256))
        nonce = secrets.token_bytes(_NONCE_BYTES)
        master = AESGCM(self._master_keys[self._current])
        wrapped = nonce + master.encrypt(nonce, key.secret, f"key|{subject}".encode())
        return key, self._current.to_bytes(2, "big") + wrapped

    def unwrap(self, subject: str, wrapped: bytes) -> DataKey:
        """The data key behind its wrapped form. Raises SealBroken."""
        master = self._master_keys.get(int.from_bytes(wrapped[:2], "big"))
        if master is None:
            raise SealBroken("The master key of this version is not configured.")
        nonce, sealed = wrapped[2 : 2 + _NONCE_BYTES], wrapped[2 + _NONCE_BYTES :]
        try:
            secret = AESGCM(master).decrypt(nonce, sealed, f"key|{subject}".encode())
        except InvalidTag:
            raise SealBroken from None
        return DataKey(subject, secret)

    def lookup(self, *parts: str) -> str:
        """A keyed hash that finds `parts` again without telling what they are."""
        message = "".join(f"{len(part)}:{part}" for part in parts).encode()
        return hmac.new(self._lookup, message, hashlib.sha256).hexdigest()

    def derived_secret(self, purpose: str) -> bytes:
        """32 bytes for one named purpose, such as signing web session tokens."""
        return hmac.digest(self._lookup, f"purpose|{purpose}".encode(), "sha256")


def parse_master_keys(text: str) -> dict[int, bytes]:
    """`RELAIS_MASTER_KEY`: one base64 key of 32 bytes, or `1:KEY,2:KEY` while rotating.

    Raises ConfigurationError, without repeating the value.
    """
    keys: dict[int, bytes] = {}
    for part in text.split(","):
        version, _, encoded = part.strip().rpartition(":")
        try:
            keys[int(version or 1)] = base64.b64decode(encoded, validate=True)
        except (ValueError, binascii.Error):
            raise ConfigurationError(
                "RELAIS_MASTER_KEY is not base64 (or VERSION:BASE64, comma separated)."
            ) from None
    if any(len(key) != 32 for key in keys.values()):
        raise ConfigurationError("RELAIS_MASTER_KEY: each key must be 32 bytes in base64.")
    return keys


def new_master_key() -> str:
    """A fresh value for `RELAIS_MASTER_KEY`."""
    return base64.b64encode(secrets.token_bytes(32)).decode()
