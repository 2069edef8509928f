"""Worker processes that may die: each holds one task at a time, which is all that its death can cost.

Every process has an executor of its own, because an executor of several stops all of them when one dies. A task is
tried again once, in a new process; the rest of its group goes on there.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection

AHEAD = 2  # tasks sent to a process: one that it is at, and the next, so that it need not wait
TRIES = 2  # of a task whose process dies
HOPELESS = 4  # processes that die one after another before any has finished a task: not the fault of the task
DIED = "its worker died twice, perhaps for lack of memory"
CANNOT_START = "worker processes die as soon as they start; --jobs 1 (jobs=1) needs none"


@dataclass(frozen=True)
class Ended[T, R]:
    """How a task ended: with a result, or lost for a reason."""

    task: T
    result: R | None
    reason: str = ""


def in_processes[T, R](
    groups: Sequence[Sequence[T]], function: Callable[[T], R], begin: Callable[[], None], jobs: int
) -> Iterator[Ended[T, R]]:
    """Run a function on the tasks of groups in processes and yield how each ended, as it ends.

    Parameters
    ----------
    groups : sequence of sequence
        The tasks of a group go to the same process, unless it dies.
    function : callable
        Of a module, like `begin`. An error that it raises is raised here, and ends all processes.
    begin : callable
        Called first in every process.
    jobs : int
        Processes.
    """
    waiting = deque(groups)
    workers = [_Worker(function, begin) for _ in range(jobs)]
    finished = 0
    try:
        while True:
            for worker in workers:
                worker.take_from(waiting)
            first = {worker.first for worker in workers if worker.first is not None}
            if not first:
                return
            wait(first, return_when=FIRST_COMPLETED)
            for worker in workers:
                for ended in worker.ended():
                    finished += not ended.reason
                    yield ended
            if not finished and sum(worker.deaths for worker in workers) >= HOPELESS:
                left = [worker.group for worker in workers] + [*waiting]
                yield from (Ended(task, None, CANNOT_START) for group in left for task in group)
                return
    finally:
        for worker in workers:
            worker.stop()


class _Worker[T, R]:
    """A process, the tasks of a group that are left for it, in order, and the first few, which it was sent."""

    def __init__(self, function: Callable[[T], R], begin: Callable[[], None]) -> None:
        self.group: deque[T] = deque()
        self.deaths = 0
        self._function, self._begin = function, begin
        self._sent: deque[Future[R]] = deque()
        self._tries = 1  # of the first task of the group
        self._start()

    def _start(self) -> None:
        """Make an executor, whose process starts with its first task."""
        context = multiprocessing.get_context("spawn")
        self._theirs, self._lifeline = context.Pipe(duplex=False)
        known = self._theirs, self._begin
        self._pool = ProcessPoolExecutor(1, mp_context=context, initializer=_start_process, initargs=known)

    @property
    def first(self) -> Future[R] | None:
        """The task that the process is at; None if it has nothing to do."""
        return self._sent[0] if self._sent else None

    def take_from(self, waiting: deque[Sequence[T]]) -> None:
        """Take a group, if the last one is finished, and send the process what it should have."""
        if not self.group and waiting:
            self.group.extend(waiting.popleft())
        for task in [*self.group][len(self._sent) : AHEAD]:
            try:
                self._send(task)
            except BrokenProcessPool:
                if self._sent:
                    return  # its first task will tell of the death
                self._restart()  # it died between two groups
                self._send(task)

    def _send(self, task: T) -> None:
        with _interrupts_held():
            self._sent.append(self._pool.submit(self._function, task))

    def ended(self) -> Iterator[Ended[T, R]]:
        """Yield the tasks that have ended; replace the process if it has died."""
        while self._sent and self._sent[0].done():
            try:
                result = self._sent[0].result()
            except BrokenProcessPool:
                yield from self._replaced()
                return
            self._sent.popleft()
            yield Ended(self._next(), result)

    def _next(self) -> T:
        self._tries = 1
        return self.group.popleft()

    def _replaced(self) -> Iterator[Ended[T, R]]:
        self._restart()
        if self._tries == TRIES:
            yield Ended(self._next(), None, DIED)
        else:
            self._tries += 1

    def _restart(self) -> None:
        self.stop()
        self._sent.clear()
        self.deaths += 1
        self._start()

    def stop(self) -> None:
        """End the process, whatever it is doing."""
        self._lifeline.close()
        self._theirs.close()
        self._pool.shutdown(wait=True, cancel_futures=True)


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Hold back interrupts while a process may be started, which inherits this and leaves Ctrl-C to its parent."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _start_process(lifeline: Connection, begin: Callable[[], None]) -> None:
    """Begin, and end with the parent, so that a killed run leaves no worker behind."""
    threading.Thread(target=_end_with, args=(lifeline,), daemon=True).start()
    begin()


def _end_with(lifeline: Connection) -> None:
    """Wait until the parent closes its end of a pipe, as the system does when it dies, and end at once."""
    try:
        lifeline.recv()
    except EOFError:
        os._exit(1)
