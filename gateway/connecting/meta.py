"""What WhatsApp, Messenger and Instagram share: Meta's application, its tokens, its webhooks."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from aiohttp import ClientSession, ClientTimeout, DummyCookieJar

from core.clock import system_clock
from gateway.checking import Check, State
from gateway.connecting.graph import Fields, Graph, rows
from gateway.connecting.steps import Wish, webhook_url
from gateway.settings import Settings

_TIMEOUT = ClientTimeout(total=20, connect=5)
# A team needs this long to notice and to make another.
_SOON = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Application:
    """Our application at Meta, which may ask about its tokens and set its webhooks."""

    id: str
    graph: Graph


@dataclass(frozen=True, slots=True)
class Hook:
    """A webhook as it should be: of which kind of account, where, and for what."""

    object: str
    path: str
    verify_token: str
    fields: frozenset[str]


@asynccontextmanager
async def open_session() -> AsyncIterator[ClientSession]:
    """A session for `Graph`, without cookies and with limits of time."""
    async with ClientSession(timeout=_TIMEOUT, cookie_jar=DummyCookieJar()) as session:
        yield session


def application(session: ClientSession, settings: Settings, secret: str) -> Application | None:
    """Our application, where its id is known."""
    if settings.meta_app_id is None:
        return None
    token = f"{settings.meta_app_id}|{secret}"
    graph = Graph(session, url=settings.graph_url, token=token, secret=secret)
    return Application(settings.meta_app_id, graph)


def application_unknown(name: str) -> Check:
    """What cannot be looked at without the application's id."""
    return Check(
        State.WARN, name, "not looked at: RELAIS_META_APP_ID is not set", "set it: App settings"
    )


async def token_checks(app: Application, token: str, scopes: frozenset[str]) -> list[Check]:
    """How long a token lives, and whether it may do what it must."""
    facts = await app.graph.inspect(token)
    if facts.get("is_valid") is not True:
        return [
            Check(State.FAIL, "token", "dead", "make a new one: see The token in the docs"),
        ]
    checks = []
    if str(facts.get("app_id", app.id)) != app.id:
        checks.append(
            Check(State.FAIL, "token", "of another application", "compare RELAIS_META_APP_ID")
        )
    checks.append(_lifetime(facts, system_clock()))
    given = facts.get("scopes")
    missing = scopes - {str(scope) for scope in given} if isinstance(given, list) else scopes
    if missing:
        names = ", ".join(sorted(missing))
        checks.append(
            Check(State.FAIL, "permissions", f"missing: {names}", "make a token that has them")
        )
    else:
        checks.append(Check(State.OK, "permissions", ", ".join(sorted(scopes))))
    return checks


def _lifetime(facts: Fields, now: datetime) -> Check:
    ends = [
        facts[name]
        for name in ("expires_at", "data_access_expires_at")
        # 0: never.
        if isinstance(facts.get(name), int) and facts[name] > 0
    ]
    if not ends:
        return Check(State.OK, "token", "never expires")
    left = timedelta(seconds=min(ends) - now.timestamp())
    found = f"expires in {max(left.days, 0)} days"
    mend = "make one of a system user, which never expires: see The token in the docs"
    return Check(State.FAIL if left < _SOON else State.WARN, "token", found, mend)


async def webhook_checks(
    app: Application, settings: Settings, hook: Hook, wish: Wish
) -> Sequence[Check]:
    """Whether Meta calls us for all that we need; registers it where it does not."""
    url = webhook_url(settings, hook.path)
    if isinstance(url, Check):
        return [url]
    name = f"webhook {hook.object.partition('_')[0]}"
    now = await _subscription(app, hook)
    if not (wrong := _wrong(now, url, hook)):
        return [Check(State.OK, name, f"{url}, {len(hook.fields)} fields")]
    if not wish.register:
        return [Check(State.FAIL, name, wrong, "run this again without --look")]
    await app.graph.post(
        f"{app.id}/subscriptions",
        object=hook.object,
        callback_url=url,
        verify_token=hook.verify_token,
        # What somebody else subscribed to stays.
        fields=",".join(sorted(hook.fields | _fields(now))),
        include_values=True,
    )
    if still := _wrong(await _subscription(app, hook), url, hook):
        return [Check(State.FAIL, name, f"registered, and yet {still}", "look in the dashboard")]
    return [Check(State.OK, name, f"registered now: {url} ({wrong} before)")]


async def _subscription(app: Application, hook: Hook) -> Fields:
    found = rows(await app.graph.get(f"{app.id}/subscriptions"))
    return next((row for row in found if row.get("object") == hook.object), {})


def _fields(subscription: Fields) -> frozenset[str]:
    return frozenset(
        str(field["name"])
        for field in subscription.get("fields") or []
        if isinstance(field, dict) and "name" in field
    )


def _wrong(subscription: Fields, url: str, hook: Hook) -> str:
    """What is wrong with a subscription; empty when nothing is."""
    if not subscription:
        return "not registered"
    called = str(subscription.get("callback_url", ""))
    if called != url:
        # Its path may hold somebody's secret.
        return f"Meta calls {urlsplit(called).hostname or 'nobody'}"
    if subscription.get("active") is not True:
        return "not active"
    if missing := hook.fields - _fields(subscription):
        return f"fields missing: {', '.join(sorted(missing))}"
    return ""
