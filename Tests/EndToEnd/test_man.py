"""The manual pages: their form, by the tools that read them, and that they say what help and the source say."""

import re
import shutil
import subprocess
import sys

import manuals
import pytest
from home import WARDER
from manuals import commands, grammar, help_of, made, sections, shown_by_man, shown_by_mandoc, tags, words
from tabs import TOP

sys.path.insert(0, str(TOP / "Tests/Docs"))
import tree  # noqa: E402

pytestmark = [pytest.mark.needs("mandoc"), pytest.mark.needs("man")]


@pytest.fixture(scope="module")
def manual(tmp_path_factory):
    return made(tmp_path_factory.mktemp("manual"))


def pages(manual):
    return sorted(path for path in manual.iterdir() if not path.is_symlink())


def literal_lines():
    """The lines that pages show as they are: examples of help and of the documents."""
    texts = [node["discussion"] for node, _ in commands()] + [path.read_text() for path in (TOP / "docs").glob("*.md")]
    found = {line.strip() for text in texts for line in text.splitlines()}
    # Of a line in two columns, the second.
    return found | {re.split(r" {2,}", line, maxsplit=1)[-1] for line in found}


def test_each_command_has_a_page(manual):
    wanted = {"warder.1", "warder-config.5", "warder-vault.5"}
    wanted |= {"-".join(("warder", *path)) + ".1" for _, path in commands()}
    assert {path.name for path in manual.iterdir()} == wanted
    # A command of a group is found in the page of its group.
    assert (manual / "warder-vault-slots-add.1").resolve() == (manual / "warder-vault.1").resolve()


def test_mandoc_has_nothing_to_say(manual):
    """Neither an error nor a warning nor a matter of style."""
    names = {(path.stem, path.suffix[1:]) for path in manual.iterdir()}
    for page in pages(manual):
        done = subprocess.run(["mandoc", "-T", "lint", page], capture_output=True, text=True)
        for line in done.stdout.splitlines() + done.stderr.splitlines():
            # It looks for other pages in the system's folders alone.
            other = re.search(r"STYLE: referenced manual not found: Xr (\S+) (\d)", line)
            assert other and other.groups() in names, line


def test_man_warns_of_nothing_and_no_text_is_too_wide(manual):
    examples = literal_lines()
    for page in pages(manual):
        by_man, warnings = shown_by_man(page)
        assert warnings == "", page
        for shown in (by_man, shown_by_mandoc(page)):
            wide = [line for line in shown.splitlines() if len(line) > 80]
            assert [line for line in wide if line.strip() not in examples] == [], page


def test_each_reference_leads_to_a_page(manual):
    for page in pages(manual):
        for name, section in re.findall(r"\bXr (\S+) (\d)", page.read_text()):
            assert (manual / f"{name}.{section}").exists(), (page.name, name)


def test_the_synopsis_is_the_usage_of_help(manual):
    seen = set()
    for page in pages(manual):
        if page.suffix != ".1":
            continue
        synopsis = words(sections(shown_by_mandoc(page, 1000))["SYNOPSIS"])
        found = re.split(r" (?=warder )", synopsis)
        path = tuple(page.stem.split("-")[1:])
        wanted = [path, *(below for _, below in commands() if below[:len(path)] == path and below != path and path)]
        usages = [help_of(each).split("usage: ", 1)[1].split("\n\n", 1)[0] for each in wanted]
        assert found == [re.sub(r"<([\w-]+)>", r"\1", words(usage)) for usage in usages], page
        seen |= set(wanted)
    assert seen == {(), *(path for _, path in commands())}


def test_pages_say_what_help_says(manual):
    for node, path in commands():
        page = words(shown_by_mandoc(manual / f"{'-'.join(('warder', *path))}.1", 1000))
        text = words(help_of(path))
        for each in node["parameters"]:
            said = words(" ".join((each["help"], each["details"])))
            assert said in text and said in page, (path, each["name"])
        for paragraph in filter(None, node["discussion"].split("\n\n")):
            title, lines = re.fullmatch(r"(examples?: ?|exit codes: ?|)(.*)", paragraph, re.DOTALL).groups()
            assert words(paragraph) in text
            if title.startswith("example"):
                assert all(words(line) in page for line in lines.splitlines()), (path, lines)
            else:
                # Exit codes begin a sentence there; what is in two columns is a list.
                assert words(lines)[1:] in page, (path, lines)


def test_pages_name_the_options_of_the_command_and_no_others(manual):
    for node, path in commands():
        if len(path) > 1:
            continue
        page = manual / f"warder-{path[0]}.1"
        found = {name for tag in tags(page) for name in re.findall(r"Fl (-?[\w-]+)", tag)}
        wanted = {"h", "-help"}
        for each, below in commands():
            if below[:1] == path:
                for one in each["parameters"]:
                    wanted |= {"-" + one["name"]} if one["role"] in ("flag", "option", "pair") else set()
                    wanted |= {"-no-" + one["name"]} if one["role"] == "pair" else set()
        assert found == wanted, page


