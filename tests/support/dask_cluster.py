"""A Dask cluster of processes on this machine, as its users start one: a scheduler, and workers with one thread each."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from distributed import Client


@dataclass
class DaskCluster:
    """Its address and its processes, each the first of a group of its own."""

    address: str
    processes: list[subprocess.Popen[str]] = field(default_factory=list)

    def worker_pids(self) -> list[int]:
        """The processes that compute; those that started them start others when they die."""
        with Client(self.address, set_as_default=False) as client:
            return sorted(client.run(os.getpid).values())

    def kill_scheduler(self) -> None:
        """End the scheduler at once."""
        self.processes[0].kill()
        self.processes[0].wait()


@contextmanager
def dask_cluster(folder: Path, workers: int = 4) -> Iterator[DaskCluster]:
    """Start a scheduler and workers; end whatever is left of them."""
    log = folder / "dask.log"
    started: list[subprocess.Popen[str]] = []

    def start(*words: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", *words]
        with log.open("a") as stream:
            process = subprocess.Popen(
                command, cwd=folder, stdout=stream, stderr=stream, text=True, start_new_session=True
            )
        started.append(process)
        return process

    try:
        start("distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--dashboard-address", ":0")
        address = _address(log, started[0])
        start("distributed.cli.dask_worker", address, "--nthreads", "1", "--nworkers", str(workers), "--no-dashboard")
        with Client(address, set_as_default=False, timeout=30) as client:
            client.wait_for_workers(workers, timeout=60)
        yield DaskCluster(address, started)
    finally:
        for process in reversed(started):
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            process.wait()


def _address(log: Path, scheduler: subprocess.Popen[str]) -> str:
    until = time.monotonic() + 60
    while time.monotonic() < until and scheduler.poll() is None:
        if found := re.search(r"Scheduler at:\s+(tcp://\S+)", log.read_text()):
            return found[1]
        time.sleep(0.05)
    raise RuntimeError(log.read_text())
