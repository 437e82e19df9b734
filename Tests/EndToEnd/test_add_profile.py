"""The profile that `add` writes: whole or not at all, and what was interrupted can be finished."""

import collections
import re
import shutil
import signal
import subprocess

import pytest
from home import MFA, WARDER, exit_code, random_key
from moments import TRACED, moments

OTHER = "# mine\n[profile other]\nregion = eu-north-1\n"
COMMAND = ["add", "bob", "--stdin", "--no-verify", "--write-profile", "--region", "eu-west-1", "--mfa-serial", MFA]
SECTION = f"[profile bob]\nregion = eu-west-1\nmfa_serial = {MFA}\ncredential_process = {WARDER} process bob\n"


@pytest.fixture
def there(home):
    """A home with a vault, and a config that knows nothing of its keys."""
    home.config(OTHER)
    home.bob = random_key()
    return home


def add(home, *more, key=None, **options):
    options.setdefault("passphrase", True)
    return home.run(*COMMAND, *more, input="{0}\n{1}\n".format(*(key or home.bob)), **options)


def says_what_is_done(result, home, text=SECTION, hint="add these lines to "):
    """That the key is stored, that the profile is not written, and its lines."""
    assert home.stored()["bob"] == home.bob, result
    assert "stored the key bob" in result.err and "its profile is not written" in result.err, result
    assert text in result.err and result.err.splitlines()[-1].startswith("hint: " + hint), result
    assert "nothing was changed" not in result.err and result.out == "" and home.bob[1] not in result.err, result


def finishes(home, config):
    """That the same command does what is left, once."""
    for _ in range(2):
        result = add(home)
        assert result.code == 0 and "already" in result.err, result
        assert home.stored()["bob"] == home.bob
        assert config.read_text().count("[profile bob]") == 1
    assert config.read_text().endswith(SECTION)


def test_the_profile_is_written_in_one_step(there):
    before = there.config_file.stat()
    result = add(there)
    assert result.code == 0, result
    after = there.config_file.stat()
    assert there.config_file.read_text() == OTHER + "\n" + SECTION
    assert after.st_ino != before.st_ino and after.st_mode == before.st_mode
    assert [path.name for path in there.config_file.parent.iterdir()] == ["config"]


def test_where_there_is_no_config_yet(there):
    there.config_file.unlink()
    there.config_file.parent.rmdir()
    assert add(there).code == 0
    assert there.config_file.read_text() == SECTION
    assert there.config_file.stat().st_mode & 0o777 == 0o600
    assert there.config_file.parent.stat().st_mode & 0o777 == 0o700


def test_a_full_disk(there, tmpfs):
    config = tmpfs / "config"
    config.write_text(OTHER + "# x\n" * 8000)
    before = config.read_bytes()
    ballast = tmpfs / "ballast"
    ballast.write_bytes(b"x" * 28_000)
    there.environment["AWS_CONFIG_FILE"] = str(config)
    result = add(there)
    assert result.code == 1 and "no space left" in result.err, result
    says_what_is_done(result, there)
    assert config.read_bytes() == before
    assert sorted(path.name for path in tmpfs.iterdir()) == ["ballast", "config"]
    ballast.unlink()
    finishes(there, config)


def traced(home, log, *options):
    return add(home, prefix=["strace", "-f", "-o", log, "-e", f"{TRACED},?access,?readlink,?close,?fcntl", *options])


@pytest.mark.needs("strace")
@pytest.mark.parametrize("call", ["write:error=ENOSPC", "fsync:error=EIO", "rename:error=EIO", "rename:error=EBUSY"])
@pytest.mark.parametrize("is_there", [True, False])
def test_a_call_that_fails(there, tmp_path, call, is_there):
    """Of the calls that come behind those of the vault."""
    add(there)
    if is_there:
        there.config(OTHER)
    else:
        there.config_file.unlink()
    # The key is stored by now: of these calls the config's come first.
    name, error = call.split(":")
    log = tmp_path / "log"
    options = ["-P", there.config_file, "-P", f"{there.config_file}.warder-new"]
    result = traced(there, log, *options, "-e", f"inject={name}:{error}:when=1")
    assert result.code == 1 and "its profile is not written" in result.err and SECTION in result.err, result
    assert (there.config_file.read_text() == OTHER) if is_there else not there.config_file.exists()
    assert [path.name for path in there.config_file.parent.iterdir()] == ["config"] * is_there
    if not is_there:
        there.config("")
    finishes(there, there.config_file)


