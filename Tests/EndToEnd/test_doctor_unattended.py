"""What `warder doctor` finds where cron and systemd run what needs the vault."""

import os
import shutil
import subprocess

import pytest
from doctor import Case, cases, codes, examined, goes_through, mend
from home import ORDINARY
from test_doctor_store import TYPED


def unit(text, name="backup.service", folder="config"):
    def breaking(home):
        path = home.root / folder / "systemd/user" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return TYPED

    return breaking


BACKUP = "[Service]\nType=oneshot\nExecStart=/usr/bin/warder exec prod -- backup\n"


def with_settings_of_its_own(home):
    home.settings(f"[warder]\nkeyfile = {home.root}/a key\nunlock_time = 4h\n")
    return unit(BACKUP)(home)


def with_empty_settings(home):
    (home.root / "config/warder/config").write_text("# nothing yet\n")
    return unit(BACKUP)(home)


def without_settings(home):
    shutil.rmtree(home.root / "config")
    return unit(BACKUP, folder="data")(home)


@cases(
    Case("exec in a unit", unit(BACKUP), "no_unattended_slot", "backup.service:3"),
    Case("in a shell, before", unit('[Service]\nExecStartPre=-/bin/sh -c "warder --no-prompt refresh prod; true"\n'),
         "no_unattended_slot", "backup.service:2"),
    Case("continued", unit("[Service]\nExecStart=\\\n  /usr/bin/env \\\n  warder env prod\n"), "no_unattended_slot",
         "backup.service:2"),
    Case("a program with a profile", unit("[Service]\nExecStart=restic\nEnvironment=AWS_PROFILE=prod\n"),
         "no_unattended_slot", "backup.service:3"),
    Case("a keyfile is named, and opens nothing", with_settings_of_its_own, "no_unattended_slot", "backup.service:3"),
    Case("with settings that say nothing", with_empty_settings, "no_unattended_slot", "backup.service:3"),
    Case("without settings", without_settings, "no_unattended_slot", "backup.service:3"),
)
def test_a_unit_and_a_vault_that_asks(home, case):
    goes_through(home, case)
    # And it opens there.
    del home.environment["WARDER_PASSPHRASE"]
    with_code = home.run("refresh", "prod", "--mfa-code", "123456")
    assert with_code.code == 0, with_code


@pytest.mark.parametrize("text", [
    "[Service]\nExecStart=/usr/bin/warder lock --watch\n",
    "[Service]\nExecStart=/usr/bin/warder rotate --no-prompt --notify\n",
    "[Service]\n# ExecStart=warder exec prod -- a\nExecStart=/usr/bin/true\n",
    BACKUP + "LoadCredential=warder.keyfile:/etc/warder/key\n",
    BACKUP + "Environment=WARDER_PASSPHRASE_COMMAND=/usr/bin/pass\n",
    "[Service]\nEnvironmentFile=/etc/warder/env\nExecStart=warder exec prod -- a\n",
    "[Service]\nExecStart=restic\nEnvironment=AWS_PROFILE=another\n",
    "[Service]\nExecStart=/usr/bin/warder-backup exec\nDescription=warder exec\n",
])
def test_units_that_bring_what_they_need(home, text):
    unit(text)(home)
    assert codes(examined(home)) == []


def test_what_a_unit_needs_may_be_in_its_drop_ins(home):
    unit(BACKUP)(home)
    assert codes(examined(home)) == ["no_unattended_slot"]
    (home.root / "config/systemd/user/backup.service.d").mkdir()
    assert codes(examined(home)) == []


def test_a_data_key_that_is_left_unlocked_opens_for_units(home):
    unit(BACKUP)(home)
    assert codes(examined(home)) == ["no_unattended_slot"]
    home.good("unlock", "--keys", passphrase=True)
    assert codes(examined(home)) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="root alone reads a crontab")
@pytest.mark.parametrize("place, name, text, line", [
    ("/var/spool/cron", "root", "# warder exec\nMAILTO=x\n*/5 * * * * cd / && warder process prod > /dev/null\n", 3),
    ("/var/spool/cron/crontabs", "root", "0 5 * * * AWS_PROFILE=prod restic backup\n", 1),
    ("/etc/systemd/system", "backup.service", BACKUP + "User=0\n", 3),
], ids=["Fedora's crontab", "Debian's crontab", "a unit"])
def test_what_the_machine_runs(home, place, name, text, line):
    """In a namespace of mounts, over the machine's own."""
    if subprocess.run(["unshare", "-m", "true"], capture_output=True).returncode != 0:
        pytest.skip("the kernel refuses a mount namespace")
    folder = home.root / "there"
    folder.mkdir()
    (folder / name).write_text(text)
    (folder / "another.service").write_text(BACKUP + "User=nobody\n")
    (folder / "nobody").write_text("@daily warder exec prod -- a\n")
    for another in ("another.service", "nobody"):
        os.chown(folder / another, ORDINARY, ORDINARY)
    script = f'mount -t tmpfs tmpfs {"/".join(place.split("/")[:3])} && mkdir -p {place}'
    script += f' && mount --bind "$0" {place} && exec "$@"'
    plain = home.command
    home.command = lambda *arguments: ["unshare", "-m", "sh", "-c", script, str(folder), *plain(*arguments)]
    (found,) = examined(home)["findings"]
    assert found["code"] == "no_unattended_slot" and found["place"] == f"{place}/{name}:{line}"
    home.environment |= TYPED
    mend(home, found["command"])
    assert codes(examined(home)) == []
