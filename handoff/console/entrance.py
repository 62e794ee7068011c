"""The way in once the password was right: a session, or first the second factor.

What lies between the two steps is a ticket in the page's memory: nothing is stored for somebody who
only knows a password, and no half-open session exists that a mistake could open.
"""

from collections.abc import Iterable
from typing import Any

from aiohttp import web
from limits import RateLimitItemPerHour, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from core.accounts import Listener
from core.audit import Deed, Verb
from core.clock import Clock
from core.errors import NotFound, Refused
from core.ids import ListenerId
from core.ports import Accounts, Audit
from handoff import second_factor, security_keys
from handoff.console.devices import device
from handoff.console.guard import ApiError, Guard, json_body, words
from handoff.console.sessions import Sessions
from handoff.tickets import Tickets, challenge

# Only who knows the password gets as far as guessing codes. 60 an hour, three of which are right at
# any moment, are one chance in 230 a day; a key is asked for nothing that can be guessed.
CODES_PER_PAIR = RateLimitItemPerMinute(5, namespace="codes of a pair")
CODES_PER_PAIR_AND_HOUR = RateLimitItemPerHour(20, namespace="codes of a pair")
CODES_PER_ACCOUNT = RateLimitItemPerHour(60, namespace="codes of an account")
_SECOND_STEP = "second step"


class Entrance:
    """Lets those in whose password was right."""

    def __init__(
        self,
        *,
        accounts: Accounts,
        audit: Audit,
        sessions: Sessions,
        guard: Guard,
        tickets: Tickets,
        clock: Clock,
    ) -> None:
        self._accounts = accounts
        self._audit = audit
        self._sessions = sessions
        self._guard = guard
        self._tickets = tickets
        self._clock = clock
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())

    def routes(self) -> Iterable[web.RouteDef]:
        """The route the gateway mounts."""
        return (web.post("/console/api/login/second", self._guard.public(self.second)),)

    async def admit(self, request: web.Request, listener: Listener) -> web.Response:
        """The answer to a right password."""
        if not listener.has_second_factor:
            return await self.open(request, listener)
        ticket = self._tickets.give(_SECOND_STEP, *_bound(listener), now=self._clock())
        asked = security_keys.request(
            listener, site=self._guard.site(request), challenge=challenge(ticket)
        )
        second = {
            "account": listener.id,
            "ticket": ticket,
            "totp": listener.totp is not None,
            "key": asked,
        }
        return web.json_response({"second": second})

    async def open(
        self, request: web.Request, listener: Listener, *, by: str = "password"
    ) -> web.Response:
        """A session."""
        label = device(request.headers.get("User-Agent", ""))
        token = await self._sessions.open(listener, label=label, by=by)
        return self._guard.signed_in_as(listener, token)

    async def second(self, request: web.Request) -> web.StreamResponse:
        """The second step: a code, a recovery code, or what a security key signed."""
        body = await json_body(request)
        account, ticket = words(body.get("account")), words(body.get("ticket"))
        credential, code = body.get("credential"), body.get("code")
        if credential is not None and not isinstance(credential, dict):
            raise ApiError(400, "bad_request")
        code = "" if credential else words(code)
        try:
            listener = await self._accounts.listener(ListenerId(account))
        except NotFound:
            raise ApiError(401, "step_over") from None
        if not self._goes_on(listener, ticket):
            raise ApiError(401, "step_over")
        if not credential and not self._may_guess(listener, request.remote or ""):
            raise ApiError(429, "too_many")
        by = "key" if credential else "totp" if second_factor.is_code(code) else "recovery"

        def decision(current: Listener) -> tuple[Listener, list[Deed]]:
            # Another sign-in may have used this very ticket or code a moment ago.
            if not self._goes_on(current, ticket):
                raise Refused
            return self._step(request, current, by, code, credential or {}, ticket), []

        try:
            listener = await self._accounts.amend_listener(listener.id, decision)
        except (NotFound, Refused):
            deed = Deed(
                verb=Verb.SECOND_STEP_REFUSED,
                at=self._clock(),
                object=listener.id,
                details={"by": by},
            )
            await self._audit.record(deed)
            raise ApiError(401, "bad_key" if credential else "bad_code") from None
        return await self.open(request, listener, by=by)

    def _step(
        self,
        request: web.Request,
        listener: Listener,
        by: str,
        code: str,
        credential: dict[str, Any],
        ticket: str,
    ) -> Listener:
        if by == "totp":
            return second_factor.with_code(listener, code, self._clock())
        if by == "recovery":
            return second_factor.with_recovery_code(listener, code)
        return security_keys.with_signature(
            listener,
            credential,
            site=self._guard.site(request),
            origin=self._guard.origin(request),
            challenge=challenge(ticket),
        )

    def _goes_on(self, listener: Listener, ticket: str) -> bool:
        bound = _bound(listener)
        holds = self._tickets.holds(ticket, _SECOND_STEP, *bound, now=self._clock())
        return holds and not listener.disabled

    def _may_guess(self, listener: Listener, address: str) -> bool:
        # In this order a guesser who is slowed down takes nothing from the account's own share.
        return (
            self._limiter.hit(CODES_PER_PAIR, listener.id, address)
            and self._limiter.hit(CODES_PER_PAIR_AND_HOUR, listener.id, address)
            and self._limiter.hit(CODES_PER_ACCOUNT, listener.id)
        )


def _bound(listener: Listener) -> tuple[str, str, str]:
    """A changed password ends a ticket, and so does every second step that succeeded."""
    return listener.id, listener.password_hash, str(listener.second_steps)
