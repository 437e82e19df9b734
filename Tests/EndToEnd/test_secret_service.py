"""The Secret Service as a store: how it is found, what lies there, and who else looks."""

import concurrent.futures
import json
import re
import socket
import subprocess
import time

import pytest
from home import MFA, random_key
from secret_service import parse, stored_keys
from stores import LIBSECRET, LIMIT, add_key, add_key_profile, asked, lines, marker


# Which store is taken


def test_the_first_key_goes_to_an_unlocked_secret_service(desktop):
    result = add_key(desktop, "alice", desktop.key)
    assert result.code == 0 and "Secret Service" in result.err, result
    assert re.fullmatch(r"libsecret [0-9a-f]{32}\n", marker(desktop))
    assert stored_keys(desktop.keyring) == {"alice": desktop.key}
    assert not desktop.vault.exists()


@pytest.mark.parametrize("state", ["absent", "locked", "stopped", "no bus", "told otherwise"])
def test_otherwise_it_goes_to_the_vault(desktop, state):
    env = {}
    if state == "absent":
        desktop.keyring.kill()
    elif state == "locked":
        desktop.keyring.lock()
    elif state == "stopped":
        desktop.keyring.stop()
    elif state == "no bus":
        env = {"DBUS_SESSION_BUS_ADDRESS": ""}
    else:
        desktop.settings("[warder]\nstore = file\n")
    result = add_key(desktop, "alice", desktop.key, passphrase=True, env=env)
    assert result.code == 0 and "vault" in result.err, result
    assert desktop.stored() == {"alice": desktop.key}
    reason = {
        "absent": "nothing on the session bus is a Secret Service", "locked": "the desktop's keyring is locked",
        "stopped": "the Secret Service does not answer", "no bus": "there is no session bus",
    }.get(state)
    said = [line for line in result.err.splitlines() if "not to the desktop's keyring" in line]
    assert len(said) == (reason is not None) and all(reason in line for line in said), result
    # Once: from the second key on nothing is chosen.
    second = add_key(desktop, "bob", random_key(), passphrase=True, env=env)
    assert second.code == 0 and "not to the desktop's keyring" not in second.err, second


@pytest.mark.parametrize("state", ["locked", "absent"])
def test_once_taken_it_stays(filled, state):
    """The same user over SSH does not find another store, nor make one."""
    if state == "locked":
        filled.keyring.lock()
    else:
        filled.keyring.kill()
    add_key(filled, "bob", random_key(), "--no-prompt", passphrase=True).failed(3)
    assert not filled.vault.exists()


def test_a_vault_stays_too(seated, bus):
    seated.add_vault()
    key = random_key()
    assert add_key(seated, "bob", key, passphrase=True).code == 0
    assert seated.stored() == {"alice": seated.key, "bob": key}


@pytest.mark.parametrize("present", ["file", "libsecret"])
def test_the_other_store_is_refused(desktop, present):
    other = {"file": "libsecret", "libsecret": "file"}[present]
    assert add_key(desktop, "alice", desktop.key, "--store", present, passphrase=True).code == 0
    add_key(desktop, "bob", random_key(), "--store", other, passphrase=True).failed(2, "warder store move")
    desktop.settings(f"[warder]\nstore = {other}\n")
    result = add_key(desktop, "bob", random_key(), passphrase=True)
    assert result.code in (2, 8) and "store" in result.err, result
    keys = desktop.stored() if present == "file" else stored_keys(desktop.keyring)
    assert keys == {"alice": desktop.key}


def test_a_store_that_is_none(desktop):
    result = add_key(desktop, "alice", desktop.key, "--store", "cloud")
    assert result.code == 2 and "cloud" in result.err, result
    desktop.settings("[warder]\nstore = cloud\n")
    add_key(desktop, "alice", desktop.key).failed(8, "cloud")
    assert desktop.keyring.items() == []


