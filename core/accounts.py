"""The people who work at the helpline, and their sign-ins."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.ids import ListenerId


class StaffRole(StrEnum):
    """What an account may do. An admin manages accounts and reads no conversation."""

    LISTENER = "listener"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listener:
    """One account. `name` is the first name shown to people who write in.

    `password_hash` is an argon2id string. `one_time` says that the password was given out by
    somebody else and must be replaced at the first sign-in.
    """

    id: ListenerId
    login: str
    name: str
    role: StaffRole
    password_hash: str
    created_at: datetime
    one_time: bool = False
    disabled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A sign-in at the console, found by the hash of a token that only the browser holds."""

    token_hash: str
    listener_id: ListenerId
    created_at: datetime
    seen_at: datetime
