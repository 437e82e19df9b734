"""`warder exec --serve`: credentials that renew themselves, for as long as the command runs."""

import concurrent.futures
import json
import os
import pathlib
import re
import select
import signal
import socket
import subprocess
import time

import pytest
import recording_sts
from aging import age
from home import ORDINARY, PASSPHRASE, ROLE, WARDER, exit_code
from serving import CLIENT, TOKEN, URI, Served, in_front, run_as, wait_for


# What the command is given


def test_the_command_gets_an_address_and_no_keys(serve, working, sts):
    before = {
        "AWS_ACCESS_KEY_ID": "AKIAOTHER", "AWS_SECRET_ACCESS_KEY": "other", "AWS_SESSION_TOKEN": "other",
        "AWS_CREDENTIAL_EXPIRATION": "2020-01-01T00:00:00Z", "AWS_PROFILE": "audit", "AWS_DEFAULT_PROFILE": "audit",
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/other", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "/other",
        "AWS_WEB_IDENTITY_TOKEN_FILE": "/other", "AWS_ROLE_ARN": ROLE, "WARDER_NEW_PASSPHRASE": "x",
    }
    given = serve(env=before, passphrase=True)
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/warder/credentials", given.environment[URI])
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", given.environment[TOKEN])
    assert given.environment["WARDER_PROFILE"] == given.profile
    assert given.environment["AWS_REGION"] == given.environment["AWS_DEFAULT_REGION"] == "eu-west-1"
    assert not (before.keys() & given.environment.keys())
    assert PASSPHRASE not in given.environment.values()
    assert given.environment["HOME"] == working.environment["HOME"]


def test_what_is_served_is_what_process_gives(serve, working, sts):
    served = serve()
    credentials = served.credentials()
    cached = json.loads(working.good("process", served.profile))
    assert credentials == {
        "AccessKeyId": cached["AccessKeyId"], "SecretAccessKey": cached["SecretAccessKey"],
        "Token": cached["SessionToken"], "Expiration": cached["Expiration"],
    } | ({"AccountId": cached["AccountId"]} if "AccountId" in cached else {})
    assert sts.actions() == ["AssumeRole"]


def test_each_command_has_a_token_of_its_own(serve):
    one, other = serve(), serve()
    assert one.token != other.token and one.port != other.port
    assert one.get(Authorization=other.token)[0] == 401


# Who is served


@pytest.mark.parametrize(
    ("status", "changes"),
    [
        (401, {"Authorization": None}), (401, {"Authorization": ""}), (401, {"Authorization": "x" * 43}),
        (403, {"Host": "evil.example"}), (403, {"Host": "evil.example:80"}), (403, {"Host": ""}),
        (404, {"path": "/"}), (404, {"path": "/warder/credentials/"}), (404, {"path": "/warder/credentials?a=b"}),
        (405, {"method": "POST"}), (405, {"method": "HEAD"}), (405, {"method": "OPTIONS"}),
    ],
    ids=str,
)
def test_what_is_refused(serve, status, changes):
    served = serve()
    if changes.get("method") == "HEAD":
        request = served.head(request=f"HEAD {served.path} HTTP/1.1")
        assert served.raw(request).startswith(b"HTTP/1.1 405 ")
        return
    code, answer = served.get(**changes)
    assert code == status
    assert set(answer) == {"code", "message"}
    assert served.token not in json.dumps(answer)
    assert served.credentials()


def test_other_spellings_of_the_host(serve):
    served = serve()
    for host, status in [
        (f"localhost:{served.port}", 200), (f"LOCALHOST:{served.port}", 200), (f"127.0.0.1:{served.port}", 200),
        ("127.0.0.1", 200), ("localhost", 200), ("127.0.0.1:80", 403), ("127.0.0.1:", 403), ("127.0.0.1.", 403),
        (f"127.0.0.1:{served.port}0", 403), (f"127.1:{served.port}", 403), (f"a.127.0.0.1:{served.port}", 403),
        (f"rebound.example:{served.port}", 403),
    ]:
        assert served.raw(served.head(host=host)).split()[1] == str(status).encode(), host


