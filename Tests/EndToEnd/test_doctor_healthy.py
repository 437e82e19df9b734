"""Homes in which nothing is wrong: `warder doctor` finds nothing in any of them. Each is a recipe of docs/stores.md, or
what another page tells to do."""

import subprocess
import time

import pexpect
import pytest
from doctor import codes, examined, ran
from home import PASSPHRASE, WARDER

SEED = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def nothing_to_mend(home, **more):
    report = examined(home, **more)
    assert report["findings"] == [], report
    text = ran(home, **more)
    assert text.code == 0 and text.err == "" and text.out.splitlines()[-1] == "no problems found", text
    return report


def with_keyfile(home, path):
    with home.opened():
        home.good("vault", "slots", "add", "keyfile", str(path), passphrase=True)
    return path


def test_an_empty_home(bare):
    nothing_to_mend(bare)


def test_a_desktop_whose_login_opens_everything(filled):
    nothing_to_mend(filled)


def test_a_desktop_with_sessions(serving):
    nothing_to_mend(serving)


def test_a_desktop_with_a_vault_that_opens_by_itself(desktop):
    desktop.add_vault()
    desktop.add_profiles()
    with desktop.opened():
        desktop.good("vault", "slots", "add", "libsecret", passphrase=True)
    nothing_to_mend(desktop)


def test_a_vault_over_ssh_in_the_morning(working):
    working.environment["SSH_CONNECTION"] = "192.0.2.1 50000 192.0.2.2 22"
    nothing_to_mend(working)


def test_a_vault_over_ssh_before_it_is_unlocked(home):
    home.environment["SSH_CONNECTION"] = "192.0.2.1 50000 192.0.2.2 22"
    nothing_to_mend(home)


def test_keys_moved_from_the_secret_service_into_a_vault(filled):
    filled.good("store", "move", "--to", "file", passphrase=True)
    nothing_to_mend(filled)


def test_a_container_with_a_keyfile(home):
    path = with_keyfile(home, home.root / "secret")
    home.environment["WARDER_KEYFILE"] = str(path)
    nothing_to_mend(home)


def test_a_container_with_a_vault_that_is_mounted_read_only(home):
    path = with_keyfile(home, home.root / "secret")
    home.environment["WARDER_KEYFILE"] = str(path)
    home.vault.chmod(0o400)
    home.data.chmod(0o500)
    nothing_to_mend(home)
    home.data.chmod(0o700)


def test_a_unit_of_systemd(home):
    folder = home.root / "credentials"
    folder.mkdir(mode=0o700)
    with_keyfile(home, folder / "warder.keyfile")
    home.environment |= {"CREDENTIALS_DIRECTORY": str(folder), "AWS_PROFILE": "alice"}
    nothing_to_mend(home)


def test_cron_with_a_keyfile(home):
    """cron gives few variables."""
    path = with_keyfile(home, home.root / ".warder.key")
    home.environment["WARDER_KEYFILE"] = str(path)
    for name in ("LANG", "XDG_RUNTIME_DIR"):
        home.environment.pop(name)
    home.environment["PATH"] = "/usr/bin:/bin"
    nothing_to_mend(home)


def test_cron_with_keys_that_are_unlocked_for_a_month(home):
    home.unlock("--keys", "--for", "30d")
    nothing_to_mend(home)


def test_a_stored_seed_for_codes(home):
    with home.opened():
        home.good("add", "--totp", "alice", "--stdin", "--no-verify", input=SEED + "\n", passphrase=True)
    nothing_to_mend(home)


def test_a_runner_of_ci(home):
    home.environment["WARDER_PASSPHRASE"] = PASSPHRASE
    nothing_to_mend(home)


def test_a_recovery_code(home):
    with home.opened():
        home.good("vault", "slots", "add", "recovery", passphrase=True)
    nothing_to_mend(home)


def test_all_settings_of_the_page(home):
    path = with_keyfile(home, home.root / ".warder.key")
    home.settings(f"""\
[warder]
store = file
unlock_time = 8h
keyfile = {path}
prompt = terminal, pinentry
process_prompt = terminal
code_prompt = terminal, handoff
log = off
handoff_time = 50s
rotate_after = 90d
""")
    nothing_to_mend(home)


def test_sign_in_and_roles_beside_warders_profiles(home):
    """Profiles that never were warder's are none of its business."""
    home.config(home.config_file.read_text() + """
[sso-session corp]
sso_start_url = https://corp.awsapps.com/start
sso_region = eu-west-1
sso_registration_scopes = sso:account:access

[profile sso]
sso_session = corp
sso_account_id = 111111111111
sso_role_name = Reader
region = eu-west-1

[profile instance]
role_arn = arn:aws:iam::111111111111:role/Reader
credential_source = Ec2InstanceMetadata

[profile elsewhere]
credential_process = /usr/bin/true
""")
    nothing_to_mend(home)


