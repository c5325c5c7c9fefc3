"""A worker process with toy tasks, run for real by the tests: python toy_worker.py DATABASE LEASE_SECONDS."""

import logging
import os
import sys
import time
from collections import Counter
from pathlib import Path

from sqlalchemy import Column, Integer, MetaData, Table, Text, insert, select

from storage.database import Database
from storage.errors import BadPicture
from studio.jobs.queue import Claim, Queue
from studio.jobs.service import serve
from studio.jobs.worker import Report, Worker

metadata = MetaData()
# No unique constraint: a row that was made twice must be seen twice.
made = Table("made", metadata, Column("id", Integer, primary_key=True), Column("key", Text), Column("pid", Integer))


class Toys:
    """The context of the toy tasks."""

    def __init__(self, database: Database, queue: Queue):
        self.database = database
        self.queue = queue


def keep(toys: Toys, claim: Claim) -> None:
    with toys.database.session() as session:
        session.execute(insert(made).values(key=claim.key, pid=os.getpid()))
        toys.queue.finish(session, claim, {"pid": os.getpid()})


def steps(toys: Toys, claim: Claim, report: Report) -> None:
    """Many small steps, a report after each."""
    for step in range(claim.payload["steps"]):
        time.sleep(claim.payload["seconds"])
        report((step + 1) / claim.payload["steps"], f"step {step}", b"preview")
    keep(toys, claim)


def one_step(toys: Toys, claim: Claim, report: Report) -> None:
    """One long step that reports nothing."""
    time.sleep(claim.payload["seconds"])
    keep(toys, claim)


def picture(toys: Toys, claim: Claim, report: Report) -> None:
    raise BadPicture("'cat.png' is not a picture.", "“cat.png”不是图片。")


def bug(toys: Toys, claim: Claim, report: Report) -> None:
    raise ZeroDivisionError("by nought")


def forgets(toys: Toys, claim: Claim, report: Report) -> None:
    """Returns without finish."""


TASKS = {"steps": steps, "one step": one_step, "picture": picture, "bug": bug, "forgets": forgets}


def toy_worker(database: Database, lease_seconds: float = 15.0) -> Worker[Toys]:
    queue = Queue(database, lease_seconds)
    return Worker(queue, TASKS, Toys(database, queue))


def rows(database: Database) -> Counter[str]:
    """How many rows each key has."""
    with database.reading() as session:
        return Counter(session.scalars(select(made.c.key)))


def work(path: Path, lease_seconds: float, lifeline: int | None) -> None:
    logging.basicConfig(level=logging.INFO)
    serve(toy_worker(Database.at(path), lease_seconds), lifeline, poll=0.02)


if __name__ == "__main__":
    work(Path(sys.argv[1]), float(sys.argv[2]), lifeline=0)
