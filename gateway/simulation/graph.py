"""A Graph API that behaves like graph.facebook.com v25.0 for what our connectors use of it.

The gateway reaches it through RELAIS_GRAPH_URL. Sends land in `inboxes`, calls in `calls`; faults
are taken from `faults`. Files that people sent are put into `files` under their media id, people of
Instagram into `on_instagram`.
"""

import hashlib
import hmac
import json
import secrets
from base64 import b64encode
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from yarl import URL

from gateway.simulation.faults import Fault, FaultKind
from gateway.simulation.graph_errors import (
    Refused,
    bad_parameter,
    bad_token,
    refusal,
    unknown_object,
)
from gateway.simulation.graph_messages import page_message, whatsapp_message
from gateway.simulation.graph_setup import GraphSetup
from gateway.simulation.platform import SPOILS_A_SEND, Call, FakePlatform, File

VERSION = "v25.0"
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class GraphAccounts:
    """The accounts on the platform, and the tokens that open them. Empty: no such account."""

    phone_id: str = ""
    whatsapp_token: str = field(default="", repr=False)
    business_id: str = ""
    page_id: str = ""
    page_token: str = field(default="", repr=False)
    page_secret: str = field(default="", repr=False)
    instagram_id: str = ""
    app_id: str = ""
    app_secret: str = field(default="", repr=False)


