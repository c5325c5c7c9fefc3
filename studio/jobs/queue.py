"""The durable queue: the database is the only truth about what is to be done, by whom, and what became of it."""

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Update, and_, case, delete, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from storage.errors import Conflict, Message, NotFound
from storage.models import Job, Worker
from studio.jobs.claims import Claim, Claims, LeaseLost, among, changed
from studio.vocabulary import Term, Vocabulary

__all__ = ["ACTIVE", "ENDED", "STATES", "Claim", "LeaseLost", "Queue"]

STATES = Vocabulary(
    "state",
    Term("queued", "Queued", "排队中"),
    Term("running", "Running", "进行中"),
    Term("done", "Done", "已完成"),
    Term("failed", "Failed", "失败"),
    Term("cancelled", "Cancelled", "已取消"),
)
ACTIVE = ("queued", "running")
ENDED = ("done", "failed", "cancelled")
SUBMIT_TURNS = 10


class Queue(Claims):
    """The jobs, and the only ways in which they change.

                    ┌───── give_back, recover ──────┐
                    ▼                               │
        submit ─▶ queued ── claim, claim_along ─▶ running ── finish ──────▶ done
                   ▲  │                             ├─ fail, recover ─▶ failed ────┐
                   │  └────────── cancel ───────────┴─ cancelled ─────▶ cancelled ─┤
                   └──────────────────────────── retry ────────────────────────────┘

    `refuse` keeps work that cannot begin as a failed job; `withdraw` makes such a job cancelled.

    `cancel` of a running job only asks; the worker hears of it at its next heartbeat. Whoever submits the key again
    before that takes the cancel back. A job that is through before it hears is done.

    Each claim raises the job's token, and every change a worker makes names the token it has. So a worker that was
    paused, or cut off, past its lease cannot change a job that somebody else took over: it gets LeaseLost instead.
    `finish` runs in the transaction that stores what the job made: both are kept, or neither.

    `attempts` counts the claims since the job was submitted or retried, less those given back: the workers that died
    on it, one after another. A death may be the machine's or a person's doing, so a job has `max_attempts` (5); after
    that `recover` lets it fail. Among equal priorities a job that lost a worker waits behind those that lost fewer:
    one that kills its workers does not hold up the others, and kills at random do not gather on one job.

    Jobs whose payload has the same `together` may be done in one go: a worker that has claimed one takes others along
    (`claim_along`). Each keeps its own lease, token, progress, cancel and end; nothing else ties them.

    Every change is one conditional UPDATE whose row count is looked at, so it is right under READ COMMITTED too.
    Previews show faces: they are removed as soon as a job stops running.
    """

    def submit(
        self,
        kind: str,
        key: str,
        payload: dict[str, Any],
        label: str = "",
        priority: int = 0,
        session: Session | None = None,
    ) -> Job:
        """The job for `key`: the one that is queued or running, else a new one; in the caller's transaction if given.

        key: at most 160 characters. payload: JSON-able. A larger priority goes first.
        """
        if session is None:
            with self._database.session() as own:
                return self.submit(kind, key, payload, label, priority, own)
        session.flush()
        turns = 0
        while (there := self._wanted(session, key)) is None:
            turns += 1
            job = Job(kind=kind, key=key, active_key=key, payload=payload, label=label, priority=priority)
            job.created_at = self._clock()
            try:
                with session.begin_nested():
                    session.add(job)
                    session.flush()
            except IntegrityError:
                # Somebody else was first. Look again: theirs may have ended since, though not time after time.
                if turns == SUBMIT_TURNS:
                    raise
            else:
                return job
        return there

    def refuse(self, kind: str, key: str, payload: dict[str, Any], reason: Message, cause: str, label: str = "") -> Job:
        """Keep, as a failed job, work that cannot even begin. cause: the kind of the error, as in `fail`.

        It is seen like any other failure until the key is refused again or `withdraw` hears that the reason is gone.
        """
        with self._database.session() as session:
            changed(session, self._withdrawing([key]))
            job = Job(kind=kind, key=key, payload=payload, label=label, state="failed")
            job.created_at = job.finished_at = self._clock()
            job.error = {"kind": cause, **reason.as_json()}
            session.add(job)
        return job

    def revoke(self, keys: Collection[str]) -> int:
        """End these jobs at once, running ones too, for work that nobody may finish; how many there were.

        The worker that has one in hand finds its lease lost, and drops what it made.
        """
        active = and_(Job.key.in_(keys), Job.state.in_(ACTIVE))
        ended = {"state": "cancelled", "active_key": None, "worker_uid": None, "lease_until": None, "preview": None}
        with self._database.session() as session:
            return changed(
                session, update(Job).where(active).values(**ended, token=Job.token + 1, finished_at=self._clock())
            )

    def withdraw(self, keys: Collection[str]) -> int:
        """What stood in the way of these failed jobs is gone: they count as cancelled; how many there were."""
        with self._database.session() as session:
            return changed(session, self._withdrawing(keys))

    def _withdrawing(self, keys: Collection[str]) -> Update:
        # not deleted: the id of a deleted last row may be given once more (see prune)
        failed = and_(Job.key.in_(keys), Job.state == "failed")
        return update(Job).where(failed).values(state="cancelled", error=None)

    def _wanted(self, session: Session, key: str) -> Job | None:
        """The job with this key that is queued or running; a cancel on it is taken back."""
        active = and_(Job.active_key == key, Job.state.in_(ACTIVE))
        changed(session, update(Job).where(active, Job.cancel_requested).values(cancel_requested=False))
        return session.scalar(select(Job).where(active).execution_options(populate_existing=True))

    def cancel(self, job_id: int) -> None:
        """Cancel a queued job at once and ask a running one to stop; one that is cancelled stays so.

        Raises NotFound, and Conflict for a job that is done or failed.
        """
        with self._database.session() as session:
            if changed(session, self._cancelling(Job.id == job_id)):
                return
            job = _existing(session, job_id)
            if job.state != "cancelled":
                raise Conflict(
                    f"Job {job_id} cannot be cancelled: it has ended ({STATES.text(job.state, 'en').lower()}).",
                    f"任务 {job_id} 无法取消：它已经结束（{STATES.text(job.state, 'zh')}）。",
                )

    def cancel_all(self, kinds: Collection[str] | None = None, keys: Collection[str] | None = None) -> int:
        """Cancel every queued or running job (of these kinds, with these keys); how many there were."""
        with self._database.session() as session:
            return changed(session, self._cancelling(*among(kinds, keys)))

    def _cancelling(self, *which: ColumnElement[bool]) -> Update:
        queued = Job.state == "queued"
        return (
            update(Job)
            .where(Job.state.in_(ACTIVE), *which)
            .values(
                state=case((queued, "cancelled"), else_=Job.state),
                active_key=case((queued, None), else_=Job.active_key),
                finished_at=case((queued, self._clock()), else_=Job.finished_at),
                cancel_requested=True,
            )
        )

    def retry(self, job_id: int) -> None:
        """Queue a failed or cancelled job again, with all its attempts.

        Raises NotFound, and Conflict for a job in another state or one whose work is in the queue already.
        """
        again = {"state": "queued", "active_key": Job.key, "attempts": 0, "cancel_requested": False, "error": None}
        fresh = {"progress": 0.0, "stage": "", "started_at": None, "finished_at": None}
        over = and_(Job.id == job_id, Job.state.in_(("failed", "cancelled")))
        with self._database.session() as session:
            try:
                with session.begin_nested():
                    if changed(session, update(Job).where(over).values(**again, **fresh)):
                        return
            except IntegrityError:
                raise Conflict(
                    f"Job {job_id} need not be tried again: the same work is in the queue already.",
                    f"任务 {job_id} 无需重试：相同的工作已在队列中。",
                ) from None
            state = _existing(session, job_id).state
            raise Conflict(
                f"Job {job_id} cannot be tried again: it is {STATES.text(state, 'en').lower()}, "
                "and only a failed or cancelled job can.",
                f"任务 {job_id} 无法重试：状态为“{STATES.text(state, 'zh')}”，只有失败或已取消的任务可以重试。",
            )

    def prune(self, older_than: timedelta) -> int:
        """Forget the jobs that ended longer ago than that, except the newest of all jobs; how many."""
        # A database may give the id of a deleted last row once more, and an old claim must never fit a new job.
        newest = select(func.max(Job.id)).scalar_subquery()
        ended = and_(Job.state.in_(ENDED), Job.finished_at < self._clock() - older_than)
        old = delete(Job).where(ended, Job.id != newest)
        with self._database.session() as session:
            return changed(session, old)

    def job(self, job_id: int) -> Job:
        """Raises NotFound."""
        with self._database.reading() as session:
            return _existing(session, job_id)

    def jobs(
        self, states: Collection[str] | None = None, kinds: Collection[str] | None = None, limit: int = 100
    ) -> list[Job]:
        """The newest jobs first."""
        which = among(kinds, None) + ([] if states is None else [Job.state.in_(states)])
        with self._database.reading() as session:
            return list(session.scalars(select(Job).where(*which).order_by(Job.id.desc()).limit(limit)))

    def counts(self, kinds: Collection[str] | None = None) -> dict[str, int]:
        """How many jobs are in each state, zeros included."""
        with self._database.reading() as session:
            found = session.execute(select(Job.state, func.count()).where(*among(kinds, None)).group_by(Job.state))
            return dict.fromkeys(STATES.codes, 0) | {state: count for state, count in found}  # noqa: C416 (a Result)

    def active(self, kinds: Collection[str] | None = None, keys: Collection[str] | None = None) -> int:
        """How many jobs (of these kinds, with these keys) are queued or running."""
        with self._database.reading() as session:
            return session.scalar(select(func.count()).where(Job.state.in_(ACTIVE), *among(kinds, keys))) or 0

    def live_worker(self) -> Worker | None:
        """A worker that was seen within the lease and whose process, where we can look, is there."""
        return self.presence.live()


def _existing(session: Session, job_id: int) -> Job:
    job = session.get(Job, job_id)
    if job is None:
        raise NotFound(f"There is no job {job_id}.", f"没有任务 {job_id}。")
    return job
