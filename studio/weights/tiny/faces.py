"""Face packs of insightface's form: a detector that looks for skin colours, a recogniser of random weights.

The detector is no network that was trained. It takes the patch of skin colours that stands out most from what is
around it, near where a portrait has its face, for one upright face, and puts the five points where they lie on an
average face. It finds nobody in a picture without such colours, nobody in a grey one, one person in a picture of
several, and a wooden box as readily as a head.
"""

from pathlib import Path

import numpy as np
import onnx
import onnx.parser
from onnx import numpy_helper

from studio.weights.tiny.drawing import Draw

# left, top, right, bottom of the box, then five points, as (x, y) in widths of the patch from its middle: the means of
# the bundled analyzer over the sample cast's 24 portraits, left and right made alike
_BOX = (-0.54, -0.65, 0.54, 0.65)
_POINTS = (-0.25, -0.23, 0.25, -0.23, 0.0, 0.17, -0.18, 0.34, 0.18, 0.34)
_CELL = 8  # pixels, the finest stride of SCRFD
# widths of the patches that are tried, in cells
_WIDTHS = (9, 11, 15, 21, 27, 35)
_TALLER, _RING = 1.25, 2.0

# Colours are (value - 127.5) / 128; the thresholds were tried out by hand. A cell is skin as far as red stands above
# green and green above blue; black padding to the right and below is not part of the picture. All is answered from
# the first anchor of the finest stride, which stands at (0, 0); the other anchors see nothing.
_DETECTOR = """
<ir_version: 8, opset_import: ["": 13]>
colour_detector (float[1, 3, H, W] picture) => (
    float[N8, 1] score_8, float[N16, 1] score_16, float[N32, 1] score_32,
    float[N8, 4] box_8, float[N16, 4] box_16, float[N32, 4] box_32,
    float[N8, 10] points_8, float[N16, 10] points_16, float[N32, 10] points_32
)
<
    float[2, 3, 1, 1] steps = {12, -12, 0, 0, 12, -12}, float[2] least = {-0.6, 0}, float black = {0.98},
    float none = {0}, float one = {1}, float half = {0.5}, float cell = {8}, float sharp = {100},
    float[1, 2, 1, 1] place = {0.5, 0.46}, float[1, 1, 1, 1] reach = {0.15}, float minus = {-0.5}, float ring = {0.8},
    float gain = {4}, float sure = {0.9}, int64[1] first = {0}, int64[1] second = {1},
    int64[1] end = {9223372036854775807}, int64 across = {3}, int64 down = {2}, int64[2] once = {1, 1},
    int64[1] flat = {-1}, int64[2] list = {-1, 1}, int64[2] four = {1, 4}, int64[2] ten = {1, 10}
>
{
    cells = AveragePool <kernel_shape = [8, 8], strides = [8, 8]> (picture)
    steep = Conv (cells, steps, least)
    warm = Clip (steep, none, one)
    skin = ReduceProd <axes = [1], keepdims = 1> (warm)

    nothing = Mul (skin, none)
    ones = Add (nothing, one)
    columns = CumSum (ones, across)
    rows = CumSum (ones, down)
    grid = Concat <axis = 1> (columns, rows)
    middles = Sub (grid, half)
    places = Mul (middles, cell)

    brightest = ReduceMax <axes = [1], keepdims = 1> (cells)
    lifted = Add (brightest, black)
    lifted_sharp = Mul (lifted, sharp)
    inside = Clip (lifted_sharp, none, one)
    places_inside = Mul (places, inside)
    size = ReduceMax <axes = [2, 3], keepdims = 1> (places_inside)
    expected = Mul (size, place)
    away = Sub (places, expected)
    width = Slice (size, first, second, second)
    spread = Mul (width, reach)
    away_parts = Div (away, spread)
    away_square = Mul (away_parts, away_parts)
    away_sum = ReduceSum (away_square, second)
    falling = Mul (away_sum, minus)
    likely = Exp (falling)
    %(patches)s
    patches = Concat <axis = 1> (%(names)s)
    weighed = Mul (patches, likely)
    all_weighed = Reshape (weighed, flat)
    best = ArgMax <axis = 0, keepdims = 1> (all_weighed)
    best_weight = Gather (all_weighed, best)

    blank = Mul (patches, none)
    x_of_cells = Slice (places, first, second, second)
    y_of_cells = Slice (places, second, end, second)
    x_of_patches = Add (blank, x_of_cells)
    y_of_patches = Add (blank, y_of_cells)
    width_of_patches = Add (blank, widths)
    all_x = Reshape (x_of_patches, flat)
    all_y = Reshape (y_of_patches, flat)
    all_widths = Reshape (width_of_patches, flat)
    best_x = Gather (all_x, best)
    best_y = Gather (all_y, best)
    best_width = Gather (all_widths, best)
    found_list = Concat <axis = 0> (best_x, best_y, best_width)
    found = Reshape (found_list, row)
    weight = Mul (best_weight, gain)
    sure_weight = Clip (weight, none, sure)
    score = Reshape (sure_weight, once)
    box = MatMul (found, box_form)
    points = MatMul (found, points_form)
    %(answers)s
}
"""
# how much more skin a patch holds than what is around it; wide and tall one after the other, which costs less
_PATCH = """
    wide_{n} = AveragePool <kernel_shape = [1, {w}], pads = [0, {pw}, 0, {pw}], count_include_pad = 1> (skin)
    patch_{n} = AveragePool <kernel_shape = [{h}, 1], pads = [{ph}, 0, {ph}, 0], count_include_pad = 1> (wide_{n})
    wide_ring_{n} = AveragePool <kernel_shape = [1, {W}], pads = [0, {pW}, 0, {pW}], count_include_pad = 1> (skin)
    ring_{n} = AveragePool <kernel_shape = [{H}, 1], pads = [{pH}, 0, {pH}, 0], count_include_pad = 1> (wide_ring_{n})
    around_{n} = Mul (ring_{n}, ring)
    out_{n} = Sub (patch_{n}, around_{n})
"""
_BLANK = """
    pooled_{stride} = AveragePool <kernel_shape = [{stride}, {stride}], strides = [{stride}, {stride}]> (picture)
    red_{stride} = Slice (pooled_{stride}, first, second, second)
    zeros_{stride} = Mul (red_{stride}, none)
    anchors_{stride} = Reshape (zeros_{stride}, list)
    {score} = Concat <axis = 0> (anchors_{stride}, anchors_{stride})
    {box} = Tile ({score}, four)
    {points} = Tile ({score}, ten)
"""
_ANSWER = """
    rest_{name} = Slice (blank_{name}, second, end, first)
    {name}_8 = Concat <axis = 0> ({name}, rest_{name})
"""

