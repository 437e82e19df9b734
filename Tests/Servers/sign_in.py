"""AWS Sign-In: users of the console who sign in, their codes, and their tokens.

It checks what the real one checks and more: each parameter, PKCE, each proof of possession (dpop.py), codes and refresh
tokens that are good once. A refresh token that is used again ends the whole sign-in, as RFC 9700 recommends; with
`ends_at_reuse` off it is refused alone.
"""

import base64
import dataclasses
import hashlib
import json
import re
import secrets
import time
import urllib.parse
import uuid

import dpop

ARN = "arn:aws:sts::111111111111:assumed-role/Admin/alice"
SAME_DEVICE, OTHER_DEVICE = "arn:aws:signin:::devtools/same-device", "arn:aws:signin:::devtools/cross-device"
AUTHORIZE, CONFIRMATION, TOKEN = "/v1/authorize", "/v1/sessions/confirmation", "/v1/token"
CALLBACK = r"http://127\.0\.0\.1:\d+/oauth/callback"
CODE, REFRESH = "authorization_code", "refresh_token"
MEMBERS = {CODE: {"clientId", "grantType", "code", "codeVerifier", "redirectUri"},
           REFRESH: {"clientId", "grantType", "refreshToken"}}


class Refused(Exception):
    """A refusal: the error's name in the API, its `error`, and a message."""

    def __init__(self, name, error, message="refused"):
        super().__init__(message)
        self.name, self.error, self.message = name, error, message


class Broken(Refused):
    """What no client should have sent."""

    def __init__(self, message):
        super().__init__("ValidationException", "INVALID_REQUEST", message)


@dataclasses.dataclass
class Login:
    """A user who has signed in."""

    arn: str
    client: str
    key: str
    ends: float
    # A refusal's `error`, once the sign-in is over.
    over: str = None


