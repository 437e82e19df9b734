"""What the tests of `warder console` share."""

import json
import urllib.parse

READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"
DOCUMENT = '{"Version": "2012-10-17", "Statement": []}'
CODE = ["--mfa-code", "123456"]


def login(text):
    """The parameters of the one URL that is printed, and its address."""
    assert text.count("\n") == 1 and text.endswith("\n"), text
    address, _, query = text.strip().partition("?")
    return address, dict(urllib.parse.parse_qsl(query, strict_parsing=True))


def destination(text):
    return login(text)[1]["Destination"]


def process(home, identifier, secret, token=None, name="program"):
    """A profile whose credentials another program prints."""
    answer = {"Version": 1, "AccessKeyId": identifier, "SecretAccessKey": secret} | (
        {"SessionToken": token, "Expiration": "2099-01-01T00:00:00Z"} if token else {})
    (home.root / f"{name}.json").write_text(json.dumps(answer))
    home.add_profile(name, f"warder_credential_process = cat {home.root}/{name}.json")
