"""Pictures by hash for the page's <img> tags: immutable, cached by the browser, and only for this machine's own page."""

from fastapi import FastAPI, HTTPException
from fastapi.responses import Response
from starlette.middleware.trustedhost import TrustedHostMiddleware

from storage.errors import NotFound
from storage.files import Assets

LOOPBACK = ("127.0.0.1", "localhost", "::1")
_SIGNATURES = {b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg", b"RIFF": "image/webp"}


def picture_app(assets: Assets, host: str) -> FastAPI:
    """The web application that the page is mounted on.

    Bound to loopback it answers to this machine's names only, so that a foreign page cannot reach it by rebinding a
    name to 127.0.0.1.
    """
    app = FastAPI(openapi_url=None)
    if host in LOOPBACK:
        app.add_middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost", "[::1]"])

    @app.get("/picture/{sha256}")
    def picture(sha256: str) -> Response:
        try:
            content = assets.read(sha256)
        except NotFound as error:
            raise HTTPException(404, str(error)) from error
        media_type = next((kind for start, kind in _SIGNATURES.items() if content.startswith(start)), None)
        if media_type is None:  # a script or a weights file is nobody's picture
            raise HTTPException(404, "no picture")
        return Response(
            content, media_type=media_type, headers={"Cache-Control": "private, max-age=31536000, immutable"}
        )

    return app


def picture_url(sha256: str) -> str:
    return f"/picture/{sha256}"
