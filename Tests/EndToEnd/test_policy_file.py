"""Which `/etc/warder/config` counts: root's alone, whole, and read by every command that it may bind."""

import json
import os
import subprocess

import pytest
from home import ORDINARY
from ruled import PATH, Machine, Ruled, missing
from stores import add_key_profile

pytestmark = pytest.mark.skipif(missing() is not None, reason=missing() or "")
FOLDER = "/etc/warder"


@pytest.fixture
def machine(tmp_path):
    tmp_path.chmod(0o755)
    return Machine(tmp_path / "etc")


@pytest.fixture
def ruled(working, machine):
    """A home with a session in the cache, which a rule that is not met takes out of use."""
    return Ruled(working, machine)


def answers(ruled):
    return "AccessKeyId" in json.loads(ruled.good("process", "prod"))


# A file that is not used


def owned_by_another(machine):
    os.chown(machine.file, 1234, 0)


def in_a_folder_of_another(machine):
    os.chown(machine.folder, 1234, 0)


def below_an_etc_of_another(machine):
    os.chown(machine.etc, 1234, 0)


def writable_by_the_group(machine):
    machine.file.chmod(0o664)


def writable_by_all(machine):
    machine.file.chmod(0o646)


def in_a_folder_that_the_group_may_write_to(machine):
    machine.folder.chmod(0o775)


def below_an_etc_that_all_may_write_to(machine):
    machine.etc.chmod(0o1777)


def a_pipe(machine):
    machine.file.unlink()
    os.mkfifo(machine.file)


def a_folder(machine):
    machine.file.unlink()
    machine.file.mkdir()


def a_device(machine):
    machine.file.unlink()
    os.mknod(machine.file, 0o600 | 0o020000, os.makedev(1, 5))


def a_link_of_another(machine):
    machine.file.rename(machine.folder / "real")
    machine.file.symlink_to("real")
    os.lchown(machine.file, 1234, 0)


def a_link_into_a_folder_of_another(machine):
    other = machine.folder / "other"
    other.mkdir()
    machine.file.rename(other / "config")
    machine.file.symlink_to("other/config")
    os.chown(other, 1234, 0)


def a_link_to_nothing(machine):
    machine.file.unlink()
    machine.file.symlink_to("nothing")


def a_link_to_itself(machine):
    machine.file.unlink()
    machine.file.symlink_to("config")


def a_folder_that_is_a_link_to_nothing(machine):
    machine.file.unlink()
    machine.folder.rmdir()
    machine.folder.symlink_to("/nowhere")


def a_plain_file_as_its_folder(machine):
    machine.file.unlink()
    machine.folder.rmdir()
    machine.folder.write_text("")


def too_large(machine):
    machine.file.write_bytes(b"# " + b"x" * (1 << 20) + b"\n")


# How it is, what is said of it, and the command that mends it if one can: run in the machine's own /etc.
REFUSED = [
    (owned_by_another, f"{PATH} belongs to user 1234, not to root", f"chown -h root: {PATH}"),
    (in_a_folder_of_another, f"{FOLDER} belongs to user 1234", f"chown -h root: {FOLDER}"),
    (below_an_etc_of_another, "/etc belongs to user 1234", "chown -h root: /etc"),
    (writable_by_the_group, f"users other than root can write to {PATH} (mode 664)", f"chmod go-w {PATH}"),
    (writable_by_all, f"can write to {PATH} (mode 646)", f"chmod go-w {PATH}"),
    (in_a_folder_that_the_group_may_write_to, f"can write to {FOLDER} (mode 775)", f"chmod go-w {FOLDER}"),
    (below_an_etc_that_all_may_write_to, "can write to /etc (mode 1777)", "chmod go-w /etc"),
    (a_pipe, f"{PATH} is not a plain file", None),
    (a_folder, f"{PATH} is not a plain file", None),
    (a_device, f"{PATH} is not a plain file", None),
    (a_link_of_another, f"{PATH} belongs to user 1234", f"chown -h root: {PATH}"),
    (a_link_into_a_folder_of_another, f"{FOLDER}/other belongs to user 1234", f"chown -h root: {FOLDER}/other"),
    (a_link_to_nothing, f"{PATH} is a link to nothing, which does not exist", f"rm {PATH}"),
    (a_link_to_itself, f"{PATH} is a link to config", f"rm {PATH}"),
    (a_folder_that_is_a_link_to_nothing, f"{FOLDER} is a link to /nowhere", f"rm {FOLDER}"),
    (a_plain_file_as_its_folder, f"{FOLDER} is not a plain file", None),
    (too_large, f"{PATH} is larger than 1024 KiB", None),
]


