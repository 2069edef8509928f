"""The checklist: a tick follows from a value in a file, and from nothing else."""

import inspect
import json
from collections import Counter

import pytest
from support import dossiers

from bayes.base.toml import shipped
from bayes.calibration.operating import operating
from bayes.errors import InvalidInput
from bayes.report.checklist import checklist
from bayes.report.checklist.judgement import FAIL, MANUAL, NOT_APPLICABLE, PASS, Item, Judgement, Pointer, Target
from bayes.report.checklist.pointers import Absent, Evidence, Folder, parts, shortened
from bayes.report.dossier.disclosures import Counted
from bayes.report.dossier.operating_part import operating_parts

ALL = (dossiers.outcome, dossiers.bare_p, dossiers.adverse_events, dossiers.synthesis)
REPORTING = {
    *(f"ROB-{i}" for i in range(1, 8)),
    *("BARG-0A BARG-0B BARG-1A BARG-1B BARG-1C BARG-1D BARG-1E BARG-2A BARG-2B BARG-2C BARG-2D BARG-3A BARG-3B BARG-3C".split()),
    *("BARG-4 BARG-5 BARG-6".split()),
    *(f"FDA-{i}" for i in range(1, 10)),
    *(f"ZAM-{i}" for i in range(1, 7)),
    *(f"GOL-{i}" for i in range(1, 5)),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return dossiers.folder(tmp_path_factory.mktemp("results"), *(make() for make in ALL))


@pytest.fixture(scope="module")
def items(folder):
    return checklist.write(folder)


def statuses(root, *made) -> dict[str, str]:
    """Item -> its status over these dossiers."""
    return {item["id"]: item["status"] for item in checklist.checklist(dossiers.folder(root, *made))}


def resolve(folder, evidence):
    """A pointer read anew, apart from the code under test: RFC 6901 by hand over JSON, TOML and headings."""
    value = Folder(folder).content(evidence["file"])
    for part in evidence["pointer"].split("/")[1:]:
        part = part.replace("~1", "/").replace("~0", "~")
        value = value[int(part)] if isinstance(value, list) else value[part]
    return value


def test_every_item_of_the_standards_is_there_once(items):
    ids = Counter(item["id"] for item in items)
    assert REPORTING <= set(ids) and max(ids.values()) == 1
    assert {item["severity"] for item in items} == {"must", "should"}
    for item in items:
        assert [t["target"] for t in item["targets"]] == ["mesems:ae_table", "mesems:gel_24w", "msc_stroke_mrs", "starting2:mrs_90d"]


def test_every_pointer_resolves_to_the_value_it_stands_for(folder, items):
    written = json.loads((folder / "checklist.json").read_text())
    assert written == json.loads(json.dumps(items))
    seen = 0
    for entry in [*written, *(target for item in written for target in item["targets"])]:
        if entry["evidence"] is None:  # only a file that is not there has nothing to point at, and it cannot pass
            assert entry["status"] == FAIL and "there is no file" in entry["reason"]
            continue
        assert shortened(resolve(folder, entry["evidence"])) == entry["evidence"]["value"], entry
        seen += 1
    assert seen > 4 * len(items)


def test_what_does_not_pass_says_why(items):
    for entry in [*items, *(target for item in items for target in item["targets"])]:
        assert (entry["reason"] is None) == (entry["status"] == PASS)
        if entry["status"] in (PASS, NOT_APPLICABLE, MANUAL):
            assert entry["evidence"] is not None


def test_an_item_is_as_good_as_its_worst_target(items):
    for item in items:
        found = [target["status"] for target in item["targets"]]
        assert item["status"] == next(s for s in (FAIL, MANUAL, PASS, NOT_APPLICABLE) if s in found)


def test_a_tick_cannot_be_given():
    """No constructor takes a status or a value: both are read, or computed from what was read."""
    assert not {"status", "value", "result", "passed"} & set(inspect.signature(Item).parameters)
    assert list(inspect.signature(Judgement).parameters) == ["item", "target"]
    assert list(inspect.signature(Evidence).parameters) == ["folder", "file", "pointer"]
    assert Judgement.status.fset is None and Judgement.evidence.fset is None


def test_nothing_to_look_at_is_no_tick(folder):
    target = Target(Folder(folder), "report/data/mesems.gel_24w.json")
    for looks in ((), (Pointer("/nowhere/*/x", lambda value, target: None, optional=True),)):
        judged = Judgement(Item("X", "s", "must", "t", "n", looks), target)
        assert judged.status == FAIL and judged.evidence is None


@pytest.mark.slow
@pytest.mark.parametrize("make", ALL)
def test_what_is_pointed_at_is_what_decides(tmp_path, make):
    """Every tick is lost when the value it points at is taken away."""
    dossier = make()
    before = {i["id"]: i for i in checklist.checklist(dossiers.folder(tmp_path / "a", dossier)) if i["status"] == PASS}
    assert len(before) > 12
    for evidence in {json.dumps([e["file"], e["pointer"]]): e for e in (i["evidence"] for i in before.values())}.values():
        assert evidence["file"].startswith("report/data/")
        root = dossiers.folder(tmp_path / "b", dossier)
        without = dossiers.changed(dossier, evidence["pointer"], None)
        (root / evidence["file"]).write_text(json.dumps(without))
        after = {item["id"]: item["status"] for item in checklist.checklist(root)}
        lost = [name for name, item in before.items() if item["evidence"]["pointer"] == evidence["pointer"]]
        assert all(after[name] != PASS for name in lost), (evidence["pointer"], lost)


def test_an_empty_dossier_passes_nothing(tmp_path):
    dossier = dossiers.outcome()
    root = dossiers.folder(tmp_path, dossier)
    bare = dict.fromkeys(dossier) | {name: dossier[name] for name in ("name", "slug", "kind", "page")}
    (root / "report" / "data" / "mesems.gel_24w.json").write_text(json.dumps(bare))
    found = {item["id"]: item["status"] for item in checklist.checklist(root)}
    assert PASS not in found.values() and found["ROB-2"] == FAIL


def test_a_prior_without_a_rationale_fails_what_asks_for_it(tmp_path):
    asked = {"ROB-2", "BARG-1C", "FDA-2"}
    good = statuses(tmp_path / "good", dossiers.outcome())
    assert {good[name] for name in asked} == {PASS}
    bad = statuses(tmp_path / "bad", dossiers.changed(dossiers.outcome(), "/priors/2/rationale", None))
    assert {name for name in good if good[name] != bad[name]} == asked and {bad[name] for name in asked} == {FAIL}


@pytest.mark.parametrize("table", ["effect.sceptical", "heterogeneity.turner", "hierarchy.berry", "dispersion", "baseline.binary"])
def test_a_rationale_deleted_from_the_kept_set_fails_it_too(tmp_path, table):
    root = dossiers.folder(tmp_path, dossiers.outcome())
    path = root / "inputs" / "priors" / "default.toml"
    lines = path.read_text().splitlines()
    at = lines.index(f"[{table}]")
    del lines[next(i for i in range(at, len(lines)) if lines[i].startswith("rationale"))]
    path.write_text("\n".join(lines))
    item = next(i for i in checklist.checklist(root) if i["id"] == "ROB-2")
    assert item["status"] == FAIL
    assert item["evidence"]["file"] == "inputs/priors/default.toml"
    assert item["evidence"]["pointer"] == f"/{table.replace('.', '/')}" and "rationale" in item["reason"]


@pytest.mark.parametrize("name", sorted(shipped("priors")))
def test_every_shipped_set_gives_its_reasons(tmp_path, name):
    root = dossiers.folder(tmp_path, dossiers.outcome() | {"priors_file": f"inputs/priors/{name}.toml"})
    (root / "inputs" / "priors" / f"{name}.toml").write_text(shipped("priors")[name].read_text("utf-8"))
    item = next(i for i in checklist.checklist(root) if i["id"] == "ROB-2")
    assert item["status"] == PASS, item["reason"]


@pytest.mark.parametrize(
    "pointer, value, failing",
    [
        ("/rows/1/r_hat", 1.02, {"BARG-2B", "FDA-8"}),
        ("/rows/0/divergences", 3, {"BARG-2B", "FDA-8"}),
        ("/rows/2/ess_tail", 399.0, {"BARG-2C"}),
        ("/diagnostics/1/exact_p_benefit", 0.65, {"BARG-2D"}),
        ("/predictive/rows/0/inside", False, {"BARG-3A"}),
        ("/predictive", {"rows": [{"quantity": "estimate", "arm": None, "inside": False}], "reason": None, "cannot_fail": "it fits"}, {"BARG-3A"}),
        ("/sha256", "0" * 64, {"BARG-4", "BARG-6", "FDA-8"}),
        ("/settings/seed", None, {"ROB-5", "FDA-8"}),
        ("/priors/3/distribution", "normal(-0.287682072452, 0.19)", {"ZAM-2"}),
        ("/sensitivity/tables/tipping/1/reason", None, {"FDA-6"}),
        ("/priors/0/role", "belief", {"FDA-3"}),
    ],
)
def test_a_value_out_of_bounds_fails_its_items_and_no_other(tmp_path, pointer, value, failing):
    good = statuses(tmp_path / "good", dossiers.outcome())
    bad = statuses(tmp_path / "bad", dossiers.changed(dossiers.outcome(), pointer, value))
    assert {name for name in good if bad[name] == FAIL != good[name]} == failing


def test_what_is_not_done_is_said_so(items):
    """No operating characteristics, no planned effect, no search for earlier trials: the list does not hide them."""
    found = {item["id"]: item for item in items}
    for name in ("FDA-7", "ZAM-3", "GOL-2", "GOL-3"):
        assert found[name]["status"] == FAIL and found[name] in checklist.unmet(items)
    assert found["FDA-3"]["status"] == NOT_APPLICABLE and found["FDA-1"]["status"] == MANUAL
    assert not [item for item in checklist.unmet(items) if item["severity"] != "must"]


def test_operating_characteristics_pass_where_they_were_run_and_fail_where_not(tmp_path):
    """FDA-7: nothing, everything, without an average, and simulated without Monte Carlo errors; not of a synthesis."""
    studied = operating_parts(operating("mesems:gel_24w", prior="neutral").rows)
    good = dossiers.changed(dossiers.outcome(), "/operating", studied)
    assert statuses(tmp_path / "none", dossiers.outcome())["FDA-7"] == FAIL
    assert statuses(tmp_path / "run", good)["FDA-7"] == PASS
    numbers = studied[0]["characteristics"]
    without = [one for one in numbers if one["characteristic"] != "assurance"]
    assert statuses(tmp_path / "without", dossiers.changed(good, "/operating/0/characteristics", without))["FDA-7"] == FAIL
    half = [one | {"mcse": 0.01} if one["characteristic"] == "coverage" else one for one in numbers]
    assert statuses(tmp_path / "half", dossiers.changed(good, "/operating/0/characteristics", half))["FDA-7"] == FAIL
    assert statuses(tmp_path / "both", dossiers.synthesis())["FDA-7"] == NOT_APPLICABLE


def test_a_planned_effect_with_a_prior_on_it_passes(tmp_path):
    planned = {"value": 0.75, "source": "protocol"}
    found = statuses(tmp_path, dossiers.changed(dossiers.outcome(), "/thresholds/planned", planned))
    assert found["ZAM-3"] == PASS


def test_without_an_mcid_there_is_no_decision_to_report(tmp_path):
    found = statuses(tmp_path, dossiers.bare_p())
    assert found["BARG-4"] == NOT_APPLICABLE and found["ZAM-1"] == FAIL


def test_pointers_are_read_as_the_standard_says(tmp_path):
    (tmp_path / "a.json").write_text(json.dumps({"a/b": {"m~n": [10, 20]}, "": 1}))
    (tmp_path / "a.toml").write_text('[x]\ny = "z"\n')
    folder = Folder(tmp_path)
    assert Evidence(folder, "a.json", "/a~1b/m~0n/1").value == 20
    assert Evidence(folder, "a.json", "/").value == 1 and Evidence(folder, "a.toml", "/x/y").value == "z"
    for pointer in ("/a~1b/m~0n/2", "/a~1b/m~0n/01", "/a~1b/m~0n/-1", "/c", "/a~1b/m~0n/0/0"):
        with pytest.raises(Absent):
            Evidence(folder, "a.json", pointer)
    with pytest.raises(ValueError):
        parts("a")


def test_no_file_outside_the_folder_is_evidence(tmp_path):
    (tmp_path / "secret.json").write_text("{}")
    (tmp_path / "inside").mkdir()
    for file in ("../secret.json", str(tmp_path / "secret.json"), "nowhere.json"):
        with pytest.raises(Absent) as found:
            Evidence(Folder(tmp_path / "inside"), file, "")
        assert found.value.nearest is None


def test_a_folder_without_dossiers_is_refused(tmp_path):
    with pytest.raises(InvalidInput, match="bayes report"):
        checklist.checklist(tmp_path)


def test_the_page_shows_every_item_and_escapes_what_it_quotes(tmp_path):
    items = checklist.checklist(dossiers.folder(tmp_path, dossiers.bare_p()))
    page = checklist.html(items, Counted(1, 0, 1))
    for item in items:
        assert f'id="{item["id"]}"' in page
    assert page.count("<caption>") == 6 and 'scope="row"' in page and "✗ fail" in page
    assert "<script>" not in page.partition("<main")[2] and "data/starting2.mrs_90d.json" in page
    assert 'href="outcomes/starting2.mrs_90d.html"' in page and 'href="../inputs/priors/default.toml"' in page


def reached(value, parts) -> int:
    """How many values a pointer leads to: `*` is every entry of an array or object."""
    if not parts:
        return 1
    head, *rest = parts
    if head == "*":
        return sum(reached(entry, rest) for entry in (value.values() if isinstance(value, dict) else value or ()))
    if isinstance(value, list):
        return reached(value[int(head)], rest) if head.isdigit() and int(head) < len(value) else 0
    return reached(value[head], rest) if isinstance(value, dict) and head in value else 0


LOOKS = {(look.file, look.pointer): look for item in checklist.ITEMS for look in (*item.looks, *(e.look for e in item.exempt))}


def full(tmp_path):
    """A results folder with a dossier that has everything a standard asks for, beside the others."""
    whole = dossiers.changed(dossiers.outcome(), "/thresholds/planned", {"value": 0.75, "source": "protocol"})
    whole = dossiers.changed(whole, "/cutoffs", [{"prior": "neutral", "beyond": [[1.25, 0.9], [1.0, 0.58]]}])
    categories = [{"category": "0", "low": 0.1, "high": 0.3}]
    whole = dossiers.changed(whole, "/prior_predictive/0/categories", categories)
    studied = operating_parts(operating("mesems:gel_24w", prior="neutral").rows)
    whole = dossiers.changed(whole, "/operating", studied)
    root = dossiers.folder(tmp_path, whole, *(make() for make in ALL[1:]))
    with (root / "inputs" / "priors" / "default.toml").open("a") as kept:  # the default set has no priors of arms
        kept.write('[arms.jeffreys]\nrationale = "usual"\nsource = "textbooks"\n')
    return root


@pytest.mark.parametrize("look", LOOKS.values(), ids=lambda look: f"{look.file}{look.pointer}")
def test_every_pointer_of_the_standards_leads_somewhere(tmp_path, look):
    """A look at what nothing writes could never be met: it would be a tick that cannot be earned."""
    folder = Folder(full(tmp_path))
    found = 0
    for name in folder.files("report/data/*.json"):
        dossier = folder.content(name)
        file, pointer = (text.format(**dossier) for text in (look.file or name, look.pointer))
        found += reached(folder.content(file), parts(pointer))
    assert found > 0
