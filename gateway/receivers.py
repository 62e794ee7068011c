"""Which addresses may be named as receivers of webhooks, checked when the settings are read."""

import re
from ipaddress import ip_address
from urllib.parse import urlsplit

MOST_RECEIVERS = 5
_FORM = re.compile(r"https://[A-Za-z0-9.\-]{1,253}(:[0-9]{1,5})?(/[\x21-\x7e]*)?")


def check_receiver(url: str) -> None:
    """Raises ValueError for what is no https address of a host by name, without credentials."""
    if not _FORM.fullmatch(url) or "#" in url:
        raise ValueError("each is an https:// address, such as https://example.org/relais")
    parts = urlsplit(url)
    _ = parts.port  # raises ValueError for one that cannot be
    host = parts.hostname or ""
    try:
        ip_address(host)
    except ValueError:
        return
    raise ValueError("each names its host, not an address")
