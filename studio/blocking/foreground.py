"""What stands before the others: the shoulder we look over, a hand, feet. No face is seen of these people."""

from collections.abc import Sequence

from characters.face import Pose
from studio.blocking import grammar
from studio.blocking.head import Box, project
from studio.blocking.line import body, eye_line, head_height, lens_distance, softly_below
from studio.blocking.marks import FOREGROUND, Mark, Placed, Setting, no_keypoints


def lend_shoulder(
    person: Placed, setting: Setting, others: Sequence[Mark], shoulders: Sequence[int], depth: int
) -> Mark:
    """Somebody from behind at the left or right edge, larger than the `others`, cut by the edge, never over their heads.

    person: with a foreground placement. shoulders: the sides (-1, 1) where foreground people stand.
    """
    side = FOREGROUND[person.placement]
    beyond = head_height(setting, max(1, len(others)), shoulders)
    height = softly_below(0.16 * setting.height + 0.85 * beyond, 0.86 * setting.width)
    pose = Pose(yaw=-side * grammar.SHOULDER_YAW, roll=setting.view.camera.roll)
    eyes = eye_line(beyond, setting) + 0.05 * setting.height
    distance = lens_distance(height, setting)

    # measured from the person's own edge inwards: how far the head may reach
    breadth = project(pose, (0.0, eyes), height, distance).head[2] * 2
    reach = min(0.8 * breadth, 0.36 * setting.width)
    for other in others:
        gap = other.head[0] if side < 0 else setting.width - other.head[2]
        reach = min(reach, gap - 0.02 * setting.width)
    inwards = reach - breadth / 2
    centre = (inwards if side < 0 else setting.width - inwards, eyes)
    head = project(pose, centre, height, distance)
    return Mark(
        person.name, person.part, no_keypoints(), pose, None, head.head, body(head, centre, height, setting), depth
    )


def show_parts(people: Sequence[Placed], setting: Setting, others: Sequence[Mark], depth: int) -> list[Mark]:
    """Hands and feet side by side, in the order of their placements: in the middle of the frame where they are the
    shot, smaller and under the faces where `others` are."""
    rank = {"left": -1, "foreground-left": -1, "right": 1, "foreground-right": 1}
    order = sorted(range(len(people)), key=lambda i: (rank.get(people[i].placement, 0), i))
    shorter = min(setting.width, 0.9 * setting.height)
    chins = [other.face[3] for other in others if other.face is not None]
    marks: list[Mark] = []
    for index, person in enumerate(people):
        breadths = grammar.HAND_BREADTH if person.part == "hand" else grammar.FEET_BREADTH
        breadth = min(breadths[setting.size] * shorter, 0.9 * setting.width / len(people))
        middle = 0.53 * setting.height
        if others:
            breadth = min(breadth, 0.32 * shorter)
            middle = max(0.62 * setting.height, *(chin + 0.55 * breadth for chin in chins), 0.0)
        lean = rank.get(person.placement, 0) * (0.22 if others else 0.1) if len(people) == 1 else 0.0
        x = ((order.index(index) + 0.5) / len(people) + lean) * setting.width
        x0, x1 = x - breadth / 2, x + breadth / 2
        if person.part == "hand":
            # looking down at one's own hands, they come from below
            region = (x0, middle - breadth / 2, x1, max(1.02 * setting.height, middle + breadth))
        elif others:
            region = (x0, middle - breadth / 2, x1, middle + breadth / 2)
        else:
            region = (x0, -0.02 * setting.height, x1, 0.75 * setting.height)
        head = _head_above(x, breadth, region, person.part)
        marks.append(Mark(person.name, person.part, no_keypoints(), Pose(), None, head, region, depth + index))
    return marks


def _head_above(x: float, breadth: float, region: Box, part: str) -> Box:
    """The head that belongs to a hand or to feet: in proportion, and above the canvas."""
    height = breadth * (1.2 if part == "hand" else 0.8)
    bottom = min(region[1], 0.0) - 0.1 * height
    half = height / 3
    return (x - half, bottom - height, x + half, bottom)
