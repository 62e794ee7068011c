"""The chain of evidence: what was done to a case, when and by whom, so that nobody can rewrite it.

Each step holds the hash of the whole case as it then was, and the hash of the step before; it is
signed with Ed25519. So a case that was altered, a step that was changed, left out, moved or added
by somebody without the key, is found by anyone who has the export and the service's public key.
What it cannot show is a chain cut at its end: the newest export is the one to keep.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from pydantic import TypeAdapter, ValidationError

from core.ids import ListenerId
from core.signalement.case import Case, Step

FORMAT = "relais-signalement/1"
BEGINNING = "0" * 64
_CASE = TypeAdapter(Case)
# Fields that cases of the first format did not have, with the default that stands for none.
_LATER = frozenset(
    {
        "tell",
        "approved",
        "remarks",
        "appealed_at",
        "looked_at",
        "told_at",
        "team_told_at",
        "wording",
        "letter",
        "letters",
        "enclosed",
    }
)


class NotGenuine(ValueError):
    """An export that does not hold; the message says where."""


@dataclass(frozen=True, slots=True)
class Verified:
    """What a sound export says of itself. `fingerprint` is to be compared with the one that the
    service publishes: an export signed by somebody else is sound too."""

    case_id: str
    steps: int
    fingerprint: str
    files: int


class Signer:
    """The service's own key, made from 32 secret bytes that never leave the process."""

    def __init__(self, secret: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(secret)
        self.public = self._key.public_key().public_bytes_raw()

    def sign(self, message: bytes) -> str:
        """The signature, in hexadecimal."""
        return self._key.sign(message).hex()


def fingerprint(public: bytes) -> str:
    """How people compare public keys: the SHA-256 of its 32 bytes."""
    return hashlib.sha256(public).hexdigest()


def to_json(case: Case) -> dict[str, Any]:
    """A case as JSON values, all of it. Fields that came later are left out while they are empty:
    a chain that was begun before them goes on proving the same case."""
    dumped: dict[str, Any] = _CASE.dump_python(case, mode="json")
    for part in (dumped, dumped["review"] or {}, *dumped["notices"], *dumped["escalations"]):
        for name in _LATER & part.keys():
            if part[name] in (None, "", True, {}, []):
                del part[name]
    return dumped


def to_body(case: Case) -> bytes:
    """A case as JSON text, for storage."""
    return _CASE.dump_json(case)


def from_json(body: bytes) -> Case:
    """The case behind its JSON. Raises ValueError."""
    return _CASE.validate_json(body)


def recorded(
    case: Case,
    kind: str,
    *,
    by: ListenerId | None,
    now: datetime,
    signer: Signer,
    subject: str = "",
) -> Case:
    """The case with one more step, which fixes it as it is now.

    `subject` is what the step was about: a notice's id, a hash. Where another process's clock was
    ahead, the step is dated as the one before.
    """
    last = case.steps[-1] if case.steps else None
    unsigned = Step(
        number=len(case.steps) + 1,
        at=max(now, last.at) if last else now,
        by=by,
        kind=kind,
        subject=subject,
        content=content_hash(to_json(case)),
        previous=_step_hash(last) if last else BEGINNING,
        signature="",
    )
    step = replace(unsigned, signature=signer.sign(_signed_part(unsigned)))
    return replace(case, steps=(*case.steps, step))


def content_hash(case: Mapping[str, Any]) -> str:
    """The hash of a case in JSON without its steps."""
    return _sha256({name: value for name, value in case.items() if name != "steps"})


def export(case: Case, files: Mapping[str, bytes], signer: Signer) -> dict[str, Any]:
    """One JSON that proves itself. `files` are what goes along, by name; only hashes go in."""
    body = {
        "format": FORMAT,
        "public_key": signer.public.hex(),
        "fingerprint": fingerprint(signer.public),
        "case": to_json(case),
        "files": {name: hashlib.sha256(held).hexdigest() for name, held in sorted(files.items())},
    }
    return {**body, "signature": signer.sign(_canonical(body))}


def verify(document: object, *, trusted: str | None = None) -> Verified:
    """Check an export from end to end. Raises NotGenuine.

    `trusted` is the fingerprint that it must be signed with; None: any, to be compared by eye.
    """
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise NotGenuine("this is no export of a signalement")
    try:
        public = bytes.fromhex(document["public_key"])
        key = Ed25519PublicKey.from_public_bytes(public)
        case = _CASE.validate_json(json.dumps(document["case"]))
        files = document["files"]
        signature = bytes.fromhex(document["signature"])
    except (KeyError, TypeError, ValueError, ValidationError, RecursionError):
        raise NotGenuine("a part of it is missing or cannot be read") from None
    if trusted is not None and fingerprint(public) != trusted.lower():
        raise NotGenuine("it was signed with another key than the trusted one")
    signed = {name: value for name, value in document.items() if name != "signature"}
    if not _holds(key, signature, _canonical(signed)):
        raise NotGenuine("the signature of the whole does not hold")
    _verify_steps(case.steps, key)
    if not case.steps or case.steps[-1].content != content_hash(document["case"]):
        raise NotGenuine("the case is not what its last step says")
    return Verified(case.id, len(case.steps), fingerprint(public), len(files))


def _verify_steps(steps: Sequence[Step], key: Ed25519PublicKey) -> None:
    previous, at = BEGINNING, None
    for number, step in enumerate(steps, start=1):
        where = f"step {number}"
        if step.number != number:
            raise NotGenuine(f"{where} is missing or out of its place")
        if step.previous != previous:
            raise NotGenuine(f"{where} does not follow from the one before")
        if not _holds(key, _unhex(step.signature), _signed_part(step)):
            raise NotGenuine(f"the signature of {where} does not hold")
        if at is not None and step.at < at:
            raise NotGenuine(f"{where} is dated before the one before")
        previous, at = _step_hash(step), step.at


def _signed_part(step: Step) -> bytes:
    return _canonical({**asdict(step), "at": step.at.isoformat(), "signature": ""})


def _step_hash(step: Step) -> str:
    return _sha256({**asdict(step), "at": step.at.isoformat()})


def _holds(key: Ed25519PublicKey, signature: bytes, message: bytes) -> bool:
    try:
        key.verify(signature, message)
    except InvalidSignature:
        return False
    return True


def _unhex(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        return b""


def _sha256(value: object) -> str:
    return hashlib.sha256(_canonical(value)).hexdigest()


def _canonical(value: object) -> bytes:
    """One spelling for one value: sorted names, no spaces, UTF-8."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode(
        "utf-8", "surrogatepass"
    )
