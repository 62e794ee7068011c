"""Passwords of listeners: argon2id, and one-time passwords that can be read out on the phone."""

import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

# The library's defaults follow RFC 9106 (low memory): argon2id, 64 MiB, 3 passes. About 50 ms.
_hasher = PasswordHasher()

# No letter that looks or sounds like another one, no digit.
_CONSONANTS, _VOWELS = "bdfgjklmnprstvz", "aeiou"
_GROUPS, _SYLLABLES = 4, 3


def hash_password(password: str) -> str:
    """An argon2id string, with its salt and parameters. Costs CPU: call it in a thread."""
    return _hasher.hash(password)


def verify_password(password_hash: str, password: str) -> bool:
    """Whether the password is the one that was hashed; a damaged hash opens for nobody.

    Costs CPU: call it in a thread.
    """
    try:
        return _hasher.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


def waste_time(password: str) -> None:
    """Take as long as a verification, so that an unknown login answers no faster."""
    verify_password(_nobody(), password)


def new_one_time_password() -> str:
    """Such as `kodusa-lirabe-fomiva-zetuno`: 74 bits, to be replaced at the first sign-in."""
    return "-".join(
        "".join(secrets.choice(_CONSONANTS) + secrets.choice(_VOWELS) for _ in range(_SYLLABLES))
        for _ in range(_GROUPS)
    )


@cache
def _nobody() -> str:
    """A hash of nothing anyone knows, made with today's parameters."""
    return hash_password(secrets.token_hex(16))
