"""What of a file is kept: real decoders in their own process, on a corpus made here."""

import asyncio
import io
import signal
import sys
import time

import pytest
from PIL import Image

from core.events import MessageType
from gateway.media.clean import Cleaned, Cleaner, NotClean, NotCleanedYet
from gateway.media.kinds import kind_of
from gateway.media.redraw import LONGEST_SIDE, PIXELS_OUT
from handoff.console.files import ENDINGS
from tests.gateway.media.pictures import (
    VOICE,
    a_bomb,
    a_film,
    a_picture,
    an_archive,
    with_place,
)

HTML = b"<!doctype html><script>alert(1)</script>"
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'


async def clean(content: bytes, declared: MessageType = MessageType.IMAGE) -> Cleaned:
    return await Cleaner().clean(content, declared)


async def refusal(content: bytes, declared: MessageType = MessageType.IMAGE) -> str:
    with pytest.raises(NotClean) as refused:
        await clean(content, declared)
    return refused.value.code


def opened(cleaned: Cleaned) -> Image.Image:
    picture = Image.open(io.BytesIO(cleaned.content))
    picture.load()
    return picture


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
async def test_where_and_with_what_a_picture_was_taken_is_gone(kind: str) -> None:
    content = with_place(kind)
    assert b"SpyCam" in content
    assert b"ICCSECRET" in content or kind == "PNG"
    cleaned = await clean(content)
    for secret in (b"SpyCam", b"ICCSECRET", b"COMMENTSECRET", b"Exif"):
        assert secret not in cleaned.content
    picture = opened(cleaned)
    assert not picture.getexif()
    assert not picture.getexif().get_ifd(0x8825)
    assert "icc_profile" not in picture.info
    assert "comment" not in picture.info


async def test_a_picture_is_turned_the_right_way_up() -> None:
    # 6: the camera was held upright. Red was on the left, so it is at the top when turned.
    for kind in ("JPEG", "PNG", "WEBP", "AVIF"):
        picture = opened(await clean(with_place(kind, orientation=6))).convert("RGB")
        assert picture.size == (32, 64)
        red, _, blue = picture.getpixel((16, 8))  # type: ignore[misc]
        assert red > 200 > blue, kind


@pytest.mark.parametrize(
    ("content", "mime"),
    [
        (a_picture("JPEG"), "image/jpeg"),
        (a_picture("JPEG", mode="CMYK"), "image/jpeg"),
        (a_picture("JPEG", mode="L"), "image/jpeg"),
        (a_picture("PNG"), "image/jpeg"),
        (a_picture("PNG", mode="P"), "image/jpeg"),
        (a_picture("PNG", mode="1"), "image/jpeg"),
        (a_picture("PNG", mode="I;16"), "image/jpeg"),
        (a_picture("GIF", mode="P"), "image/jpeg"),
        (a_picture("WEBP", mode="RGBA"), "image/jpeg"),
        (a_picture("AVIF"), "image/jpeg"),
    ],
)
async def test_every_picture_leaves_as_a_plain_one(content: bytes, mime: str) -> None:
    cleaned = await clean(content)
    assert (cleaned.type, cleaned.mime) == (MessageType.IMAGE, mime)
    assert opened(cleaned).size == (64, 32)


async def test_a_sticker_keeps_its_transparency() -> None:
    sticker = Image.new("RGBA", (32, 32), (255, 0, 0, 0))
    sticker.paste((0, 0, 255, 255), (0, 0, 16, 16))
    out = io.BytesIO()
    sticker.save(out, "PNG")
    cleaned = await clean(out.getvalue(), MessageType.STICKER)
    assert cleaned.mime == "image/webp"
    assert opened(cleaned).getpixel((30, 30))[3] == 0  # type: ignore[index]


async def test_of_a_moving_picture_the_first_frame_is_kept() -> None:
    frames = [Image.new("RGB", (16, 16), colour) for colour in ("red", "blue", "green")]
    out = io.BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:])
    picture = opened(await clean(out.getvalue()))
    assert getattr(picture, "n_frames", 1) == 1
    assert picture.getpixel((8, 8))[0] > 200  # type: ignore[index]


