"""The cast of the sample series: six drawn people, who belong to nobody and may be shown to anyone."""

from dataclasses import dataclass, field, replace

import cv2

from storage.errors import Language
from studio.sample.face_parts import Expression
from studio.sample.features import Brows, Eyes, Features, Hair, Mouth, Nose, Skin, Skull, Wardrobe
from studio.sample.light import Light
from studio.sample.portraits import Portrait, draw_portrait
from studio.sample.sitting import View

SIZE = (800, 1000)
JPEG_QUALITY = 92

WINDOW = Light()
EVENING = Light(
    key=(40, 30),
    key_colour=(1.0, 0.86, 0.69),
    key_strength=0.95,
    sky=(0.33, 0.30, 0.32),
    floor=(0.27, 0.19, 0.14),
    rim=(-125, 30),
    rim_colour=(1.0, 0.76, 0.46),
    rim_strength=0.9,
)
NIGHT = Light(
    key=(-34, 36),
    key_colour=(0.80, 0.90, 1.0),
    key_strength=0.95,
    sky=(0.26, 0.31, 0.42),
    floor=(0.20, 0.18, 0.20),
    rim=(128, 20),
    rim_colour=(1.0, 0.62, 0.36),
    rim_strength=1.1,
    exposure=0.92,
)
TUBES = Light(
    key=(8, 58),
    key_colour=(0.92, 1.0, 0.95),
    key_strength=0.9,
    sky=(0.40, 0.44, 0.44),
    floor=(0.22, 0.24, 0.23),
    rim=(150, 40),
    rim_strength=0.4,
)
MORNING = Light(
    key=(50, 26),
    key_colour=(1.0, 0.90, 0.74),
    key_strength=0.98,
    sky=(0.38, 0.42, 0.50),
    floor=(0.24, 0.21, 0.18),
    rim=(-120, 35),
    rim_colour=(0.85, 0.93, 1.0),
    rim_strength=0.6,
)
LAMP = Light(
    key=(-46, 22),
    key_colour=(1.0, 0.84, 0.63),
    sky=(0.29, 0.28, 0.31),
    floor=(0.27, 0.20, 0.14),
    rim=(125, 25),
    rim_colour=(0.66, 0.80, 1.0),
    rim_strength=0.7,
)
OVERCAST = Light(
    key=(-18, 46),
    key_colour=(0.96, 0.98, 1.0),
    key_strength=0.82,
    sky=(0.48, 0.51, 0.55),
    floor=(0.25, 0.24, 0.23),
    rim=(140, 30),
    rim_strength=0.45,
)
FIRE = Light(
    key=(36, 12),
    key_colour=(1.0, 0.72, 0.46),
    sky=(0.30, 0.31, 0.38),
    floor=(0.36, 0.23, 0.14),
    rim=(-120, 35),
    rim_colour=(0.56, 0.72, 1.0),
    rim_strength=0.9,
)

CALM = Expression()
WARM = Expression(smile=0.75, lids=0.94)
FAINT = Expression(smile=0.35)
HARD = Expression(smile=-0.25, frown=0.7, brows=-0.2, lids=0.92)
ALERT = Expression(brows=0.6, lids=1.08)


@dataclass(frozen=True)
class SamplePerson:
    """One of the cast. look: name of the only look; wardrobe: said in words; colours: '#rrggbb', top first, up to three."""

    name: str
    aliases: tuple[str, ...]
    language: Language
    age: int
    look: str
    wardrobe: str
    colours: tuple[str, ...]
    features: Features = field(repr=False)
    views: tuple[tuple[str, View], ...] = field(repr=False)


def _sitting(*places: tuple[str, Light], moods: tuple[Expression, ...], seed: int) -> tuple[tuple[str, View], ...]:
    """Four photographs: front, both three-quarters, chin down; places and moods go round."""
    poses = (
        ("front", View(yaw=0.0, pitch=0.0)),
        ("three-quarter-left", View(yaw=-22.0, pitch=-2.0, roll=-3.0)),
        ("three-quarter-right", View(yaw=21.0, pitch=1.0, roll=3.0)),
        ("chin-down", View(yaw=10.0, pitch=-10.0, roll=3.0)),
    )
    views: list[tuple[str, View]] = []
    for n, (name, pose) in enumerate(poses):
        place, light = places[n % len(places)]
        mood = moods[n % len(moods)]
        if name.startswith("three-quarter"):  # the eyes stay with the camera longer than the head does
            mood = replace(mood, gaze=(-1.3 if pose.yaw > 0 else 1.3, 0.0))
        if name == "chin-down":
            mood = replace(mood, gaze=(-0.3, -0.9))
        views.append((name, replace(pose, expression=mood, light=light, backdrop=place, seed=seed * 10 + n)))
    return tuple(views)


