"""Files as people send them: what cannot be read says what it is and how it is written, and nothing ends in a traceback."""

import json
from decimal import Decimal
from time import perf_counter

import pytest
from support.documents import GOOD, written

from bayes import load_synthesis, load_trial
from bayes.base.documents import DEEPEST, LONGEST_LIST, LONGEST_TEXT, MOST_BYTES, read
from bayes.errors import MOST_SHOWN, InvalidInput, UnknownName


def said(tmp_path, content, name="it"):
    with pytest.raises(InvalidInput) as caught:
        load_trial(written(tmp_path, content, name))
    return str(caught.value)


@pytest.mark.parametrize(
    "content",
    [
        GOOD,
        b"\xef\xbb\xbf" + GOOD.encode(),
        GOOD.replace("\n", "\r\n"),
        GOOD.replace("\n", "\r"),
        GOOD.replace("estimate = 0.94", "\testimate\t=\t0.94"),
        GOOD.replace("A trial", "A\u00a0trial \u2013 \u201cnew\u201d v .94 or 0,94"),
        GOOD.replace("1.50]", "1.50, ]"),
        GOOD.replace("= 69", "= 1_561"),
    ],
)
def test_what_is_unambiguous_is_read(tmp_path, content):
    assert load_trial(written(tmp_path, content)).outcomes["gel"].evidence.ci == (Decimal("0.58"), Decimal("1.50"))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("content", "words"),
    [
        (GOOD.encode("utf-16"), "UTF-16: save it as UTF-8"),
        (GOOD.encode("utf-16-le"), "UTF-16: save it as UTF-8"),
        (GOOD.encode("utf-16-be"), "UTF-16: save it as UTF-8"),
        (GOOD.encode("utf-32"), "UTF-32: save it as UTF-8"),
        (GOOD.replace("A trial", "R\u00f6ver").encode("latin-1"), "line 2: not UTF-8, but apparently Latin-1 or Windows-1252"),
        (b"PK\x03\x04\x14\x00\x06\x00" + bytes(range(256)), "spreadsheet"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1" + bytes(99), "spreadsheet"),
        (b"%PDF-1.7\n%\xe2\xe3", "a PDF"),
        (b'id = "it"\n\x00\n', "binary file"),
        ('{"id": "it"}', "this is JSON"),
        (json.dumps([{"id": "it"}]), "this is JSON"),
        ('<?xml version="1.0"?>\n<COCHRANE_REVIEW TYPE="INTERVENTION">\n</COCHRANE_REVIEW>', "a RevMan file"),
        ("<!DOCTYPE html>\n<html></html>", "a web page"),
        ("study;estimate;lower;upper\nA;0,94;0,58;1,50\n", "a table (CSV)"),
        ("study,events,n\nA,3,20\nB,4,21\n", "a table (CSV)"),
        ("", "is empty or contains only comments"),
        ("# nothing yet\n", "is empty or contains only comments"),
        ("a = " + 5000 * "[" + 5000 * "]", f"more than {DEEPEST} levels deep"),
        ("a." * 5000 + "a = 1", f"more than {DEEPEST} levels deep"),
        (GOOD.replace("= 69", "= " + "9" * 5000), "5000 digits"),
        (GOOD.replace('"lower"', '"lower"\nbenefit = "lower"'), "is defined twice"),
    ],
)
def test_what_is_no_toml_is_told_what_it_is(tmp_path, content, words):
    assert words in said(tmp_path, content)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("0,94", "a decimal comma: write 0.94"),
        ("-0,94", "a decimal comma: write -0.94"),
        ("\u22120.94", "(U+2212) is not a minus sign: write -0.94"),
        ("\u20130.94", "(U+2013) is not a minus sign: write -0.94"),
        ("\u00a00.94", "(U+00A0): use an ordinary space"),
        ("0\u00b794", "a raised decimal dot: write 0.94"),
        (".94", "write 0.94, not .94"),
        ("-.94", "write -0.94, not -.94"),
        ("94.", "write 94, not 94."),
        ("094", "write 94, not 094"),
        ("\u201c0.94\u201d", 'curly quotes: write "0.94"'),
        ("1,561", "a comma between thousands: write 1561"),
        ("1\u202f561", "a space between thousands: write 1561"),
        ("94%", "a percent sign: write the number only"),
        ("9.4 \u00d7 10^-1", "write 9.4e-1"),
        ("<0.94", 'a bound without quotes: write "<0.94"'),
        ("NE", 'text without quotes: write "NE"'),
        ("None", "omit the field"),
        ("True", "write true"),
        ("0.94 \u00e9", "'\u00e9' (U+00E9) outside quotes"),
        ('"0.94"', "without quotes: write 0.94"),
        ('"0,94"', "without quotes: write 0.94"),
        ('"\u22120.94"', "without quotes: write -0.94"),
        ('"NE"', "not estimated"),
        ("nan", "expected a finite number"),
        ("inf", "expected a finite number"),
        ("1e400", "out of range; accepted: 0, or a magnitude of 1e-12 to 1e+12"),
        ("1e-320", "out of range"),
        ("0." + "4" * 5000, "more than 30 digits"),
        ("true", "expected a number"),
        ("[0.94]", "expected a number"),
        ("2020-03-02", "expected a number"),
    ],
)
def test_a_number_as_it_was_typed(tmp_path, typed, words):
    said_of_it = said(tmp_path, GOOD.replace("estimate = 0.94", f"estimate = {typed}"))
    assert words in said_of_it
    assert "line 14" in said_of_it or "outcomes.gel.evidence.estimate" in said_of_it


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("[0,58, 1,50]", "four numbers instead of two limits, because of decimal commas: write [0.58, 1.50]"),
        ("[0.58\u20131.50]", "write [0.58, 1.50]"),
        ("[0.58 - 1.50]", "write [0.58, 1.50]"),
        ("[0.58 to 1.50]", "write [0.58, 1.50]"),
        ("[0.58; 1.50]", "write [0.58, 1.50]"),
        ("(0.58, 1.50)", "round brackets: write [0.58, 1.50]"),
        ('"0.58\u20131.50"', "two limits in one text: write [0.58, 1.50]"),
        ('"0,58 to 1,50"', "two limits in one text: write [0.58, 1.50]"),
        ('["0.58", "1.50"]', "without quotes: write 0.58"),
        ("[0.58, 1.00, 1.50]", "3 numbers instead of two limits"),
        ("[1.50, 0.58]", "ci is [1.50, 0.58]; accepted: [low, high]"),
        ("[0.94, 0.94]", "both limits are printed as 0.94, which implies no standard error; accepted: [low, high]"),
        ("[1.2, 1.5]", "excludes its own estimate"),
    ],
)
def test_an_interval_as_it_was_typed(tmp_path, typed, words):
    assert words in said(tmp_path, GOOD.replace("[0.58, 1.50]", typed))


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("0.000", 'write a bound: p = "<0.0005"'),
        ("0", 'write a bound: p = "<0.0005"'),
        ('"NS"', 'kind = "significance", significant = false'),
        ('"n.s."', 'kind = "significance", significant = false'),
        ('"0.78"', "without quotes: write p = 0.78"),
        ('"p = 0,78"', "without quotes: write p = 0.78"),
        ('"\u22640.05"', '\u2264 is not accepted in a bound: write p = "<0.05"'),
        ('">1"', "is not a bound on a p-value"),
        ('"<"', 'a bound such as "<0.001" or ">0.99"'),
        ("1e-400", "out of range; accepted: 1e-300 to 1"),
        ('"<1e-400"', "out of range; accepted: 1e-300 to 1"),
        ("-0.2", "must be above 0 and at most 1"),
        ("nan", "must be above 0 and at most 1"),
    ],
)
def test_a_p_value_as_it_was_typed(tmp_path, typed, words):
    assert words in said(tmp_path, GOOD.replace("1.50]", f"1.50], p = {typed}"))


