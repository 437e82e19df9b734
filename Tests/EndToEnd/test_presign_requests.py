"""Requests by presigned URLs: curl's at a real S3 server and at moto, and what a browser makes of a URL."""

import os
import re
import subprocess
import time

import ada_url
import presigned_door
import pytest
from presigning import NAMES, credentials, has_dots, parameters, presigned, spelled
from rclones import PROGRAMS
from serving import wait_for

pytestmark = pytest.mark.needs("curl")
CONTENT = b"hello by a link\n\x00\xff"


def curl(url, *options, input=None):
    """(status, headers, body) of a request by exactly this URL."""
    command = ["curl", "-sS", "--path-as-is", "--noproxy", "*", "-i", *options, url]
    answer = subprocess.run(command, input=input, capture_output=True, timeout=60, check=True).stdout
    head, _, body = answer.partition(b"\r\n\r\n")
    while head.startswith(b"HTTP/1.1 100"):
        head, _, body = body.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines[1:])}
    return int(lines[0].split()[1]), headers, body


class Links:
    """What `warder presign` says of one object."""

    def __init__(self, home, bucket, key, **options):
        self.home, self.object, self.options = home, f"s3://{bucket}/{key}", options

    def url(self, *options):
        return presigned(self.home, "prod", self.object, "--expires", "40m", *options, **self.options)

    def put(self, content=CONTENT, kind=None, sent=None):
        """The body comes from a pipe: with a file, curl completes a path that ends with a slash by its name."""
        url = self.url("--method", "PUT", *(["--content-type", kind] if kind else []))
        sent = kind if sent is None else sent
        return curl(url, "-X", "PUT", "-H", f"Content-Type: {sent or ''}".rstrip(), "--data-binary", "@-", input=content)

    def get(self, *options):
        return curl(self.url(*options))

    def head(self, *options):
        return curl(self.url("--method", "HEAD", *options), "-I")

    def delete(self, *options):
        return curl(self.url("--method", "DELETE", *options), "-X", "DELETE")


# A real S3 server


class RcloneS3:
    """`rclone serve s3`, which checks each signature; the buckets are folders."""

    def __init__(self, root, key):
        if not PROGRAMS["Go 2"]:
            pytest.skip("rclone is not installed with the SDK Go 2")
        self.root = root / "s3"
        for bucket in ("photos", "a.b"):
            (self.root / bucket).mkdir(parents=True)
        log = root / "log"
        command = [PROGRAMS["Go 2"], "--config", os.devnull, "serve", "s3", "--addr", "127.0.0.1:0", str(self.root)]
        environment = os.environ | {"RCLONE_AUTH_KEY": f'"{key[0]},{key[1]}"'}
        with log.open("wb") as output:
            self.process = subprocess.Popen(command, stdout=output, stderr=output, env=environment)

        def address():
            return re.search(r"http://127\.0\.0\.1:\d+", log.read_text())

        wait_for(address, "rclone's S3 server", 60)
        self.url = address()[0]

    def stop(self):
        self.process.terminate()
        self.process.wait(30)


@pytest.fixture(scope="module")
def rclone(shared, tmp_path_factory):
    server = RcloneS3(tmp_path_factory.mktemp("rclone"), credentials(shared, "prod"))
    yield server
    server.stop()


def is_kept_by_rclone(key):
    """Whether rclone can have it as a file: it refuses what is not one path below the bucket."""
    parts = key.split("/")
    return "" not in parts and not has_dots(key) and all(len(part.encode()) <= 255 for part in parts)


STORED = [(bucket, key) for bucket, key in NAMES if bucket in ("photos", "a.b")]
# To moto, a path ends with its line.
AT_MOTO = [(bucket, key) for bucket, key in STORED if "\n" not in key]


