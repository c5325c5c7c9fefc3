"""What words ask for: sets, clothes, props, in English and Chinese."""

import numpy as np
import pytest

from storage.errors import InvalidInput
from studio.engines import RenderRequest, Staging
from studio.engines.photoboard import exteriors, interiors
from studio.engines.photoboard.brush import Layer
from studio.engines.photoboard.inserts import slate_text
from studio.engines.photoboard.light import light_of
from studio.engines.photoboard.perspective import camera_for
from studio.engines.photoboard.props import PROPS, prop_named, props_named
from studio.engines.photoboard.sets import builder_for, fitted, paint_set
from studio.engines.photoboard.style import STYLES, style_named
from studio.engines.photoboard.things import Easel
from studio.engines.photoboard.wardrobe import outfit_of


@pytest.mark.parametrize(
    ("outside", "location", "builder"),
    [
        (False, "VOSS GRAND HOTEL - BALLROOM", interiors.ballroom),
        (False, "SERVICE CORRIDOR", interiors.corridor),
        (False, "晚晴钟表铺", interiors.shop),
        (False, "陆家老宅·客厅", interiors.living_room),
        (False, "医院走廊", interiors.corridor),
        (False, "Oscar's den", interiors.plain_interior),
        (True, "VOSS GRAND HOTEL - STAFF ENTRANCE", exteriors.tower),
        (True, "VOSS GRAND HOTEL - ROOFTOP", exteriors.rooftop),
        (True, "老街·晚晴钟表铺门口", exteriors.street),
        (True, "陆家老宅·大门口", exteriors.gate),
        (True, "somewhere", exteriors.plain_exterior),
    ],
)
def test_the_words_of_a_location_choose_its_set(outside, location, builder):
    assert builder_for(outside, location) is builder


def painted(location: str, action: str = "", time: str = "DAY", int_ext: str = "INT", size: str = "LS") -> np.ndarray:
    staging = Staging(size, "single", "eye-level", "static", int_ext, time, location, action)
    light = light_of(int_ext, time, location, action)
    return paint_set(staging, camera_for(90, 160, size, "eye-level", None, 0), light, 1.0)


def test_a_place_looks_the_same_in_every_shot_and_another_looks_different():
    assert np.array_equal(painted("Office of Mr Li"), painted("Office of Mr Li", action="she runs"))
    assert not np.array_equal(painted("the old shop"), painted("a new shop"))


def test_every_set_can_be_drawn_from_every_size_at_every_hour():
    words = [
        "ballroom",
        "corridor",
        "hospital",
        "restaurant",
        "kitchen",
        "bedroom",
        "office",
        "living room",
        "shop",
        "car",
    ]
    for int_ext, places in (("INT", [*words, "x"]), ("EXT", ["rooftop", "gate", "hotel", "park", "street", "x"])):
        for place in places:
            shades = [painted(place, "a car in the rain", time, int_ext).mean() for time in ("DAY", "NIGHT")]
            assert shades[0] > shades[1], place
            for size in ("MS", "ECU"):
                assert painted(place, "", "DUSK", int_ext, size).std() > 1.0, (place, size)


@pytest.mark.parametrize("shape", [(300, 900), (900, 300), (64, 64)])
def test_a_plate_fills_the_canvas(shape):
    plate = np.random.default_rng(1).integers(0, 255, (*shape, 3), np.uint8)
    for size in ("ELS", "ECU"):
        assert fitted(plate, 108, 192, size, 0.5).shape == (96, 54, 3)


@pytest.mark.parametrize(
    ("action", "words"),
    [
        ("Maya's wet hand sets a brass key on the white tablecloth.", "brass key"),
        ("Badge reader flashes red: ACCESS REVOKED.", "badge reader"),
        ("一只停走的旧怀表被轻轻推到台面上", "旧怀表"),
        ("发黄的纸上一行钢笔字", "发黄的纸"),
        ("an identical brass key into the lock", "brass key"),
        ("The screen reads: ACCESS REVOKED.", "access revoked"),
        ("An old man's hand, a gold signet ring on the little finger, turns a brass key", "brass key"),
        ("A gold ring on the table", "gold ring"),
        ("手指上的戒指，一把铜钥匙", "铜钥匙"),
    ],
)
def test_the_prop_is_found_with_its_quality(action, words):
    found = prop_named(action)
    assert found is not None and found.words == words


