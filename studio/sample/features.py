"""What one drawn person looks like, in the measures of facial anthropometry (millimetres, adult averages by default)."""

from dataclasses import dataclass, field

Colour = tuple[int, int, int]


@dataclass(frozen=True)
class Eyes:
    """Palpebral fissure, lids and iris. Positive tilt lifts the outer corner (degrees)."""

    spacing: float = 64.0  # pupil to pupil
    width: float = 32.0
    upper: float = 6.6  # lid edge above the line of the corners
    lower: float = 4.2
    tilt: float = 4.0
    crease: float = 3.2  # from lash line to lid crease; 0 for a lid without one
    hood: float = 0.0  # 0..1: skin of the brow resting on the lid
    iris: Colour = (92, 62, 40)
    iris_size: float = 12.4
    lash: float = 0.6  # 0..1
    liner: float = 0.5  # 0..1
    shadow: Colour = (120, 80, 70)
    shadow_strength: float = 0.25


@dataclass(frozen=True)
class Brows:
    """Height is that of the middle over the pupil; arch is how far the peak stands above the inner end."""

    height: float = 21.0
    thickness: float = 5.5
    arch: float = 4.0
    slope: float = 0.0  # degrees, positive: the outer end higher
    inner: float = 11.0  # x of the inner end
    outer: float = 53.0
    density: float = 0.8
    colour: Colour = (40, 30, 26)


@dataclass(frozen=True)
class Nose:
    """`tip` is the level of the tip below the pupils; heights stand over the plane of the cheeks."""

    tip: float = 43.0
    width: float = 34.0
    root: float = 7.0
    bridge: float = 14.0
    height: float = 20.0
    bridge_width: float = 6.5
    tip_width: float = 8.5
    hump: float = 0.0
    upturn: float = 0.0  # -1..1


@dataclass(frozen=True)
class Mouth:
    """`level` is the seam below the pupils."""

    level: float = 69.0
    width: float = 50.0
    upper: float = 6.5
    lower: float = 8.5
    cupid: float = 1.6
    corners: float = 0.0  # positive: turned up
    colour: Colour = (186, 100, 92)
    gloss: float = 0.4


@dataclass(frozen=True)
class Skull:
    """Breadths are whole widths of the soft face at forehead, cheekbones, jaw angle and chin."""

    forehead: float = 124.0
    cheeks: float = 138.0
    jaw: float = 112.0
    chin: float = 50.0
    chin_level: float = 110.0
    hairline: float = 74.0  # height above the pupils
    cheekbones: float = 3.0
    hollow: float = 0.0  # under the cheekbones
    brow_ridge: float = 1.0
    chin_ball: float = 3.0
    ears: float = 1.0  # size; 0 where hair covers them


@dataclass(frozen=True)
class Skin:
    """Colour in sRGB; the rest 0..1."""

    colour: Colour = (232, 190, 160)
    blush: float = 0.35
    age: float = 0.0
    stubble: float = 0.0
    freckles: float = 0.0
    moles: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True)
class Hair:
    """`style` names a cut of `hair.STYLES`."""

    style: str = "short quiff"
    colour: Colour = (38, 28, 24)
    shine: Colour = (150, 120, 100)
    grey: float = 0.0
    gloss: float = 0.6
    volume: float = 1.0
    wet: float = 0.0


@dataclass(frozen=True)
class Wardrobe:
    """`garment` names a cut of `wardrobe.GARMENTS`; colours are the cloth, its second cloth and its trimming."""

    garment: str = "overcoat"
    cloth: Colour = (60, 60, 70)
    second: Colour = (230, 228, 222)
    trim: Colour = (200, 170, 110)
    earrings: str = ""
    necklace: str = ""


@dataclass(frozen=True)
class Features:
    """One person."""

    eyes: Eyes = field(default_factory=Eyes)
    brows: Brows = field(default_factory=Brows)
    nose: Nose = field(default_factory=Nose)
    mouth: Mouth = field(default_factory=Mouth)
    skull: Skull = field(default_factory=Skull)
    skin: Skin = field(default_factory=Skin)
    hair: Hair = field(default_factory=Hair)
    wardrobe: Wardrobe = field(default_factory=Wardrobe)
    neck: float = 112.0
    shoulders: float = 390.0