@pytest.mark.parametrize(
    ("typed", "kept"), [('"< 0.001"', "<0.001"), ('"<.001"', "<0.001"), ('"p<0,001"', "<0.001"), ('">0.99"', ">0.99")]
)
def test_bounds_of_p_are_read(tmp_path, typed, kept):
    text = GOOD.replace("1.50]", f"1.50], p = {typed}")
    assert load_trial(written(tmp_path, text)).outcomes["gel"].evidence.p == kept


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("= 69", "= 69.0", "a whole number, without a decimal point: write 69"),
        ("= 69", '= "69"', "a whole number, without quotes: write 69"),
        ("= 69", "= 0", "must be 1 or more, found 0"),
        ("= 69", "= 1" + 400 * "0", "a number of about 401 digits; at most 300 accepted"),
        ("1.50]", "1.50], level = 95", "the level of an interval is a fraction, not a percentage: write 0.95"),
        ("[0.58,", "[0.00,", 'accepted: above 0; if it was rounded to 0, write a bound: ci = ["<0.005", 1.50]'),
        ("[0.58,", "[0,", 'accepted: above 0; if it was rounded to 0, write a bound: ci = ["<0.005", 1.50]'),
        ("1.50]", '"NE"]', 'for a limit write "none", as in ci = [0.58, "none"]'),
        ('id = "it"', 'id = "2-Mar"', "spreadsheets turn ids such as 2-Mar into dates"),
        ('benefit = "lower"', 'benefit: "lower"', "a colon, not an equals sign: write benefit ="),
        ("[outcomes.gel]", "[outcomes.g\u00e9l]", "(U+00E9) outside quotes"),
    ],
)
def test_other_fields_as_they_were_typed(tmp_path, old, new, words):
    assert words in said(tmp_path, GOOD.replace(old, new))


