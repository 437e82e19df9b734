#!/usr/bin/env python3
"""AWS Sign-In of the tests' own, on one port, which fails where a test tells it to.

/v1/authorize                a GET is a browser whose user consents at once, unless `service.user` says otherwise
/v1/sessions/confirmation    shows the code that is pasted on another device
/v1/token                    CreateOAuth2Token

In tests it runs as a thread: `service` is what AWS knows, `requests` what was asked, `next` and `always` how tokens are
answered. Alone it serves until it is ended, and prints its URL:

    strict_sign_in.py [--port 4601]
"""

import argparse
import dataclasses
import email.utils
import http.server
import json
import threading
import time
import urllib.parse

from recording_sts import Answer, Server, Started
from sign_in import AUTHORIZE, CONFIRMATION, TOKEN, Broken, Refused, Service, expect

STATUS = {"AccessDeniedException": 400, "ValidationException": 400, "InternalServerException": 500,
          "TooManyRequestsError": 429}


@dataclasses.dataclass
class Request:
    path: str
    # Of the query or the body.
    given: dict
    headers: dict
    # The thumbprint of the key that made the proof.
    key: str = None
    # The status that it was answered with; None while it is not, and where the connection was dropped.
    status: int = None
    at: float = dataclasses.field(default_factory=time.time)

    @property
    def name(self):
        grant = self.given.get("grantType")
        return f"{self.path}:{grant}" if grant else self.path


# How tokens are answered. `None` in an answer's place drops the connection.


def dropped(server, request):
    """The connection goes before the server acted."""
    return None


def dropped_after(server, request):
    """The server acted, and its answer is lost."""
    server.ordinary(request)
    return None


def hang(server, request):
    """Says nothing until the server is told to go on."""
    server.waiting.release()
    server.released.wait(120)
    return server.ordinary(request)


def late(seconds):
    """The server acts at once, and answers later."""

    def answer(server, request):
        reply = server.ordinary(request)
        time.sleep(seconds)
        return reply

    return answer


def refused(error, name="AccessDeniedException"):
    return lambda server, request: server.error(Refused(name, error))


def said(body, status=200):
    """Anything."""
    return lambda server, request: Answer(status, body.encode(), "application/json")


def changed(**members):
    """The ordinary answer with other members; None takes one away."""

    def answer(server, request):
        reply = server.ordinary(request)
        body = {name: value for name, value in (json.loads(reply.body) | members).items() if value is not None}
        return dataclasses.replace(reply, body=json.dumps(body).encode())

    return answer


class StrictSignIn(Started):
    def __init__(self, port=0):
        self.lock = threading.Lock()
        self.released, self.waiting = threading.Event(), threading.Semaphore(0)
        self.server = Server(("127.0.0.1", port), Handler)
        self.server.sign_in = self
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.service = Service(self.url)
        self.requests, self.queued, self.standing = [], [], None

    def next(self, *behaviours):
        """How the next requests for tokens are answered, one after another; None for the ordinary answer."""
        self.queued += behaviours

    def always(self, behaviour):
        self.standing = behaviour

    @property
    def log(self):
        """What was asked for, one after another, tokens with their grant."""
        return [request.name for request in self.requests]

    def sent(self):
        """The refresh tokens that were sent, one after another."""
        return [request.given["refreshToken"] for request in self.requests if "refreshToken" in request.given]

    # Answering

    def answer(self, request):
        with self.lock:
            self.requests.append(request)
            behaviour = self.queued.pop(0) if self.queued else self.standing
        answer = behaviour(self, request) if behaviour else self.ordinary(request)
        request.status = answer and answer.status
        return answer

    def ordinary(self, request):
        with self.lock:
            try:
                return Answer(200, json.dumps(self.service.token(request)).encode(), "application/json")
            except Broken as broken:
                self.service.broken.append(broken.message)
                return self.error(broken)
            except Refused as refusal:
                return self.error(refusal)

    def error(self, refusal):
        body = {"error": refusal.error, "message": refusal.message}
        headers = {"x-amzn-ErrorType": refusal.name}
        return Answer(STATUS[refusal.name], json.dumps(body).encode(), "application/json", headers)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        path, _, text = self.path.partition("?")
        pairs = urllib.parse.parse_qsl(text, keep_blank_values=True)
        request = Request(path, dict(pairs), self.named())
        sign_in = self.server.sign_in
        if len(request.given) < len(pairs):
            sign_in.service.broken.append(f"a parameter twice: {self.path}")
        with sign_in.lock:
            sign_in.requests.append(request)
            self.reply(self.page(sign_in, request))

    def page(self, sign_in, request):
        if request.path == CONFIRMATION:
            return Answer(200, sign_in.service.confirmation(request.given), "text/plain")
        try:
            expect(request.path == AUTHORIZE and "content-length" not in request.headers, f"GET {self.path}")
            return Answer(302, headers={"Location": sign_in.service.authorize(request.given)})
        except Broken as broken:
            sign_in.service.broken.append(broken.message)
            return sign_in.error(broken)

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        try:
            given = json.loads(body) if self.path == TOKEN else None
        except ValueError:
            given = None
        if not isinstance(given, dict):
            self.server.sign_in.service.broken.append(f"POST {self.path}: {body[:200]}")
            return self.reply(Answer(400, b"{}"))
        answer = self.server.sign_in.answer(Request(self.path, given, self.named()))
        if answer is None:
            self.close_connection = True
        else:
            self.reply(answer)

    def named(self):
        return {name.lower(): value for name, value in self.headers.items()}

    def reply(self, answer):
        self.send_response_only(answer.status)
        self.send_header("Date", email.utils.formatdate(self.server.sign_in.service.now(), usegmt=True))
        self.send_header("Content-Type", answer.kind)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    def log_message(self, *arguments):
        pass


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--port", type=int, default=0)
    sign_in = StrictSignIn(parser.parse_args().port)
    print(sign_in.url, flush=True)
    sign_in.server.serve_forever()


if __name__ == "__main__":
    main()
