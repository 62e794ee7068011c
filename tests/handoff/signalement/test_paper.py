"""The PDF of a notice holds all that a moderator needs, and never what the law leaves out."""

import io
import time
from typing import Any

import pytest
from fontTools.ttLib import TTFont
from PIL import Image

from core.conversation import Author
from core.signalement import law
from core.signalement.case import Case, Quote
from core.signalement.platforms import directory
from gateway.settings import ROOT
from handoff.signalement import form, words
from handoff.signalement.paper import Notifier, draw, legible
from tests.builders import NOON
from tests.signalements import POST, a_capture, a_case, a_notice, elements_of

INSTAGRAM = directory().platforms["instagram"]
US = Notifier(name="Le service d'aide", email="signalement@service.example")


def a_picture(width: int = 300, height: int = 500) -> bytes:
    held = io.BytesIO()
    Image.new("RGB", (width, height), "#cde").save(held, "PNG")
    return held.getvalue()


def pages(pdf: bytes) -> int:
    return pdf.count(b"/Type /Page\n")


def test_a_notice_is_one_page_and_each_capture_follows() -> None:
    bare = draw(a_case(), a_notice(), INSTAGRAM, notifier=US, pictures={}, now=NOON)
    assert bare.startswith(b"%PDF-")
    assert pages(bare) == 1
    shots = tuple(a_capture(id=f"{n:032}") for n in range(3))
    held = {shot.id: a_picture(1080, 1920) for shot in shots}
    told = draw(a_case(captures=shots), a_notice(), INSTAGRAM, notifier=US, pictures=held, now=NOON)
    assert pages(told) == 4


def test_the_same_case_makes_the_same_pages() -> None:
    one, two = (
        draw(a_case(), a_notice(), INSTAGRAM, notifier=US, pictures={}, now=NOON) for _ in "ab"
    )
    assert one == two


@pytest.mark.parametrize("content", [None, b"", b"\x89PNG\r\n\x1a\n", b"not a picture" * 99])
def test_a_picture_that_cannot_be_drawn_leaves_its_hash(content: bytes | None) -> None:
    case = a_case(captures=(a_capture(),))
    held = {} if content is None else {"c" * 32: content}
    assert pages(draw(case, a_notice(), INSTAGRAM, notifier=US, pictures=held, now=NOON)) == 2


def test_three_hundred_captures_are_a_pdf_too() -> None:
    shots = tuple(a_capture(id=f"{n:032}") for n in range(300))
    picture = a_picture()
    held = {shot.id: picture for shot in shots}
    began = time.monotonic()
    told = draw(a_case(captures=shots), a_notice(), INSTAGRAM, notifier=US, pictures=held, now=NOON)
    assert 100 < pages(told) <= 301
    assert len(told) < 10_000_000
    assert time.monotonic() - began < 60


def test_a_capture_on_paper_is_light_enough_to_be_mailed_with_hundreds_of_others() -> None:
    noise = Image.effect_noise((400, 400), 60).convert("RGB")
    screen = Image.new("RGB", (1080, 1920), "white")
    screen.paste(noise, (100, 200))
    held = io.BytesIO()
    screen.save(held, "PNG")
    shot = a_capture()
    bare, told = (
        draw(a_case(captures=(shot,)), a_notice(), INSTAGRAM, notifier=US, pictures=p, now=NOON)
        for p in ({}, {shot.id: held.getvalue()})
    )
    assert b"/DCTDecode" in told
    assert 5_000 < len(told) - len(bare) < 90_000


def test_what_a_picture_holds_beside_its_pixels_is_not_on_the_paper() -> None:
    held, exif = io.BytesIO(), Image.Exif()
    exif[0x010E] = exif[0x9286] = "canary"
    about: dict[str, Any] = {"comment": b"canary", "exif": exif, "icc_profile": b"canary" * 40}
    Image.new("RGB", (300, 500), "#cde").save(held, "JPEG", **about)
    shot = a_capture()
    pictures = {shot.id: held.getvalue()}
    told = draw(
        a_case(captures=(shot,)), a_notice(), INSTAGRAM, notifier=US, pictures=pictures, now=NOON
    )
    assert b"/DCTDecode" in told
    assert b"canary" in held.getvalue()
    assert b"canary" not in told
    # Nor who made it, with which program.
    assert not any(word in told for word in (b"/Author", b"/Producer", b"/Creator"))


def test_hostile_words_are_only_words() -> None:
    nasty = "<b>${x}</b> \x00\u202e\ud83d 😭🫠 عربي {nb} " + "a" * 5000
    quote = Quote(seq=1, author=Author.PERSON, text=nasty, at=NOON)
    case = a_case(explanation=nasty, quotes=(quote,))
    assert pages(draw(case, a_notice(), INSTAGRAM, notifier=US, pictures={}, now=NOON)) >= 1


def test_a_character_that_the_font_lacks_is_named() -> None:
    with TTFont(ROOT / "handoff/fonts/DejaVuSans.ttf") as font:
        glyphs = frozenset(font.getBestCmap())
    assert legible("ça va 😭 œuvre € ’", glyphs) == "ça va 😭 œuvre € ’"
    assert legible("\U0001fae0", glyphs) == "[melting face]"
    assert legible("a\x00\u200fb", glyphs).startswith("a")
    assert "\x00" not in legible("a\x00b", glyphs)


def told(case: Case) -> str:
    read = form.fields(case, a_notice(), INSTAGRAM, notifier=US)
    return "\n".join(f"{one['label']}: {one['value']}" for one in read)


def test_the_form_holds_what_article_16_asks_for() -> None:
    text = told(a_case())
    for needed in (POST, "222-33-2-3", a_case().explanation, US.name, US.email, words.GOOD_FAITH):
        assert needed in text


def test_the_name_is_left_out_where_the_law_says_so() -> None:
    case = a_case(
        qualifications=("images_de_mineur",), told=elements_of("images_de_mineur"), victim_age=14
    )
    assert law.withholds_name(case)
    assert US.email not in told(case)
    assert US.name not in told(case)
    assert words.WITHHELD in told(case)