@pytest.mark.parametrize("content", ["", "libsecret", "libsecret xyz\n", "cloud " + "0" * 32 + "\n", "\0" * 99])
def test_a_choice_that_cannot_be_read(filled, content):
    """It is damage, not the absence of a store."""
    (filled.data / "store").write_text(content)
    for command in (["process", "itself"], ["add", "bob", "--stdin", "--no-verify"], ["remove", "alice", "--yes"]):
        result = filled.run(*command, input=lines(random_key()), passphrase=True)
        assert result.code == 9 and str(filled.data / "store") in result.err, result
    assert stored_keys(filled.keyring) == {"alice": filled.key}
    assert not filled.vault.exists()


# What lies there


def test_an_item_as_people_see_it(filled):
    (item,) = filled.keyring.items("AccessKey")
    assert item["attributes"] == {"xdg:schema": "org.warder.AccessKey", "name": "alice"}
    assert item["label"] == f"warder: alice ({filled.key[0]})"
    found = parse(filled.keyring.lookup("AccessKey", name="alice"))
    assert (found["aws_access_key_id"], found["aws_secret_access_key"]) == filled.key


def test_the_session_cache_key_is_the_store_s_own(filled):
    filled.good("unlock")
    (item,) = filled.keyring.items("SessionCacheKey")
    assert item["attributes"]["store"] == marker(filled).split()[1]


def test_a_key_that_somebody_wrote_is_read(filled):
    key = random_key()
    text = f"aws_access_key_id = {key[0]}\naws_secret_access_key = {key[1]}\n"
    filled.keyring.put("AccessKey", text, name="carol")
    add_key_profile(filled, "carol")
    answer = json.loads(asked(filled, "carol").out)
    assert (answer["AccessKeyId"], answer["SecretAccessKey"]) == key


@pytest.mark.parametrize(
    "text",
    ["\n", "hello", "aws_access_key_id = AKIAIOSFODNN7EXAMPLE\n", "aws_secret_access_key = x\n", "= =\n", "x" * 70000],
    ids=lambda text: repr(text[:12]),
)
def test_an_item_that_is_no_key(filled, text):
    filled.keyring.put("AccessKey", text, name="carol")
    add_key_profile(filled, "carol")
    result = asked(filled, "carol")
    result.failed(9, "carol")
    assert "hello" not in result.err and "x" * 20 not in result.err
    # It does not stand in the others' way, and can be taken away.
    assert asked(filled, "itself").code == 0
    filled.good("remove", "carol", "--yes")
    assert stored_keys(filled.keyring) == {"alice": filled.key}


def test_what_another_program_deleted_is_gone(filled):
    """What warder noted of the store last time does not bring it back."""
    add_key(filled, "bob", random_key())
    filled.keyring.clear("AccessKey", name="bob")
    told = {entry["name"] for entry in json.loads(filled.good("list", "--json"))["entries"]}
    assert "bob" not in told
    filled.run("remove", "bob", "--yes").failed(7, "bob")
    key = random_key()
    assert add_key(filled, "bob", key).code == 0
    assert stored_keys(filled.keyring) == {"alice": filled.key, "bob": key}


def test_what_another_program_wrote_is_not_overwritten(filled):
    key = random_key()
    text = f"aws_access_key_id = {key[0]}\naws_secret_access_key = {key[1]}\n"
    filled.keyring.put("AccessKey", text, name="bob")
    add_key(filled, "bob", random_key()).failed(1, "bob", "--replace")
    assert stored_keys(filled.keyring) == {"alice": filled.key, "bob": key}


def test_items_of_others_stay_as_they_are(filled):
    filled.keyring.fill(3)

    def others():
        return [item for item in filled.keyring.items() if "site" in item["attributes"]]

    before = others()
    assert len(before) == 3
    add_key(filled, "bob", random_key())
    filled.good("remove", "alice", "--yes")
    filled.good("remove", "bob", "--yes")
    assert others() == before


# process


