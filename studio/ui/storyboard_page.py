"""Storyboard (分镜): the wall of frames, one shot large, its takes, and what can be changed about it."""

from dataclasses import dataclass
from typing import Any

import gradio as gr

from storage.errors import Language
from storage.models import Episode, Shot, Take
from studio.rendering import progress
from studio.shotlist import chosen_take
from studio.studio import Studio
from studio.ui import cards
from studio.ui.guard import guarded
from studio.ui.picker import picker, place
from studio.ui.words import label, language_of, say
from studio.vocabulary import ANGLES, FRAMINGS, MOVEMENTS, SIZES, Vocabulary

STYLES = ("ink", "colour")
POLL_SECONDS = 1.5


@dataclass(frozen=True, slots=True)
class _Side:
    """The column beside the wall: the picked shot."""

    column: gr.Column
    sheet: gr.HTML
    takes: gr.HTML
    size: gr.Dropdown
    framing: gr.Dropdown
    angle: gr.Dropdown
    movement: gr.Dropdown
    seconds: gr.Number
    cast: gr.Textbox
    description: gr.Textbox

    @property
    def outputs(self) -> list[Any]:
        return [self.column, self.sheet, self.takes, *self.fields]

    @property
    def fields(self) -> list[Any]:
        return [self.size, self.framing, self.angle, self.movement, self.seconds, self.cast, self.description]


