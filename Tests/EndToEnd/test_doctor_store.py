"""What `warder doctor` finds about the store: where the keys are, the vault, the Secret Service, what opens them."""

import json
import os
import re
import shutil
import signal
import subprocess
import time

import pytest
import vault_v1 as v1
from doctor import Case, cases, codes, examined, goes_through, mend
from home import ORDINARY, PASSPHRASE, random_key
from secret_service import missing, stored_keys
from stores import LIMIT, add_key, lines

TYPED = {"WARDER_PASSPHRASE": PASSPHRASE}


def remarks(report):
    return sorted({note["code"] for note in report["notes"]})


# Keys


def test_no_key_is_stored(bare):
    bare.add_profiles()
    bare.add_profile("carol", "warder_role_arn = arn:aws:iam::222222222222:role/A", "warder_source_profile = alice")
    found = examined(bare)["findings"]
    assert [(each["code"], each["command"]) for each in found] == [("no_store", "warder add alice")]
    assert found[0]["place"].endswith(".aws/config:1")
    added = add_key(bare, "alice", bare.key, "--store", "file", passphrase=True)
    assert added.code == 0, added
    assert examined(bare)["findings"] == []


def test_a_home_without_profiles_needs_no_store(bare):
    assert examined(bare) == {"findings": [], "notes": []}


def unstored(home):
    home.add_profile("bob", "warder_key = robert")


def store_robert(home):
    assert add_key(home, "robert", random_key(), passphrase=True).code == 0


@cases(Case("a key that the vault has not", unstored, "key_not_stored", "config:21", mends=store_robert))
def test_a_key_of_an_unlocked_vault(home, case):
    with home.opened():
        home.unlock()
    goes_through(home, case)


@cases(Case("a key that the keyring has not", unstored, "key_not_stored", mends=store_robert))
def test_a_key_of_the_secret_service(filled, case):
    goes_through(filled, case)


def test_what_a_locked_vault_holds_is_not_known(home):
    unstored(home)
    report = examined(home)
    assert report["findings"] == [] and "locked" in remarks(report)


def test_one_profile(home):
    with home.opened():
        home.unlock()
    unstored(home)
    assert codes(examined(home, "prod")) == [] and codes(examined(home, "bob")) == ["key_not_stored"]


# Where the keys are


def garbled_marker(home):
    (home.data / "store").write_text("somewhere\n")
    (home.data / "store").chmod(0o600)


def exposed_marker(home):
    garbled_marker(home)
    (home.data / "store").chmod(0o640)


def remove_marker(home):
    (home.data / "store").unlink()


@cases(
    Case("a marker that says nothing", garbled_marker, "store_unknown", "warder/store"),
    Case("a marker that others may read", exposed_marker, "store_unknown", "warder/store", mends=remove_marker),
)
def test_it_cannot_be_told_where_the_keys_are(home, case):
    goes_through(home, case)


def wanted_in_file(home):
    home.settings("[warder]\nstore = file\n")
    return TYPED


@cases(Case("the settings want a vault", wanted_in_file, "store_elsewhere", "config:2"))
def test_the_keys_are_elsewhere(filled, case):
    goes_through(filled, case)
    assert filled.stored()["alice"] == filled.key


def vault_too(home):
    marker = (home.data / "store").read_text()
    shutil.rmtree(home.data)
    home.add_vault()
    (home.data / "store").write_text(marker)
    (home.data / "store").chmod(0o600)
    return TYPED


@cases(Case("a vault beside the marker", vault_too, "move_unfinished", "warder/vault"))
def test_a_move_that_was_interrupted(filled, case):
    goes_through(filled, case)
    assert not filled.vault.exists() and stored_keys(filled.keyring) == {"alice": filled.key}


# The vault


def older(home):
    """The vault as it was, after it was changed."""
    before = home.vault.read_bytes()
    assert add_key(home, "bob", random_key(), passphrase=True).code == 0
    home.vault.write_bytes(before)
    # A copy of the newer one would be something else.
    home.vault.with_name("vault.bak").unlink()
    return TYPED


def forgotten(home):
    home.good("vault", "verify", passphrase=True)
    (note,) = home.state.glob("generation-*")
    note.write_text("garbage\n")
    return TYPED


def exposed(home):
    home.vault.chmod(0o644)


def foreign(home):
    os.chown(home.vault, ORDINARY, ORDINARY)