def test_profiles_that_adopt_has_changed(home):
    home.config("""\
[profile alice]
region = eu-west-1
mfa_serial = arn:aws:iam::111111111111:mfa/alice

[profile prod]
role_arn = arn:aws:iam::222222222222:role/Admin
source_profile = alice

[sso-session corp]
sso_start_url = https://corp.awsapps.com/start
sso_region = eu-west-1

[profile sso]
sso_session = corp
sso_account_id = 111111111111
sso_role_name = Reader
""")
    home.good("adopt", "alice", "prod", "sso")
    nothing_to_mend(home)


def test_keys_that_were_imported(keyed):
    keyed.good("import", "--yes", "--no-verify", passphrase=True)
    nothing_to_mend(keyed)


def test_a_home_that_is_kept_elsewhere_by_links(home):
    """As stow and other keepers of dotfiles have it."""
    kept = home.root / "dotfiles"
    kept.mkdir()
    home.config_file.rename(kept / "config")
    home.config_file.symlink_to("../dotfiles/config")
    settings = home.root / "config/warder/config"
    settings.rename(kept / "warder")
    settings.symlink_to(kept / "warder")
    nothing_to_mend(home)


def test_another_user_than_root(home):
    user = home.as_ordinary_user()
    binary = user["executable"]
    home.config(home.config_file.read_text().replace(str(WARDER), binary))
    nothing_to_mend(home, **user)


@pytest.fixture
def large(home):
    """A home of a hundred profiles."""
    home.config("".join(
        f"[profile team-{n}]\nregion = eu-west-1\nwarder_role_arn = arn:aws:iam::{n:012}:role/Admin\n"
        f"warder_source_profile = alice\ncredential_process = {WARDER} process team-{n}\n\n" for n in range(1, 100)
    ) + f"[profile alice]\nregion = eu-west-1\ncredential_process = {WARDER} process alice\n")
    return home


def test_a_hundred_profiles_take_little_time(large):
    """At most 60 ms: the least of twenty, since others run on this machine at the same time."""
    nothing_to_mend(large)
    command, environment = large.command("doctor"), large.variables()
    times = []
    for _ in range(20):
        start = time.perf_counter()
        subprocess.run(command, env=environment, cwd=large.root, stdout=subprocess.DEVNULL, check=True)
        times.append(time.perf_counter() - start)
    assert min(times) < 0.060, times


CALLS = """\
    connect sendto sendmsg sendmmsg execve fork vfork clone clone3 rename renameat renameat2 unlink unlinkat link linkat
    symlink symlinkat mkdir mkdirat mknod mknodat chmod fchmod fchmodat fchmodat2 chown fchown lchown fchownat truncate
    ftruncate utimensat open creat openat openat2 add_key"""


@pytest.fixture
def known(working):
    """A home of which doctor sees the keys and the sessions."""
    with working.opened():
        working.good("list")
    return working


@pytest.mark.parametrize("kind", ["large", "known"])
def test_it_connects_nowhere_starts_nothing_and_changes_nothing(request, tmp_path, kind):
    """By the system calls in a home of a hundred profiles, and in one of which there is more to see."""
    home, log = request.getfixturevalue(kind), tmp_path / "calls"
    calls = ",".join(f"?{name}" for name in CALLS.split())
    result = home.run("doctor", prefix=["strace", "-f", "-qq", "-o", log, "-e", f"trace={calls}"])
    assert result.code == 0, result
    lines = [line.split(" ", 1)[1].lstrip() for line in log.read_text().splitlines()]
    writing = ("O_WRONLY", "O_RDWR", "O_CREAT")
    assert [line for line in lines if line.startswith("execve")][1:] == []
    done = [line for line in lines if not line.startswith(("open", "execve", "+++"))]
    opened = [line for line in lines if line.startswith("open") and any(word in line for word in writing)]
    assert done == [] and opened == [], (done, opened)


def test_it_reads_well_at_eighty_columns(large):
    """But for commands and places, which are copied."""
    large.environment |= {"AWS_ACCESS_KEY_ID": "x", "AWS_REGION": "eu-wset-1", "HTTPS_PROXY": "http://proxy:3128"}
    text = large.run("doctor").out
    for line in text.splitlines():
        assert len(line) <= 80 or line.startswith("  $ ") or str(large.root) in line, line
    assert "\x1b" not in text


def test_colours_are_for_terminals_alone(home):
    home.environment["AWS_REGION"] = "eu-wset-1"
    assert "\x1b" not in home.run("doctor", env={"TERM": "xterm"}).out

    def shown(variables):
        terminal = home.terminal(command=["/bin/sh", "-c", f'{variables} "$0" doctor', str(WARDER)])
        terminal.expect(pexpect.EOF)
        return terminal.before

    assert "\x1b[31mbroken\x1b[0m" in shown("TERM=xterm")
    for variables in ("TERM=xterm NO_COLOR=1", "TERM=dumb"):
        assert "broken" in shown(variables) and "\x1b" not in shown(variables)