class FakeGraph(FakePlatform):
    """WhatsApp Cloud API, Messenger and Instagram behind one address."""

    def __init__(self, accounts: GraphAccounts, *, host: str = "127.0.0.1", port: int = 0) -> None:
        super().__init__(host=host, port=port)
        self._accounts = accounts
        self.on_instagram: set[str] = set()
        self.setup = GraphSetup(
            phone_id=accounts.phone_id,
            business_id=accounts.business_id,
            page_id=accounts.page_id,
            instagram_id=accounts.instagram_id,
            app_id=accounts.app_id,
        )

    def _routes(self) -> Iterable[web.RouteDef]:
        node = f"/{VERSION}/{{node}}"
        return (
            web.post(f"/{VERSION}/", self._guarded(self._batch)),
            web.post(f"{node}/messages", self._guarded(self._send)),
            web.post(f"{node}/media", self._guarded(self._upload)),
            # WhatsApp's files need the token, Messenger's addresses do not.
            web.get("/whatsapp_business/attachments/", self._guarded(self._download)),
            web.get("/cdn/{node}", self._public_file),
            web.route("*", node, self._guarded(self._object)),
            web.route("*", f"{node}/{{edge}}", self._guarded(self._edge)),
        )

    def _guarded(self, handler: Handler) -> Handler:
        """Record the call, check its token, and turn refusals into the API's answer."""

        async def guarded(request: web.Request) -> web.StreamResponse:
            body = await _body_of(request)
            # A batch may ask about a token.
            body.pop("batch", None)
            self.calls.append(Call(request.method, request.path, body))
            try:
                self._check_token(request)
                return await handler(request)
            except Refused as refused:
                return refused.error.response()

        return guarded

    def _check_token(self, request: web.Request) -> None:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        given = given or request.query.get("access_token", "")
        accounts = self._accounts
        known = {accounts.whatsapp_token, accounts.page_token} - {""}
        if accounts.app_id and accounts.app_secret:
            known.add(f"{accounts.app_id}|{accounts.app_secret}")
        if self.faults.take(FaultKind.DEAD_TOKEN):
            raise Refused(bad_token(subcode=463))
        if given not in known:
            raise Refused(bad_token())

    def _check_proof(self, body: Mapping[str, Any]) -> None:
        """Meta checks that whoever has the page's token has the app's secret too, where told so."""
        key, token = self._accounts.page_secret, self._accounts.page_token
        expected = hmac.new(key.encode(), token.encode(), hashlib.sha256).hexdigest()
        if key and body.get("appsecret_proof", expected) != expected:
            raise Refused(bad_parameter("appsecret_proof"))

    # Messages

    async def _send(self, request: web.Request) -> web.Response:
        node, accounts = request.match_info["node"], self._accounts
        body = await _body_of(request)
        if node == accounts.phone_id:
            return await self._send_whatsapp(request, body)
        if node in ("me", accounts.page_id, accounts.instagram_id):
            self._check_proof(body)
            return await self._send_page(request, body, instagram=node == accounts.instagram_id)
        raise Refused(unknown_object(node))

    async def _send_whatsapp(self, request: web.Request, body: dict[str, Any]) -> web.Response:
        if body.get("status") == "read":
            if not isinstance(body.get("message_id"), str):
                raise Refused(bad_parameter("message_id"))
            return web.json_response({"success": True})
        to, user_id = body.get("to"), body.get("recipient")
        address = to or user_id
        if not isinstance(address, str):
            raise Refused(bad_parameter("to"))
        message_id = "wamid." + b64encode(secrets.token_bytes(30)).decode()
        person = self.inboxes.person(address)
        message = whatsapp_message(body, person=person, message_id=message_id)
        # Templates are what a closed window leaves.
        fault = self._fault_of_send(window=message.kind != "template")
        if fault and (error := refusal(fault, whatsapp=True)):
            raise Refused(error)
        await self._deliver(request, message, fault)
        contact = {"input": address, "wa_id" if to else "user_id": address}
        return web.json_response(
            {
                "messaging_product": "whatsapp",
                "contacts": [contact],
                "messages": [{"id": message_id}],
            }
        )

    async def _send_page(
        self, request: web.Request, body: dict[str, Any], *, instagram: bool
    ) -> web.Response:
        recipient = body.get("recipient")
        address = recipient.get("id") if isinstance(recipient, dict) else None
        if not isinstance(address, str):
            raise Refused(bad_parameter("recipient"))
        if "sender_action" in body:
            return web.json_response({"recipient_id": address})
        message_id = "m_" + secrets.token_urlsafe(48)
        person = self.inboxes.person(address)
        # A page's token also speaks for the Instagram account that is linked to the page.
        instagram = instagram or person in self.on_instagram
        message = page_message(body, person=person, message_id=message_id, instagram=instagram)
        # A human's answer may come up to seven days later.
        fault = self._fault_of_send(window=body.get("tag") != "HUMAN_AGENT")
        if fault and (error := refusal(fault, whatsapp=False)):
            raise Refused(error)
        await self._deliver(request, message, fault)
        return web.json_response({"recipient_id": address, "message_id": message_id})

    # Files

    async def _upload(self, request: web.Request) -> web.Response:
        form = await request.post()
        part = form.get("file")
        if request.match_info["node"] != self._accounts.phone_id:
            raise Refused(unknown_object(request.match_info["node"]))
        if not isinstance(part, web.FileField):
            raise Refused(bad_parameter("file"))
        media_id = str(secrets.randbelow(10**15))
        self.files[media_id] = File(part.file.read(), part.content_type)
        return web.json_response({"id": media_id})

    async def _download(self, request: web.Request) -> web.Response:
        return self._file(request.query.get("mid", ""))

    async def _public_file(self, request: web.Request) -> web.Response:
        self.calls.append(Call(request.method, request.path))
        return self._file(request.match_info["node"])

    def _file(self, media_id: str) -> web.Response:
        file = self.files.get(media_id)
        if file is None:
            return web.Response(status=404)
        return web.Response(body=file.content, content_type=file.mime)

    def _media(self, media_id: str) -> dict[str, Any]:
        file = self.files[media_id]
        return {
            "messaging_product": "whatsapp",
            "url": f"{self.url}/whatsapp_business/attachments/?mid={media_id}",
            "mime_type": file.mime,
            "sha256": hashlib.sha256(file.content).hexdigest(),
            "file_size": len(file.content),
            "id": media_id,
        }

    # All else

    async def _object(self, request: web.Request) -> web.Response:
        node = request.match_info["node"]
        if node in self.files and request.method == "GET":
            return web.json_response(self._media(node))
        if node in self.files and request.method == "DELETE":
            del self.files[node]
            return web.json_response({"success": True})
        return web.json_response(self.setup.object(request.method, node, request.query))

    async def _edge(self, request: web.Request) -> web.Response:
        node, edge = request.match_info["node"], request.match_info["edge"]
        given = {**request.query, **await _body_of(request)}
        return web.json_response(self.setup.edge(request.method, node, edge, given))

    async def _batch(self, request: web.Request) -> web.Response:
        """Several readings of objects in one call; one that is refused refuses all here."""
        batch = (await _body_of(request)).get("batch", "")
        try:
            asked = [URL(each["relative_url"]) for each in json.loads(batch)]
        except (ValueError, TypeError, KeyError):
            raise Refused(bad_parameter("batch")) from None
        read = [self.setup.object("GET", url.path, url.query) for url in asked]
        return web.json_response([{"code": 200, "body": json.dumps(each)} for each in read])

    def _fault_of_send(self, *, window: bool) -> Fault | None:
        closed = (FaultKind.CLOSED_WINDOW,) if window else ()
        return self.faults.take(*SPOILS_A_SEND, *closed)


async def _body_of(request: web.Request) -> dict[str, Any]:
    """The call's fields, whether sent as JSON or as a form; files stay out."""
    if request.content_type == "application/json":
        try:
            body = json.loads(await request.read() or b"{}")
        except ValueError:
            raise Refused(bad_parameter("body")) from None
        if not isinstance(body, dict):
            raise Refused(bad_parameter("body"))
        return body
    form = await request.post()
    return {name: value for name, value in form.items() if isinstance(value, str)}
