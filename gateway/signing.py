"""The signature of what we send to systems of others: who knows the secret can check it."""

import hmac
from collections.abc import Mapping
from datetime import datetime


def signed(secret: bytes, body: bytes, now: datetime) -> Mapping[str, str]:
    """The headers of a JSON body: `X-Relais-Signature` is `sha256=` and the HMAC of the timestamp,
    a dot and the raw body."""
    stamp = str(int(now.timestamp()))
    mac = hmac.digest(secret, stamp.encode() + b"." + body, "sha256").hex()
    return {
        "Content-Type": "application/json",
        "X-Relais-Timestamp": stamp,
        "X-Relais-Signature": f"sha256={mac}",
    }
