"""`warder console`: where it signs in, which page it leads to, and what the endpoint may answer."""

import contextlib
import http.server
import socket
import threading
import time

import pytest
from consoles import CODE, destination, login, process
from federation import Reply
from home import ROLE

# Where


def test_no_console_of_another_host(signed, federation):
    for page in ("https://evil.example/", "https://aws.amazon.com.evil.example/", "https://evil.example/.aws.amazon.com",
                 "https://console.amazonaws.cn/", "https://evilaws.amazon.com/", "https://evil.example#.aws.amazon.com",
                 "https://signin.aws.amazon.com/oauth?redirect_uri=https://evil.example", "https://docs.aws.amazon.com/"):
        signed.run("console", "prod", "--to", page).failed(2, page, "which is at console.aws.amazon.com")
    for page in ("http://console.aws.amazon.com/", "console.aws.amazon.com", "", "https://", "javascript:alert(1)",
                 "https://evil@console.aws.amazon.com/", "https://evil.example\\.console.aws.amazon.com/",
                 "https://console.aws.amazon.com:8443/", "https://console.aws.amazon.com/a b"):
        signed.run("console", "prod", "--to", page).failed(2, "is not a page of the console")
    assert federation.requests == []


@pytest.mark.parametrize("options, expected", [
    (["--service", "s3"], "https://eu-west-1.console.aws.amazon.com/s3/home?region=eu-west-1"),
    (["--service", "dynamodb"], "https://eu-west-1.console.aws.amazon.com/dynamodbv2/home?region=eu-west-1"),
    (["--region", "us-east-2"], "https://us-east-2.console.aws.amazon.com/console/home?region=us-east-2"),
    (["--service", "s3", "--region", "us-east-2"], "https://us-east-2.console.aws.amazon.com/s3/home?region=us-east-2"),
    (["--to", "https://eu-west-1.console.aws.amazon.com/ec2/home?region=eu-west-1#Instances:v=3;q=a%20b"],
     "https://eu-west-1.console.aws.amazon.com/ec2/home?region=eu-west-1#Instances:v=3;q=a%20b"),
    (["--to", "https://us-east-1.quicksight.aws.amazon.com/sn/start"],
     "https://us-east-1.quicksight.aws.amazon.com/sn/start"),
])
def test_the_page(signed, options, expected):
    assert destination(signed.good("console", "prod", *options)) == expected


@pytest.mark.parametrize("options, said", [
    (["--service", "s3?x"], "is not a service"), (["--service", ""], "is not a service"),
    (["--service", "../s3"], "is not a service"), (["--region", "cn-north-1"], "a region of aws-cn"),
    (["--region", "evil.example/"], "is not a region"), (["--service", "s3", "--to", "https://a"], "exclude"),
])
def test_no_page(signed, federation, options, said):
    signed.run("console", "prod", *options).failed(2, said)
    assert federation.requests == []


def test_the_profiles_region_goes_before_the_environments(signed):
    signed.environment["AWS_REGION"] = "us-west-2"
    assert "region=eu-west-1" in destination(signed.good("console", "prod"))


def test_a_region_of_another_partition_in_the_environment(signed, sts):
    """Left over from another profile: it must not lead to a console that knows no such account."""
    signed.add_profile("bare-role", f"warder_role_arn = {ROLE}", "warder_source_profile = alice")
    text = signed.config_file.read_text().replace("region = eu-west-1\n", "")
    signed.config_file.write_text(text)
    signed.environment["AWS_REGION"] = "cn-north-1"
    assert destination(signed.good("console", "prod", *CODE, passphrase=True)) == (
        "https://console.aws.amazon.com/console/home")


@pytest.mark.parametrize("name, url", [
    ("AWS_ENDPOINT_URL_SIGNIN", "http://signin.example"), ("AWS_ENDPOINT_URL_SIGNIN", "ftp://127.0.0.1/"),
    ("AWS_ENDPOINT_URL_SIGNIN", "https://a@127.0.0.1/")])
def test_no_endpoint(signed, federation, name, url):
    signed.environment[name] = url
    signed.run("console", "prod").failed(8, "AWS_ENDPOINT_URL_SIGNIN")


class Tunnel(http.server.BaseHTTPRequestHandler):
    """A proxy that writes down where it is asked to connect, and connects nowhere."""

    def do_CONNECT(self):
        self.server.hosts.append(self.path)
        self.send_error(403)

    def log_message(self, *arguments):
        pass


