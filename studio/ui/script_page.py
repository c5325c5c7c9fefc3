"""Script (剧本): a script in, its scenes and shots out; names bound to characters; what was not understood."""

from html import escape
from typing import Any

import gradio as gr

from storage.errors import InvalidInput, Language
from storage.models import Shot
from studio.studio import ScriptImport, Studio
from studio.ui import cards
from studio.ui.guard import guarded, inform
from studio.ui.picker import remembered_place, settle_remembered
from studio.ui.uploads import Uploaded, taken
from studio.ui.words import WORDS, label, language_of, say
from studio.vocabulary import FRAMINGS, SIZES

PASTED = "pasted.txt"


def build(studio: Studio, page: gr.Blocks) -> None:
    """Draw the page into the current route and wire it to the studio's verbs."""
    with gr.Row():
        with gr.Column(scale=2, min_width=340):
            file = gr.File(label=label("script_file"), elem_id="script-file", height=140)
            text = gr.Textbox(label=label("script_text"), lines=8, max_lines=16, elem_id="script-text")
        with gr.Column(scale=1, min_width=260):
            title = gr.Textbox(label=label("series_title"), placeholder=label("from_script"), elem_id="series-title")
            number = gr.Textbox(
                label=label("episode_number"), placeholder=label("every_episode"), elem_id="episode-number"
            )
            replace = gr.Checkbox(label=label("replace"), value=False, elem_id="replace")
            read = gr.Button(label("import"), variant="primary", elem_id="import-script")
    said = gr.HTML(elem_id="import-said")
    with gr.Column(visible=False, elem_id="binding") as binding:
        names = gr.HTML(elem_id="unbound", js_on_load=cards.CLICKS)
        with gr.Row(equal_height=True, elem_classes="toolbar"):
            name = gr.Dropdown(label=label("bind_name"), choices=[], elem_id="bind-name", min_width=140)
            character = gr.Dropdown(label=label("bind_to"), choices=[], elem_id="bind-to", min_width=140)
            bind = gr.Button(label("bind"), variant="primary", elem_id="bind", scale=0, min_width=100)
            make = gr.Button(label("make_character"), elem_id="make-character", scale=0, min_width=180)
    shots = gr.HTML(elem_id="shot-list")
    remembered = remembered_place()

    def bindings(place: Any, language: Language) -> tuple[Any, ...]:
        """Values of `open_names` for [series, episode]."""
        left = studio.unbound(*place) if place[0] else ()
        everybody = [each.name for each in studio.cast.list_characters()]
        return (
            gr.Column(visible=bool(left)),
            _names(left, language),
            gr.Dropdown(choices=list(left), value=next(iter(left), None)),
            gr.Dropdown(choices=everybody, value=next(iter(everybody), None)),
        )

    @guarded
    def opened(wanted: Any, request: gr.Request) -> Any:
        series, episode, (_, _, place) = settle_remembered(studio, wanted)
        language = language_of(request)
        table = _shots(studio, series, (episode,), language) if series and episode is not None else ""
        return table, place, *bindings(place, language)

    @guarded
    def imported(file: str | None, pasted: str, wanted: str, numbered: str, over: bool, request: gr.Request) -> Any:
        language, files = language_of(request), taken(file)
        try:
            content, file_name = _script(files, pasted)
            result = studio.import_script(content, file_name, wanted.strip() or None, _number(numbered), over)
        finally:
            for each in files:
                each.discard()
        made = result.imported
        place = [made.series, made.episodes[0]]
        table = _shots(studio, made.series, made.episodes, language)
        return None, _summary(result, language), table, place, *bindings(place, language)

    @guarded
    def named(event: gr.EventData, request: gr.Request) -> Any:
        return gr.Dropdown(value=event._data["name"])

    @guarded
    def bound(chosen: str | None, to: str | None, place: Any, request: gr.Request) -> Any:
        if not chosen or not to:
            raise InvalidInput(*WORDS["bind_what"])
        studio.cast.add_alias(to, chosen)
        inform("bound", language_of(request), name=chosen, character=to)
        return bindings(place, language_of(request))

    @guarded
    def made(chosen: str | None, place: Any, request: gr.Request) -> Any:
        if not chosen:
            raise InvalidInput(*WORDS["bind_what"])
        character = studio.cast.add_character(chosen)
        inform("character_made", language_of(request), name=character.name)
        return bindings(place, language_of(request))

    open_names = [binding, names, name, character]
    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    page.load(opened, remembered, [shots, remembered, *open_names], **quiet)
    read.click(
        imported,
        [file, text, title, number, replace],
        [file, said, shots, remembered, *open_names],
        show_progress_on=[said],
        api_visibility="private",
    )
    names.pick_name(named, None, name, **quiet)
    bind.click(bound, [name, character, remembered], open_names, **quiet)
    make.click(made, [name, remembered], open_names, **quiet)


def _script(files: list[Uploaded], pasted: str) -> tuple[bytes, str]:
    if files:
        return files[0].path.read_bytes(), files[0].name
    if pasted.strip():
        return pasted.encode(), PASTED
    raise InvalidInput(*WORDS["nothing_given"])


def _number(text: str) -> int | None:
    """An episode's number, or None for all. Raises InvalidInput."""
    if not text.strip():
        return None
    if not text.strip().isdecimal() or int(text) < 1:
        raise InvalidInput(*WORDS["episode_wrong"])
    return int(text)


def _names(left: tuple[str, ...], language: Language) -> str:
    chips = "".join(
        f'<button type=button class=chip data-name="{escape(each)}">{escape(each)}</button>' for each in left
    )
    return f"<h4>{escape(say('unbound', language))}</h4><div class=chips>{chips}</div>"


def _summary(result: ScriptImport, language: Language) -> str:
    made = result.imported
    episodes = ", ".join(str(number) for number in made.episodes)
    done = say("imported", language, series=made.series, episodes=episodes, scenes=made.scenes, shots=made.shots)
    parts = [done, *([say("unchanged", language)] if made.unchanged else [])]
    html = "".join(f"<p class=done role=status>{escape(part)}</p>" for part in parts)
    html += f"<p><b>{escape(say('characters', language))}</b> {escape(' · '.join(made.cast))}</p>"
    if result.warnings:
        rows = [(str(each.line), each.message.text(language)) for each in result.warnings]
        heads = (say("line", language), say("message", language))
        summary = f"{say('warnings', language)} ({len(rows)})"
        html += f"<details open><summary>{escape(summary)}</summary>{cards.table(heads, rows)}</details>"
    return html


def _shots(studio: Studio, series: str, episodes: tuple[int, ...], language: Language) -> str:
    columns = ("scene_column", "shot", "size", "framing", "seconds", "people", "description", "dialogue")
    heads = [say(key, language) for key in columns]
    parts = []
    for number in episodes:
        rows = [_row(shot, language) for shot in studio.shots.shots(series, number)]
        title = say("episode_of", language, series=series, number=number)
        parts.append(f"<h4>{escape(title)}</h4>{cards.table(heads, rows)}")
    return "".join(parts)


def _row(shot: Shot, language: Language) -> tuple[str, ...]:
    return (
        shot.scene.number,
        shot.number,
        SIZES.text(shot.size, language),
        FRAMINGS.text(shot.framing, language),
        f"{shot.seconds:g}",
        " · ".join(member.name for member in shot.cast),
        shot.description,
        " / ".join(f"{each['speaker']}: {each['text']}" for each in shot.dialogue),
    )
