"""The AWS CLI's cache of a sign-in as warder finds it: what it takes, and what it says of the rest."""

import json
import os
import time

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from logins import add_browser
from signin import CLICache

CONFIG = """\
[profile me]
region = eu-west-1
login_session = {arn}
"""


@pytest.fixture
def cached(bare, sign_in):
    bare.config(CONFIG.format(arn=sign_in.service.arn))
    bare.environment["AWS_ENDPOINT_URL_SIGNIN"] = sign_in.url
    bare.kept = CLICache(bare, sign_in)
    return bare


def refused_at_once(home, sign_in, *mentions):
    start = time.monotonic()
    result = home.run("process", "me", timeout=30)
    assert time.monotonic() - start < 15
    assert result.code in (4, 8, 9), result
    result.failed(result.code, *mentions)
    assert sign_in.log == []
    token = sign_in.service.issued[0]
    assert token["refreshToken"] not in result.err and token["accessToken"]["secretAccessKey"] not in result.err
    return result


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o620, 0o602], ids=oct)
def test_a_file_that_others_can_use(cached, sign_in, mode):
    cached.kept.file.chmod(mode)
    refused_at_once(cached, sign_in, str(cached.kept.file), "chmod")
    assert cached.kept.file.stat().st_mode & 0o777 == mode


@pytest.mark.skipif(os.geteuid() != 0, reason="root alone gives files away")
def test_a_file_of_another_user(cached, sign_in):
    os.chown(cached.kept.file, 4711, 4711)
    refused_at_once(cached, sign_in, str(cached.kept.file))


def test_a_link_is_followed_and_stays(cached, sign_in):
    """Whoever keeps the folder elsewhere; botocore puts a file in the link's place, and leaves a used token behind."""
    target = cached.root / "elsewhere.json"
    cached.kept.file.rename(target)
    cached.kept.file.symlink_to(target)
    printed = json.loads(cached.good("process", "me"))
    assert cached.kept.file.is_symlink() and target.stat().st_mode & 0o777 == 0o600
    assert json.loads(target.read_bytes())["accessToken"]["accessKeyId"] == printed["AccessKeyId"]
    assert json.loads(target.read_bytes())["refreshToken"] == sign_in.service.issued[-1]["refreshToken"]


def test_a_link_to_nothing_and_one_in_a_circle(cached, sign_in):
    cached.kept.file.unlink()
    cached.kept.file.symlink_to(cached.root / "nothing")
    refused_at_once(cached, sign_in)
    cached.kept.file.unlink()
    cached.kept.file.symlink_to(cached.kept.file)
    refused_at_once(cached, sign_in)


@pytest.mark.parametrize("content", [
    b"", b"{", b"[]", b"null", b"\xff\xfe", b'{"accessToken": 1}', b"{}" * 2, b"[" * 100_000, b"{" + b'"a":1,' * 10,
    b" " * (10 << 20), b'{"a":"' + b"x" * (10 << 20) + b'"}', b"\0" * 4096,
], ids=range(12))
def test_a_file_that_is_none(cached, sign_in, content):
    cached.kept.write_bytes(content)
    refused_at_once(cached, sign_in, str(cached.kept.file))
    assert cached.kept.file.read_bytes() == content


@pytest.mark.parametrize("change", [
    {"refreshToken": ""}, {"refreshToken": 1}, {"refreshToken": None}, {"dpopKey": "nonsense"}, {"clientId": []},
    {"dpopKey": "-----BEGIN EC PRIVATE KEY-----\n!!!!\n-----END EC PRIVATE KEY-----\n"}, {"accessToken": {}},
    {"accessToken": None}, {"refreshToken": "x\r\nHost: evil.example"},
], ids=str)
def test_a_token_that_is_none(cached, sign_in, change):
    cached.kept.write(cached.kept.read() | change)
    result = cached.run("process", "me")
    assert result.code in (4, 5, 8, 9), result
    result.failed(result.code)
    # The last is a token that the service does not know, in JSON as any other.
    assert len(sign_in.log) <= 1 and all("\r" not in name for name in sign_in.log)


def test_a_key_on_another_curve(cached, sign_in):
    pem = ec.generate_private_key(ec.SECP384R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()).decode()
    cached.kept.write(cached.kept.read() | {"dpopKey": pem})
    refused_at_once(cached, sign_in, str(cached.kept.file))


def fifo(path):
    os.mkfifo(path, 0o600)


@pytest.mark.parametrize("make", [fifo, os.mkdir], ids=["fifo", "folder"])
def test_what_is_not_a_file(cached, sign_in, make):
    cached.kept.file.unlink()
    make(cached.kept.file)
    refused_at_once(cached, sign_in)


@pytest.mark.skipif(os.geteuid() != 0, reason="root alone becomes another user")
def test_a_folder_that_cannot_be_written(cached, sign_in):
    """The old token is used up, so the new one must lie somewhere: warder keeps it as its own."""
    content = cached.kept.file.read_bytes()
    user = cached.as_ordinary_user()
    cached.kept.folder.chmod(0o500)
    first = cached.run("process", "me", **user)
    assert first.code == 0 and cached.kept.file.read_bytes() == content, first
    cached.good("forget", "me", **user)
    issued = sign_in.service.issued[-1]
    assert cached.has_secret(issued["refreshToken"]) == []
    again = json.loads(cached.good("process", "me", **user))
    assert again["AccessKeyId"] == issued["accessToken"]["accessKeyId"] and len(sign_in.sent()) == 1


def test_in_another_folder(cached, sign_in):
    folder = cached.root / "place"
    cached.kept.folder.rename(folder)
    for given in (str(folder), "~/place", "$HOME/place", "${HOME}/place", "$HOME/${NAME_1}ce"):
        assert cached.run("process", "me", env={"AWS_LOGIN_CACHE_DIRECTORY": given, "NAME_1": "pla"}).code == 0, given
        cached.good("forget", "me")
    for given in (None, "$NOTHING/place", "${HOME/place", f"{folder}$"):
        variables = {} if given is None else {"AWS_LOGIN_CACHE_DIRECTORY": given}
        cached.run("process", "me", env=variables).failed(4, "sign in")


def test_an_own_sign_in_goes_before_it(cached, sign_in):
    """Once the user has signed in with warder, the AWS CLI's is not touched."""
    content = cached.kept.file.read_bytes()
    add_browser(cached)
    cached.good("login", "me")
    printed = json.loads(cached.good("process", "me"))
    assert printed["AccessKeyId"] == sign_in.service.issued[-1]["accessToken"]["accessKeyId"]
    assert sign_in.sent() == [] and cached.kept.file.read_bytes() == content
