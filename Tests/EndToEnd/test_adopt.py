"""Profiles that are pointed at warder, and away from it again."""

import collections
import os
import pathlib
import random
import re
import resource
import shutil
import subprocess
import time

import botocore.session
import pytest
from home import MFA, ROLE, WARDER

KEYS = [
    "role_arn", "source_profile", "mfa_serial", "external_id", "role_session_name", "duration_seconds",
    "credential_source", "web_identity_token_file", "sso_session", "sso_account_id", "sso_role_name", "sso_start_url",
    "sso_region", "login_session",
]
TEXT = f"""\
# mine
[profile alice]
region = eu-west-1
mfa_serial = {MFA}

[profile prod]
# the role
role_arn = {ROLE}
source_profile = alice
region = eu-west-1
"""
ADOPTED = f"""\
# mine
[profile alice]
region = eu-west-1
mfa_serial = {MFA}

[profile prod]
# adopted by warder: role_arn source_profile +credential_process
credential_process = {WARDER} process prod
# the role
warder_role_arn = {ROLE}
warder_source_profile = alice
region = eu-west-1
"""
CREDENTIALS = """
import boto3
credentials = boto3.Session(profile_name='prod').get_credentials()
print(credentials.method, credentials.access_key)
"""


@pytest.fixture
def there(bare):
    """A home with a config that knows nothing of warder."""
    bare.config(TEXT)
    return bare


def folder(home):
    """What is in ~/.aws."""
    return sorted(path.name for path in home.config_file.parent.iterdir())


def test_there_and_back(there):
    assert there.good("adopt", "prod") == ""
    assert there.config_file.read_text() == ADOPTED
    there.good("adopt", "--undo", "prod")
    assert there.config_file.read_text() == TEXT
    assert folder(there) == ["config"]


@pytest.mark.parametrize("arguments", [["prod"], ["--undo", "alice"], ["prod", "prod"]])
def test_a_second_time_changes_nothing(there, arguments):
    there.good("adopt", "prod")
    before = state(there.config_file)
    result = there.run("adopt", *arguments)
    assert result.code == 0 and "nothing to change" in result.err
    assert state(there.config_file) == before


def state(file):
    """What a change of the file would change; reading it changes another of its times."""
    found = file.stat()
    return found.st_ino, found.st_size, found.st_mode, found.st_mtime_ns, found.st_ctime_ns


def test_dry_run_is_a_diff_that_patch_takes(there):
    text = there.good("adopt", "--dry-run", "prod", "alice")
    assert there.config_file.read_text() == TEXT and not (there.root / "state").exists()
    assert "\033" not in text and text.startswith(f"--- {there.config_file}\n+++ {there.config_file}\n@@ ")
    copy = patched(there, text)
    there.good("adopt", "prod", "alice")
    assert copy == there.config_file.read_bytes()


def patched(home, text):
    copy = home.root / "copy"
    shutil.copy(home.config_file, copy)
    subprocess.run(["patch", "--binary", "-s", copy], input=text.encode(), check=True)
    return copy.read_bytes()


def test_colour_is_for_a_terminal(there):
    def shown(*variables):
        return there.terminal(command=["env", *variables, str(WARDER), "adopt", "--dry-run", "prod"]).read()

    assert f"\033[32m+warder_role_arn = {ROLE}\033[0m" in shown("TERM=xterm")
    assert "\033" not in shown("TERM=xterm", "NO_COLOR=1") + shown("TERM=dumb")


def test_a_terminal_is_not_sent_what_a_file_holds(there):
    there.config("[profile prod]\nrole_arn = x\nexternal_id = \033[2J\n")
    assert "\033" not in there.terminal("adopt", "--dry-run", "prod", env={"NO_COLOR": "1"}).read()


def test_no_key_of_a_neighbour_is_shown(there):
    secret = there.key[1]
    other = f"[profile other]\naws_access_key_id = x\naws_secret_access_key = {secret}\n"
    there.config(other + f"[profile prod]\nrole_arn = {ROLE}\nsource_profile = other\n")
    for arguments in (["--dry-run", "prod"], ["prod"], ["--undo", "prod"]):
        result = there.run("adopt", *arguments)
        assert result.code == 0 and secret not in result.out + result.err


