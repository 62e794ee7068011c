"""The page behind the link of a page: who is on call says that they take care of it.

A link is made for one danger and one person, and does nothing else: it shows nothing of the
conversation. Reading it changes nothing, since mail programs open links by themselves.
"""

import hmac
import re
from collections.abc import Awaitable, Callable, Iterable

from aiohttp import web

from core.ids import ConversationId

_TOKEN = re.compile(r"([0-9a-f]{32})([0-9a-f]{32})")
_PAGE = """<!doctype html><html lang="fr"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><meta name="robots" content="noindex">
<title>Astreinte</title></head><body><main><h1>Danger critique</h1>{}
<p><a href="/console/">Ouvrir la console</a></p></main></body></html>"""
_ASK = """<form method="post"><p><button>Je m’en occupe</button></p></form>
<p>Répondez à la personne dans la console. Sans réponse, l’appel passe au suivant.</p>"""
_DONE = "<p>C’est noté. Répondez maintenant à la personne dans la console.</p>"
_OVER = "<p>Plus personne n’est appelé pour ce danger.</p>"
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; form-action 'self'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
}

# Acknowledges for a person, by name; False when nobody is called any more.
Acknowledge = Callable[[ConversationId, str], Awaitable[bool]]


class OnCallLinks:
    """Makes the links, and answers them."""

    def __init__(
        self,
        *,
        secret: bytes,
        base: str | None,
        names: Callable[[], Iterable[str]],
        acknowledge: Acknowledge,
    ) -> None:
        self._secret = secret
        self._base = base
        self._names = names
        self._acknowledge = acknowledge

    def link(self, conversation_id: ConversationId, name: str) -> str | None:
        """The address for one danger and one person; None where the public address is not known."""
        return (
            f"{self._base}/astreinte/{self._token(conversation_id, name)}" if self._base else None
        )

    def routes(self) -> Iterable[web.RouteDef]:
        """The routes the gateway mounts."""
        return (
            web.get("/astreinte/{token}", self.show),
            web.post("/astreinte/{token}", self.take),
        )

    async def show(self, request: web.Request) -> web.Response:
        """Ask whether somebody takes care of it."""
        self._asked(request)
        return _answer(_ASK)

    async def take(self, request: web.Request) -> web.Response:
        """Somebody does."""
        conversation_id, name = self._asked(request)
        return _answer(_DONE if await self._acknowledge(conversation_id, name) else _OVER)

    def _asked(self, request: web.Request) -> tuple[ConversationId, str]:
        read = _TOKEN.fullmatch(request.match_info["token"])
        if read is not None:
            conversation_id = ConversationId(read[1])
            for name in self._names():
                if hmac.compare_digest(self._token(conversation_id, name), read[0]):
                    return conversation_id, name
        raise web.HTTPNotFound

    def _token(self, conversation_id: ConversationId, name: str) -> str:
        said = f"{conversation_id}|{name}".encode()
        return conversation_id + hmac.digest(self._secret, said, "sha256").hex()[:32]


def _answer(body: str) -> web.Response:
    return web.Response(text=_PAGE.format(body), content_type="text/html", headers=_HEADERS)
