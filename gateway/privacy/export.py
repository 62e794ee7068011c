"""All that is held about one person, as a folder: `person.json` and the files they sent.

For the person's right of access (GDPR article 15) and to take it elsewhere (article 20). Of what
another wrote from the same place only the number is given (`withheld`, `gateway.privacy.own`). What
cannot be opened is named in `unreadable`, never left out in silence. The folder is as private as a
file system allows, and it is in the clear: whoever makes it answers for it.
"""

import json
import os
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter

from core.conversation import Attachment, Contact, Conversation, FileState, Message
from core.errors import RelaisError, SealBroken
from core.ids import ConversationId
from core.labels import Role
from core.ports import HeldEvent, Store
from gateway.privacy.own import Own, SeveralWrote, must_be_asked, who_wrote
from gateway.privacy.papers import dossier_files, dossiers_about
from gateway.privacy.person import conversations_about

T = TypeVar("T")

_CONTACT = TypeAdapter(Contact)
_CONVERSATION = TypeAdapter(Conversation)
_MESSAGE = TypeAdapter(Message)
_EVENT = TypeAdapter(HeldEvent)

_PAGE = 1000


@dataclass(slots=True)
class Exported:
    """How much was written."""

    conversations: int = 0
    messages: int = 0
    events: int = 0
    files: int = 0
    unreadable: int = 0
    withheld: int = 0


async def export(
    store: Store, contact: Contact, folder: Path, *, now: datetime, writer: Role | None = None
) -> Exported:
    """Write everything held about `contact` into `folder`, which must be new or empty.

    Where several people wrote from there, only what is `writer`'s own. Raises SeveralWrote where
    that must be said and was not, RelaisError for a folder that cannot be used, StorageUnavailable.
    """
    held = await conversations_about(store, contact)
    several = must_be_asked(roles := who_wrote(held))
    if several and writer is None:
        raise SeveralWrote(roles)
    own = Own(writer if several else None)
    _private_folder(folder)
    writing = _Writing(store, folder, own)
    conversations = [told for one in held if (told := await writing.conversation(one)) is not None]
    dossiers = []
    for dossier in await dossiers_about(store, [one.id for one in held]):
        if not _is_theirs(dossier, held, own):
            writing.withheld["dossiers"] += 1
            continue
        dossiers.append(dossier)
        for name, content in (await dossier_files(store, dossier)).items():
            writing.put(f"files/dossier-{name}", content)
    events = [] if several else await store.events_of(contact.id)
    if several:
        writing.withheld["events"] = len(await store.events_of(contact.id))
    writing.done.events = len(events)
    person = {
        "exported_at": now.isoformat(),
        "contact": _CONTACT.dump_python(contact, mode="json"),
        "other_ids": await store.other_ids(contact.id),
        "conversations": conversations,
        "dossiers": dossiers,
        "events": [_EVENT.dump_python(one, mode="json") for one in events],
        "withheld": dict(writing.withheld),
        "unreadable": writing.unreadable,
    }
    text = json.dumps(person, ensure_ascii=False, indent=2)
    _write(folder / "person.json", text.encode())
    writing.done.unreadable = len(writing.unreadable)
    writing.done.withheld = writing.withheld.total()
    return writing.done


def _is_theirs(dossier: dict[str, Any], held: Sequence[Conversation], own: Own) -> bool:
    """Whether a dossier is about the asker: it quotes them, and nobody else."""
    source = next(one for one in held if one.id == dossier["conversation_id"])
    quotes = [int(quote["seq"]) for quote in dossier.get("quotes") or ()]
    if not quotes:
        return own.whole(source)
    return all(own.has(source, seq) for seq in quotes)


class _Writing:
    """One export, as far as it got."""

    def __init__(self, store: Store, folder: Path, own: Own) -> None:
        self._store = store
        self._folder = folder
        self._own = own
        self.done = Exported()
        self.unreadable: list[str] = []
        self.withheld: Counter[str] = Counter()

    async def conversation(self, conversation: Conversation) -> dict[str, Any] | None:
        """A conversation with its messages, their files beside; None where nothing is theirs."""
        none: list[Message] = []
        everybodys = await self._opened(
            f"messages of {conversation.id}", lambda: self._messages(conversation.id), none
        )
        messages = [one for one in everybodys if self._own.has(conversation, one.seq)]
        self.withheld["messages"] += len(everybodys) - len(messages)
        theirs = self._own.of(conversation)
        if theirs is None:
            self.withheld["conversations"] += 1
            return None
        files: dict[str, str] = {}
        for message in messages:
            for attachment in message.attachments:
                if (name := await self._file(conversation.id, attachment)) is not None:
                    files[attachment.id] = name
        self.done.conversations += 1
        self.done.messages += len(messages)
        return {
            **_CONVERSATION.dump_python(theirs, mode="json"),
            "messages": [_MESSAGE.dump_python(one, mode="json") for one in messages],
            "files": files,
        }

    async def _messages(self, conversation_id: ConversationId) -> list[Message]:
        found: list[Message] = []
        while True:
            after = found[-1].seq if found else 0
            page = await self._store.messages(conversation_id, after=after, limit=_PAGE)
            found += page
            if len(page) < _PAGE:
                return found

    async def _file(self, conversation_id: ConversationId, attachment: Attachment) -> str | None:
        """Write a file under a name of ours; None when there is none (any more)."""
        if attachment.state is not FileState.KEPT:
            return None
        content = await self._opened(
            f"file {attachment.id}", lambda: self._store.file(conversation_id, attachment.id), None
        )
        if content is None:
            return None
        name = f"files/{attachment.id}{_ending(attachment.mime)}"
        self.put(name, content)
        return name

    def put(self, name: str, content: bytes) -> None:
        """Write a file beside `person.json`."""
        (self._folder / "files").mkdir(mode=0o700, exist_ok=True)
        _write(self._folder / name, content)
        self.done.files += 1

    async def _opened(self, what: str, read: Callable[[], Awaitable[T]], otherwise: T) -> T:
        try:
            return await read()
        except SealBroken:
            self.unreadable.append(what)
            return otherwise


def _ending(mime: str | None) -> str:
    """An ending that tells the kind, from our own closed list of kinds: `image/webp` is `.webp`."""
    kind = (mime or "").partition("/")[2]
    return f".{kind}" if kind.isalnum() else ".bin"


def _private_folder(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        used = any(folder.iterdir())
    except OSError as error:
        raise RelaisError(f"{folder} cannot be used ({error.strerror}).") from None
    if used:
        raise RelaisError(f"{folder} is not empty: name a new folder, --to.")


def _write(path: Path, content: bytes) -> None:
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
    except OSError as error:
        raise RelaisError(f"{path} cannot be written ({error.strerror}).") from None
