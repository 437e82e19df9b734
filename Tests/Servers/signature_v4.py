"""Signature Version 4 as a service checks it, written from AWS's description of it alone."""

import dataclasses
import datetime
import hashlib
import hmac
import re
import urllib.parse

ALGORITHM = "AWS4-HMAC-SHA256"
# AWS refuses a signature whose time is further from its own.
TOLERANCE = 15 * 60
AUTHORIZATION = re.compile(
    rf"{ALGORITHM} Credential=([^/,]+)/(\d{{8}})/([a-z0-9-]+)/([a-z0-9-]+)/aws4_request, ?"
    r"SignedHeaders=([a-z0-9;-]+), ?Signature=([0-9a-f]{64})"
)


class Refused(Exception):
    """A refusal: status, code and message."""

    def __init__(self, status, code, message):
        super().__init__(code)
        self.status, self.code, self.message = status, code, message


@dataclasses.dataclass
class Signed:
    """What an Authorization header says."""

    key_id: str
    date: str
    region: str
    service: str
    headers: list
    signature: str

    @property
    def scope(self):
        return f"{self.date}/{self.region}/{self.service}/aws4_request"


def parse(headers):
    text = headers.get("authorization")
    if text is None:
        raise Refused(403, "MissingAuthenticationToken", "Request is missing Authentication Token")
    found = AUTHORIZATION.fullmatch(text)
    if not found:
        raise Refused(400, "IncompleteSignature", "Authorization header is malformed")
    return Signed(*found.group(1, 2, 3, 4), found[5].split(";"), found[6])


def mismatch(message):
    return Refused(403, "SignatureDoesNotMatch", message)


def check(request, signed, secret, now, service, regions):
    """Raises `Refused` unless the request was signed by this secret, at about this time, for this service."""
    check_time(request, signed, now)
    if signed.service != service:
        raise mismatch(f"Credential should be scoped to correct service: '{service}'.")
    if signed.region not in regions:
        raise mismatch("Credential should be scoped to a valid region.")
    for name in ("host", "x-amz-date", "x-amz-security-token"):
        if name in request.headers and name not in signed.headers:
            raise mismatch(f"'{name}' must be a 'SignedHeader' in the AWS Authorization.")
    if signed.headers != sorted(set(signed.headers)) or any(name not in request.headers for name in signed.headers):
        raise mismatch("The request signature we calculated does not match the signature you provided.")
    digest = hashlib.sha256(request.body).hexdigest()
    if request.headers.get("x-amz-content-sha256", digest) != digest:
        raise mismatch("The provided 'x-amz-content-sha256' header does not match what was computed.")
    if not hmac.compare_digest(signature(request, signed, secret, digest), signed.signature):
        raise mismatch("The request signature we calculated does not match the signature you provided.")


def check_time(request, signed, now):
    stamp = request.headers.get("x-amz-date", "")
    if not re.fullmatch(r"\d{8}T\d{6}Z", stamp) or not stamp.startswith(signed.date):
        raise mismatch("Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP")
    at = datetime.datetime.strptime(stamp, "%Y%m%dT%H%M%S%z").timestamp()
    if at < now - TOLERANCE:
        limit = f"{basic(now - TOLERANCE)} ({basic(now)} - 15 min.)"
        raise mismatch(f"Signature expired: {stamp} is now earlier than {limit}")
    if at > now + TOLERANCE:
        limit = f"{basic(now + TOLERANCE)} ({basic(now)} + 15 min.)"
        raise mismatch(f"Signature not yet current: {stamp} is still later than {limit}")


def basic(seconds):
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")


def signature(request, signed, secret, digest):
    path, _, query = request.target.partition("?")
    pairs = sorted(urllib.parse.parse_qsl(query, keep_blank_values=True))
    quoted = ["=".join(urllib.parse.quote(part, safe="-_.~") for part in pair) for pair in pairs]
    headers = "".join(f"{name}:{' '.join(request.headers[name].split())}\n" for name in signed.headers)
    canonical = "\n".join([request.method, path or "/", "&".join(quoted), headers, ";".join(signed.headers), digest])
    hashed = hashlib.sha256(canonical.encode()).hexdigest()
    text = "\n".join([ALGORITHM, request.headers["x-amz-date"], signed.scope, hashed])
    key = f"AWS4{secret}".encode()
    for part in signed.scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    return hmac.new(key, text.encode(), "sha256").hexdigest()
