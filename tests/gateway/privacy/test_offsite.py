"""Copies leave the machine by themselves, to a real target, and what arrived there restores."""

import base64
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from core.errors import ConfigurationError
from core.ports import Store
from core.retention import Retention
from core.work import Lane
from gateway.metrics import Metrics
from gateway.privacy.backup import KEYS_FILE, backup, copies
from gateway.privacy.drill import drill
from gateway.privacy.offsite import Offsite, OffsiteFailed, slot_of
from gateway.privacy.upkeep import UPKEEP_LEASE, Copies, Upkeep
from gateway.settings import load_settings
from gateway.stores import open_store, open_vault
from tests.builders import a_vault, at
from tests.contracts.test_erasure import Person
from tests.fakes import TurnableClock
from tests.gateway.privacy.test_backup import settings_of

LOGIN = "Basic " + base64.b64encode(b"relais:a pass:word").decode()


class Target:
    """Takes PUT from who knows the password, as a WebDAV server does, and keeps it in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.status = 201
        self.names: list[str] = []

    async def take(self, request: web.Request) -> web.Response:
        if request.headers.get("Authorization") != LOGIN:
            return web.Response(status=401)
        content = await request.read()
        if self.status == 201:
            self.names.append(request.match_info["name"])
            (self.folder / request.match_info["name"]).write_bytes(content)
        return web.Response(status=self.status)


@asynccontextmanager
async def a_target(folder: Path) -> AsyncIterator[tuple[Target, str]]:
    folder.mkdir()
    target = Target(folder)
    app = web.Application(client_max_size=1 << 28)
    app.router.add_put("/relais/{name}", target.take)
    async with TestServer(app) as server:
        yield target, f"http://relais:a%20pass%3Aword@127.0.0.1:{server.port}/relais/"


async def a_copy(folder: Path, copies_in: Path) -> Path:
    settings = settings_of(folder)
    vault = open_vault(settings)
    store = open_store(settings, vault)
    await store.open()
    await Person("mine").write(store)
    path = await backup(store, vault, copies_in, now=at(9))
    await store.close()
    return path


@pytest.mark.parametrize("way", ["web", "folder"])
async def test_what_arrived_there_restores(way: str, tmp_path: Path) -> None:
    data = await a_copy(tmp_path / "here", tmp_path / "copies")
    async with a_target(tmp_path / "there") as (target, url):
        offsite = Offsite(url if way == "web" else str(target.folder), tmp_path / "copies")
        assert offsite.complete_at() == 0
        if way == "folder":
            # A process was killed while it wrote there.
            left = target.folder / f".{KEYS_FILE}.0123abcd"
            left.write_bytes(b"keys")
            os.utime(left, (1, 1))
        await offsite.send()
        await offsite.send()
        # The data once, the keys each time: who was erased since is gone from them.
        if way == "web":
            assert target.names == [slot_of(data), KEYS_FILE, KEYS_FILE]
    assert offsite.complete_at() > 0
    there = tmp_path / "there"
    assert {path.name for path in there.iterdir()} == {slot_of(data), KEYS_FILE}
    if way == "folder":
        assert {path.stat().st_mode & 0o777 for path in there.iterdir()} == {0o600}
    found = await drill(
        settings_of(tmp_path / "x"), there / slot_of(data), there / KEYS_FILE, into=None, now=at(9)
    )
    assert (found.conversations, found.sound) == (2, True)


async def test_a_target_that_refuses_or_is_gone_is_not_counted_as_done(tmp_path: Path) -> None:
    await a_copy(tmp_path / "here", tmp_path / "copies")
    async with a_target(tmp_path / "there") as (target, url):
        wrong = Offsite(url.replace("a%20pass", "another"), tmp_path / "copies")
        with pytest.raises(OffsiteFailed, match="401"):
            await wrong.send()
        target.status = 507
        offsite = Offsite(url, tmp_path / "copies")
        with pytest.raises(OffsiteFailed, match="507"):
            await offsite.send()
        assert offsite.complete_at() == 0
    for gone in ("http://127.0.0.1:9/relais", str(tmp_path / "not mounted")):
        with pytest.raises(OffsiteFailed):
            await Offsite(gone, tmp_path / "copies").send()
    assert not (tmp_path / "not mounted").exists()


async def test_a_gateway_does_it_and_its_age_is_measured(store: Store, tmp_path: Path) -> None:
    clock, metrics, folder = TurnableClock(), Metrics(), tmp_path / "copies"
    clock.now = datetime.now(UTC)
    name = "relais_offsite_timestamp_seconds"
    age = partial(metrics.registry.get_sample_value, name, {"target": "set"})
    assert age() is None
    async with a_target(tmp_path / "there") as (target, url):
        upkeep = Upkeep(
            store=store,
            retention=Retention(),
            clock=clock,
            metrics=metrics,
            copies=Copies(folder, timedelta(days=1), a_vault(), Offsite(url, folder)),
        )
        assert age() == 0
        await upkeep.begin()
        leases = await store.claim_work(Lane.UPKEEP, now=clock(), lease_for=UPKEEP_LEASE, limit=9)
        (copying,) = [lease for lease in leases if lease.key == "copy"]
        target.status = 500
        await upkeep.do(copying)
        assert age() == 0
        assert len(copies(folder)) == 1
        target.status = 201
        await upkeep.do(copying)
    assert age()
    assert set(target.names) == {slot_of(copies(folder)[0]), KEYS_FILE}


@pytest.mark.parametrize("where", ["http://example.org/s3cret", "s3cret", "https://a b/s3cret"])
def test_a_wrong_target_is_named_and_not_shown(
    where: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("RELAIS_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("RELAIS_BACKUP_DIR", str(tmp_path / "copies"))
    monkeypatch.setenv("RELAIS_OFFSITE", where)
    with pytest.raises(ConfigurationError, match="RELAIS_OFFSITE") as caught:
        load_settings(None)
    assert "s3cret" not in str(caught.value)


def test_a_target_without_a_folder_of_copies_refuses_to_start(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("RELAIS_DATA_DIR", str(tmp_path))
    monkeypatch.delenv("RELAIS_BACKUP_DIR", raising=False)
    monkeypatch.setenv("RELAIS_OFFSITE", str(tmp_path / "there"))
    with pytest.raises(ConfigurationError, match="RELAIS_BACKUP_DIR"):
        load_settings(None)
