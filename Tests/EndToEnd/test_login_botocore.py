"""botocore and warder at one sign-in of the AWS CLI's, which both renew."""

import json
import subprocess
import sys
import time

import pytest
from signin import PKCS8, SEC1, CLICache

ROUNDS = 25
# Says which key it would sign with as often as it is asked, or why it has none. boto3's session is one throughout, as
# in a program that runs long.
PARTNER = """
import json, logging, sys
import boto3
logging.disable(logging.CRITICAL)
credentials = None
for line in sys.stdin:
    try:
        if credentials is None or line == "new\\n":
            credentials = boto3.Session(profile_name="me").get_credentials()
        print(json.dumps({"key": credentials.get_frozen_credentials().access_key}), flush=True)
    except Exception as error:
        print(json.dumps({"error": type(error).__name__}), flush=True)
"""


class Partner:
    def __init__(self, home):
        self.process = subprocess.Popen(
            [sys.executable, "-c", PARTNER], env=home.variables(), cwd=home.root, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, text=True, start_new_session=True)

    def tell(self, line=""):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def answer(self):
        return json.loads(self.process.stdout.readline())

    def key(self, line=""):
        self.tell(line)
        return self.answer()["key"]

    def end(self):
        self.process.stdin.close()
        self.process.wait(60)
        self.process.stdout.close()


@pytest.fixture
def shared_home(bare, sign_in):
    """No vault, no store: a profile that the AWS CLI has signed in, and boto3 that runs."""
    bare.config(f"[profile me]\nregion = eu-west-1\nlogin_session = {sign_in.service.arn}\n")
    bare.environment["AWS_ENDPOINT_URL_SIGNIN"] = sign_in.url
    return bare


@pytest.fixture
def partner(shared_home):
    partner = Partner(shared_home)
    yield partner
    partner.end()


def warder_key(home):
    return json.loads(home.good("process", "me"))["AccessKeyId"]


def expire(home, cache, **options):
    """As if a quarter of an hour had passed: warder has no credentials any more, which it keeps while they live."""
    home.good("forget", "me")
    cache.expire(**options)


def unchanged(token):
    """What no renewal touches."""
    rest = {name: value for name, value in token.items() if name not in ("accessToken", "refreshToken")}
    return rest | {"accountId": token["accessToken"]["accountId"]}


def expect_sound(cache, before):
    assert cache.file.stat().st_mode & 0o7777 == 0o600 and not cache.file.is_symlink()
    token = cache.read()
    assert unchanged(token) == before
    assert list(cache.folder.iterdir()) == [cache.file]
    return token


@pytest.mark.parametrize("form", [SEC1, PKCS8], ids=["SEC1", "PKCS#8"])
def test_by_turns(shared_home, sign_in, partner, form):
    cache = CLICache(shared_home, sign_in, form=form, signInRegion="us-east-1", later={"é": [1.5, None, "x"]})
    before = unchanged(cache.read())
    for number in range(ROUNDS):
        keys = [warder_key(shared_home), partner.key()] if number % 2 else [partner.key(), warder_key(shared_home)]
        assert keys[0] == keys[1] == sign_in.service.issued[-1]["accessToken"]["accessKeyId"]
        token = expect_sound(cache, before)
        assert token["refreshToken"] == sign_in.service.issued[-1]["refreshToken"]
        expire(shared_home, cache, left=number * 10)
    sent = sign_in.sent()
    assert len(sent) == len(set(sent)) == ROUNDS


def test_at_the_same_moment(shared_home, sign_in, partner):
    """botocore takes no lock and does not look again: if both have read the same token, it may be refused once. warder
    looks again."""
    sign_in.service.ends_at_reuse = False
    cache = CLICache(shared_home, sign_in, later=1)
    before = unchanged(cache.read())
    refusals = 0
    for number in range(ROUNDS):
        process = shared_home.start("process", "me")
        # boto3, which runs already, is ahead otherwise.
        time.sleep(number * 0.001)
        partner.tell()
        out, err = process.communicate(timeout=60)
        refusals += "error" in partner.answer()
        assert process.returncode == 0, err.decode()
        token = expect_sound(cache, before)
        current = token["accessToken"]["accessKeyId"]
        assert warder_key(shared_home) == partner.key() == current
        assert token["refreshToken"] == sign_in.service.issued[-1]["refreshToken"]
        expire(shared_home, cache)
    assert refusals < ROUNDS
    assert all(sign_in.sent().count(token) <= 2 for token in sign_in.sent())


def test_four_of_each_at_the_same_moment(shared_home, sign_in):
    sign_in.service.ends_at_reuse = False
    cache = CLICache(shared_home, sign_in)
    before = unchanged(cache.read())
    partners = [Partner(shared_home) for _ in range(4)]
    for _ in range(3):
        for partner in partners:
            partner.tell()
        processes = [shared_home.start("process", "me") for _ in range(4)]
        results = [(process.communicate(timeout=60), process.returncode) for process in processes]
        assert [code for _, code in results] == [0] * 4, results
        for partner in partners:
            partner.answer()
        current = expect_sound(cache, before)["accessToken"]["accessKeyId"]
        assert {partner.key() for partner in partners} == {current}
        expire(shared_home, cache)
    for partner in partners:
        partner.end()


def test_a_new_sign_in_while_it_is_renewed(shared_home, sign_in):
    """`aws login`, run meanwhile, is newer: it stays."""
    cache = CLICache(shared_home, sign_in)
    newer = []

    def signs_in_again(server, request):
        reply = server.ordinary(request)
        newer.append(CLICache(shared_home, server, left=900))
        return reply

    sign_in.next(signs_in_again)
    shared_home.good("process", "me")
    assert cache.read() == newer[0].read()
    assert cache.read()["refreshToken"] == sign_in.service.issued[-1]["refreshToken"]


def test_it_is_left_alone_while_it_lives(shared_home, sign_in, partner):
    cache = CLICache(shared_home, sign_in, left=330)
    content = cache.file.read_bytes()
    assert warder_key(shared_home) == partner.key() and sign_in.log == []
    assert cache.file.read_bytes() == content
    expire(shared_home, cache, left=290)
    assert warder_key(shared_home) == partner.key() and len(sign_in.log) == 1


def test_the_region_of_the_sign_in_goes_before_the_profiles(shared_home, sign_in):
    """As botocore has it; here it shows in what is said of a region that no host can have."""
    CLICache(shared_home, sign_in, signInRegion="evil.example/x")
    shared_home.environment.pop("AWS_ENDPOINT_URL_SIGNIN")
    result = shared_home.run("process", "me")
    assert result.code in (8, 9) and "region" in result.err, result
    assert sign_in.log == []
