"""What the hooks of bash and zsh do at the prompt: real shells at a terminal."""

import datetime
import re
import shutil
import subprocess
import time

import pytest
from hooked import Hooked
from shells import QUIET


@pytest.fixture(params=["bash", "zsh"])
def program(request):
    return request.param


@pytest.fixture
def shell(shared, program):
    return Hooked(shared, program)


@pytest.fixture
def own(working, program):
    """A shell in a home that the test may change."""
    return Hooked(working, program)


# What is left of a session of the file's home, which may be older than the test: more than where one is renewed.
WHOLE = r"prod (1h00m|[1-5]\dm)"


def end_in(seconds):
    end = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)
    return end.strftime("%Y-%m-%dT%H:%M:%SZ")


def until(terminal, condition, line=":"):
    """Runs a line and shows prompts until `condition` holds of what was printed at all of them."""
    text, deadline = terminal.run(line), time.monotonic() + 60
    while not condition(text):
        assert time.monotonic() < deadline, text
        text += terminal.run(":")
        time.sleep(0.1)
    return text


# The prompt

def test_the_segment_follows(shell):
    terminal = shell.at_terminal()
    assert terminal.value("WARDER_PROMPT") == ""
    terminal.run("warder use prod")
    assert re.fullmatch(WHOLE, terminal.value("WARDER_PROMPT"))
    for seconds, expected in [(3600 * 11 + 178, "11h02m"), (7258, "2h00m"), (3658, "1h00m"), (3538, "58m"), (958, "15m")]:
        terminal.run(f"AWS_CREDENTIAL_EXPIRATION={end_in(seconds)}")
        assert terminal.value("WARDER_PROMPT") == f"prod {expected}"
    terminal.run("AWS_CREDENTIAL_EXPIRATION=tomorrow")
    assert terminal.value("WARDER_PROMPT") == "prod"
    terminal.run("AWS_PROFILE=other")
    assert terminal.value("WARDER_PROMPT") == ""
    terminal.run("warder drop")
    assert terminal.value("WARDER_PROMPT") == "" and "WARDER_PROMPT" not in terminal.run("env")
    terminal.close()


@pytest.mark.parametrize("moment", [
    "2026-01-01T00:00:00Z", "2027-02-28T23:59:59Z", "2028-02-29T12:34:56Z", "2028-03-01T00:00:00Z", "2099-12-31T08:09:08Z",
    "2100-02-28T09:08:07Z", "2100-03-01T00:00:00Z", "1999-12-31T23:59:60Z", "2000-02-29T00:00:00Z",
])
def test_the_end_is_read_as_it_is_written(shell, moment):
    seconds = datetime.datetime.fromisoformat(moment.replace(":60Z", ":59Z").replace("Z", "+00:00")).timestamp()
    seconds += moment.endswith(":60Z")
    text = f"AWS_CREDENTIAL_EXPIRATION={moment}; __warder_read_end; printf '%s\\n' \"$__warder_end\""
    result = shell.script(text)
    assert result.stdout.decode() == f"{seconds:.0f}\n", result


def test_the_status_of_the_last_command_stays(shell):
    terminal = shell.at_terminal()
    show = {"bash": '"$? ${PIPESTATUS[*]}"', "zsh": '"$? $pipestatus"'}[shell.program]
    for setup in [":", "warder use prod", "cd /; cd -"]:
        terminal.run(setup)
        terminal.child.sendline("(exit 3) | (exit 4)")
        assert "<4 3 4>" in terminal.run(f"printf '<%s>' {show}")
        terminal.child.sendline("echo one two-three")
        assert "<two-three>" in terminal.run('printf "<%s>" "$_"')
    terminal.close()


STRICT = {
    "bash": "set -u -o pipefail; shopt -s failglob nullglob nocasematch; set -o noclobber; IFS=aeiou0123456789",
    "zsh": "setopt shwordsplit ksharrays nounset noglob extendedglob warncreateglobal noclobber; IFS=aeiou0123456789",
}


