"""What is wrong with a folder of pages, opened from disk in a real browser: for tests, and for a report of one's own.

    python tests/support/pages.py results/report
"""

from __future__ import annotations

import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

sys.path.insert(0, str(Path(__file__).parents[1]))
from support.browser import complaints, running, serious_findings, watched  # noqa: E402

WIDTHS = {"desktop": 1200, "phone": 390}
LINKS = "() => [...document.querySelectorAll('a[href]')].map(a => a.getAttribute('href'))"
NAMELESS = """() => [...document.querySelectorAll('img, svg, canvas, [role=img]')].filter(e =>
    !e.closest('[aria-hidden=true]') && !e.parentElement.closest('svg') && !(e.getAttribute('alt') || e.getAttribute('aria-label') ||
    (e.getAttribute('aria-labelledby') || '').split(' ').some(i => (document.getElementById(i) || {}).textContent))
).map(e => e.outerHTML.slice(0, 90))"""
TOO_WIDE = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


def problems(browser, root: Path, pages: list[Path] | None = None, check=None) -> list[str]:
    """Every complaint about every page below `root`: console, requests, links, names of pictures, width, axe.

    Parameters
    ----------
    pages : list of Path, optional
        Some of them; all by default.
    check : callable, optional
        Asked of every page at a desktop's width, once it is open; returns further complaints.
    """
    found = []
    for name, width in WIDTHS.items():
        context = browser.new_context(viewport={"width": width, "height": 900}, offline=True)
        page = watched(context.new_page())
        for path in sorted(root.rglob("*.html")) if pages is None else pages:
            page.complaints.clear()
            page.goto(path.as_uri())
            said = [*complaints(page), *(f"axe: {finding}" for finding in serious_findings(page))]
            if (over := page.evaluate(TOO_WIDE)) > 0:
                said.append(f"{over} pixels too wide")
            if name == "desktop":
                said += [f"no alternative text: {element}" for element in page.evaluate(NAMELESS)]
                said += broken_links(page, path)
                said += check(page) if check else []
            found += [f"{path.relative_to(root)} ({name}): {one}" for one in said]
        context.close()
    return found


def broken_links(page, path: Path) -> list[str]:
    """Links of an open page that lead nowhere: a file that is not there, a place that the page has not got.

    A fragment with an equals sign is what a page keeps in its address, and no place.
    """
    broken = []
    for href in page.evaluate(LINKS):
        parts = urlsplit(href)
        if parts.scheme in ("http", "https"):
            continue  # a reader may follow it; the page does not
        target = path if not parts.path else (path.parent / unquote(parts.path)).resolve()
        if parts.scheme or not target.is_file():
            broken.append(f"link leads nowhere: {href}")
        elif parts.fragment and "=" not in parts.fragment and f'id="{parts.fragment}"' not in target.read_text(encoding="utf-8"):
            broken.append(f"no such place: {href}")
    return broken


def main() -> int:
    """Check a report; prints every problem, exits 1 if there is any."""
    root = Path(sys.argv[1]).resolve()
    with running() as chromium:
        found = problems(chromium, root)
    print(*found, f"{len(list(root.rglob('*.html')))} pages, {len(found)} problems", sep="\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
