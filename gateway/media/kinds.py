"""What a file is, by its first bytes: a closed list. Whatever is not on it is not taken.

What the platform or the file's name says is never believed. It only tells sound from picture in
containers that hold either.
"""

import re
from dataclasses import dataclass

from core.events import MessageType

SOUND = frozenset({MessageType.AUDIO, MessageType.VOICE})
PICTURE = frozenset({MessageType.IMAGE, MessageType.STICKER})


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file: how it is shown, its media type, and Pillow's name for what is redrawn."""

    type: MessageType
    mime: str
    redrawn_as: str | None = None


JPEG = Kind(MessageType.IMAGE, "image/jpeg", "JPEG")
PNG = Kind(MessageType.IMAGE, "image/png", "PNG")
WEBP = Kind(MessageType.IMAGE, "image/webp", "WEBP")
GIF = Kind(MessageType.IMAGE, "image/gif", "GIF")
AVIF = Kind(MessageType.IMAGE, "image/avif", "AVIF")
# Nothing here decodes it: it can be downloaded, with whatever its camera wrote into it.
HEIC = Kind(MessageType.DOCUMENT, "image/heic")
PDF = Kind(MessageType.DOCUMENT, "application/pdf")
TEXT = Kind(MessageType.DOCUMENT, "text/plain")
AMR = Kind(MessageType.AUDIO, "audio/amr")
AAC = Kind(MessageType.AUDIO, "audio/aac")
MP3 = Kind(MessageType.AUDIO, "audio/mpeg")
WAV = Kind(MessageType.AUDIO, "audio/wav")

_STARTS = (
    (b"\xff\xd8\xff", JPEG),
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"GIF87a", GIF),
    (b"GIF89a", GIF),
    (b"%PDF-", PDF),
    (b"#!AMR\n", AMR),
    (b"#!AMR-WB\n", AMR),
    (b"ID3", MP3),
)
_RIFF = {b"WEBP": WEBP, b"WAVE": WAV}
_STILL_BRANDS = {
    **dict.fromkeys((b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1"), HEIC),
    **dict.fromkeys((b"avif", b"avis"), AVIF),
}
# Major brands of ISO base media files, by their beginning: https://mp4ra.org/registered-types/brands
_FILM_BRANDS = (
    (b"qt  ", "quicktime"),
    (b"3gp", "3gpp"),
    (b"3g2", "3gpp2"),
    (b"iso", "mp4"),
    (b"mp4", "mp4"),
    (b"avc1", "mp4"),
    (b"dash", "mp4"),
    (b"MSNV", "mp4"),
    (b"M4V", "mp4"),
)
_SOUND_BRANDS = (b"M4A", b"M4B")
_EBML = b"\x1a\x45\xdf\xa3"
_HEAD = 64
_CONTROLS = re.compile(rb"[\x00-\x08\x0b\x0e-\x1f\x7f]")


def kind_of(content: bytes, declared: MessageType) -> Kind | None:
    """The kind of a file; None for one that is not on the list.

    Refused are, among others, SVG and HTML (they can hold scripts), archives and Office documents
    (they can hold programs), and programs.
    """
    for start, kind in _STARTS:
        if content.startswith(start):
            return kind
    if content.startswith(b"RIFF"):
        return _RIFF.get(content[8:12])
    if content.startswith(b"OggS\x00"):
        spoken = b"OpusHead" in content[:_HEAD]
        return _container("ogg", MessageType.VOICE if spoken else declared)
    if content.startswith(_EBML):
        return _container("webm", declared) if b"webm" in content[:_HEAD] else None
    if content[4:8] == b"ftyp":
        return _iso(content[8:12], declared)
    return _stream(content) or (TEXT if _is_plain_text(content) else None)


def _iso(brand: bytes, declared: MessageType) -> Kind | None:
    if brand in _STILL_BRANDS:
        return _STILL_BRANDS[brand]
    if brand.startswith(_SOUND_BRANDS):
        return _container("mp4", MessageType.AUDIO)
    for start, name in _FILM_BRANDS:
        if brand.startswith(start):
            return _container(name, declared)
    return None


def _stream(content: bytes) -> Kind | None:
    """Sound without a container: it begins with a frame of MPEG layer III, or of AAC."""
    if len(content) < 4 or content[0] != 0xFF:
        return None
    if content[1] & 0xF6 == 0xF0:
        return AAC
    real_rates = content[2] & 0xF0 != 0xF0 and content[2] & 0x0C != 0x0C
    return MP3 if content[1] & 0xE6 == 0xE2 and real_rates else None


def _container(name: str, declared: MessageType) -> Kind:
    if declared in SOUND:
        # Browsers play the sound of a QuickTime file under the name of its twin.
        return Kind(MessageType.AUDIO, "audio/mp4" if name == "quicktime" else f"audio/{name}")
    return Kind(MessageType.VIDEO, f"video/{name}")


def _is_plain_text(content: bytes) -> bool:
    """Words in UTF-8, and not the beginning of a page or drawing."""
    if not content or _CONTROLS.search(content):
        return False
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    return not text.lstrip().startswith("<")
