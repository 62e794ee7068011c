"""A signalement: one case, the evidence picked for it, and one notice for each platform.

Frozen types only. What is missing or wrong is told by `core.signalement.checks`, what may happen
next by `core.signalement.moves`. Evidence is copied into the case, never pointed at: the
conversation may be purged or erased while the case goes on.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from core.conversation import Author
from core.ids import ConversationId, ListenerId
from core.labels import AgeBand, Issue


class ContentKind(StrEnum):
    """What a platform is asked to look at."""

    PROFILE = "profile"
    POST = "post"
    COMMENT = "comment"
    STORY = "story"
    VIDEO = "video"
    LIVE = "live"
    MESSAGE = "message"
    GROUP = "group"
    GAME = "game"


class Visibility(StrEnum):
    """Who can see the content, as the listener found it."""

    PUBLIC = "public"
    PRIVATE = "private"
    GONE = "gone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One thing to be removed: by its exact address, or by the account it comes from."""

    kind: ContentKind
    url: str = ""
    handle: str = ""
    visibility: Visibility = Visibility.PUBLIC


class NoticeState(StrEnum):
    """How far one notice got."""

    DRAFT = "draft"
    VALIDATED = "validated"
    DISPATCHED = "dispatched"
    RECEIVED = "received"
    REMOVED = "removed"
    REFUSED = "refused"
    APPEALED = "appealed"


OPEN_STATES = frozenset({NoticeState.DISPATCHED, NoticeState.RECEIVED, NoticeState.APPEALED})


