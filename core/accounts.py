"""The people who work at the helpline, and their sign-ins."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.ids import ConversationId, ListenerId
from core.skills import NO_SKILLS, Skills


class StaffRole(StrEnum):
    """What an account may do. An admin manages accounts and reads no conversation."""

    LISTENER = "listener"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True, kw_only=True)
class Totp:
    """Codes of an application on a phone (RFC 6238). `secret` is base32; `last_step` the period of
    the last code that was taken: no code is taken twice, nor an older one after it."""

    secret: str
    last_step: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SecurityKey:
    """A WebAuthn credential. `id` and `public_key` are base64url; `site` is the host it is for."""

    id: str
    public_key: str
    sign_count: int
    site: str
    label: str
    added_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """A link with which somebody chooses their own password, once; only its hash is kept."""

    secret_hash: str
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Listener:
    """One account. `name` is the first name shown to people who write in.

    `password_hash` is an argon2id string, empty until an invitation is accepted. `one_time` says
    that the password was given out by somebody else and must be replaced at the first sign-in.
    `recovery` are hashes of the codes that stand in for a lost second factor, each good for once.
    `second_steps` counts sign-ins with a second factor: what was begun before the last is over.
    `capacity` is how many conversations they are given at a time; None: as many as the desk gives.
    """

    id: ListenerId
    login: str
    name: str
    role: StaffRole
    password_hash: str
    created_at: datetime
    one_time: bool = False
    disabled: bool = False
    invitation: Invitation | None = None
    totp: Totp | None = None
    keys: tuple[SecurityKey, ...] = ()
    recovery: tuple[str, ...] = ()
    second_steps: int = 0
    skills: Skills = NO_SKILLS
    capacity: int | None = None

    @property
    def has_second_factor(self) -> bool:
        """Whether a password alone does not open this account."""
        return self.totp is not None or bool(self.keys)


class Availability(StrEnum):
    """What a listener says of themselves. It takes nothing away from them."""

    AVAILABLE = "available"
    PAUSE = "pause"
    PHONE = "phone"
    OFF = "off"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attendance:
    """A listener's last sign of life, and what they say of themselves `since` when.

    `writes_in` is where they were writing at `writes_at`, of which only the last is known.
    """

    listener_id: ListenerId
    seen_at: datetime
    availability: Availability = Availability.AVAILABLE
    since: datetime | None = None
    writes_in: ConversationId | None = None
    writes_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A sign-in at the console, found by the hash of a token that only the browser holds.

    `label` says coarsely what browser it is; no address is kept.
    """

    token_hash: str
    listener_id: ListenerId
    created_at: datetime
    seen_at: datetime
    label: str = ""