@pytest.mark.parametrize("action", ["a monkey looks at her", "she turns", "", "他转身", "keyboards"])
def test_no_prop_is_invented(action):
    assert prop_named(action) is None


def test_all_props_are_found_in_their_order_and_once():
    found = props_named("slides a brass key into the lock; the key turns in the door lock")
    assert [named.words for named in found] == ["brass key", "lock", "door"]
    assert [named.words for named in props_named("旧怀表压着一封发黄的信纸")] == ["旧怀表", "发黄的信纸"]


def test_every_prop_draws_something_that_stays_near_its_place():
    for prop in PROPS:
        layer = Layer(400, 400)
        prop.draw(Easel(layer, 200, 200, 80, (-0.6, -0.6), 1.5, None))
        covered = layer.image[..., 3] > 128
        assert 0.01 < covered.mean() < 0.6, prop.words[0]
        rows, columns = np.nonzero(covered)
        assert abs(rows.mean() - 200) < 60 and abs(columns.mean() - 200) < 60, prop.words[0]


def slate(framing: str, action: str, language: str) -> str:
    staging = Staging("ECU", framing, "high", "static", "INT", "DAY", "Ballroom", action, language)
    return slate_text(RenderRequest(108, 192, "", "", 1, (), staging, None, "ink"))


def test_the_slate_says_what_is_seen():
    assert slate("insert", "a brass key", "en") == "INSERT · brass key"
    assert slate("insert", "一把铜钥匙", "zh") == "插入 · 铜钥匙"
    assert slate("establishing", "a brass key", "en") == "ESTABLISHING · Ballroom"
    assert slate("single", "a brass key", "en") == ""
    assert slate("insert", "Muddy Boots in the hall", "en") == "INSERT · boots"


def test_clothes_come_from_colours_first_then_from_words():
    assert outfit_of(("#102030", "#405060"), "红裙", "x").top == (16, 32, 48)
    assert outfit_of(("#102030", "#405060"), "", "x").bottom == (64, 80, 96)
    worn = outfit_of((), "墨绿旗袍", "x")
    assert worn.garment == "qipao" and worn.top == (42, 74, 60) and worn.told
    assert not outfit_of((), "", "x").told
    assert outfit_of((), "", "x") == outfit_of((), "", "x")
    with pytest.raises(InvalidInput, match="#rrggbb"):
        outfit_of(("blue",), "", "x")


@pytest.mark.parametrize(
    ("wardrobe", "part"),
    [
        ("shirt", "bottom"),
        ("a camel coat", "inner"),
        ("dinner jacket", "inner"),
        ("waitress's dress and apron", "apron"),
    ],
)
def test_the_second_colour_is_what_is_worn_with_the_first(wardrobe, part):
    worn = outfit_of(("#102030", "#405060"), wardrobe, "x")
    assert worn.top == (16, 32, 48) and getattr(worn, part) == (64, 80, 96)
    others = {"bottom", "inner", "apron"} - {part}
    assert all(getattr(worn, other) != (64, 80, 96) for other in others)


@pytest.mark.parametrize(
    ("wardrobe", "skirt", "tie"),
    [("dress and apron", True, False), ("亚麻衬衫，棕色皮围裙", False, False), ("suit and tie", False, True),
     ("dinner jacket, bow tie", False, False), ("西装，领带", False, True), ("墨绿旗袍", True, False)],
)  # fmt: skip
def test_words_tell_skirts_and_ties(wardrobe, skirt, tie):
    worn = outfit_of((), wardrobe, "x")
    assert (worn.skirt, worn.tie) == (skirt, tie)


def test_firelight_warms_people_and_darkens_the_room():
    plain, fire = (light_of("INT", "NIGHT", "hall", action) for action in ("she waits", "she sits by the fire"))
    assert fire.fire and not plain.fire
    assert fire.person[2] / fire.person[0] < plain.person[2] / plain.person[0] and fire.ambient < plain.ambient
    assert light_of("INT", "NIGHT", "老宅", "没有开灯，独坐在火盆前").lamps == 0
    assert not light_of("INT", "NIGHT", "hall", "he is fired").fire


def test_an_unknown_style_lists_the_styles():
    with pytest.raises(InvalidInput) as wrong:
        style_named("oil")
    assert all(name in wrong.value.message.en and name in wrong.value.message.zh for name in STYLES)
