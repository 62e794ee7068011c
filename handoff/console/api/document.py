"""The OpenAPI 3.1 document of the console, made of the routes that are mounted and their types.

Paths, the forms of their parts and whom they answer come from the routes themselves; what they take
and give from `operations`, whose types the tests hold every answer to.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from aiohttp import web
from pydantic import TypeAdapter

from handoff.console.api import answers, shapes
from handoff.console.api.operations import API, OPERATIONS, PARTS, Operation
from handoff.console.guard import Anybody

SOCKET = f"GET {API}/socket"
# A part of a path: its name, and the form it must have.
_PART = re.compile(r"\{(\w+)(?::((?:[^{}]|\{[^{}]*\})+))?\}")
_SCHEMAS = "#/components/schemas/"
_ABOUT = (
    "What a listener's browser and the gateway say to each other. JSON, UTF-8; moments are ISO 8601"
    " in UTC. A foreign or broken `Origin` is refused for every method but GET. A body is at most"
    " 64 KiB, never compressed. What is not the asker's is not found, whether it exists or not."
    " Fields may be added: pass by what you do not know."
)
_STATUS = {
    "200": "Done",
    "204": "Done",
    "206": "The part that was asked for",
    "400": "It cannot be understood, or not be allowed as it is",
    "401": "Nobody is signed in, or the secret is wrong",
    "403": "Not with this origin, role or password, or not without a second factor",
    "404": "It is not there, or not the asker's",
    "409": "Not as things stand now",
    "413": "Too long",
    "415": "Compressed",
    "416": "It has no such part",
    "422": "Something is missing",
    "429": "Too many tries",
    "503": "The database does not answer",
}


def document(
    routes: Iterable[web.RouteDef], rules: Mapping[Any, str], *, cookie: str
) -> dict[str, Any]:
    """OpenAPI 3.1. `rules` says whom each handler answers. A route that nobody described is left
    out; a test finds it."""
    types = _Types()
    parts = {f"{name}": part for part, some in PARTS.items() for name in some}
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        path = _PART.sub(r"{\1}", route.path)
        name = f"{route.method} {path}"
        if name not in OPERATIONS:
            continue
        told = _operation(OPERATIONS[name], route, rules.get(route.handler), types)
        part = parts.get(name) or parts[name.replace(f"{API}/", "")]
        paths.setdefault(path, {})[route.method.lower()] = {"tags": [part], **told}
        if name == SOCKET:
            paths[path]["get"] |= _socket(types)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Relais console", "version": "1", "description": _ABOUT},
        "tags": [{"name": part} for part in PARTS],
        "paths": paths,
        "components": {
            "schemas": dict(sorted(types.schemas.items())),
            "securitySchemes": {"session": {"type": "apiKey", "in": "cookie", "name": cookie}},
        },
    }


class _Types:
    """Collects types; each that has a name becomes one schema."""

    def __init__(self) -> None:
        self.schemas: dict[str, Any] = {}

    def of(self, kind: Any) -> dict[str, Any]:
        """The schema of `kind`, or where it stands."""
        schema = _schema(kind)
        for name, one in schema.get("$defs", {}).items():
            self._keep(name, one)
        alone = {name: one for name, one in schema.items() if name != "$defs"}
        return self._keep(alone["title"], alone) if "properties" in alone else alone

    def _keep(self, name: str, schema: dict[str, Any]) -> dict[str, Any]:
        if self.schemas.setdefault(name, schema) != schema:
            raise ValueError(f"two types are called {name}")
        return {"$ref": _SCHEMAS + name}


@cache
def _schema(kind: Any) -> dict[str, Any]:
    return TypeAdapter(kind).json_schema(ref_template=_SCHEMAS + "{model}")


def _operation(
    one: Operation, route: web.RouteDef, rule: str | None, types: _Types
) -> dict[str, Any]:
    told: dict[str, Any] = {
        "summary": one.says,
        "parameters": [*_path(route.path), *_query(one)],
        "responses": _responses(one, route, rule, types),
    }
    if rule != Anybody.AT_ALL:
        told["security"] = [{"session": []}]
    if rule not in (None, *Anybody):
        told["x-permission"] = str(rule)
    if isinstance(one.takes, str):
        told["requestBody"] = {"required": True, "content": {one.takes: {}}}
    elif one.takes is not None:
        body = {"schema": types.of(one.takes)}
        told["requestBody"] = {"required": True, "content": {"application/json": body}}
    return told


def _path(path: str) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": {"type": "string", "pattern": f"^(?:{form or '[^/]+'})$"},
        }
        for name, form in _PART.findall(path)
    ]


def _query(one: Operation) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "query", "schema": {"type": "string", "pattern": form}}
        for name, form in one.query.items()
    ]


def _responses(
    one: Operation, route: web.RouteDef, rule: str | None, types: _Types
) -> dict[str, Any]:
    refusals: dict[str, list[str]] = {}
    for line in (*one.refuses, *_of_every(one, route, rule)):
        status, *codes = line.split()
        known = refusals.setdefault(status, [])
        known += [code for code in codes if code not in known]
    given = {"200": _given(one.gives, types)} if one.gives is not None else {"204": {}}
    return _described(given) | _refusals(refusals, types)


def _refusals(refusals: Mapping[str, Sequence[str]], types: _Types) -> dict[str, Any]:
    told: dict[str, Any] = {}
    for status, codes in sorted(refusals.items()):
        kind = shapes.Error if codes else answers.Lacks if status == "422" else None
        told[status] = _given(kind, types) if kind else {}
        if codes:
            told[status]["x-codes"] = list(codes)
    return _described(told)


def _described(told: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    return {status: {"description": _STATUS[status], **some} for status, some in told.items()}


def _of_every(one: Operation, route: web.RouteDef, rule: str | None) -> Iterable[str]:
    """What the guard and the gateway refuse on every route of a kind."""
    if rule != Anybody.AT_ALL:
        yield "401 signed_out"
    if rule not in (None, *Anybody):
        yield "403 forbidden password_change_required second_factor_required"
    if route.method != "GET":
        yield "403 bad_origin"
        yield "409 taken"
        yield "413 too_long"
    if "{" in route.path:
        yield "404 not_found"
    if one.takes is not None or one.query:
        yield "400 bad_request"
    yield "415 bad_request"
    yield "503 unavailable"


def _given(gives: Any, types: _Types) -> dict[str, Any]:
    if isinstance(gives, str):
        return {"content": {gives: {}}}
    return {"content": {"application/json": {"schema": types.of(gives)}}}


def _socket(types: _Types) -> dict[str, Any]:
    """A WebSocket, which OpenAPI has no word for: its frames, and why it is closed.

    Whoever may not have it is told by how it is closed: a browser hears of no status.
    """
    return {
        "responses": {"101": {"description": "The socket is open"}}
        | _refusals({"400": ["bad_request"], "415": ["bad_request"]}, types),
        "x-websocket": {
            "server": types.of(shapes.ServerFrame),
            "client": types.of(shapes.ClientFrame),
            "close": {
                "4001": "Not signed in, or not any more",
                "4003": "Foreign origin",
                "1001": "The server is leaving: come back",
                "1013": "The database cannot be read: try again",
            },
        },
    }
