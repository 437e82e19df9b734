"""AWS Sign-In in the tests: the strict server, run as a thread, and the AWS CLI's cache of what it gave."""

import hashlib
import json
import pathlib
import sys
import time

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from home import TESTS

sys.path.insert(0, str(TESTS / "Servers"))
import dpop  # noqa: E402
from sign_in import (  # noqa: E402, F401
    ARN,
    AUTHORIZE,
    CODE,
    CONFIRMATION,
    OTHER_DEVICE,
    REFRESH,
    SAME_DEVICE,
    TOKEN,
    Login,
)
from strict_sign_in import (  # noqa: E402, F401
    StrictSignIn,
    changed,
    dropped,
    dropped_after,
    hang,
    late,
    refused,
    said,
)

REGION = "eu-west-1"
REDEEMED, RENEWED = f"{TOKEN}:{CODE}", f"{TOKEN}:{REFRESH}"
# What the AWS CLI and older ones write, and the other form that RFC 5958 has.
SEC1, PKCS8 = serialization.PrivateFormat.TraditionalOpenSSL, serialization.PrivateFormat.PKCS8


def stamp(seconds):
    """A time so many seconds from now, as the AWS CLI writes it."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + seconds))


def new_key(form=SEC1):
    """A P-256 key as PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode()


def jwk(key):
    """The public half."""
    numbers = key.public_key().public_numbers()
    x, y = (dpop.encoded(number.to_bytes(32, "big")) for number in (numbers.x, numbers.y))
    return {"kty": "EC", "crv": "P-256", "x": x, "y": y}


def thumbprint_of(pem):
    return dpop.thumbprint(jwk(serialization.load_pem_private_key(pem.encode(), None)))


class CLICache:
    """The token of one sign-in where the AWS CLI keeps it, which has `left` seconds to live.

    - more: members beside those that the AWS CLI writes, or in place of them.
    """

    def __init__(self, home, sign_in, left=-60, form=SEC1, client=SAME_DEVICE, **more):
        self.folder = home.root / ".aws/login/cache"
        self.folder.mkdir(parents=True, exist_ok=True)
        self.arn = sign_in.service.arn
        self.file = self.folder / (hashlib.sha256(self.arn.encode()).hexdigest() + ".json")
        pem = new_key(form)
        answer = sign_in.service.signed_in(thumbprint_of(pem), client)
        token = {
            "accessToken": answer["accessToken"] | {"accountId": self.arn.split(":")[4], "expiresAt": stamp(left)},
            "tokenType": answer["tokenType"], "clientId": client, "refreshToken": answer["refreshToken"],
            "idToken": "e30.e30.AA", "dpopKey": pem,
        }
        self.write(token | more)

    def write(self, token):
        self.write_bytes(json.dumps(token).encode())

    def write_bytes(self, content):
        """As the AWS CLI does: at once, and for the user alone."""
        new = pathlib.Path(f"{self.file}.new")
        new.write_bytes(content)
        new.chmod(0o600)
        new.rename(self.file)

    def read(self):
        return json.loads(self.file.read_bytes())

    def expire(self, left=-60):
        """Leaves the access token so many seconds; a refresh is due under 300."""
        token = self.read()
        token["accessToken"]["expiresAt"] = stamp(left)
        self.write(token)
