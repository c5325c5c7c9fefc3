"""Is this photo good enough? Pure: faces and numbers in, sentences out.

The limits were measured with the bundled analyzer on press photos made worse step by step (tests/bench/bench_bundled.py
prints the figures); they concern the picture, so they hold for every analyzer. What concerns an embedding space is in
characters.marks, and a space without marks gets no verdict of that kind.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from characters.face import Face, similarity
from characters.marks import MARKS
from storage.errors import Message

LEAST_WIDTH = 24  # pixels: below, recognition falls apart
SMALL_WIDTH = 64  # pixels: below, it is visibly worse
BLURRED, SOFT = 8.0, 60.0  # sharpness at middle grey; focused press photos had 100 and more
BLACK, DARK = 8.0, 40.0  # mean grey of the face, 0..255
BRIGHT, BURNT = 205.0, 238.0
TURNED_YAW, PROFILE_YAW = 35.0, 60.0  # degrees
TURNED_PITCH, PROFILE_PITCH = 30.0, 45.0
LYING_ROLL = 60.0


@dataclass(frozen=True, slots=True)
class Examination:
    """What was thought of a photo. face_index: the face that was examined, None where none was settled on.

    reason: why it was refused, None where it was accepted. warnings: what is worth knowing about an accepted one.
    """

    accepted: bool
    face_index: int | None
    reason: Message | None
    warnings: tuple[Message, ...] = ()


def examine(faces: Sequence[Face], width: int, height: int, chosen: int | None = None) -> Examination:
    """Judge the faces of a picture of width x height pixels. chosen: which face is meant, an index into `faces`.

    Without a choice, faces too small to serve are passed over, and more than one that remains is refused.
    """
    if not faces:
        return _refused(None, NO_FACE)
    if chosen is None:
        usable = [index for index, face in enumerate(faces) if face.width >= LEAST_WIDTH]
        if len(usable) > 1:
            return _refused(None, several(len(usable)))
        chosen = usable[0] if usable else 0
    if not 0 <= chosen < len(faces):
        return _refused(None, _no_such_face(chosen, len(faces)))
    face = faces[chosen]
    reason = _unusable(face, width, height)
    if reason is not None:
        return _refused(chosen, reason)
    return Examination(True, chosen, None, tuple(_weaknesses(face, width, height)))


def duplicate_of(unit: NDArray[np.float32], space: str, others: Sequence[NDArray[np.float32]]) -> int | None:
    """Index of the one among `others` (unit vectors of `space`) that is practically the same picture, or None."""
    marks = MARKS.get(space)
    if marks is None or not others:
        return None
    values = [similarity(unit, space, other, space) for other in others]
    best = int(np.argmax(values))
    return best if values[best] >= marks.duplicate else None


def odd_one_out(units: Sequence[NDArray[np.float32]], space: str) -> int | None:
    """Index of the photo that seems to show somebody else, or None. Asks for at least three unit vectors of `space`.

    Leave-one-out: the photo least similar to the rest, if it is less similar by a clear margin than the rest are among
    each other.
    """
    marks = MARKS.get(space)
    if marks is None or len(units) < 3:
        return None
    table = np.stack(units).astype(np.float64)
    table = table @ table.T
    count = len(units)
    to_others = (table.sum(axis=1) - np.diag(table)) / (count - 1)
    odd = int(np.argmin(to_others))
    rest = np.delete(np.delete(table, odd, axis=0), odd, axis=1)
    among_rest = (rest.sum() - np.trace(rest)) / ((count - 1) * (count - 2))
    return odd if among_rest - to_others[odd] > marks.odd_gap else None


def _refused(face_index: int | None, reason: Message) -> Examination:
    return Examination(False, face_index, reason)


def _unusable(face: Face, width: int, height: int) -> Message | None:
    if face.width < LEAST_WIDTH:
        return Message(
            f"The face is only {face.width:.0f} pixels wide; {LEAST_WIDTH} is the least. "
            "Use a larger photo, or one taken closer.",
            f"人脸只有 {face.width:.0f} 像素宽，至少需要 {LEAST_WIDTH} 像素。请换更大的照片或更近的镜头。",
        )
    if ((face.keypoints < 0) | (face.keypoints > [width - 1, height - 1])).any():
        return Message(
            "The face is cut off by the picture's edge: eyes, nose and mouth must all be inside. "
            "Use a photo that shows the whole face.",
            "人脸被画面边缘切掉：双眼、鼻子和嘴必须都在画面内。请换一张露出整张脸的照片。",
        )
    if face.brightness < BLACK:
        return Message(
            "The face is almost black. Use a photo with light on the face.", "人脸几乎全黑。请换一张脸部有光的照片。"
        )
    if face.brightness > BURNT:
        return Message(
            "The face is burnt out: almost everything in it is white. Use a photo with softer light.",
            "人脸严重过曝，几乎全白。请换一张光线柔和的照片。",
        )
    if sharpness_at_middle_grey(face) < BLURRED:
        return Message(
            "The face is too blurred to know anybody by. Use a photo that is in focus.",
            "人脸太模糊，无法辨认。请换一张对焦清晰的照片。",
        )
    if abs(face.pose.yaw) > PROFILE_YAW or abs(face.pose.pitch) > PROFILE_PITCH:
        return Message(
            "The head is turned too far away. Use a photo in which both eyes can be seen.",
            "头部转得太偏。请换一张能看到双眼的照片。",
        )
    return None


def _weaknesses(face: Face, width: int, height: int) -> list[Message]:
    found = []
    if face.width < SMALL_WIDTH:
        found.append(
            Message(
                f"The face is small: {face.width:.0f} pixels wide. From {SMALL_WIDTH} on it is known more surely.",
                f"人脸较小：{face.width:.0f} 像素宽。{SMALL_WIDTH} 像素以上识别更可靠。",
            )
        )
    elif sharpness_at_middle_grey(face) < SOFT:  # a small face is soft anyway, and has been told so
        found.append(Message("The face is not quite sharp.", "人脸不够清晰。"))
    x0, y0, x1, y1 = face.box
    if x0 <= 1 or y0 <= 1 or x1 >= width - 1 or y1 >= height - 1:
        found.append(Message("The face touches the picture's edge.", "人脸贴到了画面边缘。"))
    if face.brightness < DARK:
        found.append(Message("The face is dark.", "人脸偏暗。"))
    if face.brightness > BRIGHT:
        found.append(Message("The face is over-exposed.", "人脸过曝。"))
    if abs(face.pose.yaw) > TURNED_YAW or abs(face.pose.pitch) > TURNED_PITCH:
        found.append(
            Message(
                "The head is turned far to one side, up or down; add a photo that looks at the camera.",
                "头部偏转较大；请再补一张正脸照片。",
            )
        )
    if abs(face.pose.roll) > LYING_ROLL:
        found.append(
            Message(
                "The picture lies on its side or upside down; it was read turned.",
                "图片是横着或倒着的，已按转正后的方向识别。",
            )
        )
    return found


def sharpness_at_middle_grey(face: Face) -> float:
    """The face's sharpness as if its mean were 128: a dark picture has less contrast, but is no less in focus."""
    return face.sharpness * (128.0 / max(face.brightness, 1.0)) ** 2


NO_FACE = Message(
    "No face was found. Use a photo that shows the face from the front, in good light.",
    "没有找到人脸。请使用光线良好的正面照片。",
)


def several(count: int) -> Message:
    """Why a photo with `count` usable faces is refused, and what to do."""
    return Message(
        f"{count} faces were found, and nobody said which one is meant. "
        "Choose one of them, or crop the photo to one person.",
        f"找到 {count} 张人脸，尚未指定是哪一位。请选择其中一张，或把照片裁剪到只剩一个人。",
    )


def _no_such_face(chosen: int, count: int) -> Message:
    return Message(
        f"Face number {chosen + 1} was chosen, but the photo shows {count}.",
        f"选择了第 {chosen + 1} 张人脸，但照片里只有 {count} 张。",
    )
