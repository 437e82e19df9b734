"""`warder doctor --online`: what it says of what is well, and what it leaves alone."""

import dataclasses
import re
import time
import urllib.parse

import pytest
from doctor import codes, examined
from doctor_online import ADMIN, ONLINE, add_roles, notes
from home import exit_code
from test_doctor_online_endpoints import dead_port


def test_what_is_well_is_said_with_its_time(mfa_home):
    report = examined(mfa_home, ONLINE)
    assert report["findings"] == []
    for code in ("endpoint_answers", "key_accepted", "mfa_device_listed", "role_assumed"):
        assert notes(report, code), (code, report)
        for note in notes(report, code):
            assert 0 <= note["milliseconds"] < 5000
            spoken = f"{note['milliseconds']} ms"
            assert f"in {spoken}" in note["message"] or f"({spoken})" in note["message"], note
    spoken = mfa_home.good("doctor", ONLINE)
    assert spoken.endswith("no problems found\n") and max(map(len, spoken.splitlines())) <= 80


def test_offline_asks_aws_nothing(mfa_home):
    before = len(mfa_home.rig.iam.requests)
    assert examined(mfa_home)["findings"] == []
    assert len(mfa_home.rig.iam.requests) == before


def test_one_profile_alone(keyed_home):
    keyed_home.add_profile("elsewhere", f"endpoint_url = http://127.0.0.1:{dead_port()}", "warder_key = alice")
    keyed_home.environment["AWS_ENDPOINT_URL_IAM"] = keyed_home.environment.pop("AWS_ENDPOINT_URL")
    text = keyed_home.config_file.read_text()
    url = keyed_home.rig.iam.url
    keyed_home.config(re.sub(r"(\[profile (?:alice|prod|itself)\])", rf"\1\nendpoint_url = {url}", text))
    assert codes(examined(keyed_home, "prod", ONLINE)) == []
    assert codes(examined(keyed_home, ONLINE)) == ["endpoint_unreachable"]


def test_nothing_is_changed_at_aws_and_no_secret_is_printed(mfa_home):
    before = [dataclasses.replace(key) for key in mfa_home.rig.user.keys]
    result = mfa_home.run("doctor", ONLINE, "--json")
    sessions = mfa_home.rig.account.sessions.values()
    secrets = [mfa_home.rig.first.secret, *[each for session in sessions for each in (session.secret, session.token)]]
    for secret in secrets:
        assert secret not in result.out + result.err
        assert urllib.parse.quote(secret, safe="") not in result.out + result.err
    assert mfa_home.rig.iam.changes() == []
    assert [key.id for key in before] == [key.id for key in mfa_home.rig.user.keys]


def test_the_session_that_comes_of_it_is_cached(keyed_home):
    examined(keyed_home, ONLINE)
    made = [request for request in keyed_home.rig.iam.requests if request.action == "AssumeRole"]
    keyed_home.good("process", "prod")
    assert [request for request in keyed_home.rig.iam.requests if request.action == "AssumeRole"] == made


@pytest.mark.parametrize("source", ["device", "command", "seed"])
def test_no_code_is_used_up(with_mfa, source):
    home = with_mfa.home
    home.settings("[warder]\nrotate_after = off\n")
    printed = home.root / "printed"
    if source == "command":
        script = home.root / "code"
        script.write_text(f"#!/bin/sh\ntouch {printed}\necho {with_mfa.account.code()}\n")
        script.chmod(0o700)
        home.config(home.config_file.read_text().replace("mfa_serial", f"mfa_process = {script}\nmfa_serial", 1))
    if source == "seed":
        added = home.run("add", "alice", "--totp", "--stdin", input="JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP\n")
        assert added.code == 0, added
    add_roles(home, "prod", "other")
    report = examined(home, ONLINE)
    assert codes(report) == [] and not printed.exists(), report
    assert "GetSessionToken" not in with_mfa.iam.actions()
    (note,) = notes(report, "role_unchecked")
    assert "prod, other" in note["message"] and "warder refresh prod" in note["message"], note


def test_another_program_is_not_started(keyed_home):
    started = keyed_home.root / "started"
    keyed_home.add_profile(
        "other", f"warder_role_arn = {ADMIN}", "warder_source_profile = program")
    with keyed_home.config_file.open("a") as file:
        file.write(f"\n[profile program]\ncredential_process = /bin/touch {started}\n")
    report = examined(keyed_home, ONLINE)
    assert codes(report) == [] and not started.exists(), report
    assert "another program" in notes(report, "role_unchecked")[0]["message"]


def test_a_locked_vault_is_not_opened(keyed_home):
    keyed_home.good("lock")
    keyed_home.rig.iam.requests.clear()
    report = examined(keyed_home, ONLINE)
    assert codes(report) == [], report
    for code in ("key_unchecked", "role_unchecked"):
        (note,) = notes(report, code)
        assert "warder unlock --keys" in note["message"], note
    assert [request.signed for request in keyed_home.rig.iam.requests] == [None]


def test_a_locked_vault_asks_nobody_at_a_terminal(keyed_home):
    keyed_home.good("lock")
    terminal = keyed_home.terminal("doctor", ONLINE)
    assert exit_code(terminal) == 0
    assert "no problems found" in terminal.before and "passphrase:" not in terminal.before.lower()


def test_the_secret_service(desktop_rotation):
    """A keyring that is locked is left so."""
    home = desktop_rotation.home
    add_roles(home, "prod")
    report = examined(home, ONLINE)
    assert codes(report) == [] and notes(report, "key_accepted") and notes(report, "role_assumed"), report
    home.good("lock")
    home.keyring.lock()
    start = time.monotonic()
    report = examined(home, ONLINE)
    assert time.monotonic() - start < 5
    assert codes(report) == [] and notes(report, "key_unchecked") and notes(report, "role_unchecked"), report
    assert home.keyring.locked()
