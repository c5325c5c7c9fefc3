"""What came of an uploaded photo, drawn: the face boxes and five points over a small copy, and why it was refused."""

from html import escape
from pathlib import Path

from characters.reports import PhotoReport
from storage.errors import BadPicture, Language
from storage.models import Character, Consent, Look, Photo, Receipt
from storage.pictures import take_in, thumbnail
from studio.ui.cards import data_url
from studio.ui.links import picture_url
from studio.ui.words import say

CARD_WIDTH = 320


def is_undecided(report: PhotoReport) -> bool:
    """Whether somebody has to say which of several faces is meant."""
    return not report.accepted and report.box is None and len(report.faces) > 1


def photo_card(report: PhotoReport, path: Path, upload: str, language: Language) -> str:
    """One uploaded photo. path: where the upload lies, shown small inside the page; upload: what the page calls it."""
    state = "accepted" if report.accepted else "undecided" if is_undecided(report) else "refused"
    lines = []
    if report.reason is not None:
        lines.append(report.reason.text(language))
    if report.face_width is not None:
        lines.append(say("face_width", language, pixels=round(report.face_width)))
    if report.pose is not None:
        turn = {"yaw": round(report.pose.yaw), "pitch": round(report.pose.pitch), "roll": round(report.pose.roll)}
        lines.append(say("pose", language, **turn))
    lines += [warning.text(language) for warning in report.warnings]
    if state == "undecided":
        lines.append(say("choose_face", language))
    said = "".join(f"<p>{escape(line)}</p>" for line in lines)
    return (
        f'<figure class="photo {state}" data-state="{state}">{_picture(report, path, upload, language)}'
        f"<figcaption><b>{escape(say(state, language))}</b> <span>{escape(report.file)}</span>{said}"
        f"</figcaption></figure>"
    )


def _picture(report: PhotoReport, path: Path, upload: str, language: Language) -> str:
    try:
        image = take_in(path, report.file).image
    except BadPicture:  # its sentence is the report's reason already; there is nothing to show
        return ""
    height, width = image.shape[:2]
    boxes = report.faces if report.box is None else (report.box,)
    choosing = upload if is_undecided(report) else ""
    marks = "".join(_box(box, index, choosing, language) for index, box in enumerate(boxes))
    if report.keypoints is not None:
        size = max(width / 90, (report.face_width or 0) / 30)
        marks += "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{size:.1f}"/>' for x, y in report.keypoints)
    return (
        f'<div class=overlay><img src="{data_url(thumbnail(image, CARD_WIDTH))}" alt="{escape(report.file)}">'
        f'<svg viewBox="0 0 {width} {height}">{marks}</svg></div>'
    )


def _box(box: tuple[float, float, float, float], index: int, upload: str, language: Language) -> str:
    x0, y0, x1, y1 = box
    shape = f'x="{x0:.1f}" y="{y0:.1f}" width="{x1 - x0:.1f}" height="{y1 - y0:.1f}"'
    if not upload:
        return f"<rect {shape}/>"
    name = escape(say("face_of", language, number=index + 1))
    return (
        f'<rect {shape} class=choose tabindex=0 role=button aria-label="{name}" '
        f'data-face="{index}" data-upload="{escape(upload)}"/>'
    )


def gallery(character: Character, language: Language) -> str:
    """Every photo of a character, by look."""
    return "".join(_look(look, language) for look in character.looks)


def _look(look: Look, language: Language) -> str:
    photos = "".join(_kept(photo, language) for photo in look.photos)
    inside = (
        f"<div class=photos>{photos}</div>" if photos else f"<p class=empty>{escape(say('no_photos', language))}</p>"
    )
    swatches = "".join(f'<i class=swatch style="background:{escape(str(each))}"></i>' for each in look.colours)
    return f"<section><h4>{escape(look.name)} <small>{escape(look.wardrobe)}</small>{swatches}</h4>{inside}</section>"


def _kept(photo: Photo, language: Language) -> str:
    warnings = "".join(f"<p>{escape(each[language])}</p>" for each in photo.warnings)
    remove = say("remove_photo", language)
    return (
        f'<figure class="photo accepted"><img loading=lazy src="{picture_url(photo.asset_sha256)}" '
        f'alt="{escape(photo.source_name)}">'
        f"<figcaption><span>{escape(photo.source_name)}</span>{warnings}"
        f'<button type=button class=remove data-photo="{photo.uid}" '
        f'aria-label="{escape(f"{remove} {photo.source_name}")}">{escape(remove)}</button></figcaption></figure>'
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
        f'<button type=button class="member{" picked" if picked else ""}" aria-pressed={"true" if picked else "false"} '
        f'data-character="{escape(character.name)}">'
        f"{image}<span><b>{escape(character.name)}</b><small>{escape(count)}</small></span></button>"
    )


def consents(rows: list[Consent], language: Language) -> str:
    """What is on record, withdrawn ones struck through."""
    if not rows:
        return f"<p class=empty>{escape(say('no_consent', language))}</p>"
    return "".join(_consent(each, language) for each in rows)


def _consent(row: Consent, language: Language) -> str:
    said = escape(say("consent_given", language, date=f"{row.given_at:%Y-%m-%d}", text=row.text))
    if row.withdrawn_at is None:
        return f"<p>{said}</p>"
    withdrawn = escape(say("consent_withdrawn", language, date=f"{row.withdrawn_at:%Y-%m-%d}"))
    return f"<p><del>{said}</del> {withdrawn}</p>"


def receipt(row: Receipt, language: Language) -> str:
    """Proof that somebody was erased."""
    counts = ", ".join(f"{key} {count}" for key, count in row.erased.items())
    said = say("erased", language, name=row.name, receipt=row.uid, counts=counts)
    return f"<p class=done role=status>{escape(said)}</p>"
