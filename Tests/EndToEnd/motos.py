"""moto's server, which the tests ask in AWS's place."""

import pathlib
import re
import subprocess
import sys
import time
import urllib.request

import boto3


class Moto:
    """A moto_server: an AWS that checks what it is sent."""

    def __init__(self, log):
        command = [pathlib.Path(sys.executable).parent / "moto_server", "-p", "0"]
        self.process = subprocess.Popen(command, stdout=log, stderr=log)
        self.url = self.said(pathlib.Path(log.name))
        self.post("reset")

    def said(self, log):
        """The URL that it says it serves."""
        limit = time.monotonic() + 300
        while time.monotonic() < limit and self.process.poll() is None:
            found = re.search(r"(http://127\.0\.0\.1:\d+)\s", log.read_text())
            if found:
                return found[1]
            time.sleep(0.1)
        self.process.kill()
        raise RuntimeError(f"moto_server did not start: {log.read_text()}")

    def post(self, what, body=b""):
        headers = {"Content-Type": "text/plain"}
        request = urllib.request.Request(f"{self.url}/moto-api/{what}", data=body, headers=headers)
        urllib.request.urlopen(request, timeout=120).read()

    def client(self, service, key=("AKIAROOT", "root"), url=None):
        return boto3.client(
            service, endpoint_url=url or self.url, region_name="eu-west-1",
            aws_access_key_id=key[0], aws_secret_access_key=key[1],
        )

    def user(self, name="alice", policy="*"):
        """Makes a user who may do what `policy` says; the id and the secret of its key."""
        iam = self.client("iam")
        iam.create_user(UserName=name)
        document = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"%s","Resource":"*"}]}' % policy
        iam.put_user_policy(UserName=name, PolicyName="may", PolicyDocument=document)
        key = iam.create_access_key(UserName=name)["AccessKey"]
        return key["AccessKeyId"], key["SecretAccessKey"]

    def role(self, name="Admin"):
        document = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:*"}]}'
        iam = self.client("iam")
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=document)
        may = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}'
        iam.put_role_policy(RoleName=name, PolicyName="may", PolicyDocument=may)
        return f"arn:aws:iam::123456789012:role/{name}"

    def check_everything(self):
        """From now on each request must be signed by a key that exists, and be allowed."""
        self.post("reset-auth", b"0")
