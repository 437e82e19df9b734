"""`warder env` in each real shell, and `warder exec`."""

import json
import os
import pathlib
import shutil
import signal
import subprocess

import pytest
from home import PASSPHRASE, ROLE, WARDER, exit_code
from serving import in_front, wait_for
from shells import FAILING, FORMATS, HOOKED, QUIET, RUNNABLE, SHELLS

SHOWN = [
    "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_CREDENTIAL_EXPIRATION", "AWS_REGION",
    "AWS_DEFAULT_REGION", "WARDER_PROFILE", "AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SECURITY_TOKEN",
]
BEFORE = {"AWS_PROFILE": "other", "AWS_DEFAULT_PROFILE": "other", "AWS_SECURITY_TOKEN": "old"}
POSIX = ["bash", "dash", "sh", "zsh"]


def shell(home, program, text, env=None):
    """What a shell prints, with the variables of interest as JSON behind it where `show` stands."""
    if not shutil.which(program):
        pytest.skip(f"{program} is not installed")
    show = home.root / "show"
    if not show.exists():
        show.write_text("#!/usr/bin/python3\nimport json, os\n"
                        f"print(json.dumps({{n: os.environ[n] for n in {SHOWN} if n in os.environ}}))\n")
        show.chmod(0o755)
    text = text.replace("warder", str(WARDER)).replace("show", str(show))
    return subprocess.run(
        [program, *QUIET[program], "-c", text], env=home.variables(False, {**BEFORE, **(env or {})}), cwd=home.root,
        capture_output=True, text=True, timeout=60, start_new_session=True,
    )


