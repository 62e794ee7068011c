"""What requests of the console hold. A field that is not named here is passed by."""

from typing import Annotated, Any, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from core.conversation import Outcome
from core.follow_up import Kind
from core.notes import NOTE_LIMIT
from core.signalement.case import Authority, Route
from core.skills import Language, Skill
from core.transitions import Why
from handoff.choosing import CAPACITY_AT_MOST
from handoff.console.api.shapes import (
    AgeWord,
    AvailabilityWord,
    Id,
    IssueWord,
    LanguageWord,
    Moment,
    OneOf,
    RoleWord,
    SkillWord,
    StaffRoleWord,
    UrgencyWord,
)
from handoff.console.sessions import PASSWORD_LENGTH
from handoff.console.signin import LOGIN_LIMIT, PASSWORD_LIMIT
from handoff.desk import REPLY_LIMIT
from handoff.emergency import REASON_LIMIT
from handoff.signalement.edits import Edit

Cid = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{8,64}$")]
Words = Annotated[str, Field(min_length=1, max_length=NOTE_LIMIT, pattern=r"\S")]
Seen = Annotated[int, Field(ge=0, lt=10**12)]
Secret = Annotated[str, Field(max_length=PASSWORD_LIMIT)]
NewSecret = Annotated[str, Field(min_length=PASSWORD_LENGTH, max_length=PASSWORD_LIMIT)]
Text = Annotated[str, Field(max_length=2000)]


class Credentials(TypedDict):
    """Spaces around the login and its case do not matter."""

    login: Annotated[str, Field(max_length=LOGIN_LIMIT)]
    password: Secret


class SecondTry(TypedDict):
    """`code`: six digits or a recovery code; else `credential`: what the key signed."""

    account: str
    ticket: str
    code: NotRequired[str]
    credential: NotRequired[dict[str, Any] | None]


class Token(TypedDict):
    """The token of an invitation."""

    token: Annotated[str, Field(max_length=200)]


class Accept(Token):
    """And the password that its owner chooses."""

    password: NewSecret


class Password(TypedDict):
    """The old password and the new one."""

    old: Secret
    new: NewSecret


class OneSession(TypedDict):
    """The `id` of a Session."""

    id: str


class OwnPassword(TypedDict):
    """Asked for once the account has a second factor."""

    password: NotRequired[str]


class ConfirmTotp(TypedDict):
    """What was given out, and a code that shows that it arrived."""

    secret: str
    ticket: str
    code: str


class ConfirmKey(TypedDict):
    """What the browser made."""

    ticket: str
    credential: dict[str, Any]
    label: Annotated[str, Field(max_length=40)]


class Which(OwnPassword):
    """`totp`, or the id of a key."""

    which: str


class NewAccount(TypedDict):
    """Who is invited."""

    login: str
    name: str
    role: StaffRoleWord


class NewRole(TypedDict):
    """What the account may do from now on."""

    role: StaffRoleWord


class Next(TypedDict):
    """Whoever is next. Asked again by the same `cid`, it is the same conversation."""

    cid: Cid


class Reply(TypedDict):
    """`seen`: the `version` that was on the screen when it was written. Done once a `cid`."""

    cid: Cid
    text: Annotated[str, Field(min_length=1, max_length=REPLY_LIMIT, pattern=r"\S")]
    seen: Seen


class Close(TypedDict):
    """Refused where the person wrote, or changed what they had written, after version `seen`."""

    outcome: Annotated[str, OneOf(Outcome)]
    tags: NotRequired[list[str]]
    seen: Seen


class Correction(TypedDict):
    """A listener's word. `misread`: triage was wrong; `learned`: the person said more since.

    The urgency is not lowered where it rose, or danger was found, after the version that was
    `seen`. `since`: `writes_since` of the writer it is about; refused where another writes now."""

    issue: IssueWord
    urgency: UrgencyWord
    role: RoleWord
    why: Annotated[str, OneOf(Why)]
    seen: Seen
    since: Annotated[int, Field(ge=1)]


