"""Files that people sent, for the listener who holds their conversation.

The console blurs pictures: nothing is fetched before a click. So every request that is answered
here is somebody looking, and is recorded in the audit before it is answered. What is served was
kept under our own closed list of kinds, and is told to the browser as nothing else; it can run
nothing. Whoever follows its address gets a download: only the console's own page shows it.
"""

import unicodedata
from collections.abc import Sequence
from pathlib import PurePosixPath
from urllib.parse import quote

from aiohttp import web

from core.accounts import Listener
from core.audit import Deed, Verb
from core.clock import Clock
from core.conversation import Attachment, FileState, Message
from core.errors import NotFound
from core.ids import AttachmentId
from core.permissions import Permission
from core.ports import Audit, Files
from handoff.console.guard import Guard, conversation_id
from handoff.desk import Desk

# Media types that are served, with the ending of a downloaded file's name. Whatever the person
# called a file, it ends as what it is.
ENDINGS = {
    "application/pdf": "pdf",
    "audio/3gpp": "3gp",
    "audio/3gpp2": "3g2",
    "audio/aac": "aac",
    "audio/amr": "amr",
    "audio/mp4": "m4a",
    "audio/mpeg": "mp3",
    "audio/ogg": "ogg",
    "audio/wav": "wav",
    "audio/webm": "webm",
    "image/heic": "heic",
    "image/jpeg": "jpg",
    "image/webp": "webp",
    "text/plain": "txt",
    "video/3gpp": "3gp",
    "video/3gpp2": "3g2",
    "video/mp4": "mp4",
    "video/ogg": "ogv",
    "video/quicktime": "mov",
    "video/webm": "webm",
}
_HEADERS = {
    "Accept-Ranges": "bytes",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
_NAME_LIMIT = 80


class ConsoleFiles:
    """The request for one file of a conversation that the asker holds."""

    def __init__(
        self, *, desk: Desk, files: Files, audit: Audit, guard: Guard, clock: Clock
    ) -> None:
        self._desk = desk
        self._files = files
        self._audit = audit
        self._guard = guard
        self._clock = clock

    def routes(self) -> tuple[web.RouteDef, ...]:
        """The route the gateway mounts."""
        one = "/console/api/conversations/{id:[0-9a-f]{32}}/files/{attachment:[0-9a-f]{32}}"
        file = self._guard.signed_in(self.file, needs=Permission.ANSWER)
        return (web.get(one, file, allow_head=False),)

    async def file(self, request: web.Request, listener: Listener) -> web.StreamResponse:
        """The file, or the part of it that was asked for."""
        wanted = conversation_id(request)
        _, messages = await self._desk.read(listener, wanted)
        file = _found(messages, AttachmentId(request.match_info["attachment"]))
        content = await self._files.file(wanted, file.id)
        if content is None:
            raise NotFound
        # Before it is shown: what cannot be recorded is not seen.
        await self._audit.record(
            Deed(
                verb=Verb.FILE_REVEALED,
                at=self._clock(),
                actor=listener.id,
                conversation=wanted,
                object=file.id,
            )
        )
        return _answer(request, file, content)


def download_name(file: Attachment) -> str:
    """What a downloaded file is called: the person's word for it, harmless, ending as it is."""
    ending = ENDINGS.get(file.mime or "", "bin")
    last = PurePosixPath((file.filename or "").replace("\\", "/")).name
    # No control or formatting characters: some turn the direction of what follows.
    kept = "".join(c if unicodedata.category(c)[0] not in "CZ" else " " for c in last)
    stem = " ".join(kept.rsplit(".", 1)[0].replace(".", " ").split())[:_NAME_LIMIT].strip()
    return f"{stem or 'fichier'}.{ending}"


def _found(messages: Sequence[Message], wanted: AttachmentId) -> Attachment:
    """A file that is kept and may be served. Raises NotFound."""
    for message in messages:
        for file in message.attachments:
            if file.id == wanted and file.state is FileState.KEPT and file.mime in ENDINGS:
                return file
    raise NotFound


def _answer(request: web.Request, file: Attachment, content: bytes) -> web.Response:
    mime = file.mime or ""
    headers = {**_HEADERS, "Content-Type": mime, "Content-Disposition": _disposition(file)}
    if mime.startswith("text/"):
        headers["Content-Type"] = f"{mime}; charset=utf-8"
    if "Range" not in request.headers:
        return web.Response(body=content, headers=headers)
    try:
        wanted = request.http_range
    except ValueError:
        # Several parts at once, or no range at all: the whole is a good answer to both.
        return web.Response(body=content, headers=headers)
    start, stop, _ = wanted.indices(len(content))
    if start >= stop:
        headers["Content-Range"] = f"bytes */{len(content)}"
        return web.Response(status=416, headers=headers)
    headers["Content-Range"] = f"bytes {start}-{stop - 1}/{len(content)}"
    return web.Response(status=206, body=content[start:stop], headers=headers)


def _disposition(file: Attachment) -> str:
    """RFC 6266, with the name for everybody (RFC 8187) and one for old programs."""
    name = download_name(file)
    ending = name.rsplit(".", 1)[1]
    return f"attachment; filename=\"fichier.{ending}\"; filename*=UTF-8''{quote(name, safe='')}"
