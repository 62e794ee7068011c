"""Holds every answer of a running console to the console's own description.

Every test that asks a whole gateway for something is so a test of the description too.
"""

from functools import cache
from typing import Any

from aiohttp import web
from pydantic import TypeAdapter, ValidationError

from gateway.service import Gateway
from handoff.console.api.answers import Lacks
from handoff.console.api.operations import OPERATIONS
from handoff.console.api.shapes import Error


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def hold_to_its_word(gateway: Gateway) -> list[str]:
    """A list that is empty as long as every answer is as declared."""
    broken: list[str] = []
    declared: dict[str, set[str]] = {}

    async def check(request: web.Request, response: web.StreamResponse) -> None:
        resource = request.match_info.route.resource
        name = f"{request.method} {resource.canonical if resource else ''}"
        if name not in OPERATIONS or not isinstance(response, web.Response):
            return
        if not declared:
            declared.update(_statuses(gateway))
        if wrong := _wrong(name, declared[name], response):
            broken.append(f"{name} {response.status}: {wrong}")

    gateway.app.on_response_prepare.append(check)
    return broken


def _statuses(gateway: Gateway) -> dict[str, set[str]]:
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
