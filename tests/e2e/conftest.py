"""A real server with a real worker in a process of its own, and a real Chromium that watches what leaves it."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

ROOT = Path(__file__).resolve().parents[2]
NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM = os.environ.get("CHROMIUM") or next((path for name in NAMES if (path := shutil.which(name))), None)
QUIET = "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
QUIET += " --disable-component-update --disable-sync"


@dataclass
class Server:
    """`python app.py` for a home; started again it takes the same port."""

    home: Path
    port: int = 0
    process: Any = None
    printed: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> str:
        return (self.home.parent / "server.log").read_text()

    def start(self) -> None:
        log = self.home.parent / "server.log"
        environment = os.environ | {"OMP_NUM_THREADS": "1", "PYTHONUNBUFFERED": "1"}
        command = [sys.executable, "app.py", "--home", str(self.home), "--port", str(self.port)]
        with log.open("a") as out:
            at = out.tell()
            self.process = subprocess.Popen(command, cwd=ROOT, stdout=out, stderr=out, env=environment)
        opened = self.until(lambda: re.search(r"open at http://127\.0\.0\.1:(\d+)", log.read_text()[at:]), 60)
        self.port = int(opened[1])

    def kill(self) -> None:
        """As a power cut would: no farewell."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=20)

    def until(self, what: Callable[[], Any], seconds: float) -> Any:
        """What it gives, as soon as it gives something."""
        end = time.monotonic() + seconds
        while not (found := what()):
            assert self.process.poll() is None, self.log
            assert time.monotonic() < end, f"not within {seconds} s\n{self.log}"
            time.sleep(0.1)
        return found


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A studio with an empty home."""
    server = Server(tmp_path / "home")
    server.start()
    yield server
    if server.process.poll() is None:
        server.stop()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """A browser. Of module scope: Playwright's event loop must not outlive the module, or asyncio.run fails elsewhere."""
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed (apt-get install chromium, or set CHROMIUM to its path)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET.split())
        yield browser
        browser.close()


def left(said: str) -> bool:
    """Whether this is only Gradio saying that a page was left while one of its own requests was on its way."""
    return said.startswith("AbortError: signal is aborted") or said.endswith("Connection errored out. ")


@dataclass
class Watch:
    """What a page did: everything that must not happen. While `outage` is set the server is down on purpose."""

    errors: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    requests: int = 0
    outage: bool = False

    def on(self, page: Any) -> None:
        page.on("pageerror", lambda error: self.wrong(f"page error: {error}"))
        page.on(
            "console", lambda said: said.type == "error" and not left(said.text) and self.wrong(f"console: {said.text}")
        )
        page.on("dialog", lambda dialog: (self.wrong(f"dialog: {dialog.message}"), dialog.dismiss()))
        page.on("request", lambda request: self.asked(request.url))

    def wrong(self, what: str) -> None:
        if not self.outage:
            self.errors.append(what)

    def asked(self, url: str) -> None:
        self.requests += 1
        parts = urlsplit(url)
        if parts.scheme not in ("data", "blob") and parts.hostname != "127.0.0.1":
            self.left.append(url)


@pytest.fixture
def watch() -> Iterator[Watch]:
    """At the end: no error on a page, and no request that left this machine."""
    watch = Watch()
    yield watch
    assert watch.requests, "nothing was watched"
    assert watch.errors == []
    assert watch.left == []


@pytest.fixture
def open_page(chromium: Any, watch: Watch) -> Iterator[Callable[..., Any]]:
    """A page in a browser that knows nothing yet: open_page(url, locale)."""
    contexts: list[Any] = []

    def open_one(url: str, locale: str = "zh-CN", **options: Any) -> Any:
        context = chromium.new_context(locale=locale, viewport={"width": 1280, "height": 900}, **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(90_000)  # a worker that reads its first checkpoint on a busy machine
        watch.on(page)
        page.goto(url)
        return page

    yield open_one
    for context in contexts:
        context.close()
