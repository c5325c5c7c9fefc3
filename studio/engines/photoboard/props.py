"""Inserts: the thing that an action names, and the surface it lies on, close to the lens."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from studio.engines.photoboard import things
from studio.engines.photoboard.brush import Colour, Pixels, seeded, shade
from studio.engines.photoboard.things import Easel

Drawing = Callable[[Easel], None]


@dataclass(frozen=True, slots=True)
class Prop:
    """A thing that inserts often show. upright: it stands on or hangs at a wall or door, not on a table."""

    words: tuple[str, ...]
    chinese: tuple[str, ...]
    draw: Drawing
    upright: bool = False


PROPS: tuple[Prop, ...] = (
    Prop(("badge reader", "card reader", "keypad", "reader", "scanner", "badge", "access revoked", "access denied"),
         ("读卡器", "门禁", "工牌", "刷卡"), things.reader, True),
    Prop(("keyhole", "padlock", "lock"), ("锁孔", "门锁", "锁"), things.lock, True),
    Prop(("key",), ("钥匙",), things.key),
    Prop(("pocket watch", "watch"), ("怀表", "手表", "腕表"), things.watch),
    Prop(("clock",), ("挂钟", "时钟", "钟"), things.clock, True),
    Prop(("envelope",), ("信封",), things.envelope),
    Prop(("photograph", "photo"), ("照片", "合影"), things.photo),
    Prop(("contract", "agreement", "document", "file", "report", "will", "cheque", "check"),
         ("合同", "协议", "文件", "报告", "遗嘱", "支票"), things.contract),
    Prop(("letter", "note", "paper", "page", "diary"), ("信纸", "信", "纸条", "纸", "日记"), things.letter),
    Prop(("phone", "smartphone", "cellphone", "mobile"), ("手机", "电话"), things.phone),
    Prop(("fire", "brazier", "flame", "flames", "fireplace"), ("火盆", "火光", "火"), things.fire),
    Prop(("umbrella",), ("雨伞", "黑伞", "伞"), things.umbrella, True),
    Prop(("wine glass", "champagne", "glass", "wine"), ("酒杯", "红酒", "香槟"), things.glass),
    Prop(("cup", "mug", "tea", "coffee"), ("茶杯", "杯", "咖啡", "茶"), things.cup),
    Prop(("knife", "blade", "dagger"), ("刀", "匕首"), things.knife),
    Prop(("ring",), ("戒指", "婚戒"), things.ring),
    Prop(("pills", "pill", "bottle", "medicine"), ("药瓶", "药", "瓶"), things.bottle),
    Prop(("book", "ledger", "notebook"), ("账本", "书", "本子"), things.book),
    Prop(("doorknob", "handle", "door"), ("门把手", "门把", "门"), things.door, True),
)  # fmt: skip
FEET = re.compile(r"\b(shoes?|boots?|heels?|feet|foot|footsteps?|puddle)\b|鞋|脚|靴|水洼", re.IGNORECASE)
_WORN = re.compile(r"\bring on (?:the|his|her|a|an|one)?\s?(?:\w+ )?finger|(?:指上|戴着)的?[^，。]{0,4}戒指")
_QUALITIES: dict[str, Colour | None] = {
    "brass": (190, 148, 72), "gold": (210, 166, 80), "golden": (210, 166, 80), "silver": (188, 192, 196),
    "steel": (150, 158, 164), "black": (52, 52, 58), "white": (230, 228, 222), "red": (160, 50, 48),
    "wooden": (130, 94, 64), "yellow": (226, 204, 152), "yellowed": (226, 204, 152), "old": None, "wet": None,
    "broken": None, "torn": None, "identical": None, "small": None, "rusty": (140, 86, 56), "blue": (70, 96, 142),
}  # fmt: skip
_CHINESE_QUALITIES: dict[str, Colour | None] = {
    "黄铜": (190, 148, 72), "铜": (190, 148, 72), "金": (210, 166, 80), "银": (188, 192, 196), "黑": (52, 52, 58),
    "白": (230, 228, 222), "红": (160, 50, 48), "旧": None, "老": None, "破": None, "小": None, "发黄的": (226, 204, 152),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Named:
    """A prop found in an action: its words there, and its colour where the action says it."""

    prop: Prop
    words: str
    tone: Colour | None


def prop_named(action: str) -> Named | None:
    """The prop that an insert of this action shows: the one named first; None: no known one."""
    return next(iter(props_named(action)), None)


def props_named(action: str) -> list[Named]:
    """The props in the order in which the action names them, each with the quality written before it ('brass key', '旧怀表').

    A ring on a finger is worn by somebody, and no prop.
    """
    text = _WORN.sub(lambda worn: " " * len(worn.group()), action.casefold())
    found: list[tuple[int, int, Named]] = []
    for prop in PROPS:
        for word in prop.words:
            match = re.search(rf"\b(?:(\w+) )?({re.escape(word)})s?\b", text)
            if match is None:
                continue
            before = match.group(1) or ""
            shown = f"{before} {word}" if before in _QUALITIES else word
            found.append((match.start(2), -len(word), Named(prop, shown, _QUALITIES.get(before))))
        for word in prop.chinese:
            at = text.find(word)
            if at < 0:
                continue
            before = next((q for q in _CHINESE_QUALITIES if text[:at].endswith(q)), "")
            found.append((at, -len(word), Named(prop, before + word, _CHINESE_QUALITIES.get(before))))
    order: list[Named] = []
    taken: set[int] = set()
    for at, less, named in sorted(found, key=lambda each: each[:2]):
        span = set(range(at, at - less))
        if not span & taken and named.prop not in [each.prop for each in order]:
            order.append(named)
        taken |= span
    return order


def surface(background: Pixels, material: str, tint: Colour, light: tuple[float, float]) -> Pixels:
    """The set far out of focus, and in front of it a table top, a door or the ground. material: wood|cloth|panel|ground."""
    h, w = background.shape[:2]
    out = cv2.GaussianBlur(
        cv2.resize(background, (max(8, w // 8), max(8, h // 8)), interpolation=cv2.INTER_AREA), (0, 0), 3.0
    )
    out = cv2.resize(out, (w, h), interpolation=cv2.INTER_CUBIC)
    paint = {"wood": (132, 94, 64), "cloth": (232, 226, 214), "panel": (126, 112, 100), "ground": (122, 124, 126)}[
        material
    ]
    tone = np.array(shade(paint, tint), np.float32)
    rng = seeded("surface", material)
    grain = cv2.resize(rng.standard_normal((14, 220)).astype(np.float32), (w, h), interpolation=cv2.INTER_CUBIC)
    if material in ("wood", "ground"):
        grain = cv2.resize(rng.standard_normal((150, 5)).astype(np.float32), (w, h), interpolation=cv2.INTER_CUBIC)
    edge = {"wood": 0.34, "cloth": 0.34, "panel": -0.1, "ground": 0.22}[material]
    y = np.linspace(0, 1, h, dtype=np.float32)[:, None]
    x = np.linspace(-1, 1, w, dtype=np.float32)[None, :]
    cover = np.clip((y - edge) / 0.03 + 0.5, 0, 1)
    near = np.clip((y - edge) / (1 - edge), 0, 1)
    lit = 0.80 + 0.30 * np.exp(-(((x - 0.35 * np.sign(light[0])) / 0.9) ** 2) - ((y - 0.55) / 0.4) ** 2)
    strength = {"wood": 0.045, "cloth": 0.010, "panel": 0.03, "ground": 0.05}[material]
    plane = tone * ((lit + strength * grain * (1 - 0.7 * np.abs(near - 0.45)))[..., None])
    return np.clip(out * (1 - cover[..., None]) + plane * cover[..., None], 0, 255).astype(np.uint8)
