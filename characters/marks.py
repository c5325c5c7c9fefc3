"""What a similarity means, by embedding space. Measured per recogniser; there is no one number for all of them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Marks:
    """Limits of one embedding space, as cosines.

    passes: from here on a face counts as the person. duplicate: from here on two photos are one picture, saved again.
    odd_gap: the odd photo's mean similarity lies below that of the others among each other by more than this.
    known: how well it tells people apart, in a few words.
    """

    passes: float
    duplicate: float
    odd_gap: float
    known: str


# bundled-1, on 53 photos of 10 people: passes is where both kinds of error are equally frequent (15 % of pairs);
# different photos of one person reached 0.90, a photo shrunk to a face of 64 px kept 0.95 with itself; a gap of 0.14
# accused 4 % of sets of three photos wrongly and none of four or more, and found 56 to 66 % of the strangers in them
MARKS: dict[str, Marks] = {
    "bundled-1": Marks(
        passes=0.69,
        duplicate=0.94,
        odd_gap=0.14,
        known="fair for a draft, not a face recogniser: AUC 0.93, 16 % of pairs judged wrongly on 53 press photos",
    )
}
UNMEASURED = (
    "a face recogniser without a pass mark: similarities are told, but nothing has been measured to judge them by"
)