async def test_large_pictures_shrink_and_long_screenshots_stay_readable() -> None:
    photo = opened(await clean(a_picture("JPEG", (6000, 4000))))
    assert 0.9 * PIXELS_OUT < photo.width * photo.height <= PIXELS_OUT
    talk = opened(await clean(a_picture("PNG", (1080, 7000))))
    assert talk.width > 700
    ribbon = opened(await clean(a_picture("PNG", (20, 30_000))))
    assert max(ribbon.size) <= LONGEST_SIDE


@pytest.mark.parametrize("size", [(50_000, 50_000), (6_000, 4_001), (1_000_000_000, 1)])
async def test_a_bomb_is_refused_before_it_is_unpacked(size: tuple[int, int]) -> None:
    started = time.monotonic()
    assert await refusal(a_bomb(*size)) == "pixels"
    assert time.monotonic() - started < 20


async def test_what_hides_behind_a_picture_is_gone() -> None:
    for tail in (HTML, an_archive()):
        cleaned = await clean(a_picture("JPEG") + tail)
        assert cleaned.mime == "image/jpeg"
        assert b"<script" not in cleaned.content
        assert b"PK\x03\x04" not in cleaned.content
    inside = await clean(a_picture("JPEG", comment=HTML))
    assert b"<script" not in inside.content


@pytest.mark.parametrize(
    "content",
    [
        a_picture("JPEG", (640, 480))[:-400],
        a_picture("PNG", (640, 480))[:-40],
        a_picture("WEBP", (640, 480))[:-40],
        a_picture("GIF", (640, 480), mode="P")[:200],
        a_picture("AVIF", (640, 480))[:-40],
        a_film(b"avif"),
        b"\xff\xd8\xff",
        b"\xff\xd8\xff\xe0" + HTML,
        b"\x89PNG\r\n\x1a\n" + bytes(1000),
        b"GIF89a" + bytes(1000),
        b"RIFF\x00\x01\x00\x00WEBP" + bytes(1000),
        a_picture("PNG")[:30] + b"\xff" * 8 + a_picture("PNG")[38:],
    ],
)
async def test_what_is_cut_short_or_only_begins_like_a_picture_is_refused(content: bytes) -> None:
    assert await refusal(content) in ("broken", "pixels")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        HTML,
        b"\xef\xbb\xbf \n" + HTML,
        SVG,
        b"<svg/>",
        an_archive(),
        an_archive("word/document.xml"),
        b"MZ" + bytes(200),
        b"\x7fELF" + bytes(200),
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
        b"\x1f\x8b\x08" + bytes(100),
        b"RIFF\x00\x00\x00\x00AVI LIST",
        b"\x00\x00\x00\x18ftypevil",
        b"\x1a\x45\xdf\xa3" + bytes(80),
        b"\xff\xfe<\x00h\x00t\x00m\x00l\x00>\x00",
        "é".encode("latin-1") * 40,
    ],
)
@pytest.mark.parametrize("declared", [MessageType.IMAGE, MessageType.DOCUMENT])
async def test_what_is_not_on_the_list_is_refused(content: bytes, declared: MessageType) -> None:
    assert await refusal(content, declared) == "kind"


CASES = [
    (VOICE, MessageType.VOICE, MessageType.AUDIO, "audio/ogg"),
    (VOICE, MessageType.DOCUMENT, MessageType.AUDIO, "audio/ogg"),
    (b"OggS\x00\x02" + bytes(60), MessageType.VIDEO, MessageType.VIDEO, "video/ogg"),
    (a_film(), MessageType.VIDEO, MessageType.VIDEO, "video/mp4"),
    (a_film(b"mp42"), MessageType.AUDIO, MessageType.AUDIO, "audio/mp4"),
    (a_film(b"M4A "), MessageType.DOCUMENT, MessageType.AUDIO, "audio/mp4"),
    (a_film(b"qt  "), MessageType.VIDEO, MessageType.VIDEO, "video/quicktime"),
    (a_film(b"3gp5"), MessageType.VIDEO, MessageType.VIDEO, "video/3gpp"),
    (a_film(b"heic"), MessageType.IMAGE, MessageType.DOCUMENT, "image/heic"),
    (
        b"\x1a\x45\xdf\xa3\x9f\x42\x82\x84webm" + bytes(60),
        MessageType.VIDEO,
        MessageType.VIDEO,
        "video/webm",
    ),
    (b"ID3\x04" + bytes(60), MessageType.AUDIO, MessageType.AUDIO, "audio/mpeg"),
    (b"\xff\xfb\x90\x64" + bytes(60), MessageType.AUDIO, MessageType.AUDIO, "audio/mpeg"),
    (b"\xff\xf1\x50\x80" + bytes(60), MessageType.AUDIO, MessageType.AUDIO, "audio/aac"),
    (b"#!AMR\n" + bytes(60), MessageType.VOICE, MessageType.AUDIO, "audio/amr"),
    (b"RIFF\x24\x00\x00\x00WAVEfmt ", MessageType.AUDIO, MessageType.AUDIO, "audio/wav"),
    (b"%PDF-1.7\n", MessageType.IMAGE, MessageType.DOCUMENT, "application/pdf"),
    (
        "salut ça va\r\n".encode(),
        MessageType.DOCUMENT,
        MessageType.DOCUMENT,
        "text/plain",
    ),
]
# Every container's brand, whatever the platform calls what is in it.
KEPT = [case[0] for case in CASES] + [a_film(b"3g2a"), a_film(b"avc1"), a_film(b"M4V ")]