MAYA = SamplePerson(
    name="Maya Lin",
    aliases=("Maya",),
    language="en",
    age=26,
    look="Soaked uniform",
    wardrobe="black waitress's dress with a white collar and apron, soaked through; wet dark hair",
    colours=("#2a2c34", "#dcdad4", "#b98f4a"),
    features=Features(
        eyes=Eyes(spacing=63, width=35.5, upper=6.9, lower=4.7, tilt=5.5, crease=2.6, iris=(84, 54, 34), iris_size=13.2, lash=0.75, liner=0.5, shadow=(150, 98, 84), shadow_strength=0.28),
        brows=Brows(height=19.5, thickness=5.6, arch=3.0, slope=4, density=0.85, colour=(44, 32, 28)),
        nose=Nose(tip=41, width=35, root=4.5, bridge=10.5, height=18.5, bridge_width=6.4, tip_width=8.8, upturn=0.3),
        mouth=Mouth(level=67, width=49, upper=8.4, lower=10.6, cupid=1.8, colour=(190, 98, 92), gloss=0.6),
        skull=Skull(forehead=124, cheeks=133, jaw=102, chin=43, chin_level=108, hairline=70, cheekbones=3.6, ears=0.92, brow_ridge=0.2),
        skin=Skin(colour=(226, 178, 142), blush=0.42, freckles=0.25, moles=((25.5, 21.0),)),
        hair=Hair(style="wet long", colour=(30, 24, 24), shine=(150, 150, 166), gloss=0.95, wet=1.0),
        wardrobe=Wardrobe(garment="waitress", cloth=(42, 44, 52), second=(220, 218, 212), trim=(205, 165, 92)),
        neck=102,
        shoulders=345,
    ),
    views=_sitting(
        ("corridor", TUBES), ("rain night", NIGHT), ("ballroom", EVENING), ("rain night", NIGHT),
        moods=(CALM, ALERT, FAINT, HARD), seed=1,
    ),
)  # fmt: skip
VIVIAN = SamplePerson(
    name="Vivian Voss",
    aliases=("Vivian", "Mrs. Voss"),
    language="en",
    age=58,
    look="Evening gown",
    wardrobe="black satin evening gown off the shoulder, diamond necklace and drop earrings; silver hair",
    colours=("#1c1b20", "#1c1b20", "#dfe6ee"),
    features=Features(
        eyes=Eyes(spacing=62, width=34, upper=6.4, lower=3.7, tilt=5, crease=4.4, hood=0.5, iris=(104, 136, 158), lash=0.7, liner=0.75, shadow=(96, 78, 88), shadow_strength=0.6),
        brows=Brows(height=24.5, thickness=3.2, arch=7.6, slope=3, inner=12.5, outer=54, density=0.85, colour=(106, 96, 92)),
        nose=Nose(tip=48, width=29.5, root=10.5, bridge=17.5, height=22, bridge_width=5.2, tip_width=7.0, hump=0.9, upturn=-0.3),
        mouth=Mouth(level=75, width=50, upper=4.2, lower=6.0, cupid=2.0, corners=-1.4, colour=(150, 34, 44), gloss=0.7),
        skull=Skull(forehead=120, cheeks=136, jaw=106, chin=42, chin_level=119, hairline=76, cheekbones=6.2, hollow=0.75, chin_ball=3.8, ears=0.0),
        skin=Skin(colour=(240, 206, 186), blush=0.22, age=0.55),
        hair=Hair(style="side wave", colour=(158, 158, 164), shine=(250, 250, 255), gloss=0.6, volume=1.1),
        wardrobe=Wardrobe(garment="gown", cloth=(28, 27, 32), second=(46, 45, 54), earrings="diamond", necklace="diamond"),
        neck=98,
        shoulders=350,
    ),
    views=_sitting(
        ("ballroom", EVENING), ("ballroom", MORNING), ("old house", EVENING), ("studio", OVERCAST),
        moods=(CALM, Expression(smile=-0.2, lids=0.9), Expression(smile=0.3, lids=0.92), HARD), seed=2,
    ),
)  # fmt: skip
ADRIAN = SamplePerson(
    name="Adrian Voss",
    aliases=("Adrian",),
    language="en",
    age=33,
    look="Black tie, undone",
    wardrobe="dinner jacket, white dress shirt open at the throat, bow tie hanging loose",
    colours=("#1b1c22", "#ecebe6", "#14141a"),
    features=Features(
        eyes=Eyes(spacing=65, width=34, upper=6.7, lower=4.2, tilt=1.5, crease=2.4, hood=0.7, iris=(96, 98, 74), lash=0.42, liner=0.12, shadow_strength=0.12),
        brows=Brows(height=17.0, thickness=8.4, arch=2.4, slope=1, inner=10.5, outer=54, density=1.0, colour=(44, 32, 26)),
        nose=Nose(tip=46, width=36.5, root=9, bridge=17, height=22.5, bridge_width=7.2, tip_width=8.6),
        mouth=Mouth(level=72.5, width=53, upper=5.4, lower=7.8, cupid=1.2, colour=(178, 106, 94), gloss=0.2),
        skull=Skull(forehead=127, cheeks=143, jaw=128, chin=64, chin_level=117, hairline=73, cheekbones=3.0, hollow=0.4, brow_ridge=2.4, chin_ball=4.6),
        skin=Skin(colour=(218, 166, 132), blush=0.26, age=0.10, stubble=1.0),
        hair=Hair(style="short quiff", colour=(46, 32, 24), shine=(168, 128, 94), gloss=0.55),
        wardrobe=Wardrobe(garment="dinner jacket", cloth=(24, 25, 31), second=(236, 235, 230), trim=(20, 20, 26)),
        neck=126,
        shoulders=430,
    ),
    views=_sitting(
        ("studio", WINDOW), ("ballroom", EVENING), ("corridor", TUBES), ("rooftop", MORNING),
        moods=(CALM, ALERT, Expression(frown=0.4), Expression(smile=0.5)), seed=3,
    ),
)  # fmt: skip
LIN_WAN = SamplePerson(
    name="林晚",
    aliases=("小晚",),
    language="zh",
    age=27,
    look="修表围裙",
    wardrobe="亚麻立领衬衫，棕色皮围裙，头发松松挽起",
    colours=("#a9b4ba", "#7a4a2c", "#7a4a2c"),
    features=Features(
        eyes=Eyes(spacing=64, width=36.5, upper=7.6, lower=5.3, tilt=2.5, crease=3.4, iris=(70, 46, 32), iris_size=14.2, lash=0.65, liner=0.38, shadow=(190, 130, 118), shadow_strength=0.22),
        brows=Brows(height=22.5, thickness=4.8, arch=1.4, slope=0, inner=13, outer=52, density=0.7, colour=(62, 46, 40)),
        nose=Nose(tip=36.5, width=31, root=3.5, bridge=9.5, height=17.5, bridge_width=5.6, tip_width=7.6, upturn=0.7),
        mouth=Mouth(level=60, width=40, upper=6.4, lower=8.8, cupid=2.0, corners=0.8, colour=(212, 112, 108), gloss=0.6),
        skull=Skull(forehead=126, cheeks=136, jaw=104, chin=40, chin_level=97, hairline=70, cheekbones=1.8, ears=0.9, brow_ridge=0.0),
        skin=Skin(colour=(246, 212, 190), blush=0.34),
        hair=Hair(style="top knot", colour=(40, 28, 25), shine=(150, 112, 92), gloss=0.5),
        wardrobe=Wardrobe(garment="apron", cloth=(122, 74, 44), second=(170, 181, 187), trim=(206, 168, 98)),
        neck=98,
        shoulders=340,
    ),
    views=_sitting(
        ("clock shop", LAMP), ("clock shop", EVENING), ("garden", OVERCAST), ("rain night", NIGHT),
        moods=(FAINT, CALM, WARM, ALERT), seed=4,
    ),
)  # fmt: skip
LU_CHEN = SamplePerson(
    name="陆沉",
    aliases=("陆先生",),
    language="zh",
    age=32,
    look="黑色大衣",
    wardrobe="黑色羊毛大衣，炭灰色高领毛衣",
    colours=("#1d1e22", "#3c3f45", "#1d1e22"),
    features=Features(
        eyes=Eyes(spacing=63, width=34.5, upper=5.4, lower=3.1, tilt=6.5, crease=1.2, hood=0.5, iris=(58, 38, 28), lash=0.34, liner=0.2, shadow_strength=0.12),
        brows=Brows(height=15.5, thickness=6.8, arch=1.0, slope=9, inner=10.5, outer=53, density=1.0, colour=(28, 22, 21)),
        nose=Nose(tip=45, width=33.5, root=7, bridge=15, height=21.5, bridge_width=6.0, tip_width=7.8, upturn=-0.1),
        mouth=Mouth(level=71.5, width=46, upper=5.0, lower=6.6, cupid=1.6, corners=-0.6, colour=(186, 116, 106), gloss=0.2),
        skull=Skull(forehead=120, cheeks=134, jaw=110, chin=42, chin_level=118, hairline=72, cheekbones=5.0, hollow=0.6, brow_ridge=1.4, chin_ball=4.0),
        skin=Skin(colour=(236, 196, 166), blush=0.2, stubble=0.12),
        hair=Hair(style="short fringe", colour=(24, 21, 23), shine=(110, 106, 116), gloss=0.5),
        wardrobe=Wardrobe(garment="overcoat", cloth=(30, 31, 35), second=(62, 65, 71)),
        neck=116,
        shoulders=420,
    ),
    views=_sitting(
        ("old street", OVERCAST), ("old house", FIRE), ("clock shop", LAMP), ("old street", MORNING),
        moods=(CALM, HARD, FAINT, Expression(frown=0.3)), seed=5,
    ),
)  # fmt: skip
SHEN_YUMEI = SamplePerson(
    name="沈玉梅",
    aliases=("沈女士",),
    language="zh",
    age=60,
    look="墨绿旗袍",
    wardrobe="墨绿暗花旗袍，立领盘扣，珍珠耳钉，花白发髻",
    colours=("#173d31", "#173d31", "#b89a5a"),
    features=Features(
        eyes=Eyes(spacing=65, width=31, upper=5.0, lower=3.4, tilt=-3.0, crease=1.4, hood=1.0, iris=(62, 44, 34), lash=0.4, liner=0.42, shadow=(120, 84, 74), shadow_strength=0.3),
        brows=Brows(height=21.5, thickness=3.0, arch=4.8, slope=-7, inner=13, outer=54, density=0.85, colour=(48, 40, 38)),
        nose=Nose(tip=42, width=41, root=4.0, bridge=10.5, height=19, bridge_width=7.4, tip_width=9.8),
        mouth=Mouth(level=69, width=46, upper=5.4, lower=7.2, cupid=1.2, corners=-1.8, colour=(158, 50, 50), gloss=0.4),
        skull=Skull(forehead=126, cheeks=149, jaw=130, chin=58, chin_level=108, hairline=78, cheekbones=2.4, ears=1.0),
        skin=Skin(colour=(232, 188, 156), blush=0.3, age=0.75, moles=((-31.0, 79.0),)),
        hair=Hair(style="low bun", colour=(40, 36, 36), shine=(150, 146, 146), grey=0.42, gloss=0.5),
        wardrobe=Wardrobe(garment="qipao", cloth=(26, 70, 56), second=(26, 70, 56), trim=(186, 154, 92), earrings="pearl"),
        neck=108,
        shoulders=365,
    ),
    views=_sitting(
        ("old house", LAMP), ("garden", MORNING), ("old house", FIRE), ("studio", WINDOW),
        moods=(CALM, FAINT, HARD, CALM), seed=6,
    ),
)  # fmt: skip

SAMPLE_CAST: tuple[SamplePerson, ...] = (MAYA, VIVIAN, ADRIAN, LIN_WAN, LU_CHEN, SHEN_YUMEI)


def print_photo(portrait: Portrait) -> bytes:
    """A portrait as a JPEG file."""
    _, encoded = cv2.imencode(".jpg", portrait.image[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    return encoded.tobytes()


def portraits(person: SamplePerson) -> list[tuple[str, bytes]]:
    """(file name, JPEG bytes) of every photograph of a person, the front view first; SIZE pixels each."""
    photos: list[tuple[str, bytes]] = []
    for name, view in person.views:
        photos.append((f"{person.name} {name}.jpg", print_photo(draw_portrait(person.features, view, SIZE))))
    return photos
