"""Accounts for those who manage them: list, invite, role, close, end sessions.

The token of an invitation is in the answer to the request that made it, and nowhere else.
"""

from collections.abc import Iterable
from typing import Any

from aiohttp import web

from core.accounts import Listener, StaffRole
from core.errors import Conflict
from core.ids import ListenerId
from core.permissions import Permission
from core.ports import Accounts
from handoff.console.guard import ApiError, Guard, Handler, json_body, words
from handoff.console.mysessions import session_views
from handoff.console.sessions import Sessions
from handoff.roster import BadAccount, Oneself, Roster


class AccountRoutes:
    """The requests of an admin."""

    def __init__(
        self, *, accounts: Accounts, roster: Roster, sessions: Sessions, guard: Guard
    ) -> None:
        self._accounts = accounts
        self._roster = roster
        self._sessions = sessions
        self._guard = guard

    def routes(self) -> Iterable[web.RouteDef]:
        """The routes the gateway mounts."""
        api = "/console/api/accounts"
        one = f"{api}/{{id:[0-9a-f]{{32}}}}"
        return (
            web.get(api, self._for_admins(self.list)),
            web.post(api, self._for_admins(self.invite)),
            web.post(f"{one}/invite", self._for_admins(self.invite_again)),
            web.post(f"{one}/role", self._for_admins(self.role)),
            web.post(f"{one}/disable", self._for_admins(self.disable)),
            web.post(f"{one}/enable", self._for_admins(self.enable)),
            web.post(f"{one}/forget-factors", self._for_admins(self.forget_factors)),
            web.get(f"{one}/sessions", self._for_admins(self.sessions)),
            web.post(f"{one}/sessions/end", self._for_admins(self.end_sessions)),
        )

    def _for_admins(self, handler: Handler) -> Any:
        async def answer(request: web.Request, admin: Listener) -> web.StreamResponse:
            try:
                return await handler(request, admin)
            except BadAccount:
                raise ApiError(400, "bad_account") from None
            except Oneself:
                raise ApiError(409, "oneself") from None

        return self._guard.signed_in(answer, needs=Permission.MANAGE_ACCOUNTS)

    async def list(self, request: web.Request, admin: Listener) -> web.StreamResponse:
        found = await self._accounts.listeners()
        return web.json_response({"accounts": [self._view(one) for one in found]})

    async def invite(self, request: web.Request, admin: Listener) -> web.StreamResponse:
        body = await json_body(request)
        try:
            listener, token = await self._roster.invite(
                login=words(body.get("login")),
                name=words(body.get("name")),
                role=_role(body),
                by=admin.id,
            )
        except Conflict:
            raise ApiError(409, "login_taken") from None
        return web.json_response({"account": self._view(listener), "invitation": token})

    async def invite_again(self, request: web.Request, admin: Listener) -> web.StreamResponse:
        # Whoever does this to themselves is signed out, with the link on the screen.
        token = await self._roster.invite_again(_which(request), by=admin.id)
        return await self._now(request, invitation=token)

    async def role(self, request: web.Request, admin: Listener) -> web.StreamResponse:
        role = _role(await json_body(request))
        await self._roster.change_role(_which(request), role, by=admin.id)
        return await self._now(request)

    async def disable(self, request: web.Request, admin: Listener) -> web.StreamResponse:
        await self._roster.disable(_which(request), by=admin.id)
        return await self._now(request)

    async def enable(self, request: web.Request, admin: Listener) -> web.StreamResponse:
        await self._roster.enable(_which(request), by=admin.id)
        return await self._now(request)

    async def forget_factors(self, request: web.Request, admin: Listener) -> web.StreamResponse:
        await self._roster.forget_factors(_which(request), by=admin.id)
        return await self._now(request)

    async def sessions(self, request: web.Request, admin: Listener) -> web.StreamResponse:
        found = await self._sessions.of(_which(request))
        return web.json_response({"sessions": session_views(found)})

    async def end_sessions(self, request: web.Request, admin: Listener) -> web.StreamResponse:
        await self._sessions.revoke(_which(request), by=admin.id)
        return await self._now(request)

    async def _now(self, request: web.Request, **more: str) -> web.Response:
        listener = await self._accounts.listener(_which(request))
        return web.json_response({"account": self._view(listener), **more})

    def _view(self, listener: Listener) -> dict[str, Any]:
        invitation = listener.invitation
        return {
            "id": listener.id,
            "login": listener.login,
            "name": listener.name,
            "role": listener.role.value,
            "disabled": listener.disabled,
            "invited_until": invitation.expires_at.isoformat() if invitation else None,
            "second_factor": listener.has_second_factor,
            "must_enrol": self._sessions.must_enrol(listener),
            "created_at": listener.created_at.isoformat(),
        }


def _which(request: web.Request) -> ListenerId:
    return ListenerId(request.match_info["id"])


def _role(body: dict[str, Any]) -> StaffRole:
    try:
        return StaffRole(words(body.get("role")))
    except ValueError:
        raise ApiError(400, "bad_request") from None
