"""Is this a picture that may be evidence? Its bytes are kept as they are: only then is the hash
worth anything. So it must be of a kind, size and shape that can be shown without harm."""

import io

from PIL import Image

LARGEST = 8_000_000
MOST_PIXELS = 40_000_000
_KINDS = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp"}


class NotAPicture(ValueError):
    """Too large, of another kind, or not what it says it is."""


def picture_kind(content: bytes) -> str:
    """The media type of a picture, found from its content. Raises NotAPicture."""
    if not 0 < len(content) <= LARGEST:
        raise NotAPicture
    try:
        with Image.open(io.BytesIO(content), formats=tuple(_KINDS)) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise NotAPicture
            kind = _KINDS[picture.format or ""]
            picture.verify()
    except (OSError, ValueError, SyntaxError, KeyError, Image.DecompressionBombError):
        raise NotAPicture from None
    return kind
