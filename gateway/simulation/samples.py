"""Files that scripted persons send: small, harmless, and what they say they are."""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from PIL import Image

from gateway.simulation.platform import File


@dataclass(frozen=True, slots=True)
class Sample:
    """A kind of file: what the platforms call it."""

    mime: str
    name: str


SAMPLES: Mapping[str, Sample] = {
    "image": Sample("image/jpeg", "photo.jpg"),
    "voice": Sample("audio/ogg", "voice.ogg"),
    "document": Sample("application/pdf", "lettre.pdf"),
}

_GPS = 0x8825


@cache
def sample(kind: str) -> File:
    """A file of a kind of SAMPLES. The image says where it was taken, as phones do."""
    return File(
        {"image": _image, "voice": _voice, "document": _document}[kind](), SAMPLES[kind].mime
    )


def _image() -> bytes:
    exif = Image.Exif()
    exif.get_ifd(_GPS).update({1: "N", 2: (48.0, 51.0, 24.0), 3: "E", 4: (2.0, 21.0, 3.0)})
    written = io.BytesIO()
    Image.new("RGB", (64, 64), "teal").save(written, "JPEG", exif=exif)
    return written.getvalue()


def _voice() -> bytes:
    """The first page of an Ogg stream with an Opus header; no sound follows."""
    opus = b"OpusHead\x01\x01\x38\x01\x80\xbb\x00\x00\x00\x00\x00"
    page = b"OggS\x00\x02" + bytes(8) + b"\x01\x00\x00\x00" + bytes(4)
    return page + bytes(4) + b"\x01" + bytes([len(opus)]) + opus


def _document() -> bytes:
    objects = (
        b"1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj",
        b"2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj",
        b"trailer<</Root 1 0 R>>",
    )
    return b"\n".join((b"%PDF-1.4", *objects, b"%%EOF", b""))
