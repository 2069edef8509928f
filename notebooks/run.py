"""Execute the notebooks: `python notebooks/run.py` in place, `python notebooks/run.py --check` on small settings.

In place, the outputs are written into the notebooks, without times and versions, so that running them again changes
little. With --check the cell tagged `parameters` says SMALL = True, which means fewer simulations and coarser grids
(never fewer draws of a posterior: the gate would ask for them again); what is executed is thrown away. Either way an
error or anything on standard error fails, and the command ends with 1. Names of notebooks limit it to those.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from traitlets.config import Config

HERE = Path(__file__).parent
FULL, SMALL = "SMALL = False", "SMALL = True"
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
SECONDS = 600  # for one cell, on a slow machine


def main() -> None:
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])  # for `!bayes check`
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("notebooks", nargs="*", type=Path, help="all by default")
    parser.add_argument("--check", action="store_true", help="small settings; nothing is written")
    parser.add_argument("--jobs", type=int, default=2, help="notebooks at the same time")
    asked = parser.parse_args()
    if missing := [str(path) for path in asked.notebooks if not path.is_file()]:
        parser.error(f"no such file: {', '.join(missing)}; accepted: paths such as notebooks/05_sensitivity.ipynb")
    paths = asked.notebooks or sorted(HERE.glob("[0-9]*.ipynb"), reverse=True)  # the longest first
    with ThreadPoolExecutor(asked.jobs) as pool:
        problems = [p for found in pool.map(lambda path: run(path, asked.check), paths) for p in found]
    print("\n".join(problems), file=sys.stderr)
    sys.exit(int(bool(problems)))


def run(path: Path, check: bool) -> list[str]:
    """Execute one notebook; returns what went wrong."""
    started = time.perf_counter()
    notebook = nbformat.read(path, as_version=4)
    if check:
        make_small(notebook, path)
    problems = []
    with TemporaryDirectory() as folder:  # no file of a notebook's making stays behind
        client = NotebookClient(
            notebook,
            config=Config({"KernelManager": {"transport": "ipc", "ip": f"{folder}/kernel"}}),  # needs no network
            kernel_name="python3",
            record_timing=False,
            resources={"metadata": {"path": folder}},
            timeout=SECONDS,
        )
        try:
            client.execute()
        except CellExecutionError as error:
            problems.append(f"{path.name}: {error}")
    problems += [f"{path.name}: on standard error: {text}" for text in standard_error(notebook)]
    if not check and not problems:
        notebook.metadata = nbformat.from_dict(METADATA)
        nbformat.write(notebook, path)
    print(f"{path.name}: {'failed' if problems else 'ok'}, {time.perf_counter() - started:.0f} s", flush=True)
    return problems


def make_small(notebook: nbformat.NotebookNode, path: Path) -> None:
    """Turn SMALL on in the cell tagged `parameters`; a notebook that has nothing to make smaller has no such cell."""
    tagged = [cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", ())]
    for cell in tagged:
        if FULL not in cell.source:
            raise SystemExit(f"{path.name}: the cell tagged `parameters` has no line {FULL}")
        cell.source = cell.source.replace(FULL, SMALL)


def standard_error(notebook: nbformat.NotebookNode) -> list[str]:
    """What cells wrote there: warnings and progress bars, which no reader wants."""
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", ())]
    return [o.text for o in outputs if o.output_type == "stream" and o.name == "stderr"]


if __name__ == "__main__":
    main()
