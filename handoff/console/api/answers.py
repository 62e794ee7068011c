"""The shapes of the answers to single requests, beside those that views share."""

from typing import Annotated, Any, Literal

from pydantic import Field
from typing_extensions import TypedDict

from core.audit import Verb
from core.conversation import Author, Outcome
from core.signalement.todo import Why
from handoff.board import Cause, Light
from handoff.console.api.shapes import (
    AvailabilityWord,
    Card,
    Detail,
    Id,
    IssueWord,
    LanguageWord,
    Me,
    Message,
    Moment,
    Note,
    OneOf,
    SkillWord,
    StaffRoleWord,
    Summary,
    UrgencyWord,
)


class Changed(TypedDict):
    """The conversation as it is now."""

    summary: Summary


class Code(TypedDict):
    """The words to read out, and until when they hold."""

    words: str
    until: Moment


class Sheet(TypedDict):
    """The emergency sheet. `opaque`: the contact is an id of the platform, for the police."""

    contact: str | None
    opaque: bool
    channel: str
    account: str
    opened_at: Moment
    heard_at: Moment | None
    card: Card


class Promises(TypedDict):
    """Those to whom something is promised, soonest first."""

    follow_ups: list[Summary]


class Number(TypedDict):
    """Where to call."""

    number: str


class Passed(Changed):
    """The conversation as it is now, and the listeners' notes while it is the asker's."""

    notes: list[Note]


class Said(TypedDict):
    """The message as it was kept."""

    message: Message


class Past(Detail):
    """An earlier conversation, and how it ended."""

    outcome: Annotated[str, OneOf(Outcome)] | None
    tags: list[str]


class Hit(TypedDict):
    """A message that holds the words; `text` is cut around the first of them."""

    id: Id
    seq: int
    author: Annotated[str, OneOf(Author)]
    at: Moment
    text: str
    start: int
    end: int


class Hits(TypedDict):
    """The newest first, 50 at most."""

    hits: list[Hit]


class Replies(TypedDict):
    """Prepared replies, and what the service calls itself."""

    service: str
    replies: list[dict[str, Any]]


class Tags(TypedDict):
    """What may be said of a conversation that ends, besides its outcome."""

    tags: list[str]


class Able(TypedDict):
    """What somebody can do, and how many conversations they are given at a time."""

    id: Id
    name: str
    trades: list[SkillWord]
    languages: list[LanguageWord]
    capacity: int | None


class Team(TypedDict):
    """Everyone who answers people. `capacity` is the number of whoever has none of their own."""

    team: list[Able]
    capacity: int


class Earlier(TypedDict):
    """The same contact's last five conversations before this one. `withheld`: how many of them are
    not shown, since a child wrote there, or may have, and it is not known to be who writes here."""

    conversations: list[Past]
    withheld: int


class Apart(TypedDict):
    """What another wrote before in a conversation, which its Detail leaves out."""

    messages: list[Message]


class Channel(TypedDict):
    """How a channel does; `code` is a short word for its trouble."""

    name: str
    state: Literal["up", "paused", "off", "down"]
    code: str | None


class Channels(TypedDict):
    """Every channel there is."""

    channels: list[Channel]


class Session(TypedDict):
    """A sign-in, and coarsely on what. `here` is the asker's own."""

    id: str
    device: str
    since: Moment
    seen_at: Moment
    here: bool


class Sessions(TypedDict):
    """Sign-ins that hold, the last used first."""

    sessions: list[Session]


class Key(TypedDict):
    """A security key."""

    id: str
    label: str
    added_at: Moment


class Factors(TypedDict):
    """Second factors of the asker's account."""

    totp: bool
    keys: list[Key]
    recovery_left: int


class FactorsChanged(Factors):
    """With new recovery codes, which are told this once."""

    codes: list[str]
    me: Me


class Codes(Factors):
    """New recovery codes in place of the old ones."""

    codes: list[str]


class Application(TypedDict):
    """A secret for an application on a phone, also as a picture (SVG) to scan."""

    secret: str
    picture: str
    ticket: str


class NewKey(TypedDict):
    """What `PublicKeyCredential.parseCreationOptionsFromJSON` takes."""

    options: dict[str, Any]
    ticket: str


class Account(TypedDict):
    """One account, for those who manage them."""

    id: Id
    login: str
    name: str
    role: StaffRoleWord
    disabled: bool
    invited_until: Moment | None
    second_factor: bool
    must_enrol: bool
    created_at: Moment


class Accounts(TypedDict):
    """Every account."""

    accounts: list[Account]


class AccountChanged(TypedDict):
    """An account as it is now."""

    account: Account


class AccountInvited(AccountChanged):
    """With the token of its invitation, which is told nowhere else."""

    invitation: str


class Invited(TypedDict):
    """Whose invitation it is."""

    login: str
    name: str


class Entry(TypedDict):
    """One entry of the audit. `readable` is false once the person was erased."""

    seq: int
    at: Moment
    verb: Annotated[str, OneOf(Verb)]
    actor: Id | None
    actor_name: str | None
    conversation: Id | None
    object: str | None
    object_name: str | None
    reason: str | None
    details: dict[str, str]
    readable: bool


class Entries(TypedDict):
    """A page of the audit, the newest first; `next` is the `before` of the one that follows."""

    entries: list[Entry]
    next: int | None


class Row(Summary):
    """A conversation on the board."""

    listener_id: Id | None


class Count(TypedDict):
    """How many wait, and since when the longest."""

    channel: str
    urgency: UrgencyWord
    count: int
    since: Moment


class Colleague(TypedDict):
    """Somebody who may answer."""

    id: Id
    name: str
    me: bool
    present: bool
    availability: AvailabilityWord
    since: Moment | None


