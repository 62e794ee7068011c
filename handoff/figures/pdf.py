"""A report as PDF: each table with its chart, to be printed and sent on. No personal data.

Only the fonts that every reader has are used, so nothing is embedded and every word must be of
Windows-1252, as French is.
"""

from collections.abc import Sequence
from datetime import datetime

from fpdf import FPDF
from fpdf.enums import XPos, YPos

from core.hours import PARIS
from handoff.figures.masking import Cell
from handoff.figures.table import MASKED, NOTE
from handoff.figures.tally import Report, Row, Table, Unit

_FONT = "Helvetica"
_INK, _FAINT, _BAR, _HIDDEN = (28, 36, 48), (96, 104, 116), (38, 98, 158), (214, 219, 226)
_LABEL_WIDTH, _VALUE_WIDTH, _LINE = 62.0, 26.0, 6.2
_CHART_HEIGHT = 42.0


def as_pdf(report: Report, *, made_at: datetime) -> bytes:
    """The report, A4. The same report at the same moment gives the same bytes."""
    sheet = _Sheet(report.period.title)
    sheet.set_creation_date(made_at)
    sheet.add_page()
    sheet.heading(report, made_at)
    for table in report.tables:
        if table.rows:
            sheet.put(table)
    sheet.note(NOTE)
    return bytes(sheet.output())


class _Sheet(FPDF):
    def __init__(self, title: str) -> None:
        super().__init__(format="A4")
        self.core_fonts_encoding = "windows-1252"
        self._running_title = title
        self.set_title(f"Chiffres, {title}")
        self.set_lang("fr")
        self.set_margin(16)
        self.set_auto_page_break(auto=True, margin=18)

    def footer(self) -> None:
        """The period and the page's number under every page."""
        self.set_y(-12)
        self._write(f"{self._running_title} - page {self.page_no()}", size=8, colour=_FAINT)

    def heading(self, report: Report, made_at: datetime) -> None:
        self._write("Chiffres de la ligne d’écoute", size=19, style="B")
        self._write(report.period.title.capitalize(), size=13)
        made = made_at.astimezone(PARIS)
        self._write(
            f"Conversations commencées dans la période. Établi le {made:%d/%m/%Y à %H h %M}.",
            size=9,
            colour=_FAINT,
        )
        self.ln(4)
        if report.total is None:
            self._write("Trop peu de conversations pour être comptées.", size=12)
            return
        self._write(f"{_number(report.total)} conversations", size=15, style="B")

    def put(self, table: Table) -> None:
        """A table and its chart, not torn apart where it fits a page."""
        tall = _CHART_HEIGHT if table.ordered else len(table.rows) * _LINE
        if self.get_y() + tall + 22 > self.page_break_trigger:
            self.add_page()
        self.ln(7)
        self._write(table.title, size=12, style="B")
        self.ln(1)
        if table.ordered:
            self._columns(table)
        elif len(table.columns) == 1:
            self._bars(table)
        else:
            self._plain(table)

    def note(self, text: str) -> None:
        self.ln(8)
        self._write(text[0].upper() + text[1:] + ".", size=8, colour=_FAINT)

    def _bars(self, table: Table) -> None:
        """Horizontal bars, each with its number."""
        most = max((row.cells[0] or 0 for row in table.rows), default=0) or 1
        room = self.epw - _LABEL_WIDTH - _VALUE_WIDTH
        for row in table.rows:
            cell = row.cells[0]
            self._label(row)
            y = self.get_y() + 1.2
            self.set_fill_color(*(_BAR if cell is not None else _HIDDEN))
            width = room * (cell or 0) / most if cell is not None else 8.0
            if width:
                self.rect(self.l_margin + _LABEL_WIDTH, y, width, _LINE - 2.4, style="F")
            self.set_x(self.l_margin + _LABEL_WIDTH + room)
            self._cells((cell,), table.unit)

    def _columns(self, table: Table) -> None:
        """Upright columns for moments, with the first, the last and the highest told."""
        top, bottom = self.get_y() + 5, self.get_y() + _CHART_HEIGHT - 6
        most = max((row.cells[0] or 0 for row in table.rows), default=0) or 1
        step = self.epw / len(table.rows)
        self.set_draw_color(*_HIDDEN)
        self.line(self.l_margin, bottom, self.l_margin + self.epw, bottom)
        every = -(-len(table.rows) // 12)
        for n, row in enumerate(table.rows):
            x, cell = self.l_margin + n * step, row.cells[0]
            height = (bottom - top) * (cell or 0) / most if cell is not None else 2.0
            self.set_fill_color(*(_BAR if cell is not None else _HIDDEN))
            if height:
                self.rect(x + step * 0.15, bottom - height, step * 0.7, height, style="F")
            self._ink(7, _INK)
            if cell and len(table.rows) <= 31:
                self.text(x + step / 2 - self.get_string_width(str(cell)) / 2,
                          bottom - height - 1, str(cell))  # fmt: skip
            if n % every == 0:
                self._ink(7, _FAINT)
                self.text(x + step * 0.1, bottom + 4, row.label)
        self.set_y(bottom + 6)

    def _plain(self, table: Table) -> None:
        self.set_x(self.l_margin + _LABEL_WIDTH)
        self._ink(8, _FAINT)
        for name in table.columns:
            self.cell(38, _LINE, name, align="R")
        self.ln(_LINE)
        for row in table.rows:
            self._label(row)
            self.set_x(self.l_margin + _LABEL_WIDTH)
            self._cells(row.cells, table.unit, width=38)

    def _label(self, row: Row) -> None:
        self.set_x(self.l_margin)
        self._ink(9, _INK)
        self.cell(_LABEL_WIDTH, _LINE, row.label)

    def _cells(self, cells: Sequence[Cell], unit: Unit, width: float = _VALUE_WIDTH) -> None:
        for cell in cells:
            self._ink(9, _FAINT if cell is None else _INK)
            self.cell(width, _LINE, _shown(cell, unit), align="R")
        self.ln(_LINE)

    def _write(
        self, text: str, *, size: int, style: str = "", colour: tuple[int, int, int] = _INK
    ) -> None:
        self._ink(size, colour, style)
        self.multi_cell(0, size * 0.5, text, new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def _ink(self, size: int, colour: tuple[int, int, int], style: str = "") -> None:
        self.set_font(_FONT, style, size)
        self.set_text_color(*colour)


def _shown(cell: Cell, unit: Unit) -> str:
    if cell is None:
        return "trop peu" if unit is Unit.SECONDS else MASKED
    return _duration(cell) if unit is Unit.SECONDS else _number(cell)


def _number(count: int) -> str:
    return f"{count:,}".replace(",", "\xa0")


def _duration(seconds: int) -> str:
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes:02} min"
    return f"{minutes} min {rest:02} s" if minutes else f"{rest} s"
