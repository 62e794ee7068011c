"""Files for the media tests, made here: kind ones, broken ones and hostile ones."""

import io
import struct
import zipfile
import zlib

from PIL import Image

PARIS = {1: "N", 2: (48.0, 51.0, 24.0), 3: "E", 4: (2.0, 21.0, 8.0)}


def a_picture(kind: str = "JPEG", size: tuple[int, int] = (64, 32), **options: object) -> bytes:
    """A picture whose left half is red and whose right half is blue."""
    mode = str(options.pop("mode", "RGB"))
    picture = Image.new("RGB", size, "red")
    picture.paste("blue", (size[0] // 2, 0, size[0], size[1]))
    out = io.BytesIO()
    picture.convert(mode).save(out, kind, **options)
    return out.getvalue()


def with_place(kind: str = "JPEG", orientation: int = 1) -> bytes:
    """A picture that tells where and with what it was taken, in every way its format knows."""
    exif = Image.Exif()
    exif[0x010F] = "SpyCam Inc"
    exif[0x0112] = orientation
    exif.get_ifd(0x8825).update(PARIS)
    options: dict[str, object] = {"exif": exif.tobytes(), "icc_profile": b"ICCSECRET" * 20}
    if kind == "JPEG":
        options["comment"] = b"COMMENTSECRET"
    return a_picture(kind, **options)


def a_bomb(width: int = 50_000, height: int = 50_000) -> bytes:
    """A PNG that says how large it is, in good form, and holds a megabyte of black, well packed."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )

    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    rows = zlib.compress(bytes(1_000_000), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def an_archive(name: str = "run.exe", content: bytes = b"MZ" + bytes(100_000)) -> bytes:
    """A ZIP archive with one file, packed well."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return out.getvalue()


def a_film(brand: bytes = b"isom") -> bytes:
    """The beginning of an ISO base media file, and some bytes."""
    return b"\x00\x00\x00\x18ftyp" + brand + b"\x00\x00\x02\x00isommp42" + bytes(64)


VOICE = b"OggS\x00\x02" + bytes(20) + b"\x01\x13OpusHead" + bytes(64)
