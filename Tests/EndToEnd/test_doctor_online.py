"""`warder doctor --online`: keys, MFA devices and roles that AWS does not take, and a clock that is off."""

import time
import pytest
import strict_iam
import vault_v1 as v1
from clouds import ACCOUNT, PERMISSIONS
from doctor import Case, cases, codes, examined, goes_through, mend
from doctor_online import ADMIN, ONLINE, add_roles, denied, notes
from home import WARDER, exit_code
from test_sso import corp  # noqa: F401

# Keys


def deactivate(home):
    home.rig.first.active = False


def forget_secret(home):
    home.rig.store.put_back({"alice": (home.rig.first.id, "x" * 40)})


def note_another_account(home):
    vault = home.read_vault()
    records = [record for record in vault.records if record[0] != v1.ACCESS_KEY]
    first = home.rig.first
    key = {"name": "alice", "access_key_id": first.id, "secret": first.secret, "created_at": int(time.time()),
           "account_id": "999999999999"}
    vault.records = [*records, v1.access_key_record(key)]
    home.vault.write_bytes(v1.write(vault))


def store_another_key(home):
    """What is printed asks at a terminal for the key."""
    report = examined(home, ONLINE)
    command = report["findings"][0]["command"]
    assert command == "warder add --replace alice", report
    account, user = home.rig.account, home.rig.user
    user.keys.clear()
    key = account.key(user)
    terminal = home.terminal(*command.split()[1:])
    terminal.expect("(?i)access key id")
    terminal.sendline(key.id)
    terminal.expect("(?i)secret")
    terminal.sendline(key.secret)
    terminal.expect("MFA device")
    terminal.sendline("n")
    assert exit_code(terminal) == 0, terminal.before


@cases(
    Case("inactive", deactivate, "key_inactive", mends=store_another_key),
    Case("inactive, of one profile", deactivate, "key_inactive", profile="prod", mends=store_another_key),
    Case("another secret", forget_secret, "key_secret_wrong", mends=store_another_key),
    Case("another account", note_another_account, "key_account", mends=store_another_key),
)
def test_a_key_that_aws_does_not_take(keyed_home, case):
    goes_through(keyed_home, case, ONLINE)


# MFA devices


def name_another_device(home):
    text = home.config_file.read_text()
    home.config(text.replace("mfa_serial = arn:aws:iam::111111111111:mfa/alice", "mfa_serial=GAHT12345678  # old"))


def lose_device(home):
    home.rig.user.device = None


@cases(
    Case("another device", name_another_device, "mfa_device_wrong", place=".aws/config:5"),
    Case("no device", lose_device, "mfa_device_missing", place=".aws/config:5"),
    Case("another device, of one profile", name_another_device, "mfa_device_wrong", profile="prod"),
)
def test_a_device_that_is_not_the_users(mfa_home, case):
    goes_through(mfa_home, case, ONLINE)


def test_the_devices_of_a_policy_that_asks_for_mfa_are_listed_with_the_cached_session(mfa_home):
    mfa_home.rig.user.needs_mfa = True
    report = examined(mfa_home, ONLINE)
    assert codes(report) == [] and notes(report, "mfa_device_listed") and not notes(report, "mfa_unchecked"), report


def test_that_devices_may_not_be_listed_is_no_finding(mfa_home):
    mfa_home.rig.user.denied.add("iam:ListMFADevices")
    report = examined(mfa_home, ONLINE)
    assert codes(report) == [] and not notes(report, "mfa_device_listed"), report
    (note,) = notes(report, "mfa_unchecked")
    assert "AccessDenied" in note["message"] and "iam:ListMFADevices" in note["message"]


# Roles


def deny_role(home):
    home.rig.user.denied.add("sts:AssumeRole")


def allow_role(home):
    report = examined(home, ONLINE)
    mend(home, report["findings"][0]["command"])
    home.rig.user.denied.clear()


def end_sessions(home):
    """As AWS does when a user is deleted, or made again under the same name."""
    home.rig.account.sessions.clear()


@cases(Case("denied", deny_role, "role_refused", place=".aws/config:16", mends=allow_role))
def test_a_role_that_is_refused(keyed_home, case):
    goes_through(keyed_home, case, ONLINE)
    deny_role(keyed_home)
    (finding,) = examined(keyed_home, ONLINE)["findings"]
    assert "sts:AssumeRole" in finding["message"] and ADMIN in finding["message"], finding


@cases(
    Case("dead", end_sessions, "session_refused"),
    Case("dead, of one profile", end_sessions, "session_refused", profile="two"),
)
def test_a_cached_session_that_aws_does_not_take(mfa_home, case):
    """One finding, for however many roles it signs."""
    add_roles(mfa_home, "two", "three")
    mfa_home.good("refresh", "two")
    goes_through(mfa_home, case, ONLINE)
    mfa_home.good("refresh", "two", "--mfa-code", mfa_home.rig.account.code())
    end_sessions(mfa_home)
    report = examined(mfa_home, ONLINE)
    assert codes(report) == ["session_refused"] and len(report["findings"]) == 1, report


