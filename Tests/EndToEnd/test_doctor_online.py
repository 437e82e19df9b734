"""`warder doctor --online`: what it finds by asking AWS, what it leaves alone, and how long it takes."""

import dataclasses
import http.server
import json
import re
import socket
import threading
import time
import urllib.parse

import pytest
import strict_iam
import vault_v1 as v1
from doctor import Case, cases, codes, examined, goes_through, mend
from clouds import ACCOUNT, PERMISSIONS
from home import WARDER, exit_code
from recording_sts import RecordingSTS, html, redirect
from test_sso import corp  # noqa: F401
from test_tls import make_certificate, secured

ONLINE = "--online"
ADMIN = "arn:aws:iam::111111111111:role/Admin"


def notes(report, code):
    return [note for note in report["notes"] if note["code"] == code]


def add_roles(home, *names):
    """Profiles with a role each, which alice's credentials assume."""
    for name in names:
        home.add_profile(name, f"warder_role_arn = {ADMIN}", "warder_source_profile = alice")


@pytest.fixture
def keyed_home(rotation):
    """Alice's key, unlocked and active, and prod's role, which it assumes without MFA."""
    home = rotation.home
    home.rig = rotation
    add_roles(home, "prod")
    return home


@pytest.fixture
def mfa_home(with_mfa):
    """The same with an MFA session of alice in the cache."""
    home = with_mfa.home
    home.rig = with_mfa
    add_roles(home, "prod")
    home.good("refresh", "prod", "--mfa-code", with_mfa.account.code())
    return home


# Keys


def deactivate(home):
    home.rig.first.active = False


def forget_secret(home):
    home.rig.store.put_back({"alice": (home.rig.first.id, "x" * 40)})


def note_another_account(home):
    vault = home.read_vault()
    records = [record for record in vault.records if record[0] != v1.ACCESS_KEY]
    first = home.rig.first
    key = {"name": "alice", "access_key_id": first.id, "secret": first.secret, "created_at": 1_700_000_000,
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
    assert len(examined(mfa_home, ONLINE)["findings"]) == 1


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


def denied(server, request):
    return server.error(request, strict_iam.Refused(403, "AccessDenied", "no identity-based policy allows it"))


@pytest.mark.parametrize("trouble", [strict_iam.throttled, strict_iam.unavailable, strict_iam.dropped])
def test_that_aws_is_busy_is_no_finding(keyed_home, trouble):
    keyed_home.rig.iam.next("AssumeRole", *[trouble] * 9)
    report = examined(keyed_home, ONLINE)
    assert codes(report) == [] and len(notes(report, "role_unchecked")) == 1, report


def test_a_role_of_a_web_identity(keyed_home, sts):
    """The strict IAM knows no providers of identities: here the role is another server's."""
    keyed_home.endpoint(sts.url)
    (keyed_home.root / "jwt").write_text("e30.e30.e30")
    keyed_home.add_profile("web", f"warder_role_arn = {ADMIN}", f"warder_web_identity_token_file = {keyed_home.root}/jwt")
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


# Endpoints


class Silent:
    """A server that takes connections, and says nothing."""

    def __init__(self):
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.socket.getsockname()[1]}"


@pytest.fixture
def silent():
    servers = [Silent() for _ in range(8)]
    yield servers
    for server in servers:
        server.socket.close()


def dead_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def back(home):
    home.endpoint(home.rig.iam.url)
    for variable in ("HTTPS_PROXY", "AWS_CA_BUNDLE"):
        home.environment.pop(variable, None)


def reach_nothing(home):
    return {"AWS_ENDPOINT_URL": f"http://127.0.0.1:{dead_port()}"}


@cases(Case("a dead port", reach_nothing, "endpoint_unreachable", place="AWS_ENDPOINT_URL", mends=back))
def test_an_endpoint_where_nothing_answers(keyed_home, case):
    goes_through(keyed_home, case, ONLINE)
    keyed_home.environment.update(reach_nothing(keyed_home))
    report = examined(keyed_home, ONLINE)
    assert not any("milliseconds" in note for note in report["notes"]), "what lies behind it is not tried"