def test_every_slip_of_a_file_is_named_once_with_its_line(tmp_path):
    text = (
        GOOD.replace('"A trial"', "\u201cA trial\u201d").replace("0.94", "0,94").replace("0.58, ", "\u22120.58\u2013")
    )
    found = said(tmp_path, text).splitlines()
    assert [line.split(": ", 1)[1].split(":")[0] for line in found] == ["line 2", "line 14", "line 14"]


def test_a_file_that_is_a_folder_is_told_so(tmp_path):
    with pytest.raises(InvalidInput, match="cannot be read"):
        read(tmp_path)


def test_a_file_a_text_and_a_list_may_be_so_long(tmp_path):
    assert "larger than 3 MB" in said(tmp_path, GOOD + "#" * MOST_BYTES)
    long = f'notes = "{"x" * (LONGEST_TEXT + 1)}"\nsources = {["x"] * (LONGEST_LIST + 1)}\n'
    found = said(tmp_path, long + GOOD)
    assert "notes: a text of 20001 characters; at most 20000 accepted" in found
    assert "sources: 10001 given; at most 10000 accepted" in found


def test_a_synthesis_may_have_so_many_members(tmp_path):
    members = [f"a:b{i}" for i in range(2001)]
    text = f'id = "it"\nlabel = "l"\nmeasure = "odds_ratio"\nbenefit = "lower"\noutcomes = {members}\n'
    with pytest.raises(InvalidInput, match="outcomes: 2001 given; at most 2000 accepted"):
        load_synthesis(written(tmp_path, text))


@pytest.mark.parametrize("where", ['kind = "estimate"', 'benefit = "lower"', 'measure = "rate_ratio"', 'id = "it"', "estimate = 0.94"])
@pytest.mark.parametrize("typed", ["x" * 15_000, "word and " * 2_000, "\\u001b[31m red \\u0007"], ids=["long", "words", "controls"])
def test_what_was_found_is_repeated_shortly_and_steers_no_terminal(tmp_path, where, typed):
    field, _, _ = where.partition(" = ")
    found = said(tmp_path, GOOD.replace(where, f'{field} = "{typed}"'))
    assert all(len(line) < 2_500 for line in found.splitlines())
    assert all(c.isprintable() or c == "\n" for c in found)


