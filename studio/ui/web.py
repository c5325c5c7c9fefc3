"""What the page fetches by address: pictures by hash, the wall as it stands, and sheets that were asked for."""

from collections.abc import Callable
from typing import TypeVar

from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import FileResponse, Response
from starlette.middleware.trustedhost import TrustedHostMiddleware

from storage.errors import NotFound
from studio.exports import FORMATS
from studio.studio import Studio
from studio.ui.board import draw
from studio.ui.gate import LOOPBACK
from studio.ui.links import sheet_name
from studio.ui.words import language_of

_SIGNATURES = {b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg", b"RIFF": "image/webp"}
FOREVER = {"Cache-Control": "private, max-age=31536000, immutable"}
NOW = {"Cache-Control": "no-store"}

Found = TypeVar("Found")


def web_app(studio: Studio) -> FastAPI:
    """The web application that the page is mounted on.

    Bound to loopback it answers to this machine's names only, so that a foreign page cannot reach it by rebinding a
    name to 127.0.0.1.
    """
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    if studio.settings.host in LOOPBACK:
        app.add_middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost", "[::1]"])

    @app.get("/picture/{sha256}")
    def picture(sha256: str) -> Response:
        """A picture that is kept; a script or a weights file is nobody's picture."""
        content = _found(lambda: studio.assets.read(sha256))
        media_type = next((kind for start, kind in _SIGNATURES.items() if content.startswith(start)), None)
        if media_type is None:
            raise HTTPException(404, "no picture")
        return Response(content, media_type=media_type, headers=FOREVER)

    @app.get("/board")
    def board(series: str, episode: int, request: Request) -> Response:
        """The wall of an episode as it stands; 304 where the browser has it already."""
        html, tag = _found(lambda: draw(studio, series, episode, language_of(request)))
        if request.headers.get("if-none-match") == tag:
            return Response(status_code=304, headers=NOW)
        return Response(html, media_type="text/html; charset=utf-8", headers=NOW)

    @app.get("/sheet/{uid}/{episode}/{form}")
    def sheet(uid: str, episode: int, form: str) -> Response:
        """A sheet that somebody had written, under a name for people."""
        row = next((each for each in studio.shots.series() if each.uid == uid), None)
        if row is None or form not in FORMATS:
            raise HTTPException(404, "no sheet")
        path = _found(lambda: studio.export_path(row.title, episode, form))
        if not path.is_file():
            raise HTTPException(404, "no sheet")
        return FileResponse(path, filename=sheet_name(row.title, episode, form), headers=NOW)

    return app


def _found(read: Callable[[], Found]) -> Found:
    try:
        return read()
    except NotFound as error:
        raise HTTPException(404, str(error)) from error
