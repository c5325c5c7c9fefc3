"""What a task says while it works, and what it hears in return: go on, stop, or you have lost the job."""

import threading
from collections.abc import Collection
from time import monotonic

from storage.errors import JobCancelled
from studio.jobs.claims import Claim, Claims, LeaseLost


class Stopping(Exception):
    """The worker was asked to end: the job goes back to the queue, as if it had not been begun."""


class Report:
    """`report(fraction, stage, preview)`: called by a task as often as it likes, written at most four times a second.

    Raises JobCancelled, LeaseLost or Stopping, which the task lets pass. Not to be called inside a session that
    writes: the report is a transaction of its own and would wait for that one.

    companions: the reports of the jobs that were taken along, each with its own lease, progress, cancel and end.
    """

    def __init__(
        self,
        queue: Claims,
        claim: Claim,
        stop: threading.Event,
        interval: float = 0.25,
        keys: Collection[str] | None = None,
    ):
        self.claim = claim
        self.companions: tuple[Report, ...] = ()
        self._queue, self._stop, self._interval, self._keys = queue, stop, interval, keys
        self._lock = threading.Lock()
        self._written = monotonic()
        self._fraction: float | None = None
        self._stage: str | None = None
        self._preview: bytes | None = None
        self._end: JobCancelled | LeaseLost | None = None

    def take_along(self, room: int) -> "tuple[Report, ...]":
        """Claim up to `room` further jobs that may be done in one go with this one (see Claims.claim_along)."""
        claims = self._queue.claim_along(self.claim, room, self._keys)
        taken = tuple(Report(self._queue, claim, self._stop, self._interval) for claim in claims)
        self.companions += taken
        return taken

    def __call__(self, fraction: float, stage: str = "", preview: bytes | None = None) -> None:
        """fraction: 0..1. stage: a word; '' keeps the last one. preview: a small encoded picture; None keeps it."""
        with self._lock:
            self._fraction = min(max(fraction, 0.0), 1.0)
            self._stage = stage or self._stage
            self._preview = preview or self._preview
        self.heed()

    def heed(self) -> None:
        """Hear what there is to hear, where there is nothing new to say. Raises as a report does."""
        if self._stop.is_set():
            raise Stopping
        with self._lock:
            if self._end is None and monotonic() - self._written >= self._interval:
                self._write()
            if self._end is not None:
                raise self._end

    def beat(self) -> None:
        """From the worker's other thread, a few times a second: keeps the lease while the task is in one long step.

        It also writes what was said last and came too soon after the one before.
        """
        with self._lock:
            waiting = self._interval if self._fraction is not None else self._queue.lease_seconds / 3
            if self._end is None and monotonic() - self._written >= waiting:
                self._write()

    def _write(self) -> None:
        fraction, stage, preview = self._fraction, self._stage, self._preview
        self._fraction = self._stage = self._preview = None
        try:
            self._queue.heartbeat(self.claim, fraction, stage, preview)
        except (JobCancelled, LeaseLost) as end:
            self._end = end
        self._written = monotonic()
