"""The catalogue of words: complete, without leftovers, every field filled, numbers as Germans write them."""

import ast
import datetime as dt
import re
import string
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import wohnlib
from wohnlib.errors import Fault, InputError, fault
from wohnlib.words import NBSP, Words, number

PACKAGE = Path(wohnlib.__file__).parent
CATALOGUE = PACKAGE / "catalogue" / "de"
MINUS = "\N{MINUS SIGN}"
SPECS = re.compile(r"(?:int|year|date|day|(?:dec|pct|signed|pp)\d?)?\Z")
# Sections whose entries are chosen by the rows of the raw tables, not by a name in the code.
BY_DATA = {
    "rawtable", "rawnote", "rawcolumn", "rawoffice", "rawattribution", "rawterms", "rawform",
    "quotatable", "quotanote", "quotacolumn", "quotaitem", "effect",
    "guete_households",  # methods and settings of the back-test, named by its tables
    "guete_kreise",
}  # fmt: skip
# Texts that stand directly before or between others: a list, a sentence that a link closes.
JOINED = re.compile(r"headline\.and|page\.map_[a-z_]+|index\.(?:assumptions|to_[a-z]+_note)")


@cache
def templates() -> dict[str, str]:
    found: dict[str, str] = {}
    for path in sorted(CATALOGUE.glob("*.toml")):
        for section, entries in tomllib.loads(path.read_text(encoding="utf-8")).items():
            found |= {f"{section}.{name}": text for name, text in entries.items()}
    return found


@cache
def sources() -> dict[str, ast.Module]:
    files = [p for p in sorted(PACKAGE.rglob("*.py")) if "__pycache__" not in p.parts]
    return {p.relative_to(PACKAGE).as_posix(): ast.parse(p.read_text(encoding="utf-8")) for p in files}


def strings() -> Iterator[str]:
    """All short literal text of the code, and the keys that page templates name."""
    for path in PACKAGE.rglob("*.j2"):
        yield from re.findall(r"[a-z]+\.[a-z0-9_]+", path.read_text(encoding="utf-8"))
    for tree in sources().values():
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value) < 100:
                yield node.value


@cache
def patterns() -> tuple[re.Pattern[str], ...]:
    """Keys that are put together at run time, as patterns: f"headline.{key}" -> headline\\.(.+)."""
    found = set()
    for tree in sources().values():
        for node in ast.walk(tree):
            if not isinstance(node, ast.JoinedStr):
                continue
            parts = [re.escape(str(v.value)) if isinstance(v, ast.Constant) else "(.+)" for v in node.values]
            text = "".join(parts)
            if re.match(r"[a-z_]+\\\.", text) and len(node.values) > 1:
                found.add(text)
    return tuple(re.compile(text + r"\Z") for text in sorted(found))


def calls(name: str) -> Iterator[tuple[str, ast.Call]]:
    for file, tree in sources().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and node.args:
                func = node.func
                called = func.id if isinstance(func, ast.Name) else getattr(func, "attr", "")
                if called.lower().lstrip("_") == name:
                    yield file, node


def whole_constants(node: ast.AST) -> Iterator[ast.Constant]:
    """Constants of an expression that are no part of an f-string."""
    if isinstance(node, ast.Constant):
        yield node
    elif not isinstance(node, ast.JoinedStr):
        for child in ast.iter_child_nodes(node):
            yield from whole_constants(child)


def test_every_key_that_the_code_names_is_in_the_catalogue() -> None:
    known = templates()
    missing = []
    for file, call in calls("words"):
        missing += [
            f"{file}:{node.lineno} {node.value}"
            for node in whole_constants(call.args[0])
            if re.fullmatch(r"[a-z]+\.[a-z0-9_]+", str(node.value)) and node.value not in known
        ]
    assert missing == []
    assert sum(1 for _ in calls("words")) > 100


def test_every_fault_that_the_code_raises_has_its_words() -> None:
    known, missing, codes = templates(), [], set()
    for file, call in calls("fault"):
        code = call.args[0]
        if isinstance(code, ast.Constant):
            codes.add(code.value)
            missing += [
                f"{file}:{call.lineno} {part}.{code.value}"
                for part in ("fault", "advice")
                if f"{part}.{code.value}" not in known
            ]
    assert missing == []
    assert len(codes) > 40


def test_every_fault_says_what_was_expected_and_what_to_do() -> None:
    faults = {k.removeprefix("fault.") for k in templates() if k.startswith("fault.")}
    advice = {k.removeprefix("advice.") for k in templates() if k.startswith("advice.")}
    assert faults == advice
    for code in sorted(faults):
        assert not templates()[f"fault.{code}"].endswith("."), code
        assert templates()[f"advice.{code}"][-1] in ".}", code


@cache
def joined_keys() -> set[str]:
    """Return the keys that `words.count` forms from a noun."""
    nouns = {s for s in strings() if f"{s}_one" in templates()}
    return {f"{noun}_{form}" for noun in nouns for form in ("one", "many")}


def unused_entries() -> list[str]:
    literal = set(strings())
    pieces = {s.lstrip("_") for s in literal}
    unused = []
    for key in templates():
        section, name = key.split(".", 1)
        if section in BY_DATA or key in literal:
            continue
        if section in ("fault", "advice") and name in literal:
            continue
        if key in joined_keys() or key.startswith("cli.heading_"):  # headings are looked up by click's own
            continue
        made = any(
            all(g in pieces or g.isdigit() or not set(g.split("_")) - pieces for g in m.groups())
            for p in patterns()
            if (m := p.match(key))
        )
        if not made:
            unused.append(key)
    return unused


def test_no_entry_of_the_catalogue_is_left_over() -> None:
    assert unused_entries() == []


