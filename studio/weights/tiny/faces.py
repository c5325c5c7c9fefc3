"""Face packs of insightface's form: a detector that looks for skin colours, a recogniser of random weights.

The detector is no network that was trained: it finds the largest gathering of skin-coloured pixels, takes it for one
upright face and puts the five points where they lie on an average face. It finds nobody in a picture without such
colours, one person in a picture of several, and a wooden wall as readily as a cheek.
"""

from pathlib import Path

import numpy as np
import onnx
import onnx.parser
from onnx import numpy_helper

from studio.weights.tiny.drawing import Draw

# left, top, right, bottom of the box, then five points, as (x, y) in radii of the gathering from its middle: the
# points as in the aligned picture that recognisers are given, the box around them as SCRFD draws it
_BOX = (-1.6, -2.0, 1.6, 2.0)
_POINTS = (-0.67, -0.46, 0.67, -0.46, 0.0, 0.3, -0.56, 1.08, 0.56, 1.08)

# Colours are (value - 127.5) / 128. `warm` is how far red stands above green and green above blue; the skin of a cell
# is their product. The answer is given from the first anchor of the finest stride, which stands at (0, 0); all other
# anchors see nothing.
_DETECTOR = """
<ir_version: 8, opset_import: ["": 13]>
colour_detector (float[1, 3, H, W] picture) => (
    float[N8, 1] score_8, float[N16, 1] score_16, float[N32, 1] score_32,
    float[N8, 4] box_8, float[N16, 4] box_16, float[N32, 4] box_32,
    float[N8, 10] points_8, float[N16, 10] points_16, float[N32, 10] points_32
)
<
    float[2, 3, 1, 1] steps = {1, -1, 0, 0, 1, -1}, float[2] least = {-0.05, -0.02}, float enough = {0.3},
    float none = {0}, float one = {1}, float half = {0.5}, float cell = {8}, float reach = {-0.125},
    float share = {400}, float sure = {0.9}, float[1] bit = {0.000001}, int64[1] first = {0}, int64[1] second = {1},
    int64[1] end = {9223372036854775807}, int64 across = {3}, int64 down = {2}, int64[2] once = {1, 1},
    int64[2] list = {-1, 1}, int64[2] four = {1, 4}, int64[2] ten = {1, 10}
>
{
    cells = AveragePool <kernel_shape = [8, 8], strides = [8, 8]> (picture)
    redder = Conv (cells, steps, least)
    warm = Clip (redder, none, enough)
    skin = ReduceProd <axes = [1], keepdims = 1> (warm)
    dark = Mul (skin, none)
    ones = Add (dark, one)
    columns = CumSum (ones, across)
    rows = CumSum (ones, down)
    column_middles = Sub (columns, half)
    row_middles = Sub (rows, half)
    x = Mul (column_middles, cell)
    y = Mul (row_middles, cell)
    %(search)s
    middle_x = Reshape (x_%(last)s, once)
    middle_y = Reshape (y_%(last)s, once)
    radius_bare = Sqrt (spread_%(last)s)
    radius = Reshape (radius_bare, once)
    found = Concat <axis = 1> (middle_x, middle_y, radius)
    skin_share = ReduceMean <axes = [2, 3], keepdims = 0> (skin)
    score_bare = Mul (skin_share, share)
    score = Clip (score_bare, none, sure)
    box = MatMul (found, box_form)
    points = MatMul (found, points_form)
    %(answers)s
}
"""
# one step of mean shift (Comaniciu and Meer, 2002): middle and spread of the skin, first of all of it, then of what
# lies near the middle of the step before
_WINDOW = """
    parts_{step} = Div (far_{before}, spread_{before})
    falling_{step} = Mul (parts_{step}, reach)
    window_{step} = Exp (falling_{step})
    near_{step} = Mul (skin, window_{step})
"""
_SHIFT = """
    sum_{step} = ReduceSum (near_{step})
    mass_{step} = Add (sum_{step}, bit)
    x_weights_{step} = Mul (x, near_{step})
    y_weights_{step} = Mul (y, near_{step})
    x_sum_{step} = ReduceSum (x_weights_{step})
    y_sum_{step} = ReduceSum (y_weights_{step})
    x_{step} = Div (x_sum_{step}, mass_{step})
    y_{step} = Div (y_sum_{step}, mass_{step})
    x_away_{step} = Sub (x, x_{step})
    y_away_{step} = Sub (y, y_{step})
    x_square_{step} = Mul (x_away_{step}, x_away_{step})
    y_square_{step} = Mul (y_away_{step}, y_away_{step})
    far_{step} = Add (x_square_{step}, y_square_{step})
    far_weights_{step} = Mul (far_{step}, near_{step})
    far_sum_{step} = ReduceSum (far_weights_{step})
    spread_bare_{step} = Div (far_sum_{step}, mass_{step})
    spread_{step} = Add (spread_bare_{step}, cell)
"""
_STEPS = 4
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
    search = "\n    near_0 = Mul (skin, one)" + _SHIFT.format(step=0)
    for step in range(1, _STEPS):
        search += _WINDOW.format(step=step, before=step - 1) + _SHIFT.format(step=step)
    answers = _BLANK.format(stride=8, score="blank_score", box="blank_box", points="blank_points")
    for name in ("score", "box", "points"):
        answers += _ANSWER.format(name=name)
    for stride in (16, 32):
        answers += _BLANK.format(stride=stride, score=f"score_{stride}", box=f"box_{stride}", points=f"points_{stride}")
    model = onnx.parser.parse_model(_DETECTOR % {"search": search, "last": _STEPS - 1, "answers": answers})
    _add(model, {"box_form": _form(_BOX, (-1, -1, 1, 1)), "points_form": _form(_POINTS, (1,) * 10)})
    return model


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
    """(3, n) float32: what (x, y, radius) is multiplied with to give n coordinates as SCRFD says them, in strides of 8."""
    rows = [[sign * (each % 2 == axis) for each, sign in enumerate(signs)] for axis in (0, 1)]
    return np.array([*rows, [sign * place for sign, place in zip(signs, places, strict=True)]], np.float32) / 8


def _add(model: onnx.ModelProto, arrays: dict[str, np.ndarray]) -> None:
    model.graph.initializer.extend(numpy_helper.from_array(array, name) for name, array in arrays.items())
    onnx.checker.check_model(model, full_check=True)
