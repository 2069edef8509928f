"""A Dask scheduler that runs the tasks of a run: the connection, the check of its workers, and bounded submission.

Dask has the queue, the retries and the dashboard. A few tasks per worker are sent ahead, so that a corpus is never
whole in memory, and each result comes back over the connection: workers need no disk in common with this process.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bayes.errors import ClusterLost, InvalidInput
from bayes.results.remote import OwnModel, Software, pack, run_packed, software

if TYPE_CHECKING:
    from distributed import Client, Future

OPTION = "--scheduler"
TIMEOUT = 5  # seconds in which a scheduler must answer
AHEAD = 3  # tasks a worker: one that runs, and two whose data have arrived
LEAST = 4  # tasks sent to a cluster without workers, so that one that grows by demand begins to
RETRIES = 2  # of a task that raised an error; those of lost workers are counted by the scheduler (allowed-failures)
START = (
    "start one by `dask scheduler`, which prints its address, and `dask worker ADDRESS --nthreads 1` on each machine"
)


@dataclass(frozen=True)
class Answer[T, R]:
    """How a task ended.

    Attributes
    ----------
    item : object
        What it was called with.
    result : object, optional
        None if it raised an error.
    error : Exception, optional
    """

    item: T
    result: R | None
    error: Exception | None = None


@dataclass(frozen=True)
class Scheduler:
    """A scheduler that has answered, and whose workers run the software of this process."""

    address: str
    client: Client
    software: Software

    def __str__(self) -> str:
        """Say where it is, how many workers it has and where to watch them."""
        workers = self.workers
        counted = f"{workers} worker{'' if workers == 1 else 's'}" if workers else "no worker yet"
        return f"{self.address}: {counted}; dashboard {self.client.dashboard_link}"

    @property
    def workers(self) -> int:
        """How many workers there are now."""
        return len(self.client.nthreads())

    def run[T, R](self, name: str, function: Callable[[T], R], items: Iterable[T]) -> Iterator[Answer[T, R]]:
        """Run a function on every item and yield the answers as they arrive, each once.

        Parameters
        ----------
        name : str
            What the dashboard calls the tasks.
        function : callable
            Of a module of this package.
        items : iterable
            Read as they are needed.

        Raises
        ------
        ClusterLost
            If the scheduler no longer answers.
        """
        from distributed import as_completed

        waiting, sent = iter(items), dict[str, T]()
        finished, models = as_completed(loop=self.client.loop), OwnModel.registered()

        def fill() -> None:
            for _ in range(max(LEAST, AHEAD * self.workers) - len(sent)):
                for item in waiting:
                    future = self._submit(name, pack(function, item), models)
                    sent[str(future.key)] = item
                    finished.add(future)
                    break

        with self._lost():
            fill()
            for future in finished:
                yield self._answer(future, sent.pop(str(future.key)))
                future.release()
                fill()

    def _submit(self, name: str, packed: bytes, models: tuple[OwnModel, ...]) -> Future[object]:
        key = f"{name}-{uuid.uuid4().hex}"
        return self.client.submit(run_packed, packed, self.software, models, key=key, retries=RETRIES)

    def _answer[T, R](self, future: Future[R], item: T) -> Answer[T, R]:
        """Return how a task ended; an error that is not its own is that of the connection."""
        from distributed import KilledWorker

        try:
            return Answer(item, future.result())
        except KilledWorker as error:
            died = error.allowed_failures + 1
            return Answer(item, None, ClusterLost(f"a task was lost with each of {died} workers; they may lack memory"))
        except Exception as error:
            if future.status == "error":
                return Answer(item, None, error)
            raise ClusterLost(self._silent) from error

    @contextmanager
    def _lost(self) -> Iterator[None]:
        """Turn whatever a lost connection raises into an error for the user."""
        from distributed.comm.core import CommClosedError

        try:
            yield
        except CommClosedError as error:
            raise ClusterLost(self._silent) from error
        except Exception as error:
            if isinstance(error, ClusterLost) or self.client.status == "running":
                raise
            raise ClusterLost(self._silent) from error

    @property
    def _silent(self) -> str:
        return f"{self.address}: the scheduler no longer answers"


@contextmanager
def connected(where: str | Scheduler | None) -> Iterator[Scheduler | None]:
    """Connect to a scheduler for the length of a run; None stays None, and a connection is used as it is.

    Parameters
    ----------
    where : str or Scheduler, optional
        Its address.

    Raises
    ------
    InvalidInput
        If Dask is not installed, no scheduler answers at the address, or its workers are not as they must be.
    """
    if where is None or isinstance(where, Scheduler):
        yield where
        return
    try:
        from distributed import Client
        from distributed.comm.addressing import parse_address, parse_host_port
    except ImportError:
        raise InvalidInput(OPTION, ["Dask is not installed; pip install 'bayes-reanalysis[dask]'"]) from None
    with _without_log():
        try:
            parse_host_port(parse_address(where)[1])
        except ValueError:
            said = f"found {where!r}; accepted: host:port or tcp://host:port, as `dask scheduler` prints it"
            raise InvalidInput(OPTION, [said]) from None
        try:
            client = Client(where, timeout=TIMEOUT, set_as_default=False)
        except OSError as error:
            said = f"no Dask scheduler answers at {where!r} within {TIMEOUT} s; {START}"
            raise InvalidInput(OPTION, [said]) from error
        try:
            _check(client)
            yield Scheduler(where, client, software())
        finally:
            client.close(timeout=TIMEOUT)


@contextmanager
def _without_log() -> Iterator[None]:
    """Keep Dask's log of a lost connection, a page of its own calls, from standing beside the error for the user."""
    log = logging.getLogger("distributed.client")
    before = log.level
    log.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        log.setLevel(before)


def _check(client: Client) -> None:
    """Check the workers that are there; those that come later are checked with their first task."""
    many = [f"{worker}: {count} threads; accepted: 1, by `dask worker ADDRESS --nthreads 1` (compilation needs it)"
            for worker, count in client.nthreads().items() if count != 1]  # fmt: skip
    if many:
        raise InvalidInput(OPTION, many)
    mistakes = []
    for worker, found in client.run(software, on_error="return").items():
        if isinstance(found, Software):
            differs = list(software().differences(found))
            mistakes += [f"{worker}: {'; '.join(differs)}; versions must agree"] if differs else []
        else:
            mistakes.append(f"{worker}: lacks this version of bayes-reanalysis ({type(found).__name__}: {found})")
    if mistakes:
        raise InvalidInput(OPTION, mistakes)