class DispatchStatus(StrEnum):
    """What became of a sending. `unknown`: it may or may not have arrived; a person decides.
    `stopped`: nothing left, because what it needs did not hold any more when its turn came."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    STOPPED = "stopped"


class Route(StrEnum):
    """How a notice travels: by mail, to a platform's API, or copied into its form by hand."""

    MAIL = "mail"
    HTTPS = "https"
    FORM = "form"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispatch:
    """One sending. `error` is a code, never a server's free text (of one that was stopped, the
    code of `checks.REASONS` or of `moves` that stopped it); `attempts` counts refusals for
    now, after each of which it waits until `due_at`."""

    route: Route
    status: DispatchStatus
    queued_at: datetime
    due_at: datetime
    attempts: int = 0
    sent_at: datetime | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What one platform is told. `document` is the SHA-256 of the PDF it was validated with,
    `wording` what is sent beside it, fixed in the same moment: its form and its fields, as JSON.

    `reminded_at` is when the platform was asked again, `team_told_at` when the team was told that
    somebody has to do something about it. `looked_at`: the content, once removed, was still gone.
    `told_at`: the person was told that there is news.
    """

    id: str
    platform: str
    state: NoticeState = NoticeState.DRAFT
    category: str = ""
    targets: tuple[Target, ...] = ()
    details: Mapping[str, str] = field(default_factory=dict)
    document: str | None = None
    wording: str = ""
    dispatch: Dispatch | None = None
    dispatched_at: datetime | None = None
    received_at: datetime | None = None
    decided_at: datetime | None = None
    reference: str = ""
    refusal: str = ""
    appeal: str = ""
    appealed_at: datetime | None = None
    reminded_at: datetime | None = None
    watch_until: datetime | None = None
    looked_at: datetime | None = None
    seen_again_at: datetime | None = None
    told_at: datetime | None = None
    team_told_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """A message picked as evidence, word for word. `proves` are ids of constituent elements."""

    seq: int
    author: Author
    text: str
    at: datetime
    proves: tuple[str, ...] = ()

    @property
    def sha256(self) -> str:
        """The hash of the words as UTF-8."""
        return hashlib.sha256(self.text.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """A picture of the content, made by the listener or sent by the person.

    `kept` tells whether the bytes are with the case, or only their hash. `intimate`: whether it
    shows a body; None: nobody has said so yet.
    """

    id: str
    sha256: str
    mime: str
    size: int
    added_at: datetime
    added_by: ListenerId
    taken_at: datetime | None = None
    caption: str = ""
    intimate: bool | None = None
    kept: bool = True
    proves: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Enclosed:
    """A file of a conversation that was copied for a judge, and is no picture: a voice, a film, a
    document. `sha256` and `size` are those of what we had; None where we never had it, or it was
    gone before the copy was asked for.

    `kept` tells whether the bytes are with the case: not while they are being copied. `destroyed`
    are those that nobody may or should keep: they are not copied again. They lie in `parts` pieces,
    none longer than a database takes at once.
    """

    id: str
    seq: int
    at: datetime
    type: str
    mime: str | None = None
    size: int | None = None
    sha256: str | None = None
    parts: int = 0
    kept: bool = False
    destroyed: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """What its pieces are called, in their order."""
        return tuple(f"{self.id}-{number}" for number in range(1, self.parts + 1))


class ConsentGiver(StrEnum):
    """Who agreed to the signalement. The person responsible for a child consents by asking."""

    VICTIM = "victim"
    PARENT = "parent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """Something that somebody at the helpline stated, and when: consent, good faith, a review."""

    by: ListenerId
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Review(Declared):
    """What a second person, a lawyer of the service, says of a case as it then stands."""

    approved: bool = True
    remarks: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent(Declared):
    """The agreement of the person concerned, as the listener heard it."""

    giver: ConsentGiver


class Authority(StrEnum):
    """Where else a case can go, with a form of its own (`core.signalement.authorities`)."""

    PHAROS = "pharos"
    BRIGADE_NUMERIQUE = "brigade_numerique"
    ENFANCE_EN_DANGER = "119"
    SCHOOL = "ecole"


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalation(Declared):
    """The case was passed on to an authority; `letter` is what it was told, word for word."""

    authority: Authority
    reference: str = ""
    letter: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold(Declared):
    """The case may not be destroyed: a judge or the police asked for it, or evidence is needed."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One entry of the chain of evidence; see `core.signalement.evidence`."""

    number: int
    at: datetime
    by: ListenerId | None
    kind: str
    subject: str
    content: str
    previous: str
    signature: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One dossier. `told` are constituent elements that the explanation itself shows. `tell`:
    the person agreed to be written to where they wrote, once content is gone. `letters`: what was
    written for an authority alone, by its id and the field of its form. `enclosed`: files of
    a copy for a judge that are no pictures. `content` in the last of `steps` is the hash of all the
    rest of it."""

    id: str
    conversation_id: ConversationId | None
    opened_by: ListenerId
    opened_at: datetime
    issue: Issue | None = None
    qualifications: tuple[str, ...] = ()
    victim_age: int | None = None
    victim_band: AgeBand | None = None
    explanation: str = ""
    told: tuple[str, ...] = ()
    consent: Consent | None = None
    good_faith: Declared | None = None
    tell: Declared | None = None
    review: Review | None = None
    hold: Hold | None = None
    quotes: tuple[Quote, ...] = ()
    captures: tuple[Capture, ...] = ()
    notices: tuple[Notice, ...] = ()
    escalations: tuple[Escalation, ...] = ()
    letters: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    enclosed: tuple[Enclosed, ...] = ()
    steps: tuple[Step, ...] = ()

    @property
    def of_a_minor(self) -> bool | None:
        """Whether the victim is under 18; None when nothing is known."""
        if self.victim_age is not None:
            return self.victim_age < 18
        return None if self.victim_band is None else self.victim_band is not AgeBand.MAJEUR

    def may_show(self, capture: Capture) -> bool:
        """Whether the picture of one of its captures may be looked at or drawn: never an intimate
        one of a minor, and as long as the age is unknown the victim counts as one."""
        return capture.kept and not (capture.intimate and self.of_a_minor is not False)

    @property
    def files(self) -> tuple[str, ...]:
        """The names of all that may be kept beside it, whether it is there or not: captures, pieces
        of enclosed files, papers. Whoever destroys the case destroys these."""
        pieces = (name for one in self.enclosed for name in one.names)
        return (
            *(one.id for one in self.captures),
            *pieces,
            *(one.id for one in self.notices),
        )

    def file(self, file_id: str) -> Enclosed | None:
        """One of its enclosed files."""
        return next((one for one in self.enclosed if one.id == file_id), None)

    def notice(self, notice_id: str) -> Notice | None:
        """One of its notices."""
        return next((one for one in self.notices if one.id == notice_id), None)
