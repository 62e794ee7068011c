"""A Chromium for the tests that look at pages, and patience: what is waited for comes, however slow
the machine; what never comes is a failure all the same."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any, Literal

import pytest

# CI says that a machine without a browser is a failure, not a reason to skip.
REQUIRED = os.environ.get("RELAIS_REQUIRE_BROWSER") == "1"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
PATIENCE_MS = 20_000
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
# Colours that fade into one another are there after this.
SETTLES_MS = 200
# As root in a container there is no sandbox to be had, and little shared memory.
ARGS = ["--no-sandbox", "--disable-dev-shm-usage"]

if REQUIRED:
    from playwright import async_api, sync_api
else:
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    async_api = pytest.importorskip("playwright.async_api", reason="playwright is not installed")
sync_api.expect.set_options(timeout=PATIENCE_MS)
async_api.expect.set_options(timeout=PATIENCE_MS)


def _where() -> str:
    if CHROMIUM is None:
        if REQUIRED:
            pytest.fail("RELAIS_REQUIRE_BROWSER=1, but no chromium is in PATH")
        pytest.skip("no chromium in PATH (apt-get install chromium)")
    return CHROMIUM


@contextmanager
def a_chromium() -> Iterator[Any]:
    """A browser for tests without a loop; skips, or fails under CI, where there is none."""
    path = _where()
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGS)
        yield browser
        browser.close()


@asynccontextmanager
async def an_async_chromium() -> AsyncIterator[Any]:
    """A browser for tests with a loop of their own; skips, or fails under CI, without one."""
    path = _where()
    async with async_api.async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=ARGS)
        yield browser
        await browser.close()


def comes_true(check: Callable[[], None]) -> None:
    """`check` asserts; it is made again until it holds. For what a page comes to show."""
    end = time.monotonic() + PATIENCE_MS / 1000
    while True:
        try:
            return check()
        except AssertionError:
            if time.monotonic() > end:
                raise
        time.sleep(0.1)


def eventually(condition: Callable[[], bool]) -> None:
    """The condition becomes true."""

    def check() -> None:
        assert condition(), "waited in vain"

    comes_true(check)
