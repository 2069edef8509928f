"""What contributors look for: texts that name only what there is, workflows that agree with pyproject.toml, a reference that follows `__all__`."""

import ast
import importlib
import re
import tomllib
from pathlib import Path

import pytest
import yaml
from support.paths import ROOT

from bayes.base import measures
from bayes.cli import VERBS
from bayes.paper.templates import KINDS

GITHUB = ROOT / ".github"
HOOKS = ROOT / ".pre-commit-config.yaml"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
CLASSIFIED = re.findall(r"Python :: (3\.\d+)", " ".join(PROJECT["project"]["classifiers"]))
WORKFLOWS = sorted((GITHUB / "workflows").glob("*.yml"))
FORMS = sorted((GITHUB / "ISSUE_TEMPLATE").glob("[0-9]*.yml"))
TEXTS = [*GITHUB.glob("*.md"), *GITHUB.rglob("*.yml"), HOOKS, ROOT / "README.md", ROOT / "pyproject.toml"]


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def loaded(path: Path):
    return yaml.safe_load(read(path))


def steps(workflow: dict) -> list[dict]:
    return [step for job in workflow["jobs"].values() for step in job["steps"]]


def make_targets() -> set[str]:
    """Those that `make help` lists, by the pattern of its recipe."""
    return set(re.findall(r"^([a-z-]*):.*## ", read(ROOT / "Makefile"), re.MULTILINE))


def issue_form(name: str) -> dict[str, dict]:
    return {field["id"]: field for field in loaded(GITHUB / "ISSUE_TEMPLATE" / name)["body"] if "id" in field}


# Texts ----------------------------------------------------------------------------------------------------------------


def test_every_yaml_file_parses():
    found = [*GITHUB.rglob("*.yml"), *GITHUB.rglob("*.yaml"), HOOKS]
    assert len(found) >= 9
    for path in found:
        assert isinstance(loaded(path), dict), path


@pytest.mark.parametrize("path", sorted(GITHUB.glob("*.md")), ids=lambda path: path.name)
def test_texts_name_only_what_there_is(path):
    text = read(path)
    code = "\n".join(block or span for block, span in re.findall(r"```\n(.*?)```|`([^`\n]+)`", text, re.DOTALL))
    assert set(re.findall(r"^make ([a-z][a-z-]*)", code, re.MULTILINE)) <= make_targets()
    assert set(re.findall(r"^bayes ([a-z]+)\b", code, re.MULTILINE)) <= set(VERBS)
    for named in re.findall(r"^(?:bayes|models|tests|notebooks)/[\w./]*$", code, re.MULTILINE):
        assert (ROOT / named).exists(), named
    for link in re.findall(r"\]\((?!https?:|#)([^)#]+)", text):
        assert (path.parent / link).exists(), link


def test_contributing_describes_the_tiers_of_tests():
    text = read(GITHUB / "CONTRIBUTING.md")
    assert {"quick", "test", "check-notebooks", "reference"} <= make_targets()
    markers = {line.partition(":")[0] for line in PROJECT["tool"]["pytest"]["ini_options"]["markers"]}
    said = re.search(r"not marked `(\w+)`, `(\w+)`, `(\w+)` or `(\w+)`", text)
    assert set(said.groups()) <= markers
    expression = "not nuts and not slow and not browser and not wheel and not long"
    assert f'-m "{expression}"' in text and f'-m "{expression}"' in read(ROOT / "Makefile")


def test_make_help_lists_the_reference():
    assert "reference" in make_targets()


def test_what_contributors_are_told_to_fill_in_is_there():
    from bayes.likelihoods.card import LikelihoodCard
    from bayes.likelihoods.contract import Likelihood
    from bayes.priors import effect_rules, tau_rules

    assert {"evidence", "parameters", "curve", "formula", "words"} <= set(LikelihoodCard.__annotations__)
    assert {"prepare", "log_likelihood", "derived"} <= {*vars(Likelihood), *Likelihood.__annotations__}
    assert effect_rules.RULES and tau_rules.RULES
    assert "\nREPORTS = " in read(ROOT / "tests" / "support" / "reports.py")


