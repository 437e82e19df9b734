"""Presigned URLs: names of objects that are easily changed on the way, and what botocore makes of the same session."""

import datetime
import json
import time
import unittest.mock
import urllib.parse

import botocore.auth
import botocore.config
import botocore.session

KEYS = [
    "a", "2026/11/a.jpg", "UPPER/Case.TXT", ".hidden", "a..b", "...", "~-_.",
    "a b", " lead", "trail ", "  ", "a+b", "a%b", "100%", "%41", "%2F", "%2e%2e/x", "a%20b",
    "//", "a//b", "/lead", "//lead", "trail/", ".", "..", "./a", "../x", "a/./b", "a/../b", "a/..", "/../x",
    "\u00e9", "e\u0301", "/\u0301x", "\u65e5\u672c\u8a9e.txt", "\U0001f600", "\u1e9e\u0130\u0131", "\u212a", "\ufb01",
    "\u202ex", "\ufeffx", "a\u0085b", "a\u2028b", "a\u00a0b",
    "\x01", "\x7f", "\t", "line\nbreak", "a\r\nb", "\x1b[2J",
    "a?b", "a#b", "a=b&c=d", "?versionId=x", "#", "a;b", "a:b", "user@host", "a,b", "a$b", "!*'()", "[x]{y}", "<x>|^`\"",
    "back\\slash", "\\..\\x", "s3://nested/key", "https://example.com/x", "X-Amz-Signature=0&X-Amz-Date=0",
    "x" * 1024, "\u00e9" * 512,
]
BUCKETS = ["abc", "x" * 63, "a-b--c", "123", "mine-s3alias", "a.b.c", "photos.example.com", "1.2.3.4.5", "my_photos"]
# Most keys in a bucket that is part of the host name, some in one that cannot be; each bucket once.
NAMES = (
    [("photos", key) for key in KEYS] + [("a.b", key) for key in KEYS if "/" in key or not key.isascii()]
    + [(bucket, "k y") for bucket in BUCKETS]
)
VERSION = "3/L4kqtJlcpXroDTDmJ+rmSpXd3dIbrHY+MTRcxf3vjVBH40Nr8X8gdRQBpUMLUo"
SAVED_AS = 'attachment; filename="a b.jpg"'
# botocore's operation and its parameters, and warder's options.
REQUESTS = [
    ("get_object", {}, []),
    ("get_object", {"VersionId": VERSION}, ["--version-id", VERSION]),
    ("get_object", {"VersionId": "null", "ResponseContentDisposition": SAVED_AS},
     ["--version-id", "null", "--download-as", "a b.jpg"]),
    ("head_object", {}, ["--method", "HEAD"]),
    ("head_object", {"VersionId": VERSION}, ["--method", "HEAD", "--version-id", VERSION]),
    ("put_object", {}, ["--method", "PUT"]),
    ("put_object", {"ContentType": "text/plain; charset=utf-8"},
     ["--method", "PUT", "--content-type", "text/plain; charset=utf-8"]),
    ("delete_object", {}, ["--method", "DELETE"]),
    ("delete_object", {"VersionId": VERSION}, ["--method", "DELETE", "--version-id", VERSION]),
]


def spelled(name):
    """A name in the name of a test."""
    return ascii(name)[1:-1][:24]


def has_dots(key):
    """Whether it has a segment that browsers resolve."""
    return any(segment in (".", "..") for segment in key.split("/"))


def parameters(url):
    return dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(url).query, keep_blank_values=True))


def presigned(home, *arguments, **options):
    """The URL, which must be all that is printed to stdout."""
    out = home.good("presign", *arguments, **options)
    assert out.startswith("http") and out.endswith("\n") and len(out.split()) == 1, out
    return out[:-1]


def credentials(home, profile, **options):
    """What `process` says of the same session: a key, its secret, and a token if there is one."""
    said = json.loads(home.good("process", profile, **options))
    return said["AccessKeyId"], said["SecretAccessKey"], said.get("SessionToken")


def client(key, region="eu-west-1", style="virtual", **options):
    """botocore's, without any file or variable."""
    session = botocore.session.Session(
        session_vars={"config_file": (None, None, "/dev/null", None), "profile": (None, None, None, None)})
    identifier, secret, token = key
    url = options.pop("endpoint_url", None)
    # The region us-east-1 means that region to warder; to botocore it means the global endpoint, for history's sake.
    s3 = {"addressing_style": style, "us_east_1_regional_endpoint": "regional"}
    return session.create_client(
        "s3", region_name=region, aws_access_key_id=identifier, aws_secret_access_key=secret, aws_session_token=token,
        endpoint_url=url, config=botocore.config.Config(signature_version="s3v4", s3=s3, **options))


def botocore_s(url, client, operation, bucket, key, expires, **more):
    """The URL that botocore makes at the moment at which `url` was signed: its clock is set to that. The signer is
    botocore's own: awscrt's, which takes its place where it is installed, has a clock of its own, and another order of
    the parameters."""
    stamp = parameters(url)["X-Amz-Date"]
    at = datetime.datetime.strptime(stamp, "%Y%m%dT%H%M%S%z")
    assert abs(at.timestamp() - time.time()) < 120
    signers = {"s3v4-query": botocore.auth.S3SigV4QueryAuth}
    with (
        unittest.mock.patch("botocore.auth.get_current_datetime", lambda *_, **__: at),
        unittest.mock.patch.dict(botocore.auth.AUTH_TYPE_MAPS, signers),
    ):
        return client.generate_presigned_url(
            operation, Params={"Bucket": bucket, "Key": key, **more}, ExpiresIn=expires)
