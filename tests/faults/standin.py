"""A stand-in for a Rasa server: it starts at once, and always asks who writes."""

from dataclasses import dataclass, field

from aiohttp import web

from gateway.ports import free_port

_TURN = {
    "events": [{"event": "action", "name": "action_listen"}],
    "messages": [{"sentence": "ask_role"}],
    "understood": {
        "issue": "cyberharcelement",
        "issue_confidence": 0.9,
        "issue_ranking": [["cyberharcelement", 0.9]],
        "issue_secondary": None,
        "danger_probability": 0.01,
    },
    "facts": {},
    "hand_over": None,
}


@dataclass
class StandIn:
    """One such server on a port of its own, which survives a restart."""

    port: int = field(default_factory=free_port)
    turns: int = 0
    _runner: web.AppRunner | None = None

    async def start(self) -> None:
        app = web.Application()
        app.router.add_post("/webhooks/turn/webhook", self._turn)
        app.router.add_get("/webhooks/turn/", self._works)
        self._runner = web.AppRunner(app, shutdown_timeout=1.0)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port).start()

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def _turn(self, _: web.Request) -> web.Response:
        self.turns += 1
        return web.json_response(_TURN)

    async def _works(self, _: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})
