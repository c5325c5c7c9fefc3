"""The worker's half of the queue: to claim a job, to keep it, to end it, and to take it from a worker that is gone."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, CursorResult, Delete, SQLColumnExpression, Update, and_, case, or_, select, update
from sqlalchemy.orm import Session

from storage.database import Database
from storage.errors import JobCancelled, Message
from storage.models import Job, now
from studio.jobs.presence import Presence

MAX_ATTEMPTS = 5


class LeaseLost(Exception):
    """The job is not this worker's any more: its lease ran out and `recover` took it, or it was given back."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A worker's right to one job, as long as `token` is the job's. attempts: this one included."""

    job_id: int
    token: int
    kind: str
    key: str
    payload: dict[str, Any]
    label: str
    attempts: int
    priority: int
    worker_uid: str

    @property
    def together(self) -> str:
        """What jobs that may be done in one go have in common; '' where it is done by itself."""
        return self.payload.get("together") or ""


class Claims:
    """See studio.jobs.queue.Queue, which this is the worker's half of."""

    def __init__(
        self,
        database: Database,
        lease_seconds: float = 15.0,
        max_attempts: int = MAX_ATTEMPTS,
        clock: Callable[[], datetime] = now,
    ):
        self.lease_seconds = lease_seconds
        self.max_attempts = max_attempts
        self.presence = Presence(database, lease_seconds, clock)
        self._database = database
        self._clock = clock

    def claim(
        self,
        worker_uid: str,
        kinds: Collection[str] | None = None,
        keys: Collection[str] | None = None,
        after: Claim | None = None,
    ) -> Claim | None:
        """Take the next job (of these kinds, with these keys), or None: highest priority, fewest attempts, oldest.

        after: what the worker did last. Among those that come first by priority and never lost a worker, one with the
        same `together` goes before an older one: what it needs is warm.
        """
        while (job := self._next(kinds, keys, after)) is not None:
            if (claim := self._take(job, worker_uid)) is not None:
                return claim
        return None

    def claim_along(self, claim: Claim, room: int, keys: Collection[str] | None = None) -> list[Claim]:
        """Take up to `room` further jobs, oldest first, that may be done in one go with `claim`, for its worker.

        Those are of its kind and priority, with the same `together`. None where one of them, or `claim`, has lost a
        worker before: a job that kills its workers takes others down with it once, and is done alone from then on.
        """
        taken: list[Claim] = []
        if not claim.together or claim.attempts > 1:
            return taken
        alike = and_(*among((claim.kind,), keys), Job.priority == claim.priority, _unharmed, _together(claim))
        while len(taken) < room:
            with self._database.reading() as session:
                job = session.scalar(select(Job).where(Job.state == "queued", alike).order_by(Job.id).limit(1))
            if job is None:
                break
            if (another := self._take(job, claim.worker_uid)) is not None:
                taken.append(another)
        return taken

    def _take(self, job: Job, worker_uid: str) -> Claim | None:
        """The job that was seen queued, or None where somebody was quicker."""
        with self._database.session() as session:
            taken = changed(
                session,
                update(Job)
                .where(Job.id == job.id, Job.state == "queued", Job.token == job.token)
                .values(
                    state="running",
                    token=Job.token + 1,
                    attempts=Job.attempts + 1,
                    worker_uid=worker_uid,
                    lease_until=self._lease(),
                    started_at=self._clock(),
                ),
            )
        if not taken:
            return None
        token, attempts = job.token + 1, job.attempts + 1
        return Claim(job.id, token, job.kind, job.key, job.payload, job.label, attempts, job.priority, worker_uid)

    def _next(self, kinds: Collection[str] | None, keys: Collection[str] | None, after: Claim | None) -> Job | None:
        # Only a look, so that an idle worker never asks for the write lock. Finding the highest priority first lets
        # the index on (state, priority, id) answer without sorting the whole queue.
        queued = and_(Job.state == "queued", *among(kinds, keys))
        highest = select(Job.priority).where(queued).order_by(Job.priority.desc()).limit(1).scalar_subquery()
        first = and_(queued, Job.priority == highest)
        with self._database.reading() as session:
            unharmed = select(Job).where(first, _unharmed).order_by(Job.id).limit(1)
            harmed = select(Job).where(first).order_by(Job.attempts, Job.id).limit(1)
            warm = None
            if after is not None and after.together:
                warm = session.scalar(unharmed.where(Job.kind == after.kind, _together(after)))
            return warm or session.scalar(unharmed) or session.scalar(harmed)

    def heartbeat(
        self, claim: Claim, progress: float | None = None, stage: str | None = None, preview: bytes | None = None
    ) -> None:
        """Extend the lease, and say how far the job is: progress 0..1, a word, a small encoded picture; None leaves it.

        Raises JobCancelled where a cancel was asked for, LeaseLost where the job is not the claimant's any more.
        """
        said = {"progress": progress, "stage": stage, "preview": preview}
        values = {name: value for name, value in said.items() if value is not None}
        with self._database.session() as session:
            self._change(session, claim, lease_until=self._lease(), **values)
            stop = session.scalar(select(Job.cancel_requested).where(Job.id == claim.job_id))
        if stop:
            raise JobCancelled(f"job {claim.job_id}")

    def holds(self, claim: Claim) -> bool:
        """Whether the job is still running under this claim."""
        with self._database.reading() as session:
            return session.scalar(select(Job.id).where(_held(claim))) is not None

    def finish(self, session: Session, claim: Claim, result: dict[str, Any]) -> None:
        """End the job as done, in the caller's transaction: what it made and its end are kept together or not at all.

        Raises LeaseLost where the job is not the claimant's any more; let it pass, so that the transaction rolls back.
        """
        self._change(session, claim, **self._ending("done"), progress=1.0, stage="", result=result)

    def fail(self, claim: Claim, message: Message, kind: str) -> None:
        """End the job as failed; the job's `error` is {"kind", "en", "zh"}. Raises LeaseLost."""
        with self._database.session() as session:
            self._change(session, claim, **self._ending("failed"), error={"kind": kind, **message.as_json()})

    def cancelled(self, claim: Claim) -> None:
        """The worker has stopped as asked. Where the cancel was taken back meanwhile, the job is queued again.

        Raises LeaseLost.
        """
        # A task that stops of its own accord, again and again, is not asked for ever.
        unwanted = or_(Job.cancel_requested, Job.attempts >= self.max_attempts)
        with self._database.session() as session:
            if not self._put_back(session, _held(claim), unwanted, attempts=Job.attempts):
                raise _lost(claim)

    def give_back(self, claim: Claim) -> None:
        """The worker must stop, which is not the job's fault: queued again, and the attempt does not count.

        One that was to be cancelled is cancelled. Raises LeaseLost.
        """
        with self._database.session() as session:
            if not self._put_back(session, _held(claim), Job.cancel_requested, attempts=Job.attempts - 1):
                raise _lost(claim)

    def recover(self) -> int:
        """Take the running jobs from workers that are gone; how many jobs that were.

        Gone: the lease ran out, or the worker ran on this machine and its process is not there any more. The job is
        queued again; one that was to be cancelled is cancelled; one that lost `max_attempts` workers fails.
        """
        dead = self.presence.dead()
        gone = and_(Job.state == "running", or_(Job.lease_until < self._clock(), Job.worker_uid.in_(dead)))
        with self._database.reading() as session:
            found = session.scalar(select(Job.id).where(gone).limit(1)) is not None
        taken = 0
        if found:
            hopeless = and_(gone, Job.attempts >= self.max_attempts, Job.cancel_requested.is_(False))
            error = {"kind": "WorkerDied", **_worker_died(self.max_attempts).as_json()}
            with self._database.session() as session:
                taken += changed(session, update(Job).where(hopeless).values(**self._ending("failed"), error=error))
                taken += self._put_back(session, gone, Job.cancel_requested, attempts=Job.attempts)
        if dead:
            self.presence.sweep(dead)
        return taken

    def _lease(self) -> datetime:
        return self._clock() + timedelta(seconds=self.lease_seconds)

    def _ending(self, state: str) -> dict[str, Any]:
        ended = {"state": state, "active_key": None, "finished_at": self._clock()}
        return ended | {"lease_until": None, "preview": None}

    def _put_back(
        self,
        session: Session,
        which: ColumnElement[bool],
        unwanted: SQLColumnExpression[bool],
        attempts: SQLColumnExpression[int],
    ) -> int:
        """Running jobs to queued, or to cancelled where unwanted; how many."""
        return changed(
            session,
            update(Job)
            .where(which)
            .values(
                state=case((unwanted, "cancelled"), else_="queued"),
                active_key=case((unwanted, None), else_=Job.active_key),
                finished_at=case((unwanted, self._clock()), else_=None),
                attempts=attempts,
                worker_uid=None,
                lease_until=None,
                progress=0.0,
                stage="",
                preview=None,
            ),
        )

    def _change(self, session: Session, claim: Claim, **values: Any) -> None:
        if not changed(session, update(Job).where(_held(claim)).values(**values)):
            raise _lost(claim)


