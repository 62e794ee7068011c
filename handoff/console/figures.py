"""The figures over HTTP, for supervisors; see `docs/console-api.md`."""

import asyncio
from collections.abc import Iterable

from aiohttp import web

from core.accounts import Listener
from core.clock import Clock
from core.hours import PARIS
from core.permissions import Permission
from handoff.console.guard import ApiError, Guard
from handoff.figures.errors import as_csv as errors_csv
from handoff.figures.errors import misread
from handoff.figures.pdf import as_pdf
from handoff.figures.period import Period, month_of, parse_period
from handoff.figures.removals import Source, whole_report
from handoff.figures.table import as_csv, as_json
from handoff.figures.tally import Report


class FiguresRoutes:
    """The report on a period: as JSON for the page, as CSV and PDF to keep."""

    def __init__(self, *, figures: Source, guard: Guard, clock: Clock) -> None:
        self._figures = figures
        self._guard = guard
        self._clock = clock
        # A year is many rows: one report at a time, whatever is clicked.
        self._counting = asyncio.Lock()

    def routes(self) -> Iterable[web.RouteDef]:
        """The routes the gateway mounts."""
        api = "/console/api/figures"
        answers = {api: self.json, f"{api}.csv": self.csv, f"{api}.pdf": self.pdf}
        answers[f"{api}/errors.csv"] = self.errors
        return [
            web.get(path, self._guard.signed_in(answer, needs=Permission.SUPERVISE))
            for path, answer in answers.items()
        ]

    async def json(self, request: web.Request, listener: Listener) -> web.StreamResponse:
        return web.json_response(as_json(await self._report(self._period(request))))

    async def csv(self, request: web.Request, listener: Listener) -> web.StreamResponse:
        period = self._period(request)
        return _file(
            as_csv(await self._report(period)), "text/csv", f"chiffres-{_name(period)}.csv"
        )

    async def pdf(self, request: web.Request, listener: Listener) -> web.StreamResponse:
        period = self._period(request)
        report = await self._report(period)
        sheet = await asyncio.to_thread(as_pdf, report, made_at=self._clock())
        return _file(sheet, "application/pdf", f"chiffres-{_name(period)}.pdf")

    async def errors(self, request: web.Request, listener: Listener) -> web.StreamResponse:
        period = self._period(request)
        async with self._counting:
            lines = await misread(self._figures, period)
        return _file(errors_csv(lines), "text/csv", f"tri-{_name(period)}.csv")

    async def _report(self, period: Period) -> Report:
        async with self._counting:
            return await whole_report(self._figures, period)

    def _period(self, request: web.Request) -> Period:
        asked = request.query.get("period")
        if asked is None:
            return month_of(self._clock().astimezone(PARIS).date())
        try:
            return parse_period(asked)
        except ValueError:
            raise ApiError(400, "bad_period") from None


def _name(period: Period) -> str:
    return f"{period.first.isoformat()}-{period.last.isoformat()}"


def _file(content: bytes, kind: str, name: str) -> web.Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return web.Response(body=content, content_type=kind, headers=headers)
