"""Light by time of day and place, and how a photo is relit to stand in it."""

from dataclasses import dataclass

import cv2
import numpy as np

from studio.engines.photoboard.brush import Colour, Pixels, grey, seeded


@dataclass(frozen=True, slots=True)
class Light:
    """sky: top and bottom RGB. ambient: factor per channel on what is drawn. window: RGB of a pane seen from inside.

    lamps: 0..1, how much the lamps give. person: factor per channel on a photo. contrast: of a photo, 1 = as it is.
    side: -1 the key comes from the left, 1 from the right. rain: it rains; wet: the ground mirrors.
    fire: an open fire lights the people.
    """

    sky: tuple[Colour, Colour]
    ambient: Colour
    window: Colour
    lamps: float
    person: Colour
    contrast: float
    side: int
    outside: bool
    rain: bool = False
    wet: bool = False
    fire: bool = False

    @property
    def towards(self) -> tuple[float, float]:
        """Direction towards the key light in the picture."""
        return 0.75 * self.side, -0.66


_DAY = ((136, 172, 205), (226, 232, 232))
_NIGHT = ((13, 17, 36), (52, 56, 86))
_DAWN = ((122, 142, 182), (250, 210, 178))
_DUSK = ((66, 66, 112), (244, 156, 98))

_INSIDE: dict[str, tuple[tuple[Colour, Colour], Colour, Colour, float, Colour, float]] = {
    "DAY": (_DAY, (1.0, 0.99, 0.97), (238, 242, 240), 0.15, (1.0, 0.99, 0.97), 1.0),
    "NIGHT": (_NIGHT, (0.66, 0.58, 0.50), (26, 32, 58), 1.0, (0.92, 0.84, 0.74), 1.1),
    "DAWN": (_DAWN, (0.86, 0.81, 0.79), (250, 222, 196), 0.3, (0.97, 0.92, 0.90), 1.0),
    "DUSK": (_DUSK, (0.82, 0.69, 0.59), (242, 170, 112), 0.6, (1.0, 0.88, 0.77), 1.05),
    "LIT": (_DUSK, (0.84, 0.83, 0.80), (70, 78, 104), 0.8, (0.97, 0.95, 0.91), 1.05),
}
_OUTSIDE: dict[str, tuple[tuple[Colour, Colour], Colour, Colour, float, Colour, float]] = {
    "DAY": (_DAY, (1.0, 1.0, 1.0), (96, 112, 126), 0.0, (1.0, 1.0, 1.0), 1.0),
    "NIGHT": (_NIGHT, (0.50, 0.54, 0.66), (250, 208, 132), 1.0, (0.74, 0.79, 0.92), 1.12),
    "DAWN": (_DAWN, (0.84, 0.80, 0.82), (240, 206, 170), 0.35, (0.97, 0.92, 0.92), 0.98),
    "DUSK": (_DUSK, (0.74, 0.62, 0.58), (252, 204, 128), 0.7, (1.0, 0.86, 0.75), 1.05),
}

_RAIN = ("rain", "storm", "downpour", "drizzle", "雨")
_AFTER_RAIN = ("after the rain", "storm has passed", "after the storm", "rain has stopped", "雨后", "雨停", "积水")

_FIRE = (
    "brazier",
    "bonfire",
    "campfire",
    "firelight",
    "fireplace",
    "by the fire",
    "火盆",
    "火堆",
    "篝火",
    "火光",
    "炉火",
    "壁炉",
)
_UNLIT = ("lights are off", "lights off", "unlit", "in the dark", "没有开灯", "没开灯", "关着灯", "一片漆黑")


def light_of(int_ext: str, time_of_day: str, location: str, action: str) -> Light:
    """The light of a place; the side of the key belongs to the location, so every shot there agrees."""
    outside = int_ext.startswith("EXT")
    table = _OUTSIDE if outside else _INSIDE
    time = time_of_day if time_of_day in table else ("DAY" if outside else "LIT")
    sky, ambient, window, lamps, person, contrast = table[time]
    words = action.casefold()
    after = any(word in words for word in _AFTER_RAIN)
    rain = outside and not after and any(word in words for word in _RAIN)
    if (rain or after) and time == "DAY":
        sky, ambient = ((142, 152, 162), (206, 210, 210)), (0.86, 0.88, 0.90)
    fire = any(word in words for word in _FIRE)
    if fire and time != "DAY":
        ambient, person, contrast = (0.50, 0.41, 0.34), (1.0, 0.84, 0.66), 1.15
    if any(word in words for word in _UNLIT):
        lamps = 0.0
    side = 1 if seeded("key", location).random() < 0.5 else -1
    return Light(sky, ambient, window, lamps, person, contrast, side, outside, rain, outside and (rain or after), fire)


@dataclass(frozen=True, slots=True, eq=False)
class Relighting:
    """How one photo is brought into the light of a set; drawn colours go the same way, so that they meet it."""

    level: Pixels
    tint: Pixels

    def colours(self, rgb: Pixels) -> Pixels:
        """(h, w, 3) uint8 RGB → the same, relit."""
        lab = cv2.cvtColor(rgb, cv2.COLOR_RGB2Lab)
        lab[..., 0] = cv2.LUT(np.ascontiguousarray(lab[..., 0]), self.level)
        return cv2.LUT(cv2.cvtColor(lab, cv2.COLOR_Lab2RGB), self.tint)

    def colour(self, tone: Colour) -> Colour:
        r, g, b = self.colours(np.array([[tone]], np.float32).astype(np.uint8))[0, 0]
        return float(r), float(g), float(b)


def relighting(face: Pixels, light: Light, behind: Colour) -> Relighting:
    """From the pixels of a face, (h, w, 3) uint8, and the mean RGB of what it stands in front of.

    Exposure is levelled on the face, drawn a little to the set, and tinted by the hour.
    """
    mean = float(cv2.cvtColor(face, cv2.COLOR_RGB2Lab)[..., 0].mean()) if face.size else 140.0
    wanted = np.clip(mean + 0.45 * (150 - mean) + 0.10 * (grey(behind) - 120), 105, 185)
    ramp = np.arange(256, dtype=np.float32)
    level = np.clip((ramp - mean) * light.contrast + wanted, 0, 255).astype(np.uint8)
    tint = np.stack([np.clip(ramp * f, 0, 255) for f in light.person], 1).astype(np.uint8)[None]
    return Relighting(level, tint)


def keyed(rgb: Pixels, light: Light, x: float, unit: float) -> Pixels:
    """The far side of the key falls off: a gradient across the face at x, `unit` its eye distance, pixels."""
    h, w = rgb.shape[:2]
    across = np.clip((np.arange(w, dtype=np.float32) - x) / (unit * 1.7), -1, 1) * light.side
    fall = np.where(across < 0, 1 + 0.20 * across, 1 + 0.07 * across).astype(np.float32)
    return cv2.multiply(rgb, np.repeat(np.repeat(fall[None, :, None], h, 0), 3, 2), dtype=cv2.CV_8U)
