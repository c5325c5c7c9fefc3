"""MediaPipe's packaged networks: face detectors, face mesh, selfie segmentation. Nothing is downloaded.

A MediaPipe graph must not be entered by two threads at once; every network here has its own lock. Graphs are stateless
as they are built here (no tracking between pictures), so the same picture gives the same answer.
"""

import os
import re
import sys
import tempfile
import threading
import warnings
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from characters.analyzers.geometry import shrunk

# What TensorFlow Lite and glog say at every start; anything else that reaches stderr meanwhile is passed on.
_CHATTER = re.compile(
    rb"^(INFO: Created TensorFlow Lite XNNPACK delegate"
    rb"|WARNING: All log messages before absl::InitializeLog"
    rb"|[IW]\d{4} .*(inference_feedback_manager|gl_context|landmark_projection_calculator)).*"
)
_stderr_lock = threading.Lock()

_MESH_GRAPH = """
input_stream: "image"
input_stream: "square"
output_stream: "landmarks"
input_side_packet: "with_attention"
node {
  calculator: "FaceLandmarkCpu"
  input_stream: "IMAGE:image"
  input_stream: "ROI:square"
  input_side_packet: "WITH_ATTENTION:with_attention"
  output_stream: "LANDMARKS:landmarks"
}
"""
_PRESENCE = "facelandmarkcpu__face_presence_score"
_PRESENCE_THRESHOLD = "facelandmarkcpu__ThresholdingCalculator.threshold"


@contextmanager
def _without_chatter() -> Iterator[None]:
    """Keep the C++ libraries' known start-up lines off stderr; every other line still gets there, a moment later."""
    with _stderr_lock, tempfile.TemporaryFile() as caught:
        sys.stderr.flush()
        kept = os.dup(2)
        os.dup2(caught.fileno(), 2)
        try:
            yield
        finally:
            sys.stderr.flush()
            os.dup2(kept, 2)
            os.close(kept)
            caught.seek(0)
            for line in caught:
                if not _CHATTER.match(line):
                    os.write(2, line)


class _Network(ABC):
    """One MediaPipe solution: built and warmed at once, entered by one thread at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        # mediapipe 0.10.14 calls a protobuf function that warns at every start; nothing here could act on it
        warnings.filterwarnings("ignore", message="SymbolDatabase.GetPrototype", category=UserWarning)
        with _without_chatter():
            self._solution = self._build()
            self._run(np.zeros((64, 64, 3), np.uint8))

    @abstractmethod
    def _build(self) -> Any:
        """The MediaPipe solution."""

    def _run(self, picture: NDArray[np.uint8]) -> Any:
        with self._lock:
            return self._solution.process(np.ascontiguousarray(picture))


@dataclass(frozen=True, slots=True)
class Detection:
    """score 0..1; box (x0, y0, x1, y1) and the two eyes, left and right as seen, (x, y), in pixels."""

    score: float
    box: tuple[float, float, float, float]
    left_eye: NDArray[np.float32]
    right_eye: NDArray[np.float32]


class Detector(_Network):
    """BlazeFace. Short range sees faces from a tenth of the picture's longer side up to all of it; full range smaller ones."""

    def __init__(self, full_range: bool, least_score: float):
        self._full_range = full_range
        self._least_score = least_score
        super().__init__()

    def _build(self) -> Any:
        from mediapipe.python.solutions.face_detection import FaceDetection

        return FaceDetection(self._least_score, int(self._full_range))

    def detect(self, picture: NDArray[np.uint8]) -> list[Detection]:
        """The faces in an (H, W, 3) uint8 RGB picture, in the network's order."""
        height, width = picture.shape[:2]
        found = []
        for detection in self._run(picture).detections or []:
            place = detection.location_data
            box = place.relative_bounding_box
            eyes = [np.array([p.x * width, p.y * height], np.float32) for p in place.relative_keypoints[:2]]
            x0, y0 = box.xmin * width, box.ymin * height
            corners = (x0, y0, x0 + box.width * width, y0 + box.height * height)
            found.append(Detection(float(detection.score[0]), corners, eyes[0], eyes[1]))
        return found


class Mesh(_Network):
    """The attention mesh: 468 points of a face's surface and ten of its irises.

    MediaPipe's own FaceMesh looks for the face first and follows it from picture to picture; this graph is its landmark
    part alone, on a square crop of our choice.
    """

    size = 256

    def _build(self) -> Any:
        from google.protobuf import text_format
        from mediapipe.framework import calculator_pb2
        from mediapipe.framework.formats import rect_pb2
        from mediapipe.python.solution_base import SolutionBase

        # the message classes appear at import: protobuf builds them, no type checker sees them
        self._square = rect_pb2.NormalizedRect(  # pyright: ignore[reportAttributeAccessIssue]
            x_center=0.5, y_center=0.5, width=1.0, height=1.0, rotation=0.0
        )
        graph = calculator_pb2.CalculatorGraphConfig()  # pyright: ignore[reportAttributeAccessIssue]
        return SolutionBase(
            graph_config=text_format.Parse(_MESH_GRAPH, graph),
            side_inputs={"with_attention": True},
            outputs=["landmarks", _PRESENCE],
            calculator_params={_PRESENCE_THRESHOLD: 0.0},  # we read the presence and judge it ourselves
        )

    def _run(self, picture: NDArray[np.uint8]) -> Any:
        with self._lock:
            return self._solution.process({"image": np.ascontiguousarray(picture), "square": self._square})

    def fit(self, square: NDArray[np.uint8]) -> tuple[NDArray[np.float32], float]:
        """((478, 3) float32 mesh in the pixels of a square (S, S, 3) crop, presence 0..1). z grows away from us."""
        side = square.shape[0]
        answer = self._run(square)
        mesh = np.array([(p.x, p.y, p.z) for p in answer.landmarks.landmark], np.float32) * side
        mesh[:, :2] -= 0.5  # MediaPipe counts from a pixel's corner, OpenCV from its middle
        return mesh, float(getattr(answer, _PRESENCE))


class Segmenter(_Network):
    """Selfie segmentation, the general model: whatever the picture's size, the network sees 256 x 256 pixels."""

    longest_side = 1024  # pixels: a larger picture is averaged down before

    def _build(self) -> Any:
        from mediapipe.python.solutions.selfie_segmentation import SelfieSegmentation

        return SelfieSegmentation(0)

    def segment(self, picture: NDArray[np.uint8]) -> NDArray[np.float32]:
        """(H, W) float32, 0..1: how surely each pixel belongs to a person."""
        return np.clip(self._run(picture).segmentation_mask, 0.0, 1.0).astype(np.float32)

    def person_mask(self, picture: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Like `segment`, of a picture of any size: what characters.face.FaceAnalyzer promises."""
        height, width = picture.shape[:2]
        scale = min(1.0, self.longest_side / max(height, width))
        mask = self.segment(picture if scale == 1.0 else shrunk(picture, scale)[0])
        return np.asarray(cv2.resize(mask, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)
