"""The hook for fish, in a real fish; what the binary answers is a stand-in's, which keeps to what the hooks rely on."""

import os
import pathlib
import random
import re
import shutil
import stat
import subprocess
import time

import pytest
from tabs import TOP, Tabs

pytestmark = pytest.mark.needs("fish")

HOOK = TOP / "shell/warder.fish"
VARIABLES = (
    "AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AWS_SECURITY_TOKEN AWS_ACCESS_KEY AWS_SECRET_KEY AWS_PROFILE"
    " AWS_DEFAULT_PROFILE AWS_REGION AWS_DEFAULT_REGION AWS_CREDENTIAL_EXPIRATION AWS_VAULT WARDER_PROFILE"
).split()

# `use` as the binary answers it in fish's syntax; `renew` says the end that stands in a file, if there is one.
STAND_IN = """\
#!/bin/sh
printf '%s\\n' "$*" >> "$TABS/calls"
command=$1; shift
keys= profile=
for word; do
    case $word in
        --keys | --read-only) keys=1 ;;
        --shell) ;;
        -*) ;;
        *) profile=$word ;;
    esac
done
case $command in
    use)
        if [ "$profile" = bad ]; then echo 'false;'; echo 'warder: no such profile' >&2; exit 7; fi
        echo 'set -e AWS_PROFILE;'
        echo 'set -e AWS_DEFAULT_PROFILE;'
        echo 'set -e AWS_SECURITY_TOKEN;'
        echo 'set -e AWS_ACCESS_KEY;'
        echo 'set -e AWS_SECRET_KEY;'
        if [ "$keys" ]; then
            echo "set -gx AWS_ACCESS_KEY_ID 'ASIA$profile';"
            echo "set -gx AWS_SECRET_ACCESS_KEY 'a\\\\\\\\b\\\\'c d';"
            echo "set -gx AWS_SESSION_TOKEN 'token';"
        else
            echo 'set -e AWS_ACCESS_KEY_ID;'
            echo 'set -e AWS_SECRET_ACCESS_KEY;'
            echo 'set -e AWS_SESSION_TOKEN;'
            echo "set -gx AWS_PROFILE '$profile';"
        fi
        if [ "$profile" != regionless ]; then
            echo "set -gx AWS_REGION 'eu-$profile';"
            echo "set -gx AWS_DEFAULT_REGION 'eu-$profile';"
        fi
        echo "set -gx AWS_CREDENTIAL_EXPIRATION '$(cat "$TABS/end")';"
        echo "set -gx WARDER_PROFILE '$profile';"
        ;;
    renew) cat "$TABS/renewal" ;;
    folder)
        where=$(pwd -P)
        while [ ! -e "$where/.warder" ]; do where=${where%/*}; [ "$where" ] || exit 1; done
        if [ -e "$where/untrusted" ]; then echo "warder: $where/.warder is not trusted" >&2; exit 3; fi
        printf '%s\\t%s\\n' "$(cat "$where/.warder")" "$where/.warder"
        ;;
    trust) rm -f untrusted ;;
    *) printf '%s\\0' "$command" "$@" > "$TABS/given.part" && mv "$TABS/given.part" "$TABS/given" ;;
esac
"""


