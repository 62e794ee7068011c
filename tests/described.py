"""Holds every answer of a running console to the console's own description (and of the website's
chat to its protocol), and every answer of what stands in for it.

Every test that asks a whole gateway for something is so a test of the description too; and no page
is tested against an answer that no gateway gives.
"""

import json
import re
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

import jsonschema_rs
from aiohttp import web
from pydantic import TypeAdapter, ValidationError

from core.permissions import Permission
from handoff.console.api.answers import Lacks
from handoff.console.api.document import document
from handoff.console.api.operations import API, OPERATIONS
from handoff.console.api.shapes import Error, Id
from handoff.console.guard import ERRORS
from tests.web_protocol import wrong_answer

if TYPE_CHECKING:
    # A page's test needs the description alone: a gateway brings the whole house.
    from gateway.service import Gateway


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def hold_to_its_word(gateway: "Gateway") -> list[str]:
    """A list that is empty as long as every answer is as declared."""
    broken: list[str] = []
    declared: dict[str, set[str]] = {}

    async def check(request: web.Request, response: web.StreamResponse) -> None:
        resource = request.match_info.route.resource
        name = f"{request.method} {resource.canonical if resource else ''}"
        if not isinstance(response, web.Response):
            return
        if isinstance(response.body, bytes) and (
            wrong := wrong_answer(request.path, response.status, response.body)
        ):
            broken.append(wrong)
        if name not in OPERATIONS:
            return
        if not declared:
            declared.update(_statuses(gateway))
        if wrong := _wrong(name, declared[name], response):
            broken.append(f"{name} {response.status}: {wrong}")

    gateway.app.on_response_prepare.append(check)
    return broken


def _statuses(gateway: "Gateway") -> dict[str, set[str]]:
    paths = gateway.console.api.describe()["paths"]
    return {
        f"{method.upper()} {path}": set(one["responses"])
        for path, methods in paths.items()
        for method, one in methods.items()
    }


def _wrong(name: str, statuses: set[str], response: web.Response) -> str | None:
    if str(response.status) not in statuses:
        return "no such status"
    gives = OPERATIONS[name].gives
    if response.status >= 400:
        gives = {416: None, 422: Lacks}.get(response.status, Error)
    if gives is None or isinstance(gives, str):
        return None
    try:
        _adapter(gives).validate_json(response.body or b"", strict=True)  # type: ignore[arg-type]
    except ValidationError as error:
        return str([(each["loc"], each["type"]) for each in error.errors()])
    return None


# --- What stands in for a gateway


def wrong_exchange(
    method: str, path: str, asked: bytes | None, status: int, given: bytes | str
) -> str | None:
    """What a stand-in's answer to a request, or the request, has that the description does not say.

    None where all is well, and where the description does not speak of the path. A short id may
    stand for a long one, to be read in a test. Whatever else a real console would never answer
    is wrong: a field too many, a refusal that it does not know, or in other words.
    """
    name = _named(method, path)
    if name is None:
        return None
    method, path = name.split(" ")
    one = _described()["paths"][path][method.lower()]
    answer = one["responses"].get(str(status))
    wrong = None
    if answer is None:
        wrong = "no such status"
    elif schema := _json(answer):
        wrong = _unlike(schema, given) or _unknown_refusal(answer.get("x-codes"), given)
    elif not answer.get("content") and given:
        wrong = "an answer where there is none"
    if wrong is None and asked and status < 400 and (schema := _json(one.get("requestBody", {}))):
        wrong = _unlike(schema, asked)
        wrong = wrong and f"asked {wrong}"
    return wrong and f"{name} {status}: {wrong}"


def wrong_frame(side: Literal["server", "client"], frame: str) -> str | None:
    """The same for a frame of the socket, said by `side`."""
    told = _described()["paths"][f"{API}/socket"]["get"]["x-websocket"][side]
    kind = json.loads(frame).get("type")
    for each in told["anyOf"]:
        name = each["$ref"].rsplit("/", 1)[1]
        if _described()["components"]["schemas"][name]["properties"]["type"]["const"] == kind:
            wrong = _unlike(each, frame)
            return wrong and f"frame {kind}: {wrong}"
    return f"frame {kind}: no such frame"


@cache
def _described() -> dict[str, Any]:
    """The document of every operation, as if a permission were asked for everywhere."""

    async def answer(request: web.Request) -> web.StreamResponse:
        raise NotImplementedError

    routes = [web.route(*name.split(" "), answer) for name in OPERATIONS]
    told = document(routes, {answer: Permission.ANSWER}, cookie="relais")
    loosened: dict[str, Any] = _loosened(told)
    return loosened


_ID = TypeAdapter(Id).json_schema()["pattern"]


def _loosened(schema: Any) -> Any:
    """With ids of any form, and no field that is not named."""
    if isinstance(schema, list):
        return [_loosened(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    loose = {name: _loosened(each) for name, each in schema.items()}
    if loose.get("pattern") == _ID:
        del loose["pattern"]
    if loose.get("type") == "object" and "properties" in loose:
        loose["additionalProperties"] = False
    return loose


@cache
def _named(method: str, path: str) -> str | None:
    """The operation that a request is for; where two are, the one that names more of the path."""
    found = []
    for name in OPERATIONS:
        its_method, form = name.split(" ")
        if its_method == method and re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", form), path):
            found.append(name)
    return min(found, key=lambda name: name.count("{"), default=None)


def _json(told: dict[str, Any]) -> dict[str, Any] | None:
    return told.get("content", {}).get("application/json", {}).get("schema")


def _unlike(schema: dict[str, Any], text: bytes | str) -> str | None:
    try:
        value = json.loads(text)
    except ValueError:
        return "no JSON"
    found = _validator(json.dumps(schema)).iter_errors(value)
    wrong = [f"{'.'.join(map(str, each.instance_path))}: {each.message}" for each in found]
    return "; ".join(wrong) or None


@cache
def _validator(schema: str) -> jsonschema_rs.Validator:
    whole = json.loads(schema) | {"components": _described()["components"]}
    return jsonschema_rs.Draft202012Validator(whole)


def _unknown_refusal(codes: list[str] | None, given: bytes | str) -> str | None:
    if codes is None:
        return None
    error = json.loads(given)["error"]
    if error["code"] not in codes:
        return f"no refusal {error['code']}"
    if error["message"] != ERRORS.get(error["code"], error["message"]):
        return f"{error['code']} is said in other words"
    return None