@pytest.mark.parametrize("broken, message, remedy", REFUSED, ids=lambda case: getattr(case, "__name__", ""))
def test_a_file_that_others_can_have_written_or_that_is_none(ruled, broken, message, remedy):
    ruled.machine.rule("max_session_duration = 12h")
    broken(ruled.machine)
    result = ruled.run("process", "prod")
    result.failed(8, message)
    if remedy is None:
        return
    assert result.err.splitlines()[1].endswith(": sudo " + remedy) or f"hint: sudo {remedy}" in result.err, result
    subprocess.run([*ruled.machine.prefix, "sh", "-c", remedy], check=True)
    assert answers(ruled)


def test_a_link_whose_every_step_is_roots(ruled):
    ruled.machine.rule("require_mfa = true", "max_unlock_time = 5")
    real = ruled.machine.etc / "real"
    real.mkdir()
    ruled.machine.file.rename(real / "rules")
    ruled.machine.folder.rmdir()
    ruled.machine.folder.symlink_to("./nearby/..//nearby")
    (ruled.machine.etc / "nearby").mkdir()
    (ruled.machine.etc / "nearby/config").symlink_to("/etc/real/rules")
    ruled.run("process", "prod").failed(8, "/etc/warder/config:3: 5 has no unit")


def test_no_file_and_no_folder(ruled):
    assert answers(ruled)
    ruled.machine.folder.mkdir()
    assert answers(ruled)
    trace = ruled.machine.etc / "trace"
    ruled.machine.folder.rmdir()
    ruled.good("process", "prod", prefix=["strace", "-f", "-o", "/etc/trace", "-e", "trace=all"])
    calls = [line for line in trace.read_text().splitlines() if FOLDER in line and "exec" not in line]
    assert len(calls) == 1 and "open" in calls[0] and "ENOENT" in calls[0], calls


@pytest.mark.parametrize("where", ["file", "folder"])
def test_a_file_that_the_user_may_not_read(ruled, where):
    ruled.machine.rule("max_session_duration = 12h")
    user = ruled.home.as_ordinary_user()
    shell = ["setpriv", f"--reuid={ORDINARY}", f"--regid={ORDINARY}", "--clear-groups", "--"]
    ruled.home.root.chmod(0o755)

    def status():
        command = [*ruled.machine.prefix, *shell, user["executable"], "explain", "prod"]
        return subprocess.run(command, env=ruled.home.variables(), capture_output=True, text=True, cwd="/")

    assert status().returncode == 0, status()
    (ruled.machine.file if where == "file" else ruled.machine.folder).chmod(0o600 if where == "file" else 0o700)
    refused = status()
    assert refused.returncode == 8 and "cannot be read: permission denied" in refused.stderr, refused
    remedy = refused.stderr.split("sudo ")[1].strip()
    subprocess.run([*ruled.machine.prefix, "sh", "-c", remedy], check=True)
    assert status().returncode == 0, status()


def test_no_variable_moves_it(ruled):
    ruled.rule("require_mfa = yes")
    for name in ("WARDER_CONFIG", "WARDER_POLICY", "WARDER_ETC", "XDG_CONFIG_DIRS", "SYSCONFDIR"):
        ruled.run("process", "prod", env={name: "/nowhere"}).failed(8, f"{PATH}:2")
    ruled.home.settings("[policy]\nrequire_mfa = false\n[warder]\n")
    ruled.rule("require_mfa = true")
    ruled.run("status").failed(8, "there is no section [policy] here", "write [warder]")


# What is in it


