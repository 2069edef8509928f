"""Evaluation by Python, for what is asked of a graph once: its shapes, or a few densities."""

from __future__ import annotations

from contextlib import AbstractContextManager


def uncompiled() -> AbstractContextManager[None]:
    """Return a context in which PyTensor evaluates without compiling, neither by Numba nor by C.

    Nor does it note where in the source a node was made, for which it would walk the stack a thousand times per model.
    """
    from pytensor.configdefaults import config

    flags: AbstractContextManager[None] = config.change_flags(
        mode="FAST_COMPILE", linker="py", cxx="", traceback__limit=0
    )
    return flags