def test_the_overview_lists_every_command(manual):
    listed = [tag for tag in tags(manual / "warder.1", "COMMANDS")]
    assert sorted(listed) == sorted(f"Xr warder-{path[0]} 1" for _, path in commands() if len(path) == 1)


def names(found):
    """The names of settings in what heads entries of a list; with a value, or several at once."""
    return [name.removeprefix("warder_") for tag in found
            for name in re.findall(r'(?:Cm "?|, Cm )([a-z0-9_]+)', tag)]


def test_every_setting_is_explained_and_no_other(manual):
    page = manual / "warder-config.5"
    known = grammar()["settings"]
    assert sorted(names(tags(page, "SETTINGS"))) == sorted(known["warder"])
    assert sorted(names(tags(page, "RULES FOR A TEAM", "Bounds: [policy]"))) == sorted(known["policy"])
    # Read without a prefix alone; docs/profiles.md says so.
    plain = {"aws_access_key_id", "aws_secret_access_key", "aws_session_token", "aws_account_id"}
    assert set(names(tags(page, "PROFILES"))) == {*known["profile"], *plain}


def test_the_names_of_settings_are_those_that_are_read():
    """`grammar` has the tables by which an unknown setting is refused."""
    text = "".join(tree.swift().values())
    tables = (("names = [", "warder"), ("names = [", "policy"), ("ownSettings = OwnSettings([", "profile"))
    for table, key in tables:
        listed = [re.findall(r'"([a-z0-9_]+)"', part.split("]", 1)[0]) for part in text.split(table)[1:]]
        assert grammar()["settings"][key] in listed


# What the source names and does not read: it looks for it in other programs' settings, or makes up names with it.
NOT_READ = {
    "AWS_MFA_SERIAL": "of aws-vault", "AWS_ENDPOINT_URL_": "the beginning of others", "AWS_": "the beginning of others",
    "WARDER_": "the beginning of others", "WARDER_NEW_": "the beginning of others",
}


def test_every_variable_is_explained_and_no_other(manual):
    page = manual / "warder-config.5"
    text = words(shown_by_mandoc(page, 1000))
    used = {literal for literal in tree.literals() if re.fullmatch(r"(?:AWS|WARDER|XDG)_[A-Z0-9_]*", literal)}
    looked_up = r'(?:nonEmpty\(|nvironment\[)"([A-Z][A-Z0-9_]*)"'
    used |= {name for source in tree.swift().values() for name in re.findall(looked_up, source)}
    assert {"HOME", "ZDOTDIR", "TERM"} <= used
    missing = sorted(name for name in used - set(NOT_READ) if not re.search(rf"\b{name}\b", text))
    assert missing == []
    assert set(NOT_READ) <= used
    listed = {name for tag in tags(page, "ENVIRONMENT") for name in re.findall(r"Ev ([A-Z0-9_]+)", tag)}
    assert len(listed) > 40
    assert [name for name in sorted(listed) if not tree.is_variable(name)] == []


def test_every_exit_code_is_explained(manual):
    source = (TOP / "Sources/Failures/ExitCode.swift").read_text()
    codes = {int(code) for code in re.findall(r"case \w+ = (\d+)", source)}
    shown = sections(shown_by_mandoc(manual / "warder.1", 1000))["EXIT STATUS"]
    rows = {int(code): text for code, text in re.findall(r"^ +(\d+) +(\S.*)$", shown, re.MULTILINE)}
    assert set(rows) == codes
    brief = words(help_of(())).split("exit codes: ", 1)[1].split(" keys:", 1)[0]
    for code, text in re.findall(r"(\d+) ([^,]+)", brief):
        assert rows[int(code)].startswith(text), code


def test_the_vault_s_page_is_the_specification(manual):
    text = words(shown_by_mandoc(manual / "warder-vault.5", 1000))
    specification = (TOP / "docs/vault-format.md").read_text()
    assert [figure for figure in re.findall(r"\d[\d,]*\d", specification) if figure not in text] == []
    for literal in re.findall(r"`([^`\n|]+)`", specification):
        assert literal in text, literal
    titles = [title.upper() for title in re.findall(r"^## (.*)$", specification, re.MULTILINE)]
    assert titles and [title for title in titles if f" {title} " not in text] == []


