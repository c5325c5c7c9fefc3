"""The insightface analyzer with a real SCRFD and real stand-in recognisers, on photographs beside the checkout."""

import json
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2
import numpy as np
import pytest
from packs import real_pack
from verification import labelled_photos, verify

from characters.analyzers.bundled import Bundled
from characters.analyzers.insightface import InsightFace
from characters.face import Face, similarity
from storage.pictures import take_in

SHARED = Path(__file__).resolve().parents[4] / "shared"
# of the astronaut, read off the picture by eye, to about two pixels
POINTS = [(203, 101), (247, 103), (223, 131), (202, 139), (245, 141)]
# press photos with people behind the one who is meant: every one of these faces is there
BYSTANDERS = {"photos/df02/04.jpg": 3, "photos/df04/05.jpg": 3}


@pytest.fixture(scope="module")
def analyzer(tmp_path_factory: pytest.TempPathFactory) -> InsightFace:
    return InsightFace(real_pack(SHARED, tmp_path_factory.mktemp("packs") / "edgeface"))


@pytest.fixture(scope="module")
def her(analyzer: InsightFace, astronaut: np.ndarray) -> Face:
    return only(analyzer.analyze(astronaut))


def only(faces: list[Face]) -> Face:
    assert len(faces) == 1
    return faces[0]


def picture(path: Path) -> np.ndarray:
    return take_in(path, path.name).image


def resized(image: np.ndarray, scale: float) -> np.ndarray:
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(image, None, fx=scale, fy=scale, interpolation=way), np.uint8)


def like(a: Face, b: Face) -> float:
    return similarity(a.unit, a.space, b.unit, b.space)


def test_a_face_with_everything_that_is_promised(her: Face) -> None:
    assert np.abs(her.keypoints - POINTS).max() < 4
    assert her.keypoints.shape == (5, 2)
    assert her.keypoints.dtype == her.raw.dtype == her.unit.dtype == np.float32
    assert her.raw.shape == her.unit.shape == (512,)
    assert np.linalg.norm(her.unit) == pytest.approx(1, abs=1e-6)
    assert np.abs(her.raw / np.linalg.norm(her.raw) - her.unit).max() < 1e-6
    assert abs(np.linalg.norm(her.raw) - 1) > 0.1, "raw is as the recogniser gave it"
    assert her.space.startswith("edgeface-")
    assert 80 < her.width < 110
    assert 0.8 < her.score <= 1
    assert max(abs(her.pose.yaw), abs(her.pose.pitch), abs(her.pose.roll)) < 10


def test_light_and_sharpness_are_measured_as_the_bundled_analyzer_does(her, bundled, astronaut) -> None:
    other = only(bundled.analyze(astronaut))
    assert her.brightness == pytest.approx(other.brightness, rel=0.05)
    assert her.sharpness == pytest.approx(other.sharpness, rel=0.25)


def test_the_embedding_is_the_one_that_the_library_gives(analyzer: InsightFace, tmp_path: Path, astronaut) -> None:
    from insightface.app import FaceAnalysis

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its own alignment calls what scikit-image is going to take away
        library = FaceAnalysis(str(real_pack(SHARED, tmp_path / "edgeface")), providers=["CPUExecutionProvider"])
        library.prepare(-1)
        for image in (astronaut, picture(SHARED / "faces" / "photos" / "obama" / "02.jpg")):
            ours = only(analyzer.analyze(image))
            bgr = np.ascontiguousarray(image[..., ::-1])
            theirs = library.get(bgr)[0]
            assert np.abs(ours.keypoints - theirs.kps).max() < 0.04 * ours.width
            assert float(ours.unit @ theirs.normed_embedding) > 0.95  # its points are those of another size
            theirs.kps = ours.keypoints
            same_points = library.models["recognition"].get(bgr, theirs)
            assert np.abs(ours.raw - same_points).max() < 2e-3  # a pixel of the crop may be rounded otherwise
            swapped = library.models["recognition"].get(image, theirs)  # the wrong order of colours looks almost right
            assert np.abs(ours.raw - swapped).max() > 0.02


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_four_turns_give_the_same_points(her, analyzer, astronaut, quarters) -> None:
    face = only(analyzer.analyze(np.ascontiguousarray(np.rot90(astronaut, quarters))))
    x, y = her.keypoints.T
    expected = {1: (y, 511 - x), 2: (511 - x, 511 - y), 3: (511 - y, x)}[quarters]
    assert np.abs(face.keypoints - np.stack(expected, axis=1)).max() < 2
    assert like(face, her) > 0.97
    roll = {1: -90, 2: 180, 3: 90}[quarters] + her.pose.roll
    assert (face.pose.roll - roll + 180) % 360 - 180 == pytest.approx(0, abs=3)
    x0, y0, x1, y1 = face.box
    inside = (face.keypoints > [x0, y0]) & (face.keypoints < [x1, y1])
    assert inside.all()