@pytest.mark.parametrize("bucket, key", STORED, ids=spelled)
def test_a_real_server(shared, rclone, bucket, key):
    links = Links(shared, bucket, key, env={"AWS_ENDPOINT_URL_S3": rclone.url})
    status, _, said = links.put(kind="text/plain")
    if not is_kept_by_rclone(key):
        # It looks at the signature first, which was right.
        assert status != 403 and b"Signature" not in said, (status, said)
        return
    assert status == 200, said
    assert links.get()[0::2] == (200, CONTENT)
    status, headers, _ = links.head()
    assert status == 200 and headers["content-length"] == str(len(CONTENT))
    assert links.delete()[0] == 204
    assert links.get()[0] == 404


def test_a_real_server_refuses_what_was_not_signed(shared, rclone):
    links = Links(shared, "photos", "of-alice", env={"AWS_ENDPOINT_URL_S3": rclone.url})
    assert links.put()[0] == 200
    url = links.url()
    assert curl(url)[0] == 200
    wrong = [
        curl(url.replace("/of-alice?", "/of-bob?")), curl(url, "-X", "DELETE"),
        curl(url.replace("X-Amz-Expires=2400", "X-Amz-Expires=2401")), curl(url[:-4] + "0000"),
        links.put(kind="text/plain", sent="text/html"),
    ]
    assert [answer[0] for answer in wrong] == [403] * 5, wrong
    assert all(b"SignatureDoesNotMatch" in answer[2] for answer in wrong)
    assert curl(url)[2] == CONTENT


# moto with its IAM


@pytest.fixture(scope="module")
def at_moto(moto_server, tmp_path_factory):
    place = presigned_door.Place(moto_server, tmp_path_factory.mktemp("moto-home"))
    yield place
    place.stop()


@pytest.mark.parametrize("bucket, key", AT_MOTO, ids=spelled)
def test_moto_s_iam(at_moto, bucket, key):
    links = Links(at_moto.home, bucket, key)
    assert links.put(kind="text/x-link")[0] == 200
    first = links.head()[1]["x-amz-version-id"]
    assert links.put(b"second")[0] == 200
    assert links.get()[0::2] == (200, b"second")
    status, headers, body = links.get("--version-id", first, "--download-as", "a b.txt")
    assert (status, body, headers["content-type"]) == (200, CONTENT, "text/x-link")
    assert headers["content-disposition"] == 'attachment; filename="a b.txt"'
    assert links.head("--version-id", first)[1]["content-length"] == str(len(CONTENT))
    assert links.delete()[0] == 204
    assert links.get()[0] == 404
    assert links.get("--version-id", first)[0] == 200
    assert links.delete("--version-id", first)[0] == 204
    assert links.get("--version-id", first)[0] == 404


def test_the_role_s_policy_applies(at_moto):
    links = Links(at_moto.home, "closed", "k")
    assert links.put()[0] == 200 and links.get()[0] == 200
    status, _, said = links.delete()
    assert status == 403 and b"AccessDenied" in said
    assert links.get()[0] == 200


def test_an_end(at_moto):
    url = presigned(at_moto.home, "prod", "s3://photos/soon", "--expires", "2s")
    assert curl(url)[0] == 404
    time.sleep(3)
    status, _, said = curl(url)
    assert status == 403 and b"Request has expired" in said


# A browser's rules


@pytest.mark.parametrize("bucket, key", NAMES, ids=spelled)
def test_a_browser_keeps_the_url(shared, bucket, key):
    """The URL Standard's parser is what browsers read the address bar and `fetch` with."""
    name = key[:99] if key.isprintable() else "x"
    result = shared.run("presign", "prod", f"s3://{bucket}/{key}", "--expires", "40m", "--download-as", name)
    assert result.code == 0, result
    url = result.out.removesuffix("\n")
    survives = ada_url.URL(url).href == url
    assert survives != has_dots(key)
    assert ("browsers" in result.err) == has_dots(key)
    assert parameters(ada_url.URL(url).href) == parameters(url)
