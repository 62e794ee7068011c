"""The data-protection officer's papers say what the settings say, and hold no secret."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from pydantic import SecretStr

from core.retention import RULES
from gateway.cli import cli
from gateway.papers.drafts import PAPERS, Found, drafts
from gateway.settings import Settings
from tests.builders import NOON

NOTICE = "4-notice-mineurs.md"
CANARY = "s3cret-canary"
NOTHING = Found(expired={}, overdue=0)
WHATSAPP = {
    "whatsapp_phone_id": CANARY,
    "whatsapp_token": SecretStr(CANARY),
    "whatsapp_app_secret": SecretStr(CANARY),
    "whatsapp_verify_token": SecretStr(CANARY),
}


def papers(found: Found = NOTHING, **settings: object) -> dict[str, str]:
    made = Settings(_env_file=None, **settings)  # type: ignore[arg-type]
    return dict(drafts(made, found, now=NOON))


def test_every_paper_is_filled_in() -> None:
    made = papers()
    assert len(made) == len(PAPERS) == 6
    for name, text in made.items():
        assert text.startswith("# "), name
        assert not re.search(r"\$\w|\{\w+\}|None", text), name
        assert name == NOTICE or "02/03/2026" in text, name


def test_only_channels_that_are_on_are_named() -> None:
    closed, opened = papers()["3-sous-traitants.md"], papers(**WHATSAPP)["3-sous-traitants.md"]
    assert "WhatsApp Ireland" not in closed
    assert "WhatsApp Ireland" in opened
    assert "Meta Platforms" not in opened
    telegram = papers(telegram_token=SecretStr("t"), telegram_secret=SecretStr("s"))
    assert "achemine les messages Telegram" in telegram["3-sous-traitants.md"]
    assert "par Telegram" in telegram[NOTICE]
    assert "aucun réseau social" in papers()[NOTICE]


def test_times_are_those_in_force() -> None:
    made = papers(keep_chats_days=17, keep_files_hours=50, keep_audit_days=200)
    for name in ("1-analyse-impact.md", "2-registre-traitement.md"):
        assert "17 jours" in made[name]
        assert "50 heures" in made[name]
        assert "200 jours" in made[name]
    assert "17 jours" in made[NOTICE]
    assert "30 jours" not in made[NOTICE]


def test_the_proof_of_retention_has_every_place_and_what_is_late() -> None:
    found = Found(expired={"chats": 3, "files": 4}, overdue=5)
    proof = papers(found)["5-preuve-conservation.md"]
    for place in RULES:
        assert f"`{place}`" in proof, place
    assert "**7**" in proof
    assert "**5**" in proof
    assert re.search(r"^\| conversations .*\| 3 \|", proof, re.MULTILINE)


def test_no_secret_is_in_a_paper() -> None:
    made = papers(
        **WHATSAPP,
        master_key=SecretStr("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="),
        rasa_token=SecretStr(CANARY),
        database_url=SecretStr(f"mongodb://relais:{CANARY}@db1,db2/relais?replicaSet=rs0"),
        smtp_url=SecretStr(f"smtp://user:{CANARY}@mail.example.org:587"),
        mail_from="relais@example.org",
        heartbeat_url=SecretStr(f"https://hc-ping.example/{CANARY}"),
        paging_secret=SecretStr(CANARY * 3),
        webhook_urls=(f"https://hooks.example.org/{CANARY}",),
        webhook_secret=SecretStr(CANARY * 3),
    )
    whole = "\n".join(made.values())
    assert CANARY not in whole
    assert "AAECAwQF" not in whole
    for host in ("db1, db2", "hooks.example.org", "mail.example.org", "hc-ping.example"):
        assert host in whole


@pytest.mark.parametrize("settings", [{}, WHATSAPP], ids=["web", "whatsapp"])
def test_a_child_can_read_the_notice(settings: dict[str, object]) -> None:
    text = re.sub(r"^#.*$", "", papers(**settings)[NOTICE], flags=re.MULTILINE)
    assert not re.search(r"\b(vous|votre|vos)\b", text, re.IGNORECASE)
    for sentence in re.split(r"(?<=[.!?:])\s|\n\n|\n- ", text.replace("- ", "\n- ")):
        assert len(sentence.split()) <= 15, sentence


def test_as_an_operator_runs_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RELAIS_DATA_DIR", str(tmp_path / "data"))
    folder = tmp_path / "papers"
    answer = CliRunner().invoke(cli, ["papers", str(folder)])
    assert answer.exit_code == 0, answer.exception
    assert sorted(path.name for path in folder.iterdir()) == list(PAPERS)
    (folder / NOTICE).write_text("completed by hand")
    again = CliRunner().invoke(cli, ["papers", str(folder)])
    assert again.exit_code == 1
    assert (folder / NOTICE).read_text() == "completed by hand"