@pytest.mark.long
@pytest.mark.needs("strace")
@pytest.mark.parametrize("is_there", [True, False])
def test_killed_anywhere(there, tmp_path, is_there):
    """The config is the old one or the new one, and the same command finishes."""
    log = tmp_path / "log"
    vault = there.vault.read_bytes()

    def begin():
        there.vault.write_bytes(vault)
        shutil.rmtree(there.state, ignore_errors=True)
        there.config_file.unlink(missing_ok=True)
        if is_there:
            there.config(OTHER)
        # What is left for half a minute to others with the same passphrase, and the list of keys beside the sessions,
        # would make some runs shorter.
        there.good("lock")
        shutil.rmtree(there.cache, ignore_errors=True)

    # Once beforehand: every run that is counted finds the same folders.
    for _ in range(2):
        begin()
        assert traced(there, log).code == 0
    text = log.read_text()
    new = there.config_file.read_text()
    main = text.split(" ", 1)[0]
    counts = collections.Counter()
    behind = []
    # From the moment on when the vault is replaced.
    is_stored = False
    for call, rest in re.findall(rf"^{main} +(\w+)\((.*)", text, re.MULTILINE):
        counts[call] += 1
        is_stored = is_stored or (call == "rename" and f"{there.vault}\"" in rest)
        if is_stored:
            behind.append((call, counts[call]))
    assert len(behind) > 15, text
    found = collections.Counter()
    for call, number in [moment for moment in moments(log) if moment in behind]:
        begin()
        result = traced(there, log, "-e", f"inject={call}:signal=SIGKILL:when={number}")
        assert result.code in (-9, 137), (call, number, result)
        now = there.config_file.read_text() if there.config_file.exists() else None
        assert now in (OTHER if is_there else None, new), (call, number)
        found[now] += 1
        result = add(there)
        assert result.code == 0 and there.config_file.read_text() == new, (call, number, result)
        assert [path.name for path in there.config_file.parent.iterdir()] == ["config"]
    assert len(found) == 2, found


def test_two_at_once(there):
    """Neither undoes what the other does, nor what adopt does."""
    there.config(OTHER + "[profile role]\nrole_arn = arn:aws:iam::222222222222:role/Admin\nsource_profile = other\n")
    started = []
    for number in range(6):
        command = [word.replace("bob", f"bob{number}") for word in COMMAND]
        started.append(there.start(*command, passphrase=True, stdin=subprocess.PIPE))
        started[-1].stdin.write("{0}\n{1}\n".format(*random_key()).encode())
        started[-1].stdin.close()
    started.append(there.start("adopt", "role", passphrase=True))
    for process in started:
        assert process.wait(60) == 0, process.stderr.read()
        process.stdout.close()
        process.stderr.close()
    text = there.config_file.read_text()
    assert len(re.findall(r"^\[profile (bob\d)\]$", text, re.MULTILINE)) == 6
    assert "warder_role_arn" in text and text.startswith(OTHER)


# The same command again


def test_the_same_key_again_is_no_conflict(there):
    assert add(there, "--no-write-profile").code == 0
    result = there.run("add", "bob", "--stdin", "--no-verify", input="{0}\n{1}\n".format(*there.bob), passphrase=True)
    assert result.code == 0 and f"the key bob ({there.bob[0]}) is in the vault already" in result.err, result


@pytest.mark.parametrize("unlocked", [True, False])
@pytest.mark.parametrize("part", [0, 1])
def test_another_key_of_that_name_is_one(there, part, unlocked):
    if unlocked:
        there.unlock()
    assert add(there, "--no-write-profile").code == 0
    other = list(there.bob)
    other[part] = random_key()[part]
    before = there.vault.read_bytes()
    result = add(there, key=other)
    result.failed(1, "bob", "--replace")
    assert there.vault.read_bytes() == before and there.config_file.read_text() == OTHER


