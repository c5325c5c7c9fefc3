"""People in the frame's depth: one alone, or several in a line, each in a column of their own."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

import numpy as np

from characters.face import Pose
from studio.blocking import grammar
from studio.blocking.head import Box, Projection, bounds, project, rotation, seen_from
from studio.blocking.marks import Mark, Placed, Setting, no_keypoints

_RANK = {"left": -1, "centre": 0, "right": 1}
# between two people of the same placement, the one who looks right stands left, so that they face each other
_LOOKS = {"right": -1, "left": 1}
# how softly a head gives way to the room there is; see `softly_below`
_SOFTNESS = 4.0


def softly_below(wanted: float, limit: float) -> float:
    """Nearly the smaller of the two, but always growing with `wanted`: a tighter size stays tighter in a narrow frame."""
    return float((wanted**-_SOFTNESS + limit**-_SOFTNESS) ** (-1.0 / _SOFTNESS))


def _overfills(setting: Setting, people: int, shoulders: Sequence[int]) -> bool:
    """Whether this is the one shot whose face reaches past the frame on purpose."""
    return setting.size == "ECU" and people == 1 and not shoulders


def room_beside(shoulders: Sequence[int]) -> tuple[float, float]:
    """Left and right end, as fractions of the width, of what foreground people (-1 left, 1 right) leave to the others."""
    taken = 0.36 if len(shoulders) == 1 else 0.25
    left = taken if -1 in shoulders else grammar.SAFE_MARGIN
    right = taken if 1 in shoulders else grammar.SAFE_MARGIN
    return (left, 1.0 - right)


def head_height(setting: Setting, people: int, shoulders: Sequence[int]) -> float:
    """Chin to crown in pixels of the nearest person in a line of `people` (at least one)."""
    wanted = setting.rule.head * setting.height
    if _overfills(setting, people, shoulders):
        return wanted
    left, right = room_beside(shoulders)
    return softly_below(wanted, (right - left) * setting.width / people / grammar.HEAD_BREADTH)


def eye_line(height: float, setting: Setting) -> float:
    """Where the eyes sit, in pixels from the top, for a head of `height` pixels."""
    return (_of_the_size_it_has(height, setting, "eyes") + setting.view.drop) * setting.height


def lens_distance(height: float, setting: Setting) -> float:
    """From the lens to a head of `height` pixels, in mm."""
    return _of_the_size_it_has(height, setting, "distance")


def _of_the_size_it_has(height: float, setting: Setting, column: Literal["eyes", "distance"]) -> float:
    # a head that gave way to the room is shot like the wider size that it has become
    heads = [rule.head for rule in grammar.SIZES.values()]
    values = [getattr(rule, column) for rule in grammar.SIZES.values()]
    return float(np.interp(height / setting.height, heads, values))


def stand_in_line(people: Sequence[Placed], setting: Setting, shoulders: Sequence[int], depth: int) -> list[Mark]:
    """A mark for each, in the order given; `depth` is the nearest's, who is the first named."""
    if not people:
        return []
    count = len(people)
    height = head_height(setting, count, shoulders)
    left, right = room_beside(shoulders)
    room = (right - left) * setting.width
    spacing = min(room / count, grammar.CONVERSATION * height)
    slack = max(0.0, (room - spacing * (count - 1) - grammar.HEAD_BREADTH * height) / 2)
    lean = _lean(people, shoulders) * setting.width
    middle = (left + right) / 2 * setting.width + float(np.clip(lean, -slack, slack))
    eyes = eye_line(height, setting)

    order = sorted(range(count), key=lambda i: (_RANK[people[i].placement], _LOOKS.get(people[i].gaze, 0), i))
    tilt = rotation(Pose(roll=setting.view.camera.roll))[:2, :2]
    marks: list[Mark] = []
    for index, person in enumerate(people):
        column = order.index(index) - (count - 1) / 2
        scale, rise = grammar.VARIETY[index % len(grammar.VARIETY)]
        rise *= min(height, 0.3 * setting.height) if count > 1 else 0.0
        across, up = tilt @ (column * spacing, -rise)
        partner = int(np.sign(sum(shoulders))) if shoulders else -int(np.sign(column))
        centre = (float(middle + across), float(eyes + up))
        pose = _turned(person, setting, partner, bool(shoulders))
        if person.part == "face" and count == 1 and not shoulders:
            centre = _eyes_first(centre, pose, height, setting)
        marks.append(_stand(person, setting, centre, height * scale, pose, depth + index))
    return marks


