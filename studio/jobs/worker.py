"""The worker: takes jobs one after another, does them, and sees to it that each comes to an end that can be read."""

import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from time import monotonic, sleep
from typing import Generic, TypeVar

from sqlalchemy.exc import SQLAlchemyError

from storage.models import new_uid
from studio.jobs.ending import ended, seen_to
from studio.jobs.queue import Claim, Queue
from studio.jobs.report import Report

__all__ = ["Report", "Worker"]

Context = TypeVar("Context")
log = logging.getLogger(__name__)

# jobs one after another that share what is warm before the oldest is looked at again
LONGEST_RUN = 4


class Worker(Generic[Context]):
    """Does the jobs of the kinds that `tasks` knows, one at a time, or several in one go where a task takes them along.

    A task is called with (context, claim, report). It ends with `queue.finish(session, claim, result)` in the
    transaction that stores what it made; whatever else comes of it becomes the job's end (see studio.jobs.ending), and
    that of the jobs it took along (`report.take_along`) that have none of their own by then. While a task is in one
    long step, a thread keeps their leases.
    """

    def __init__(self, queue: Queue, tasks: Mapping[str, Callable[[Context, Claim, Report], None]], context: Context):
        self.uid = new_uid()
        self._queue = queue
        self._tasks = tasks
        self._context = context
        self._report: Report | None = None
        self._recovered = float("-inf")
        self._last: Claim | None = None
        self._in_a_row = 0

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
        """From another thread, when the process must end now: what is in hand goes back to the queue."""
        for report in self._in_hand():
            if self._queue.holds(report.claim):
                ended(report.claim, self._queue.give_back)
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
                for report in self._in_hand():
                    report.beat()
                if monotonic() - seen >= third:
                    self._queue.presence.seen(self.uid)
                    seen = monotonic()
            except SQLAlchemyError:
                log.exception("the database did not take a sign of life; trying again while the lease lasts")

    def _step(self, stop: threading.Event, keys: set[str] | None = None) -> bool:
        """Do one job, and what its task takes along; False where there is none."""
        if monotonic() - self._recovered >= self._queue.lease_seconds / 3:
            self._queue.recover()
            self._recovered = monotonic()
        claim = self._queue.claim(self.uid, self._tasks.keys(), keys, after=self._warm)
        if claim is None:
            return False
        # Now and then the oldest goes first whatever is warm, so that nobody waits for ever.
        self._in_a_row = self._in_a_row % LONGEST_RUN + 1
        self._last = claim
        report = self._report = Report(self._queue, claim, stop, keys=keys)
        try:
            with seen_to(self._queue, self._claims):
                self._tasks[claim.kind](self._context, claim, report)
        finally:
            self._report = None
        return True

    def _in_hand(self) -> tuple[Report, ...]:
        """The report of the job in hand, and of those taken along."""
        report = self._report
        return () if report is None else (report, *report.companions)

    def _claims(self) -> list[Claim]:
        return [report.claim for report in self._in_hand()]

    @property
    def _warm(self) -> Claim | None:
        return self._last if self._in_a_row < LONGEST_RUN else None