def test_an_almost_right_token(serve):
    served = serve()
    for token in [served.token[:-1], served.token + "A", served.token.swapcase(), "Bearer " + served.token]:
        assert served.get(Authorization=token)[0] == 401


@pytest.mark.skipif(os.geteuid() != 0, reason="root is needed to be somebody else")
def test_another_user_with_the_right_token_is_refused(serve):
    served = serve()
    assert run_as(ORDINARY, CLIENT, served.environment[URI], served.token).stdout == "403\n"
    assert run_as(0, CLIENT, served.environment[URI], served.token).stdout == "200\n"


@pytest.mark.skipif(not pathlib.Path("/proc/net/tcp6").exists(), reason="there is no IPv6 here")
def test_a_client_with_one_kind_of_socket_for_everything(serve):
    """As Java's are: IPv6, with the address mapped."""
    served = serve()
    with socket.socket(socket.AF_INET6) as client:
        client.settimeout(20)
        client.connect(("::ffff:127.0.0.1", served.port))
        client.sendall(served.head())
        assert client.recv(100).startswith(b"HTTP/1.1 200 ")


# Who cannot behave


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"\r\n\r\n", b"GET\r\n\r\n", b"GET / HTTP/9\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\r\n\r\n",
        b"GET / HTTP/1.1\nHost: x\n\r\n\r\n", b"GET / HTTP/1.1\r\n folded: x\r\n\r\n", b"GET / HTTP/1.1\r\n: x\r\n\r\n",
    ],
)
def test_what_is_no_request(serve, request_bytes):
    served = serve()
    assert served.raw(request_bytes).startswith(b"HTTP/1.1 400 ")
    assert served.credentials()


@pytest.mark.parametrize(
    "line", ["Content-Length: 5", "Transfer-Encoding: chunked", "Host: 127.0.0.1", "Authorization: x"]
)
def test_a_body_or_a_header_twice(serve, line):
    served = serve()
    assert served.raw(served.head(line)).startswith(b"HTTP/1.1 400 ")


def test_a_second_request_behind_the_first(serve):
    served = serve()
    assert served.raw(served.head() + served.head()).startswith(b"HTTP/1.1 400 ")


def test_huge_headers(serve):
    served = serve()
    assert served.raw(served.head("X-Big: " + "x" * 100_000)).startswith(b"HTTP/1.1 431 ")
    assert served.raw(b"x" * 1_000_000).startswith(b"HTTP/1.1 431 ")
    assert served.credentials()


def test_half_requests_keep_nobody_waiting(serve):
    served = serve()
    idle = [served.connect() for _ in range(200)]
    for connection in idle[100:]:
        try:
            connection.sendall(served.head()[:20])
        except OSError:
            pass
    assert served.credentials()
    for connection in idle:
        # Whoever does not get on with it is told so, or cut off.
        try:
            said = connection.recv(100)
        except ConnectionResetError:
            said = b""
        assert said == b"" or said.startswith(b"HTTP/1.1 408 ")
        connection.close()
    assert served.credentials()


def test_with_few_descriptors(serve):
    """As under a low `ulimit -n`: more half requests than the server can hold."""
    served = serve(prefix=["sh", "-c", 'ulimit -n 24; exec "$@"', "sh"])
    idle = [served.connect() for _ in range(60)]
    assert served.credentials()
    for connection in idle:
        connection.close()


def test_a_client_that_does_not_read(serve):
    served = serve()
    with served.connect() as silent:
        silent.sendall(served.head())
        assert served.credentials()


def test_fifty_at_once(serve, sts):
    served = serve()
    with concurrent.futures.ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(lambda _: served.credentials(), range(200)))
    assert all(answer == answers[0] for answer in answers)
    assert sts.actions() == ["AssumeRole"]


# Renewal


def test_renewal_across_the_end(serve, sts):
    sts.lifetimes["AssumeRole"] = 6
    served = serve()
    sts.lifetimes["AssumeRole"] = 3600
    soon = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 1800))
    # Whoever asks gets some at any time, and in the end those that last.
    lasting = wait_for(lambda: (now := served.credentials())["Expiration"] > soon and now, "new session")
    assert served.credentials() == lasting
    assert sts.actions() == ["AssumeRole"] * 2


