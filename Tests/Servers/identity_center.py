#!/usr/bin/env python3
"""An IAM Identity Center of the tests' own: the OIDC service, its sign-in page, and the portal, on one port.

usage: identity_center.py [--port N] [--paced]

It prints its port and serves on 127.0.0.1 until its standard input closes. It checks what the real one checks:
registrations and what they allow, redirect URIs, PKCE, codes that are good once, the pace of polls, and ends.

/client/register /device_authorization /token /authorize      as in the OIDC API Reference and RFC 6749, 7636, 8628
/federation/credentials                                       GetRoleCredentials
/assignment/accounts, /assignment/roles                       ListAccounts, ListAccountRoles

A GET of /authorize is a user who consents at once: the browser is sent back with a code; with the scope `test:deny` the
user declines. What else goes on is said by /test/..., each by POST of a JSON object, which answers with one:

/test/device {"is": "pending" | "slow" | "approved" | "denied" | "expired"}      what polls are told from now on
/test/lives {"access": N, "registration": N, "device": N, "role": N, "interval": N}          seconds
/test/fail {"path": P, "statuses": [N, ...], "body": B}                          the next answers at this path
/test/assign {"accounts": [[ID, NAME, EMAIL, [ROLE, ...]], ...], "page": N, "endless": B}      what the portal lists
/test/expire {"what": "access" | "refresh" | "registrations"}                    ends all there are
/test/log {}                                                                     the requests there were
"""
import argparse
import base64
import hashlib
import http.server
import json
import secrets
import sys
import threading
import time
import urllib.parse

DEVICE = "urn:ietf:params:oauth:grant-type:device_code"


class Refused(Exception):
    def __init__(self, code, description="", status=400):
        super().__init__(code)
        self.status = status
        self.body = {"error": code, "error_description": description}


