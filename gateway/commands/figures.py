"""`relais figures`: the report on a month or a year, as CSV or PDF, and triage's errors."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import click

from core.clock import system_clock
from core.errors import RelaisError
from gateway.settings import load_settings
from gateway.stores import opened_store
from handoff.figures.errors import as_csv as errors_csv
from handoff.figures.errors import misread
from handoff.figures.pdf import as_pdf
from handoff.figures.period import Period, parse_period
from handoff.figures.removals import whole_report
from handoff.figures.table import as_csv
from handoff.figures.tally import Report


class _Days(click.ParamType[Period]):
    name = "period"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> Period:
        try:
            return value if isinstance(value, Period) else parse_period(str(value))
        except ValueError as error:
            self.fail(f"{value!r} is no period: {error}", param, ctx)


_OUT = click.Path(dir_okay=False, writable=True, path_type=Path)


@click.command("figures")
@click.option("--month", type=_Days(), metavar="2026-11", help="The report on a month.")
@click.option("--year", type=_Days(), metavar="2026", help="The report on a year.")
@click.option("--days", type=_Days(), metavar="2026-11-03..2026-11-09", help="On other days.")
@click.option("--csv", "csv_file", type=_OUT, help="Write the tables here.")
@click.option("--pdf", "pdf_file", type=_OUT, help="Write the report with charts here.")
@click.option("--errors", "errors_file", type=_OUT, help="Write what triage misread here, as CSV.")
def command(
    month: Period | None,
    year: Period | None,
    days: Period | None,
    csv_file: Path | None,
    pdf_file: Path | None,
    errors_file: Path | None,
) -> None:
    """The helpline's figures, without personal data; small numbers are masked.

    Without a file to write, prints the tables as CSV. See docs/figures.md.
    """
    period = month or year or days
    if period is None:
        raise click.UsageError("Say which: --month 2026-11, --year 2026 or --days A..B.")
    report, errors = asyncio.run(_read(period))
    if csv_file:
        _write(csv_file, as_csv(report))
    if pdf_file:
        _write(pdf_file, as_pdf(report, made_at=system_clock()))
    if errors_file:
        _write(errors_file, errors_csv(errors))
    if not (csv_file or pdf_file or errors_file):
        click.echo(as_csv(report).decode("utf-8-sig"), nl=False)


async def _read(period: Period) -> tuple[Report, Sequence[Sequence[str]]]:
    async with opened_store(load_settings()) as store:
        report = await whole_report(store, period)
        return report, await misread(store, period)


def _write(file: Path, content: bytes) -> None:
    try:
        file.write_bytes(content)
    except OSError as error:
        raise RelaisError(f"{file} cannot be written: {error.strerror}.") from None
    click.echo(f"{file}: {len(content)} bytes")