def newer_version(home):
    home.before = home.vault.read_bytes()
    home.vault.write_bytes(home.before.replace(b"warder-vault v1\n", b"warder-vault v2\n"))


def put_back(home):
    home.vault.write_bytes(home.before)


def damaged(home):
    assert add_key(home, "bob", random_key(), passphrase=True).code == 0
    home.vault.write_bytes(home.vault.read_bytes()[:200])
    return TYPED


def damaged_alone(home):
    home.before = home.vault.read_bytes()
    home.vault.write_bytes(b"not a vault")


def a_folder(home):
    home.vault.rename(home.root / "kept")
    home.vault.mkdir()


def a_file_again(home):
    home.vault.rmdir()
    (home.root / "kept").rename(home.vault)


def weak(home):
    shutil.rmtree(home.data)
    home.add_vault(cost=15)
    return TYPED | {"WARDER_NEW_PASSPHRASE": PASSPHRASE + " again"}


def copy_of_another(home):
    """As one that stays when the vault is removed, and another one is made."""
    other = v1.Vault(os.urandom(16), os.urandom(32))
    other.slots = [v1.make_slot(v1.KEYFILE, other.identifier, other.data_key, os.urandom(32), os.urandom(32), b"")]
    other.records = [(v1.CACHE_KEY, os.urandom(32))]
    copy = home.vault.with_name("vault.bak")
    copy.write_bytes(v1.write(other))
    copy.chmod(0o600)


def copy_before_renewal(home):
    keyfile = home.root / "key"
    home.good("vault", "slots", "add", "keyfile", keyfile, passphrase=True)
    before = home.vault.read_bytes()
    home.good("vault", "slots", "add", "keyfile", home.root / "second", passphrase=True)
    found = {"WARDER_KEYFILE": str(keyfile)}
    home.good("vault", "slots", "remove", "2", "--rekey", "--yes", passphrase=True, env=found)
    copy = home.vault.with_name("vault.bak")
    copy.write_bytes(before)
    copy.chmod(0o600)


@cases(
    Case("older than last seen", older, "vault_older", "warder/vault"),
    Case("last seen is not known", forgotten, "vault_unseen", "warder/vault"),
    Case("others may read it", exposed, "vault_mode", "warder/vault"),
    Case("of a newer version", newer_version, "vault_newer", "warder/vault", mends=put_back),
    Case("cut short, with a copy", damaged, "vault_damaged", "warder/vault"),
    Case("no vault, without a copy", damaged_alone, "vault_damaged", "warder/vault", mends=put_back),
    Case("a folder", a_folder, "vault_unreadable", "warder/vault", mends=a_file_again),
    Case("a cost below today's", weak, "weak_scrypt", "warder/vault"),
    Case("a copy of another vault", copy_of_another, "copy_of_other_key", "vault.bak"),
    Case("a copy from before its keys were renewed", copy_before_renewal, "copy_of_other_key", "vault.bak"),
)
def test_the_vault(home, case):
    goes_through(home, case)


@pytest.mark.skipif(os.geteuid() != 0, reason="root alone gives files away")
@cases(Case("another user's", foreign, "vault_unreadable", "warder/vault"))
def test_a_vault_of_another_user(home, case):
    goes_through(home, case)


def test_the_usual_copies_are_no_finding(home):
    """After a key is added, the passphrase changed, a slot added and removed, the keys renewed."""
    keyfile = home.root / "key"
    again = {"WARDER_NEW_PASSPHRASE": PASSPHRASE}
    for command, more in [
        (["add", "bob", "--stdin", "--no-verify"], {"input": lines(random_key())}),
        (["vault", "passphrase"], {"env": again}),
        (["vault", "passphrase"], {"env": again}),
        (["vault", "recovery"], {}),
        (["vault", "passphrase"], {"env": again}),
        (["vault", "slots", "add", "keyfile", keyfile], {}),
        (["vault", "slots", "remove", "keyfile"], {}),
        (["vault", "slots", "add", "keyfile", keyfile], {}),
        (["vault", "slots", "remove", "recovery", "--rekey", "--yes"], {"env": {"WARDER_KEYFILE": str(keyfile)}}),
        (["remove", "bob", "--yes"], {}),
    ]:
        home.good(*command, passphrase=True, **more)
        assert examined(home)["findings"] == [], command