@contextlib.contextmanager
def proxy():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Tunnel)
    server.hosts = []
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize("region, partition, host", [
    ("eu-central-1", "aws", "signin.aws.amazon.com"),
    ("cn-north-1", "aws-cn", "signin.amazonaws.cn"),
    ("us-gov-west-1", "aws-us-gov", "signin.amazonaws-us-gov.com"),
    ("eusc-de-east-1", "aws-eusc", "eusc-de-east-1.signin.amazonaws-eusc.eu"),
])
def test_the_endpoint_of_a_partition(signed, sts, region, partition, host):
    """By the role's ARN, and by the region alone; the sessions are in the cache, so that nothing else is asked."""
    del signed.environment["AWS_ENDPOINT_URL_SIGNIN"]
    role = ROLE.replace(":aws:", f":{partition}:")
    signed.config(
        f"[profile key]\nwarder_key = alice\n[profile role]\nregion = {region}\nwarder_role_arn = {role}\n"
        f"warder_source_profile = key\n[profile only-role]\nwarder_role_arn = {role}\nwarder_source_profile = key\n")
    process(signed, "ASIAOFAROLE000000001", "a/secret", "a+token")
    text = signed.config_file.read_text()
    signed.config(text.replace("region = eu-west-1", f"region = {region}"))
    with proxy() as server:
        address = f"http://127.0.0.1:{server.server_port}"
        signed.environment |= {"AWS_ENDPOINT_URL_STS": sts.url, "HTTPS_PROXY": address}
        del signed.environment["AWS_ENDPOINT_URL"]
        for profile in ("role", "only-role", "program"):
            signed.run("console", profile, passphrase=True).failed(6, "proxy refused")
            assert set(server.hosts) == {f"{host}:443"}, profile
            server.hosts.clear()


@pytest.mark.parametrize("region", ["us-iso-east-1", "us-isob-east-1", "eu-isoe-west-1", "us-isof-south-1"])
def test_a_partition_without_a_known_console(signed, federation, sts, region):
    process(signed, "ASIAOFAROLE000000001", "a/secret", "a+token")
    signed.config(signed.config_file.read_text().replace("region = eu-west-1", f"region = {region}"))
    signed.run("console", "program").failed(2, "aws-iso")
    assert federation.requests == [] and sts.requests == []


# What goes wrong


@pytest.mark.parametrize("reply, code, said", [
    (Reply(400, "<html>Bad</html>", "text/html"), 5, "status 400"),
    (Reply(403, "", "text/plain"), 5, "status 403"),
    (Reply(200, "<html>Please log in</html>", "text/html"), 6, "no token"),
    (Reply(200, ""), 6, "no token"), (Reply(200, "[]"), 6, "no token"), (Reply(200, "{}"), 6, "no token"),
    (Reply(200, '{"SigninToken": ""}'), 6, "no token"), (Reply(200, '{"SigninToken": 1}'), 6, "no token"),
    (Reply(200, '{"SigninToken": "a b"}'), 6, "no token"), (Reply(200, '{"SigninToken": "a\\nb"}'), 6, "no token"),
    (Reply(302, headers={"Location": "https://evil.example/?token"}), 6, "redirect"),
    (Reply(200, "x" * 300_000), 6, "more than an answer can be"),
])
def test_what_the_endpoint_may_answer(signed, federation, reply, code, said):
    federation.replies.append(reply)
    signed.run("console", "prod").failed(code, said)
    assert len(federation.requests) == 1


def test_what_repeats_a_secret_is_not_shown(signed, federation, sts):
    process(signed, "ASIAOFSOMEBODY000001", "b/secret+of/forty", "b+token+of/forty", "other")
    result = signed.run("console", "other")
    assert result.code == 5 and "forty" not in result.err


def test_a_passing_failure_is_passed_over(signed, federation):
    federation.replies += [Reply(503, "busy", "text/plain")]
    assert login(signed.good("console", "prod"))[1]["SigninToken"] == federation.tokens[0]
    assert len(federation.requests) == 2


def test_a_lasting_failure(signed, federation):
    federation.replies += [Reply(503, "busy", "text/plain")] * 3
    signed.run("console", "prod").failed(5, "not available", "503")
    assert len(federation.requests) == 3


def test_nothing_answers(signed):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        signed.environment["AWS_ENDPOINT_URL_SIGNIN"] = f"http://127.0.0.1:{closed.getsockname()[1]}"
        signed.run("console", "prod").failed(6, "127.0.0.1")


def test_it_hangs(signed):
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        signed.environment["AWS_ENDPOINT_URL_SIGNIN"] = f"http://127.0.0.1:{silent.getsockname()[1]}"
        start = time.monotonic()
        signed.run("console", "prod").failed(6, "did not answer in time")
        assert time.monotonic() - start < 20


def test_no_such_profile(signed, federation):
    signed.run("console", "prdo").failed(7, "did you mean prod?")
    signed.run("console").failed(2)
