"""The page: its routes, its look, and how it is served."""

import socket
import warnings
from pathlib import Path

import gradio as gr
import uvicorn
from gradio import themes
from gradio.components import Navbar
from starlette.types import ASGIApp

from storage.errors import InvalidInput
from studio.studio import Studio
from studio.ui import cast_page, export_page, options_panel, script_page, storyboard_page
from studio.ui.gate import Gate
from studio.ui.uploads import SWEEP, prepare_folder
from studio.ui.web import web_app
from studio.ui.words import WORDS, translations

HERE = Path(__file__).parent
# a page is here when its capability is; the first one is the door
PAGES = {"storyboard": storyboard_page, "cast": cast_page, "script": script_page, "export": export_page}
OURS = ("", "picture", "board", "sheet", *list(PAGES)[1:])
# readers pronounce the page by this; Gradio always says English
SPEAK = "() => { document.documentElement.lang = navigator.language; }"


def build(studio: Studio) -> gr.Blocks:
    """All pages of the studio."""
    first, *others = PAGES
    with gr.Blocks(title="Castlock 定妆", analytics_enabled=False, fill_width=True, delete_cache=SWEEP) as page:
        Navbar(main_page_name=_both(first))
        PAGES[first].build(studio, page)
    for name in others:
        with page.route(_both(name), f"/{name}"):
            Navbar(main_page_name=_both(first))
            PAGES[name].build(studio, page)
    # the database takes several readers; looking at photos keeps a limit of its own
    page.queue(default_concurrency_limit=8)
    return page


def _both(key: str) -> str:
    # Gradio's navigation takes plain text only, so it says both
    english, chinese = WORDS[key]
    return f"{chinese} {english}"


def theme() -> themes.Base:
    """Quiet and made for looking at pictures; system fonts only, nothing is fetched."""
    fonts = [
        "system-ui",
        "-apple-system",
        "Segoe UI",
        "PingFang SC",
        "Microsoft YaHei",
        "Noto Sans CJK SC",
        "sans-serif",
    ]
    return themes.Base(
        primary_hue=themes.colors.amber,
        neutral_hue=themes.colors.stone,
        text_size=themes.sizes.text_sm,
        spacing_size=themes.sizes.spacing_sm,
        font=fonts,
        font_mono=["ui-monospace", "Menlo", "Consolas", "monospace"],
        radius_size=themes.sizes.radius_sm,
    ).set(
        # dark words on amber: white ones would be too faint to read
        button_primary_background_fill="*primary_400",
        button_primary_background_fill_dark="*primary_400",
        button_primary_background_fill_hover="*primary_300",
        button_primary_background_fill_hover_dark="*primary_300",
        button_primary_text_color="#1c1917",
        button_primary_text_color_dark="#1c1917",
    )


def application(studio: Studio) -> ASGIApp:
    """The whole web application: the gate, our own addresses, and Gradio's page behind them."""
    prepare_folder(studio.home)
    settings, page = studio.settings, build(studio)
    # said of every mounted page with several routes, also where ssr_mode is off
    warnings.filterwarnings("ignore", "SSR mode is not supported with multi-page apps", UserWarning)
    app = gr.mount_gradio_app(
        web_app(studio),
        page,
        path="/",
        server_name=settings.host,
        server_port=settings.port,
        footer_links=[],
        run_history=False,
        show_error=True,
        ssr_mode=False,
        max_file_size=f"{settings.upload_megabytes}mb",
        # the gate closes Gradio's file door already; these are closed for its own copying, too
        blocked_paths=[
            str(studio.home.assets_root),
            *(f"{studio.home.database_path}{end}" for end in ("", "-wal", "-shm")),
        ],
        i18n=translations(options_panel.words(studio.engines())),
        theme=theme(),
        css_paths=[HERE / "page.css"],
        js=SPEAK,
    )
    return Gate(app, OURS)


def launch(studio: Studio) -> None:
    """Serve the page until interrupted; the address is printed when it answers. Raises InvalidInput: port taken."""
    settings = studio.settings
    listening = _listen(settings.host, settings.port)
    port = listening.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(application(studio), log_level="warning", timeout_graceful_shutdown=2))
    print(f"Castlock is open at http://{settings.host}:{port}", flush=True)  # noqa: T201
    server.run(sockets=[listening])


def _listen(host: str, port: int) -> socket.socket:
    """A socket that listens; port 0 takes a free one."""
    listening = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        raise InvalidInput(
            f"The page cannot be opened at {host}:{port} ({error.strerror}). Choose another port with --port.",
            f"无法在 {host}:{port} 打开页面（{error.strerror}）。请用 --port 指定其他端口。",
        ) from error
    listening.listen(128)
    return listening
