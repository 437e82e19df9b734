#!/usr/bin/env python3
"""An STS that writes down what it is asked, and misbehaves on demand.

It checks no signature: moto does that. In tests it runs as a thread; alone it serves until it is ended:

    recording_sts.py --port 4599 [--count FILE]      prints its URL; FILE gets a line for each request
"""

import argparse
import base64
import collections
import dataclasses
import datetime
import email.utils
import http.server
import itertools
import re
import threading
import time
import urllib.parse
from xml.sax.saxutils import escape

NAMESPACE = "https://sts.amazonaws.com/doc/2011-06-15/"
ACCOUNT = "111111111111"
LIFETIMES = {
    "GetSessionToken": 43200, "AssumeRole": 3600, "AssumeRoleWithWebIdentity": 3600, "GetFederationToken": 43200}
# AWS refuses a signature whose time is further from its own.
TOLERANCE = 300


@dataclasses.dataclass
class Request:
    action: str
    parameters: dict
    headers: dict
    method: str = "POST"
    at: float = dataclasses.field(default_factory=time.time)

    @property
    def authorization(self):
        return self.headers.get("authorization", "")

    @property
    def access_key_id(self):
        return re.search(r"Credential=([^/]+)/", self.authorization)[1]

    @property
    def region(self):
        return self.authorization.split("/")[2]

    @property
    def token(self):
        return self.headers.get("x-amz-security-token")

    @property
    def signed_at(self):
        stamp = datetime.datetime.strptime(self.headers["x-amz-date"], "%Y%m%dT%H%M%SZ")
        return stamp.replace(tzinfo=datetime.timezone.utc).timestamp()


@dataclasses.dataclass
class Answer:
    status: int = 200
    body: bytes = b""
    kind: str = "text/xml"
    headers: dict = dataclasses.field(default_factory=dict)
    chunked: bool = False


@dataclasses.dataclass
class Made:
    """Credentials, and the request that they answer."""

    secret: str
    token: str
    request: Request


def error(status, code, message, fault="Sender"):
    return Answer(
        status,
        (
            f'<ErrorResponse xmlns="{NAMESPACE}">\n  <Error>\n    <Type>{fault}</Type>\n    <Code>{code}</Code>\n'
            f"    <Message>{escape(message)}</Message>\n  </Error>\n  <RequestId>r</RequestId>\n</ErrorResponse>\n"
        ).encode(),
    )


def wrong_code(sts, request):
    return error(403, "AccessDenied", "MultiFactorAuthentication failed with invalid MFA one time pass code. ")


def denied(sts, request):
    what = f"User: arn:aws:iam::{ACCOUNT}:user/alice is not authorized to perform: sts:{request.action}"
    return error(403, "AccessDenied", what)


def invalid_key(sts, request):
    return error(403, "InvalidClientTokenId", "The security token included in the request is invalid.")


def throttled(sts, request):
    return error(400, "Throttling", "Rate exceeded")


def server_error(sts, request):
    return error(500, "InternalFailure", "An internal failure", "Receiver")


def unavailable(sts, request):
    return Answer(503, b"Service Unavailable", "text/plain")


def html(sts, request):
    """What a captive portal says."""
    return Answer(200, b"<!DOCTYPE html>\n<html><body><p>Please log in<br></body></html>\n", "text/html")


def doctype(sts, request):
    answer = sts.ordinary(request)
    return dataclasses.replace(answer, body=b'<!DOCTYPE x [<!ENTITY e "expanded">]>\n' + answer.body)


