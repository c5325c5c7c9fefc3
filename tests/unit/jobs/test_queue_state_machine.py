"""The queue against a model of it that is a list of plain rows and a clock that stands still until told."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, multiple, precondition, rule

from storage.database import Database
from storage.errors import Conflict, JobCancelled, Message, NotFound
from storage.models import Base
from studio.jobs.queue import STATES, LeaseLost, Queue

LEASE = 10.0
ATTEMPTS = 3
KEYS = st.sampled_from(["one", "two", "three", "four"])
TOGETHER = {"one": "pair", "two": "pair", "three": "", "four": "pair"}
KINDS = st.sampled_from([None, None, None, ("draw",), ("train",), ("draw", "train")])


@dataclass
class Row:
    id: int
    kind: str
    key: str
    priority: int
    state: str = "queued"
    attempts: int = 0
    token: int = 0
    lease_until: datetime | None = None
    cancel: bool = False
    preview: bytes | None = None
    ended: datetime | None = None

    def end(self, state: str, at: datetime) -> None:
        self.state, self.ended, self.preview = state, at, None

    def back(self) -> None:
        self.state, self.preview = "queued", None


def payload(key: str) -> dict[str, str]:
    return {"for": key, "together": TOGETHER[key]}


class QueueAgainstModel(RuleBasedStateMachine):
    claims = Bundle("claims")

    @initialize()
    def open(self) -> None:
        self.at = datetime(2026, 1, 1, tzinfo=UTC)
        self.database = Database("sqlite://")
        Base.metadata.create_all(self.database.engine)
        self.queue = Queue(self.database, LEASE, ATTEMPTS, clock=lambda: self.at)
        self.rows: list[Row] = []

    def teardown(self) -> None:
        self.database.close()

    def row(self, job_id: int) -> Row | None:
        return next((row for row in self.rows if row.id == job_id), None)

    def holder(self, claim) -> Row | None:
        row = self.row(claim.job_id)
        return row if row and row.state == "running" and row.token == claim.token else None

    @rule(key=KEYS, priority=st.integers(-1, 1), kind=st.sampled_from(["draw", "train"]))
    def submit(self, key: str, priority: int, kind: str) -> None:
        job = self.queue.submit(kind, key, payload(key), "label", priority)
        there = next((row for row in self.rows if row.key == key and row.state in ("queued", "running")), None)
        if there is None:
            assert self.row(job.id) is None
            self.rows.append(Row(job.id, kind, key, priority))
        else:
            assert job.id == there.id
            there.cancel = False
            assert not job.cancel_requested

    @rule(target=claims)
    def claim_any(self):
        return self.claim(None, None)

    @rule(target=claims, after=claims)
    def claim_what_is_warm(self, after):
        return self.claim(None, None, after)

    @rule(target=claims, kinds=KINDS, keys=st.none() | st.sets(KEYS, min_size=1))
    def claim(self, kinds, keys, after=None):
        waiting = [
            row
            for row in self.rows
            if row.state == "queued" and (kinds is None or row.kind in kinds) and (keys is None or row.key in keys)
        ]
        claim = self.queue.claim("somebody", kinds, keys, after)
        if not waiting:
            assert claim is None
            return multiple()

        def cold(row: Row) -> bool:
            alike = after and TOGETHER[row.key] and (row.kind, TOGETHER[row.key]) == (after.kind, TOGETHER[after.key])
            return not (alike and row.attempts == 0)

        row = min(waiting, key=lambda row: (-row.priority, cold(row), row.attempts, row.id))
        self.took(row, claim)
        return claim

    @rule(target=claims, claim=claims, room=st.integers(-1, 3), keys=st.none() | st.sets(KEYS, min_size=1))
    def claim_along(self, claim, room: int, keys):
        along = [
            row
            for row in self.rows
            if (row.state, row.attempts, row.kind, row.priority) == ("queued", 0, claim.kind, claim.priority)
            and TOGETHER[row.key] == TOGETHER[claim.key] == "pair"
            and claim.attempts == 1
            and (keys is None or row.key in keys)
        ][: max(room, 0)]
        taken = self.queue.claim_along(claim, room, keys)
        assert [each.job_id for each in taken] == [row.id for row in along]
        for row, each in zip(along, taken, strict=True):
            self.took(row, each)
        return multiple(*taken)

    def took(self, row: Row, claim) -> None:
        row.state, row.token, row.attempts = "running", row.token + 1, row.attempts + 1
        row.lease_until = self.at + timedelta(seconds=LEASE)
        assert claim is not None
        assert (claim.job_id, claim.token, claim.attempts) == (row.id, row.token, row.attempts)
        assert (claim.kind, claim.key, claim.payload) == (row.kind, row.key, payload(row.key))
        assert (claim.priority, claim.worker_uid) == (row.priority, "somebody")

    @rule(target=claims)
    def lose_all_workers_and_claim_again(self):
        self.wait(LEASE + 1.0)
        self.recover()
        return self.claim(None, None)

    @rule(claim=claims, preview=st.none() | st.just(b"face"))
    def heartbeat(self, claim, preview) -> None:
        row = self.holder(claim)
        if row is None:
            with pytest.raises(LeaseLost):
                self.queue.heartbeat(claim, 0.5, "drawing", preview)
            return
        row.lease_until, row.preview = self.at + timedelta(seconds=LEASE), preview or row.preview
        if row.cancel:
            with pytest.raises(JobCancelled):
                self.queue.heartbeat(claim, 0.5, "drawing", preview)
        else:
            self.queue.heartbeat(claim, 0.5, "drawing", preview)
        assert self.queue.job(row.id).progress == 0.5

    @rule(claim=claims, how=st.sampled_from(["finish", "fail", "cancelled", "give_back"]))
    def end(self, claim, how: str) -> None:
        row = self.holder(claim)

        def call() -> None:
            if how == "finish":
                with self.database.session() as session:
                    self.queue.finish(session, claim, {"made": "it"})
            elif how == "fail":
                self.queue.fail(claim, Message("broken", "坏了"), "Broken")
            else:
                getattr(self.queue, how)(claim)

        if row is None:
            with pytest.raises(LeaseLost):
                call()
            return
        call()
        if how == "finish":
            row.end("done", self.at)
        elif how == "fail":
            row.end("failed", self.at)
            assert self.queue.job(row.id).error == {"kind": "Broken", "en": "broken", "zh": "坏了"}
        elif row.cancel or (how == "cancelled" and row.attempts >= ATTEMPTS):
            row.attempts -= how == "give_back"
            row.end("cancelled", self.at)
        else:
            row.attempts -= how == "give_back"
            row.back()

    @precondition(lambda self: self.rows)
    @rule(number=st.integers(0, 30))
    def cancel(self, number: int) -> None:
        row = self.rows[number % len(self.rows)]
        if row.state in ("done", "failed"):
            with pytest.raises(Conflict):
                self.queue.cancel(row.id)
            return
        self.queue.cancel(row.id)
        if row.state == "queued":
            row.end("cancelled", self.at)
            row.cancel = True
        elif row.state == "running":
            row.cancel = True

    @precondition(lambda self: len(self.rows) > 2)
    @rule(kinds=KINDS)
    def cancel_all(self, kinds) -> None:
        met = [r for r in self.rows if r.state in ("queued", "running") and (kinds is None or r.kind in kinds)]
        assert self.queue.cancel_all(kinds) == len(met)
        for row in met:
            row.cancel = True
            if row.state == "queued":
                row.end("cancelled", self.at)

    @precondition(lambda self: self.rows)
    @rule(number=st.integers(0, 30))
    def retry(self, number: int) -> None:
        row = self.rows[number % len(self.rows)]
        twin = any(other.key == row.key and other.state in ("queued", "running") for other in self.rows)
        if twin or row.state not in ("failed", "cancelled"):
            with pytest.raises(Conflict):
                self.queue.retry(row.id)
            return
        self.queue.retry(row.id)
        row.state, row.attempts, row.cancel, row.ended = "queued", 0, False, None

    @rule(seconds=st.sampled_from([0.5, 4.0, 11.0]))
    def wait(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)

    @rule()
    def recover(self) -> None:
        gone = [row for row in self.rows if row.state == "running" and row.lease_until < self.at]
        assert self.queue.recover() == len(gone)
        for row in gone:
            if row.cancel:
                row.end("cancelled", self.at)
            elif row.attempts >= ATTEMPTS:
                row.end("failed", self.at)
                error = self.queue.job(row.id).error
                assert error is not None and error["kind"] == "WorkerDied" and str(ATTEMPTS) in error["zh"]
            else:
                row.back()

    @rule()
    def prune(self) -> None:
        old = [row for row in self.rows if row.ended is not None and row.ended < self.at - timedelta(seconds=15)]
        old = [row for row in old if row.state not in ("queued", "running") and row is not self.rows[-1]]
        assert self.queue.prune(timedelta(seconds=15)) == len(old)
        for row in old:
            self.rows.remove(row)
            with pytest.raises(NotFound):
                self.queue.job(row.id)

    @invariant()
    def same_as_the_model(self) -> None:
        found = {
            job.id: (job.state, job.priority, job.attempts, job.token, job.active_key, job.preview)
            for job in self.queue.jobs()
        }
        assert found == {
            row.id: (
                row.state,
                row.priority,
                row.attempts,
                row.token,
                row.key if row.state in ("queued", "running") else None,
                row.preview,
            )
            for row in self.rows
        }
        counts = self.queue.counts()
        assert counts == {state: sum(row.state == state for row in self.rows) for state in STATES.codes}
        assert self.queue.active() == counts["queued"] + counts["running"]


class TestQueueAgainstModel(QueueAgainstModel.TestCase):
    settings = settings(max_examples=15, stateful_step_count=40, deadline=None, database=None)


@pytest.mark.slow
class TestQueueAgainstModelAtLength(QueueAgainstModel.TestCase):
    settings = settings(max_examples=100, stateful_step_count=60, deadline=None, database=None)