@pytest.mark.parametrize("margin", [0.0, 0.08, 0.3])
@pytest.mark.parametrize("quarters", [0, 2])
def test_a_face_that_fills_the_picture_is_found(her, analyzer, astronaut, margin, quarters) -> None:
    x0, y0, x1, y1 = her.box
    gap = margin * her.width
    top, left = round(y0 - gap), round(x0 - gap)
    tight = resized(astronaut[top : round(y1 + gap), left : round(x1 + gap)], 6)
    face = only(analyzer.analyze(np.ascontiguousarray(np.rot90(tight, quarters))))
    points = face.keypoints if not quarters else [tight.shape[1] - 1, tight.shape[0] - 1] - face.keypoints
    assert np.abs(points / 6 + [left, top] - her.keypoints).max() < 5
    assert face.box[0] >= 0
    assert face.box[1] >= 0
    assert face.box[2] <= tight.shape[1]
    assert face.box[3] <= tight.shape[0]
    assert like(face, her) > 0.8


@pytest.mark.parametrize(("width", "least"), [(64, 0.9), (40, 0.85), (24, 0.6)])
def test_a_small_face_is_found_and_still_known(her, analyzer, astronaut, width, least) -> None:
    scale = width / her.width
    face = only(analyzer.analyze(resized(astronaut, scale)))
    assert face.width == pytest.approx(width, rel=0.12)
    assert like(face, her) > least


@pytest.mark.parametrize(("at", "scale"), [((40, 60), 0.6), ((3300, 30), 0.45), ((1700, 2100), 0.45)])
def test_a_small_face_is_found_anywhere_in_a_large_picture(her, analyzer, astronaut, at, scale) -> None:
    scene = np.full((2400, 3600, 3), (120, 140, 110), np.uint8)
    small = resized(astronaut[:260, 90:350], scale)  # a face of 54 or 40 pixels in a picture of 3600
    x, y = at
    scene[y : y + small.shape[0], x : x + small.shape[1]] = small
    face = only(analyzer.analyze(scene))
    expected = (her.keypoints - [90, 0]) * scale + [x, y]
    assert np.abs(face.keypoints - expected).max() < 5


def test_two_people_are_two_faces_largest_first_whichever_way_they_lie(analyzer, astronaut, her) -> None:
    small = np.ascontiguousarray(np.rot90(resized(astronaut, 0.7)))
    scene = np.zeros((512, 900, 3), np.uint8)
    scene[:, :512] = astronaut
    scene[100 : 100 + small.shape[0], 530 : 530 + small.shape[1]] = small
    faces = analyzer.analyze(scene)
    assert faces[0].width > faces[1].width
    assert faces[0].keypoints[:, 0].max() < 512
    assert len(faces) == 2
    upside_down = analyzer.analyze(np.ascontiguousarray(np.rot90(scene, 2)))
    assert like(upside_down[0], her) > 0.97


def test_a_face_in_the_dark_is_found_and_measured_dark(her, analyzer, astronaut) -> None:
    face = only(analyzer.analyze((astronaut * 0.04).astype(np.uint8)))
    assert face.brightness < 10
    assert np.abs(face.keypoints - her.keypoints).max() < 6


@pytest.mark.parametrize("shape", [(1, 1), (1, 900), (700, 2), (64, 64)])
def test_nobody_is_found_where_nobody_is(analyzer, shape) -> None:
    assert analyzer.analyze(np.zeros((*shape, 3), np.uint8)) == []
    noise = np.random.default_rng(0).integers(0, 256, (*shape, 3), dtype=np.uint8)
    assert analyzer.analyze(noise) == []


