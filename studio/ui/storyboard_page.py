"""Storyboard (分镜): the wall of frames, one shot large, its takes, and what can be changed about it."""

from typing import Any

import gradio as gr

from storage.errors import InvalidInput, Language
from storage.models import Series, Shot, Take
from studio.rendering import Asked, progress
from studio.shotlist import chosen_take
from studio.studio import Studio
from studio.ui import board, cards, engine_panel, plates_panel, prompts_panel, shot_panel
from studio.ui.guard import guarded, inform, warn
from studio.ui.picker import picker, place, settle, settle_remembered
from studio.ui.translating import translated
from studio.ui.words import WORDS, label, language_of, say


def build(studio: Studio, page: gr.Blocks) -> None:
    """Draw the page into the current route and wire it to the studio's verbs."""
    with gr.Row(equal_height=True, elem_classes="toolbar"):
        choose = picker()
        engine, style = engine_panel.draw_bar(studio)
        render_all = gr.Button(label("render_all"), variant="primary", elem_id="render-all", min_width=200)
        cancel = gr.Button(label("cancel"), elem_id="cancel-render", scale=0, min_width=90)
    engines = engine_panel.draw_below(studio, engine, style)
    with gr.Row(elem_classes="storyboard"):
        with gr.Column(scale=3, min_width=360):
            wall = gr.HTML(elem_id="wall", js_on_load=cards.WALL)
        with gr.Column(scale=2, min_width=320, elem_id="side"):
            side = shot_panel.draw()
            plates = plates_panel.draw()
    # kept by the browser, not by the server: a server that was started again goes on where the page is
    picked_shot = gr.Textbox(visible="hidden", elem_id="picked-shot")
    picked_take = gr.Textbox(visible="hidden", elem_id="picked-take")

    def drawn(series: str | None, episode: int | None, language: Language) -> str:
        if not series or episode is None:
            return cards.hint("no_series", language)
        return board.draw(studio, series, int(episode), language)[0]

    def shown(shot: Shot, take: Take | None, language: Language) -> tuple[Any, ...]:
        """Values of `picture`."""
        job = progress(studio, [shot]).get(shot.uid)
        reason = board.reason_of(job, language)
        return (
            take.uid if take else "",
            *shot_panel.pictured(studio, shot, take, board.stamp(shot), reason, language),
        )

    def row_of(series: str | None) -> Series | None:
        return next((each for each in studio.shots.series() if each.title == series), None)

    def opened_at(found: tuple[str | None, int | None, Any], given: dict[Any, Any], language: Language) -> Any:
        """Values of `whole` for a series and an episode."""
        series, episode, lists = found
        chosen = engine_panel.values(studio, engines, row_of(series), given, language)
        locations = plates_panel.values(studio, series, episode, None, language)
        empty = cards.hint("pick_shot", language) if series else ""
        nothing = "", "", empty, "", gr.Row(visible=False), gr.Dropdown(choices=[], value=None), gr.skip()
        return *lists, *chosen, drawn(series, episode, language), *nothing, gr.Column(visible=False), *locations

    @guarded
    def opened(remembered: Any, kept: Any, request: gr.Request) -> Any:
        options = engines.options.restored(kept)
        given = dict(zip(engines.options.inputs, options, strict=True))
        return *opened_at(settle_remembered(studio, remembered), given, language_of(request)), *options

    @guarded
    def changed_place(given: dict[Any, Any], request: gr.Request) -> Any:
        return opened_at(settle(studio, *(given[each] for each in where)), given, language_of(request))

    @guarded
    def changed_engine(given: dict[Any, Any], request: gr.Request) -> Any:
        """The series remembers it; the style stays where the engine has it."""
        series, language = given[choose.series], language_of(request)
        if series:
            studio.set_series(series, engine=given[engine])
        chosen = engine_panel.values(studio, engines, row_of(series), given, language)
        if not given[picked_shot]:
            return *chosen, gr.skip(), *(gr.skip() for _ in side.repainting)
        shot = studio.shots.shot(*place(*(given[each] for each in where)), given[picked_shot])
        take = next((each for each in shot.takes if each.uid == given[picked_take]), None)
        return *chosen, told(given, language), *shot_panel.repaintable(studio, shot, take, language)

    @guarded
    def changed_style(given: dict[Any, Any], request: gr.Request) -> str:
        if given[choose.series]:
            studio.set_series(given[choose.series], style=given[style])
        return told(given, language_of(request))

    @guarded
    def changed_option(given: dict[Any, Any], request: gr.Request) -> str:
        return engine_panel.noted(studio, engines, given, language_of(request))

    def told(given: dict[Any, Any], language: Language) -> str:
        """What the engine will be told of the shot that is shown."""
        if not given[picked_shot]:
            return ""
        shot = studio.shots.shot(*place(*(given[each] for each in where)), given[picked_shot])
        return prompts_panel.told(prompts_panel.said_of(studio, shot), shot, language)

    @guarded
    def pick(series: str, episode: int, event: gr.EventData, request: gr.Request) -> Any:
        shot, language = studio.shots.shot(*place(series, episode), event._data["uid"]), language_of(request)
        locations = plates_panel.values(studio, series, episode, shot.scene.location, language)
        everybody = studio.shots.shots(series, int(episode))
        fields = shot_panel.values(studio, shot, everybody, language)
        return shot.uid, *shown(shot, chosen_take(shot), language), *fields, *locations

    @guarded
    def caught_up(series: str, episode: int, event: gr.EventData, request: gr.Request) -> Any:
        """A take came, or another one was circled: show the newest, leave the fields that somebody may be filling."""
        shot = studio.shots.shot(*place(series, episode), event._data["uid"])
        return shown(shot, shot.takes[-1] if shot.takes else None, language_of(request))

    @guarded
    def pick_take(series: str, episode: int, uid: str, event: gr.EventData, request: gr.Request) -> Any:
        shot = studio.shots.shot(*place(series, episode), _picked(uid))
        return shown(shot, _take(shot, event._data["uid"]), language_of(request))

    @guarded
    def circle(series: str, episode: int, uid: str, take: str, request: gr.Request) -> Any:
        language = language_of(request)
        studio.shots.circle(_take(studio.shots.shot(*place(series, episode), _picked(uid)), take).uid)
        shot = studio.shots.shot(series, int(episode), uid)
        return drawn(series, episode, language), *shown(shot, _take(shot, take), language)

    @guarded
    def submit(given: dict[Any, Any], request: gr.Request) -> Any:
        series, episode = place(*(given[each] for each in where))
        chosen, language = engine_panel.asked(studio, engines, given), language_of(request)
        _told(
            studio.submit_render(series, episode, engine=chosen.engine, style=chosen.style, options=chosen.options),
            language,
        )
        return engine_panel.kept(engines, given[engines.remembered], chosen), drawn(series, episode, language)

    @guarded
    def submit_again(given: dict[Any, Any], request: gr.Request) -> Any:
        series, episode = place(*(given[each] for each in where))
        uid, language = _picked(given[picked_shot]), language_of(request)
        chosen = engine_panel.asked(studio, engines, given)
        _told(
            studio.submit_another(
                series, episode, uid, engine=chosen.engine, style=chosen.style, options=chosen.options
            ),
            language,
        )
        shot = studio.shots.shot(series, episode, uid)
        kept = engine_panel.kept(engines, given[engines.remembered], chosen)
        return kept, drawn(series, episode, language), *shown(shot, chosen_take(shot), language)

    @guarded
    def repaint(
        series: str, episode: int, uid: str, take: str, person: str | None, strength: float, request: gr.Request
    ) -> str:
        shot, language = studio.shots.shot(*place(series, episode), _picked(uid)), language_of(request)
        shown_take = _take(shot, take)
        if not person:
            raise InvalidInput(*WORDS["repaint_nobody"])
        able = engine_panel.repainter(studio, shot.scene.episode.series, shown_take.engine)
        _told(
            [
                studio.submit_repaint(
                    series, int(episode), uid, person, take=shown_take.number, strength=strength, engine=able
                )
            ],
            language,
        )
        return drawn(series, episode, language)

    @guarded
    def translate(series: str, episode: int, uid: str, request: gr.Request) -> Any:
        language = language_of(request)
        english, outcome = translated(studio, studio.shots.shot(*place(series, episode), _picked(uid)))
        if outcome in _UNTRANSLATED:
            inform(_UNTRANSLATED[outcome], language)
        shot = studio.shots.shot(series, int(episode), uid)
        return english, prompts_panel.told(prompts_panel.said_of(studio, shot), shot, language)

    @guarded
    def take_over(series: str, episode: int, uid: str, request: gr.Request) -> Any:
        """The house's words into the fields, to go on from."""
        shot = studio.shots.shot(*place(series, episode), _picked(uid))
        said = prompts_panel.said_of(studio, shot)
        if said is None or said.words is None:
            return gr.skip(), gr.skip()
        return said.words.prompt, said.words.negative_prompt

    @guarded
    def cancel_all(series: str | None, episode: int | None, request: gr.Request) -> str:
        stopped = studio.cancel_renders(*place(series, episode))
        inform("cancelled_now", language_of(request), count=stopped)
        return drawn(series, episode, language_of(request))

    @guarded
    def save(given: dict[Any, Any], request: gr.Request) -> Any:
        """given: every component of the form with its value."""
        series, episode, uid = (given[each] for each in one)
        before = studio.shots.shot(*place(series, episode), _picked(uid))
        wanted = shot_panel.changes(before, [given[each] for each in side.fields])
        wanted |= prompts_panel.changes(before, [given[each] for each in side.words.fields])
        studio.shots.edit(series, int(episode), uid, wanted)
        inform("saved", language_of(request))
        return changed(series, episode, uid, given[picked_take], language_of(request))

    @guarded
    def insert(series: str, episode: int, uid: str, request: gr.Request) -> Any:
        shot = studio.shots.add(*place(series, episode), _picked(uid), {})
        inform("inserted", language_of(request), number=shot.number)
        return changed(series, episode, shot.uid, "", language_of(request))

    @guarded
    def omit(series: str, episode: int, uid: str, take: str, request: gr.Request) -> Any:
        omitted = studio.shots.shot(*place(series, episode), _picked(uid)).omitted
        studio.shots.edit(series, int(episode), uid, {"omitted": not omitted})
        return changed(series, episode, uid, take, language_of(request))

    @guarded
    def move(series: str, episode: int, uid: str, take: str, behind: str | None, request: gr.Request) -> Any:
        if not behind:
            raise InvalidInput(*WORDS["move_where"])
        studio.shots.move(*place(series, episode), _picked(uid), behind)
        return changed(series, episode, uid, take, language_of(request))

    def changed(series: str, episode: int, uid: str, take: str, language: Language) -> tuple[Any, ...]:
        everybody = studio.shots.shots(series, int(episode))
        shot = next(each for each in everybody if each.uid == uid)
        picked = next((each for each in shot.takes if each.uid == take), None) or chosen_take(shot)
        fields = shot_panel.values(studio, shot, everybody, language)
        return drawn(series, episode, language), uid, *shown(shot, picked, language), *fields

    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    where, one = choose.where, [*choose.where, picked_shot]
    picture = [picked_take, *side.picture]
    whole = [*choose.outputs, *engines.outputs, wall, picked_shot, *picture, side.column, *plates.outputs]
    page.load(opened, [choose.remembered, engines.remembered], [*whole, *engines.options.inputs], **quiet)
    asked = {*one, *engines.inputs, engines.remembered}
    gr.on([choose.series.input, choose.episode.input], changed_place, {*where, *engines.inputs}, whole, **quiet)
    at_hand = [*engines.outputs, side.words.told, *side.repainting]
    engine.input(changed_engine, {*asked, picked_take}, at_hand, **quiet)
    style.input(changed_style, asked, side.words.told, **quiet)
    gr.on([each.input for each in engines.options.worded], changed_option, set(engines.inputs), engines.notes, **quiet)
    wall.pick_shot(pick, where, [picked_shot, *picture, *side.outputs, *plates.outputs], **quiet)
    wall.take_came(caught_up, where, picture, **quiet)
    side.takes.pick_take(pick_take, one, picture, **quiet)
    render_all.click(submit, asked, [engines.remembered, wall], **quiet)
    cancel.click(cancel_all, where, wall, **quiet)
    after = [wall, picked_shot, *picture, *side.outputs]
    side.circle.click(circle, [*one, picked_take], [wall, *picture], **quiet)
    side.again.click(submit_again, asked, [engines.remembered, wall, *picture], **quiet)
    side.repaint.click(repaint, [*one, picked_take, side.person, side.strength], wall, **quiet)
    written = {*one, picked_take, *side.fields, *side.words.fields}
    gr.on([side.save.click, side.words.save.click], save, written, after, **quiet)
    english, *prompts = side.words.fields
    side.words.translate.click(translate, one, [english, side.words.told], api_visibility="private")
    side.words.take_over.click(take_over, one, prompts, **quiet)
    side.insert.click(insert, one, after, **quiet)
    side.omit.click(omit, [*one, picked_take], after, **quiet)
    side.move.click(move, [*one, picked_take, side.behind], after, **quiet)
    plates_panel.wire(studio, plates, where)


# what is said where a translation changed nothing
_UNTRANSLATED = {"not-needed": "nothing_chinese", "empty": "no_english_found", "changed": "changed_meanwhile"}


def _picked(uid: str) -> str:
    if not uid:
        raise InvalidInput(*WORDS["pick_shot"])
    return uid


def _take(shot: Shot, uid: str) -> Take:
    take = next((each for each in shot.takes if each.uid == uid), None)
    if take is None:
        raise InvalidInput(*WORDS["no_take_picked"])
    return take


def _told(asked: list[Asked], language: Language) -> None:
    """Say what was queued and what could not be planned."""
    queued = sum(each.job is not None for each in asked)
    if queued:
        inform("queued_now", language, count=queued)
    elif not any(each.problem for each in asked):
        inform("all_there", language)
    for notice in dict.fromkeys(each.notice for each in asked if each.notice):
        warn(notice.text(language))
    for each in asked:
        if each.problem is not None:
            warn(f"{say('shot_of', language, number=each.shot.number)}: {each.problem.text(language)}")