def test_an_endpoint_that_hangs(keyed_home, silent):
    case = Case("hangs", lambda home: {"AWS_ENDPOINT_URL": silent[0].url}, "endpoint_unreachable", mends=back)
    start = time.monotonic()
    goes_through(keyed_home, case, ONLINE)
    assert time.monotonic() - start < 9, "two runs of three seconds each"


def test_however_many_hang_it_is_over_in_ten_seconds(keyed_home, silent):
    keyed_home.environment.pop("AWS_ENDPOINT_URL")
    keyed_home.config("")
    for number, server in enumerate(silent):
        keyed_home.add_profile(f"p{number}", f"endpoint_url = {server.url}", "warder_key = alice", "warder_session = off")
    start = time.monotonic()
    report = examined(keyed_home, ONLINE)
    taken = time.monotonic() - start
    assert 8 < taken < 11, taken
    assert len(report["findings"]) == 5 and codes(report) == ["endpoint_unreachable"], report
    assert len(notes(report, "endpoint_unchecked")) == 1, report


@pytest.fixture
def hang():
    """How a request is answered that is never answered."""
    released = threading.Event()
    yield lambda server, request: released.wait(60) and None
    released.set()


@pytest.mark.parametrize("action", ["AssumeRole", "ListMFADevices"])
def test_an_answer_that_never_comes_is_not_waited_for_long(mfa_home, hang, action):
    add_roles(mfa_home, "two", "three")
    mfa_home.rig.iam.next(action, *[hang] * 9)
    start = time.monotonic()
    report = examined(mfa_home, ONLINE)
    assert time.monotonic() - start < 11
    assert codes(report) == [], report
    code = "mfa_unchecked" if action == "ListMFADevices" else "role_unchecked"
    unchecked = " ".join(note["message"] for note in notes(report, code))
    assert "did not answer in time" in unchecked, report
    assert action != "AssumeRole" or "two, three were not checked: the 10 seconds for all are over" in unchecked, report


def test_what_the_time_cut_off_is_not_said_to_other_processes(mfa_home, hang):
    """A helper that comes a moment later asks for itself."""
    mfa_home.add_profile("two", f"warder_role_arn = {ADMIN}2", "warder_source_profile = alice")
    mfa_home.rig.iam.next("AssumeRole", *[hang] * 9)
    report = examined(mfa_home, ONLINE)
    assert "two was not checked: the 10 seconds" in json.dumps(report), report
    mfa_home.rig.iam.queued.clear()
    assert json.loads(mfa_home.good("process", "two"))["Version"] == 1


def trust(folder):
    def mends(home):
        report = examined(home, ONLINE)
        (finding,) = report["findings"]
        assert "certificate" in finding["message"] or "SSL" in finding["message"], finding
        mend(home, finding["command"])
        home.environment["AWS_CA_BUNDLE"] = str(folder / "certificate.pem")

    return mends


@pytest.fixture
def secure_home(keyed_home, tmp_path):
    """The same at an STS that speaks TLS, and takes every key."""
    keyed_home.folder = make_certificate(tmp_path)
    server = secured(tmp_path)
    keyed_home.endpoint(server.url)
    keyed_home.environment["AWS_CA_BUNDLE"] = str(tmp_path / "certificate.pem")
    yield keyed_home
    server.stop()


def distrust(home):
    del home.environment["AWS_CA_BUNDLE"]


def test_a_certificate_that_is_not_trusted(secure_home):
    case = Case("untrusted", distrust, "endpoint_untrusted", mends=trust(secure_home.folder))
    goes_through(secure_home, case, ONLINE)


def lose_bundle(home):
    """The profiles name it, and the variable another one."""
    text = home.config_file.read_text()
    bundle = home.environment["AWS_CA_BUNDLE"]
    home.config(text.replace("region = ", f"ca_bundle = {bundle}\nregion = "))
    return {"AWS_CA_BUNDLE": str(home.root / "gone.pem")}


def leave_unhashed(home):
    folder = home.root / "certificates"
    folder.mkdir()
    (folder / "own.pem").write_bytes((home.folder / "certificate.pem").read_bytes())
    return {"AWS_CA_BUNDLE": str(folder)}