def test_the_same_picture_gives_the_same_answer_in_any_thread_and_is_left_as_it_was(analyzer, her, astronaut) -> None:
    image = astronaut.copy()
    image.setflags(write=False)
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda at: analyzer.analyze(image if at % 2 else image[:300]), range(8)))
    for at, faces in enumerate(answers):
        face = only(faces)
        if at % 2:
            assert np.array_equal(face.raw, her.raw)
            assert (face.box, face.pose, face.score) == (her.box, her.pose, her.score)
    assert (image == astronaut).all()


def test_the_mask_is_the_bundled_analyzers(analyzer, bundled, astronaut) -> None:
    large = resized(astronaut, 2.5)
    assert np.array_equal(analyzer.person_mask(large), bundled.person_mask(large))


@pytest.mark.parametrize(
    ("name", "least"),
    [
        ("exif_3.jpg", 0.97),
        ("exif_8.jpg", 0.97),
        ("inplane_030.jpg", 0.92),
        ("inplane_045.jpg", 0.92),
        ("inplane_180.jpg", 0.97),
        ("closeup_m10.jpg", 0.95),
        ("gray_L.png", 0.94),
        ("tiny_40px.png", 0.95),
        ("occl_half.jpg", 0.75),
        ("dark_x0.03.jpg", 0.4),
    ],
)
def test_the_same_photo_made_harder_keeps_its_identity(analyzer: InsightFace, shared: Path, name: str, least: float):
    first = only(analyzer.analyze(picture(shared / "faces" / "photos" / "obama" / "01.jpg")))
    face = only(analyzer.analyze(picture(shared / "faces" / "hard" / name)))
    assert like(face, first) >= least


@pytest.mark.slow
def test_as_many_faces_are_found_as_there_are(analyzer: InsightFace, shared: Path) -> None:
    wrong = {}
    for entry in json.loads((shared / "faces" / "manifest.json").read_text()):
        file = entry["file"]
        expected = BYSTANDERS.get(file, 1 if file.startswith("photos/") else entry.get("expected_faces"))
        if expected is not None:
            count = len(analyzer.analyze(picture(shared / "faces" / file)))
            if count != expected:
                wrong[file] = (count, expected)
    assert wrong == {}
    for name, least in {"office1.jpg": 15, "office5.jpg": 11, "bbt5.jpg": 5, "selfie_many.jpg": 5}.items():
        assert len(analyzer.analyze(picture(shared / "faces" / "group" / name))) >= least, name


@pytest.mark.slow
def test_people_are_told_apart_better_than_by_the_bundled_analyzer(
    analyzer: InsightFace, bundled: Bundled, shared: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    photos = [(person, picture(path)) for person, path in labelled_photos(shared)]
    people = [person for person, _ in photos]
    mobile = InsightFace(real_pack(shared, tmp_path / "mobilefacenet", "mfn_insightface_128"))
    assert mobile.analyze(photos[0][1])[0].raw.shape == (128,)
    found = {}
    for each in (analyzer, mobile, bundled):
        seen = [each.analyze(image)[0] for _, image in photos]
        table = np.array([face.unit for face in seen])
        found[each.name] = verify(table @ table.T, people, people)
        if each is bundled:
            poses = [face.pose for face in seen]
            places = [face.keypoints for face in seen]
    with capsys.disabled():
        for name, figures in found.items():
            print(f"\n{name:14s} AUC {figures.auc:.4f}  EER {figures.eer:.4f} at {figures.threshold:.3f}", end="")
    assert found["edgeface"].auc > 0.999
    assert found["mobilefacenet"].auc > 0.999
    assert found["edgeface"].eer < 0.01 < found["bundled"].eer
    # the two analyzers look at the same person, and agree where the points are and how the head is turned
    ours = [analyzer.analyze(image)[0] for _, image in photos]
    apart = [np.abs(face.keypoints - place).max() / face.width for face, place in zip(ours, places, strict=True)]
    assert max(apart) < 0.1
    for angle, most in (("yaw", 2.5), ("pitch", 5.5), ("roll", 2.5)):
        off = [abs(getattr(face.pose, angle) - getattr(pose, angle)) for face, pose in zip(ours, poses, strict=True)]
        assert np.mean(off) < most, angle
