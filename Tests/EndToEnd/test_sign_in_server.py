"""The tests' sign-in server: what it takes, and that it takes nothing else."""

import base64
import hashlib
import http.client
import json
import secrets
import time
import urllib.parse
import uuid

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from signin import AUTHORIZE, CODE, OTHER_DEVICE, REDEEMED, REFRESH, RENEWED, SAME_DEVICE, TOKEN, dpop, jwk

CALLBACK = "http://127.0.0.1:4711/oauth/callback"


class Client:
    """A client of the console's sign-in, written from the API reference and RFC 9449 alone."""

    def __init__(self, sign_in):
        self.sign_in = sign_in
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.verifier = secrets.token_urlsafe(48)
        self.state = str(uuid.uuid4())

    @property
    def challenge(self):
        return dpop.encoded(hashlib.sha256(self.verifier.encode()).digest())

    def proof(self, head=None, claims=None, cut=64):
        header = {"typ": "dpop+jwt", "alg": "ES256", "jwk": jwk(self.key)} | (head or {})
        payload = {"htm": "POST", "htu": self.sign_in.url + TOKEN, "iat": int(time.time()), "jti": str(uuid.uuid4())}
        signed = ".".join(dpop.encoded(json.dumps(part).encode()) for part in (header, payload | (claims or {})))
        pair = decode_dss_signature(self.key.sign(signed.encode(), ec.ECDSA(SHA256())))
        signature = b"".join(number.to_bytes(32, "big") for number in pair)
        return f"{signed}.{dpop.encoded(signature[:cut])}"

    def ask(self, method, target, body=None, headers=None):
        connection = http.client.HTTPConnection(self.sign_in.url.removeprefix("http://"), timeout=30)
        connection.request(method, target, body, headers or {})
        response = connection.getresponse()
        return response, response.read()

    def page(self, **changes):
        """Where the browser is sent: its parameters."""
        query = {
            "response_type": "code", "client_id": SAME_DEVICE, "state": self.state, "code_challenge_method": "SHA-256",
            "scope": "openid", "redirect_uri": CALLBACK, "code_challenge": self.challenge,
        } | changes
        response, _ = self.ask("GET", f"{AUTHORIZE}?{urllib.parse.urlencode(query)}")
        target = response.getheader("Location", "")
        return dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(target).query))

    def token(self, proof=None, headers=None, **members):
        """(status, answer)."""
        named = {"Content-Type": "application/json", "DPoP": proof or self.proof()} | (headers or {})
        response, body = self.ask("POST", TOKEN, json.dumps(members), named)
        return response.status, json.loads(body)

    def redeem(self, code, proof=None, headers=None, **changes):
        members = {"clientId": SAME_DEVICE, "grantType": CODE, "code": code, "codeVerifier": self.verifier,
                   "redirectUri": CALLBACK}
        return self.token(proof, headers, **(members | changes))

    def renew(self, token, proof=None, **changes):
        return self.token(proof, **({"clientId": SAME_DEVICE, "grantType": REFRESH, "refreshToken": token} | changes))


@pytest.fixture
def client(lax_sign_in):
    return Client(lax_sign_in)


@pytest.fixture
def signed_in(client):
    """The same, and the answer to its code."""
    status, client.answer = client.redeem(client.page()["code"])
    assert status == 200
    return client


def test_what_it_takes(client, lax_sign_in):
    back = client.page()
    assert back["state"] == client.state
    status, first = client.redeem(back["code"])
    assert status == 200 and first["tokenType"] == "aws_sigv4" and first["expiresIn"] == 900
    claims = dpop.members(first["idToken"].split(".")[1])
    assert claims["sub"] == lax_sign_in.service.arn
    status, second = client.renew(first["refreshToken"])
    assert status == 200 and "idToken" not in second and second["accessToken"] != first["accessToken"]
    assert lax_sign_in.log == [AUTHORIZE, REDEEMED, RENEWED] and lax_sign_in.service.broken == []


def test_what_another_device_shows(client, lax_sign_in):
    confirmation = lax_sign_in.url + "/v1/sessions/confirmation"
    back = client.page(client_id=OTHER_DEVICE, redirect_uri=confirmation)
    _, shown = client.ask("GET", f"/v1/sessions/confirmation?{urllib.parse.urlencode(back)}")
    assert dict(urllib.parse.parse_qsl(base64.b64decode(shown).decode())) == back
    assert client.redeem(back["code"], clientId=OTHER_DEVICE, redirectUri=confirmation)[0] == 200


