"""What nushell is given, read by a grammar of its language: the hook, the completions, the manual's lines, what env prints.

A grammar says that a text can be read, not what it does; a few things that can be read and are refused are looked for here.
"""

import json
import re

import pytest
from grammars import parser_of, walk, whole
from home import TESTS

PARSER = parser_of("tree_sitter_nu", "WARDER_NU_GRAMMAR")
TOP = TESTS.parent
FILES = ("shell/warder.nu", "completions/warder.nu")
MANUAL = re.findall(r"(?ms)^```nu\n(.*?)^```$", (TOP / "docs/shells.md").read_text())


def names(text, *kinds):
    """What a module defines, by the kind of definition, without quotes; with `export ` in front where it is for others."""
    found = [node for node in whole(PARSER, text).children if node.type in kinds]
    fields = [each.child_by_field_name("unquoted_name") or each.child_by_field_name("quoted_name") for each in found]
    visible = [each.children[0].text == b"export" for each in found]
    return ["export " * shown + field.text.decode().strip('"') for field, shown in zip(fields, visible, strict=True)]


@pytest.mark.parametrize("name", FILES)
def test_the_files_can_be_read(name):
    text = (TOP / name).read_text()
    assert whole(PARSER, text).type == "nu_script"


def test_what_the_manual_shows_can_be_read():
    assert MANUAL
    for block in MANUAL:
        whole(PARSER, block)


@pytest.mark.parametrize("options", [["--unset"], ["prod", "--mfa-code", "123456"]])
def test_what_env_prints_can_be_read(working, options):
    printed = working.good("env", "--shell", "nu", *options, passphrase=len(options) > 1)
    (line,) = whole(PARSER, printed.strip()).children
    kinds = {node.type for node in walk(line)}
    assert "val_record" in kinds and not kinds & {"command", "expr_parenthesized", "val_variable", "val_interpolated"}
    assert "WARDER_PROFILE" in json.loads(printed)


@pytest.mark.parametrize("name", FILES)
def test_no_export_is_called_like_its_module(name):
    """nushell refuses that, and the module is called like its file (book/modules/creating_modules.md)."""
    exported = [each for each in names((TOP / name).read_text(), "decl_def", "decl_extern") if each.startswith("export ")]
    assert exported and "export warder" not in exported
    assert ("export main" in exported) == name.startswith("completions")


def test_what_the_hook_keeps_to_itself_has_a_prefix():
    """A file in vendor/autoload is sourced: what it defines, everybody has."""
    defined = names((TOP / FILES[0]).read_text(), "decl_def")
    assert {each for each in defined if not each.startswith("__warder_")} == {"export warder use", "export warder drop"}


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("old, new", [
    ("] {", "]"), ("string@", "strng@"), ("}\n", "\n"), ("[\n", "\n"), (" [] {", " [ {"),
])
def test_what_is_broken_is_refused(name, old, new):
    text = (TOP / name).read_text()
    places = [found.start() for found in re.finditer(re.escape(old), text)]
    assert places
    for place in {places[0], places[-1]}:
        with pytest.raises(ValueError):
            whole(PARSER, text[:place] + new + text[place + len(old):])
