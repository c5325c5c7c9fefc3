"""Which series and episode a page shows; the browser remembers it from page to page."""

from dataclasses import dataclass
from typing import Any

import gradio as gr

from storage.errors import InvalidInput
from studio.studio import Studio
from studio.ui.words import WORDS, label

# every page must read what another one wrote; a title and a number are no secret
_KEY, _SECRET = "castlock-place", "castlock"


def remembered_place() -> gr.BrowserState:
    """[series, episode], kept in the browser."""
    return gr.BrowserState(None, storage_key=_KEY, secret=_SECRET)


@dataclass(frozen=True, slots=True)
class Picker:
    """The two lists and what the browser remembers."""

    series: gr.Dropdown
    episode: gr.Dropdown
    remembered: gr.BrowserState

    @property
    def where(self) -> list[Any]:
        return [self.series, self.episode]

    @property
    def outputs(self) -> list[Any]:
        return [self.series, self.episode, self.remembered]


def picker() -> Picker:
    """Draw the two lists."""
    series = gr.Dropdown(label=label("series"), elem_id="series", choices=[], scale=3, min_width=160)
    episode = gr.Dropdown(label=label("episode"), elem_id="episode", choices=[], scale=1, min_width=80)
    return Picker(series, episode, remembered_place())


def settle(studio: Studio, series: object, episode: object) -> tuple[str | None, int | None, tuple[Any, Any, Any]]:
    """What is wanted if it is there, else the first that is; and the values of Picker.outputs for it."""
    rows = {row.title: [each.number for each in row.episodes] for row in studio.shots.series()}
    title = series if isinstance(series, str) and series in rows else next(iter(rows), None)
    numbers = rows.get(title, []) if title else []
    number = episode if isinstance(episode, int) and episode in numbers else next(iter(numbers), None)
    lists = gr.Dropdown(choices=list(rows), value=title), gr.Dropdown(choices=numbers, value=number)
    return title, number, (*lists, [title, number])


def settle_remembered(studio: Studio, remembered: Any) -> tuple[str | None, int | None, tuple[Any, Any, Any]]:
    """As `settle`, for what the browser remembers."""
    wanted = remembered if isinstance(remembered, list) and len(remembered) == 2 else [None, None]
    return settle(studio, *wanted)


def place(series: str | None, episode: int | None) -> tuple[str, int]:
    """Both chosen. Raises InvalidInput."""
    if not series or episode is None:
        raise InvalidInput(*WORDS["no_series"])
    return series, int(episode)
