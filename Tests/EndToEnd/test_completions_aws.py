"""`warder_complete_aws`: the same names behind `aws --profile` and `AWS_PROFILE=`, and all else as it was."""

import pytest
from shells import RUN
from tabs import COMPLETIONS, Tabs

# Something that completes aws already, as each shell has it.
BEFORE = {
    "bash": ["__own() { COMPREPLY=(own); }", "complete -F __own aws"],
    "zsh": ["__own() { compadd own }", "compdef __own aws"],
    "fish": ["complete -c aws -f -a own"],
}
LOAD = {"bash": [], "zsh": [f"source {COMPLETIONS}/_warder"], "fish": []}


@pytest.fixture(params=RUN)
def tabs(request, tmp_path):
    shell = request.param
    # What `aws` is given is recorded as warder's arguments are. It is there from the start: zsh looks once.
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/aws").symlink_to("warder")
    tabs = Tabs(shell, tmp_path, lines=[*BEFORE[shell], *LOAD[shell], "warder_complete_aws"])
    tabs.names(["prod:eu $(touch canary)"])
    yield tabs
    assert list(tabs.place.iterdir()) == []
    tabs.close()


NAME = "prod:eu $(touch canary)"


def test_profile(tabs):
    assert tabs.given("aws --profile pr\tx") == ["--profile", NAME, "x"]
    assert tabs.given("aws s3 ls --profile pr\tx") == ["s3", "ls", "--profile", NAME, "x"]
    assert tabs.given("aws --profile=pr\tx") == [f"--profile={NAME}", "x"]


def test_all_else(tabs):
    assert tabs.given("aws ow\tx") == ["own", "x"]


def test_variable(tabs):
    lines = ["set -gx AWS_PROFILE pr\t"] if tabs.shell == "fish" else ["export AWS_PROFILE=pr\t"]
    if tabs.shell == "zsh":
        lines.append("AWS_PROFILE=pr\t")
    gone = "set -e" if tabs.shell == "fish" else "unset"
    for line in lines:
        tabs.given(line + "; warder x")
        assert tabs.given(f'warder "$AWS_PROFILE"; {gone} AWS_PROFILE') == [NAME], line


def test_a_program_that_completes_aws(tmp_path):
    """bash's `complete -C aws_completer`, which the AWS CLI's own documentation says to set."""
    tabs = Tabs("bash", tmp_path, lines=["complete -C own_completer aws", "warder_complete_aws"])
    try:
        (tabs.bin / "own_completer").write_text('#!/bin/sh\necho "$COMP_POINT$2"\n')
        (tabs.bin / "own_completer").chmod(0o755)
        (tabs.bin / "aws").symlink_to("warder")
        assert tabs.given("aws s\tx") == ["5s", "x"]
    finally:
        tabs.close()
