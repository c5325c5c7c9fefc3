"""Cast (定妆): who there is, their photos by look, what was found in an upload, consent, erasure."""

from html import escape
from pathlib import Path
from typing import Any

import gradio as gr

from storage.errors import InvalidInput, Language
from studio.studio import Studio
from studio.ui.cards import CLICKS
from studio.ui.guard import guarded
from studio.ui.photo_cards import gallery, photo_card, roster
from studio.ui.words import WORDS, label, language_of, say

PICTURES = ["image", ".heic", ".heif"]


def build(studio: Studio, page: gr.Blocks) -> None:
    """Draw the page into the current route and wire it to the studio's verbs."""
    picked = gr.State(None)
    # uploads that show several faces: file name -> where the upload lies, until somebody clicks the face that is meant
    undecided = gr.State({})
    with gr.Row():
        with gr.Column(scale=1, min_width=260):
            members = gr.HTML(elem_id="roster", js_on_load=CLICKS)
            with gr.Row(equal_height=True):
                name = gr.Textbox(label=label("new_name"), elem_id="new-name", scale=3)
                add = gr.Button(
                    label("add_character"), variant="primary", elem_id="add-character", scale=1, min_width=70
                )
        with gr.Column(scale=3, min_width=420, visible=False, elem_id="person") as person:
            title = gr.HTML(elem_id="person-name")
            with gr.Row():
                look = gr.Textbox(label=label("look"), info=label("look_help"), elem_id="look")
                aliases = gr.Textbox(label=label("aliases"), elem_id="aliases")
                save = gr.Button(label("save_aliases"), elem_id="save-aliases", scale=0, min_width=120)
            upload = gr.File(
                label=label("drop_photos"),
                file_count="multiple",
                file_types=PICTURES,
                type="filepath",
                elem_id="photos",
            )
            found = gr.HTML(elem_id="found", js_on_load=CLICKS)
            photos = gr.HTML(elem_id="gallery", js_on_load=CLICKS)
            with gr.Accordion(label("consent"), open=False):
                consents = gr.HTML()
                consent = gr.Textbox(label=label("consent_help"), lines=2, elem_id="consent-text")
                record = gr.Button(label("record_consent"), elem_id="record-consent")
            with gr.Accordion(label("erase"), open=False):
                typed = gr.Textbox(label=label("erase_help"), elem_id="erase-name")
                erase = gr.Button(label("erase"), variant="stop", elem_id="erase")

    shown = [members, person, title, aliases, photos, consents]

    def draw(chosen: str | None, language: Language) -> tuple[Any, ...]:
        """Values of `shown` for the picked character."""
        everybody = studio.cast.list_characters()
        character = next((each for each in everybody if each.name == chosen), None)
        if character is None:
            return roster(everybody, None, language), gr.Column(visible=False), "", "", "", ""
        full = studio.cast.show(character.name)
        others = [each.text for each in full.names if each.text != full.name]
        return (
            roster(everybody, full.name, language),
            gr.Column(visible=True),
            f"<h2>{escape(full.name)}</h2>",
            ", ".join(others),
            gallery(full, language),
            _consents(full.consents, language),
        )

    @guarded
    def opened(chosen: str | None, request: gr.Request) -> Any:
        return draw(chosen, language_of(request))

    @guarded
    def pick(event: gr.EventData, request: gr.Request) -> Any:
        return event._data["name"], "", {}, *draw(event._data["name"], language_of(request))

    @guarded
    def added(new: str, request: gr.Request) -> Any:
        character = studio.cast.add_character(new)
        return character.name, "", "", {}, *draw(character.name, language_of(request))

    @guarded
    def aliased(chosen: str, text: str, request: gr.Request) -> Any:
        character = studio.cast.show(chosen)
        wanted = [each.strip() for each in text.replace("，", ",").replace("、", ",").split(",") if each.strip()]
        there = [each.text for each in character.names if each.text != character.name]
        for each in there:
            if each not in wanted:
                studio.cast.remove_alias(chosen, each)
        for each in wanted:
            if each not in there:
                studio.cast.add_alias(chosen, each)
        gr.Info(say("saved", language_of(request)), duration=3)
        return draw(chosen, language_of(request))

    @guarded
    def uploaded(chosen: str, paths: list[str] | None, into: str, request: gr.Request) -> Any:
        """Each photo comes back as a card as soon as it was looked at."""
        language, drawn, waiting = language_of(request), "", {}
        for path in map(Path, paths or []):
            report = studio.cast.add_photo(chosen, path, path.name, look=into.strip() or None)
            drawn += photo_card(report, path, language)
            if not report.accepted and len(report.faces) > 1:
                waiting[path.name] = str(path)
            yield f"<div class=photos>{drawn}</div>", waiting, gr.skip(), *[gr.skip()] * len(shown)
        yield f"<div class=photos>{drawn}</div>" if drawn else "", waiting, None, *draw(chosen, language)

    @guarded
    def chose_face(chosen: str, into: str, waiting: dict[str, str], event: gr.EventData, request: gr.Request) -> Any:
        language = language_of(request)
        path = Path(waiting[event._data["file"]])
        report = studio.cast.add_photo(chosen, path, path.name, look=into.strip() or None, face=event._data["face"])
        left = {name: where for name, where in waiting.items() if name != path.name or not report.accepted}
        return f"<div class=photos>{photo_card(report, path, language)}</div>", left, *draw(chosen, language)

    @guarded
    def removed(chosen: str, event: gr.EventData, request: gr.Request) -> Any:
        studio.cast.remove_photo(event._data["uid"])
        return draw(chosen, language_of(request))

    @guarded
    def recorded(chosen: str, text: str, request: gr.Request) -> Any:
        studio.cast.record_consent(chosen, text)
        gr.Info(say("consent_kept", language_of(request)), duration=3)
        return "", *draw(chosen, language_of(request))

    @guarded
    def erased(chosen: str, confirmed: str, request: gr.Request) -> Any:
        language = language_of(request)
        if confirmed.strip() != chosen:
            raise InvalidInput(*WORDS["erase_mismatch"])
        receipt = studio.erase(chosen)
        counts = ", ".join(f"{key} {count}" for key, count in receipt.erased.items())
        gr.Info(say("erased", language, name=chosen, receipt=receipt.uid[:8], counts=counts), duration=20)
        return None, "", "", {}, *draw(None, language)

    private: dict[str, Any] = {"api_visibility": "private"}
    page.load(opened, picked, shown, show_progress="hidden", **private)
    members.pick_character(pick, None, [picked, found, undecided, *shown], show_progress="hidden", **private)
    gr.on([add.click, name.submit], added, name, [picked, name, found, undecided, *shown], **private)
    save.click(aliased, [picked, aliases], shown, **private)
    upload.upload(
        uploaded, [picked, upload, look], [found, undecided, upload, *shown], show_progress_on=[found], **private
    )
    found.pick_face(chose_face, [picked, look, undecided], [found, undecided, *shown], **private)
    photos.pick_photo(removed, picked, shown, **private)
    record.click(recorded, [picked, consent], [consent, *shown], **private)
    erase.click(erased, [picked, typed], [picked, typed, found, undecided, *shown], **private)


def _consents(rows: list[Any], language: Language) -> str:
    if not rows:
        return f"<p>{escape(say('no_consent', language))}</p>"
    return "".join(
        f"<p>{escape(say('consent_given', language, date=f'{each.given_at:%Y-%m-%d}', text=each.text))}</p>"
        for each in rows
    )
