"""The last step of every export: what a file says of itself is written into it, by the rules of its format."""

import io
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.sax.saxutils import escape

from PIL import Image

from storage.errors import Conflict
from studio.exports.labels import SOURCE_TYPES, TOOL, Stamp, xmp

_CUSTOM = "docProps/custom.xml"
_CUSTOM_TYPE = "application/vnd.openxmlformats-officedocument.custom-properties+xml"
_CUSTOM_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/custom-properties"
_FMTID = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}"


def stamp_file(path: Path, stamp: Stamp) -> None:
    """Write the stamp into a PDF, MP4, XLSX, DOCX, PPTX, GIF or WebP file; other formats have no place for one."""
    by_suffix: dict[str, Callable[[Path, Stamp], None]] = {
        ".pdf": _pdf,
        ".mp4": _mp4,
        ".xlsx": _office,
        ".docx": _office,
        ".pptx": _office,
        ".gif": _gif,
        ".webp": _webp,
    }
    write = by_suffix.get(path.suffix.lower())
    if write is not None:
        write(path, stamp)


def _pdf(path: Path, stamp: Stamp) -> None:
    import pikepdf

    with pikepdf.open(path, allow_overwriting_input=True) as document:
        document.docinfo["/Creator"] = TOOL
        if stamp.label:
            document.docinfo["/AIGC"] = stamp.label
        with document.open_metadata(set_pikepdf_as_editor=False) as metadata:
            metadata["xmp:CreatorTool"] = TOOL
            metadata["{http://iptc.org/std/Iptc4xmpExt/2008-02-29/}DigitalSourceType"] = SOURCE_TYPES + stamp.source
        document.save(path, deterministic_id=True)


def _mp4(path: Path, stamp: Stamp) -> None:
    import imageio_ffmpeg

    # without use_metadata_tags ffmpeg writes no tag that it does not know, and says nothing
    tags = ["-metadata", f"AIGC={stamp.label}"] if stamp.label else []
    tags += ["-metadata", f"DigitalSourceType={SOURCE_TYPES}{stamp.source}", "-metadata", f"title={stamp.title}"]
    with TemporaryDirectory(prefix="castlock-stamp-") as folder:
        stamped = Path(folder) / "stamped.mp4"
        command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", "-i", str(path), "-map", "0", "-c", "copy"]
        command += ["-movflags", "use_metadata_tags+faststart", *tags, str(stamped)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
        if done.returncode:
            reason = done.stderr.strip().splitlines()[-1] if done.stderr.strip() else "?"
            raise Conflict(f"The film could not be labelled: {reason}", f"影片写入标识失败：{reason}")
        shutil.copyfile(stamped, path)


def _office(path: Path, stamp: Stamp) -> None:
    """Custom properties of OOXML; what is there under other names stays."""
    properties = {"DigitalSourceType": SOURCE_TYPES + stamp.source}
    if stamp.label:
        properties["AIGC"] = stamp.label
    body = "".join(
        f'<property fmtid="{_FMTID}" pid="{pid}" name="{name}"><vt:lpwstr>{escape(value)}</vt:lpwstr></property>'
        for pid, (name, value) in enumerate(properties.items(), 2)
    )
    custom = (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties" '
        f'xmlns:vt="http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes">{body}</Properties>'
    )
    held = io.BytesIO(path.read_bytes())
    with zipfile.ZipFile(held) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            content = old.read(entry)
            if entry.filename == "[Content_Types].xml":
                content = _with(content, f'<Override PartName="/{_CUSTOM}" ContentType="{_CUSTOM_TYPE}"/>', "</Types>")
            elif entry.filename == "_rels/.rels":
                relation = f'<Relationship Id="rIdCustom" Type="{_CUSTOM_RELATION}" Target="{_CUSTOM}"/>'
                content = _with(content, relation, "</Relationships>")
            elif entry.filename == _CUSTOM:
                continue
            new.writestr(entry, content)
        new.writestr(zipfile.ZipInfo(_CUSTOM, (1980, 1, 1, 0, 0, 0)), custom)


def _with(content: bytes, added: str, before: str) -> bytes:
    text = content.decode()
    if _CUSTOM in text:
        return content
    return text.replace(before, added + before).encode()


def _gif(path: Path, stamp: Stamp) -> None:
    """XMP as GIF's application extension (XMP specification, part 3): the packet, then its magic trailer."""
    content = path.read_bytes()
    trailer = bytes([1, *range(255, -1, -1), 0])
    block = b"\x21\xff\x0bXMP DataXMP" + xmp(stamp).encode() + trailer
    path.write_bytes(content[:-1] + block + content[-1:])


def _webp(path: Path, stamp: Stamp) -> None:
    with Image.open(path) as picture:
        frames, durations = [], []
        for index in range(getattr(picture, "n_frames", 1)):
            picture.seek(index)
            frames.append(picture.copy())
            durations.append(picture.info.get("duration", 0))
    options = {"quality": 85, "method": 4, "xmp": xmp(stamp).encode(), "lossless": False}
    if len(frames) == 1:
        frames[0].save(path, "WEBP", **options)
    else:
        frames[0].save(path, "WEBP", save_all=True, append_images=frames[1:], duration=durations, loop=0, **options)
