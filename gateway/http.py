"""What every answer of the gateway has in common: limits, headers, errors, static pages."""

import gzip
import mimetypes
import re
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from core.errors import StorageUnavailable
from core.typography import french

log = structlog.get_logger()

# Meta sends bodies of up to 3 MB.
BODY_LIMIT = 4 * 1024 * 1024
WEB_BODY_LIMIT = 64 * 1024
# A picture, for a dossier or from the chat; read only for who is signed in, or holds a token.
CAPTURE_LIMIT = 8_000_000

HEADERS = {
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; {files}; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors {ancestors}; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)


def content_policy(ancestors: Iterable[str], *, files: bool = False) -> str:
    """The Content-Security-Policy of a page that only `ancestors` may frame.

    `files`: the page shows images and plays sounds that it fetched itself.
    """
    return _POLICY.format(
        ancestors=" ".join(ancestors) or "'none'",
        files="img-src 'self' blob:; media-src blob:" if files else "img-src 'self'",
    )


@web.middleware
async def answer_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turns what went wrong into a status: 503 for the database, 500 for a fault of ours."""
    limit = _limit(request)
    if request.content_length and request.content_length > limit:
        return _problem(413, "too_long")
    if request.headers.get("Content-Encoding"):
        # A compressed body could unpack to anything; no platform sends one.
        return _problem(415, "bad_request")
    try:
        # A body in chunks does not say how long it is: whoever reads it stops at the limit.
        return await handler(request.clone(client_max_size=limit, remote=request.remote or ""))
    except web.HTTPRequestEntityTooLarge:
        return _problem(413, "too_long")
    except web.HTTPException:
        raise
    except StorageUnavailable:
        return _problem(503, "unavailable")
    except Exception as error:  # noqa: BLE001 - one failure must not stop the rest
        # The type and the route only: a message or a path could hold what nobody may read.
        log.error("request_failed", route=_route(request), error=type(error).__name__)
        return _problem(500, "internal")


def behind(proxies: int) -> Middleware:
    """Middleware that makes `request.remote` the visitor's address, not the last proxy's.

    Only the entries that our own `proxies` wrote are believed: the rest of the header is whatever
    the visitor sent. An IPv6 address is cut to its network of 64 bits, which one visitor has whole.
    """

    @web.middleware
    async def read_address(request: web.Request, handler: Handler) -> web.StreamResponse:
        remote = request.remote or ""
        told = ",".join(request.headers.getall("X-Forwarded-For", ()))
        if told:
            hops = told.split(",")
            address = _address(hops[-proxies]) if 0 < proxies <= len(hops) else None
            if address is None:
                request[_HEARSAY] = True
            else:
                remote = str(address)
        return await handler(request.clone(remote=_visitor(remote)))

    return read_address


def is_internal(request: web.Request) -> bool:
    """Whether a request comes from this machine or a private network; behind `behind`.

    Not when a proxy that we were not told of passed it on: then nobody knows where it is from.
    """
    address = _address(request.remote or "")
    if address is None or request.get(_HEARSAY, False):
        return False
    return address.is_loopback or address.is_private


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """On every answer: nothing is cached, nothing is guessed, nothing is told to other sites."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    # The library would name itself and its version.
    response.headers["Server"] = "relais"


def pages(folder: Path, prefix: str, policy: str) -> Iterable[web.RouteDef]:
    """The built front-end in `folder`, from memory: a handful of small files, gzipped once."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            url = prefix + path.relative_to(folder).as_posix()
            page = _page(path, policy)
            yield web.get(url.removesuffix("index.html"), page)


def build_of(folder: Path) -> str:
    """How the front-end in `folder` calls itself; empty where it has no name."""
    page = (folder / "index.html").read_text()
    found = re.search(r'<meta name="build" content="([0-9a-f]+)"', page)
    return found[1] if found else ""


def redirect(url: str, target: str) -> web.RouteDef:
    """For those who leave the slash out."""

    async def answer(request: web.Request) -> web.StreamResponse:
        raise web.HTTPFound(target)

    return web.get(url, answer)


def _page(path: Path, policy: str) -> Handler:
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    plain = path.read_bytes()
    packed = gzip.compress(plain, mtime=0)
    headers = {"Content-Type": kind, "Vary": "Accept-Encoding"}
    if kind == "text/html":
        headers["Content-Security-Policy"] = policy
    if kind.startswith("text/") or kind.endswith("javascript"):
        headers["Content-Type"] = f"{kind}; charset=utf-8"

    async def answer(request: web.Request) -> web.StreamResponse:
        if "gzip" in request.headers.get("Accept-Encoding", ""):
            return web.Response(body=packed, headers={**headers, "Content-Encoding": "gzip"})
        return web.Response(body=plain, headers=headers)

    return answer


_HEARSAY = web.RequestKey("hearsay", bool)


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(text.strip())
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def _visitor(remote: str) -> str:
    address = _address(remote)
    if isinstance(address, IPv6Address) and not address.is_loopback:
        address = IPv6Address(int(address) >> 64 << 64)
    return remote if address is None else str(address)


def _limit(request: web.Request) -> int:
    if request.path.startswith(("/console/api/signalements/", "/web/images/")):
        return CAPTURE_LIMIT
    return BODY_LIMIT if request.path.startswith("/webhooks/") else WEB_BODY_LIMIT


def _route(request: web.Request) -> str:
    resource = request.match_info.route.resource
    return resource.canonical if resource else "none"


_WORDS = {
    "too_long": "Le message est trop long. Coupe-le en plusieurs messages.",
    "bad_request": "La demande n’a pas pu être lue.",
    "unavailable": "Ça ne marche pas pour l’instant. En danger : appelle le 15 ou le 112.",
    "internal": "Une erreur est arrivée de notre côté. En danger : appelle le 15 ou le 112.",
}


def _problem(status: int, code: str) -> web.Response:
    body = {"error": {"code": code, "message": french(_WORDS[code])}}
    return web.json_response(body, status=status)