def test_while_a_renewal_takes_its_time_the_old_is_served_at_once(serve, working, sts):
    sts.lifetimes["AssumeRole"] = 120
    working.good("process", "audit")
    age(working, 3480)
    # It is kept when it cannot be renewed, and nobody is told of that for long.
    sts.always("AssumeRole", recording_sts.denied)
    served = serve(profile="audit")
    time.sleep(5.5)
    sts.always("AssumeRole", recording_sts.hang)
    first = served.credentials()
    assert sts.waiting.acquire(timeout=60)
    for _ in range(20):
        start = time.monotonic()
        assert served.credentials() == first
        # AWS is waited for twice as long.
        assert time.monotonic() - start < 5
    sts.lifetimes["AssumeRole"] = 3600
    sts.released.set()
    # One that AWS kept too long is tried again after a minute.
    assert wait_for(lambda: (now := served.credentials()) != first and now, "new session", 150)


def test_sessions_of_fifteen_minutes_are_not_renewed_before_their_time(serve, sts):
    sts.lifetimes["AssumeRole"] = 900
    served = serve()
    first = served.credentials()
    time.sleep(2)
    assert served.credentials() == first and sts.actions() == ["AssumeRole"]


def test_those_who_come_after_the_end_get_what_one_renewal_brings(serve, sts):
    sts.lifetimes["AssumeRole"] = 3
    served = serve()
    time.sleep(4)
    sts.lifetimes["AssumeRole"] = 3600
    with concurrent.futures.ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: served.credentials(), range(20)))
    assert all(answer == answers[0] for answer in answers)
    assert sts.actions() == ["AssumeRole"] * 2


def test_nothing_is_renewed_that_nobody_asks_for(serve, sts):
    sts.lifetimes["AssumeRole"] = 2
    served = serve()
    time.sleep(4)
    assert sts.actions() == ["AssumeRole"]
    assert served.servers()


def test_a_renewal_that_fails_is_told_and_tried_again(serve, sts):
    sts.lifetimes["AssumeRole"] = 3
    served = serve()
    sts.always("AssumeRole", recording_sts.denied)
    time.sleep(4)
    code, answer = served.get()
    assert code == 503 and set(answer) == {"code", "message"}
    assert "not authorized to perform: sts:AssumeRole" in answer["message"]
    sts.always("AssumeRole", None)
    sts.lifetimes["AssumeRole"] = 3600
    wait_for(lambda: served.get()[0] == 200, "renewal")


def test_a_renewal_that_needs_somebody_says_so_and_goes_on_after(serve, working, sts):
    sts.lifetimes["AssumeRole"] = 3
    served = serve()
    working.good("lock")
    time.sleep(4)
    code, answer = served.get()
    assert code == 503 and "locked" in answer["message"]
    working.unlock()
    sts.lifetimes["AssumeRole"] = 3600
    wait_for(lambda: served.get()[0] == 200, "renewal")


def test_without_a_session_there_is_no_command(unlocked):
    result = unlocked.run("exec", "--serve", "prod", "--", "touch", "ran")
    result.failed(result.code)
    assert result.code in (3, 4) and not (unlocked.root / "ran").exists()


def test_a_key_without_an_end_is_not_served(unlocked):
    unlocked.add_profile("forever", "warder_key = alice", "warder_session = off")
    unlocked.run("exec", "--serve", "forever", "--", "true", passphrase=True).failed(2, "forever", "--serve")


# As long as the command, and no longer


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_the_server_goes_with_its_command(serve, number):
    served = serve()
    # A process that ends has no arguments any more while it still listens; this is readable once it has ended.
    server = os.pidfd_open(served.server)
    served.process.send_signal(number)
    assert served.process.wait(60) == -number
    assert select.select([server], [], [], 60)[0], "there is no end of the server"
    os.close(server)
    with pytest.raises(ConnectionRefusedError):
        served.connect()


def test_the_server_goes_where_the_command_cannot_be_run(working):
    working.add_profile("nothing-runs", f"warder_role_arn = {ROLE}", "warder_source_profile = alice")
    working.run("exec", "--serve", "nothing-runs", "--", "no-such-program").failed(127, "no-such-program")
    served = object.__new__(Served)
    served.profile = "nothing-runs"
    wait_for(lambda: not served.servers(), "end of the server")


