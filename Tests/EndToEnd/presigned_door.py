"""A door before moto, which knows no presigned URLs in its IAM mode: it checks the signature in the URL from AWS's
description of it alone, and signs the same request with the same session in a header, for moto to check and allow."""

import datetime
import hmac
import http.client
import json
import re
import sys
import threading
import time
import types
import urllib.parse

import botocore.auth
import botocore.awsrequest
import botocore.credentials
from home import TESTS, Home

sys.path.insert(0, str(TESTS / "Servers"))
import signature_v4  # noqa: E402
from recording_sts import Server  # noqa: E402
from slow_moto import HOPS, PassingHandler  # noqa: E402

# What curl says of itself, or of how it sends.
OWN = {"host", "user-agent", "accept", "expect", "content-length", "connection", "transfer-encoding"}


def refused(code, message):
    return 403, [], f"<Error><Code>{code}</Code><Message>{message}</Message></Error>".encode()


class Door:
    def __init__(self, moto):
        self.moto = moto
        self.address = urllib.parse.urlsplit(moto.url).netloc
        # Secret and token of each session that went out.
        self.sessions = {}
        self.lock = threading.Lock()
        self.server = Server(("127.0.0.1", 0), Handler)
        self.server.door = self
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    def answer(self, method, target, headers, body):
        if method == "POST":
            answer = self.pass_on(method, target, headers, body, b"inf")
            words = [re.search(rf"<{name}>([^<]+)</{name}>", answer[2].decode()) for name in (
                "AccessKeyId", "SecretAccessKey", "SessionToken")]
            if all(words):
                self.sessions[words[0][1]] = words[1][1], words[2][1]
            return answer
        path, _, query = target.partition("?")
        given = dict(urllib.parse.parse_qsl(query, keep_blank_values=True))
        identifier = given.get("X-Amz-Credential", "").partition("/")[0]
        if identifier not in self.sessions:
            return refused("InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records.")
        problem = self.problem(method, path, given, headers, *self.sessions[identifier])
        return problem or self.signed_anew(method, path, given, headers, body, identifier)

    def problem(self, method, path, given, headers, secret, token):
        """Why S3 would refuse the URL; None if it would not (Amazon S3 API Reference, "Authenticating Requests: Using
        Query Parameters")."""
        if given.get("X-Amz-Algorithm") != signature_v4.ALGORITHM or given.get("X-Amz-Security-Token") != token:
            return refused("InvalidToken", "The provided token is malformed or otherwise invalid.")
        stamp, seconds = given["X-Amz-Date"], int(given["X-Amz-Expires"])
        begin = datetime.datetime.strptime(stamp, "%Y%m%dT%H%M%S%z").timestamp()
        if not 1 <= seconds <= 604_800 or begin > time.time() + signature_v4.TOLERANCE:
            return refused("AuthorizationQueryParametersError", "X-Amz-Expires must be between 1 and 604800 seconds")
        if time.time() > begin + seconds:
            return refused("AccessDenied", "Request has expired")
        signature = given["X-Amz-Signature"]
        query = urllib.parse.urlencode({name: given[name] for name in given if name != "X-Amz-Signature"})
        _, date, region, service, _ = given["X-Amz-Credential"].split("/")
        names = given["X-Amz-SignedHeaders"].split(";")
        if "host" not in names or "content-type" in headers and method == "PUT" and "content-type" not in names:
            return refused("AccessDenied", "There were headers present in the request which were not signed")
        signed = signature_v4.Signed("", date, region, service, names, signature)
        request = types.SimpleNamespace(
            method=method, target=f"{path}?{query}", headers=headers | {"x-amz-date": stamp})
        if not hmac.compare_digest(signature_v4.signature(request, signed, secret, "UNSIGNED-PAYLOAD"), signature):
            return refused("SignatureDoesNotMatch", "The request signature we calculated does not match.")
        return None

    def signed_anew(self, method, path, given, headers, body, identifier):
        own = {name: value for name, value in given.items() if not name.startswith("X-Amz-")}
        query = urllib.parse.urlencode(own, quote_via=urllib.parse.quote)
        target = path + ("?" + query if query else "")
        sent = {name: value for name, value in headers.items() if name not in OWN} | {"host": self.address}
        request = botocore.awsrequest.AWSRequest(method, f"http://{self.address}{target}", sent, body)
        key = botocore.credentials.Credentials(identifier, *self.sessions[identifier])
        botocore.auth.S3SigV4Auth(key, "s3", "eu-west-1").add_auth(request)
        return self.pass_on(method, target, dict(request.headers.items()), body, b"0")

    def pass_on(self, method, target, headers, body, free):
        with self.lock:
            self.moto.post("reset-auth", free)
            connection = http.client.HTTPConnection(self.address, timeout=60)
            try:
                connection.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
                for name, value in headers.items():
                    if name.lower() not in HOPS:
                        connection.putheader(name, value)
                connection.putheader("Content-Length", str(len(body)))
                connection.endheaders(body)
                response = connection.getresponse()
                return response.status, response.getheaders(), response.read()
            finally:
                connection.close()
                self.moto.post("reset-auth", b"inf")


class Handler(PassingHandler):
    def pass_on(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.give(*self.server.door.answer(self.command, self.path, headers, body))

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = pass_on


class Place:
    """A home whose profile is a role at moto: it may do everything in two buckets with versions, and in a third one
    everything but delete."""

    def __init__(self, moto, root):
        moto.post("reset-auth", b"inf")
        moto.post("reset")
        self.moto, self.door = moto, Door(moto)
        self.home = Home(root)
        self.home.key = moto.user("alice")
        role = moto.role("Sharing")
        statements = [
            {"Effect": "Allow", "Action": "s3:*", "Resource": "*"},
            {"Effect": "Deny", "Action": "s3:DeleteObject", "Resource": "arn:aws:s3:::closed/*"},
        ]
        policy = json.dumps({"Version": "2012-10-17", "Statement": statements})
        moto.client("iam").put_role_policy(RoleName="Sharing", PolicyName="may", PolicyDocument=policy)
        s3 = moto.client("s3")
        for bucket in ("photos", "a.b", "closed"):
            s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
        for bucket in ("photos", "a.b"):
            s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
        self.home.endpoint(self.door.url)
        self.home.add_vault()
        self.home.add_profile("alice")
        self.home.add_profile("prod", f"warder_role_arn = {role}", "warder_source_profile = alice")
        with self.home.opened():
            self.home.unlock()
            self.home.good("refresh", "prod")

    def stop(self):
        self.door.stop()
        self.home.clean()
        self.moto.post("reset-auth", b"inf")