def expected(home):
    answer = json.loads(home.good("process", "prod"))
    return {
        "AWS_ACCESS_KEY_ID": answer["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": answer["SecretAccessKey"],
        "AWS_SESSION_TOKEN": answer["SessionToken"],
        "AWS_CREDENTIAL_EXPIRATION": answer["Expiration"],
        "AWS_REGION": "eu-west-1",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "WARDER_PROFILE": "prod",
    }


@pytest.mark.parametrize("text", ["eval $(warder env prod)", 'eval "$(warder env prod)"'], ids=["bare", "quoted"])
@pytest.mark.parametrize("program", POSIX)
def test_eval(working, program, text):
    result = shell(working, program, text + "; show")
    assert json.loads(result.stdout) == expected(working), result


def test_the_region_of_the_profile_wins_and_one_without_leaves_what_is_there(working):
    """Whoever changes the profile wants its region; AWS_REGION may be left from the profile before."""
    result = shell(working, "bash", "eval $(warder env prod); show", env={"AWS_REGION": "eu-north-1"})
    assert json.loads(result.stdout)["AWS_REGION"] == "eu-west-1", result
    with working.config_file.open("a") as file:
        file.write("\n[profile rootless]\nwarder_key = alice\nmfa_serial = arn:aws:iam::111111111111:mfa/alice\n")
        file.write(f"[profile nowhere]\nwarder_role_arn = {ROLE}\nwarder_source_profile = rootless\n")
    command = "eval $(warder env nowhere --mfa-code 123456); show"
    result = shell(working, "bash", command, env={"AWS_REGION": "eu-north-1", "WARDER_PASSPHRASE": PASSPHRASE})
    assert json.loads(result.stdout)["AWS_REGION"] == "eu-north-1", result


def test_the_region_of_the_profile_before_does_not_stay(working):
    working.add_profile("far", f"role_arn = {ROLE}", "source_profile = alice", "region = ap-southeast-2")
    result = shell(working, "bash", "eval $(warder env prod); eval $(warder env far); show")
    assert json.loads(result.stdout)["AWS_REGION"] == "ap-southeast-2", result


@pytest.mark.parametrize("text", ["warder env --shell fish prod | source", "eval (warder env prod)"])
def test_fish(working, text):
    result = shell(working, "fish", text + "; show")
    assert json.loads(result.stdout) == expected(working), result


@pytest.mark.parametrize("program, text", [
    *((program, form) for program in POSIX for form in ("eval $(warder env {})", 'eval "$(warder env {})"')),
    ("fish", "warder env --shell fish {} | source"), ("fish", "eval (warder env {})"),
])
@pytest.mark.parametrize("arguments", ["prod", "--unset"])
@pytest.mark.parametrize("env", [{}, dict.fromkeys(SHOWN, "old")], ids=["unset", "set"])
def test_what_goes_well_has_the_status_of_that(working, program, text, arguments, env):
    """Whether what is to go is there or not, and whatever was before it."""
    strict = "" if program == "fish" else "set -eu; "
    result = shell(working, program, strict + text.format(arguments) + " && echo went well; show", env)
    assert result.stdout.startswith("went well\n"), result
    found, given = json.loads(result.stdout.split("\n", 1)[1]), expected(working)
    assert not found.keys() & given.keys() if arguments == "--unset" else found == given, result


@pytest.mark.parametrize("text", ["warder env --shell fish {} | source", "eval (warder env {})"])
@pytest.mark.parametrize("arguments", ["nobody", "--unset prod"])
def test_a_failure_fails_in_fish(working, text, arguments):
    result = shell(working, "fish", text.format(arguments) + "; and show; or echo $status")
    assert result.stdout == "1\n" and "warder: " in result.stderr, result


@pytest.mark.parametrize("text", ["eval $(warder env {})", 'eval "$(warder env {})"'], ids=["bare", "quoted"])
@pytest.mark.parametrize("program", POSIX)
@pytest.mark.parametrize("profile", ["nobody", "prod --bogus", ""])
def test_a_failure_fails_the_eval(working, program, text, profile):
    result = shell(working, program, text.format(profile) + " && show; echo $?")
    assert result.stdout == "1\n", result
    assert "warder: " in result.stderr and "hint: " in result.stderr


def test_a_failure_prints_one_failing_statement(working):
    result = working.run("env", "nobody")
    assert result.code == 7
    assert result.out == "false;\n"
    result.explained("nobody")


@pytest.mark.parametrize("format", ["dotenv", "json"])
def test_a_failure_in_a_format_for_programs_prints_nothing(working, format):
    working.run("env", "nobody", "--format", format).failed(7)


@pytest.mark.parametrize("program", [*POSIX, "fish"])
def test_unset(working, program):
    use, drop = ("eval (warder env prod)", "eval (warder env --unset)")
    if program != "fish":
        use, drop = ("eval $(warder env prod)", "eval $(warder env --unset)")
    result = shell(working, program, f"{use}; {drop}; show")
    assert json.loads(result.stdout) == {}, result


def test_every_statement_ends_its_line(working):
    lines = working.good("env", "prod", "--shell", "bash").splitlines()
    assert len(lines) >= 10
    for line in lines:
        assert line.endswith(";") and line.split(" ")[0] in ("export", "unset")


def test_json(working):
    assert json.loads(working.good("env", "prod", "--format", "json")) == expected(working)


def test_dotenv(working):
    lines = working.good("env", "prod", "--format", "dotenv").splitlines()
    assert dict(line.split("=", 1) for line in lines) == expected(working)


def test_dotenv_is_what_docker_reads_too(working):
    """Values of AWS need no quotes, and `docker --env-file` knows none."""
    for line in working.good("env", "prod", "--format", "dotenv").splitlines():
        assert not set(line) & set("'\"\\ ")


def test_systemd(working):
    lines = working.good("env", "prod", "--format", "systemd").splitlines()
    assert {name: value.strip('"') for name, value in (line.split("=", 1) for line in lines)} == expected(working)


def test_github_gets_masks_in_the_log_and_variables_in_the_file(working):
    file = working.root / "github"
    file.write_text("BEFORE=1\n")
    wanted = expected(working)
    out = working.good("env", "prod", "--format", "github", env={"GITHUB_ENV": str(file)})
    secrets = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"]
    assert out.splitlines() == [f"::add-mask::{wanted[name]}" for name in secrets]
    lines = file.read_text().splitlines()
    assert dict(line.split("=", 1) for line in lines) == {"BEFORE": "1", **wanted}


def test_github_outside_of_a_step(working):
    working.run("env", "prod", "--format", "github").failed(2, "GITHUB_ENV")
    working.run("env", "prod", "--format", "github", env={"GITHUB_ENV": ""}).failed(2, "GITHUB_ENV")


@pytest.mark.parametrize("kind", ["link", "pipe", "folder", "absent"])
def test_github_writes_into_a_plain_file_alone(working, kind):
    path, other = working.root / "github", working.root / "other"
    other.write_text("")
    {
        "link": lambda: path.symlink_to(other), "pipe": lambda: os.mkfifo(path), "folder": path.mkdir,
        "absent": lambda: None,
    }[kind]()
    result = working.run("env", "prod", "--format", "github", env={"GITHUB_ENV": str(path)})
    assert result.code != 0 and result.out == ""
    result.explained("GITHUB_ENV")
    assert "XDG" not in result.err
    assert other.read_text() == ""


@pytest.mark.parametrize("before", ["", "BEFORE=1", "BEFORE=1\n", "\n"])
def test_github_begins_a_line_of_its_own(working, before):
    file = working.root / "github"
    file.write_text(before)
    working.good("env", "prod", "--format", "github", env={"GITHUB_ENV": str(file)})
    lines = [line for line in before.splitlines() if line] + [f"{k}={v}" for k, v in expected(working).items()]
    assert sorted(line for line in file.read_text().splitlines() if line) == sorted(lines)
    assert file.read_text().startswith(before) and not file.read_text().startswith(before + "\n\n")


def test_nushell_s_object_holds_what_is_set_and_null_for_what_is_to_go(working):
    variables = json.loads(working.good("env", "prod", "--shell", "nu"))
    assert {name: value for name, value in variables.items() if value is not None} == expected(working)
    assert {"AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SECURITY_TOKEN"} <= variables.keys() - expected(working).keys()
    gone = json.loads(working.good("env", "--unset", "--shell", "nu"))
    assert gone.keys() == expected(working).keys() and set(gone.values()) == {None}


def test_powershell(working):
    lines = working.good("env", "prod", "--shell", "pwsh").splitlines()
    assert [f"$Env:{name} = '{value}';" for name, value in expected(working).items()] == lines[-len(expected(working)):]
    assert "$Env:AWS_PROFILE = $null;" in lines
    for line in working.good("env", "--unset", "--shell", "pwsh").splitlines():
        assert line.startswith("$Env:") and line.endswith(" = $null;")


@pytest.mark.parametrize("arguments", [["nobody"], ["prod", "--bogus"], []], ids=["nobody", "bogus", "none"])
@pytest.mark.parametrize("shell, text", FAILING.items(), ids=FAILING)
def test_what_a_failure_prints_is_in_the_shell_s_own_syntax(working, shell, text, arguments):
    result = working.run("env", "--shell", shell, *arguments)
    assert result.code in (2, 7)
    assert result.out == text


@pytest.mark.parametrize("format", FORMATS)
def test_unset_is_for_shells(working, format):
    working.run("env", "--unset", "--format", format).failed(2, "--unset")


def test_unset_takes_no_profile(working):
    result = working.run("env", "--unset", "prod")
    assert (result.code, result.out) == (2, "false;\n")
    result.explained("--unset takes no profile")


@pytest.mark.parametrize("program, statement", [
    ("bash", "unset AWS"), ("dash", "unset AWS"), ("zsh", "unset AWS"), ("fish", "set -e AWS"),
])
def test_the_shell_is_the_one_that_asks_and_not_the_login_shell(working, program, statement):
    """A script goes by the name of its file, which may end in the name of another shell."""
    if not shutil.which(program):
        pytest.skip(f"{program} is not installed")
    script = working.root / "nu"
    script.write_text(f"#!{shutil.which(program)}\n{WARDER} env --unset\ntrue\n")
    script.chmod(0o755)
    env = working.variables(env={"SHELL": "/usr/bin/pwsh"})
    result = subprocess.run([script], env=env, capture_output=True, text=True, timeout=60)
    assert result.stdout.startswith(statement), result


def test_a_parent_that_is_no_shell_gets_the_posix_one(working):
    assert working.good("env", "--unset").startswith("unset AWS_ACCESS_KEY_ID;\n")


def test_these_are_all_shells_and_formats():
    dump = subprocess.run([WARDER, "grammar"], check=True, capture_output=True, text=True).stdout
    values = {
        (command["name"], parameter["name"]): parameter["value"]
        for command in json.loads(dump)["commands"] for parameter in command["parameters"]
    }
    assert values["env", "shell"] == values["use", "shell"] == SHELLS
    assert values["env", "format"] == FORMATS and values["hook", "shell"] == HOOKED


# hook


@pytest.mark.parametrize("shell", HOOKED)
def test_hook_prints_the_file_of_the_shell_s_folder(bare, shell):
    file = pathlib.Path(__file__).resolve().parents[2] / "shell" / f"warder.{shell}"
    assert bare.good("hook", shell) == file.read_text()


@pytest.mark.parametrize("program", RUNNABLE)
def test_hook_is_that_of_the_shell_that_asks(bare, program):
    if not shutil.which(program):
        pytest.skip(f"{program} is not installed")
    text = subprocess.run(
        [program, "-c", f"{WARDER} hook; true"], env=bare.variables(), capture_output=True, text=True, timeout=60)
    assert text.stdout == bare.good("hook", program)


def test_hook_for_what_is_no_shell(bare):
    bare.run("hook").failed(2, "no shell", "warder hook bash")


def test_hook_of_another_shell(bare):
    bare.run("hook", "csh").failed(2, "csh")


# exec


def child(home, *arguments, **options):
    """The environment that exec gives a command."""
    text = home.good("exec", *arguments, "--", "env", "-0", **options)
    return dict(entry.split("=", 1) for entry in text.split("\0") if entry)


def test_exec_gives_the_credentials_and_nothing_of_warder_s_own(working):
    given = child(working, "prod", passphrase=True, env={**BEFORE, "WARDER_NEW_PASSPHRASE": "x"})
    assert given.items() >= expected(working).items()
    assert PASSPHRASE not in given.values()
    warder_s = {name for name in given if name.startswith("WARDER_")}
    assert warder_s <= {"WARDER_PROFILE"}
    assert not {"AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SECURITY_TOKEN"} & given.keys()
    assert given["HOME"] == working.environment["HOME"]


@pytest.mark.parametrize("code", [0, 1, 42, 255])
def test_exec_ends_as_its_command_ends(working, code):
    assert working.run("exec", "prod", "--", "sh", "-c", f"exit {code}").code == code


def test_exec_dies_of_its_command_s_signal(working):
    assert working.run("exec", "prod", "--", "sh", "-c", "kill -TERM $$").code == -signal.SIGTERM


def test_exec_becomes_its_command(working):
    process = working.start("exec", "prod", "--", "sleep", "600")
    wait_for(lambda: os.readlink(f"/proc/{process.pid}/exe") != str(WARDER), "command", 60)
    assert os.path.basename(os.readlink(f"/proc/{process.pid}/exe")) in ("sleep", "coreutils")
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == -signal.SIGINT


def test_exec_passes_streams_and_arguments_through(working):
    result = working.run("exec", "prod", "--", "sh", "-c", 'cat; echo "$1" >&2', "x", "--help me", input="in\n")
    assert (result.out, result.err) == ("in\n", "--help me\n")


def test_exec_leaves_signals_as_they_were(working):
    """A SIGPIPE that stays ignored makes `head` leave its writers running."""
    status = working.good("exec", "prod", "--", "grep", "-E", "SigIgn|SigBlk", "/proc/self/status")
    plain = subprocess.run(
        ["grep", "-E", "SigIgn|SigBlk", "/proc/self/status"], capture_output=True, text=True, start_new_session=True
    )
    assert status == plain.stdout


def test_exec_in_a_terminal_has_job_control(working):
    terminal = working.terminal("exec", "prod", "--", "bash", "--norc", "-i")
    terminal.sendline("sleep 300 & jobs; fg")
    terminal.expect(r"Running[^\n]*\nsleep 300")
    wait_for(lambda: in_front(terminal, "sleep"), "job in front")
    terminal.sendcontrol("z")
    terminal.expect("Stopped")
    # The second is for a bash that has not noticed yet that the job is gone.
    terminal.sendline("kill -9 %1; exit 7")
    terminal.sendline("exit 7")
    assert exit_code(terminal) == 7


def test_exec_of_nothing_that_can_be_run(working):
    working.run("exec", "prod", "--", "no-such-program").failed(127, "no-such-program")


def test_exec_without_a_session_runs_nothing(unlocked):
    result = unlocked.run("exec", "prod", "--", "touch", "ran")
    result.failed(result.code)
    assert result.code in (3, 4)
    assert not (unlocked.root / "ran").exists()


def test_what_exec_says_steers_no_terminal(working):
    terminal = working.terminal("exec", "prod", "--", "true", env={"WARDER_PROFILE": "x\x1b]0;pwn\ay"})
    terminal.expect_exact("warder: prod inside x\\u{1b}]0;pwn\\u{7}y\r\n")
    assert exit_code(terminal) == 0