@cases(
    Case("gone", lose_bundle, "ca_bundle_unusable", place="AWS_CA_BUNDLE"),
    Case("not hashed", leave_unhashed, "ca_bundle_unusable", place="AWS_CA_BUNDLE"),
)
def test_a_bundle_that_cannot_be_used(secure_home, case):
    goes_through(secure_home, case, ONLINE)


class Proxy(http.server.BaseHTTPRequestHandler):
    def do_CONNECT(self):
        self.send_error(407)

    def log_message(self, *arguments):
        pass


@pytest.fixture
def proxy():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://alice:hidden@127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def test_a_proxy_that_refuses(keyed_home, proxy):
    def breaking(home):
        del home.environment["AWS_ENDPOINT_URL"]
        return {"HTTPS_PROXY": proxy}

    case = Case("refuses", breaking, "proxy_refused", place="HTTPS_PROXY", mends=back)
    goes_through(keyed_home, case, ONLINE)
    keyed_home.environment.update(breaking(keyed_home))
    assert "hidden" not in json.dumps(examined(keyed_home, ONLINE))


@pytest.mark.parametrize("behaviour", [html, redirect])
def test_what_answers_is_not_aws(keyed_home, behaviour):
    server = RecordingSTS()
    server.answer = lambda request: behaviour(server, request)
    server.start()
    case = Case(
        "foreign", lambda home: {"AWS_ENDPOINT_URL": server.url}, "endpoint_not_aws", place="AWS_ENDPOINT_URL",
        mends=back)
    goes_through(keyed_home, case, ONLINE)
    server.stop()


@pytest.mark.parametrize("where", ["file", "variable"])
def test_a_region_that_is_misspelled(keyed_home, where):
    """Nothing is reachable here: what the command mends is the region."""
    del keyed_home.environment["AWS_ENDPOINT_URL"]
    keyed_home.environment["HTTPS_PROXY"] = f"http://127.0.0.1:{dead_port()}"
    assert codes(examined(keyed_home, "alice", ONLINE)) == ["endpoint_unreachable"]
    if where == "file":
        keyed_home.config(keyed_home.config_file.read_text().replace("eu-west-1", "eu-wset-1", 1))
    else:
        keyed_home.environment["AWS_REGION"] = "eu-wset-1"
    report = examined(keyed_home, "alice", ONLINE)
    assert codes(report) == ["unknown_region"], report
    assert report["findings"][0]["place"].endswith(".aws/config:3" if where == "file" else "AWS_REGION")
    mend(keyed_home, report["findings"][0]["command"])
    report = examined(keyed_home, "alice", ONLINE)
    assert codes(report) == ["endpoint_unreachable"] and "sts.eu-west-1." in report["findings"][0]["message"], report


def test_each_endpoint_is_tried_once(keyed_home):
    add_roles(keyed_home, "one", "two")
    report = examined(keyed_home, ONLINE)
    assert len(notes(report, "endpoint_answers")) == 1
    unsigned = [request for request in keyed_home.rig.iam.requests if not request.signed]
    assert len(unsigned) == 1


def test_all_requests_share_a_connection(mfa_home):
    """A hundred roles would take a hundred handshakes."""
    add_roles(mfa_home, "two", "three")
    server = mfa_home.rig.iam.server
    accept, connections = server.get_request, []
    server.get_request = lambda: connections.append(accept()) or connections[-1]
    report = examined(mfa_home, ONLINE)
    assert len(notes(report, "role_assumed")) == 3 and notes(report, "mfa_device_listed"), report
    assert len(connections) == 1


# What it says and leaves alone


def test_what_is_well_is_said_with_its_time(mfa_home):
    report = examined(mfa_home, ONLINE)
    assert report["findings"] == []
    for code in ("endpoint_answers", "key_accepted", "mfa_device_listed", "role_assumed"):
        assert notes(report, code), (code, report)
        for note in notes(report, code):
            assert 0 <= note["milliseconds"] < 5000 and f"in {note['milliseconds']} ms" in note["message"]
    spoken = mfa_home.good("doctor", ONLINE)
    assert spoken.endswith("nothing to mend\n") and max(map(len, spoken.splitlines())) <= 80


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
    assert "nothing to mend" in terminal.before and "passphrase" not in terminal.before.lower().replace("\r", "")


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
