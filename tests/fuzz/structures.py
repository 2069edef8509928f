"""Damage to a tree: one to five changes, each at a place of its own.

What is changed follows from whole numbers that are picked one after another: by hypothesis, which makes a case that
fails as small as it can, or by a generator of random numbers, which makes a million of them in minutes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from fuzz.documents import Again, Literal, Seed, Tree

type Pick = Callable[[int], int]  # a number below the argument
type Path = tuple[str | int, ...]

NUMBERS = (
    "0 -0 1 -1 2 3 0.0 -0.0 0.5 1.0 1.00 -0.5 0.05 0.95 99.9 100 101 1e-9 1e-12 9.9e-13 1e-13 1e-100 1e-308 5e-324 1e-400 "
    "1e9 1e12 1.1e12 1e13 1e100 1e300 1e308 1.8e308 1e400 1e999999999 1e-999999999 nan -nan inf -inf 255 256 65535 65536 "
    "32767 2147483647 2147483648 4294967296 9007199254740993 9223372036854775807 9223372036854775808 18446744073709551616 "
    "9999999 10000000 10000001 100000000 100000001 1000000000 999999999999 0xffffffffffffffffffff 0o777 0b101 1_000_000 "
    "0.999999 0.9999999999 0.99999999999999999 99.99999999999999999 1.00000000000000001 0.1 0.01 0.001 0.2 0.8 1.2 5 7 10 12 "
    "20 25 30 40 50 60 75 80 90 150 200 500 1000 2000 20000 20001 1979-05-27 1979-05-27T07:32:00Z 07:32:00"
).split()
LONG_NUMBERS = ["9" * 400, "9" * 5000, "0x" + "f" * 5000, "0." + "3" * 29, "0." + "3" * 5000, "-" + "1" * 31, "1" + "0" * 308]
TEXTS = [
    "", " ", "0", "1.5", "1,5", "1 234", "nan", "none", "NR", "not reached", "inf", "<0.001", ">0.99", "<1e-12", "<1", "<0", "p", "NS",
    "true", "null", "\x1b[31m", "\x1b]0;title\x07", "\x00", "\r", "\n", "\t", "\x7f", "\x9b1m", "\ud800", "\udcff", "\u202e", "\u200b", "\ufeff",
    "\u2028", "é", "e\u0301", "−1", "½", "½½", "٣", "10⁻³", "🧪", "a" * 101, "x" * 5000, "x" * 20_001, "9" * 200, "=1+1", "@SUM(1)", "<script>",
    "%s%n", "{0}", "{x}", "../../etc/passwd", "/dev/null", "/", ".", "..", "C:\\nul", "a\\b", "a" * 300 + ".toml", "a:b", "mesems", "mesems:gel_24w",
    "mesems:nothing", "isis_hermes", "higher", "lower", "treatment", "control", "odds_ratio", "hazard_ratio", "mean_difference", "risk_difference",
    "common_odds_ratio", "rate_ratio", "risk_ratio", "standardised_mean_difference", "proportion", "binary", "ordinal", "ordinal_cut", "events",
    "means", "estimate", "p_value", "significance", "adverse_events", "percent", "Mean (SD)", "2-Mar", "12/04/2011", "normal(0, 0.355)", "beta(1, 1)",
    "interval(0.5, 2)", "spike_slab(0.5, normal(0, 1))", "mixture(0.5*normal(0, 0.2), 0.5*normal(-0.4, 0.2))", "normal(0, 1e-13)", "normal(", "(",
    "student_t(0.1, 0, 1)", "half_normal(1e12)", "uniform(0, 1)", "inverse_gamma(1e-4, 1e12)", "lognormal(1e12, 1e12)", "dirichlet(1)",
]  # fmt: skip
LARGEST = 1_000_000  # bytes of an input
REPEATS = (2, 2, 2, 3, 3, 5, 5, 10, 20, 50, 100, 100, 1000, 2001, 10_001)


@dataclass(frozen=True)
class Pool:
    """What is damaged at one door, and what may be put into one input from another."""

    seeds: Sequence[Seed] = field(repr=False)
    most: int = 10_001  # times that an element is repeated: fewer where the work rightly grows with rows

    @cached_property
    def pairs(self) -> list[tuple[str, Tree]]:
        """Every key of every seed with its value, for grafts."""
        return [pair for seed in self.seeds for pair in _pairs(seed.tree)]

    @cached_property
    def leaves(self) -> list[Tree]:
        """Every value of every seed that is in a list, for grafts."""
        return [one for seed in self.seeds for one in _listed(seed.tree)] or [""]


def _pairs(tree: Tree) -> Iterator[tuple[str, Tree]]:
    for value in tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ():
        yield from _pairs(value)
    if isinstance(tree, dict):
        yield from tree.items()


def _listed(tree: Tree) -> Iterator[Tree]:
    for value in tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ():
        yield from _listed(value)
    if isinstance(tree, list):
        yield from tree


def paths(tree: Tree, path: Path = ()) -> Iterator[Path]:
    """Yield every place within a tree but its root."""
    items = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for key, value in items:
        yield (*path, key)
        yield from paths(value, (*path, key))


def copied(tree: Tree) -> Tree:
    if isinstance(tree, dict):
        return {key: copied(value) for key, value in tree.items()}
    return [copied(value) for value in tree] if isinstance(tree, list) else tree


def damaged(pick: Pick, pool: Pool) -> tuple[str, bytes]:
    """The name and the content of a file whose tree was changed in a few places, mostly in one or two."""
    seed = pool.seeds[pick(len(pool.seeds))]
    tree = copied(seed.tree)
    where = list(paths(tree))
    for _ in range(1 + pick(3) * pick(3)):
        path = where[pick(len(where))]
        change = CHANGES[pick(len(CHANGES))]
        owner = _owner(tree, path)
        if owner is not None:
            change(owner, path[-1], pick, pool)
    return seed.name, seed.write(tree)[:LARGEST]


def _owner(tree: Tree, path: Path) -> dict | list | None:
    """What holds a place; None if an earlier change removed it."""
    owner = tree
    for step in path[:-1]:
        try:
            owner = owner[step]  # type: ignore[index]
        except (KeyError, IndexError, TypeError):
            return None
    key = path[-1]
    if isinstance(owner, dict):
        return owner if key in owner else None
    return owner if isinstance(owner, list) and isinstance(key, int) and key < len(owner) else None


def value(pick: Pick, pool: Pool) -> Tree:
    """A bad value of any type."""
    match pick(12):
        case 0 | 1 | 2 | 3:
            return Literal(NUMBERS[pick(len(NUMBERS))])
        case 4:
            return Literal(LONG_NUMBERS[pick(len(LONG_NUMBERS))])
        case 5 | 6:
            return TEXTS[pick(len(TEXTS))]
        case 7:
            return bool(pick(2))
        case 8:
            return [Literal(NUMBERS[pick(len(NUMBERS))]) for _ in range(pick(5))]
        case 9:
            return {} if pick(2) else []
        case 10:
            return copied(pool.pairs[pick(len(pool.pairs))][1]) if pool.pairs else ""
    return copied(pool.leaves[pick(len(pool.leaves))])


def _replace(owner, key, pick, pool):
    owner[key] = value(pick, pool)


def _number(owner, key, pick, pool):
    """Another number of the same type where there is one, else a bad number."""
    found = owner[key]
    if isinstance(found, bool) or not isinstance(found, int | Literal):
        owner[key] = Literal(NUMBERS[pick(len(NUMBERS))])
        return
    text = str(found)
    match pick(6):
        case 0:
            owner[key] = Literal(f"-{text}")
        case 1:
            owner[key] = Literal(f"{text}{pick(10)}")
        case 2:
            owner[key] = Literal(text[:-1] if len(text) > 1 else "0")
        case 3:
            owner[key] = Literal(f"{text}.{pick(100)}" if "." not in text else text.replace(".", ""))
        case 4:
            owner[key] = Literal(f"{text}e{pick(40) - 20}")
        case _:
            owner[key] = Literal(str(pick(300)))


def _text(owner, key, pick, pool):
    """The text with something put into it, cut out of it or repeated."""
    text = str(owner[key])[:5000] if isinstance(owner[key], str | int) else ""
    at, bad = pick(len(text) + 1), TEXTS[pick(len(TEXTS))]
    match pick(5):
        case 0:
            owner[key] = text[:at] + bad + text[at:]
        case 1:
            owner[key] = text[:at]
        case 2:
            owner[key] = text[at:]
        case 3:
            owner[key] = text * REPEATS[pick(4)]
        case _:
            owner[key] = text[:at] + bad + text[at + 1 + pick(5) :]


def _drop(owner, key, pick, pool):
    del owner[key]


def _rename(owner, key, pick, pool):
    if isinstance(owner, list) or not pool.pairs:
        _drop(owner, key, pick, pool)
        return
    new = pool.pairs[pick(len(pool.pairs))][0] if pick(3) else TEXTS[pick(len(TEXTS))]
    items = [(new if one == key else one, inside) for one, inside in owner.items()]
    owner.clear()
    owner.update(items)


def _repeat(owner, key, pick, pool):
    """A key a second time, or an element of a list many times."""
    if isinstance(owner, dict):
        owner[Again(key)] = value(pick, pool) if pick(2) else copied(owner[key])
        return
    many = min(REPEATS[pick(len(REPEATS))], pool.most)
    owner[key:key] = [owner[key]] * (many if len(str(owner[key])) < 300 else min(many, 20))


def _add(owner, key, pick, pool):
    """A field that another file has here or elsewhere."""
    if not pool.pairs or isinstance(owner, list):
        owner[key:key] = [value(pick, pool)] if isinstance(owner, list) else []
        return
    name, inside = pool.pairs[pick(len(pool.pairs))]
    owner[name] = copied(inside) if pick(3) else value(pick, pool)


def _graft(owner, key, pick, pool):
    """What another file has under the same name."""
    same = [inside for name, inside in pool.pairs if name == key]
    if same:
        owner[key] = copied(same[pick(len(same))])
    else:
        owner[key] = value(pick, pool)


def _nest(owner, key, pick, pool):
    for _ in range(1 + pick(3) if pick(8) else 3 + pick(120)):
        owner[key] = [owner[key]] if pick(2) else {"x" if pick(2) else str(key): owner[key]}


def _flatten(owner, key, pick, pool):
    found = owner[key]
    if isinstance(found, dict | list) and found:
        owner[key] = list(found.values())[0] if isinstance(found, dict) else found[0]
    else:
        owner[key] = str(found)


def _exchange(owner, key, pick, pool):
    """Two neighbouring values in each other's place."""
    keys = list(owner) if isinstance(owner, dict) else list(range(len(owner)))
    other = keys[pick(len(keys))]
    owner[key], owner[other] = owner[other], owner[key]


CHANGES = (_replace, _replace, _number, _number, _number, _text, _drop, _rename, _repeat, _add, _graft, _graft, _nest, _flatten, _exchange)
