"""The hooks of bash and zsh beside what else changes a shell: direnv, aliases, functions, links, other shells."""

import os
import re
import shutil
import subprocess

import pytest
from hooked import Hooked


@pytest.fixture(params=["bash", "zsh"])
def own(working, request):
    """A shell in a home that the test may change."""
    return Hooked(working, request.param)


@pytest.fixture
def place(own):
    """A trusted folder that asks for prod."""
    folder = own.home.root / "place"
    (folder / "inside").mkdir(parents=True)
    (folder / ".warder").write_text("prod\n")
    own.home.good("trust", folder)
    return folder


def used(terminal):
    return terminal.value("AWS_PROFILE"), terminal.value("WARDER_PROFILE")


# Other tools

@pytest.mark.parametrize("order", ["before", "after"])
@pytest.mark.parametrize("outside", ["unset AWS_PROFILE", "export AWS_PROFILE=mine"])
def test_direnv_in_the_same_folder_leaks_nothing(own, place, order, outside):
    if not shutil.which("direnv"):
        pytest.skip("direnv is not installed")
    (place / ".envrc").write_text("export AWS_PROFILE=direnvs FROM_DIRENV=yes\n")
    subprocess.run(["direnv", "allow", place], env=own.variables(), check=True, capture_output=True)
    load = f'eval "$(direnv hook {own.program})"'
    terminal = own.at_terminal(before=load if order == "before" else ":")
    terminal.run(load if order == "after" else ":")
    terminal.run(outside)
    before = used(terminal)
    for _ in range(2):
        terminal.run(f"cd {place}")
        assert terminal.value("FROM_DIRENV") == "yes" and used(terminal) == ("prod", "prod")
        terminal.run("cd /")
        assert terminal.value("FROM_DIRENV") == "unset" and used(terminal) == before
    terminal.close()


def test_what_somebody_else_has_changed_is_not_given_back(own):
    text = own.script("""
        export AWS_PROFILE=mine AWS_REGION=there
        warder use prod
        export AWS_PROFILE=theirs; unset AWS_DEFAULT_REGION
        warder use alice; warder drop
        printf '%s ' "$AWS_PROFILE" "${AWS_DEFAULT_REGION-unset}"
        warder drop
        printf '%s ' "$AWS_PROFILE" "$AWS_REGION" "${WARDER_PROFILE-unset}"
    """).stdout.decode()
    assert text == "theirs unset theirs there unset "


def test_a_function_s_own_variable_is_refused(own):
    result = own.script("""
        export AWS_PROFILE=mine
        one() { local AWS_PROFILE=inner; "$@"; echo "$? $AWS_PROFILE"; }
        one warder use prod
        echo "$AWS_PROFILE ${WARDER_PROFILE-unset}"
        warder use prod
        one warder drop
        echo "$AWS_PROFILE $WARDER_PROFILE"
        warder drop
        two() { local AWS_REGION; warder use prod; echo $?; }
        two
        echo "$AWS_PROFILE ${AWS_REGION-unset}"
    """)
    assert result.stdout.decode().splitlines() == [
        "1 inner", "mine unset", "1 inner", "prod prod", "1", "mine unset",
    ], result
    assert result.stderr.count(b"is local here") == 3


def test_an_alias_of_the_name(own):
    setup = "shopt -s expand_aliases; " if own.program == "bash" else ""
    result = own.script("unalias warder\neval 'warder use prod; echo $AWS_PROFILE'", before=setup + "alias warder='env warder'")
    assert result.stdout == b"prod\n" and result.stderr == b"", result
    terminal = own.at_terminal(before="alias warder='env warder'")
    text = terminal.run(f". {own.hook}")
    assert "an alias of that name" in text and "unalias" in text
    terminal.run("unalias warder")
    terminal.run("warder use prod")
    assert used(terminal) == ("prod", "prod")
    terminal.close()


def test_a_child_without_the_hook_has_quiet_prompts(working):
    own = Hooked(working, "bash")
    terminal = own.at_terminal(before="export PROMPT_COMMAND='echo own'")
    terminal.run("bash --norc --noprofile -i")
    text = terminal.run("PS1=") + terminal.run(":")
    assert "own" in text and "not found" not in text, text
    terminal.run("exit")
    terminal.run("warder use prod")
    assert terminal.value("WARDER_PROMPT").startswith("prod ")
    terminal.close()


def test_a_failing_command_runs_the_trap_of_an_error_once(working):
    terminal = Hooked(working, "bash").at_terminal()
    terminal.run("trap 'echo trapped' ERR")
    terminal.child.sendline("(exit 7)")
    assert terminal.run('echo "<$?>"').count("trapped\n") == 1
    terminal.child.sendline("(exit 7)")
    assert "<7>" in terminal.run('echo "<$?>"')
    terminal.close()


# Words and pipes

def test_another_shell_s_statements_are_refused(own):
    for option in ("--shell fish", "--shell=sh"):
        result = own.script(f"warder use --keys {option} prod; echo $? ${{WARDER_PROFILE-unset}}")
        assert result.stdout == b"2 unset\n" and b"--shell" in result.stderr, result


def test_a_pipe_is_said_to_be_a_subshell(own):
    terminal = own.at_terminal()
    for line in ("warder use prod | cat", "x=$(warder use prod)"):
        assert "warder: this is a subshell" in terminal.run(line)
    assert "subshell" not in terminal.run("(warder use prod)") + terminal.run("warder use prod")
    terminal.close()


# Other ways of the shells