def test_process_needs_no_unlocking(serving):
    serving.start_anew()
    assert '"Version":1' in asked(serving, "prod").out
    assert serving.kernel_key(marker(serving).split()[1])


@pytest.mark.needs("strace")
def test_after_the_first_process_nobody_asks_the_secret_service(serving, bus, tmp_path):
    def traced():
        log = tmp_path / "log"
        prefix = ["strace", "-f", "-o", log, "-e", "trace=connect,openat,open"]
        assert serving.run("process", "prod", prefix=prefix).code == 0
        return log.read_text()

    serving.start_anew()
    first = traced()
    assert str(bus.socket) in first and "libsecret" in first
    for _ in range(2):
        later = traced()
        assert "connect(" not in later and "libsecret" not in later and "libglib" not in later


def test_it_has_its_time(filled):
    """The key that was read lies in the kernel for the time that the settings say."""
    filled.settings("[warder]\nunlock_time = 10m\n")
    filled.start_anew()
    asked(filled, "prod")
    key = filled.kernel_key(marker(filled).split()[1])
    if key is None:
        pytest.skip("this kernel gives no keyring")
    line = next(line for line in open("/proc/keys") if line.startswith(f"{int(key):08x}"))
    assert line.split()[3] in ("9m", "10m")


def test_many_other_items_do_not_matter(faulty):
    """The same calls, however many there are: nothing is walked."""
    calls = []
    for others in (0, 1000):
        items = json.loads(faulty.service.file.read_text())
        for number in range(others):
            attributes = {"xdg:schema": "org.example.Password", "site": f"site-{number}"}
            items[str(1000 + number)] = {"label": f"site {number}", "attributes": attributes, "secret": "x"}
        faulty.service.kill()
        faulty.service.file.write_text(json.dumps(items))
        faulty.service.start()
        faulty.good("process", "itself")
        calls.append(faulty.service.calls())
    assert calls[0] == calls[1]
    assert calls[0].count("GetSecrets") + calls[0].count("GetSecret") == 1


def test_a_cached_session_needs_no_secret_service(serving):
    serving.keyring.kill()
    assert '"Version":1' in serving.good("process", "prod")


@pytest.mark.parametrize("who", ["service", "bus"])
@pytest.mark.parametrize("profile", ["itself", "prod"])
def test_a_stopped_daemon_does_not_hold_process_up(serving, bus, who, profile):
    serving.start_anew()
    stopped = bus if who == "bus" else serving.keyring
    stopped.stop()
    started = time.monotonic()
    result = serving.run("process", profile)
    taken = time.monotonic() - started
    stopped.resume()
    result.failed(3)
    assert taken < LIMIT
    assert asked(serving, profile).code == 0


def test_a_socket_that_says_nothing(serving, tmp_path):
    with socket.socket(socket.AF_UNIX) as silent:
        silent.bind(str(tmp_path / "bus"))
        silent.listen()
        serving.start_anew()
        started = time.monotonic()
        env = {"DBUS_SESSION_BUS_ADDRESS": f"unix:path={tmp_path}/bus"}
        serving.run("process", "itself", env=env).failed(3)
        assert time.monotonic() - started < LIMIT


NOWHERE = ["", "autolaunch:", "unix:path=/nowhere", "garbage", "tcp:host=localhost,port=1", ";", "unix:"]


@pytest.mark.parametrize("address", NOWHERE)
def test_an_address_that_leads_nowhere(filled, address):
    result = filled.run("process", "itself", env={"DBUS_SESSION_BUS_ADDRESS": address, "DISPLAY": ":99"})
    result.failed(3)
    assert stored_keys(filled.keyring) == {"alice": filled.key}


def test_the_bus_is_found_by_the_runtime_folder(filled, bus):
    (filled.runtime / "bus").symlink_to(bus.socket)
    del filled.environment["DBUS_SESSION_BUS_ADDRESS"]
    assert json.loads(asked(filled, "itself").out)["AccessKeyId"] == filled.key[0]


