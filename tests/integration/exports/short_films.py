"""A short small episode with pictures that have something to see, and its films decoded by ffmpeg."""

import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import imageio_ffmpeg
import numpy as np
from PIL import Image
from timelines import draw_frame, episode

from storage.errors import Language
from studio.exports.timeline import Timeline, starts

WIDTH, HEIGHT = 144, 256
LENGTHS = (11, 1, 7, 14, 9, 2)


def short(language: Language, frames: Path, lengths: tuple[int, ...] = LENGTHS) -> Timeline:
    """The first shots of the episode, each as many frames long; every second one is drawn, the others are slates."""
    base = episode(language)
    clips = []
    for index, (start, length) in enumerate(zip(starts(lengths), lengths, strict=True)):
        picture = frames / f"short-{language}-{index}.png"
        if not picture.exists():
            draw_frame(picture, base.clips[index].number, index, (WIDTH, HEIGHT))
        drawn = picture if index % 2 == 0 else None
        clips.append(replace(base.clips[index], start=start, frames=length, picture=drawn, movement="static"))
    return replace(base, width=WIDTH, height=HEIGHT, clips=tuple(clips))


def with_all(timeline: Timeline, **changes: Any) -> Timeline:
    return replace(timeline, clips=tuple(replace(clip, **changes) for clip in timeline.clips))


def decoded(film: Path, width: int = WIDTH, height: int = HEIGHT) -> np.ndarray:
    """Every frame of the film, (n, h, w, 3) RGB, by the colours that its header names."""
    raw = _ffmpeg(film, "-map", "0:v", "-fps_mode", "passthrough", "-f", "rawvideo", "-pix_fmt", "rgb24")
    return np.frombuffer(raw, np.uint8).reshape(-1, height, width, 3)


def sound(film: Path) -> np.ndarray:
    """Its sound, (samples, 2) int16, as it is stored: 48 000 a second."""
    return np.frombuffer(_ffmpeg(film, "-map", "0:a", "-f", "s16le"), np.int16).reshape(-1, 2)


def header(film: Path) -> str:
    """What ffmpeg says of the file."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-i", str(film)]
    return subprocess.run(command, capture_output=True, text=True, check=False).stderr


def still(path: Path | None) -> np.ndarray:
    assert path is not None
    with Image.open(path) as picture:
        return np.asarray(picture.convert("RGB")).astype(int)


def _ffmpeg(film: Path, *how: str) -> bytes:
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", str(film), *how, "pipe:1"]
    return subprocess.run(command, capture_output=True, check=True).stdout