class Colleagues(TypedDict):
    """Everyone who may answer."""

    colleagues: list[Colleague]


class AtTheDesk(TypedDict):
    """A listener on the board, and how many conversations they hold."""

    id: Id
    name: str
    role: StaffRoleWord
    present: bool
    availability: AvailabilityWord
    since: Moment | None
    held: int


class Trend(TypedDict):
    """Conversations of an issue; null: of all together."""

    issue: IssueWord | None
    now: int
    usual: float
    surge: bool
    week: int
    week_before: int


class Occupancy(TypedDict):
    """What those who take people now hold, and what they could hold."""

    held: int
    capacity: int


class AnsweredLately(TypedDict):
    """Those first answered in the last hour; `p90` in seconds, null for fewer than ten."""

    count: int
    p90: int | None


class Board(TypedDict):
    """The desk at a glance; 200 rows of each kind, `counts` has them all."""

    now: Moment
    light: Annotated[str, OneOf(Light)]
    causes: list[Annotated[str, OneOf(Cause)]]
    waiting: list[Row]
    counts: list[Count]
    alarms: list[Row]
    held: list[Row]
    listeners: list[AtTheDesk]
    channels: list[Channel]
    occupancy: Occupancy
    answered: AnsweredLately
    trends: list[Trend]


class BoardChanged(TypedDict):
    """The conversation as it is now."""

    summary: Row


class Line(TypedDict):
    """A line of a table; null: masked."""

    key: str
    label: str
    cells: list[int | float | None]


class Table(TypedDict):
    """One table of a report. `ordered`: its rows are moments that follow each other."""

    name: str
    title: str
    columns: list[str]
    unit: str
    ordered: bool
    rows: list[Line]


class Report(TypedDict):
    """The figures of a period."""

    first: str
    last: str
    title: str
    total: int | None
    threshold: int
    tables: list[Table]


class Paper(TypedDict):
    """A paper of the service. Version 0 is what it began with."""

    version: int
    body: dict[str, Any]
    at: Moment | None
    by: str | None


class Papers(TypedDict):
    """Its versions, the newest first."""

    versions: list[Paper]


class Service(TypedDict):
    """A service that people are directed to."""

    id: str
    name: str
    text: dict[str, str]
    number: str | None
    sms: str | None
    link: str | None
    region: str | None
    unchecked: bool


class Checklist(TypedDict):
    """Steps to read out, by *tu* and *vous*."""

    id: str
    name: str
    steps: dict[str, list[str]]


class Directory(TypedDict):
    """Every service and check-list."""

    services: list[Service]
    checklists: list[Checklist]


class Given(TypedDict):
    """A service that the person was directed to, and what they said to it."""

    entry: str
    at: Moment
    seq: int
    by_bot: bool
    agreed: bool | None


class Orientations(TypedDict):
    """What fits, the best first, and what was suggested."""

    fitting: list[str]
    given: list[Given]


class Suggested(TypedDict):
    """The message that was said."""

    seq: int
    text: str


class Agreed(TypedDict):
    """What was suggested so far."""

    given: list[Given]


class Available(TypedDict):
    """What the listener says of themselves."""

    availability: AvailabilityWord


class Slip(TypedDict):
    """A file put aside: never its content."""

    id: Id
    sha256: str
    size: int
    mime: str
    destroy_at: Moment
    destroyed_at: Moment | None
    asked_by: str | None
    reason: str | None
    agreed: bool
    looked: bool


class Slips(TypedDict):
    """What waits for a second person."""

    asked: list[Slip]


class Deadline(TypedDict):
    """By when a platform must have answered."""

    due_at: Moment
    overdue: bool
    remind: bool


class CaseNotice(TypedDict):
    """A notice in the list of dossiers."""

    platform: str
    state: str
    sending: str | None
    deadline: Deadline | None


class CaseTodo(TypedDict):
    """What waits for somebody about a notice, since or from `at`."""

    notice: Id
    why: Annotated[str, OneOf(Why)]
    at: Moment
    due: bool


class CasesTodo(TypedDict):
    """How much waits for somebody by now."""

    due: int


class CaseRow(TypedDict):
    """A dossier in the list: never a word of what it holds."""

    id: Id
    conversation: Id | None
    opened_at: Moment
    issue: IssueWord | None
    hold: bool
    approved: bool | None
    todo: list[CaseTodo]
    notices: list[CaseNotice]


class Cases(TypedDict):
    """The dossiers that the asker may see."""

    cases: list[CaseRow]


class Dossier(TypedDict):
    """A dossier whole; `case` is described in `docs/signalement.md`."""

    case: dict[str, Any]
    version: int
    proposed: list[str]
    withholds_name: bool
    destroyable: bool
    may_review: bool
    tell_hindrance: Literal["held", "elsewhere", "erasing", "telephone", "gone", "another"] | None
    left_out: list[int]
    todo: list[CaseTodo]


class Lack(TypedDict):
    """What keeps a notice from being sent, and where."""

    code: str
    where: str
    text: str


class Lacks(TypedDict):
    """All of it."""

    problems: list[Lack]


class Catalogue(TypedDict):
    """Platforms, law and authorities, as the page needs them."""

    platforms: list[dict[str, Any]]
    qualifications: list[dict[str, Any]]
    authorities: list[dict[str, Any]]


class LetterField(TypedDict):
    """One field of an authority's form, ready to copy."""

    label: str
    value: str


class Letter(TypedDict):
    """What an authority would be told, field by field and as one text, and what it still lacks."""

    problems: list[Lack]
    form: list[LetterField]
    text: str


class Export(TypedDict):
    """A dossier that proves itself; see `docs/signalement.md`."""

    format: str
    public_key: str
    fingerprint: str
    case: dict[str, Any]
    files: dict[str, Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]]
    signature: str
