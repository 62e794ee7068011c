"""Fetching from a hostile platform: real HTTP servers on loopback, name servers as arguments."""

import asyncio
import gzip
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.test_utils import TestServer

from connectors.interface import MediaPlace
from gateway.media.fetch import (
    REDIRECTS,
    FetchGone,
    FetchRefused,
    FetchUnavailable,
    NotFetched,
    fetch,
)

FILE = bytes(range(256)) * 40
LIMIT = 100_000
HOSTS = frozenset({"127.0.0.1", "files.test", "other.test", ".cdn.test"})
TOKEN = {"Authorization": "Bearer secret"}

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Names(AbstractResolver):
    """A name server that gives these answers, one a question; the last one from then on."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)
        self.asked = 0

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        answer = self.answers[min(self.asked, len(self.answers) - 1)]
        self.asked += 1
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=0,
                flags=0,
            )
            for address in answer
        ]

    async def close(self) -> None:
        """Nothing to let go of."""


HERE = ["127.0.0.1"]


class Platform:
    """A server on loopback that answers every path as it is told, and remembers who asked."""

    def __init__(self) -> None:
        self.answer: Answer = self._file
        self.asked: list[web.BaseRequest] = []
        self.port = 0

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request)
        return await self.answer(request)

    async def _file(self, request: web.Request) -> web.StreamResponse:
        return web.Response(body=FILE)

    def moves(self, *targets: str) -> None:
        """Answer the paths /0, /1 … with these redirects, all others with the file."""

        async def answer(request: web.Request) -> web.StreamResponse:
            number = int(request.path.strip("/") or "999")
            if number >= len(targets):
                return web.Response(body=FILE)
            return web.Response(
                status=(301, 302, 303, 307, 308)[number % 5], headers={"Location": targets[number]}
            )

        self.answer = answer

    def url(self, path: str = "/0", host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"


@asynccontextmanager
async def a_platform() -> AsyncIterator[Platform]:
    platform = Platform()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", platform.handle)
    async with TestServer(app) as server:
        assert server.port is not None
        platform.port = server.port
        yield platform


@pytest.fixture
async def platform() -> AsyncIterator[Platform]:
    async with a_platform() as platform:
        yield platform


async def get(
    url: str,
    *,
    headers: dict[str, str] | None = None,
    within: float = 5.0,
    loopback: bool = True,
    names: AbstractResolver | None = None,
    hosts: frozenset[str] = HOSTS,
) -> bytes:
    return await fetch(
        MediaPlace(url, headers or {}),
        hosts,
        limit=LIMIT,
        within=within,
        loopback=loopback,
        resolver=names or Names(HERE),
    )


async def failure(url: str, **options: object) -> NotFetched:
    with pytest.raises(NotFetched) as failed:
        await get(url, **options)  # type: ignore[arg-type]
    return failed.value


async def test_a_file_comes_as_it_is(platform: Platform) -> None:
    assert await get(platform.url("/a%2Fb?sig=%7e%2B&x=1"), headers=TOKEN) == FILE
    (asked,) = platform.asked
    assert asked.raw_path == "/a%2Fb?sig=%7e%2B&x=1"
    assert asked.headers["Authorization"] == "Bearer secret"
    assert "Cookie" not in asked.headers
    for word in ("python", "aiohttp", "relais"):
        assert word not in str(asked.headers).lower()


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("", "scheme"),
        ("not a url", "url"),
        ("file:///etc/passwd", "scheme"),
        ("ftp://files.test/x", "scheme"),
        ("//files.test/x", "scheme"),
        ("http://files.test/x", "scheme"),
        ("https://", "host"),
        ("https:///x", "host"),
        ("https://[::1/x", "url"),
        ("https://files.test:99999/x", "url"),
        ("https://files.test:8443/x", "port"),
        ("https://files.test:80/x", "port"),
        ("https://evil.test/x", "host"),
        ("https://files.test.evil.test/x", "host"),
        ("https://evilfiles.test/x", "host"),
        ("https://cdn.test/x", "host"),
        ("https://evilcdn.test/x", "host"),
        ("https://files.test./x", "host"),
        ("https://files.test@evil.test/x", "url"),
        ("https://user:pass@files.test/x", "url"),
        ("https://evil.test\\@files.test/x", "url"),
        ("https://evil.test#@files.test/x", "host"),
        ("https://evil.test?@files.test/x", "host"),
        ("https://files.test\n/x", "url"),
        ("https://ｆiles.test/x", "url"),
        ("https://files.test/" + "x" * 9000, "url"),
        # This machine and the network around it, in all their spellings.
        ("https://localhost/x", "host"),
        ("https://10.0.0.1/x", "host"),
        ("https://169.254.169.254/latest/meta-data", "host"),
        ("https://2130706433/x", "host"),
        ("https://0x7f000001/x", "host"),
        ("https://0177.0.0.1/x", "host"),
        ("https://127.1/x", "host"),
        ("https://[::1]/x", "host"),
        ("https://[::ffff:127.0.0.1]/x", "host"),
        ("https://[::ffff:7f00:1]/x", "host"),
        ("https://[fe80::1%25eth0]/x", "host"),
        ("https://127.0.0.1/x", "address"),
    ],
)
async def test_a_place_that_is_no_platforms_is_not_asked(url: str, code: str) -> None:
    names = Names(HERE)
    failed = await failure(url, loopback=False, names=names)
    assert isinstance(failed, FetchRefused)
    assert failed.code == code
    assert names.asked == 0


async def test_a_listed_address_of_the_inner_network_is_refused_too() -> None:
    # Somebody's careless setting must not open what is behind us.
    for host in ("10.0.0.1", "169.254.169.254", "[::ffff:10.0.0.1]", "[fd00::1]", "0.0.0.0"):
        hosts = frozenset({host.strip("[]")})
        failed = await failure(f"https://{host}/x", hosts=hosts, within=1.0)
        assert (type(failed), failed.code) == (FetchRefused, "address"), host


NOT_PUBLIC = """
    127.0.0.1 127.8.8.8 0.0.0.0 10.1.2.3 172.16.0.1 192.168.1.1 169.254.169.254 100.64.0.1
    192.0.2.1 198.18.0.1 203.0.113.1 224.0.0.1 240.0.0.1 255.255.255.255
    :: ::1 fe80::1 fc00::1 fd12::1 fec0::1 ff02::1 ff0e::1 2001:db8::1
    ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:8.8.8.8 ::127.0.0.1 64:ff9b::7f00:1 64:ff9b::a00:1
    2002:7f00:1:: 2002:a00:1:: 2001:0:1::1
