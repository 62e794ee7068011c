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
_HIGHEST_VERSION = 65_535

# The root of look-ups is kept beside the data keys, under this name.
ROOT_SUBJECT = "root"


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

    def name(self, purpose: str) -> str:
        """A name for what belongs to the subject, for one purpose, that only this key can form."""
        return hmac.new(self.secret, f"name|{purpose}".encode(), hashlib.sha256).hexdigest()[:32]

    def _bound_to(self, place: str) -> bytes:
        return f"{self.subject}|{place}".encode()


class Vault:
    """Wraps data keys with the master keys, and hashes addresses with a secret that outlives them.

    `master_keys` maps a version to 32 bytes: the first one wraps new keys, the others only open
    what they once wrapped. The `root` of look-ups and of named secrets is random and stored wrapped
    in the database, so that a rotation changes nobody's hash and an old master key tells nothing:
    the store has it adopted as it opens. Before that the vault has one of its own.
    """

    def __init__(self, master_keys: Mapping[int, bytes], *, root: bytes | None = None) -> None:
        if not master_keys or any(len(key) != 32 for key in master_keys.values()):
            raise ConfigurationError("RELAIS_MASTER_KEY must hold keys of 32 bytes each.")
        self._master_keys = dict(master_keys)
        self.current = next(iter(master_keys))
        self._root = root or secrets.token_bytes(32)

    def wrapped_root(self, *, of_old: bool) -> bytes:
        """The root to store in a database that has none: a new one, or (`of_old`) the one that
        the first release derived from its lowest master key."""
        root = self._root
        if of_old:
            lowest = self._master_keys[min(self._master_keys)]
            root = hmac.digest(lowest, b"relais lookup", "sha256")
        return self.wrap(DataKey(ROOT_SUBJECT, root))

    def adopt_root(self, wrapped: bytes) -> None:
        """Use the root that a database holds. Raises SealBroken."""
        self._root = self.unwrap(ROOT_SUBJECT, wrapped).secret

    def new_key(self, subject: str) -> tuple[DataKey, bytes]:
        """A fresh data key for `subject`, and its wrapped form for storage."""
        key = DataKey(subject, AESGCM.generate_key(256))
        return key, self.wrap(key)

    def wrap(self, key: DataKey) -> bytes:
        """The form in which a data key is stored, under the present master key."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        master = AESGCM(self._master_keys[self.current])
        sealed = master.encrypt(nonce, key.secret, f"key|{key.subject}".encode())
        return self.current.to_bytes(2, "big") + nonce + sealed

    def rewrapped(self, subject: str, wrapped: bytes) -> bytes | None:
        """The same data key under the present master key; None when it is so already.

        Raises SealBroken.
        """
        if version_of(wrapped) == self.current:
            return None
        return self.wrap(self.unwrap(subject, wrapped))

    def unwrap(self, subject: str, wrapped: bytes) -> DataKey:
        """The data key behind its wrapped form. Raises SealBroken."""
        master = self._master_keys.get(version_of(wrapped))
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
        return hmac.new(self._root, message, hashlib.sha256).hexdigest()

    def derived_secret(self, purpose: str) -> bytes:
        """32 bytes for one named purpose, such as signing web session tokens."""
        return hmac.digest(self._root, f"purpose|{purpose}".encode(), "sha256")


def version_of(wrapped: bytes) -> int:
    """Which master key a data key is wrapped by."""
    return int.from_bytes(wrapped[:2], "big")


def parse_master_keys(text: str) -> dict[int, bytes]:
    """`RELAIS_MASTER_KEY`: one base64 key of 32 bytes, or `2:NEW,1:OLD` while rotating.

    The first one wraps new data keys. Raises ConfigurationError, without repeating the value.
    """
    keys: dict[int, bytes] = {}
    for part in text.split(","):
        version, _, encoded = part.strip().rpartition(":")
        try:
            number = int(version or 1)
            if number in keys or not 0 < number <= _HIGHEST_VERSION:
                raise ConfigurationError(
                    "RELAIS_MASTER_KEY: versions are numbers from 1 to 65535, each once."
                )
            keys[number] = base64.b64decode(encoded, validate=True)
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
