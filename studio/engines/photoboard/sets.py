"""Which set is drawn for a location, and the set itself. The same place looks the same in every shot."""

import math

import cv2
import numpy as np

from studio.engines import Staging
from studio.engines.photoboard import exteriors, interiors
from studio.engines.photoboard.brush import Colour, Layer, Pixels, blurred, mix, seeded, shade
from studio.engines.photoboard.interiors import Builder
from studio.engines.photoboard.light import Light
from studio.engines.photoboard.perspective import Camera, Stage

_INTERIORS: tuple[tuple[Builder, tuple[str, ...]], ...] = (
    (interiors.car, ("car", "taxi", "limousine", "van", "车内", "车里", "轿车", "出租车")),
    (interiors.ballroom, ("ballroom", "banquet", "gala", "lobby", "grand hall", "great hall", "wedding", "church",
                          "宴会", "大堂", "大厅", "礼堂", "婚礼", "酒会")),
    (interiors.corridor, ("corridor", "hallway", "passage", "stairwell", "elevator", "走廊", "过道", "楼道", "电梯", "通道")),
    (interiors.hospital, ("hospital", "ward", "clinic", "surgery", "医院", "病房", "诊室", "急诊")),
    (interiors.restaurant, ("restaurant", "cafe", "café", "diner", "bar", "餐厅", "饭店", "咖啡", "酒吧", "包间", "茶馆")),
    (interiors.kitchen, ("kitchen", "厨房")),
    (interiors.bedroom, ("bedroom", "hotel room", "dormitory", "卧室", "卧房", "宿舍", "客房", "房间")),
    (interiors.office, ("office", "meeting room", "boardroom", "studio", "classroom", "办公", "会议室", "教室", "公司", "总裁")),
    (interiors.living_room, ("living room", "parlour", "parlor", "drawing room", "study", "apartment", "house", "villa",
                             "客厅", "老宅", "书房", "家中", "别墅", "公寓", "家")),
    (interiors.shop, ("shop", "store", "workshop", "clock", "watch", "bookshop", "铺", "店", "作坊", "工坊", "钟表")),
)  # fmt: skip
_EXTERIORS: tuple[tuple[Builder, tuple[str, ...]], ...] = (
    (exteriors.rooftop, ("rooftop", "roof", "terrace", "天台", "屋顶", "楼顶", "露台")),
    (exteriors.gate, ("gate", "mansion", "villa", "courtyard", "大门", "门口", "老宅", "院", "别墅", "门外")),
    (exteriors.tower, ("hotel", "tower", "staff entrance", "headquarters", "hospital", "office", "building", "酒店", "大厦",
                       "公司", "楼下", "医院")),
    (exteriors.park, ("park", "garden", "forest", "field", "beach", "lake", "公园", "花园", "树林", "湖", "海边", "田")),
    (exteriors.street, ("street", "shop", "alley", "market", "road", "lane", "街", "铺", "店", "巷", "胡同", "路", "市场")),
)  # fmt: skip
_CLOSER_THAN = "铺门口", "店门口"  # a shop's door is a street, not a gate

_CARS = ("car", "limousine", "taxi", "sedan", "轿车", "汽车", "出租车", "豪车")

# size → blur of the set behind people, canvas pixels of a 1920-pixel-high frame
_DEFOCUS = {"ECU": 26.0, "CU": 17.0, "MCU": 10.0, "MS": 5.0, "MLS": 2.5}


def _matches(word: str, location: str) -> bool:
    return word in location if not word.isascii() else f" {word}" in f" {location}"


def builder_for(outside: bool, location: str) -> Builder:
    """The set that a location's words ask for, in English or Chinese; a plain one where they say nothing."""
    text = location.casefold().replace("-", " ").replace("·", " ")
    if outside and any(words in text for words in _CLOSER_THAN):
        return exteriors.street
    for builder, words in _EXTERIORS if outside else _INTERIORS:
        if any(_matches(word, text) for word in words):
            return builder
    return exteriors.plain_exterior if outside else interiors.plain_interior


