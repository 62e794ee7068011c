"""Who may ask the console for what: sessions, permissions, origins, and errors in one shape.

Every request but sign-in needs a session; every one that changes something needs an Origin of our
own. Something that is not the asker's is not found, whether it exists or not.
"""

import json
import re
from collections.abc import Awaitable, Callable, Mapping
from enum import StrEnum
from typing import Any, TypeAlias
from urllib.parse import urlsplit

from aiohttp import web

from core.accounts import Listener
from core.errors import Conflict, NotFound
from core.ids import ID, ConversationId, ListenerId
from core.notes import NOTE_LIMIT
from core.permissions import Permission, may
from handoff.console import views
from handoff.console.api.shapes import Me
from handoff.console.sessions import IDLE, PASSWORD_LENGTH, Sessions, Stay
from handoff.desk import REPLY_LIMIT

ERRORS = {
    "bad_request": "La demande n’a pas pu être lue.",
    "bad_origin": "Cette page n’a pas le droit d’utiliser la console.",
    "bad_login": "Identifiant ou mot de passe incorrect.",
    "signed_out": "La session est terminée. Reconnectez-vous.",
    "forbidden": "Votre rôle ne permet pas cette action.",
    "too_many": "Trop d’essais. Attendez une minute.",
    "bad_code": "Ce code n’est pas le bon, ou il a déjà servi.",
    "bad_password": "Ce n’est pas votre mot de passe.",
    "bad_key": "Cette clé n’a pas été acceptée.",
    "step_over": "Ce délai est passé. Recommencez avec votre mot de passe.",
    "second_factor_required": "Ajoutez d’abord une deuxième protection à votre compte.",
    "bad_invitation": "Ce lien n’est plus valable. Demandez-en un autre.",
    "login_taken": "Cet identifiant est déjà pris.",
    "bad_account": "Identifiant : 2 à 40 lettres sans accent, chiffres, points ou tirets. "
    "Prénom : 60 signes au plus.",
    "oneself": "Vous ne pouvez pas faire cela à votre propre compte.",
    "too_many_keys": "Ce compte a déjà dix clés. Retirez-en une d’abord.",
    "weak_password": f"Le mot de passe doit compter au moins {PASSWORD_LENGTH} caractères.",
    "password_change_required": "Choisissez d’abord votre mot de passe.",
    "nothing_waiting": "Personne n’attend.",
    "busy": "Vous avez déjà assez de conversations. Terminez-en une, ou choisissez dans la file.",
    "taken": "Déjà pris par quelqu’un d’autre.",
    "ended": "Cette conversation est déjà terminée.",
    "not_found": "Conversation introuvable.",
    "new_message": "La personne vient d’écrire. Lisez avant de terminer.",
    "not_owner": "Cette conversation n’est plus la vôtre.",
    "empty": "Le message est vide.",
    "too_long": f"Le message dépasse {REPLY_LIMIT} caractères.",
    "outcome_required": "Choisissez une issue.",
    "unknown_tag": "La liste des étiquettes a changé. Choisissez de nouveau.",
    "reason_required": "Dites pourquoi vous lisez cette conversation.",
    "moved_on": "Cette conversation a changé de mains entre-temps.",
    "bad_period": "Cette période n’existe pas, ou dépasse 366 jours.",
    "edited_meanwhile": "Quelqu’un a modifié cela entre-temps. Relisez avant d’enregistrer.",
    "not_a_picture": "Ce fichier n’est pas une image PNG, JPEG ou WebP de moins de 8 Mo.",
    "not_now": "Ce n’est pas possible à cette étape.",
    "note_too_long": f"Le texte dépasse {NOTE_LIMIT} caractères.",
    "not_there": "Cette personne n’est pas disponible maintenant.",
    "no_offer": "Cette proposition n’est plus valable.",
    "another_person": "Ce n’est peut-être pas la même personne, et ce qu’un enfant écrit ne se lit "
    "pas dans la conversation d’un autre. Si c’est bien elle, corrigez d’abord qui écrit.",
    "another_writes": "Une autre personne écrit maintenant : ce n’est plus la même fiche. "
    "Fermez, lisez, puis corrigez de nouveau.",
    "too_urgent": "C’est trop grave pour l’assistant automatique : une personne doit rester.",
    "emergency_reason": "Dites pourquoi, en 300 caractères au plus : la raison est gardée.",
    "bad_number": "Ce numéro n’a pas la bonne forme. Exemple : 06 12 34 56 78.",
    "no_follow_up": "Ce suivi n’est pas possible : la date, la conversation ou l’accord a changé.",
    "indecent_hour": "Choisissez une heure entre 8 h et 21 h pour la personne "
    "(heure de Paris, sauf outre-mer et Québec) : "
    "la nuit, on n’écrit pas et on n’appelle pas.",
    "out_of_reach": "La plateforme ne laisse plus écrire en premier à cette personne. "
    "Ce sera possible quand elle aura écrit.",
    "too_late": "Il est trop tard pour annuler la fin de cette conversation.",
}

# More messages than any conversation has, and no more than a database can count.
_MOST = 2**31
_CID = re.compile(r"[A-Za-z0-9_-]{8,64}")

Plain: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]
Handler: TypeAlias = Callable[[web.Request, Listener], Awaitable[web.StreamResponse]]


class Anybody(StrEnum):
    """Who is answered where no permission is asked for."""

    AT_ALL = "anybody"
    SIGNED_IN = "signed_in"


