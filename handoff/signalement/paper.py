"""The PDF of a notice: one page that a moderator can act on at once, then the evidence.

First what must be removed and why it is illegal; then the messages, word for word; then the
captures, with their hashes. Pure: the same case makes the same pages.
"""

import io
import unicodedata
from collections.abc import Container, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from fpdf import FPDF, XPos, YPos
from fpdf.enums import WrapMode
from fpdf.fonts import TTFFont
from PIL import Image

from core.signalement import law
from core.signalement.case import Capture, Case, Notice, Quote
from core.signalement.platforms import Platform
from handoff.signalement import words

_FONTS = Path(__file__).resolve().parents[1] / "fonts"
_INK, _QUIET, _RULE, _SHADE = (24, 28, 38), (96, 104, 120), (206, 211, 220), (243, 245, 249)
_ALARM = (160, 20, 32)
# Longest side of a capture as printed: 150 dots an inch on A4; the original is kept beside.
_PRINTED = 1240
_MARGIN = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Notifier:
    """Who notifies: the service, by the name and address that platforms know it by."""

    name: str
    email: str


def draw(
    case: Case,
    notice: Notice,
    platform: Platform,
    *,
    notifier: Notifier | None,
    pictures: Mapping[str, bytes],
    now: datetime,
) -> bytes:
    """The notice as a PDF. `pictures` are the kept captures by id; one that is missing or cannot
    be drawn is named with its hash all the same."""
    page = _Page(f"Signalement {notice.id[:8]}")
    page.set_creation_date(now)
    page.add_page()
    page.banner(platform.name, notice, platform.categories.get(notice.category, ""), now)
    _targets(page, notice)
    _why(page, case)
    _people(page, case, notifier)
    _particulars(page, notice, platform)
    if case.quotes:
        page.heading("Messages")
        for quote in case.quotes:
            _quote(page, quote)
    if case.captures:
        # Captures begin on a page of their own: the first page is the one to act on.
        page.add_page()
        page.heading("Captures")
        for number, capture in enumerate(case.captures, start=1):
            _capture(page, number, capture, pictures.get(capture.id))
    return bytes(page.output())


def _targets(page: "_Page", notice: Notice) -> None:
    page.heading("À retirer")
    for number, target in enumerate(notice.targets, start=1):
        kind = words.KINDS[target.kind]
        page.paragraph(f"{number}. {kind} ({words.VISIBILITIES[target.visibility]})", bold=True)
        if target.url:
            page.paragraph(target.url, link=True)
        if target.handle:
            page.paragraph(f"Compte : {target.handle}")
        page.ln(1)


def _why(page: "_Page", case: Case) -> None:
    page.heading("Pourquoi c’est illégal")
    for offence in law.chosen(case):
        page.paragraph(f"{offence.title} ({offence.reference})", bold=True)
        for element, label in offence.elements.items():
            page.paragraph(f"–  {label} : {_shown_by(case, law.element_key(offence, element))}")
        page.ln(1)
    page.paragraph(case.explanation)


def _shown_by(case: Case, key: str) -> str:
    shown = [f"message {q.seq}" for q in case.quotes if key in q.proves]
    shown += [f"capture {n}" for n, c in enumerate(case.captures, start=1) if key in c.proves]
    if key in case.told:
        shown.append("explication ci-dessous")
    return ", ".join(shown) or "non établi"


def _people(page: "_Page", case: Case, notifier: Notifier | None) -> None:
    page.heading("Victime et notifiant")
    if case.victim_age is not None:
        page.paragraph(
            f"Victime : {case.victim_age} ans" + (" (mineure)" if case.of_a_minor else "")
        )
    elif case.of_a_minor is not None:
        page.paragraph("Victime mineure" if case.of_a_minor else "Victime majeure")
    if case.consent is not None:
        giver = "la personne" if case.consent.giver == "victim" else "son responsable légal"
        page.paragraph(f"Accord donné par {giver} le {words.date(case.consent.at)}.")
    if law.withholds_name(case):
        page.paragraph(words.WITHHELD)
    elif notifier is not None:
        page.paragraph(f"Notifiant : {notifier.name}, {notifier.email}")
    if case.good_faith is not None:
        page.paragraph(words.GOOD_FAITH)


def _particulars(page: "_Page", notice: Notice, platform: Platform) -> None:
    given = {name: notice.details.get(name, "").strip() for name in platform.details}
    if any(given.values()):
        page.heading("Informations demandées par la plateforme")
        for name, value in given.items():
            if value:
                page.paragraph(f"{platform.details[name].label} : {value}")


def _quote(page: "_Page", quote: Quote) -> None:
    page.paragraph(
        f"Message {quote.seq} · {words.AUTHORS[quote.author]} · {words.date(quote.at)}", quiet=True
    )
    page.box(quote.text)
    page.small(f"SHA-256 {quote.sha256}")


def _capture(page: "_Page", number: int, capture: Capture, picture: bytes | None) -> None:
    taken = words.date(capture.taken_at) if capture.taken_at else "date inconnue"
    drawn = _printable(picture) if picture is not None and capture.kept else None
    if drawn is not None:
        page.picture_page(drawn)
    page.paragraph(f"Capture {number} · faite le {taken}", bold=True)
    if capture.caption:
        page.paragraph(capture.caption)
    page.small(f"{capture.mime}, {capture.size} octets · SHA-256 {capture.sha256}")
    if not capture.kept:
        page.paragraph("L’image n’est pas jointe : seule son empreinte est gardée.")
    elif drawn is None:
        page.paragraph("L’image ne peut pas être montrée ici ; l’original est gardé.")
    if drawn is not None:
        page.picture(drawn)
    page.ln(2)