@pytest.mark.parametrize("stand_in", ["text", "libm.so.6"])
def test_without_the_library(filled, tmp_path, stand_in):
    """There is none, or one that lacks what warder needs."""
    file = tmp_path / "libsecret-1.so.0"
    if stand_in == "text":
        file.write_text("not a library")
    else:
        listing = subprocess.run(["/sbin/ldconfig", "-p"], capture_output=True, text=True, check=True).stdout
        file.symlink_to(re.search(r"libm\.so\.6 .*=> (\S+)", listing)[1])
    env = {"LD_LIBRARY_PATH": str(tmp_path)}
    asked(filled, "itself", env=env).failed(1, "libsecret-1-0")
    add_key(filled, "bob", random_key(), env=env).failed(1, "libsecret-1-0")
    filled.run("remove", "alice", "--yes", env=env).failed(1, "libsecret-1-0")
    listed = filled.run("list", env=env)
    assert listed.code == 0 and "libsecret-1-0" in listed.err, listed
    assert stored_keys(filled.keyring) == {"alice": filled.key}


# Locked


def test_a_locked_keyring(filled):
    filled.keyring.lock()
    asked(filled, "itself").failed(3, "locked")
    filled.start_anew()
    asked(filled, "prod").failed(3, "locked")
    filled.keyring.unlock()
    assert asked(filled, "itself").code == 0


def test_nobody_to_show_the_dialog(filled):
    """gnome-keyring dismisses it where there is no display."""
    filled.keyring.lock()
    for command in (["add", "bob", "--stdin", "--no-verify"], ["remove", "alice", "--yes"]):
        result = filled.run(*command, input=lines(random_key()))
        assert result.code == 4, result
    filled.keyring.unlock()
    assert stored_keys(filled.keyring) == {"alice": filled.key}


def test_warder_s_lock_holds_although_the_secret_service_would_answer(serving):
    serving.good("lock")
    serving.run("process", "prod").failed(3, "locked")
    serving.run("process", "itself").failed(3, "locked")
    serving.good("unlock")
    assert asked(serving, "prod").code == 0
    assert asked(serving, "itself").code == 0


def test_locking_twice_and_unlocking_twice(serving):
    for _ in range(2):
        serving.good("lock")
    for _ in range(2):
        serving.good("unlock")
    assert serving.run("process", "prod").code == 0


def test_status_tells(serving):
    assert json.loads(serving.good("status", "--json"))["unlocked"] is True
    serving.good("lock")
    assert json.loads(serving.good("status", "--json"))["unlocked"] is False


# Who else looks


def wait_until_told(file, what, seconds=30):
    """Until a monitor has written of it."""
    end = time.monotonic() + seconds
    while what not in file.read_text():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_the_secret_goes_encrypted_over_the_bus(desktop, bus):
    with (bus.folder / "monitor").open("w") as file:
        monitor = subprocess.Popen(["dbus-monitor", "--session"], env=bus.environment, stdout=file)
    wait_until_told(bus.folder / "monitor", "NameAcquired")
    assert add_key(desktop, "alice", desktop.key, *LIBSECRET).code == 0
    add_key_profile(desktop, "alice")
    assert asked(desktop, "alice").code == 0
    last = ["gdbus", "emit", "--session", "--object-path", "/", "--signal", "warder.Test.Last"]
    subprocess.run(last, env=bus.environment, check=True)
    wait_until_told(bus.folder / "monitor", "warder.Test")
    monitor.kill()
    monitor.wait()
    seen = (bus.folder / "monitor").read_text()
    assert "CreateItem" in seen and "org.warder.AccessKey" in seen
    assert desktop.key[1] not in seen
    assert MFA not in seen


def test_a_hundred_at_once_after_login(serving):
    serving.start_anew()
    with concurrent.futures.ThreadPoolExecutor(100) as threads:
        results = list(threads.map(lambda _: asked(serving, "prod"), range(100)))
    assert {result.code for result in results} == {0}, results
    assert len({result.out for result in results}) == 1
