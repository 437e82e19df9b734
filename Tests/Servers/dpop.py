"""Proofs of possession as a server checks them, written from RFC 9449, 7515 and 7638 alone."""

import base64
import binascii
import hashlib
import json

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

# How far the time of a proof may be from the server's own, in seconds.
TOLERANCE = 60
JWK = {"kty", "crv", "x", "y"}


class BadProof(Exception):
    """What is wrong with a proof."""


def require(condition, what):
    if not condition:
        raise BadProof(what)


def decoded(text):
    """Base64url without padding, and nothing else."""
    try:
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError) as error:
        raise BadProof(f"not base64url: {text!r}") from error
    require(encoded(data) == text, f"not base64url as RFC 7515 has it: {text!r}")
    return data


def encoded(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def number(data):
    return int.from_bytes(data, "big")


def members(text):
    """A JSON object whose names are each there once."""

    def once(pairs):
        require(len(dict(pairs)) == len(pairs), f"a name twice: {pairs}")
        return dict(pairs)

    try:
        value = json.loads(decoded(text), object_pairs_hook=once)
    except ValueError as error:
        raise BadProof(f"not JSON: {text!r}") from error
    require(isinstance(value, dict), f"not an object: {value!r}")
    return value


def public_key(jwk):
    require(isinstance(jwk, dict) and set(jwk) == JWK, f"members of the key: {sorted(jwk)}")
    require((jwk["kty"], jwk["crv"]) == ("EC", "P-256"), f"kind of the key: {jwk}")
    x, y = decoded(jwk["x"]), decoded(jwk["y"])
    require((len(x), len(y)) == (32, 32), "coordinates that are not 32 bytes")
    try:
        return ec.EllipticCurvePublicNumbers(number(x), number(y), ec.SECP256R1()).public_key()
    except ValueError as error:
        raise BadProof("a point that is not on the curve") from error


def thumbprint(jwk):
    """RFC 7638."""
    required = {name: jwk[name] for name in sorted(JWK)}
    return encoded(hashlib.sha256(json.dumps(required, separators=(",", ":")).encode()).digest())


def check_signature(key, signed, signature):
    require(len(signature) == 64, f"a signature of {len(signature)} bytes")
    pair = encode_dss_signature(number(signature[:32]), number(signature[32:]))
    try:
        key.verify(pair, signed.encode(), ec.ECDSA(SHA256()))
    except InvalidSignature as error:
        raise BadProof("the signature does not fit") from error


def check(proof, url, now, spent):
    """The thumbprint of the key that made the proof; `BadProof` unless it is one for a POST to this URL, of about now.

    - spent: the `jti` of earlier proofs, to which this one's is added.
    """
    require(proof and proof.count(".") == 2, f"not a JWT: {proof!r}")
    head, payload, signature = proof.split(".")
    header, claims = members(head), members(payload)
    require(set(header) == {"typ", "alg", "jwk"}, f"header: {sorted(header)}")
    require((header["typ"], header["alg"]) == ("dpop+jwt", "ES256"), f"typ and alg: {header}")
    check_signature(public_key(header["jwk"]), f"{head}.{payload}", decoded(signature))
    require(set(claims) == {"htm", "htu", "iat", "jti"}, f"claims: {sorted(claims)}")
    require((claims["htm"], claims["htu"]) == ("POST", url), f"htm and htu: {claims}, for {url}")
    require(type(claims["iat"]) is int and abs(claims["iat"] - now) <= TOLERANCE, f"iat: {claims['iat']} at {now}")
    require(isinstance(claims["jti"], str) and len(claims["jti"]) >= 16, f"jti: {claims['jti']!r}")
    require(claims["jti"] not in spent, f"jti used before: {claims['jti']}")
    spent.add(claims["jti"])
    return thumbprint(header["jwk"])