""".split()


@pytest.mark.parametrize("address", NOT_PUBLIC)
async def test_a_name_that_leads_inside_is_not_followed(address: str) -> None:
    failed = await failure("https://files.test/x", loopback=False, names=Names([address]))
    assert (type(failed), failed.code) == (FetchRefused, "address")


async def test_even_for_a_fake_platform_only_this_machine_is_opened(platform: Platform) -> None:
    for address in ("10.0.0.1", "8.8.8.8", "fd00::1"):
        failed = await failure(platform.url(host="files.test"), names=Names([address]))
        assert (type(failed), failed.code) == (FetchRefused, "address")
    assert not platform.asked


async def test_of_a_mixed_answer_only_what_is_allowed_is_connected_to(platform: Platform) -> None:
    names = Names(["10.255.255.1", "127.0.0.1"])
    assert await get(platform.url(host="files.test"), names=names, within=2.0) == FILE


async def test_the_connection_goes_to_the_address_that_was_looked_at(platform: Platform) -> None:
    # The second answer would lead elsewhere: it is never asked for.
    names = Names(HERE, ["10.0.0.1"])
    assert await get(platform.url("/x", host="files.test"), names=names) == FILE
    assert names.asked == 1
    # A domain of the list covers its hosts, however they are written.
    assert await get(platform.url("/x", host="A.b.CDN.test")) == FILE


async def test_a_name_that_changes_its_mind_is_caught_at_every_redirect(platform: Platform) -> None:
    platform.moves("/1")
    names = Names(HERE, ["10.0.0.1"])
    failed = await failure(platform.url(host="files.test"), names=names)
    assert (type(failed), failed.code) == (FetchRefused, "address")
    assert len(platform.asked) == 1


async def test_redirects_are_followed_a_few_times(platform: Platform) -> None:
    platform.moves(*(f"/{number + 1}" for number in range(REDIRECTS)))
    assert await get(platform.url()) == FILE
    platform.moves(*(f"/{number + 1}" for number in range(REDIRECTS + 1)))
    assert (await failure(platform.url())).code == "redirects"
    platform.moves("/0")
    assert (await failure(platform.url())).code == "redirects"


@pytest.mark.parametrize(
    "target",
    [
        "http://127.0.0.1:{inner}/x",
        "//127.0.0.1:{inner}/x",
        "http://localhost:{inner}/x",
        "http://2130706433:{inner}/x",
        "http://[::1]:{inner}/x",
        "http://[::ffff:127.0.0.1]:{inner}/x",
        "http://files.test@127.0.0.1:{inner}/x",
        "file:///etc/passwd",
        "gopher://127.0.0.1:{inner}/x",
        "",
        "http://[",
        "http://files.test:99999/",
    ],
)
async def test_a_redirect_to_the_inside_is_refused(platform: Platform, target: str) -> None:
    async with a_platform() as inner:
        platform.moves(target.format(inner=inner.port))
        # Only the platform's name is on the list, as it would be in production.
        failed = await failure(
            platform.url(host="files.test"), hosts=frozenset({"files.test"}), within=2.0
        )
        assert not inner.asked
    # A redirect to nowhere leads back to itself until it was followed too often.
    assert isinstance(failed, FetchRefused)


async def test_a_token_does_not_follow_a_redirect_elsewhere(platform: Platform) -> None:
    async with a_platform() as other:
        platform.moves(other.url("/x", host="other.test"))
        assert await get(platform.url(host="files.test"), headers=TOKEN) == FILE
        assert "Authorization" in platform.asked[0].headers
        assert "Authorization" not in other.asked[0].headers
        # The same host on another port is somebody else as well.
        platform.moves(other.url("/x"))
        assert await get(platform.url(), headers=TOKEN) == FILE
        assert "Authorization" not in other.asked[1].headers
    platform.moves("/1")
    assert await get(platform.url(), headers=TOKEN) == FILE
    assert "Authorization" in platform.asked[-1].headers


async def test_more_than_the_limit_is_not_read(platform: Platform) -> None:
    sent = 0

    async def endless(request: web.Request) -> web.StreamResponse:
        nonlocal sent
        response = web.StreamResponse()
        response.enable_chunked_encoding()
        await response.prepare(request)
        while True:
            await response.write(bytes(10_000))
            sent += 10_000

    platform.answer = endless
    failed = await failure(platform.url())
    assert (type(failed), failed.code) == (FetchRefused, "size")
    assert sent < 20_000_000


async def test_a_file_that_says_it_is_too_long_is_not_begun(platform: Platform) -> None:
    async def vast(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": str(LIMIT + 1)})
        await response.prepare(request)
        await asyncio.sleep(60)
        return response

    platform.answer = vast
    failed = await failure(platform.url(), within=2.0)
    assert (type(failed), failed.code) == (FetchRefused, "size")


async def test_a_slow_drip_ends_in_time(platform: Platform) -> None:
    async def drip(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b"x")
            await asyncio.sleep(0.02)

    platform.answer = drip
    started = asyncio.get_running_loop().time()
    failed = await failure(platform.url(), within=0.5)
    assert (type(failed), failed.code) == (FetchUnavailable, "slow")
    assert asyncio.get_running_loop().time() - started < 20


async def test_the_time_is_for_all_redirects_together(platform: Platform) -> None:
    async def amble(request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(0.3)
        return web.Response(status=302, headers={"Location": "/x"})

    platform.answer = amble
    assert (await failure(platform.url(), within=0.5)).code == "slow"


async def test_a_compressed_answer_is_not_unpacked(platform: Platform) -> None:
    bomb = gzip.compress(bytes(50_000_000))

    async def packed(request: web.Request) -> web.StreamResponse:
        return web.Response(body=bomb, headers={"Content-Encoding": "gzip"})

    platform.answer = packed
    failed = await failure(platform.url())
    assert (type(failed), failed.code) == (FetchRefused, "encoding")
    assert platform.asked[0].headers["Accept-Encoding"] == "identity"


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (404, FetchGone),
        (410, FetchGone),
        (401, FetchUnavailable),
        (403, FetchUnavailable),
        (429, FetchUnavailable),
        (500, FetchUnavailable),
        (503, FetchUnavailable),
        (204, FetchUnavailable),
        (206, FetchUnavailable),
        (304, FetchUnavailable),
    ],
)
async def test_the_status_says_whether_to_try_again(
    platform: Platform, status: int, kind: type[NotFetched]
) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        return web.Response(status=status)

    platform.answer = answer
    assert type(await failure(platform.url())) is kind


async def test_what_breaks_off_may_be_had_later(platform: Platform) -> None:
    async def break_off(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "5000"})
        await response.prepare(request)
        await response.write(b"half")
        assert request.transport is not None
        request.transport.close()
        return response

    platform.answer = break_off
    assert type(await failure(platform.url())) is FetchUnavailable


async def test_a_platform_that_is_not_there_is_asked_again_later() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        closed = probe.getsockname()[1]
    assert type(await failure(f"http://127.0.0.1:{closed}/x")) is FetchUnavailable


async def test_what_cannot_even_be_looked_up_is_refused_or_unavailable() -> None:
    for label in ("a" * 64, "a..b", "-", "xn--\x2d"):
        failed = await fails_with_real_names(f"https://{label}.cdn.test/x")
        assert isinstance(failed, FetchRefused | FetchUnavailable)


async def fails_with_real_names(url: str) -> NotFetched:
    with pytest.raises(NotFetched) as failed:
        await fetch(MediaPlace(url), HOSTS, limit=LIMIT, within=3.0)
    return failed.value
