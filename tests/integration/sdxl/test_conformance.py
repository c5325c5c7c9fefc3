"""The golden cases of the public InstantID reference: recorded arrays against what the engine makes of their inputs."""

from pathlib import Path

import pytest
from conformance.__main__ import main


def test_the_open_cases_of_the_kit(shared: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = main([str(shared / "instantid-kit" / "open")])
    lines = capsys.readouterr().out.splitlines()
    assert [line for line in lines if not line.endswith(" ok")] == []
    assert code == 0
    cases = {line.split()[0] for line in lines}
    assert cases == {"base", "no_cfg", "resampler", "draw_kps", "resize_img"}
    assert len(lines) >= 64
