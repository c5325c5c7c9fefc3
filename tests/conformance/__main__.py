"""python -m tests.conformance KIT_DIR: every case below a kit's folder against its record, a line each.

case quantity max_abs_err tolerance ok|FAIL. Exit 0 only if there was a case and none failed. A case that breaks off is
`case error inf 0 FAIL`; why is said on stderr, as is what a record holds and nothing here makes.
"""

import os
import sys
import traceback
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("HF_HUB_OFFLINE", "1")
sys.path.insert(0, str(Path(__file__).parent))

from kit import Compared, pipeline_cases


def every_case(root: Path) -> Iterator[Compared]:
    """All quantities of all cases; one that breaks off does not keep the next from running."""
    from drawn import keypoint_pictures, resized_pictures
    from piped import pipeline
    from resampled import resampler

    for name, quantities in (*keypoint_pictures(root), *resized_pictures(root), *resampler(root)):
        yield from whatever_happens(name, quantities)
    for case in pipeline_cases(root):
        yield from whatever_happens(case.name, pipeline(case))


def whatever_happens(name: str, quantities: Iterable[Compared]) -> list[Compared]:
    """The quantities up to where the case broke off, if it did, and then that it did."""
    found: list[Compared] = []
    with ThreadPoolExecutor(1) as apart:
        wrong = apart.submit(found.extend, quantities).exception()
    if wrong is not None:
        print(f"{name} broke off:", file=sys.stderr)
        traceback.print_exception(wrong, file=sys.stderr)
        found.append(Compared(name, "error", float("inf"), 0.0))
    return found


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
