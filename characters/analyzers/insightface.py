"""Insightface packs (antelopev2, buffalo_l) as face analyzers: SCRFD finds, ArcFace knows.

Of a pack only the detector and the recogniser are opened, and only from the disk: the library's own way to open a pack
downloads in the middle of a job where a file is missing.
"""

from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
from numpy.typing import NDArray

from characters.analyzers.boxes import area, clipped
from characters.analyzers.geometry import pose_of_keypoints, sharpness_and_brightness, to_template
from characters.analyzers.networks import Segmenter
from characters.analyzers.pack import Pack, pack_in, pack_with, space_of, unusable
from characters.face import Face, unit_vector
from storage.errors import ResourceMissing

if TYPE_CHECKING:
    from insightface.model_zoo.arcface_onnx import ArcFaceONNX

    from characters.analyzers.scrfd import Scrfd, Seen

__all__ = ["InsightFace", "antelopev2", "buffalo_l", "recogniser_of", "space_of"]

_SIZE = 112


class InsightFace:
    """A characters.face.FaceAnalyzer over the pack in `folder`. May be shared by threads; the same picture, the same answer.

    Finds faces that fill the picture, small ones, several, and pictures turned by quarters. Boxes are clipped to the
    picture; keypoints are not. device: 'cpu', 'auto', 'cuda' or 'cuda:<n>'; 'auto' takes a card where onnxruntime has one.
    Raises ResourceMissing where the folder, one of the two networks or the card is missing, and InvalidInput where a file
    is not what its name says.
    """

    def __init__(self, folder: Path, device: str = "cpu"):
        pack = pack_in(folder)
        self.name = folder.name
        self.space = pack.space
        self._finder, self._recogniser = _opened(pack, device)
        self._segmenter: Segmenter | None = None
        self._making = Lock()

    def analyze(self, picture: NDArray[np.uint8]) -> list[Face]:
        """All faces in an (H, W, 3) uint8 RGB picture, largest box first; [] where there is none."""
        faces = [self._face(picture, seen) for seen in self._finder.find(picture)]
        return sorted(faces, key=lambda face: -area(face.box))

    def person_mask(self, picture: NDArray[np.uint8]) -> NDArray[np.float32]:
        """(H, W) float32 in 0..1: how surely each pixel belongs to a person, as the bundled analyzer sees it."""
        with self._making:
            self._segmenter = self._segmenter or Segmenter()
        return self._segmenter.person_mask(picture)

    def _face(self, picture: NDArray[np.uint8], seen: "Seen") -> Face:
        sharpness, brightness = sharpness_and_brightness(picture, seen.keypoints)
        raw = self._embedding(picture, seen.keypoints)
        return Face(
            box=clipped(seen.box, picture),
            keypoints=seen.keypoints,
            pose=pose_of_keypoints(seen.keypoints),
            score=seen.score,
            sharpness=sharpness,
            brightness=brightness,
            space=self.space,
            raw=raw,
            unit=unit_vector(raw),
        )

    def _embedding(self, picture: NDArray[np.uint8], keypoints: NDArray[np.float32]) -> NDArray[np.float32]:
        # cut as the library cuts it (its norm_crop), so that embeddings agree with those of other tools
        bgr = np.ascontiguousarray(picture[..., ::-1])
        aligned = cv2.warpAffine(bgr, to_template(keypoints), (_SIZE, _SIZE), borderValue=0.0)
        return np.asarray(self._recogniser.get_feat(aligned), np.float32).ravel()


def antelopev2(weights: Path) -> InsightFace:
    """The analyzer of the catalogue: the pack that InstantID was trained with."""
    return InsightFace(weights / "faces" / "antelopev2")


def buffalo_l(weights: Path) -> InsightFace:
    """The analyzer of the catalogue: insightface's default pack."""
    return InsightFace(weights / "faces" / "buffalo_l")


def recogniser_of(space: str, weights: Path) -> InsightFace:
    """The analyzer of an embedding space among the installed packs. Raises ResourceMissing, InvalidInput."""
    return InsightFace(pack_with(space, weights / "faces"))


def _opened(pack: Pack, device: str) -> "tuple[Scrfd, ArcFaceONNX]":
    """The two networks; the libraries that run them are imported here, for they are slow to import."""
    import onnxruntime
    from insightface.model_zoo.arcface_onnx import ArcFaceONNX

    from characters.analyzers.scrfd import Scrfd

    providers = _providers(device, onnxruntime.get_available_providers())
    finder = Scrfd(pack.detector, _session(pack.detector, providers))
    if not finder.gives_keypoints:
        raise unusable(
            pack.detector, "finds faces but gives no five points (the file with 'bnkps' does)", "不输出五个关键点"
        )
    return finder, ArcFaceONNX(str(pack.recogniser), session=_session(pack.recogniser, providers))


def _session(file: Path, providers: list[Any]) -> Any:
    import onnxruntime
    from onnxruntime.capi import onnxruntime_pybind11_state as errors  # pyright: ignore[reportAttributeAccessIssue]

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3  # below: SCRFD's exported output shapes differ from those of other picture sizes
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        return onnxruntime.InferenceSession(str(file), options, providers=providers)
    except (
        errors.Fail,
        errors.InvalidArgument,
        errors.InvalidGraph,
        errors.InvalidProtobuf,
        errors.NotImplemented,
        errors.RuntimeException,
    ) as error:
        raise unusable(
            file, "cannot be opened as a model: it is damaged or incomplete", "无法作为模型打开，已损坏或不完整"
        ) from error


def _providers(device: str, available: list[str]) -> list[Any]:
    """What onnxruntime runs on, first choice first."""
    if device == "cpu" or (device == "auto" and "CUDAExecutionProvider" not in available):
        return ["CPUExecutionProvider"]
    if "CUDAExecutionProvider" not in available:
        raise ResourceMissing(
            "Faces cannot be looked at on the graphics card: this onnxruntime runs on the CPU only. "
            "Run `pip install onnxruntime-gpu` in its place, or use the CPU.",
            "当前 onnxruntime 仅支持 CPU，无法用显卡分析人脸。请改装 onnxruntime-gpu，或使用 CPU。",
        )
    number = device.partition(":")[2]
    return [("CUDAExecutionProvider", {"device_id": int(number or 0)}), "CPUExecutionProvider"]