@pytest.mark.parametrize(("typed", "code"), [("\\u001b[31m", "U+001B"), ("\\u202e", "U+202E"), ("\\u0085", "U+0085")])
def test_a_text_that_would_steer_a_terminal_is_refused_with_its_place(tmp_path, typed, code):
    found = said(tmp_path, GOOD.replace('label = "', f'label = "{typed}', 1))
    assert f"label: the control character {code}; accepted: text, line breaks and tabs" in found


def test_a_name_that_is_long_or_steers_a_terminal_is_repeated_shortly():
    found = str(UnknownName("trial", "\x1b[31m" + "x" * 100_000, ["a", "b"]))
    assert len(found) < 200 and found.isprintable()


def test_the_first_fifty_mistakes_are_shown_and_the_others_counted(tmp_path):
    wrong = "".join(f"strange_{i} = 1\n" for i in range(MOST_SHOWN + 7))
    with pytest.raises(InvalidInput) as caught:
        load_trial(written(tmp_path, wrong + GOOD))
    lines = str(caught.value).splitlines()
    assert len(caught.value.mistakes) == MOST_SHOWN + 7
    assert len(lines) == MOST_SHOWN + 1 and lines[-1].endswith("it.toml: and 7 more")


def test_many_slips_are_found_in_time_in_proportion(tmp_path):
    """Each slip counted the line breaks before it: 60,000 of them took 40 s."""
    start = perf_counter()
    assert "more" in said(tmp_path, "a = 0.94, 5; 3 to 4\n" * 20_000)
    assert perf_counter() - start < 10


@pytest.mark.parametrize("members", [["mesems:gel_24w"] * 2_000, [f"mesems:no_{i}" for i in range(2_000)]], ids=["one", "unknown"])
def test_a_long_synthesis_of_one_trial_reads_it_once(tmp_path, members):
    """The trial was read for each member, and each pair of members was a mistake: it took a minute."""
    text = f'id = "it"\nlabel = "l"\nmeasure = "rate_ratio"\nbenefit = "lower"\noutcomes = {members}\n'
    start = perf_counter()
    with pytest.raises(InvalidInput) as caught:
        load_synthesis(written(tmp_path, text))
    assert perf_counter() - start < 10
    assert len(str(caught.value).splitlines()) <= MOST_SHOWN + 1


def test_files_at_the_limits_of_depth_and_length_are_read(tmp_path):
    """A table in a table counts as a level; the last that is accepted, and the first that is not."""
    path = tmp_path / "it.toml"
    for depth, accepted in ((DEEPEST - 1, True), (DEEPEST, False)):
        path.write_text(f"a = {'[' * depth}{']' * depth}")
        if accepted:
            assert "a" in read(path)
        else:
            with pytest.raises(InvalidInput, match=f"more than {DEEPEST} levels deep"):
                read(path)
    for length, accepted in ((LONGEST_LIST, True), (LONGEST_LIST + 1, False)):
        path.write_text(f"a = [{'1,' * length}]")
        if accepted:
            assert len(read(path)["a"]) == length
        else:
            with pytest.raises(InvalidInput, match=f"a: {length} given; at most {LONGEST_LIST} accepted"):
                read(path)
    for length, accepted in ((LONGEST_TEXT, True), (LONGEST_TEXT + 1, False)):
        path.write_text(f'a = "{"x" * length}"')
        if accepted:
            assert len(read(path)["a"]) == length
        else:
            with pytest.raises(InvalidInput, match=f"a: a text of {length} characters"):
                read(path)


def test_the_parsers_own_words_are_added_only_for_a_line_without_a_slip(tmp_path):
    path = tmp_path / "it.toml"
    path.write_text("a = 0,94\nb = 1\n")
    with pytest.raises(InvalidInput) as caught:
        read(path)
    assert "write 0.94" in str(caught.value) and "not valid TOML" not in str(caught.value)
    path.write_text("a = 1\na = 2\n")
    with pytest.raises(InvalidInput, match="line 2: not valid TOML: a field or a table is defined twice"):
        read(path)
    path.write_text("a = 0,94\nb = 1\nb = 2\n")
    with pytest.raises(InvalidInput, match="write 0.94"):
        read(path)