def cut(sts, request):
    answer = sts.ordinary(request)
    return dataclasses.replace(answer, body=answer.body[: len(answer.body) // 2])


def empty(sts, request):
    return Answer(200)


def big(sts, request):
    return Answer(200, b"<a>" + b" " * (300 << 10) + b"</a>")


def big_chunked(sts, request):
    return dataclasses.replace(big(sts, request), chunked=True)


def redirect(sts, request):
    return Answer(302, headers={"Location": sts.url + "/elsewhere?Action=Elsewhere"})


def hang(sts, request):
    """Says nothing until the server is told to go on."""
    sts.waiting.release()
    sts.released.wait(120)
    return sts.ordinary(request)


def late(seconds):
    def answer(sts, request):
        time.sleep(seconds)
        return sts.ordinary(request)

    return answer


class Started:
    """`server` in a thread; `released` lets those go that it keeps waiting."""

    def start(self):
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def stop(self):
        """Nobody waits for that: it takes a moment."""
        self.released.set()
        threading.Thread(target=self.close, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class RecordingSTS(Started):
    """`requests` is what was asked. `next` and `always` say how an action is answered."""

    def __init__(self, port=0):
        self.lock = threading.Lock()
        self.released = threading.Event()
        self.server = Server(("127.0.0.1", port), Handler)
        self.server.sts = self
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.reset()

    def reset(self):
        with self.lock:
            self.requests = []
            self.waiting = threading.Semaphore(0)
            self.queued = collections.defaultdict(list)
            self.standing = {}
            self.serial = itertools.count(1)
            # Action → seconds, in place of what was asked for.
            self.lifetimes = {}
            # How far this server's clock is ahead, in seconds.
            self.ahead = 0
            # Fractions of seconds, and line breaks inside tokens, as some services write them.
            self.ragged = False
            self.token_size = 300
            # Access key ID → what was made with it.
            self.made = {}
        self.released.clear()

    def next(self, action, *behaviours):
        """How the next requests for `action` are answered, one after another."""
        self.queued[action] += behaviours

    def always(self, action, behaviour):
        self.standing[action] = behaviour

    def actions(self):
        return [request.action for request in self.requests]

    def only(self, action):
        """The one request there was for `action`."""
        (request,) = [request for request in self.requests if request.action == action]
        return request

    def now(self):
        return time.time() + self.ahead

    def answer(self, request):
        with self.lock:
            self.requests.append(request)
            queue = self.queued[request.action]
            behaviour = queue.pop(0) if queue else self.standing.get(request.action)
        return behaviour(self, request) if behaviour else self.ordinary(request)

    def ordinary(self, request):
        if request.action == "AssumeRoleWithWebIdentity":
            return self.assume_role_with_web_identity(request)
        if "x-amz-date" not in request.headers:
            return error(403, "MissingAuthenticationToken", "Request is missing Authentication Token")
        if abs(request.signed_at - self.now()) > TOLERANCE:
            return error(403, "SignatureDoesNotMatch", "Signature expired or not yet current: look at the clock")
        make = {
            "GetSessionToken": self.session_token,
            "AssumeRole": self.assume_role,
            "GetFederationToken": self.federation_token,
            "GetCallerIdentity": self.caller_identity,
            "ListMFADevices": self.devices,
        }.get(request.action)
        return make(request) if make else error(400, "InvalidAction", "Could not find operation")

    def credentials(self, request):
        number = next(self.serial)
        asked = int(request.parameters.get("DurationSeconds", LIFETIMES[request.action]))
        seconds = self.lifetimes.get(request.action, asked)
        end = datetime.datetime.fromtimestamp(int(self.now()) + seconds, datetime.timezone.utc)
        # Not 76 characters a line by chance: that is how Base64 in XML is broken.
        token = base64.b64encode((f"{number:08d}" * self.token_size).encode())[: self.token_size].decode()
        identifier, secret = f"ASIATEMPORARY{number:07d}", f"{number:08d}/temporary+secret+of+40+chars/xx"
        self.made[identifier] = Made(secret, token, request)
        text = end.strftime("%Y-%m-%dT%H:%M:%SZ")
        if self.ragged:
            token = "\n        " + "\n        ".join(re.findall(".{1,76}", token)) + "\n      "
            text = end.strftime("%Y-%m-%dT%H:%M:%S.123Z")
        return (
            f"<Credentials><AccessKeyId>{identifier}</AccessKeyId>"
            f"<SecretAccessKey>{secret}</SecretAccessKey>"
            f"<SessionToken>{token}</SessionToken><Expiration>{text}</Expiration></Credentials>"
        )

    def session_token(self, request):
        return wrapped("GetSessionToken", self.credentials(request))

    def assume_role(self, request):
        role = request.parameters["RoleArn"].split("/")[-1]
        account = request.parameters["RoleArn"].split(":")[4]
        name = request.parameters["RoleSessionName"]
        user = (
            f"<AssumedRoleUser><AssumedRoleId>AROA:{escape(name)}</AssumedRoleId>"
            f"<Arn>arn:aws:sts::{account}:assumed-role/{escape(role)}/{escape(name)}</Arn></AssumedRoleUser>"
        )
        return wrapped(request.action, user + self.credentials(request))

    def assume_role_with_web_identity(self, request):
        if request.authorization or request.token:
            return error(400, "ValidationError", "This action is not signed")
        if request.parameters.get("WebIdentityToken", "").count(".") != 2:
            return error(400, "InvalidIdentityToken", "The ID Token provided is not a valid JWT.")
        return self.assume_role(request)

    def federation_token(self, request):
        """By the STS API Reference: a long-term key signs, and there is no MFA in it."""
        name, asked = request.parameters.get("Name", ""), int(request.parameters.get("DurationSeconds", 43200))
        if request.token:
            return error(403, "AccessDenied", "Cannot call GetFederationToken with session credentials")
        if not re.fullmatch(r"[\w+=,.@-]{2,32}", name, re.ASCII) or not 900 <= asked <= 129_600:
            return error(400, "ValidationError", "1 validation error detected")
        if {"SerialNumber", "TokenCode"} & set(request.parameters):
            return error(400, "ValidationError", "GetFederationToken takes no MFA code")
        user = (
            f"<FederatedUser><FederatedUserId>{ACCOUNT}:{name}</FederatedUserId>"
            f"<Arn>arn:aws:sts::{ACCOUNT}:federated-user/{name}</Arn></FederatedUser>"
        )
        return wrapped("GetFederationToken", user + self.credentials(request))

    def caller_identity(self, request):
        return wrapped(
            "GetCallerIdentity",
            f"<Arn>arn:aws:iam::{ACCOUNT}:user/alice</Arn><UserId>AIDA</UserId><Account>{ACCOUNT}</Account>",
        )

    def devices(self, request):
        return wrapped(
            "ListMFADevices",
            "<IsTruncated>false</IsTruncated><MFADevices><member><UserName>alice</UserName>"
            f"<SerialNumber>arn:aws:iam::{ACCOUNT}:mfa/alice</SerialNumber></member></MFADevices>",
        )


def wrapped(action, content):
    return Answer(
        body=(
            f'<{action}Response xmlns="{NAMESPACE}"><{action}Result>{content}</{action}Result>'
            f"<ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></{action}Response>\n"
        ).encode()
    )


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 512
    block_on_close = False

    def handle_error(self, request, client_address):
        """A client that was killed is nothing to report."""


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        size = int(self.headers.get("Content-Length") or 0)
        self.respond(self.rfile.read(size).decode())

    def do_GET(self):
        self.respond(urllib.parse.urlsplit(self.path).query)

    def respond(self, form):
        parameters = dict(urllib.parse.parse_qsl(form, keep_blank_values=True))
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request(parameters.pop("Action", self.path), parameters, headers, self.command)
        answer = self.server.sts.answer(request)
        self.send_response_only(answer.status)
        self.send_header("Date", email.utils.formatdate(self.server.sts.now(), usegmt=True))
        self.send_header("Content-Type", answer.kind)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if answer.chunked:
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            for at in range(0, len(answer.body), 16384):
                piece = answer.body[at : at + 16384]
                self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
            self.wfile.write(b"0\r\n\r\n")
        else:
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

    def log_message(self, *arguments):
        pass


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--count", help="append the name of each action to this file")
    options = parser.parse_args()
    sts = RecordingSTS(options.port)
    if options.count:
        answer = sts.answer

        def counted(request):
            with open(options.count, "a", encoding="utf-8") as file:
                file.write(request.action + "\n")
            return answer(request)

        sts.answer = counted
    print(sts.url, flush=True)
    sts.server.serve_forever()


if __name__ == "__main__":
    main()