def at(seconds):
    """So many seconds from now, as AWS writes it."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + seconds))


def quoted(text):
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


@pytest.fixture
def root(tmp_path):
    (tmp_path / "end").write_text(at(12 * 3600))
    (tmp_path / "bin").mkdir()
    warder = tmp_path / "bin/warder"
    warder.write_text(STAND_IN)
    warder.chmod(warder.stat().st_mode | stat.S_IXUSR)
    return tmp_path


def variables(root):
    return {
        "HOME": str(root), "PATH": f"{root}/bin:{os.environ['PATH']}", "LANG": "C.UTF-8", "TERM": "xterm",
        "TABS": str(root), "XDG_RUNTIME_DIR": str(root),
    }


def script(root, text, *prefix, options=("--no-config",)):
    """Runs a script after loading the hook, as nobody's terminal; what it printed."""
    (root / "script").write_text(f"source {HOOK}\n{text}")
    done = subprocess.run(
        [*prefix, "fish", *options, root / "script"], env=variables(root), cwd=root,
        capture_output=True, timeout=500, stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 0, done
    return done.stdout.decode() + done.stderr.decode()


def calls(root):
    path = root / "calls"
    return path.read_text().splitlines() if path.exists() else []


@pytest.fixture
def terminal(root):
    """A fish at a terminal with the hook loaded."""
    (root / "bin/warder").unlink()
    tabs = Tabs("fish", root, STAND_IN, lines=[f"source {HOOK}"], environment={"XDG_RUNTIME_DIR": str(root)})
    (root / "calls").unlink(missing_ok=True)
    yield tabs
    tabs.close()


def value(terminal, name):
    """What a variable of the shell holds; None where it is not set."""
    file = terminal.root / "value"
    terminal.run(f"if set -q {name}; echo -n =${name} >{file}; else; echo -n >{file}; end")
    text = file.read_text()
    return text[1:] if text else None


def until_it_ends(terminal, end):
    """Shows prompts until a renewal has brought that end."""
    limit = time.monotonic() + 120
    while value(terminal, "AWS_CREDENTIAL_EXPIRATION") != end:
        assert time.monotonic() < limit, calls(terminal.root)
        time.sleep(0.05)


def state(generator):
    """A random state of the variables, as statements."""
    values = ["", "x", "a b", "it's", "$(touch x)", "back\\slash", "zwei\nZeilen", "ü€", "*", "-x", "~", "tab\there", '"']
    lines = []
    for name in VARIABLES:
        kind = generator.choice(["unset", "unset", "-gx", "-gx", "-gu"])
        if kind == "unset":
            lines.append(f"set -eg {name}")
        else:
            words = [quoted(generator.choice(values)) for _ in range(generator.choice([0, 1, 1, 1, 1, 2]))]
            lines.append(" ".join(["set", kind, name, *words]))
    return "\n".join(lines)


@pytest.mark.parametrize("uses", [["--keys p"], ["p"], ["p", "--keys regionless", "--keys p"]])
def test_drop_gives_back_what_was(root, uses):
    generator = random.Random(7)
    count = 200 if len(uses) == 1 else 40
    text = ""
    for number in range(count):
        text += f"{state(generator)}\nenv -0 >{root}/before{number}\nset --show {' '.join(VARIABLES)} >{root}/was{number}\n"
        text += "".join(f"warder use {use}\nor echo failed {number}\n" for use in uses)
        text += f'test "$WARDER_PROFILE" = p; and set -qx AWS_CREDENTIAL_EXPIRATION; or echo wrong {number}\n'
        text += "warder drop\n" * len(uses)
        text += f"env -0 >{root}/after{number}\nset --show {' '.join(VARIABLES)} >{root}/is{number}\n"
    assert script(root, text) == ""
    for number in range(count):
        # The order is that of fish's hash table.
        before, after = [sorted((root / f"{when}{number}").read_bytes().split(b"\0")) for when in ("before", "after")]
        assert before == after, number
        assert (root / f"was{number}").read_text() == (root / f"is{number}").read_text(), number


def test_use_sets_what_the_binary_says(root):
    out = script(root, "set -gx AWS_ACCESS_KEY_ID old\nwarder use prod\nenv | grep -E '^(AWS_|WARDER_)' | sort")
    end = (root / "end").read_text()
    assert out.splitlines() == [
        f"AWS_CREDENTIAL_EXPIRATION={end}", "AWS_DEFAULT_REGION=eu-prod", "AWS_PROFILE=prod", "AWS_REGION=eu-prod",
        "WARDER_PROFILE=prod",
    ]
    out = script(root, "warder use --keys prod\necho $AWS_SECRET_ACCESS_KEY\necho $AWS_ACCESS_KEY_ID")
    assert out.splitlines() == ["a\\b'c d", "ASIAprod"]
    assert calls(root) == ["use --shell fish prod", "use --shell fish --keys prod"]


def test_nothing_of_the_hook_is_exported(root):
    assert "__warder" not in script(root, "warder use --keys a\nwarder use b\nenv")


def test_uses_are_a_stack(root):
    out = script(root, """
        set -gx AWS_PROFILE mine
        warder use a; warder use b; warder use b; warder use c
        warder drop; echo $AWS_PROFILE
        warder drop; echo $AWS_PROFILE
        warder drop; echo $AWS_PROFILE
        warder drop; echo $status
        warder use a; warder use b; warder drop --all; echo $AWS_PROFILE
        warder drop --some; echo $status
    """)
    assert [line for line in out.splitlines() if ":" not in line] == ["b", "a", "mine", "1", "mine", "2"], out
    assert out.count("warder: no profile is in use") == 1


def test_a_failing_use_changes_nothing(root):
    out = script(root, "set -gx AWS_PROFILE mine\nwarder use bad\necho $status $AWS_PROFILE (count $__warder_names)")
    assert out == "7 mine 0\nwarder: no such profile\n"


def test_a_profile_without_a_region_gets_what_was_before(root):
    out = script(root, "set -gx AWS_REGION mine\nwarder use a\necho $AWS_REGION\nwarder use regionless\necho $AWS_REGION")
    assert out == "eu-a\nmine\n"


def test_a_universal_variable_that_would_shine_through_is_refused(root):
    out = script(root, """
        set -Ux AWS_ACCESS_KEY_ID x
        warder use a
        echo $status (set -q WARDER_PROFILE; or echo none)
        set -Ue AWS_ACCESS_KEY_ID
    """, options=())
    assert out.startswith("1 none\nwarder: AWS_ACCESS_KEY_ID is universal here") and "hint: set -e -U" in out
    out = script(root, """
        set -Ux AWS_REGION mine
        warder use a
        echo $AWS_REGION
        warder drop
        echo $AWS_REGION
        set --show AWS_REGION
        set -Ue AWS_REGION
    """, options=())
    assert out.startswith("eu-a\nmine\n") and "global" not in out


def test_a_shell_started_inside_only_forgets(root):
    out = script(root, f"warder use a\nfish --no-config -c 'source {HOOK}; warder drop; env' | grep -c '^AWS_\\|^WARDER_'; true")
    assert out == "0\n"


def test_loaded_twice_is_once(root):
    assert script(root, f"warder use a\nsource {HOOK}\nwarder drop\nset -q AWS_PROFILE; or echo gone") == "gone\n"


def test_other_commands_reach_the_binary(root):
    script(root, "warder list --json 'a b'")
    assert (root / "given").read_bytes() == b"list\0--json\0a b\0"


def test_a_prompt_far_from_the_end_starts_no_process(root):
    """Counted by strace, a thousand prompts beside none."""
    if not shutil.which("strace"):
        pytest.skip("strace is not installed")

    def started(prompts, use):
        trace = root / f"trace{prompts}"
        text = f"{use}\n__warder_prompt\nfor i in (seq 1 {prompts}); test $i -gt 0; and __warder_prompt; end; echo -n $WARDER_PROMPT"
        out = script(root, text, "strace", "-f", "--seccomp-bpf", "-qq", "-e", "trace=fork,vfork,clone,clone3,execve", "-o", trace)
        assert prompts == 0 or re.fullmatch(r"a 1[12]h\d\dm", out), out
        # A call that another interrupts is told in two lines.
        others = ("CLONE_THREAD", "SIG", "resumed>")
        return len([line for line in trace.read_text().splitlines() if not any(word in line for word in others)])

    for use in ("warder use a", f"cd {folder(root, 'work', 'a')}"):
        assert started(1000, use) == started(0, use)


def test_the_end_is_read_right(root):
    ends = ["2026-01-01T00:00:00Z", "2024-02-29T23:59:59Z", "2100-03-01T12:00:01Z", "1999-12-31T08:09:07Z"]
    text = "".join(f"set -gx AWS_CREDENTIAL_EXPIRATION {end}\n__warder_read_end\necho $__warder_end\n" for end in ends)
    wanted = [subprocess.check_output(["date", "-ud", end, "+%s"], text=True).strip() for end in ends]
    assert script(root, text).split() == wanted
    now = int(script(root, "__warder_now"))
    assert abs(now - time.time()) < 60
    assert script(root, "set -gx AWS_CREDENTIAL_EXPIRATION tomorrow\n__warder_read_end\necho \"[$__warder_end]\"") == "[]\n"


def test_the_session_is_renewed_behind_the_prompt(root, terminal):
    (root / "end").write_text(at(500))
    later = at(7200)
    (root / "renewal").write_text(later + "\n")
    shown = terminal.run("warder use prod")
    until_it_ends(terminal, later)
    shown += terminal.run("jobs")
    assert re.search(r"^prod [12]h\d\dm$", value(terminal, "WARDER_PROMPT"))
    assert [call for call in calls(root) if call.startswith("renew")] == ["renew --shell fish -- prod"]
    assert not list(root.glob("warder-renewal.*"))
    for noise in ("Job ", "ended", "warder:"):
        assert noise not in shown, shown


def test_keys_that_were_renewed_are_taken_at_a_prompt(root, terminal):
    later = at(7200)
    terminal.run("warder use --keys prod")
    (root / "renewal").write_text(later + "\n")
    (root / "end").write_text(later)
    # Only now, so that the one renewal that begins has something to say.
    terminal.run(f"set -gx AWS_CREDENTIAL_EXPIRATION {at(500)}")
    until_it_ends(terminal, later)
    assert calls(root)[-1] == "started" and "use --shell fish --keys --no-prompt -- prod" in calls(root)
    terminal.run("warder drop")
    assert value(terminal, "AWS_ACCESS_KEY_ID") is None


def test_one_warning_before_the_end_and_one_at_it(root, terminal):
    (root / "end").write_text(at(290))
    terminal.run("warder use prod")
    for _ in range(20):
        terminal.run("set -g __warder_next (math (__warder_now) + 290)")
    assert terminal.shown.count("warder: the session of prod ends in") == 1, terminal.shown
    limit = time.monotonic() + 60
    while not (renewals := [call for call in calls(root) if call.startswith("renew")]):
        assert time.monotonic() < limit
        time.sleep(0.02)
    assert len(renewals) == 1
    terminal.run(f"set -gx AWS_CREDENTIAL_EXPIRATION {at(-5)}; __warder_read_end; set -g __warder_next (math (__warder_now) + 290)")
    for _ in range(5):
        terminal.run("true")
    assert terminal.shown.count("warder: the session of prod has ended") == 1, terminal.shown
    assert value(terminal, "WARDER_PROMPT") == "prod ended"


def test_a_prompt_keeps_the_status(root, terminal):
    terminal.run("warder use prod")
    terminal.run(f"false; echo -n >{root}/x")
    terminal.terminal.send("function fish_prompt; echo -n $status >$TABS/status; end\r")
    terminal.terminal.send("sh -c 'exit 42'\r")
    end = time.monotonic() + 60
    while not (root / "status").exists() or (root / "status").read_text() != "42":
        assert time.monotonic() < end
        terminal.seen()
        time.sleep(0.01)


def folder(root, path, profile=None):
    place = root / path
    place.mkdir(parents=True, exist_ok=True)
    if profile:
        (place / ".warder").write_text(profile)
    return place


def test_a_folder_uses_its_profile_and_leaving_takes_it_back(root, terminal):
    folder(root, "work/deep", None)
    folder(root, "work", "prod")
    inner = folder(root, "work/inner/far", None)
    folder(root, "work/inner", "audit")
    terminal.run("set -gx AWS_PROFILE mine")
    seen = []
    for place in ["work", "work/deep", "work/inner", str(inner), "work/deep", ".", "work/inner", "work", "."]:
        terminal.run(f"cd {root / place}")
        seen.append(value(terminal, "AWS_PROFILE"))
    assert seen == ["prod", "prod", "audit", "audit", "prod", "mine", "audit", "prod", "mine"]
    assert calls(root).count("folder --shell-hook") == 4


def test_what_the_user_chose_inside_stays(root, terminal):
    work = folder(root, "work", "prod")
    folder(root, "work/inner", "audit")
    terminal.run(f"cd {work}")
    terminal.run("warder use other")
    terminal.run("cd inner")
    assert value(terminal, "AWS_PROFILE") == "other"
    terminal.run("cd ..")
    assert value(terminal, "AWS_PROFILE") == "other"
    terminal.run("cd /")
    assert value(terminal, "AWS_PROFILE") is None


def test_a_folder_that_is_not_trusted_is_said_once(root, terminal):
    work = folder(root, "work", "prod")
    (work / "untrusted").touch()
    terminal.run(f"cd {work}")
    terminal.run("true")
    terminal.run("true")
    assert terminal.shown.count("is not trusted") == 1, terminal.shown
    assert value(terminal, "AWS_PROFILE") is None
    terminal.run("warder trust")
    assert value(terminal, "AWS_PROFILE") == "prod"


@pytest.mark.parametrize("where", ["work", "work/below"])
def test_a_change_is_seen_at_the_next_prompt(root, terminal, where):
    file = folder(root, "work", "prod") / ".warder"
    terminal.run("set -gx AWS_PROFILE mine")
    terminal.run(f"cd {folder(root, where)}")
    assert value(terminal, "AWS_PROFILE") == "prod"
    terminal.run(f"echo audit >{file}")
    assert value(terminal, "AWS_PROFILE") == "audit"
    (root / "work/untrusted").touch()
    terminal.run("true")
    assert value(terminal, "AWS_PROFILE") == "audit" and calls(root).count("folder --shell-hook") == 2
    terminal.run(f"echo prod >{file}")
    terminal.run("true")
    assert terminal.shown.count("is not trusted") == 1, terminal.shown
    assert value(terminal, "AWS_PROFILE") == "mine" and calls(root).count("folder --shell-hook") == 3
    (root / "work/untrusted").unlink()
    terminal.run(f"echo other >{file}")
    assert value(terminal, "AWS_PROFILE") == "other"
    terminal.run(f"rm {file}")
    assert value(terminal, "AWS_PROFILE") == "mine" and calls(root).count("folder --shell-hook") == 4


def test_a_change_leaves_what_was_chosen_inside(root, terminal):
    file = folder(root, "work", "prod") / ".warder"
    terminal.run(f"cd {file.parent}")
    terminal.run("warder use other")
    terminal.run(f"echo audit >{file}")
    assert value(terminal, "AWS_PROFILE") == "other"
    terminal.run("warder drop")
    assert value(terminal, "AWS_PROFILE") == "audit"
    folder(root, "work/inner", "prod")
    terminal.run("cd inner")
    assert value(terminal, "AWS_PROFILE") == "prod"
    # What the outer folder has, one sees on coming back to it.
    file.write_text("third")
    terminal.run("cd ..")
    assert value(terminal, "AWS_PROFILE") == "third"


@pytest.mark.parametrize("make", ["rm {0}; mkfifo {0}", "rm {0}; mkdir {0}", "truncate -s 1T {0}", "echo -n >{0}", "rm {0}; ln -s x {0}"])
def test_what_cannot_be_read_keeps_no_prompt_waiting(root, terminal, make):
    file = folder(root, "work", "prod") / ".warder"
    (root / "work/untrusted").touch()
    terminal.run(f"cd {file.parent}")
    terminal.run(make.format(file))
    for _ in range(3):
        terminal.run("true")
    assert terminal.shown.count("is not trusted") <= 2 and calls(root).count("folder --shell-hook") <= 2, terminal.shown


def test_what_somebody_else_has_changed_is_not_given_back(root):
    out = script(root, """
        set -gx AWS_PROFILE mine; set -gx AWS_REGION there
        warder use a; set -gx AWS_PROFILE theirs; set -e AWS_DEFAULT_REGION
        warder use b; warder drop
        echo $AWS_PROFILE (set -q AWS_DEFAULT_REGION; or echo unset)
        warder drop
        echo $AWS_PROFILE $AWS_REGION (set -q WARDER_PROFILE; or echo unset)
        set --names | string match '__warder_*_1_*'; true
    """)
    assert out == "theirs unset\ntheirs there unset\n"


def test_another_shell_s_statements_are_refused(root):
    out = script(root, "warder use --keys --shell bash prod; echo $status\nwarder use --shell=sh prod; echo $status")
    assert out.startswith("2\n2\n") and out.count("--shell here") == 2 and calls(root) == []


@pytest.mark.parametrize("order", ["before", "after"])
def test_direnv_in_the_same_folder_leaks_nothing(root, order):
    if not shutil.which("direnv"):
        pytest.skip("direnv is not installed")
    place = folder(root, "place", "prod")
    (place / ".envrc").write_text("export AWS_PROFILE=direnvs FROM_DIRENV=yes\n")
    subprocess.run(["direnv", "allow", place], env=variables(root), check=True, capture_output=True)
    (root / "bin/warder").unlink()
    lines = ["direnv hook fish | source", f"source {HOOK}"]
    # In one line, as in one file: before any prompt.
    line = "; ".join(lines if order == "before" else lines[::-1])
    terminal = Tabs(
        "fish", root, STAND_IN, lines=[line], environment={"XDG_RUNTIME_DIR": str(root)})
    try:
        for _ in range(2):
            terminal.run(f"cd {place}")
            assert value(terminal, "FROM_DIRENV") == "yes" and value(terminal, "AWS_PROFILE") == "prod"
            terminal.run("cd /")
            assert value(terminal, "FROM_DIRENV") is None and value(terminal, "AWS_PROFILE") is None
    finally:
        terminal.close()


def test_trust_leaves_the_profile_in_use_alone(root, terminal):
    terminal.run(f"cd {folder(root, 'work', 'prod')}")
    terminal.run("warder use other")
    terminal.run("warder trust --list")
    assert value(terminal, "AWS_PROFILE") == "other"
    terminal.run("warder drop; warder drop; warder trust --list")
    assert value(terminal, "AWS_PROFILE") is None


def test_a_shell_started_inside_leaves_like_any_other(root):
    work = folder(root, "work", "a")
    inside = f"source {HOOK}; __warder_prompt; cd /; __warder_prompt; env"
    out = script(root, f"cd {work}\nwarder use a\nfish --no-config -c '{inside}' | grep -c '^AWS_\\|^WARDER_'; true")
    assert out == "0\n"
    out = script(root, f"warder use a\nfish --no-config -c 'source {HOOK}; __warder_prompt; cd {work}; {inside}'")
    assert "AWS_PROFILE=a\n" in out


def test_a_link_counts_as_what_it_leads_to(root, terminal):
    folder(root, "work/inside")
    (folder(root, "work", "prod") / "outward").symlink_to(folder(root, "elsewhere"))
    (root / "apart").symlink_to(root / "work/inside")
    for place, profile in [("apart", "prod"), ("elsewhere", None), ("work/outward", None), ("work", "prod")]:
        terminal.run(f"cd {root / place}")
        assert value(terminal, "AWS_PROFILE") == profile, place
        terminal.run("cd /")
        assert value(terminal, "AWS_PROFILE") is None


def test_why_a_folder_s_profile_cannot_be_used_is_said_once(root, terminal):
    work = folder(root, "work", "bad")
    for place in (work, "/", work, "/"):
        terminal.run(f"cd {place}")
    assert terminal.shown.count("warder: no such profile") == 1, terminal.shown


def test_a_path_without_warder_is_said_once(root):
    visit = "".join(f"cd {place}\n__warder_prompt\n" for place in (folder(root, "work", "prod"), "/", root / "work", "/"))
    out = script(root, f"set PATH /usr/bin /bin\n{visit}true")
    assert out.count("warder: it is not in PATH") == 1 and out.count("warder:") == 1, out


def test_what_a_renewal_leaves_behind_goes_with_the_next(root):
    gone = subprocess.Popen(["true"])
    gone.wait()
    dead, living = (root / f"warder-renewal.{pid}.1" for pid in (gone.pid, os.getpid()))
    for file in (dead, living):
        file.touch()
    (root / "renewal").write_text("later\n")
    script(root, f"command sh -c $__warder_renewal {root}/warder-renewal.$fish_pid.2 -- prod\n"
        f"while test -e {dead}; command sleep 0.05; end")
    assert living.exists()


def test_no_process_is_started_for_a_folder_without_one(root, terminal):
    terminal.run(f"cd {folder(root, 'a/b/c')}; cd ..; cd /")
    assert set(calls(root)) == {"started"}


def test_secrets_do_not_show_in_a_trace(root):
    out = script(root, "set -g fish_trace 1\nwarder use --keys prod\nwarder drop\nset -e fish_trace")
    assert "c d" not in out


def test_it_is_well_formed():
    subprocess.run(["fish", "-n", HOOK], check=True)
