"""Second factors without keys: codes of an application on a phone, and codes to recover with.

Functions from an account to the account after, or `Refused`; they are decided inside one
transaction, so that a code is taken once, whatever the processes do.
"""

import hashlib
import hmac
import io
import secrets
from dataclasses import replace
from datetime import datetime

import pyotp
import segno

from core.accounts import Listener, Totp
from core.errors import Refused

ISSUER = "Relais"
RECOVERY_CODES = 10

# Seconds of one code (RFC 6238), and how many periods a phone's clock may be off.
_PERIOD, _TOLERANCE = 30, 1
# No letter that looks like another one, no vowel that makes words. 12 of 20: 51 bits.
_ALPHABET = "bcdfghjkmnpqrstvwxyz"
_GROUP = 4


def new_secret() -> str:
    """A secret for an authenticator application: 160 bits in base32."""
    return pyotp.random_base32()


def address(secret: str, login: str) -> str:
    """What an authenticator application reads from the picture."""
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=ISSUER)


def picture(text: str) -> str:
    """A QR code as an SVG document without styles, scripts or outside references."""
    drawn = io.BytesIO()
    segno.make(text, error="m").save(drawn, kind="svg", scale=4, light="#fff", xmldecl=False)
    return drawn.getvalue().decode()


def is_code(text: str) -> bool:
    """Whether a text has the form of an application's code: six digits, however spaced."""
    digits = "".join(text.split())
    return len(digits) == 6 and digits.isascii() and digits.isdigit()


def current_step(secret: str, code: str, now: datetime, *, after: int = 0) -> int | None:
    """The period a code belongs to, if it is right now and of a later period than `after`."""
    if not is_code(code):
        return None
    code = "".join(code.split())
    this, totp = int(now.timestamp()) // _PERIOD, pyotp.TOTP(secret)
    for step in range(this - _TOLERANCE, this + _TOLERANCE + 1):
        if hmac.compare_digest(totp.generate_otp(step), code) and step > after:
            return step
    return None


def with_code(listener: Listener, code: str, now: datetime) -> Listener:
    """The account after a code was taken. Raises Refused: wrong, old, or taken before."""
    if listener.totp is None:
        raise Refused
    step = current_step(listener.totp.secret, code, now, after=listener.totp.last_step)
    if step is None:
        raise Refused
    return _stepped(listener, totp=Totp(secret=listener.totp.secret, last_step=step))


def with_recovery_code(listener: Listener, code: str) -> Listener:
    """The account after a recovery code was used up. Raises Refused."""
    wanted = recovery_hash(listener, code)
    left = tuple(one for one in listener.recovery if not hmac.compare_digest(one, wanted))
    if not listener.has_second_factor or len(left) == len(listener.recovery):
        raise Refused
    return _stepped(listener, recovery=left)


def new_recovery_codes() -> tuple[str, ...]:
    """Such as `bdfg-hjkm-npqr`: shown once, each good for one sign-in."""

    def group() -> str:
        return "".join(secrets.choice(_ALPHABET) for _ in range(_GROUP))

    return tuple("-".join(group() for _ in range(3)) for _ in range(RECOVERY_CODES))


def recovery_hash(listener: Listener, code: str) -> str:
    """What is kept of a recovery code. Long enough to need no slow hash, and sealed besides."""
    letters = "".join(letter for letter in code.lower() if letter in _ALPHABET)
    return hashlib.sha256(f"recovery|{listener.id}|{letters}".encode()).hexdigest()


def _stepped(listener: Listener, **changes: object) -> Listener:
    return replace(listener, second_steps=listener.second_steps + 1, **changes)  # type: ignore[arg-type]
