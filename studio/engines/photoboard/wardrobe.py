"""What a look says about the clothes to draw: a garment and its colours, from '#rrggbb' values or from words."""

from dataclasses import dataclass

from storage.errors import InvalidInput
from studio.engines.photoboard.brush import Colour, grey, hex_colour, mix, seeded, shade


@dataclass(frozen=True, slots=True)
class Outfit:
    """garment: shirt | jacket | suit | coat | dress | qipao | apron. top, bottom, shoes: RGB; inner: under a jacket.

    told: the look says the colour; otherwise the photo may. apron: its RGB. skirt: legs are seen under a hem; tie: a long one.
    """

    garment: str
    top: Colour
    bottom: Colour
    shoes: Colour
    told: bool
    inner: Colour = (224, 220, 212)
    apron: Colour = (214, 208, 196)
    skirt: bool = False
    tie: bool = False


_GARMENTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("qipao", ("qipao", "cheongsam", "旗袍")),
    ("suit", ("suit", "tuxedo", "dinner jacket", "bow tie", "black tie", "西装", "西服", "领带", "领结")),
    ("jacket", ("blazer", "jacket", "cardigan", "夹克", "外套", "开衫")),
    ("coat", ("coat", "trench", "overcoat", "robe", "大衣", "风衣", "长袍", "白大褂")),
    ("apron", ("apron", "waitress", "waiter", "uniform", "围裙", "服务员", "制服")),
    ("dress", ("dress", "gown", "skirt", "裙", "礼服", "婚纱")),
)
_SKIRTS = ("dress", "skirt", "裙")
_COLOURS: tuple[tuple[tuple[str, ...], Colour], ...] = (
    (("dark green", "墨绿"), (42, 74, 60)),
    (("navy", "dark blue", "藏青", "深蓝"), (38, 50, 84)),
    (("black", "黑"), (44, 43, 48)),
    (("white", "白"), (226, 222, 214)),
    (("grey", "gray", "silver", "灰", "银"), (136, 138, 142)),
    (("red", "crimson", "burgundy", "红"), (150, 48, 46)),
    (("green", "绿"), (74, 112, 80)),
    (("blue", "蓝"), (64, 92, 142)),
    (("yellow", "gold", "黄", "金"), (204, 168, 84)),
    (("brown", "camel", "棕", "褐", "咖"), (122, 90, 64)),
    (("beige", "cream", "米", "杏"), (212, 198, 172)),
    (("purple", "violet", "紫"), (104, 74, 122)),
    (("pink", "粉"), (212, 150, 156)),
)
# quiet colours for a look of which nothing is known; which one belongs to the character
_QUIET: tuple[Colour, ...] = (
    (74, 84, 104),
    (112, 84, 72),
    (70, 92, 86),
    (126, 116, 104),
    (92, 70, 84),
    (58, 62, 70),
)


def outfit_of(colours: tuple[str, ...], wardrobe: str, who: str) -> Outfit:
    """The outfit of a look. Raises InvalidInput for a colour that is not '#rrggbb'.

    The second colour is what is worn with the first: trousers with a shirt, the shirt under a jacket or coat, the apron
    over a dress; the third is the trousers under a jacket or coat, else the shoes.
    """
    words = wardrobe.casefold()
    garment = next((kind for kind, names in _GARMENTS if any(name in words for name in names)), "shirt")
    try:
        told = [hex_colour(text) for text in colours]
    except ValueError as wrong:
        raise InvalidInput(
            f"'{wrong}' is not a colour of clothes; write it as #rrggbb.",
            f"“{wrong}”不是可用的服装颜色，请写成 #rrggbb。",
        ) from wrong
    if not told:
        told = [tone for names, tone in _COLOURS if any(name in words for name in names)][:1]
    known = bool(told)
    top = told[0] if told else _QUIET[int(seeded("clothes", who).integers(len(_QUIET)))]
    layered = garment in ("suit", "jacket", "coat")
    second = told[1] if len(told) > 1 else None
    bottom = shade(top, 0.55) if grey(top) > 120 else (66, 66, 74)
    if garment in ("suit", "dress", "qipao"):
        bottom = top
    elif garment == "shirt" and second is not None:
        bottom = second
    if layered and len(told) > 2:
        bottom = told[2]
    shoes = told[2] if garment == "shirt" and len(told) > 2 else (46, 42, 42)
    inner = mix(top, (188, 182, 172), 0.6) if garment == "coat" else (224, 220, 212)
    if layered and second is not None:
        inner = second
    skirt = garment in ("dress", "qipao") or (
        garment == "apron" and any(name in words.replace("围裙", "") for name in _SKIRTS)
    )
    tie = garment == "suit" and "bow" not in words and any(name in words for name in ("necktie", " tie", "领带"))
    apron = second if garment == "apron" and second is not None else (214, 208, 196)
    return Outfit(garment, top, bottom, shoes, known, inner, apron, skirt, tie)