@pytest.mark.parametrize("errexit", ["", "; set -e"])
def test_prompts_of_a_strict_shell(shell, errexit):
    terminal = shell.at_terminal(before=STRICT[shell.program] + errexit)
    for _ in range(3):
        terminal.run(":")
    terminal.run("warder use prod")
    terminal.run("cd /; cd -")
    text = terminal.run("! true")
    text += terminal.run(f"AWS_CREDENTIAL_EXPIRATION={end_in(500)}")
    text += until(terminal, lambda _: re.match(WHOLE, terminal.value("WARDER_PROMPT")))
    text += terminal.run("warder drop")
    for word in ("warder:", "not found", "unbound", "error", "scope"):
        assert word not in text, text
    assert terminal.value("WARDER_PROFILE") == "unset"
    terminal.close()


def test_a_trace_shows_little_of_a_prompt(shell):
    terminal = shell.at_terminal()
    terminal.run("warder use prod")
    text = terminal.run("set -x")
    text = "".join(terminal.run(":") for _ in range(3))
    assert not re.findall("__warder_look|__warder_show|EXPIRATION", text), text
    terminal.close()


PROMPT_COMMANDS = [
    ("unset PROMPT_COMMAND", 0), ("PROMPT_COMMAND='echo own=$?'", 1), ("PROMPT_COMMAND='echo own=$?; '", 1),
    ("PROMPT_COMMAND='echo own=$?;'", 1), ("PROMPT_COMMAND=('echo own=$?' 'echo second')", 1),
    ("PROMPT_COMMAND=([3]='echo own=$?')", 1), ("PROMPT_COMMAND=$'echo own=$?\\n'", 1), ("PROMPT_COMMAND=", 0),
]


@pytest.mark.parametrize("before, count", PROMPT_COMMANDS)
def test_the_prompt_commands_of_bash_stay(shared, before, count):
    shell = Hooked(shared, "bash")
    terminal = shell.at_terminal(before=before)
    terminal.run(f". {shell.hook}")
    terminal.run("warder use prod")
    terminal.child.sendline("(exit 7)")
    text = terminal.run(":")
    assert text.count("own=7") == count, text
    assert terminal.value("WARDER_PROMPT").startswith("prod ")
    assert terminal.run('printf "%s\\n" "${PROMPT_COMMAND[@]}"').count("__warder_prompt") == 1
    terminal.close()


def test_a_readonly_prompt_command_is_said(shared):
    terminal = Hooked(shared, "bash").at_terminal(before="readonly PROMPT_COMMAND='echo own'")
    text = terminal.run(f". {Hooked(shared, 'bash').hook}")
    assert "warder: PROMPT_COMMAND is readonly" in text and "hint: " in text
    assert "own" in terminal.run("warder use prod")
    assert terminal.value("AWS_PROFILE") == "prod"
    terminal.close()


def test_the_functions_of_zsh_stay(shared):
    shell = Hooked(shared, "zsh")
    terminal = shell.at_terminal(before="one() { echo own=$? }; chpwd() { echo moved }; precmd() { echo plain }; precmd_functions=(one)")
    terminal.run(f". {shell.hook}")
    terminal.run("warder use prod")
    terminal.child.sendline("(exit 7)")
    text = terminal.run("cd /")
    assert "own=7" in text and "moved" in text and "plain" in text
    assert "[__warder_prompt one]" in terminal.run('echo "[$precmd_functions]"')
    terminal.close()


def test_loaded_twice_keeps_what_it_knows(shell):
    terminal = shell.at_terminal(before="export AWS_PROFILE=mine")
    terminal.run("warder use prod")
    terminal.run('eval "$(warder hook ' + shell.program + ')"')
    terminal.run("warder drop")
    assert terminal.value("AWS_PROFILE") == "mine"
    terminal.close()


