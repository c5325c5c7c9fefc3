"""Packs made for tests: tiny networks in the shapes that insightface's files have, and folders with real ones."""

import shutil
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

DETECTOR, RECOGNISER = "scrfd_10g_bnkps.onnx", "glintr100.onnx"


def real_pack(shared: Path, folder: Path, recogniser: str = "edgeface_xs_512") -> Path:
    """A pack of a real SCRFD and a real stand-in recogniser, under names of their own."""
    models = shared / "faces" / "models"
    if not models.is_dir():
        pytest.skip("the face models beside the checkout (../shared/faces/models) are not here")
    folder.mkdir(parents=True)
    shutil.copy(models / "insightface" / "det_500m.onnx", folder / "det_500m.onnx")
    shutil.copy(models / "recognition" / f"{recogniser}.onnx", folder / f"{recogniser}.onnx")
    return folder


def recogniser(file: Path, seed: int = 0, side: int = 112, length: int = 8) -> Path:
    """A network (1, 3, side, side) -> (1, length): a mean of colours over a coarse grid, times random weights."""
    weights = np.random.default_rng(seed).normal(0, 1, (3 * 49, length)).astype(np.float32)
    pool = helper.make_node("AveragePool", ["data"], ["pooled"], kernel_shape=[side // 7] * 2, strides=[side // 7] * 2)
    flat = helper.make_node("Flatten", ["pooled"], ["flat"])
    product = helper.make_node("MatMul", ["flat", "weights"], ["embedding"])
    graph = helper.make_graph(
        [pool, flat, product],
        "recogniser",
        [helper.make_tensor_value_info("data", TensorProto.FLOAT, [1, 3, side, side])],
        [helper.make_tensor_value_info("embedding", TensorProto.FLOAT, [1, length])],
        [numpy_helper.from_array(weights, "weights")],
    )
    return _saved(graph, file)


def detector(file: Path, keypoints: bool = True) -> Path:
    """A network of SCRFD's form that finds nobody: its scores are all 0."""
    nodes, outputs = [], []
    strides = (8, 16, 32)
    for kind, width in (("score", 1), ("box", 4), ("points", 10))[: 3 if keypoints else 2]:
        for stride in strides:
            shape, name = [2 * (640 // stride) ** 2, width], f"{kind}{stride}"
            zeros = numpy_helper.from_array(np.zeros(shape, np.float32))
            nodes.append(helper.make_node("Constant", [], [f"{name}zeros"], value=zeros))
            # SCRFD's outputs depend on its input, and so do these
            nodes.append(helper.make_node("ReduceMin", ["data"], [f"{name}least"], keepdims=0))
            nodes.append(helper.make_node("Mul", [f"{name}zeros", f"{name}least"], [name]))
            outputs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, shape))
    given = helper.make_tensor_value_info("data", TensorProto.FLOAT, [1, 3, 640, 640])
    return _saved(helper.make_graph(nodes, "detector", [given], outputs), file)


def _saved(graph: onnx.GraphProto, file: Path) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    onnx.save(model, str(file))
    return file
