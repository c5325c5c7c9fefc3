"""Keeps one worker process alive for as long as the page is."""

import atexit
import logging
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from time import monotonic
from typing import IO

log = logging.getLogger(__name__)

FIRST_PAUSE = 0.1
LONGEST_PAUSE = 5.0
STEADY_SECONDS = 2.0
TURN_POLL = 0.5


class Supervisor:
    """Starts the worker, starts it again when it dies, and ends it with the page.

    command: the worker's command line. It must end when its standard input does (`serve(worker, lifeline=0)`): so the
    worker ends even where this process is killed outright. home: the folder that the worker works on; of all
    supervisors of a home one at a time has a worker (it holds `worker.lock`), and the next takes over when that one
    ends. Windows has no such lock here: two workers on one home are slower there, and no less right. log_file: where
    the worker's output is appended; None leaves it with this process's own.

    A worker that died within two seconds is started again after a pause that doubles each time, up to five seconds.
    """

    def __init__(self, command: Sequence[str], home: Path, log_file: Path | None = None):
        self._command = list(command)
        self._home = home
        self._log_file = log_file
        self._starting = threading.Lock()
        self._stop = threading.Event()
        self._worker: subprocess.Popen[bytes] | None = None
        self._thread: threading.Thread | None = None

    @property
    def pid(self) -> int | None:
        """The worker's pid; None while there is none."""
        worker = self._worker
        return worker.pid if worker is not None and worker.poll() is None else None

    def start(self) -> None:
        """Begin; returns at once."""
        if self._thread is None:
            self._stop.clear()
            self._thread = threading.Thread(target=self._supervise, name="supervisor", daemon=True)
            self._thread.start()
            atexit.register(self.stop)

    def stop(self, grace: float = 4.0) -> None:
        """End the worker: asked first, so that it gives its job back; killed after `grace` seconds."""
        if self._thread is None:
            return
        atexit.unregister(self.stop)
        with self._starting:
            self._stop.set()
        if self._worker is not None:
            _end(self._worker, grace)
        self._thread.join()
        self._thread = None

    def _supervise(self) -> None:
        with (self._home / "worker.lock").open("ab") as lock:
            while not _locked(lock):
                if self._stop.wait(TURN_POLL):
                    return
            pause = FIRST_PAUSE
            while not self._stop.is_set():
                began = monotonic()
                code = self._run_once()
                if self._stop.is_set():
                    return
                pause = FIRST_PAUSE if monotonic() - began >= STEADY_SECONDS else min(2 * pause, LONGEST_PAUSE)
                log.warning("the worker ended with code %s; it is started again in %.1f s", code, pause)
                self._stop.wait(pause)

    def _run_once(self) -> int | None:
        with ExitStack() as opened:
            output = None if self._log_file is None else opened.enter_context(self._log_file.open("ab"))
            with self._starting:
                if self._stop.is_set():
                    return None
                # A session of its own: Ctrl-C in the terminal is for the page, which then ends the worker.
                worker = self._worker = subprocess.Popen(  # noqa: S603 (our own command line)
                    self._command, stdin=subprocess.PIPE, stdout=output, stderr=output, start_new_session=True
                )
            code = worker.wait()
            if worker.stdin is not None:
                worker.stdin.close()
            return code


def _end(worker: subprocess.Popen[bytes], grace: float) -> None:
    worker.terminate()
    try:
        worker.wait(grace)
    except subprocess.TimeoutExpired:
        log.warning("the worker did not end within %.1f s and is killed", grace)
        worker.kill()
        worker.wait()


def _locked(file: IO[bytes]) -> bool:
    """Take the lock on the open file, if nobody has it; the system frees it when this process ends, however it ends."""
    if sys.platform == "win32":
        return True
    import fcntl

    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
