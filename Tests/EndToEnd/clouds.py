"""What stands around STS in the tests: the metadata service of an instance, that of a container, a sign-in."""

import dataclasses
import datetime
import hashlib
import http.server
import json
import sys
import threading
import time
import urllib.request

from home import TESTS

sys.path.insert(0, str(TESTS / "Servers"))
import identity_center  # noqa: E402

ROLES = "/latest/meta-data/iam/security-credentials/"
TOKEN = "/latest/api/token"
CONTAINER = "/container"
INSTANCE_KEY = "ASIAOFTHEINSTANCE001"
CONTAINER_KEY = "ASIAOFTHECONTAINER01"
SIGN_IN_KEY = "ASIAIOSFODNN7EXAMPLE"
START = "https://example.awsapps.com/start"
# A service that answers has this long for it, in seconds: one is what SDKs give it, and less than a busy machine takes.
PATIENCE = {"AWS_METADATA_SERVICE_TIMEOUT": "8"}
# The roles that the sign-in gives, one of them with all that needs care in a URL.
ACCOUNT, PERMISSIONS, READER = "111111111111", "Admin +/é", "Reader"


def stamp(seconds):
    """A time so many seconds from now, as AWS writes it."""
    end = datetime.datetime.fromtimestamp(time.time() + seconds, datetime.timezone.utc)
    return end.strftime("%Y-%m-%dT%H:%M:%SZ")


def credentials(identifier, **others):
    """What a metadata service says of a role."""
    return {
        "Code": "Success", "Type": "AWS-HMAC", "LastUpdated": stamp(-60), "AccessKeyId": identifier,
        "SecretAccessKey": "of/" + identifier, "Token": "token+of/" + identifier, "Expiration": stamp(6 * 3600),
    } | others


@dataclasses.dataclass
class Reply:
    status: int = 200
    body: str = ""
    headers: dict = dataclasses.field(default_factory=dict)
    # Before anything is said, in seconds.
    after: float = 0


def close(server):
    """Takes a moment: a thread's work."""
    server.shutdown()
    server.server_close()


class Metadata:
    """An instance's service and a container's on one port. `replies` says what a path answers in place of what is
    usual; `requests` what was asked, with its headers."""

    def __init__(self, address=("127.0.0.1", 0)):
        self.server = Server(address, Handler)
        self.server.metadata = self
        host, port = self.server.server_address
        self.url = f"http://{host}:{port}"
        self.released = threading.Event()
        self.requests = []
        self.replies = {}
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def paths(self):
        return [f"{method} {path}" for method, path, _ in self.requests]

    def answer(self, path, headers):
        reply = self.replies.get(path.partition("?")[0])
        if reply:
            self.released.wait(reply.after)
            return reply
        if path == TOKEN:
            return Reply(body="AQAE-token==")
        if path.startswith(ROLES):
            v2 = self.replies.get(TOKEN) is None
            if v2 and headers.get("x-aws-ec2-metadata-token") != "AQAE-token==":
                return Reply(401, "Unauthorized")
            return Reply(body="of-instance" if path == ROLES else json.dumps(credentials(INSTANCE_KEY)))
        if path.startswith(CONTAINER):
            return Reply(body=json.dumps(credentials(CONTAINER_KEY)))
        return Reply(404)

    def stop(self):
        self.released.set()
        threading.Thread(target=close, args=[self.server], daemon=True).start()


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request, client_address):
        """A client that gave up is nothing to report."""


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        metadata = self.server.metadata
        headers = {name.lower(): value for name, value in self.headers.items()}
        metadata.requests.append((self.command, self.path, headers))
        reply = metadata.answer(self.path, headers)
        body = reply.body.encode()
        self.send_response_only(reply.status)
        for name, value in ({"Content-Length": str(len(body))} | reply.headers).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    do_PUT = do_GET

    def log_message(self, *arguments):
        pass


class TwoRoles(identity_center.IdentityCenter):
    """It has a second role to give."""

    def credentials(self, query, token):
        known = {"role_name": PERMISSIONS} if query.get("role_name") == READER else {}
        return super().credentials(query | known, token)

    def grant(self, name, client):
        """However short a token's life, it lasts for the request that it was made for."""
        answer = super().grant(name, client)
        token = answer["accessToken"]
        self.access[token] = max(self.access[token], time.time() + 600)
        return answer


class Center:
    """IAM Identity Center: identity_center.py, run as a thread."""

    def __init__(self, port=0):
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", port), identity_center.Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.center = self.server.center = TwoRoles()
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    @property
    def log(self):
        """The paths that were asked for, one after another."""
        return self.center.log

    def say(self, which, **body):
        request = urllib.request.Request(f"{self.url}/test/{which}", json.dumps(body).encode())
        urllib.request.urlopen(request, timeout=10).read()

    def token(self):
        """A token of somebody who is signed in."""
        token = "access-of-somebody"
        self.center.access[token] = time.time() + 3600
        return token

    def cli_cache(self, home, name):
        """Writes the token where the AWS CLI keeps it, under a session's name or a start URL."""
        folder = home.root / ".aws/sso/cache"
        folder.mkdir(parents=True, exist_ok=True)
        content = {
            "startUrl": START, "region": "eu-west-1", "accessToken": self.token(), "expiresAt": stamp(3600),
        }
        (folder / (hashlib.sha1(name.encode()).hexdigest() + ".json")).write_text(json.dumps(content))

    def environment(self):
        return {"AWS_ENDPOINT_URL_SSO": self.url, "AWS_ENDPOINT_URL_SSO_OIDC": self.url}

    def stop(self):
        threading.Thread(target=close, args=[self.server], daemon=True).start()