@pytest.mark.parametrize("change", [
    {"code_challenge_method": "S256"}, {"response_type": "token"}, {"scope": "openid profile"}, {"state": "x" * 36},
    {"client_id": "arn:aws:signin:::devtools/other"}, {"client_id": OTHER_DEVICE}, {"code_challenge": "x" * 42},
    {"redirect_uri": "http://localhost:4711/oauth/callback"}, {"redirect_uri": "https://evil.example/oauth/callback"},
    {"nonce": "1"},
], ids=str)
def test_a_page_that_is_not_asked_for_rightly(client, lax_sign_in, change):
    assert client.page(**change) == {} and len(lax_sign_in.service.broken) == 1


@pytest.mark.parametrize("change", [
    {"codeVerifier": "y" * 64}, {"codeVerifier": "short"}, {"redirectUri": CALLBACK + "/"}, {"clientId": OTHER_DEVICE},
    {"scope": "openid"},
], ids=str)
def test_a_code_that_is_not_redeemed_rightly(client, lax_sign_in, change):
    assert client.redeem(client.page()["code"], **change)[0] == 400 and len(lax_sign_in.service.broken) == 1


@pytest.mark.parametrize("head, claims, cut", [
    ({"typ": "JWT"}, {}, 64), ({"alg": "ES384"}, {}, 64), ({"kid": "1"}, {}, 64), ({}, {"htm": "GET"}, 64),
    ({}, {"htu": "https://eu-west-1.signin.aws.amazon.com/v1/token"}, 64), ({}, {"iat": 1_763_510_400}, 64),
    ({}, {"iat": True}, 64), ({}, {"jti": "1"}, 64), ({}, {"ath": "x"}, 64), ({}, {}, 63),
], ids=str)
def test_a_proof_that_is_none(signed_in, lax_sign_in, head, claims, cut):
    assert signed_in.renew(signed_in.answer["refreshToken"], signed_in.proof(head, claims, cut))[0] == 400
    assert lax_sign_in.service.broken[0].startswith("DPoP: ")


def test_a_proof_that_shows_the_key(signed_in, lax_sign_in):
    private = jwk(signed_in.key) | {"d": dpop.encoded(bytes(32))}
    assert signed_in.renew(signed_in.answer["refreshToken"], signed_in.proof({"jwk": private}))[0] == 400
    assert "members of the key" in lax_sign_in.service.broken[0]


def test_a_proof_of_another_key(signed_in, lax_sign_in):
    other = Client(lax_sign_in)
    assert signed_in.renew(signed_in.answer["refreshToken"], signed_in.proof({"jwk": jwk(other.key)}))[0] == 400
    assert signed_in.renew(signed_in.answer["refreshToken"], other.proof())[0] == 400
    assert lax_sign_in.service.broken == ["DPoP: the signature does not fit", "the key of another sign-in"]


def test_a_proof_is_good_once(signed_in, lax_sign_in):
    proof = signed_in.proof()
    status, answer = signed_in.renew(signed_in.answer["refreshToken"], proof)
    assert status == 200
    assert signed_in.renew(answer["refreshToken"], proof)[0] == 400 and "jti" in lax_sign_in.service.broken[0]


def test_a_signed_request(client, lax_sign_in):
    assert client.redeem(client.page()["code"], headers={"Authorization": "AWS4-HMAC-SHA256 x"})[0] == 400
    assert client.redeem(client.page()["code"], headers={"Content-Type": "application/x-www-form-urlencoded"})[0] == 400
    assert len(lax_sign_in.service.broken) == 2


def test_a_code_is_good_once(client, lax_sign_in):
    code = client.page()["code"]
    assert client.redeem(code)[0] == 200
    status, answer = client.redeem(code)
    assert (status, answer["error"]) == (400, "AUTHCODE_EXPIRED") and lax_sign_in.service.broken == []


def test_a_refresh_token_that_comes_again_ends_the_sign_in(signed_in, lax_sign_in):
    first = signed_in.answer["refreshToken"]
    _, second = signed_in.renew(first)
    status, answer = signed_in.renew(first)
    assert (status, answer["error"]) == (400, "TOKEN_EXPIRED")
    assert signed_in.renew(second["refreshToken"])[1]["error"] == "TOKEN_EXPIRED"


def test_a_refresh_token_that_comes_again_may_be_refused_alone(signed_in, lax_sign_in):
    lax_sign_in.service.ends_at_reuse = False
    first = signed_in.answer["refreshToken"]
    _, second = signed_in.renew(first)
    assert signed_in.renew(first)[1]["error"] == "TOKEN_EXPIRED"
    assert signed_in.renew(second["refreshToken"])[0] == 200
