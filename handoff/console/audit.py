"""The audit for those who may read it: pages of entries, the newest first."""

import re
from collections.abc import Iterable
from typing import Any

from aiohttp import web

from core.accounts import Listener
from core.audit import Entry
from core.ids import ID, ConversationId, ListenerId
from core.permissions import Permission
from core.ports import Audit
from handoff.console.guard import ApiError, Guard
from handoff.staff import Staff

PAGE = 50

_VERB = re.compile(r"[a-z_]{1,40}")
_NUMBER = re.compile(r"[0-9]{1,15}")


class AuditRoutes:
    """`GET /console/api/audit`. An entry never holds what somebody wrote."""

    def __init__(self, *, audit: Audit, staff: Staff, guard: Guard) -> None:
        self._audit = audit
        self._staff = staff
        self._guard = guard

    def routes(self) -> Iterable[web.RouteDef]:
        """The route the gateway mounts."""
        entries = self._guard.signed_in(self.entries, needs=Permission.READ_AUDIT)
        return (web.get("/console/api/audit", entries),)

    async def entries(self, request: web.Request, listener: Listener) -> web.StreamResponse:
        """One page; `next` is the `before` of the one that follows, null on the last."""
        before = _asked(request, "before", _NUMBER)
        actor, conversation = _asked(request, "actor", ID), _asked(request, "conversation", ID)
        found = await self._audit.audit_entries(
            before=int(before) if before else None,
            limit=PAGE + 1,
            verb=_asked(request, "verb", _VERB),
            actor=ListenerId(actor) if actor else None,
            conversation=ConversationId(conversation) if conversation else None,
        )
        shown = found[:PAGE]
        return web.json_response(
            {
                "entries": [await self._view(entry) for entry in shown],
                "next": shown[-1].seq if len(found) > PAGE else None,
            }
        )

    async def _view(self, entry: Entry) -> dict[str, Any]:
        # An object is an account, or something that has no name.
        named = await self._staff.name(ListenerId(entry.object)) if entry.object else ""
        return {
            "seq": entry.seq,
            "at": entry.at.isoformat(),
            "verb": entry.verb,
            "actor": entry.actor,
            "actor_name": await self._staff.name(entry.actor) if entry.actor else None,
            "conversation": entry.conversation,
            "object": entry.object,
            "object_name": named or None,
            "reason": entry.reason,
            "details": dict(entry.details),
            "readable": entry.readable,
        }


def _asked(request: web.Request, name: str, form: re.Pattern[str]) -> str | None:
    """A parameter of the query; None when it is absent or empty. Raises ApiError."""
    value = request.query.get(name)
    if not value:
        return None
    if not form.fullmatch(value):
        raise ApiError(400, "bad_request")
    return value