class WhoWrites(TypedDict):
    """From the person's message `since` on another writes. Null: it is the same person as before;
    `role` and `age_band` are then not read."""

    since: Annotated[int, Field(ge=1)] | None
    role: NotRequired[RoleWord]
    age_band: NotRequired[AgeWord | None]


class NewCall(TypedDict):
    """What a listener writes down of somebody on the line."""

    cid: Cid
    issue: IssueWord
    urgency: UrgencyWord
    role: RoleWord
    age_band: NotRequired[AgeWord | None]
    platform: NotRequired[Annotated[str, Field(max_length=40)] | None]
    note: NotRequired[Annotated[str, Field(max_length=NOTE_LIMIT)] | None]


class Need(TypedDict):
    """Why the sheet is needed; kept in the audit."""

    reason: Annotated[str, Field(min_length=1, max_length=REASON_LIMIT, pattern=r"\S")]


class Asked(TypedDict):
    """The console's own id of the command."""

    cid: Cid


class Promised(TypedDict):
    """What the person agreed to; `number` for a call. At most a week ahead."""

    kind: Annotated[str, OneOf(Kind)]
    due_at: Moment
    number: NotRequired[str | None]


class Sought(TypedDict):
    """All of them must be in a message; under two characters find nothing."""

    words: str


class Needs(TypedDict):
    """What a conversation asks for; null: nothing in particular."""

    skill: NotRequired[SkillWord | None]
    language: NotRequired[LanguageWord | None]


class Abilities(TypedDict):
    """What somebody can do, from now on; `capacity` null: as many as the desk gives."""

    trades: Annotated[list[SkillWord], Field(max_length=len(Skill))]
    languages: Annotated[list[LanguageWord], Field(max_length=len(Language))]
    capacity: NotRequired[Annotated[int, Field(ge=1, le=CAPACITY_AT_MOST)] | None]


class NewNote(TypedDict):
    """For colleagues."""

    cid: Cid
    text: Words


class NewOffer(TypedDict):
    """To a colleague."""

    cid: Cid
    to: Id
    summary: Words


class ToBot(TypedDict):
    """Why no human is needed now."""

    cid: Cid
    summary: Words


class HandBack(TypedDict):
    """Why it goes back."""

    cid: Cid
    note: Words


class Availability(TypedDict):
    """What the listener says of themselves."""

    availability: AvailabilityWord


class Suggest(TypedDict):
    """A service of the directory. Said once a `cid`."""

    entry: str
    cid: Cid


class Agreement(TypedDict):
    """What the person said to it."""

    entry: str
    agreed: bool


class To(TypedDict):
    """The `id` of a Colleague."""

    to: Id


class Look(TypedDict):
    """Why; it stands in the audit."""

    reason: Annotated[str, Field(min_length=3, max_length=200, pattern=r"\S[\s\S]+\S")]


class NewPaper(TypedDict):
    """What follows `version`. `body` is checked by the paper's own rules."""

    version: Annotated[int, Field(ge=0, lt=10**9)]
    body: dict[str, Any]


class Reasoned(TypedDict):
    """A reason."""

    reason: str


class OpenDossier(TypedDict):
    """`another`: a second one, though one was begun."""

    another: NotRequired[bool]


class EditDossier(TypedDict):
    """The whole of what can be edited, on the version it was read at."""

    version: int
    edit: Edit


class Copy(TypedDict):
    """The `id` of a File of the conversation."""

    attachment: str


class Dispatch(TypedDict):
    """How the notice travels."""

    route: Annotated[str, OneOf(Route)]


class Move(TypedDict):
    """What a platform answered; `arrived` settles a sending whose end is unknown."""

    text: NotRequired[Text]
    arrived: NotRequired[bool]


class Explained(TypedDict):
    """In the listener's words."""

    text: NotRequired[Text]


class Decide(Explained):
    """Why; for a lawyer's word also whether it is a yes."""

    approved: NotRequired[bool]


class Escalate(Explained):
    """To an authority."""

    authority: Annotated[str, OneOf(Authority)]