class ApiError(Exception):
    """A request that is answered with an error of `docs/console-api.md`."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(code)
        self.status = status
        self.code = code

    def response(self) -> web.Response:
        """The error as an answer."""
        body = {"error": {"code": self.code, "message": ERRORS[self.code]}}
        return web.json_response(body, status=self.status)


class Guard:
    """Lets requests through to their handlers, and answers all others."""

    def __init__(self, *, sessions: Sessions, secure: bool) -> None:
        """`secure`: the console is served over HTTPS, so its cookie may say so."""
        self._sessions = sessions
        self._secure = secure
        self.cookie = "__Host-relais" if secure else "relais"
        # Whom each handler answers, for the description of the API.
        self.rules: dict[Plain, Permission | Anybody] = {}

    def public(self, handler: Plain) -> Plain:
        """A request that needs no session."""

        async def answer(request: web.Request) -> web.StreamResponse:
            try:
                self._require_own_origin(request)
                return await handler(request)
            except ApiError as error:
                return error.response()

        self.rules[answer] = Anybody.AT_ALL
        return answer

    def signed_in(self, handler: Handler, *, needs: Permission | None, use: bool = True) -> Plain:
        """A request for accounts with a permission; None: for any account, whatever its state.

        `use`: whether the request shows that somebody is there, which lengthens the session.
        """

        async def answer(request: web.Request) -> web.StreamResponse:
            try:
                self._require_own_origin(request)
                token = self.token(request)
                listener = await self._sessions.find(token, touch=use) if token else None
                if listener is None:
                    raise ApiError(401, "signed_out")
                if needs is not None:
                    if listener.one_time:
                        raise ApiError(403, "password_change_required")
                    if not may(listener, needs):
                        raise ApiError(403, "forbidden")
                    if self._sessions.must_enrol(listener):
                        raise ApiError(403, "second_factor_required")
                return await handler(request, listener)
            except ApiError as error:
                return error.response()
            except NotFound:
                return ApiError(404, "not_found").response()
            except Conflict:
                return ApiError(409, "taken").response()

        self.rules[answer] = needs or Anybody.SIGNED_IN
        return answer

    async def listener_of(self, request: web.Request) -> Stay | None:
        """Who is signed in and may work at the desk; for the socket and for files."""
        token = self.token(request)
        stay = await self._sessions.stay(token) if token else None
        return stay if stay and self._sessions.works(stay.listener) else None

    def own_origin(self, request: web.Request) -> bool:
        """Whether a request comes from our own page, or from no page at all."""
        origin = request.headers.get("Origin")
        try:
            return origin is None or urlsplit(origin).netloc == request.host
        except ValueError:
            return False

    def token(self, request: web.Request) -> str | None:
        """The token of the browser's session, whether that still holds or not."""
        return request.cookies.get(self.cookie)

    def site(self, request: web.Request) -> str:
        """The host that security keys are bound to."""
        return urlsplit(f"//{request.host}").hostname or ""

    def origin(self, request: web.Request) -> str:
        """What a browser calls our own page's origin."""
        return f"{'https' if self._secure else 'http'}://{request.host}"

    def me(self, listener: Listener) -> Me:
        """The signed-in account, with what it must do first."""
        return views.me(listener, must_enrol=self._sessions.must_enrol(listener))

    def signed_in_as(self, listener: Listener, token: str) -> web.Response:
        """Who signed in, and the cookie of the new session."""
        response = web.json_response({"me": self.me(listener)})
        response.set_cookie(
            self.cookie,
            token,
            path="/",
            httponly=True,
            secure=self._secure,
            samesite="Strict",
            max_age=int(IDLE.total_seconds()) * 48,
        )
        return response

    def signed_out(self) -> web.Response:
        """An answer that takes the cookie back."""
        response = web.Response(status=204)
        response.del_cookie(self.cookie, path="/", secure=self._secure, samesite="Strict")
        return response

    def _require_own_origin(self, request: web.Request) -> None:
        if request.method != "GET" and not self.own_origin(request):
            raise ApiError(403, "bad_origin")


def conversation_id(request: web.Request) -> ConversationId:
    """The conversation that a request's path names."""
    return ConversationId(request.match_info["id"])


async def json_body(request: web.Request) -> dict[str, Any]:
    """A JSON object, empty for an empty body. Raises ApiError."""
    try:
        body = json.loads(await request.read() or b"{}")
    except (ValueError, RecursionError):
        raise ApiError(400, "bad_request") from None
    if not isinstance(body, dict):
        raise ApiError(400, "bad_request")
    return body


def words(value: object) -> str:
    """Text that UTF-8 can hold; half an emoji is no word. Raises ApiError."""
    try:
        if isinstance(value, str):
            return value.encode().decode()
    except UnicodeEncodeError:
        pass
    raise ApiError(400, "bad_request")


def client_id(body: Mapping[str, object]) -> str:
    """The console's own id of a command, by which it is done once. Raises ApiError."""
    cid = body.get("cid")
    if not isinstance(cid, str) or not _CID.fullmatch(cid):
        raise ApiError(400, "bad_request")
    return cid


def colleague(body: Mapping[str, object]) -> ListenerId:
    """Whom a command is meant for, there or not. Raises ApiError."""
    to = body.get("to")
    if not isinstance(to, str) or not ID.fullmatch(to):
        raise ApiError(400, "bad_request")
    return ListenerId(to)


def message_number(body: Mapping[str, object], name: str) -> int:
    """The number of a message. Raises ApiError."""
    number = body.get(name)
    if type(number) is not int or not 0 < number < _MOST:
        raise ApiError(400, "bad_request")
    return number


def seen(body: Mapping[str, object]) -> int:
    """The version of the conversation on the listener's screen. Raises ApiError."""
    number = body.get("seen")
    if not isinstance(number, int) or isinstance(number, bool) or not 0 <= number < 10**12:
        raise ApiError(400, "bad_request")
    return number