@pytest.mark.parametrize(("content", "declared", "kept", "mime"), CASES)
async def test_the_content_says_what_a_file_is(
    content: bytes, declared: MessageType, kept: MessageType, mime: str
) -> None:
    assert await clean(content, declared) == Cleaned(kept, mime, content)


async def test_a_picture_sent_as_a_document_is_a_picture() -> None:
    cleaned = await clean(with_place("JPEG"), MessageType.DOCUMENT)
    assert (cleaned.type, cleaned.mime) == (MessageType.IMAGE, "image/jpeg")
    assert b"SpyCam" not in cleaned.content


def test_any_bytes_are_typed_without_a_fault() -> None:
    for length in range(20):
        for byte in range(256):
            kind_of(bytes([byte]) * length, MessageType.IMAGE)


def ends_by(deed: str) -> Cleaner:
    """A cleaner whose process does this and nothing else."""
    script = f"import os, sys, time; sys.stdin.buffer.read(); {deed}"
    return Cleaner(command=(sys.executable, "-I", "-c", script), within=2.0)


async def test_a_picture_that_crashes_its_decoder_is_refused() -> None:
    for number in (signal.SIGSEGV, signal.SIGABRT, signal.SIGXCPU):
        cleaner = ends_by(f"os.kill(os.getpid(), {int(number)})")
        with pytest.raises(NotClean, match="crash"):
            await cleaner.clean(a_picture(), MessageType.IMAGE)


@pytest.mark.parametrize(
    "deed",
    [
        f"os.kill(os.getpid(), {int(signal.SIGKILL)})",
        f"os.kill(os.getpid(), {int(signal.SIGTERM)})",
        "sys.exit(1)",
        "time.sleep(60)",
    ],
)
async def test_what_the_machine_does_is_not_held_against_the_picture(deed: str) -> None:
    with pytest.raises(NotCleanedYet):
        await ends_by(deed).clean(a_picture(), MessageType.IMAGE)


async def test_without_processes_a_picture_is_tried_again_later() -> None:
    with pytest.raises(NotCleanedYet):
        await Cleaner(command=("/nonexistent",)).clean(a_picture(), MessageType.IMAGE)


async def test_the_decoder_knows_no_secret_of_ours() -> None:
    cleaner = ends_by("sys.stdout.write('image/jpeg\\n' + ' '.join(os.environ))")
    seen = (await cleaner.clean(a_picture(), MessageType.IMAGE)).content
    assert set(seen.split()) <= {b"LC_CTYPE"}


async def test_a_large_picture_does_not_hold_up_the_event_loop() -> None:
    async def longest_stall() -> float:
        longest, last = 0.0, time.monotonic()
        while not done.is_set():
            await asyncio.sleep(0.005)
            longest, last = max(longest, time.monotonic() - last), time.monotonic()
        return longest

    picture = a_picture("PNG", (6000, 3900))
    done = asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        watch = tasks.create_task(longest_stall())
        began = time.monotonic()
        await clean(picture)
        took = time.monotonic() - began
        done.set()
    assert watch.result() < took / 2


def test_the_console_serves_every_kind_that_is_kept_and_no_other() -> None:
    kinds = {kind_of(content, declared) for content in KEPT for declared in MessageType} - {None}
    as_they_came = {kind.mime for kind in kinds if kind and kind.redrawn_as is None}
    assert as_they_came | {"image/jpeg", "image/webp"} == set(ENDINGS)