class Service:
    """`user` is what the user does on the page: "consents", "declines", or "strays", which sends back another state.
    `mint(seconds)` makes credentials; a test can take them from another server. `lives` are seconds. `broken` is what
    no client should have sent, `issued` each answer with tokens."""

    def __init__(self, url):
        self.url = url
        self.user, self.arn, self.mint = "consents", ARN, credentials
        self.lives = {"access": 900, "login": 12 * 3600, "code": 600}
        # How far this server's clock is ahead, in seconds.
        self.ahead = 0
        self.ends_at_reuse = True
        # Refresh token → sign-in; those that were used; the `jti` of each proof.
        self.codes, self.tokens, self.used, self.spent = {}, {}, set(), set()
        self.broken, self.issued = [], []

    def now(self):
        return time.time() + self.ahead

    def signed_in(self, key, client=SAME_DEVICE):
        """Signs a user in who proves with the key of this thumbprint; the answer they got."""
        return self.grant(Login(self.arn, client, key, self.now() + self.lives["login"]))

    def end(self, error="TOKEN_EXPIRED"):
        """Ends every sign-in."""
        for login in self.tokens.values():
            login.over = error

    def forget_use(self):
        """Takes all refresh tokens as if none had been used."""
        self.used.clear()
        self.end(None)

    # The page

    def authorize(self, query):
        """Where the browser is sent."""
        client, redirect = query.get("client_id"), query.get("redirect_uri", "")
        wanted = {"response_type": "code", "code_challenge_method": "SHA-256", "scope": "openid"}
        names = {*wanted, "client_id", "state", "redirect_uri", "code_challenge"}
        expect(set(query) == names, f"parameters: {sorted(query)}")
        expect({name: query[name] for name in wanted} == wanted, f"{query}")
        expect(is_uuid(query["state"]), f"state: {query['state']}")
        expect(re.fullmatch(r"[A-Za-z0-9_-]{43}", query["code_challenge"]), f"code_challenge: {query}")
        expect(client in (SAME_DEVICE, OTHER_DEVICE), f"client_id: {client}")
        back = CALLBACK if client == SAME_DEVICE else re.escape(self.url + CONFIRMATION)
        expect(re.fullmatch(back, redirect), f"redirect_uri: {redirect}")
        answer = {"state": str(uuid.uuid4()) if self.user == "strays" else query["state"]}
        if self.user == "declines":
            answer |= {"error": "access_denied", "error_description": "the user declined"}
        else:
            code = "code/+" + secrets.token_urlsafe(64)
            self.codes[code] = query | {"arn": self.arn, "end": self.now() + self.lives["code"]}
            answer["code"] = code
        return redirect + "?" + urllib.parse.urlencode(answer)

    def confirmation(self, query):
        """What the user pastes, which the AWS CLI reads as a form."""
        return base64.b64encode(urllib.parse.urlencode({name: query.get(name) for name in ("state", "code")}).encode())

    # Tokens

    def token(self, request):
        given, grant = request.given, request.given.get("grantType")
        expect(request.headers.get("content-type") == "application/json", f"content type: {request.headers}")
        expect("authorization" not in request.headers, "signed")
        expect(grant in MEMBERS and set(given) == MEMBERS[grant], f"members: {sorted(given)}")
        expect(all(isinstance(value, str) for value in given.values()), f"not text: {given}")
        try:
            request.key = dpop.check(request.headers.get("dpop"), self.url + TOKEN, self.now(), self.spent)
        except dpop.BadProof as bad:
            raise Broken(f"DPoP: {bad}") from bad
        return self.redeem(request) if grant == CODE else self.renew(request)

    def redeem(self, request):
        given, code = request.given, self.codes.pop(request.given["code"], None)
        if not code or code["end"] <= self.now():
            raise Refused("AccessDeniedException", "AUTHCODE_EXPIRED", f"no code {given['code']}")
        verifier = given["codeVerifier"]
        expect(re.fullmatch(r"[A-Za-z0-9._~-]{43,128}", verifier), f"codeVerifier: {verifier}")
        challenge = dpop.encoded(hashlib.sha256(verifier.encode()).digest())
        expect(challenge == code["code_challenge"], "codeVerifier is another's")
        expect(given["redirectUri"] == code["redirect_uri"], f"redirectUri: {given['redirectUri']}")
        expect(given["clientId"] == code["client_id"], f"clientId: {given['clientId']}")
        login = Login(code["arn"], given["clientId"], request.key, self.now() + self.lives["login"])
        return self.grant(login) | {"idToken": id_token(login)}

    def renew(self, request):
        given = request.given
        login = self.tokens.get(given["refreshToken"])
        if not login:
            raise Refused("AccessDeniedException", "TOKEN_EXPIRED", f"no refresh token {given['refreshToken']}")
        expect(request.key == login.key, "the key of another sign-in")
        expect(given["clientId"] == login.client, f"clientId: {given['clientId']}")
        is_used = given["refreshToken"] in self.used
        if is_used and self.ends_at_reuse:
            login.over = login.over or "TOKEN_EXPIRED"
        if is_used or login.over or login.ends <= self.now():
            raise Refused("AccessDeniedException", login.over or "TOKEN_EXPIRED", "the refresh token is over")
        self.used.add(given["refreshToken"])
        return self.grant(login)

    def grant(self, login):
        token, lives = "refresh-" + secrets.token_urlsafe(200), self.lives["access"]
        self.tokens[token] = login
        answer = {"accessToken": self.mint(lives), "tokenType": "aws_sigv4", "expiresIn": lives, "refreshToken": token}
        self.issued.append(answer)
        return answer


def expect(condition, what):
    if not condition:
        raise Broken(what)


def is_uuid(text):
    try:
        return str(uuid.UUID(text)) == text
    except ValueError:
        return False


def credentials(seconds):
    """Those that nothing checks."""
    return {"accessKeyId": "ASIA" + secrets.token_hex(8).upper(), "secretAccessKey": secrets.token_urlsafe(29) + "+",
            "sessionToken": "session+" + secrets.token_urlsafe(300) + "=="}


def id_token(login):
    """As AWS makes it; the client that asked for it over TLS need not check its signature."""
    claims = {"sub": login.arn, "aud": login.client, "iss": "https://signin.aws.amazon.com/signin",
              "session_arn": login.arn, "iat": int(time.time()), "exp": int(time.time()) + 900}
    parts = [json.dumps({"kid": str(uuid.uuid4()), "typ": "JWT", "alg": "ES384"}), json.dumps(claims)]
    return ".".join([*(dpop.encoded(part.encode()) for part in parts), dpop.encoded(secrets.token_bytes(96))])
