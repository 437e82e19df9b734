"""`warder doctor --online`: endpoints that do not answer, or not as AWS does, and how long that takes."""

import http.server
import json
import socket
import threading
import time

import pytest
from doctor import Case, cases, codes, examined, goes_through, mend
from doctor_online import ADMIN, ONLINE, add_roles, notes
from recording_sts import RecordingSTS, html, redirect
from test_tls import make_certificate, secured


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
        url = f"endpoint_url = {server.url}"
        keyed_home.add_profile(f"p{number}", url, "warder_key = alice", "warder_session = off")
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
    late = "two, three were not checked: the 10 seconds for all checks are up"
    assert action != "AssumeRole" or late in unchecked, report


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
