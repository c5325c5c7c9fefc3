"""Which series and episode a page shows; the browser remembers it from page to page."""

from dataclasses import dataclass
from typing import Any

import gradio as gr

from storage.errors import InvalidInput
from studio.studio import Studio
from studio.ui.words import WORDS, label


@dataclass(frozen=True, slots=True)
class Picker:
    """The two lists and what the browser remembers: [series, episode]."""

    series: gr.Dropdown
    episode: gr.Dropdown
    remembered: gr.BrowserState

    def choices(self, studio: Studio, remembered: Any) -> tuple[Any, Any]:
        """Both lists filled from the database, the remembered choice kept where it is still there."""
        rows = {row.title: [each.number for each in row.episodes] for row in studio.shots.series()}
        series, episode = remembered if isinstance(remembered, list) and len(remembered) == 2 else (None, None)
        if series not in rows:
            series = next(iter(rows), "")
        numbers = rows.get(series, [])
        if episode not in numbers:
            episode = numbers[0] if numbers else None
        return gr.Dropdown(choices=list(rows), value=series or None), gr.Dropdown(choices=numbers, value=episode)

    def episodes(self, studio: Studio, series: str | None) -> Any:
        """The list of episodes after another series was chosen."""
        numbers = next(
            ([each.number for each in row.episodes] for row in studio.shots.series() if row.title == series), []
        )
        return gr.Dropdown(choices=numbers, value=numbers[0] if numbers else None)


def picker() -> Picker:
    """Draw the two lists."""
    series = gr.Dropdown(label=label("series"), elem_id="series", choices=[], scale=3)
    episode = gr.Dropdown(label=label("episode"), elem_id="episode", choices=[], scale=1, min_width=90)
    return Picker(series, episode, gr.BrowserState(None, storage_key="castlock-place"))


def place(series: str | None, episode: int | None) -> tuple[str, int]:
    """Both chosen. Raises InvalidInput."""
    if not series or episode is None:
        raise InvalidInput(*WORDS["no_series"])
    return series, int(episode)
