"""What a webhook costs elsewhere: bare aiohttp, or pywa's own FastAPI server. Nothing is kept.

python -m benchmarks.bare_webhook aiohttp|pywa PORT SECRET
"""

import hashlib
import hmac
import json
import sys

from aiohttp import web


def bare(port: int, secret: str) -> None:
    """The least a signed webhook can do: check, parse, answer."""

    async def post(request: web.Request) -> web.Response:
        raw = await request.read()
        digest = hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()
        told = request.headers.get("X-Hub-Signature-256", "")
        if not hmac.compare_digest(told, f"sha256={digest}"):
            return web.Response(status=403)
        json.loads(raw)
        return web.Response()

    app = web.Application()
    app.router.add_post("/webhooks/whatsapp", post)
    web.run_app(app, host="127.0.0.1", port=port, print=None, access_log=None)


def pywa_server(port: int, secret: str) -> None:
    """pywa as its documentation starts it, with a handler that does nothing."""
    import fastapi
    import uvicorn
    from pywa_async import WhatsApp, types

    app = fastapi.FastAPI()
    client = WhatsApp(
        phone_id="1001",
        token="unused",
        server=app,
        webhook_endpoint="/webhooks/whatsapp",
        verify_token="unused",
        app_secret=secret,
    )

    @client.on_message
    async def heard(_: WhatsApp, message: types.Message) -> None:
        pass

    uvicorn.run(app, host="127.0.0.1", port=port, log_level="error", access_log=False)


def main() -> None:
    kind, port, secret = sys.argv[1:]
    {"aiohttp": bare, "pywa": pywa_server}[kind](int(port), secret)


if __name__ == "__main__":
    main()
