"""A profile that warder serves, an AWS that knows whose session signed each request, and clients that are run there."""

import collections
import dataclasses
import json
import os
import signal
import subprocess

from slow_moto import SlowMoto

ACCOUNT = "123456789012"
PROFILE, SHUT = "prod", "shut"
BUCKET, GREETING = "of-alice", "hello from S3"
# The smallest picture that GDAL reads.
PICTURE = b"P5\n1 1\n255\nH"
# Counts its runs, and is warder in all else.
COUNTING = """#!/bin/sh
echo >>"$0.runs"
exec {warder} "$@"
"""
# What `exec --serve` answers when credentials have expired and a renewal needs a prompt.
UNAVAILABLE = "/unavailable"
UNAVAILABLE_ANSWER = b'{"code":"Unavailable","message":"the vault is locked; hint: run warder unlock in a terminal"}'
REFUSED = b"<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>"


class Strict(SlowMoto):
    """Refuses what is not signed, where moto itself breaks, and services that moto is not installed with."""

    def passed_on(self, path, body, request):
        if path == UNAVAILABLE:
            return 503, [], UNAVAILABLE_ANSWER
        if "/s3/aws4_request" in request.authorization or "/sts/aws4_request" in request.authorization:
            return super().passed_on(path, body, request)
        request.status = 403
        return 403, [], REFUSED


@dataclasses.dataclass
class Call:
    """What came of one run of a client."""

    code: int
    out: str
    err: str
    # Status → number of requests signed with the profile's session; and how many were not signed with it.
    signed: collections.Counter
    others: int
    # How often it ran warder, where that was counted.
    runs: int = 0

    @property
    def served(self):
        """Whether there was a request that was signed with the profile's session, and AWS took the signature."""
        return self.others == 0 and any(200 <= status < 300 for status in self.signed)

    @property
    def says_why(self):
        return all(word in self.out + self.err for word in ("is locked", "hint:"))


class Place:
    """`prod` is a role whose session is in the cache; `shut` is the same behind a program that counts its runs."""

    def __init__(self, home, moto):
        self.home, self.aws = home, Strict(moto)
        home.key = moto.user("alice")
        role = moto.role("Admin")
        s3 = moto.client("s3")
        s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
        s3.put_object(Bucket=BUCKET, Key="greeting", Body=GREETING.encode())
        s3.put_object(Bucket=BUCKET, Key="picture.pgm", Body=PICTURE)
        home.endpoint(self.aws.url)
        home.environment["AWS_REGION"] = home.environment["AWS_DEFAULT_REGION"] = "eu-west-1"
        home.add_vault()
        home.add_profile("alice", f"mfa_serial = arn:aws:iam::{ACCOUNT}:mfa/alice")
        home.add_profile(PROFILE, f"warder_role_arn = {role}", "warder_source_profile = alice")
        self.add_counting()
        home.unlock()
        home.good("refresh", PROFILE, "--mfa-code", "123456", passphrase=True)
        self.key = json.loads(home.good("process", PROFILE))["AccessKeyId"]

    def add_counting(self):
        (warder,) = self.home.command()
        self.counting = self.home.root / "counting"
        self.counting.write_text(COUNTING.format(warder=warder))
        self.counting.chmod(0o700)
        self.add_program(SHUT, f"{self.counting} process {PROFILE}")

    def add_program(self, profile, command):
        """A profile whose credentials SDKs get from another command than warder's own."""
        with self.home.config_file.open("a") as file:
            file.write(f"[profile {profile}]\nregion = eu-west-1\ncredential_process = {command}\n")

    def stop(self):
        self.aws.stop()

    def call(self, client, way, venv, profile=PROFILE):
        """Runs the client once, without a terminal."""
        words = client.words(venv, self.aws.url)
        variables = self.needs(client)
        if way == "process":
            variables["AWS_PROFILE"] = profile
        else:
            words = self.home.command("exec", *(["--serve"] if way == "serve" else []), profile, "--", *words)
        before = len(self.aws.requests)
        code, out, err = self.outcome(words, variables)
        signers = [
            (request.access_key_id if request.authorization else None, request.status)
            for request in self.aws.requests[before:]
        ]
        signed = collections.Counter(status for key, status in signers if key == self.key)
        return Call(code, out, err, signed, len(signers) - signed.total())

    def call_while_locked(self, client, venv):
        """Lets the client run a warder that fails."""
        runs = self.counting.with_name("counting.runs")
        runs.unlink(missing_ok=True)
        self.home.good("lock")
        try:
            call = self.call(client, "process", venv, SHUT)
        finally:
            self.home.unlock()
        call.runs = len(runs.read_text().splitlines()) if runs.exists() else 0
        return call

    def call_while_unavailable(self, client, venv):
        """Gives the client the address of a server that has no credentials any more."""
        variables = {"AWS_CONTAINER_CREDENTIALS_FULL_URI": self.aws.url + UNAVAILABLE,
                     "AWS_CONTAINER_AUTHORIZATION_TOKEN": "token"}
        code, out, err = self.outcome(client.words(venv, self.aws.url), self.needs(client) | variables)
        return Call(code, out, err, collections.Counter(), 0)

    def needs(self, client):
        return {name: value.format(url=self.aws.url) for name, value in client.variables.items()}

    def outcome(self, words, variables, seconds=120):
        process = subprocess.Popen(
            words, env=self.home.variables(env=variables), cwd=self.home.root, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, errors="replace", start_new_session=True)
        try:
            out, err = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            out, err = process.communicate()
        return process.returncode, out, err
