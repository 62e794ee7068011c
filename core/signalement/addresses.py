"""Is this the exact address of that content? Judged by its form alone: nothing is fetched.

A notice with a wrong address costs the victim a day. So an address must be of the platform itself
(not a shortener, not a host that only looks like it), and name the content rather than the site.
"""

import ipaddress
import re
import unicodedata
from urllib.parse import SplitResult, parse_qs, parse_qsl, urlencode, urlsplit

from core.signalement.case import ContentKind
from core.signalement.platforms import Directory, Platform

LONGEST = 2000
_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
# Letters of other alphabets, and signs, that pass for Latin ones at a glance.
_LOOKS_LIKE = str.maketrans(
    {
        pair[0]: pair[1]
        for pair in "аa еe оo рp сc хx уy іi јj ѕs һh ԁd ԛq ԝw кk мm тt вb нh ɡg ıi łl øo "
        "αa οo εe ρp τt υu νv ιi κk 0o 1l 3e 4a 5s 7t 8b |l".split()
    }
)
_PAIRS = (("rn", "m"), ("vv", "w"), ("cl", "d"))
_SAME_SITE = ("www.", "m.", "mobile.")
# What apps add to an address when it is shared. Only what means nothing else anywhere: on a forum
# a `t` is the topic.
_OF_SHARING = re.compile(
    r"utm_\w+|igsh|igshid|img_index|fbclid|gclid|mibextid|si|feature|_r|_t"
    r"|is_from_webapp|sender_device|share_\w+|ref_src|ref_url"
)
# A brand shorter than this is part of too many honest names.
_LONG_BRAND = 5


def url_fault(url: str, kind: ContentKind, platform: Platform, known: Directory) -> str | None:
    """What is wrong with an address, as a code of `checks.REASONS`; None when nothing is."""
    parts = _split(url)
    if parts is None:
        return "url_malformed"
    if parts.scheme not in ("http", "https"):
        return "url_scheme"
    if parts.username is not None or parts.password is not None:
        return "url_userinfo"
    host = _host(parts)
    if host is None:
        return "url_malformed"
    bare = host.removeprefix("www.")
    if bare in known.shorteners:
        return "url_shortened"
    owner = known.owner(host)
    if owner is not None and owner is not platform:
        return "url_other_platform"
    # Any other site may itself be a false one: that is then what the notice is about.
    if platform.hosts and owner is None:
        return "url_lookalike" if imitated(host, known) else "url_wrong_host"
    return _path_fault(parts, kind, platform)


def same_content(url: str) -> str:
    """An address without what does not belong to the content: two that differ only in how they
    were shared, or in which site of the platform (www, mobile), come out the same."""
    parts = _split(url)
    host = _host(parts) if parts is not None else None
    if parts is None or host is None:
        return url
    for prefix in _SAME_SITE:
        host = host.removeprefix(prefix)
    told = sorted(
        pair
        for pair in parse_qsl(parts.query, keep_blank_values=True)
        if not _OF_SHARING.fullmatch(pair[0].casefold())
    )
    return f"{host}{parts.path.rstrip('/')}?{urlencode(told)}#{parts.fragment}"


def handle_fault(handle: str, platform: Platform) -> str | None:
    """What is wrong with the name of an account; None when nothing is."""
    name = handle.removeprefix("@")
    if not re.fullmatch(platform.handle, name):
        return "handle_malformed"
    # Where a name alone is an address, the site's own pages are nobody's name.
    own_page = re.fullmatch(platform.content.get(ContentKind.PROFILE) or "", f"/{name}")
    return "handle_reserved" if own_page and name.casefold() in platform.reserved else None


def imitated(host: str, known: Directory) -> str | None:
    """The platform's host that this one can be taken for, though it is another's."""
    shown = ".".join(_unpunycoded(label) for label in host.split("."))
    skeleton = _skeleton(shown)
    labels = skeleton.split(".")
    last_two = ".".join(labels[-2:])
    for platform in known.platforms.values():
        for own in platform.hosts:
            target = _skeleton(own)
            if skeleton == target or skeleton.endswith(f".{target}"):
                return own
            brand = target.split(".")[0]
            if len(brand) < _LONG_BRAND:
                continue
            if any(brand in label for label in labels) or _one_slip(last_two, target):
                return own
    return None


def _split(url: str) -> SplitResult | None:
    if not 0 < len(url) <= LONGEST or any(c.isspace() or not c.isprintable() for c in url):
        return None
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    return parts


def _host(parts: SplitResult) -> str | None:
    """The host in its ASCII form; None for no host, a bare name or a number."""
    host = (parts.hostname or "").rstrip(".")
    try:
        ipaddress.ip_address(host)
    except ValueError:
        pass
    else:
        return None
    try:
        # Browsers map a host as IDNA does: full-width letters are the plain ones.
        host = ".".join(
            _punycoded(label) for label in unicodedata.normalize("NFKC", host).split(".")
        )
    except UnicodeError:
        return None
    labels = host.split(".")
    sound = len(labels) > 1 and len(host) <= 253 and all(map(_LABEL.fullmatch, labels))
    return host if sound and not labels[-1].isdigit() else None


def _punycoded(label: str) -> str:
    label = label.casefold()
    return label if label.isascii() else "xn--" + label.encode("punycode").decode("ascii")


def _unpunycoded(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    try:
        return label[4:].encode("ascii").decode("punycode")
    except (UnicodeError, ValueError):
        return label


def _path_fault(parts: SplitResult, kind: ContentKind, platform: Platform) -> str | None:
    pattern = platform.content.get(kind)
    if pattern is None:
        return "kind_unknown"
    if parts.path in ("", "/") and not parts.query:
        return "url_incomplete"
    path = parts.path or "/"
    if platform.shortened is not None and re.fullmatch(platform.shortened, path):
        return "url_shortened"
    if path.strip("/").casefold() in platform.reserved:
        return "url_not_content"
    if pattern and not re.fullmatch(pattern, path):
        return "url_not_content"
    return None if _names_one(parts, platform) else "url_incomplete"


def _names_one(parts: SplitResult, platform: Platform) -> bool:
    """Whether all is there that a path such as `/watch` needs to name one thing."""
    told = parse_qs(parts.query)
    return all(
        any(re.fullmatch(form, value) for value in told.get(key, ()))
        for path, keys in platform.queries.items()
        if re.fullmatch(path, parts.path)
        for key, form in keys.items()
    )


def _skeleton(host: str) -> str:
    """What the eye sees: no accents, no other alphabets, no digits for letters."""
    plain = unicodedata.normalize("NFKD", host.casefold())
    plain = "".join(c for c in plain if not unicodedata.combining(c)).translate(_LOOKS_LIKE)
    for pair, letter in _PAIRS:
        plain = plain.replace(pair, letter)
    # A small L and a capital i are one stroke.
    return plain.replace("l", "i").replace("j", "i")


def _one_slip(one: str, other: str) -> bool:
    """Whether one letter added, left out, changed, or two swapped, make one of the other."""
    if one == other or abs(len(one) - len(other)) > 1:
        return one == other
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    a, b = one[start:], other[start:]
    return a[1:] == b[1:] or a[1:] == b or a == b[1:] or (a[:2] == b[1::-1] and a[2:] == b[2:])