@cases(Case("a renewal that was interrupted", lambda home: home.interrupt(), "unfinished_rekey", "warder/vault"))
def test_a_renewal_of_the_keys(home, case, tmp_path):
    """Killed when the vault is written, and before the rest is done."""
    home.good("vault", "slots", "add", "keyfile", home.root / "key", passphrase=True)
    home.good("vault", "recovery", passphrase=True)

    def interrupt():
        command = ["vault", "slots", "remove", "recovery", "--rekey", "--yes"]
        env = TYPED | {"WARDER_KEYFILE": str(home.root / "key")}
        for moment in range(1, 9):
            kill = ["strace", "-f", "-o", "/dev/null", "-e", f"inject=?rename,?renameat2:signal=SIGKILL:when={moment}"]
            home.run(*command, env=env, prefix=kill)
            if "unfinished_rekey" in codes(examined(home)):
                return env
        pytest.fail("no moment left it unfinished")

    home.interrupt = interrupt
    goes_through(home, case)


# The keyfile


def with_keyfile(home):
    keyfile = home.root / "keys/vault"
    keyfile.parent.mkdir()
    home.good("vault", "slots", "add", "keyfile", keyfile, passphrase=True)
    home.environment["WARDER_KEYFILE"] = str(keyfile)
    return keyfile


def keyfile_gone(home):
    (home.root / "keys/vault").unlink()
    return TYPED


def keyfile_mode(mode):
    return lambda home: (home.root / "keys/vault").chmod(mode)


def keyfile_a_folder(home):
    (home.root / "keys/vault").unlink()
    (home.root / "keys/vault").mkdir()


def keyfile_removed(home):
    (home.root / "keys/vault").rmdir()
    home.good("vault", "slots", "add", "keyfile", home.root / "keys/vault", passphrase=True)


@cases(
    Case("it is not there", keyfile_gone, "no_keyfile", "keys/vault"),
    Case("others may write it", keyfile_mode(0o602), "keyfile_mode", "keys/vault"),
    Case("it is a folder", keyfile_a_folder, "keyfile_unreadable", "keys/vault", mends=keyfile_removed),
)
def test_the_keyfile(home, case):
    with_keyfile(home)
    goes_through(home, case)


def test_a_keyfile_that_others_may_read(home):
    """Who may read root's own is up to root."""
    keyfile = with_keyfile(home)
    user = home.as_ordinary_user()
    keyfile.chmod(0o640)
    # Another copy of warder runs, which the profiles do not name.
    (found,) = [each for each in examined(home, **user)["findings"] if each["code"] == "keyfile_mode"]
    assert found["gravity"] == "exposed" and found["place"] == str(keyfile) and found["fix"]
    mend(home, found["command"])
    assert "keyfile_mode" not in codes(examined(home, **user))


# The Secret Service


def no_bus(home):
    os.symlink(home.keyring.bus.socket, home.runtime / "bus")
    return {"DBUS_SESSION_BUS_ADDRESS": "unix:path=/nowhere"}


def no_bus_at_all(home):
    return {"DBUS_SESSION_BUS_ADDRESS": ""}


def bus_again(home):
    home.environment["DBUS_SESSION_BUS_ADDRESS"] = home.keyring.bus.address


def no_library(home):
    (home.root / "libsecret-1.so.0").write_text("not a library")
    return {"LD_LIBRARY_PATH": str(home.root)}


def library_again(home):
    del home.environment["LD_LIBRARY_PATH"]


def start_service(home):
    """Runs what is printed, for the login whose keyring it is. It leaves a daemon, which must not hold a pipe of the
    test's."""
    (found,) = examined(home)["findings"]
    null = subprocess.DEVNULL
    command = ["bash", "-c", found["command"]]
    environment = home.keyring.bus.environment
    subprocess.run(command, env=environment, stdin=null, stdout=null, stderr=null, timeout=30, check=True)


SERVICES = [
    Case("a bus that is not there", no_bus, "no_session_bus", "DBUS_SESSION_BUS_ADDRESS"),
    Case("no bus", no_bus_at_all, "no_session_bus", mends=bus_again),
    Case("no library", no_library, "no_libsecret", mends=library_again),
    Case("it hangs", lambda home: home.keyring.stop(), "secret_service_hangs",
         mends=lambda home: home.keyring.resume()),
    Case("it does not run", lambda home: home.keyring.kill(), "no_secret_service", mends=start_service),
]