def test_all_profiles_with_a_role(there):
    before = TEXT + "[profile sso]\nsso_start_url = https://x\nsso_region = r\n[plain]\nrole_arn = x\n[sso-session s]\n"
    there.config(before)
    there.good("adopt", "--all")
    text = there.config_file.read_text()
    assert re.findall(r" process (\w+)$", text, re.MULTILINE) == ["prod", "sso"]
    there.good("adopt", "--all", "--undo")
    assert there.config_file.read_text() == before
    result = there.run("adopt", "--all", "--undo")
    assert result.code == 0 and "no profile to undo" in result.err


@pytest.mark.parametrize("arguments", [[], ["--all", "prod"]])
def test_what_must_be_said(there, arguments):
    there.run("adopt", *arguments).failed(2)


# What SDKs make of it


def test_boto3_asks_warder(bare, moto):
    bare.key = moto.user("alice")
    role = moto.role("Admin")
    bare.endpoint(moto.url)
    bare.add_vault()
    bare.config(TEXT.replace(ROLE, role))
    bare.good("adopt", "alice")
    bare.unlock()
    bare.good("refresh", "prod", "--mfa-code", "123456", passphrase=True)
    assert bare.python(CREDENTIALS).stdout.startswith("assume-role ")
    bare.good("adopt", "prod")
    result = bare.python(CREDENTIALS)
    assert result.stdout.startswith("custom-process ASIA"), result
    program = "import boto3; print(boto3.Session(profile_name='prod').client('sts').get_caller_identity()['Arn'])"
    assert "assumed-role/Admin/" in bare.python(program).stdout


def random_config(choose):
    """A config that botocore can read: no section and no setting twice."""
    ending = choose.choice(["\n", "\r\n"])
    lines = []
    headers = ["[profile p]", "[default]", "[profile q]", "[services p]", "[profile a@b:c/d]"]
    keys = [*KEYS, "region", "output", "s3", "credential_process", "warder_session"]
    for header in [*choose.sample(headers, 3), "[profile x]"]:
        lines.append(header)
        for key in choose.sample(keys, choose.randrange(9)):
            if key == "s3":
                lines += ["s3 =", "  role_arn = n", "", "  source_profile = n"]
            elif key != "warder_session" or choose.random() < 0.5:
                value = {"role_arn": ROLE, "source_profile": "x", "credential_source": "Environment"}.get(key, "12345")
                key = choose.choice([key, key.upper(), key.title()])
                lines.append(key + choose.choice([" = ", "=", "\t=  "]) + choose.choice([value, value + " "]))
            lines += choose.choice([[], [""], ["# role_arn = x"], ["; c", ""]])
    return ending.join(lines) + choose.choice([ending, "", ending * 3])


def seen_by_botocore(home, name):
    session = botocore.session.Session(session_vars={"config_file": (None, None, str(home.config_file), None)})
    session.set_config_variable("credentials_file", "/nonexistent")
    return session.full_config["profiles"][name]


@pytest.mark.parametrize("seed", range(30))
def test_botocore_sees_warder_alone(bare, seed):
    choose = random.Random(seed)
    text = random_config(choose).encode()
    bare.config_file.write_bytes(text)
    names = re.findall(rb"\[(?:profile )?(p|default|x|a@b:c/d)\]", text)
    for name in {name.decode() for name in names}:
        before = seen_by_botocore(bare, name)
        result = bare.run("adopt", "--dry-run", name)
        if result.code == 8:
            bare.run("adopt", name).failed(8)
            assert bare.config_file.read_bytes() == text
            continue
        copy = patched(bare, result.out)
        bare.good("adopt", name)
        assert bare.config_file.read_bytes() == copy
        after = seen_by_botocore(bare, name)
        assert after["credential_process"] == f"{WARDER} process {name}"
        companions = {"mfa_serial", "external_id", "role_session_name", "duration_seconds"}
        exposed = set(after) & set(KEYS)
        assert not exposed or (exposed <= companions and not set(before) & (set(KEYS) - companions))
        hidden = {key.removeprefix("warder_"): value for key, value in after.items() if key != "credential_process"}
        assert hidden == {key.removeprefix("warder_"): value for key, value in before.items()}
        bare.good("adopt", "--undo", name)
        assert bare.config_file.read_bytes() == text


# What is refused


