"""Ways in that say where somebody came from: links, QR codes and a small page for each origin.

An origin is a short code for a school, a partner, a campaign. It follows the conversation to the
console and the figures. WhatsApp's links carry no code that the person does not see and send, so
they carry none.
"""

import io
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from html import escape
from urllib.parse import quote

import segno
from aiohttp import web

from core.directory import Directory
from core.labels import Address
from core.ports import Phrasebook
from gateway.settings import Settings

# The narrowest of what the channels take: Telegram's start parameter.
_CODE = re.compile(r"[A-Za-z0-9_-]{1,40}")
_NAMES = {
    "web": "Site",
    "whatsapp": "WhatsApp",
    "messenger": "Messenger",
    "instagram": "Instagram",
    "telegram": "Telegram",
}
# The numbers of one tap, by their ids in the directory, and the helpline's own.
_CALLED = (
    "samu",
    "police",
    "urgences_europe",
    "urgences_sms",
    "prevention_suicide",
    "enfance_en_danger",
)
OURS = "violences_numeriques"

_PAGE = """<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>Discussion</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer"><meta name="robots" content="noindex">
<link rel="icon" href="/icon.svg" type="image/svg+xml"><link rel="stylesheet" href="/page.css">
</head><body><main class="plain"><h1>{title}</h1><p>{intro}</p><ul>{ways}</ul><p>{trace}</p>
<h2>{danger}</h2><ul>{numbers}</ul>
{contact}</main></body></html>"""
_CONTACT = '<p><a href="/contact.vcf">{}</a></p>'


def is_code(text: str) -> bool:
    """Whether `text` may name an origin on every channel."""
    return _CODE.fullmatch(text) is not None


def links_of(settings: Settings, code: str) -> Mapping[str, str]:
    """The address of each channel that is known, with the origin where it can be carried."""
    site, number = settings.public_url, settings.whatsapp_number
    page, bot = settings.messenger_page_id, settings.telegram_name
    account = settings.instagram_name
    found = {
        "web": f"{site}/?origine={quote(code)}" if site else None,
        "whatsapp": f"https://wa.me/{number.removeprefix('+')}" if number else None,
        "messenger": f"https://m.me/{page}?ref={quote(code)}" if page else None,
        "instagram": f"https://ig.me/m/{account}?ref={quote(code)}" if account else None,
        "telegram": f"https://t.me/{bot}?start={quote(code)}" if bot else None,
    }
    return {name: link for name, link in found.items() if link is not None}


def qr_code(link: str) -> bytes:
    """A QR code as SVG, to print: it is still read with a quarter of it covered."""
    out = io.BytesIO()
    segno.make(link, error="q", micro=False).save(out, kind="svg", scale=8, border=4)
    return out.getvalue()


def contact_card(directory: Directory) -> str:
    """The helpline as a vCard, to add to one's phone (RFC 2426). KeyError where it has no entry."""
    service = directory.services[OURS]
    name = _escaped(service.name)
    lines = ["BEGIN:VCARD", "VERSION:3.0", f"FN:{name}", f"N:{name};;;;"]
    if service.number:
        lines.append(f"TEL;TYPE=VOICE:{service.number.replace(' ', '')}")
    if service.link:
        lines.append(f"URL:{service.link}")
    return "\r\n".join((*lines, "END:VCARD", ""))


class Entrances:
    """`/venir/CODE`, the page of an origin, and `/contact.vcf`."""

    def __init__(
        self,
        *,
        links_for: Callable[[str], Mapping[str, str]],
        directory: Callable[[], Awaitable[Directory]],
        phrases: Phrasebook,
        policy: str,
    ) -> None:
        self._links_for = links_for
        self._directory = directory
        self._phrases = phrases
        self._headers = {"Content-Security-Policy": policy}

    def routes(self) -> Iterable[web.RouteDef]:
        """The routes the gateway mounts."""
        return web.get("/venir/{code}", self.page), web.get("/contact.vcf", self.card)

    async def page(self, request: web.Request) -> web.Response:
        """The ways in, and the numbers in one tap; our contact where the directory has us."""
        code = request.match_info["code"]
        if not is_code(code):
            raise web.HTTPNotFound
        ways = {"web": f"/?origine={quote(code)}", **self._links_for(code)}
        directory = await self._directory()
        numbers = [directory.services[one] for one in _CALLED if one in directory.services]
        ours = directory.services.get(OURS)
        body = _PAGE.format(
            title=self._say("door_title"),
            intro=self._say("door_intro"),
            ways="".join(_item(link, _NAMES[name], "") for name, link in ways.items()),
            trace=self._say("door_trace"),
            danger=self._say("door_danger"),
            numbers="".join(
                _item(
                    f"sms:{one.sms}" if one.sms else f"tel:{(one.number or '').replace(' ', '')}",
                    one.sms or one.number or "",
                    one.name,
                )
                for one in (*numbers, *([ours] if ours else []))
            ),
            contact=_CONTACT.format(self._say("door_contact")) if ours else "",
        )
        return web.Response(text=body, content_type="text/html", headers=self._headers)

    async def card(self, request: web.Request) -> web.Response:
        """The helpline as a contact."""
        try:
            card = contact_card(await self._directory())
        except KeyError:
            raise web.HTTPNotFound from None
        headers = {"Content-Disposition": 'attachment; filename="contact.vcf"'}
        return web.Response(text=card, content_type="text/vcard", headers=headers)

    def _say(self, sentence: str) -> str:
        return escape(self._phrases.say(sentence, Address.TU).text)


def _item(link: str, title: str, about: str) -> str:
    return f'<li><a href="{escape(link)}" rel="noreferrer">{escape(title)}</a> {escape(about)}</li>'


def _escaped(text: str) -> str:
    return re.sub(r"([\\,;])", r"\\\1", text)
