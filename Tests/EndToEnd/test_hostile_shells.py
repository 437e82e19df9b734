"""Five hundred hostile session tokens through the real binary, each in one syntax, and that syntax's own reader.

A token is whatever an STS, a metadata service or another program answers; every other text is checked where it is read.
"""

import json
import os
import re
import shutil
import subprocess

import pytest
from hostile_values import TOKEN, is_controlled, printed_of, taken
from shells import FAILING, FORMATS, QUIET, SHELLS

SYNTAXES = SHELLS + FORMATS
READERS = {"bash": "bash", "zsh": "zsh", "sh": "dash", "fish": "fish"}


@pytest.fixture(scope="module")
def printed(tmp_path_factory):
    """Syntax → (token, what warder did with it), for every token; the home is one for all."""
    results = {syntax: [] for syntax in SYNTAXES}
    root = tmp_path_factory.mktemp("hostile")
    for syntax, *result in printed_of(root, lambda number: SYNTAXES[number % len(SYNTAXES)]):
        results[syntax].append(result)
    yield results
    assert not (root / "ran").exists()


def test_there_are_five_hundred(printed):
    assert sum(len(results) for results in printed.values()) == 500


@pytest.mark.parametrize("syntax", READERS)
def test_shells(printed, syntax, tmp_path):
    program = READERS[syntax]
    if not shutil.which(program):
        pytest.skip(f"{program} is not installed")
    good = taken(syntax, printed[syntax])
    for number, (_, result, _) in enumerate(good):
        (tmp_path / f"case-{number:03}").write_text(result.out)
    for form in ["eval $(cat $file)", 'eval "$(cat $file)"']:
        if program == "fish":
            form = "eval (cat $file)" if '"' in form else "cat $file | source"
            text = f"for file in case-*; {form}; printf '%s\\0' ${TOKEN}; end"
        else:
            text = f"for file in case-*; do {form}; printf '%s\\0' \"${TOKEN}\"; done"
        read = subprocess.run([program, *QUIET[program], "-c", text], cwd=tmp_path, capture_output=True, timeout=120,
                              env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "HOME": str(tmp_path)})
        assert read.stdout.decode().split("\0")[:-1] == [value for value, _, _ in good], read.stderr
    left = {path.name for path in tmp_path.iterdir() if not path.name.startswith((".", "case-"))}
    assert left <= {"fish"}


def test_a_control_character_leaves_a_statement_that_fails(printed):
    for syntax in SHELLS:
        refused = [result for value, result, _ in printed[syntax] if is_controlled(value)]
        assert refused
        assert {result.out for result in refused} == {FAILING[syntax]}


@pytest.mark.parametrize("syntax", ["json", "nu"])
def test_json(printed, syntax):
    for value, result, _ in taken(syntax, printed[syntax]):
        assert json.loads(result.out)[TOKEN] == value


def test_powershell(printed):
    """By its documented rule: inside single quotes, of which there are five kinds, only a pair of quotes is special."""
    for value, result, _ in taken("pwsh", printed["pwsh"]):
        for line in result.out.removesuffix("\n").split("\n"):
            assert re.fullmatch(r"\$Env:\w+ = '([^'‘’‚‛]|''|‘‘|’’|‚‚|‛‛)*';|\$Env:\w+ = \$null;", line)
        (line,) = [line for line in result.out.split("\n") if line.startswith(f"$Env:{TOKEN}")]
        assert re.sub(r"(['‘’‚‛])\1", r"\1", line.split(" = ", 1)[1][1:-2]) == value


def test_github(printed):
    """The variables go into the file, the masks to the log; a line of either is one value."""
    for value, result, file in taken("github", printed["github"]):
        lines = file.read_text().removesuffix("\n").split("\n")
        assert f"{TOKEN}={value}" in lines
        assert all(re.match(r"(AWS|WARDER)_[A-Z_]+=", line) for line in lines)
        masks = result.out.removesuffix("\n").split("\n")
        assert masks == ["::add-mask::ASIAHOSTILE", "::add-mask::s3cret", "::add-mask::" + value.replace("%", "%25")]
    for value, _, file in printed["github"]:
        if is_controlled(value):
            assert file.read_text() == ""


def test_dotenv(printed):
    """python-dotenv's grammar, and a shell that reads the file as its own."""
    dotenv = pytest.importorskip("dotenv")
    for value, result, file in taken("dotenv", printed["dotenv"]):
        file.write_text(result.out)
        assert dotenv.dotenv_values(file)[TOKEN] == value
        read = subprocess.run(["bash", "-c", f'. "$1"; printf %s "${TOKEN}"', "bash", file], capture_output=True)
        assert read.stdout.decode() == value
        # `docker --env-file` knows no quotes: what stands behind the first = is the value.
        if re.fullmatch(r"[\w@%+=:,./-]*", value, re.ASCII):
            assert f"{TOKEN}={value}" in result.out.split("\n")


def test_systemd(printed, tmp_path):
    """systemd's own parser, as its generator for environment.d has it, which expands variables on top of that."""
    generator = "/usr/lib/systemd/user-environment-generators/30-systemd-environment-d-generator"
    good = taken("systemd", printed["systemd"])
    for value, result, _ in good:
        (line,) = [line for line in result.out.split("\n") if line.startswith(TOKEN)]
        quoted = re.sub(r'(["\\$`])', r"\\\1", value)
        assert line == f'{TOKEN}="{quoted}"'
    if not os.access(generator, os.X_OK):
        pytest.skip("systemd is not installed")
    folder = tmp_path / "environment.d"
    folder.mkdir()
    lines = []
    for number, (_, result, _) in enumerate(good):
        (line,) = [line for line in result.out.split("\n") if line.startswith(TOKEN)]
        lines.append(line.replace(TOKEN, f"V{number}", 1).replace("\\$", "\\$\\$"))
    (folder / "cases.conf").write_text("\n".join(lines) + "\n")
    read = subprocess.run([generator], env={"HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)},
                          capture_output=True, check=True).stdout.decode()
    seen = dict(line.split("=", 1) for line in read.split("\n") if re.match(r"V\d+=", line))
    for number, (value, _, _) in enumerate(good):
        quoted = re.fullmatch(r'"(.*)"', seen[f"V{number}"])
        assert (re.sub(r"\\(.)", r"\1", quoted[1]) if quoted else seen[f"V{number}"]) == value
