"""A small hub on this machine that speaks enough of Hugging Face's protocol for huggingface_hub to download from it."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import unquote

COMMIT = "c0ffee" + "0" * 34
LARGE = 1024
"""Longer files are kept by SHA-256 on another host (git-lfs), shorter ones by git's SHA-1."""


def etag_of(content: bytes) -> str:
    if len(content) > LARGE:
        return hashlib.sha256(content).hexdigest()
    return hashlib.sha1(f"blob {len(content)}\0".encode() + content).hexdigest()


@dataclass
class LocalHub:
    """files: 'owner/name/path' -> content. served: what is really sent, where that is another.

    cuts: for the next downloads, after how many bytes the line is cut; errors: file -> (status, the hub's error code).
    down: every request is cut. asked: (method, path, Range) of every request; sent: bytes of files in all.
    """

    url: str = ""
    cdn: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    served: dict[str, bytes] = field(default_factory=dict)
    errors: dict[str, tuple[int, str]] = field(default_factory=dict)
    cuts: list[int] = field(default_factory=list)
    down: bool = False
    ranges: bool = True
    announces: bool = True
    asked: list[tuple[str, str, str | None]] = field(default_factory=list)
    sent: int = 0

    def put(self, repository: str, path: str, content: bytes) -> bytes:
        self.files[f"{repository}/{path}"] = content
        return content

    @property
    def downloads(self) -> list[tuple[str, str | None]]:
        """Path and Range of every request that got, or should have got, bytes."""
        return [(path, range_) for method, path, range_ in self.asked if method == "GET" and "/cdn/" in path]


def _handler(hub: LocalHub) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *args: object) -> None: ...

        def do_HEAD(self) -> None:
            self.answer()

        def do_GET(self) -> None:
            self.answer()

        def answer(self) -> None:
            path = unquote(self.path)
            hub.asked.append((self.command, path, self.headers.get("Range")))
            if hub.down:
                self.close_connection = True
                return
            name = path.removeprefix("/cdn").removeprefix("/models").lstrip("/")
            repository, _, rest = name.partition("/resolve/")
            name = f"{repository}/{rest.partition('/')[2]}" if rest else name
            if name in hub.errors:
                status, code = hub.errors[name]
                self.say(status, {"X-Error-Code": code} if code else {}, b"{}")
            elif name not in hub.files:
                self.say(404, {"X-Error-Code": "EntryNotFound"}, b"{}")
            elif path.startswith("/cdn/") or len(hub.files[name]) <= LARGE:
                self.send(name, {} if path.startswith("/cdn/") else self.about(name))
            else:
                self.say(302, {"Location": f"{hub.cdn}/cdn/{name}", **self.about(name)}, b"")

        def about(self, name: str) -> dict[str, str]:
            if not hub.announces:
                return {}
            content = hub.files[name]
            large = {"X-Linked-Etag": f'"{etag_of(content)}"', "X-Linked-Size": str(len(content))}
            return {
                "X-Repo-Commit": COMMIT,
                "ETag": f'"{etag_of(content)}"',
                **(large if len(content) > LARGE else {}),
            }

        def say(self, status: int, headers: dict[str, str], body: bytes) -> None:
            self.send_response(status)
            for key, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(key, value)
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(body)

        def send(self, name: str, headers: dict[str, str]) -> None:
            content = hub.served.get(name, hub.files[name])
            asked = self.headers.get("Range")
            start = int(asked.removeprefix("bytes=").rstrip("-")) if asked and hub.ranges else 0
            body = content[start:]
            if start:
                headers = {**headers, "Content-Range": f"bytes {start}-{len(content) - 1}/{len(content)}"}
            if self.command == "GET" and hub.cuts:
                cut = hub.cuts.pop(0)
                self.send_response(206 if start else 200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body[:cut])
                hub.sent += min(cut, len(body))
                self.close_connection = True
                return
            hub.sent += len(body) if self.command == "GET" else 0
            self.say(206 if start else 200, headers, body)

    return Handler


@contextmanager
def local_hub() -> Iterator[LocalHub]:
    hub = LocalHub()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(hub))
    server.daemon_threads = True
    port = server.server_address[1]
    hub.url, hub.cdn = f"http://127.0.0.1:{port}", f"http://localhost:{port}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
