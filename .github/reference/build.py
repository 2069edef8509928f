"""Build the API reference: `python .github/reference/build.py` writes build/reference/index.html.

A warning is an error: a name that cannot be imported, a docstring that does not parse, a link that leads nowhere.
Nothing is fetched.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from sphinx.cmd.build import main

HERE = Path(__file__).parent
BUILD = HERE.parents[1] / "build"
SOURCES, DOCTREES, PAGES = BUILD / "reference-sources", BUILD / "reference-doctrees", BUILD / "reference"

if __name__ == "__main__":
    sys.path.insert(0, str(HERE))
    from sources import write_sources

    for folder in (SOURCES, DOCTREES, PAGES):  # a page whose name is gone must not stay
        shutil.rmtree(folder, ignore_errors=True)
    SOURCES.mkdir(parents=True)
    write_sources(SOURCES)
    options = ["--fail-on-warning", "--keep-going", "--quiet", "--fresh-env"]
    failed = main([*options, "-c", str(HERE), "-d", str(DOCTREES), str(SOURCES), str(PAGES)])
    if not failed:
        print(f"Wrote {PAGES.relative_to(Path.cwd()) if PAGES.is_relative_to(Path.cwd()) else PAGES}/index.html")
    sys.exit(failed)