def paint_set(staging: Staging, camera: Camera, light: Light, scale: float) -> Pixels:
    """The drawn set, sharp: (height * scale, width * scale, 3) uint8. Depends on the location, never on a shot's seed."""
    layer = Layer(camera.width, camera.height_px, scale)
    low = light.sky[1]
    haze = mix(low, (150, 150, 150), 0.2) if light.outside else shade((150, 142, 130), light.ambient)
    stage = Stage(camera, light, layer, seeded("set", staging.location), haze)
    stage.layer.image[...] = (*(round(v) for v in shade((150, 142, 130), light.ambient)), 255)
    if light.outside:
        exteriors.paint_sky(stage)
    builder_for(light.outside, staging.location)(stage)
    if light.outside and any(_matches(word, staging.action.casefold()) for word in _CARS):
        exteriors.paint_car(stage)
    picture = stage.finished()
    if light.wet:
        picture = _mirrored(picture, camera, scale)
    return picture


def _mirrored(picture: Pixels, camera: Camera, scale: float) -> Pixels:
    """Wet ground: what stands above the ground's far edge, upside down and streaked."""
    h = picture.shape[0]
    far = camera.focal * camera.height / (camera.distance + 8.5)  # the ground where the walls stand
    line = int((camera.horizon + far) * scale)
    if not 4 < line < h - 4:
        return picture
    deep = min(h - line, line)
    above = cv2.GaussianBlur(
        cv2.flip(picture[line - deep : line], 0), (0, 0), sigmaX=max(0.6, 3 * scale), sigmaY=14 * scale
    )
    fade = np.linspace(0.5, 0.12, deep, dtype=np.float32)[:, None, None]
    out = picture.copy()
    ground = out[line : line + deep].astype(np.float32)
    out[line : line + deep] = np.clip(ground * (1 - fade) * 0.95 + above * fade * 1.1, 0, 255).astype(np.uint8)
    return out


def fitted(plate: Pixels, width: int, height: int, size: str, scale: float) -> Pixels:
    """The team's location picture, cropped to the canvas: closer sizes see a smaller part of it."""
    zoom = {"ECU": 2.2, "CU": 1.8, "MCU": 1.5, "MS": 1.25, "MLS": 1.1}.get(size, 1.0)
    h, w = plate.shape[:2]
    aspect = width / height
    cw, ch = (h * aspect, h) if w / h > aspect else (w, w / aspect)
    cw, ch = cw / zoom, ch / zoom
    x0, y0 = (w - cw) / 2, (h - ch) * 0.42
    part = plate[int(y0) : max(int(y0) + 1, math.ceil(y0 + ch)), int(x0) : max(int(x0) + 1, math.ceil(x0 + cw))]
    target = max(1, round(width * scale)), max(1, round(height * scale))
    shrinking = part.shape[1] > target[0]
    return cv2.resize(part, target, interpolation=cv2.INTER_AREA if shrinking else cv2.INTER_CUBIC)


def defocus(picture: Pixels, size: str, scale: float, height: int) -> Pixels:
    """The set behind people at this size: closer is softer."""
    sigma = _DEFOCUS.get(size, 0.0) * height / 1920 * scale
    return blurred(picture, sigma)


def rain(picture: Pixels, rng: np.random.Generator) -> Pixels:
    """Falling rain over a finished picture, as strokes of white: slanted, the near ones long."""
    h, w = picture.shape[:2]
    streaks = np.zeros((h, w), np.uint8)
    k = h / 1920
    for long, count, tone in ((40, 190, 64), (95, 90, 88), (230, 24, 70)):
        x, y = rng.random(count) * w * 1.1 - w * 0.05, rng.random(count) * h * 1.2 - h * 0.1
        wide = max(1, round((1.4 if long < 200 else 2.2) * k))
        for px, py in zip(x, y, strict=True):
            tip = (int((px - 0.13 * long * k) * 16), int((py + long * k) * 16))
            cv2.line(streaks, (int(px * 16), int(py * 16)), tip, tone, wide, cv2.LINE_AA, 4)
    return cv2.add(picture, cv2.merge([streaks] * 3))


def mean_colour(picture: Pixels, box: tuple[float, float, float, float], scale: float) -> Colour:
    """Mean RGB of a canvas box, or of the whole picture where the box misses it."""
    x0, y0, x1, y1 = (int(v * scale) for v in box)
    part = picture[max(0, y0) : max(0, y1), max(0, x0) : max(0, x1)]
    tone = cv2.mean(part if part.size else picture)
    return tone[0], tone[1], tone[2]
