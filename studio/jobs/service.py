"""A worker as a process of its own: how it is asked to end, and how it notices that nobody needs it any more."""

import logging
import os
import signal
import threading
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from studio.jobs.worker import Worker

log = logging.getLogger(__name__)


def serve(worker: Worker[Any], lifeline: int | None = None, grace: float = 1.5, poll: float = 0.2) -> None:
    """Run the worker until SIGTERM, SIGINT, or the end of the file descriptor `lifeline`; main thread only.

    lifeline: the reading end of a pipe whose other end a parent holds (0, where Supervisor started this). It ends with
    the parent, however that died. The job in hand is then finished or given back within `grace` seconds: at its next
    report, or, if it makes none, by ending the process. A second signal ends it at once.
    """
    stop, ended = threading.Event(), threading.Event()
    asked, ask = os.pipe()

    def on_signal(*_: object) -> None:
        # No Event.set() here: the signal may have interrupted this very thread inside the event's lock.
        os.close(ask)
        for each in signals:
            signal.signal(each, signal.SIG_DFL)

    signals = {each: signal.signal(each, on_signal) for each in (signal.SIGTERM, signal.SIGINT)}
    for descriptor in (asked,) if lifeline is None else (asked, lifeline):
        threading.Thread(target=_set_at_end, args=(descriptor, stop), daemon=True).start()
    threading.Thread(target=_last_resort, args=(worker, stop, ended, grace), daemon=True).start()
    try:
        worker.run_forever(stop, poll)
    finally:
        ended.set()
        for each, before in signals.items():
            signal.signal(each, before)


def _set_at_end(descriptor: int, stop: threading.Event) -> None:
    # os.read, not a file object: a daemon thread that holds a file's lock would keep the interpreter from ending.
    while os.read(descriptor, 1024):
        pass
    stop.set()


def _last_resort(worker: Worker[Any], stop: threading.Event, ended: threading.Event, grace: float) -> None:
    stop.wait()
    if not ended.wait(grace):
        log.warning("the job in hand did not pause within %.1f s: it goes back to the queue", grace)
        try:
            worker.abandon()
        except SQLAlchemyError:
            log.exception("the job in hand could not be given back; it is recovered when this process is gone")
        finally:
            os._exit(0)