@pytest.mark.parametrize("text, line, message, hint", [
    ("[policy]\nmax_sesion_duration = 8h\n", 2, "max_sesion_duration is not a setting", "write max_session_duration"),
    ("[polcy]\nrequire_mfa = true\n", 1, "there is no section [polcy]", "write [policy], if"),
    ("[profile x]\n", 1, "there is no section [profile x]", "write [warder] or [policy], the only ones"),
    ("[warder]\nunlock_tme = 8h\n", 2, "unlock_tme is not a setting", "write unlock_time"),
    ("[warder]\nrequire_mfa = true\n", 2, "require_mfa is not a setting of [warder]", "move the line to [policy]"),
    ("[policy]\nunlock_time = 8h\n", 2, "unlock_time is not a setting of [policy]", "move the line to [warder]"),
    ("[policy]\nwarder_require_mfa = true\n", 2, "warder_require_mfa is not a setting", "write require_mfa"),
    ("require_mfa = true\n", 1, "before the first section", "[warder] or [policy]"),
    ("[policy]\nrequire_mfa\n", 2, "this line has no =", "name = value"),
    ("[policy]\nrequire_mfa = true\nrequire_mfa = false\n", 3, "require_mfa is here a second time", "keep one"),
    ("[policy]\nREQUIRE_MFA = true\nrequire_mfa = false\n", 3, "require_mfa is here a second time", "keep one"),
    ("[policy]\nrequire_mfa = true\n[policy]\n", 3, "the section [policy] is here a second time", "keep one"),
    ("[policy]\nrequire_mfa =\n", 2, "require_mfa is empty", "write a value"),
    ("[policy]\nrequire_mfa = # true\n", 2, "require_mfa is empty", "write a value"),
    ("[policy]\nrequire_mfa = maybe\n", 2, "maybe is neither true nor false", "write true or false"),
    ("[policy]\nrequire_mfa = true\0\n", 2, "the value of require_mfa is not text", "without NUL"),
    ("[warder]\npinentry = x\n  [policy]\n  require_mfa = true\n", 3, "this line continues the line above",
     "do not indent lines in this file"),
    ("[policy]\nlog = on\n  require_mfa = true\n", 3, "this line continues the line above", "do not indent lines"),
    ("# rules\r[policy]\rrequire_mfa = true\r", 1, "this line has a carriage return in it", "with a line feed"),
    ("# rules\v[policy]\vrequire_mfa = true\n", 1, "this line has a control character in it", "with a line feed"),
    ("[policy]\nlog = on # a\frequire_mfa = true\n", 2, "this line has a control character in it", "a line feed"),
    ("# rules\u0085[policy]\u0085require_mfa = true\n", 1, "this line has a control character", "with a line feed"),
    ("# rules\u2028[policy]\u2028require_mfa = true\n", 1, "this line has a control character", "with a line feed"),
    ("[policy]\r\nlog = on # \rrequire_mfa = true\r\n", 2, "this line has a carriage return in it", "a line feed"),
    ("[policy]\nmax_session_duration = 8\n", 2, "8 has no unit", "write 8h"),
    ("[policy]\nmax_session_duration = 5m\n", 2, "5m is not a session duration", "15m to 36h"),
    ("[policy]\nmax_session_duration = 37h\n", 2, "37h is not a session duration", "15m to 36h"),
    ("[policy]\nmax_session_duration = long\n", 2, "long is not a session duration", "15m to 36h"),
    ("[policy]\nmax_unlock_time = 0\n", 2, "0 is not a valid unlock time", "1s to 30d"),
    ("[policy]\nmax_unlock_time = 31d\n", 2, "31d is not a valid unlock time", "1s to 30d"),
    ("[policy]\nstores = file, keychain\n", 2, "keychain is not a store", "one or more of file, libsecret"),
    ("[policy]\nstores = libsecrt\n", 2, "libsecrt is not a store", "write libsecret"),
    ("[policy]\nstores = ,\n", 2, ", lists nothing", "one or more of file, libsecret"),
    ("[policy]\nslots = pasphrase\n", 2, "pasphrase is not a slot type", "write passphrase"),
    ("[policy]\nslots = tpm2\n", 2, "tpm2 would lock every user out", "at least one of passphrase, keyfile, libsecret"),
    ("[policy]\nslots = recovery, tpm2\n", 2, "recovery, tpm2 would lock every user out", "add at least one of passphrase"),
    ("[policy]\nplaintext_keys = no\n", 2, "no is none of allow, warn or refuse", "one of these"),
    ("[policy]\nmin_passphrase_length = long\n", 2, "long is not a number of characters", "as 16"),
    ("[policy]\nmin_passphrase_length = 0\n", 2, "0 is not a number of characters", "as 16"),
    ("[policy]\nmin_passphrase_length = 257\n", 2, "257 is not a number of characters", "as 16"),
    ("[policy]\nrotate_after = off\n", 2, "off is not a valid age", "1d to 3650d"),
    ("[policy]\nlog = off\n", 2, "off is not a bound", "belongs in [warder]"),
    ("[policy]\nallow_unlock_keys = never\n", 2, "never is neither true nor false", "true or false"),
    ("[policy]\nallow_totp_seeds = 0\n", 2, "0 is neither true nor false", "true or false"),
])
def test_what_no_administrator_can_have_meant(ruled, text, line, message, hint):
    ruled.machine.write(text)
    ruled.run("process", "prod").failed(8, f"{PATH}:{line}: ", message, hint)


