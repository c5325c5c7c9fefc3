"""What a sheet changes, written into an episode's rows: fields first, then new shots and the order. Numbers stay."""

from collections.abc import Iterable
from typing import Any

from characters.names import name_key
from storage.errors import Conflict
from storage.models import Episode, Scene, Shot
from studio.exports.timeline import ClipLine, frames_of
from studio.importing import shot_row
from studio.numbering import number_between
from studio.screenplay.draft import CastDraft
from studio.sheet_cells import Edit, Value
from studio.sheet_changes import Changes, NewShot, Place
from studio.shot_edits import apply_changes


def apply_sheet(episode: Episode, changes: Changes) -> list[Shot]:
    """Make the changes to the episode (with series, scenes, shots and cast loaded); the shots that are new.

    Raises Conflict where a shot is not any more what it was when the sheet was compared, and InvalidInput as
    studio.shot_edits does; then the caller's transaction is to be undone.
    """
    shots = {shot.uid: shot for scene in episode.scenes for shot in scene.shots}
    if tuple(shots) != changes.shots:
        raise Conflict(
            "Shots were added, moved or dropped since the sheet was compared. Compare it again.",
            "对比之后本集的镜头有增删或移动，请重新对比表格。",
        )
    for edited in changes.edited:
        _edit(shots[edited.uid], edited.edits, episode.series.fps)
    rows = _Rows(episode, {each.key: each for each in changes.new})
    for place in changes.places:
        rows.put(place)
    return rows.made


def _edit(shot: Shot, edits: Iterable[Edit], fps: int) -> None:
    wanted: dict[str, Any] = {}
    for edit in edits:
        if not _is_still(shot, edit, fps):
            raise Conflict(
                f"Shot {shot.number} was changed since the sheet was compared. Compare it again.",
                f"对比之后镜头 {shot.number} 又有改动，请重新对比表格。",
            )
        wanted[edit.field] = _as_stored(edit.after) if edit.field == "dialogue" else edit.after
    people = wanted.pop("cast", None)
    if people is None:
        apply_changes(shot, wanted)
        return
    parts = {name_key(name): (name, part) for name, part in people}
    if set(parts) == {member.key for member in shot.cast}:
        stood = {member.key: member for member in shot.cast}
        apply_changes(shot, wanted | {"cast": [_kept(stood[key], part) for key, (_, part) in parts.items()]})
    else:  # other people: placed anew by the framing, seen as the sheet says
        apply_changes(shot, wanted | {"cast": [name for name, _ in people]})
        for member in shot.cast:
            if parts[member.key][1] != "face":
                member.part = parts[member.key][1]
                member.gaze = "away" if member.part == "back" else member.gaze


def _kept(member: Any, part: str) -> CastDraft:
    return CastDraft(member.name, member.placement, member.gaze, part)


def _as_stored(lines: Value) -> list[dict[str, str]]:
    assert isinstance(lines, tuple)
    return [
        {"speaker": line.speaker, "text": line.text, "manner": line.manner, "delivery": line.delivery}
        for line in lines
        if isinstance(line, ClipLine)
    ]


def _is_still(shot: Shot, edit: Edit, fps: int) -> bool:
    """Whether the shot's field holds what the sheet was compared with."""
    if edit.field == "seconds":
        assert isinstance(edit.before, float)
        return shot.omitted or frames_of(shot.seconds, fps) == frames_of(edit.before, fps)
    if edit.field == "dialogue":
        return list(shot.dialogue) == _as_stored(edit.before)
    if edit.field == "cast":
        return tuple((member.name, member.part) for member in shot.cast) == edit.before
    return getattr(shot, edit.field) == edit.before


class _Rows:
    """The episode's shots in order, while they are moved and new ones come between."""

    def __init__(self, episode: Episode, new: dict[str, NewShot]):
        self.episode, self.new = episode, new
        self.shots = {shot.uid: shot for scene in episode.scenes for shot in scene.shots}
        self.home = {shot.uid: scene for scene in episode.scenes for shot in scene.shots}
        self.runs = {scene.id: list(scene.shots) for scene in episode.scenes}
        self.made: list[Shot] = []

    def put(self, place: Place) -> None:
        behind = self.shots[place.behind] if place.behind else None
        scene = behind.scene if behind is not None else self.home[place.home]
        shot = self.shots.get(place.shot)
        if shot is not None:
            self.runs[shot.scene.id].remove(shot)
        run = self.runs[scene.id]
        at = run.index(behind) + 1 if behind is not None else 0
        if shot is None:
            shot = shot_row(self.new[place.shot].draft, 0, self._number(self.new[place.shot].draft.number, scene, at))
            shot.takes = []
            self.shots[place.shot] = shot
            self.made.append(shot)
        run.insert(at, shot)
        shot.scene = scene
        for position, each in enumerate(run):
            each.position = float(position)

    def _number(self, asked: str, scene: Scene, at: int) -> str:
        """The number that the row asks for where it is free; else one between the neighbours'."""
        taken = {shot.number for shot in self.shots.values()}
        if asked and asked.casefold() not in {number.casefold() for number in taken}:
            return asked
        run = self.runs[scene.id]
        before = run[at - 1].number if at else None
        if at < len(run):
            return number_between(before, run[at].number, taken)
        story = [shot for each in self.episode.scenes for shot in self.runs[each.id]]
        following = story[story.index(run[at - 1]) + 1 :] if at else []
        return number_between(before, following[0].number if following else None, taken)
