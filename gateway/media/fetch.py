"""Fetching a file from where its platform says it is, while trusting neither place nor content.

A platform's word for where a file lies could name any machine that the gateway reaches. So the
host must be on the channel's list, the connection goes to an address that was looked at, redirects
are followed by hand under the same rules, and no more is read than the file may be long.
"""

import asyncio
import socket
from http import HTTPStatus
from ipaddress import IPv6Network, ip_address

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from connectors.interface import MediaPlace

REDIRECTS = 3
URL_LIMIT = 8192
_CHUNK = 64 * 1024
_MOVED = frozenset({301, 302, 303, 307, 308})
_GONE = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})
# All that is routed on the internet; mapped, translated and local addresses lie outside.
_ROUTED = IPv6Network("2000::/3")
# Says nothing about who asks. A compressed answer could unpack to anything, so none is wished.
_HEADERS = {"User-Agent": "Mozilla/5.0", "Accept": "*/*", "Accept-Encoding": "identity"}


class NotFetched(Exception):
    """The file did not come. `code` is a short word of ours."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class FetchRefused(NotFetched):
    """We do not take it from there, or not that much of it: never try again."""


class FetchGone(NotFetched):
    """The platform no longer has it."""


class FetchUnavailable(NotFetched):
    """The platform did not give it now: try again later."""


async def fetch(
    place: MediaPlace,
    hosts: frozenset[str],
    *,
    limit: int,
    within: float,
    loopback: bool = False,
    resolver: AbstractResolver | None = None,
) -> bytes:
    """The file at `place`, of at most `limit` bytes, in at most `within` seconds.

    `hosts` are host names, and domains that begin with a dot. Only https on its own port is
    spoken, and only public addresses are connected to. `loopback` is for fake platforms: it allows
    this machine, in plain http as well, for hosts of the list. `place.headers` go to the origin of
    `place.url` only. Raises FetchRefused, FetchGone or FetchUnavailable.
    """
    names = resolver or aiohttp.ThreadedResolver()
    try:
        async with asyncio.timeout(within):
            return await _follow(place, hosts, limit, loopback, names)
    except TimeoutError:
        raise FetchUnavailable("slow") from None
    except (aiohttp.InvalidURL, ValueError):
        # Names that cannot be looked up at all raise UnicodeError.
        raise FetchRefused("url") from None
    except (aiohttp.ClientError, OSError):
        raise FetchUnavailable("connection") from None
    finally:
        if resolver is None:
            await names.close()


async def _follow(
    place: MediaPlace,
    hosts: frozenset[str],
    limit: int,
    loopback: bool,
    names: AbstractResolver,
) -> bytes:
    first = url = _allowed(_parsed(place.url), hosts, loopback)
    for _ in range(1 + REDIRECTS):
        own = place.headers if url.origin() == first.origin() else {}
        connector = aiohttp.TCPConnector(
            resolver=Guard(names, plain=url.scheme == "http", loopback=loopback),
            use_dns_cache=False,
            force_close=True,
        )
        async with (
            aiohttp.ClientSession(
                connector=connector,
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=aiohttp.ClientTimeout(total=None),
                auto_decompress=False,
                headers=_HEADERS,
            ) as session,
            session.get(url, headers=own, allow_redirects=False) as response,
        ):
            if response.status not in _MOVED:
                return await _read(response, limit)
            target = url.join(_parsed(response.headers.get("Location", "")))
        url = _allowed(target, hosts, loopback)
    raise FetchRefused("redirects")


def _parsed(text: str) -> URL:
    """The URL as it is written: signed ones do not survive being quoted anew."""
    if not (text.isascii() and text.isprintable() and " " not in text and len(text) <= URL_LIMIT):
        raise FetchRefused("url")
    try:
        return URL(text, encoded=True)
    except ValueError:
        raise FetchRefused("url") from None


def _allowed(url: URL, hosts: frozenset[str], loopback: bool) -> URL:
    """The same URL. Raises FetchRefused for one that we do not ask."""
    host = (url.host or "").lower()
    plain = url.scheme == "http"
    if url.scheme != "https" and not (plain and loopback):
        raise FetchRefused("scheme")
    if url.user is not None or url.password is not None:
        raise FetchRefused("url")
    if url.explicit_port not in (None, 443) and not loopback:
        raise FetchRefused("port")
    domains = (each for each in hosts if each.startswith("."))
    if not host or (host not in hosts and not host.endswith(tuple(domains))):
        raise FetchRefused("host")
    # A host that is an address is never looked up: the guard would not see it.
    if _is_address(host) and not may_reach(host, plain=plain, loopback=loopback):
        raise FetchRefused("address")
    return url


class Guard(AbstractResolver):
    """Looks names up, and passes on only addresses that may be connected to.

    The connection is made to what this returns, so that a name which changes its mind between
    two look-ups gains nothing.
    """

    def __init__(self, names: AbstractResolver, *, plain: bool, loopback: bool) -> None:
        self._names = names
        self._plain = plain
        self._loopback = loopback

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        found = await self._names.resolve(host, port, family)
        allowed = [
            each
            for each in found
            if may_reach(each["host"], plain=self._plain, loopback=self._loopback)
        ]
        if not allowed:
            raise FetchRefused("address")
        return allowed

    async def close(self) -> None:
        """The names outlive their guard."""


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def may_reach(host: str, *, plain: bool, loopback: bool) -> bool:
    """Whether an address is on the internet; or on this machine, where that was allowed."""
    address = ip_address(host)
    if address.is_loopback:
        return loopback
    if plain or not address.is_global or address.is_multicast or address.is_reserved:
        return False
    if address.version == 4:
        return True
    # The last two carry an IPv4 address inside, which could be any; older Pythons call them global.
    return address in _ROUTED and address.sixtofour is None and address.teredo is None


async def _read(response: aiohttp.ClientResponse, limit: int) -> bytes:
    if response.status in _GONE:
        raise FetchGone("gone")
    if response.status != HTTPStatus.OK:
        raise FetchUnavailable(f"status_{response.status}")
    if response.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise FetchRefused("encoding")
    if (response.content_length or 0) > limit:
        raise FetchRefused("size")
    content = bytearray()
    async for chunk in response.content.iter_chunked(_CHUNK):
        content += chunk
        if len(content) > limit:
            raise FetchRefused("size")
    return bytes(content)
