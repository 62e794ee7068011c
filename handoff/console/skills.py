"""Who can do what, and how much at a time, for supervisors; what a conversation asks for, for its
holder."""

from collections.abc import Iterable
from dataclasses import replace
from enum import StrEnum
from typing import Any, TypeVar

from aiohttp import web

from core import transitions
from core.accounts import Listener
from core.audit import Deed, Verb
from core.clock import Clock
from core.ids import ListenerId
from core.permissions import Permission, may
from core.ports import Accounts, Phrasebook
from core.skills import Language, Needs, Skill, Skills
from handoff.choosing import CAPACITY_AT_MOST
from handoff.console.changed import changed
from handoff.console.guard import ApiError, Guard, conversation_id, json_body, words
from handoff.desk import Desk
from handoff.staff import Staff

Known = TypeVar("Known", bound=StrEnum)


class SkillRoutes:
    """Who can do what. Every change is in the audit."""

    def __init__(
        self,
        *,
        accounts: Accounts,
        desk: Desk,
        guard: Guard,
        staff: Staff,
        phrases: Phrasebook,
        clock: Clock,
        capacity: int,
    ) -> None:
        """`capacity` is the number of whoever has none of their own."""
        self._capacity = capacity
        self._accounts = accounts
        self._desk = desk
        self._guard = guard
        self._staff = staff
        self._phrases = phrases
        self._clock = clock

    def routes(self) -> Iterable[web.RouteDef]:
        """The routes the gateway mounts."""
        api = "/console/api"
        supervise, answer = Permission.SUPERVISE, Permission.ANSWER
        signed_in = self._guard.signed_in
        return (
            web.get(f"{api}/skills", signed_in(self.team, needs=supervise)),
            web.post(
                f"{api}/skills/{{id:[0-9a-f]{{32}}}}", signed_in(self.change, needs=supervise)
            ),
            web.post(
                f"{api}/conversations/{{id:[0-9a-f]{{32}}}}/needs",
                signed_in(self.ask_for, needs=answer),
            ),
        )

    async def team(self, request: web.Request, listener: Listener) -> web.StreamResponse:
        """Everyone who answers people, with what they can do."""
        team = [one for one in await self._accounts.listeners() if may(one, Permission.ANSWER)]
        return web.json_response({"team": [_view(one) for one in team], "capacity": self._capacity})

    async def change(self, request: web.Request, listener: Listener) -> web.StreamResponse:
        """What somebody can do, and how many conversations they are given, from now on."""
        body = await json_body(request)
        skills = Skills(
            trades=frozenset(_all(body, "trades", Skill)),
            languages=frozenset(_all(body, "languages", Language)),
        )
        capacity = _capacity(body)
        told = " ".join(sorted((*skills.trades, *skills.languages)))
        wanted = ListenerId(request.match_info["id"])
        deed = Deed(
            verb=Verb.SKILLS_CHANGED,
            at=self._clock(),
            actor=listener.id,
            object=wanted,
            details={
                "skills": told,
                **({} if capacity is None else {"capacity": f"{capacity} conversations"}),
            },
        )
        changed = await self._accounts.amend_listener(
            wanted, lambda current: (replace(current, skills=skills, capacity=capacity), [deed])
        )
        return web.json_response(_view(changed))

    async def ask_for(self, request: web.Request, listener: Listener) -> web.StreamResponse:
        """What one's own conversation asks for."""
        body = await json_body(request)
        needs = Needs(skill=_one(body, "skill", Skill), language=_one(body, "language", Language))
        doing = self._desk.decide(
            conversation_id(request),
            lambda current: transitions.ask_for(
                current, listener, needs, now=self._clock(), phrases=self._phrases
            ),
        )
        return await changed(listener, doing, self._staff)


def _view(listener: Listener) -> dict[str, Any]:
    return {
        "id": listener.id,
        "name": listener.name,
        "trades": sorted(listener.skills.trades),
        "languages": sorted(listener.skills.languages),
        "capacity": listener.capacity,
    }


def _capacity(body: dict[str, Any]) -> int | None:
    value = body.get("capacity")
    if value is None:
        return None
    if type(value) is not int or not 1 <= value <= CAPACITY_AT_MOST:
        raise ApiError(400, "bad_request")
    return value


def _one(body: dict[str, Any], name: str, known: type[Known]) -> Known | None:
    value = body.get(name)
    try:
        return None if value is None else known(words(value))
    except ValueError:
        raise ApiError(400, "bad_request") from None


def _all(body: dict[str, Any], name: str, known: type[Known]) -> list[Known]:
    values = body.get(name)
    if not isinstance(values, list) or len(values) > len(known):
        raise ApiError(400, "bad_request")
    try:
        return [known(words(value)) for value in values]
    except ValueError:
        raise ApiError(400, "bad_request") from None
