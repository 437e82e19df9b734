"""`warder rotate` where it asks no one: with a stored seed, by the timer's unit, and for programs that read JSON."""

import json
import re
import shutil
import subprocess
import time

import pytest
from asking import until
from home import TESTS, WARDER
from rotating import STORES, Rotation
from test_totp import add_seed, canonical, code, random_seed, stored_seeds

UNITS = TESTS.parent / "systemd"


@pytest.mark.parametrize("kind", STORES)
def test_a_stored_seed_makes_the_code_and_stays(request, iam, kind):
    rotation = Rotation(kind, request.getfixturevalue(STORES[kind][1]), iam, mfa=True)
    seed, step = random_seed(), int(time.time()) // 30
    rotation.account.codes.update(code(seed, step + later) for later in range(-1, 20))
    assert add_seed(rotation.store, seed, "--mfa-serial", rotation.user.device).code == 0
    before = stored_seeds(rotation.store)
    result = rotation.store.run("rotate", "alice", "--no-prompt", timeout=150)
    assert result.code == 0, (result, rotation.story())
    assert "GetSessionToken" in rotation.iam.actions()
    assert stored_seeds(rotation.store) == before == {"alice": (canonical(seed), rotation.user.device)}
    rotation.check_that_it_is_over()


def command_of_unit():
    """What the unit runs, behind the program's name."""
    (line,) = re.findall(r"^ExecStart=(.+)$", (UNITS / "warder-rotate.service").read_text(), re.MULTILINE)
    program, *words = line.split()
    assert program == "@PREFIX@/bin/warder"
    return words


def test_the_timer_s_command_rotates_what_is_due(rotation):
    result = rotation.store.run(*command_of_unit(), timeout=150)
    assert result.code == 0, (result, rotation.story())
    rotation.check_that_new_is_in_use()
    rotation.check_that_it_is_over()
    rotation.iam.requests.clear()
    # The next day there is nothing to do.
    assert rotation.store.run(*command_of_unit(), timeout=150).code == 0
    assert rotation.iam.actions() == []


def test_the_timer_s_command_changes_nothing_where_it_would_have_to_ask(with_mfa):
    codes = re.findall(r"^SuccessExitStatus=(.+)$", (UNITS / "warder-rotate.service").read_text(), re.MULTILINE)
    allowed = {int(number) for number in codes[0].split()}
    result = with_mfa.store.run(*command_of_unit(), timeout=150)
    result.failed(4)
    locked = with_mfa.home
    locked.start_anew()
    for name in ("vault-key", "session-cache"):
        search = ["keyctl", "search", "@u", "user", f"warder:{name}:{locked.vault.read_bytes()[16:32].hex()}"]
        found = subprocess.run(search, capture_output=True, text=True, check=False)
        if found.returncode == 0:
            subprocess.run(["keyctl", "unlink", found.stdout.strip(), "@u"], capture_output=True, check=True)
    locked.run(*command_of_unit(), timeout=150).failed(3, "locked")
    assert allowed == {3, 4}
    assert with_mfa.iam.changes() == []
    with_mfa.check_that_old_is_in_use()


def test_the_timer_s_command_notifies_where_it_would_have_to_ask(with_mfa, bus):
    """Of a key that needs a code, and of a vault that is locked; not of what AWS refuses, which no answer helps."""
    home = with_mfa.home
    home.environment["DBUS_SESSION_BUS_ADDRESS"] = bus.address
    log = home.root / "notifications"
    daemon = subprocess.Popen(
        ["/usr/bin/python3", str(TESTS / "DesktopTests/notification_daemon.py"), str(log)],
        env=home.environment,
    )
    try:
        until(log.exists)

        def told(*arguments, **options):
            before = len(log.read_text())
            result = home.run(*command_of_unit(), *arguments, timeout=150, **options)
            return result.code, log.read_text()[before:]

        code, said = told(passphrase=True)
        assert code == 4 and "The AWS key alice is due" in said and "warder rotate alice" in said
        home.good("lock")
        code, said = told()
        assert code == 3 and "AWS keys may be due" in said
        with_mfa.user.denied.add("iam:ListAccessKeys")
        assert told("--mfa-code", with_mfa.account.code(), passphrase=True) == (5, "")
    finally:
        daemon.kill()
        daemon.wait()


@pytest.mark.needs("systemd-analyze")
def test_systemd_takes_the_units(tmp_path):
    (tmp_path / "bin").mkdir()
    shutil.copy(WARDER, tmp_path / "bin/warder")
    for unit in UNITS.glob("*"):
        (tmp_path / unit.name).write_text(unit.read_text().replace("@PREFIX@", str(tmp_path)))
    command = ["systemd-analyze", "verify", "--user", "--man=no", *map(str, tmp_path.glob("warder-*"))]
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(tmp_path)}
    verified = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    said = [line for line in verified.stderr.splitlines() if "warder" in line]
    if verified.returncode != 0 and not said:
        pytest.skip(f"systemd-analyze does not work here: {verified.stderr.strip()}")
    assert said == [] and verified.returncode == 0, verified


def test_json_of_a_failure(rotation):
    rotation.user.denied.add("iam:CreateAccessKey")
    result = rotation.run("--json")
    assert result.code == 5
    (told,) = json.loads(result.out)
    assert told["key"] == "alice" and told["exit_code"] == 5 and "iam:CreateAccessKey" in told["hint"] + told["error"]


def test_nothing_is_due(rotation):
    rotation.good()
    rotation.iam.requests.clear()
    result = rotation.good(names=())
    assert result.out == "" and rotation.iam.actions() == []
    assert json.loads(rotation.good("--json", names=()).out) == []


def test_nothing_is_due_while_the_vault_is_locked(rotation):
    """That is seen without the passphrase."""
    rotation.good()
    rotation.home.good("lock")
    rotation.home.unlock()
    rotation.iam.requests.clear()
    result = rotation.home.run("rotate", "--no-prompt")
    assert result.code == 0 and rotation.iam.actions() == [], result


def test_rotate_after_says_what_is_due(rotation):
    """Off, there is nothing to do but what was cut off."""
    for setting, is_due in (("off", False), ("3000d", False), ("30d", True)):
        rotation.home.settings(f"[warder]\nrotate_after = {setting}\n")
        rotation.good(names=())
        assert (rotation.first.id not in rotation.at_aws()) == is_due, setting
    rotation.home.settings("[warder]\nrotate_after = off\n")
    killed = rotation.run_killed(lambda request, acted: acted and request.action == "CreateAccessKey")
    assert killed.code < 0
    rotation.good(names=())
    rotation.check_that_it_is_over()
