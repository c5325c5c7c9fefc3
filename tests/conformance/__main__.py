"""python -m tests.conformance KIT_DIR: every case below a kit's folder against its record, a line each.

case quantity max_abs_err tolerance ok|FAIL. Exit 0 only if there was a case and none failed.
"""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("HF_HUB_OFFLINE", "1")
sys.path.insert(0, str(Path(__file__).parent))

from kit import Compared, pipeline_cases


def every_case(root: Path) -> Iterator[Compared]:
    from drawn import keypoint_pictures, resized_pictures
    from piped import pipeline
    from resampled import resampler

    yield from keypoint_pictures(root)
    yield from resized_pictures(root)
    yield from resampler(root)
    for case in pipeline_cases(root):
        yield from pipeline(case)


def main(arguments: list[str]) -> int:
    if len(arguments) != 1 or not Path(arguments[0]).is_dir():
        print("usage: python -m tests.conformance KIT_DIR", file=sys.stderr)
        return 2
    done = failed = 0
    for each in every_case(Path(arguments[0])):
        print(each, flush=True)
        done += 1
        failed += not each.ok
    print(f"{done} quantities, {failed} failed", file=sys.stderr)
    return 0 if done and not failed else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
