"""ffmpeg at the other end of a pipe: raw frames in, one MP4 out, exactly as many frames and as much sound as said."""

import re
import subprocess
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

import numpy as np

from storage.errors import Conflict, InvalidInput, NotFound, ResourceMissing

SAMPLES = 48000
# files that hold sound themselves; lists that point at other files (m3u8, concat) are not read
_SOUND = "aac,ac3,aiff,amr,ape,asf,au,caf,eac3,flac,flv,matroska,mov,mp3,mpegts,ogg,w64,wav,wv"
_WHERE = re.compile(r"^\[[^\]]*\]\s*")


@dataclass(frozen=True, slots=True)
class Shape:
    """width, height: even numbers of pixels. fps, frames: whole numbers."""

    width: int
    height: int
    fps: int
    frames: int

    @property
    def samples(self) -> int:
        """Of sound that lies under it."""
        return round(self.frames * SAMPLES / self.fps)


def executable() -> str:
    """ffmpeg's path. Raises ResourceMissing where there is none for this machine."""
    import imageio_ffmpeg

    try:
        return imageio_ffmpeg.get_ffmpeg_exe()
    except RuntimeError as error:
        raise ResourceMissing(
            "A film needs ffmpeg, and none was found. Run: pip install --force-reinstall imageio-ffmpeg",
            "导出影片需要 ffmpeg，但没有找到。请运行：pip install --force-reinstall imageio-ffmpeg",
        ) from error


def require_sound(audio: Path) -> None:
    """Raises NotFound where the file is gone, InvalidInput where ffmpeg finds no sound in it."""
    if not audio.is_file():
        raise NotFound(
            f"There is no sound file '{audio.name}'; choose it again.", f"找不到音频文件“{audio.name}”，请重新选择。"
        )
    command = [executable(), "-v", "error", "-nostdin", *_sound(audio), "-map", "0:a:0", "-frames:a", "1"]
    tried = subprocess.run([*command, "-f", "null", "-"], capture_output=True, check=False)  # noqa: S603
    if tried.returncode:
        reason = _first_useful(tried.stderr)
        raise InvalidInput(
            f"'{audio.name}' holds no sound that can be read ({reason}). Give a WAV, MP3, M4A, FLAC or OGG file.",
            f"“{audio.name}”中没有可读取的声音（{reason}）。请使用 WAV、MP3、M4A、FLAC 或 OGG 文件。",
        )


@contextmanager
def encoding(
    target: Path, shape: Shape, audio: Path | None, on_wait: Callable[[], None]
) -> Iterator[Callable[[Iterable[np.ndarray]], None]]:
    """Gives a function that takes one frame: its planes Y (h, w), U and V (h/2, w/2), uint8, BT.709, limited range.

    After the block the film is whole: H.264 with `shape.frames` frames, AAC of the same length: `audio` cut or followed
    by silence, or silence alone. on_wait is called while ffmpeg finishes. After an error in the block, or one that
    on_wait raises, ffmpeg is dead. Raises Conflict with ffmpeg's own reason where it fails (a full disk).
    """
    with TemporaryFile() as complaints:
        ffmpeg = subprocess.Popen(_command(target, shape, audio), stdin=subprocess.PIPE, stderr=complaints)  # noqa: S603
        assert ffmpeg.stdin is not None
        pipe = ffmpeg.stdin

        def write(planes: Iterable[np.ndarray]) -> None:
            for plane in planes:
                pipe.write(np.ascontiguousarray(plane).data)

        try:
            yield write
            pipe.close()
            while not _ended(ffmpeg):
                on_wait()
        except BrokenPipeError as error:
            ffmpeg.wait()
            raise _failed(target, complaints) from error
        finally:
            _end(ffmpeg, pipe)
        if ffmpeg.returncode:
            raise _failed(target, complaints)


def _command(target: Path, shape: Shape, audio: Path | None) -> list[str]:
    pictures = ["-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", f"{shape.width}x{shape.height}"]
    pictures += ["-framerate", str(shape.fps), "-i", "pipe:0"]
    sound = _sound(audio) if audio else ["-f", "lavfi", "-i", f"anullsrc=r={SAMPLES}:cl=stereo"]
    colours = "setparams=range=tv:colorspace=bt709:color_primaries=bt709:color_trc=bt709:chroma_location=center"
    as_long = f"aresample={SAMPLES}:async=1:first_pts=0,apad,atrim=end_sample={shape.samples}"
    return [
        *[executable(), "-v", "error", "-nostats", "-y", *pictures, *sound, "-map", "0:v:0", "-map", "1:a:0"],
        # nothing of the sound file's own title and comments goes along
        *["-map_metadata", "-1", "-map_chapters", "-1"],
        *["-c:v", "libx264", "-preset", "veryfast", "-crf", "20", "-g", str(2 * shape.fps), "-pix_fmt", "yuv420p"],
        *["-vf", colours],
        *["-af", as_long, "-c:a", "aac", "-b:a", "160k", "-ac", "2", "-ar", str(SAMPLES)],
        *["-movflags", "+faststart", "-f", "mp4", f"file:{target}"],
    ]


def _sound(audio: Path) -> list[str]:
    """A file and no other: a name such as 'http:x' is no address, and no list leads anywhere else."""
    return ["-protocol_whitelist", "file", "-format_whitelist", _SOUND, "-i", f"file:{audio}"]


def _ended(ffmpeg: "subprocess.Popen[bytes]") -> bool:
    try:
        ffmpeg.wait(0.1)
    except subprocess.TimeoutExpired:
        return False
    return True


def _end(ffmpeg: "subprocess.Popen[bytes]", pipe: IO[bytes]) -> None:
    if ffmpeg.poll() is None:
        ffmpeg.kill()
        ffmpeg.wait()
    try:
        pipe.close()
    except BrokenPipeError:  # what was left in the buffer has nowhere to go
        return


def _failed(target: Path, complaints: IO[bytes]) -> Conflict:
    complaints.seek(0)
    reason = _first_useful(complaints.read())
    return Conflict(
        f"The film could not be written: {reason}. Is there room on the disk of '{target.parent}'?",
        f"影片写入失败：{reason}。请检查“{target.parent}”所在磁盘的剩余空间。",
    )


def _first_useful(complaints: bytes) -> str:
    """ffmpeg's first line that says something, without the address of the part that says it."""
    lines = (_WHERE.sub("", line).strip(" .") for line in complaints.decode(errors="replace").splitlines())
    return next(filter(None, lines), "ffmpeg stopped")
