"""The shapes of the console's answers and frames: what `handoff.console.views` must return.

The type checker holds the views to them, the tests hold every answer to them, and the OpenAPI
document is made of them. One more field is one more line here.
"""

from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import Field, GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema
from typing_extensions import TypedDict

from core.accounts import Availability, StaffRole
from core.conversation import Author, DeliveryStatus, FileState, OwnerKind, TicketStatus
from core.events import MessageType
from core.follow_up import Kind, Stage
from core.labels import AgeBand, Issue, Role, Urgency
from core.permissions import Permission
from core.skills import Language, Skill


class OneOf:
    """A text that is one value of an enumeration."""

    def __init__(self, words: type[StrEnum]) -> None:
        self._words = [word.value for word in words]

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.literal_schema(self._words)


Id = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
Moment = Annotated[
    str,
    Field(
        pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$",
        json_schema_extra={"format": "date-time"},
    ),
]
UrgencyWord = Annotated[str, OneOf(Urgency)]
IssueWord = Annotated[str, OneOf(Issue)]
RoleWord = Annotated[str, OneOf(Role)]
AgeWord = Annotated[str, OneOf(AgeBand)]
TypeWord = Annotated[str, OneOf(MessageType)]
SkillWord = Annotated[str, OneOf(Skill)]
LanguageWord = Annotated[str, OneOf(Language)]
StaffRoleWord = Annotated[str, OneOf(StaffRole)]
AvailabilityWord = Annotated[str, OneOf(Availability)]


class Problem(TypedDict):
    """Why something was refused: a word for machines, and a sentence in French for people."""

    code: str
    message: str


class Error(TypedDict):
    """What every refusal says."""

    error: Problem


class Me(TypedDict):
    """The signed-in account. `must_enrol`: its role demands a second factor that it has not."""

    id: Id
    login: str
    name: str
    role: StaffRoleWord
    must_change_password: bool
    must_enrol: bool
    second_factor: bool
    permissions: list[Annotated[str, OneOf(Permission)]]


class Welcome(TypedDict):
    """Who is signed in."""

    me: Me


class Second(TypedDict):
    """The password was right, and this is missing: a code, or what a security key signs.

    `key` is what `PublicKeyCredential.parseRequestOptionsFromJSON` takes. A ticket holds 5 minutes.
    """

    account: Id
    ticket: str
    totp: bool
    key: dict[str, Any] | None


class SecondStep(TypedDict):
    """The answer to a right password where a second factor is needed."""

    second: Second


Offer = TypedDict(
    "Offer",
    {
        "to_me": bool,
        "to": str | None,
        "from": str | None,
        "summary": str,
        "until": Moment,
        "declined": bool,
    },
)


class Erasure(TypedDict):
    """The person asked that everything be erased; `due_at` is null until they confirmed it."""

    asked_at: Moment
    due_at: Moment | None


class Local(TypedDict):
    """What the clock says where the person is."""

    time: str
    place: str


class Promise(TypedDict):
    """What was asked or promised about writing or calling; never the number."""

    kind: Annotated[str, OneOf(Kind)]
    stage: Annotated[str, OneOf(Stage)]
    due_at: Moment | None
    local: Local | None
    by: str | None


class CodeState(TypedDict):
    """The code of a call: until when it holds, wrong codes typed since, and how many it bears."""

    until: Moment
    wrong: int
    left: int


class Writer(TypedDict):
    """Who wrote messages `since` to `until` (excluded), before another took the phone.

    `apart`: those messages are not shown to whoever answers the one who writes now.
    """

    since: int
    until: int
    role: RoleWord | None
    age_band: AgeWord | None
    apart: bool


class Summary(TypedDict):
    """All that the queue shows of a conversation; never a word of what was said.

    One with a lower `version` than one already seen is stale. `place` is the place in the line, to
    be sorted as text. `window_ends_at`: until when the platform lets us write freely. `writers`:
    who wrote here before the one of `role` and `age_band`, who began with message `writes_since`;
    `another_at`: the message with which the
    latter seems to begin, until a listener says. `raised_version`: the version in which the
    urgency last rose or danger was found; who has not seen it does not lower the urgency.
    """

    id: Id
    version: int
    channel: str
    origin: str | None
    previous: Id | None
    owner: Annotated[str, OneOf(OwnerKind)]
    listener: str | None
    mine: bool
    known_to: str | None
    known_to_me: bool
    offer: Offer | None
    ticket: Annotated[str, OneOf(TicketStatus)] | None
    urgency: UrgencyWord
    issue: IssueWord | None
    issue_secondary: IssueWord | None
    role: RoleWord | None
    age_band: AgeWord | None
    platform: str | None
    incomplete: bool
    unheard: bool
    opened_at: Moment | None
    waiting_since: Moment | None
    place: str | None
    claimed_at: Moment | None
    danger_since: Moment | None
    alarmed_at: Moment | None
    closed_at: Moment | None
    window_ends_at: Moment | None
    standby: bool
    skill: SkillWord | None
    language: LanguageWord | None
    alongside: bool
    readers: list[str | None]
    erasure: Erasure | None
    last_seq: int
    raised_version: int
    joined: Id | None
    code: CodeState | None
    follow_up: Promise | None
    writers: list[Writer]
    writes_since: int
    another_at: int | None


