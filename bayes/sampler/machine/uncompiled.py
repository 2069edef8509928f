"""Evaluation by Python, for what is asked of a graph once: its shapes, or a few densities."""

from __future__ import annotations

from contextlib import AbstractContextManager


def uncompiled() -> AbstractContextManager[None]:
    """Return a context in which PyTensor evaluates without compiling, neither by Numba nor by C."""
    from pytensor.configdefaults import config

    flags: AbstractContextManager[None] = config.change_flags(mode="FAST_COMPILE", linker="py", cxx="")
    return flags
