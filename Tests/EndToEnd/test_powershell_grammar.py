"""What PowerShell is given, read by a grammar of its language: whole statements, which set what was meant.

Typographic quotes inside of a literal are no quotes to this grammar, so whether each is one of a pair is seen to here.
"""

import pytest
from grammars import parser_of, walk, whole
from hostile_values import TOKEN, is_controlled, printed_of, taken

QUOTES = "'‘’‚‛"
PARSER = parser_of("tree_sitter_powershell")


def statements(text):
    """The statements of a script, each as a node; a script that is none is refused."""
    root = whole(PARSER, text)
    (found,) = [node for node in root.children if node.type == "statement_list"]
    return [node for node in found.children if node.type != "empty_statement"]


def leaves(node):
    """(type, text) of what has nothing below it but blanks."""
    found = [each for each in walk(node) if each.child_count == 0 or each.type == "string_literal"]
    within = [each for each in found if each.parent.type != "string_literal"]
    return [(each.type, each.text.decode()) for each in within if each.text.strip()]


def decoded(literal):
    """What a literal in single quotes means: in them two quotes of any kind are the second, one is the end."""
    value, letters = "", iter(literal[1:-1])
    for letter in letters:
        if letter in QUOTES:
            letter = next(letters, "")
            assert letter and letter in QUOTES, f"the literal ends within: {literal}"
        value += letter
    assert literal[0] == literal[-1] == "'"
    return value


def assignments(text):
    """Variable → value of a script that does nothing but set and remove variables."""
    values = {}
    for statement in statements(text):
        (kind, first), *rest = leaves(statement)
        assert kind == "variable"
        if rest == [("=", "="), ("variable", "$null")]:
            values[first] = None
        else:
            assert [each[0] for each in rest] == ["=", "string_literal"], rest
            values[first] = decoded(rest[1][1])
    return values


@pytest.fixture(scope="module")
def printed(tmp_path_factory):
    root = tmp_path_factory.mktemp("powershell")
    yield [result for _, *result in printed_of(root, lambda _: "pwsh")]
    assert not (root / "ran").exists()


def test_five_hundred_values_are_what_they_were(printed):
    good = taken("pwsh", printed)
    assert len(printed) == 500 and len(good) > 400
    for value, result, _ in good:
        found = assignments(result.out)
        assert found["$Env:" + TOKEN] == value, result
        assert (found["$Env:AWS_ACCESS_KEY_ID"], found["$Env:AWS_SECRET_ACCESS_KEY"]) == ("ASIAHOSTILE", "s3cret")


def test_without_its_quotes_doubled_each_is_noticed(printed):
    quoted = [(value, result.out) for value, result, _ in taken("pwsh", printed) if "'" in value]
    assert len(quoted) > 50
    for value, text in quoted:
        with pytest.raises((ValueError, AssertionError)):
            assert assignments(text.replace("''", "'"))["$Env:" + TOKEN] == value


def test_what_fails_is_a_statement(printed):
    for value, result, _ in printed:
        if is_controlled(value):
            (statement,) = statements(result.out)
            assert statement.type == "flow_control_statement"
            assert [kind for kind, _ in leaves(statement)] == ["throw", "string_literal"]


def test_taking_away_is_statements(bare):
    found = assignments(bare.good("env", "--shell", "pwsh", "--unset"))
    assert "$Env:" + TOKEN in found and set(found.values()) == {None}


@pytest.mark.parametrize("broken", [
    "$Env:A = 'x;", "$Env:A = 'x'y';", "$Env:A = 'x'';", "$Env:A = 'x'; }", "if ($true) {", "$Env:A = \"$(\";",
    "$Env:A = $null; (;",
])
def test_what_is_broken_is_refused(broken):
    with pytest.raises(ValueError):
        statements(broken)


@pytest.mark.parametrize("other", [
    "$Env:A = \"x\";", "$Env:A = 'x' + 'y';", "$Env:A = 'x'; touch ran;", "$Env:A = 'x’; touch ran #';",
    "$Env:A = $(touch ran);", "$Env:A = $null | touch ran;",
    "$Env:A = $Env:B = 'x';",
])
def test_what_does_more_than_set_is_noticed(other):
    with pytest.raises(AssertionError):
        assignments(other)
