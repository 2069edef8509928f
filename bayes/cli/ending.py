"""How a command ends that is stopped from outside: in order, with a message, and with the exit code of its signal."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

import click

INTERRUPTED = 128 + signal.SIGINT
SIGNALS = ("SIGTERM", "SIGHUP")  # the latter when a terminal closes; not known to Windows


class Ended(SystemExit):
    """A signal that asks the process to end."""


@contextmanager
def in_order() -> Iterator[None]:
    """Turn the signals by which a process is ended into exits that clean up; one that is ignored stays ignored."""
    in_main = threading.current_thread() is threading.main_thread()  # only there may a handler be set
    known = [getattr(signal, name) for name in SIGNALS if hasattr(signal, name)] if in_main else []
    ours = [one for one in known if signal.getsignal(one) is signal.SIG_DFL]
    for one in ours:
        signal.signal(one, _end)
    try:
        yield
    finally:
        for one in ours:
            signal.signal(one, signal.SIG_DFL)


def _end(number: int, _: FrameType | None) -> NoReturn:
    raise Ended(128 + number)


@contextmanager
def interruptible(kept: str) -> Iterator[None]:
    """Say what was kept when a command is interrupted (exit code 130) or ended."""
    try:
        yield
    except (KeyboardInterrupt, Ended) as error:
        how = "ended by a signal" if isinstance(error, Ended) else "interrupted"
        click.echo(f"{how}; {kept}; run the same command to continue", err=True)
        sys.exit(error.code if isinstance(error, Ended) else INTERRUPTED)
