"""The workbook's third sheet: who is in the episode and what they wear, with a photo of every look."""

from io import BytesIO
from typing import TYPE_CHECKING, Any

from studio.exports.appearances import Appearance, appearances, scene_list
from studio.exports.thumbnail import portrait
from studio.exports.timeline import Clip, DressedAs, Timeline
from studio.exports.xlsx_style import BANDS, INK, LINE, RULE, TALLEST, Style, fitting, lines_needed, pixels_of

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

PHOTO = (84, 112)  # pixels on the sheet
SHARPER = 2
CHIPS = 3  # cells of a colour each
COLUMNS = (
    ("photo", 13.0),
    ("character", 18.0),
    ("names", 20.0),
    ("look", 20.0),
    ("wardrobe", 40.0),
    ("colours", 4.0),
    ("", 4.0),
    ("", 4.0),
    ("in_scenes", 16.0),
    ("in_shots", 8.0),
)
FIRST_CHIP = 5


def write_cast(sheet: "Worksheet", timeline: Timeline, style: Style) -> tuple[float, ...]:
    """Write the sheet, a row a look; the widths of its columns. Raises NotFound and BadPicture for a photo's file."""
    for index, (_, width) in enumerate(COLUMNS):
        sheet.set_column(index, index, width)
    style.headings(sheet, [style.words[key] if key else "" for key, _ in COLUMNS])
    at = 1
    for band, who in enumerate(appearances(timeline)):
        for look in (who.person.looks if who.person else ()) or (None,):
            clips = who.clips if look is None else who.wearing(look)
            _write_look(sheet, at, who, look, clips, style, {"bg_color": BANDS[band % len(BANDS)]})
            at += 1
    sheet.freeze_panes(1, 2)
    return tuple(width for _, width in COLUMNS)


def _write_look(
    sheet: "Worksheet",
    at: int,
    who: Appearance,
    look: DressedAs | None,
    clips: tuple[Clip, ...],
    style: Style,
    shape: dict[str, Any],
) -> None:
    shape = {**shape, "bottom": 4, "bottom_color": RULE}
    others = "" if who.person is None else "\n".join(who.person.names[1:])
    texts = (
        who.name,
        others if who.person else style.words["uncast"],
        look.name if look else "",
        look.wardrobe if look else "",
    )
    texts = tuple(fitting(text, style.words["cut"]) for text in texts)
    lines = max(lines_needed(text, width) for text, (_, width) in zip(texts, COLUMNS[1:], strict=False))
    pictured = look is not None and bool(look.photos)
    sheet.set_row(at, min(TALLEST, max(lines * LINE + 4, PHOTO[1] * 0.75 + 8 if pictured else 0)))
    sheet.write_blank(at, 0, None, style.format(**shape))
    for index, text in enumerate(texts, start=1):
        plain = shape if index != 1 else {**shape, "bold": True}
        sheet.write_string(at, index, text, style.format(**plain, num_format="@"))
    colours = look.colours[:CHIPS] if look else ()
    for index in range(CHIPS):
        chip = {"bg_color": colours[index].upper(), "border": 1, "border_color": INK} if index < len(colours) else {}
        sheet.write_blank(at, FIRST_CHIP + index, None, style.format(**{**shape, **chip}))
    scenes = ", ".join(scene_list(clips)) if style.language == "en" else "、".join(scene_list(clips))
    middle = {**shape, "align": "center"}
    sheet.write_string(
        at, FIRST_CHIP + CHIPS, fitting(scenes, style.words["cut"]), style.format(**middle, num_format="@")
    )
    sheet.write_number(at, FIRST_CHIP + CHIPS + 1, len(clips), style.format(**middle))
    if look is not None and look.photos:
        jpeg, width, _ = portrait(look.photos[0], who.name, (PHOTO[0] * SHARPER, PHOTO[1] * SHARPER))
        sheet.insert_image(
            at,
            0,
            f"{who.name}.jpg",
            {
                "image_data": BytesIO(jpeg),
                "x_scale": 1 / SHARPER,
                "y_scale": 1 / SHARPER,
                "x_offset": max(0, int(pixels_of(COLUMNS[0][1]) - width / SHARPER) // 2),
                "y_offset": 5,
                "object_position": 1,
                "description": f"{who.name}: {look.name}"[:250],
            },
        )