def test_one_address_everywhere():
    """Filled in by one substitution on the day that the repository is public."""
    home = PROJECT["project"]["urls"]["Repository"]
    named = {u for path in TEXTS for u in re.findall(r"https://github\.com/[\w-]+/bayes-reanalysis", read(path))}
    assert named == {home}
    assert all(address.startswith((home, "https://")) for address in PROJECT["project"]["urls"].values())
    assert loaded(ROOT / "CITATION.cff").get("repository-code", home) == home


# Issue forms ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_a_form_asks_for_something_and_every_field_has_a_label(path):
    form = loaded(path)
    assert {"name", "description", "title", "body"} <= set(form)
    fields = [field for field in form["body"] if field["type"] != "markdown"]
    assert any(field.get("validations", {}).get("required") for field in fields)
    assert all(field["attributes"]["label"] for field in fields)
    assert len({field["id"] for field in fields}) == len(fields)


def test_the_trial_form_offers_what_a_trial_file_accepts():
    fields = issue_form("1-add-a-trial.yml")
    assert fields["measure"]["attributes"]["options"] == list(measures.MEASURES)
    assert fields["benefit"]["attributes"]["options"] == ["higher", "lower"]
    assert [said.partition(":")[0] for said in fields["kind"]["attributes"]["options"]] == list(KINDS)
    assert {"mcid", "mcid-reason", "numbers", "places", "patients"} <= set(fields)


# Workflows ------------------------------------------------------------------------------------------------------------


def test_the_matrix_is_what_the_classifiers_say():
    tests = loaded(GITHUB / "workflows" / "tests.yml")
    assert tests["jobs"]["tests"]["strategy"]["matrix"]["python"] == CLASSIFIED
    asked = {s["with"]["python-version"] for path in WORKFLOWS for s in steps(loaded(path)) if "setup-python" in s.get("uses", "")}
    assert asked <= {*CLASSIFIED, "${{ matrix.python }}"}
    made = re.findall(r"uv venv --python (3\.\d+)", read(GITHUB / "workflows" / "tests.yml"))
    assert made == [CLASSIFIED[0], CLASSIFIED[-1]]  # the lowest versions on the oldest Python, the newest on the newest


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_a_workflow_may_do_little_and_names_the_major_versions_of_its_actions(path):
    workflow = loaded(path)
    assert workflow["permissions"] == {"contents": "read"}
    assert workflow["concurrency"]["group"]
    assert all(re.fullmatch(r"[\w./-]+@v\d+", step["uses"]) for step in steps(workflow) if "uses" in step)
    assert all("timeout-minutes" in job for job in workflow["jobs"].values())


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_a_workflow_makes_what_there_is(path):
    commands = "\n".join(step.get("run", "") for step in steps(loaded(path)))
    assert set(re.findall(r"^make ([a-z-]+)", commands, re.MULTILINE)) <= make_targets()
    assert set(re.findall(r"--group (\w+)", commands)) <= set(PROJECT["dependency-groups"])


def test_without_make_the_same_commands_run():
    """On Windows: those of the Makefile, but for the browser; the long tests are run there as well."""
    commands = "\n".join(step.get("run", "") for step in steps(loaded(GITHUB / "workflows" / "tests.yml")))
    recipe = re.search(r"^test: .*\n((?:\t.*\n)+)", read(ROOT / "Makefile"), re.MULTILINE)[1]
    for line in recipe.strip().splitlines():
        if "browser" not in line:
            bare = line.strip().replace("$(PYTHON)", "python").replace("$(VENV)/bin/", "").replace(' -m "not long" $(ARGS)', "")
            assert bare in commands, bare


# Hooks ----------------------------------------------------------------------------------------------------------------


