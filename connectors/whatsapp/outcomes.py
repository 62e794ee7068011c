"""What became of a request to the Graph API, in the kernel's words.

Codes are Meta's, from "Cloud API error codes"; none of its free text is kept.
"""

from datetime import timedelta

import httpx
from pywa_async.errors import WhatsAppError

from core.ports import Ambiguous, Failed, Held, Paused, Retry, SendOutcome

# Outside the 24 hours after the person's last message.
CLOSED = 131047
# Too fast, for the number, the account or this person; or Meta is unwell.
_LATER = frozenset({1, 2, 4, 80007, 130429, 131000, 131016, 131056, 131057})
# The token died or lost a permission.
_TOKEN = frozenset({0, 3, 10, 190, 131005, *range(200, 300)})
# Too many of our messages were blocked or reported.
_ABUSE = frozenset({131048, 131064})
# The account is blocked, unpaid or not registered: no message can go, whoever it is for.
_ACCOUNT = frozenset({368, 131031, 131037, 131042, 131045, 133010})
# This person can never be reached from this number.
_NEVER = frozenset({130497, 131021})
# A number that does not exist, or that the token may not use: code 100 with this subcode, or 33.
_NO_SUCH_NUMBER = 33
_TOO_FAST_FOR_ONE = 131056
_ONE_PER = timedelta(seconds=6)
_LONGEST_WAIT = 3600

# What pywa raises for an answer that is not of the form it expects.
UNREADABLE = (LookupError, ValueError, TypeError, AttributeError)
TROUBLE = (WhatsAppError, httpx.HTTPError, *UNREADABLE)


def outcome_of(error: BaseException) -> SendOutcome:
    """What an exception of `TROUBLE` means for a message that was being sent."""
    match error:
        case WhatsAppError():
            return _refused(error)
        case httpx.ConnectError() | httpx.ConnectTimeout() | httpx.PoolTimeout():
            return Retry("unreachable")
        case httpx.ProxyError() | httpx.UnsupportedProtocol():
            return Retry("unreachable")
        case httpx.HTTPError():
            # The request was written, at least in part: Meta may have taken it.
            return Ambiguous("timeout")
    return Ambiguous("response")


def _refused(error: WhatsAppError) -> SendOutcome:
    code, status = error.code, error.status_code or 0
    if code == CLOSED:
        return Held(str(code))
    if code in _LATER:
        return Retry(str(code), _asked_wait(error))
    if code in _TOKEN or status == httpx.codes.UNAUTHORIZED:
        return Paused("token")
    if code in _ABUSE:
        return Paused("abuse")
    if code in _ACCOUNT or code == _NO_SUCH_NUMBER or error.subcode == _NO_SUCH_NUMBER:
        return Paused("account")
    if status >= 500 or status == httpx.codes.TOO_MANY_REQUESTS:
        return Retry(str(code), _asked_wait(error))
    return Failed(str(code), stop=code in _NEVER)


def _asked_wait(error: WhatsAppError) -> timedelta | None:
    """How long Meta asks us to wait."""
    response = error.raw_response
    asked = response.headers.get("Retry-After", "") if response is not None else ""
    if asked.isascii() and asked.isdigit() and len(asked) < 10:
        return timedelta(seconds=min(int(asked), _LONGEST_WAIT))
    return _ONE_PER if error.code == _TOO_FAST_FOR_ONE else None