class Note(TypedDict):
    """A listener's words for colleagues. It is no message; nothing sends it."""

    id: str
    name: str | None
    text: str
    at: Moment | None


class File(TypedDict):
    """A file that somebody sent. `mime` is what its content was found to be, `filename` the
    sender's word."""

    id: Id
    type: TypeWord
    state: Annotated[str, OneOf(FileState)]
    mime: str | None
    filename: str | None
    size: int | None


class Reason(TypedDict):
    """Words that raised the urgency. Offsets count Unicode code points, `end` excluded."""

    start: int
    end: int
    rule: str
    urgency: UrgencyWord


class CardReason(Reason):
    """The same, with the number of its message."""

    seq: int


class Choice(TypedDict):
    """A button under a message."""

    id: str
    title: str


class Progress(TypedDict):
    """How far an outgoing message got. `unknown`: it may have arrived, and is never sent again."""

    status: Annotated[str, OneOf(DeliveryStatus)]
    error: str | None


class Message(TypedDict):
    """One message. `author` `elsewhere` is a colleague in the platform's own inbox; `type` is null
    for text. What the person deleted has `deleted_at` and no text."""

    seq: int
    author: Annotated[str, OneOf(Author)]
    name: str | None
    type: TypeWord | None
    text: str
    attachments: list[File]
    at: Moment | None
    edited_at: Moment | None
    deleted_at: Moment | None
    reply_to: int | None
    reaction: str | None
    forwarded: bool
    cid: str | None
    sentence: str | None
    choices: list[Choice]
    choice: str | None
    reasons: list[Reason]
    delivery: Progress | None


class Fact(TypedDict):
    """One thing learned, and the message it came from."""

    name: str
    value: str
    seq: int | None


class Shown(TypedDict):
    """A sentence of the catalogue that the person was shown."""

    seq: int
    sentence: str


class Card(TypedDict):
    """The hand-off card: what is known and why, what the person was shown, what is unknown."""

    urgency: UrgencyWord
    issue: IssueWord | None
    issue_secondary: IssueWord | None
    confidence: float | None
    role: RoleWord | None
    age_band: AgeWord | None
    platform: str | None
    incomplete: bool
    settled: bool
    reasons: list[CardReason]
    facts: list[Fact]
    shown: list[Shown]
    unknown: list[str]


class Detail(TypedDict):
    """A conversation that the asker may read."""

    summary: Summary
    card: Card
    notes: list[Note]
    messages: list[Message]


class Head(TypedDict):
    """The most urgent of a long queue, before the snapshot of a new connection: something to look
    at, and no word on who else waits."""

    type: Literal["head"]
    waiting: list[Summary]


class Snapshot(TypedDict):
    """After every connection, and whenever the server likes: replaces what was known. `build`
    names the page that this server gives out: an open page of another name is not the newest."""

    type: Literal["snapshot"]
    build: str
    waiting: list[Summary]
    mine: list[Summary]
    alarms: list[Summary]
    offered: list[Summary]
    along: list[Summary]
    now: Moment


class SummaryFrame(TypedDict):
    """A conversation changed: place it or remove it by `ticket`, `mine`, `alarmed_at`."""

    type: Literal["summary"]
    summary: Summary


class DetailFrame(Detail):
    """New or changed messages of a watched conversation."""

    type: Literal["detail"]


class Gone(TypedDict):
    """A watched conversation is no longer the asker's."""

    type: Literal["gone"]
    id: Id


class Typing(TypedDict):
    """The person of a conversation that I hold is writing: true for six seconds, or until a message
    of theirs. Told by the process that serves their browser, to the consoles that it serves."""

    type: Literal["typing"]
    id: Id


class Watch(TypedDict):
    """Tell me of my conversation: the messages after `after`, then what changes."""

    type: Literal["watch"]
    id: Id
    after: int


class Unwatch(TypedDict):
    """Tell me no more of it."""

    type: Literal["unwatch"]
    id: Id


class Active(TypedDict):
    """Somebody is at the keyboard, which lengthens the session."""

    type: Literal["active"]


ServerFrame = Head | Snapshot | SummaryFrame | DetailFrame | Gone | Typing
ClientFrame = Watch | Unwatch | Active
