"""The master key comes back from a file and a paper, and from neither alone."""

import base64
import json
import os
import re
import stat
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from core.errors import ConfigurationError
from gateway.cli import cli
from gateway.privacy.archive import CopyBroken
from gateway.privacy.recovery import RecoveryRefused, make, opens, recover, write_new
from tests.builders import NOON

KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
OTHER = f"2:{base64.b64encode(bytes(32)).decode()},1:{KEY}"


def test_file_and_code_give_the_key_back() -> None:
    for key in (KEY, OTHER):
        content, code = make(key, now=NOON)
        assert re.fullmatch(r"([A-Z2-7]{4}-){7}[A-Z2-7]{4}", code)
        assert recover(content, code) == key
        assert key.encode() not in content
        assert code.encode() not in content


def test_a_code_is_read_as_people_type_it() -> None:
    for _ in range(20):  # codes with O, I and B among them
        content, code = make(KEY, now=NOON)
        typed = code.lower().replace("-", " ").replace("o", "0").replace("i", "1")
        assert recover(content, typed.replace("b", "8")) == KEY


def test_neither_opens_anything_alone_or_altered() -> None:
    content, code = make(KEY, now=NOON)
    another, _ = make(KEY, now=NOON)
    wrong = ("A" if code[0] != "A" else "C") + code[1:]
    for typed in (wrong, "", code[:-1], code + "A", "é" * 32, "-" * 500):
        with pytest.raises(RecoveryRefused):
            recover(content, typed)
    with pytest.raises(RecoveryRefused):
        recover(another, code)
    fields = json.loads(content)
    for name in fields:
        altered = {**fields, name: "00" * 40}
        with pytest.raises(RecoveryRefused):
            recover(json.dumps(altered).encode(), code)
        missing = {each: value for each, value in fields.items() if each != name}
        with pytest.raises(RecoveryRefused):
            recover(json.dumps(missing).encode(), code)
    for rubbish in (b"", b"[]", b"\xff", b"[" * 100_000, b"relais copy 1\n"):
        with pytest.raises(RecoveryRefused):
            recover(rubbish, code)


def test_a_file_tells_which_key_it_holds_without_its_code() -> None:
    content, _ = make(KEY, now=NOON)
    assert opens(content, KEY)
    assert opens(content, f"7:{KEY}")
    # After a rotation the current key is another.
    assert not opens(content, OTHER)


def test_a_file_whose_paper_may_exist_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "relais.recovery"
    write_new(path, b"first")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(ConfigurationError):
        write_new(path, b"second")
    assert path.read_bytes() == b"first"


def run(data: Path, *arguments: str, said: str = "") -> Result:
    """`relais …` as an operator types it, with nothing but a data folder."""
    environ: dict[str, str | None] = {n: None for n in os.environ if n.startswith("RELAIS_")}
    environ["RELAIS_DATA_DIR"] = str(data)
    return CliRunner().invoke(cli, arguments, input=said, env=environ)


def test_the_drill_of_a_lost_key_as_an_operator_runs_it(tmp_path: Path) -> None:
    data, copies = tmp_path / "data", tmp_path / "copies"
    run(data, "user", "add", "zoe")
    copy, paper = run(data, "backup", str(copies)).stdout.strip(), str(copies / "relais.recovery")
    code = run(data, "keys", "recovery", paper).stdout.strip()

    # The machine is gone, and the key with it: another one has the copies and the paper.
    elsewhere = tmp_path / "elsewhere"
    assert isinstance(run(elsewhere, "drill", copy).exception, CopyBroken)
    mistyped = run(elsewhere, "drill", "--recovery", paper, copy, said="ABCD\n")
    assert isinstance(mistyped.exception, RecoveryRefused)
    tried = run(elsewhere, "drill", "--recovery", paper, copy, said=f"{code}\n")
    assert tried.exit_code == 0
    assert re.search(r"^ +1  accounts$", tried.stdout, re.MULTILINE)
    assert "its chain is whole" in tried.stdout
    assert not list(elsewhere.glob("relais.db*"))
    back = run(elsewhere, "keys", "recover", paper, said=f"{code}\n")
    assert back.stdout.strip() == (data / "master.key").read_text().strip()
