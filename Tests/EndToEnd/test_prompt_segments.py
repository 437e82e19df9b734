"""The prompts that docs/shells.md shows, each in the program that it is for."""

import pathlib
import re
import subprocess
import tomllib

import pytest
from home import TESTS
from panes import Tmux, until

THEME = pathlib.Path("/usr/share/powerlevel9k/powerlevel9k.zsh-theme")
LEFT = r"(?:1h00m|5\dm)"
# The theme's own line comes first, so that what is typed stands behind a prompt as the other panes have it.
NINE = """
POWERLEVEL9K_MODE=compatible POWERLEVEL9K_PROMPT_ON_NEWLINE=true
POWERLEVEL9K_MULTILINE_LAST_PROMPT_PREFIX='ready> '
POWERLEVEL9K_LEFT_PROMPT_ELEMENTS=(dir) POWERLEVEL9K_RIGHT_PROMPT_ELEMENTS=(status warder)
"""


def shown(mark):
    """The lines of docs/shells.md that hold a text, in the block that they stand in."""
    blocks = re.findall(r"(?ms)^```\w+\n(.*?)^```$", (TESTS.parent / "docs/shells.md").read_text())
    (block,) = [block for block in blocks if mark in block]
    return block


@pytest.fixture
def percent(working):
    """A home with a profile whose name is hard on zsh's prompts."""
    working.add_profile("50%n", "warder_role_arn = arn:aws:iam::222222222222:role/Half", "warder_source_profile = alice")
    return working


@pytest.fixture
def shell(percent):
    """Starts a shell in a pane, with more lines in its start-up file."""
    servers = []

    def start(program, file, text):
        server = Tmux(percent, program)
        servers.append(server)
        with (percent.root / file).open("a") as start_up:
            start_up.write(text)
        return server.start()

    yield start
    for server in servers:
        server.kill()



@pytest.mark.parametrize("program, number, file", [("bash", 0, ".bashrc"), ("zsh", 1, ".zshrc")])
def test_the_lines_for_prompts(shell, program, number, file):
    line = shown("PS1=").splitlines()[number]
    assert line.endswith(f"# {program}")
    # The prompt that the other panes have tells when there is one.
    line = line.partition("  #")[0].replace("\\w", "ready> ").replace("%~", "ready> ")
    pane = shell(program, file, line + "\n")
    for name in ("prod", "50%n"):
        pane.run(f"warder use {name}")
        assert re.match(rf"\({re.escape(name)} {LEFT}\) ready> ", pane.recent()), pane.text()
    pane.run("warder drop; warder drop")
    assert pane.recent().startswith("ready> "), pane.text()


def test_the_segment_of_powerlevel9k(shell):
    if not THEME.exists():
        pytest.skip(f"there is no {THEME}: zsh-theme-powerlevel9k is not installed")
    pane = shell("zsh", ".zshrc", NINE + shown("_prompt_segment") + f"\n. {THEME}\n")
    pane.run(":")
    assert "prod" not in pane.text()
    for name in ("prod", "50%n"):
        # The segment stands in the line above the one that is typed in, and is drawn after it.
        pane.run(f"warder use {name}")
        segment = rf"(?m) {re.escape(name)} {LEFT} *\n.*\Z"
        until(lambda: re.search(segment, pane.text().rstrip("\n")), said=pane.text)
    text = pane.run("warder drop; warder drop")
    assert "prod" not in text and "50%" not in text, text


@pytest.mark.needs("zsh")
def test_the_segment_of_powerlevel10k_can_be_read(tmp_path):
    """There is no such theme in Debian 12: this is all that can be said."""
    file = tmp_path / "p10k"
    file.write_text(shown("p10k segment"))
    assert subprocess.run(["zsh", "-n", file], capture_output=True).stderr == b""


@pytest.mark.parametrize("way", ["", "--keys "])
def test_what_starship_is_said_to_read(shell, way):
    """starship is not in Debian 12: its settings can be read, and the variables that they speak of are exported."""
    settings = tomllib.loads(shown("[aws]"))
    assert settings["aws"] == {"force_display": True}
    (name,) = settings["env_var"]
    pane = shell("bash", ".bashrc", "")
    pane.run(f"warder use {way}prod")
    found = pane.variables()
    assert found[name] == "prod"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", found["AWS_CREDENTIAL_EXPIRATION"])
    assert found.get("AWS_PROFILE") == (None if way else "prod") and "AWS_REGION" in found
