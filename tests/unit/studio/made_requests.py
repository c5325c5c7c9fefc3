"""Requests for tests: plausible ones by hypothesis, and a plain one."""

from hypothesis import strategies as st

from studio.engines import AdapterUse, Reference, RenderRequest, Staging, Subject

numbers = st.floats(-5000, 5000, allow_nan=False).map(lambda value: round(value, 2))
words = st.text(max_size=12)
points = st.tuples(numbers, numbers)
boxes = st.tuples(numbers, numbers, numbers, numbers)
poses = st.tuples(numbers, numbers, numbers)
hashes = st.text("0123456789abcdef", min_size=64, max_size=64)
references = st.builds(
    Reference,
    hashes,
    st.just("face"),
    st.integers(64, 4096),
    st.integers(64, 4096),
    boxes,
    st.lists(points, min_size=5, max_size=5).map(tuple),
    poses,
)
adapters = st.builds(AdapterUse, hashes, st.just("lora"), numbers, words)
subjects = st.builds(
    Subject,
    character=words,
    name=words,
    part=st.sampled_from(["face", "back", "hand"]),
    keypoints=st.lists(points, max_size=5).map(tuple),
    pose=poses,
    head=boxes,
    region=boxes,
    depth=st.integers(0, 3),
    references=st.lists(references, max_size=2).map(tuple),
    adapters=st.lists(adapters, max_size=2).map(tuple),
    embeddings=st.lists(words, max_size=1).map(tuple),
    colours=st.lists(st.just("#112233"), max_size=3).map(tuple),
)
stagings = st.builds(Staging, *([words] * 8))
requests = st.builds(
    RenderRequest,
    width=st.integers(64, 2000),
    height=st.integers(64, 2000),
    prompt=words,
    negative_prompt=words,
    seed=st.integers(0, 2**32 - 1),
    subjects=st.lists(subjects, max_size=2).map(tuple),
    staging=stagings,
    plate=st.none() | hashes,
    style=st.just("ink"),
    options=st.dictionaries(words, st.integers() | words | st.booleans(), max_size=2),
)


def subject(name: str, uid: str, x: float, width: float = 200.0, part: str = "face") -> Subject:
    """Somebody whose head is `width` pixels wide with its left edge at x."""
    keypoints = () if part != "face" else tuple((x + width * u, 300 + width * v) for u, v in FIVE)
    head = (x, 300.0, x + width, 300.0 + width)
    return Subject(uid, name, part, keypoints, (0.0, 0.0, 0.0), head, (x, 300.0, x + width, 1900.0))


FIVE = ((0.3, 0.4), (0.7, 0.4), (0.5, 0.6), (0.35, 0.8), (0.65, 0.8))


def request(*people: Subject) -> RenderRequest:
    staging = Staging("MS", "single", "eye-level", "static", "INT", "DAY", "office", "she waits")
    return RenderRequest(1080, 1920, "", "", 1, people, staging, None, "ink")
