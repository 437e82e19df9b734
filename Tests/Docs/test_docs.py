"""What the documents quote and name is what warder says, and what is in the source and the tree."""

import re

import pytest
import tree
from checks import CHECKS, unknown
from exceptions import NAMES
from manual import pages


def name(check):
    return check.__name__


@pytest.mark.parametrize("check", CHECKS, ids=name)
def test_what_is_named_exists(check):
    wrong = sorted(str(one) for one in unknown(check) if one.text not in NAMES)
    if wrong:
        pytest.fail("\n".join(wrong), pytrace=False)


@pytest.mark.parametrize("check", CHECKS, ids=name)
def test_a_check_is_not_blind(check):
    said, _ = check()
    assert len(said) >= CHECKS[check]


def test_exceptions_are_still_needed():
    needed = {one.text for check in CHECKS for one in unknown(check)}
    assert sorted(set(NAMES) - needed) == []


def test_the_table_of_rooms_is_that_of_the_package():
    page = next(page for page in pages() if page.name == "docs/architecture.md")
    imports = {}
    for rooms, cell in re.findall(r"^\| (`\w+`(?:, `\w+`)*) \|.*\| ([^|]*) \|$", page.prose, re.MULTILINE):
        for room in re.findall(r"`(\w+)`", rooms):
            # What puts all the others together does not name them.
            imports[room] = tree.rooms()[room] if cell.startswith("all") else set(re.findall(r"`(\w+)`", cell))
    assert imports == tree.rooms()


# The parsers and formats that docs/architecture.md calls pure, and what they would be impure by.
PURE = {"Chains", "Fields", "JSON", "KeyInput", "Profiles", "Shells", "Signing", "TOTP", "Text", "XML"}
IMPURE = {
    "clock_gettime", "gettimeofday", "getenv", "environ", "openat", "fopen", "socket", "connect", "getrandom",
    "arc4random_buf", "SystemRandomNumberGenerator", "Deadline", "wallClock", "CurlSender",
}


@pytest.mark.parametrize("room", sorted(PURE))
def test_parsers_and_formats_are_pure(room):
    scans = [scan for path, scan in tree.scans().items() if path.is_relative_to(tree.ROOT / "Sources" / room)]
    assert scans
    assert {word for scan in scans for word in scan.identifiers()} & IMPURE == set()


# Parts of others: what the tests stand on, and programs that they start.
PARTS = {"PromptRunner", "RemotePromptRunner", "Servers", "Threads", "RoomSupport"}


def test_each_kind_of_test_is_in_the_table_of_kinds():
    page = next(page for page in pages() if page.name == "CONTRIBUTING.md")
    table = "\n".join(re.findall(r"^\|.*\|$", page.prose, re.MULTILINE))
    folders = {path.name for path in (tree.ROOT / "Tests").iterdir() if path.is_dir()}
    kinds = {name for name in folders if not name.endswith(("Tests", "__"))}
    assert kinds - PARTS == set(re.findall(r"Tests/(\w+)", table))


def test_what_ci_runs_is_said():
    targets = re.search(r"^for target in (.*); do$", (tree.ROOT / ".ci/run").read_text(), re.MULTILINE)[1].split()
    page = next(page for page in pages() if page.name == "CONTRIBUTING.md")
    said = re.search(r"`\.ci/run` is what continuous integration does: (.*?)\.\n", page.prose, re.DOTALL)[1]
    assert re.findall(r"`make (\w+)`", said) == targets


def test_each_code_of_doctor_is_explained():
    text = "".join(path.read_text() for path in (tree.ROOT / "Sources/Diagnosing").rglob("*.swift"))
    codes = set(re.findall(r'\b(?:Finding|Remark|broken|risky)\(\s*"([a-z0-9]+(?:_[a-z0-9]+)*)"', text))
    assert len(codes) > 50
    page = next(page for page in pages() if page.name == "docs/doctor.md")
    assert codes - set(re.findall(r"`([a-z0-9_]+)`", page.prose)) == set()


def test_make_help_lists_every_target():
    text = (tree.ROOT / "Makefile").read_text()
    phony = set(re.search(r"^\.PHONY: (.*)$", text, re.MULTILINE)[1].split())
    assert phony == tree.targets()
    assert phony == set(re.findall(r"^([a-z0-9-]+):.*## \S", text, re.MULTILINE))


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.name)
def test_prose_names_its_actors_and_wraps(page):
    prose = re.sub(r"`[^`]*`", lambda span: "\n" * span[0].count("\n"), page.prose)
    lines = enumerate(prose.splitlines(), 1)
    wrong = [f"{page.name}:{n}: {line}" for n, line in lines if re.search(r"(?i)\b(whoever|nobody|somebody)\b", line)]
    # Rows of tables cannot be broken.
    rows = enumerate(page.prose.splitlines(), 1)
    wrong += [f"{page.name}:{n}: {len(row)} columns" for n, row in rows if len(row) > 120 and not row.startswith("|")]
    if wrong:
        pytest.fail("\n".join(wrong), pytrace=False)


def test_the_changelog_and_the_completions_are_of_this_version():
    """Packages take their date from the newest head that has one."""
    (version,) = re.findall(r'current = "([\d.]+)"', (tree.ROOT / "Sources/Setup/Version.swift").read_text())
    heads = re.findall(r"^## (.*)$", (tree.ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert re.fullmatch(re.escape(version) + r", (unreleased|\d{4}-\d\d-\d\d)", heads[0]), heads[0]
    assert all(re.fullmatch(r"\d+\.\d+\.\d+, \d{4}-\d\d-\d\d", head) for head in heads[1:]), heads
    for file in ("_warder", "warder.bash", "warder.fish", "warder.nu"):
        assert f"# of warder {version}\n" in (tree.ROOT / "completions" / file).read_text(), file
