"""The worker: takes jobs one after another, does them, and sees to it that each comes to an end that can be read."""

import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from time import monotonic, sleep
from typing import Generic, TypeVar

from sqlalchemy.exc import SQLAlchemyError

from storage.errors import JobCancelled, Message, StudioError
from storage.models import new_uid
from studio.jobs.queue import Claim, LeaseLost, Queue
from studio.jobs.report import Report, Stopping

__all__ = ["Report", "Worker"]

Context = TypeVar("Context")
log = logging.getLogger(__name__)

LONGEST_TEXT = 500
UNFINISHED = Message(
    "The job's task ended without storing a result. This is a mistake in the program; the log has the details.",
    "任务程序结束时没有保存结果。这是程序错误，详情见日志。",
)


class Worker(Generic[Context]):
    """Does the jobs of the kinds that `tasks` knows, one at a time.

    A task is called with (context, claim, report). It ends with `queue.finish(session, claim, result)` in the
    transaction that stores what it made. Whatever else comes of it becomes the job's end: StudioError its failure,
    JobCancelled its cancel; any other error is a failure too, with a plain sentence for people and the traceback in
    the log. While a task is in one long step, a thread keeps its lease.
    """

    def __init__(self, queue: Queue, tasks: Mapping[str, Callable[[Context, Claim, Report], None]], context: Context):
        self.uid = new_uid()
        self._queue = queue
        self._tasks = tasks
        self._context = context
        self._claim: Claim | None = None
        self._report: Report | None = None
        self._recovered = float("-inf")

    def run_forever(self, stop: threading.Event, poll: float = 0.2) -> None:
        """Until `stop` is set; a job that is running then goes back to the queue at its next report, or is finished."""
        with self._on_duty():
            while not stop.is_set():
                if not self._step(stop):
                    stop.wait(poll)

    def run_until_idle(self, keys: set[str] | None = None, poll: float = 0.1) -> None:
        """Until no job (with these keys) is queued or running.

        While another worker is alive it is left to do the work; where there is none, or it dies, this one does it.
        """
        while self._queue.active(self._tasks.keys(), keys):
            if self._queue.live_worker() is not None:
                sleep(poll)
                continue
            with self._on_duty():
                while self._queue.active(self._tasks.keys(), keys):
                    if not self._step(threading.Event(), keys):
                        sleep(poll)

    def abandon(self) -> None:
        """From another thread, when the process must end now: the job in hand goes back to the queue."""
        claim = self._claim
        if claim is not None:
            self._ended(claim, self._queue.give_back)
        self._queue.presence.leave(self.uid)

    @contextmanager
    def _on_duty(self) -> Iterator[None]:
        off = threading.Event()
        self._queue.presence.enter(self.uid)
        pulse = threading.Thread(target=self._pulse, args=(off,), name="pulse", daemon=True)
        pulse.start()
        try:
            yield
        finally:
            off.set()
            pulse.join()
            self._queue.presence.leave(self.uid)

    def _pulse(self, off: threading.Event) -> None:
        third = self._queue.lease_seconds / 3
        seen = monotonic()
        while not off.wait(min(0.5, third / 2)):
            try:
                if (report := self._report) is not None:
                    report.beat()
                if monotonic() - seen >= third:
                    self._queue.presence.seen(self.uid)
                    seen = monotonic()
            except SQLAlchemyError:
                log.exception("the database did not take a sign of life; trying again while the lease lasts")

    def _step(self, stop: threading.Event, keys: set[str] | None = None) -> bool:
        """Do one job; False where there is none."""
        if monotonic() - self._recovered >= self._queue.lease_seconds / 3:
            self._queue.recover()
            self._recovered = monotonic()
        claim = self._queue.claim(self.uid, self._tasks.keys(), keys)
        if claim is None:
            return False
        self._claim, self._report = claim, Report(self._queue, claim, stop)
        try:
            self._do(claim, self._report)
        finally:
            self._claim = self._report = None
        return True

    def _do(self, claim: Claim, report: Report) -> None:
        try:
            self._tasks[claim.kind](self._context, claim, report)
            if self._queue.holds(claim):
                log.error("job %d (%s): the task returned without finish", claim.job_id, claim.kind)
                self._failed(claim, UNFINISHED, "Unfinished")
        except LeaseLost as lost:
            log.warning("%s; what was made is dropped", lost)
        except JobCancelled:
            self._ended(claim, self._queue.cancelled)
        except Stopping:
            self._ended(claim, self._queue.give_back)
        except StudioError as error:
            self._failed(claim, error.message, type(error).__name__)
        except Exception as error:
            log.exception("job %d (%s) met something unexpected", claim.job_id, claim.kind)
            self._failed(claim, _unexpected(error), type(error).__name__)
        except BaseException:
            self._ended(claim, self._queue.give_back)
            raise

    def _failed(self, claim: Claim, message: Message, kind: str) -> None:
        self._ended(claim, lambda claim: self._queue.fail(claim, message, kind))

    @staticmethod
    def _ended(claim: Claim, end: Callable[[Claim], None]) -> None:
        try:
            end(claim)
        except LeaseLost as lost:
            log.warning("%s; its end is for its new holder to say", lost)


def _unexpected(error: Exception) -> Message:
    text = f"{type(error).__name__}: {error}"[:LONGEST_TEXT]
    return Message(
        f"Something unexpected went wrong: {text}; the log has the details.",
        f"出现意外错误：{text}；详情见日志。",
    )
