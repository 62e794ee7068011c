"""The doctor's lines on copies and on the recovery of the master key."""

import os
import time
from pathlib import Path

from pydantic import SecretStr

from gateway.checking import Check, State
from gateway.copychecks import copies_in
from gateway.privacy.recovery import RECOVERY_FILE, make
from gateway.settings import Settings
from tests.builders import NOON

KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
OTHER = "//////////////////////////////////////////8="


def settings(folder: Path | None) -> Settings:
    return Settings(master_key=SecretStr(KEY), backup_dir=folder, _env_file=None)  # type: ignore[call-arg]


def checks(folder: Path | None) -> dict[str, Check]:
    return {check.name: check for check in copies_in(settings(folder))}


def test_no_folder_is_a_choice() -> None:
    assert checks(None)["copies"].state is State.OFF


def test_the_age_of_the_newest_copy_is_told(tmp_path: Path) -> None:
    assert checks(tmp_path)["copies"].state is State.WARN
    copy = tmp_path / "relais-20261122T030000Z.data"
    copy.write_bytes(b"")
    assert checks(tmp_path)["copies"] == Check(State.OK, "copies", "the newest is 0 h old")
    late = time.time() - 49 * 3600
    os.utime(copy, (late, late))
    assert checks(tmp_path)["copies"].state is State.WARN


def test_a_recovery_file_of_another_key_is_told_apart(tmp_path: Path) -> None:
    assert checks(tmp_path)["key recovery"].state is State.OFF
    path = tmp_path / RECOVERY_FILE
    for content, state in (
        (make(KEY, now=NOON)[0], State.OK),
        (make(OTHER, now=NOON)[0], State.WARN),
        (b"rubbish", State.WARN),
    ):
        path.write_bytes(content)
        assert checks(tmp_path)["key recovery"].state is state
