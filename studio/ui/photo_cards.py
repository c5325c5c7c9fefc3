"""What came of an uploaded photo, drawn: the face boxes and five points over a small copy, and why it was refused."""

from html import escape
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from characters.reports import PhotoReport
from storage.errors import BadPicture, Language
from storage.models import Character, Photo
from storage.pictures import take_in, thumbnail
from studio.ui.cards import data_url
from studio.ui.frames import picture_url
from studio.ui.words import say

CARD_WIDTH = 320


def photo_card(report: PhotoReport, path: Path, language: Language) -> str:
    """One uploaded photo. path: the upload, shown small inside the page; it is not kept when it was refused."""
    verdict = say("accepted" if report.accepted else "refused", language)
    lines = []
    if report.reason is not None:
        lines.append(report.reason.text(language))
    if report.face_width is not None:
        lines.append(say("face_width", language, pixels=round(report.face_width)))
    if report.pose is not None:
        lines.append(say("pose", language, yaw=round(report.pose.yaw), pitch=round(report.pose.pitch)))
    lines += [warning.text(language) for warning in report.warnings]
    choosing = not report.accepted and len(report.faces) > 1
    if choosing:
        lines.append(say("choose_face", language))
    said = "".join(f"<p>{escape(line)}</p>" for line in lines)
    return (
        f'<figure class="photo {"accepted" if report.accepted else "refused"}">{_picture(report, path, choosing)}'
        f"<figcaption><b>{escape(verdict)}</b> <span>{escape(report.file)}</span>{said}</figcaption></figure>"
    )


def _picture(report: PhotoReport, path: Path, choosing: bool) -> str:
    try:
        image = take_in(path, report.file).image
    except BadPicture:  # its sentence is the report's reason already; there is nothing to show
        return ""
    height, width = image.shape[:2]
    marks = "".join(_box(box, index, path, choosing) for index, box in enumerate(report.faces))
    if report.keypoints is not None:
        marks += "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{width / 90:.1f}"/>' for x, y in report.keypoints)
    return (
        f'<div class=overlay><img src="{data_url(_small(image))}" alt="">'
        f'<svg viewBox="0 0 {width} {height}">{marks}</svg></div>'
    )


def _box(box: tuple[float, float, float, float], index: int, path: Path, choosing: bool) -> str:
    x0, y0, x1, y1 = box
    chosen = f' class=choose tabindex=0 data-face="{index}" data-file="{escape(path.name)}"' if choosing else ""
    return f'<rect x="{x0:.1f}" y="{y0:.1f}" width="{x1 - x0:.1f}" height="{y1 - y0:.1f}"{chosen}/>'


def _small(image: NDArray[np.uint8]) -> bytes:
    return thumbnail(image, CARD_WIDTH)


def gallery(character: Character, language: Language) -> str:
    """Every photo of a character, by look."""
    return "".join(
        f"<section><h4>{escape(look.name)} <small>{escape(look.wardrobe)}</small>{_swatches(look.colours)}</h4>"
        f"<div class=photos>{''.join(_kept(photo, language) for photo in look.photos)}</div></section>"
        for look in character.looks
    )


def _swatches(colours: list[str]) -> str:
    return "".join(f'<i class=swatch style="background:{escape(colour)}"></i>' for colour in colours)


def _kept(photo: Photo, language: Language) -> str:
    warnings = "".join(f"<p>{escape(each[language])}</p>" for each in photo.warnings)
    return (
        f'<figure class="photo accepted"><img loading=lazy src="{picture_url(photo.asset_sha256)}" alt="">'
        f"<figcaption><span>{escape(photo.source_name)}</span>{warnings}"
        f'<button type=button class=remove data-photo="{photo.uid}">{escape(say("remove_photo", language))}</button>'
        f"</figcaption></figure>"
    )


def roster(characters: list[Character], picked: str | None, language: Language) -> str:
    """Everybody in the registry, with a first photo."""
    if not characters:
        return f"<p class=empty>{escape(say('no_characters', language))}</p>"
    return f"<div class=roster>{''.join(_member(each, each.name == picked, language) for each in characters)}</div>"


def _member(character: Character, picked: bool, language: Language) -> str:
    photos = [photo for look in character.looks for photo in look.photos]
    image = f'<img loading=lazy src="{picture_url(photos[0].asset_sha256)}" alt="">' if photos else "<i></i>"
    count = say("photo_counts", language, count=len(photos))
    return (
        f'<button type=button class="member{" picked" if picked else ""}" data-character="{escape(character.name)}">'
        f"{image}<span><b>{escape(character.name)}</b><small>{escape(count)}</small></span></button>"
    )