def test_a_refusal_is_said_once_and_of_the_role_that_is_refused(keyed_home):
    for name in ("one", "two"):
        keyed_home.add_profile(name, f"warder_role_arn = {ADMIN}2", "warder_source_profile = prod")
    keyed_home.rig.iam.next("AssumeRole", denied)
    report = examined(keyed_home, ONLINE)
    (finding,) = report["findings"]
    assert finding["code"] == "role_refused" and finding["place"].endswith(":16") and ADMIN in finding["message"]
    assert notes(report, "role_assumed") == []
    keyed_home.rig.iam.next("AssumeRole", None, denied)
    (finding,) = examined(keyed_home, "one", ONLINE)["findings"]
    assert finding["place"].endswith(":22") and f"{ADMIN}2" in finding["message"], finding


@pytest.mark.parametrize("trouble", [strict_iam.throttled, strict_iam.unavailable, strict_iam.dropped])
def test_that_aws_is_busy_is_no_finding(keyed_home, trouble):
    keyed_home.rig.iam.next("AssumeRole", *[trouble] * 9)
    report = examined(keyed_home, ONLINE)
    assert codes(report) == [] and len(notes(report, "role_unchecked")) == 1, report


def test_a_role_of_a_web_identity(keyed_home, sts):
    """The strict IAM knows no providers of identities: here the role is another server's."""
    keyed_home.endpoint(sts.url)
    (keyed_home.root / "jwt").write_text("e30.e30.e30")
    token = f"warder_web_identity_token_file = {keyed_home.root}/jwt"
    keyed_home.add_profile("web", f"warder_role_arn = {ADMIN}", token)
    report = examined(keyed_home, "web", ONLINE)
    assert codes(report) == [] and notes(report, "role_assumed"), report
    (keyed_home.root / "jwt").write_text("expired")
    report = examined(keyed_home, "web", ONLINE)
    assert codes(report) == ["role_refused"] and "InvalidIdentityToken" in report["findings"][0]["message"], report


def test_roles_of_identity_center(corp, center, sts):
    """A sign-in that is cached is used, and none is begun."""
    corp.config(corp.config_file.read_text() + "[profile asked]\nregion = eu-west-1\nwarder_sso_session = corp\n"
                f"warder_sso_account_id = {ACCOUNT}\nwarder_sso_role_name = {PERMISSIONS}\n"
                f"credential_process = {WARDER} process asked\n")
    report = examined(corp, "asked", ONLINE)
    assert codes(report) == [] and len(notes(report, "role_unchecked")) == 1, report
    assert not (corp.root / "opened").exists() and center.log == []
    corp.good("refresh", "asked", "--device-code")
    report = examined(corp, "asked", ONLINE)
    assert codes(report) == [] and notes(report, "role_assumed"), report


def test_with_the_stricter_moto(bare, moto):
    bare.endpoint(moto.url)
    bare.key = moto.user(policy="sts:GetSessionToken")
    role = moto.role()
    bare.add_vault()
    bare.lend_data_key()
    bare.config("")
    bare.add_profile("alice", "warder_session = off")
    bare.add_profile("prod", f"warder_role_arn = {role}", "warder_source_profile = alice")
    moto.check_everything()
    report = examined(bare, ONLINE)
    moto.post("reset-auth", b"inf")
    assert codes(report) == ["role_refused"], report
    assert notes(report, "key_accepted"), report
    moto.client("iam").put_user_policy(
        UserName="alice", PolicyName="may",
        PolicyDocument='{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}')
    moto.check_everything()
    report = examined(bare, ONLINE)
    assert codes(report) == [] and notes(report, "role_assumed"), report


# The clock


def be_off(seconds):
    def breaking(home):
        home.rig.account.ahead = seconds

    return breaking


def set_clock(home):
    (finding,) = examined(home, ONLINE)["findings"]
    assert finding["command"] == "timedatectl set-ntp true"
    home.rig.account.ahead = 0


@cases(*[Case(f"{off} s", be_off(off), "clock_off", mends=set_clock) for off in (3600, -3600, 310, 120, -120, 40)])
def test_a_clock_that_is_off(keyed_home, case):
    goes_through(keyed_home, case, ONLINE)


def test_how_grave_a_clock_is(keyed_home):
    def gravity(seconds):
        keyed_home.rig.account.ahead = seconds
        return [(finding["gravity"], finding["code"]) for finding in examined(keyed_home, ONLINE)["findings"]]

    assert gravity(-3600) == [("broken", "clock_off")]
    assert gravity(120) == [("risky", "clock_off")]
    assert gravity(10) == []
    (note,) = notes(examined(keyed_home, ONLINE), "clock")
    assert "this machine's clock is within" in note["message"], note
