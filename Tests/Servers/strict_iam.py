#!/usr/bin/env python3
"""IAM and STS of one account on one port, which check each signature, and fail where a test tells them to.

In tests it runs as a thread: `account` is what AWS knows, `requests` what was asked, `next` and `at` how requests fail.
Alone it serves until it is ended, and prints its URL and the key of its one user:

    strict_iam.py [--port 4600]
"""

import argparse
import collections
import dataclasses
import email.utils
import http.server
import threading
import time
import urllib.parse
from xml.sax.saxutils import escape

from iam_account import ACTIONS, NAMESPACES, Account
from recording_sts import Answer, Server
from signature_v4 import AUTHORIZATION, Refused


@dataclasses.dataclass
class Request:
    method: str
    target: str
    headers: dict
    body: bytes
    parameters: dict
    action: str
    service: str
    number: int = 0
    # The status that it was answered with; None where the connection was dropped.
    status: int = None
    # Whether the account acted on it.
    acted: bool = False
    at: float = dataclasses.field(default_factory=time.time)

    @property
    def signed(self):
        return AUTHORIZATION.fullmatch(self.headers.get("authorization", ""))

    @property
    def key_id(self):
        return self.signed and self.signed[1]

    @property
    def region(self):
        return self.signed and self.signed[3]


# How a request fails. `None` in an answer's place drops the connection.


def dropped(server, request):
    """The connection goes before AWS acted."""
    return None


def dropped_after(server, request):
    """AWS acted, and its answer is lost."""
    server.ordinary(request)
    return None


def cut_short(server, request):
    """AWS acted, and half of its answer arrives."""
    answer = server.ordinary(request)
    return dataclasses.replace(answer, body=answer.body[: len(answer.body) // 2], length=len(answer.body))


def throttled(server, request):
    return server.error(request, Refused(400, "Throttling", "Rate exceeded"))


def unavailable(server, request):
    return server.error(request, Refused(503, "ServiceUnavailable", "Please try again shortly."))


def failed_after(server, request):
    """AWS acted, and says that it failed."""
    server.ordinary(request)
    return server.error(request, Refused(500, "ServiceFailure", "The request processing has failed."))


def unwatched(request, acted):
    """Nothing is done at any moment."""
    return False


@dataclasses.dataclass
class CutAnswer(Answer):
    # What Content-Length says; None for the body's own size.
    length: int = None


class StrictIAM:
    """`watch(request, acted)` is called for each request before the account acts, and after, before the answer goes
    out; where it returns true, the connection is dropped. `gone` drops all of them."""

    def __init__(self, port=0):
        self.lock = threading.Lock()
        self.account = Account()
        self.requests = []
        self.queued = collections.defaultdict(list)
        self.watch = unwatched
        self.gone = False
        self.server = Server(("127.0.0.1", port), Handler)
        self.server.iam = self
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    def start(self):
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def stop(self):
        """Takes a moment: a thread's work."""
        threading.Thread(target=self.close, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def next(self, action, *behaviours):
        """How the next requests for `action` are answered, one after another; None for the ordinary answer."""
        self.queued[action] += behaviours

    def actions(self, *services):
        return [request.action for request in self.requests if request.service in (services or NAMESPACES)]

    def changes(self):
        """The actions that changed what AWS knows of keys, as they were carried out."""
        changing = ("CreateAccessKey", "UpdateAccessKey", "DeleteAccessKey")
        return [request.action for request in self.requests if request.acted and request.action in changing]

    # Answering

    def answer(self, request):
        with self.lock:
            self.requests.append(request)
            request.number = len(self.requests)
            queue = self.queued[request.action]
            behaviour = queue.pop(0) if queue else None
        if self.gone or self.watch(request, False):
            return None
        answer = behaviour(self, request) if behaviour else self.ordinary(request)
        if self.watch(request, True):
            return None
        request.status = answer and answer.status
        return answer

    def ordinary(self, request):
        act = ACTIONS[request.service].get(request.action)
        with self.lock:
            try:
                if not act:
                    raise Refused(400, "InvalidAction", f"Could not find operation {request.action}")
                user, signer = self.account.authenticate(request)
                self.account.authorize(request, user, signer)
                content = act(self.account, request, user, signer)
            except Refused as refusal:
                return self.error(request, refusal)
            request.acted = True
        result = "" if content is None else f"<{request.action}Result>{content}</{request.action}Result>"
        metadata = f"<ResponseMetadata><RequestId>r-{request.number}</RequestId></ResponseMetadata>"
        opening = f'{request.action}Response xmlns="{NAMESPACES[request.service][0]}"'
        return CutAnswer(body=f"<{opening}>{result}{metadata}</{request.action}Response>\n".encode())

    def error(self, request, refusal):
        fault = "Receiver" if refusal.status >= 500 else "Sender"
        return CutAnswer(refusal.status, (
            f'<ErrorResponse xmlns="{NAMESPACES[request.service][0]}">\n  <Error>\n    <Type>{fault}</Type>\n'
            f"    <Code>{refusal.code}</Code>\n    <Message>{escape(refusal.message)}</Message>\n  </Error>\n"
            f"  <RequestId>r-{request.number}</RequestId>\n</ErrorResponse>\n"
        ).encode())


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        iam = self.server.iam
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parameters = dict(urllib.parse.parse_qsl(body.decode(), keep_blank_values=True))
        version, action = parameters.get("Version"), parameters.pop("Action", "")
        # Each service has its own host at AWS, and here its own version.
        service = next((name for name, (_, known) in NAMESPACES.items() if known == version), "sts")
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request(self.command, self.path, headers, body, parameters, action, service)
        answer = iam.answer(request)
        if answer is None:
            self.close_connection = True
            return
        self.send_response_only(answer.status)
        self.send_header("Date", email.utils.formatdate(iam.account.now(), usegmt=True))
        self.send_header("x-amzn-RequestId", f"r-{request.number}")
        self.send_header("Content-Type", answer.kind)
        self.send_header("Content-Length", str(answer.length or len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)
        self.close_connection = answer.length is not None

    def log_message(self, *arguments):
        pass


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--port", type=int, default=0)
    iam = StrictIAM(parser.parse_args().port)
    key = iam.account.key(iam.account.user(device=False))
    print(iam.url, key.id, key.secret, flush=True)
    iam.server.serve_forever()


if __name__ == "__main__":
    main()
