"""The metadata services of an instance and of a container, and ways for them to go wrong.

It prints its port, serves on 127.0.0.1 until its standard input closes, and writes down what it is asked: `/log/NAME`
gives a line for each request below `/NAME`, method, path and token. For an instance `/NAME` is the endpoint:

/v2            as EC2 has it: a token first, which every other request must show
/v1-STATUS     no token, but this status; the rest is answered without one
/silent        the request for a token is taken, and never answered; the rest is answered without one
/token-STATUS  no token, but this status, and 500 for the rest
/flaky         each path fails with 500 at the first request
/no-role /empty-role /odd-role /two-roles      what the list of roles says
/failed /html /not-json /expired /lacking-KEY /missing-role   what the credentials are

For a container `/container/KIND?…` is the URI: `ok` wants the token `Bearer t0ken` and the query `id=1`; `open` wants
nothing; `flaky` fails twice; `down` and `teapot` fail with 503 and 418; `echo` fails and repeats the token,
`halves` in two fields.
"""

import http.server
import json
import os
import sys
import threading
import time

TOKEN = "AQAE-token=="
ROLES = "/latest/meta-data/iam/security-credentials/"
CREDENTIALS = {
    "Code": "Success",
    "LastUpdated": "2026-11-21T07:00:00Z",
    "Type": "AWS-HMAC",
    "AccessKeyId": "ASIAIOSFODNN7EXAMPLE",
    "SecretAccessKey": "wJalr/XUtn+FEMI",
    "Token": "IQoJ//b3+pZ==",
    "Expiration": "2036-11-21T13:00:00Z",
}
log = {}
lock = threading.Lock()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.respond()

    def do_PUT(self):
        self.respond()

    def respond(self):
        name, _, rest = self.path.lstrip("/").partition("/")
        if name == "log":
            return self.reply(200, "\n".join(log.get(rest, [])))
        token = self.headers.get("X-aws-ec2-metadata-token") or self.headers.get("Authorization") or "-"
        with lock:
            lines = log.setdefault(name, [])
            line = f"{self.command} /{rest} {token}"
            seen = lines.count(line)
            lines.append(line)
        if name == "container":
            self.container(*rest.partition("?")[::2], seen)
        else:
            self.instance(name, "/" + rest, seen)

    def instance(self, name, path, seen):
        token = self.headers.get("X-aws-ec2-metadata-token")
        has_token = not name.startswith(("v1-", "silent", "token-"))
        if name == "flaky" and not seen:
            self.reply(500, "later")
        elif path == "/latest/api/token":
            if self.command != "PUT" or self.headers.get("X-aws-ec2-metadata-token-ttl-seconds") != "21600":
                self.reply(400, "PUT, and for six hours")
            elif name == "silent":
                time.sleep(30)
            elif has_token:
                self.reply(200, TOKEN)
            else:
                self.reply(int(name.rpartition("-")[2]), "no token here")
        elif name.startswith("token-"):
            self.reply(500, "")
        elif token != (TOKEN if has_token else None):
            self.reply(401, "Unauthorized")
        elif path == ROLES:
            self.roles(name)
        elif path == ROLES + "my.role+=,@-1":
            self.credentials(name)
        else:
            self.reply(404, "Not found")

    def roles(self, name):
        if name == "no-role":
            self.reply(404, "<html>Not Found</html>")
        else:
            text = {
                "empty-role": "",
                "odd-role": "../../x y",
                "two-roles": "my.role+=,@-1\nother",
                "missing-role": "other",
            }
            self.reply(200, text.get(name, "my.role+=,@-1"))

    def credentials(self, name):
        answer = dict(CREDENTIALS)
        if name == "failed":
            answer = {"Code": "AssumeRoleUnauthorizedAccess", "Message": "EC2 cannot assume the role\x07."}
        elif name == "expired":
            answer["Expiration"] = "2001-01-01T00:00:00Z"
        elif name.startswith("lacking-"):
            del answer[name.removeprefix("lacking-")]
        text = {"html": "<html><body>Log in</body></html>", "not-json": '{"Code": "Success",'}
        self.reply(200, text.get(name) or json.dumps(answer))

    def container(self, kind, query, seen):
        token = self.headers.get("Authorization")
        if kind == "ok" and (token != "Bearer t0ken" or query != "id=1"):
            self.reply(403, json.dumps({"code": "AccessDenied", "message": "wrong token"}))
        elif kind == "echo":
            self.reply(400, json.dumps({"code": "Bad", "message": f"what is {token}"}))
        elif kind == "halves":
            half = len(token) // 2
            self.reply(400, json.dumps({"code": token[:half], "message": token[half:]}))
        elif kind == "down" or (kind == "flaky" and seen < 2):
            self.reply(503, "later")
        elif kind == "teapot":
            self.reply(418, "")
        else:
            self.reply(200, json.dumps({**CREDENTIALS, "Code": None, "AccountId": "111111111111"}))

    def reply(self, status, text):
        body = text.encode()
        self.send_response_only(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        """A client that gave up is nothing to report."""


def wait_for_the_end():
    sys.stdin.read()
    os._exit(0)


def main():
    server = Server(("127.0.0.1", 0), Handler)
    print(server.server_address[1], flush=True)
    threading.Thread(target=wait_for_the_end, daemon=True).start()
    server.serve_forever()


main()
