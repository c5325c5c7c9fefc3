"""Every canvas and every size: whole frames, faces found again; three in a line, nobody's head hidden."""

import dataclasses

import numpy as np
import pytest

from studio.blocking import Placed
from studio.vocabulary import SIZES

CANVASES = [(1920, 1080), (1440, 1440), (1080, 1350), (360, 640)]
ANN = Placed("Ann")
FACING = Placed("Ann", "left", "right"), Placed("Bo", "right", "left")
OVER = Placed("Bo", "foreground-right", "away", "back"), Placed("Ann", "left")
LINE = (Placed("Ann", "left", "right"), Placed("Bo"), Placed("Cy", "right", "left"))


def render(board, request):
    return next(board.render([request], lambda *step: None)).image


def lost(analyzer, image, request):
    """Names of those whose face is not found where it was planned, within a quarter of its width."""
    faces = analyzer.analyze(image)
    missing = []
    for subject in request.subjects:
        if subject.part != "face":
            continue
        planned = np.mean(subject.keypoints, axis=0)
        if not any(np.linalg.norm(face.keypoints.mean(0) - planned) < 0.25 * face.width for face in faces):
            missing.append(subject.name)
    return missing


@pytest.mark.parametrize("canvas", CANVASES)
def test_every_size_and_framing_makes_a_frame(board, astronaut, shot, canvas):
    width, height = (side // 5 for side in canvas)
    photo = (astronaut["bust"],)
    framings = {
        "single": [(ANN, photo)],
        "two-shot": [(person, photo) for person in FACING],
        "OTS": [(person, photo) for person in OVER],
        "insert": [(Placed("Ann", part="hand"), photo)],
        "establishing": [(ANN, photo)],
    }
    for framing, people in framings.items():
        for size in SIZES.codes if canvas == CANVASES[0] else ("ELS", "MS", "ECU"):
            request = shot(size, *people, framing=framing, width=width, height=height, action="a brass key")
            image = render(board, request)
            assert image.shape == (height, width, 3) and image.std() > 8, (framing, size)


@pytest.mark.parametrize("canvas", CANVASES)
def test_faces_are_found_again_on_every_canvas(board, analyzer, astronaut, shot, canvas):
    photo = (astronaut["whole"],)
    for size, framing, people in (("MCU", "single", [ANN]), ("MS", "OTS", OVER)):
        request = shot(
            size, *((person, photo) for person in people), framing=framing, width=canvas[0], height=canvas[1]
        )
        assert lost(analyzer, render(board, request), request) == [], (size, framing)


@pytest.mark.parametrize(
    ("size", "canvas", "style"),
    [  # in ink a face of 100 pixels, as in a full shot, is at the edge of what the analyzer finds
        ("FS", (1080, 1920), "pencil"),
        ("MLS", (1920, 1080), "ink"),
    ],
)
def test_three_in_a_line_show_three_faces(board, analyzer, astronaut, shot, size, canvas, style):
    photo = (astronaut["whole"],)
    people = [(person, photo) for person in LINE]
    request = shot(size, *people, framing="group", width=canvas[0], height=canvas[1], style=style)
    assert sorted(s.depth for s in request.subjects) == [0, 1, 2]
    assert lost(analyzer, render(board, request), request) == []


def test_the_nearest_of_three_hides_nobodys_head(board, astronaut, shot):
    """Each face is the same pixels as when that person stands there alone."""
    people = [(person, (astronaut["whole"],)) for person in LINE]
    request = shot("MS", *people, framing="group", options={"lettering": False})
    together = render(board, request).astype(int)
    for subject in request.subjects:
        alone = render(board, dataclasses.replace(request, subjects=(subject,))).astype(int)
        (x0, y0), (x1, y1) = np.min(subject.keypoints, axis=0), np.max(subject.keypoints, axis=0)
        face = np.s_[int(y0) : int(y1), int(x0) : int(x1)]
        assert np.abs(together[face] - alone[face]).mean() < 12, subject.name


def test_a_fire_in_the_action_burns_in_the_frame_and_lights_the_set(board, astronaut, shot):
    person = (ANN, (astronaut["bust"],))
    for size in ("FS", "MCU"):
        lit, plain = (
            render(board, shot(size, person, action=action, time="NIGHT", style="colour")).astype(int)
            for action in ("alone by the fire", "alone by the wall")
        )
        low = np.s_[700:, :]
        warmth = [float((image[low][..., 0] - image[low][..., 2]).mean()) for image in (lit, plain)]
        assert warmth[0] > warmth[1] + 8, size