def changed(session: Session, statement: Update | Delete) -> int:
    """Run the statement; how many rows it met."""
    result = session.execute(statement, execution_options={"synchronize_session": False})
    return cast(CursorResult[Any], result).rowcount


def among(kinds: Collection[str] | None, keys: Collection[str] | None) -> list[ColumnElement[bool]]:
    """Conditions: of these kinds, with these keys; None stands for all."""
    return [column.in_(chosen) for column, chosen in ((Job.kind, kinds), (Job.key, keys)) if chosen is not None]


_unharmed = Job.attempts == 0


def _together(claim: Claim) -> ColumnElement[bool]:
    return Job.payload["together"].as_string() == claim.together


def _held(claim: Claim) -> ColumnElement[bool]:
    return and_(Job.id == claim.job_id, Job.state == "running", Job.token == claim.token)


def _lost(claim: Claim) -> LeaseLost:
    return LeaseLost(f"job {claim.job_id} is no longer held under token {claim.token}")


def _worker_died(times: int) -> Message:
    return Message(
        f"The worker died {times} times in a row while doing this job. It may need more memory than there is: close "
        "other programs or choose a smaller size, then retry it.",
        f"执行此任务时工作进程连续 {times} 次异常退出。可能是内存不足：请关闭其他程序或改用更小的尺寸，然后重试。",
    )
