"""Cast (定妆): who there is, their photos by look, what was found in an upload, consent, erasure."""

from dataclasses import dataclass, field
from html import escape
from typing import Any
from uuid import uuid4

import gradio as gr

from storage.errors import InvalidInput, Language
from studio.studio import Studio
from studio.ui import cards, cast_panel
from studio.ui.guard import guarded, inform
from studio.ui.photo_cards import consents, gallery, is_undecided, photo_card, receipt, roster
from studio.ui.uploads import Uploaded, taken
from studio.ui.words import WORDS, label, language_of


@dataclass
class Found:
    """What the last upload brought: the cards by the name the page gave each photo, and those that wait for a click."""

    drawn: dict[str, str] = field(default_factory=dict)
    waiting: dict[str, Uploaded] = field(default_factory=dict)

    def html(self) -> str:
        return f"<div class=photos>{''.join(self.drawn.values())}</div>" if self.drawn else ""

    def discard(self) -> None:
        """The photos nobody chose a face in go: faces do not lie about."""
        for each in self.waiting.values():
            each.discard()


def build(studio: Studio, page: gr.Blocks) -> None:
    """Draw the page into the current route and wire it to the studio's verbs."""
    picked = gr.Textbox(visible="hidden", elem_id="picked-character")
    # kept by the server: where an upload lies is not for the browser to say
    found = gr.State(Found(), time_to_live=3600, delete_callback=Found.discard)
    with gr.Row():
        with gr.Column(scale=1, min_width=240):
            with gr.Row(equal_height=True, elem_classes="toolbar"):
                name = gr.Textbox(label=label("new_name"), elem_id="new-name", max_lines=1, scale=3, min_width=120)
                add = gr.Button(
                    label("add_character"), variant="primary", elem_id="add-character", scale=0, min_width=80
                )
            members = gr.HTML(elem_id="roster", js_on_load=cards.CLICKS)
            gone = gr.HTML(elem_id="receipt")
        person = cast_panel.draw()

    shown = [picked, members, *person.outputs]

    def draw(chosen: str | None, language: Language) -> tuple[Any, ...]:
        """Values of `shown` for the picked character."""
        everybody = studio.cast.list_characters()
        there = next((each for each in everybody if each.name == chosen), None)
        if there is None:
            return "", roster(everybody, None, language), *cast_panel.nobody()
        character = studio.cast.show(there.name)
        return (
            character.name,
            roster(everybody, character.name, language),
            gr.Column(visible=True),
            f"<h2>{escape(character.name)}</h2>",
            ", ".join(each.text for each in character.names if each.text != character.name),
            gr.Dropdown(choices=[look.name for look in character.looks]),
            gallery(character, language),
            consents(character.consents, language),
        )

    @guarded
    def opened(chosen: str, request: gr.Request) -> Any:
        return draw(chosen, language_of(request))

    @guarded
    def pick(before: Found, event: gr.EventData, request: gr.Request) -> Any:
        before.discard()
        return Found(), "", None, *draw(event._data["name"], language_of(request))

    @guarded
    def added(new: str, before: Found, request: gr.Request) -> Any:
        character = studio.cast.add_character(new)
        before.discard()
        return "", Found(), "", None, *draw(character.name, language_of(request))

    @guarded
    def aliased(chosen: str, text: str, request: gr.Request) -> Any:
        studio.cast.set_aliases(_picked(chosen), text.replace("，", ",").replace("、", ",").split(","))
        inform("saved", language_of(request))
        return draw(chosen, language_of(request))

    @guarded
    def dressed(chosen: str, look: str | None, wardrobe: str, request: gr.Request) -> Any:
        studio.cast.add_look(_picked(chosen), look or "", wardrobe)
        inform("saved", language_of(request))
        return "", *draw(chosen, language_of(request))

    @guarded
    def uploaded(chosen: str, files: list[str] | None, into: str | None, before: Found, request: gr.Request) -> Any:
        """Each photo comes back as a card as soon as it was looked at; its upload goes then, or waits for a click."""
        language, seen, left = language_of(request), Found(), taken(files)
        before.discard()
        try:
            while left:
                each = left[0]
                report = studio.add_photo(_picked(chosen), each.path, each.name, look=_look(into))
                key = uuid4().hex
                seen.drawn[key] = photo_card(report, each.path, key, language)
                if is_undecided(report):
                    seen.waiting[key] = left.pop(0)
                else:
                    left.pop(0).discard()
                yield seen.html(), seen, gr.skip(), *[gr.skip()] * len(shown)
        finally:
            for each in left:
                each.discard()
        yield seen.html(), seen, None, *draw(chosen, language)

    @guarded
    def chose_face(chosen: str, into: str | None, seen: Found, event: gr.EventData, request: gr.Request) -> Any:
        language, key = language_of(request), event._data["upload"]
        if key not in seen.waiting:
            raise InvalidInput(*WORDS["upload_gone"])
        each = seen.waiting[key]
        report = studio.add_photo(_picked(chosen), each.path, each.name, look=_look(into), face=event._data["face"])
        seen.drawn[key] = photo_card(report, each.path, key, language)
        seen.waiting.pop(key).discard()
        return seen.html(), seen, *draw(chosen, language)

    @guarded
    def removed(chosen: str, event: gr.EventData, request: gr.Request) -> Any:
        studio.cast.remove_photo(event._data["uid"])
        return draw(chosen, language_of(request))

    @guarded
    def recorded(chosen: str, text: str, request: gr.Request) -> Any:
        studio.cast.record_consent(_picked(chosen), text)
        inform("consent_kept", language_of(request))
        return "", *draw(chosen, language_of(request))

    @guarded
    def withdrawn(chosen: str, request: gr.Request) -> Any:
        count = studio.cast.withdraw_consent(_picked(chosen))
        inform("withdrawn_now", language_of(request), count=count)
        return draw(chosen, language_of(request))

    @guarded
    def erased(chosen: str, confirmed: str, before: Found, request: gr.Request) -> Any:
        language = language_of(request)
        if confirmed.strip() != _picked(chosen):
            raise InvalidInput(*WORDS["erase_mismatch"])
        before.discard()
        proof = receipt(studio.erase(chosen), language)
        return proof, "", Found(), "", *draw(None, language)

    private: dict[str, Any] = {"api_visibility": "private"}
    quiet = {"show_progress": "hidden", **private}
    page.load(opened, picked, shown, **quiet)
    members.pick_character(pick, found, [found, person.found, person.look, *shown], **quiet)
    gr.on([add.click, name.submit], added, [name, found], [name, found, person.found, person.look, *shown], **quiet)
    gr.on([person.save.click, person.aliases.submit], aliased, [picked, person.aliases], shown, **quiet)
    person.dress.click(dressed, [picked, person.look, person.wardrobe], [person.wardrobe, *shown], **quiet)
    person.upload.upload(
        uploaded,
        [picked, person.upload, person.look, found],
        [person.found, found, person.upload, *shown],
        show_progress_on=[person.found],
        concurrency_limit=1,
        concurrency_id="photos",
        **private,
    )
    person.found.pick_face(
        chose_face,
        [picked, person.look, found],
        [person.found, found, *shown],
        show_progress_on=[person.found],
        **private,
    )
    person.photos.pick_photo(removed, picked, shown, **quiet)
    person.record.click(recorded, [picked, person.consent], [person.consent, *shown], **quiet)
    person.withdraw.click(withdrawn, picked, shown, **quiet)
    person.erase.click(
        erased, [picked, person.typed, found], [gone, person.typed, found, person.found, *shown], **quiet
    )


def _picked(name: str) -> str:
    if not name:
        raise InvalidInput(*WORDS["pick_character"])
    return name


def _look(text: str | None) -> str | None:
    return (text or "").strip() or None
