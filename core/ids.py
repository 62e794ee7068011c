"""Identifiers: opaque, random, 128 bits, one distinct type each.

An id never carries meaning and is never derived from a person's data.
"""

import hashlib
import re
import secrets
from typing import NewType

ContactId = NewType("ContactId", str)
ConversationId = NewType("ConversationId", str)
MessageId = NewType("MessageId", str)
AttachmentId = NewType("AttachmentId", str)
ListenerId = NewType("ListenerId", str)

#: What `new_id` and `derived_id` give, for what comes from outside and must be one.
ID = re.compile(r"[0-9a-f]{32}")


def new_id() -> str:
    """32 hexadecimal characters from the operating system's random source."""
    return secrets.token_hex(16)


def derived_id(*parts: str) -> str:
    """The same 128-bit id for the same parts: makes a repeated command one command.

    Parts must themselves be opaque ids, never text or provider ids.
    """
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:32]