REFUSED = {
    "a key over there": (TEXT, "[prod]\naws_secret_access_key = SECRET\n", "credentials:2: ", "warder import prod"),
    "no grammar": ("[profile prod]\nregion = x\n[profile other\n", None, "config:3: ", "]"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_refuses(there, what):
    text, credentials, *mentions = REFUSED[what]
    there.config(text + "[profile good]\n" if not text.endswith("other\n") else text)
    before = there.config_file.read_bytes()
    if credentials:
        (there.root / ".aws/credentials").write_text(credentials)
    result = there.run("adopt", "good", "prod")
    result.failed(8, *mentions)
    assert "SECRET" not in result.err
    assert there.config_file.read_bytes() == before


@pytest.mark.parametrize("name, undo", [("absent", []), ("a b", ["--undo"])])
def test_a_profile_that_is_not_there(there, name, undo):
    there.config(TEXT + "[sso-session s]\n[profile a b]\n")
    there.run("adopt", *undo, "prod", name).failed(7, "no profile named")
    assert there.config_file.read_text().startswith(TEXT)


def test_no_config_at_all(there):
    there.config_file.unlink()
    there.run("adopt", "prod").failed(7)
    assert folder(there) == []


@pytest.mark.parametrize("name, good", [("warder-0.1", False), ("a b/warder", True), ("a'b/warder", False)])
def test_where_warder_is(there, name, good):
    program = there.root / name
    program.parent.mkdir(exist_ok=True)
    shutil.copy(WARDER, program)
    result = there.run("adopt", "prod", executable=str(program))
    if good:
        assert f'credential_process = "{program}" process prod\n' in there.config_file.read_text()
        shown = there.python("import boto3; boto3.Session(profile_name='prod').get_credentials()")
        assert "warder: " in shown.stderr, shown
    else:
        result.failed(1, str(program))
        assert there.config_file.read_text() == TEXT


# The file


@pytest.mark.parametrize("mode", [0o600, 0o644, 0o660])
def test_mode_and_owner_stay(there, mode):
    there.config_file.chmod(mode)
    if os.geteuid() == 0:
        os.chown(there.config_file, 4242, 4343)
    before = there.config_file.stat()
    there.good("adopt", "prod")
    after = there.config_file.stat()
    assert (after.st_mode, after.st_uid, after.st_gid) == (before.st_mode, before.st_uid, before.st_gid)
    assert after.st_ino != before.st_ino and there.config_file.read_text() == ADOPTED


@pytest.mark.parametrize("relative", [True, False])
def test_a_link_stays_one(there, relative):
    dotfiles = there.root / "dotfiles"
    dotfiles.mkdir()
    target = shutil.move(there.config_file, dotfiles / "aws-config")
    there.config_file.symlink_to("../dotfiles/aws-config" if relative else target)
    there.good("adopt", "prod")
    assert there.config_file.is_symlink() and pathlib.Path(target).read_text() == ADOPTED
    assert folder(there) == ["config"] and [path.name for path in dotfiles.iterdir()] == ["aws-config"]


def test_a_file_elsewhere(there):
    other = there.root / "other config"
    there.config_file.rename(other)
    there.good("adopt", "prod", env={"AWS_CONFIG_FILE": "other config"})
    assert other.read_text() == ADOPTED


def test_what_may_not_be_written(there):
    there.config_file.chmod(0o400)
    user = there.as_ordinary_user()
    there.run("adopt", "prod", **user).failed(1, "ls -ld", "permission denied")
    there.config_file.chmod(0o600)
    there.config_file.parent.chmod(0o500)
    there.run("adopt", "prod", **user).failed(1, f"ls -ld {there.config_file.parent}", "permission denied")
    assert there.config_file.read_text() == TEXT
    there.good("adopt", "--dry-run", "prod", **user)
    there.config_file.parent.chmod(0o700)
    assert folder(there) == ["config"]


def test_a_pipe_is_not_replaced(there):
    there.config_file.unlink()
    os.mkfifo(there.config_file)
    with subprocess.Popen(["sh", "-c", f"cat > {there.config_file}"], stdin=subprocess.PIPE) as writer:
        writer.stdin.write(TEXT.encode())
        writer.stdin.close()
        there.run("adopt", "prod").failed(9, "not a plain file")
    assert there.config_file.is_fifo()


def test_a_full_disk(there, tmpfs):
    config = tmpfs / "config"
    config.write_text(TEXT + "# x\n" * 8000)
    before = config.read_bytes()
    (tmpfs / "ballast").write_bytes(b"x" * 28_000)
    there.run("adopt", "prod", env={"AWS_CONFIG_FILE": str(config)}).failed(1, "no space left", "df -h")
    assert config.read_bytes() == before
    assert sorted(path.name for path in tmpfs.iterdir()) == ["ballast", "config"]


CALLS = [
    "openat", "read", "write", "fsync", "rename", "unlink", "close", "fcntl", "fchmod", "fchown", "access", "fstat",
]


def traced(home, log, *options):
    calls = ",".join("?" + call for call in CALLS)
    return home.run("adopt", "prod", prefix=["strace", "-f", "-o", log, "-e", f"trace={calls}", *options])


@pytest.mark.needs("strace")
def test_killed_anywhere(there, tmp_path):
    log = tmp_path / "log"
    assert traced(there, log).code == 0
    text = log.read_text()
    main = text.split(" ", 1)[0]
    counts = collections.Counter(re.findall(rf"^{main} +(\w+)\(", text, re.MULTILINE))
    found = collections.Counter()
    for call, number in [(call, number) for call, count in counts.items() for number in range(1, count + 1)]:
        there.config(TEXT)
        result = traced(there, log, "-e", f"inject={call}:signal=SIGKILL:when={number}")
        assert result.code in (-9, 137), (call, number, result)
        now = there.config_file.read_text()
        assert now in (TEXT, ADOPTED), (call, number)
        found[now] += 1
        # What is left there stops nobody, and does not stay.
        there.good("adopt", "alice", timeout=60)
        assert folder(there) == ["config"]
    assert found[TEXT] > 20 and found[ADOPTED] > 1


@pytest.mark.needs("strace")
@pytest.mark.parametrize(
    "call", ["write:error=ENOSPC", "write:error=EDQUOT", "fsync:error=EIO", "rename:error=EIO", "fchmod:error=EPERM"]
)
def test_a_call_that_fails(there, tmp_path, call):
    traced(there, tmp_path / "log", "-e", f"inject={call}:when=1").failed(1, "config")
    assert there.config_file.read_text() == TEXT
    assert folder(there) == ["config"]


@pytest.mark.needs("strace")
def test_another_program_writes_meanwhile(there, tmp_path):
    prefix = ["strace", "-f", "-o", tmp_path / "log", "-e", "inject=fsync:delay_enter=2000000:when=1"]
    process = there.start("adopt", "prod", prefix=prefix)
    while not (there.root / ".aws/config.warder-new").exists():
        assert process.poll() is None
        time.sleep(0.01)
    time.sleep(0.2)
    there.config(TEXT + "[profile new]\n")
    _, err = process.communicate(timeout=30)
    assert process.returncode == 1 and b"changed meanwhile" in err, err
    assert there.config_file.read_text() == TEXT + "[profile new]\n"
    assert folder(there) == ["config"]


def test_many_at_once(there):
    names = [f"p{number}" for number in range(24)]
    there.config("".join(f"[profile {name}]\nlogin_session = m\n" for name in names))
    processes = [there.start("adopt", name) for name in names]
    assert [process.wait(120) for process in processes] == [0] * len(names)
    text = "".join(
        f"[profile {name}]\n# adopted by warder: login_session +credential_process\n"
        f"credential_process = {WARDER} process {name}\nwarder_login_session = m\n"
        for name in names
    )
    assert there.config_file.read_text() == text


@pytest.mark.parametrize("change", [["--all"], ["--all", "--dry-run"], ["--all", "--undo"]], ids=" ".join)
def test_ten_thousand_profiles(bare, change):
    """Not in proportion to their number's square, which took four times this limit."""
    bare.config("".join(f"[profile p{n}]\nrole_arn = {ROLE}\nsource_profile = base\n\n" for n in range(10_000))
                + "[profile base]\nwarder_key = alice\n")
    if "--undo" in change:
        bare.good("adopt", "--all")
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    result = bare.run("adopt", *change)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert result.code == 0, result.err[-500:]
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 3


def test_one_that_cannot_be_adopted_leaves_the_others(there):
    there.config(TEXT + "[profile bad]\nsso_session = corp\nsso_region = x\n[sso-session corp]\nsso_region = y\n"
                 + f"[profile after]\nrole_arn = {ROLE}\nsource_profile = alice\n")
    result = there.run("adopt", "--all")
    assert (result.code, result.out) == (8, "")
    assert result.err.splitlines()[:2] == [f"warder: {name} asks warder from now on" for name in ("prod", "after")]
    # Where it stands by now, behind the lines that were added.
    assert f"{there.config_file}:15: sso_region" in result.err
    text = there.config_file.read_text()
    assert text.startswith(ADOPTED) and "process after" in text and "warder_sso" not in text
