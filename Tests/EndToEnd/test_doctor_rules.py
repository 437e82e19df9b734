"""`/etc/warder/config` as `warder doctor` sees it: a file that cannot be used, rules that hold, what they forbid."""

import os

import pytest
from doctor import codes, examined, mend
from faults import edits
from home import random_key
from importing import pair
from ruled import PATH, Machine, Ruled
from stores import FileStore
from test_doctor_store import TYPED


@pytest.fixture
def ruled(working, tmp_path):
    return Ruled(working, Machine(tmp_path / "etc"))


def mended(ruled, finding):
    """Runs the command as printed, on the machine; the home has no findings then."""
    mend(ruled.home, finding["command"], ruled.machine.prefix)
    assert codes(examined(ruled)) == []


def found(ruled):
    (finding,) = examined(ruled)["findings"]
    return finding


def test_a_machine_without_rules(ruled):
    assert codes(examined(ruled)) == []
    ruled.machine.write("[warder]\nunlock_time = 4h\n")
    report = examined(ruled)
    assert codes(report) == [] and "rules" not in [note["code"] for note in report["notes"]]


def exposed(machine):
    machine.rule("log = on").file.chmod(0o666)


def exposed_folder(machine):
    machine.rule("log = on").folder.chmod(0o777)


def of_another_user(machine):
    os.chown(machine.rule("log = on").file, 4321, 4321)


def broken_link(machine):
    machine.rule("log = on").file.unlink()
    machine.file.symlink_to("/nowhere/warder")


@pytest.mark.parametrize("breaking", [exposed, exposed_folder, of_another_user, broken_link])
def test_a_file_that_is_not_used(ruled, breaking):
    breaking(ruled.machine)
    finding = found(ruled)
    assert finding["code"] == "machine_settings" and finding["place"] == PATH, finding
    mended(ruled, finding)


@pytest.mark.parametrize(
    "text",
    ["[policy]\nmax_sesion_duration = 1h\n", "[policy]\nmin_passphrase_length = 0\n", "[policy]\nlog = off\n",
     "[warder]\nunlock_time = 4x\n", "[warder]\nunlok_time = 4h\n"],
    ids=lambda text: text.splitlines()[1])
def test_a_line_that_is_none(ruled, text):
    ruled.machine.write(text)
    finding = found(ruled)
    assert (finding["code"], finding["place"]) == ("machine_settings", f"{PATH}:2"), finding
    assert finding["command"] == f"${{EDITOR:-vi}} +2 {PATH}" and PATH not in finding["message"], finding
    ruled.environment.update(edits("d")(ruled.home))
    mended(ruled, finding)


def test_a_vault_that_opens_by_no_slot_that_is_allowed(ruled):
    ruled.rule("log = on", "slots = keyfile")
    finding = found(ruled)
    assert (finding["code"], finding["place"]) == ("policy_slots", f"{PATH}:3"), finding
    # The command shows the slots; what is missing is added as the refusal says.
    mend(ruled.home, finding["command"], ruled.machine.prefix)
    refused = ruled.run("refresh", "prod", "--mfa-code", "123456", passphrase=True)
    adding = refused.err.split("add one that is allowed: ")[1].strip()
    given = f"WARDER_PASSPHRASE='{TYPED['WARDER_PASSPHRASE']}'"
    mend(ruled.home, f"{given} {adding} {ruled.root}/key", ruled.machine.prefix)
    ruled.environment["WARDER_KEYFILE"] = f"{ruled.root}/key"
    assert codes(examined(ruled)) == []


def test_rules_that_hold_are_notes(ruled):
    ruled.rule("max_unlock_time = 1h", "log = on", "max_session_duration = 30m")
    ruled.settings("[warder]\nlog = off\n")
    report = examined(ruled)
    said = [(note["place"], note["message"]) for note in report["notes"] if note["code"] in ("rule", "rules")]
    assert codes(report) == []
    assert (PATH, "this machine sets rules: max_unlock_time, log, max_session_duration") in said, said
    assert any(place == f"{PATH}:2" and "1h, not 8h" in what for place, what in said), said
    assert any(place == f"{PATH}:3" and "log = off" in what for place, what in said), said


def test_what_a_rule_forbids_names_its_line(ruled):
    ruled.config(ruled.config_file.read_text().replace("mfa_serial", "# mfa_serial"))
    ruled.rule("log = on", "require_mfa = true")
    report = examined(ruled)
    assert codes(report) == ["policy_require_mfa"]
    assert {finding["place"] for finding in report["findings"]} == {f"{PATH}:3"}
    commands = [finding["command"] for finding in report["findings"]]
    assert sorted(commands) == [f"warder explain {name}" for name in ("alice", "audit", "prod")]
    for command in commands:
        mend(ruled.home, command, ruled.machine.prefix)
    ruled.config(ruled.config_file.read_text().replace("# mfa_serial", "mfa_serial"))
    assert codes(examined(ruled)) == []


def test_a_key_in_plain_text_that_is_forbidden(ruled):
    ruled.home.add_profile("plain", *pair(random_key()).splitlines())
    assert "plaintext_key" in codes(examined(ruled))
    ruled.rule("log = on", "plaintext_keys = refuse")
    (finding,) = [each for each in examined(ruled)["findings"] if each["code"] == "policy_plaintext_keys"]
    assert (finding["place"], finding["command"]) == (f"{PATH}:3", "warder import plain"), finding
    ruled.environment.update(TYPED)
    mended(ruled, finding | {"command": finding["command"] + " --yes"})


def test_a_key_that_would_be_given_out_as_it_is(ruled):
    ruled.home.add_profile("raw", "warder_key = alice", "warder_session = off")
    assert codes(examined(ruled)) == []
    ruled.rule("log = on", "max_session_duration = 12h")
    finding = found(ruled)
    assert (finding["code"], finding["place"]) == ("policy_max_session_duration", f"{PATH}:3"), finding
    assert "the key alice would be given out as it is" in finding["message"], finding
    mend(ruled.home, finding["command"], ruled.machine.prefix)
    ruled.config(ruled.config_file.read_text().replace("warder_session = off", ""))
    assert codes(examined(ruled)) == []


def test_a_store_that_is_forbidden(desktop, tmp_path):
    desktop.cost = 17
    FileStore(desktop)
    desktop.environment.update(TYPED)
    ruled = Ruled(desktop, Machine(tmp_path / "etc"))
    assert codes(examined(ruled)) == []
    finding = found(ruled.rule("stores = libsecret"))
    assert (finding["code"], finding["place"]) == ("policy_stores", f"{PATH}:2"), finding
    assert finding["command"] == "warder store move --to libsecret"
    mended(ruled, finding)
    assert ruled.good("store").split()[0] == "libsecret"


def test_a_store_that_is_wanted_and_forbidden(ruled):
    ruled.settings("[warder]\nstore = libsecret\n")
    ruled.rule("stores = file")
    finding = found(ruled)
    assert finding["code"] == "store_elsewhere", finding
    mended(ruled, finding)
    ruled.machine.write("[warder]\nstore = libsecret\n[policy]\nstores = file\n")
    assert codes(examined(ruled)) == []


def test_no_keyfile_is_advised_where_none_is_allowed(ruled):
    units = ruled.root / "config/systemd/user"
    units.mkdir(parents=True)
    (units / "sync.service").write_text("[Service]\nExecStart=/usr/bin/warder exec prod -- sync\n")
    ruled.rule("slots = passphrase, keyfile")
    assert codes(examined(ruled)) == ["no_unattended_slot"]
    ruled.rule("slots = passphrase")
    assert codes(examined(ruled)) == []