def test_utf_16(ruled):
    ruled.machine.write("[policy]\nrequire_mfa = true\n".encode("utf-16"))
    result = ruled.run("process", "prod")
    result.failed(8, f"{PATH}:1: this file is in UTF-16")
    command = result.err.splitlines()[1].removeprefix("hint: convert it: ")
    for _ in range(2):
        subprocess.run([*ruled.machine.prefix, "sh", "-c", command], check=True)
        # Every user must be able to read it.
        assert ruled.machine.file.stat().st_mode & 0o777 == 0o644
        assert ruled.machine.file.read_bytes() == b"[policy]\nrequire_mfa = true\n"
    assert answers(ruled) and os.listdir(ruled.machine.folder) == ["config"]


def test_a_bom_comments_crlf_and_capitals(ruled):
    add_key_profile(ruled.home, "raw", "alice")
    ruled.machine.write(b"\xef\xbb\xbf# rules\r\n[policy]\r\n; of the house\r\n  Require_MFA = true\r\n")
    ruled.run("process", "raw").failed(8, f"{PATH}:4: require_mfa is true")
    assert answers(ruled)


def test_a_mistake_in_the_defaults_counts_even_where_the_user_has_a_line_of_their_own(ruled):
    ruled.machine.write("[warder]\nunlock_time = 8\n")
    ruled.home.settings("[warder]\nunlock_time = 1h\n")
    ruled.run("status").failed(8, f"{PATH}:2: 8 has no unit")


def test_what_goes_on_with_a_file_that_is_not_used(ruled):
    ruled.machine.write("[policy]\nnonsense = 1\n")
    for words in (["explain", "prod"], ["env", "prod"], ["exec", "prod", "--", "true"], ["status"], ["unlock"],
                  ["refresh", "prod"], ["whoami", "prod"], ["rotate", "alice"], ["use", "prod"]):
        assert ruled.run(*words, passphrase=True).code == 8, words
    for words in (["log"], ["hook", "bash"], ["--version"], ["process", "--help"], ["lock"]):
        ruled.good(*words)


# The defaults


def test_the_machines_defaults_and_the_users_own(ruled):
    ruled.machine.write("[warder]\nrotate_after = 30d\nunlock_time = 2h\n")
    ruled.good("lock")
    ruled.good("unlock", passphrase=True)
    assert "2h" in ruled.run("unlock", passphrase=True).err
    ruled.home.settings("[warder]\nunlock_time = 20m\n")
    assert "20m" in ruled.run("unlock", passphrase=True).err
    ruled.home.settings("[warder]\nunlock_time =\n")
    assert "2h" in ruled.run("unlock", passphrase=True).err
