"""The least a signature-checked endpoint can do: check the token, answer. Nothing is kept.

python -m benchmarks.bare_server PORT SECRET_HEX
"""

import sys
from datetime import UTC, datetime

from aiohttp import web

from connectors.web.session import SessionTokens


def main() -> None:
    tokens = SessionTokens(bytes.fromhex(sys.argv[2]))

    async def post(request: web.Request) -> web.Response:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if tokens.check(token, now=datetime.now(UTC)) is None:
            return web.Response(status=401)
        body = await request.json()
        return web.json_response({"type": "ack", "cid": body["cid"]})

    app = web.Application()
    app.router.add_post("/web/messages", post)
    web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]), print=None, access_log=None)


if __name__ == "__main__":
    main()
