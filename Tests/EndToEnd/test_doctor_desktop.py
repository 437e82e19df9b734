"""What `warder doctor` finds about the Secret Service, to which it speaks for half a second and no more."""

import json
import os
import re
import signal
import subprocess
import time

import pytest
from doctor import Case, cases, codes, examined, goes_through
from secret_service import missing
from stores import LIMIT
from test_doctor_store import remarks


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
    # That service never answers.
    bus.run("sh", "-c", f"secret-tool lookup a b & until [ -e {mark} ]; do sleep 0.1; done; kill $!")
    assert mark.exists() and file.exists()