def test_the_hooks_ruff_is_the_lowest_that_the_tests_allow():
    (lowest,) = [s.partition(">=")[2] for s in PROJECT["dependency-groups"]["test"] if s.startswith("ruff")]
    (rev,) = [repo["rev"] for repo in loaded(HOOKS)["repos"] if repo["repo"].endswith("ruff-pre-commit")]
    assert [int(part) for part in rev.removeprefix("v").split(".")] == [int(part) for part in f"{lowest}.0.0".split(".")[:3]]


# The reference --------------------------------------------------------------------------------------------------------


@pytest.fixture
def reference(monkeypatch):
    """A module of .github/reference, by its name."""
    monkeypatch.syspath_prepend(str(GITHUB / "reference"))
    return importlib.import_module


def test_the_reference_shows_every_public_name(reference):
    public, sources = reference("public"), reference("sources")
    import bayes

    assert {m.__name__ for m in public.public_modules()} >= {f"bayes{n}" for n in ("", ".plots", ".report", ".sensitivity")}
    for module in public.public_modules():
        page = sources.module_page(module)
        for name in set(module.__all__) - {"plots", "report", "results", "sensitivity"}:
            found = rf"^\.\. auto\w+:: {name}$|:py:obj:`{name} <bayes"
            assert re.search(found, page, re.MULTILINE), f"{module.__name__}.{name}"
    assert all(hasattr(bayes, name) for name in bayes.__all__)


def test_what_the_reference_imports_is_there():
    """It takes formulas and links from the report, where nobody would know that a name is used here, too."""
    for path in (GITHUB / "reference").glob("*.py"):
        for node in ast.walk(ast.parse(read(path))):
            if isinstance(node, ast.ImportFrom) and node.module.startswith("bayes"):
                home = importlib.import_module(node.module)
                assert all(hasattr(home, name.name) for name in node.names), path


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("`theta` is 0.5*x, |z| or exact_*", ["``theta`` is 0.5\\*x, \\|z\\| or exact\\_\\*"]),
        ("Words.\n\n    y ~ Normal(theta, s)\n\nMore.", ["Words.", "", "::", "", "    y ~ Normal(theta, s)", "", "More."]),
        ("- an item\n\n    that goes on", ["- an item", "", "    that goes on"]),
        ("Words::\n\n    code", ["Words::", "", "    code"]),
        ("Fit    `fit` under one prior,\n       or more\nAsk    why", ["Fit", "    ``fit`` under one prior,", "    or more", "Ask", "    why"]),
        ("Words.\n\nimport bayes\nbayes.fit(x)", ["Words.", "", "::", "", "    import bayes", "    bayes.fit(x)"]),
        (">>> bayes.fit(x)\n2", [">>> bayes.fit(x)", "2"]),
        (
            "Fit.\n\nParameters\n----------\n*names : str\n    One of `x|y`, or a*b.",
            ["Fit.", "", "Parameters", "----------", "*names : str", "    One of ``x|y``, or a\\*b."],
        ),
        ("As METHODS 2 has it", ["As :ref:`METHODS 2 <methods-2>` has it"]),
        (f"As METHODS {99} has it", [f"As METHODS {99} has it"]),
    ],
)  # fmt: skip
def test_docstrings_of_the_house_in_the_markup_of_sphinx(reference, said, shown):
    assert reference("docstrings").house_to_rst(said) == shown


def test_names_are_links_where_they_are_meant(reference):
    public, docstrings = reference("public"), reference("docstrings")
    import bayes

    line = ["``fit``, ``sensitivity.tipping()`` and ``likelihood``"]
    (found,) = docstrings.with_links(line, public.addresses(bayes))
    assert ":py:obj:`fit <bayes.fit>`" in found and "``likelihood``" in found
    assert ":py:obj:`sensitivity.tipping() <bayes.sensitivity.tipping>`" in found
    assert docstrings.with_links(["``fit``"], public.addresses()) == ["``fit``"]
