"""Codes of five French words, by which somebody finds their conversation again elsewhere.

The list is our own: 2,048 plain words of four to ten letters, none that hurts, and no two that
differ by one letter only. Five of them drawn by chance hold 55 bits. A code is kept only as a slow
hash under a secret of the house: the database alone tells nothing about it, and whoever has the
secret as well pays some 30 ms for each of 2 ** 55 guesses.
"""

import re
import secrets
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from argon2.low_level import Type, hash_secret_raw

WORDS_IN_A_CODE = 5
# More than anybody types; what is longer is not looked at.
LONGEST_TYPED = 200

_LIST = Path(__file__).with_name("words.txt")
_NOT_A_LETTER = re.compile(r"[^a-z]+")


@dataclass(frozen=True, slots=True)
class Cost:
    """What one hash costs: memory in KiB, and passes over it.

    The least that OWASP's password storage cheat sheet asks of argon2id.
    """

    memory: int = 19_456
    passes: int = 2


@cache
def words() -> tuple[str, ...]:
    """The list, as it is shown."""
    return tuple(_LIST.read_text("utf-8").split())


def new_code() -> str:
    """Such as `agile citron hamac piano voile`, each word drawn by itself."""
    return " ".join(secrets.choice(words()) for _ in range(WORDS_IN_A_CODE))


def read_code(typed: str) -> str | None:
    """The code that somebody typed, in the one way it is hashed; None for what cannot be one.

    Capitals, accents and whatever stands between the words do not matter.
    """
    if len(typed) > LONGEST_TYPED:
        return None
    found = _plain(typed).split()
    if len(found) != WORDS_IN_A_CODE or not _known().issuperset(found):
        return None
    return " ".join(found)


def slow_hash(code: str, secret: bytes, cost: Cost) -> str:
    """What a code is found by. `code` is as `read_code` gives it. Costs CPU: call it in a thread.

    The salt is one secret for all codes, or a code could not be looked up by its hash.
    """
    return hash_secret_raw(
        code.encode(),
        secret,
        time_cost=cost.passes,
        memory_cost=cost.memory,
        parallelism=1,
        hash_len=16,
        type=Type.ID,
    ).hex()


@cache
def _known() -> frozenset[str]:
    return frozenset(_plain(word) for word in words())


def _plain(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text.lower().replace("œ", "oe"))
    bare = "".join(one for one in letters if not unicodedata.combining(one))
    return _NOT_A_LETTER.sub(" ", bare).strip()
