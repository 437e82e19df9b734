"""The console's federation endpoint: it takes the sessions that AWS takes, and refuses the others with status 400.

What it knows of a session is how the recording STS made it, or what a test says of one made elsewhere.
"""

import dataclasses
import email.utils
import http.server
import json
import secrets
import threading
import urllib.parse

FORM = "application/x-www-form-urlencoded"
MEMBERS = {"sessionId", "sessionKey", "sessionToken"}
REFUSAL = "<html><body><h1>400 Bad Request</h1><p>{}</p></body></html>"


@dataclasses.dataclass
class Posted:
    """A request, as it arrived."""

    method: str
    path: str
    form: dict
    headers: dict

    @property
    def session(self):
        return json.loads(self.form["Session"])


@dataclasses.dataclass
class Reply:
    status: int = 200
    body: str = ""
    kind: str = "application/json"
    headers: dict = dataclasses.field(default_factory=dict)


class Refused(Exception):
    """AWS does not say why."""


class Federation:
    """`requests` is what arrived, `tokens` what was given out; `replies` are given in place of answers, one by one."""

    def __init__(self, sts):
        self.sts = sts
        # Access key ID → (secret, token) of a role's session that another service made.
        self.others = {}
        # Whether it takes sessions that it does not know.
        self.trusts = False
        self.requests, self.tokens, self.replies = [], [], []
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.server.federation = self
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def stop(self):
        threading.Thread(target=self.close, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    @property
    def only(self):
        (request,) = self.requests
        return request

    def answer(self, request):
        self.requests.append(request)
        if self.replies:
            return self.replies.pop(0)
        try:
            self.check(request)
        except Refused as reason:
            # AWS's page repeats nothing; this one does, so that it is seen if it were shown.
            return Reply(400, REFUSAL.format(f"{reason} {request.form}"), "text/html")
        self.tokens.append("token+of/" + secrets.token_urlsafe(900) + "==")
        return Reply(200, json.dumps({"SigninToken": self.tokens[-1]}))

    def check(self, request):
        if request.method != "POST" or request.path != "/federation":
            raise Refused("a secret in a URL")
        if request.form.get("Action") != "getSigninToken" or not request.headers["content-type"].startswith(FORM):
            raise Refused("not a request for a token")
        session = request.session
        if set(session) != MEMBERS:
            raise Refused("not a session")
        self.check_kind(session, request.form.get("SessionDuration"))

    def check_kind(self, session, duration):
        """IAM User Guide, "Enable custom identity broker access to the AWS console"."""
        given = (session["sessionKey"], session["sessionToken"])
        if session["sessionId"] in self.others:
            if given != self.others[session["sessionId"]]:
                raise Refused("another secret")
            action, is_chained = "AssumeRole", False
        elif session["sessionId"] in self.sts.made:
            made = self.sts.made[session["sessionId"]]
            if given != (made.secret, made.token):
                raise Refused("another secret")
            action, is_chained = made.request.action, self.is_chained(made.request)
        elif self.trusts:
            return
        else:
            raise Refused("nobody's key")
        if action == "GetSessionToken":
            raise Refused("GetSessionToken")
        if duration is None:
            return
        if not 900 <= int(duration) <= 43_200 or action == "GetFederationToken" or is_chained:
            raise Refused("SessionDuration")

    def is_chained(self, request):
        """Whether a role's session signed the request."""
        if not request.authorization:
            return False
        signer = request.access_key_id
        if signer in self.others:
            return True
        return signer in self.sts.made and self.sts.made[signer].request.action.startswith("AssumeRole")


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        size = int(self.headers.get("Content-Length") or 0)
        self.respond(self.rfile.read(size).decode())

    def do_GET(self):
        self.respond(urllib.parse.urlsplit(self.path).query)

    def respond(self, text):
        form = dict(urllib.parse.parse_qsl(text, keep_blank_values=True, strict_parsing=bool(text)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        reply = self.server.federation.answer(Posted(self.command, self.path, form, headers))
        body = reply.body.encode()
        self.send_response_only(reply.status)
        self.send_header("Date", email.utils.formatdate(usegmt=True))
        self.send_header("Content-Type", reply.kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass
