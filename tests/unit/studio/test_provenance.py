"""What is told of a take comes from what was written down when it was made."""

from storage.errors import Message
from storage.models import Take
from studio.provenance import COMPOSITED, RANDOM_WEIGHTS, gathered, licence, notices, restrictions

RESEARCH = Message("research only", "仅供研究")


def test_a_photoboard_take_is_composited_and_may_be_used_freely():
    for kept in ({}, {"generates": False, "batch": 1}):
        assert notices(Take(provenance=kept)) == (COMPOSITED,)
        assert restrictions(kept) == ()


def test_a_generated_take_says_what_its_weights_ask_for_once_and_the_gravest_first():
    kept = {
        "generates": True,
        "licences": [licence(name, False, RESEARCH) for name in "AB"] + [licence("MIT", True, None)],
        "random_weights": True,
        "notices": [{"en": "out of memory once", "zh": "曾内存不足"}],
    }
    assert restrictions(kept) == (RANDOM_WEIGHTS, RESEARCH)
    told = notices(Take(provenance=kept))
    assert told == (RANDOM_WEIGHTS, RESEARCH, Message("out of memory once", "曾内存不足"))
    assert notices(Take(provenance={"generates": True})) == ()


def test_notices_of_several_frames_are_each_said_once():
    said = [("1A", (RANDOM_WEIGHTS, RESEARCH)), ("1B", ()), ("2A", (RESEARCH,)), ("2A", (RESEARCH,))]
    assert gathered(said, "zh") == ["随机权重：仅用于测试流程（1A）", "仅供研究（1A、2A）"]
    assert gathered(said, "en")[1] == "research only (1A, 2A)"