@pytest.mark.parametrize("order", ["before", "after"])
def test_beside_direnv(own, order):
    if not shutil.which("direnv"):
        pytest.skip("direnv is not installed")
    place = own.home.root / "place"
    place.mkdir()
    (place / ".envrc").write_text("export FROM_DIRENV=yes\n")
    subprocess.run(["direnv", "allow", place], env=own.variables(), check=True, capture_output=True)
    load = f'eval "$(direnv hook {own.program})"'
    terminal = own.at_terminal(before=load if order == "before" else ":")
    terminal.run(load if order == "after" else ":")
    terminal.run("warder use prod")
    terminal.run(f"cd {place}")
    assert terminal.value("FROM_DIRENV") == "yes"
    assert terminal.value("AWS_PROFILE") == "prod" and terminal.value("WARDER_PROMPT").startswith("prod ")
    terminal.run("cd ..; warder drop")
    assert terminal.value("FROM_DIRENV") == "unset" and terminal.value("AWS_PROFILE") == "unset"
    terminal.close()


# What it costs

@pytest.mark.parametrize("use", [":", "warder use prod", "cd trusted"])
def test_a_prompt_starts_no_process(shell, use):
    if not shutil.which("strace"):
        pytest.skip("strace is not installed")
    (shell.home.root / "trusted").mkdir(exist_ok=True)
    (shell.home.root / "trusted/.warder").write_text("prod\n")
    shell.home.good("trust", shell.home.root / "trusted")
    trace = shell.home.root / "trace"
    command = ["strace", "-f", "-qq", "-o", str(trace), "-e", "trace=fork,vfork,clone,clone3,execve"]
    command += [shell.program, *QUIET[shell.program], "-i"]

    def started():
        """The calls; how those before have ended may be told late."""
        return [line for line in trace.read_text().splitlines() if not any(w in line for w in ("resumed>", "+++", "---"))]

    terminal = shell.at_terminal(command=command)
    terminal.run(use)
    terminal.run(":")
    before = started()
    for _ in range(20):
        terminal.run(":")
    assert terminal.value("WARDER_PROMPT").startswith("prod " if use != ":" else "")
    assert started() == before
    terminal.run("/bin/true")
    assert started() != before
    terminal.close()


# Near the end

def test_a_session_near_its_end_is_renewed_in_the_background(shell, sts):
    terminal = shell.at_terminal()
    terminal.run("warder use prod; sleep 600 &")
    last = terminal.value("!")
    text = terminal.run(f"AWS_CREDENTIAL_EXPIRATION={end_in(500)}")
    text += until(terminal, lambda _: re.match(WHOLE, terminal.value("WARDER_PROMPT")))
    assert terminal.value("!") == last
    assert "Done" not in text and "exit" not in text and not re.search(r"\[[0-9]+\] +[+-]? *[0-9]", text), text
    assert list(shell.home.runtime.glob("warder-renewal*")) == []
    assert "warder-renewal" not in terminal.run("jobs") and "warder:" not in text
    # zsh would stay for a job that has not ended yet.
    terminal.run("kill $!; wait $!")
    terminal.close()


@pytest.mark.parametrize("flag", ["--keys", "--read-only"])
def test_new_keys_are_taken_once_they_are_there(own, flag):
    terminal = own.at_terminal()
    terminal.run(f"warder use {flag} prod")
    first = terminal.value("AWS_ACCESS_KEY_ID")
    end = terminal.value("AWS_CREDENTIAL_EXPIRATION")
    assert first.startswith("ASIA")
    # The roles' sessions are gone from the cache; that of the device, which ends last, is there.
    for file in sorted(own.home.sessions(), key=lambda file: file.stat().st_mtime)[:-1]:
        file.unlink()
    terminal.run(f"AWS_CREDENTIAL_EXPIRATION={end_in(500)}")
    until(terminal, lambda _: terminal.value("AWS_ACCESS_KEY_ID") != first)
    assert terminal.value("AWS_CREDENTIAL_EXPIRATION") >= end
    terminal.run("warder drop")
    assert terminal.value("AWS_ACCESS_KEY_ID") == "unset" and terminal.value("WARDER_PROFILE") == "unset"
    terminal.close()