def test_every_field_is_written_in_a_form_that_the_catalogue_knows() -> None:
    for key, text in templates().items():
        for _, field, spec, conversion in string.Formatter().parse(text):
            assert field is None or re.fullmatch(r"[a-z][a-z0-9_]*", field), key
            assert conversion is None and SPECS.match(spec or ""), key


def test_every_field_of_a_key_that_the_code_names_is_filled() -> None:
    wrong = []
    for file, call in calls("words"):
        key = call.args[0]
        if not isinstance(key, ast.Constant) or any(k.arg is None for k in call.keywords):
            continue
        if key.value not in templates():
            continue
        needed = {f for _, f, _, _ in string.Formatter().parse(templates()[key.value]) if f}
        if lacking := needed - {k.arg for k in call.keywords}:
            wrong.append(f"{file}:{call.lineno} {key.value} lacks {sorted(lacking)}")
    assert wrong == []


def test_every_field_of_a_fault_that_the_code_raises_is_filled() -> None:
    wrong = []
    place = {"file", "row", "column", "found"}
    for file, call in calls("fault"):
        code = call.args[0]
        if not isinstance(code, ast.Constant) or any(k.arg is None for k in call.keywords):
            continue
        texts = [templates()[f"{part}.{code.value}"] for part in ("fault", "advice")]
        needed = {f for text in texts for _, f, _, _ in string.Formatter().parse(text) if f}
        given = {k.arg for k in call.keywords}
        if lacking := needed - given - {"found"}:
            wrong.append(f"{file}:{call.lineno} {code.value} lacks {sorted(map(str, lacking))}")
        if unused := {str(g) for g in given} - needed - place:
            wrong.append(f"{file}:{call.lineno} {code.value} never shows {sorted(unused)}")
    assert wrong == []


def test_texts_are_clean_german() -> None:
    for key, text in templates().items():
        assert text == text.strip() or key.startswith("explain.") or JOINED.fullmatch(key), key
        assert "  " not in text or key.startswith("explain."), key
        assert not re.search(r" - | -\d", text), f"{key}: hyphen for a dash or a minus sign"
        if not key.startswith(("advice.", "raw", "quota")):
            assert '"' not in text, f"{key}: straight quotes"
        assert text.count("„") == text.count("“"), key
        assert "/work" not in text and "/tmp" not in text, key


@pytest.mark.parametrize(
    ("value", "spec", "text"),
    [
        (1234, "int", "1.234"),
        (0, "int", "0"),
        (-0.2, "int", "0"),
        (-0.0, "signed", "0"),
        (0.4, "signed", "0"),
        (-12, "signed", f"{MINUS}12"),
        (1234, "signed", "+1.234"),
        (-1234567.891, "dec2", f"{MINUS}1.234.567,89"),
        (1.2, "signed1", "+1,2"),
        (0.123, "pct1", f"12,3{NBSP}%"),
        (-0.0004, "pct1", f"0,0{NBSP}%"),
        (1, "pct", f"100{NBSP}%"),
        (0.012, "pp1", f"+1,2{NBSP}Prozentpunkte"),
        (-0.012, "pp1", f"{MINUS}1,2{NBSP}Prozentpunkte"),
        (1e12, "int", "1.000.000.000.000"),
        (1e-9, "dec6", "0,000000"),
        (-1e-9, "dec6", "0,000000"),
        (999.95, "dec1", "1.000,0"),
    ],
)
def test_numbers_are_written_as_in_a_german_report(value: float, spec: str, text: str) -> None:
    assert number(value, spec) == text


@pytest.mark.parametrize("value", [0.5, 1.5, 2.5, 3.5, 100.5])
def test_halves_are_rounded_as_the_whole_numbers_of_the_report_are(value: float) -> None:
    """Leaf cells round halves away from zero; a text that rounds to even would differ by one."""
    assert number(value, "int") == str(int(value + 0.5))
    assert number(-value, "int") == f"{MINUS}{int(value + 0.5)}"


@pytest.mark.parametrize("spec", ["", "d", ".1f", "money", "Int", "dec1x"])
def test_an_unknown_number_format_is_an_error(spec: str) -> None:
    with pytest.raises(ValueError, match="number format"):
        number(1, spec)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_what_is_no_number_is_never_printed_as_one(value: float) -> None:
    with pytest.raises(ValueError):
        number(value, "int")


def test_years_and_dates() -> None:
    words = Words("de")
    assert words("change.same", year=2040.0) == "bleibt bis 2040 fast gleich"
    assert words("headline.day", day=dt.date(2022, 5, 15)) == "15. Mai"
    assert words("headline.day", day="2022-05-15") == "15. Mai"


def test_only_german_is_there_for_now() -> None:
    for lang in ("en", "DE", "", "de-DE"):
        with pytest.raises(InputError, match="erwartet eine der Sprachen: de"):
            Words(lang)


def test_a_key_that_is_not_there_and_a_field_that_is_not_filled_are_errors() -> None:
    with pytest.raises(KeyError):
        Words("de")("need.nothing")
    with pytest.raises(KeyError):
        Words("de")("need.title_of", n=1)
    with pytest.raises(KeyError):
        Words("de")("headline.title", place="in X")


def test_a_message_names_place_find_expectation_and_advice_on_printable_lines() -> None:
    text = fault("scenario_number", file="a.yaml", row=3, column="x", found="\x1b[31m" + "9" * 500).text()
    assert text.startswith("a.yaml, Zeile 3, Feld „x“: gefunden „\N{REPLACEMENT CHARACTER}[31m999")
    assert text.isprintable() and len(text) < 400
    assert "{" not in fault("cli_value", column="--x", found="{0} {found}").text().replace("{0} {found}", "")
    assert isinstance(fault("lang", found=None, allowed="de"), Fault)