@cases(*SERVICES)
def test_the_secret_service(filled, case):
    filled.start_anew()
    try:
        goes_through(filled, case)
    finally:
        end_started(filled.keyring.bus)


def end_started(bus):
    """Ends the service that a printed command started."""
    call = ["gdbus", "call", "--session", "-d", "org.freedesktop.DBus", "-o", "/org/freedesktop/DBus"]
    call += ["-m", "org.freedesktop.DBus.GetConnectionUnixProcessID", "org.freedesktop.secrets"]
    found = re.search(r"uint32 (\d+)", bus.run(*call, check=False))
    if found:
        os.kill(int(found[1]), signal.SIGKILL)


@cases(*SERVICES[:3])
def test_a_vault_that_opens_otherwise_needs_no_service(desktop, case):
    """Over SSH a vault with a `libsecret` slot opens by its passphrase."""
    desktop.add_vault()
    desktop.good("vault", "slots", "add", "libsecret", passphrase=True)
    assert codes(examined(desktop)) == []
    desktop.environment.update(case.breaking(desktop))
    assert codes(examined(desktop)) == []


@cases(*SERVICES[:1], SERVICES[3])
def test_a_vault_that_opens_by_it_alone(desktop, case):
    desktop.add_vault()
    desktop.good("vault", "slots", "add", "libsecret", passphrase=True)
    desktop.good("vault", "slots", "remove", "passphrase", "--yes", passphrase=True)
    desktop.start_anew()
    goes_through(desktop, case)


@pytest.mark.parametrize(
    "fault", ["error=ReadAlias:AccessDenied", "garbage=ReadAlias", "error=SearchItems:AccessDenied"])
def test_a_service_that_fails(faulty, fault):
    faulty.start_anew()
    goes_through(
        faulty,
        Case(fault, lambda home: home.service.start(fault), "secret_service_fails",
             mends=lambda home: home.service.start()))


def test_a_service_that_hangs_takes_half_a_second(faulty):
    """However much of warder's is in it, and whatever hangs."""
    for fault in ("hang=ReadAlias", "hang=SearchItems", "hang=Properties.Get"):
        faulty.service.start(fault)
        started = time.monotonic()
        result = faulty.run("doctor", "--json")
        assert time.monotonic() - started < LIMIT
        assert codes(json.loads(result.out)) == ["secret_service_hangs"]


def test_the_service_is_looked_at_and_nothing_more(faulty):
    """No session is negotiated, no secret read, no dialog shown."""
    faulty.service.start()
    assert codes(examined(faulty)) == []
    assert set(faulty.service.calls()) <= {"ReadAlias", "Properties.Get", "SearchItems", "Properties.GetAll"}


def test_a_locked_keyring_is_no_finding(filled):
    filled.start_anew()
    filled.keyring.lock()
    report = examined(filled)
    assert report["findings"] == [] and "locked" in remarks(report)
    assert filled.keyring.locked()


def test_sessions_that_are_unlocked_need_no_bus(serving):
    """Over SSH: what was unlocked at the desktop stays so."""
    serving.environment["DBUS_SESSION_BUS_ADDRESS"] = ""
    report = examined(serving)
    assert report["findings"] == [] and "no_session_bus" in remarks(report)


def test_a_service_that_the_bus_can_start_is_not_started(seated, bus):
    """The first program that asks it starts it."""
    lacking = missing("gnome-keyring-daemon")
    if lacking:
        pytest.skip(f"not installed: {lacking}")
    seated.data.mkdir(parents=True, mode=0o700)
    (seated.data / "store").write_text("libsecret " + os.urandom(16).hex() + "\n")
    (seated.data / "store").chmod(0o600)
    assert codes(examined(seated)) == ["no_secret_service"]
    mark = seated.root / "started"
    services = seated.root / "services"
    services.mkdir()
    (services / "org.freedesktop.secrets.service").write_text(
        f"[D-BUS Service]\nName=org.freedesktop.secrets\nExec=/bin/touch {mark}\n")
    file = bus.folder / "bus.conf"
    bus.kill()
    bus.start(f"<servicedir>{services}</servicedir>")
    assert codes(examined(seated)) == [] and not mark.exists()
    # It is true that it could be.
    bus.run("secret-tool", "lookup", "a", "b", check=False)
    assert mark.exists() and file.exists()


# What runs unattended


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
