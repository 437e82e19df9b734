"""moto behind a door that opens slowly: what is asked is written down, kept waiting, and passed on as it came.

moto checks all that is passed on, signatures too, but for what was signed with a session of GetSessionToken: those it
knows how to give, and not how to check.
"""

import dataclasses
import http.client
import http.server
import threading
import time
import urllib.parse

from recording_sts import Request, Server

UNCHECKED = ("AssumeRole",)
# Of the connection, not of what is sent through it.
HOPS = {"connection", "keep-alive", "transfer-encoding", "content-length", "date", "server"}


@dataclasses.dataclass
class Passed(Request):
    """A request, and the status of what moto answered."""

    status: int = 0


class SlowMoto:
    """`delays` are seconds, action by action; all of moto's requests are one at a time. What is delayed goes before the
    rest: behind a queue it would be asked for again, as what takes over four seconds is."""

    def __init__(self, moto):
        self.moto = moto
        self.address = urllib.parse.urlsplit(moto.url).netloc
        self.lock, self.turn = threading.Lock(), threading.Condition()
        self.delays = {}
        # How many are under way of what goes first.
        self.first = 0
        self.requests = []
        self.server = Server(("127.0.0.1", 0), Handler)
        self.server.slow = self
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    def actions(self):
        return [request.action for request in self.requests]

    def answer(self, path, body, request):
        """(status, headers, body) of moto's."""
        goes_first = request.action in self.delays
        with self.lock:
            self.requests.append(request)
            self.first += goes_first
        time.sleep(self.delays.get(request.action, 0))
        with self.turn:
            self.turn.wait_for(lambda: goes_first or not self.first)
            try:
                return self.passed_on(path, body, request)
            finally:
                with self.lock:
                    self.first -= goes_first
                self.turn.notify_all()

    def passed_on(self, path, body, request):
        self.moto.post("reset-auth", b"inf" if request.action in UNCHECKED else b"0")
        connection = http.client.HTTPConnection(self.address, timeout=60)
        try:
            connection.putrequest(request.method, path, skip_host=True, skip_accept_encoding=True)
            for name, value in request.headers.items():
                connection.putheader(name, value)
            connection.endheaders(body)
            response = connection.getresponse()
            request.status = response.status
            return response.status, response.getheaders(), response.read()
        finally:
            connection.close()


class PassingHandler(http.server.BaseHTTPRequestHandler):
    """Passes on what another server answered."""

    protocol_version = "HTTP/1.1"

    def give(self, status, given, answer):
        self.send_response_only(status)
        for name, value in given:
            if name.lower() not in HOPS or name.lower() == "content-length" and self.command == "HEAD":
                self.send_header(name, value)
        self.send_header("Date", self.date_time_string())
        if self.command != "HEAD":
            self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *arguments):
        pass


class Handler(PassingHandler):
    def pass_on(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        # Only STS is asked by forms.
        is_form = self.headers.get("Content-Type", "").startswith("application/x-www-form-urlencoded")
        form = dict(urllib.parse.parse_qsl(body.decode(), keep_blank_values=True)) if is_form else {}
        action = form.pop("Action", f"{self.command} {urllib.parse.urlsplit(self.path).path}")
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.give(*self.server.slow.answer(self.path, body, Passed(action, form, headers, self.command)))

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = pass_on
