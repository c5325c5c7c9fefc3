"""What a frame costs, encoding included; printed, never failed."""

import time

import pytest

from storage.pictures import encode_png
from studio.recipe import from_json
from studio.review import score


@pytest.mark.bench
def test_every_frame_of_both_sample_episodes(sample):
    jobs = [each.job for series in ("Paid in Full", "第七封信") for each in sample.submit_render(series, 1)]
    engine, analyzer = sample.engine("photoboard"), sample.analyzer()
    drawn, encoded, reviewed, sizes = [], [], [], []
    for job in jobs:
        request = from_json(job.payload["request"])
        began = time.process_time()
        (frame,) = engine.render([request], lambda *_: None)
        drawn.append(time.process_time() - began)
        sizes.append(len(encode_png(frame.image)))
        encoded.append(time.process_time() - began)
        known = sample.cast.identities({s.character for s in request.subjects if s.references}, analyzer.space)
        score(frame.image, request, known, analyzer, generates=False)
        reviewed.append(time.process_time() - began)
    assert len(jobs) == 28
    for name, values in (("drawn", drawn), ("+ encoded", encoded), ("+ reviewed", reviewed)):
        ordered = sorted(values)
        print(f"\n{name:11} median {ordered[14]:.2f} s, longest {ordered[-1]:.2f} s, all 28 {sum(values):.1f} s CPU")
    print(f"PNG: {sum(sizes) / 28 / 2**20:.1f} MiB each")
