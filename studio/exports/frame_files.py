"""A frame as a file of its own: a PNG with the visible mark where it is asked for, its recipe, and where it comes from.

`parameters` is the text that A1111 and its kin write and read; `castlock` is the whole recipe as JSON, from which the
request can be made again. Face embeddings are biometric and never leave with a frame.
"""

import io
import json
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, UnidentifiedImageError
from PIL.PngImagePlugin import PngInfo

from storage.errors import BadPicture, InvalidInput, Language, NotFound
from studio.engines.photoboard.lettering import font_for
from studio.exports import Producer
from studio.exports.labels import MARK_HEIGHT, MARKS, stamp_of, xmp
from studio.exports.timeline import Clip, Timeline

OWN = "castlock"


def frame_file(timeline: Timeline, clip: Clip, producer: Producer | None) -> bytes:
    """The clip's picture as PNG bytes. Raises NotFound where the file is gone, BadPicture where it cannot be read."""
    if clip.picture is None or not clip.picture.is_file():
        raise NotFound(
            f"The picture of shot {clip.number} is not there any more. Render it again, then export.",
            f"镜头 {clip.number} 的画面文件已不存在。请重新出图后再导出。",
        )
    try:
        with Image.open(clip.picture) as opened:
            picture = opened.convert("RGB")
    except (OSError, UnidentifiedImageError) as error:
        raise BadPicture(
            f"The picture of shot {clip.number} cannot be read. Render it again, then export.",
            f"镜头 {clip.number} 的画面无法读取。请重新出图后再导出。",
        ) from error
    if producer and producer.visible and clip.generates:
        picture = marked(picture, timeline.language)
    title = f"{timeline.series} E{timeline.episode:02d} {clip.number}"
    written = PngInfo()
    if clip.recipe:
        written.add_itxt("parameters", parameters(clip))
        written.add_itxt(OWN, json.dumps(dict(clip.recipe), ensure_ascii=False, sort_keys=True))
    written.add_itxt("XML:com.adobe.xmp", xmp(stamp_of(clip, title, producer, picture.tobytes())))
    out = io.BytesIO()
    picture.save(out, "PNG", pnginfo=written, compress_level=4)
    return out.getvalue()


def marked(picture: Image.Image, language: Language) -> Image.Image:
    """The picture with the mark that people see, in its lower left corner, a twentieth of the short side high."""
    size = max(8, round(1.4 * MARK_HEIGHT * min(picture.size)))  # letters fill about three quarters of their size
    said = MARKS[language] if font_for(MARKS[language], size) is not None else MARKS["en"]
    font = font_for(said, size)
    out = picture.copy()
    pencil = ImageDraw.Draw(out, "RGBA")
    at = round(0.4 * size), picture.height - round(1.7 * size)
    left, top, right, bottom = pencil.textbbox(at, said, font=font)
    pad = size // 4
    pencil.rectangle((left - pad, top - pad, right + pad, bottom + pad), fill=(0, 0, 0, 150))
    pencil.text(at, said, font=font, fill=(255, 255, 255, 255))
    return out


def parameters(clip: Clip) -> str:
    """The text that A1111 writes: prompt, negative prompt, settings."""
    recipe = clip.recipe
    provenance = recipe.get("provenance", {})
    settings: dict[str, Any] = {
        "Steps": provenance.get("num_inference_steps"),
        "Sampler": provenance.get("scheduler"),
        "CFG scale": recipe.get("options", {}).get("guidance_scale"),
        "Seed": recipe.get("seed"),
        "Size": f"{recipe.get('width')}x{recipe.get('height')}",
        "Model hash": next((each["sha256"][:10] for each in provenance.get("weights", ())), None),
        "Engine": f"{recipe.get('engine')} {recipe.get('version')}",
    }
    said = ", ".join(f"{name}: {value}" for name, value in settings.items() if value is not None)
    return f"{recipe.get('prompt', '')}\nNegative prompt: {recipe.get('negative_prompt', '')}\n{said}"


def recipe_in(content: Path) -> dict[str, Any]:
    """The recipe that a frame carries. Raises InvalidInput where the file is no picture of ours, or was stripped."""
    try:
        with Image.open(content) as picture:
            picture.load()
            written = getattr(picture, "text", {}).get(OWN)
    except (OSError, UnidentifiedImageError):
        written = None
    if written is None:
        raise InvalidInput(
            f"'{content.name}' carries no recipe: it is no frame exported from here, or a program took it out.",
            f"“{content.name}”中没有配方信息：不是本软件导出的画面，或已被其他软件清除。",
        )
    return json.loads(str(written))
