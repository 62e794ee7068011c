"""What the doctor says of copies: their age, and whether a lost master key could be recovered."""

import time
from collections.abc import Iterator

from gateway.checking import Check, State
from gateway.privacy.backup import last_copy_at
from gateway.privacy.offsite import Offsite
from gateway.privacy.recovery import RECOVERY_FILE, RecoveryRefused, opens
from gateway.settings import Settings

# A copy that is late by more than one whole turn was missed.
_TURNS = 2


def copies_in(settings: Settings) -> Iterator[Check]:
    """A line for the copies, and one for the recovery of the key."""
    if settings.backup_dir is None:
        mend = "set RELAIS_BACKUP_DIR, or call ./relais backup yourself"
        yield Check(State.WARN if settings.production else State.OFF, "copies", "none made", mend)
        return
    yield _age("copies", last_copy_at(settings.backup_dir), settings)
    if settings.offsite is not None:
        offsite = Offsite(settings.offsite.get_secret_value(), settings.backup_dir)
        yield _age("copies off-site", offsite.complete_at(), settings)
    yield _recovery(settings)


def _age(name: str, made_at: float, settings: Settings) -> Check:
    if not made_at:
        return Check(State.WARN, name, "none yet", "docs/operations.md#copies")
    hours = (time.time() - made_at) / 3600
    found = f"the newest is {hours:.0f} h old"
    if hours > _TURNS * settings.backup_every_hours:
        return Check(State.WARN, name, found, "is a gateway running? docs/operations.md#copies")
    return Check(State.OK, name, found)


def _recovery(settings: Settings) -> Check:
    assert settings.backup_dir is not None
    name, path = "key recovery", settings.backup_dir / RECOVERY_FILE
    make = f"./relais keys recovery {path}"
    try:
        fits = opens(path.read_bytes(), settings.master_key.get_secret_value())
    except FileNotFoundError:
        found = "none: who loses the master key loses everything"
        return Check(State.WARN if settings.production else State.OFF, name, found, make)
    except (OSError, RecoveryRefused):
        return Check(State.WARN, name, f"{path} cannot be read", make)
    if not fits:
        return Check(State.WARN, name, "holds another master key", f"move it away; {make}")
    return Check(State.OK, name, "with its paper, gives the present master key back")
