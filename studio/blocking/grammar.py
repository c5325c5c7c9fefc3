"""The shot grammar in numbers: how large a head is, where the eyes sit, what an angle and a glance do to a pose.

Heights are fractions of the frame's height, widths of its width. A grown body is seven and a half heads tall; the chest
lies two heads below the crown, the waist three, the hip four, the knee five and a half.
"""

from dataclasses import dataclass
from types import MappingProxyType

from characters.face import Pose

BODY_HEADS = 7.5
# half the breadth of the shoulders with the arms, in head heights
SHOULDERS = 1.02

# Action safe: faces stay in the inner 90 %. Captions stand in the lowest 22 %.
SAFE_MARGIN = 0.05
CAPTION_TOP = 0.78

# The widest a head gets as it turns, in head heights (the skull at 45 degrees, with the nose and some air).
HEAD_BREADTH = 0.86


@dataclass(frozen=True, slots=True)
class SizeRule:
    """head: chin to crown; eyes: where they sit below the top edge; distance: mm from the lens, by the usual lens."""

    head: float
    eyes: float
    distance: float


SIZES = MappingProxyType(
    {
        # a figure of a sixth of the frame, standing on the upper edge of the captions
        "ELS": SizeRule(head=0.024, eyes=0.585, distance=25_000),
        # a figure of under half the frame, feet above the captions
        "LS": SizeRule(head=0.056, eyes=0.36, distance=11_000),
        # crown to soles fit, with more air above than below
        "FS": SizeRule(head=0.102, eyes=0.185, distance=5_500),
        # cut at the knees
        "MLS": SizeRule(head=0.155, eyes=0.21, distance=4_000),
        # cut at the hip: between the English waist and the Chinese "above the knees"
        "MS": SizeRule(head=0.235, eyes=0.25, distance=2_600),
        # cut at the chest; eyes on the upper third
        "MCU": SizeRule(head=0.345, eyes=0.31, distance=1_800),
        # the tops of the shoulders; eyes a little below the third, so that the crown keeps some air
        "CU": SizeRule(head=0.52, eyes=0.355, distance=1_500),
        # brow to chin; the crown is cut away, the mouth stays above the captions
        "ECU": SizeRule(head=0.88, eyes=0.41, distance=1_100),
    }
)


@dataclass(frozen=True, slots=True)
class AngleRule:
    """camera: how a level head looks from there. drop: how far the eyes move down the frame. stature: what is left of
    the body's height by foreshortening. face: whether a face can be seen from there."""

    camera: Pose
    drop: float = 0.0
    stature: float = 1.0
    face: bool = True


ANGLES = MappingProxyType(
    {
        "eye-level": AngleRule(Pose()),
        # a head towards the camera takes more of the frame, the body runs away from it
        "high": AngleRule(Pose(pitch=-18.0), drop=0.025, stature=0.9),
        # the figure towers: less air above
        "low": AngleRule(Pose(pitch=14.0), drop=-0.02, stature=0.95),
        "worms-eye": AngleRule(Pose(pitch=28.0), drop=-0.03, stature=0.8),
        "dutch": AngleRule(Pose(roll=12.0)),
        # crowns and shoulders
        "overhead": AngleRule(Pose(pitch=-75.0), drop=0.14, stature=0.35, face=False),
    }
)
# A close-up from above shows a face only because somebody lies there or looks up into the lens.
LYING = AngleRule(Pose())
CLOSE = frozenset({"MCU", "CU", "ECU"})
WIDE = frozenset({"ELS", "LS"})

# Degrees. A glance past the lens; a talk with somebody beside; a face open to us that still belongs to its partner;
# the listener of an over-the-shoulder shot, whose eyeline passes close to the lens.
GLANCE_YAW = 33.0
FACING_YAW = 42.0
PARTNER_YAW = 12.0
OVER_SHOULDER_YAW = 22.0
DOWN_PITCH = -25.0
UP_PITCH = 20.0
STEEPEST_PITCH = 36.0
BEHIND_YAW = 180.0
# the foreground person of an over-the-shoulder shot shows an ear and the edge of a cheek
SHOULDER_YAW = 150.0

# Where one person stands alone: on the thirds, a little inwards; and the room left in front of a glance.
SIDE = 0.14
LEAD_ROOM = 0.05

# People in a line: (size, eyes' rise in head heights) by order of naming, so that no two are the same height, and
# the breadth of a conversation in head heights.
VARIETY = ((1.0, 0.0), (0.95, 0.16), (0.97, -0.08))
CONVERSATION = 2.1

# Hands and feet: breadth of a hand, and of a pair of shoes, as a fraction of the shorter side.
HAND_BREADTH = MappingProxyType(
    {"ELS": 0.08, "LS": 0.12, "FS": 0.17, "MLS": 0.23, "MS": 0.31, "MCU": 0.41, "CU": 0.54, "ECU": 0.70}
)
FEET_BREADTH = MappingProxyType(
    {"ELS": 0.08, "LS": 0.13, "FS": 0.19, "MLS": 0.27, "MS": 0.36, "MCU": 0.46, "CU": 0.58, "ECU": 0.72}
)
