"""Which workers are there, and which are certainly not: rows that they keep fresh, and what the system knows of a pid."""

import os
import socket
import sys
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import delete, select, update

from storage.database import Database
from storage.models import Worker, new_uid, now

FORGOTTEN = timedelta(days=1)


def this_host() -> str:
    """The name of the machine, and on Linux its pid namespace: two containers may share a name, but not their pids."""
    try:
        return f"{socket.gethostname()} {Path('/proc/self/ns/pid').readlink()}"
    except OSError:
        return socket.gethostname()


def pid_start(pid: int) -> str | None:
    """When the process `pid` of this machine began, as a text that no other process of any boot shares.

    None: there is no such process, or only its unreaped end (a zombie). "": it may be there, but nothing tells when it
    began (no /proc, or one that hides other people's processes).
    """
    if sys.platform == "win32":
        return ""  # there os.kill(pid, 0) is not a question
    try:
        state, *fields = Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return _answers(pid)
    return None if state in "ZX" else f"{boot} {fields[18]}"


def _answers(pid: int) -> str | None:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return None
    except PermissionError:
        return ""
    return ""


def surely_dead(worker: Worker) -> bool:
    """True where the worker ran on this machine and its process is gone, or its pid belongs to another one by now."""
    if worker.host != this_host():
        return False
    start = pid_start(worker.pid)
    return start is None or (start != "" and worker.pid_started != "" and start != worker.pid_started)


class Presence:
    """The workers' rows. A row is fresh for `fresh_seconds` after its worker was last seen."""

    def __init__(self, database: Database, fresh_seconds: float, clock: Callable[[], datetime] = now):
        self._database = database
        self._fresh = timedelta(seconds=fresh_seconds)
        self._clock = clock

    def enter(self, uid: str | None = None) -> str:
        """Write down that this process is a worker; the uid that it claims jobs with."""
        uid = uid or new_uid()
        at, pid = self._clock(), os.getpid()
        with self._database.session() as session:
            session.add(
                Worker(uid=uid, host=this_host(), pid=pid, pid_started=pid_start(pid) or "", started_at=at, seen_at=at)
            )
        return uid

    def seen(self, uid: str) -> None:
        """The worker is alive. A row that was swept away while the worker was paused is written again."""
        with self._database.session() as session:
            if session.scalar(select(Worker.uid).where(Worker.uid == uid)) is not None:
                session.execute(update(Worker).where(Worker.uid == uid).values(seen_at=self._clock()))
                return
        self.enter(uid)

    def leave(self, uid: str) -> None:
        """The worker ends, and has no job any more."""
        with self._database.session() as session:
            session.execute(delete(Worker).where(Worker.uid == uid))

    def live(self) -> Worker | None:
        """The worker that was seen last, if that is recent and its process is not known to be gone."""
        with self._database.reading() as session:
            rows = session.scalars(
                select(Worker).where(Worker.seen_at >= self._clock() - self._fresh).order_by(Worker.seen_at.desc())
            ).all()
        return next((worker for worker in rows if not surely_dead(worker)), None)

    def dead(self) -> list[str]:
        """The uids of workers whose process is known to be gone."""
        with self._database.reading() as session:
            return [worker.uid for worker in session.scalars(select(Worker)) if surely_dead(worker)]

    def sweep(self, gone: Collection[str]) -> None:
        """Remove these rows, and those of workers not seen for a day."""
        with self._database.session() as session:
            session.execute(delete(Worker).where(Worker.uid.in_(gone) | (Worker.seen_at < self._clock() - FORGOTTEN)))
