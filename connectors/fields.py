"""Taking things out of a vendor's JSON, for which nobody vouches.

Each answer is of the type asked for, or nothing: what is missing, of a wrong type, or longer than
any platform makes it, is not there. Nothing here raises, whatever JSON can say.
"""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

Json: TypeAlias = Mapping[str, object]

NOTHING: Json = {}

# Far above what anybody can type on a platform; more of it is not theirs.
_LONGEST_TEXT = 16_384
# An id is a key: a cut one would be somebody else's, so a longer one is none. Links are longer.
_LONGEST_ID = 512
_LONGEST_LINK = 4_000
_LARGEST = 2**64
# Before this there were no webhooks; an earlier moment is a zero or a damaged number.
_EARLIEST = datetime(2015, 1, 1, tzinfo=UTC)
# Clocks differ a little; a moment further ahead would leave the time to answer open for ever.
_AHEAD = timedelta(minutes=5)
# Seconds until the year 5138; anything above counts milliseconds.
_SECONDS = 100_000_000_000
_WHOLE = re.compile(r"-?[0-9]{1,19}")
_NAME = re.compile(r"[A-Za-z_]{1,40}")


def obj(value: Json, key: str) -> Json:
    """The object there, or an empty one."""
    return as_obj(value.get(key))


def as_obj(value: object) -> Json:
    """The value itself if it is an object, or an empty one."""
    return value if isinstance(value, dict) else NOTHING


def items(value: Json, key: str) -> Sequence[object]:
    """The list there, or an empty one."""
    found = value.get(key)
    return found if isinstance(found, list) else ()


def objects(value: Json, key: str) -> list[Json]:
    """The objects of the list there; a lone object counts as a list of one."""
    found = value.get(key)
    listed = found if isinstance(found, list) else [found]
    return [each for each in listed if isinstance(each, dict)]


def text(value: Json, key: str) -> str | None:
    """The words there as somebody wrote them; None for empty ones."""
    found = value.get(key)
    return _clean(found[:_LONGEST_TEXT]) or None if isinstance(found, str) else None


def ident(value: Json, key: str) -> str | None:
    """The id, code, name or type there; a number as its digits."""
    return _word(value.get(key), _LONGEST_ID)


def link(value: Json, key: str) -> str | None:
    """What may be longer than an id: a link, or what stands behind a button."""
    return _word(value.get(key), _LONGEST_LINK)


def idents(value: Json, key: str) -> list[str]:
    """The ids of the list there."""
    return [found for each in items(value, key) if (found := _word(each, _LONGEST_ID)) is not None]


def number(value: Json, key: str) -> int | None:
    """The whole number there, or its digits; none that is longer than any id."""
    found = ident(value, key)
    return int(found) if found and _WHOLE.fullmatch(found) else None


def degrees(value: Json, key: str) -> float | None:
    """The latitude or longitude there."""
    found = value.get(key)
    if isinstance(found, bool) or not isinstance(found, int | float):
        return None
    return found if abs(found) <= 180 else None


def place(value: Json, latitude: str, longitude: str) -> str | None:
    """A place as `48.8584,2.2945`, to about a metre."""
    where = [degrees(value, latitude), degrees(value, longitude)]
    if None in where:
        return None
    return ",".join(f"{each:.6f}".rstrip("0").rstrip(".") for each in where)


def moment(value: Json, key: str) -> datetime | None:
    """The moment there, in seconds or milliseconds, as a number or its digits."""
    found = value.get(key)
    digits = f"{found:.0f}" if isinstance(found, float) else ident(value, key)
    if digits is None or not (digits.isascii() and digits.isdigit() and len(digits) <= 14):
        return None
    count = int(digits)
    seconds, milliseconds = (count, 0) if count < _SECONDS else divmod(count, 1000)
    at = datetime.fromtimestamp(seconds, tz=UTC) + timedelta(milliseconds=milliseconds)
    return at if at >= _EARLIEST else None


def happened(value: Json, key: str, *, now: datetime) -> datetime | None:
    """When something happened, by the moment there; never after `now`."""
    at = moment(value, key)
    return min(at, now) if at is not None and at <= now + _AHEAD else None


def is_true(value: Json, key: str) -> bool:
    """Whether `true` itself stands there."""
    return value.get(key) is True


def name_of(found: object) -> str:
    """The name of a field or type, fit for a counter; `other` for what is no name."""
    return found if isinstance(found, str) and _NAME.fullmatch(found) else "other"


def fingerprint(*parts: object) -> str:
    """A short digest of JSON values: the same for the same, and telling nothing of them."""
    written = json.dumps(parts, sort_keys=True, default=str)
    return hashlib.sha256(written.encode()).hexdigest()[:32]


def _word(found: object, longest: int) -> str | None:
    if isinstance(found, int) and not isinstance(found, bool) and abs(found) < _LARGEST:
        return str(found)
    if isinstance(found, str) and 0 < len(found.strip()) <= longest:
        return _clean(found.strip())
    return None


def _clean(found: str) -> str:
    """The same; half a surrogate pair, which JSON can write and nothing can store, is replaced."""
    return found.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
