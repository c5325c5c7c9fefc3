"""The page: its routes, its look, and how it is served."""

import logging
from pathlib import Path

import gradio as gr
import uvicorn
from gradio import themes
from gradio.components import Navbar

from studio.studio import Studio
from studio.ui import cast_page, export_page, script_page, storyboard_page
from studio.ui.frames import picture_app
from studio.ui.words import TRANSLATIONS, WORDS

HERE = Path(__file__).parent
log = logging.getLogger(__name__)


def build(studio: Studio) -> gr.Blocks:
    """All pages of the studio. A page is here when its capability is."""
    with gr.Blocks(title="Castlock 定妆", analytics_enabled=False, fill_width=True) as page:
        Navbar(main_page_name=_both("storyboard"))
        storyboard_page.build(studio, page)
    for name, module in (("cast", cast_page), ("script", script_page), ("export", export_page)):
        with page.route(_both(name), f"/{name}"):
            Navbar(main_page_name=_both("storyboard"))
            module.build(studio, page)
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
        font=fonts,
        font_mono=["ui-monospace", "Menlo", "Consolas", "monospace"],
        radius_size=themes.sizes.radius_sm,
    )


def launch(studio: Studio) -> None:
    """Serve the page until interrupted; the address is printed when it answers."""
    settings = studio.settings
    page = build(studio)
    app = gr.mount_gradio_app(
        picture_app(studio.assets, settings.host),
        page,
        path="/",
        server_name=settings.host,
        server_port=settings.port,
        footer_links=[],
        run_history=False,
        show_error=True,
        max_file_size=f"{settings.upload_megabytes}mb",
        blocked_paths=[str(studio.home.root)],
        allowed_paths=[str(studio.home.exports)],
        i18n=TRANSLATIONS,
        theme=theme(),
        css_paths=[HERE / "page.css"],
    )
    server = uvicorn.Server(uvicorn.Config(app, host=settings.host, port=settings.port, log_level="warning"))
    print(f"Castlock is open at http://{settings.host}:{settings.port}", flush=True)  # noqa: T201
    server.run()