@pytest.mark.parametrize("leave", ["\x03", "\x04"], ids=["Ctrl-C", "Ctrl-D"])
def test_left_at_the_question_for_the_profile(there, leave):
    there.unlock()

    def begin():
        terminal = there.terminal("add", "bob", "--no-verify", passphrase=True)
        terminal.expect("access key id: ")
        terminal.sendline(there.bob[0])
        terminal.expect("secret access key: ")
        terminal.sendline(there.bob[1])
        terminal.expect("add the profile bob to .*[?] ")
        return terminal

    terminal = begin()
    assert "stored the key bob" in terminal.before
    terminal.send(leave)
    rest = terminal.read()
    terminal.close()
    if leave == "\x03":
        assert terminal.signalstatus == signal.SIGINT
    else:
        assert terminal.exitstatus == 4 and "[profile bob]" in rest and "not written" in rest
    terminal = begin()
    terminal.sendline("y")
    terminal.expect("added the profile bob")
    assert exit_code(terminal) == 0
    assert there.config_file.read_text().endswith(f"[profile bob]\ncredential_process = {WARDER} process bob\n")


def test_another_id_is_refused_before_the_secret(there):
    there.unlock()
    terminal = there.terminal("add", "alice", "--no-verify")
    terminal.expect(f"there is a key named alice already .{there.key[0]}.")
    terminal.expect("access key id: ")
    terminal.sendline(random_key()[0])
    terminal.expect("--replace alice")
    assert "secret access key" not in terminal.before and exit_code(terminal) == 1


# Where the config cannot be written


def test_a_folder_that_may_not_be_written(there):
    there.config_file.parent.chmod(0o500)
    result = add(there, **there.as_ordinary_user())
    assert result.code == 1 and "permission denied" in result.err, result
    says_what_is_done(result, there, "[profile bob]\n")
    there.config_file.parent.chmod(0o700)
    assert there.config_file.read_text() == OTHER


def test_a_config_that_cannot_be_read(there):
    there.config("[profile x\n")
    result = add(there)
    assert result.code == 8 and "config:1" in result.err, result
    says_what_is_done(result, there)
    there.config(OTHER)
    finishes(there, there.config_file)


def test_a_link_into_a_read_only_store(there):
    store = there.root / "nix/store/abc-home-manager-files"
    store.mkdir(parents=True)
    shutil.move(there.config_file, store / "config")
    there.config_file.symlink_to(store / "config")
    user = there.as_ordinary_user()
    (store / "config").chmod(0o444)
    store.chmod(0o555)
    result = add(there, **user)
    assert result.code == 1 and f"is a link to {store}/config, which cannot be written" in result.err, result
    says_what_is_done(result, there, "[profile bob]\n")
    assert (store / "config").read_text() == OTHER and there.config_file.is_symlink()
    own = there.root / "own"
    assert add(there, env={"AWS_CONFIG_FILE": str(own)}, **user).code == 0
    assert "[profile bob]" in own.read_text()
    store.chmod(0o755)


def test_adopt_at_a_read_only_store_names_the_variable(there):
    store = there.root / "store"
    store.mkdir()
    there.config("[profile p]\nregion = x\ncredential_process = /bin/true\n")
    shutil.move(there.config_file, store / "config")
    there.config_file.symlink_to(store / "config")
    user = there.as_ordinary_user()
    store.chmod(0o555)
    there.run("adopt", "p", **user).failed(1, f"{store}/config", "AWS_CONFIG_FILE")
    store.chmod(0o755)


def test_a_link_to_a_file_that_is_not_there_yet(there):
    there.config_file.unlink()
    there.config_file.symlink_to("../dotfiles/config")
    result = add(there)
    folder = f"{there.config_file.parent}/../dotfiles"
    assert result.code == 1 and f"is a link into {folder}, a folder that is not there" in result.err, result
    says_what_is_done(result, there, hint=f"mkdir -p {folder}, then run the same command again")
    broken = f"{there.config_file} is a link to {folder}/config, which is not there"
    there.run("explain", "prod").failed(3, "locked", broken, f"hint: mkdir -p {folder} or ")
    there.unlock()
    there.run("explain", "prod").failed(7, "no profile or key named prod", broken, f"hint: mkdir -p {folder} or ")
    (there.root / "dotfiles").mkdir()
    finishes(there, there.root / "dotfiles/config")
    assert there.config_file.is_symlink()