def build(studio: Studio, page: gr.Blocks) -> None:
    """Draw the page into the current route and wire it to the studio's verbs."""
    with gr.Row(equal_height=True, elem_classes="toolbar"):
        choose = picker()
        style = gr.Dropdown(
            label=label("style"), choices=[(label(each), each) for each in STYLES], value="ink", scale=1
        )
        render_all = gr.Button(label("render_all"), variant="primary", elem_id="render-all", scale=1)
        cancel = gr.Button(label("cancel"), elem_id="cancel-render", scale=0, min_width=100)
    status = gr.HTML(elem_id="render-status")
    with gr.Row(elem_classes="storyboard"):
        with gr.Column(scale=3, min_width=420):
            wall = gr.HTML(elem_id="wall", js_on_load=cards.CLICKS)
        with gr.Column(scale=2, min_width=340):
            gr.HTML(f"<p class=hint>{label('pick_shot')}</p>", elem_id="pick-hint")
            side, buttons = _side()
    picked_shot, picked_take, shown = gr.State(None), gr.State(None), gr.State("")
    where = [choose.series, choose.episode]
    looks = [wall, status, shown]

    def board(
        series: str | None, episode: int | None, shot: str | None, known: str, language: Language
    ) -> tuple[Any, Any, str]:
        """The wall and the status line; skipped where nothing changed since `known`."""
        if not series or episode is None:
            return say("no_series", language), "", ""
        row = studio.shots.episode(series, int(episode))
        jobs = progress(studio, [each for scene in row.scenes for each in scene.shots])
        drawn = cards.wall(row, jobs, shot, language)
        said = _status(row, jobs, language)
        if drawn + said == known:
            return gr.skip(), gr.skip(), known
        return drawn, said, drawn + said

    @guarded
    def refresh(series: str | None, episode: int | None, shot: str | None, known: str, request: gr.Request) -> Any:
        return board(series, episode, shot, known, language_of(request))

    @guarded
    def opened(remembered: Any, request: gr.Request) -> Any:
        return choose.choices(studio, remembered)

    @guarded
    def another_series(series: str | None, request: gr.Request) -> Any:
        return choose.episodes(studio, series)

    @guarded
    def another_episode(series: str | None, episode: int | None, known: str, request: gr.Request) -> Any:
        drawn = board(series, episode, None, known, language_of(request))
        return [series, episode], None, None, *drawn, gr.Column(visible=False)

    @guarded
    def pick(series: str, episode: int, known: str, event: gr.EventData, request: gr.Request) -> Any:
        uid = event._data["uid"]
        shot, language = studio.shots.shot(series, int(episode), uid), language_of(request)
        take = chosen_take(shot)
        return (
            uid,
            take.uid if take else None,
            *board(series, episode, uid, known, language),
            *_shown(shot, take, language),
        )

    @guarded
    def pick_take(series: str, episode: int, uid: str, event: gr.EventData, request: gr.Request) -> Any:
        shot, language = studio.shots.shot(series, int(episode), uid), language_of(request)
        take = next((each for each in shot.takes if each.uid == event._data["uid"]), None)
        return take.uid if take else None, cards.shot_sheet(shot, take, language), _takes(shot, take, language)

    @guarded
    def circle(series: str, episode: int, uid: str, take: str | None, known: str, request: gr.Request) -> Any:
        if take is not None:
            studio.shots.circle(take)
        return after_change(series, episode, uid, take, known, language_of(request))

    @guarded
    def submit(series: str | None, episode: int | None, chosen: str, request: gr.Request) -> None:
        title, number = place(series, episode)
        _told(studio.submit_render(title, number, style=chosen), language_of(request))

    @guarded
    def submit_again(series: str, episode: int, uid: str, chosen: str, request: gr.Request) -> None:
        shot = studio.shots.shot(series, int(episode), uid)
        seed = max((take.seed for take in shot.takes), default=-1) + 1 or None
        _told(studio.submit_render(series, int(episode), [uid], style=chosen, seed=seed), language_of(request))

    @guarded
    def cancel_all(series: str | None, episode: int | None, request: gr.Request) -> None:
        title, number = place(series, episode)
        stopped = studio.cancel_renders(title, number)
        gr.Info(say("cancelled_now", language_of(request), count=stopped), duration=4)

    @guarded
    def save(series: str, episode: int, uid: str, take: str | None, known: str, *rest: Any) -> Any:
        *values, request = rest
        names = ("size", "framing", "angle", "movement", "seconds", "cast", "description")
        changes: dict[str, Any] = dict(zip(names, values, strict=True))
        shot = studio.shots.shot(series, int(episode), uid)
        cast = _names(changes.pop("cast") or "")
        if cast != [member.name for member in shot.cast]:
            changes["cast"] = cast
        studio.shots.edit(series, int(episode), uid, changes)
        gr.Info(say("saved", language_of(request)), duration=3)
        return after_change(series, episode, uid, take, known, language_of(request))

    @guarded
    def insert(series: str, episode: int, uid: str, known: str, request: gr.Request) -> Any:
        shot = studio.shots.add(series, int(episode), uid, {})
        gr.Info(say("inserted", language_of(request), number=shot.number), duration=4)
        return shot.uid, None, *after_change(series, episode, shot.uid, None, known, language_of(request))

    @guarded
    def omit(series: str, episode: int, uid: str, take: str | None, known: str, request: gr.Request) -> Any:
        omitted = studio.shots.shot(series, int(episode), uid).omitted
        studio.shots.edit(series, int(episode), uid, {"omitted": not omitted})
        return after_change(series, episode, uid, take, known, language_of(request))

    @guarded
    def move(
        series: str, episode: int, uid: str, take: str | None, known: str, behind: str, request: gr.Request
    ) -> Any:
        studio.shots.move(series, int(episode), uid, behind)
        return after_change(series, episode, uid, take, known, language_of(request))

    def after_change(
        series: str, episode: int, uid: str, take_uid: str | None, known: str, language: Language
    ) -> tuple[Any, ...]:
        shot = studio.shots.shot(series, int(episode), uid)
        take = next((each for each in shot.takes if each.uid == take_uid), None) or chosen_take(shot)
        return *board(series, episode, uid, known, language), *_shown(shot, take, language)

    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    timer = gr.Timer(POLL_SECONDS)
    timer.tick(refresh, [*where, picked_shot, shown], looks, concurrency_limit=None, **quiet)
    page.load(opened, choose.remembered, where, **quiet)
    choose.series.input(another_series, choose.series, choose.episode, **quiet)
    choose.episode.change(
        another_episode, [*where, shown], [choose.remembered, picked_shot, picked_take, *looks, side.column], **quiet
    )
    wall.pick_shot(pick, [*where, shown], [picked_shot, picked_take, *looks, *side.outputs], **quiet)
    one = [*where, picked_shot]
    side.takes.pick_take(pick_take, one, [picked_take, side.sheet, side.takes], **quiet)
    render_all.click(submit, [*where, style], None, **quiet)
    cancel.click(cancel_all, where, None, **quiet)
    changed = [*looks, *side.outputs]
    buttons["circle"].click(circle, [*one, picked_take, shown], changed, **quiet)
    buttons["render_again"].click(submit_again, [*one, style], None, **quiet)
    buttons["save"].click(save, [*one, picked_take, shown, *side.fields], changed, **quiet)
    buttons["insert_after"].click(insert, [*one, shown], [picked_shot, picked_take, *changed], **quiet)
    buttons["omit"].click(omit, [*one, picked_take, shown], changed, **quiet)
    buttons["move"].click(move, [*one, picked_take, shown, buttons["behind"]], changed, **quiet)


