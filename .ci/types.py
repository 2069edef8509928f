"""Check the types of the package as it is published, with the folder models/ as bayes.models: `python .ci/types.py`.

mypy does not know the mapping of pyproject.toml, so build/types/ holds a copy in that arrangement. What is reported has
the paths of the sources. Its settings are those of pyproject.toml; arguments are passed on to mypy.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
COPY = ROOT / "build" / "types"
WITHOUT = shutil.ignore_patterns("__pycache__", "data")


def main() -> int:
    shutil.rmtree(COPY, ignore_errors=True)
    shutil.copytree(ROOT / "bayes", COPY / "bayes", ignore=WITHOUT)
    (COPY / "bayes" / "data").mkdir()
    shutil.copy2(ROOT / "bayes" / "data" / "__init__.py", COPY / "bayes" / "data")
    shutil.copytree(ROOT / "models", COPY / "bayes" / "models", ignore=WITHOUT)
    command = [sys.executable, "-m", "mypy", "--package", "bayes", *sys.argv[1:]]
    environment = os.environ | {"MYPYPATH": str(COPY)}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    inside = str(COPY.relative_to(ROOT)) + os.sep
    said = done.stdout.replace(f"{inside}bayes{os.sep}models{os.sep}", f"models{os.sep}").replace(inside, "")
    print(said + done.stderr, end="")
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
