"""The description of the API, for whoever is signed in: as OpenAPI, and as a page to read.

The page is plain HTML made here: it asks for nothing from anywhere, and runs nothing.
"""

import json
from collections.abc import Callable, Iterable
from html import escape
from typing import Any

from aiohttp import web

from core.accounts import Listener
from handoff.console.api.document import document
from handoff.console.guard import Guard

_PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Console API</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="/console/reference.css"></head><body><main>
<h1>The console's API</h1><p>{about}</p>
<p><a href="/console/openapi.json">openapi.json</a> is the same for machines.</p>
<nav aria-label="Parts"><ul>{contents}</ul></nav>{parts}
<h2 id="types">Types</h2>{types}</main></body></html>"""


class ApiRoutes:
    """`/console/openapi.json` and `/console/reference`."""

    def __init__(
        self, *, guard: Guard, routes: Callable[[], Iterable[web.RouteDef]], policy: str
    ) -> None:
        """`routes` are all of the console's, asked for when somebody wants to read of them."""
        self._guard = guard
        self._routes = routes
        self._headers = {"Content-Security-Policy": policy}

    def routes(self) -> Iterable[web.RouteDef]:
        """The routes the gateway mounts."""
        signed_in = self._guard.signed_in
        return (
            web.get("/console/openapi.json", signed_in(self.document, needs=None)),
            web.get("/console/reference", signed_in(self.page, needs=None)),
        )

    def describe(self) -> dict[str, Any]:
        """The document."""
        return document(self._routes(), self._guard.rules, cookie=self._guard.cookie)

    async def document(self, request: web.Request, listener: Listener) -> web.StreamResponse:
        return web.json_response(self.describe())

    async def page(self, request: web.Request, listener: Listener) -> web.StreamResponse:
        text = as_page(self.describe())
        return web.Response(text=text, content_type="text/html", headers=self._headers)


def as_page(described: dict[str, Any]) -> str:
    """The document as HTML."""
    parts: dict[str, list[str]] = {tag["name"]: [] for tag in described["tags"]}
    for path, methods in described["paths"].items():
        for method, one in methods.items():
            parts[one["tags"][0]].append(_operation(method.upper(), path, one))
    ids = {name: name.lower().replace(" ", "-") for name in parts}
    return _PAGE.format(
        about=escape(described["info"]["description"]),
        contents="".join(f'<li><a href="#{ids[n]}">{escape(n)}</a></li>' for n in parts)
        + '<li><a href="#types">Types</a></li>',
        parts="".join(
            f'<h2 id="{ids[name]}">{escape(name)}</h2>{"".join(some)}'
            for name, some in parts.items()
        ),
        types="".join(
            f'<section id="type-{escape(name)}"><h3>{escape(name)}</h3>{_type(schema)}</section>'
            for name, schema in described["components"]["schemas"].items()
        ),
    )


def _operation(method: str, path: str, one: dict[str, Any]) -> str:
    rows = [("Who", _who(one))]
    rows += [
        (
            f"<code>{escape(each['name'])}</code>",
            f"<code>{escape(each['schema']['pattern'])}</code>",
        )
        for each in one["parameters"]
    ]
    if body := one.get("requestBody"):
        rows.append(("Takes", _content(body["content"])))
    for status, answer in one["responses"].items():
        codes = " ".join(_code(code) for code in answer.get("x-codes", ()))
        rows.append((status, codes or _content(answer.get("content", {})) or "nothing"))
    if frames := one.get("x-websocket"):
        rows += [(f"Frames of the {side}", _name(frames[side])) for side in ("server", "client")]
        rows += [(code, escape(why)) for code, why in frames["close"].items()]
    lines = "".join(f"<dt>{name}</dt><dd>{value}</dd>" for name, value in rows)
    head = f"<h3><code>{method} {escape(path)}</code></h3>"
    return f"<section>{head}<p>{escape(one['summary'])}.</p><dl>{lines}</dl></section>"


def _code(text: str) -> str:
    return f"<code>{escape(text)}</code>"


def _who(one: dict[str, Any]) -> str:
    if "security" not in one:
        return "anybody"
    permission = one.get("x-permission")
    return _code(permission) if permission else "whoever is signed in"


def _content(content: dict[str, Any]) -> str:
    return ", ".join(
        _name(kind["schema"]) if "schema" in kind else escape(name)
        for name, kind in content.items()
    )


def _type(schema: dict[str, Any]) -> str:
    about = f"<p>{escape(schema.get('description', ''))}</p>"
    required = schema.get("required", ())
    rows = "".join(
        f"<dt>{_code(name)}{'' if name in required else ' (may be absent)'}</dt>"
        f"<dd>{_name(one)}</dd>"
        for name, one in schema.get("properties", {}).items()
    )
    return f"{about}<dl>{rows}</dl>" if rows else f"{about}<p>{_name(schema)}</p>"


def _name(schema: dict[str, Any]) -> str:
    """A schema in a few words."""
    if ref := schema.get("$ref"):
        name = escape(ref.rsplit("/", 1)[1])
        return f'<a href="#type-{name}">{name}</a>'
    if choices := schema.get("anyOf") or schema.get("oneOf"):
        return " or ".join(_name(one) for one in choices)
    if words := schema.get("enum"):
        return " ".join(_code(json.dumps(word)) for word in words)
    if "const" in schema:
        return _code(json.dumps(schema["const"]))
    if "items" in schema:
        return f"list of {_name(schema['items'])}"
    kind = escape(str(schema.get("format") or schema.get("type", "anything")))
    bounds = ", ".join(
        f"{name} {escape(str(schema[name]))}"
        for name in ("minLength", "maxLength", "minimum", "maximum", "exclusiveMaximum")
        if name in schema
    )
    return f"{kind} ({bounds})" if bounds else kind