def test_what_cannot_be_renewed_is_said_once_before_the_end_and_once_at_it(own):
    terminal = own.at_terminal()
    terminal.run("warder use prod")
    own.home.good("lock")
    text = until(terminal, lambda text: "hint: " in text, f"AWS_CREDENTIAL_EXPIRATION={end_in(250)}")
    text += "".join(terminal.run(":") for _ in range(5))
    assert text.count("warder: the session of prod ends in ") == 1 and text.count("hint: warder use prod") == 1, text
    text = until(terminal, lambda text: "hint: " in text, f"AWS_CREDENTIAL_EXPIRATION={end_in(-1)}")
    text += "".join(terminal.run(":") for _ in range(5))
    assert text.count("warder: the session of prod has ended") == 1 and text.count("warder:") == 1, text
    assert terminal.value("WARDER_PROMPT") == "prod ended"
    terminal.close()


# Folders

@pytest.fixture
def places(own):
    """Folders with profiles: outer/inner/deep, the first two trusted; apart, trusted; stranger, not trusted."""
    outer = own.home.root / "outer"
    (outer / "inner/deep").mkdir(parents=True)
    (own.home.root / "apart").mkdir()
    (own.home.root / "stranger").mkdir()
    for path, profile in [("outer", "prod"), ("outer/inner", "audit"), ("apart", "audit"), ("stranger", "audit")]:
        (own.home.root / path / ".warder").write_text(profile + "\n")
        if path != "stranger":
            own.home.good("trust", own.home.root / path)
    own.home.good("refresh", "audit", passphrase=True)
    return own.home.root


def visit(terminal, places, path):
    terminal.run(f"cd {places / path}")
    return terminal.value("AWS_PROFILE")


def test_folders_are_entered_and_left(own, places):
    terminal = own.at_terminal(before="export AWS_PROFILE=mine")
    way = [
        ("outer", "prod"), ("outer/inner", "audit"), ("outer/inner/deep", "audit"), ("outer", "prod"), (".", "mine"),
        ("outer/inner/deep", "audit"), ("apart", "audit"), ("outer/inner", "audit"), ("outer", "prod"), ("apart", "audit"),
        ("/", "mine"), ("stranger", "mine"), ("outer", "prod"), ("/", "mine"),
    ]
    for path, profile in way:
        assert visit(terminal, places, path) == profile, path
    assert terminal.value("WARDER_PROFILE") == "unset"
    terminal.close()


def test_what_is_chosen_inside_stays_until_one_leaves(own, places):
    terminal = own.at_terminal()
    assert visit(terminal, places, "outer") == "prod"
    terminal.run("warder use alice")
    for path in ("outer/inner", "outer/inner/deep", "outer"):
        assert visit(terminal, places, path) == "alice"
    assert visit(terminal, places, ".") == "unset"
    terminal.run("warder use alice")
    assert visit(terminal, places, "outer") == "prod"
    terminal.run("warder drop")
    assert terminal.value("AWS_PROFILE") == "alice"
    assert visit(terminal, places, "outer/inner") == "audit"
    assert visit(terminal, places, ".") == "alice"
    terminal.close()


def test_a_folder_that_is_not_trusted_is_said_once_and_obeyed_once_it_is(own, places):
    terminal = own.at_terminal()
    text = terminal.run(f"cd {places / 'stranger'}") + "".join(terminal.run(":") for _ in range(3))
    assert text.count("warder: ") == 1 and "not trusted" in text, text
    assert terminal.value("AWS_PROFILE") == "unset"
    terminal.run("warder use prod")
    assert visit(terminal, places, ".") == "prod"
    terminal.run("warder drop")
    visit(terminal, places, "stranger")
    terminal.run("warder trust")
    assert terminal.value("AWS_PROFILE") == "audit"
    assert visit(terminal, places, ".") == "unset"
    terminal.close()


def is_said(text):
    """That a .warder has changed, in a line and a hint."""
    return text.count("warder: ") == text.count("has changed since it was trusted") == text.count("hint: ") == 1