def test_the_same_source_gives_the_same_bytes(manual, tmp_path):
    """In another folder, time zone and language, of a copy of the source."""
    copy = tmp_path / "elsewhere"
    for folder in ("man", "docs", "completions"):
        shutil.copytree(TOP / folder, copy / folder)
    (copy / "CHANGELOG.md").write_text("# Changelog\n\n## 0.2.0, 2026-03-04\n\n## 0.1.0, 2025-12-31\n")
    there = made(tmp_path / "there", copy, SOURCE_DATE_EPOCH="1700000000", TZ="Asia/Tokyo", LANG="de_DE.UTF-8")
    here = made(tmp_path / "here", TOP, SOURCE_DATE_EPOCH="1700000000", TZ="America/Lima", LC_ALL="C")
    assert sorted(path.name for path in here.iterdir()) == sorted(path.name for path in manual.iterdir())
    for page in here.iterdir():
        assert page.read_bytes() == (there / page.name).read_bytes(), page.name
        assert page.read_text().startswith(".Dd November 14, 2023\n")


@pytest.mark.parametrize("changelog, date", [
    ("## 0.3.0, unreleased\n\n## 0.2.0, 2026-03-04\n\n## 0.1.0, 2025-12-31\n", "March 4, 2026"),
    ("## 0.3.0, unreleased\n", "February 3, 2021"),
], ids=["dated", "not-dated"])
def test_a_source_without_a_commit_has_the_date_of_its_changelog(tmp_path, changelog, date, monkeypatch):
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    source = tmp_path / "source"
    for folder in ("man", "docs"):
        shutil.copytree(TOP / folder, source / folder)
    (source / "CHANGELOG.md").write_text(changelog)
    # As `git archive` leaves it: 2021-02-03.
    subprocess.run(["touch", "-d", "2021-02-03T23:59:59Z", source / "CHANGELOG.md"], check=True)
    page = made(tmp_path / "pages", source) / "warder.1"
    assert page.read_text().startswith(f".Dd {date}\n")


@pytest.mark.parametrize("document, change, said", [
    ("docs/stores.md", ("## Settings", "## The settings"),
     "man/warder-config.5.in: @include docs/stores.md#settings: there is no heading #settings\n"),
    ("docs/policy.md", None, "man/warder-config.5.in: @include docs/policy.md: "),
    ("docs/reference.md", ("whether there is a display", "whether there\x07 is a display"),
     "man/warder-config.5.in: @subsection docs/reference.md#of-the-system: a control character in "),
], ids=["heading", "document", "control"])
def test_what_a_page_lacks_is_named(tmp_path, document, change, said):
    """In the line that a contributor has to change."""
    source = tmp_path / "source"
    for folder in ("man", "docs"):
        shutil.copytree(TOP / folder, source / folder)
    (source / "CHANGELOG.md").write_text("## 0.1.0, 2026-01-02\n")
    if change:
        text = (source / document).read_text()
        assert change[0] in text
        (source / document).write_text(text.replace(*change))
    else:
        (source / document).unlink()
    command = [sys.executable, source / "man/generate.py", WARDER, tmp_path / "pages"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 1 and done.stderr.startswith(said) and done.stderr.count("\n") == 1, done
    # Nothing is half written.
    assert not (tmp_path / "pages").exists()


def test_pages_that_are_no_more_go(tmp_path):
    (tmp_path / "warder-gone.1").write_text("old")
    (tmp_path / "thesis.1").write_text("mine")
    made(tmp_path)
    assert not (tmp_path / "warder-gone.1").exists() and (tmp_path / "warder.1").exists()
    assert (tmp_path / "thesis.1").read_text() == "mine"
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


@pytest.mark.needs("mandb")
def test_whatis_and_apropos_find_them(tmp_path):
    command = ["make", "-o", "build", "install-man", f"PREFIX={tmp_path}", f"BINARY={WARDER}"]
    subprocess.run(command, cwd=TOP, check=True, capture_output=True)
    folder = tmp_path / "share/man"
    for page in folder.rglob("*.?"):
        done = subprocess.run(["lexgrog", page], capture_output=True, text=True)
        # One that another page is found by is a link to that page.
        name = page.resolve().stem
        assert done.returncode == 0 and f'"{name} - ' in done.stdout, done
    subprocess.run(["mandb", "--create", "--quiet", folder], check=True, capture_output=True)
    environment = manuals.READER | {"MANPATH": str(folder)}

    def found(*command):
        return subprocess.run(command, env=environment, capture_output=True, text=True).stdout

    assert "prints statements that export a profile's credentials" in found("whatis", "warder-env")
    assert re.findall(r"^warder-vault \((\d)\)", found("whatis", "warder-vault"), re.MULTILINE) == ["1", "5"]
    assert "warder-vault (5)" in found("apropos", "format of warder")
    assert found("man", "-w", "warder", "env").strip() == str(folder / "man1/warder-env.1")
    assert "warder vault slots add" in manuals.bare(found("man", "warder-vault-slots-add"))
