"""Links, QR codes and pages of an origin; the origin is on the conversation in the end."""

import json
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from core.accounts import StaffRole
from core.directory import directory_from
from gateway.cli import cli
from gateway.entrances import OURS, contact_card, is_code, links_of, qr_code
from gateway.settings import Settings
from handoff.orientations import first_directory
from tests.gateway.gateways import Running, running
from tests.handoff.test_console_api import a_console

EVERYWHERE = Settings(
    _env_file=None,
    public_url="https://chat.example.org",
    whatsapp_number="+33100000000",
    messenger_page_id="123",
    instagram_name="example.account",
    telegram_name="example_bot",
)


def test_each_channel_carries_the_origin_as_it_can() -> None:
    assert links_of(EVERYWHERE, "lycee-lyon") == {
        "web": "https://chat.example.org/?origine=lycee-lyon",
        "whatsapp": "https://wa.me/33100000000",
        "messenger": "https://m.me/123?ref=lycee-lyon",
        "instagram": "https://ig.me/m/example.account?ref=lycee-lyon",
        "telegram": "https://t.me/example_bot?start=lycee-lyon",
    }
    assert links_of(Settings(_env_file=None), "lycee-lyon") == {}


@pytest.mark.parametrize("code", ["", "a" * 41, "a b", "é", "a/b", "a&ref=b", "a\n", "<b>"])
def test_what_is_no_code_on_every_channel_is_none(code: str) -> None:
    assert not is_code(code)


def test_a_qr_code_is_a_picture_without_script() -> None:
    picture = qr_code("https://chat.example.org/?origine=lycee-lyon").decode()
    assert picture.startswith("<?xml")
    assert "<script" not in picture


def test_the_contact_card_calls_the_helpline() -> None:
    card = contact_card(directory_from(first_directory()))
    assert card.splitlines() == [
        "BEGIN:VCARD",
        "VERSION:3.0",
        r"FN:3018\, violences numériques",
        r"N:3018\, violences numériques;;;;",
        "TEL;TYPE=VOICE:3018",
        "END:VCARD",
    ]
    assert card.endswith("\r\n")


def test_the_command_prints_links_and_writes_codes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RELAIS_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("RELAIS_PUBLIC_URL", "https://chat.example.org")
    ran = CliRunner().invoke(cli, ["origin", "lycee-lyon", "--out", str(tmp_path / "qr")])
    assert ran.exit_code == 0, ran.output
    lines = {line["channel"]: line for line in map(json.loads, ran.stdout.splitlines())}
    assert lines["page"]["link"] == "https://chat.example.org/venir/lycee-lyon"
    assert Path(lines["web"]["qr"]).read_bytes().startswith(b"<?xml")
    assert CliRunner().invoke(cli, ["origin", "a b"]).exit_code == 2


@pytest.fixture
async def gateway(tmp_path: Path) -> AsyncIterator[Running]:
    async with running(tmp_path) as house:
        yield house


async def test_the_page_of_an_origin_has_ways_in_and_numbers_in_one_tap(gateway: Running) -> None:
    answer = await gateway.client.get("/venir/lycee-lyon")
    page = await answer.text()
    assert answer.status == 200
    assert "/?origine=lycee-lyon" in page
    called = set(re.findall(r'href="(?:tel|sms):(\d+)"', page))
    assert called == {"15", "17", "112", "114", "3114", "119", "3018"}
    assert "script" not in page
    assert 'name="referrer" content="no-referrer"' in page
    assert (await gateway.client.get("/venir/a%20b")).status == 404
    card = await gateway.client.get("/contact.vcf")
    assert card.content_type == "text/vcard"
    assert "TEL;TYPE=VOICE:3018" in await card.text()
    assert 'href="/contact.vcf"' in page


async def test_without_an_entry_of_ours_no_contact_is_offered(gateway: Running) -> None:
    chief = await a_console(gateway, "chief", StaffRole.SUPERVISOR)
    _, paper = await chief.get("/service/directory")
    others = [one for one in paper["body"]["services"] if one["id"] != OURS]
    body = paper["body"] | {"services": others}
    status, _ = await chief.post("/service/directory", {"version": 0, "body": body})
    assert status == 200
    page = await (await gateway.client.get("/venir/lycee-lyon")).text()
    assert "tel:15" in page
    assert "contact.vcf" not in page
    assert (await gateway.client.get("/contact.vcf")).status == 404