def _printable(content: bytes) -> Image.Image | None:
    """A copy for print. Whoever sent it, it was checked on arrival; here it may only fail."""
    try:
        with Image.open(io.BytesIO(content)) as opened:
            opened.draft("RGB", (_PRINTED, _PRINTED))
            copy = opened.convert("RGB")
            copy.thumbnail((_PRINTED, _PRINTED))
            # Pixels alone: what a program wrote into the picture is not for the platform.
            return Image.frombytes(copy.mode, copy.size, copy.tobytes())
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None


def legible(text: str, glyphs: Container[int]) -> str:
    """Every character on paper: one that the font lacks is named, so that no emoji is lost."""
    shown = []
    for char in text:
        if char == "\n" or ord(char) in glyphs:
            shown.append(char)
        elif char == "\t":
            shown.append("    ")
        elif unicodedata.category(char) not in ("Mn", "Cf", "Cc"):
            shown.append(f"[{unicodedata.name(char, f'U+{ord(char):04X}').lower()}]")
    return "".join(shown)


class _Page(FPDF):
    """A4 in the service's plain dress."""

    def __init__(self, foot: str) -> None:
        super().__init__(format="A4")
        self._foot = foot
        self.set_margin(_MARGIN)
        self.set_auto_page_break(auto=True, margin=18)
        self.add_font("body", fname=_FONTS / "DejaVuSans.ttf")
        self.add_font("body", style="B", fname=_FONTS / "DejaVuSans-Bold.ttf")
        font = self.fonts["body"]
        self._glyphs: Container[int] = font.cmap if isinstance(font, TTFFont) else ()
        self.set_title(foot)
        self.set_lang("fr-FR")

    def footer(self) -> None:
        self.set_y(-13)
        self.set_font("body", size=7.5)
        self.set_text_color(*_QUIET)
        self.cell(0, 5, f"{self._foot} · confidentiel", align="L")
        self.set_x(_MARGIN)
        self.cell(0, 5, f"page {self.page_no()}/{{nb}}", align="R")

    def banner(self, platform: str, notice: Notice, category: str, now: datetime) -> None:
        """Who is asked for what, in one glance."""
        self.set_font("body", "B", 17)
        self.set_text_color(*_INK)
        self._text("Demande de retrait prioritaire", 9)
        self.set_font("body", size=9)
        self.set_text_color(*_QUIET)
        self._text(words.BASIS, 5)
        self.ln(2)
        self.set_fill_color(*_SHADE)
        self.set_draw_color(*_RULE)
        self.set_font("body", "B", 11)
        self.set_text_color(*_ALARM)
        self._text(f" {self._legible(platform)} · {self._legible(category)}", 9, fill=True)
        self.set_font("body", size=8.5)
        self.set_text_color(*_INK)
        self._text(f" Référence {notice.id} · établi le {words.date(now)}", 6, fill=True)

    def heading(self, text: str) -> None:
        """A section; it never stands alone at the foot of a page."""
        if self.will_page_break(24):
            self.add_page()
        self.ln(4)
        self.set_font("body", "B", 11.5)
        self.set_text_color(*_INK)
        self._text(text, 7)
        self.set_draw_color(*_RULE)
        self.line_under()

    def line_under(self) -> None:
        """A rule over the width."""
        self.line(_MARGIN, self.get_y(), self.w - _MARGIN, self.get_y())
        self.ln(1.5)

    def paragraph(
        self, text: str, *, bold: bool = False, quiet: bool = False, link: bool = False
    ) -> None:
        """A paragraph. An address is shown whole and is not clickable: it is evidence."""
        self.set_font("body", "B" if bold else "", 9.5)
        self.set_text_color(*(_QUIET if quiet else _ALARM if link else _INK))
        self._text(self._legible(text), 5.2, wrap_anywhere=link)

    def small(self, text: str) -> None:
        """What only a verification reads."""
        self.set_font("body", size=6.8)
        self.set_text_color(*_QUIET)
        self._text(text, 4, wrap_anywhere=True)
        self.ln(1.5)

    def box(self, text: str) -> None:
        """Somebody's own words."""
        self.set_font("body", size=9.5)
        self.set_text_color(*_INK)
        self.set_fill_color(*_SHADE)
        self._text(self._legible(text) or "(sans texte)", 5.2, fill=True)

    def picture_page(self, image: Image.Image) -> None:
        """Begin a new page where the picture would not fit under its caption."""
        if self.will_page_break(34 + self._size_of(image)[1]):
            self.add_page()

    def picture(self, image: Image.Image) -> None:
        """A capture, as large as half a page allows; small enough that hundreds can be mailed."""
        width, height = self._size_of(image)
        held = io.BytesIO()
        image.save(held, "JPEG", quality=85)
        self.image(held, w=width, h=height)

    def _size_of(self, image: Image.Image) -> tuple[float, float]:
        most_wide, most_high = self.epw, 200.0
        scale = min(most_wide / image.width, most_high / image.height, 0.2)
        return image.width * scale, image.height * scale

    def _legible(self, text: str) -> str:
        return legible(text, self._glyphs)

    def _text(
        self, text: str, height: float, *, fill: bool = False, wrap_anywhere: bool = False
    ) -> None:
        self.multi_cell(
            0,
            height,
            text,
            fill=fill,
            align="L",
            wrapmode=WrapMode.CHAR if wrap_anywhere else WrapMode.WORD,
            new_x=XPos.LMARGIN,
            new_y=YPos.NEXT,
        )