def test_the_command_has_no_child_and_its_streams_are_its_own(serve, working):
    served = serve()
    children = subprocess.run(["pgrep", "-P", str(served.process.pid)], capture_output=True, text=True, check=False)
    assert children.stdout == ""
    fields = pathlib.Path(f"/proc/{served.server}/stat").read_text().rsplit(")", 1)[1].split()
    assert int(fields[3]) != os.getsid(served.process.pid), "the server is in the session of its command"
    # What reads the command's output sees its end.
    script = "echo done; sleep 60 >/dev/null 2>&1 & exit 3"
    result = working.run("exec", "--serve", served.profile, "--", "sh", "-c", script, timeout=20)
    assert (result.code, result.out) == (3, "done\n")


def test_no_descriptor_of_the_caller_stays_with_the_server(working, serve):
    reading, writing = os.pipe()
    served = serve(pass_fds=[writing])
    os.close(writing)
    if os.geteuid() == 0:
        open_ones = {os.readlink(path) for path in pathlib.Path(f"/proc/{served.server}/fd").iterdir()}
        assert not any(target.startswith("pipe:") for target in open_ones), open_ones
    os.killpg(served.process.pid, signal.SIGKILL)
    assert os.read(reading, 1) == b""
    os.close(reading)


def test_job_control_is_the_command_s(working):
    working.add_profile("jobs", f"warder_role_arn = {ROLE}", "warder_source_profile = alice")
    terminal = working.terminal("exec", "--serve", "jobs", "--", "bash", "--norc", "-i")
    terminal.sendline("sleep 300 & jobs; fg")
    terminal.expect(r"Running[^\n]*\nsleep 300")
    wait_for(lambda: in_front(terminal, "sleep"), "job in front")
    terminal.sendcontrol("z")
    terminal.expect("Stopped")
    terminal.sendline("kill -9 %1; wait; exit 7")
    terminal.sendline("exit 7")
    assert exit_code(terminal) == 7


def test_a_signal_at_the_terminal_does_not_end_the_server(working):
    working.add_profile("interrupted", f"warder_role_arn = {ROLE}", "warder_source_profile = alice")
    terminal = working.terminal("exec", "--serve", "interrupted", "--", "bash", "--norc", "-i")
    terminal.sendline("echo ready-$((40 + 2))")
    terminal.expect("ready-42")
    terminal.sendcontrol("c")
    terminal.sendline(f"curl -s -H \"Authorization: ${TOKEN}\" ${URI} | tr ',' '\\n' | grep -c Token")
    terminal.expect(r"\n1\r")
    terminal.sendline("exit")
    assert exit_code(terminal) == 0


# What SDKs would rather take


def test_credentials_of_default_do_not_get_in_the_way(serve, working):
    working.config(working.config_file.read_text() + "\n[default]\nrole_arn = x\nsource_profile = y\n")
    served = serve()
    # Its own section has nothing but warder, which gives the same.
    assert served.environment["AWS_PROFILE"] == served.profile


def test_where_nothing_can_be_done_about_default_nothing_runs(working):
    text = working.config_file.read_text()
    working.config(text + f"[default]\nrole_arn = x\n[profile own]\nrole_arn = {ROLE}\nsource_profile = alice\n")
    result = working.run("exec", "--serve", "own", "--", "touch", "ran")
    result.failed(8, "[default]", "config:", "warder adopt own")
    assert not (working.root / "ran").exists()
    result = working.run("exec", "--serve", "--read-only", "prod", "--", "touch", "ran")
    result.failed(8, "[default]")


def test_default_itself_is_served(working, sts):
    text = working.config_file.read_text()
    section = f"[default]\nregion = eu-west-1\ncredential_process = {WARDER} process default\n"
    working.config(text + section + f"warder_role_arn = {ROLE}\nwarder_source_profile = alice\n")
    served = Served(working, profile="default")
    try:
        assert "AWS_PROFILE" not in served.environment and served.credentials()
    finally:
        served.end()
