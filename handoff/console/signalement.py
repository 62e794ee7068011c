"""Dossiers over HTTP: open, complete, validate, send, follow; see `docs/signalement.md`."""

import json
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from aiohttp import web
from pydantic import ValidationError

from core.accounts import Listener
from core.clock import Clock
from core.errors import Refused
from core.ids import AttachmentId, new_id
from core.permissions import Permission, may
from core.signalement import moves, todo
from core.signalement.authorities import authorities
from core.signalement.case import Authority, Case, Route
from core.signalement.platforms import Directory
from handoff.console import signalement_views as views
from handoff.console.files import ENDINGS
from handoff.console.guard import ApiError, Guard, conversation_id, json_body, words
from handoff.signalement.archive import Kept
from handoff.signalement.dossiers import Dossiers
from handoff.signalement.edits import EDIT
from handoff.signalement.pictures import NotAPicture

_WORDS = 2000
_SEALED = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


class SignalementRoutes:
    """The requests about dossiers."""

    def __init__(self, *, dossiers: Dossiers, known: Directory, guard: Guard, clock: Clock) -> None:
        self._dossiers = dossiers
        self._known = known
        self._guard = guard
        self._clock = clock

    def routes(self) -> Iterable[web.RouteDef]:
        """The routes the gateway mounts."""
        signed = partial(self._guarded, needs=Permission.ANSWER)
        api = "/console/api/signalements"
        one = f"{api}/{{case:[0-9a-f]{{32}}}}"
        capture = f"{one}/captures/{{capture:[0-9a-f]{{32}}}}"
        file = f"{one}/files/{{file:[0-9a-f]{{32}}}}"
        notice = f"{one}/notices/{{notice:[0-9a-f]{{32}}}}"
        return (
            web.get(f"{api}/catalogue", signed(self.catalogue)),
            web.get(api, signed(self.cases)),
            web.get(f"{api}/todo", signed(self.todo)),
            web.post("/console/api/conversations/{id:[0-9a-f]{32}}/signalement", signed(self.open)),
            web.post(
                "/console/api/board/{id:[0-9a-f]{32}}/preserve",
                self._guarded(self.preserve, needs=Permission.SUPERVISE),
            ),
            web.get(one, signed(self.case)),
            web.put(one, signed(self.edit)),
            web.post(f"{one}/captures", signed(self.add_capture)),
            web.post(f"{one}/captures/copy", signed(self.copy_attachment)),
            web.get(capture, signed(self.picture), allow_head=False),
            web.post(f"{capture}/hash-only", signed(self.keep_hash_only)),
            web.get(file, signed(self.enclosed), allow_head=False),
            web.post(f"{file}/hash-only", signed(self.keep_file_hash_only)),
            web.get(f"{notice}/pdf", signed(self.paper), allow_head=False),
            web.post(f"{notice}/validate", signed(self.validate)),
            web.post(f"{notice}/dispatch", signed(self.dispatch)),
            web.post(f"{notice}/tell", signed(self.tell)),
            web.post(f"{notice}/{{move:[a-z_]{{3,20}}}}", signed(self.move)),
            web.get(f"{one}/export", signed(self.export), allow_head=False),
            web.get(f"{one}/authorities/{{authority:[a-z0-9_]+}}", signed(self.authority)),
            web.post(f"{one}/escalate", signed(self.escalate)),
            web.post(f"{one}/{{move:hold|release|review}}", signed(self.decide)),
            web.post(f"{one}/destroy", signed(self.destroy)),
        )

    async def catalogue(self, request: web.Request, listener: Listener) -> web.StreamResponse:
        """Platforms and law, as the page needs them."""
        return web.json_response(views.catalogue(self._known))

    async def cases(self, request: web.Request, listener: Listener) -> web.StreamResponse:
        kept, now = await self._dossiers.archive.all_seen_by(listener), self._clock()
        rows = [views.row(one.case, self._known, now) for one in kept]
        return web.json_response({"cases": rows})

    async def todo(self, request: web.Request, listener: Listener) -> web.StreamResponse:
        """How much waits for somebody by now, in the cases that the listener sees."""
        kept, now = await self._dossiers.archive.all_seen_by(listener), self._clock()
        due = [
            one for each in kept for one in todo.of_case(each.case, self._known) if one.at <= now
        ]
        return web.json_response({"due": len(due)})

    async def open(self, request: web.Request, listener: Listener) -> web.StreamResponse:
        """The one that was begun from this conversation; a second one only if asked for."""
        another = (await json_body(request)).get("another") is True
        return await self._view(
            listener,
            await self._dossiers.writing.open(listener, conversation_id(request), another=another),
        )

    async def preserve(self, request: web.Request, listener: Listener) -> web.StreamResponse:
        """A copy of a whole conversation that is held, for a judge or the police."""
        text = _text(await json_body(request), "text")
        kept = await self._dossiers.preserving.preserve(listener, conversation_id(request), text)
        return await self._view(listener, kept)

    async def case(self, request: web.Request, listener: Listener) -> web.StreamResponse:
        return await self._view(
            listener, await self._dossiers.archive.seen_by(listener, _part(request, "case"))
        )

    async def edit(self, request: web.Request, listener: Listener) -> web.StreamResponse:
        body = await json_body(request)
        version = body.get("version")
        if not isinstance(version, int) or isinstance(version, bool):
            raise ApiError(400, "bad_request")
        try:
            edit = EDIT.validate_json(json.dumps(body.get("edit")))
        except (ValidationError, UnicodeEncodeError):
            raise ApiError(400, "bad_request") from None
        case_id = _part(request, "case")
        edited = await self._dossiers.writing.edit(listener, case_id, edit, version=version)
        return await self._view(listener, edited.kept, left_out=edited.left_out)

    async def add_capture(self, request: web.Request, listener: Listener) -> web.StreamResponse:
        try:
            content = await request.read()
            taken_at = _moment(request.query.get("taken_at"))
            kept = await self._dossiers.writing.add_capture(
                listener, _part(request, "case"), content, taken_at=taken_at
            )
        except NotAPicture:
            raise ApiError(400, "not_a_picture") from None
        return await self._view(listener, kept)

    async def copy_attachment(self, request: web.Request, listener: Listener) -> web.StreamResponse:
        wanted = AttachmentId(words((await json_body(request)).get("attachment")))
        try:
            kept = await self._dossiers.writing.copy_attachment(
                listener, _part(request, "case"), wanted
            )
        except NotAPicture:
            raise ApiError(400, "not_a_picture") from None
        return await self._view(listener, kept)

    async def keep_hash_only(self, request: web.Request, listener: Listener) -> web.StreamResponse:
        case_id, capture_id = _part(request, "case"), _part(request, "capture")
        return await self._view(
            listener, await self._dossiers.writing.keep_hash_only(listener, case_id, capture_id)
        )

    async def picture(self, request: web.Request, listener: Listener) -> web.StreamResponse:
        capture, content = await self._dossiers.writing.picture(
            listener, _part(request, "case"), _part(request, "capture")
        )
        return web.Response(body=content, content_type=capture.mime, headers=_SEALED)

    async def enclosed(self, request: web.Request, listener: Listener) -> web.StreamResponse:
        """A voice, a film or a document of a copy for a judge."""
        file, content = await self._dossiers.preserving.file(
            listener, _part(request, "case"), _part(request, "file")
        )
        # A name tells the browser what it is; it is never told to play it here.
        name = f"message-{file.seq}-{file.id[:8]}.{ENDINGS.get(file.mime or '', 'bin')}"
        return _download(content, "application/octet-stream", name)

    async def keep_file_hash_only(
        self, request: web.Request, listener: Listener
    ) -> web.StreamResponse:
        kept = await self._dossiers.preserving.keep_hash_only(
            listener, _part(request, "case"), _part(request, "file")
        )
        return await self._view(listener, kept)

    async def paper(self, request: web.Request, listener: Listener) -> web.StreamResponse:
        notice_id = _part(request, "notice")
        pdf = await self._dossiers.notices.paper(listener, _part(request, "case"), notice_id)
        name = f"signalement-{notice_id[:8]}.pdf"
        return _download(pdf, "application/pdf", name)

    async def validate(self, request: web.Request, listener: Listener) -> web.StreamResponse:
        case_id, notice_id = _part(request, "case"), _part(request, "notice")
        return await self._view(
            listener, await self._dossiers.notices.validate(listener, case_id, notice_id)
        )

    async def dispatch(self, request: web.Request, listener: Listener) -> web.StreamResponse:
        try:
            route = Route(words((await json_body(request)).get("route")))
        except ValueError:
            raise ApiError(400, "bad_request") from None
        case_id, notice_id = _part(request, "case"), _part(request, "notice")
        return await self._view(
            listener, await self._dossiers.notices.dispatch(listener, case_id, notice_id, route)
        )

    async def move(self, request: web.Request, listener: Listener) -> web.StreamResponse:
        """What a platform answered, or what a person found out."""
        name, body = request.match_info["move"], await json_body(request)
        decide = self._moves(_part(request, "notice"), body).get(name)
        if decide is None:
            raise ApiError(404, "not_found")
        case_id, notice_id = _part(request, "case"), _part(request, "notice")
        return await self._view(
            listener, await self._dossiers.move(listener, case_id, name, decide, notice_id)
        )

    def _moves(self, notice: str, body: dict[str, Any]) -> dict[str, Callable[[Case], Case]]:
        now, text = self._clock(), _text(body, "text")
        arrived = body.get("arrived") is True
        return {
            "received": lambda case: moves.received(case, notice, reference=text, now=now),
            "removed": lambda case: moves.removed(case, notice, now=now),
            "refused": lambda case: moves.refused(case, notice, reason=text, now=now),
            "appeal": lambda case: moves.appeal(case, notice, reason=text, now=now),
            "reminded": lambda case: moves.reminded(case, notice, now=now),
            "still_gone": lambda case: moves.still_gone(case, notice, now=now),
            "told_in_words": lambda case: moves.told(case, notice, now=now),
            "seen_again": lambda case: moves.seen_again(case, notice, new_id=new_id(), now=now),
            "cancel": lambda case: moves.cancel(case, notice),
            "resolve": lambda case: moves.resolve(case, notice, arrived=arrived, now=now),
        }

    async def tell(self, request: web.Request, listener: Listener) -> web.StreamResponse:
        """Write to the person that there is news."""
        case_id, notice_id = _part(request, "case"), _part(request, "notice")
        kept = await self._dossiers.news.tell(listener, case_id, notice_id)
        return await self._view(listener, kept)

    async def export(self, request: web.Request, listener: Listener) -> web.StreamResponse:
        case_id = _part(request, "case")
        document = await self._dossiers.export(listener, case_id)
        body = json.dumps(document, ensure_ascii=False, indent=1).encode()
        return _download(body, "application/json", f"dossier-{case_id[:8]}.json")

    async def authority(self, request: web.Request, listener: Listener) -> web.StreamResponse:
        case = (await self._dossiers.archive.seen_by(listener, _part(request, "case"))).case
        asked = authorities()[_authority(request.match_info["authority"])]
        return web.json_response(views.letter(case, asked))

    async def escalate(self, request: web.Request, listener: Listener) -> web.StreamResponse:
        body = await json_body(request)
        authority = _authority(words(body.get("authority")))
        kept = await self._dossiers.escalate(
            listener, _part(request, "case"), authority, _text(body, "text")
        )
        return await self._view(listener, kept)

    async def decide(self, request: web.Request, listener: Listener) -> web.StreamResponse:
        """A hold, its end, or a lawyer's word."""
        name, body = request.match_info["move"], await json_body(request)
        if name == "review" and not may(listener, Permission.SUPERVISE):
            raise Refused
        now, text = self._clock(), _text(body, "text")
        decisions: dict[str, Callable[[Case], Case]] = {
            "hold": lambda case: moves.hold(case, text, by=listener.id, now=now),
            "release": moves.release,
            "review": lambda case: moves.reviewed(
                case,
                approved=body.get("approved") is True,
                remarks=text,
                by=listener.id,
                now=now,
            ),
        }
        case_id = _part(request, "case")
        return await self._view(
            listener, await self._dossiers.move(listener, case_id, name, decisions[name], case_id)
        )

    async def destroy(self, request: web.Request, listener: Listener) -> web.StreamResponse:
        text = _text(await json_body(request), "text")
        await self._dossiers.destroy(listener, _part(request, "case"), text)
        return web.Response(status=204)

    def _guarded(
        self,
        handler: Callable[[web.Request, Listener], Awaitable[web.StreamResponse]],
        *,
        needs: Permission,
    ) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def answer(request: web.Request, listener: Listener) -> web.StreamResponse:
            try:
                return await handler(request, listener)
            except moves.Blocked as blocked:
                told = [views.problem(one) for one in blocked.problems]
                return web.json_response({"problems": told}, status=422)
            except Refused:
                raise ApiError(409, "not_now") from None

        return self._guard.signed_in(answer, needs=needs)

    async def _view(
        self, listener: Listener, kept: Kept, *, left_out: Sequence[int] = ()
    ) -> web.Response:
        return web.json_response(
            views.case(
                kept.case,
                kept.version,
                known=self._known,
                problems=self._dossiers.notices.problems,
                routes_of=self._dossiers.notices.routes_of,
                form=self._dossiers.notices.form,
                now=self._clock(),
                reader=listener,
                hindrance=await self._dossiers.news.hindrance(kept.case),
                left_out=left_out,
            )
        )


def _part(request: web.Request, name: str) -> str:
    return request.match_info[name]


def _text(body: dict[str, Any], name: str) -> str:
    text = words(body.get(name, ""))
    if len(text) > _WORDS:
        raise ApiError(400, "bad_request")
    return text


def _authority(name: str) -> Authority:
    try:
        return Authority(name)
    except ValueError:
        raise ApiError(404, "not_found") from None


def _moment(text: str | None) -> datetime | None:
    """A moment with its offset, such as `2026-03-02T13:00:00Z`. Raises ApiError."""
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ApiError(400, "bad_request") from None
    if moment.tzinfo is None:
        raise ApiError(400, "bad_request")
    return moment


def _download(body: bytes, mime: str, name: str) -> web.Response:
    headers = {**_SEALED, "Content-Disposition": f'attachment; filename="{name}"'}
    return web.Response(body=body, content_type=mime, headers=headers)