# Where warder is


def copied(home, name):
    path = home.root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(WARDER, path)
    return path


def test_under_another_name_add_refuses_as_adopt_does(there):
    program = copied(there, "opt/warder-0.1")
    result = add(there, executable=str(program))
    assert result.code == 1 and f"no SDK can call warder at {program}" in result.err, result
    assert there.stored()["bob"] == there.bob and there.config_file.read_text() == OTHER
    there.run("adopt", "other", executable=str(program)).failed(1, str(program))


@pytest.mark.parametrize("called", ["link", "name"])
def test_a_link_of_the_right_name_is_written(there, called):
    """By add and adopt alike, and the profile works whichever name warder is run by."""
    program = copied(there, "opt/warder-0.1")
    link = there.root / "bin/warder"
    link.parent.mkdir()
    link.symlink_to("../opt/warder-0.1")
    there.environment["PATH"] = f"{link.parent}:{there.environment['PATH']}"
    word = str(link) if called == "link" else str(program)
    line = f"credential_process = {link} process "
    result = run_as(there, word, *COMMAND, input="{0}\n{1}\n".format(*there.bob))
    assert result.returncode == 0, result
    assert line + "bob\n" in there.config_file.read_text()
    role = "[profile r]\nrole_arn = arn:aws:iam::222222222222:role/x\nsource_profile = bob\n"
    there.config(there.config_file.read_text() + role)
    assert run_as(there, word, "adopt", "r").returncode == 0
    assert line + "r\n" in there.config_file.read_text()


def run_as(home, program, *arguments, input=None):
    return subprocess.run(
        [program, *arguments], env=home.variables(True), cwd=home.root, input=input, text=True, capture_output=True,
        start_new_session=True, timeout=60,
    )


@pytest.mark.parametrize("name", ["warder-0.1", ".warder-wrapped"])
def test_a_profile_that_names_warder_by_another_name_is_no_circle(there, name):
    """As an earlier add wrote it, by whatever name it is asked."""
    program = copied(there, "opt/" + name)
    link = there.root / "bin/warder"
    link.parent.mkdir()
    link.symlink_to(program)
    there.config(f"[profile alice]\nregion = eu-west-1\ncredential_process = {program} process alice\n")
    for word in (program, link):
        answer = run_as(there, str(word), "process", "alice")
        assert answer.returncode == 0 and "SessionToken" in answer.stdout, answer
    program = "import boto3; print(boto3.Session(profile_name='alice').get_credentials().method)"
    shown = there.python(program, env=there.variables(True))
    assert shown.stdout.strip() == "custom-process", shown


SEED = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.mark.parametrize("input", ["{0}\n{1}\n" + SEED + "\n", SEED + "\n"], ids=["all of it", "the seed alone"])
def test_a_key_with_its_seed_is_finished_too(there, input):
    """Also where the config was what failed."""
    command = ["add", "bob", "--stdin", "--no-verify", "--totp", "--mfa-serial", MFA, "--write-profile"]
    there.config("[profile x\n")
    first = there.run(*command, input="{0}\n{1}\n{2}\n".format(*there.bob, SEED), passphrase=True)
    assert first.code == 8 and "its profile is not written" in first.err, first
    there.config(OTHER)
    result = there.run(*command, input=input.format(*there.bob), passphrase=True)
    assert result.code == 0 and "added the profile bob" in result.err, result
    assert f"mfa_serial = {MFA}\n" in there.config_file.read_text() and there.stored()["bob"] == there.bob


def test_another_key_is_no_seed(there):
    add(there)
    command = ["add", "bob", "--stdin", "--no-verify", "--totp"]
    result = there.run(*command, input="{0}\n{1}\n{2}\n".format(*random_key(), SEED), passphrase=True)
    result.failed(2, "an access key id, where a seed should be")
    assert there.stored()["bob"] == there.bob