def _lean(people: Sequence[Placed], shoulders: Sequence[int]) -> float:
    """How far the middle of the line is off the middle of its room, as a fraction of the width."""
    if shoulders:
        return 0.0
    lean = grammar.SIDE * sum(_RANK[person.placement] for person in people) / len(people)
    if len(people) == 1 and lean == 0.0:
        return grammar.LEAD_ROOM * {"left": 1, "right": -1}.get(people[0].gaze, 0)
    return lean


def _turned(person: Placed, setting: Setting, partner: int, over_shoulder: bool) -> Pose:
    """The head's pose as the camera sees it; partner: -1 to the left, 1 to the right, 0 nobody."""
    glance = {"left": -1, "right": 1}.get(person.gaze, 0)
    if person.part == "back" and setting.view.face:
        yaw = glance * grammar.SHOULDER_YAW if glance else grammar.BEHIND_YAW
        return Pose(yaw=yaw, roll=setting.view.camera.roll)
    if over_shoulder and glance in (0, partner):
        yaw = partner * grammar.OVER_SHOULDER_YAW
    elif glance:
        yaw = glance * (grammar.FACING_YAW if glance == partner else grammar.GLANCE_YAW)
    else:
        yaw = partner * grammar.PARTNER_YAW
    pitch = {"down": grammar.DOWN_PITCH, "up": grammar.UP_PITCH}.get(person.gaze, 0.0)
    seen = seen_from(setting.view.camera, Pose(yaw=yaw, pitch=pitch))
    if not setting.view.face:
        return seen
    # who looks up at a high camera, or down at a low one, meets it half way; nobody bends further than a neck does
    return replace(seen, pitch=float(np.clip(seen.pitch, -grammar.STEEPEST_PITCH, grammar.STEEPEST_PITCH)))


def _eyes_first(centre: tuple[float, float], pose: Pose, height: float, setting: Setting) -> tuple[float, float]:
    """The centre of a head that is alone in the frame, so that its eyes, not its middle, fall on `centre`.

    A turned face has room before it then, and one that overfills the frame does not lose an eye past the edge. A head
    that fits stays whole.
    """
    head = project(pose, centre, height, lens_distance(height, setting))
    x, y = 2 * np.array(centre) - head.keypoints[:2].mean(axis=0)
    if setting.size == "ECU":
        return (float(x), float(y))
    left, right = (edge + x - centre[0] for edge in (head.head[0], head.head[2]))
    return (float(x + max(0.0, -left) - max(0.0, right - setting.width)), centre[1])


def _stand(
    person: Placed, setting: Setting, centre: tuple[float, float], height: float, pose: Pose, depth: int
) -> Mark:
    head = project(pose, centre, height, lens_distance(height, setting))
    seen = person.part == "face"
    return Mark(
        name=person.name,
        part=person.part,
        keypoints=head.keypoints.astype(np.float32) if seen else no_keypoints(),
        pose=pose,
        face=head.face if seen else None,
        head=head.head,
        region=body(head, centre, height, setting),
        depth=depth,
    )


def body(head: Projection, centre: tuple[float, float], height: float, setting: Setting) -> Box:
    """The box around a standing person with this head, crown to soles, tilted with the camera."""
    half = grammar.SHOULDERS * height
    crown = -height / 2
    soles = crown + grammar.BODY_HEADS * height * setting.view.stature
    corners = np.array([(-half, crown), (half, crown), (half, soles), (-half, soles)])
    tilt = rotation(Pose(roll=setting.view.camera.roll))[:2, :2]
    x0, y0, x1, y1 = head.head
    return bounds(np.vstack([corners @ tilt.T + centre, [(x0, y0), (x1, y1)]]))
