"""The gate in front of the page: what it lets in, and what it tells browsers to keep to."""

from collections.abc import Iterable
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOOPBACK = ("127.0.0.1", "localhost", "::1")
# what Gradio's own pages ask for; its doors to files, other sites and the machine are not among them
GRADIO = frozenset({"assets", "static", "theme.css", "favicon.ico", "manifest.json", "config"})
GRADIO_CALLS = frozenset({"heartbeat", "queue", "upload", "upload_progress", "startup-events", "cancel", "app_id"})
# Gradio compiles its templates in the browser, hence 'unsafe-eval'; nothing may be fetched from anywhere else
POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; media-src 'self' data: blob:; connect-src 'self'; "
    "worker-src 'self' blob:; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)


class Gate:
    """ASGI middleware: only these first path segments, only from the page's own origin, nothing to other machines.

    A page of another site could otherwise post to a studio on the same machine: browsers send such requests, they
    only hide the answer.
    """

    def __init__(self, app: ASGIApp, pages: Iterable[str]):
        self._app = app
        self._open = GRADIO | frozenset(pages)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        refusal = self._refusal(scope)
        if refusal is not None:
            await refusal(scope, receive, send)
            return

        async def sealed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["Content-Security-Policy"] = POLICY
                headers["X-Content-Type-Options"] = "nosniff"
                headers["Referrer-Policy"] = "no-referrer"
            await send(message)

        await self._app(scope, receive, sealed)

    def _refusal(self, scope: Scope) -> PlainTextResponse | None:
        if scope["type"] != "http":
            return PlainTextResponse("not here", 404)
        headers = Headers(scope=scope)
        origin = headers.get("origin")
        if origin is not None and urlsplit(origin).netloc != headers.get("host"):
            return PlainTextResponse("another origin", 403)
        if headers.get("sec-fetch-site") in ("cross-site", "same-site") and headers.get("sec-fetch-mode") != "navigate":
            return PlainTextResponse("another site", 403)
        first, _, rest = scope["path"].lstrip("/").partition("/")
        if first == "gradio_api":
            return None if rest.split("/")[0] in GRADIO_CALLS else PlainTextResponse("not here", 404)
        return None if first in self._open else PlainTextResponse("not here", 404)
