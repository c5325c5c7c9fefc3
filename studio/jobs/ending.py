"""How a job comes to an end that can be read, whatever happens in its task. The worker's only catch-all is here."""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from storage.errors import JobCancelled, Message, StudioError
from studio.jobs.claims import Claim, Claims, LeaseLost
from studio.jobs.report import Stopping

log = logging.getLogger(__name__)

LONGEST_TEXT = 500
UNFINISHED = Message(
    "The job's task ended without storing a result. This is a mistake in the program; the log has the details.",
    "任务程序结束时没有保存结果。这是程序错误，详情见日志。",
)


@contextmanager
def seen_to(queue: Claims, in_hand: Callable[[], Sequence[Claim]]) -> Iterator[None]:
    """Whatever becomes of the block becomes the end of those jobs in hand that have none by then.

    A StudioError is their failure, JobCancelled their cancel, Stopping gives them back. Any other error is a failure
    too, with a plain sentence for people and the traceback in the log. A block that comes to its end must have ended
    them (`finish`), or they fail. What ends the process gives them back and passes on.
    """
    try:
        yield
        for claim in _held(queue, in_hand()):
            log.error("job %d (%s): the task returned without finish", claim.job_id, claim.kind)
            _fail(queue, claim, UNFINISHED, "Unfinished")
    except LeaseLost as lost:
        log.warning("%s; what was made is dropped", lost)
        _all(queue, in_hand(), queue.give_back)
    except JobCancelled:
        _all(queue, in_hand(), queue.cancelled)
    except Stopping:
        _all(queue, in_hand(), queue.give_back)
    except StudioError as error:
        for claim in _held(queue, in_hand()):
            _fail(queue, claim, error.message, type(error).__name__)
    except Exception as error:
        numbers = ", ".join(str(claim.job_id) for claim in in_hand())
        log.exception("job %s (%s) met something unexpected", numbers, in_hand()[0].kind)
        for claim in _held(queue, in_hand()):
            _fail(queue, claim, _unexpected(error), type(error).__name__)
    except BaseException:
        _all(queue, in_hand(), queue.give_back)
        raise


def ended(claim: Claim, end: Callable[[Claim], None]) -> None:
    """End the claim's job; one that is lost by now is left to its new holder."""
    try:
        end(claim)
    except LeaseLost as lost:
        log.warning("%s; its end is for its new holder to say", lost)


def _held(queue: Claims, claims: Sequence[Claim]) -> list[Claim]:
    return [claim for claim in claims if queue.holds(claim)]


def _all(queue: Claims, claims: Sequence[Claim], end: Callable[[Claim], None]) -> None:
    for claim in _held(queue, claims):
        ended(claim, end)


def _fail(queue: Claims, claim: Claim, message: Message, kind: str) -> None:
    ended(claim, lambda claim: queue.fail(claim, message, kind))


def _unexpected(error: Exception) -> Message:
    text = f"{type(error).__name__}: {error}"[:LONGEST_TEXT]
    return Message(
        f"Something unexpected went wrong: {text}; the log has the details.",
        f"出现意外错误：{text}；详情见日志。",
    )