def is_quiet(text):
    """zsh shows the lines that it is given."""
    return "warder: " not in text and "hint: " not in text


@pytest.mark.parametrize("where", ["outer", "outer/below"])
def test_a_change_is_seen_at_the_next_prompt(own, places, where):
    (places / "outer/below").mkdir()
    file = places / "outer/.warder"
    terminal = own.at_terminal(before="export AWS_PROFILE=mine")
    assert visit(terminal, places, where) == "prod"
    for text in ("audit\n", "prod\n#\n"):
        said = terminal.run(f"printf '{text}' >{file}") + terminal.run(":") + terminal.run("cd .")
        assert is_said(said), said
        assert (terminal.value("AWS_PROFILE"), terminal.value("WARDER_PROFILE")) == ("mine", "unset")
        assert is_quiet(terminal.run(f"echo prod >{file}")) and terminal.value("AWS_PROFILE") == "prod"
    # To and fro within one line is none.
    assert is_quiet(terminal.run(f"echo audit >{file}; echo prod >{file}")) and terminal.value("AWS_PROFILE") == "prod"
    assert is_said(terminal.run(f"echo audit >{file}"))
    terminal.run("warder trust")
    assert terminal.value("AWS_PROFILE") == "audit"
    assert is_quiet(terminal.run(f"rm {file}")) and terminal.value("AWS_PROFILE") == "mine"
    terminal.close()


def test_a_change_is_seen_with_the_next_folder(own, places):
    """Made by somebody else, while the shell waits at its prompt."""
    terminal = own.at_terminal()
    assert visit(terminal, places, "outer") == "prod"
    assert visit(terminal, places, "outer/inner/deep") == "audit"
    (places / "outer/inner/.warder").write_text("prod\n")
    assert is_said(terminal.run("cd ..")) and terminal.value("AWS_PROFILE") == "prod"
    (places / "outer/.warder").write_text("audit\n")
    assert is_said(terminal.run("cd ..")) and terminal.value("AWS_PROFILE") == "unset"
    terminal.close()


def test_a_change_leaves_what_was_chosen_inside(own, places):
    file = places / "outer/.warder"
    terminal = own.at_terminal()
    visit(terminal, places, "outer")
    terminal.run("warder use alice")
    assert is_quiet(terminal.run(f"echo audit >{file}")) and terminal.value("AWS_PROFILE") == "alice"
    assert is_said(terminal.run("warder drop")) and terminal.value("AWS_PROFILE") == "unset"
    terminal.close()


@pytest.mark.parametrize("kind", ["pipe", "folder", "huge", "empty", "dangling"])
def test_what_cannot_be_read_keeps_no_prompt_waiting(own, places, kind):
    file = places / "outer/.warder"
    make = {
        "pipe": f"rm {file}; mkfifo {file}", "folder": f"rm {file}; mkdir {file}", "huge": f"truncate -s 1T {file}",
        "empty": f": >{file}", "dangling": f"rm {file}; ln -s nowhere {file}",
    }
    terminal = own.at_terminal()
    assert visit(terminal, places, "outer/inner") == "audit"
    terminal.run(make[kind])
    assert visit(terminal, places, "outer") == "unset"
    assert is_quiet("".join(terminal.run(":") for _ in range(3)))
    terminal.close()


def test_changing_folders_asks_nobody(own, places):
    """Where a code is needed it is said, and the user's own use is undone like the folder's."""
    own.home.good("forget")
    terminal = own.at_terminal()
    text = terminal.run(f"cd {places / 'outer'}")
    assert "warder: " in text and "hint: " in text and terminal.value("AWS_PROFILE") == "unset", text
    own.home.good("refresh", "prod", "--mfa-code", "654321", passphrase=True)
    terminal.run("warder use prod")
    assert visit(terminal, places, "outer/inner/deep") == "prod"
    assert visit(terminal, places, ".") == "unset"
    terminal.close()