def _side() -> tuple[_Side, dict[str, Any]]:
    buttons: dict[str, Any] = {}
    with gr.Column(visible=False, elem_id="side") as column:
        sheet = gr.HTML(elem_id="shot-sheet")
        takes = gr.HTML(elem_id="takes", js_on_load=cards.CLICKS)
        with gr.Row():
            buttons["circle"] = gr.Button(label("circle"), variant="primary", elem_id="circle")
            buttons["render_again"] = gr.Button(label("render_again"), elem_id="render-again")
        with gr.Accordion(label("edit_shot"), open=False):
            with gr.Row():
                size = gr.Dropdown(label=label("size"), choices=[])
                framing = gr.Dropdown(label=label("framing"), choices=[])
            with gr.Row():
                angle = gr.Dropdown(label=label("angle"), choices=[])
                movement = gr.Dropdown(label=label("movement"), choices=[])
            seconds = gr.Number(label=label("seconds"), minimum=0.04, maximum=600, step=0.5)
            cast = gr.Textbox(label=label("in_frame"))
            description = gr.Textbox(label=label("description"), lines=2)
            with gr.Row():
                buttons["save"] = gr.Button(label("save"), variant="primary", elem_id="save-shot")
                buttons["insert_after"] = gr.Button(label("insert_after"), elem_id="insert-shot")
                buttons["omit"] = gr.Button(label("omit"), elem_id="omit-shot")
            with gr.Row(equal_height=True):
                buttons["behind"] = gr.Textbox(label=label("move_behind"), scale=2)
                buttons["move"] = gr.Button(label("move"), elem_id="move-shot", scale=1)
    return _Side(column, sheet, takes, size, framing, angle, movement, seconds, cast, description), buttons


def _shown(shot: Shot, take: Take | None, language: Language) -> tuple[Any, ...]:
    """Values of _Side.outputs for a shot."""

    def coded(vocabulary: Vocabulary, code: str) -> Any:
        return gr.Dropdown(choices=[(term.text(language), term.code) for term in vocabulary.terms.values()], value=code)

    return (
        gr.Column(visible=True),
        cards.shot_sheet(shot, take, language),
        _takes(shot, take, language),
        coded(SIZES, shot.size),
        coded(FRAMINGS, shot.framing),
        coded(ANGLES, shot.angle),
        coded(MOVEMENTS, shot.movement),
        shot.seconds,
        ", ".join(member.name for member in shot.cast),
        shot.description,
    )


def _takes(shot: Shot, take: Take | None, language: Language) -> str:
    return cards.takes(shot.takes, take.uid if take else None, language)


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.replace("，", ",").replace("、", ",").split(",") if name.strip()]


def _status(episode: Episode, jobs: dict[str, Any], language: Language) -> str:
    shots = [shot for scene in episode.scenes for shot in scene.shots if not shot.omitted]
    states = [jobs[shot.uid].state for shot in shots if shot.uid in jobs]
    running, queued = states.count("running"), states.count("queued")
    if not running and not queued:
        return f"<p class=status>{say('nothing_running', language)}</p>"
    done = len(shots) - running - queued
    said = say("running", language, done=done, all=len(shots), running=running, queued=queued)
    return f'<p class="status busy">{said}<span class=track><i style="width:{done / len(shots):.0%}"></i></span></p>'


def _told(asked: list[Any], language: Language) -> None:
    """Say what was queued and what could not be planned."""
    queued = sum(each.job is not None for each in asked)
    if queued:
        gr.Info(say("queued_now", language, count=queued), duration=4)
    elif not any(each.problem for each in asked):
        gr.Info(say("all_there", language), duration=4)
    for each in asked:
        if each.problem is not None:
            gr.Warning(
                f"{say('shot_of', language, number=each.shot.number)}: {each.problem.text(language)}", duration=12
            )
