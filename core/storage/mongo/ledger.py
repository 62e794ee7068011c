"""The contacts that some new events belong to: worked out in memory, then written with the events.

A contact's document holds the look-up keys of its address (`ref`) and of all its ids (`refs`); a
unique index gives each to one contact. What the ledger was made from may be out of date when it is
written: each update names what it expects, and the index refuses the rest.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from core.conversation import Contact
from core.errors import SealBroken
from core.events import InboundEvent
from core.ids import ContactId, new_id
from core.sealing import DataKey, Vault
from core.storage.identity import EventIds, contact_behind
from core.storage.mongo.engine import record_of
from core.storage.records import Codec, ContactRecord


@dataclass(frozen=True, slots=True)
class Place:
    """Where an event goes: it is its contact's `nth`, and sealed by its key."""

    contact_id: str
    key: DataKey
    nth: int


@dataclass(slots=True, eq=False)
class _Entry:
    """A contact: as stored (None: it is new, with its wrapped key), and as it will be."""

    record: ContactRecord
    refs: list[str]
    events: int
    key: DataKey | None
    stored: Mapping[str, Any] | None = None
    wrapped: bytes | None = None

    @property
    def ref(self) -> str:
        return self.record.ref


class Ledger:
    """See the module. One ledger is for one call, whose events are entered in their order."""

    def __init__(
        self,
        codec: Codec,
        vault: Vault,
        documents: Iterable[Mapping[str, Any]],
        keys: Mapping[str, DataKey],
    ) -> None:
        self._codec = codec
        self._vault = vault
        self._entries = [
            _Entry(
                record=record_of(ContactRecord, document),
                refs=list(document["refs"]),
                events=document["events"],
                key=keys.get(document["_id"]),
                stored=document,
            )
            for document in documents
        ]
        self._by_ref = {ref: entry for entry in self._entries for ref in entry.refs}

    def enter(self, event: InboundEvent, now: datetime) -> Place:
        """Find or make the contact of an event. Raises SealBroken when its key does not open."""
        ids = self._codec.event_ids(event)
        entry, renamed = contact_behind(ids, self._by_ref.get)
        if entry is None:
            entry = self._new(event, ids, now)
        if entry.key is None:
            raise SealBroken
        if renamed:
            contact = self._codec.open_contact(entry.record, entry.key)
            contact = replace(contact, address=ids.address)
            entry.record = self._codec.seal_contact(contact, entry.key)
            self._give(ids.person, entry)
        for alias in ids.aliases:
            self._give(alias, entry)
        entry.events += 1
        return Place(entry.record.id, entry.key, entry.events)

    def _new(self, event: InboundEvent, ids: EventIds, now: datetime) -> _Entry:
        contact = Contact(
            id=ContactId(new_id()),
            channel=event.channel,
            account=event.account,
            address=ids.address,
            created_at=now,
        )
        key, wrapped = self._vault.new_key(contact.id)
        record = self._codec.seal_contact(contact, key)
        entry = _Entry(record, [], events=0, key=key, wrapped=wrapped)
        self._entries.append(entry)
        self._give(record.ref, entry)
        return entry

    def _give(self, ref: str, entry: _Entry) -> None:
        """Make an id this contact's, whoever had it."""
        before = self._by_ref.get(ref)
        if before is entry:
            return
        if before is not None:
            before.refs.remove(ref)
            if before.ref == ref:
                lost = self._codec.lost_ref(before.record.id)
                before.record = replace(before.record, ref=lost)
                before.refs.append(lost)
        self._by_ref[ref] = entry
        entry.refs.append(ref)

    def losses(self) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
        """The updates that take ids from contacts: to be made before anybody gets them."""
        for entry in self._stored():
            before = entry.stored["refs"] if entry.stored else ()
            if not set(before) <= set(entry.refs):
                # Never empty: to a unique index, two contacts without any would be the same.
                kept = [ref for ref in before if ref in entry.refs]
                kept = kept or [self._codec.lost_ref(entry.record.id)]
                yield {"_id": entry.record.id, "refs": before}, {"$set": {"refs": kept}}

    def additions(self) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
        """The documents of new contacts, and of their keys."""
        for entry in self._entries:
            if entry.stored is None:
                document = asdict(entry.record) | {"refs": entry.refs, "events": entry.events}
                document["_id"] = document.pop("id")
                yield document, {"_id": entry.record.id, "wrapped": entry.wrapped}

    def changes(self) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
        """The updates of contacts that are known: their events are counted, their ids kept."""
        for entry in self._stored():
            before = entry.stored or {}
            values: dict[str, Any] = {"events": entry.events}
            if entry.refs != before["refs"]:
                values |= {"ref": entry.ref, "refs": entry.refs, "body": entry.record.body}
            if values["events"] != before["events"] or len(values) > 1:
                yield {"_id": entry.record.id, "events": before["events"]}, {"$set": values}

    def _stored(self) -> list[_Entry]:
        known = [entry for entry in self._entries if entry.stored is not None]
        return sorted(known, key=lambda entry: entry.record.id)