_RECOGNISER = """
<ir_version: 8, opset_import: ["": 13]>
random_recogniser (float[N, 3, 112, 112] face) => (float[N, 512] embedding)
{
    lines = Conv <strides = [4, 4]> (face, fine)
    edges = Relu (lines)
    forms = Conv <strides = [4, 4]> (edges, coarse)
    list = Flatten <axis = 1> (forms)
    even = MeanVarianceNormalization <axes = [1]> (list)
    embedding = MatMul (even, mixing)
}
"""


def write_face_pack(folder: Path, draw: Draw, detector: str, recogniser: str) -> None:
    """Writes two ONNX files that insightface's FaceAnalysis opens, under the published names.

    The embeddings are raw: 512 numbers, about 22 long.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / detector).write_bytes(_detector().SerializeToString(deterministic=True))
    (folder / recogniser).write_bytes(_recogniser(draw, folder.name).SerializeToString(deterministic=True))


def _detector() -> onnx.ModelProto:
    patches = "".join(_patch(width) for width in _WIDTHS)
    answers = _BLANK.format(stride=8, score="blank_score", box="blank_box", points="blank_points")
    for name in ("score", "box", "points"):
        answers += _ANSWER.format(name=name)
    for stride in (16, 32):
        answers += _BLANK.format(stride=stride, score=f"score_{stride}", box=f"box_{stride}", points=f"points_{stride}")
    names = ", ".join(f"out_{width}" for width in _WIDTHS)
    model = onnx.parser.parse_model(_DETECTOR % {"patches": patches, "names": names, "answers": answers})
    _add(
        model,
        {
            "box_form": _form(_BOX, (-1, -1, 1, 1)),
            "points_form": _form(_POINTS, (1,) * 10),
            "widths": np.float32(_CELL) * np.array(_WIDTHS, np.float32).reshape(1, -1, 1, 1),
            "row": np.array([1, 3]),
        },
    )
    return model


def _patch(width: int) -> str:
    """The nodes of one width; all lengths are odd, so that a patch has a middle cell."""
    sides = {
        "w": width,
        "h": _odd(width * _TALLER),
        "W": _odd(width * _RING),
        "H": _odd(width * _TALLER * _RING),
    }
    return _PATCH.format(n=width, **sides, **{f"p{side}": length // 2 for side, length in sides.items()})


def _odd(length: float) -> int:
    return int(length) // 2 * 2 + 1


def _recogniser(draw: Draw, pack: str) -> onnx.ModelProto:
    model = onnx.parser.parse_model(_RECOGNISER)
    shapes = {"fine": (8, 3, 4, 4), "coarse": (10, 8, 4, 4), "mixing": (490, 512)}
    fan_in = {"fine": 48, "coarse": 128, "mixing": 490}
    _add(
        model,
        {
            name: draw.normal(f"faces/{pack}/{name}", shape, fan_in[name] ** -0.5).numpy()
            for name, shape in shapes.items()
        },
    )
    return model


def _form(places: tuple[float, ...], signs: tuple[int, ...]) -> np.ndarray:
    """(3, n) float32: what (x, y, width) is multiplied with to give n coordinates as SCRFD says them, in strides of 8."""
    rows = [[sign * (each % 2 == axis) for each, sign in enumerate(signs)] for axis in (0, 1)]
    return np.array([*rows, [sign * place for sign, place in zip(signs, places, strict=True)]], np.float32) / _CELL


def _add(model: onnx.ModelProto, arrays: dict[str, np.ndarray]) -> None:
    model.graph.initializer.extend(numpy_helper.from_array(array, name) for name, array in arrays.items())
    onnx.checker.check_model(model, full_check=True)
