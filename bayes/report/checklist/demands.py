"""What can be needed of a value: each demand says what is wrong with it in words, or None."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from bayes.base.numbers import significant
from bayes.report.checklist.judgement import Needs, Target
from bayes.text.files import NOT_STATED

Row = dict[str, Any]


def there(value: Any, target: Target) -> str | None:
    """Something, not null and not empty."""
    return "nothing is there" if value is None or value == "" or value == [] or value == {} else None


def stated(value: Any, target: Target) -> str | None:
    """Words that say something: neither empty nor "not stated"."""
    if not isinstance(value, str) or not value.strip():
        return "nothing is said"
    return "it is said to be not stated" if value.strip().startswith(NOT_STATED) else None


def wholly_stated(value: Any, target: Target) -> str | None:
    """Words in which nothing is said to be not stated, of no member either."""
    wrong = stated(value, target)
    return wrong or ("in part it is said to be not stated" if NOT_STATED in value else None)


def there_unless_proportion(value: Any, target: Target) -> str | None:
    """Something; a proportion is compared with its goal and has no region of equivalence."""
    return None if target.dossier["measure"] == "proportion" else there(value, target)


def number(value: Any, target: Target) -> str | None:
    """A number; true and false are none."""
    return None if isinstance(value, int | float) and not isinstance(value, bool) else "no number is given"


def sha256(value: Any, target: Target) -> str | None:
    """64 hexadecimal digits."""
    return None if re.fullmatch(r"[0-9a-f]{64}", str(value)) else "it is no SHA-256"


def distribution(value: Any, target: Target) -> str | None:
    """A family with its parameters, such as normal(0, 0.355) or chi-square(nu)."""
    return None if re.search(r"\w+\([^()\s].*\)", str(value)) else "no family with its parameters is given"


def one_of(*accepted: Any) -> Needs:
    """One of these values."""
    words = " or ".join(map(str, accepted))
    return lambda value, target: None if value in accepted else f"{value!r} is not {words}"


def at_most(limit: float) -> Needs:
    """A number no greater than this."""
    return lambda value, target: (
        number(value, target) or (None if value <= limit else f"{significant(value, 4)} is above {limit}")
    )


def at_least(limit: float) -> Needs:
    """A number no smaller than this."""
    return lambda value, target: (
        number(value, target) or (None if value >= limit else f"{significant(value, 4)} is below {limit}")
    )


def holds(phrase: str) -> Needs:
    """Text in which these words stand, whatever the case."""
    return lambda value, target: None if phrase.lower() in str(value).lower() else f"it does not say {phrase!r}"


def begins(phrase: str) -> Needs:
    """Text that begins so."""
    return lambda value, target: None if str(value).startswith(phrase) else f"it does not begin with {phrase!r}"


def digest_of(name: str) -> Needs:
    """The SHA-256 of the file that the dossier names so."""

    def needs(value: Any, target: Target) -> str | None:
        file = target.dossier[name]
        found = target.folder.sha256(file)
        if found is None:
            return f"there is no file {file}"
        return None if value == found else f"{file} has another digest: {found[:12]}..."

    return needs


def keys(*names: str) -> Needs:
    """An object that holds these, none of them null."""

    def needs(value: Any, target: Target) -> str | None:
        missing = [name for name in names if not isinstance(value, dict) or value.get(name) is None]
        return f"without {', '.join(missing)}" if missing else None

    return needs


def is_main(row: Row, target: Target) -> bool:
    """A sound row of what the conclusions rest on: the effect, mu, or the effect of each row of a safety table."""
    if row["status"] != "ok":
        return False
    if target.dossier["kind"] == "adverse_events":
        return row["parameter"].startswith("effect[")
    return row["parameter"] in ("effect", "mu")


def is_sound(row: Row, target: Target) -> bool:
    """A row, prior or posterior that was neither skipped nor failed."""
    return row.get("status") == "ok"


def main_rows(rows: Sequence[Row], target: Target) -> list[Row]:
    """The sound rows of the effect or the mean."""
    return [row for row in rows if is_main(row, target)]


def each(check: Callable[[Row, Target], str | None]) -> Needs:
    """Every sound row of the effect or the mean; the first that does not do is named by its prior."""

    def needs(rows: Any, target: Target) -> str | None:
        chosen = main_rows(rows, target)
        if not chosen:
            return "no sound row of the effect is there"
        found = ((row["prior"], check(row, target)) for row in chosen)
        return next((f"under {prior}: {wrong}" for prior, wrong in found if wrong), None)

    return needs


def disclosed(name: str, needs: Needs) -> Needs:
    """The list of disclosures, where that one meets a need."""

    def of_list(value: Any, target: Target) -> str | None:
        said = dict(value).get(name)
        wrong = needs(said, target)
        return f"{name}: {wrong}" if wrong else None

    return of_list
