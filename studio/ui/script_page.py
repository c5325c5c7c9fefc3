"""Script (剧本): a script in, its scenes and shots out; names bound to characters; what was not understood."""

from html import escape
from pathlib import Path
from typing import Any

import gradio as gr

from storage.errors import InvalidInput, Language
from studio.studio import ScriptImport, Studio
from studio.ui.guard import guarded
from studio.ui.words import WORDS, label, language_of, say
from studio.vocabulary import FRAMINGS, SIZES

PASTED = "pasted.txt"


def build(studio: Studio, page: gr.Blocks) -> None:
    """Draw the page into the current route and wire it to the studio's verbs."""
    with gr.Row():
        with gr.Column(scale=2, min_width=340):
            file = gr.File(label=label("script_file"), elem_id="script-file", type="filepath")
            text = gr.Textbox(label=label("script_text"), lines=8, max_lines=16, elem_id="script-text")
        with gr.Column(scale=1, min_width=260):
            series = gr.Textbox(label=label("series_title"), elem_id="series-title")
            episode = gr.Number(
                label=label("episode_number"), precision=0, value=None, minimum=1, elem_id="episode-number"
            )
            replace = gr.Checkbox(label=label("replace"), value=False)
            read = gr.Button(label("import"), variant="primary", elem_id="import-script")
    said = gr.HTML(elem_id="import-said")
    with gr.Row(visible=False, equal_height=True) as binding:
        name = gr.Dropdown(label=label("bind_name"), choices=[], elem_id="bind-name")
        character = gr.Dropdown(label=label("bind_to"), choices=[], elem_id="bind-to")
        bind = gr.Button(label("bind"), elem_id="bind")
    shots = gr.HTML(elem_id="shot-list")
    unbound = gr.State([])

    @guarded
    def imported(
        path: str | None, pasted: str, title: str, number: float | None, over: bool, request: gr.Request
    ) -> Any:
        content, file_name = _script(path, pasted)
        chosen = int(number) if number else None
        result = studio.import_script(content, file_name, title.strip() or None, chosen, over)
        language = language_of(request)
        first = result.imported.episodes[0]
        return (
            _summary(result, language),
            _shots(studio, result.imported.series, result.imported.episodes, language),
            [result.imported.series, first],
            list(result.unbound),
            *_binding(studio, list(result.unbound)),
        )

    @guarded
    def bound(chosen: str | None, to: str | None, left: list[str], request: gr.Request) -> Any:
        if chosen and to:
            studio.cast.add_alias(to, chosen)
            gr.Info(say("bound", language_of(request), name=chosen, character=to), duration=4)
            left = [each for each in left if each != chosen]
        return left, *_binding(studio, left)

    remembered = gr.BrowserState(None, storage_key="castlock-place")
    read.click(
        imported,
        [file, text, series, episode, replace],
        [said, shots, remembered, unbound, binding, name, character],
        api_visibility="private",
    )
    bind.click(bound, [name, character, unbound], [unbound, binding, name, character], api_visibility="private")


def _script(path: str | None, pasted: str) -> tuple[bytes, str]:
    if path:
        return Path(path).read_bytes(), Path(path).name
    if pasted.strip():
        return pasted.encode(), PASTED
    raise InvalidInput(*WORDS["nothing_given"])


def _binding(studio: Studio, left: list[str]) -> tuple[Any, Any, Any]:
    characters = [character.name for character in studio.cast.list_characters()]
    return (
        gr.Row(visible=bool(left and characters)),
        gr.Dropdown(choices=left, value=left[0] if left else None),
        gr.Dropdown(choices=characters, value=characters[0] if characters else None),
    )


def _summary(result: ScriptImport, language: Language) -> str:
    made = result.imported
    episodes = ", ".join(str(number) for number in made.episodes)
    parts = [
        say("imported", language, series=made.series, episodes=episodes, scenes=made.scenes, shots=made.shots),
        say("unchanged", language) if made.unchanged else "",
    ]
    html = "".join(f"<p class=status>{escape(part)}</p>" for part in parts if part)
    html += f"<p><b>{escape(say('cast', language))}</b> {escape(' · '.join(made.cast))}</p>"
    if result.unbound:
        html += f"<p><b>{escape(say('unbound', language))}</b> {escape(' · '.join(result.unbound))}</p>"
    if result.warnings:
        rows = "".join(
            f"<tr><td>{each.line}</td><td>{escape(each.message.text(language))}</td></tr>" for each in result.warnings
        )
        html += (
            f"<details open><summary>{escape(say('warnings', language))}</summary><table class=sheet>"
            f"<tr><th>{escape(say('line', language))}</th><th>{escape(say('message', language))}</th></tr>{rows}"
            "</table></details>"
        )
    return html


def _shots(studio: Studio, series: str, episodes: tuple[int, ...], language: Language) -> str:
    keys = ("shot", "size", "framing", "seconds", "in_frame", "description", "dialogue")
    head = "".join(f"<th>{escape(say(key, language).split('（')[0].split(' (')[0])}</th>" for key in keys)
    rows = "".join(_row(shot, language) for number in episodes for shot in studio.shots.shots(series, number))
    return f"<table class=sheet><tr>{head}</tr>{rows}</table>"


def _row(shot: Any, language: Language) -> str:
    cells = (
        shot.number,
        SIZES.text(shot.size, language),
        FRAMINGS.text(shot.framing, language),
        f"{shot.seconds:g}",
        " · ".join(member.name for member in shot.cast),
        shot.description,
        " / ".join(f"{each['speaker']}: {each['text']}" for each in shot.dialogue),
    )
    return "<tr>" + "".join(f"<td>{escape(str(cell))}</td>" for cell in cells) + "</tr>"