class IdentityCenter:
    def __init__(self):
        self.lock = threading.Lock()
        self.lives = {"access": 28800, "registration": 90 * 86400, "device": 600, "role": 3600, "interval": 1}
        self.clients, self.codes, self.devices = {}, {}, {}
        self.access, self.refresh = {}, {}
        self.device_is, self.slow = "pending", 0
        self.failures, self.log = {}, []
        # Number, name, address and roles of each account; how many a page has; whether lists never end.
        self.accounts, self.page, self.endless = [], 1000, False

    # The OIDC service.

    def register(self, body):
        if body.get("clientType") != "public" or not body.get("clientName"):
            raise Refused("invalid_client_metadata")
        grants = body.get("grantTypes", [DEVICE, "refresh_token"])
        if "authorization_code" in grants:
            if body.get("redirectUris") != ["http://127.0.0.1/oauth/callback"]:
                raise Refused("invalid_redirect_uri")
            if not body.get("issuerUrl", "").startswith("https://"):
                raise Refused("invalid_request", "issuerUrl")
        name, secret = secrets.token_urlsafe(16), "client-secret-" + secrets.token_urlsafe(300)
        end = int(time.time()) + self.lives["registration"]
        self.clients[name] = {"secret": secret, "end": end, "grants": grants, "scopes": body.get("scopes", [])}
        return {"clientId": name, "clientSecret": secret, "clientIdIssuedAt": int(time.time()),
                "clientSecretExpiresAt": end}

    def client(self, body, grant=None):
        client = self.clients.get(body.get("clientId"))
        if not client or client["secret"] != body.get("clientSecret") or client["end"] <= time.time():
            raise Refused("invalid_client", "no client with the secret " + str(body.get("clientSecret")), 401)
        if grant and grant not in client["grants"]:
            raise Refused("unauthorized_client")
        return client

    def start_device(self, body):
        self.client(body, DEVICE)
        if not body.get("startUrl", "").startswith("https://"):
            raise Refused("invalid_request", "startUrl")
        code = secrets.token_urlsafe(64)
        self.devices[code] = {"client": body["clientId"], "end": time.time() + self.lives["device"], "polled": None,
                              "interval": self.lives["interval"]}
        page = "https://device.sso.eu-west-1.amazonaws.com/"
        return {"deviceCode": code, "userCode": "ABCD-EFGH", "verificationUri": page,
                "verificationUriComplete": page + "?user_code=ABCD-EFGH", "expiresIn": self.lives["device"],
                "interval": self.lives["interval"]}

    def authorize(self, query):
        """Where the browser is sent."""
        client = self.clients[query["client_id"]]
        target = urllib.parse.urlsplit(query["redirect_uri"])
        assert (target.scheme, target.hostname, target.path) == ("http", "127.0.0.1", "/oauth/callback"), target
        assert query["response_type"] == "code" and query["code_challenge_method"] == "S256", query
        assert len(query["state"]) >= 43 and len(query["code_challenge"]) == 43, query
        assert query["scopes"].split(" ") == client["scopes"], query
        if "test:deny" in client["scopes"]:
            answer = {"error": "access_denied", "error_description": "the user declined"}
        else:
            code = "code/+" + secrets.token_urlsafe(64)
            self.codes[code] = {"client": query["client_id"], "challenge": query["code_challenge"],
                                "redirect": query["redirect_uri"], "end": time.time() + 60}
            answer = {"code": code}
        return query["redirect_uri"] + "?" + urllib.parse.urlencode(answer | {"state": query["state"]})

    def token(self, body):
        grant = body.get("grantType")
        client = self.client(body, grant)
        if grant == "authorization_code":
            self.redeem(body)
        elif grant == DEVICE:
            self.poll(body)
        elif grant == "refresh_token":
            token = self.refresh.get(body.get("refreshToken"))
            if not token or token != body["clientId"]:
                raise Refused("invalid_grant", "no refresh token " + str(body.get("refreshToken")))
        else:
            raise Refused("unsupported_grant_type")
        return self.grant(body["clientId"], client)

    def redeem(self, body):
        code = self.codes.pop(body.get("code"), None)
        if not code or code["client"] != body["clientId"] or code["end"] <= time.time():
            raise Refused("invalid_grant", "code")
        digest = hashlib.sha256(body.get("codeVerifier", "").encode()).digest()
        if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != code["challenge"]:
            raise Refused("invalid_grant", "code verifier")
        if body.get("redirectUri") != code["redirect"]:
            raise Refused("invalid_grant", "redirect URI")

    def poll(self, body):
        device = self.devices.get(body.get("deviceCode"))
        if not device or device["client"] != body["clientId"]:
            raise Refused("invalid_grant", "device code")
        if device["end"] <= time.time() or self.device_is == "expired":
            raise Refused("expired_token")
        now, last = time.time(), device["polled"]
        device["polled"] = now
        if self.device_is == "slow":
            self.device_is = "approved"
            device["interval"] += 5
            raise Refused("slow_down")
        if last and now - last < device["interval"] - 0.2 and self.paced:
            raise Refused("slow_down", "too early")
        if self.device_is == "pending":
            raise Refused("authorization_pending")
        if self.device_is == "denied":
            raise Refused("access_denied")
        del self.devices[body["deviceCode"]]

    # The clock of a test that does not wait runs ahead of this one.
    paced = False

    def grant(self, name, client):
        access, refresh = "access-" + secrets.token_urlsafe(200), "refresh-" + secrets.token_urlsafe(200)
        self.access[access] = time.time() + self.lives["access"]
        answer = {"accessToken": access, "tokenType": "Bearer", "expiresIn": self.lives["access"]}
        if client["scopes"] and "refresh_token" in client["grants"]:
            self.refresh[refresh] = name
            answer["refreshToken"] = refresh
        return answer

    # The portal.

    def credentials(self, query, token):
        self.check(token)
        asked = query.get("account_id"), query.get("role_name")
        if any(asked == (number, role) for number, _, _, roles in self.accounts for role in roles):
            return self.role()
        if query.get("account_id") != "111111111111":
            raise Refused("ForbiddenException", "No access", 403)
        if query.get("role_name") != "Admin +/é":
            raise Refused("ResourceNotFoundException", "no role for " + token, 404)
        return self.role()

    def role(self):
        return {"roleCredentials": {
            "accessKeyId": "ASIAIOSFODNN7EXAMPLE", "secretAccessKey": "s3cr3t/+", "sessionToken": "t0ken==",
            "expiration": int((time.time() + self.lives["role"]) * 1000)}}

    def check(self, token):
        if self.access.get(token, 0) <= time.time():
            raise Refused("UnauthorizedException", "Session token not found or invalid", 401)

    def list_accounts(self, query, token):
        self.check(token)
        rows = [{"accountId": number, "accountName": name, "emailAddress": email}
                for number, name, email, _ in self.accounts]
        return self.paged("accountList", rows, query)

    def list_roles(self, query, token):
        self.check(token)
        for number, _, _, roles in self.accounts:
            if number == query["account_id"]:
                return self.paged("roleList", [{"accountId": number, "roleName": role} for role in roles], query)
        raise Refused("ForbiddenException", "No access", 403)

    def paged(self, name, rows, query):
        """A page, and the token of the next one, which is good for this list alone."""
        size = min(self.page, int(query.get("max_result", 20)))
        if not 1 <= int(query.get("max_result", 20)) <= 1000:
            raise Refused("InvalidRequestException", "max_result")
        key = name + query.get("account_id", "") + "/+="
        start = 0
        if "next_token" in query:
            given, _, digits = query["next_token"].rpartition(":")
            if given != key:
                raise Refused("InvalidRequestException", "next_token")
            start = int(digits)
        answer = {name: rows[start:start + size]}
        if start + size < len(rows) or self.endless:
            answer["nextToken"] = f"{key}:{start + size}"
        return answer

    # What tests say.

    def test(self, what, body):
        if what == "device":
            self.device_is = body["is"]
        elif what == "lives":
            self.lives.update(body)
        elif what == "fail":
            self.failures[body["path"]] = [(status, body.get("body", "{}")) for status in body["statuses"]]
        elif what == "assign":
            self.accounts = body["accounts"]
            self.page, self.endless = body.get("page", 1000), body.get("endless", False)
        elif what == "expire":
            if body["what"] == "registrations":
                for client in self.clients.values():
                    client["end"] = 0
            else:
                getattr(self, body["what"]).clear()
        return {"log": " ".join(self.log)}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # An answer is two writes, and the second would wait 40 ms for the client's system to confirm the first.
    disable_nagle_algorithm = True

    def do_GET(self):
        path, _, text = self.path.partition("?")
        query = {name: value for name, (value,) in urllib.parse.parse_qs(text, strict_parsing=True).items()}
        self.answer(path, query)

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        assert self.headers["Content-Type"] == "application/json" or self.path.startswith("/test/"), self.headers
        self.answer(self.path, json.loads(body))

    def answer(self, path, given):
        center = self.server.center
        with center.lock:
            if not path.startswith("/test/"):
                center.log.append(path + (":" + given["grantType"].split(":")[-1] if "grantType" in given else ""))
            if center.failures.get(path):
                return self.reply(*center.failures[path].pop(0))
            try:
                if path == "/authorize":
                    self.send_response(302)
                    self.send_header("Location", center.authorize(given))
                    self.send_header("Content-Length", "0")
                    return self.end_headers()
                answer = self.dispatch(center, path, given)
            except Refused as refused:
                return self.reply(refused.status, json.dumps(refused.body))
        self.reply(200, json.dumps(answer))

    def dispatch(self, center, path, given):
        if path.startswith("/test/"):
            return center.test(path.rpartition("/")[2], given)
        if path == "/federation/credentials":
            return center.credentials(given, self.headers["x-amz-sso_bearer_token"])
        if path.startswith("/assignment/"):
            operation = {"/assignment/accounts": center.list_accounts, "/assignment/roles": center.list_roles}[path]
            return operation(given, self.headers["x-amz-sso_bearer_token"])
        return {"/client/register": center.register, "/device_authorization": center.start_device,
                "/token": center.token}[path](given)

    def reply(self, status, body):
        data = body.encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *arguments):
        pass


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--paced", action="store_true", help="polls that come too early are told to slow down")
    options = parser.parse_args()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", options.port), Handler)
    server.daemon_threads = True
    server.center = IdentityCenter()
    server.center.paced = options.paced
    print(server.server_port, flush=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        sys.stdin.read()
    except OSError:
        pass


if __name__ == "__main__":
    main()
