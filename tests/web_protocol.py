"""The frames and answers of `docs/web-protocol.md`, to which a gateway and what stands in for it in
the widget's tests are both held: the page is tested against nothing that no gateway says."""

import json
from collections.abc import Mapping
from functools import cache
from typing import Annotated, Any, Literal, NotRequired

from pydantic import Field, TypeAdapter, ValidationError
from typing_extensions import TypedDict

from handoff.console.api.shapes import Moment

Cid = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{8,64}$")]


class Team(TypedDict):
    open: bool
    closes: str | None
    opens: str | None
    wait: str | None


class Choice(TypedDict):
    id: str
    title: str


class Question(TypedDict):
    id: str
    text: str
    choices: list[Choice]


class Survey(TypedDict):
    questions: Annotated[list[Question], Field(min_length=1)]


class Welcome(TypedDict):
    type: Literal["welcome"]
    last: int
    team: Team


Message = TypedDict(
    "Message",
    {
        "type": Literal["message"],
        "id": int,
        "from": Literal["me", "assistant", "service", "listener"],
        "name": str | None,
        "text": str,
        "at": Moment,
        "cid": str | None,
        "choices": list[Choice],
        "files": list[str],
    },
)


class State(TypedDict):
    type: Literal["state"]
    owner: Literal["assistant", "queue", "listener"]
    listener: str | None
    danger: bool
    closed: bool
    address: Literal["tu", "vous"]
    region: str
    survey: Survey | None
    team: Team


class Ack(TypedDict):
    type: Literal["ack"]
    cid: str
    id: str
    dup: bool


class Refusal(TypedDict):
    type: Literal["error"]
    cid: str | None
    code: Literal["bad_request", "empty", "too_many", "unavailable"]
    message: str


class Problem(TypedDict):
    code: str
    message: str


class Error(TypedDict):
    error: Problem


class Session(TypedDict):
    token: str
    text_limit: int


class Code(TypedDict):
    code: str


class Hello(TypedDict):
    type: Literal["hello"]
    token: str
    last: int


class Send(TypedDict):
    type: Literal["send"]
    cid: Cid
    text: str
    choice: NotRequired[str | None]


class Seen(TypedDict):
    type: Literal["seen"]
    id: int


class Typing(TypedDict):
    type: Literal["typing"]


class Rate(TypedDict):
    type: Literal["rate"]
    cid: Cid
    choice: str


ServerFrame = Annotated[
    Welcome | Message | State | Typing | Ack | Refusal, Field(discriminator="type")
]
ClientFrame = Annotated[Hello | Send | Seen | Typing | Rate, Field(discriminator="type")]
# By the part of the path after `/web/`; what is not here is no JSON.
ANSWERS: Mapping[str, Any] = {
    "session": Session,
    "messages": Ack,
    "code": Code,
    "return": Session,
    "images": Ack,
    "survey": Ack,
}


def wrong_frame(side: Literal["server", "client"], frame: str) -> str | None:
    """What a frame of `side` has that is not of the protocol; None where all is well."""
    wrong = _unlike(ServerFrame if side == "server" else ClientFrame, frame)
    return wrong and f"frame {json.loads(frame).get('type')}: {wrong}"


def wrong_answer(path: str, status: int, body: bytes | str) -> str | None:
    """The same for an answer over HTTP."""
    part = path.removeprefix("/web/").split("/")[0]
    if not path.startswith("/web/") or part not in ANSWERS:
        return None
    wrong = _unlike(ANSWERS[part] if status == 200 else Error, body)
    return wrong and f"{path} {status}: {wrong}"


def _unlike(kind: Any, text: bytes | str) -> str | None:
    try:
        _adapter(kind).validate_json(text, strict=True, extra="forbid")
    except ValidationError as error:
        return str([(each["loc"], each["type"]) for each in error.errors()])
    return None


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)
