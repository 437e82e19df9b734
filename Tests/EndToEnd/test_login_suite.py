"""The SDKs' suite of sign-ins to the console: the AWS CLI's cache, the service's answers, and what comes of them."""

import calendar
import json
import os
import pathlib
import time

import pytest
from signin import Login, changed, said, thumbprint_of

VECTORS = os.environ.get("WARDER_VECTORS")
FILE = pathlib.Path(VECTORS or "/nonexistent") / "login/login-provider-test-cases.json"
# Of the suite, whose clock stands still.
NOW = calendar.timegm((2025, 11, 19, 0, 0, 0))
# The most seconds that warder takes a session to live.
LONGEST = 129_600
pytestmark = pytest.mark.skipif(VECTORS is None, reason="WARDER_VECTORS is not set")


def cases():
    return json.loads(FILE.read_text()) if VECTORS else []


def instant(text):
    return calendar.timegm(time.strptime(text, "%Y-%m-%dT%H:%M:%SZ"))


class Stage:
    """A home as a case has it, and a sign-in server that gives its answers."""

    def __init__(self, home, sign_in, case):
        self.home, self.sign_in, self.case = home, sign_in, case
        self.folder = home.root / ".aws/login/cache"
        self.folder.mkdir(parents=True)
        home.config(case["configContents"])
        home.environment |= {"AWS_ENDPOINT_URL_SIGNIN": sign_in.url, "AWS_REGION": "us-east-1"}
        for name, token in case["cacheContents"].items():
            (self.folder / name).write_text(json.dumps(token))
            (self.folder / name).chmod(0o600)
        for call in case.get("mockApiCalls", []):
            self.answers(call, next(iter(case["cacheContents"].values())))

    def answers(self, call, token):
        """The server knows the suite's token and its key, and checks the proof before it says what the suite says."""
        asked = call["request"]["tokenInput"]
        ends = time.time() + 3600
        login = Login(self.sign_in.service.arn, asked["clientId"], thumbprint_of(token["dpopKey"]), ends)
        self.sign_in.service.tokens[asked["refreshToken"]] = login
        if "response" in call:
            self.sign_in.next(changed(tokenType=None, **call["response"]["tokenOutput"]))
        else:
            self.sign_in.next(said("", call["responseCode"]))

    def meets(self, outcome, result, began):
        kind = outcome.pop("result")
        if kind == "error":
            assert result.code not in (0, 1, 2) and result.out == "", result
            result.explained()
        elif kind == "credentials":
            printed = json.loads(result.out)
            assert printed.pop("Version") == 1
            assert self.moved(printed.pop("Expiration"), outcome.pop("expiresAt"), began)
            names = {"AccessKeyId": "accessKeyId", "SecretAccessKey": "secretAccessKey",
                     "SessionToken": "sessionToken", "AccountId": "accountId"}
            assert printed == {name: outcome[member] for name, member in names.items()}
        else:
            assert kind == "cacheContents"
            self.cached(outcome, began)

    def cached(self, wanted, began):
        found = {path.name: json.loads(path.read_bytes()) for path in self.folder.iterdir()}
        for name, token in wanted.items():
            end = token["accessToken"].pop("expiresAt")
            assert self.moved(found[name]["accessToken"].pop("expiresAt"), end, began)
            assert (self.folder / name).stat().st_mode & 0o777 == 0o600
        assert found == wanted

    def moved(self, end, wanted, began):
        """Whether it ends when the suite has it: its clock began when this test asked."""
        if self.sign_in.requests:
            return began <= instant(end) - (instant(wanted) - NOW) <= time.time() + 1
        # warder asks again after 36 hours at the latest, whatever a file says.
        return min(instant(wanted), began + LONGEST) <= instant(end) <= min(instant(wanted), int(time.time()) + LONGEST)


@pytest.mark.parametrize("case", cases(), ids=lambda case: case["documentation"])
def test_suite(bare, sign_in, case):
    stage = Stage(bare, sign_in, case)
    began = int(time.time())
    result = bare.run("process", "signin")
    for outcome in case["outcomes"]:
        stage.meets(outcome, result, began)
    sent = [request.given for request in sign_in.requests]
    assert sent == [call["request"]["tokenInput"] for call in case.get("mockApiCalls", [])]
    assert all("dpop" in request.headers for request in sign_in.requests)


def test_there_are_as_many_cases_as_were_read():
    assert len(cases()) == 8
