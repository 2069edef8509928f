"""What a command prints fits its window: 80 columns unless there are more, and nothing is cut."""

import re

import pytest
from click.testing import CliRunner

from bayes.cli import check_, fit_, show_, status_
from bayes.cli.terminal import fold, show_table

PRIORS = ["vague", "25% sceptical, 75% enthusiastic"]
HEADINGS = ["prior", "standardised mean difference", "P(benefit)", "reading"]
CELLS = [
    ["vague", "0.472 (-0.137 to 1.004)", "0.941", "as printed"],
    ["25% sceptical, 75% enthusiastic", "0.148 (-0.192 to 0.472)", "0.805", "standard error from the printed p instead"],
]


def widest(text):
    return max(len(line.rstrip()) for line in text.splitlines())


@pytest.fixture(autouse=True)
def eighty(monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")


@pytest.mark.parametrize("width", [50, 64, 80, 120])
def test_a_table_keeps_every_word_and_number_at_any_width(width, monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", str(width))
    show_table("A title", HEADINGS, CELLS)
    shown = capsys.readouterr().out
    assert widest(shown) <= width
    for cell in sum(CELLS, HEADINGS):
        assert all(word in shown for word in cell.split()), cell
    for number in ("0.472 (-0.137 to 1.004)", "0.148 (-0.192 to 0.472)", "0.941"):
        assert number in shown, "a number is not broken over two lines"


def test_columns_without_room_follow_next_to_the_names(capsys):
    cells = [[f"row {i}", *(f"{i}.{j:02} (0.123 to 9.876)" for j in range(6))] for i in range(2)]
    show_table("", ["name", *(f"column {j}" for j in range(6))], cells)
    shown = capsys.readouterr().out
    assert shown.count("row 0") == shown.count("name") > 1 and widest(shown) <= 80


def test_a_line_that_has_only_a_reason_becomes_a_sentence(capsys):
    reason = "no planned effect is stated"
    cells = [["vague", "0.5", ""], ["optimistic, weak", "", reason], ["optimistic, strong", "", reason]]
    show_table("Posterior", ["prior", "P(benefit)", ""], cells)
    shown = capsys.readouterr().out
    assert shown.count(reason) == 1 and "optimistic, weak; optimistic, strong: no planned" in " ".join(shown.split())


def test_a_repeated_name_is_printed_once(capsys):
    show_table("", ["outcome", "prior"], [["mesems:gel_24w", "vague"], ["mesems:gel_24w", "neutral"]])
    assert capsys.readouterr().out.count("mesems:gel_24w") == 1


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("isis_hermes:motor_nihss_2y", 18, ["isis_hermes:motor_", "nihss_2y"]),
        ("neutral, tau stated", 16, ["neutral, tau", "stated"]),
        ("abcdefghij", 4, ["abcd", "efgh", "ij"]),
        ("", 5, [""]),
    ],
)
def test_a_name_is_broken_at_its_punctuation(text, width, lines):
    assert fold(text, width) == lines
    assert "".join(fold(text, width)) == text.replace(" ", "") or " " in text


@pytest.mark.nuts
@pytest.mark.parametrize(
    ("command", "words"),
    [
        (fit_.command, ["mesems:gel_24w", "isis_hermes:motor_nihss_2y", "--prior", "vague", "--threshold", "0.8"]),
        (show_.command, ["isis_hermes"]),
        (status_.command, []),
    ],
)
def test_commands_fit_their_window(command, words):
    done = CliRunner().invoke(command, words)
    assert done.exit_code == 0 and widest(done.output) <= 80, done.output


def test_the_findings_of_check_fit_and_its_last_line_stays_whole():
    *findings, last = CliRunner().invoke(check_.command, []).output.splitlines()
    assert widest("\n".join(findings)) <= 80 and last.endswith("not checkable") and "files, all valid" in last


@pytest.mark.nuts
def test_a_prior_that_cannot_be_formed_is_named_below_the_table():
    typed = "--measure hazard_ratio --estimate 0.75 --ci 0.55 1.02 --benefit lower".split()
    done = CliRunner().invoke(fit_.command, [*typed, "--prior", "vague", "--prior", "sceptical"])
    assert "sceptical: skipped: no MCID is stated" in done.output
    assert len(re.findall("^sceptical", done.output, re.M)) == 1


@pytest.mark.nuts
def test_a_synthesis_leads_with_its_words_and_keeps_the_rest_for_all():
    asked = ["msc_motor", "--prior", "neutral"]
    brief, whole = (CliRunner().invoke(fit_.command, [*asked, *more]).output for more in ([], ["--all"]))
    assert widest(brief) <= 80 and widest(whole) <= 80
    assert brief.startswith("Mesenchymal stem cells") and "under the neutral prior" in brief and "--all prints" in brief
    assert "One trial left out" in whole and "One trial left out" not in brief
    assert len(whole.splitlines()) > 1.5 * len(brief.splitlines())