@pytest.mark.parametrize("program, way", [
    ("zsh", "emulate sh"), ("zsh", "emulate ksh"), ("zsh", "emulate csh"), ("zsh", "emulate -R sh"), ("bash", "set -k"),
    ("bash", "set -o posix"),
])
def test_the_hook_is_loaded_whole(working, program, way):
    """And works, before and after."""
    shell = Hooked(working, program)
    (working.root / "place").mkdir()
    (working.root / "place/.warder").write_text("prod\n")
    working.good("trust", working.root / "place")
    for before, after in ((way, ":"), (":", way)):
        terminal = shell.at_terminal(before=before)
        text = terminal.run(after) + terminal.run("warder use audit")
        assert used(terminal) == ("audit", "audit")
        text += terminal.run("warder drop") + terminal.run("(exit 3)") + terminal.run(f"cd {working.root}/place")
        assert used(terminal) == ("prod", "prod")
        text += terminal.run("rm .warder")
        assert used(terminal) == ("unset", "unset")
        for noise in ("rror", "not found", "numeric", "bad ", "warder: ", "no matches"):
            assert noise not in text, text
        terminal.run("cd")
        (working.root / "place/.warder").write_text("prod\n")
        terminal.close()


# Folders

@pytest.mark.parametrize("line", ["warder trust --list", "warder trust --help", "warder trust ~/other", "warder trust"])
def test_trust_leaves_the_profile_in_use_alone(own, place, line):
    (own.home.root / "other").mkdir()
    (own.home.root / "other/.warder").write_text("alice\n")
    terminal = own.at_terminal()
    terminal.run(f"cd {place}")
    terminal.run("warder use alice")
    terminal.run(line)
    assert used(terminal) == ("alice", "alice")
    terminal.run("warder drop")
    terminal.run("warder drop")
    terminal.run(line)
    assert used(terminal) == ("unset", "unset")
    terminal.close()


def test_distrust_takes_the_folder_s_profile_away(own, place):
    terminal = own.at_terminal()
    terminal.run(f"cd {place}/inside")
    assert used(terminal) == ("prod", "prod")
    terminal.run(f"warder distrust {place}")
    assert used(terminal) == ("unset", "unset")
    terminal.run(f"warder trust {place}")
    assert used(terminal) == ("prod", "prod")
    terminal.run("cd /")
    assert used(terminal) == ("unset", "unset")
    terminal.close()


def test_a_shell_started_inside_leaves_like_any_other(own, place):
    terminal = own.at_terminal()
    terminal.run(f"cd {place}")
    inherited = {
        name: terminal.value(name)
        for name in ("AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_CREDENTIAL_EXPIRATION", "WARDER_PROFILE")
    }
    terminal.close()
    terminal = own.at_terminal(before=f"cd {place}", env=inherited)
    assert used(terminal) == ("prod", "prod")
    terminal.run("cd /")
    assert {terminal.value(name) for name in inherited} == {"unset"}
    terminal.close()
    # Chosen by hand in the shell that started this one, and elsewhere: it stays.
    terminal = own.at_terminal(env=inherited)
    terminal.run(f"cd {place}")
    terminal.run("cd /")
    assert used(terminal) == ("prod", "prod")
    terminal.close()


def test_a_link_counts_as_what_it_leads_to(own, place):
    root = own.home.root
    (root / "apart").symlink_to(place / "inside")
    (place / "outward").symlink_to(root / "elsewhere")
    (root / "elsewhere").mkdir()
    terminal = own.at_terminal()
    for path, profile in [("apart", "prod"), ("elsewhere", "unset"), ("place/outward", "unset"), ("place", "prod")]:
        terminal.run(f"cd {root / path}")
        assert used(terminal)[0] == profile, path
        terminal.run("cd /")
        assert used(terminal) == ("unset", "unset")
    terminal.close()


def test_why_a_folder_s_profile_cannot_be_used_is_said_once(own, place):
    own.home.good("forget")
    own.home.good("lock")
    terminal = own.at_terminal()
    text = "".join(terminal.run(f"cd {path}") for path in [place, "/", place, "/", place / "inside", "/"])
    assert text.count("warder: ") == 1 and text.count("hint: ") == 1, text
    assert used(terminal) == ("unset", "unset")
    terminal.close()


def test_a_path_without_warder_is_said_once(own, place):
    terminal = own.at_terminal()
    terminal.run("PATH=/usr/bin:/bin")
    text = "".join(terminal.run(f"cd {path}") for path in [place, "/", place, "/"])
    assert text.count("warder: it is not in PATH") == 1 and "not found" not in text, text
    terminal.close()


# Renewals

def test_what_a_renewal_leaves_behind_goes_with_the_next(own):
    gone = subprocess.Popen(["true"])
    gone.wait()
    runtime = own.home.runtime
    dead, living = (runtime / f"warder-renewal.{pid}.1" for pid in (gone.pid, os.getpid()))
    for file in (dead, living):
        file.touch()
    narrow = "local -a narrow; " if own.program == "zsh" else "local -a narrow=(); "
    result = own.script(
        f"one() {{ {narrow}local folder={runtime}; __warder_reply=$folder/warder-renewal.$$.2; __warder_renew_behind; }}\n"
        "WARDER_PROFILE=prod; one; cat \"$__warder_reply\"",
    )
    assert re.fullmatch(rb"\d{4}-\d\d-\d\dT[0-9:]+Z\n", result.stdout), result
    assert not dead.exists() and living.exists()
