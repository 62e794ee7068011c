"""Redraws one picture, in a process of its own: `python -I redraw.py FORMAT < in > out`.

Decoders are where a hostile picture does its harm. Here it can crash or fill only this process,
which has no secret in its environment, little memory and little time. What goes out is a new file
made of pixels alone: no place, no camera, no thumbnail, no comment, nothing behind the end.

Run by its path, so that nothing of ours is imported: see `gateway.media.clean`.
"""

import contextlib
import io
import math
import resource
import sys

from PIL import Image, ImageOps

# A JPEG is decoded small at once, whatever its size; all else whole, at up to 17 bytes a pixel.
PIXELS_IN = {"JPEG": 50_000_000}
PIXELS_IN_OTHERWISE = 24_000_000
# Screenshots of long talks must stay readable: the area is bounded rather than the side.
PIXELS_OUT = 2048 * 2048
LONGEST_SIDE = 8192
MEMORY = 768 * 1024**2
CPU_SECONDS = 10
NOT_A_PICTURE, TOO_MANY_PIXELS = 3, 4


class TooManyPixels(Exception):
    """Larger than we decode, by its own word; nothing was decoded."""


def redraw(content: bytes, kind: str) -> tuple[str, bytes]:
    """The media type and the bytes of the new picture; of a moving one, the first frame.

    `kind` is Pillow's name of the one format that is tried. Raises TooManyPixels; and whatever
    Pillow raises for what is broken or cut short.
    """
    with Image.open(io.BytesIO(content), formats=[kind]) as opened:
        width, height = opened.size
        if width * height > PIXELS_IN.get(kind, PIXELS_IN_OTHERWISE):
            raise TooManyPixels
        scale = min(
            1.0, math.sqrt(PIXELS_OUT / (width * height)), LONGEST_SIDE / max(width, height)
        )
        size = max(1, int(width * scale)), max(1, int(height * scale))
        opened.draft("RGB", size)
        opened.load()
        mode = "RGBA" if opened.has_transparency_data else "RGB"
        picture = opened if opened.mode == mode else opened.convert(mode)
        picture.thumbnail((max(size), max(size)))
        with contextlib.suppress(Exception):
            # A broken note on which way is up does not spoil the picture.
            picture = ImageOps.exif_transpose(picture)
    if mode == "RGBA" and picture.getchannel("A").getextrema() == (255, 255):
        picture = picture.convert("RGB")
    bare = Image.frombytes(picture.mode, picture.size, picture.tobytes())
    out = io.BytesIO()
    if bare.mode == "RGB":
        bare.save(out, "JPEG", quality=85)
        return "image/jpeg", out.getvalue()
    bare.save(out, "WEBP", quality=85)
    return "image/webp", out.getvalue()


def main() -> int:
    """Media type and a newline on standard output, then the bytes. The exit code says the rest."""
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        # Not every system lets every limit be set; the parent's clock runs in any case.
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(what, (most, most))
    try:
        mime, content = redraw(sys.stdin.buffer.read(), sys.argv[1])
    except (TooManyPixels, Image.DecompressionBombError):
        return TOO_MANY_PIXELS
    except Exception:  # noqa: BLE001 - decoders raise anything
        return NOT_A_PICTURE
    sys.stdout.buffer.write(mime.encode() + b"\n" + content)
    return 0


if __name__ == "__main__":
    sys.exit(main())
