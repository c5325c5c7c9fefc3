"""The whole job on the CPU by every generating engine: through the queue, cancelled, made again, and the weights untouched."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from time import sleep
from typing import Any

import pytest
from sqlalchemy import select

from storage.errors import ResourceMissing
from storage.models import Take
from studio.jobs.queue import ACTIVE
from studio.provenance import RANDOM_WEIGHTS, notices
from studio.recipe import from_json
from studio.rendering import conclude
from studio.settings import Settings
from studio.studio import Studio

EN = "Paid in Full"
SHOTS = ["1B", "2A", "2B", "2F"]  # alone, far away in company, over a shoulder, two close together
FEW: dict[str, Any] = {"num_inference_steps": 2}
EVERYTHING = {**FEW, "composition": "photoboard", "second_control": "depth", "look_scale": 0.5, "plate_scale": 0.4}
METHODS = {
    "instantid": FEW,
    "instantid with looks, plate, depth, from the photoboard": EVERYTHING,
    "ip-adapter": FEW,
    "ip-adapter by FaceID": {**FEW, "face_kind": "faceid-plusv2"},
    "adapters": FEW,
    "adapters, few steps": {"speed": "lcm", "num_inference_steps": 2},
}


@pytest.fixture
def methods(sample_home: Path, tiny_weights: Path) -> Iterator[Studio]:
    """The sample series with random weights."""
    studio = Studio(Settings(home=sample_home, weights=tiny_weights))
    yield studio
    studio.close()


def rendered(studio: Studio, method: str, shots: list[str], **more: Any) -> list[Take]:
    asked = studio.submit_render(EN, 1, shots, engine=method.split()[0].strip(","), options=METHODS[method], **more)
    made = conclude(studio, asked)
    assert [each.problem for each in made] == [None] * len(shots)
    return [each.take for each in made if each.take]


def digest(folder: Path) -> str:
    files = sorted(path for path in folder.rglob("*") if path.suffix in (".safetensors", ".bin", ".onnx"))
    return hashlib.sha256(b"".join(hashlib.sha256(path.read_bytes()).digest() for path in files)).hexdigest()


@pytest.mark.parametrize("method", METHODS)
def test_an_episode_is_rendered_by_every_method(methods: Studio, tiny_weights: Path, method: str) -> None:
    before = digest(tiny_weights / "base")
    takes = rendered(methods, method, SHOTS)
    assert digest(tiny_weights / "base") == before
    assert {(take.width, take.height) for take in takes} == {(1080, 1920)}
    assert len({take.asset_sha256 for take in takes}) == len(SHOTS)
    for take in takes:
        assert RANDOM_WEIGHTS in notices(take)
        assert take.provenance["native_size"][1] > take.provenance["native_size"][0]
        assert take.provenance["num_inference_steps"] == 2
        assert {each["part"] for each in take.provenance["weights"]} >= {"base/tiny", "vae"}
        assert all(len(each["sha256"]) == 64 for each in take.provenance["weights"])


def test_the_same_request_gives_the_same_bytes_in_a_fresh_engine(methods: Studio, sample_home: Path) -> None:
    takes = rendered(methods, "instantid", SHOTS[:2])
    again = [methods.remake(take.uid) for take in takes]
    assert all(each.equal for each in again)
    fresh = Studio(Settings(home=sample_home, weights=methods.weights))
    try:
        assert all(fresh.remake(take.uid).equal for take in takes)
    finally:
        fresh.close()


def test_small_faces_are_painted_again_and_large_ones_are_not(methods: Studio) -> None:
    options = {**FEW, "second_pass_below": 20}
    asked = methods.submit_render(EN, 1, ["2A", "2C"], engine="instantid", options=options)
    far, close = [each.take for each in conclude(methods, asked)]
    assert far is not None and close is not None
    assert len(far.provenance["repainted"]) == 2
    assert close.provenance["repainted"] == []


def test_one_face_is_painted_again_and_the_rest_of_the_frame_stays(methods: Studio) -> None:
    import numpy as np

    (take,) = rendered(methods, "instantid", ["2F"])
    with methods.database.reading() as session:
        request = from_json(session.scalars(select(Take.request).where(Take.uid == take.uid)).one())
    subject = next(each for each in request.subjects if each.keypoints)
    asked = methods.submit_repaint(EN, 1, "2F", subject.name, take=take.number, strength=0.8)
    (again,) = conclude(methods, [asked])
    assert again.take is not None and again.take.uid != take.uid
    before, after = (methods.assets.picture(each.asset_sha256).astype(int) for each in (take, again.take))
    x0, y0, x1, y1 = (round(side) for side in subject.head)
    changed = np.abs(before - after).max(axis=2) > 8
    inside = np.zeros_like(changed)
    across, down = x1 - x0, y1 - y0
    inside[max(0, y0 - down) : y1 + down, max(0, x0 - across) : x1 + across] = True
    assert changed[y0:y1, x0:x1].mean() > 0.3
    assert changed[~inside].mean() < 0.02


def test_a_cancel_between_two_steps_leaves_no_take_and_the_next_render_works(
    methods: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    from studio.engines.sdxl.painting import _Batch

    steps: list[float] = []
    denoised = _Batch._denoised

    def cancelling(self: Any, *args: Any, **kwargs: Any) -> Any:
        told = self._on_step

        def on_step(index: int, fraction: float, preview: Any) -> None:
            steps.append(fraction)
            methods.cancel_renders(EN, 1)
            sleep(0.3)  # a report is written at most four times a second
            told(index, fraction, preview)

        self._on_step = on_step
        return denoised(self, *args, **kwargs)

    monkeypatch.setattr(_Batch, "_denoised", cancelling)
    asked = methods.submit_render(EN, 1, ["1B"], engine="instantid", options={"num_inference_steps": 12})
    (cancelled,) = conclude(methods, asked)
    assert cancelled.take is None and len(steps) <= 2
    assert not methods.queue.jobs(states=ACTIVE)
    monkeypatch.undo()
    assert len(rendered(methods, "instantid", ["1B"])) == 1


def test_without_weights_the_command_that_mends_it_is_named(sample_home: Path, tmp_path: Path) -> None:
    studio = Studio(Settings(home=sample_home, weights=tmp_path / "nothing"))
    try:
        for engine in ("instantid", "ip-adapter", "adapters"):
            with pytest.raises(ResourceMissing, match="weights pull base/"):
                studio.submit_render(EN, 1, ["1B"], engine=engine)
    finally:
        studio.close()
