"""English for a shot, by the model among the weights, in a process of its own: its libraries are large and would stay."""

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from storage.models import Shot
from studio.settings import Settings
from studio.studio import Studio


def translated(studio: Studio, shot: Shot) -> tuple[str, str]:
    """Write the English of a shot anew: the text, and what became of it (see studio.prompting.ShotEnglish).

    Raises as Studio.translate does.
    """
    episode = shot.scene.episode
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as apart:
        return apart.submit(_translate, studio.settings, episode.series.title, episode.number, shot.uid).result()


def _translate(settings: Settings, series: str, episode: int, shot: str) -> tuple[str, str]:
    studio = Studio(settings)
    try:
        (done,) = studio.translate(series, episode, [shot], again=True)
    finally:
        studio.close()
    return done.english, done.outcome
