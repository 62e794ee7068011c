"""One's own second factors: add, remove, new recovery codes.

Somebody at a colleague's open console must not make it theirs: once an account has a second factor,
every change asks for the password again.
"""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from aiohttp import web
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from core.accounts import Listener, Totp
from core.audit import Deed, Verb
from core.clock import Clock
from core.errors import NotFound, Refused
from core.ports import Accounts
from handoff import second_factor, security_keys
from handoff.console.guard import ApiError, Guard, json_body, words
from handoff.console.sessions import Sessions
from handoff.passwords import verify_password
from handoff.tickets import Tickets, challenge

TRIES = RateLimitItemPerMinute(10, namespace="factor changes")
_TOTP, _KEY = "new application", "new key"


class FactorRoutes:
    """The requests of a signed-in account about its second factors."""

    def __init__(
        self,
        *,
        accounts: Accounts,
        sessions: Sessions,
        guard: Guard,
        tickets: Tickets,
        clock: Clock,
    ) -> None:
        self._accounts = accounts
        self._sessions = sessions
        self._guard = guard
        self._tickets = tickets
        self._clock = clock
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())

    def routes(self) -> Iterable[web.RouteDef]:
        """The routes the gateway mounts."""
        api = "/console/api/factors"
        # Whoever must add a factor before anything else needs them too.
        own = {
            "totp": self.new_application,
            "totp/confirm": self.confirm_application,
            "keys": self.new_key,
            "keys/confirm": self.confirm_key,
            "remove": self.remove,
            "recovery": self.recovery,
        }
        return (
            web.get(api, self._guard.signed_in(self.factors, needs=None)),
            *(
                web.post(f"{api}/{path}", self._guard.signed_in(handler, needs=None))
                for path, handler in own.items()
            ),
        )

    async def factors(self, request: web.Request, listener: Listener) -> web.StreamResponse:
        return web.json_response(_view(listener))

    async def new_application(self, request: web.Request, listener: Listener) -> web.StreamResponse:
        await self._require_password(await json_body(request), listener)
        secret = second_factor.new_secret()
        address = second_factor.address(secret, listener.login)
        ticket = self._tickets.give(_TOTP, listener.id, secret, now=self._clock())
        picture = second_factor.picture(address)
        return web.json_response({"secret": secret, "picture": picture, "ticket": ticket})

    async def confirm_application(
        self, request: web.Request, listener: Listener
    ) -> web.StreamResponse:
        body = await json_body(request)
        secret, ticket = words(body.get("secret")), words(body.get("ticket"))
        self._require_try(listener)
        if not self._tickets.holds(ticket, _TOTP, listener.id, secret, now=self._clock()):
            raise ApiError(400, "step_over")
        step = second_factor.current_step(secret, words(body.get("code")), self._clock())
        if step is None:
            raise ApiError(400, "bad_code")
        totp = Totp(secret=secret, last_step=step)
        return await self._add(listener, "totp", lambda current: replace(current, totp=totp))

    async def new_key(self, request: web.Request, listener: Listener) -> web.StreamResponse:
        await self._require_password(await json_body(request), listener)
        ticket = self._tickets.give(_KEY, listener.id, now=self._clock())
        options = security_keys.registration(
            listener, site=self._guard.site(request), challenge=challenge(ticket)
        )
        return web.json_response({"options": options, "ticket": ticket})

    async def confirm_key(self, request: web.Request, listener: Listener) -> web.StreamResponse:
        body = await json_body(request)
        ticket, label = words(body.get("ticket")), words(body.get("label")).strip()
        credential = body.get("credential")
        if not isinstance(credential, dict) or len(label) > security_keys.LABEL_LIMIT:
            raise ApiError(400, "bad_request")
        if not self._tickets.holds(ticket, _KEY, listener.id, now=self._clock()):
            raise ApiError(400, "step_over")
        try:
            key = security_keys.registered(
                credential,
                site=self._guard.site(request),
                origin=self._guard.origin(request),
                challenge=challenge(ticket),
                label=label if label.isprintable() else "",
                now=self._clock(),
            )
        except Refused:
            raise ApiError(400, "bad_key") from None

        def with_key(current: Listener) -> Listener:
            others = tuple(one for one in current.keys if one.id != key.id)
            if len(others) >= security_keys.MOST_KEYS:
                raise Refused
            return replace(current, keys=(*others, key))

        try:
            return await self._add(listener, "key", with_key)
        except Refused:
            raise ApiError(400, "too_many_keys") from None

    async def remove(self, request: web.Request, listener: Listener) -> web.StreamResponse:
        """Take away the application (`totp`) or the key of an id."""
        body = await json_body(request)
        which = words(body.get("which"))
        await self._require_password(body, listener)

        def without(current: Listener) -> Listener:
            keys = tuple(one for one in current.keys if one.id != which)
            totp = None if which == "totp" else current.totp
            if (keys, totp) == (current.keys, current.totp):
                raise NotFound
            left = replace(current, keys=keys, totp=totp)
            if self._sessions.must_enrol(left):
                raise Refused
            # Codes that stand in for nothing would open the next factor that is added.
            return left if left.has_second_factor else replace(left, recovery=())

        factor = "totp" if which == "totp" else "key"
        try:
            left = await self._amend(listener, without, Verb.FACTOR_REMOVED, factor)
        except Refused:
            raise ApiError(409, "second_factor_required") from None
        return web.json_response(_view(left))

    async def recovery(self, request: web.Request, listener: Listener) -> web.StreamResponse:
        """New recovery codes in place of the old ones."""
        await self._require_password(await json_body(request), listener)
        if not listener.has_second_factor:
            raise NotFound
        codes = second_factor.new_recovery_codes()
        hashes = _hashes(listener, codes)
        changed = await self._amend(
            listener,
            lambda current: replace(current, recovery=hashes),
            Verb.FACTOR_ADDED,
            "recovery",
        )
        return web.json_response({**_view(changed), "codes": codes})

    async def _add(
        self, listener: Listener, factor: str, change: Callable[[Listener], Listener]
    ) -> web.Response:
        """With an account's first factor it gets its recovery codes."""
        codes = second_factor.new_recovery_codes()
        hashes = _hashes(listener, codes)

        def with_codes(current: Listener) -> Listener:
            changed = change(current)
            return changed if current.recovery else replace(changed, recovery=hashes)

        changed = await self._amend(listener, with_codes, Verb.FACTOR_ADDED, factor)
        shown = codes if changed.recovery == hashes else ()
        me = self._guard.me(changed)
        return web.json_response({**_view(changed), "codes": shown, "me": me})

    async def _amend(
        self, listener: Listener, change: Callable[[Listener], Listener], verb: Verb, factor: str
    ) -> Listener:
        deed = Deed(verb=verb, at=self._clock(), actor=listener.id, details={"factor": factor})

        def decision(current: Listener) -> tuple[Listener, list[Deed]]:
            return change(current), [deed]

        return await self._accounts.amend_listener(listener.id, decision)

    async def _require_password(self, body: dict[str, Any], listener: Listener) -> None:
        self._require_try(listener)
        if not listener.has_second_factor:
            return
        password = words(body.get("password", ""))
        if not await asyncio.to_thread(verify_password, listener.password_hash, password):
            raise ApiError(403, "bad_password")

    def _require_try(self, listener: Listener) -> None:
        if not self._limiter.hit(TRIES, listener.id):
            raise ApiError(429, "too_many")


def _view(listener: Listener) -> dict[str, Any]:
    return {
        "totp": listener.totp is not None,
        "keys": [
            {"id": key.id, "label": key.label, "added_at": key.added_at.isoformat()}
            for key in listener.keys
        ],
        "recovery_left": len(listener.recovery),
    }


def _hashes(listener: Listener, codes: Iterable[str]) -> tuple[str, ...]:
    return tuple(second_factor.recovery_hash(listener, code) for code in codes)
